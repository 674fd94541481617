"""When skin after needling is still healing, and when a course may state its result."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from progress.model import Change, Need, Verdict

REDNESS_DAYS = 14
"""Erythema after needling lasts 1-3 days in trials and tails off within two weeks; colour follows
it (more blood lowers ITA as well), so all that needs colour waits as long."""

SWELLING_DAYS = 7
"""Swelling flattens lines, pores and scars for up to a week and looks like success; the barrier
itself is closed within 72 hours at 0.25 mm and still open at 48 hours after 1.5 mm (Sasaki 2019).
"""

RESULT_AFTER_DAYS = 28
"""New collagen takes about four weeks to show, and studies photograph 4, 8, 12 and 24 weeks after
the last session (Alam 2014; von Dalwig-Nolda 2020; Bailey 2022)."""

_COLOUR_NEEDS = frozenset({Need.COLOUR, Need.ABSOLUTE_COLOUR})
_COLOUR_METRICS = frozenset({"redness", "tone", "pigment", "evenness", "radiance", "mark_contrast"})


class SameDay(enum.Enum):
    """How a photo taken on the day of a treatment is understood."""

    AFTER_TREATMENT = "after_treatment"
    """Swollen and red: inside the window."""
    BEFORE_TREATMENT = "before_treatment"
    """The usual protocol, and always so for a baseline: that treatment has not happened yet."""


def healing_days(*, metric_id: str | None = None, needs: Collection[Need] = ()) -> int:
    """Return how many days after a treatment a metric is not judged.

    Parameters
    ----------
    metric_id : str or None
        Registry id of a metric.
    needs : collection of Need
        What it asks of a photo; a metric that needs colour waits for redness to fade.

    Returns
    -------
    int
        `REDNESS_DAYS` for colour, else `SWELLING_DAYS`. The last day itself still belongs to
        the window.
    """
    if metric_id in _COLOUR_METRICS or not _COLOUR_NEEDS.isdisjoint(needs):
        return REDNESS_DAYS
    return SWELLING_DAYS


def in_healing_window(
    day: date,
    treatment_dates: Iterable[date],
    *,
    metric_id: str | None = None,
    needs: Collection[Need] = (),
    same_day: SameDay = SameDay.AFTER_TREATMENT,
) -> bool:
    """Whether the skin was still healing on `day`: shown then, never judged.

    Parameters
    ----------
    day : date
        Of the session.
    treatment_dates : iterable of date
        Of all treatments of the client; later ones do not matter.
    metric_id, needs
        As for `healing_days`.
    same_day : SameDay
        How a session on a treatment's day is understood.

    Returns
    -------
    bool
        True from day 0 (or 1) to the last day of the window, both included.
    """
    first = 0 if same_day is SameDay.AFTER_TREATMENT else 1
    last = healing_days(metric_id=metric_id, needs=needs)
    return any(first <= (day - treated).days <= last for treated in treatment_dates)


@dataclass(frozen=True, slots=True)
class SeriesVerdict:
    """What a whole course came to in one metric and region.

    `judged_on` is the session whose change was taken, None when no result may be stated yet;
    `interim` is True when treatments followed that session.
    """

    verdict: Verdict
    reason: str | None
    judged_on: date | None
    interim: bool = False


def series_verdict(
    changes: Sequence[tuple[date, Change]],
    treatment_dates: Collection[date],
    *,
    baseline: date,
    metric_id: str | None = None,
    needs: Collection[Need] = (),
    same_day: SameDay = SameDay.AFTER_TREATMENT,
) -> SeriesVerdict:
    """Return the verdict of a course: its last healed session against the baseline.

    Parameters
    ----------
    changes : sequence of (date, Change)
        Each follow-up against the baseline, in any order.
    treatment_dates : collection of date
        All treatments of the client.
    baseline : date
        Of the baseline session.
    metric_id, needs, same_day
        As for `in_healing_window`.

    Returns
    -------
    SeriesVerdict
        The verdict of the last session at least `RESULT_AFTER_DAYS` after every treatment before
        it, whatever it says: an earlier, kinder session is never taken in its place.
        ``NOT_COMPARABLE`` with a reason when the baseline itself was taken while healing, or no
        session is late enough.

    Notes
    -----
    A course of two months with sessions every four weeks has one result, at the earliest four
    weeks after the last treatment; until then there is an interim one or none.
    """
    # A treatment on the day of the baseline is the first of the course: it came after the photo.
    if in_healing_window(
        baseline,
        (treated for treated in treatment_dates if treated != baseline),
        metric_id=metric_id,
        needs=needs,
    ):
        return _no_result("the baseline was taken while the skin was healing")
    later = sorted(((d, c) for d, c in changes if d > baseline), key=lambda pair: pair[0])
    if not later:
        return _no_result("no session after the baseline")
    for day, change in reversed(later):
        if not _recently_treated(day, treatment_dates, same_day):
            interim = any(treated >= day for treated in treatment_dates)
            return SeriesVerdict(change.verdict, change.reason, day, interim=interim)
    last_day = later[-1][0]
    due = max(t for t in treatment_dates if t <= last_day) + timedelta(days=RESULT_AFTER_DAYS)
    return _no_result(
        f"no result is stated before {due.isoformat()}, {RESULT_AFTER_DAYS} days after the last "
        f"treatment; the last session was on {last_day.isoformat()}"
    )


def _recently_treated(day: date, treatment_dates: Iterable[date], same_day: SameDay) -> bool:
    """Whether a treatment before the photo is too fresh for a result."""
    first = 0 if same_day is SameDay.AFTER_TREATMENT else 1
    return any(first <= (day - treated).days < RESULT_AFTER_DAYS for treated in treatment_dates)


def _no_result(reason: str) -> SeriesVerdict:
    return SeriesVerdict(Verdict.NOT_COMPARABLE, reason, None)
