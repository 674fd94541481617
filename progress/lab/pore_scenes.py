"""Skin with planted pores, and what the detector finds of them.

Planted pores are discs with a soft edge that take a share of the light, put into rendered skin at
four times its resolution and before the camera. The detector's differences of Gaussians share
nothing with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from progress.lab.skin_shots import (
    PIECE_MM,
    Scene,
    SkinShot,
    darkened_scene,
    fine_pores,
    lit,
    on_measured_skin,
    plain_skin,
)
from progress.metrics import Analysis
from progress.metrics.blobs import PORE_PX_PER_MM, find_pores
from progress.phantom.features import PointsMm
from progress.phantom.planting import scatter_points
from progress.phantom.stamps import stamp

SMALLEST_MM, LARGEST_MM, LARGE_MM = 0.22, 0.5, 0.3
"""Diameters that are planted, and that from which recall has its target."""
CONTRAST = 0.15
PER_CM2 = 40.0
_EDGE_MM = 0.03
_APART_MM = 0.8
"""Nearer ones would be one blob to anybody."""
_MATCH_MM = 0.2
_FINER = 4
_CERTAIN = 0.5
"""Weight from which a detection is a pore to whoever asks for a list of them."""


@dataclass(frozen=True, slots=True, eq=False)
class PlantedPores:
    """Discs on a piece: positions in mm, diameters, and where the skin's own fine pores are."""

    xy_mm: PointsMm = field(repr=False)
    diameter_mm: NDArray[np.float64] = field(repr=False)
    fine_xy_mm: PointsMm = field(repr=False)


def planted_pores(tone: int, seed: int, *, kept: float = 1.0, size: float = 1.0) -> PlantedPores:
    """Pores of one piece; fewer or larger ones are the same pores.

    Parameters
    ----------
    tone : int
        Index into `SKIN_TONES`.
    seed : int
    kept : float
        Share that is there, 0..1.
    size : float
        Factor of all diameters.
    """
    rng = np.random.default_rng([seed, 3])
    points = scatter_points(rng, PIECE_MM, per_cm2=PER_CM2)
    near = cKDTree(points).query_pairs(_APART_MM, output_type="ndarray")
    points = np.delete(points, np.unique(near[:, 1]), axis=0)
    diameter = rng.uniform(SMALLEST_MM, LARGEST_MM, len(points))
    there = np.sort(rng.permutation(len(points))[: round(kept * len(points))])
    return PlantedPores(points[there], diameter[there] * size, fine_pores(tone, seed).xy_mm)


def pore_scene(
    tone: int,
    seed: int,
    *,
    px_per_mm: float = 12.0,
    kept: float = 1.0,
    size: float = 1.0,
    contrast: float = CONTRAST,
) -> Scene:
    """Skin with planted pores in linear light.

    Parameters
    ----------
    tone : int
        Index into `SKIN_TONES`.
    seed : int
    px_per_mm : float
    kept, size : float
        See `planted_pores`.
    contrast : float
        Share of the light that a pore takes.
    """
    pores = planted_pores(tone, seed, kept=kept, size=size)
    skin = lit(plain_skin(tone, seed, px_per_mm=px_per_mm), tone)
    rows, columns = skin.shape[:2]
    scale = px_per_mm * _FINER
    dark = stamp(
        (rows * _FINER, columns * _FINER),
        pores.xy_mm * scale - 0.5,
        pores.diameter_mm / 2 * scale,
        contrast,
        profile="disc",
        soft_px=_EDGE_MM * scale,
    )
    dark = np.asarray(cv2.resize(dark, (columns, rows), interpolation=cv2.INTER_AREA))
    return darkened_scene(skin, dark, px_per_mm=px_per_mm, tone=tone, planted=pores)


@dataclass(frozen=True, slots=True)
class PoreScore:
    """Detections beside planted pores.

    Parameters
    ----------
    recall_large, recall_small : float
        Share found of those of 0.3 mm and more, and of the others.
    precision : float
        Share of detections that lie on a planted pore or on a fine one of the skin itself.
    fine : float
        Share of detections that lie on a fine one.
    diameter_correlation, diameter_ratio : float
        Of measured with planted diameters; mean over mean.
    """

    recall_large: float
    recall_small: float
    precision: float
    fine: float
    diameter_correlation: float
    diameter_ratio: float


def pore_score(analysis: Analysis, shot: SkinShot) -> PoreScore:
    """What the detector finds of the pores planted in a scene.

    Parameters
    ----------
    analysis : Analysis
        Of `shot`.
    shot : SkinShot
        Of a scene from `pore_scene`.
    """
    planted: PlantedPores = shot.scene.planted
    inside = on_measured_skin(planted.xy_mm, border_mm=0.5)
    truth = shot.at(planted.xy_mm)
    pores = find_pores(analysis)
    certain = pores.weight > _CERTAIN
    skin = analysis.skin(PORE_PX_PER_MM)
    coarser = shot.px_per_mm / skin.px_per_mm
    places = np.stack([pores.x_px + skin.corner[1], pores.y_px + skin.corner[0]], axis=1)
    found = ((places + 0.5) * coarser - 0.5)[certain]
    reach = _MATCH_MM * shot.px_per_mm
    hit = cKDTree(found).query(truth)[0] < reach
    away, nearest = cKDTree(truth).query(found)
    on_pore = away < reach
    on_fine = ~on_pore & (cKDTree(shot.at(planted.fine_xy_mm)).query(found)[0] < reach)
    measured = 2 * np.sqrt(pores.area_mm2[certain][on_pore] / np.pi)
    diameter = planted.diameter_mm[nearest[on_pore]]
    large = planted.diameter_mm >= LARGE_MM
    return PoreScore(
        float(hit[inside & large].mean()),
        float(hit[inside & ~large].mean()),
        float((on_pore | on_fine).mean()),
        float(on_fine.mean()),
        float(np.corrcoef(measured, diameter)[0, 1]),
        float(measured.mean() / diameter.mean()),
    )
