"""Scars found, outlined and followed against the truth: what is found, what is taken for one, and
how well relief follows depth when only the skin changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from progress.lab.figures import LabFigure, at_least, at_most
from progress.lab.scar_follow import following_figures
from progress.lab.scar_heads import HeadShot, head_shot
from progress.lab.scar_scenes import FIRST_TRUTH_SEED, flat_scene
from progress.lab.scar_shots import photograph, same_light
from progress.metrics import Analysis
from progress.metrics.scars import Scars, find_scars, outline_xy
from progress.phantom.features import Scar
from progress.phantom.skin import SKIN_TONES

_SLANTING_DEG = 25.0
_SAME_SHARE, _SAME_MM = 0.4, 0.5
"""Of a scar's width, at least so many mm: found nearer to its centre it is found."""
_LEAST_WEIGHT = 0.5
_DEPTHS_MM = ((0.12, 0.2), (0.2, 0.35), (0.35, 0.5))
_HEAD_SEED = 1000


@dataclass(frozen=True, slots=True)
class Sight:
    """One planted scar and what was found of it."""

    scar: Scar
    tone: int
    slant_deg: float
    weight: float
    area_ratio: float
    kind: str


@dataclass(frozen=True, slots=True)
class Finds:
    """What was found on some pieces or heads.

    Parameters
    ----------
    sights : tuple of Sight
    false_weight : float
        Sum of weights of finds where nothing is planted.
    area_cm2 : float
        Skin looked at.
    """

    sights: tuple[Sight, ...]
    false_weight: float
    area_cm2: float

    @property
    def true_weight(self) -> float:
        """Sum of weights of scars that are there."""
        return sum(sight.weight for sight in self.sights)


def scar_figures(*, quick: bool) -> list[LabFigure]:
    """Every figure of scars beside its target.

    Parameters
    ----------
    quick : bool
        A dozen pieces and no heads instead of a hundred and eight heads.
    """
    seeds = range(FIRST_TRUTH_SEED, FIRST_TRUTH_SEED + (12 if quick else 72))
    mixed = _together([_of_piece(seed, healthy=False) for seed in seeds])
    healthy = _together([_of_piece(seed, healthy=True) for seed in list(seeds)[::2]])
    figures = [
        *_finding(mixed, healthy),
        *following_figures(2 if quick else 12, shots=3 if quick else 5),
    ]
    if not quick:
        figures += _on_heads()
    return figures


def _together(parts: Sequence[Finds]) -> Finds:
    return Finds(
        tuple(sight for part in parts for sight in part.sights),
        sum(part.false_weight for part in parts),
        sum(part.area_cm2 for part in parts),
    )


def _of_piece(seed: int, *, healthy: bool) -> Finds:
    """Flat skin under a mild second shot."""
    scene = flat_scene(seed, kind="healthy" if healthy else "mixed")
    rng = np.random.default_rng([seed, 3])
    shot = photograph(scene, same_light(rng), rng)
    return _matched(shot.analysis, scene.scars, shot.scars_xy, scene.tone, scene.slant_deg)


def _matched(
    analysis: Analysis,
    scars: Sequence[Scar],
    scars_xy: NDArray[np.float64],
    tone: int,
    slant_deg: float,
) -> Finds:
    """What was found of each planted scar, and what was found beside them."""
    found, patch = find_scars(analysis), analysis.patch
    centres = _centres(found, analysis)
    used: set[int] = set()
    sights = []
    for scar, xy in zip(scars, scars_xy, strict=True):
        away = np.hypot(*(centres - xy).T) / patch.px_per_mm
        best = int(away.argmin()) if away.size else -1
        near = max(_SAME_SHARE * scar.width_mm, _SAME_MM)
        if best < 0 or away[best] > near:
            sights.append(Sight(scar, tone, slant_deg, 0.0, float("nan"), ""))
            continue
        used.add(best)
        ratio = float(found.area_mm2[best]) / scar.area_mm2
        weight = float(found.weight[best])
        sights.append(Sight(scar, tone, slant_deg, weight, ratio, found.kinds[best]))
    others = [index for index in range(len(centres)) if index not in used]
    false_weight = float(found.weight[others].sum())
    return Finds(tuple(sights), false_weight, patch.area_cm2)


def _centres(found: Scars, analysis: Analysis) -> NDArray[np.float64]:
    """Of every find, in pixels of the patch, shape (N, 2)."""
    outlines = [outline_xy(found, index, analysis) for index in range(found.x_px.size)]
    return np.array([outline.mean(axis=0) for outline in outlines]).reshape(-1, 2)


def _finding(mixed: Finds, healthy: Finds) -> Iterator[LabFigure]:
    """Recall, precision, footprint and type on flat skin."""
    slanting = [sight for sight in mixed.sights if sight.slant_deg > _SLANTING_DEG]
    frontal = [sight for sight in mixed.sights if sight.slant_deg <= _SLANTING_DEG]
    boxcars = [s for s in slanting if s.scar.kind.value == "boxcar" and s.scar.width_mm >= 2]
    for low, high in _DEPTHS_MM:
        some = [s for s in boxcars if low <= s.scar.depth_mm < high]
        name = f"boxcars of 2-4 mm found, {low:g}-{high:g} mm deep, lamp slanting 25-58 deg"
        yield _share(name, some, 0.85 if low >= 0.35 else None)
    deep = [s for s in slanting if s.scar.kind.value == "ice_pick" and s.scar.width_mm >= 1.2]
    yield _share("ice-picks of 1.2-1.8 mm found, lamp slanting 25-58 deg", deep, None)
    low_light = [s for s in frontal if s.scar.kind.value == "boxcar" and s.scar.width_mm >= 2]
    yield _share("boxcars of 2-4 mm found, lamp within 15-25 deg of the camera", low_light, None)
    rolling = [s for s in slanting if s.scar.kind.value == "rolling"]
    yield _share("rolling scars counted (limit: not told from clouds and form)", rolling, None)
    yield at_least(
        "share of what is counted that is a scar, among spots, moles, papules",
        mixed.true_weight / (mixed.true_weight + mixed.false_weight), "share", 0.85,
        note=f"{mixed.true_weight:.0f} true, {mixed.false_weight:.1f} false on "
        f"{mixed.area_cm2:.0f} cm2",
    )  # fmt: skip
    yield LabFigure(
        "counted on skin full of spots, folds, vessels, hairs and clouds, without a scar",
        10 * healthy.false_weight / healthy.area_cm2, "per 10 cm2",
        note=f"{healthy.false_weight:.1f} on {healthy.area_cm2:.0f} cm2",
    )  # fmt: skip
    sure = [s for s in slanting if s.weight > _LEAST_WEIGHT]
    ratios = np.array([s.area_ratio for s in sure if s.scar.kind.value == "boxcar"])
    yield LabFigure(
        "footprint of boxcars over the true one, median", float(np.median(ratios)), "ratio",
        note="middle half "
        + " to ".join(f"{edge:.2f}" for edge in np.quantile(ratios, (0.25, 0.75))),
    )  # fmt: skip
    for kind in ("boxcar", "ice_pick"):
        own = [s for s in sure if s.scar.kind.value == kind]
        right = float(np.mean([s.kind == kind for s in own]))
        yield LabFigure(f"type told right: {kind}", right, "share", note=f"n {len(own)}")
    by_tone = [
        np.mean([s.weight > 0 for s in boxcars if s.tone == tone and s.scar.depth_mm >= 0.2])
        for tone in range(len(SKIN_TONES))
        if any(s.tone == tone and s.scar.depth_mm >= 0.2 for s in boxcars)
    ]
    note = ", ".join(f"{share:.2f}" for share in by_tone) + " from light to dark"
    yield LabFigure("boxcars found, least of the skin tones", float(min(by_tone)), "share",
                    note=note)  # fmt: skip


def _share(name: str, sights: Sequence[Sight], limit: float | None) -> LabFigure:
    """Share of planted scars that count at all."""
    if not sights:
        return LabFigure(name, None, "share", note="none planted in so few pieces")
    share = float(np.mean([sight.weight > 0 for sight in sights]))
    note = f"n {len(sights)}; mean weight {np.mean([s.weight for s in sights]):.2f}"
    if limit is None:
        return LabFigure(name, share, "share", note=note)
    return at_least(name, share, "share", limit, note=note)


def _on_heads() -> Iterator[LabFigure]:
    """Faces that the weights were not fitted to."""

    def finds(shots: Sequence[HeadShot]) -> Finds:
        return _together(
            [_matched(shot.analysis, shot.scars, shot.scars_xy, 0, 40.0) for shot in shots]
        )

    scarred = finds([head_shot(_HEAD_SEED + n, scarred=True) for n in range(4)])
    clear = finds([head_shot(_HEAD_SEED + 4 + n, scarred=False) for n in range(4)])
    boxcars = [s for s in scarred.sights if s.scar.kind.value == "boxcar" and s.scar.width_mm >= 2]
    yield _share("boxcars of 2-4 mm found on rendered heads", boxcars, None)
    picks = [s for s in scarred.sights if s.scar.kind.value == "ice_pick"]
    yield _share("ice-picks found on rendered heads", picks, None)
    yield at_least(
        "share of what is counted on rendered heads that is a scar",
        scarred.true_weight / (scarred.true_weight + scarred.false_weight), "share", 0.85,
        note=f"{scarred.true_weight:.0f} true, {scarred.false_weight:.1f} false",
    )  # fmt: skip
    yield at_most(
        "scars counted on a rendered head without any", clear.false_weight / 4, "per head", 2.0,
        note=f"{clear.false_weight:.1f} on four heads, {clear.area_cm2:.0f} cm2",
    )  # fmt: skip
