"""What the other regions of a photo say about one region's error."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import digamma

from progress.stats.simulated import NoisePrior, SimulatedNoise

WORTH = 4.0
"""Degrees of freedom that the other regions lend. Among the scatters of eleven regions of a face,
about half of the spread is chance, as it would be with this many."""
_LEAST_REGIONS = 3


def prior_from_regions(metric: str, others: Sequence[SimulatedNoise]) -> NoisePrior | None:
    """The scatter that a region would have if it were like the others, as a weak prior.

    With a handful of re-shoots, one of a hundred boxes of a report scatters by chance a third of
    what it should and calls anything a change; weighed with its neighbours it does not (empirical
    Bayes of variances: Smyth 2004, doi:10.2202/1544-6115.1027).

    Parameters
    ----------
    metric : str
        Registry id.
    others : sequence of SimulatedNoise
        Of the same metric in the other regions of the same re-shoots, in the metric's unit.

    Returns
    -------
    NoisePrior or None
        None where fewer than three others have a scatter.
    """
    parts = [_variances(noise) for noise in others]
    known = [part for part in parts if part is not None]
    if len(known) < _LEAST_REGIONS:
        return None
    # The mean of logarithms, so that one wild region does not speak for all; each is too low by
    # what the logarithm of a chi-square variance is on average.
    logs = [
        math.log(total) - float(digamma(freedom / 2)) + math.log(freedom / 2)
        for total, _, freedom in known
    ]
    return NoisePrior(
        metric=metric,
        standard_deviation=math.exp(0.5 * math.fsum(logs) / len(logs)),
        degrees_of_freedom=WORTH,
        session_share=math.fsum(share for _, share, _ in known) / len(known),
        source="the other regions",
    )


def _variances(noise: SimulatedNoise) -> tuple[float, float, float] | None:
    """Variance of one visit, the session's share of it, degrees of freedom; None without any."""
    per_visit = noise.per_visit
    if noise.joint:
        total = per_visit * _mean_square(noise.joint)
        return (total, 0.5, float(len(noise.joint))) if total > 0 else None
    if noise.session and noise.shot:
        session, shot = (per_visit * _mean_square(part) for part in (noise.session, noise.shot))
        total = session + shot
        freedom = float(min(len(noise.session), len(noise.shot)))
        return (total, session / total, freedom) if total > 0 else None
    return None


def _mean_square(values: Sequence[float]) -> float:
    return math.fsum(value * value for value in values) / len(values)
