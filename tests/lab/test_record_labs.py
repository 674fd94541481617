"""The labs of the record find what they look for, on a few kills and a small record."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from progress.lab import record_kill
from progress.lab.record_kill import KillTally, make_source, run_record_kill
from progress.lab.record_scale import fill_record, time_record
from progress.model import OPERATOR, Caller, Role
from progress.pipeline.clinic import DATABASE_VARIABLE, Clinic
from progress.store import Store


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_killed_writers_leave_nothing_half_written_and_lose_nothing(tmp_path: Path, monkeypatch):
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    found = run_record_kill(tmp_path / "home", kills=2, seed=3)
    assert [figure.value for figure in found.figures()] == [0.0, 0.0, 0.0]
    assert all(figure.met for figure in found.figures())
    assert found.kills == 2


def test_what_is_lost_or_half_written_would_be_told(tmp_path: Path, monkeypatch):
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    home, source, tally = tmp_path / "home", tmp_path / "round0", KillTally(kills=1)
    make_source(source, 0)
    day = source / "r0c0" / "2026-01-05"
    with Clinic.open(home, caller=OPERATOR) as clinic:
        client = clinic.add_client("r0c0")
        one = next(day.iterdir())
        clinic.add_session(
            client.id, taken_on=date(2026, 1, 5), photos=[(one.name, one.read_bytes())]
        )
    told = ["r0c0/2026-01-05", "r0c1/2026-01-05"]
    record_kill._look(home, source, told, tally, by_visit=True)
    assert tally.half_written == ["r0c0/2026-01-05: 1 of 2 photos"]
    assert tally.lost == told
    assert [figure.met for figure in tally.figures()] == [False, False, True]


def test_questions_to_a_made_up_record_are_answered_and_timed(tmp_path: Path, database_url):
    with Store.open(tmp_path / "home", database_url) as store:
        ids = fill_record(store, n_clients=4, n_sessions=2)
        with store.reading() as record:
            (first, _) = record.sessions(ids[0])
            assert len(first.photos) == 3
            assert record.measurements(first.id)[0].photos == tuple(
                photo.sha256 for photo in first.photos
            )
    caller = Caller("kim", Role.PRACTITIONER)
    with Clinic.open(tmp_path / "home", database_url, caller=caller) as clinic:
        waits = time_record(clinic, ids, n=3)
        assert len(clinic.client_lines()) == 4
        assert len(clinic.timeline(ids[0]).sessions) == 2
    assert [len(w) for w in (waits.page, waits.listing, waits.search)] == [3, 3, 3]
    names = [figure.name for figure in waits.figures("SQLite", "made up")]
    assert names[0] == "SQLite: client page, 95th percentile"
