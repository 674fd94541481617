"""Pores: small round dark dots, found at several scales, each with its contrast and area.

Detection is a scale-space of differences of Gaussians on log-green, which approximate the
Laplacian of a Gaussian (Lindeberg 1998, doi:10.1023/A:1008045108935). All thresholds are contrasts
in absolute units: half the pores gone must halve the count, and a threshold that adapts to the
picture would hide it.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import optical_density, row_strips
from progress.metrics.analysis import Analysis, Skin, Window, once_per_picture
from progress.metrics.bands import blurred
from progress.metrics.chromophores import smoothed
from progress.model import ChromophoreAxes, Patch
from progress.model.checks import FloatArray

PORE_PX_PER_MM = 12.0
"""Working scale: a pore of a quarter millimetre is three pixels wide."""

_SIGMAS_MM = (0.07, 0.105, 0.1575, 0.23625, 0.354)
"""Ratio 1.5; the four differences answer best to discs of 0.24, 0.36, 0.54 and 0.81 mm."""
_PEAK = 0.29
"""Answer of a difference of Gaussians (ratio 1.5) to a disc of contrast 1 at its best size."""
_SURROUND_SIGMA_MM = 1.0
_BRIGHTEST = 0.06
"""Log-contrast above the surround at which brightness is cut: the bright rim of a gloss point must
not make a dark dot of the skin beside it."""
FAINT_CONTRAST, CLEAR_CONTRAST = 0.045, 0.085
"""Log-contrast at which a dot begins to count and at which it counts in full. Below lie microrelief
and compression; the ramp keeps a pore near the limit from flickering between shots."""
_PARTNER_MM = 0.35
_LONELY, _PAIRED = 0.55, 0.8
"""Brightest dot within `_PARTNER_MM` over the darkness of the dot itself. A pore is dark by itself
(median 0.45 on phantoms); the furrows and sparkles of relief come as dark and bright pairs (0.8 to
1.0)."""
_MIN_SPACING_MM = 0.4
_MAX_ELONGATION = 3.0
"""Ratio of curvatures above which a dot is a piece of a line or a hair."""
_MAX_MELANIN, _MAX_HAEMOGLOBIN = 1.5, 1.25
"""Burden per unit of log-green above which a dot is a freckle (1.8) or a vessel (1.4) and no hole;
shading gives 0, and a pore 0.6 to 1.0 because red light fills it from under the skin."""
_COLOURED_SIGMA_MM = 0.15
"""Dots narrower than about half a millimetre show no colour of their own: cameras store colour at
half resolution, and light spreads that far under the skin."""
_GOOD_PSF_MM = 0.05
"""Lens and demosaicing of a well focused camera at the working scale, 0.6 px. In millimetres,
because photos of a course are brought to one point spread on the skin: as pixels of each photo a
camera 10 % nearer was taken for a sharper one, and its pores for 8 % larger."""
_SKIN_SPREAD_MM = 0.1
"""Sigma by which green light spreads under the skin and widens the look of a hole: the two narrow
Gaussians that carry most of green in d'Eon & Luebke 2007 (0.08 and 0.22 mm)."""

_MIN_RADIUS, _MAX_RADIUS = 0.075, 0.5
"""Millimetres: the band of 0.15 to 1.0 mm in which a dot is called a pore."""


@dataclass(frozen=True, slots=True, eq=False)
class Pores:
    """Every pore of a picture.

    Parameters
    ----------
    x_px, y_px : ndarray of int, shape (N,)
        Working pixel of the centre.
    weight : ndarray of float32, shape (N,)
        0..1, how surely it counts.
    contrast : ndarray of float32, shape (N,)
        Log-contrast of the disc that explains it.
    area_mm2 : ndarray of float32, shape (N,)
        Of that disc before the camera blurred it.
    roundness : ndarray of float32, shape (N,)
        The part of the weight that tells of the dot alone and not of its contrast, 0..1.
    counts, areas : ndarray of float32, shape (H, W)
        Pictures with the weight, and the weighted area in mm2, at each centre and 0 elsewhere.
    darkness : ndarray of float32, shape (H, W)
        Log-contrast of the dot that would explain each pixel.
    """

    x_px: NDArray[np.intp] = field(repr=False)
    y_px: NDArray[np.intp] = field(repr=False)
    weight: FloatArray = field(repr=False)
    contrast: FloatArray = field(repr=False)
    area_mm2: FloatArray = field(repr=False)
    roundness: FloatArray = field(repr=False)
    counts: FloatArray = field(repr=False)
    areas: FloatArray = field(repr=False)
    darkness: FloatArray = field(repr=False)


@once_per_picture
def find_pores(analysis: Analysis) -> Pores:
    """Pores on all skin of a picture at 12 px/mm.

    Returns
    -------
    Pores

    Notes
    -----
    Fooled by stubble and comedones (dark round dots as well), by gloss that fills pores with light,
    and by smoothing in the camera that paints them over.
    """
    skin = analysis.skin(PORE_PX_PER_MM)
    scale = skin.px_per_mm
    flat = _flattened(skin)
    levels = [blurred(flat, sigma, scale) for sigma in _SIGMAS_MM]
    best, darkest = _extremes(levels)
    reach = max(1, math.ceil(_MIN_SPACING_MM * scale) - 1)
    peak = cv2.dilate(best, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    is_centre = (best == peak) & (best > _PEAK * FAINT_CONTRAST) & skin.mask
    y, x = np.nonzero(is_centre)
    heights = [picture[y, x] for picture in levels]
    at_centre = np.stack([fine - wide for fine, wide in itertools.pairwise(heights)])
    level = np.argmax(at_centre, axis=0)
    keep = _is_round(levels, level, x, y, scale)
    x, y, level, contrast = x[keep], y[keep], level[keep], at_centre.max(axis=0)[keep] / _PEAK
    if analysis.patch.axes is not None:
        keep = _is_colourless(skin, x, y, np.asarray(_SIGMAS_MM)[level], analysis.patch.axes)
        x, y, level, contrast = x[keep], y[keep], level[keep], contrast[keep]
    reach = round(_PARTNER_MM * scale)
    partner = -cv2.erode(darkest, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))[y, x]
    roundness = np.clip((_PAIRED - partner / (_PEAK * contrast)) / (_PAIRED - _LONELY), 0, 1)
    weight = visibility(contrast) * roundness
    area = _disc_area(levels, level, x, y, _psf_sigma_mm(analysis.patch))
    counts = np.zeros(skin.mask.shape, np.float32)
    counts[y, x] = weight
    areas = np.zeros(skin.mask.shape, np.float32)
    areas[y, x] = weight * area
    return Pores(
        x,
        y,
        weight.astype(np.float32),
        contrast.astype(np.float32),
        area.astype(np.float32),
        roundness.astype(np.float32),
        counts,
        areas,
        best / np.float32(_PEAK),
    )


def _extremes(levels: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Largest and smallest of the differences between neighbouring levels, at each pixel."""
    best, darkest = np.empty_like(levels[0]), np.empty_like(levels[0])
    for rows in row_strips(*best.shape):
        answers = [fine[rows] - wide[rows] for fine, wide in itertools.pairwise(levels)]
        most, least = best[rows], darkest[rows]
        np.maximum(answers[0], answers[1], out=most)
        np.minimum(answers[0], answers[1], out=least)
        for answer in answers[2:]:
            np.maximum(most, answer, out=most)
            np.minimum(least, answer, out=least)
    return best, darkest


def pores_inside(
    pores: Pores, window: Window
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Which pores lie in a region, and where in its bounding box.

    Parameters
    ----------
    pores : Pores
    window : Window
        Of a region at the pore scale.

    Returns
    -------
    index, rows, columns : ndarray of int, shape (N,)
        Of each such pore in `pores`, and of its pixel in the bounding box.
    """
    rows, columns = pores.y_px - window.rows.start, pores.x_px - window.columns.start
    height, width = window.mask.shape
    index = np.flatnonzero((rows >= 0) & (rows < height) & (columns >= 0) & (columns < width))
    index = index[window.mask[rows[index], columns[index]]]
    return index, rows[index], columns[index]


def visibility(contrast: NDArray[Any]) -> NDArray[Any]:
    """How surely a dot of this log-contrast counts, 0..1."""
    return np.clip((contrast - FAINT_CONTRAST) / (CLEAR_CONTRAST - FAINT_CONTRAST), 0, 1)


def _psf_sigma_mm(patch: Patch) -> float:
    """The camera's point spread, or that of a good one if it is not known."""
    if patch.psf_sigma_mm is not None:
        return patch.psf_sigma_mm
    return _GOOD_PSF_MM


def _flattened(skin: Skin) -> FloatArray:
    """Darkness in log-green against the skin around, gloss cut, 0 off the mask."""
    dark = np.asarray(optical_density(cv2.extractChannel(skin.linear, 1)), dtype=np.float32)
    flat = smoothed(dark, skin.mask, _SURROUND_SIGMA_MM * skin.px_per_mm)
    for rows in row_strips(*flat.shape):
        strip = flat[rows]
        np.subtract(dark[rows], strip, out=strip)
        np.maximum(strip, np.float32(-_BRIGHTEST), out=strip)
        np.copyto(strip, np.float32(0), where=~skin.mask[rows])
    return flat


def _picked(
    pictures: list[FloatArray],
    which: NDArray[np.intp],
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
) -> FloatArray:
    """Pixels of several pictures of one shape, each from the picture that `which` names."""
    values = np.zeros(which.shape, np.float32)
    for index, picture in enumerate(pictures):
        own = which == index
        values[own] = picture[rows[own], columns[own]]
    return values


def _is_round(
    levels: list[FloatArray],
    level: NDArray[np.intp],
    x: NDArray[np.intp],
    y: NDArray[np.intp],
    px_per_mm: float,
) -> NDArray[np.bool_]:
    """Whether the curvature at each centre is nearly the same in all directions."""
    height, width = levels[0].shape
    step = np.maximum(1, np.rint(np.asarray(_SIGMAS_MM)[level] * px_per_mm)).astype(int)

    def at(dx: int, dy: int) -> NDArray[Any]:
        rows = np.clip(y + dy * step, 0, height - 1)
        columns = np.clip(x + dx * step, 0, width - 1)
        fine = _picked(levels, level, rows, columns)
        return fine - _picked(levels, level + 1, rows, columns)

    centre = 2 * at(0, 0)
    xx, yy = at(1, 0) + at(-1, 0) - centre, at(0, 1) + at(0, -1) - centre
    xy = (at(1, 1) + at(-1, -1) - at(1, -1) - at(-1, 1)) / 4
    mean, spread = -(xx + yy) / 2, np.hypot((xx - yy) / 2, xy)
    # Largest curvature over smallest, without dividing by what may be zero or negative.
    return np.asarray(mean + spread <= _MAX_ELONGATION * (mean - spread))


def _is_colourless(
    skin: Skin,
    x: NDArray[np.intp],
    y: NDArray[np.intp],
    sigma_mm: NDArray[Any],
    axes: ChromophoreAxes,
) -> NDArray[np.bool_]:
    """Whether each dot is neither a freckle nor a vessel, as far as its colour can be told."""
    colour = _colour_contrast(skin, x, y, sigma_mm)
    green = np.maximum(colour[:, 1], 1e-3)
    tinted = (colour @ axes.melanin > _MAX_MELANIN * green) | (
        colour @ axes.haemoglobin > _MAX_HAEMOGLOBIN * green
    )
    return np.asarray(~tinted | (sigma_mm < _COLOURED_SIGMA_MM))


def _colour_contrast(
    skin: Skin, x: NDArray[np.intp], y: NDArray[np.intp], sigma_mm: NDArray[Any]
) -> NDArray[np.float64]:
    """Optical density of red, green and blue at each centre over a ring around, shape (N, 3)."""
    height, width = skin.mask.shape

    def sampled(radius_px: NDArray[Any], n: int) -> NDArray[np.float64]:
        total = np.zeros((x.size, 3))
        for angle in np.arange(n) * (2 * math.pi / n):
            rows = np.clip(np.rint(y + radius_px * math.sin(angle)).astype(int), 0, height - 1)
            columns = np.clip(np.rint(x + radius_px * math.cos(angle)).astype(int), 0, width - 1)
            on = skin.mask[rows, columns]
            rows, columns = np.where(on, rows, y), np.where(on, columns, x)
            total += skin.linear[rows, columns]
        return total / n

    inner = sampled(sigma_mm * skin.px_per_mm, 6)
    outer = sampled(3.5 * sigma_mm * skin.px_per_mm, 12)
    return np.asarray(np.log(np.maximum(outer, 1e-4) / np.maximum(inner, 1e-4)))


def _disc_area(
    levels: list[FloatArray],
    level: NDArray[np.intp],
    x: NDArray[np.intp],
    y: NDArray[np.intp],
    psf_sigma_mm: float,
) -> NDArray[np.float64]:
    """Area in mm2 of the disc whose blurred picture has the measured fall-off over scale.

    A dot of variance v seen at sigma s has the height m / (v + s^2). Three scales give v free of
    the level of the skin; a disc of radius r has v = r^2 / 4, and camera and skin add their own.
    """
    first = np.clip(level - 1, 0, len(levels) - 3)
    heights = [_picked(levels, first + i, y, x).astype(np.float64) for i in range(3)]
    squares = [np.asarray(_SIGMAS_MM)[first + i] ** 2 for i in range(3)]
    fall = (heights[0] - heights[1]) / np.maximum(heights[1] - heights[2], 1e-6)
    low, high = squares[1] - squares[0], squares[2] - squares[1]
    variance = (low * squares[2] - fall * high * squares[0]) / np.maximum(fall * high - low, 1e-9)
    own = psf_sigma_mm**2 + _SKIN_SPREAD_MM**2
    radius = 2 * np.sqrt(np.clip(variance - own, _MIN_RADIUS**2 / 4, _MAX_RADIUS**2 / 4))
    radius = np.where(fall * high <= low, _MAX_RADIUS, radius)
    return np.asarray(math.pi * radius**2)
