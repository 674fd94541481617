"""What a lamp that is not quite where it was does to the relief of scars: no re-shoot shows it.

A simulated re-shoot turns smooth light, and the shade of a wall stays as it was photographed. But
relief is shade: a turn of the lamp within what its check lets pass moves it by several per cent,
more than all the rest together. So that much is added to the error of `scar_relief`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from progress.model import Estimate, Outcome
from progress.stats import NoisePrior, SimulatedNoise

RELIEF = "scar_relief"
RELIEF_PER_DEG = 0.0135
"""One standard deviation of relief, relative, for each degree between two lamps: 2.8, 5.3 and 9.7 %
at 2, 4 and 8 degrees, over eight scarred pieces lit from 28 to 48 degrees and turned four ways
(`progress.lab.scar_follow`)."""
LEAST_TURN_DEG = 3.0
"""Nobody's lamp and head are where they were to less than that, and no reading tells it."""


def gap_from_lamp(key: tuple[str, str], baseline: Sequence[Outcome], turn_deg: float) -> float:
    """One standard deviation that the lamp alone puts between two visits, in the metric's unit.

    Parameters
    ----------
    key : tuple of str
        Metric id and region name; 0 for any metric but `scar_relief`.
    baseline : sequence of Outcome
        Of the first visit, by shot.
    turn_deg : float
        Between the lamps, as read.
    """
    if key[0] != RELIEF:
        return 0.0
    levels = [abs(one.value) for one in baseline if isinstance(one, Estimate)]
    turn = max(turn_deg, LEAST_TURN_DEG)
    return RELIEF_PER_DEG * turn * max(levels, default=0.0)


def with_gap(noise: SimulatedNoise, gap: float) -> SimulatedNoise:
    """Noise whose visits differ by so much more.

    Parameters
    ----------
    noise : SimulatedNoise
    gap : float
        One standard deviation between two visits, independent of what was simulated.
    """
    if gap == 0:
        return noise
    added = gap**2 / (2 * noise.per_visit)
    return replace(
        noise, joint=_widened(noise.joint, added), session=_widened(noise.session, added)
    )


def prior_with_gap(prior: NoisePrior | None, gap: float) -> NoisePrior | None:
    """The prior of one visit, with half the variance of a gap between two."""
    if prior is None or gap == 0:
        return prior
    one_visit = math.hypot(prior.standard_deviation, gap / math.sqrt(2))
    return replace(prior, standard_deviation=one_visit)


def _widened(differences: tuple[float, ...], added: float) -> tuple[float, ...]:
    """Differences whose mean square is larger by `added`."""
    if not differences:
        return differences
    mean_square = math.fsum(one**2 for one in differences) / len(differences)
    if mean_square == 0:
        return (math.sqrt(added),) * len(differences)
    factor = math.sqrt(1 + added / mean_square)
    return tuple(factor * one for one in differences)
