"""Import, export, erasure and recomputing, asked by every role, by nobody, and about another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from progress.model import NOBODY, OPERATOR, NotAllowed
from progress.model.people import Caller, Role
from progress.pipeline import recompute
from progress.pipeline.access import Action
from progress.pipeline.clinic import Clinic
from progress.pipeline.erasure import erase_client
from progress.pipeline.importing import import_source
from progress.pipeline.record_export import export_client
from progress.store.accounts import add_user
from progress.store.audit import audit_lines

DAY, MOMENT = date(2026, 1, 5), datetime(2026, 1, 5, 10)  # noqa: DTZ001 - as the record keeps it
TinyPhoto = Callable[..., bytes]
Ask = Callable[[Clinic, str, Path], object]

USE_CASES: dict[str, tuple[Ask, str]] = {
    # Who may: A admin, P practitioner, C the client about the own record, M marketing.
    "import": (lambda c, _id, at: import_source(c, at / "source", today=DAY), "AP"),
    "dry run": (lambda c, _id, at: import_source(c, at / "source", dry_run=True, today=DAY), "AP"),
    "export": (lambda c, who, at: export_client(c, who, at / "out.zip"), "AP"),
    "erase": (lambda c, who, _at: erase_client(c, who, confirm="anna"), "AP"),
    "stale": (lambda c, _id, _at: recompute.stale_clients(c), "AP"),
    "queue": (lambda c, who, _at: recompute.queue_course(c, who), "AP"),
    "queue all": (lambda c, _id, _at: recompute.queue_stale(c), "AP"),
    "jobs": (lambda c, _id, _at: recompute.course_jobs(c), "AP"),
    "work off": (lambda c, _id, _at: recompute.work_off(c), "AP"),
    "start": (lambda c, _id, at: recompute.start_worker(c, at / "home"), "AP"),
    "values": (lambda c, who, _at: recompute.values(c, who, "redness"), "APC"),
    "versions": (lambda c, who, _at: recompute.kept_versions(c, who, "redness"), "APC"),
}


def place(tmp_path: Path, tiny_photo: TinyPhoto) -> tuple[Clinic, str, dict[str, Caller]]:
    """A record with one client, a source to import, and an account of every role."""
    folder = tmp_path / "source" / "berta" / "2026-01-05"
    folder.mkdir(parents=True)
    (folder / "a.jpg").write_bytes(tiny_photo(1))
    clinic = Clinic.open(tmp_path / "home", caller=OPERATOR)
    anna, other = clinic.add_client("anna").id, clinic.add_client("carla").id
    callers = {"N": NOBODY}
    for letter, role, client_id in (
        ("A", Role.ADMIN, None),
        ("P", Role.PRACTITIONER, None),
        ("C", Role.CLIENT, anna),
        ("O", Role.CLIENT, other),
        ("M", Role.MARKETING, None),
    ):
        with clinic.changing(Action.MANAGE_ACCOUNTS) as work:
            add_user(
                work,
                letter,
                role=role,
                hashed="none",
                client_id=client_id,
                must_change_password=False,
                at=MOMENT,
            )
        callers[letter] = Caller(letter, role, client_id)
    return clinic, anna, callers


@pytest.mark.parametrize("name", USE_CASES)
def test_only_who_may_is_served_and_the_others_change_nothing(
    name: str, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    ask, allowed = USE_CASES[name]
    clinic, anna, callers = place(tmp_path, tiny_photo)
    with clinic:
        before = clinic.clients()
        for letter in "NMOCPA":
            asking = clinic.for_caller(callers[letter])
            if letter not in allowed:
                with pytest.raises(NotAllowed):
                    ask(asking, anna, tmp_path)
                assert clinic.clients() == before
                assert not (tmp_path / "out.zip").exists()
            elif name != "erase" or letter == "P":
                ask(asking, anna, tmp_path)
        with clinic.asking(Action.SEE_AUDIT).reading() as record:
            lines = audit_lines(record)
        refused = {line.login for line in lines if line.action.startswith("refused")}
        assert refused == {callers[letter].login for letter in "NMOC" if letter not in allowed}
        # What a line says is no name of a client: it outlives the record.
        assert not any(n in line.detail for line in lines for n in ("anna", "berta", "carla"))
