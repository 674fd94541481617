"""The named regions of the face as polygons over landmarks."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from progress.bundle import canonical_mesh
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

# Only the client's right is written down; the left is its mirror on the canonical mesh, so the two
# sides cannot drift apart.
_RIGHT_SIDE = {
    "cheek": (116, 117, 118, 119, 100, 142, 203, 206, 216, 192, 213, 147, 123),
    "periorbital": (
        156, 143, 111, 117, 118, 119, 120, 121, 128, 244, 189, 221, 222, 223, 224, 225, 124,
    ),
    "jaw": (213, 192, 214, 202, 204, 211, 170, 169, 135, 138, 215),
}  # fmt: skip
_RIGHT_HALF = {
    "forehead": (10, 109, 67, 103, 68, 63, 105, 66, 107, 108, 151),
    "glabella": (151, 108, 107, 55, 193, 168),
    "nose": (168, 193, 188, 174, 236, 198, 131, 49, 48, 219, 218, 237, 44, 1),
    "upper_lip": (2, 97, 98, 165, 92, 186, 185, 40, 39, 37, 0),
    "chin": (18, 83, 182, 106, 204, 211, 32, 140, 171, 175),
}
"""From the middle of the face over the client's right and back to the middle."""

HAIR_MARGIN_MM = 4.0
"""The landmark oval runs along hairline, ears and jaw edge; this much is taken off it."""

_FACE_UP, _FACE_DOWN = 10, 152


@functools.cache
def _mirrored() -> NDArray[np.int64]:
    """For each mesh vertex the one on the other side."""
    vertices = canonical_mesh().vertices_mm
    across = vertices * (-1.0, 1.0, 1.0)
    nearest = [int(((vertices - vertex) ** 2).sum(axis=1).argmin()) for vertex in across]
    return np.array(nearest)


def _whole_loop(right_half: tuple[int, ...]) -> list[int]:
    """A loop over both sides from its right half; middle points are taken once."""
    left = [int(_mirrored()[corner]) for corner in reversed(right_half)]
    return list(dict.fromkeys([*right_half, *left]))


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
        From the client's own left and right; they do not overlap, except `whole_face`, which holds
        them all. The periorbital polygons hold the eye and the edges may hold brows, lips or a
        fringe: `skin_mask` takes those out.

    Notes
    -----
    The landmarker places its oval where a face is implied, so a fringe or a beard does not move the
    polygons; what is not skin there must be found from the pixels.
    """
    points = np.asarray(landmarks.points_xy, dtype=np.float64)
    margin_px = HAIR_MARGIN_MM * landmarks.scale.px_per_mm
    mirrored = _mirrored()
    regions = []
    for name, corners in _RIGHT_HALF.items():
        loop = _whole_loop(corners)
        polygon = points[loop]
        if name == "forehead":
            polygon = _below_hairline(polygon, loop, points, margin_px)
        regions.append(Region(name, polygon, Side.MIDDLE))
    for name, corners in _RIGHT_SIDE.items():
        regions.append(Region(f"right_{name}", points[list(corners)], Side.RIGHT))
        regions.append(Region(f"left_{name}", points[mirrored[list(corners)]], Side.LEFT))
    oval = shrunk(points[list(OVAL)], margin_px)
    return (*regions, Region("whole_face", oval, Side.MIDDLE))


def _below_hairline(
    polygon: NDArray[np.float64],
    loop: list[int],
    points: NDArray[np.float64],
    margin_px: float,
) -> NDArray[np.float64]:
    """Corners that lie on the face oval are moved down the face by the hair margin."""
    down = points[_FACE_DOWN] - points[_FACE_UP]
    down = down / max(float(np.hypot(*down)), 1e-9)
    on_oval = np.isin(loop, OVAL)
    return np.asarray(polygon + on_oval[:, None] * margin_px * down)


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
