"""A course that was followed: what was found on every visit, and what may be asked of it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from progress.metrics import Metric, affected_by
from progress.model import (
    Change,
    Comparability,
    Estimate,
    Measurement,
    Need,
    NotMeasured,
    Outcome,
    Region,
    RegionKind,
)
from progress.pipeline.cameras import largest_differences
from progress.pipeline.control import Control
from progress.pipeline.matched import Looked
from progress.pipeline.measured_shot import MeasuredShot
from progress.pipeline.mismatch import Stage, with_biases
from progress.pipeline.rehearsal import Rehearsal
from progress.pipeline.relief_lamp import (
    FOLLOW_THE_LAMP,
    gap_from_lamp,
    prior_with_gap,
    with_gap,
)
from progress.pipeline.sittings import (
    Frame,
    Sitting,
    registration_check,
)
from progress.quality import healing_check
from progress.stats import (
    UNKNOWN_ERROR,
    NoisePrior,
    SimulatedNoise,
    estimate_noise,
    judge_change,
    pool_shots,
)

Key = tuple[str, str]
"""Metric id and region name."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Every session of a course, measured against the first.

    Parameters
    ----------
    frame : Frame
        What was settled on the baseline.
    sittings : tuple of Sitting
        In order; the first is the baseline.
    measured : tuple of tuple of MeasuredShot
        Per sitting and shot.
    metrics : tuple of Metric
    rehearsal : Rehearsal
        Simulated re-shoots of the first baseline shot.
    control : Control or None
        Untreated skin that the user outlined.
    """

    frame: Frame
    sittings: tuple[Sitting, ...]
    measured: tuple[tuple[MeasuredShot, ...], ...] = field(repr=False)
    metrics: tuple[Metric, ...] = field(repr=False)
    rehearsal: Rehearsal = field(repr=False)
    control: Control | None = None

    @property
    def simulated(self) -> bool:
        """Whether the photos show a rendered mannequin."""
        return self.frame.shot.photo.provenance.simulated

    def questions(self) -> Iterator[tuple[Metric, Region]]:
        """What is asked of every visit: by region, each metric that is asked of its kind."""
        for region in self.frame.regions:
            for metric in self.metrics:
                if region.kind in metric.asked_of:
                    yield metric, region

    @property
    def metrics_asked(self) -> tuple[Metric, ...]:
        """Those that are asked of some region here."""
        asked = {metric.id for metric, _ in self.questions()}
        return tuple(metric for metric in self.metrics if metric.id in asked)

    def affected(self, needs: Collection[Need]) -> list[str]:
        """Ids of the metrics asked here that ask for any of `needs`."""
        asked = {metric.id for metric in self.metrics_asked}
        return [metric for metric in affected_by(needs) if metric in asked]

    def outcomes(self, sitting: int, key: Key) -> list[Outcome]:
        """One outcome per shot of a visit."""
        return [shot.outcomes[key] for shot in self.measured[sitting]]

    def noise(self, key: Key) -> SimulatedNoise:
        """How far the value moves in simulated re-shoots of the baseline, and with the lamp."""
        return with_gap(self.rehearsal.noise(key), self._lamp_gap(key))

    def _lamp_gap(self, key: Key) -> float:
        """What lamps that differ as read put between two visits, beyond all re-shoots."""
        if key[0] not in FOLLOW_THE_LAMP:
            return 0.0
        turn = max(largest_differences(self.sittings, "light_direction"), default=0.0)
        widest = (key[0], _widest(self.frame.regions).name)
        whole = None if key == widest else self.outcomes(0, widest)
        return gap_from_lamp(key, self.outcomes(0, key), turn, whole=whole)

    def prior(self, key: Key) -> NoisePrior | None:
        """What the other single regions say about this one's scatter; None for the whole.

        Scars are told what scatter the other scars have.
        """
        whole = _widest(self.frame.regions).name
        scars = {r.name for r in self.frame.regions if r.kind is RegionKind.SCAR}
        others = [
            region.name
            for region in self.frame.regions
            if region.name != whole and (region.name in scars) == (key[1] in scars)
        ]
        return prior_with_gap(self.rehearsal.prior(key, others), self._lamp_gap(key))

    def value(self, sitting: int, key: Key) -> Outcome:
        """A visit's pooled value with the error that another visit of the same skin would show."""
        outcomes = self.outcomes(sitting, key)
        pooled = pool_shots(outcomes)
        if not isinstance(pooled, Estimate):
            return pooled
        values = [o.value for o in outcomes if isinstance(o, Estimate)]
        error = estimate_noise([values], simulated=self.noise(key), prior=self.prior(key))
        if isinstance(error, NotMeasured):
            return NotMeasured(error.reason)
        if error.standard_error == 0.0:
            return NotMeasured(UNKNOWN_ERROR)
        return Estimate(pooled.value, error.standard_error, pooled.n_px)

    def change(self, sitting: int, metric: Metric, region: str, *, blocked: str | None) -> Change:
        """What became of one metric in one region between the baseline and a visit."""
        key = (metric.id, region)
        plain = judge_change(
            metric_id=metric.id,
            version=metric.version,
            region=region,
            unit=metric.unit,
            better=metric.better,
            baseline=self.outcomes(0, key),
            followup=self.outcomes(sitting, key),
            noise=self.noise(key),
            prior=self.prior(key),
            days=self.days(sitting),
            blocked=blocked if blocked is not None else self.sittings[sitting].problem,
        )
        if self.control is None:
            return plain
        return self.control.judge(plain, self.measured[0], self.measured[sitting])

    def days(self, sitting: int) -> float | None:
        """From the baseline to a visit, where both days are known."""
        first, then = self.sittings[0].taken_on, self.sittings[sitting].taken_on
        return float((then - first).days) if first and then else None

    def comparability(
        self, sitting: int, *, days_since_treatment: float | None = None
    ) -> Comparability:
        """The pair's checks; a refused alignment and the healing window are among them."""
        seated = self.sittings[sitting]
        checks = list(self._with_biases(seated).checks)
        refused = registration_check(seated.registrations[0])
        if refused is not None:
            checks.append(refused)
        if days_since_treatment is not None:
            checks.append(healing_check(days_since_treatment))
        return Comparability(tuple(checks))

    def _with_biases(self, seated: Sitting) -> Comparability:
        """A visit's checks, each failed one with whom it flatters."""
        baseline = self.measured[0][0]
        if baseline.picture is None or not self.rehearsal:
            return seated.comparability
        reference = baseline.reference
        stage = Stage(
            picture=baseline.picture,
            outcomes=baseline.outcomes,
            metrics=self.metrics,
            axes=self.frame.axes,
            reference=None if isinstance(reference, NotMeasured) else reference,
            blocked=baseline.blocked,
            rehearsal=self.rehearsal,
            region=_widest(self.frame.regions).name,
            looked=Looked.at(baseline),
        )
        return with_biases(
            seated.comparability,
            stage,
            self.frame.shot,
            seated.shots[0],
            seated.psf[0],
            nearness_per_m=seated.nearness_per_m,
        )

    def measurements(self, sitting: int) -> tuple[Measurement, ...]:
        """All values of one visit, by region and metric."""
        photos = tuple(shot.photo.provenance.sha256 for shot in self.sittings[sitting].shots)
        return tuple(
            Measurement(
                metric=metric.id,
                metric_version=metric.version,
                region=region.name,
                unit=metric.unit,
                outcome=self.value(sitting, (metric.id, region.name)),
                photos=photos,
                inputs_hash=self._inputs_hash(photos, metric, region),
            )
            for metric, region in self.questions()
        )

    def _inputs_hash(self, photos: Sequence[str], metric: Metric, region: Region) -> str:
        """Names pixels, frame, region and metric version together."""
        outline = np.ascontiguousarray(region.polygon_xy, np.float64).tobytes()
        parts = [self.frame.shot.photo.provenance.sha256, *photos, metric.id, str(metric.version)]
        return hashlib.sha256(" ".join(parts).encode() + outline).hexdigest()


def _widest(regions: Sequence[Region]) -> Region:
    """The region that holds the others: the whole face, or the whole area."""
    return max(regions, key=lambda region: float(np.ptp(region.polygon_xy, axis=0).prod()))
