"""Dark lines on the skin: a ridge filter at several widths, thinned, linked and measured."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import row_strips
from progress.metrics.analysis import Analysis, Skin, once_per_picture
from progress.metrics.bands import RELIEF_PX_PER_MM, blurred, fine_shading
from progress.model import ChromophoreAxes
from progress.model.checks import BoolArray, FloatArray

_SIGMAS_MM = (0.14, 0.22, 0.34)
"""A Gaussian line of sigma s answers most at sqrt(2) s: full widths of 0.23 to 0.57 mm. Wider ones
answer too, but so do clouds of blood."""
_PEAK = 2 / 3**1.5
"""Answer sigma^2 |d2| of a Gaussian line of contrast 1 at its best scale: 0.385."""
_FWHM = 2 * math.sqrt(2 * math.log(2))
_SEED_CONTRAST = 0.012
"""Log-contrast at which a pixel may lie on a line; microrelief and noise do, too."""
_TURN_SIGMA_MM, _LOUDEST = 0.4, 0.08
"""The direction of a line is that of the ridges within about half a millimetre; none of them,
a pore's rim say, weighs more than one of this contrast."""
_BLOB_PENALTY, _ALONG_NOISE = 3.0, 0.012
"""Times the curvature along the line, above what noise and microrelief have of it, is taken off
that across it: a dot has as much of both, and pores in a row make no line."""
_REACH_MM, _N_SAMPLES, _RANKS, _STRICT_RANKS = 1.6, 11, slice(2, 7), slice(0, 4)
"""A point of a line is supported by eleven samples along it, 1.6 mm either way: the mean of the
third to seventh weakest counts, so that neither a pore on the line nor a gap in it does. That of
the four weakest is the strict support, by which a whole line is judged: rows of pores and the walls
of scars have little of it, and the net of microrelief, as dark as a fine line, runs straight for
half a millimetre only."""
_FAINT_CONTRAST, _CLEAR_CONTRAST = 0.015, 0.033
"""Support at which a point begins to count and at which it counts in full."""
_FAINT_LINE, _CLEAR_LINE = 0.016, 0.03
"""The same of a whole line, by the strict support of its clearest part (hysteresis)."""
_STRAY = (0.18, 0.36)
"""Share of its line's clearest part below which a point belongs to something fainter that runs into
the line: a furrow of microrelief."""
_SOLID = (0.005, 0.015)
"""Strict support over which a point adds to its line's length: bridges between pores do not."""
_RIM_MM, _HOLE_MM = 0.8, 0.6
"""Next to the rim of the mask a line is most often the rim itself: the fall of light at the edge of
the face, lashes, the wing of the nose. Half the size of holes that have no rim."""
_SHORTEST_MM, _LONG_MM = 3.0, 5.0
"""Length at which a line begins to count and at which it counts in full. All three ramps keep a
line near a limit from flickering between two shots: with steps instead, severity of faint lines
moved between shots of the same skin by two to three times as much."""
_DOUBTFUL = 0.2
"""Weight after all ramps up to which a point is left out."""
_NARROW_MM, _WIDE_MM = 0.7, 1.0
"""Mean width of a line up to which it counts in full and from which it does not count: wider dark
bands are clouds of blood and the shade of hollows."""
_HAIR_MM = (0.25, 0.34)
"""Mean width, through the lens, up to which a line is a hair or a row of stubble (0.2 to 0.26 on
phantoms) and from which it is none; a line of a quarter of a millimetre is seen 0.3 mm wide."""
_VESSEL_BLOOD, _VESSEL_MELANIN = (0.4, 0.6), (0.05, 0.25)
"""Haemoglobin and melanin per unit of log-green: vessels have 0.7 to 1.1 of the first and -1 to 0.1
of the second. Shade in a furrow has as much of the first on light skin and 0.3 to 1.7 of the
second, because red light fills it from under the skin; a grey band has little of either."""
_FLANK_MM = 0.7
"""Skin this far to both sides of a line is the skin around it."""
_FINE_MM = 0.5
"""Above this width contrast is told per half a millimetre of width, as steepness: faint wide bands
are clouds of blood or the swell of the skin."""
_LINK_PX = 5
"""Crests nearer than this are one line: thinning leaves gaps where a line turns or pales."""


@dataclass(frozen=True, slots=True, eq=False)
class Ridges:
    """Thinned lines of a picture.

    Parameters
    ----------
    contrast : ndarray of float32, shape (H, W)
        Log-contrast along the line on its centre, 0 elsewhere.
    length_mm : ndarray of float32, shape (H, W)
        Length of line that each such pixel stands for, less where it is doubtful whether it is
        one; 0 elsewhere.
    width_mm : ndarray of float32, shape (H, W)
        Full width at half depth there, as seen through the lens; 0 elsewhere.
    """

    contrast: FloatArray = field(repr=False)
    length_mm: FloatArray = field(repr=False)
    width_mm: FloatArray = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """Ridge strength of the best width across the local direction, and that direction doubled."""

    strength: FloatArray
    cos2: FloatArray
    sin2: FloatArray
    narrow: FloatArray
    wide: FloatArray


_Curvature = tuple[FloatArray, FloatArray, FloatArray]
"""Mean, and half the difference along the axes and along the diagonals: (H, W) each."""


@once_per_picture
def find_ridges(analysis: Analysis) -> Ridges:
    """Dark lines of at least 3 to 5 mm on all skin of a picture at 8 px/mm.

    Returns
    -------
    Ridges

    Notes
    -----
    Hessian ridge measure after Frangi et al. 1998, doi:10.1007/BFb0056195, with its answer kept in
    units of contrast; hysteresis after Canny 1986, doi:10.1109/TPAMI.1986.4767851. Fooled by hairs
    as wide as a line, by rims of scars longer than a line is, and by vessels without colour axes.
    """
    skin = analysis.skin(RELIEF_PX_PER_MM)
    found = _ridge_field(-fine_shading(analysis), skin.mask, skin.px_per_mm)
    y, x = _crests(found, _away_from_rims(skin.mask, skin.px_per_mm))
    support, strict = _support_along(found, x, y, _REACH_MM * skin.px_per_mm)
    width = _width_mm(found.narrow[y, x], found.wide[y, x])
    steep = np.minimum(1.0, _FINE_MM / np.maximum(width, 1e-6))
    clarity, strict = support * steep, strict * steep
    kept = clarity > _FAINT_CONTRAST
    x, y, support, width, clarity, strict = (
        part[kept] for part in (x, y, support, width, clarity, strict)
    )
    angle = np.arctan2(found.sin2[y, x], found.cos2[y, x]) / 2
    # A pixel of a slanted line is longer than a pixel.
    slanted = np.maximum(np.abs(np.cos(angle)), np.abs(np.sin(angle)))
    length = 1 / (slanted * skin.px_per_mm)
    name = _line_of(found.strength.shape, x, y)
    weight = _ramp(clarity, _FAINT_CONTRAST, _CLEAR_CONTRAST)
    whole, clearest = _line_weight(name, length, strict, width)
    if analysis.patch.axes is not None:
        colour = _colour_contrast(skin, x, y, angle)
        whole = whole * (1 - _redness_of(colour, name, length, analysis.patch.axes))
    weight *= whole[name] * _ramp(clarity / clearest[name], *_STRAY)
    weight = _ramp(weight, _DOUBTFUL, 1)
    contrast, length_mm, width_mm = (np.zeros_like(found.strength) for _ in range(3))
    counts = weight > 0
    y, x = y[counts], x[counts]
    contrast[y, x] = support[counts]
    length_mm[y, x] = (weight * length)[counts]
    width_mm[y, x] = width[counts]
    return Ridges(contrast, length_mm, width_mm)


def _ramp(value: NDArray[Any], low: float, high: float) -> NDArray[Any]:
    """0 below one limit, 1 above the other, straight in between."""
    return np.clip((value - low) / (high - low), 0, 1)


def _ridge_field(darkness: FloatArray, mask: BoolArray, px_per_mm: float) -> _Field:
    """How strongly each pixel lies on a dark line and which way that runs."""
    size = darkness.shape
    curvatures = [_curvature(darkness, sigma_mm, px_per_mm) for sigma_mm in _SIGMAS_MM]
    cos2, sin2 = np.empty_like(darkness), np.empty_like(darkness)
    for rows in row_strips(*size):
        parts = [(mean[rows], half[rows], cross[rows]) for mean, half, cross in curvatures]
        _loudest_turn(parts, mask[rows], cos2[rows], sin2[rows])
    cos2 = blurred(cos2, _TURN_SIGMA_MM, px_per_mm)
    sin2 = blurred(sin2, _TURN_SIGMA_MM, px_per_mm)
    strength, narrow, wide = (np.empty_like(darkness) for _ in range(3))
    for rows in row_strips(*size):
        cos, sin = cos2[rows], sin2[rows]
        norm = np.maximum(np.asarray(cv2.magnitude(cos, sin), np.float32), np.float32(1e-9))
        cos /= norm
        sin /= norm
        best, across = strength[rows], []
        best[:] = 0
        for mean, half, cross in curvatures:
            turned = half[rows] * cos + cross[rows] * sin
            across.append(mean[rows] + turned)
            along = np.maximum(mean[rows] - turned - np.float32(_ALONG_NOISE), np.float32(0))
            np.maximum(best, across[-1] - np.float32(_BLOB_PENALTY) * along, out=best)
        np.copyto(best, np.float32(0), where=~mask[rows])
        narrow[rows], wide[rows] = across[0], across[-1]
    return _Field(strength, cos2, sin2, narrow, wide)


def _curvature(darkness: FloatArray, sigma_mm: float, px_per_mm: float) -> _Curvature:
    """Mean curvature of a blurred picture, and half its difference across two pairs of axes."""
    level = blurred(darkness, sigma_mm, px_per_mm)
    quarter = (sigma_mm * px_per_mm) ** 2 / _PEAK / 4
    xx, yy, cross = (
        np.asarray(cv2.Sobel(level, cv2.CV_32F, dx, dy, ksize=3, scale=-quarter), np.float32)
        for dx, dy in ((2, 0), (0, 2), (1, 1))
    )
    half = (xx - yy) * np.float32(0.5)
    mean = np.add(xx, yy, out=xx)
    mean *= np.float32(0.5)
    return mean, half, cross


def _loudest_turn(
    curvatures: list[_Curvature], mask: BoolArray, cos2: FloatArray, sin2: FloatArray
) -> None:
    """Writes the doubled direction of the ridge of the width that answers most, 0 off the mask."""
    best = np.zeros(mask.shape, np.float32)
    cos2[:], sin2[:] = 0, 0
    for mean, half, cross in curvatures:
        spread = np.asarray(cv2.magnitude(half, cross), dtype=np.float32)
        # A line has no curvature along itself, mean = spread; a dot has spread 0, a saddle mean 0.
        answer = np.minimum(mean, spread) * 2
        better = ((answer > best) & mask).view(np.uint8)
        loudness = np.minimum(answer, np.float32(_LOUDEST)) / np.maximum(spread, np.float32(1e-6))
        # On scattered pixels NumPy's copy takes ten times as long.
        cv2.copyTo(answer, better, best)
        cv2.copyTo(loudness * half, better, cos2)
        cv2.copyTo(loudness * cross, better, sin2)


def _away_from_rims(mask: BoolArray, px_per_mm: float) -> BoolArray:
    """Skin that is not at the rim of the mask; holes as small as a hair or a glint have no rim."""
    hole, rim = (2 * math.ceil(mm * px_per_mm) + 1 for mm in (_HOLE_MM, _RIM_MM))
    whole = cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_CLOSE, np.ones((hole, hole), np.uint8))
    # What lies beyond the picture is not skin.
    inner = cv2.erode(whole, np.ones((rim, rim), np.uint8), borderValue=0)
    return np.asarray((inner > 0) & mask, dtype=bool)


def _crests(found: _Field, where: BoolArray) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of lines' pixels no weaker than both neighbours across the line."""
    padded = cv2.copyMakeBorder(found.strength, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0.0)
    y, x = np.nonzero((found.strength > _SEED_CONTRAST) & where)
    here = found.strength[y, x]
    across = np.arctan2(found.sin2[y, x], found.cos2[y, x]) / 2
    sector = np.rint(across / np.float32(math.pi / 4)).astype(np.int8) & 3
    dx, dy = np.array([1, 1, 0, -1])[sector], np.array([0, 1, 1, 1])[sector]
    ahead, behind = padded[y + 1 + dy, x + 1 + dx], padded[y + 1 - dy, x + 1 - dx]
    crest = (here > ahead) & (here >= behind)
    return y[crest], x[crest]


def _support_along(
    found: _Field, x: NDArray[np.intp], y: NDArray[np.intp], reach_px: float
) -> tuple[NDArray[Any], NDArray[Any]]:
    """How strongly the ridges before and after each crest run on in its direction; and strictly."""
    width = found.strength.shape[1]
    # What a sample needs lies side by side, and nothing beyond the picture supports a line.
    reach = math.ceil(reach_px) + 1
    field = cv2.copyMakeBorder(
        cv2.merge([found.strength, found.cos2, found.sin2]),
        *(reach, reach, reach, reach), cv2.BORDER_CONSTANT, value=0.0,
    ).reshape(-1, 3)  # fmt: skip
    stride = width + 2 * reach
    cos2, sin2 = found.cos2[y, x], found.sin2[y, x]
    across = np.arctan2(sin2, cos2) / 2
    down, left = np.cos(across), np.sin(across)
    aligned = np.empty((_N_SAMPLES, y.size), np.float32)
    for index, step in enumerate(np.linspace(-reach_px, reach_px, _N_SAMPLES)):
        rows = np.rint(y + step * down).astype(np.intp)
        columns = np.rint(x - step * left).astype(np.intp)
        strength, cos, sin = field.take((rows + reach) * stride + columns + reach, axis=0).T
        np.multiply(strength, cos2 * cos + sin2 * sin, out=aligned[index])
    aligned.sort(axis=0)
    return aligned[_RANKS].mean(axis=0), aligned[_STRICT_RANKS].mean(axis=0)


def _line_of(shape: tuple[int, ...], x: NDArray[np.intp], y: NDArray[np.intp]) -> NDArray[np.int32]:
    """Number of the connected line to which each crest belongs."""
    crest = np.zeros(shape[:2], np.uint8)
    crest[y, x] = 1
    joined = cv2.dilate(crest, np.ones((_LINK_PX, _LINK_PX), np.uint8))
    _, label = cv2.connectedComponents(joined)
    return np.asarray(label[y, x], dtype=np.int32)


def _line_weight(
    name: NDArray[np.int32],
    length_mm: NDArray[Any],
    clarity: NDArray[Any],
    width_mm: NDArray[Any],
) -> tuple[NDArray[Any], NDArray[Any]]:
    """How surely each line counts (length, width, clearest part), and how clear that part is."""
    total = np.bincount(name, weights=length_mm * _ramp(clarity, *_SOLID))
    # A mean that the strong points rule: a maximum would follow single pixels.
    square = np.bincount(name, weights=length_mm * clarity**2)
    cube = np.bincount(name, weights=length_mm * clarity**3)
    clearest = cube / np.maximum(square, 1e-12)
    width = np.bincount(name, weights=length_mm * clarity**2 * width_mm) / np.maximum(square, 1e-12)
    sure = (
        _ramp(total, _SHORTEST_MM, _LONG_MM)
        * _ramp(clearest, _FAINT_LINE, _CLEAR_LINE)
        * _ramp(width, *_HAIR_MM)
        * (1 - _ramp(width, _NARROW_MM, _WIDE_MM))
    )
    return sure, np.maximum(clearest, 1e-6)


def _colour_contrast(
    skin: Skin, x: NDArray[np.intp], y: NDArray[np.intp], across: NDArray[Any]
) -> NDArray[np.float64]:
    """Optical density of red, green and blue on each crest over that of its flanks, (N, 3)."""
    height, width = skin.mask.shape

    def light(side: float) -> NDArray[np.float64]:
        reach = side * _FLANK_MM * skin.px_per_mm
        rows = np.clip(np.rint(y + reach * np.sin(across)).astype(int), 0, height - 1)
        columns = np.clip(np.rint(x + reach * np.cos(across)).astype(int), 0, width - 1)
        on = skin.mask[rows, columns]
        seen = skin.linear[np.where(on, rows, y), np.where(on, columns, x)]
        return np.asarray(np.maximum(seen, 1e-4), dtype=np.float64)

    return np.asarray((np.log(light(-1)) + np.log(light(1))) / 2 - np.log(light(0)))


def _redness_of(
    colour: NDArray[np.float64],
    name: NDArray[np.int32],
    length_mm: NDArray[Any],
    axes: ChromophoreAxes,
) -> NDArray[Any]:
    """0..1 for each line, how surely it is a vessel."""
    total = [np.bincount(name, weights=length_mm * channel) for channel in colour.T]
    mean = np.stack(total, axis=1)
    green = np.maximum(mean[:, 1], 1e-6)
    blood = _ramp(mean @ axes.haemoglobin / green, *_VESSEL_BLOOD)
    return np.asarray(blood * (1 - _ramp(mean @ axes.melanin / green, *_VESSEL_MELANIN)))


def _width_mm(narrow: NDArray[Any], wide: NDArray[Any]) -> NDArray[Any]:
    """Full width at half depth of the Gaussian line that answers so at two widths.

    A line of sigma t answers ``t s^2 / (t^2 + s^2)^1.5`` to the filter of sigma s.
    """
    low, high = _SIGMAS_MM[0] ** 2, _SIGMAS_MM[-1] ** 2
    ratio = np.maximum(narrow, 1e-6) / np.maximum(wide, 1e-6) * high / low
    fall = np.clip(ratio ** (2 / 3), 1.05, high / low)
    return np.asarray(_FWHM * np.sqrt(np.maximum((high - fall * low) / (fall - 1), 0)))
