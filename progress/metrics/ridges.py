"""Dark lines on the skin: a ridge filter at several widths, thinned, linked and measured."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.metrics.analysis import Analysis, once_per_picture
from progress.metrics.bands import RELIEF_PX_PER_MM, blurred, relief
from progress.model.checks import BoolArray, FloatArray

_SIGMAS_MM = (0.15, 0.25, 0.42)
"""Lines of 0.2 to 1 mm width; a Gaussian line of sigma s answers most at sqrt(2) s."""
_PEAK = 2 / 3**1.5
"""Answer sigma^2 |d2| of a Gaussian line of contrast 1 at its best scale: 0.385."""
FAINT_CONTRAST, CLEAR_CONTRAST = 0.02, 0.045
"""Log-contrast at which a line is followed, and which it must reach somewhere to count."""
_MIN_LENGTH_MM = 3.0
_MAX_ROUNDNESS = 0.5
"""Curvature along over curvature across; a line has 0, a pore 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Ridges:
    """Thinned lines of a picture.

    Parameters
    ----------
    contrast : ndarray of float32, shape (H, W)
        Log-contrast on the centre line of a line that counts, 0 elsewhere.
    length_mm : ndarray of float32, shape (H, W)
        Length of line that each centre pixel stands for.
    """

    contrast: FloatArray = field(repr=False)
    length_mm: FloatArray = field(repr=False)


@once_per_picture
def find_ridges(analysis: Analysis) -> Ridges:
    """Dark lines of at least 3 mm on all skin of a picture at 8 px/mm.

    Notes
    -----
    Hessian ridge measure after Frangi et al. 1998, doi:10.1007/BFb0056195, with its answer kept in
    units of contrast; hysteresis after Canny 1986, doi:10.1109/TPAMI.1986.4767851.
    """
    skin = analysis.skin(RELIEF_PX_PER_MM)
    darkness = -relief(analysis)
    strength, normal = _ridge_filter(darkness, skin.px_per_mm)
    strength[~skin.mask] = 0
    thin = _thinned(strength, normal) & (strength > FAINT_CONTRAST)
    # A pixel of a slanted line is longer than a pixel.
    along = 1 / np.maximum(np.abs(np.cos(normal)), np.abs(np.sin(normal)))
    length = (along / skin.px_per_mm).astype(np.float32)
    kept = _linked(thin, strength, length)
    return Ridges(np.where(kept, strength, np.float32(0)), np.where(kept, length, np.float32(0)))


def _ridge_filter(darkness: FloatArray, px_per_mm: float) -> tuple[FloatArray, FloatArray]:
    """Contrast of the best line through each pixel, and the direction across it (radians)."""
    best = np.zeros_like(darkness)
    best_normal = np.zeros_like(darkness)
    for sigma_mm in _SIGMAS_MM:
        level = blurred(darkness, sigma_mm, px_per_mm)
        factor = (sigma_mm * px_per_mm) ** 2 / _PEAK
        xx, yy, xy = (
            cv2.Sobel(level, cv2.CV_32F, dx, dy, ksize=3, scale=scale * factor)
            for dx, dy, scale in ((2, 0, 0.25), (0, 2, 0.25), (1, 1, 0.25))
        )
        mean, half = -(xx + yy) / 2, (xx - yy) / 2
        spread = cv2.magnitude(half, xy)
        across, lengthwise = mean + spread, mean - spread
        answer = np.where(np.abs(lengthwise) < _MAX_ROUNDNESS * across, across, np.float32(0))
        # The most negative curvature lies along half the angle of (-half, -xy).
        better = answer > best
        best[better] = answer[better]
        best_normal[better] = 0.5 * np.arctan2(-xy[better], -half[better])
    return best, best_normal


def _thinned(strength: FloatArray, normal: FloatArray) -> BoolArray:
    """Pixels that are no weaker than both neighbours across the line."""
    padded = cv2.copyMakeBorder(strength, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0.0)
    height, width = strength.shape
    sector = np.rint(normal / (math.pi / 4)).astype(np.int8) % 4
    kept = np.zeros(strength.shape, bool)
    for index, (dx, dy) in enumerate(((1, 0), (1, 1), (0, 1), (-1, 1))):
        ahead = padded[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width]
        behind = padded[1 - dy : 1 - dy + height, 1 - dx : 1 - dx + width]
        kept |= (sector == index) & (strength > ahead) & (strength >= behind)
    return kept


def _linked(thin: BoolArray, strength: FloatArray, length_mm: FloatArray) -> BoolArray:
    """Connected lines that are long enough and somewhere clear enough."""
    # Thinning leaves gaps of a pixel where a line turns from one sector to the next.
    joined = cv2.dilate(thin.view(np.uint8), np.ones((3, 3), np.uint8))
    _, label = cv2.connectedComponents(joined, connectivity=8)
    rows, columns = np.nonzero(thin)
    name = label[rows, columns]
    n = int(label.max()) + 1
    total = np.bincount(name, weights=length_mm[rows, columns], minlength=n)
    clear = np.bincount(name, weights=strength[rows, columns] > CLEAR_CONTRAST, minlength=n)
    good: NDArray[Any] = (total >= _MIN_LENGTH_MM) & (clear > 0)
    kept = np.zeros(thin.shape, bool)
    kept[rows, columns] = good[name]
    return cast("BoolArray", kept)
