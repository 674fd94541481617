"""Visits, treatments and notes of a client in one list and on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

import altair as alt

from progress.model import Session, Treatment
from progress.views.catalogue import practitioner as words
from progress.views.chart_style import Chart, rows_of
from progress.views.labels import day_label


def treatment_words(treatment: Treatment) -> str:
    """Return what was done in a few words: kind, depth, area, device, serum."""
    depth = "" if treatment.needle_depth_mm is None else f" {treatment.needle_depth_mm:g} mm"
    parts = [f"{treatment.kind}{depth}", treatment.area, treatment.device, treatment.serum]
    return ", ".join(part for part in parts if part)


def visit_rows(
    sessions: Sequence[Session], treatments: Sequence[Treatment]
) -> list[tuple[date, str, str]]:
    """Return day, what and note of everything that happened, in order of time."""
    rows = [(s.taken_on, words.PHOTOS_OF.format(len(s.photos)), s.note) for s in sessions]
    rows += [(t.date, treatment_words(t), t.note) for t in treatments]
    return sorted(rows)


def with_notes(chart: alt.LayerChart, sessions: Sequence[Session]) -> Chart:
    """Return a course's chart with a flag at the foot for every visit that has a note.

    The note itself is read on hover, and in the list of visits.
    """
    rows = [
        {"day": s.taken_on.isoformat(), "when": day_label(s.taken_on), "note": s.note}
        for s in sessions
        if s.note
    ]
    if not rows:
        return chart
    flags = alt.Chart(rows_of(rows)).mark_text(text="✎", fontSize=16, dy=-14, color="#333333")
    drawn = flags.encode(
        x=alt.X("day:T", title=None, scale=alt.Scale(type="utc")),
        y=alt.value(alt.ExprRef("height")),
        tooltip=[
            alt.Tooltip("when:N", title=words.DAY),
            alt.Tooltip("note:N", title=words.NOTE),
        ],
    )
    made = alt.layer(*chart.layer, drawn)
    same = {"title": chart.title, "width": chart.width, "height": chart.height}
    return cast("Chart", made.properties(**same))
