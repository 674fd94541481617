"""How strongly an outlined scar shades: its walls against each other, along the light.

Round a hollow, log-light follows the cosine of the angle to the light; the size of that cosine is
the contrast. By the divergence theorem it is the mean rise of log-light along the light over the
footprint, times its radius: linear in the picture, so noise and clouds beside the scar stay out,
and linear in depth while the hollow is shallow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.metrics.analysis import Analysis, follows_scars, once_per_picture
from progress.metrics.bands import RELIEF_PX_PER_MM
from progress.metrics.chromophores import COLOUR_PX_PER_MM
from progress.metrics.scar_light import relief_light, rise
from progress.metrics.scars import find_scars, outline_xy
from progress.model.checks import BoolArray, FloatArray

_REACH_MM = 0.125
"""By which a footprint is moved to where it fits best: the same skin is found again to 0.05 to 0.14
mm. Without it a single scar moved half as much again from shot to shot; with 0.25 mm and more a
scar that fades is held up by the clouds beside it."""
_MARGIN_PX = math.ceil(_REACH_MM * RELIEF_PX_PER_MM)
_FINER = 6
"""Samples per pixel and axis of a footprint's edge."""
_LEAST_SEEN = 0.93
"""Of a footprint: deep ice-picks and hairs are no skin to the mask, and what lies in their place is
a guess. Of scars on rendered heads shot twice, those seen to 0.9 lost an eighth of their contrast,
those seen to 0.75 two fifths, and those seen to 0.93 nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Footprint:
    """One scar on the picture at 8 px/mm.

    Parameters
    ----------
    share : ndarray of float32, shape (h, w)
        Of each pixel, 0..1, that lies in the outline.
    corner : tuple of int
        Row and column of ``analysis.skin(RELIEF_PX_PER_MM)`` at which it begins.
    weight : float
        0..1, how surely it is a scar.
    contrast : float
        Log-contrast; negative on a bump.
    seen : float
        Share of it that is skin, 0..1.
    """

    share: FloatArray = field(repr=False)
    corner: tuple[int, int]
    weight: float
    contrast: float
    seen: float

    def holds(self, row: float, column: float) -> bool:
        """Whether a place of that picture lies in it."""
        y, x = round(row) - self.corner[0], round(column) - self.corner[1]
        inside = 0 <= y < self.share.shape[0] and 0 <= x < self.share.shape[1]
        return inside and bool(self.share[y, x] > 0)


@once_per_picture
@follows_scars
def footprints(analysis: Analysis) -> tuple[Footprint, ...]:
    """The scars that the patch was told of, else those found on this very picture."""
    told = analysis.patch.scars
    if told is not None:
        return _footprints(analysis, [(outline, 1.0) for outline in told])
    return _footprints(analysis, _own_outlines(analysis))


def _own_outlines(analysis: Analysis) -> list[tuple[NDArray[np.float64], float]]:
    """Outlines of the scars found on this picture, and how surely each counts."""
    found = find_scars(analysis)
    return [
        (outline_xy(found, index, analysis), float(weight))
        for index, weight in enumerate(found.weight)
    ]


def outlined_scars(analysis: Analysis) -> list[tuple[NDArray[np.float64], float, float, float]]:
    """Every scar that is found on a picture, by falling contrast.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    list of tuple
        Outline in pixels of the patch, shape (24, 2); weight 0..1; log-contrast; share of the
        footprint that is skin.
    """
    outlines = _own_outlines(analysis)
    listed = [
        (outline, weight, scar.contrast, scar.seen)
        for (outline, weight), scar in zip(outlines, _footprints(analysis, outlines), strict=True)
    ]
    return sorted(listed, key=lambda one: -one[2])


def _seen(share: FloatArray, corner: tuple[int, int], skin: BoolArray) -> float:
    """Share of a footprint that is skin, 0..1."""
    (top, left), (rows, columns) = corner, share.shape
    first = max(0, -top), max(0, -left)
    part = skin[top + first[0] : max(0, top + rows), left + first[1] : max(0, left + columns)]
    inside = share[first[0] :, first[1] :][: part.shape[0], : part.shape[1]]
    return float(inside[part].sum() / max(float(share.sum()), 1e-6))


def _footprints(
    analysis: Analysis, outlines: list[tuple[NDArray[np.float64], float]]
) -> tuple[Footprint, ...]:
    """Rasterised outlines with their contrasts; those that lie off the picture are left out."""
    skin = analysis.skin(RELIEF_PX_PER_MM)
    scale = skin.px_per_mm / analysis.patch.px_per_mm
    made = []
    for outline, weight in outlines:
        corners = (outline + 0.5) * scale - 0.5 - np.array(skin.corner[::-1])
        low = np.floor(corners.min(axis=0)).astype(int)
        columns, rows = np.ceil(corners.max(axis=0)).astype(int) - low + 1
        share = _covered(corners - low, (rows, columns))
        corner = int(low[1]), int(low[0])
        contrast = wall_contrast(analysis, share, corner)
        made.append(Footprint(share, corner, weight, contrast, _seen(share, corner, skin.mask)))
    return tuple(made)


def _covered(corners: NDArray[np.float64], shape: tuple[int, int]) -> FloatArray:
    """Share of each pixel in a polygon: whole pixels made an ice-pick's area jump by a tenth."""
    rows, columns = shape
    fine = np.zeros((rows * _FINER, columns * _FINER), np.uint8)
    at_fine = (corners + 0.5) * _FINER - 0.5
    cv2.fillPoly(fine, [np.rint(at_fine * 16).astype(np.int32)], 255, shift=4)
    share = cv2.resize(fine.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(share / 255, dtype=np.float32)


def wall_contrast(analysis: Analysis, share: NDArray[Any], corner: tuple[int, int]) -> float:
    """Log-contrast of the hollow whose footprint lies at a place, or an eighth of a mm beside it.

    Parameters
    ----------
    analysis : Analysis
    share : ndarray, shape (h, w)
        Of each pixel at 8 px/mm that lies in the footprint, 0..1, or a mask.
    corner : tuple of int
        Row and column of ``analysis.skin(RELIEF_PX_PER_MM)`` at which it begins.

    Returns
    -------
    float
        Half the log-ratio of the lit wall to the dark one; the largest of the places tried.
    """
    skin = analysis.skin(RELIEF_PX_PER_MM)
    rise = _rise_around(analysis, corner, share.shape)
    weights = np.asarray(share, dtype=np.float32)
    n_px = float(weights.sum())
    if n_px == 0:
        return 0.0
    radius_px = math.sqrt(n_px / math.pi)
    tried = cv2.matchTemplate(rise, weights, cv2.TM_CCORR)
    return float(tried.max()) / n_px * radius_px / skin.px_per_mm


def _rise_around(analysis: Analysis, corner: tuple[int, int], shape: tuple[int, ...]) -> FloatArray:
    """Rise along the light per mm about a footprint, read at 8 px/mm with the margin to move in."""
    fine, coarse = analysis.skin(RELIEF_PX_PER_MM), analysis.skin(COLOUR_PX_PER_MM)
    scale = coarse.px_per_mm / fine.px_per_mm
    first = np.array(corner[::-1]) - _MARGIN_PX
    # From a pixel of the fine cut to one of the coarse cut, in (x, y).
    start = (first + fine.corner[::-1] + 0.5) * scale - 0.5 - coarse.corner[::-1]
    there = np.array([[scale, 0.0, start[0]], [0.0, scale, start[1]]])
    size = shape[1] + 2 * _MARGIN_PX, shape[0] + 2 * _MARGIN_PX
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    read = cv2.warpAffine(
        _rise_along_light(analysis), there, size, flags=how, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(read, dtype=np.float32)


@once_per_picture
def _rise_along_light(analysis: Analysis) -> FloatArray:
    """Rise of log-green along the light per mm, shape (H, W), at the colour scale."""
    relief = relief_light(analysis)
    right, down = rise(relief.green, 0), rise(relief.green, 1)
    along = right * relief.light[..., 0] + down * relief.light[..., 1]
    return np.asarray(along * np.float32(relief.px_per_mm), dtype=np.float32)


def seen_share(mask: NDArray[Any]) -> float:
    """Share of a footprint that is skin, from its pixels that are; 1 for a full convex one."""
    if not mask.any():
        return 0.0
    points = cv2.findNonZero(np.ascontiguousarray(mask).view(np.uint8))
    hull = np.zeros(mask.shape, np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(points), 1)
    return float(np.count_nonzero(mask)) / float(np.count_nonzero(hull))


def is_seen(share: float) -> bool:
    """Whether enough of a footprint is skin for its contrast to be told."""
    return share >= _LEAST_SEEN
