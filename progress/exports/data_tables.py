"""Measurements and changes as tables: CSV for everybody, Parquet for programs, equal in every cell.

A cell that has no value is empty, and the column `reason` beside it says why; not-a-number and zero
never stand for absent. Clients are told apart by numbers that mean nothing.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from importlib.metadata import version

import pyarrow as pa
import pyarrow.parquet as pq

from progress.metrics import all_metrics
from progress.model import Change, Estimate, Measurement, Session, Timeline, Treatment
from progress.pipeline.import_tables import guarded, unguarded

DATA_FORMAT = "progress.data/1"

Cell = str | int | float | bool | date | None
Row = Mapping[str, Cell]


class Kind(Enum):
    """What a column holds, in words for people."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    DAY = "day, year-month-day"
    YES_NO = "true or false"


_ARROW = {
    Kind.TEXT: pa.string(),
    Kind.WHOLE: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.DAY: pa.date32(),
    Kind.YES_NO: pa.bool_(),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what it holds, its unit, what it means, where that is defined."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class DataTable:
    """Rows of one kind.

    Parameters
    ----------
    name : str
        Of the file, without ending.
    columns : tuple of Column
    rows : sequence of mapping
        By the names of the columns; None where there is no value.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Row] = field(repr=False)


_OWN_UNIT = "as in the column unit"
_STATISTICS = "docs/statistics.md"
_CLIENT = Column("client", Kind.TEXT, "number of the client in the record; it means nothing else")
_SIMULATED = Column("simulated", Kind.YES_NO, "the photos show a rendered mannequin, no person")
_METRIC = (
    Column("metric", Kind.TEXT, "what was measured; the dictionary says what each one is"),
    Column(
        "metric_version",
        Kind.WHOLE,
        "of the formula; values of different versions are never compared",
    ),
    Column("region", Kind.TEXT, "part of the face or body, from the client's own left and right"),
)
_UNIT = Column("unit", Kind.TEXT, "of the numbers of this row; empty for plain numbers")
_REASON = Column("reason", Kind.TEXT, "why there is no value; empty where there is one")

MEASUREMENT_COLUMNS = (
    _CLIENT,
    _SIMULATED,
    Column("date", Kind.DAY, "of the visit"),
    *_METRIC,
    Column("value", Kind.NUMBER, "what was measured; empty with a reason", _OWN_UNIT),
    Column("standard_error", Kind.NUMBER, "of the value, by sampling so much skin", _OWN_UNIT),
    _UNIT,
    Column("n_px", Kind.WHOLE, "picture elements that the value rests on", "px"),
    _REASON,
    Column("photos_sha256", Kind.TEXT, "fingerprints of the photos, separated by blanks"),
    Column("inputs_hash", Kind.TEXT, "names photos, regions and settings behind the value"),
)
CHANGE_COLUMNS = (
    _CLIENT,
    _SIMULATED,
    Column("baseline_date", Kind.DAY, "of the visit that is compared with"),
    Column("date", Kind.DAY, "of the later visit"),
    Column("days", Kind.WHOLE, "between the two", "d"),
    *_METRIC,
    Column("better", Kind.TEXT, "lower, higher, or none: described and never judged"),
    Column("baseline", Kind.NUMBER, "value of the baseline", _OWN_UNIT),
    Column("followup", Kind.NUMBER, "value of the later visit", _OWN_UNIT),
    Column(
        "change",
        Kind.NUMBER,
        "follow-up minus baseline, less the control's share where there is one",
        _OWN_UNIT,
        _STATISTICS,
    ),
    Column("standard_error", Kind.NUMBER, "of the change", _OWN_UNIT, _STATISTICS),
    Column(
        "smallest_detectable_change",
        Kind.NUMBER,
        "a change is beyond noise from this size on (95 %)",
        _OWN_UNIT,
        _STATISTICS,
    ),
    _UNIT,
    Column("verdict", Kind.TEXT, "improved, worse, within_noise, described, not_comparable"),
    _REASON,
    Column("healing", Kind.YES_NO, "the visit lies in a healing window: shown, never judged"),
    Column("p_value", Kind.NUMBER, "of no change, this answer alone", "", _STATISTICS),
    Column("family", Kind.TEXT, "answers it is counted with: headline or regions"),
    Column("family_p_value", Kind.NUMBER, "after Holm's correction", "", _STATISTICS),
    Column("family_size", Kind.WHOLE, "number of answers of the family on that visit"),
    Column("control_beta", Kind.NUMBER, "share of the control's change taken off, 0 to 1"),
    Column("control_change", Kind.NUMBER, "change of the control", _OWN_UNIT),
    Column("control_reason", Kind.TEXT, "why an outlined control was not used"),
    Column("noise_source", Kind.TEXT, "where the error comes from"),
)
TREATMENT_COLUMNS = (
    _CLIENT,
    _SIMULATED,
    Column("date", Kind.DAY, "of the treatment"),
    Column("kind", Kind.TEXT, "as it was entered"),
    Column("needle_depth_mm", Kind.NUMBER, "empty where there is none", "mm"),
)


def client_cells(name: str, *, simulated: bool) -> dict[str, Cell]:
    """Return the cells that say whose a row is."""
    return {"client": name, "simulated": simulated}


def measurement_rows(
    client: Mapping[str, Cell], measured: Sequence[tuple[Session, Sequence[Measurement]]]
) -> Iterator[Row]:
    """Every stored value of a client, or the reason why there is none.

    Parameters
    ----------
    client : mapping
        From `client_cells`, as in the functions below.
    measured : sequence of tuple
        Visits with what was measured on each.
    """
    for session, values in measured:
        for one in values:
            told = one.outcome if isinstance(one.outcome, Estimate) else None
            yield {
                **client,
                "date": session.taken_on,
                "metric": one.metric,
                "metric_version": one.metric_version,
                "region": one.region,
                "value": None if told is None else told.value,
                "standard_error": None if told is None else told.standard_error,
                "unit": one.unit or None,
                "n_px": None if told is None else told.n_px,
                "reason": None if isinstance(one.outcome, Estimate) else one.outcome.reason,
                "photos_sha256": " ".join(one.photos) or None,
                "inputs_hash": one.inputs_hash,
            }


def change_rows(client: Mapping[str, Cell], timeline: Timeline) -> Iterator[Row]:
    """Every change of a course against its baseline, or the reason why there is none."""
    first = min(timeline.sessions, default=None)
    for series in timeline.series:
        for point in series.points:
            if point.change is None or first is None:
                continue
            yield {
                **client,
                "baseline_date": first,
                "date": point.date,
                "days": (point.date - first).days,
                "healing": point.healing,
                **_change(point.change),
            }


def _change(change: Change) -> dict[str, Cell]:
    control = change.control
    return {
        "metric": change.metric,
        "metric_version": change.metric_version,
        "region": change.region,
        "better": change.better.value,
        "baseline": change.baseline,
        "followup": change.followup,
        "change": change.delta,
        "standard_error": change.standard_error,
        "smallest_detectable_change": change.smallest_detectable_change,
        "unit": change.unit or None,
        "verdict": change.verdict.value,
        "reason": change.reason,
        "p_value": change.p_value,
        "family": change.family.value if change.family else None,
        "family_p_value": change.family_p_value,
        "family_size": change.family_size if change.family else None,
        "control_beta": control.beta if control else None,
        "control_change": control.delta_control if control else None,
        "control_reason": change.control_reason,
        "noise_source": change.noise_source or None,
    }


def treatment_rows(client: Mapping[str, Cell], treatments: Sequence[Treatment]) -> Iterator[Row]:
    """Treatments without notes and without who did them: free text may name people."""
    for one in treatments:
        yield {
            **client,
            "date": one.date,
            "kind": one.kind,
            "needle_depth_mm": one.needle_depth_mm,
        }


def csv_bytes(table: DataTable) -> bytes:
    """Return a table as CSV (RFC 4180, UTF-8): every number in full, no cell that is a formula."""
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    for row in table.rows:
        writer.writerow([_text(row.get(column.name)) for column in table.columns])
    return held.getvalue().encode("utf-8")


def rows_of_csv(content: bytes, columns: Sequence[Column]) -> list[dict[str, Cell]]:
    """Return the rows of a file that `csv_bytes` wrote.

    Raises
    ------
    ValueError
        If its header is another.
    """
    reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    header = next(reader, [])
    if header != [column.name for column in columns]:
        raise ValueError(f"csv: expected the columns of this table, got {header}")
    return [
        {one.name: _value(text, one.kind) for one, text in zip(columns, cells, strict=True)}
        for cells in reader
    ]


def parquet_bytes(table: DataTable) -> bytes:
    """Return a table as Parquet; fields carry meaning and unit, the file the metrics' versions."""
    fields = [
        pa.field(one.name, _ARROW[one.kind], metadata=_field_words(one)) for one in table.columns
    ]
    about = {
        "format": DATA_FORMAT,
        "made_with": f"skin-progress {version('skin-progress')}",
        "metrics": json.dumps(
            {
                one.id: {"version": one.version, "unit": one.unit, "better": one.better.value}
                for one in all_metrics()
            }
        ),
    }
    schema = pa.schema(fields, metadata=about)
    columns = [
        pa.array([row.get(one.name) for row in table.rows], type=_ARROW[one.kind])
        for one in table.columns
    ]
    held = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), held, compression="zstd")
    content: bytes = held.getvalue().to_pybytes()
    return content


def _field_words(column: Column) -> dict[str, str]:
    told = {"meaning": column.meaning, "unit": column.unit, "source": column.source}
    return {name: text for name, text in told.items() if text}


def _text(cell: Cell) -> str:
    """A cell as it stands in a CSV."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, date):
        return cell.isoformat()
    return guarded(cell) if isinstance(cell, str) else repr(cell)


def _value(text: str, kind: Kind) -> Cell:
    """What a cell of a CSV stood for."""
    if not text:
        return None
    if kind is Kind.YES_NO:
        return text == "true"
    if kind is Kind.DAY:
        return date.fromisoformat(text)
    if kind is Kind.WHOLE:
        return int(text)
    return float(text) if kind is Kind.NUMBER else unguarded(text)
