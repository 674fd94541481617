"""What the visits of a course come to together: curves, shares, first sights, shared offsets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from progress.model import (
    BaselineShare,
    Change,
    CourseAnswers,
    CourseFit,
    CurvePoint,
    Estimate,
    FirstSeen,
    NotMeasured,
    TimelinePoint,
    TimelineSeries,
    Trend,
    VisitEffect,
)
from progress.pipeline.control import CONTROL_REGION, WHOLE_REGIONS
from progress.stats import (
    Course,
    FittedCourse,
    degrees_of_freedom,
    first_seen,
    fit_course,
    fit_together,
    fit_trend,
    pair_of_visits,
    share_of_baseline,
)

COURSE_VERSION = 3
"""Raised when a stored course would be answered otherwise than before."""

CURVE_STEP_DAYS = 14
"""The curve bends over weeks; its kinks at treatments get points of their own."""


def with_courses(
    series: Sequence[TimelineSeries], treated: Sequence[date]
) -> tuple[tuple[TimelineSeries, ...], tuple[VisitEffect, ...]]:
    """Return the series with trend and course, and what the visits shared.

    Parameters
    ----------
    series : sequence of TimelineSeries
        With points, changes and verdicts.
    treated : sequence of date
        Of all treatments.

    Returns
    -------
    series : tuple of TimelineSeries
        In the given order.
    effects : tuple of VisitEffect
        By metric and day.
    """
    answered = list(series)
    effects: list[VisitEffect] = []
    for metric in dict.fromkeys(one.metric for one in series):
        indices = [i for i, one in enumerate(series) if one.metric == metric]
        fits, shared = _fitted([series[i] for i in indices], treated)
        for i, fit in zip(indices, fits, strict=True):
            answered[i] = _answered(series[i], fit)
        effects += shared
    return tuple(answered), tuple(effects)


def usable(series: TimelineSeries, *, healing: bool = False) -> list[tuple[date, Estimate]]:
    """Return the visits of a series that may stand in a curve, in order of time.

    Parameters
    ----------
    series : TimelineSeries
    healing : bool
        Those inside a healing window instead of the healed ones.

    Returns
    -------
    list of (date, Estimate)
        Baseline, and every visit that could be compared with it. Against a control, the baseline
        plus the change, with an error that has shrunk as that of the change has.
    """
    if not series.points:
        return []
    start = series.points[0].outcome
    told = [p.change for p in series.points if p.change is not None and p.change.delta is not None]
    against_control = bool(told) and all(change.control is not None for change in told)
    shrunk = min((_shrinkage(series, p) for p in series.points if p.change), default=1.0)
    found = []
    for point in series.points:
        outcome = point.outcome
        if point.healing != healing or not isinstance(outcome, Estimate):
            continue
        if outcome.standard_error <= 0.0:
            continue
        if not healing and point.change is not None:
            if point.change.delta is None:
                continue
            if against_control and isinstance(start, Estimate):
                outcome = replace(outcome, value=start.value + point.change.delta)
        if against_control and not healing:
            outcome = replace(outcome, standard_error=outcome.standard_error * shrunk)
        found.append((point.date, outcome))
    return found


def _shrinkage(series: TimelineSeries, point: TimelinePoint) -> float:
    """Error of a change against a control over that of the two visits without one."""
    start, change, outcome = series.points[0].outcome, point.change, point.outcome
    if change is None or change.control is None or change.standard_error is None:
        return 1.0
    if not (isinstance(start, Estimate) and isinstance(outcome, Estimate)):
        return 1.0
    plain = (start.standard_error**2 + outcome.standard_error**2) ** 0.5
    return change.standard_error / plain if plain > 0 else 1.0


def _fitted(
    series: Sequence[TimelineSeries], treated: Sequence[date]
) -> tuple[list[FittedCourse | NotMeasured], list[VisitEffect]]:
    """Curves of one metric: single regions together, the whole and the control by themselves."""
    fits: list[FittedCourse | NotMeasured] = [NotMeasured("no healed session has a figure")] * len(
        series
    )
    courses = {i: course for i, one in enumerate(series) if (course := _course(one, treated))}
    single = [i for i in courses if series[i].region not in WHOLE_REGIONS | {CONTROL_REGION}]
    together, offsets = fit_together([courses[i] for i in single])
    for i, fit in zip(single, together, strict=True):
        fits[i] = fit
    wild = {offset.day for offset in offsets if offset.set_aside}
    for i in courses.keys() - set(single):
        days = courses[i].days
        inner = (days > days.min()) & (days < days.max())
        aside = [k for k, day in enumerate(days) if inner[k] and float(day) in wild]
        fits[i] = fit_course(courses[i], aside=aside)
    unit, metric = series[0].unit, series[0].metric
    return fits, [
        VisitEffect(
            metric=metric,
            unit=unit,
            date=date.fromordinal(int(offset.day)),
            offset=offset.offset,
            standard_error=offset.standard_error,
            n_regions=offset.n_regions,
            set_aside=offset.set_aside,
        )
        for offset in offsets
    ]


def _course(series: TimelineSeries, treated: Sequence[date]) -> Course | None:
    """The visits as numbers, with days of the proleptic calendar; None without any."""
    healed = usable(series)
    if not healed:
        return None
    healing = usable(series, healing=True)
    return Course(
        days=np.array([float(day.toordinal()) for day, _ in healed]),
        values=np.array([outcome.value for _, outcome in healed]),
        standard_errors=np.array([outcome.standard_error for _, outcome in healed]),
        treatment_days=tuple(sorted(float(day.toordinal()) for day in treated)),
        healing_days=np.array([float(day.toordinal()) for day, _ in healing]),
        healing_values=np.array([outcome.value for _, outcome in healing]),
    )


def _answered(series: TimelineSeries, fit: FittedCourse | NotMeasured) -> TimelineSeries:
    """The series with its trend and its course."""
    healed = usable(series)
    aside = set()
    if isinstance(fit, FittedCourse):
        aside = {healed[i][0] for i in fit.set_aside}
    course = CourseAnswers(
        fit=_curve(fit, aside) if isinstance(fit, FittedCourse) else fit,
        share=_share(series, fit),
        first_seen=_first_seen(series),
    )
    return replace(series, trend=_trend(healed, aside), course=course)


def _curve(fit: FittedCourse, aside: set[date]) -> CourseFit:
    """The curve between its first and last visit."""
    first, last = int(fit.first), int(fit.last)
    days = {*range(first, last, CURVE_STEP_DAYS), last}
    days |= {int(day) for day in fit.treatment_days if first <= day <= last}
    ordered = sorted(days)
    middle, low, high = fit.levels([float(day) for day in ordered])
    change, change_low, change_high = fit.change()
    return CourseFit(
        first=date.fromordinal(first),
        last=date.fromordinal(last),
        change=change,
        low=change_low,
        high=change_high,
        n_sessions=fit.n_visits,
        set_aside=tuple(sorted(aside)),
        curve=tuple(
            CurvePoint(date.fromordinal(day), float(m), float(lo), float(hi))
            for day, m, lo, hi in zip(ordered, middle, low, high, strict=True)
        ),
    )


def _trend(healed: Sequence[tuple[date, Estimate]], aside: set[date]) -> Trend | NotMeasured:
    """A line through the healed visits, less those that the curve was drawn without."""
    kept = [(day, outcome) for day, outcome in healed if day not in aside]
    if not kept:
        return NotMeasured("no healed session has a figure")
    start = kept[0][0]
    return fit_trend(
        [float((day - start).days) for day, _ in kept],
        [outcome.value for _, outcome in kept],
        [outcome.standard_error for _, outcome in kept],
    )


def _share(series: TimelineSeries, fit: FittedCourse | NotMeasured) -> BaselineShare | NotMeasured:
    """Percent of the baseline on the day that the verdict rests on."""
    judged = series.judged
    if judged is None or series.judged_on is None:
        return NotMeasured(series.reason or "no result is stated yet")
    if isinstance(fit, FittedCourse) and fit.first < series.judged_on.toordinal() <= fit.last:
        known = fit.known_until(float(series.judged_on.toordinal()))
        return share_of_baseline(known, unit=series.unit)
    return _share_of_pair(series, judged)


def _share_of_pair(series: TimelineSeries, judged: Change) -> BaselineShare | NotMeasured:
    """Percent of the baseline from two visits alone."""
    start = series.points[0].outcome
    if not isinstance(start, Estimate) or judged.delta is None or not judged.standard_error:
        return NotMeasured(judged.reason or "its error is unknown")
    known = pair_of_visits(
        start.value,
        start.standard_error,
        judged.delta,
        judged.standard_error,
        degrees_of_freedom=degrees_of_freedom(
            (judged.smallest_detectable_change or 0.0) / judged.standard_error
        ),
    )
    return share_of_baseline(known, unit=series.unit)


def _first_seen(series: TimelineSeries) -> FirstSeen | NotMeasured:
    """The earliest visit beyond the noise, once a result may be stated."""
    if series.judged_on is None:
        return NotMeasured(series.reason or "no result is stated yet")
    healed = [(p.date, p.change) for p in series.points if p.change and not p.healing]
    return first_seen(series.points[0].date, healed)
