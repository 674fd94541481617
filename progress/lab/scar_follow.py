"""Relief of the same scars shot again under the same lamp, and made shallower."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from progress.lab.figures import LabFigure, at_least, at_most
from progress.lab.scar_scenes import FIRST_TRUTH_SEED, Lamp, flat_scene
from progress.lab.scar_shots import STILL, ScarShot, photograph, same_light
from progress.metrics import Analysis, get_metric
from progress.metrics.scars import find_scars, outline_xy
from progress.model import Estimate, RegionKind
from progress.phantom.skin import SKIN_TONES
from progress.regions import rasterise_tight

_LIKELY = 0.5
"""Weight from which a scar is followed, as in `progress.pipeline.scar_regions`."""
_REGISTRATION_MM = 0.08
"""Median error with which the same skin is found again, one standard deviation each way."""
_DOSES = (1.0, 0.85, 0.7, 0.55, 0.4, 0.2)
_LESS: tuple[tuple[float, float | None], ...] = ((0.7, 0.9), (0.58, None))
"""Depths, and how often they should be called. Steep walls shade nearly as much when they are a
little lower: the second takes 30 % off relief itself."""
_TURN_DEG = 4.0
_FAR = 1.96 * 2**0.5
"""Standard deviations by which two values of the same skin differ in 1 of 20 pairs."""


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One scarred piece shot again and again, and made shallower.

    Parameters
    ----------
    tone : int
    unchanged : ndarray of float64, shape (shots, 1 + scars)
        Relief of the piece, then of each single scar; NaN where it was not told.
    doses : ndarray of float64, shape (doses, 1 + scars)
    less : ndarray of float64, shape (shots, depths)
        Relief of the piece with less depth.
    """

    tone: int
    unchanged: NDArray[np.float64] = field(repr=False)
    doses: NDArray[np.float64] = field(repr=False)
    less: NDArray[np.float64] = field(repr=False)


def following_figures(n: int, *, shots: int) -> Iterator[LabFigure]:
    """How far relief moves when only the photo does, and how it follows depth.

    Parameters
    ----------
    n : int
        Scarred pieces of 7 cm2, over the skin tones.
    shots : int
        Of each unchanged piece, the first among them.
    """
    runs = [_series(number, shots=shots) for number in range(n)]
    spread = np.array([np.std(run.unchanged[:, 0], ddof=1) for run in runs])
    level = np.array([run.unchanged[:, 0].mean() for run in runs])
    relative = float(np.sqrt(np.mean((spread / level) ** 2)))
    tones = [
        _FAR * float(np.sqrt(np.mean((spread / level)[[r.tone == tone for r in runs]] ** 2)))
        for tone in sorted({run.tone for run in runs})
    ]
    yield at_most(
        "SDC95 of relief of a scarred piece of 7 cm2, one mild shot each, same light",
        100 * _FAR * relative, "%", 15.0,
        note="by tone " + ", ".join(f"{100 * one:.0f}" for one in tones),
    )  # fmt: skip
    singles = [_scatter(run) for run in runs]
    each = 100 * _FAR * np.concatenate(singles)
    yield at_most(
        "SDC95 of relief of a single scar, median", float(np.median(each)), "%", 15.0,
        note=f"n {each.size}; nine of ten below {np.quantile(each, 0.9):.0f} %",
    )  # fmt: skip
    orders = [
        float(spearmanr(_DOSES, run.doses[:, column]).statistic) for run in runs for column in (0,)
    ]
    yield at_least(
        f"Spearman of relief over {len(_DOSES)} depths, median piece", float(np.median(orders)),
        "rho", 0.97, note=f"least {min(orders):.2f}",
    )  # fmt: skip
    for number, (depth, limit) in enumerate(_LESS):
        told = [run.less[:, number] / run.unchanged[0, 0] - 1 for run in runs]
        called = np.concatenate([-fall > _FAR * relative for fall in told])
        fall = 100 * float(np.median(np.concatenate(told)))
        name = f"{100 * (1 - depth):.0f} % less depth called improved, one shot each"
        note = f"n {called.size}; relief falls by {-fall:.0f} %"
        share = float(called.mean())
        if limit is None:
            yield LabFigure(name, share, "share", note=note)
        else:
            yield at_least(name, share, "share", limit, note=note)
    yield _lamp_turned(max(2, n - 4))


def _lamp_turned(n: int) -> LabFigure:
    """What another place of the lamp does to relief: the reason for `pipeline.relief_lamp`."""
    moved = []
    for number in range(n):
        rng = np.random.default_rng(FIRST_TRUTH_SEED + 5000 + number)
        lamp = Lamp(float(rng.uniform(28, 48)), float(rng.uniform(40, 140)))
        first = _lit(number, lamp)
        found = find_scars(first.analysis)
        likely = np.flatnonzero(found.weight > _LIKELY)
        outlines = [outline_xy(found, int(index), first.analysis) for index in likely]
        level = _relief(first.analysis, outlines)[0]
        for toward_deg in (0.0, 90.0, 180.0, 270.0):
            again = _lit(number, lamp.turned(_TURN_DEG, toward_deg))
            moved.append(_relief(again.analysis, outlines)[0] / level - 1)
    return LabFigure(
        f"relief of unchanged scars moves when the lamp turns by {_TURN_DEG:g} deg, rms",
        100 * float(np.sqrt(np.mean(np.square(moved)))), "%",
        note=f"n {len(moved)}, most {100 * np.abs(moved).max():.0f} %; in the product's error",
    )  # fmt: skip


def _lit(number: int, lamp: Lamp) -> ScarShot:
    """A scarred piece under a lamp, shot without motion."""
    tone = number % len(SKIN_TONES)
    scene = flat_scene(FIRST_TRUTH_SEED + 5000 + number, kind="scars", tone=tone, lamp=lamp)
    return photograph(scene, STILL, np.random.default_rng(number))


def _scatter(run: Series) -> NDArray[np.float64]:
    """Relative standard deviation of each single scar that all shots tell."""
    single = run.unchanged[:, 1:]
    single = single[:, np.isfinite(single).all(axis=0)]
    return np.asarray(single.std(axis=0, ddof=1) / single.mean(axis=0))


def _series(number: int, *, shots: int) -> Series:
    """A scarred piece under one lamp; the scars are those found on the first shot."""
    seed = FIRST_TRUTH_SEED + 5000 + number
    rng = np.random.default_rng(seed)
    lamp = Lamp(float(rng.uniform(28, 48)), float(rng.uniform(40, 140)))
    tone = number % len(SKIN_TONES)

    def shot_of(depth: float, *, still: bool = False) -> ScarShot:
        scene = flat_scene(seed, kind="scars", tone=tone, lamp=lamp, depth=depth)
        return photograph(scene, STILL if still else same_light(rng), rng)

    first = shot_of(1.0, still=True)
    found = find_scars(first.analysis)
    likely = np.flatnonzero(found.weight > _LIKELY)
    outlines = [outline_xy(found, int(index), first.analysis) for index in likely]

    def told(shot: ScarShot) -> list[float]:
        wrong = rng.normal(0.0, _REGISTRATION_MM * shot.analysis.patch.px_per_mm, (len(likely), 2))
        carried = [
            shot.carried(outline) + shift for outline, shift in zip(outlines, wrong, strict=True)
        ]
        return _relief(shot.analysis, carried)

    start = _relief(first.analysis, outlines)
    return Series(
        tone,
        np.array([start, *(told(shot_of(1.0)) for _ in range(shots - 1))]),
        np.array([start, *(told(shot_of(depth)) for depth in _DOSES[1:])]),
        np.array([[told(shot_of(depth))[0] for depth, _ in _LESS] for _ in range(shots - 1)]),
    )


def _relief(analysis: Analysis, outlines: Sequence[NDArray[np.float64]]) -> list[float]:
    """Relief of all skin, then of each scar; NaN where it is not told."""
    metric, aware = get_metric("scar_relief"), analysis.knowing(tuple(outlines))
    height, width = analysis.patch.mask.shape
    outcomes = [metric.pool(aware, analysis.patch.mask)]
    for outline in outlines:
        mask, (top, left) = rasterise_tight(outline, (0, 0, width, height), 1.0)
        mask &= analysis.patch.mask[top : top + mask.shape[0], left : left + mask.shape[1]]
        where = aware.select(mask, corner=(top, left), kind=RegionKind.SCAR)
        outcomes.append(metric.pool(aware, where))
    return [one.value if isinstance(one, Estimate) else float("nan") for one in outcomes]
