"""What is answered about one photo and one pair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from progress.model.finds import FoundScar, Grades, grades_to_dict
from progress.model.landmarks import Scale, ScaleSource
from progress.model.outcome import Change, Estimate, Measurement, NotMeasured, Verdict
from progress.model.quality import Comparability, Gate, Need, PairCheck, QualityReport
from progress.model.raster import Provenance
from progress.model.registration import NotAligned, Registration

NO_GRADES: Final = NotMeasured("not asked for here")

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
    """All metrics of one session, pooled over its shots.

    `scars` are those found on its first photo; `grades` say what a clinical scale might.
    """

    photos: tuple[JudgedPhoto, ...]
    measurements: tuple[Measurement, ...]
    affected: AffectedMetrics = field(repr=False, compare=False)
    grades: Grades = NO_GRADES
    scars: tuple[FoundScar, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``progress.measurement/1``."""
        return {
            "format": "progress.measurement/1",
            "photos": [photo.to_dict(self.affected) for photo in self.photos],
            "measurements": [_measurement(m) for m in self.measurements],
            "scars": [scar.to_dict() for scar in self.scars],
            "estimated_grades": grades_to_dict(self.grades),
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
    """The answer to "what changed between these two sessions, and is it beyond the noise?".

    `scars` are those found on the baseline, whose relief is told one by one; `grades` are what a
    clinical scale might say of baseline and follow-up.
    """

    baseline: tuple[JudgedPhoto, ...]
    followup: tuple[JudgedPhoto, ...]
    comparability: Comparability
    registration: Registration | NotAligned
    changes: tuple[Change, ...]
    affected: AffectedMetrics = field(repr=False, compare=False)
    simulated: bool = False
    scars: tuple[FoundScar, ...] = ()
    grades: tuple[Grades, Grades] = (NO_GRADES, NO_GRADES)

    @property
    def refused(self) -> bool:
        """True when no metric could be compared at all."""
        return all(change.verdict is Verdict.NOT_COMPARABLE for change in self.changes)

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``progress.comparison/1``."""
        return {
            "format": "progress.comparison/1",
            "simulated": self.simulated,
            "baseline": {
                "photos": [p.to_dict(self.affected) for p in self.baseline],
                "estimated_grades": grades_to_dict(self.grades[0]),
            },
            "followup": {
                "photos": [p.to_dict(self.affected) for p in self.followup],
                "estimated_grades": grades_to_dict(self.grades[1]),
            },
            "comparability": {
                "verdict": self.comparability.verdict.value,
                "checks": [_check(check, self.affected) for check in self.comparability.checks],
            },
            "registration": _registration(self.registration),
            "changes": [change_to_dict(change) for change in self.changes],
            "scars": [scar.to_dict() for scar in self.scars],
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


def change_to_dict(change: Change) -> dict[str, Any]:
    """A change as every answer writes it."""
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
