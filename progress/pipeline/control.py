"""Changes against a control: skin that was not treated, outlined by the user in the same photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from progress.metrics import get_metric
from progress.model import (
    Change,
    ControlUse,
    Estimate,
    NotMeasured,
    Outcome,
    Region,
    RegionKind,
)
from progress.pipeline.measured_shot import MeasuredShot
from progress.pipeline.picture import Outcomes
from progress.pipeline.rehearsal import Rehearsal
from progress.stats import (
    Differencing,
    NoisePrior,
    Span,
    difference_noise,
    judge_change,
    pool_shots,
    prior_from_regions,
)

CONTROL_REGION = "control"
"""Name of the polygon that shows untreated skin."""

WHOLE_REGIONS = frozenset({"whole_face", "area"})
"""Regions that hold the others."""

_UNSEEN = NotMeasured("not asked of the control")
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """What the control's errors say about those of every other region.

    Parameters
    ----------
    rehearsal : Rehearsal
        Re-shoots in which both were measured together.
    regions : sequence of str
        Single regions, which lend each other what they know of their scatter.
    """

    rehearsal: Rehearsal = field(repr=False)
    regions: Sequence[str]
    _known: dict[_Key, Differencing | NotMeasured] = field(default_factory=dict, repr=False)

    @classmethod
    def among(cls, regions: Sequence[Region], rehearsal: Rehearsal) -> Control | None:
        """The control among the regions; None where the user outlined none."""
        if not any(region.name == CONTROL_REGION for region in regions):
            return None
        single = [
            region.name
            for region in regions
            if region.name not in WHOLE_REGIONS and region.kind is not RegionKind.SCAR
        ]
        return cls(rehearsal, single)

    def differencing(self, key: _Key) -> Differencing | NotMeasured:
        """How much of the control's change to take off one metric in one region."""
        if key not in self._known:
            self._known[key] = _differencing(self.rehearsal, key)
        return self._known[key]

    def prior(self, key: _Key) -> NoisePrior | None:
        """What the other regions say about the scatter that is left of this one."""
        metric, own = key
        if own not in self.regions:
            return None
        others = [
            self.differencing((metric, name))
            for name in self.regions
            if name not in (own, CONTROL_REGION)
        ]
        noises = [other.noise for other in others if isinstance(other, Differencing)]
        return prior_from_regions(metric, noises)

    def judge(
        self, plain: Change, baseline: Sequence[MeasuredShot], followup: Sequence[MeasuredShot]
    ) -> Change:
        """A change less its share of the control's, judged by what is left of the noise.

        Parameters
        ----------
        plain : Change
            As it is without a control.
        baseline, followup : sequence of MeasuredShot
            Of both visits.

        Returns
        -------
        Change
            `plain` itself for the control, and for what could not be compared; `plain` with a
            `control_reason` where the control is of no use.
        """
        if plain.delta is None or plain.region == CONTROL_REGION:
            return plain
        key = (plain.metric, plain.region)
        visits = [_visit(key, shots) for shots in (baseline, followup)]
        before, after = (pool_shots([c for _, c in visit]) for visit in visits)
        if not (isinstance(before, Estimate) and isinstance(after, Estimate)):
            why = before if isinstance(before, NotMeasured) else after
            assert isinstance(why, NotMeasured)  # noqa: S101 - one of the two is
            return replace(plain, control_reason=f"the control was not measured: {why.reason}")
        found = self.differencing(key)
        if isinstance(found, NotMeasured):
            return replace(plain, control_reason=found.reason)
        sides = [
            [_less(t, c, found.beta, start=before.value) for t, c in visit] for visit in visits
        ]
        judged = judge_change(
            metric_id=plain.metric,
            version=plain.metric_version,
            region=plain.region,
            unit=plain.unit,
            better=plain.better,
            baseline=sides[0],
            followup=sides[1],
            noise=found.noise,
            prior=self.prior(key),
            days=plain.days,
        )
        if judged.delta is None:
            return replace(plain, control_reason=judged.reason)
        return replace(
            judged,
            baseline=plain.baseline,
            followup=plain.followup,
            noise_source=f"{judged.noise_source}, against the control",
            # What was taken off, which with repeated shots is pooled together with the region.
            control=ControlUse(found.beta, (plain.delta - judged.delta) / found.beta),
        )


def _differencing(rehearsal: Rehearsal, key: _Key) -> Differencing | NotMeasured:
    """Pairs of the region and the control from the same re-shoots."""
    beside = (key[0], CONTROL_REGION)

    def paired(shots: Sequence[Outcomes]) -> list[tuple[float, float]]:
        found = []
        for outcomes in shots:
            treated, control = outcomes.get(key), outcomes.get(beside)
            if isinstance(treated, Estimate) and isinstance(control, Estimate):
                found.append((treated.value, control.value))
        return found

    kinds = (rehearsal.joint, rehearsal.session, rehearsal.shot)
    joint, session, shot = map(paired, kinds)
    failed = sum(map(len, kinds)) - len(joint) - len(session) - len(shot)
    return difference_noise(
        joint=joint,
        session=session,
        shot=shot,
        n_failed=failed,
        span=Span.BETWEEN_VISITS,
        unseen=get_metric(key[0]).unseen,
    )


def _visit(key: _Key, shots: Sequence[MeasuredShot]) -> list[tuple[Outcome, Outcome]]:
    """Region and control of every shot of a visit."""
    beside = (key[0], CONTROL_REGION)

    def seen(outcomes: Mapping[_Key, Outcome], what: _Key) -> Outcome:
        return outcomes.get(what, _UNSEEN)

    return [(seen(shot.outcomes, key), seen(shot.outcomes, beside)) for shot in shots]


def _less(treated: Outcome, control: Outcome, beta: float, *, start: float) -> Outcome:
    """A shot's value less the share of what the control has moved since the baseline."""
    if not isinstance(treated, Estimate) or not isinstance(control, Estimate):
        return treated if isinstance(treated, NotMeasured) else control
    return replace(treated, value=treated.value - beta * (control.value - start))
