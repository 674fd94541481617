"""How long a large record makes people wait: ``python -m progress.lab.record_scale``.

Rows of many clients are made up (no photo files), on SQLite and on PostgreSQL. Timed is what the
server does between a click and the page: the use cases behind a client's page, the list of clients
and a search, each asked in a practitioner's name with its check of rights and its audit line.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Table, insert

from progress.lab.figures import LabFigure, at_most, figures_table
from progress.lab.postgres import fresh_database, temporary_postgres
from progress.metrics import Metric, affected_by, all_metrics
from progress.model import (
    Caller,
    Change,
    Direction,
    Estimate,
    NotMeasured,
    Role,
    Timeline,
    TimelineEvent,
    TimelinePoint,
    TimelineSeries,
    Verdict,
)
from progress.pipeline.clinic import Clinic
from progress.pipeline.course_record import course_key, own_options
from progress.store import Store, schema
from progress.store.accounts import add_user
from progress.store.engine import begin_write

PAGE_S, LIST_S = 0.5, 0.2
"""The issue's targets, seconds of the server's time."""
_REGIONS = ("forehead", "nose", "left_cheek", "right_cheek", "chin")
_SHOTS, _TREATMENTS = 3, 6
_FIRST_DAY = date(2025, 1, 6)
_WORDS = ("acne scars", "stretch marks", "melasma", "fine lines", "sensitive, starts low")
_PRACTITIONER = Caller("kim", Role.PRACTITIONER)


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds that people waited, one per question.

    Parameters
    ----------
    page, listing, search : tuple of float
    """

    page: tuple[float, ...]
    listing: tuple[float, ...]
    search: tuple[float, ...]

    def figures(self, database: str, note: str) -> list[LabFigure]:
        """The slowest of twenty beside its target."""
        asked = [("client page", self.page, PAGE_S), ("list of clients", self.listing, LIST_S)]
        return [
            at_most(
                f"{database}: {name}, 95th percentile",
                float(np.percentile(times, 95)),
                "s",
                limit,
                note=f"middle {float(np.median(times)):.3f} s of {len(times)}; {note}",
            )
            for name, times, limit in [*asked, ("search", self.search, LIST_S)]
        ]


def fill_record(store: Store, *, n_clients: int, n_sessions: int, seed: int = 5) -> list[str]:
    """Put made-up rows into an empty record; return the clients' ids.

    Every session has three shots and a measurement of each metric in five regions.
    """
    rng = random.Random(seed)  # noqa: S311 - made-up rows, not secrets
    metrics = all_metrics()
    ids = [_identity("client", n) for n in range(n_clients)]
    with store.work() as work:
        add_user(
            work,
            _PRACTITIONER.login,
            role=Role.PRACTITIONER,
            hashed="",
            client_id=None,
            must_change_password=False,
            at=datetime.now(UTC).replace(tzinfo=None),
        )
    number = 0
    with begin_write(store._engine) as connection:
        for n, client_id in enumerate(ids):
            rows = list(_client_rows(n, client_id, n_sessions, rng))
            measured: list[dict[str, Any]] = []
            shots: list[dict[str, Any]] = []
            for table, made in rows:
                connection.execute(insert(table), made)
            for session in rows[1][1]:
                digests = [p["sha256"] for p in rows[2][1] if p["session_id"] == session["id"]]
                for row in _measurements(session["id"], metrics, rng):
                    number += 1
                    measured.append({"id": number, **row})
                    shots += [
                        {"measurement_id": number, "position": i, "sha256": sha256}
                        for i, sha256 in enumerate(digests)
                    ]
            connection.execute(insert(schema.measurements), measured)
            connection.execute(insert(schema.measurement_photos), shots)
    _keep_courses(store, ids, metrics)
    return ids


def time_record(clinic: Clinic, ids: Sequence[str], *, n: int, seed: int = 5) -> Waits:
    """Ask for pages, lists and searches and look at the clock; no client's page is asked twice."""
    rng = random.Random(seed)  # noqa: S311
    chosen = rng.sample(list(ids), n)
    clinic.client(ids[0])  # what is loaded once for all is not waited for at each click

    def page(client_id: str) -> None:
        clinic.client(client_id)
        clinic.sessions(client_id)
        clinic.treatments(client_id)
        clinic.regions(client_id)
        clinic.consents(client_id)
        clinic.timeline(client_id)

    pages = tuple(_took(partial(page, client_id)) for client_id in chosen)
    lists = tuple(_took(clinic.client_lines) for _ in range(n))
    words = [f"{rng.choice(_WORDS).split()[0]} {rng.randrange(10)}" for _ in range(n)]
    return Waits(pages, lists, tuple(_took(partial(clinic.client_lines, w)) for w in words))


def _took(ask: Callable[[], object]) -> float:
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


def _identity(*parts: object) -> str:
    return _digest(*parts)[: schema.ID_LENGTH]


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _client_rows(
    n: int, client_id: str, n_sessions: int, rng: random.Random
) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Rows of a client, its sessions, photos and treatments, in this order."""
    note = f"{rng.choice(_WORDS)}, {rng.choice(_WORDS)}"
    yield (
        schema.clients,
        [{"id": client_id, "pseudonym": f"client {n:04d}", "simulated": False, "note": note}],
    )
    days = [_FIRST_DAY + timedelta(days=28 * visit + n % 20) for visit in range(n_sessions)]
    visits = [(_identity("session", n, day), day) for day in days]
    yield (
        schema.sessions,
        [
            {"id": identity, "client_id": client_id, "taken_on": day, "note": "as usual"}
            for identity, day in visits
        ],
    )
    yield (
        schema.photos,
        [
            {
                "id": _identity("photo", identity, shot),
                "session_id": identity,
                "position": shot,
                "sha256": _digest("photo", identity, shot),
                "file": f"IMG_{shot}.jpg",
                "view": "frontal",
                "width_px": 3024,
                "height_px": 4032,
                "gates": "[]",
            }
            for identity, _ in visits
            for shot in range(_SHOTS)
        ],
    )
    yield (
        schema.treatments,
        [
            {
                "id": _identity("treatment", n, day),
                "client_id": client_id,
                "date": day + timedelta(days=1),
                "kind": "micro-needling",
                "needle_depth_mm": 1.5,
                "area": "face",
                "device": "pen",
                "note": "",
            }
            for day in days[:_TREATMENTS]
        ],
    )


def _measurements(
    session_id: str, metrics: Sequence[Metric], rng: random.Random
) -> Iterator[dict[str, Any]]:
    for metric in metrics:
        for region in _REGIONS:
            yield {
                "session_id": session_id,
                "metric": metric.id,
                "metric_version": metric.version,
                "region": region,
                "unit": metric.unit,
                "value": rng.random(),
                "standard_error": 0.01,
                "n_px": 90_000,
                "inputs_hash": _digest("inputs", session_id),
            }


def _keep_courses(store: Store, ids: Sequence[str], metrics: Sequence[Metric]) -> None:
    """A computed course for every client, as the app keeps it."""
    with store.work() as work:
        for client_id in ids:
            days = [session.taken_on for session in work.sessions(client_id)]
            text = json.dumps(_course(days, metrics).to_dict())
            key = course_key(work, client_id, own_options(work, client_id))
            work.save_comparison(key, text, client_id=client_id)


def _course(days: Sequence[date], metrics: Sequence[Metric]) -> Timeline:
    """A course of every metric in every region in which nothing much happens."""
    series = []
    for metric in metrics:
        for region in _REGIONS:
            change = Change(
                metric.id, metric.version, region, metric.unit, Direction.NONE,
                1.0, 1.01, 0.01, 0.01, 0.03, Verdict.DESCRIBED,
            )  # fmt: skip
            points = tuple(
                TimelinePoint(day, Estimate(1.0, 0.01, 9), change if number else None)
                for number, day in enumerate(days)
            )
            series.append(
                TimelineSeries(
                    metric.id, metric.version, region, metric.unit, metric.label, points,
                    NotMeasured("made up"), Verdict.DESCRIBED, judged_on=days[-1],
                )
            )  # fmt: skip
    events = tuple(TimelineEvent(day, "micro-needling 1.5 mm") for day in days[:_TREATMENTS])
    return Timeline(dict.fromkeys(days, ()), events, tuple(series), affected_by)


def main() -> None:
    """Print how long people wait on both databases."""
    parser = argparse.ArgumentParser(prog="python -m progress.lab.record_scale")
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--sessions", type=int, default=8)
    parser.add_argument("-n", type=int, default=60, help="questions of each kind")
    asked = parser.parse_args()
    figures: list[LabFigure] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        os.environ.pop("PROGRESS_DATABASE_URL", None)
        server = stack.enter_context(temporary_postgres())
        postgres = stack.enter_context(fresh_database(server))
        for database, url in (("SQLite", None), ("PostgreSQL", postgres)):
            home = folder / database
            with Store.open(home, url) as store:
                start = time.perf_counter()
                ids = fill_record(store, n_clients=asked.clients, n_sessions=asked.sessions)
                sys.stderr.write(f"{database} filled in {time.perf_counter() - start:.0f} s\n")
            with Clinic.open(home, url, caller=_PRACTITIONER) as clinic:
                waits = time_record(clinic, ids, n=min(asked.n, len(ids)))
            note = f"{asked.clients} clients x {asked.sessions} sessions"
            figures += waits.figures(database, note)
    sys.stdout.write(figures_table(figures) + "\n")
    sys.exit(0 if all(figure.met for figure in figures) else 1)


if __name__ == "__main__":
    main()
