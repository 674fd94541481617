"""Every use case, asked by every role, by nobody, and by a client about somebody else's record.

Who may do what is written down here a second time, apart from the table of the code: a slip in one
of them shows.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from argon2 import PasswordHasher

from progress.model import (
    BadInput,
    DrawnRegion,
    NotAllowed,
    Region,
    RegionKind,
    Session,
    StoreError,
    Timeline,
    Treatment,
    View,
)
from progress.model.consent import Channel, Grant, Purpose, Use
from progress.model.exports import Outgoing
from progress.model.people import NOBODY, OPERATOR, Caller, Role
from progress.pipeline import (
    access,
    clinic_answers,
    clinic_consents,
    clinic_visits,
    erasure,
    importing,
    keeping,
    passwords,
    recompute,
    record_export,
    signing_identity,
)
from progress.pipeline.access import Action, Kind
from progress.pipeline.clinic import Clinic
from progress.pipeline.clinic_cleared import ShownPhotos
from progress.pipeline.use_case import VISITOR, Asking, use_case
from progress.store import NewPhoto

GOOD = "a long enough one"
DAY = date(2026, 1, 5)
CORNERS = ((1.0, 2.0), (30.0, 2.0), (30.0, 40.0))

OPEN_TO_ALL = {"open", "close", "for_caller", "caller", "visitor", "is_empty_of_users"}
"""They tell nothing of what is stored."""
BEFORE_SIGN_IN = {"sign_in", "vouched_for", "make_first_admin"}
"""Tested one by one in test_accounts.py."""
FOR_MODULES = {"asking", "changing"}
"""They take the action they check; tested below."""


@dataclass
class Place:
    """A record of two clients, and what the questions below need of it."""

    clinic: Clinic
    fern: str
    ivy: str
    sessions: dict[str, tuple[Session, Session]]
    treatments: dict[str, Treatment]
    regions: dict[str, DrawnRegion]
    consents: dict[str, str]
    home: Path = Path()


def _filled(clinic: Clinic) -> Place:
    """Two clients with all that can be theirs, and an account of every role."""
    ids, visits, treatments, regions, consents = [], {}, {}, {}, {}
    for name in ("fern", "ivy"):
        client = clinic.add_client(name, birth_year=1980)
        ids.append(client.id)
        with clinic._store.work() as work:
            visits[client.id] = tuple(
                work.add_session(
                    client.id,
                    day,
                    photos=[NewPhoto(f"{name} {day}".encode(), "a.jpg", View.FRONTAL, (61, 83))],
                )
                for day in (DAY, date(2026, 6, 22))
            )
        treatments[client.id] = clinic.add_treatment(client.id, day=DAY, kind="needling")
        regions[client.id] = clinic.draw_region(
            client.id, view=View.FRONTAL, name="mark", polygon_xy=CORNERS
        )
        consents[client.id] = clinic.give_consent(
            client.id,
            purpose=Purpose.MARKETING,
            channel=Channel.WEBSITE,
            document=b"signed",
            text_version="1",
            photo_ids=[visits[client.id][0].photos[0].id],
            with_face=True,
        ).id
    clinic.make_first_admin("admin", GOOD)
    for role, client_id in ((Role.PRACTITIONER, None), (Role.MARKETING, None)):
        clinic.add_user(role.value, role, GOOD, client_id)
    clinic.add_user("client", Role.CLIENT, GOOD, ids[0])
    for login in ("practitioner", "marketing", "client"):
        clinic.for_caller(clinic.sign_in(login, GOOD)).change_own_password(GOOD, GOOD + "2")
    return Place(clinic, ids[0], ids[1], visits, treatments, regions, consents)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A record of two clients with bytes that are no photos, closed again; each test copies it."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_HASHER", cheap)
        passwords._of_nobody.cache_clear()
        home = tmp_path_factory.mktemp("template") / "home"
        with Clinic.open(home, caller=OPERATOR) as clinic:
            made = replace(_filled(clinic), home=home)
        yield made


@pytest.fixture
def place(template: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The record of two clients; measuring answers at once."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", cheap)
    followed = SimpleNamespace(
        timeline=Timeline({}, (), (), clinic_answers.affected_by, simulated=True)
    )
    monkeypatch.setattr(clinic_answers, "follow_course", lambda *_: followed)
    monkeypatch.setattr(clinic_answers, "compare_sessions", lambda *_: "compared")
    monkeypatch.setattr(clinic_visits, "guide", lambda *_, **__: "guided")
    monkeypatch.setattr(clinic_visits, "know", lambda *_, **__: "known")
    monkeypatch.setattr(clinic_visits, "screen_picture", lambda *_, **__: b"small")
    monkeypatch.setattr(clinic_consents, "screen_picture", lambda *_, **__: b"cleared")
    seen = SimpleNamespace(provenance=SimpleNamespace(size_px=(61, 83), camera=None, taken_at=None))
    monkeypatch.setattr(clinic_visits, "read_photo", lambda *_, **__: seen)
    shutil.copytree(template.home, tmp_path / "home")
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as clinic:
        yield replace(template, clinic=clinic)


def caller_of(place: Place, who: str) -> Caller:
    """Somebody who is already in: one letter for each kind of person."""
    return {
        "A": Caller("admin", Role.ADMIN),
        "P": Caller("practitioner", Role.PRACTITIONER),
        "C": Caller("client", Role.CLIENT, place.fern),
        "M": Caller("marketing", Role.MARKETING),
        "N": NOBODY,
    }[who]


Ask = Callable[[Clinic, Place, str], Any]


def _drawn() -> Region:
    return Region("mark", np.array(CORNERS), kind=RegionKind.DRAWN)


# Name of the method: its action, who may ask it of fern's record (a client: only fern), the
# question. `who` is the id of the client it is about.
def _use(place: Place, who: str) -> Use:
    """What the consent of `_filled` allows."""
    photos = tuple(photo.sha256 for photo in place.sessions[who][0].photos)
    return Use(Purpose.MARKETING, Channel.WEBSITE, photos, with_face=True)


def _grant(place: Place, who: str) -> Grant:
    return place.clinic.ask_grant(who, _use(place, who))


def _shown(place: Place, who: str) -> ShownPhotos:
    """The one picture that is cleared, and no pair: nothing is measured here."""
    first = place.sessions[who][0]
    return ShownPhotos((first.taken_on,), (first.id,), (first.photos[0].sha256,))


def _page(place: Place) -> Outgoing:
    return Outgoing("page.pdf", b"a page", place.home / "page.pdf")


def _published(place: Place, who: str) -> str:
    page = _page(place)
    return place.clinic.release(who, [page], grant=_grant(place, who), kind="comparison").id


USE_CASES: dict[str, tuple[Action, str, Ask]] = {
    "clients": (Action.LIST_CLIENTS, "AP", lambda c, p, who: c.clients()),
    "client_lines": (Action.LIST_CLIENTS, "AP", lambda c, p, who: c.client_lines("fern")),
    "client": (Action.SEE_RECORD, "APC", lambda c, p, who: c.client(who)),
    "add_client": (Action.ADD_CLIENT, "AP", lambda c, p, who: c.add_client("somebody new")),
    "change_client": (
        Action.CHANGE_CLIENT,
        "AP",
        lambda c, p, who: c.change_client(who, version=1, pseudonym="renamed"),
    ),
    "treatments": (Action.SEE_RECORD, "APC", lambda c, p, who: c.treatments(who)),
    "add_treatment": (
        Action.ADD_TREATMENT,
        "AP",
        lambda c, p, who: c.add_treatment(who, day=DAY, kind="peel"),
    ),
    "change_treatment": (
        Action.CHANGE_TREATMENT,
        "AP",
        lambda c, p, who: c.change_treatment(who, replace(p.treatments[who], note="told")),
    ),
    "delete_treatment": (
        Action.CHANGE_TREATMENT,
        "AP",
        lambda c, p, who: c.delete_treatment(who, p.treatments[who]),
    ),
    "sessions": (Action.SEE_RECORD, "APC", lambda c, p, who: c.sessions(who)),
    "first_photo": (
        Action.SEE_RECORD,
        "APC",
        lambda c, p, who: c.first_photo(who, View.FRONTAL),
    ),
    "photo_bytes": (
        Action.SEE_PHOTO,
        "APC",
        lambda c, p, who: c.photo_bytes(who, p.sessions[who][0].photos[0].id),
    ),
    "photo_picture": (
        Action.SEE_PHOTO,
        "APC",
        lambda c, p, who: c.photo_picture(who, p.sessions[who][0].photos[0].id, max_px=100),
    ),
    "known_photo": (
        Action.CHECK_UPLOAD,
        "AP",
        lambda c, p, who: c.known_photo(p.sessions[who][0].photos[0]),
    ),
    "guide_upload": (Action.CHECK_UPLOAD, "AP", lambda c, p, who: c.guide_upload("a.jpg", b"x")),
    "add_session": (
        Action.ADD_SESSION,
        "AP",
        lambda c, p, who: c.add_session(who, taken_on=date(2026, 7, 1), photos=[("b.jpg", b"b")]),
    ),
    "change_session": (
        Action.CHANGE_SESSION,
        "AP",
        lambda c, p, who: c.change_session(who, replace(p.sessions[who][0], note="told")),
    ),
    "drawn_regions": (Action.SEE_RECORD, "APC", lambda c, p, who: c.drawn_regions(who)),
    "regions": (Action.SEE_RECORD, "APC", lambda c, p, who: c.regions(who)),
    "draw_region": (
        Action.DRAW_REGION,
        "AP",
        lambda c, p, who: c.draw_region(who, view=View.FRONTAL, name="another", polygon_xy=CORNERS),
    ),
    "delete_region": (
        Action.DRAW_REGION,
        "AP",
        lambda c, p, who: c.delete_region(who, p.regions[who]),
    ),
    "keep_regions": (
        Action.DRAW_REGION,
        "AP",
        lambda c, p, who: c.keep_regions(who, [_drawn()]),
    ),
    "timeline": (Action.SEE_COURSE, "APC", lambda c, p, who: c.timeline(who)),
    "follow": (Action.SEE_COURSE, "APC", lambda c, p, who: c.follow(who)),
    "pair": (
        Action.SEE_PAIR,
        "APC",
        lambda c, p, who: c.pair(who, *(session.id for session in p.sessions[who])),
    ),
    "consents": (Action.SEE_CONSENTS, "APC", lambda c, p, who: c.consents(who)),
    "give_consent": (
        Action.GIVE_CONSENT,
        "APC",
        lambda c, p, who: c.give_consent(
            who,
            purpose=Purpose.CARE,
            channel=Channel.CLINIC,
            document=b"as shown",
            text_version="1",
        ),
    ),
    "consent_document": (
        Action.SEE_CONSENTS,
        "APC",
        lambda c, p, who: c.consent_document(who, p.consents[who]),
    ),
    "withdraw_consent": (
        Action.WITHDRAW_CONSENT,
        "APC",
        lambda c, p, who: c.withdraw_consent(who, p.consents[who]),
    ),
    "cleared_pictures": (Action.SEE_CLEARED, "APM", lambda c, p, who: c.cleared_pictures()),
    "cleared_picture": (
        Action.SEE_CLEARED,
        "APM",
        lambda c, p, who: c.cleared_picture(p.consents[who], p.sessions[who][0].photos[0].sha256),
    ),
    "cleared_sessions": (Action.SEE_CLEARED, "APM", lambda c, p, who: c.cleared_sessions()),
    "shown_photos": (
        Action.ASK_GRANT,
        "APM",
        lambda c, p, who: c.shown_photos(who, [s.taken_on for s in p.sessions[who]]),
    ),
    "granted_facts": (
        Action.SEE_CLEARED,
        "APM",
        lambda c, p, who: c.granted_facts(who, _grant(p, who), _shown(p, who)),
    ),
    "granted_pairs": (
        Action.SEE_CLEARED,
        "APM",
        lambda c, p, who: c.granted_pairs(who, _grant(p, who), _shown(p, who)),
    ),
    "ask_grant": (Action.ASK_GRANT, "APM", lambda c, p, who: c.ask_grant(who, _use(p, who))),
    "release": (
        Action.PUBLISH,
        "APM",
        lambda c, p, who: c.release(who, [_page(p)], grant=_grant(p, who), kind="comparison"),
    ),
    "release_record": (
        Action.REPORT,
        "APC",
        lambda c, p, who: c.release_record(who, [_page(p)], kind="clinical report"),
    ),
    "take_down_due": (Action.SEE_DUE, "APM", lambda c, p, who: c.take_down_due()),
    "exports": (Action.SEE_CONSENTS, "APC", lambda c, p, who: c.exports(who)),
    "note_taken_down": (
        Action.NOTE_DOWN,
        "APM",
        lambda c, p, who: c.note_taken_down(who, _published(p, who)),
    ),
    "own_account": (Action.SEE_OWN_ACCOUNT, "APCM", lambda c, p, who: c.own_account()),
    "change_own_password": (
        Action.CHANGE_OWN_PASSWORD,
        "APCM",
        lambda c, p, who: c.change_own_password(
            GOOD if c.caller.role is Role.ADMIN else GOOD + "2", "another good one"
        ),
    ),
    "users": (Action.LIST_ACCOUNTS, "A", lambda c, p, who: c.users()),
    "add_user": (
        Action.MANAGE_ACCOUNTS,
        "A",
        lambda c, p, who: c.add_user("new", Role.CLIENT, GOOD, who),
    ),
    "reset_password": (
        Action.MANAGE_ACCOUNTS,
        "A",
        lambda c, p, who: c.reset_password("marketing", GOOD),
    ),
    "change_role": (
        Action.MANAGE_ACCOUNTS,
        "A",
        lambda c, p, who: c.change_role("practitioner", Role.ADMIN),
    ),
    "deactivate": (Action.MANAGE_ACCOUNTS, "A", lambda c, p, who: c.deactivate("marketing")),
    "activate": (Action.MANAGE_ACCOUNTS, "A", lambda c, p, who: c.activate("marketing")),
    "audit": (Action.SEE_AUDIT, "A", lambda c, p, who: c.audit()),
    "verify_audit": (Action.SEE_AUDIT, "A", lambda c, p, who: c.verify_audit()),
}

ABOUT_A_CLIENT = [
    name
    for name, (action, _, _) in USE_CASES.items()
    if action
    not in {
        Action.LIST_CLIENTS,
        Action.ADD_CLIENT,
        Action.CHECK_UPLOAD,
        Action.SEE_CLEARED,
        Action.SEE_DUE,
        Action.SEE_OWN_ACCOUNT,
        Action.CHANGE_OWN_PASSWORD,
        Action.LIST_ACCOUNTS,
        Action.MANAGE_ACCOUNTS,
        Action.SEE_AUDIT,
    }
]


def lines(place: Place) -> list[tuple[str, str, str]]:
    """Login, action and client of every line of the audit, oldest first."""
    with place.clinic._store.reading() as record:
        from progress.store.audit import audit_lines

        return [
            (line.login, line.action, line.client_id) for line in audit_lines(record, limit=9999)
        ][::-1]


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def test_no_use_case_is_missing_from_the_table() -> None:
    assert public(Clinic) == set(USE_CASES) | OPEN_TO_ALL | BEFORE_SIGN_IN | FOR_MODULES


def test_every_use_case_checks_the_action_it_is_said_to_check() -> None:
    for name, (action, _, _) in USE_CASES.items():
        assert getattr(getattr(Clinic, name), "action", None) is action, name


def test_a_new_method_without_a_rule_is_found() -> None:
    class Careless(Clinic):
        def everything(self) -> tuple[Any, ...]:
            with self._store.reading() as record:
                return record.clients()

        @use_case(Action.LIST_CLIENTS)
        def careful(self) -> int:
            return len(self.clients())

    unruled = {
        name
        for name in public(Careless) - OPEN_TO_ALL - BEFORE_SIGN_IN - FOR_MODULES
        if not hasattr(getattr(Careless, name), "action")
    }
    assert unruled == {"everything"}


@pytest.mark.parametrize("who", list("APCMN"))
@pytest.mark.parametrize("name", sorted(USE_CASES))
def test_a_use_case_answers_whom_it_may_and_nobody_else(place: Place, name: str, who: str) -> None:
    action, may, ask = USE_CASES[name]
    caller = caller_of(place, who)
    before = len(lines(place))
    asked = place.clinic.for_caller(caller)
    if who in may:
        ask(asked, place, place.fern)
        noted = [line for line in lines(place)[before:] if line[:2] == (caller.login, action.value)]
        # Looking at one's own account tells nothing of the record.
        assert bool(noted) is (action.kind is not Kind.OWN_ACCOUNT)
        return
    with pytest.raises(NotAllowed, match="^" + action.value):
        ask(asked, place, place.fern)
    assert (caller.login, f"refused: {action.value}") in {line[:2] for line in lines(place)}


@pytest.mark.parametrize("name", sorted(ABOUT_A_CLIENT))
def test_a_client_gets_nothing_of_somebody_else_s_record(place: Place, name: str) -> None:
    _, _, ask = USE_CASES[name]
    fern = place.clinic.for_caller(caller_of(place, "C"))
    with pytest.raises(NotAllowed, match="may not do this here") as told:
        ask(fern, place, place.ivy)
    with pytest.raises(NotAllowed) as of_none:
        fern.client("no such client")
    # What is said of a record that is there is what is said of one that is not.
    assert str(told.value).partition(":")[2] == str(of_none.value).partition(":")[2]
    assert place.ivy not in str(told.value)


def test_ids_of_somebody_else_are_unknown_under_the_own_name(place: Place) -> None:
    """A client asks for the own record, but names things that lie in another."""
    fern = place.clinic.for_caller(caller_of(place, "C"))
    mine, theirs = place.sessions[place.fern], place.sessions[place.ivy]
    with pytest.raises(StoreError, match="expected a photo of this client"):
        fern.photo_bytes(place.fern, theirs[0].photos[0].id)
    with pytest.raises(StoreError, match="expected a photo of this client"):
        fern.photo_picture(place.fern, theirs[0].photos[0].id, max_px=100)
    with pytest.raises(BadInput, match="two sessions of this client"):
        fern.pair(place.fern, mine[0].id, theirs[1].id)
    with pytest.raises(StoreError, match="expected a consent"):
        fern.withdraw_consent(place.fern, place.consents[place.ivy])
    with pytest.raises(StoreError, match="expected photos of this client"):
        fern.give_consent(
            place.fern,
            purpose=Purpose.MARKETING,
            channel=Channel.WEBSITE,
            document=b"x",
            text_version="1",
            photo_ids=[theirs[0].photos[0].id],
        )


def test_a_change_of_one_client_s_things_cannot_be_made_under_another_s_name(place: Place) -> None:
    practitioner = place.clinic.for_caller(caller_of(place, "P"))
    with pytest.raises(StoreError, match="expected a treatment of this client"):
        practitioner.change_treatment(place.fern, place.treatments[place.ivy])
    with pytest.raises(StoreError, match="expected a treatment of this client"):
        practitioner.delete_treatment(place.fern, place.treatments[place.ivy])
    with pytest.raises(StoreError, match="expected a session of this client"):
        practitioner.change_session(place.fern, place.sessions[place.ivy][0])
    with pytest.raises(StoreError, match="expected a region of this client"):
        practitioner.delete_region(place.fern, place.regions[place.ivy])
    moved = replace(place.sessions[place.fern][0].photos[0], sha256="f" * 64)
    with pytest.raises(StoreError, match="expected a photo of this client"):
        practitioner.known_photo(moved)


def test_every_role_is_in_the_table_and_what_is_not_there_is_refused() -> None:
    assert set(access.RULES) == set(Role)
    for action in Action:
        for role in Role:
            caller = Caller("x", role, "c1" if role is Role.CLIENT else None)
            letter = role.value[0].upper()
            declared = {a: may for a, may, _ in USE_CASES.values()}
            if action in declared:
                assert access.may(caller, action, "c1") is (letter in declared[action]), action
        assert access.may(NOBODY, action, "c1") is (action is Action.SIGN_IN)


@pytest.mark.parametrize(
    "action", [Action.IMPORT, Action.RECOMPUTE, Action.EXPORT_RECORD, Action.ERASE_CLIENT]
)
def test_what_goes_in_and_out_is_the_clinic_s_alone(action: Action) -> None:
    allowed = {
        role
        for role in Role
        if access.may(Caller("x", role, "c1" if role is Role.CLIENT else None), action, "c1")
    }
    assert allowed == {Role.ADMIN, Role.PRACTITIONER}


def test_the_clinic_s_signature_is_used_by_staff_and_replaced_by_an_admin_only() -> None:
    for action, wanted in (
        (Action.SIGN_EXPORT, {Role.ADMIN, Role.PRACTITIONER, Role.MARKETING}),
        (Action.MANAGE_IDENTITY, {Role.ADMIN}),
    ):
        allowed = {
            role
            for role in Role
            if access.may(Caller("x", role, "c1" if role is Role.CLIENT else None), action, "c1")
        }
        assert allowed == wanted


def test_a_client_without_a_record_named_is_refused() -> None:
    with pytest.raises(NotAllowed, match="the role client may not"):
        access.check(Caller("x", Role.CLIENT, "c1"), Action.SEE_RECORD)


def test_use_cases_of_other_modules_ask_the_same_rules(place: Place) -> None:
    practitioner = place.clinic.for_caller(caller_of(place, "P"))
    with pytest.raises(NotAllowed, match="keep record"):
        practitioner.asking(Action.KEEP_RECORD)
    with (
        pytest.raises(NotAllowed, match="may not do this here"),
        place.clinic.for_caller(caller_of(place, "C")).changing(Action.SEE_RECORD, place.ivy),
    ):
        pass
    with practitioner.changing(Action.IMPORT, place.fern, detail="3 photos") as work:
        work.save_setting("touched", "yes")
    assert lines(place)[-1] == ("practitioner", "import", place.fern)
    practitioner.asking(Action.EXPORT_RECORD, place.fern)
    practitioner.asking(Action.EXPORT_RECORD, place.fern)
    assert lines(place)[-2:] == [("practitioner", "export record", place.fern)] * 2


Work = Callable[[Clinic, Place, Path], Any]

# Use cases of modules beside `Clinic`: their action, and the question.
OF_MODULES: dict[str, tuple[Action, Work]] = {
    "import_source": (
        Action.IMPORT,
        lambda c, p, out: importing.import_source(c, out, dry_run=True),
    ),
    "export_client": (
        Action.EXPORT_RECORD,
        lambda c, p, out: record_export.export_client(c, p.fern, out / "fern.zip"),
    ),
    "erase_client": (
        Action.ERASE_CLIENT,
        lambda c, p, out: erasure.erase_client(c, p.fern, confirm="fern"),
    ),
    "stale_clients": (Action.RECOMPUTE, lambda c, p, out: recompute.stale_clients(c)),
    "queue_stale": (Action.RECOMPUTE, lambda c, p, out: recompute.queue_stale(c)),
    "queue_course": (Action.RECOMPUTE, lambda c, p, out: recompute.queue_course(c, p.fern)),
    "course_jobs": (Action.RECOMPUTE, lambda c, p, out: recompute.course_jobs(c)),
    "work_off": (Action.RECOMPUTE, lambda c, p, out: recompute.work_off(c)),
    "start_worker": (Action.RECOMPUTE, lambda c, p, out: recompute.start_worker(c, out)),
    "verify_record": (Action.KEEP_RECORD, lambda c, p, out: keeping.verify_record(c)),
    "back_up_record": (
        Action.KEEP_RECORD,
        lambda c, p, out: keeping.back_up_record(c, out / "backup.tar"),
    ),
    "clinic_identity": (
        Action.SIGN_EXPORT,
        lambda c, p, out: signing_identity.clinic_identity(c),
    ),
    "replace_identity": (
        Action.MANAGE_IDENTITY,
        lambda c, p, out: signing_identity.replace_identity(c, organisation="Fern Clinic"),
    ),
}


ASK_OTHERS = {"client_named", "enter_sample", "kept_versions", "values"}
"""They name a client by the list, or tell of one course; tested by themselves or through it."""


def test_no_use_case_beside_the_clinic_is_missing_from_the_table() -> None:
    found = set()
    for module in Path(access.__file__).parent.glob("*.py"):
        for node in ast.parse(module.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                given = [*node.args.args, *node.args.kwonlyargs]
                if any(arg.annotation and ast.unparse(arg.annotation) == "Clinic" for arg in given):
                    found.add(node.name)
    assert found - ASK_OTHERS == set(OF_MODULES)


@pytest.mark.parametrize("name", sorted(OF_MODULES))
@pytest.mark.parametrize("who", list("PCMN"))
def test_a_use_case_beside_the_clinic_refuses_whom_it_may_not(
    place: Place, tmp_path: Path, name: str, who: str
) -> None:
    action, ask = OF_MODULES[name]
    caller = caller_of(place, who)
    if access.may(caller, action, place.fern):
        return  # what it does is tested where it stands
    with pytest.raises(NotAllowed, match="^" + action.value):
        ask(place.clinic.for_caller(caller), place, tmp_path)
    assert (caller.login, f"refused: {action.value}") in {line[:2] for line in lines(place)}
    assert [client.pseudonym for client in place.clinic.clients()] == ["fern", "ivy"]
    assert not list(tmp_path.glob("*.zip")) + list(tmp_path.glob("*.tar"))


def test_what_versions_were_measured_is_told_of_the_own_record_only(place: Place) -> None:
    fern = place.clinic.for_caller(caller_of(place, "C"))
    assert recompute.kept_versions(fern, place.fern, "redness") == ()
    with pytest.raises(NotAllowed, match="may not do this here"):
        recompute.kept_versions(fern, place.ivy, "redness")
    with pytest.raises(NotAllowed, match="may not do this here"):
        recompute.values(fern, place.ivy, "redness")


def test_a_change_that_fails_leaves_no_line_of_it(place: Place) -> None:
    before = lines(place)
    practitioner = place.clinic.for_caller(caller_of(place, "P"))
    with pytest.raises(StoreError, match="somebody else changed it"):
        practitioner.change_client(place.fern, version=7, pseudonym="lost")
    assert lines(place) == before


def test_looking_twice_is_noted_once_and_again_after_a_while(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    practitioner = place.clinic.for_caller(caller_of(place, "P"))
    before = len(lines(place))
    for _ in range(3):
        practitioner.sessions(place.fern)
        # The same person at another screen.
        place.clinic.for_caller(caller_of(place, "P")).treatments(place.fern)
    assert lines(place)[before:] == [("practitioner", "see record", place.fern)]
    practitioner.sessions(place.ivy)
    place.clinic.for_caller(caller_of(place, "A")).sessions(place.fern)
    assert len(lines(place)) == before + 3
    monkeypatch.setattr("progress.pipeline.use_case.SEEN_AGAIN_AFTER_S", 0.0)
    practitioner.sessions(place.fern)
    assert len(lines(place)) == before + 4


def test_marketing_sees_cleared_pictures_and_no_name_and_no_other(place: Place) -> None:
    marketing = place.clinic.for_caller(caller_of(place, "M"))
    cleared = marketing.cleared_pictures()
    assert len(cleared) == 2
    assert not {place.fern, place.ivy, "fern", "ivy"} & set(str(cleared).replace("'", " ").split())
    other = place.sessions[place.fern][1].photos[0].sha256
    with pytest.raises(StoreError, match="expected a cleared picture"):
        marketing.cleared_picture(place.consents[place.fern], other)
    fern = place.clinic.for_caller(caller_of(place, "C"))
    fern.withdraw_consent(place.fern, place.consents[place.fern])
    assert [one.consent_id for one in marketing.cleared_pictures()] == [place.consents[place.ivy]]
    with pytest.raises(StoreError, match="expected a cleared picture"):
        marketing.cleared_picture(
            place.consents[place.fern], place.sessions[place.fern][0].photos[0].sha256
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": Purpose.TEACHING},
        {"with_face": False},
        {"region": "left_cheek"},
        {"granted_on": date(2026, 1, 1), "expires_on": date(2026, 1, 2)},
        {"granted_on": date(2199, 1, 1)},
        {"photo_ids": ()},
    ],
)
def test_without_a_marketing_consent_that_holds_today_nothing_is_cleared(
    place: Place, changes: dict[str, Any]
) -> None:
    for client_id, consent_id in place.consents.items():
        place.clinic.withdraw_consent(client_id, consent_id)
    whole = {
        "purpose": Purpose.MARKETING,
        "channel": Channel.WEBSITE,
        "document": b"signed",
        "text_version": "1",
        "photo_ids": [place.sessions[place.fern][0].photos[0].id],
        "with_face": True,
    }
    place.clinic.give_consent(place.fern, **(whole | changes))
    marketing = place.clinic.for_caller(caller_of(place, "M"))
    assert marketing.cleared_pictures() == ()


def test_visitors_are_refused_where_somebody_real_is(place: Place) -> None:
    for name, (_, _, ask) in USE_CASES.items():
        with pytest.raises(NotAllowed, match="sample visitor"):
            ask(place.clinic.for_caller(VISITOR), place, place.fern)
        assert name


def test_an_asking_without_a_caller_is_nobody_s(place: Place) -> None:
    assert Asking(place.clinic._store).caller == NOBODY


def test_marketing_sees_days_of_cleared_sessions_only_and_no_name(place: Place) -> None:
    marketing = place.clinic.for_caller(caller_of(place, "M"))
    seen = marketing.cleared_sessions()
    assert {(one.client_id, one.taken_on) for one in seen} == {
        (who, place.sessions[who][0].taken_on) for who in (place.fern, place.ivy)
    }
    assert "fern" not in repr(seen)
    assert not any(one.on_body for one in seen)
    with pytest.raises(BadInput, match="choose from the cleared sessions"):
        marketing.shown_photos(place.fern, [DAY, date(2026, 3, 3)])
    with pytest.raises(BadInput, match="there are 2026-01-05, 2026-06-22"):
        place.clinic.shown_photos(place.fern, [DAY, date(2026, 3, 3)])


@pytest.mark.parametrize("what", ["granted_facts", "granted_pairs"])
def test_material_is_handed_out_for_the_pictures_of_the_grant_only(place: Place, what: str) -> None:
    marketing = place.clinic.for_caller(caller_of(place, "M"))
    uncleared = place.sessions[place.fern][1]
    asked = ShownPhotos((uncleared.taken_on,), (uncleared.id,), (uncleared.photos[0].sha256,))
    grant, shown = _grant(place, place.fern), _shown(place, place.fern)
    with pytest.raises(NotAllowed, match="expected the pictures of the grant"):
        getattr(marketing, what)(place.fern, grant, asked)
    with pytest.raises(NotAllowed, match="expected the pictures of the grant"):
        getattr(marketing, what)(place.ivy, grant, shown)
    place.clinic.withdraw_consent(place.fern, place.consents[place.fern])
    with pytest.raises(NotAllowed, match="was withdrawn"):
        getattr(marketing, what)(place.fern, grant, shown)


def test_nothing_is_cleared_of_somebody_who_turns_out_to_be_a_minor(place: Place) -> None:
    client = place.clinic.client(place.fern)
    young = {"version": client.version, "pseudonym": client.pseudonym, "birth_year": 2020}
    place.clinic.change_client(place.fern, **young)
    marketing = place.clinic.for_caller(caller_of(place, "M"))
    assert {one.client_id for one in marketing.cleared_sessions()} == {place.ivy}
    assert {one.consent_id for one in marketing.cleared_pictures()} == {place.consents[place.ivy]}
    with pytest.raises(NotAllowed, match="expected an adult"):
        marketing.ask_grant(place.fern, _use(place, place.fern))
