"""Who gets which pages: signing in and out, the first account, being idle, each role's house."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from argon2 import PasswordHasher
from streamlit.testing.v1 import AppTest

from progress.model import View
from progress.model.people import NOBODY, OPERATOR, Caller, Role
from progress.pipeline import passwords
from progress.pipeline.clinic import Clinic
from progress.pipeline.use_case import VISITOR
from progress.store import NewPhoto
from progress.ui import desk, doors, guided_upload, open_record, pair_view, router, services
from progress.ui.router import pages_of
from progress.views.catalogue import admin as admin_words
from progress.views.catalogue import doors as words

APP = Path(__file__).parents[2] / "progress" / "ui" / "start" / "main.py"
GOOD, OWN = "a long enough one", "another good one"


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    """An empty record where the app looks for it; hashes are cheap."""
    monkeypatch.setattr(
        passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    )
    passwords._of_nobody.cache_clear()
    monkeypatch.setenv("PROGRESS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PROGRESS_DATABASE_URL", raising=False)
    st.cache_resource.clear()
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as opened:
        yield opened
    st.cache_resource.clear()


def with_people(record: Clinic) -> str:
    """A client with a visit, an account of every role with a password of its own; the client."""
    client = record.add_client("fern")
    record.add_client("ivy who is somebody else")
    with record._store.work() as work:
        work.add_session(
            client.id,
            date(2026, 1, 5),
            photos=[NewPhoto(b"no photo", "a.jpg", View.FRONTAL, (61, 83))],
        )
    record.make_first_admin("admin", OWN)
    for role in (Role.PRACTITIONER, Role.MARKETING, Role.CLIENT):
        record.add_user(role.value, role, GOOD, client.id if role is Role.CLIENT else None)
        mine = record.for_caller(record.sign_in(role.value, GOOD))
        mine.change_own_password(GOOD, OWN)
    return client.id


def app() -> AppTest:
    return AppTest.from_file(str(APP), default_timeout=30).run()


def signed_in(login: str, password: str = OWN) -> AppTest:
    bench = app()
    bench.text_input[0].set_value(login)
    bench.text_input[1].set_value(password)
    return bench.button[0].click().run()


def told(bench: AppTest) -> str:
    kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "success")
    return "\n".join(element.value for kind in kinds for element in getattr(bench, kind))


def button(bench: AppTest, label: str):
    return next(one for one in bench.button if one.label == label)


def test_an_empty_record_asks_for_the_first_administrator_and_lets_it_in(record: Clinic) -> None:
    bench = app()
    assert bench.title[0].value == words.FIRST_TITLE
    for field, value in zip(bench.text_input, ("root", "too short", "too short"), strict=True):
        field.set_value(value)
    bench.button[0].click().run()
    assert "expected 10 to 200 characters, got 9" in told(bench)
    for field, value in zip(bench.text_input, ("root", OWN, GOOD), strict=True):
        field.set_value(value)
    bench.button[0].click().run()
    assert words.NOT_THE_SAME in told(bench)
    assert record.is_empty_of_users()
    for field, value in zip(bench.text_input, ("root", OWN, OWN), strict=True):
        field.set_value(value)
    bench.button[0].click().run()
    assert not bench.exception
    assert not record.is_empty_of_users()
    assert [user.login for user in record.users()] == ["root"]
    assert words.FIRST_TITLE not in told(bench)
    assert app().title[0].value == words.SIGN_IN


def test_a_wrong_password_is_one_line_and_nobody_is_in(record: Clinic) -> None:
    with_people(record)
    bench = signed_in("admin", "wrong password")
    assert "login and password do not belong together" in bench.error[0].value
    assert bench.title[0].value == words.SIGN_IN
    assert "fern" not in told(bench)


CLINIC_S = ("today", "course", "pair", "add", "bring")


@pytest.mark.parametrize("name", [*CLINIC_S, "mine", "publish", "cleared", "admin", "password"])
def test_no_page_opens_without_signing_in(
    record: Clinic, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Even were it offered."""
    with_people(record)
    monkeypatch.setattr(router, "pages_of", lambda *_, **__: (name,))
    bench = app()
    assert not bench.exception
    assert "fern" not in told(bench)
    assert not bench.selectbox
    assert len(bench.error) == (name != "password")


@pytest.mark.parametrize("login", ["client", "marketing"])
@pytest.mark.parametrize("name", [*CLINIC_S, "admin"])
def test_a_page_of_the_clinic_tells_nothing_to_others(
    record: Clinic, monkeypatch: pytest.MonkeyPatch, login: str, name: str
) -> None:
    """Even were it offered."""
    with_people(record)
    bench = signed_in(login)
    monkeypatch.setattr(router, "pages_of", lambda *_, **__: (name,))
    bench.run()
    assert not bench.exception
    assert "may not do this here" in bench.error[0].value
    assert "ivy" not in told(bench)
    assert not bench.selectbox


def test_a_client_publishes_nothing(record: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even were it offered."""
    with_people(record)
    bench = signed_in("client")
    monkeypatch.setattr(router, "pages_of", lambda *_, **__: ("publish",))
    bench.run()
    assert not bench.exception
    assert "may not do this here" in bench.error[0].value
    assert not bench.selectbox
    assert not bench.button


def test_practitioners_see_clients_and_no_accounts(
    record: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_people(record)
    bench = signed_in("practitioner")
    assert not bench.exception
    assert "fern" in told(bench)
    monkeypatch.setattr(router, "pages_of", lambda *_, **__: ("admin",))
    bench.run()
    assert "list accounts: the role practitioner may not do this here" in bench.error[0].value
    assert admin_words.ADD_TITLE not in told(bench)


def test_each_person_has_pages_of_their_own() -> None:
    def pages(role: Role | None, **more: bool) -> tuple[str, ...]:
        client_id = "c1" if role is Role.CLIENT else None
        return pages_of(
            Caller("x", role, client_id), **({"first_run": False, "must_change": False} | more)
        )

    assert pages_of(NOBODY, first_run=True, must_change=False) == ("first_run",)
    assert pages(None) == ("sign_in",)
    assert pages(Role.CLIENT) == ("mine", "about", "password", "sign_out")
    assert pages(Role.MARKETING) == ("publish", "cleared", "about", "password", "sign_out")
    assert "admin" not in pages(Role.PRACTITIONER)
    assert "bring" in pages(Role.PRACTITIONER)
    assert {"today", "bring", "admin"} <= set(pages(Role.ADMIN))
    assert pages(Role.ADMIN, must_change=True) == ("password", "sign_out")
    visitor = pages_of(VISITOR, first_run=False, must_change=False)
    assert "first_run" in visitor
    assert not {"password", "bring"} & set(visitor)


def test_a_password_set_by_somebody_else_must_be_changed_first(record: Clinic) -> None:
    with_people(record)
    record.reset_password("practitioner", GOOD)
    bench = signed_in("practitioner", GOOD)
    assert bench.title[0].value == words.PASSWORD_TITLE
    assert "fern" not in told(bench)
    for field, value in zip(bench.text_input, (GOOD, "x" * 12, "x" * 12), strict=True):
        field.set_value(value)
    next(b for b in bench.button if b.label == words.CHANGE_PASSWORD).click().run()
    assert not bench.exception
    assert words.CHANGED in told(bench)
    bench.switch_page("../pages/today.py").run()
    assert "fern" in told(bench)
    assert record.sign_in("practitioner", "x" * 12).role is Role.PRACTITIONER


def test_signing_out_forgets_everything_on_the_screen(record: Clinic) -> None:
    with_people(record)
    bench = signed_in("practitioner")
    bench.switch_page("../pages/sign_out.py").run()
    assert bench.title[0].value == words.SIGN_IN
    assert words.OUT in told(bench)
    assert "fern" not in told(bench)
    assert "chosen_client" not in bench.session_state


def test_whoever_is_idle_is_signed_out_even_between_runs(
    record: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_people(record)
    bench = signed_in("practitioner")
    held = bench.session_state["signed_in"]
    held.moved_at -= 29 * 60
    bench.run()
    assert "fern" in told(bench)
    held = bench.session_state["signed_in"]
    held.moved_at -= 31 * 60
    monkeypatch.setattr(st, "session_state", {"signed_in": held})
    assert doors.caller(open_record.record()) == NOBODY
    monkeypatch.undo()
    monkeypatch.setenv("PROGRESS_HOME", str(record._store._files._folder.parent))
    bench.run()
    assert bench.title[0].value == words.SIGN_IN
    assert words.OUT_IDLE.format(30) in told(bench)
    assert "fern" not in told(bench)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("5", 5), ("0", 30), ("-3", 30), ("soon", 30), ("99999", 30), ("nan", 30)],
)
def test_the_idle_time_can_be_set_but_not_switched_off(
    monkeypatch: pytest.MonkeyPatch, written: str, meant: float
) -> None:
    monkeypatch.setenv(doors.IDLE_VARIABLE, written)
    assert doors.idle_minutes() == meant


def test_another_screen_is_out_when_the_password_is_set_anew(record: Clinic) -> None:
    with_people(record)
    bench = signed_in("practitioner")
    record.reset_password("practitioner", GOOD)
    bench.run()
    assert bench.title[0].value == words.SIGN_IN
    assert words.OUT_CHANGED in told(bench)


def test_whoever_is_closed_out_is_out_at_the_next_click(record: Clinic) -> None:
    with_people(record)
    bench = signed_in("practitioner")
    record.deactivate("practitioner")
    bench.run()
    assert bench.title[0].value == words.SIGN_IN
    assert "fern" not in told(bench)


def test_an_administrator_makes_resets_and_closes_accounts(record: Clinic) -> None:
    with_people(record)
    bench = signed_in("admin")
    bench.switch_page("../pages/admin.py").run()
    assert not bench.exception
    bench.text_input(key="new-login").set_value("Nora")
    bench.text_input(key="new-password").set_value(GOOD).run()
    button(bench, admin_words.ADD).click().run()
    assert admin_words.ADDED.format("Nora") in told(bench)
    assert record.sign_in("nora", GOOD).role is Role.PRACTITIONER
    bench.selectbox(key="changed-login").select("nora").run()
    bench.text_input(key="changed-password").set_value(OWN).run()
    button(bench, admin_words.RESET).click().run()
    assert record.sign_in("nora", OWN)
    bench.selectbox(key="changed-login").select("nora").run()
    button(bench, admin_words.CLOSE).click().run()
    assert not next(user for user in record.users() if user.login == "nora").active
    bench.selectbox(key="changed-login").select("admin").run()
    button(bench, admin_words.CLOSE).click().run()
    assert "expected an administrator to remain" in bench.error[0].value


def test_an_administrator_reads_who_did_what_and_checks_it(record: Clinic) -> None:
    client_id = with_people(record)
    record.for_caller(record.sign_in("practitioner", OWN)).sessions(client_id)
    bench = signed_in("admin")
    bench.switch_page("../pages/admin.py").run()
    bench.selectbox(key="audit-by").select("practitioner").run()
    bench.selectbox(key="audit-about").select(client_id).run()
    table = bench.dataframe[0].value
    assert list(table[admin_words.WHAT]) == ["see record"]
    assert list(table[admin_words.ABOUT]) == ["fern"]
    button(bench, admin_words.VERIFY).click().run()
    assert "lines are there as they were written" in told(bench)
    with record._store.work() as work:
        from sqlalchemy import delete

        from progress.store import schema

        work._connection.execute(delete(schema.audit).where(schema.audit.c.number == 2))
    button(bench, admin_words.VERIFY).click().run()
    assert "line 2 was removed" in bench.error[0].value
    button(bench, admin_words.CHECK_RECORD).click().run()
    assert admin_words.RECORD_NOT_WHOLE in bench.error[0].value


def test_a_shelf_is_not_looked_at_for_somebody_who_may_not(
    record: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    from progress.model import Client, NotAllowed

    with_people(record)
    fern = next(c for c in record.clients() if c.pseudonym == "fern")
    (session,) = record.sessions(fern.id)
    looked: list[object] = []
    monkeypatch.setattr(open_record, "_shelf", lambda *place: looked.append(place))
    for who in (NOBODY, Caller("marketing", Role.MARKETING)):
        monkeypatch.setattr(doors, "caller", lambda _record, who=who: who)
        for ask in (
            lambda: pair_view.compare(Client(fern.id, ""), session, session),
            lambda: desk.small_picture(Client(fern.id, ""), session.photos[0]),
            lambda: desk.course_work(Client(fern.id, "")),
            lambda: guided_upload.guide(None, "a.jpg", b"x", View.FRONTAL),
        ):
            with pytest.raises(NotAllowed):
                ask()
    assert not looked


def test_a_sample_record_is_open_and_offers_to_be_set_up(record: Clinic) -> None:
    record.add_client("mannequin", simulated=True)
    bench = app()
    assert not bench.exception
    assert "mannequin" in told(bench)
    bench.switch_page("../pages/first_run.py").run()
    assert words.FIRST_SAMPLE in told(bench)
    record.add_client("somebody real")
    bench = app()
    assert bench.title[0].value == words.FIRST_TITLE
    assert "mannequin" not in told(bench)


def test_another_service_says_who_somebody_is_and_the_account_here_what_they_may(
    record: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_people(record)
    left: list[bool] = []
    monkeypatch.setattr(services, "is_offered", lambda: True)
    monkeypatch.setattr(services, "leave", lambda: left.append(True))
    monkeypatch.setattr(services, "vouched_login", lambda: None)
    assert button(app(), words.SERVICE)
    monkeypatch.setattr(services, "vouched_login", lambda: "stranger")
    bench = app()
    button(bench, words.GO_ON.format("stranger")).click().run()
    assert "expected somebody with an account here" in bench.error[0].value
    assert "fern" not in told(bench)
    button(bench, words.NOT_ME).click().run()
    assert left
    monkeypatch.setattr(services, "vouched_login", lambda: "practitioner")
    bench = app()
    button(bench, words.GO_ON.format("practitioner")).click().run()
    assert "fern" in told(bench)


@pytest.mark.parametrize(
    ("claims", "login"),
    [
        ({"email": "anna@clinic", "email_verified": True}, "anna@clinic"),
        ({"email": "anna@clinic", "email_verified": False}, None),
        ({"email": "anna@clinic"}, None),
        ({"email_verified": True}, None),
        ({"email": ["anna@clinic"], "email_verified": True}, None),
    ],
)
def test_only_a_verified_address_counts(
    monkeypatch: pytest.MonkeyPatch, claims: dict[str, object], login: str | None
) -> None:
    monkeypatch.setattr(services, "is_offered", lambda: True)
    user = SimpleNamespace(is_logged_in=True, to_dict=lambda: claims)
    monkeypatch.setattr(services.st, "user", user)
    assert services.vouched_login() == login


def test_without_a_service_named_none_is_offered() -> None:
    assert not services.is_offered()
    assert services.vouched_login() is None
