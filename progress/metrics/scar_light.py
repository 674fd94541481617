"""Log-light of a picture as scars are looked for in it: in green, in red, and in a quiet mix.

Narrow hollows are read in green: light spreads under the skin, red the farthest, and there relief
shades just as blood and melanin do (see `bands`). Wide ones are read in that mix of the channels
which shows relief in full and this picture's own clouds the least: clouds are read across the
light, where hollows show nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import gaussian_blur, optical_density
from progress.metrics.analysis import Analysis, once_per_picture
from progress.metrics.chromophores import COLOUR_PX_PER_MM, smoothed
from progress.metrics.hollows import light_across
from progress.model.checks import BoolArray, FloatArray

_SURROUND_SIGMA_MM = 6.0
_DARKEST, _BRIGHTEST = 0.7, 0.15
"""Log-contrast at which darkness (a hair) and brightness (a glint) are cut."""
_HOLE_SIGMA_MM = 0.6
"""Skin near holes of the mask stands in for them: deep ice-picks are taken for hair."""
_RELIEF_COLOUR = np.array([0.77, 1.0, 1.04])
"""Red, green and blue of the shade of a hollow over 2.5 mm wide: its light spreads under the skin
(d'Eon & Luebke 2007; read on skin of six tones)."""
_CLOUD_SIGMA_MM = 1.25
"""Blur at which clouds are read: they pass for hollows about 3.5 mm wide."""
_NOISE_SHARE = 0.02
"""Of the mean variance of the channels, added to each of them: a mix may not lean on what little
they differ by."""


@dataclass(frozen=True, slots=True, eq=False)
class Relief:
    """Log-light of a picture against its surround, at the colour scale.

    Parameters
    ----------
    green, red : ndarray of float32, shape (H, W)
        Positive is brighter than within about 6 mm; holes of the mask filled.
    quiet : ndarray of float32, shape (H, W)
        The mix of channels that shows wide relief in full and clouds of colour the least.
    mask : ndarray of bool, shape (H, W)
    light : ndarray of float32, shape (H, W, 2)
        From `light_across`.
    px_per_mm : float
    """

    green: FloatArray = field(repr=False)
    red: FloatArray = field(repr=False)
    quiet: FloatArray = field(repr=False)
    mask: BoolArray = field(repr=False)
    light: FloatArray = field(repr=False)
    px_per_mm: float


@once_per_picture
def relief_light(analysis: Analysis) -> Relief:
    """What rings are laid on."""
    skin = analysis.skin(COLOUR_PX_PER_MM)
    dark = np.asarray(optical_density(skin.linear), dtype=np.float32)
    flat = smoothed(dark, skin.mask, _SURROUND_SIGMA_MM * skin.px_per_mm) - dark
    np.clip(flat, -_DARKEST, _BRIGHTEST, out=flat)
    flat[~skin.mask] = 0
    near = smoothed(flat, skin.mask, _HOLE_SIGMA_MM * skin.px_per_mm)
    flat = np.where(skin.mask[..., np.newaxis], flat, near)
    red, green, _ = (np.ascontiguousarray(flat[..., channel]) for channel in range(3))
    light = light_across(analysis)
    weights = _quietest_mix(flat, skin.mask, light, skin.px_per_mm)
    quiet = np.asarray(cv2.transform(flat, weights[np.newaxis]), dtype=np.float32)
    return Relief(green, red, quiet, skin.mask, light, skin.px_per_mm)


def _quietest_mix(
    flat: FloatArray, mask: BoolArray, light: FloatArray, px_per_mm: float
) -> NDArray[np.float64]:
    """Weights of red, green and blue: 1 for wide relief, least variance across the light.

    The minimum-variance beam former of Capon 1969, doi:10.1109/PROC.1969.7278, over colours.
    """
    small = cv2.resize(flat, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    inside = cv2.resize(mask.view(np.uint8), small.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    turned = cv2.resize(light, small.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    smooth = gaussian_blur(small, 0.5 * _CLOUD_SIGMA_MM * px_per_mm)
    across = rise(smooth, 0) * -turned[..., 1:] + rise(smooth, 1) * turned[..., :1]
    values = across[inside > 0].astype(np.float64)
    if len(values) < 100:
        return np.array([0.0, 1.0, 0.0])
    covariance = values.T @ values / len(values)
    covariance += _NOISE_SHARE * np.trace(covariance) / 3 * np.eye(3)
    if not np.trace(covariance) > 0:
        return np.array([0.0, 1.0, 0.0])
    best = np.linalg.solve(covariance, _RELIEF_COLOUR)
    return np.asarray(best / (best @ _RELIEF_COLOUR))


def rise(picture: FloatArray, axis: int) -> FloatArray:
    """Rise per pixel to the right (axis 0) or down (1), shape (H, W)."""
    dx, dy = (1, 0) if axis == 0 else (0, 1)
    return np.asarray(0.5 * cv2.Sobel(picture, cv2.CV_32F, dx, dy, ksize=1), dtype=np.float32)
