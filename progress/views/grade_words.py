"""Figures like those of clinical scales, said as what they are: spans that nobody rated."""

from __future__ import annotations

from collections.abc import Sequence

from progress.model import Grades, NotMeasured
from progress.views.labels import number, reason_words
from progress.views.listing import Listing

STATEMENT = "estimated from photographs, not rated by a clinician"
GRADES_TITLE = "Estimated scar grades"
GRADES_CAPTION = (
    f"{STATEMENT.capitalize()}. Spans, because a photo leaves type and "
    "depth of a scar open. Scars that it does not show are missing, so a clinician may find more, "
    "and what only looks like a scar counts: look at the pictures. No verdict rests on them."
)
_SCALES = {"goodman_baron_like": "Goodman–Baron-like", "ecca_like": "ECCA-like"}


def grades_listing(visits: Sequence[tuple[str, Grades]]) -> Listing:
    """Return the grades of visits side by side, one row per visit.

    Parameters
    ----------
    visits : sequence of tuple
        Name of the visit and its grades; of those without, the reason becomes a note.

    Returns
    -------
    Listing
        Without rows where no visit has grades.
    """
    rows, reasons = [], dict[str, list[str]]()
    headings: tuple[str, ...] = ("Visit",)
    for name, grades in visits:
        if isinstance(grades, NotMeasured):
            reasons.setdefault(grades.reason, []).append(name)
            continue
        headings = (
            "Visit",
            *(f"{_SCALES.get(g.scale, g.scale)}, of {number(g.out_of)}" for g in grades),
        )
        rows.append((name, *(_span(grade.least, grade.most) for grade in grades)))
    notes = tuple(
        f"{'; '.join(names)}: not estimated. {reason_words(reason)}."
        for reason, names in reasons.items()
    )
    return Listing(GRADES_TITLE, GRADES_CAPTION, headings, tuple(rows), notes)


def _span(least: float, most: float) -> str:
    """``"3 to 9"``, or one number where both ends are the same."""
    return number(least) if least == most else f"{number(least)} to {number(most)}"
