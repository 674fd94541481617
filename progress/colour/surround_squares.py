"""The same small squares of what surrounds the skin, in two photos: wall, hair, clothes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.model import Landmarks
from progress.model.checks import BoolArray, FloatArray

_SAMPLE_MM = 3.0
"""Side of the squares that are compared: about what hair shifts against a wall between poses."""
_FLAT = 1.0
"""Range of ln light between a square and its neighbours: edges of the head move with the pose and
do not count; hair, which is never flat, does."""
_UNEVEN = 0.2
"""Misfit of a square for each unit of that range, because the poses differ by a millimetre."""
_DARKEST, _BRIGHTEST = 0.004, 0.85
_AROUND_FACE_MM, _WELL_INSIDE_MM = 8.0, 10.0
_NECK_HALF_MM, _NECK_MM = 75.0, 90.0
"""Skin below the chin that is left out: half its width, and its height."""
_SAME = 0.03
"""Misfit of ln light that noise and compression give the same even square; four times that and its
unevenness is another thing: another shirt misses by 0.2 and more."""


@dataclass(frozen=True, slots=True, eq=False)
class Squares:
    """The same small squares in both photos.

    Parameters
    ----------
    xy_mm : ndarray of float64, shape (N, 2)
        Places from the middle of the face.
    before, after : ndarray of float64, shape (N, 3)
        ln linear light.
    expected : ndarray of float64, shape (N,)
        Misfit of ln light that is to be expected of each.
    skin : tuple of float
        Mean ln light of the face's own squares, before and after.
    """

    xy_mm: NDArray[np.float64]
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    expected: NDArray[np.float64]
    skin: tuple[float, float]

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.before)


def same_squares(
    baseline: DecodedPhoto,
    followup: DecodedPhoto,
    to_followup: NDArray[np.float64],
    marks: Landmarks,
    px_per_mm: float,
) -> Squares:
    """The squares of what surrounds the skin that are evenly lit and unclipped in both photos.

    Parameters
    ----------
    baseline, followup : DecodedPhoto
    to_followup : ndarray of float64, shape (2, 3)
        From `similarity` of both faces.
    marks : Landmarks
        Of the baseline.
    px_per_mm : float
        Of the baseline.
    """
    scale = 1 / (_SAMPLE_MM * px_per_mm)
    before = baseline.linear(None, scale).pixels
    again = _seen_from(followup, to_followup, baseline.size_px, before.shape[:2])
    rows, columns = np.mgrid[: before.shape[0], : before.shape[1]]
    x_px, y_px = (
        (index + 0.5) * size / n - 0.5
        for index, size, n in zip(
            (columns, rows), baseline.size_px, before.shape[1::-1], strict=True
        )
    )
    uneven = np.maximum(_unevenness(before), _unevenness(again))
    flat = uneven < _FLAT
    middle = np.asarray(marks.points_xy).mean(axis=0)
    where = np.stack([x_px, y_px], axis=-1)
    skin, face = _skin(where, marks, px_per_mm)
    use = flat & ~skin
    levels = [
        float(np.median(np.log(picture[flat & face]).mean(axis=-1))) if (flat & face).any() else 0.0
        for picture in (before, again)
    ]
    ln_before = np.log(before[use].astype(np.float64))
    return Squares(
        xy_mm=(where[use] - middle) / px_per_mm,
        before=ln_before,
        after=np.log(again[use].astype(np.float64)),
        expected=np.hypot(_SAME, _UNEVEN * uneven[use]),
        skin=(levels[0], levels[1]),
    )


def similarity(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.float64]:
    """The similarity that best takes one set of points to the other, by least squares.

    Parameters
    ----------
    first, second : ndarray, shape (N, 2)

    Returns
    -------
    ndarray of float64, shape (2, 3)
    """
    a, b = (np.asarray(points, dtype=np.float64) for points in (first, second))
    p, q = a - a.mean(axis=0), b - b.mean(axis=0)
    weight = (p**2).sum()
    cosine = (p * q).sum() / weight
    sine = (p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum() / weight
    turn = np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack([turn, b.mean(axis=0) - turn @ a.mean(axis=0)])


def _seen_from(
    photo: DecodedPhoto,
    to_photo: NDArray[np.float64],
    size_px: tuple[int, int],
    shape: tuple[int, ...],
) -> FloatArray:
    """A photo in the frame of another, shape (H, W, 3); 0 outside."""
    width, height = photo.size_px
    scale = shape[1] / size_px[0]
    zoom = math.hypot(to_photo[0, 0], to_photo[1, 0])
    small = photo.linear(None, scale / zoom).pixels
    own = np.array([small.shape[1] / width, small.shape[0] / height])
    # Pixel centres: (i + 0.5) * size / n - 0.5 in either picture.
    there = np.array([size_px[0] / shape[1], size_px[1] / shape[0]])
    turn = to_photo[:, :2] * there
    shift = to_photo[:, :2] @ (0.5 * there - 0.5) + to_photo[:, 2]
    turn, shift = own[:, np.newaxis] * turn, own * (shift + 0.5) - 0.5
    affine = np.column_stack([turn, shift])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(small, affine, shape[1::-1], flags=how, borderValue=(0, 0, 0))
    return np.asarray(seen, dtype=np.float32)


def _unevenness(picture: FloatArray) -> NDArray[np.float64]:
    """Range of ln light of each square and its neighbours; infinite where it is dark or clipped."""
    ln = np.log(np.maximum(picture, 1e-4))
    square = np.ones((3, 3), np.uint8)
    spread = (cv2.dilate(ln, square) - cv2.erode(ln, square)).max(axis=-1)
    lit = (picture.min(axis=-1) > _DARKEST) & (picture.max(axis=-1) < _BRIGHTEST)
    return np.where(lit, spread, np.inf)


def _skin(
    where: NDArray[np.float64], marks: Landmarks, px_per_mm: float
) -> tuple[BoolArray, BoolArray]:
    """Squares on or near face and neck, and those well inside the face."""
    rows, columns = where.shape[:2]
    step = where[-1, -1] - where[0, 0]
    onto_grid = (np.asarray(marks.points_xy) - where[0, 0]) / step * (columns - 1, rows - 1)
    hull = np.zeros((rows, columns), np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(np.rint(onto_grid).astype(np.int32)), (1,))
    outside, inside = (
        _SAMPLE_MM * cv2.distanceTransform(part, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        for part in (1 - hull, hull)
    )
    points = np.asarray(marks.points_xy)
    chin, brow = points[152], points[10]
    down = (chin - brow) / max(float(np.hypot(*(chin - brow))), 1e-9)
    right = np.array([down[1], -down[0]])
    below = (where - chin) @ down / px_per_mm
    aside = np.abs((where - chin) @ right) / px_per_mm
    neck = (below > -30.0) & (below < _NECK_MM) & (aside < _NECK_HALF_MM)
    near = outside < _AROUND_FACE_MM
    return np.asarray(near | neck), np.asarray(inside > _WELL_INSIDE_MM)
