"""Measured values of whole courses: per metric version one set, and never two mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, insert, select

from progress.model import Estimate, Measurement, NotMeasured, Outcome
from progress.store import schema
from progress.store.reading import Reading
from progress.store.work import Work

# SQLite takes at most 32,766 values in one statement; a measurement has ten.
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class CourseValue:
    """One metric in one region on one day, as it stands in the record."""

    day: date
    metric: str
    metric_version: int
    region: str
    unit: str
    outcome: Outcome
    inputs_hash: str


def keep_course_values(
    work: Work, client_id: str, measured: Mapping[str, Sequence[Measurement]]
) -> None:
    """Keep what was measured on a client's sessions when the course was computed.

    Values of the same metric and version from other inputs (a photo less, another outline) are
    replaced; values of other versions stay as they are.

    Parameters
    ----------
    work : Work
    client_id : str
    measured : mapping of str to sequence of Measurement
        By session id; one inputs hash throughout.

    Raises
    ------
    ValueError
        If the hashes differ: a mixture would be stored.
    """
    everything = [(session_id, m) for session_id, found in measured.items() for m in found]
    if not everything:
        return
    if len({m.inputs_hash for _, m in everything}) > 1:
        raise ValueError("measured: expected one inputs hash, got several")
    table, sessions = schema.measurements, schema.sessions
    of_client = select(sessions.c.id).where(sessions.c.client_id == client_id)
    for metric, version in sorted({(m.metric, m.metric_version) for _, m in everything}):
        work._connection.execute(
            delete(table).where(
                table.c.session_id.in_(of_client),
                table.c.metric == metric,
                table.c.metric_version == version,
            )
        )
    rows = [_row(session_id, m) for session_id, m in everything]
    for start in range(0, len(rows), _BATCH):
        work._connection.execute(insert(table), rows[start : start + _BATCH])
    _name_photos(work, everything)


def _row(session_id: str, measurement: Measurement) -> dict[str, object]:
    """As the database takes it: numbers of NumPy are none to it."""
    outcome = measurement.outcome
    figures: dict[str, object] = {"value": None, "standard_error": None, "n_px": None}
    if isinstance(outcome, Estimate):
        figures = {
            "value": float(outcome.value),
            "standard_error": float(outcome.standard_error),
            "n_px": int(outcome.n_px),
        }
    return {
        "session_id": session_id,
        "metric": measurement.metric,
        "metric_version": measurement.metric_version,
        "region": measurement.region,
        "unit": measurement.unit,
        "inputs_hash": measurement.inputs_hash,
        "reason": outcome.reason if isinstance(outcome, NotMeasured) else None,
        **figures,
    }


def _name_photos(work: Work, everything: Sequence[tuple[str, Measurement]]) -> None:
    """The photos that each value rests on."""
    table = schema.measurements
    hashes = {m.inputs_hash for _, m in everything}
    by_key = {
        (row.session_id, row.metric, row.metric_version, row.region): row.id
        for row in work._connection.execute(
            select(
                table.c.id, table.c.session_id, table.c.metric, table.c.metric_version,
                table.c.region,
            ).where(table.c.inputs_hash.in_(hashes))
        )
    }  # fmt: skip
    rows = [
        {
            "measurement_id": by_key[session_id, m.metric, m.metric_version, m.region],
            "position": position,
            "sha256": sha256,
        }
        for session_id, m in everything
        for position, sha256 in enumerate(m.photos)
    ]
    for start in range(0, len(rows), _BATCH):
        work._connection.execute(insert(schema.measurement_photos), rows[start : start + _BATCH])


def versions_kept(record: Reading, client_id: str, metric: str) -> tuple[int, ...]:
    """Versions of a metric that the record holds values of for a client, ascending."""
    table, sessions = schema.measurements, schema.sessions
    return tuple(
        record._connection.scalars(
            select(table.c.metric_version)
            .join(sessions, sessions.c.id == table.c.session_id)
            .where(sessions.c.client_id == client_id, table.c.metric == metric)
            .distinct()
            .order_by(table.c.metric_version)
        )
    )


def values_of_version(
    record: Reading, client_id: str, metric: str, *, version: int
) -> tuple[CourseValue, ...]:
    """A client's values of one version of a metric, by day and region; never of two.

    Nor of two sets of inputs: should there be several, only the one stored last is told.
    """
    table, sessions = schema.measurements, schema.sessions
    asked = (
        sessions.c.client_id == client_id,
        table.c.metric == metric,
        table.c.metric_version == version,
    )
    newest = (
        select(func.max(table.c.id))
        .join(sessions, sessions.c.id == table.c.session_id)
        .where(*asked)
        .scalar_subquery()
    )
    of_newest = select(table.c.inputs_hash).where(table.c.id == newest).scalar_subquery()
    rows = record._connection.execute(
        select(table, sessions.c.taken_on)
        .join(sessions, sessions.c.id == table.c.session_id)
        .where(*asked, table.c.inputs_hash == of_newest)
        .order_by(sessions.c.taken_on, table.c.region)
    )
    return tuple(
        CourseValue(
            day=row.taken_on,
            metric=row.metric,
            metric_version=row.metric_version,
            region=row.region,
            unit=row.unit,
            outcome=NotMeasured(row.reason)
            if row.value is None
            else Estimate(row.value, row.standard_error, row.n_px),
            inputs_hash=row.inputs_hash,
        )
        for row in rows
    )
