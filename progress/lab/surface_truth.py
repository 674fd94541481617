"""What holds for every metric of the surface: it follows its dose, and unchanged skin is still."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import spearmanr

from progress.lab.shot_pairs import detectable, pair_values, relative_change, value_of
from progress.lab.skin_shots import STILL, Scene, analyses, shoot_scene
from progress.phantom.reshoot_kinds import Draw, mild


def still_value(metric: str, scene: Scene, tone: int) -> float:
    """A metric of a scene in a still shot.

    Parameters
    ----------
    metric : str
    scene : Scene
    tone : int
        Seeds the noise.
    """
    shot = shoot_scene(scene, STILL, rng=np.random.default_rng(tone))
    return value_of(metric, analyses(shot)[0])


def rank_with_dose(
    metric: str, doses: Sequence[float], scene_of: Callable[[float], Scene], *, tone: int
) -> float:
    """Rank correlation of a metric with the dose of its scene, through mild re-shoots.

    Parameters
    ----------
    metric : str
    doses : sequence of float
        Rising.
    scene_of : callable
        From a dose to its scene.
    tone : int
        Seeds the re-shoots.
    """
    values = []
    for number, dose in enumerate(doses):
        rng = np.random.default_rng([tone, number, 11])
        shot = shoot_scene(scene_of(dose), mild(rng), rng=rng)
        values.append(value_of(metric, analyses(shot)[0]))
    return float(spearmanr(doses, values).statistic)


@dataclass(frozen=True, slots=True)
class Steadiness:
    """Relative changes of one metric under one kind of re-shoot.

    Parameters
    ----------
    kind : str
        Of the re-shoots.
    limit : float
        Detectable change that is asked for, as a share of the value.
    unchanged, lessened : tuple of float
        Of skin that did not change, and of skin with less of what the metric measures.
    """

    kind: str
    limit: float
    unchanged: tuple[float, ...] = field(repr=False)
    lessened: tuple[float, ...] = field(repr=False)

    @property
    def least(self) -> float:
        """The detectable change of one pair."""
        return detectable(self.unchanged)

    @property
    def called(self) -> float:
        """Share of the lessened skin that is called lower."""
        return float(np.mean([change < -self.least for change in self.lessened]))


def steadiness(
    metric: str,
    kinds: Mapping[str, tuple[Draw, float]],
    scenes: Mapping[int, tuple[Scene, Scene]],
    *,
    n: int,
) -> Iterator[Steadiness]:
    """How still a metric is on unchanged skin, and whether it sees less, by kind of re-shoot.

    Parameters
    ----------
    metric : str
    kinds : mapping of str to (draw, limit)
    scenes : mapping of int to (Scene, Scene)
        By tone, skin as it is and with less.
    n : int
        Pairs of each.
    """
    for kind, (draw, limit) in kinds.items():
        unchanged: list[float] = []
        lessened: list[float] = []
        for tone, (whole, less) in scenes.items():
            for number in range(n):
                for scene, seed, kept in ((whole, 13, unchanged), (less, 17, lessened)):
                    pair = pair_values((metric,), whole, scene, draw, seed=(tone, number, seed))
                    kept.append(relative_change(pair[metric]))
        yield Steadiness(kind, limit, tuple(unchanged), tuple(lessened))
