"""What is answered about a whole course: sessions, treatments, and each metric over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from progress.model.course import NO_COURSE, CourseAnswers, VisitEffect
from progress.model.finds import Grades, grades_to_dict
from progress.model.outcome import Change, Estimate, NotMeasured, Outcome, Verdict
from progress.model.results import NO_GRADES, AffectedMetrics, JudgedPhoto, change_to_dict


@dataclass(frozen=True, slots=True)
class TimelinePoint:
    """One session of one metric and region, as a change against the baseline session.

    `healing` is True inside the healing window of a treatment: shown, never judged.
    """

    date: date
    outcome: Outcome
    change: Change | None
    healing: bool = False


@dataclass(frozen=True, slots=True)
class Trend:
    """Straight-line trend per 28 days with its 95 % interval, healed sessions only."""

    per_28_days: float
    low: float
    high: float
    n_sessions: int


@dataclass(frozen=True, slots=True)
class TimelineSeries:
    """One metric in one region over a course.

    `judged_on` is the session that the verdict rests on, None when there is no result yet;
    `course` is what the visits come to together.
    """

    metric: str
    metric_version: int
    region: str
    unit: str
    label: str
    points: tuple[TimelinePoint, ...]
    trend: Trend | NotMeasured
    verdict: Verdict
    reason: str | None = None
    judged_on: date | None = None
    course: CourseAnswers = NO_COURSE

    @property
    def judged(self) -> Change | None:
        """The change that the verdict rests on."""
        return next((p.change for p in self.points if p.date == self.judged_on), None)


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """A treatment on the time axis."""

    date: date
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A whole course.

    `visit_effects` is what each visit read off the curves in all regions of a metric alike;
    `grades` is what a clinical scale might say of each session.
    """

    sessions: Mapping[date, tuple[JudgedPhoto, ...]]
    events: tuple[TimelineEvent, ...]
    series: tuple[TimelineSeries, ...]
    affected: AffectedMetrics = field(repr=False, compare=False)
    simulated: bool = False
    visit_effects: tuple[VisitEffect, ...] = ()
    grades: Mapping[date, Grades] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``progress.timeline/1``."""
        return {
            "format": "progress.timeline/1",
            "simulated": self.simulated,
            "sessions": [
                {
                    "date": day.isoformat(),
                    "photos": [p.to_dict(self.affected) for p in photos],
                    "estimated_grades": grades_to_dict(self.grades.get(day, NO_GRADES)),
                }
                for day, photos in self.sessions.items()
            ],
            "events": [{"date": e.date.isoformat(), "event": e.label} for e in self.events],
            "series": [_series(series) for series in self.series],
            "visit_effects": [effect.to_dict() for effect in self.visit_effects],
        }


def _series(series: TimelineSeries) -> dict[str, Any]:
    trend = series.trend
    return {
        "metric": series.metric,
        "metric_version": series.metric_version,
        "region": series.region,
        "unit": series.unit,
        "points": [_point(point) for point in series.points],
        "trend": None
        if isinstance(trend, NotMeasured)
        else {
            "per_28_days": trend.per_28_days,
            "low": trend.low,
            "high": trend.high,
            "n_sessions": trend.n_sessions,
        },
        "trend_reason": trend.reason if isinstance(trend, NotMeasured) else None,
        "verdict": series.verdict.value,
        "reason": series.reason,
        "judged_on": series.judged_on.isoformat() if series.judged_on else None,
        **series.course.to_dict(),
    }


def _point(point: TimelinePoint) -> dict[str, Any]:
    outcome = point.outcome
    return {
        "date": point.date.isoformat(),
        "value": outcome.value if isinstance(outcome, Estimate) else None,
        "standard_error": outcome.standard_error if isinstance(outcome, Estimate) else None,
        "n_px": outcome.n_px if isinstance(outcome, Estimate) else None,
        "reason": outcome.reason if isinstance(outcome, NotMeasured) else None,
        "healing": point.healing,
        "change": change_to_dict(point.change) if point.change else None,
    }
