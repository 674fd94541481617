"""What the three questions answer: one photo, one pair, one course."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from progress.model.course import NO_COURSE, CourseAnswers, VisitEffect
from progress.model.landmarks import Scale, ScaleSource
from progress.model.outcome import Change, Estimate, Measurement, NotMeasured, Outcome, Verdict
from progress.model.quality import Comparability, Gate, Need, PairCheck, QualityReport
from progress.model.raster import Provenance
from progress.model.registration import NotAligned, Registration

AffectedMetrics = Callable[[frozenset[Need]], list[str]]
"""From needs that fell away to the ids of the metrics that asked for them."""


@dataclass(frozen=True, slots=True)
class JudgedPhoto:
    """One photo with its scale and gates."""

    provenance: Provenance
    scale: Scale | None
    quality: QualityReport

    def to_dict(self, affected: AffectedMetrics) -> dict[str, Any]:
        """The contract's photo block."""
        taken_at = self.provenance.taken_at
        return {
            "file": self.provenance.file,
            "sha256": self.provenance.sha256,
            "taken_at": taken_at.isoformat() if taken_at else None,
            "size_px": list(self.provenance.size_px),
            "px_per_mm": self.scale.px_per_mm if self.scale else None,
            "scale_source": (self.scale.source if self.scale else ScaleSource.NONE).value,
            "scale_relative_error": self.scale.relative_error if self.scale else None,
            "quality": [_gate(gate, affected) for gate in self.quality.gates],
        }


def _gate(gate: Gate, affected: AffectedMetrics) -> dict[str, Any]:
    return {
        "gate": gate.gate,
        "value": gate.value,
        "unit": gate.unit,
        "limit": gate.limit,
        "passed": gate.passed,
        "advice": gate.advice,
        "affects": affected(gate.touches),
    }


def _check(check: PairCheck, affected: AffectedMetrics) -> dict[str, Any]:
    return {
        "check": check.check,
        "difference": check.difference,
        "unit": check.unit,
        "limit": check.limit,
        "passed": check.passed,
        "affects": affected(check.touches),
        "flatters": check.flatters.value,
        "advice": check.advice,
        "biases": [
            {
                "metric": bias.metric,
                "region": bias.region,
                "change": bias.change,
                "in_sdc": bias.in_sdc,
                "flatters": bias.flatters.value,
            }
            for bias in check.biases
        ],
    }


@dataclass(frozen=True, slots=True)
class SessionMeasured:
    """All metrics of one session, pooled over its shots."""

    photos: tuple[JudgedPhoto, ...]
    measurements: tuple[Measurement, ...]
    affected: AffectedMetrics = field(repr=False, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``progress.measurement/1``."""
        return {
            "format": "progress.measurement/1",
            "photos": [photo.to_dict(self.affected) for photo in self.photos],
            "measurements": [_measurement(m) for m in self.measurements],
        }


def _measurement(measurement: Measurement) -> dict[str, Any]:
    outcome = measurement.outcome
    return {
        "metric": measurement.metric,
        "metric_version": measurement.metric_version,
        "region": measurement.region,
        "unit": measurement.unit,
        "value": outcome.value if isinstance(outcome, Estimate) else None,
        "standard_error": outcome.standard_error if isinstance(outcome, Estimate) else None,
        "n_px": outcome.n_px if isinstance(outcome, Estimate) else None,
        "reason": outcome.reason if isinstance(outcome, NotMeasured) else None,
        "inputs_hash": measurement.inputs_hash,
    }


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer to "what changed between these two sessions, and is it beyond the noise?"."""

    baseline: tuple[JudgedPhoto, ...]
    followup: tuple[JudgedPhoto, ...]
    comparability: Comparability
    registration: Registration | NotAligned
    changes: tuple[Change, ...]
    affected: AffectedMetrics = field(repr=False, compare=False)
    simulated: bool = False

    @property
    def refused(self) -> bool:
        """True when no metric could be compared at all."""
        return all(change.verdict is Verdict.NOT_COMPARABLE for change in self.changes)

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``progress.comparison/1``."""
        return {
            "format": "progress.comparison/1",
            "simulated": self.simulated,
            "baseline": {"photos": [p.to_dict(self.affected) for p in self.baseline]},
            "followup": {"photos": [p.to_dict(self.affected) for p in self.followup]},
            "comparability": {
                "verdict": self.comparability.verdict.value,
                "checks": [_check(check, self.affected) for check in self.comparability.checks],
            },
            "registration": _registration(self.registration),
            "changes": [_change(change) for change in self.changes],
        }


def _registration(registration: Registration | NotAligned) -> dict[str, Any]:
    if isinstance(registration, NotAligned):
        return {
            "status": "refused",
            "reason": registration.reason,
            "estimated_error_mm": None,
            "overlap": None,
            "method": None,
            "version": None,
        }
    return {
        "status": "aligned",
        "reason": None,
        "estimated_error_mm": {
            "median": registration.estimated_error_mm.median,
            "p95": registration.estimated_error_mm.p95,
        },
        "overlap": registration.overlap,
        "method": registration.method,
        "version": registration.version,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "metric": change.metric,
        "metric_version": change.metric_version,
        "region": change.region,
        "unit": change.unit,
        "better": change.better.value,
        "baseline": change.baseline,
        "followup": change.followup,
        "change": change.delta,
        "standard_error": change.standard_error,
        "smallest_detectable_change": change.smallest_detectable_change,
        "verdict": change.verdict.value,
        "reason": change.reason,
        "noise_source": change.noise_source,
        "days": change.days,
        "p_value": change.p_value,
        "family": change.family.value if change.family else None,
        "family_p_value": change.family_p_value,
        "family_size": change.family_size,
        "stands_in_family": change.stands_in_family if change.family else None,
        "control": None
        if change.control is None
        else {"beta": change.control.beta, "delta_control": change.control.delta_control},
        "control_reason": change.control_reason,
    }


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

    `visit_effects` is what each visit read off the curves in all regions of a metric alike.
    """

    sessions: Mapping[date, tuple[JudgedPhoto, ...]]
    events: tuple[TimelineEvent, ...]
    series: tuple[TimelineSeries, ...]
    affected: AffectedMetrics = field(repr=False, compare=False)
    simulated: bool = False
    visit_effects: tuple[VisitEffect, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``progress.timeline/1``."""
        return {
            "format": "progress.timeline/1",
            "simulated": self.simulated,
            "sessions": [
                {"date": day.isoformat(), "photos": [p.to_dict(self.affected) for p in photos]}
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
        "change": _change(point.change) if point.change else None,
    }
