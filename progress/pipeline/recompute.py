"""Courses computed again after a metric changed: one job per client, resumable, never mixed.

A course is stored under a key that names the version of every metric; when a version rises, its
key is not in the record and the client's course is stale. Each stale client gets a job. One worker
at a time takes jobs; what a killed worker had in hand waits again. Values of the old version stay
in the measurements beside the new ones.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from progress.metrics import get_metric
from progress.model import Job, JobState, ProgressError, StoreError
from progress.pipeline.access import Action
from progress.pipeline.clinic import DATABASE_VARIABLE, HOME_VARIABLE, Clinic
from progress.pipeline.course_record import course_key, own_options
from progress.pipeline.options import Step, silent
from progress.store import Reading, Store
from progress.store.course_values import CourseValue, values_of_version, versions_kept
from progress.store.jobs import change_job, jobs, put_job
from progress.store.worker_lock import is_at_work, only_worker

COURSE_JOB = "course"
RECOMPUTE_FORMAT = "progress.recompute/1"
_TELL_EVERY_S = 2.0
"""How far a job is, is a row: often enough for people, seldom enough for the disk."""


@dataclass(frozen=True, slots=True)
class JobView:
    """How far the job of a client is; `done` from 0 to 1, `says` in words."""

    client_id: str
    state: JobState
    done: float = 0.0
    says: str = ""


@dataclass(frozen=True, slots=True)
class RecomputeReport:
    """What a worker did.

    Parameters
    ----------
    computed : tuple of str
        Ids of the clients whose course is up to date now.
    failed : tuple of (client id, reason)
    waiting : int
        Jobs that are left.
    elsewhere : bool
        Another worker was at it; this one did nothing.
    """

    computed: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    waiting: int = 0
    elsewhere: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As JSON, ``progress.recompute/1``."""
        return {
            "format": RECOMPUTE_FORMAT,
            "computed": list(self.computed),
            "failed": [{"client_id": who, "reason": why} for who, why in self.failed],
            "waiting": self.waiting,
            "another_worker": self.elsewhere,
        }


def is_stale(record: Reading, client_id: str) -> bool:
    """Whether a client has photos and no stored course of these photos and metric versions."""
    if not any(session.photos for session in record.sessions(client_id)):
        return False
    return record.comparison(course_key(record, client_id, own_options(record, client_id))) is None


def stale_clients(clinic: Clinic) -> tuple[str, ...]:
    """Ids of the clients whose course has to be computed, by pseudonym."""
    store = clinic.asking(Action.RECOMPUTE)
    with store.reading() as record:
        return tuple(c.id for c in record.clients() if is_stale(record, c.id))


def queue_stale(clinic: Clinic) -> tuple[str, ...]:
    """Ask for the courses of all stale clients; return their ids. Computes nothing yet."""
    stale = stale_clients(clinic)
    for client_id in stale:
        queue_course(clinic, client_id)
    return stale


def queue_course(clinic: Clinic, client_id: str) -> None:
    """Ask for one client's course; a job that waits or runs already is joined."""
    with clinic.changing(Action.RECOMPUTE, client_id, detail="asked for") as work:
        put_job(work, client_id, kind=COURSE_JOB)


def course_jobs(clinic: Clinic) -> tuple[JobView, ...]:
    """How far every job is, in the order they were asked for."""
    store = clinic.asking(Action.RECOMPUTE)
    with store.reading() as record:
        return tuple(_view(job) for job in jobs(record) if job.kind == COURSE_JOB)


def values(
    clinic: Clinic, client_id: str, metric: str, *, version: int | None = None
) -> tuple[CourseValue, ...]:
    """A client's stored values of one version of a metric; never of two.

    Parameters
    ----------
    clinic : Clinic
        Asked for `Action.SEE_COURSE`.
    client_id : str
    metric : str
    version : int, optional
        Default: the one that this program measures; there may be no values of it yet.
    """
    chosen = get_metric(metric).version if version is None else version
    with clinic.asking(Action.SEE_COURSE, client_id).reading() as record:
        return values_of_version(record, client_id, metric, version=chosen)


def kept_versions(clinic: Clinic, client_id: str, metric: str) -> tuple[int, ...]:
    """Versions of a metric that there are stored values of, ascending."""
    with clinic.asking(Action.SEE_COURSE, client_id).reading() as record:
        return versions_kept(record, client_id, metric)


def work_off(clinic: Clinic, step: Step = silent) -> RecomputeReport:
    """Compute every course that is asked for, one after the other; each is one unit of work.

    Killed at any moment, it leaves whole courses behind and is continued by the next call.

    Parameters
    ----------
    clinic : Clinic
        Asked for `Action.RECOMPUTE`.
    step : Step

    Returns
    -------
    RecomputeReport
        A course that cannot be computed fails alone and says why.
    """
    store = clinic.asking(Action.RECOMPUTE)
    computed: list[str] = []
    failed: list[tuple[str, str]] = []
    with only_worker(store) as mine:
        if not mine:
            return RecomputeReport(waiting=len(_waiting(store)), elsewhere=True)
        _take_up_again(store)
        while queue := _waiting(store):
            total = len(computed) + len(failed) + len(queue)
            error = _work_on(clinic, store, queue[0], step, (len(computed) + len(failed), total))
            if error is None:
                computed.append(queue[0].client_id)
            else:
                failed.append((queue[0].client_id, error))
    return RecomputeReport(tuple(computed), tuple(failed), 0)


def _waiting(store: Store) -> Sequence[Job]:
    with store.reading() as record:
        return [job for job in jobs(record, state=JobState.WAITING) if job.kind == COURSE_JOB]


def _take_up_again(store: Store) -> None:
    """What a killed worker had in hand waits again; only with the worker's place held."""
    with store.work() as work:
        for job in jobs(work, state=JobState.RUNNING):
            if job.kind == COURSE_JOB:
                change_job(work, job.id, was=JobState.RUNNING, now=JobState.WAITING)


def _work_on(
    clinic: Clinic, store: Store, job: Job, step: Step, place: tuple[int, int]
) -> str | None:
    """Compute one course; None, or why it could not be computed."""
    told_at = time.monotonic()

    def watch(label: str, done: float) -> None:
        nonlocal told_at
        step(f"{place[0] + 1} of {place[1]}: {label}", (place[0] + done) / place[1])
        if time.monotonic() - told_at >= _TELL_EVERY_S:
            told_at = time.monotonic()
            _tell(store, job, label, done)

    try:
        with store.work() as work:
            change_job(work, job.id, was=JobState.WAITING, now=JobState.RUNNING, detail="")
        with store.reading() as record:
            stale = is_stale(record, job.client_id)
        if stale:
            clinic.follow(job.client_id, watch)
    except ProgressError as mistake:
        return _end(store, job, JobState.FAILED, str(mistake))
    except Exception as reason:  # noqa: BLE001 - one client's photos must not stop all others
        return _end(store, job, JobState.FAILED, type(reason).__name__)
    return _end(store, job, JobState.DONE, "")


def _tell(store: Store, job: Job, label: str, done: float) -> None:
    """Note how far it is; a record that is busy hears it the next time."""
    detail = json.dumps({"says": label, "done": round(done, 3)})
    try:
        with store.work() as work:
            change_job(work, job.id, was=JobState.RUNNING, now=JobState.RUNNING, detail=detail)
    except StoreError:
        return


def _end(store: Store, job: Job, state: JobState, reason: str) -> str | None:
    """Close a job; one whose client was erased meanwhile is gone already."""
    detail = json.dumps({"says": reason}) if reason else ""
    try:
        with store.work() as work:
            change_job(work, job.id, was=JobState.RUNNING, now=state, detail=detail)
    except StoreError:
        return reason or "the client is no longer in the record"
    return reason or None


def _view(job: Job) -> JobView:
    told = json.loads(job.detail) if job.detail else {}
    done = 1.0 if job.state is JobState.DONE else float(told.get("done", 0.0))
    return JobView(job.client_id, job.state, done, str(told.get("says", "")))


def start_worker(
    clinic: Clinic, home: Path, url: str | None = None, *, look_for_stale: bool = False
) -> bool:
    """Start a process that works off what waits, unless one is at it; return whether it did.

    It is a process of its own, so that people who use the app meanwhile wait for nothing, and it
    outlives the app. Its nice value leaves the machine to them.

    Parameters
    ----------
    clinic : Clinic
        Asked for `Action.RECOMPUTE`.
    home : Path
    url : str, optional
        Of the database; it travels in the environment, where no list of processes shows it.
    look_for_stale : bool
        Start it in any case, and let it look for stale courses first.
    """
    store = clinic.asking(Action.RECOMPUTE)
    if is_at_work(store) or not (look_for_stale or _waiting(store)):
        return False
    environment = {**os.environ, HOME_VARIABLE: str(home)}
    if url is not None:
        environment[DATABASE_VARIABLE] = url
    command = [sys.executable, "-m", "progress", "recompute", "--quiet"]
    if not look_for_stale:
        command.append("--queued")
    if os.name == "posix":
        command = ["nice", "-n", "10", *command]
    subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    return True
