"""Dark lines on the skin: a ridge filter at several widths, thinned, linked and measured."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.metrics.analysis import Analysis, once_per_picture
from progress.metrics.bands import RELIEF_PX_PER_MM, blurred, fine_shading
from progress.model.checks import BoolArray, FloatArray

_SIGMAS_MM = (0.14, 0.22, 0.34)
"""A Gaussian line of sigma s answers most at sqrt(2) s: full widths of 0.23 to 0.57 mm. Wider ones
answer too, but so do clouds of blood."""
_PEAK = 2 / 3**1.5
"""Answer sigma^2 |d2| of a Gaussian line of contrast 1 at its best scale: 0.385."""
_FAINT_CONTRAST, _CLEAR_CONTRAST = 0.015, 0.035
"""Log-contrast at which a line is followed, and which its support must reach somewhere."""
_REACH_MM, _N_SAMPLES, _QUANTILE = 1.6, 10, 3
"""A point of a line is supported by ten samples along it, 1.6 mm either way: the fourth weakest of
them counts. The net of microrelief is as dark as a fine line but runs straight for half a
millimetre; with this no phantom without lines shows any."""
_MIN_LENGTH_MM = 3.0
_BLOB_PENALTY = 2.0
"""Times the curvature along the line is taken off that across it: a dot has as much of both."""


@dataclass(frozen=True, slots=True, eq=False)
class Ridges:
    """Thinned lines of a picture.

    Parameters
    ----------
    contrast : ndarray of float32, shape (H, W)
        Log-contrast on the centre line of a line that counts, 0 elsewhere.
    length_mm : ndarray of float32, shape (H, W)
        Length of line that each such pixel stands for, 0 elsewhere.
    """

    contrast: FloatArray = field(repr=False)
    length_mm: FloatArray = field(repr=False)


@once_per_picture
def find_ridges(analysis: Analysis) -> Ridges:
    """Dark lines of at least 3 mm on all skin of a picture at 8 px/mm.

    Returns
    -------
    Ridges

    Notes
    -----
    Hessian ridge measure after Frangi et al. 1998, doi:10.1007/BFb0056195, with its answer kept in
    units of contrast; hysteresis after Canny 1986, doi:10.1109/TPAMI.1986.4767851. Fooled by hairs
    and by straight vessels, which are dark lines too.
    """
    skin = analysis.skin(RELIEF_PX_PER_MM)
    strength, normal = _ridge_filter(-fine_shading(analysis), skin.mask, skin.px_per_mm)
    y, x = _crests(strength, normal)
    support = _support_along(strength, normal, x, y, _REACH_MM * skin.px_per_mm)
    kept = support > _FAINT_CONTRAST
    x, y, support = x[kept], y[kept], support[kept]
    across = normal[y, x]
    # A pixel of a slanted line is longer than a pixel.
    steep = np.maximum(np.abs(np.cos(across)), np.abs(np.sin(across)))
    length = 1 / (steep * skin.px_per_mm)
    kept = _is_long_line(strength.shape, x, y, length, support)
    contrast, length_mm = np.zeros_like(strength), np.zeros_like(strength)
    contrast[y[kept], x[kept]] = strength[y[kept], x[kept]]
    length_mm[y[kept], x[kept]] = length[kept]
    return Ridges(contrast, length_mm)


def _ridge_filter(
    darkness: FloatArray, mask: BoolArray, px_per_mm: float
) -> tuple[FloatArray, FloatArray]:
    """Contrast of the best line through each pixel, and the direction across it (radians).

    Both are 0 off the mask and where no line reaches the faint limit: most of the skin.
    """
    found = []
    for sigma_mm in _SIGMAS_MM:
        level = blurred(darkness, sigma_mm, px_per_mm)
        quarter = (sigma_mm * px_per_mm) ** 2 / _PEAK / 4
        xx, yy, xy = (
            np.asarray(cv2.Sobel(level, cv2.CV_32F, dx, dy, ksize=3, scale=quarter))
            for dx, dy in ((2, 0), (0, 2), (1, 1))
        )
        mean, half = (xx + yy) * np.float32(-0.5), (xx - yy) * np.float32(0.5)
        spread = cv2.magnitude(half, xy)
        answer = mean + spread - np.float32(_BLOB_PENALTY) * cv2.absdiff(mean, spread)
        found.append((answer, half, xy))
    best = functools.reduce(np.maximum, (answer for answer, _, _ in found))
    at = np.flatnonzero((best > _FAINT_CONTRAST) & mask)
    strength, normal = np.zeros_like(darkness), np.zeros_like(darkness)
    strength.flat[at] = best.ravel()[at]
    answers, halves, crosses = (
        np.stack([maps[part].ravel()[at] for maps in found]) for part in range(3)
    )
    winner = answers.argmax(axis=0), np.arange(at.size)
    # The strongest curvature lies along half the angle of (-half, -xy).
    normal.flat[at] = np.arctan2(-crosses[winner], -halves[winner]) / 2 % math.pi
    return strength, normal


def _crests(strength: FloatArray, normal: FloatArray) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of lines' pixels no weaker than both neighbours across the line."""
    padded = cv2.copyMakeBorder(strength, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0.0)
    y, x = np.nonzero(strength)
    here = strength[y, x]
    sector = np.rint(normal[y, x] / np.float32(math.pi / 4)).astype(np.int8) & 3
    dx, dy = np.array([1, 1, 0, -1])[sector], np.array([0, 1, 1, 1])[sector]
    ahead, behind = padded[y + 1 + dy, x + 1 + dx], padded[y + 1 - dy, x + 1 - dx]
    crest = (here > ahead) & (here >= behind)
    return y[crest], x[crest]


def _support_along(
    strength: FloatArray,
    normal: FloatArray,
    x: NDArray[np.intp],
    y: NDArray[np.intp],
    reach_px: float,
) -> NDArray[Any]:
    """How strongly the ridges before and after each crest run on in its direction."""
    height, width = strength.shape
    across = normal[y, x]
    aligned = []
    for step in np.linspace(-reach_px, reach_px, _N_SAMPLES):
        rows = np.rint(y + step * np.cos(across)).astype(int)
        columns = np.rint(x - step * np.sin(across)).astype(int)
        inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
        rows, columns = np.where(inside, rows, y), np.where(inside, columns, x)
        turn = np.cos(2 * (normal[rows, columns] - across))
        aligned.append(np.where(inside, strength[rows, columns] * turn, 0))
    return np.asarray(np.partition(np.stack(aligned), _QUANTILE, axis=0)[_QUANTILE])


def _is_long_line(
    shape: tuple[int, ...],
    x: NDArray[np.intp],
    y: NDArray[np.intp],
    length_mm: NDArray[Any],
    support: NDArray[Any],
) -> NDArray[np.bool_]:
    """Whether each crest belongs to a connected line that is long and somewhere clear enough."""
    crest = np.zeros(shape[:2], np.uint8)
    crest[y, x] = 1
    # Thinning leaves gaps of a pixel where a line turns from one sector to the next.
    _, label = cv2.connectedComponents(cv2.dilate(crest, np.ones((3, 3), np.uint8)))
    name = label[y, x]
    total = np.bincount(name, weights=length_mm)
    clear = np.bincount(name, weights=support > _CLEAR_CONTRAST)
    return np.asarray((total[name] >= _MIN_LENGTH_MM) & (clear[name] > 0))
