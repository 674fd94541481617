"""Courses are computed again when a metric changed, once each, and versions are never mixed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from progress.metrics import affected_by, all_metrics, get_metric
from progress.model import (
    NOBODY,
    OPERATOR,
    BadInput,
    Estimate,
    JobState,
    NotAllowed,
    NotMeasured,
    Timeline,
    TimelinePoint,
    TimelineSeries,
    Verdict,
    View,
)
from progress.pipeline import clinic_answers, course_record, recompute
from progress.pipeline.access import Action
from progress.pipeline.clinic import Clinic
from progress.pipeline.erasure import erase_client
from progress.pipeline.followed_course import FollowedCourse
from progress.pipeline.options import Options, Step, silent
from progress.pipeline.sources import CourseFiles
from progress.store.worker_lock import only_worker

DAYS = (date(2026, 1, 5), date(2026, 6, 22))
TinyPhoto = Callable[..., bytes]


class StandIn:
    """Follows no course and says what it was asked; versions and values are set by the test."""

    def __init__(self) -> None:
        self.value, self.version = 1.0, get_metric("redness").version
        self.asked: list[CourseFiles] = []
        self.fails = False

    def __call__(
        self, course: CourseFiles, options: Options, step: Step = silent, _look: object = None
    ) -> FollowedCourse:
        self.asked.append(course)
        if self.fails:
            raise BadInput("course: expected skin, got none", advice="take another photo")
        step("measuring", 0.5)
        days = [session.taken_on for session in course.sessions]
        points = [TimelinePoint(day, Estimate(self.value, 0.1, 99), None) for day in days if day]
        series = [
            TimelineSeries(
                "redness", self.version, region, "OD", "Redness",
                (*points[:-1], replace(points[-1], outcome=last)),
                NotMeasured("one value"), Verdict.WITHIN_NOISE,
            )
            for region, last in (
                ("nose", points[-1].outcome),
                ("chin", NotMeasured("hair")),
            )
        ]  # fmt: skip
        timeline = Timeline(
            {day: () for day in days if day}, (), tuple(series), affected=affected_by
        )
        return FollowedCourse(timeline, None)


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    course = StandIn()
    monkeypatch.setattr(clinic_answers, "follow_course", course)
    return course


@pytest.fixture
def clinic(tmp_path: Path, database_url: str | None) -> Iterator[Clinic]:
    with Clinic.open(tmp_path / "home", database_url, caller=OPERATOR) as clinic:
        yield clinic


@pytest.fixture
def ids(clinic: Clinic, tiny_photo: TinyPhoto) -> list[str]:
    """Two clients with two sessions each, and one without photos."""
    found = []
    for number, name in enumerate(("anna", "berta")):
        client = clinic.add_client(name)
        for index, day in enumerate(DAYS):
            photo = tiny_photo(10 * number + index)
            clinic.add_session(client.id, taken_on=day, photos=[("a.jpg", photo)])
        found.append(client.id)
    clinic.add_client("carla")
    return found


def raise_version(monkeypatch: pytest.MonkeyPatch, stand_in: StandIn) -> None:
    """Redness is measured otherwise from now on."""
    stand_in.version += 1
    raised = [
        replace(m, version=stand_in.version) if m.id == "redness" else m for m in all_metrics()
    ]
    monkeypatch.setattr(course_record, "all_metrics", lambda: raised)
    newer = {m.id: m for m in raised}
    monkeypatch.setattr(recompute, "get_metric", lambda name: newer[name])


def told(clinic: Clinic, client_id: str, **which: Any) -> list[tuple[str, str, object]]:
    return [
        (v.day.isoformat()[:7], v.region, getattr(v.outcome, "value", None))
        for v in recompute.values(clinic, client_id, "redness", **which)
    ]


def test_every_stale_course_is_computed_once(
    clinic: Clinic, ids: list[str], stand_in: StandIn, tiny_photo: TinyPhoto
) -> None:
    assert recompute.queue_stale(clinic) == tuple(ids)
    assert recompute.queue_stale(clinic) == tuple(ids)  # asked for twice, queued once
    assert [job.state for job in recompute.course_jobs(clinic)] == [JobState.WAITING] * 2
    watched: list[tuple[str, float]] = []
    report = recompute.work_off(clinic, lambda label, done: watched.append((label, done)))
    assert report.computed == tuple(ids)
    assert watched == [("1 of 2: measuring", 0.25), ("2 of 2: measuring", 0.75)]
    assert {(j.state, j.done) for j in recompute.course_jobs(clinic)} == {(JobState.DONE, 1.0)}
    assert recompute.queue_stale(clinic) == ()
    clinic.timeline(ids[0])
    assert len(stand_in.asked) == 2
    # Another photo makes one course stale.
    clinic.add_session(ids[1], taken_on=date(2026, 7, 1), photos=[("b.jpg", tiny_photo(99))])
    assert recompute.queue_stale(clinic) == (ids[1],)
    assert recompute.work_off(clinic).computed == (ids[1],)
    assert len(told(clinic, ids[1])) == 6


def test_values_of_an_old_version_are_kept_and_never_mixed_with_new_ones(
    clinic: Clinic, ids: list[str], stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = stand_in.version
    recompute.queue_stale(clinic)
    recompute.work_off(clinic)
    first = [
        ("2026-01", "chin", 1.0),
        ("2026-01", "nose", 1.0),
        ("2026-06", "chin", None),
        ("2026-06", "nose", 1.0),
    ]
    assert told(clinic, ids[0]) == first
    stand_in.value = 2.0
    raise_version(monkeypatch, stand_in)
    assert recompute.stale_clients(clinic) == tuple(ids)
    assert told(clinic, ids[0]) == []  # not the old ones under another name
    recompute.queue_course(clinic, ids[0])
    recompute.work_off(clinic)
    assert {value for _, _, value in told(clinic, ids[0])} == {2.0, None}
    assert told(clinic, ids[0], version=old) == first
    assert told(clinic, ids[1], version=old) == first
    assert recompute.kept_versions(clinic, ids[0], "redness") == (old, old + 1)
    assert recompute.kept_versions(clinic, ids[1], "redness") == (old,)
    with clinic.asking(Action.RECOMPUTE).reading() as record:
        stored = [m for s in record.sessions(ids[0]) for m in record.measurements(s.id)]
        photos = {p.sha256 for s in record.sessions(ids[0]) for p in s.photos}
    assert len({m.inputs_hash for m in stored}) == 2
    assert {p for m in stored for p in m.photos} == photos


def test_the_same_course_computed_again_replaces_its_values(
    clinic: Clinic, ids: list[str], stand_in: StandIn
) -> None:
    clinic.follow(ids[0])
    stand_in.value = 3.0
    clinic.follow(ids[0])
    assert {value for _, _, value in told(clinic, ids[0])} == {3.0, None}
    # With options of somebody's own, a course is no value of the record.
    stand_in.value = 4.0
    clinic.follow(ids[0], options=Options(px_per_mm=10.0))
    assert {value for _, _, value in told(clinic, ids[0])} == {3.0, None}


def test_a_course_follows_one_view_and_other_views_are_no_repeats(
    clinic: Clinic, ids: list[str], stand_in: StandIn, tiny_photo: TinyPhoto
) -> None:
    side = (("side.jpg", tiny_photo(50)),)
    clinic.add_session(ids[0], taken_on=DAYS[0], photos=side, view=View.LEFT_PROFILE)
    clinic.add_session(ids[0], taken_on=date(2026, 8, 1), photos=side, view=View.LEFT_PROFILE)
    clinic.follow(ids[0])
    (course,) = stand_in.asked
    assert course.view is View.FRONTAL
    assert [session.taken_on for session in course.sessions] == list(DAYS)
    assert [len(session.photos) for session in course.sessions] == [1, 1]
    first, _, last = clinic.sessions(ids[0])
    with pytest.raises(BadInput, match="expected a view that both sessions have"):
        clinic.pair(ids[0], clinic.sessions(ids[0])[1].id, last.id)
    assert course_record.shared_view(first, last) is View.LEFT_PROFILE
    # What is drawn lies on the first frontal photo, on no other view and no later baseline.
    front = clinic.sessions(ids[0])[1]
    assert course_record.is_baseline((first, front), clinic.sessions(ids[0]))
    assert not course_record.is_baseline((first, last), clinic.sessions(ids[0]))
    assert not course_record.is_baseline((front,), clinic.sessions(ids[0]))


def test_a_course_that_fails_stops_no_other_and_may_be_tried_again(
    clinic: Clinic, ids: list[str], stand_in: StandIn
) -> None:
    recompute.queue_course(clinic, ids[0])
    stand_in.fails = True
    report = recompute.work_off(clinic)
    assert report.computed == ()
    assert report.failed[0][0] == ids[0]
    assert "expected skin" in report.failed[0][1]
    (job,) = recompute.course_jobs(clinic)
    assert job.state is JobState.FAILED
    assert "expected skin" in job.says
    stand_in.fails = False
    recompute.queue_stale(clinic)
    assert recompute.work_off(clinic).computed == tuple(ids)


def test_there_is_one_worker_and_whoever_is_erased_is_not_computed(
    clinic: Clinic, ids: list[str], stand_in: StandIn
) -> None:
    recompute.queue_stale(clinic)
    with only_worker(clinic.asking(Action.RECOMPUTE)) as mine:
        assert mine
        report = recompute.work_off(clinic)
        assert (report.elsewhere, report.waiting) == (True, 2)
    erase_client(clinic, ids[0], confirm="anna")
    assert recompute.work_off(clinic).computed == (ids[1],)
    with pytest.raises(NotAllowed, match="signed in"):
        recompute.work_off(clinic.for_caller(NOBODY))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a child")
def test_a_killed_worker_s_job_is_taken_up_by_the_next(
    clinic: Clinic,
    ids: list[str],
    stand_in: StandIn,
    tmp_path: Path,
    database_url: str | None,
) -> None:
    recompute.queue_stale(clinic)
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            with Clinic.open(tmp_path / "home", database_url, caller=OPERATOR) as child:

                def hang(_label: str, _done: float) -> None:
                    if len(stand_in.asked) == 2:
                        os.write(write_end, b".")
                        time.sleep(60)

                recompute.work_off(child, hang)
        finally:
            os._exit(1)
    os.close(write_end)
    assert os.read(read_end, 1) == b"."
    os.close(read_end)
    assert [job.state for job in recompute.course_jobs(clinic)] == [JobState.DONE, JobState.RUNNING]
    assert recompute.work_off(clinic).elsewhere
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert recompute.work_off(clinic).computed == (ids[1],)
    assert [job.state for job in recompute.course_jobs(clinic)] == [JobState.DONE] * 2
    assert len(told(clinic, ids[1])) == 4


def test_a_worker_is_a_process_of_its_own_that_is_started_once(
    clinic: Clinic,
    ids: list[str],
    tmp_path: Path,
    database_url: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []

    def remember(command: list[str], *, env: dict[str, str], **_rest: object) -> None:
        started.append((command, env))

    monkeypatch.setattr(recompute.subprocess, "Popen", remember)
    assert not recompute.start_worker(clinic, tmp_path / "home", database_url)
    recompute.queue_course(clinic, ids[0])
    assert recompute.start_worker(clinic, tmp_path / "home", database_url)
    (command, environment), *_ = started
    assert command[-3:] == ["recompute", "--quiet", "--queued"]
    assert environment["PROGRESS_HOME"] == str(tmp_path / "home")
    # Where the password of a database is never seen in a list of processes.
    assert not any("postgres" in word for word in command)
    assert environment.get("PROGRESS_DATABASE_URL") == database_url
    assert recompute.start_worker(clinic, tmp_path / "home", look_for_stale=True)
    assert started[1][0][-1] == "--quiet"
    with only_worker(clinic.asking(Action.RECOMPUTE)):
        assert not recompute.start_worker(clinic, tmp_path / "home", look_for_stale=True)
