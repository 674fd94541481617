"""A second opinion on the lamp: where it is mirrored in the eyes."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, gaussian_blur
from progress.model import Landmarks, NotMeasured

_CORNEA_RADIUS_MM = 7.8
"""Of its front surface (Rüfer 2005, doi:10.1097/01.ico.0000148312.01805.53, gives 7.8 +- 0.3)."""
_IRIS_RADIUS_MM = 5.85
_IRISES = ((468, 469, 470, 471, 472), (473, 474, 475, 476, 477))
"""Middle and four edge points of the right and the left iris."""
_WORKING_PX_PER_MM = 8.0
_WITHIN = 0.8
"""Of the iris radius: further out, the white of the eye and the lids are bright too."""
_WIDEST_MM = 2.5
_LEAST_PEAK = 1.0
"""Over the iris's own median: a mirrored lamp is many times as bright as the iris."""
_LEAST_ALONE = 0.7
"""Share of the brightest spot among all: several lamps have no one direction."""
_MOST_APART = 0.25
"""Of the heights of both eyes' spots, in cornea radii; eyes look inwards, not one up, one down."""


def catch_light(photo: DecodedPhoto, landmarks: Landmarks) -> NDArray[np.float64] | NotMeasured:
    """Direction to the lamp by its mirror image in both corneas.

    A sphere mirrors a far lamp where its normal halves the angle between lamp and camera. The eyes
    are averaged, because each is turned inwards by a few degrees, which cancels.

    Returns
    -------
    ndarray of float64, shape (3,), or NotMeasured
        Unit vector: x right of the picture, y up, z to the camera. Good to about 10 degrees: eyes
        that look past the camera by 5 degrees move it by 5. Not measured where an eye is closed or
        dark, or shows several lamps.
    """
    points = landmarks.points_xy
    if len(points) <= max(max(iris) for iris in _IRISES):
        return NotMeasured("the finder gave no irises")
    halves = [_half_way(photo, points[list(iris)]) for iris in _IRISES]
    found = [half for half in halves if half is not None]
    if len(found) < 2:
        return NotMeasured("no single lamp is mirrored in both eyes")
    right, left = found
    if abs(right[1] - left[1]) > _MOST_APART:
        return NotMeasured("the two eyes mirror different lamps")
    half = (right + left) / 2.0
    facing = math.sqrt(max(0.0, 1.0 - float(half @ half)))
    lamp = 2.0 * facing * np.array([*half, facing]) - (0.0, 0.0, 1.0)
    return np.asarray(lamp / np.linalg.norm(lamp))


def _half_way(photo: DecodedPhoto, iris_xy: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The brightest spot on one iris, in cornea radii right and up of its middle."""
    middle = iris_xy[0]
    radius_px = float(np.linalg.norm(iris_xy[1:] - middle, axis=1).mean())
    reach = 1.3 * radius_px
    low, high = np.floor(middle - reach).astype(int), np.ceil(middle + reach).astype(int) + 1
    if radius_px < 4 or (low < 0).any() or (high > photo.size_px).any():
        return None
    px_per_mm = radius_px / _IRIS_RADIUS_MM
    scale = min(1.0, _WORKING_PX_PER_MM / px_per_mm)
    # The dimmest channel: a lamp is bright in all three, a coloured iris is not.
    seen = photo.linear((int(low[0]), int(low[1]), int(high[0]), int(high[1])), scale).pixels
    level = np.ascontiguousarray(seen.min(axis=2))
    px_per_mm *= scale
    rows, columns = np.indices(level.shape)
    x, y = (middle - low + 0.5) * scale - 0.5
    right, up = (columns - x) / (radius_px * scale), (y - rows) / (radius_px * scale)
    inside = np.hypot(right, up) < _WITHIN
    size = 2 * max(1, round(0.5 * _WIDEST_MM * px_per_mm)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    ground = cv2.morphologyEx(gaussian_blur(level, 0.3 * px_per_mm), cv2.MORPH_OPEN, disc)
    spot = np.where(inside, level - ground, 0.0)
    peak = float(spot.max())
    if peak < max(_LEAST_PEAK * float(np.median(level[inside])), 0.01):
        return None
    count, labels = cv2.connectedComponents((spot > 0.5 * peak).astype(np.uint8))
    masses = np.bincount(labels.ravel(), spot.ravel(), count)[1:]
    if masses.max() < _LEAST_ALONE * masses.sum():
        return None
    weight = spot * (labels == 1 + int(np.argmax(masses)))
    at = np.array([(weight * right).sum(), (weight * up).sum()]) / weight.sum()
    return np.asarray(at * _IRIS_RADIUS_MM / _CORNEA_RADIUS_MM)
