"""The named regions of the face as polygons over landmarks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from progress.model import Landmarks, Region, Side

OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
EYES = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)
BROWS = (
    (46, 53, 52, 65, 55, 107, 66, 105, 63, 70),
    (276, 283, 282, 295, 285, 336, 296, 334, 293, 300),
)
LIPS = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
)  # fmt: skip
NOSTRILS = (
    (79, 166, 59, 240, 60, 20, 238),
    (309, 392, 289, 460, 290, 250, 458),
)

_RIGHT = {
    "right_cheek": (116, 117, 118, 100, 142, 203, 206, 216, 192, 213, 147, 123),
    "right_periorbital": (
        156, 143, 111, 118, 119, 120, 121, 245, 189, 221, 222, 223, 224, 225, 124,
    ),
    "right_jaw": (215, 192, 214, 202, 204, 211, 32, 140, 170, 169, 135, 138),
}  # fmt: skip
_LEFT = {
    "left_cheek": (345, 346, 347, 329, 371, 423, 426, 436, 416, 433, 376, 352),
    "left_periorbital": (
        383, 372, 340, 347, 348, 349, 350, 465, 413, 441, 442, 443, 444, 445, 353,
    ),
    "left_jaw": (435, 416, 434, 422, 424, 431, 262, 369, 395, 394, 364, 367),
}  # fmt: skip
_MIDDLE = {
    "forehead": (68, 54, 103, 67, 109, 10, 338, 297, 332, 284, 298, 333, 299, 337, 151, 108, 69,
                 104),
    "glabella": (107, 108, 151, 337, 336, 285, 168, 55),
    "nose": (168, 193, 188, 174, 198, 209, 131, 102, 218, 44, 1, 274, 438, 331, 360, 429, 420,
             399, 412, 417),
    "upper_lip": (92, 165, 98, 97, 2, 326, 327, 391, 322, 270, 269, 267, 0, 37, 39, 40),
    "chin": (182, 18, 406, 418, 262, 396, 175, 171, 32, 194),
}  # fmt: skip

_HAIR_MARGIN_MM = 4.0
"""The landmark oval runs along hairline, ears and jaw edge; this much is taken off it."""


def shrunk(polygon_xy: NDArray[np.float64], margin_px: float) -> NDArray[np.float64]:
    """The polygon with every corner moved `margin_px` towards the centre."""
    centre = polygon_xy.mean(axis=0)
    spoke = polygon_xy - centre
    length = np.maximum(np.hypot(spoke[:, 0], spoke[:, 1]), 1e-9)
    return np.asarray(centre + spoke * np.maximum(0.0, 1.0 - margin_px / length)[:, None])


def face_regions(landmarks: Landmarks) -> tuple[Region, ...]:
    """The twelve regions of the contract, in pixels of the photo of these landmarks.

    Parameters
    ----------
    landmarks : Landmarks
        Scheme ``mediapipe-478`` (its first 468 points are used).

    Returns
    -------
    tuple of Region
        From the client's own left and right. The polygons may hold hair, brows, eyes or lips;
        `skin_mask` takes those out.
    """
    points = np.asarray(landmarks.points_xy)
    margin_px = _HAIR_MARGIN_MM * landmarks.scale.px_per_mm
    oval = shrunk(points[list(OVAL)], margin_px)
    regions = [
        Region(name, _polygon(name, points[list(corners)], margin_px), side)
        for side, named in ((Side.MIDDLE, _MIDDLE), (Side.LEFT, _LEFT), (Side.RIGHT, _RIGHT))
        for name, corners in named.items()
    ]
    return (*regions, Region("whole_face", oval, Side.MIDDLE))


def _polygon(name: str, corners: NDArray[np.float64], margin_px: float) -> NDArray[np.float64]:
    """The forehead keeps away from the hairline at its top; the others lie inside the face."""
    if name != "forehead":
        return corners
    lowered = corners.copy()
    down = corners[-2] - corners[5]
    lowered[:11] += margin_px * down / max(float(np.hypot(*down)), 1e-9)
    return lowered


def body_regions(size_px: tuple[int, int]) -> tuple[Region, ...]:
    """`area`: the whole picture less a border of 2 %, where lenses and fingers intrude.

    Parameters
    ----------
    size_px : tuple of int
        Width and height of the baseline photo.
    """
    width, height = size_px
    dx, dy = 0.02 * width, 0.02 * height
    corners = np.array([(dx, dy), (width - dx, dy), (width - dx, height - dy), (dx, height - dy)])
    return (Region("area", corners, Side.MIDDLE),)
