"""Answers as the tables of a report: figures with their errors, refusals with their reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from progress.exports.report_document import Table, cells
from progress.model import (
    Change,
    Comparison,
    Family,
    NotMeasured,
    TimelineSeries,
    Verdict,
)
from progress.pipeline.control import WHOLE_REGIONS
from progress.views import course_words, labels
from progress.views.listing import Listing
from progress.views.report import trend_words

ALONE, LESS_CONTROL = "*", " †"
"""Beside a verdict, and beside a change."""
_Cells = tuple[tuple[str, ...], ...]
_DASH = "—"
_SPELT = {"deg": "degrees"}
"""Units whose sign alone in a cell is easily overlooked."""
_WIDE_LISTING = 6
"""From so many columns on, the first ones are narrow numbers and names."""


def is_headline(change: Change) -> bool:
    """Whether a change speaks of the whole face or area, or of what somebody outlined."""
    return change.family is Family.HEADLINE or change.region in WHOLE_REGIONS


def by_region(changes: Sequence[Change]) -> list[Table]:
    """Return one table for each region that has a figure, one row for each metric."""
    regions = dict.fromkeys(one.region for one in changes if one.delta is not None)
    return [
        _table(
            capital(labels.region_phrase(region)),
            "Metric",
            [
                (labels.metric_label(one.metric), _cells(one))
                for one in changes
                if one.region == region and one.delta is not None
            ],
        )
        for region in regions
    ]


def by_metric(changes: Sequence[Change]) -> list[Table]:
    """Return one table for each metric that has a figure, one row for each region."""
    told = [one for one in changes if one.delta is not None]
    tables = []
    for metric in dict.fromkeys(one.metric for one in told):
        group = [one for one in told if one.metric == metric]
        caption = f"{labels.metric_label(metric)} ({labels.better_phrase(group[0].better)})"
        rows = [(capital(labels.region_label(one.region)), _cells(one)) for one in group]
        tables.append(_table(caption, "Region", rows))
    return tables


def _table(caption: str, first: str, rows: Sequence[tuple[str, _Cells]]) -> Table:
    return Table(
        caption,
        (first, *_HEADINGS),
        tuple(((name,), *told) for name, told in rows),
        _WIDTHS,
        figures=(1, 2, 3, 4),
        verdict=6,
    )


_HEADINGS = ("Baseline", "Follow-up", "Change ± error", "Detectable", "Unit", "Verdict")
_WIDTHS = (2.7, 1.3, 1.3, 2.1, 1.3, 1.7, 1.6)


def _cells(change: Change) -> _Cells:
    """A change without its name: figures, unit, verdict."""
    noise = change.smallest_detectable_change
    error = change.standard_error or noise
    values = [
        _DASH if value is None else labels.number(value, error=error)
        for value in (change.baseline, change.followup, noise)
    ]
    # The unit stands in a column of its own, so that figures stand below each other.
    unit = labels.unit_label(labels.change_unit(change.unit))
    signed = labels.signed_change(change).removesuffix(unit).rstrip()
    star = ALONE if _is_alone(change) else ""
    return (
        (values[0],),
        (values[1],),
        (signed + (LESS_CONTROL if change.control else ""),),
        (values[2],),
        (spelt_unit(change.unit),),
        (labels.VERDICT_LABELS[change.verdict], star)
        if star
        else (labels.VERDICT_LABELS[change.verdict],),
    )


def spelt_unit(unit: str) -> str:
    """Return a unit as it stands in a cell of its own."""
    return _SPELT.get(unit) or labels.unit_label(unit) or "number"


def _is_alone(change: Change) -> bool:
    """Whether it is beyond noise counted alone and not once all answers are reckoned in."""
    beyond = change.verdict in (Verdict.IMPROVED, Verdict.WORSE, Verdict.DESCRIBED)
    return beyond and change.family is not None and not change.stands_in_family


def legend(changes: Iterable[Change]) -> str:
    """Return what the signs in tables of changes mean, as far as they occur."""
    shown = [change for change in changes if change.delta is not None]
    said = [
        "Change with one standard error; detectable: the smallest change that this pair could have "
        "shown (95 %)."
    ]
    if any(labels.unit_label(change.unit) == "%" for change in shown):
        said.append("Percentages differ by percentage points.")
    if any(_is_alone(change) for change in shown):
        said.append(f"{ALONE} Counted alone; does not stand once all answers are reckoned in.")
    if any(change.control for change in shown):
        said.append(f"{LESS_CONTROL.strip()} Less the change of the control.")
    return " ".join(said)


def reasons_table(caption: str, absent: Iterable[tuple[str, str, str]]) -> Table | None:
    """Return what has no figure, each reason said once.

    Parameters
    ----------
    caption : str
    absent : iterable of tuple
        Metric id, region and reason.

    Returns
    -------
    Table or None
        None where everything has one.
    """
    grouped: dict[str, dict[str, list[str]]] = {}
    for metric, region, reason in absent:
        grouped.setdefault(reason, {}).setdefault(metric, []).append(region)
    rows = []
    for reason, metrics in grouped.items():
        together: dict[tuple[str, ...], list[str]] = {}
        for metric, regions in metrics.items():
            together.setdefault(tuple(regions), []).append(metric)
        what = tuple(
            f"{_listed(labels.metric_label(name) for name in names)} "
            f"({', '.join(labels.region_label(region) for region in regions)})"
            for regions, names in together.items()
        )
        rows.append((what, (f"{labels.reason_words(reason)}.",)))
    if not rows:
        return None
    return Table(caption, ("No figure for", "Why"), tuple(rows), (1.0, 1.15))


def absent_changes(changes: Iterable[Change]) -> list[tuple[str, str, str]]:
    """Return metric, region and reason of every change without a figure."""
    return [(c.metric, c.region, c.reason or "") for c in changes if c.delta is None]


def weeks_table(caption: str, series: Sequence[TimelineSeries]) -> Table | None:
    """Return what the visits of each series come to together; None where none has a trend."""
    rows = [
        cells(
            f"{labels.metric_label(one.metric)}, {labels.region_label(one.region)}",
            _DASH if isinstance(one.trend, NotMeasured) else trend_words(one),
            _DASH if isinstance(one.course.share, NotMeasured) else course_words.share_words(one),
            course_words.first_seen_words(one),
        )
        for one in series
        if not (isinstance(one.trend, NotMeasured) and isinstance(one.course.share, NotMeasured))
    ]
    if not rows:
        return None
    headings = (
        "Metric, region",
        "Trend in 28 days (95 %)",
        "Share left (95 %)",
        "First beyond noise",
    )
    return Table(caption, headings, tuple(rows), (1.7, 1.65, 1.8, 1.15))


def absent_series(series: Iterable[TimelineSeries]) -> list[tuple[str, str, str]]:
    """Return metric, region and reason of every series without a judged figure."""
    return [
        (one.metric, one.region, one.reason or "no result yet")
        for one in series
        if one.judged is None or one.judged.delta is None
    ]


def listing_table(listing: Listing, told: Mapping[tuple[str, ...], Change]) -> Table | None:
    """Return a listing of the screen as a table of the report; None without rows.

    Parameters
    ----------
    listing : Listing
    told : mapping
        First cells of a row to the change that it tells: one that stands only counted alone is
        marked, and of one without a verdict no figure is left.
    """
    if not listing.rows:
        return None
    headings = listing.headings
    widths = (1.0,) * len(headings)
    if len(headings) > _WIDE_LISTING:
        widths = tuple(0.7 if i == 0 else 1.6 if "±" in h else 1.2 for i, h in enumerate(headings))
    verdict = len(headings) - 1 if headings[-1] == "Verdict" else None
    rows = []
    for row in listing.rows:
        change = next((told[row[:n]] for n in (1, 2) if row[:n] in told), None)
        rows.append(tuple(_listed_cell(cell, head, change) for cell, head in _pairs(row, headings)))
    return Table("", headings, tuple(rows), widths, verdict=verdict)


def _pairs(row: tuple[str, ...], headings: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    return zip(row, headings, strict=True)


def _listed_cell(cell: str, heading: str, change: Change | None) -> tuple[str, ...]:
    if change is None:
        return (_short(cell),)
    if heading == "Verdict" and _is_alone(change):
        return (cell, ALONE)
    if change.delta is None and heading in _FIGURES:
        return (_DASH,)
    return (_short(cell),)


_FIGURES = ("Relief before", "Relief after", "Before", "After")


def scar_changes(comparison: Comparison) -> dict[tuple[str, ...], Change]:
    """Return the changes of single scars by the first cell of their row."""
    own = {scar.region for scar in comparison.scars}
    return {
        (change.region.rpartition("_")[2],): change
        for change in comparison.changes
        if change.region in own
    }


def mark_changes(comparison: Comparison) -> dict[tuple[str, ...], Change]:
    """Return the changes of outlined marks by the first two cells of their row."""
    return {
        (labels.region_label(change.region), labels.metric_label(change.metric)): change
        for change in comparison.changes
    }


def _short(cell: str) -> str:
    """A cell with the longest unit cut, which would take a line of its own."""
    return cell.replace("percentage points", "points")


def capital(text: str) -> str:
    """Return words that begin with a capital letter."""
    return text[:1].upper() + text[1:]


def _listed(names: Iterable[str]) -> str:
    """Names in a sentence, only the first with a capital."""
    first, *others = names
    return ", ".join([first, *(name[:1].lower() + name[1:] for name in others)])
