"""What was read is changed only as it was read; drawn regions and jobs are kept like that too."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from progress.model import JobState, StoreError, View
from progress.store import NewPhoto, Store, Work
from progress.store.client_list import client_lines
from progress.store.drawn import delete_region, drawn_regions, save_region
from progress.store.jobs import change_job, jobs, put_job

DAY = date(2026, 1, 5)
SQUARE = ((1.5, 2.0), (9.0, 2.0), (9.0, 8.25))
STALE = "somebody else changed it meanwhile; reload"


def refused(store: Store, words: str, task: Callable[[Work], object]) -> None:
    with pytest.raises(StoreError, match=words), store.work() as work:
        task(work)


def test_a_client_is_changed_as_it_was_read_and_never_over_another_s_change(store: Store):
    with store.work() as work:
        read = work.add_client("fern", birth_year=1980, skin_type="IV")
    with store.work() as work:
        hers = work.change_client(replace(read, note="likes mornings"))
    assert (hers.note, hers.birth_year, hers.skin_type, hers.version) == (
        "likes mornings",
        1980,
        "IV",
        2,
    )
    refused(store, STALE, lambda work: work.change_client(replace(read, note="lost")))
    refused(store, "a client of the record", lambda w: w.change_client(replace(read, id="x")))
    with pytest.raises(ValueError, match="expected a name"), store.work() as work:
        work.change_client(replace(hers, pseudonym=" "))
    with store.reading() as record:
        assert record.client(read.id) == hers


def test_a_session_and_a_treatment_are_changed_the_same_way(store: Store):
    with store.work() as work:
        client = work.add_client("fern")
        shot = NewPhoto(b"x", "a.jpg", View.FRONTAL, (61, 83), gates="[]")
        session = work.add_session(client.id, DAY, photos=[shot])
        treatment = work.add_treatment(
            client.id, DAY, "micro-needling", serum="hyaluronic", practitioner="Kim"
        )
        assert (treatment.serum, treatment.practitioner) == ("hyaluronic", "Kim")
        assert (
            work.add_treatment(
                client.id, DAY, "micro-needling", serum="hyaluronic", practitioner="Kim"
            )
            == treatment
        )
        work.save_gates(session.photos[0].id, '[{"gate": "pose"}]')
    with store.work() as work:
        later = work.change_session(replace(session, note="tired", taken_on=date(2026, 1, 6)))
        deeper = work.change_treatment(replace(treatment, needle_depth_mm=1.5))
        assert (
            work.add_treatment(
                client.id,
                DAY,
                "micro-needling",
                needle_depth_mm=1.5,
                serum="hyaluronic",
                practitioner="Kim",
            )
            == deeper
        )
    assert (later.note, later.taken_on, later.version) == ("tired", date(2026, 1, 6), 2)
    assert later.photos[0].gates == '[{"gate": "pose"}]'
    assert (deeper.needle_depth_mm, deeper.version) == (1.5, 2)
    refused(store, STALE, lambda work: work.change_session(replace(session, note="lost")))
    refused(store, STALE, lambda work: work.change_treatment(treatment))
    refused(store, STALE, lambda work: work.delete_treatment(treatment))
    refused(store, "expected a photo", lambda work: work.save_gates("x", ""))
    with store.work() as work:
        work.delete_treatment(deeper)
        assert work.treatments(client.id) == ()
    refused(store, "expected a treatment", lambda work: work.delete_treatment(deeper))


def test_a_drawn_region_is_kept_per_view_and_drawn_anew_only_as_it_was_read(store: Store):
    with store.work() as work:
        client = work.add_client("fern")
        mark = save_region(work, client.id, view=View.BODY, name=" mark ", polygon_xy=SQUARE)
        front = save_region(work, client.id, view=View.FRONTAL, name="mark", polygon_xy=SQUARE)
    assert (mark.name, mark.polygon_xy, mark.version) == ("mark", SQUARE, 1)
    moved = tuple((x + 1, y) for x, y in SQUARE)

    def draw_again(work: Work, version: int | None) -> object:
        return save_region(
            work, client.id, view=View.BODY, name="mark", polygon_xy=moved, version=version
        )

    with store.work() as work:
        assert draw_again(work, 1) == replace(mark, polygon_xy=moved, version=2)
    refused(store, STALE, lambda work: draw_again(work, 1))
    refused(store, "a name that is not drawn yet, got 'mark'", lambda work: draw_again(work, None))
    refused(store, STALE, lambda work: delete_region(work, mark))
    with store.work() as work:
        delete_region(work, replace(mark, version=2))
    refused(store, "somebody took it away", lambda work: draw_again(work, 2))
    with store.reading() as record:
        assert drawn_regions(record, client.id) == (front,)
        assert drawn_regions(record, client.id, view=View.BODY) == ()
    with pytest.raises(ValueError, match="at least 3 corners, got 2"), store.work() as work:
        save_region(work, client.id, view=View.BODY, name="m", polygon_xy=SQUARE[:2])


def test_regions_of_the_first_version_are_read_and_become_rows_with_the_first_change(store: Store):
    with store.work() as work:
        client = work.add_client("fern")
        work.add_session(client.id, DAY, photos=[NewPhoto(b"x", "a.jpg", View.BODY, (61, 83))])
        old = {"scar": [[1, 2], [9, 2], [9, 8]], "line": [[1, 2], [9, 2], [9, 8]]}
        work.save_setting(f"regions/{client.id}", json.dumps(old))
    with store.reading() as record:
        line, scar = drawn_regions(record, client.id)
    assert (line.name, line.view, line.version, scar.polygon_xy[2]) == (
        "line",
        View.BODY,
        0,
        (9, 8),
    )
    with store.work() as work:
        redrawn = save_region(
            work, client.id, view=View.BODY, name="scar", polygon_xy=SQUARE, version=scar.version
        )
        delete_region(work, line)
    with store.reading() as record:
        assert drawn_regions(record, client.id) == (redrawn,)
        assert record.setting(f"regions/{client.id}") is None


def test_a_job_is_asked_for_once_and_taken_by_one_worker(store: Store):
    with store.work() as work:
        client = work.add_client("fern")
        job = put_job(work, client.id, kind="measure", detail="all")
        assert put_job(work, client.id, kind="measure", detail="again") == job
        assert jobs(work, state=JobState.WAITING) == (job,)
        taken = change_job(work, job.id, was=JobState.WAITING, now=JobState.RUNNING)
        assert taken == replace(job, state=JobState.RUNNING)
    waiting, running = JobState.WAITING, JobState.RUNNING
    refused(
        store,
        "expected it waiting, but it is running; another worker has it",
        lambda work: change_job(work, job.id, was=waiting, now=running),
    )
    refused(store, "a job", lambda work: change_job(work, "x", was=waiting, now=running))
    refused(store, "a client", lambda work: put_job(work, "x", kind="measure"))
    with store.work() as work:
        change_job(work, job.id, was=running, now=JobState.DONE, detail="8 sessions")
        assert jobs(work, client_id=client.id)[0].detail == "8 sessions"
        anew = put_job(work, client.id, kind="measure", detail="v2")
        assert (anew.id, anew.state, anew.detail) == (job.id, waiting, "v2")
        assert jobs(work) == (anew,)
        assert jobs(work, client_id="x") == ()


def test_the_list_says_when_a_client_was_here_last_and_finds_by_words(store: Store):
    with store.work() as work:
        fern = work.add_client("Fern 50%", note="acne scars")
        work.add_client("moss", note="stretch_marks")
        for day in (DAY, date(2026, 3, 1)):
            work.add_session(fern.id, day)
        work.add_treatment(fern.id, date(2026, 2, 1), "micro-needling")
    with store.reading() as record:
        first, second = client_lines(record)
        assert first.client == fern
        assert (first.n_sessions, first.last_session) == (2, date(2026, 3, 1))
        assert first.last_treatment == date(2026, 2, 1)
        assert (second.n_sessions, second.last_session, second.last_treatment) == (0, None, None)
        assert [line.client.pseudonym for line in client_lines(record, words="SCARS fern")] == [
            "Fern 50%"
        ]
        # A sign that means something to the database means itself.
        assert [line.client.pseudonym for line in client_lines(record, words="0%")] == ["Fern 50%"]
        assert [line.client.pseudonym for line in client_lines(record, words="h_m")] == ["moss"]
        assert client_lines(record, words="h%m") == ()
