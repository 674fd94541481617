"""Accounts: who gets in, who has to wait, and what a password must be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from progress.model import BadInput, NotAllowed, StoreError
from progress.model.people import NOBODY, OPERATOR, Caller, Role
from progress.pipeline import passwords, signing_in
from progress.pipeline.clinic import Clinic
from progress.pipeline.use_case import VISITOR
from progress.store import accounts

GOOD, OTHER = "a long enough one", "another good one"
START = datetime(2026, 1, 5, 10, 0)  # noqa: DTZ001 - the record keeps UTC without zone


class Clock:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def wait(self, **how_long: float) -> None:
        self.moment += timedelta(**how_long)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Cheap hashes of the same kind, and a clock in hand."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", cheap)
    passwords._of_nobody.cache_clear()
    made = Clock()
    monkeypatch.setattr(signing_in, "now", made)
    return made


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    with Clinic.open(tmp_path / "home") as opened:
        opened.make_first_admin("Root@Clinic", GOOD)
        yield opened


def as_root(clinic: Clinic) -> Clinic:
    return clinic.for_caller(Caller("root@clinic", Role.ADMIN))


def new(clinic: Clinic, login: str, role: Role = Role.PRACTITIONER) -> Clinic:
    """The record in the name of a new account that has chosen its own password."""
    as_root(clinic).add_user(login, role, GOOD)
    mine = clinic.for_caller(clinic.sign_in(login, GOOD))
    mine.change_own_password(GOOD, OTHER)
    return mine


def actions(clinic: Clinic) -> list[str]:
    return [line.action for line in clinic.for_caller(OPERATOR).audit()]


def test_the_first_administrator_is_made_once_and_by_nobody_s_leave(tmp_path: Path) -> None:
    with Clinic.open(tmp_path / "home") as clinic:
        assert clinic.is_empty_of_users()
        with pytest.raises(BadInput, match="10 to 200 characters, got 5"):
            clinic.make_first_admin("root", "admin")
        assert clinic.is_empty_of_users()
        clinic.make_first_admin(" Root ", GOOD)
        assert not clinic.is_empty_of_users()
        with pytest.raises(NotAllowed, match="without accounts"):
            clinic.make_first_admin("second", GOOD)
        assert clinic.sign_in("root", GOOD) == Caller("root", Role.ADMIN)
        (user,) = as_seen = clinic.for_caller(OPERATOR).users()
        assert len(as_seen) == 1
        assert not user.must_change_password
        assert [(line.login, line.detail) for line in clinic.for_caller(OPERATOR).audit()][-1] == (
            "root",
            "add root as admin",
        )


@pytest.mark.parametrize("login", ["", "  ", "two words", "command line", "x" * 101, "a\nb"])
def test_a_login_is_a_short_word(tmp_path: Path, login: str) -> None:
    with (
        Clinic.open(tmp_path / "home") as clinic,
        pytest.raises(BadInput, match="without blanks"),
    ):
        clinic.make_first_admin(login, GOOD)


@pytest.mark.parametrize("password", ["", "short", "123456789", "x" * 201])
def test_a_password_is_long_but_not_endless(clinic: Clinic, password: str) -> None:
    with pytest.raises(BadInput, match="expected 10 to 200 characters"):
        as_root(clinic).reset_password("root@clinic", password)


def test_a_password_is_not_the_login(clinic: Clinic) -> None:
    with pytest.raises(BadInput, match="got the login"):
        as_root(clinic).reset_password("root@clinic", "ROOT@clinic")


def test_the_same_letters_from_another_keyboard_are_the_same_password(clinic: Clinic) -> None:
    as_root(clinic).add_user("zoë", Role.PRACTITIONER, "cafe\u0301 au lait")
    assert clinic.sign_in("ZOE\u0308", "café au lait").login == "zoë"


@pytest.mark.parametrize(
    ("login", "password"), [("root@clinic", "wrong password"), ("nobody", GOOD), ("", "")]
)
def test_a_failure_does_not_tell_whether_the_login_exists(
    clinic: Clinic, login: str, password: str
) -> None:
    with pytest.raises(NotAllowed, match=r"^sign in: login and password do not belong together;"):
        clinic.sign_in(login, password)


def test_an_unknown_login_costs_one_hash_too(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes: list[str] = []
    real = passwords._HASHER

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            hashes.append(stored)
            return real.verify(stored, password)

        def hash(self, password: str) -> str:
            return real.hash(password)

    monkeypatch.setattr(passwords, "_HASHER", Counting())
    for login in ("root@clinic", "nobody"):
        with pytest.raises(NotAllowed, match="do not belong"):
            clinic.sign_in(login, "wrong password")
    assert len(hashes) == 2
    assert all(stored.startswith("$argon2id$") for stored in hashes)


def test_what_was_typed_as_an_unknown_login_is_not_written_into_the_audit(clinic: Clinic) -> None:
    with pytest.raises(NotAllowed, match="do not belong"):
        clinic.sign_in("my-secret-password", "")
    newest = clinic.for_caller(OPERATOR).audit(limit=5)
    assert "refused: sign in" in [line.action for line in newest]
    assert not any("secret" in f"{line.login}{line.detail}" for line in newest)


def test_after_five_failures_even_the_right_password_waits_and_longer_each_time(
    clinic: Clinic, clock: Clock
) -> None:
    for _ in range(5):
        with pytest.raises(NotAllowed, match="do not belong"):
            clinic.sign_in("root@clinic", "wrong password")
    with pytest.raises(NotAllowed, match="too many failures with this login; wait 16 min"):
        clinic.sign_in("root@clinic", GOOD)
    clock.wait(minutes=15)
    with pytest.raises(NotAllowed, match="do not belong"):
        clinic.sign_in("root@clinic", "wrong again")
    clock.wait(minutes=29)
    with pytest.raises(NotAllowed, match="wait 2 min"):
        clinic.sign_in("root@clinic", GOOD)
    clock.wait(minutes=1)
    clinic.sign_in("root@clinic", GOOD)
    with pytest.raises(NotAllowed, match="do not belong"):
        clinic.sign_in("root@clinic", "wrong, but counted from the beginning")


def test_unknown_logins_wait_just_the_same_and_others_do_not(clinic: Clinic) -> None:
    for _ in range(5):
        with pytest.raises(NotAllowed, match="do not belong"):
            clinic.sign_in("nobody", GOOD)
    with pytest.raises(NotAllowed, match="too many failures"):
        clinic.sign_in("NOBODY ", GOOD)
    clinic.sign_in("root@clinic", GOOD)


def test_the_wait_ends_within_a_day(clock: Clock) -> None:
    assert signing_in.waiting_until(()) is None
    failed = tuple(START + timedelta(hours=n) for n in range(40))
    assert signing_in.waiting_until(failed) == failed[-1] + timedelta(hours=24)


def test_failures_that_no_longer_matter_are_forgotten(clinic: Clinic, clock: Clock) -> None:
    for _ in range(5):
        with pytest.raises(NotAllowed, match="do not belong"):
            clinic.sign_in("nobody", GOOD)
    clock.wait(hours=25)
    clinic.sign_in("root@clinic", GOOD)
    with clinic._store.reading() as record:
        assert accounts.failures(record, "nobody") == ()


def test_a_password_is_hashed_anew_when_the_parameters_change(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stored() -> str:
        with clinic._store.reading() as record:
            return accounts.password_hash(record, "root@clinic")

    before = stored()
    clinic.sign_in("root@clinic", GOOD)
    assert stored() == before
    assert GOOD not in before
    monkeypatch.setattr(
        passwords, "_HASHER", PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    )
    clinic.sign_in("root@clinic", GOOD)
    assert stored() != before
    assert "t=2" in stored()
    clinic.sign_in("root@clinic", GOOD)


def test_the_hash_that_ships_is_argon2id_with_64_mib() -> None:
    shipped = PasswordHasher()
    assert shipped.type.name == "ID"
    assert shipped.memory_cost == 65536
    assert shipped.time_cost == 3


def test_after_a_reset_nothing_works_but_choosing_a_new_password(clinic: Clinic) -> None:
    mine = new(clinic, "anna")
    assert mine.clients() == ()
    version = mine.own_account().version
    as_root(clinic).reset_password("anna", GOOD)
    with pytest.raises(NotAllowed, match="password of your own"):
        mine.clients()
    assert mine.own_account().version > version
    with pytest.raises(NotAllowed, match="do not belong together"):
        clinic.sign_in("anna", OTHER)
    again = clinic.for_caller(clinic.sign_in("anna", GOOD))
    with pytest.raises(NotAllowed, match="do not belong together"):
        again.change_own_password("not the old one", OTHER)
    with pytest.raises(BadInput, match="got the one before"):
        again.change_own_password(GOOD, GOOD)
    again.change_own_password(GOOD, OTHER)
    assert again.clients() == ()


def test_whoever_is_deactivated_is_out_at_once(clinic: Clinic) -> None:
    mine = new(clinic, "anna")
    as_root(clinic).deactivate("ANNA")
    with pytest.raises(NotAllowed, match="expected an active account"):
        mine.clients()
    with pytest.raises(NotAllowed, match="do not belong together"):
        clinic.sign_in("anna", OTHER)
    as_root(clinic).activate("anna")
    assert mine.clients() == ()


def test_another_role_counts_at_once(clinic: Clinic) -> None:
    mine = new(clinic, "anna")
    as_root(clinic).change_role("anna", Role.MARKETING)
    with pytest.raises(NotAllowed, match="rights of this account have changed"):
        mine.clients()
    assert clinic.sign_in("anna", OTHER).role is Role.MARKETING


def test_the_last_administrator_stays(clinic: Clinic) -> None:
    root = as_root(clinic)
    with pytest.raises(BadInput, match="got the last one"):
        root.deactivate("root@clinic")
    with pytest.raises(BadInput, match="got the last one"):
        root.change_role("root@clinic", Role.PRACTITIONER)
    assert root.own_account().active
    new(clinic, "second", Role.ADMIN)
    root.deactivate("root@clinic")
    with pytest.raises(NotAllowed, match="active account"):
        root.users()


def test_a_client_s_account_is_bound_to_a_client_of_the_record(clinic: Clinic) -> None:
    root = as_root(clinic)
    with pytest.raises(BadInput, match="a client for the role client"):
        root.add_user("fern", Role.CLIENT, GOOD)
    with pytest.raises(BadInput, match="a client for the role client"):
        root.add_user("fern", Role.MARKETING, GOOD, "c1")
    with pytest.raises(StoreError, match="expected a client of the record"):
        root.add_user("fern", Role.CLIENT, GOOD, "c1")
    client = root.add_client("fern")
    root.add_user("fern", Role.CLIENT, GOOD, client.id)
    assert clinic.sign_in("fern", GOOD) == Caller("fern", Role.CLIENT, client.id)
    with pytest.raises(BadInput, match="the login fern is taken"):
        root.add_user("Fern", Role.PRACTITIONER, GOOD)


def test_an_account_without_a_password_of_ours_cannot_sign_in_with_one(clinic: Clinic) -> None:
    as_root(clinic).add_user("anna@clinic", Role.PRACTITIONER, "")
    for password in ("", "the password of no account", GOOD):
        with pytest.raises(NotAllowed, match="do not belong together"):
            clinic.sign_in("anna@clinic", password)


def test_whom_another_service_lets_in_needs_an_account_here(clinic: Clinic) -> None:
    as_root(clinic).add_user("anna@clinic", Role.PRACTITIONER, "")
    mine = clinic.for_caller(clinic.vouched_for("Anna@Clinic"))
    assert mine.clients() == ()
    with pytest.raises(NotAllowed, match="expected somebody with an account here"):
        clinic.vouched_for("stranger@clinic")
    as_root(clinic).deactivate("anna@clinic")
    with pytest.raises(NotAllowed, match="expected somebody with an account here"):
        clinic.vouched_for("anna@clinic")
    with pytest.raises(NotAllowed, match="expected an active account"):
        mine.clients()


def test_a_caller_that_never_signed_in_is_refused(clinic: Clinic) -> None:
    forged = clinic.for_caller(Caller("mallory", Role.ADMIN))
    with pytest.raises(NotAllowed, match="expected an active account"):
        forged.users()
    assert "refused: list accounts" in actions(clinic)


def test_a_sample_record_is_open_to_visitors_until_somebody_real_comes(tmp_path: Path) -> None:
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as clinic:
        assert clinic.visitor() is None
        clinic.add_client("mannequin", simulated=True)
        assert clinic.visitor() == VISITOR
        visit = clinic.for_caller(VISITOR)
        assert [c.pseudonym for c in visit.clients()] == ["mannequin"]
        with pytest.raises(NotAllowed, match="got a sample visitor"):
            visit.add_client("somebody real")
        clinic.add_client("somebody real")
        assert clinic.visitor() is None
        with pytest.raises(NotAllowed, match="got a sample visitor"):
            visit.clients()


def test_an_account_closes_a_sample_record(tmp_path: Path) -> None:
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as clinic:
        clinic.add_client("mannequin", simulated=True)
        clinic.make_first_admin("root", GOOD)
        assert clinic.visitor() is None
        with pytest.raises(NotAllowed, match="got a sample visitor"):
            clinic.for_caller(VISITOR).clients()
        with pytest.raises(NotAllowed, match="got nobody"):
            clinic.for_caller(NOBODY).clients()


def test_accounts_failures_and_the_audit_live_on_every_database(
    tmp_path: Path, database_url: str | None
) -> None:
    with Clinic.open(tmp_path / "home", database_url, caller=OPERATOR) as clinic:
        clinic.make_first_admin("root", GOOD)
        client = clinic.add_client("fern")
        clinic.add_user("fern", Role.CLIENT, GOOD, client.id)
        for _ in range(5):
            with pytest.raises(NotAllowed, match="do not belong"):
                clinic.sign_in("fern", "wrong password")
        with pytest.raises(NotAllowed, match="too many failures"):
            clinic.sign_in("fern", GOOD)
        clinic.reset_password("fern", OTHER)
        fern = clinic.for_caller(clinic.sign_in("fern", OTHER))
        fern.change_own_password(OTHER, GOOD)
        assert fern.client(client.id) == client
        with pytest.raises(NotAllowed, match="may not do this here"):
            fern.clients()
        assert clinic.visitor() is None
        seen = clinic.verify_audit()
        assert seen.ok
        assert seen.lines == len(clinic.audit())
