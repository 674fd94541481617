"""Which part of a working grid is facial skin, by landmarks alone.

Coarser than `progress.regions`, which decides what may be measured: here it only says what the
field has to follow and where its errors count.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model.checks import BoolArray

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
_RIGHT_EYE = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
_LEFT_EYE = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
_MOUTH_OPENING = (
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
)  # fmt: skip
_RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
_LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)
_LIPS = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
)  # fmt: skip
_NOSE = (
    168, 193, 245, 188, 174, 236, 198, 209, 129, 98, 97, 2, 326, 327, 358, 429, 420, 456, 399,
    412, 465, 417,
)  # fmt: skip
_FEATURE_MARGIN_MM = 4.0
_RIM_MM = 6.0
_MOUTH_MARGIN_MM = 6.0


def _filled(shape: tuple[int, int], polygon_xy: NDArray[Any]) -> NDArray[np.uint8]:
    """1 inside a polygon, to a sixteenth of a pixel."""
    mask = np.zeros(shape, dtype=np.uint8)
    corners = np.rint(np.asarray(polygon_xy) * 16).astype(np.int32)
    cv2.fillPoly(mask, [corners], (1,), cv2.LINE_8, 4)
    return mask


def _disc(radius_px: float) -> NDArray[np.uint8]:
    """A round structuring element."""
    size = 2 * max(1, round(radius_px)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), dtype=np.uint8)


def face_skin(points_xy: NDArray[Any], shape: tuple[int, int]) -> BoolArray:
    """The face oval without eyes and mouth opening.

    Parameters
    ----------
    points_xy : ndarray, shape (478, 2)
        Landmarks on the grid.
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    ndarray of bool, shape (h, w)
        Hair hanging into the face and beards count as skin here.
    """
    skin = _filled(shape, points_xy[list(OVAL)])
    for hole in (_RIGHT_EYE, _LEFT_EYE, _MOUTH_OPENING):
        skin &= 1 - _filled(shape, points_xy[list(hole)])
    return skin.astype(bool)


def mouth_zone(points_xy: NDArray[Any], shape: tuple[int, int], *, px_per_mm: float) -> BoolArray:
    """Lips and 6 mm around them: what a smile stretches and folds."""
    hull = cv2.convexHull(np.asarray(points_xy[list(_LIPS)], dtype=np.float32))[:, 0]
    lips = _filled(shape, hull)
    return np.asarray(cv2.dilate(lips, _disc(_MOUTH_MARGIN_MM * px_per_mm))) > 0


def plain_skin(points_xy: NDArray[Any], shape: tuple[int, int], *, px_per_mm: float) -> BoolArray:
    """Cheeks, forehead, chin and jaw, away from everything that all faces have.

    Brows, eyes, nose and lips look alike in any two people once they are laid over each other;
    pores, moles and lines elsewhere do not. Features are left out with 4 mm around them, the rim of
    the face with 6 mm.
    """
    features = np.zeros(shape, dtype=np.uint8)
    for group in (_RIGHT_EYE, _LEFT_EYE, _RIGHT_BROW, _LEFT_BROW, _LIPS, _NOSE):
        hull = cv2.convexHull(np.asarray(points_xy[list(group)], dtype=np.float32))[:, 0]
        features |= _filled(shape, hull)
    features = np.asarray(cv2.dilate(features, _disc(_FEATURE_MARGIN_MM * px_per_mm)), np.uint8)
    oval = _filled(shape, points_xy[list(OVAL)])
    inner = cv2.erode(oval, _disc(_RIM_MM * px_per_mm), borderType=cv2.BORDER_CONSTANT)
    return np.asarray((np.asarray(inner) > 0) & (features == 0), dtype=bool)
