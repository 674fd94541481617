"""A second opinion on where skin went: small patches looked for one by one, without any field.

For pairs of real photos whose truth nobody knows (the same person at rest and smiling). Only
patches that are found again beyond doubt, both ways, count as marks.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.imaging.colour_space import linear_from_codes
from progress.model import Landmarks, Region
from progress.model.checks import FloatArray

_EYE_CORNERS = (33, 133, 362, 263)
_PATCH_MM = 3.0
_SEARCH_MM = 5.0
_LEAST_CORRELATION = 0.85
_LEAST_LEAD = 0.12
_MUTUAL_MM = 0.15
_MARKS_PER_REGION = 60
_FAINTEST = 0.002


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Points found in both photos.

    Parameters
    ----------
    region : str
        Where they lie.
    baseline_xy, followup_xy : ndarray of float64, shape (N, 2)
        Photo pixels; N may be 0.
    """

    region: str
    baseline_xy: NDArray[np.float64] = field(repr=False)
    followup_xy: NDArray[np.float64] = field(repr=False)


def find_marks(
    baseline: DecodedPhoto,
    baseline_marks: Landmarks,
    followup: DecodedPhoto,
    followup_marks: Landmarks,
    region: Region,
) -> Marks:
    """Small distinctive patches of a region that are found again in another photo.

    Parameters
    ----------
    baseline, followup : DecodedPhoto
        Of one person.
    baseline_marks, followup_marks : Landmarks
        Only the corners of the eyes are used, to lay one photo over the other by a similarity.
    region : Region
        Of the baseline.

    Returns
    -------
    Marks
        Patches of 6 x 6 mm about corners of the fine structure, looked for within 5 mm by
        normalised correlation. Kept if the correlation is at least 0.85, leads the next peak by
        0.12, and the patch found leads back to within 0.15 mm.
    """
    scale = baseline_marks.scale.px_per_mm
    here = _structure(baseline, scale)
    to_baseline = _similarity(followup_marks, baseline_marks)
    laid = cv2.warpAffine(_structure(followup, scale), to_baseline, here.shape[::-1])
    there = np.asarray(laid, dtype=np.float32)
    inside = np.zeros(here.shape, dtype=np.uint8)
    cv2.fillPoly(inside, [np.rint(region.polygon_xy).astype(np.int32)], (1,))
    corners = cv2.goodFeaturesToTrack(here, _MARKS_PER_REGION, 0.05, 1.5 * scale, mask=inside)
    found = []
    for x, y in [] if corners is None else np.asarray(corners).reshape(-1, 2):
        start = np.array([x, y], dtype=np.float64)
        end = _looked_up(here, there, start, scale)
        back = None if end is None else _looked_up(there, here, end, scale)
        if end is None or back is None:
            continue
        if np.linalg.norm(back - start) < _MUTUAL_MM * scale:
            found.append((start, end))
    pairs = np.array(found, dtype=np.float64).reshape(-1, 2, 2)
    back_again = cv2.invertAffineTransform(to_baseline)
    ends = pairs[:, 1] @ back_again[:, :2].T + back_again[:, 2]
    return Marks(region.name, pairs[:, 0], ends)


def _structure(photo: DecodedPhoto, px_per_mm: float) -> FloatArray:
    """Log-green without its surroundings of 2 mm."""
    green = np.maximum(linear_from_codes(photo.codes)[..., 1], np.float32(_FAINTEST))
    density = np.log(green)
    around = cv2.GaussianBlur(density, (0, 0), 2.0 * px_per_mm)
    return np.asarray(density - around, dtype=np.float32)


def _similarity(source: Landmarks, target: Landmarks) -> NDArray[np.float64]:
    """The similarity that lays eye corners on eye corners, shape (2, 3)."""
    a, b = (
        np.asarray(m.points_xy)[list(_EYE_CORNERS)].astype(np.float32) for m in (source, target)
    )
    found, _ = cv2.estimateAffinePartial2D(a, b, method=cv2.LMEDS)
    return np.asarray(found, dtype=np.float64)


def _looked_up(
    here: FloatArray, there: FloatArray, xy: NDArray[np.float64], scale: float
) -> NDArray[np.float64] | None:
    """Where the patch about a point is found in the other picture; None if that is in doubt."""
    half, reach = round(_PATCH_MM * scale), round((_PATCH_MM + _SEARCH_MM) * scale)
    column, row = np.rint(xy).astype(int)
    height, width = here.shape
    if min(column, row) < reach or column + reach >= width or row + reach >= height:
        return None
    patch = here[row - half : row + half + 1, column - half : column + half + 1]
    area = there[row - reach : row + reach + 1, column - reach : column + reach + 1]
    score = np.asarray(cv2.matchTemplate(area, patch, cv2.TM_CCOEFF_NORMED), dtype=np.float32)
    _, best, _, (x, y) = cv2.minMaxLoc(score)
    inner = 0 < x < score.shape[1] - 1 and 0 < y < score.shape[0] - 1
    if best < _LEAST_CORRELATION or not inner:
        return None
    apart = round(1.0 * scale)
    rest = score.copy()
    rest[max(0, y - apart) : y + apart + 1, max(0, x - apart) : x + apart + 1] = -1.0
    if rest.max() > best - _LEAST_LEAD:
        return None
    middle = (score.shape[0] - 1) / 2
    offset = np.array([x, y]) - middle + _peak(score[y - 1 : y + 2, x - 1 : x + 2])
    return np.asarray(xy + offset)


def _peak(around: FloatArray) -> NDArray[np.float64]:
    """Where a parabola through three values each way has its top, from the middle one."""
    middle = float(around[1, 1])
    tops = []
    for before, after in (around[1, [0, 2]], around[[0, 2], 1]):
        bend = float(before) - 2 * middle + float(after)
        tops.append(0.5 * float(before - after) / bend if bend < 0 else 0.0)
    return np.array(tops)
