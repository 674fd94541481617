"""Answers as plain text tables for the terminal."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from progress.model import (
    Change,
    Comparison,
    Estimate,
    SessionMeasured,
    Timeline,
    TimelineSeries,
    Verdict,
)
from progress.views.grade_words import STATEMENT, grades_listing
from progress.views.labels import VERDICT_LABELS
from progress.views.refusal_words import course_refusal, pair_refusal, photo_refusal

_WIDTH = 118


def _text(table: Table, *lines: str) -> str:
    """The table as plain characters of a fixed width, then the lines."""
    console = Console(file=io.StringIO(), width=_WIDTH, no_color=True, highlight=False)
    console.print(table)
    for line in lines:
        console.print(line, markup=False)
    assert isinstance(console.file, io.StringIO)  # noqa: S101 - made two lines above
    return console.file.getvalue().rstrip()


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _reasons(reasons: Sequence[tuple[str, str]]) -> list[str]:
    """One line per reason with what it takes away, each reason said once."""
    grouped: dict[str, list[str]] = {}
    for what, reason in reasons:
        names = grouped.setdefault(reason, [])
        if what not in names:
            names.append(what)
    return [f"no figure for {', '.join(names)}: {reason}" for reason, names in grouped.items()]


def measurement_table(measured: SessionMeasured) -> str:
    """Every value with its error; what could not be measured below; or why there is none."""
    refusal = photo_refusal(measured)
    if refusal is not None:
        return "\n".join(refusal.lines())
    table = Table("metric", "region", "value", "+-", "unit")
    absent = []
    for measurement in measured.measurements:
        outcome = measurement.outcome
        if isinstance(outcome, Estimate):
            value, error = _number(outcome.value), _number(outcome.standard_error)
            table.add_row(measurement.metric, measurement.region, value, error, measurement.unit)
        else:
            absent.append((measurement.metric, outcome.reason))
    grades = grades_listing([("this visit", measured.grades)])
    told = [
        f"{heading}: {cell} ({STATEMENT})"
        for row in grades.rows
        for heading, cell in zip(grades.headings[1:], row[1:], strict=True)
    ]
    return _text(table, *told, *_reasons(absent))


def _change_row(change: Change) -> tuple[str, ...]:
    return (
        change.metric,
        change.region,
        _number(change.baseline),
        _number(change.followup),
        _number(change.delta),
        _number(change.smallest_detectable_change),
        change.unit,
        VERDICT_LABELS[change.verdict],
    )


def comparison_table(comparison: Comparison) -> str:
    """Every change beside the smallest that could be detected, and the verdict; or why none."""
    refusal = pair_refusal(comparison)
    if refusal is not None:
        return "\n".join(refusal.lines())
    table = Table(
        "metric", "region", "baseline", "follow-up", "change", "detectable", "unit", "verdict"
    )
    absent = []
    for change in comparison.changes:
        if change.verdict is Verdict.NOT_COMPARABLE:
            absent.append((change.metric, change.reason or ""))
        else:
            table.add_row(*_change_row(change))
    pair = comparison.comparability
    lines = [f"pair: {pair.verdict.value.replace('_', ' ')}"]
    lines += [f"check {c.check}: {c.advice}" for c in pair.checks if not c.passed]
    return _text(table, *lines, *_reasons(absent))


def _course_row(series: TimelineSeries) -> tuple[str, ...]:
    changes = [point.change for point in series.points if point.change and not point.healing]
    last = changes[-1] if changes else None
    return (
        series.metric,
        series.region,
        _number(last.delta if last else None),
        _number(last.smallest_detectable_change if last else None),
        series.unit,
        str(len(changes)),
        VERDICT_LABELS[series.verdict],
    )


def course_table(timeline: Timeline) -> str:
    """The last healed session of every series against the baseline; or why there is none."""
    refusal = course_refusal(timeline)
    if refusal is not None:
        return "\n".join(refusal.lines())
    table = Table("metric", "region", "last change", "detectable", "unit", "visits", "verdict")
    absent = []
    for series in timeline.series:
        if series.verdict is Verdict.NOT_COMPARABLE:
            absent.append((series.metric, series.reason or ""))
        else:
            table.add_row(*_course_row(series))
    return _text(table, *_reasons(absent))
