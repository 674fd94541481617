"""Figures of two shots of flat skin: what changed between them, and what would be noticed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from progress.lab.skin_shots import STILL, Scene, SkinShot, analyses, shoot_scene
from progress.metrics import Analysis, get_metric
from progress.model import Estimate
from progress.phantom.reshoot_kinds import Draw

Points = NDArray[np.float64]


def value_of(metric_id: str, analysis: Analysis) -> float:
    """The figure of a metric over all skin of an analysis.

    Raises
    ------
    ValueError
        If there is none.
    """
    outcome = get_metric(metric_id).pool(analysis, analysis.patch.mask)
    if not isinstance(outcome, Estimate):
        raise ValueError(f"{metric_id}: expected a figure, got none: {outcome.reason}")
    return outcome.value


@dataclass(frozen=True, slots=True, eq=False)
class ShotPair:
    """A still shot and a re-shoot, each with what the product would measure."""

    baseline: SkinShot = field(repr=False)
    followup: SkinShot = field(repr=False)
    before: Analysis = field(repr=False)
    after: Analysis = field(repr=False)

    def followup_from_baseline(self, xy: Points) -> Points:
        """Pixels of the follow-up's patch of pixels of the baseline's."""
        scene = _scene_from_photo(self.baseline, _photo_from_patch(self.baseline, self.before, xy))
        photo = self.followup.warp.followup_from_baseline(scene)
        return _patch_from_photo(self.followup, self.after, photo)

    def baseline_from_followup(self, xy: Points) -> Points:
        """Pixels of the baseline's patch of pixels of the follow-up's."""
        scene = _scene_from_photo(self.followup, _photo_from_patch(self.followup, self.after, xy))
        photo = self.baseline.warp.followup_from_baseline(scene)
        return _patch_from_photo(self.baseline, self.before, photo)


def _photo_from_patch(shot: SkinShot, analysis: Analysis, xy: Points) -> Points:
    finer = shot.px_per_mm / analysis.patch.px_per_mm
    return (np.asarray(xy, dtype=np.float64).reshape(-1, 2) + 0.5) * finer - 0.5


def _patch_from_photo(shot: SkinShot, analysis: Analysis, xy: Points) -> Points:
    finer = shot.px_per_mm / analysis.patch.px_per_mm
    return (xy + 0.5) / finer - 0.5


def _scene_from_photo(shot: SkinShot, xy: Points) -> Points:
    """The inverse of a motion that is near to none: each step leaves a sixth of the error."""
    found = xy.copy()
    for _ in range(10):
        found += xy - shot.warp.followup_from_baseline(found)
    return found


def shot_pair(first: Scene, second: Scene, draw: Draw, *, seed: tuple[int, ...]) -> ShotPair:
    """A still shot of one scene and a re-shoot of another, brought to one point spread.

    Parameters
    ----------
    first, second : Scene
        The same one for a null pair.
    draw : callable
        Of the second shot.
    seed : tuple of int
        Equal seeds give equal shots.
    """
    rng = np.random.default_rng(seed)
    baseline = shoot_scene(first, STILL, rng=rng)
    followup = shoot_scene(second, draw(rng), rng=rng)
    before, after = analyses(baseline, followup)
    return ShotPair(baseline, followup, before, after)


def pair_values(
    metric_ids: tuple[str, ...], first: Scene, second: Scene, draw: Draw, *, seed: tuple[int, ...]
) -> dict[str, tuple[float, float]]:
    """Figures of a still shot of one scene and of a re-shoot of another, by metric.

    Parameters
    ----------
    metric_ids : tuple of str
    first, second, draw, seed
        See `shot_pair`.
    """
    pair = shot_pair(first, second, draw, seed=seed)
    return {name: (value_of(name, pair.before), value_of(name, pair.after)) for name in metric_ids}


def relative_change(pair: tuple[float, float]) -> float:
    """Change over the mean of both; 0 where both are."""
    before, after = pair
    middle = (before + after) / 2
    return (after - before) / middle if middle > 0 else 0.0


def detectable(changes: Sequence[float]) -> float:
    """Smallest detectable change of one pair, from changes that should all be zero.

    1.96 times their root mean square about zero: a shift that all of them share is an error, too.
    """
    return 1.96 * math.sqrt(float(np.mean(np.square(changes))))
