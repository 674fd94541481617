"""How the weights of `progress.metrics.scar_weights` came to be; run again, it prints that module.

python -m progress.lab.scar_fit > progress/metrics/scar_weights.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from progress.lab.scar_heads import head_shot
from progress.lab.scar_scenes import flat_scene
from progress.lab.scar_shots import photograph, same_light
from progress.metrics import Analysis
from progress.metrics.chromophores import COLOUR_PX_PER_MM
from progress.metrics.scar_classes import FEATURES, TYPES, describe
from progress.metrics.scar_rings import NARROW_MM, RINGS_MM, find_places
from progress.phantom.features import Scar

N_MIXED, N_HEALTHY, N_HEADS = 240, 160, 24
_HEAD_SCAR_EVERY = 2
_IS_SCAR, _LEAST_NEAR_MM = 0.3, 0.4
"""Of a scar's width: places nearer to its centre are it, if their ring fits it."""
_FITTING = (0.62, 1.6)
"""Of half the width: rings that fit. Smaller ones sit on one wall of a boxcar; when they passed for
the scar, a quarter of boxcars were outlined at half their width."""
_LEAST_COVER = 0.9
_RIDGE = 3.0
"""Penalty on squared weights of standardised figures; from 1 to 10 the fit is the same."""
_FARTHEST_SD = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """Places with what they are.

    Parameters
    ----------
    figures : ndarray of float64, shape (N, 37)
        From `describe`.
    is_wide : ndarray of bool, shape (N,)
    answer : ndarray of int, shape (N,)
        0 is no scar, then `TYPES`.
    """

    figures: NDArray[np.float64] = field(repr=False)
    is_wide: NDArray[np.bool_] = field(repr=False)
    answer: NDArray[np.intp] = field(repr=False)


def lessons(analysis: Analysis, scars: Iterable[Scar], scars_xy: NDArray[np.float64]) -> Lessons:
    """Every place of one picture, labelled by the truth.

    Parameters
    ----------
    analysis : Analysis
    scars : iterable of Scar
    scars_xy : ndarray of float64, shape (N, 2)
        Centres in pixels of the patch.
    """
    places, skin = find_places(analysis), analysis.skin(COLOUR_PX_PER_MM)
    scale = skin.px_per_mm / analysis.patch.px_per_mm
    centres = (scars_xy + 0.5) * scale - 0.5 - np.array(skin.corner[::-1])
    answer = np.zeros(places.x_px.size, np.intp)
    radius = np.array(RINGS_MM)[places.ring]
    for scar, (x, y) in zip(scars, centres, strict=True):
        away = np.hypot(places.x_px - x, places.y_px - y) / skin.px_per_mm
        low, high = (share * scar.width_mm / 2 for share in _FITTING)
        own = (away < max(_IS_SCAR * scar.width_mm, _LEAST_NEAR_MM)) & (radius > low)
        answer[own & (radius < high)] = 1 + TYPES.index(scar.kind.value)
    kept = places.cover > _LEAST_COVER
    is_wide = places.ring >= len(NARROW_MM)
    return Lessons(describe(places)[kept], is_wide[kept], answer[kept])


def school() -> Iterator[Lessons]:
    """Flat skin with and without scars, then heads with and without."""
    for seed in range(N_MIXED + N_HEALTHY):
        scene = flat_scene(seed, kind="mixed" if seed < N_MIXED else "healthy")
        rng = np.random.default_rng([seed, 3])
        shot = photograph(scene, same_light(rng), rng)
        yield lessons(shot.analysis, scene.scars, shot.scars_xy)
    for seed in range(N_HEADS):
        head = head_shot(seed, scarred=seed // 6 % _HEAD_SCAR_EVERY == 0)
        yield lessons(head.analysis, head.scars, head.scars_xy)


def fit(figures: NDArray[np.float64], answer: NDArray[np.intp]) -> NDArray[np.float64]:
    """Weights of raw figures, shape (37, 3), by penalised maximum likelihood.

    Parameters
    ----------
    figures : ndarray of float64, shape (N, 37)
    answer : ndarray of int, shape (N,)
    """
    centre, spread = figures.mean(axis=0), figures.std(axis=0)
    centre[0], spread[spread == 0] = 0.0, 1.0
    standard = np.clip((figures - centre) / spread, -_FARTHEST_SD, _FARTHEST_SD)
    n, k, types = len(figures), figures.shape[1], len(TYPES)
    truth = np.eye(types + 1)[answer]

    def cost(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(k, types)
        odds = np.concatenate([np.zeros((n, 1)), standard @ weights], axis=1)
        odds -= odds.max(axis=1, keepdims=True)
        likely = np.exp(odds)
        likely /= likely.sum(axis=1, keepdims=True)
        loss = -np.log(np.maximum((likely * truth).sum(axis=1), 1e-12)).sum()
        slope = standard.T @ (likely - truth)[:, 1:] + _RIDGE * weights
        return float(loss + 0.5 * _RIDGE * (flat**2).sum()), slope.ravel()

    start = np.zeros(k * types)
    best = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    weights = best.x.reshape(k, types) / spread[:, np.newaxis]
    weights[0] -= centre[1:] @ weights[1:]
    return np.asarray(weights)


def table(name: str, weights: NDArray[np.float64]) -> str:
    """The weights as source text, one figure a line."""
    lines = [f"{name} = ("]
    for feature, row in zip(FEATURES, weights, strict=True):
        lines.append(f"    ({', '.join(f'{value:.3f}' for value in row)}),  # {feature}")
    return "\n".join([*lines, ")"])


def module_text(parts: Iterable[Lessons]) -> str:
    """The module `progress.metrics.scar_weights`."""
    known = list(parts)
    figures = np.concatenate([part.figures for part in known])
    is_wide = np.concatenate([part.is_wide for part in known])
    answer = np.concatenate([part.answer for part in known])
    narrow = fit(figures[~is_wide], answer[~is_wide])
    wide = fit(figures[is_wide], answer[is_wide])
    counts = ", ".join(
        f"{int((answer == index).sum())} {name}" for index, name in enumerate(("none", *TYPES))
    )
    head = (
        '"""Weights of the model in `scar_classes`, printed by ``python -m progress.lab.scar_fit``.'
        f"\n\nFitted to {len(answer)} places ({counts})\non {N_MIXED + N_HEALTHY} planted pieces"
        f' of skin and {N_HEADS} rendered heads.\nColumns: {", ".join(TYPES)}.\n"""\n'
    )
    rings = (
        f"# Rings of {NARROW_MM[0]:g} to {NARROW_MM[-1]:g} mm.",
        f"# Rings of {RINGS_MM[len(NARROW_MM)]:g} to {RINGS_MM[-1]:g} mm.",
    )
    tables = table("NARROW", narrow), table("WIDE", wide)
    return "\n".join([head, rings[0], tables[0], "", rings[1], tables[1]])


if __name__ == "__main__":
    sys.stdout.write(module_text(school()) + "\n")
