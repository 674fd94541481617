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

from progress.imaging import Interpolation, gaussian_blur, warp
from progress.metrics.analysis import Analysis, once_per_picture
from progress.metrics.bands import RELIEF_PX_PER_MM, fine_shading, shading
from progress.metrics.chromophores import COLOUR_PX_PER_MM, smoothed
from progress.model.checks import FloatArray

_FINE_MM = 0.12
_LIGHT_SIGMA_MM = 15.0
"""Over which the direction of light is averaged: it turns slowly over a face."""
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
    skin = analysis.skin(RELIEF_PX_PER_MM)
    fine = _band(fine_shading(analysis), _FINE_MM * skin.px_per_mm)
    reach = _FINE_MM * skin.px_per_mm
    votes = np.zeros((*skin.mask.shape, 2), np.float32)
    for angle in np.arange(_N_DIRECTIONS) * (math.pi / _N_DIRECTIONS):
        ahead = _moved(fine, reach * math.cos(angle), reach * math.sin(angle))
        behind = _moved(fine, -reach * math.cos(angle), -reach * math.sin(angle))
        net = _net_pair(ahead, behind, 0.0)
        votes[..., 0] += net * np.float32(math.cos(angle))
        votes[..., 1] += net * np.float32(math.sin(angle))
    coarse = analysis.skin(COLOUR_PX_PER_MM)
    height, width = coarse.mask.shape
    votes = np.asarray(cv2.resize(votes, (width, height), interpolation=cv2.INTER_AREA))
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
    height, width = skin.mask.shape
    here = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32)
    best = np.zeros(skin.mask.shape, np.float32)
    for half_mm in _HOLLOW_MM:
        band = _band(source, half_mm * skin.px_per_mm)
        along = np.float32(half_mm * skin.px_per_mm) * light
        aside = np.stack([-along[..., 1], along[..., 0]], axis=-1)
        ahead, behind, *around = (
            warp(band, here + way, interpolation=Interpolation.LINEAR, outside=0.0)
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


def _moved(picture: FloatArray, dx: float, dy: float) -> FloatArray:
    """The picture's values at (x + dx, y + dy)."""
    shift = np.array([[1, 0, -dx], [0, 1, -dy]], dtype=np.float64)
    height, width = picture.shape
    return np.asarray(cv2.warpAffine(picture, shift, (width, height)), dtype=np.float32)


def _net_pair(ahead: FloatArray, behind: FloatArray, faint: float | FloatArray) -> FloatArray:
    """Darkness behind with a bright partner ahead, less the same the other way round."""
    hollow = np.maximum(np.minimum(_BRIGHT_SHARE * ahead, -behind) - faint, 0)
    bump = np.maximum(np.minimum(_BRIGHT_SHARE * behind, -ahead) - faint, 0)
    return np.asarray(hollow - bump, dtype=np.float32)
