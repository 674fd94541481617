"""Two visits become a change with its noise and a verdict."""

from __future__ import annotations

from collections.abc import Sequence

from progress.model import Change, Direction, Estimate, NotMeasured, Outcome, Verdict
from progress.stats.family import p_value_of
from progress.stats.noise import estimate_noise
from progress.stats.pooling import pool_shots
from progress.stats.simulated import NoisePrior, SimulatedNoise

UNKNOWN_ERROR = "its error is unknown: no simulated re-shoot moved the value at all"


def judge_change(
    *,
    metric_id: str,
    version: int,
    region: str,
    unit: str,
    better: Direction,
    baseline: Sequence[Outcome],
    followup: Sequence[Outcome],
    noise: SimulatedNoise | None,
    prior: NoisePrior | None = None,
    days: float | None = None,
    blocked: str | None = None,
    followup_version: int | None = None,
) -> Change:
    """Return what became of one metric in one region, and whether it may be called a change.

    Parameters
    ----------
    metric_id, region, unit : str
        As in the registry; values and noise are in `unit`.
    version : int
        Of the metric that measured the baseline.
    better : Direction
        Which way is better.
    baseline, followup : sequence of Estimate or NotMeasured
        One outcome per shot of the visit.
    noise : SimulatedNoise or None
        Simulated re-shoots of the baseline photo.
    prior : NoisePrior or None
        Population knowledge of the metric.
    days : float or None
        From baseline to follow-up.
    blocked : str or None
        Why this pair may not be compared in this metric.
    followup_version : int or None
        Of the metric that measured the follow-up, if not `version`. Different versions are never
        compared.

    Returns
    -------
    Change
        ``WITHIN_NOISE`` when ``|delta|`` is below the smallest detectable
        change; at or beyond it ``IMPROVED`` or ``WORSE``, or ``DESCRIBED`` when no direction is
        better. ``NOT_COMPARABLE``, with a reason and without any figure for the change, when the
        pair is blocked, a side was not measured, or the error is not known.

    Raises
    ------
    ValueError
        For a visit without shots, or a prior of another metric.
    """
    if prior is not None and prior.metric != metric_id:
        raise ValueError(f"prior: expected one of {metric_id}, got one of {prior.metric}")
    before, after = pool_shots(baseline), pool_shots(followup)

    def refuse(reason: str, *, shown: bool = True) -> Change:
        return Change(
            metric=metric_id,
            metric_version=version,
            region=region,
            unit=unit,
            better=better,
            baseline=before.value if shown and isinstance(before, Estimate) else None,
            followup=after.value if shown and isinstance(after, Estimate) else None,
            delta=None,
            standard_error=None,
            smallest_detectable_change=None,
            verdict=Verdict.NOT_COMPARABLE,
            reason=reason,
            days=days,
        )

    if blocked is not None:
        # Two figures side by side are a comparison, so a bad pair shows neither.
        return refuse(blocked, shown=False)
    if followup_version is not None and followup_version != version:
        return refuse(
            f"baseline measured with version {version}, follow-up with version "
            f"{followup_version}: measure both again",
            shown=False,
        )
    reason = _unmeasured(before, after)
    if not (isinstance(before, Estimate) and isinstance(after, Estimate)):
        return refuse(reason)
    error = estimate_noise([_values(baseline), _values(followup)], simulated=noise, prior=prior)
    if isinstance(error, NotMeasured):
        return refuse(error.reason, shown=False)
    delta = after.value - before.value
    if error.standard_error == 0.0:
        # Also where nothing of it was found twice: nothing, without an error, is no answer.
        return refuse(UNKNOWN_ERROR, shown=False)
    return Change(
        metric=metric_id,
        metric_version=version,
        region=region,
        unit=unit,
        better=better,
        baseline=before.value,
        followup=after.value,
        delta=delta,
        standard_error=error.standard_error,
        smallest_detectable_change=error.smallest_detectable_change,
        verdict=_verdict(delta, error.smallest_detectable_change, better),
        noise_source=error.source,
        days=days,
        p_value=p_value_of(delta, error.standard_error, error.smallest_detectable_change),
    )


def _verdict(delta: float, smallest_detectable_change: float, better: Direction) -> Verdict:
    if delta == 0.0 or abs(delta) < smallest_detectable_change:
        return Verdict.WITHIN_NOISE
    if better is Direction.NONE:
        return Verdict.DESCRIBED
    return Verdict.IMPROVED if (delta < 0.0) == (better is Direction.LOWER) else Verdict.WORSE


def _values(outcomes: Sequence[Outcome]) -> list[float]:
    return [shot.value for shot in outcomes if isinstance(shot, Estimate)]


def _unmeasured(before: Outcome, after: Outcome) -> str:
    reasons = [
        f"{name}: {side.reason}"
        for name, side in (("baseline", before), ("follow-up", after))
        if isinstance(side, NotMeasured)
    ]
    return "; ".join(reasons)
