"""What all regions of a metric leave over on one visit: the photograph's own doing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from progress.model import NotMeasured
from progress.stats.course import Course, FittedCourse, fit_course
from progress.stats.student import Floats

MIN_REGIONS = 3
"""Fewer regions do not tell what they share from what each has."""


@dataclass(frozen=True, slots=True)
class SharedOffset:
    """By how much a metric read off its curves on one visit, in all regions alike."""

    day: float
    offset: float
    standard_error: float
    n_regions: int
    set_aside: bool


def fit_together(
    courses: Sequence[Course],
) -> tuple[list[FittedCourse | NotMeasured], tuple[SharedOffset, ...]]:
    """Return the curves of one metric in all its regions, and what the visits share.

    Parameters
    ----------
    courses : sequence of Course
        Of one metric in one unit, with days from one origin. Leave out the control, and a whole
        of which the others are parts.

    Returns
    -------
    fits : list of FittedCourse or NotMeasured
        One per course.
    offsets : tuple of SharedOffset
        By day; empty with fewer than `MIN_REGIONS` curves.

    Notes
    -----
    A visit that lies outside what is allowed in the middle of all regions is set aside in all of
    them. What a visit's offset takes from the curves is told and not taken off: with the same
    visits in every region, weighted least squares with an offset per visit gives the same curves
    as without (Zellner 1962, doi:10.1080/01621459.1962.10480664), for nothing but a control tells
    a change of all skin from one of the photograph.
    """
    fits = _fitted(courses, frozenset())
    wild = _wild_together(courses, fits)
    if wild:
        fits = _fitted(courses, wild)
    return fits, _offsets(courses, fits, wild)


def _fitted(courses: Sequence[Course], wild: frozenset[float]) -> list[FittedCourse | NotMeasured]:
    fits: list[FittedCourse | NotMeasured] = []
    for course in courses:
        aside = [
            i
            for i, day in enumerate(course.days)
            if float(day) in wild and course.days.min() < day < course.days.max()
        ]
        fits.append(fit_course(course, aside=aside))
    return fits


def _by_day(
    courses: Sequence[Course], fits: Sequence[FittedCourse | NotMeasured], name: str
) -> dict[float, Floats]:
    """One figure of every fit, gathered by day."""
    found: dict[float, list[float]] = {}
    for course, fit in zip(courses, fits, strict=True):
        if isinstance(fit, FittedCourse):
            for day, value in zip(course.days, getattr(fit, name), strict=True):
                found.setdefault(float(day), []).append(float(value))
    return {day: np.array(values) for day, values in sorted(found.items())}


def _wild_together(
    courses: Sequence[Course], fits: Sequence[FittedCourse | NotMeasured]
) -> frozenset[float]:
    """The one day, if any, that the middle of all regions finds wild."""
    middle = {
        day: float(np.median(values))
        for day, values in _by_day(courses, fits, "wildness").items()
        if values.size >= MIN_REGIONS
    }
    wildest = max(middle, key=middle.__getitem__, default=None)
    return frozenset() if wildest is None or middle[wildest] <= 1.0 else frozenset({wildest})


def _offsets(
    courses: Sequence[Course], fits: Sequence[FittedCourse | NotMeasured], wild: frozenset[float]
) -> tuple[SharedOffset, ...]:
    return tuple(
        SharedOffset(
            day=day,
            offset=float(values.mean()),
            standard_error=float(values.std(ddof=1)) / math.sqrt(values.size),
            n_regions=values.size,
            set_aside=day in wild,
        )
        for day, values in _by_day(courses, fits, "residuals").items()
        if values.size >= MIN_REGIONS
    )
