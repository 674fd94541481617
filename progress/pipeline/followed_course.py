"""A whole course as a use case: every session against the first, with treatments between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from progress.imaging import DecodedPhoto
from progress.metrics import Metric
from progress.model import (
    Change,
    Estimate,
    NotAligned,
    NotMeasured,
    Registration,
    Timeline,
    TimelinePoint,
    TimelineSeries,
    Verdict,
)
from progress.pipeline.answers import ComparedPair, counted_together, grades_of, pair_of
from progress.pipeline.course import with_courses
from progress.pipeline.engine import follow
from progress.pipeline.followed import Followed
from progress.pipeline.options import Options, Step, silent
from progress.pipeline.sources import CourseFiles
from progress.stats import SameDay, in_healing_window, series_verdict


@dataclass(frozen=True, slots=True, eq=False)
class FollowedCourse:
    """A course: the time line, and its baseline beside the last session that can be compared."""

    timeline: Timeline
    pair: ComparedPair | None = field(repr=False)

    @property
    def refused(self) -> bool:
        """True when no series has a figure in any session."""
        return not any(
            isinstance(point.outcome, Estimate)
            for series in self.timeline.series
            for point in series.points
        )


@dataclass(frozen=True, slots=True, eq=False)
class VisitLooked:
    """A visit as it is at hand while a course is followed, for pictures.

    Parameters
    ----------
    day : date
    photo : DecodedPhoto
        Its first shot.
    registration : Registration or NotAligned or None
        From the first baseline photo; None for the baseline itself.
    px_per_mm : float or None
    simulated : bool
    """

    day: date
    photo: DecodedPhoto = field(repr=False)
    registration: Registration | NotAligned | None = field(repr=False)
    px_per_mm: float | None
    simulated: bool


Look = Callable[[VisitLooked], None]
"""Called for each visit in order of time; what it keeps of the photos stays in memory."""


def follow_course(
    course: CourseFiles,
    options: Options | None = None,
    step: Step = silent,
    look: Look | None = None,
) -> FollowedCourse:
    """A whole course: every session against the first, treatments and healing windows known.

    Parameters
    ----------
    course : CourseFiles
        From `read_course`.
    options : Options, optional
    step : Step
    look : callable, optional
        Sees each visit once, since the answer keeps the photos of two visits only.

    Raises
    ------
    UnreadablePhoto
        If a file is not a photo.
    """
    chosen = options or Options()
    named = {region.name for region in chosen.user_regions}
    beside = tuple(region for region in course.regions if region.name not in named)
    chosen = replace(chosen, user_regions=(*chosen.user_regions, *beside))
    followed = follow(course.sessions, chosen, step)
    if look is not None:
        _show(followed, look)
    treated = [event.date for event in course.events]
    changes = _visit_changes(followed, treated)
    alone = [
        _series(followed, metric, region.name, treated, changes)
        for metric, region in followed.questions()
    ]
    series, effects = with_courses(alone, treated)
    timeline = Timeline(
        sessions={
            day: tuple(shot.judged for shot in sitting.shots)
            for day, sitting in zip(_days(followed), followed.sittings, strict=True)
        },
        events=course.events,
        series=series,
        affected=followed.affected,
        simulated=followed.simulated,
        visit_effects=effects,
        grades={day: grades_of(followed, index) for index, day in enumerate(_days(followed))},
    )
    return FollowedCourse(timeline, _lastpair_of(followed, series, treated))


def _show(followed: Followed, look: Look) -> None:
    """Every visit, one after the other."""
    for day, sitting in zip(_days(followed), followed.sittings, strict=True):
        shot = sitting.shots[0]
        scale = shot.scale.px_per_mm if shot.scale else None
        look(VisitLooked(day, shot.photo, sitting.registrations[0], scale, followed.simulated))


def _days(followed: Followed) -> list[date]:
    """The day of every session; a course always names them."""
    return [sitting.taken_on or date.min for sitting in followed.sittings]


def _healing(metric: Metric, day: date, treated: list[date]) -> bool:
    """Photos on the day of a treatment are taken before it, as the protocol asks."""
    return in_healing_window(
        day,
        treated,
        metric_id=metric.id,
        needs=metric.needs,
        same_day=SameDay.BEFORE_TREATMENT,
    )


def _visit_changes(followed: Followed, treated: list[date]) -> list[dict[tuple[str, str], Change]]:
    """Every change of every visit after the baseline; the baseline has none."""
    found: list[dict[tuple[str, str], Change]] = [{}]
    reason = "inside the healing window of a treatment: shown, not judged"
    for index, day in enumerate(_days(followed)[1:], start=1):
        changes = [
            followed.change(
                index,
                metric,
                region.name,
                blocked=reason if _healing(metric, day, treated) else None,
            )
            for metric, region in followed.questions()
        ]
        judged = counted_together(followed, changes)
        found.append({(change.metric, change.region): change for change in judged})
    return found


def _series(
    followed: Followed,
    metric: Metric,
    region: str,
    treated: list[date],
    changes: Sequence[Mapping[tuple[str, str], Change]],
) -> TimelineSeries:
    """One metric in one region over the course, before its visits are seen together."""
    key, days = (metric.id, region), _days(followed)
    points = tuple(
        TimelinePoint(
            day,
            followed.value(index, key),
            changes[index].get(key),
            _healing(metric, day, treated),
        )
        for index, day in enumerate(days)
    )
    verdict = series_verdict(
        [(point.date, point.change) for point in points if point.change is not None],
        treated,
        baseline=days[0],
        metric_id=metric.id,
        needs=metric.needs,
        same_day=SameDay.BEFORE_TREATMENT,
    )
    return TimelineSeries(
        metric=metric.id,
        metric_version=metric.version,
        region=region,
        unit=metric.unit,
        label=metric.label,
        points=points,
        trend=NotMeasured("not fitted yet"),
        verdict=verdict.verdict,
        reason=verdict.reason,
        judged_on=verdict.judged_on,
    )


def _lastpair_of(
    followed: Followed, series: tuple[TimelineSeries, ...], treated: list[date]
) -> ComparedPair | None:
    """The baseline beside the latest session in which anything could be compared."""
    days = _days(followed)
    for index in range(len(followed.sittings) - 1, 0, -1):
        changes = tuple(s.points[index].change for s in series)
        known = tuple(change for change in changes if change is not None)
        if any(change.verdict is not Verdict.NOT_COMPARABLE for change in known):
            since = [(days[index] - day).days for day in treated if day < days[index]]
            checks = followed.comparability(
                index, days_since_treatment=float(min(since)) if since else None
            )
            return pair_of(followed, index, known, checks)
    return None
