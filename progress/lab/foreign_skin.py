"""What lies on skin and is neither pore nor line: painted as melanin, blood, hair and gloss."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from progress.lab.skin_shots import PIECE_MM, Scene, painted_scene, plain_skin
from progress.phantom.painting import paint_hairs, paint_spots, ribbon
from progress.phantom.planting import scatter_hairs, scatter_spots, smooth_curve
from progress.phantom.skin import SKIN_TONES, SkinMaps

Paint = Callable[[SkinMaps, int, np.random.Generator], SkinMaps]
"""From plain skin and the index of its tone to the same skin with something on it."""


def _with_spots(maps: SkinMaps, tone: int, rng: np.random.Generator) -> SkinMaps:
    factor = 1 + SKIN_TONES[tone].melanin_gain(1.6)
    return paint_spots(
        maps,
        scatter_spots(rng, PIECE_MM, count=40, diameter_mm=(0.6, 3.0), melanin_factor=factor),
    )


def _with_vessels(maps: SkinMaps, tone: int, rng: np.random.Generator) -> SkinMaps:
    del tone
    starts = rng.uniform((8, 8), (24, 30), (12, 2))
    curves = [
        smooth_curve(rng, start, angle_deg=float(rng.uniform(0, 360)), length_mm=8.0, bend=0.5)
        for start in starts
    ]
    band = ribbon(maps.shape, maps.px_per_mm, curves, width_mm=[0.2] * 12, amplitude=[1.0] * 12)
    return maps.replace(blood=maps.blood * (1 + np.float32(1.5) * band))


def _with_hairs(maps: SkinMaps, tone: int, rng: np.random.Generator) -> SkinMaps:
    del tone
    return paint_hairs(
        maps,
        scatter_hairs(rng, PIECE_MM, per_cm2=8.0, length_mm=6.0, width_mm=0.03, opacity=0.6),
    )


def _with_stubble(maps: SkinMaps, tone: int, rng: np.random.Generator) -> SkinMaps:
    del tone
    return paint_hairs(
        maps, scatter_hairs(rng, PIECE_MM, per_cm2=40.0, length_mm=0.8, width_mm=0.09)
    )


def _with_gloss(maps: SkinMaps, tone: int, rng: np.random.Generator) -> SkinMaps:
    del tone, rng
    return maps.replace(gloss=np.clip(maps.gloss * np.float32(3.3), 0, 1))


FOREIGN: Final[Mapping[str, Paint]] = {
    "freckles and moles": _with_spots,
    "vessels": _with_vessels,
    "fine hairs": _with_hairs,
    "stubble": _with_stubble,
    "oily shine": _with_gloss,
}


def foreign_scene(name: str | None, tone: int, seed: int) -> Scene:
    """A healthy piece with something of `FOREIGN` on it, or plain.

    Parameters
    ----------
    name : str or None
        Key of `FOREIGN`; None leaves the piece as it is.
    tone : int
        Index into `SKIN_TONES`.
    seed : int
        Of the piece; what lies on it depends on the tone alone.
    """
    maps = plain_skin(tone, seed)
    if name is not None:
        maps = FOREIGN[name](maps, tone, np.random.default_rng([tone, 9]))
    return painted_scene(maps, tone)
