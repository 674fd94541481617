"""Hollows seen by their shading: a bright wall opposite a dark one, along the light.

A hollow under slanting light is bright on the wall that faces the lamp and dark on the other. A
spot of pigment or blood is dark alone, and clouds of colour put bright and dark side by side in all
directions alike. So pairs in the direction of the light, less pairs the other way round, are
hollows; colour cancels, on average: what is left of its scatter falls as skin is pooled.

The direction comes from the picture itself: furrows and pores of the skin are hollows too, a tenth
of a millimetre wide, where colour does not vary.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import gaussian_blur, warp
from progress.metrics.analysis import Analysis, once_per_picture
from progress.metrics.bands import RELIEF_PX_PER_MM, fine_shading, shading
from progress.metrics.chromophores import COLOUR_PX_PER_MM, smoothed
from progress.model.checks import FloatArray

_FINE_MM = 0.12
_LIGHT_SIGMA_MM = 25.0
"""Over which the direction of light is averaged: it turns slowly over a face, and 9 cm2 of skin
know it to 5 to 15 degrees only. An error of 15 degrees costs 3 % of a pair."""
_HOLLOW_MM = (0.6, 1.0)
"""Half the distance of the walls: hollows of about 1 to 3 mm at half depth. A third scale of 1.6 mm
showed boxcar scars of 4 mm by a third better and doubled the scatter that clouds of colour cause;
rolling scars slope too gently for any."""
_SURROUND_SIGMA_MM = 6.0
_BRIGHTEST = 0.3
_FAINT_CONTRAST = 0.015
"""Log-contrast below which a wall does not count: mottle and noise."""
_BRIGHT_SHARE = 3.0
"""A dark wall counts up to three times what its bright partner shows: in deep hollows little light
comes back from either wall."""
_SURROUND_SHARE = 0.6
"""Share of the mean contrast around the pair that is taken off: clouds go on, hollows end."""
_N_DIRECTIONS = 8


@once_per_picture
def light_across(analysis: Analysis) -> FloatArray:
    """Unit vectors in the picture plane from each point away from the lamp, shape (H, W, 2).

    At the colour scale; (x to the right, y down). Of random direction where the light is frontal
    or the skin has no fine relief.
    """
    skin, coarse = analysis.skin(RELIEF_PX_PER_MM), analysis.skin(COLOUR_PX_PER_MM)
    reach = _FINE_MM * skin.px_per_mm
    fine = _band(fine_shading(analysis), reach)
    # Each colour pixel is one sample of the fine relief under it: there are plenty.
    scale = skin.px_per_mm / coarse.px_per_mm
    # From the corner of one cut to that of the other, in (x, y).
    offset = np.array(coarse.corner[::-1]) * scale - skin.corner[::-1]
    votes = np.zeros((*coarse.mask.shape, 2), np.float32)
    for angle in np.arange(_N_DIRECTIONS) * (math.pi / _N_DIRECTIONS):
        way = np.array([math.cos(angle), math.sin(angle)], dtype=np.float32)
        ahead, behind = (
            _sampled(fine, coarse.mask.shape, scale, offset + side)
            for side in (reach * way, -reach * way)
        )
        votes += _net_pair(ahead, behind, 0.0)[..., np.newaxis] * way
    mean = smoothed(votes, coarse.mask, _LIGHT_SIGMA_MM * coarse.px_per_mm)
    length = np.maximum(np.hypot(mean[..., 0], mean[..., 1]), np.float32(1e-12))
    return np.asarray(mean / length[..., np.newaxis], dtype=np.float32)


@once_per_picture
def hollow_contrast(analysis: Analysis) -> FloatArray:
    """Log-contrast of hollows at each point, shape (H, W) at the colour scale.

    The dark wall of the best pair through the point; negative where a bump is.
    """
    skin = analysis.skin(COLOUR_PX_PER_MM)
    source = shading(skin.linear, skin.mask, _SURROUND_SIGMA_MM * skin.px_per_mm, _BRIGHTEST)
    light = light_across(analysis)
    here = _positions(skin.mask.shape)
    best = np.zeros(skin.mask.shape, np.float32)
    for half_mm in _HOLLOW_MM:
        band = _band(source, half_mm * skin.px_per_mm)
        along = np.float32(half_mm * skin.px_per_mm) * light
        aside = np.stack([-along[..., 1], along[..., 0]], axis=-1)
        ahead, behind, *around = (
            warp(band, here + way, outside=0.0)
            for way in (along, -along, 3 * along, -3 * along, 2.5 * aside, -2.5 * aside)
        )
        clouds = np.abs(around).mean(axis=0)
        limit = np.asarray(_FAINT_CONTRAST + _SURROUND_SHARE * clouds, dtype=np.float32)
        net = _net_pair(ahead, behind, limit)
        best = np.where(np.abs(net) > np.abs(best), net, best)
    best[~skin.mask] = 0
    return best


def _band(picture: FloatArray, half_px: float) -> FloatArray:
    """The picture without what is much finer or much wider than the pair."""
    fine = gaussian_blur(picture, 0.5 * half_px)
    return fine - gaussian_blur(picture, 2.5 * half_px)


def _sampled(
    picture: FloatArray, shape: tuple[int, ...], scale: float, shift: NDArray[np.float64]
) -> FloatArray:
    """A picture read (x, y) `shift` beside the centres of another grid's pixels, `scale` wide."""
    x, y = shift + (scale - 1) / 2
    there = np.array([[scale, 0, x], [0, scale, y]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(picture, there, shape[::-1], flags=how), dtype=np.float32)


def _positions(shape: tuple[int, ...]) -> FloatArray:
    """(x, y) of every pixel, shape (H, W, 2)."""
    grid = np.meshgrid(np.arange(shape[1]), np.arange(shape[0]))
    return np.stack(grid, axis=-1).astype(np.float32)


def _net_pair(ahead: FloatArray, behind: FloatArray, faint: float | FloatArray) -> FloatArray:
    """Darkness behind with a bright partner ahead, less the same the other way round."""
    hollow = np.maximum(np.minimum(_BRIGHT_SHARE * ahead, -behind) - faint, 0)
    bump = np.maximum(np.minimum(_BRIGHT_SHARE * behind, -ahead) - faint, 0)
    return np.asarray(hollow - bump, dtype=np.float32)
