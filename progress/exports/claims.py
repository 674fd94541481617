"""The words that may stand below a comparison: never more than the verdicts allow.

Nothing can be picked. Every metric of the skin that is shown is told: what changed beyond the
noise, whichever way, with its error; then what did not; then what could not be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from progress.model import Change, Comparison, Treatment, Verdict
from progress.stats import REDNESS_DAYS, RESULT_AFTER_DAYS, SameDay, in_healing_window
from progress.stats.baseline_share import LEAST_IN_ERRORS, UNITS_WITHOUT_ZERO
from progress.views.labels import (
    change_unit,
    counted,
    metric_label,
    number,
    quantity,
    region_label,
)
from progress.views.words import chance_sentences

_TOLD = {
    Verdict.IMPROVED: "",
    Verdict.WORSE: " (worse)",
    Verdict.DESCRIBED: " (described, not judged)",
}
_OF_FACE, _OF_BODY = "whole_face", "area"
_WEEKS_FROM_DAYS = 21
"""Below three weeks a count of days says more."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What the picture says.

    Parameters
    ----------
    lines : tuple of str
        In the order in which they are printed.
    shows_improvement : bool
        Whether one of them says that something improved.
    """

    lines: tuple[str, ...]
    shows_improvement: bool

    def to_dict(self) -> dict[str, Any]:
        """For the evidence pack."""
        return {"lines": list(self.lines), "shows_improvement": self.shows_improvement}


def claims(
    comparison: Comparison,
    *,
    days: tuple[date, date],
    treatments: Sequence[Treatment] = (),
    regions: Sequence[str] = (),
    visits: Sequence[date] = (),
    shown: Sequence[date] = (),
) -> Claims:
    """Return what may be said of a pair.

    Parameters
    ----------
    comparison : Comparison
    days : tuple of date
        Of baseline and follow-up.
    treatments : sequence of Treatment
        Of the client, in any order.
    regions : sequence of str
        That are shown; none means all of the face, or of the area.
    visits : sequence of date
        All days with photos of the client, also those that are not shown: the words count them, so
        that a pair that was picked is seen to be one.
    shown : sequence of date
        Days that are seen, where they are more than `days`.

    Returns
    -------
    Claims
        One line of facts, then the metrics. A pair in which nothing changed beyond the noise says
        that.
    """
    asked = set(regions) or {_OF_FACE, _OF_BODY}
    changes = [change for change in comparison.changes if change.region in asked]
    beyond = [change for change in changes if _is_told(change)]
    compared = [c for c in changes if c.verdict is not Verdict.NOT_COMPARABLE and c not in beyond]
    refused = [c for c in changes if c.verdict is Verdict.NOT_COMPARABLE]
    lines = [_which(days, visits, shown) + _when(days, treatments)]
    lines += [_change_line(change) for change in beyond]
    lines += chance_sentences(changes)
    if compared:
        none = "No change" if beyond else "Nothing changed"
        lines.append(f"{none} beyond measurement noise: {_names(compared, among=changes)}")
    if refused:
        lines.append(f"Could not be compared: {_names(refused, among=changes)}")
    return Claims(
        tuple(lines),
        any(change.verdict is Verdict.IMPROVED for change in beyond),
    )


def still_healing(days: Sequence[date], treatments: Sequence[Treatment]) -> str:
    """Return why skin of these days may not be shown yet; empty where it had healed on all of them.

    Red or swollen skin shows healing: no result in a later picture, and no fair start in the first.

    Parameters
    ----------
    days : sequence of date
    treatments : sequence of Treatment
        Of the client, in any order.
    """
    dates = [one.date for one in treatments]
    for day in days:
        # Any colour metric asks for the longest window.
        if in_healing_window(day, dates, metric_id="redness", same_day=SameDay.BEFORE_TREATMENT):
            return (
                f"the photos of {day} were taken within {REDNESS_DAYS} days after a treatment: the "
                "skin was still healing"
            )
    return ""


def _is_told(change: Change) -> bool:
    """Beyond the noise, whichever way."""
    return change.verdict in _TOLD and change.delta is not None


def _stands(change: Change) -> bool:
    """Whether it does so also when the number of answers is reckoned in."""
    return change.family is None or change.stands_in_family


def _change_line(change: Change) -> str:
    delta, noise = change.delta or 0.0, change.smallest_detectable_change or 0.0
    way = "lower" if delta < 0 else "higher"
    baseline = change.baseline
    share = (
        baseline is not None
        and change.unit not in UNITS_WITHOUT_ZERO
        and change.control is None
        and baseline >= LEAST_IN_ERRORS * noise > 0.0
    )
    if share and baseline:
        percent, error = 100.0 * abs(delta) / baseline, 100.0 * noise / baseline
        by = f"{number(percent, error=error)} % ± {number(error, error=error)} %"
    else:
        unit = change_unit(change.unit)
        by = f"{number(abs(delta), error=noise)} ± {quantity(noise, unit, error=noise)}"
    than = " than untreated skin" if change.control is not None else ""
    where = region_label(change.region)
    named = metric_label(change.metric)
    alone = "" if _stands(change) else "; counted alone"
    return f"{named}, {where}: {way} by {by}{than}{_TOLD[change.verdict]}{alone}"


def _names(changes: Sequence[Change], *, among: Sequence[Change] = ()) -> str:
    """Metrics, each once; with their regions where another region has an answer."""
    by_metric: dict[str, list[str]] = {}
    for change in changes:
        by_metric.setdefault(change.metric, []).append(region_label(change.region))
    regions = {change.region for change in (among or changes)}
    return ", ".join(
        metric_label(metric).lower()
        + (f" ({', '.join(where)})" if len(where) < len(regions) else "")
        for metric, where in by_metric.items()
    )


def _which(days: tuple[date, date], visits: Sequence[date], shown: Sequence[date]) -> str:
    """Which of how many visits are seen; empty where nobody counted them."""
    known = sorted(set(visits))
    seen = sorted({*days, *shown})
    if not set(seen) <= set(known):
        return ""
    *first, last = [known.index(day) + 1 for day in seen]
    told = f"Visits {', '.join(map(str, first))} and {last} of {len(known)}; "
    if len(seen) == len(days):
        return told
    before, after = (known.index(day) + 1 for day in days)
    return f"{told}figures of visit {after} against {before}; "


def _when(days: tuple[date, date], treatments: Sequence[Treatment]) -> str:
    """How long after what."""
    first, then = days
    between = sorted(one.date for one in treatments if first <= one.date < then)
    if not between:
        return f"{_span((then - first).days)} after the baseline; no treatment was recorded between"
    after = (then - between[-1]).days
    told = f"{_span(after)} after the last of {counted(len(between), 'treatment')}"
    if len(between) == 1:
        told = f"{_span(after)} after 1 treatment"
    early = "; too early for a final result" if after < RESULT_AFTER_DAYS else ""
    return f"{told} ({_kinds([t for t in treatments if first <= t.date < then])}){early}"


def _kinds(treatments: Sequence[Treatment]) -> str:
    """What was done, each kind once with its depths."""
    depths: dict[str, set[float]] = {}
    for one in treatments:
        known = depths.setdefault(one.kind, set())
        if one.needle_depth_mm is not None:
            known.add(one.needle_depth_mm)
    return ", ".join(
        f"{kind} {' and '.join(f'{depth:g}' for depth in sorted(known))} mm" if known else kind
        for kind, known in sorted(depths.items())
    )


def _span(days: int) -> str:
    if days < _WEEKS_FROM_DAYS:
        return counted(days, "day")
    return counted(round(days / 7), "week")
