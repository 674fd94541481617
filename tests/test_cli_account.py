"""Accounts from the command line."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from progress.cli import main
from progress.model.people import OPERATOR, Role
from progress.pipeline import passwords
from progress.pipeline.clinic import Clinic

GOOD, OTHER = "a long enough one", "another good one"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    )


def run(monkeypatch: pytest.MonkeyPatch, home: Path, *arguments: str, typed: str = "") -> int:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    monkeypatch.setattr(sys, "argv", ["progress", "account", *arguments, "--home", str(home)])
    with pytest.raises(SystemExit) as left:
        main()
    assert isinstance(left.value.code, int)
    return left.value.code


def test_accounts_are_made_listed_reset_and_closed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    home = tmp_path / "home"
    assert run(monkeypatch, home, "add", "anna", "--role", "practitioner", typed=GOOD) == 2
    assert "expected admin for the first account" in capsys.readouterr().err
    assert run(monkeypatch, home, "add", "root", "--role", "admin", typed="short\n") == 2
    assert "expected 10 to 200 characters, got 5" in capsys.readouterr().err
    assert run(monkeypatch, home, "add", "root", "--role", "admin", typed=f"{GOOD}\n") == 0
    assert run(monkeypatch, home, "add", "anna", "--role", "practitioner", typed=GOOD) == 0
    with Clinic.open(home, caller=OPERATOR) as clinic:
        clinic.add_client("fern")
        assert clinic.sign_in("root", GOOD).role is Role.ADMIN
    assert run(monkeypatch, home, "add", "f", "--role", "client", typed=GOOD) == 2
    made = ("add", "f", "--role", "client", "--client")
    assert run(monkeypatch, home, *made, "nobody", typed=GOOD) == 2
    assert run(monkeypatch, home, *made, "fern", typed=GOOD) == 0
    assert run(monkeypatch, home, "reset", "anna", typed=OTHER) == 0
    assert run(monkeypatch, home, "deactivate", "f") == 0
    assert run(monkeypatch, home, "deactivate", "root") == 2
    capsys.readouterr()
    assert run(monkeypatch, home, "list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "anna\tpractitioner\tmust change password",
        "f\tclient\tclosed\tfern",
        "root\tadmin\tactive",
    ]
    assert run(monkeypatch, home, "deactivate", "f", "--undo") == 0
    with Clinic.open(home) as clinic:
        assert clinic.sign_in("anna", OTHER).role is Role.PRACTITIONER
    assert run(monkeypatch, home, "reset", "nobody", typed=OTHER) == 2
    assert run(monkeypatch, home, "reset", "anna", typed="") == 2
    assert "expected it on standard input" in capsys.readouterr().err


def test_no_password_is_an_argument(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ("add", "root", "--role", "admin", "--password", GOOD)
    assert run(monkeypatch, tmp_path / "home", *arguments) == 2
    assert "No such option" in capsys.readouterr().err
