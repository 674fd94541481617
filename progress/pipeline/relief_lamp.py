"""What a lamp that is not quite where it was does to shade: no simulated re-shoot shows it.

A re-shoot turns smooth light, and the shade of a wall stays as it was photographed. But relief is
shade: a turn of the lamp within what its check lets pass moves relief of scars and lines by more
than all the rest together. So that much is added to their errors. Texture moves by 1, 2 and 4 % at
5, 10 and 15 degrees (`progress.lab.lamp_turns`), which its own error of 3 % nearly holds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from progress.model import Estimate, Outcome
from progress.stats import NoisePrior, SimulatedNoise

RELIEF, LINES = "scar_relief", "lines"
RELIEF_PER_DEG: Final = 0.0135
"""One standard deviation of relief, relative, for each degree between two lamps: 2.8, 5.3 and 9.7 %
at 2, 4 and 8 degrees, over eight scarred pieces lit from 28 to 48 degrees and turned four ways
(`progress.lab.scar_follow`)."""
LINES_PER_DEG: Final = 0.025
LINES_PER_DEG_OF_A_PART: Final = 0.065
"""The same of lines for each degree as *read*, on the whole face and in one of its regions, by
likelihood over 3 rendered heads (`progress.lab.lamp_turns`): a turn of 5 to 15 degrees moved them
by 16 to 20 % there and by 36 to 66 % of the face's level here, 1.7 to 2.8 times their error. A
region without lines has some under another lamp, so half the level of the whole face counts too."""
LEAST_TURN_DEG: Final = 3.0
"""Nobody's lamp and head are where they were to less than that, and no reading tells it: turns of 5
degrees were read as 1 to 5."""
_PER_DEG: Final = {RELIEF: RELIEF_PER_DEG, LINES: LINES_PER_DEG}
FOLLOW_THE_LAMP: Final = frozenset(_PER_DEG)


def gap_from_lamp(
    key: tuple[str, str],
    baseline: Sequence[Outcome],
    turn_deg: float,
    *,
    whole: Sequence[Outcome] | None = None,
) -> float:
    """One standard deviation that the lamp alone puts between two visits, in the metric's unit.

    Parameters
    ----------
    key : tuple of str
        Metric id and region name; 0 for any metric that is not in `FOLLOW_THE_LAMP`.
    baseline : sequence of Outcome
        Of the first visit, by shot.
    turn_deg : float
        Between the lamps, as read.
    whole : sequence of Outcome, optional
        The same of the region that holds this one; None for that region itself.
    """
    if key[0] not in FOLLOW_THE_LAMP:
        return 0.0
    turn = max(turn_deg, LEAST_TURN_DEG)
    if key[0] == LINES and whole is not None:
        return LINES_PER_DEG_OF_A_PART * turn * (_level(baseline) + _level(whole)) / 2
    return _PER_DEG[key[0]] * turn * _level(baseline)


def _level(outcomes: Sequence[Outcome]) -> float:
    """The largest value of a visit's shots; 0 where none has one."""
    return max((abs(one.value) for one in outcomes if isinstance(one, Estimate)), default=0.0)


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
