"""The three questions as use cases: one session, two sessions, a whole course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import cast

from progress.imaging import DecodedPhoto
from progress.metrics import Metric
from progress.model import (
    Change,
    Comparability,
    Comparison,
    Estimate,
    HeatMap,
    NotAligned,
    NotMeasured,
    RegionKind,
    Registration,
    SessionMeasured,
    Timeline,
    TimelinePoint,
    TimelineSeries,
    Verdict,
)
from progress.pipeline.control import CONTROL_REGION, WHOLE_REGIONS
from progress.pipeline.course import with_courses
from progress.pipeline.engine import Followed, follow
from progress.pipeline.heat_maps import HeatMaps
from progress.pipeline.options import Options, Step, silent
from progress.pipeline.shots import Shot
from progress.pipeline.sources import CourseFiles, SessionFiles
from progress.stats import SameDay, in_healing_window, series_verdict, with_families


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredSession:
    """One session: the answer, and what pictures need."""

    result: SessionMeasured
    photo: DecodedPhoto = field(repr=False)
    heat_maps: Mapping[str, tuple[HeatMap, ...]] = field(repr=False)
    px_per_mm: float | None
    simulated: bool

    @property
    def refused(self) -> bool:
        """True when nothing could be measured at all."""
        return not any(isinstance(m.outcome, Estimate) for m in self.result.measurements)


@dataclass(frozen=True, slots=True, eq=False)
class ComparedPair:
    """Two sessions: the answer, and what pictures need.

    `shots` are the first of each session, for the certificate; None where nobody kept them.
    """

    comparison: Comparison
    baseline_photo: DecodedPhoto = field(repr=False)
    followup_photo: DecodedPhoto = field(repr=False)
    registration: Registration | NotAligned
    heat_maps: Mapping[str, tuple[HeatMap, HeatMap]] = field(repr=False)
    px_per_mm: float | None
    baseline_day: date | None
    followup_day: date | None
    shots: tuple[Shot, Shot] | None = field(default=None, repr=False)

    @property
    def simulated(self) -> bool:
        """Whether the photos show a rendered mannequin."""
        return self.comparison.simulated


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


def measure_session(
    session: SessionFiles, options: Options | None = None, step: Step = silent
) -> MeasuredSession:
    """One session: gates of its photos, every metric for every region.

    Parameters
    ----------
    session : SessionFiles
        From `session_files`.
    options : Options, optional
    step : Step

    Raises
    ------
    UnreadablePhoto
        If a file is not a photo.
    """
    followed = follow([session], options or Options(), step)
    shots = followed.sittings[0].shots
    return MeasuredSession(
        result=SessionMeasured(
            photos=tuple(shot.judged for shot in shots),
            measurements=followed.measurements(0),
            affected=followed.affected,
        ),
        photo=shots[0].photo,
        heat_maps=HeatMaps(followed.metrics_asked, ((followed.measured[0][0], None),)),
        px_per_mm=shots[0].scale.px_per_mm if shots[0].scale else None,
        simulated=followed.simulated,
    )


def compare_sessions(
    baseline: SessionFiles,
    followup: SessionFiles,
    options: Options | None = None,
    step: Step = silent,
) -> ComparedPair:
    """Two sessions: is the pair fair, where is the same skin, what changed beyond the noise.

    Parameters
    ----------
    baseline, followup : SessionFiles
        From `session_files`.
    options : Options, optional
    step : Step

    Raises
    ------
    UnreadablePhoto
        If a file is not a photo.
    """
    followed = follow([baseline, followup], options or Options(), step)
    changes = _counted_together(
        followed,
        [
            followed.change(1, metric, region.name, blocked=None)
            for metric, region in followed.questions()
        ],
    )
    return _pair(followed, 1, changes, followed.comparability(1))


def _pair(
    followed: Followed, sitting: int, changes: tuple[Change, ...], checks: Comparability
) -> ComparedPair:
    first, then = followed.sittings[0], followed.sittings[sitting]
    registration = then.registrations[0]
    assert registration is not None  # noqa: S101 - None is the baseline shot itself
    maps: Mapping[str, tuple[HeatMap, HeatMap]] = {}
    if isinstance(registration, Registration):
        shown = ((followed.measured[0][0], None), (followed.measured[sitting][0], registration))
        maps = cast(
            "Mapping[str, tuple[HeatMap, HeatMap]]", HeatMaps(followed.metrics_asked, shown)
        )
    return ComparedPair(
        comparison=Comparison(
            baseline=tuple(shot.judged for shot in first.shots),
            followup=tuple(shot.judged for shot in then.shots),
            comparability=checks,
            registration=registration,
            changes=changes,
            affected=followed.affected,
            simulated=followed.simulated,
        ),
        baseline_photo=first.shots[0].photo,
        followup_photo=then.shots[0].photo,
        registration=registration,
        heat_maps=maps,
        px_per_mm=first.shots[0].scale.px_per_mm if first.shots[0].scale else None,
        baseline_day=first.taken_on,
        followup_day=then.taken_on,
        shots=(first.shots[0], then.shots[0]),
    )


def follow_course(
    course: CourseFiles, options: Options | None = None, step: Step = silent
) -> FollowedCourse:
    """A whole course: every session against the first, treatments and healing windows known.

    Parameters
    ----------
    course : CourseFiles
        From `read_course`.
    options : Options, optional
    step : Step

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
    )
    return FollowedCourse(timeline, _last_pair(followed, series, treated))


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
        judged = _counted_together(followed, changes)
        found.append({(change.metric, change.region): change for change in judged})
    return found


def _counted_together(followed: Followed, changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes of one visit, each with what its number of companions makes of it."""
    asked = {
        region.name
        for region in followed.frame.regions
        if region.name in WHOLE_REGIONS or region.kind is RegionKind.DRAWN
    }
    return with_families(
        changes, headline=asked - {CONTROL_REGION}, apart=frozenset({CONTROL_REGION})
    )


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


def _last_pair(
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
            return _pair(followed, index, known, checks)
    return None
