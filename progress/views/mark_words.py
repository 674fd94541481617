"""The outlined marks of a pair as a table, one row per mark and figure."""

from __future__ import annotations

from collections.abc import Sequence

from progress.model import Comparison
from progress.pipeline.seen_marks import SeenMark
from progress.views.labels import (
    VERDICT_LABELS,
    change_unit,
    metric_label,
    quantity,
    region_label,
    signed_change,
)
from progress.views.listing import Listing

MARKS_TITLE = "Outlined marks"
MARKS_CAPTION = (
    "Read between the mark and the bare skin on both sides of it, so the light cancels; what was "
    "outlined only says where to look."
)
_PREFIX = "mark_"


def marks_listing(comparison: Comparison, marks: Sequence[SeenMark]) -> Listing:
    """Return what became of every outlined mark.

    Parameters
    ----------
    comparison : Comparison
    marks : sequence of SeenMark
        Which of the regions are marks.
    """
    regions = {mark.region for mark in marks}
    rows, absent = [], []
    for change in comparison.changes:
        if change.region not in regions or not change.metric.startswith(_PREFIX):
            continue
        name = metric_label(change.metric)
        if change.delta is None or change.baseline is None or change.followup is None:
            absent.append(f"{region_label(change.region)}: no {name.lower()}. {change.reason}.")
            continue
        error, noise = change.standard_error, change.smallest_detectable_change or 0.0
        rows.append(
            (
                region_label(change.region),
                name,
                quantity(change.baseline, change.unit, error=error),
                quantity(change.followup, change.unit, error=error),
                signed_change(change),
                quantity(noise, change_unit(change.unit), error=error),
                VERDICT_LABELS[change.verdict],
            )
        )
    headings = (
        "Mark",
        "Figure",
        "Before",
        "After",
        "Change ± error",
        "Detectable from",
        "Verdict",
    )
    return Listing(MARKS_TITLE, MARKS_CAPTION, headings, tuple(rows), tuple(absent))
