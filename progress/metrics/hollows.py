"""The way the light falls across the skin, read from fine relief.

A hollow under slanting light is bright on the wall that faces the lamp and dark on the other. A
spot of pigment or blood is dark alone, and clouds of colour put bright and dark side by side in all
directions alike. Furrows and pores of the skin are hollows too, a tenth of a millimetre wide, where
colour does not vary: there pairs of bright and dark, less pairs the other way round, point away
from the lamp.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from progress.imaging import gaussian_blur, row_strips
from progress.metrics.analysis import Analysis, once_per_picture
from progress.metrics.bands import RELIEF_PX_PER_MM, fine_shading
from progress.metrics.chromophores import COLOUR_PX_PER_MM, smoothed
from progress.model.checks import FloatArray

_FINE_MM = 0.12
"""Half the distance of the walls. At 0.18 mm the direction erred half as much again, and from 0.25
mm on it was lost: wider hollows are dark in all, and colour varies as they do."""
_LIGHT_SIGMA_MM = 25.0
"""Over which the direction of light is averaged: it turns slowly over a face, and 7 cm2 of skin
know it to 5 degrees in the median and to 20 in 95 of 100 cases. An error of 15 degrees costs 3 % of
a pair."""
_BRIGHT_SHARE = 3.0
"""A dark wall counts up to three times what its bright partner shows: in deep hollows little light
comes back from either wall."""
_N_DIRECTIONS = 4
"""Eight found the same direction in twice the time; two erred twice as much."""


@once_per_picture
def light_across(analysis: Analysis) -> FloatArray:
    """Unit vectors in the picture plane from each point away from the lamp, shape (H, W, 2).

    At the colour scale; (x to the right, y down). Of random direction where the light is frontal
    or the skin has no fine relief.
    """
    skin, coarse = analysis.skin(RELIEF_PX_PER_MM), analysis.skin(COLOUR_PX_PER_MM)
    reach = _FINE_MM * skin.px_per_mm
    fine = _band(fine_shading(analysis), reach)
    right, down = np.zeros_like(fine), np.zeros_like(fine)
    for angle in np.arange(_N_DIRECTIONS) * (math.pi / _N_DIRECTIONS):
        way = reach * np.array([math.cos(angle), math.sin(angle)])
        ahead, behind = _shifted(fine, way), _shifted(fine, -way)
        for rows in row_strips(*fine.shape):
            net = _net_pair(ahead[rows], behind[rows])
            right[rows] += np.float32(math.cos(angle)) * net
            down[rows] += np.float32(math.sin(angle)) * net
    scale = skin.px_per_mm / coarse.px_per_mm
    votes = np.asarray(
        cv2.blur(cv2.merge([right, down]), (2 * round(scale / 2) + 1,) * 2), dtype=np.float32
    )
    # From the corner of one cut to that of the other, in (x, y).
    x, y = np.array(coarse.corner[::-1]) * scale - skin.corner[::-1] + (scale - 1) / 2
    there = np.array([[scale, 0, x], [0, scale, y]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    at_coarse = cv2.warpAffine(votes, there, coarse.mask.shape[::-1], flags=how)
    mean = smoothed(at_coarse, coarse.mask, _LIGHT_SIGMA_MM * coarse.px_per_mm)
    length = np.maximum(np.hypot(mean[..., 0], mean[..., 1]), np.float32(1e-12))
    return np.asarray(mean / length[..., np.newaxis], dtype=np.float32)


def _band(picture: FloatArray, half_px: float) -> FloatArray:
    """The picture without what is much finer or much wider than the pair."""
    fine = gaussian_blur(picture, 0.5 * half_px)
    return fine - gaussian_blur(picture, 2.5 * half_px)


def _shifted(picture: FloatArray, way_px: np.ndarray) -> FloatArray:
    """A picture read (x, y) `way_px` beside each pixel, straight between two; 0 beyond its edge."""
    across, down = (_between_two(float(step)) for step in way_px)
    moved = cv2.sepFilter2D(picture, -1, across, down, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(moved, dtype=np.float32)


def _between_two(step_px: float) -> FloatArray:
    """Kernel that reads a row `step_px` further on."""
    reach, whole = math.ceil(abs(step_px)), math.floor(step_px)
    kernel = np.zeros(2 * reach + 2, np.float32)
    kernel[reach + whole : reach + whole + 2] = 1 - (step_px - whole), step_px - whole
    return kernel[:-1]


def _net_pair(ahead: FloatArray, behind: FloatArray) -> FloatArray:
    """Darkness behind with a bright partner ahead, less the same the other way round."""
    hollow = cv2.max(cv2.min(_BRIGHT_SHARE * ahead, -behind), 0.0)  # type: ignore[call-overload]
    bump = cv2.max(cv2.min(_BRIGHT_SHARE * behind, -ahead), 0.0)  # type: ignore[call-overload]
    return np.asarray(hollow - bump, dtype=np.float32)
