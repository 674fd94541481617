"""Everything that was thought of to get a picture out without a consent, a line each.

A door is a way on which files leave. Each door is driven through the same table: add one to `DOORS`
when it is built. What is no door, and why, stands in docs/consent.md.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import export_driver
import pytest
from argon2 import PasswordHasher
from export_house import House, made

from progress.cli import main
from progress.model import BadInput, NotAllowed, StoreError
from progress.model.consent import Channel, Grant, Purpose, Use
from progress.model.exports import Outgoing
from progress.model.people import NOBODY, Caller, Role
from progress.pipeline import clinic_exports, passwords
from progress.pipeline.clinic import DATABASE_VARIABLE, Clinic
from progress.pipeline.erasure import erase_client
from progress.store.erasing import erase_photo

PAST = {"granted_on": date(2020, 1, 1), "expires_on": date(2020, 2, 1)}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = made(tmp_path)
    with house.clinic:
        yield house


def nothing_left(house: House) -> None:
    """Neither a file, nor half of one, nor a note."""
    assert list(house.out.iterdir()) == []
    for client in house.clinic.clients():
        assert house.clinic.exports(client.id) == ()


# Doors: each tries to publish `use` of fern's; none may succeed in the table below.


def by_asking(house: House, use: Use) -> None:
    """As every export does: ask, then let out."""
    house.export(house.clinic.ask_grant(house.fern, use))


def by_forging(house: House, use: Use) -> None:
    """Through the API directly, with a grant that nobody gave."""
    house.export(Grant(house.fern, use, clinic_exports.now(), ()))


def by_forging_consents(house: House, use: Use) -> None:
    """A grant that carries real consents, bent to what is wanted."""
    bent = tuple(
        replace(
            one,
            purpose=use.purpose,
            channel=use.channel,
            photos=use.photos,
            withdrawn_at=None,
            expires_on=None,
            withdrawn_photos=(),
        )
        for one in house.clinic.consents(house.fern)
    )
    house.export(Grant(house.fern, use, clinic_exports.now(), bent))


class Lenient(Clinic):
    """A subclass that says yes to whatever it is asked."""

    def ask_grant(self, client_id: str, use: Use) -> Grant:
        return Grant(client_id, use, clinic_exports.now(), ())


def by_subclass(house: House, use: Use) -> None:
    """With an asking of one's own; the door asks the record itself."""
    lenient = Lenient(house.clinic._store, house.clinic.caller)
    House.export(replace(house, clinic=lenient), lenient.ask_grant(house.fern, use))


DOORS = [by_asking, by_forging, by_forging_consents, by_subclass]


def gives(**changes: Any) -> Callable[[House], None]:
    def arrange(house: House) -> None:
        house.give(**changes)

    return arrange


def withdrawn(house: House) -> None:
    house.clinic.withdraw_consent(house.fern, house.give().id)


def withdrawn_in_part(house: House) -> None:
    given, first = house.give(), house.photos[house.fern][0]
    house.clinic.withdraw_consent(house.fern, given.id, photos=[first])


def given_by_another(house: House) -> None:
    house.give(house.ivy)


def too_young(house: House) -> None:
    house.give()
    house.born(clinic_exports.now().year - 17)


def of_unknown_age(house: House) -> None:
    house.give()
    house.born(None)


def photo_erased(house: House) -> None:
    house.give()
    without_a_picture(house)


def without_a_picture(house: House) -> None:
    """The first of fern's is taken out of the record."""
    with house.clinic._store.work() as work:
        (session, *_) = work.sessions(house.fern)
        erase_photo(work, session.id, session.photos[0].sha256)


def one_picture_only(house: House) -> None:
    house.give(photo_ids=house.ids[house.fern][:1])


NONE = "expected the client's consent for every picture, got none"
ATTACKS: dict[str, tuple[Callable[[House], Any], dict[str, Any], str]] = {
    "without consent": (lambda _: None, {}, NONE),
    "expired": (gives(**PAST), {}, "got one that ended on 2020-02-01"),
    "not begun": (gives(granted_on=date(2099, 1, 1)), {}, "begins on 2099-01-01"),
    "withdrawn": (withdrawn, {}, "consent was withdrawn"),
    "one picture withdrawn": (withdrawn_in_part, {}, "consent was withdrawn"),
    "one picture never allowed": (one_picture_only, {}, NONE),
    "wrong channel": (gives(channel=Channel.CLINIC), {}, "for the channel website, got clinic"),
    "wrong purpose": (gives(purpose=Purpose.TEACHING), {}, NONE),
    "research for marketing": (gives(purpose=Purpose.RESEARCH), {}, NONE),
    "care for marketing": (gives(purpose=Purpose.CARE, channel=Channel.CLINIC), {}, NONE),
    "wrong country": (gives(jurisdiction="AU"), {"jurisdiction": "GB"}, "for GB, got AU"),
    "a country left out": (gives(jurisdiction="AU"), {}, "for everywhere, got AU"),
    "wrong region": (gives(region="chin"), {"region": "nose"}, "for nose, got chin"),
    "more than the region": (gives(region="chin"), {}, "the whole picture, got chin"),
    "face not allowed": (gives(), {"with_face": True}, "no picture in which the face is known"),
    "another client's consent": (given_by_another, {}, NONE),
    "another client's picture": (gives(), {"photos": ("ivy",)}, "expected pictures of this client"),
    "one of another client's": (gives(), {"photos": ("fern", "ivy")}, "pictures of this client"),
    "a picture of nobody's": (gives(), {"photos": ("0" * 64,)}, "expected pictures of this client"),
    "a minor": (too_young, {}, "expected an adult"),
    "of unknown age": (of_unknown_age, {}, "got no year of birth"),
    "a picture erased since": (photo_erased, {}, "expected pictures of this client"),
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ATTACKS)
def test_no_picture_leaves_by(house: House, name: str, door: Callable[[House, Use], None]):
    arrange, changes, says = ATTACKS[name]
    arrange(house)
    changes = dict(changes)
    if "photos" in changes:
        known = {"fern": house.photos[house.fern], "ivy": house.photos[house.ivy]}
        changes["photos"] = sum((known.get(who, (who,)) for who in changes["photos"]), ())
    with pytest.raises(NotAllowed, match=says) as refused:
        door(house, house.use(**changes))
    assert "\n" not in str(refused.value)
    assert refused.value.exit_code == 4
    nothing_left(house)


# The same table through the command; it names days of a client and no pictures, so that those of
# others cannot even be wished for. Without an --out of its own nothing else could be written.

NO_WISH = {"another client's picture", "one of another client's", "a picture of nobody's"}
OTHERWISE = {
    "a country left out": (4, "expected a consent for GB, got AU"),  # the option is required
    "a picture erased since": (2, "expected one view that all of them have, got none"),
}


def command(house: House, use: Use, monkeypatch: pytest.MonkeyPatch) -> int:
    """``progress export marketing``; its exit code."""
    first, last = (session.taken_on for session in house.clinic.sessions(house.fern))
    asked = {
        "--home": house.out.parent / "home",
        "--client": "fern",
        "--baseline": first,
        "--followup": last,
        "--channel": use.channel.value,
        "--jurisdiction": use.jurisdiction or "GB",
        "--out": house.out / "pair.jpg",
    }
    words = [str(word) for pair in asked.items() for word in pair]
    words += ["--region", use.region] if use.region else []
    words += ["--with-face"] if use.with_face else []
    monkeypatch.setattr(sys, "argv", ["progress", "export", "marketing", *words, "--quiet"])
    with pytest.raises(SystemExit) as left:
        main()
    assert isinstance(left.value.code, int)
    return left.value.code


@pytest.mark.parametrize("name", [name for name in ATTACKS if name not in NO_WISH])
def test_no_picture_leaves_by_the_command(house: House, name: str, monkeypatch, capsys):
    arrange, changes, says = ATTACKS[name]
    arrange(house)
    code, says = OTHERWISE.get(name, (4, says))
    assert command(house, house.use(**changes), monkeypatch) == code
    error = capsys.readouterr().err
    told = [line for line in error.splitlines() if line.startswith("progress:")]
    assert len(told) == 1
    assert re.search(says, told[0])
    nothing_left(house)


def test_the_command_is_stopped_by_the_consent_and_by_nothing_before(house: House, monkeypatch):
    """With all that is needed it goes on to the pictures, which are none here."""
    house.give()
    assert command(house, house.use(), monkeypatch) != 4
    nothing_left(house)


# A grant that was true when it was asked, and what happened before the file was written: a page
# that was drawn before, a command that computed for a minute, a grant that somebody kept.


def erased(house: House) -> None:
    erase_client(house.clinic, house.fern, confirm="fern")


def taken_back(house: House) -> None:
    for one in house.clinic.consents(house.fern):
        house.clinic.withdraw_consent(house.fern, one.id)


def taken_back_by_the_client(house: House) -> None:
    client = made_caller(house, "fern-own", Role.CLIENT, house.fern)
    for one in client.consents(house.fern):
        client.withdraw_consent(house.fern, one.id)


def replaced_by_another_channel(house: House) -> None:
    taken_back(house)
    house.give(channel=Channel.PRINT)


SINCE: dict[str, tuple[Callable[[House], Any], type[Exception], str]] = {
    "withdrawn": (taken_back, NotAllowed, "consent was withdrawn"),
    "withdrawn by the client": (taken_back_by_the_client, NotAllowed, "was withdrawn"),
    "given anew for print": (replaced_by_another_channel, NotAllowed, "consent was withdrawn"),
    "turned out a minor": (lambda h: h.born(clinic_exports.now().year - 17), NotAllowed, "adult"),
    "picture erased": (without_a_picture, NotAllowed, "expected pictures of this client"),
    "client erased": (erased, StoreError, "expected a client of the record"),
}


@pytest.mark.parametrize("name", SINCE)
def test_a_page_drawn_before_lets_nothing_out_after_it_was(house: House, name: str, cheap: None):
    house.give()
    grant = house.clinic.ask_grant(house.fern, house.use())
    happens, error, says = SINCE[name]
    happens(house)
    with pytest.raises(error, match=says):
        house.export(grant)
    nothing_left(house)


def test_a_grant_of_yesterday_and_one_of_tomorrow_open_nothing(house: House):
    house.give()
    grant = house.clinic.ask_grant(house.fern, house.use())
    for days in (-1, 1, 365):
        shifted = replace(grant, asked_at=grant.asked_at + timedelta(days=days))
        with pytest.raises(NotAllowed, match="expected a consent that was asked for today"):
            house.export(shifted)
    nothing_left(house)


def test_what_is_shown_to_others_cannot_be_called_care(house: House):
    with pytest.raises(NotAllowed, match="care: expected the channel clinic, got website"):
        house.give(purpose=Purpose.CARE)
    house.give(purpose=Purpose.CARE, channel=Channel.CLINIC)
    with pytest.raises(NotAllowed, match="care: expected the channel clinic, got website"):
        by_forging(house, house.use(purpose=Purpose.CARE))
    nothing_left(house)


def test_what_rested_on_a_consent_comes_down_with_it_whatever_it_was_for(house: House):
    given = house.give(purpose=Purpose.CARE, channel=Channel.CLINIC)
    use = house.use(purpose=Purpose.CARE, channel=Channel.CLINIC)
    house.export(house.clinic.ask_grant(house.fern, use))
    receipt = house.clinic.withdraw_consent(house.fern, given.id)
    assert [one.files[0].name for one in receipt.take_down] == ["pair.jpg"]


def test_taking_no_picture_back_takes_none_back_and_hides_nothing(house: House):
    given = house.give()
    house.export(house.clinic.ask_grant(house.fern, house.use()))
    with pytest.raises(BadInput, match="expected pictures to take back, got none"):
        house.clinic.withdraw_consent(house.fern, given.id, photos=[])
    receipt = house.clinic.withdraw_consent(house.fern, given.id, photos=house.photos[house.ivy])
    assert (receipt.consents, receipt.photos, receipt.take_down) == ((), (), ())
    assert house.clinic.ask_grant(house.fern, house.use()).consents[0].id == given.id


def test_a_grant_replayed_is_noted_each_time_and_refused_after_the_withdrawal(house: House):
    given = house.give()
    grant = house.clinic.ask_grant(house.fern, house.use())
    house.export(grant, "first.jpg")
    house.export(grant, "second.jpg")
    receipt = house.clinic.withdraw_consent(house.fern, given.id)
    assert [one.files[0].name for one in receipt.take_down] == ["first.jpg", "second.jpg"]
    with pytest.raises(NotAllowed, match="was withdrawn"):
        house.export(grant, "third.jpg")
    again = house.give()
    # What lets it out is the consent of now, and that is what is noted.
    house.export(grant, "fourth.jpg")
    assert house.clinic.exports(house.fern)[-1].consents == (again.id,)


@pytest.mark.parametrize("changes", [{"channel": Channel.PRINT}, {"with_face": True}])
def test_a_grant_bent_to_another_use_opens_nothing(house: House, changes: dict[str, Any]):
    house.give()
    grant = house.clinic.ask_grant(house.fern, house.use())
    with pytest.raises(NotAllowed):
        house.export(replace(grant, use=replace(grant.use, **changes)))
    nothing_left(house)


def test_what_only_looks_like_a_grant_opens_nothing(house: House):
    house.give()
    grant = house.clinic.ask_grant(house.fern, house.use())

    class Shifting(Use):
        """Names fern's pictures when asked and none when noted."""

    shifting = Shifting(grant.use.purpose, grant.use.channel, grant.use.photos)
    posing: list[Any] = [
        None,
        SimpleNamespace(client_id=house.fern, use=grant.use, asked_at=grant.asked_at, consents=()),
        replace(grant, use=shifting),
    ]
    for one in posing:
        with pytest.raises(NotAllowed, match="expected a grant, got"):
            house.clinic.release(
                house.fern, [Outgoing("a", b"", house.out / "a")], grant=one, kind="comparison"
            )
    nothing_left(house)


def test_a_grant_of_one_client_is_no_grant_of_another(house: House):
    house.give()
    grant = house.clinic.ask_grant(house.fern, house.use())
    files = [Outgoing("a", b"", house.out / "a")]
    with pytest.raises(NotAllowed, match="expected the consent of this client"):
        house.clinic.release(house.ivy, files, grant=grant, kind="comparison")
    with pytest.raises(NotAllowed, match="expected pictures of this client"):
        house.export(replace(grant, client_id=house.ivy))
    nothing_left(house)


def test_a_report_shows_no_picture_of_another_client(house: House):
    with pytest.raises(NotAllowed, match="care: expected pictures of this client"):
        house.clinic.release_record(
            house.ivy,
            [Outgoing("r.pdf", b"", house.out / "r.pdf")],
            kind="clinical report",
            photos=house.photos[house.fern],
        )
    nothing_left(house)


# Who may.


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords that take no second each."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", hasher)


def made_caller(house: House, login: str, role: Role, client_id: str | None = None) -> Clinic:
    """An account that has chosen its password; the record in its name."""
    if house.clinic.is_empty_of_users():
        house.clinic.make_first_admin("root", "a long enough one")
    house.clinic.add_user(login, role, "a long enough one", client_id)
    caller = Caller(login, role, client_id)
    house.clinic.for_caller(caller).change_own_password("a long enough one", "another good one")
    return house.clinic.for_caller(caller)


def test_a_client_publishes_nothing_not_even_the_own_pictures(house: House, cheap: None):
    house.give()
    grant = house.clinic.ask_grant(house.fern, house.use())
    own = made_caller(house, "fern-own", Role.CLIENT, house.fern)
    with pytest.raises(NotAllowed, match="ask what is allowed"):
        own.ask_grant(house.fern, house.use())
    with pytest.raises(NotAllowed, match="publish"):
        House.export(replace(house, clinic=own), grant)
    with pytest.raises(NotAllowed, match="report"):
        own.release_record(house.ivy, [], kind="clinical report")
    with pytest.raises(NotAllowed, match="withdraw consent"):
        own.withdraw_consent(house.ivy, house.give(house.ivy).id)
    nothing_left(house)


def test_nobody_publishes_nothing(house: House):
    house.give()
    grant = house.clinic.ask_grant(house.fern, house.use())
    nobody = house.clinic.for_caller(NOBODY)
    with pytest.raises(NotAllowed, match="publish"):
        House.export(replace(house, clinic=nobody), grant)
    nothing_left(house)


def test_marketing_takes_no_record_out_and_gives_no_consent(house: House, cheap: None):
    marketing = made_caller(house, "max", Role.MARKETING)
    with pytest.raises(NotAllowed, match="report"):
        marketing.release_record(house.fern, [], kind="clinical report")
    with pytest.raises(NotAllowed, match="give consent"):
        House.give(replace(house, clinic=marketing))
    with pytest.raises(NotAllowed, match=NONE):
        marketing.ask_grant(house.fern, house.use())
    nothing_left(house)


def test_an_account_that_was_closed_meanwhile_publishes_nothing(house: House, cheap: None):
    house.give()
    marketing = made_caller(house, "max", Role.MARKETING)
    grant = marketing.ask_grant(house.fern, house.use())
    house.clinic.deactivate("max")
    with pytest.raises(NotAllowed, match="expected an active account"):
        House.export(replace(house, clinic=marketing), grant)
    house.clinic.activate("max")
    house.clinic.change_role("max", Role.PRACTITIONER)
    with pytest.raises(NotAllowed, match="rights of this account have changed"):
        House.export(replace(house, clinic=marketing), grant)
    nothing_left(house)


# Where to.


@pytest.mark.parametrize("name", ["../a.jpg", "a/b.jpg", "..\\a.jpg", "a\nb", "a\x00", "a" * 256])
def test_a_file_name_leads_nowhere(name: str):
    with pytest.raises(BadInput, match="expected a file name of at most 255 plain characters"):
        Outgoing(name, b"")


def test_a_link_at_the_target_is_replaced_and_what_it_led_to_stays(house: House):
    house.give()
    victim = house.out.parent / "victim"
    victim.write_bytes(b"somebody's")
    target = house.out / "pair.jpg"
    target.symlink_to(victim)
    house.export(house.clinic.ask_grant(house.fern, house.use()))
    assert victim.read_bytes() == b"somebody's"
    assert not target.is_symlink()
    (noted,) = house.clinic.exports(house.fern)
    # Where it lies, not where the link led to.
    assert noted.files[0].place == str(house.out.resolve() / "pair.jpg")


def test_a_folder_that_is_a_link_is_noted_as_what_it_leads_to(house: House):
    house.give()
    real = house.out.parent / "real"
    real.mkdir()
    (house.out / "link").symlink_to(real)
    files = [Outgoing("b.jpg", b"b", house.out / "link" / "b.jpg")]
    grant = house.clinic.ask_grant(house.fern, house.use())
    done = house.clinic.release(house.fern, files, grant=grant, kind="comparison")
    assert done.files[0].place == str(real.resolve() / "b.jpg")
    assert (real / "b.jpg").read_bytes() == b"b"


def test_a_folder_of_the_files_name_is_refused_before_anything_is_noted(house: House):
    house.give()
    (house.out / "pair.jpg").mkdir()
    with pytest.raises(BadInput, match="expected a place to write to, got a folder of that name"):
        house.export(house.clinic.ask_grant(house.fern, house.use()))
    assert house.clinic.exports(house.fern) == ()
    assert [path.name for path in house.out.iterdir()] == ["pair.jpg"]


def test_a_folder_that_vanishes_leaves_a_note_and_no_file(house: House, monkeypatch):
    house.give()
    grant = house.clinic.ask_grant(house.fern, house.use())
    put = clinic_exports._Waiting.put

    def late(waiting) -> None:
        shutil.rmtree(house.out)
        put(waiting)

    monkeypatch.setattr(clinic_exports._Waiting, "put", late)
    with pytest.raises(BadInput, match="expected a place to write to"):
        house.export(grant)
    assert not house.out.exists()
    assert len(house.clinic.exports(house.fern)) == 1


def test_what_cannot_be_written_whole_leaves_no_part_of_it(house: House, monkeypatch):
    house.give()
    grant = house.clinic.ask_grant(house.fern, house.use())

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(clinic_exports.os, "fsync", full)
    with pytest.raises(BadInput, match="No space left on device"):
        house.export(grant)
    assert list(house.out.iterdir()) == []


# Two at once, and a kill.


def started(mode: str, house: House, url: str | None = None) -> subprocess.Popen[str]:
    home = house.out.parent / "home"
    command = [sys.executable, export_driver.__file__, mode, str(home), house.fern, str(house.out)]
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, **({DATABASE_VARIABLE: url} if url else {})},
    )
    if mode != "die":
        assert read(process) == {"ready": True}
    return process


def read(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def test_in_a_race_of_two_processes_the_file_is_whole_and_listed_or_absent(
    tmp_path: Path, database_url: str | None
):
    house = made(tmp_path, database_url)
    publisher, withdrawer = (started(m, house, database_url) for m in ("publish", "withdraw"))
    assert publisher.stdin is not None
    assert withdrawer.stdin is not None
    outcomes = set()
    for turn in range(12):
        given, name = house.give(), f"{turn}.jpg"
        # Each is first in half of the turns; who wins is left to the record.
        orders = [(publisher, name), (withdrawer, given.id)]
        for process, what in orders if turn % 2 else reversed(orders):
            assert process.stdin is not None
            process.stdin.write(what + "\n")
            process.stdin.flush()
        refused, down = read(publisher)["refused"], read(withdrawer)["down"]
        there = (house.out / name).exists()
        assert there is (name in down)
        assert there is (refused is None)
        if there:
            assert (house.out / name).read_bytes() == export_driver.PIXELS
        outcomes.add(there)
    for process in (publisher, withdrawer):
        process.communicate(timeout=60)
        assert process.returncode == 0
    house.clinic.close()
    assert outcomes  # which of the two came first is the machine's affair


def test_killed_anywhere_a_file_with_pixels_has_its_note(house: House):
    house.give()
    house.clinic.close()
    process = started("die", house)
    said, _ = process.communicate(timeout=120)
    answer = json.loads(said)
    left, whole = answer["left"], answer["whole"]
    for nth, one in enumerate(left):
        for name, size in one["files"].items():
            assert size == 0 or one["noted"], (nth, name, size)
            assert name.endswith(".part") or size == whole, (nth, name, size)
    # It was killed before the note, between note and rename, and last of all not at all.
    assert not left[0]["noted"]
    assert any(one["noted"] and f"{nth}.jpg" not in one["files"] for nth, one in enumerate(left))
    assert left[-1] == {"noted": True, "files": {f"{len(left) - 1}.jpg": whole}}
