"""Bare skin of a face as surfaces under a lamp: how bright, facing where, and what shades it."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.bundle import canonical_mesh
from progress.imaging import DecodedPhoto
from progress.landmarks import rotation_from_pose
from progress.model import Landmarks

N_LAMPS = 300
_LOWEST_Z = 0.15
"""Lamps reach from the camera to 81 degrees beside it; behind that hardly any skin is lit."""
_WORKING_PX_PER_MM = 1.5
_SPOT_PX = 5
_MATT = np.array([1.0, 0.0, -0.7], np.float32)
"""Red less most of the blue: shine is as bright in both and mostly cancels, matt skin does not. On
the darkest skin, where shine outweighs it, luminance placed the lamp with twice the error."""
_LEAST_FACING = 0.15
"""Cosine to the camera below which a spot is seen too flat to be read."""

# Vertices of what is not bare skin, and how far around each its colour reaches, mm. The rim is left
# out because hair begins there.
_EYES = (
    33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246,
    263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466,
)  # fmt: skip
_BROWS = (
    46,
    53,
    52,
    65,
    55,
    70,
    63,
    105,
    66,
    107,
    276,
    283,
    282,
    295,
    285,
    300,
    293,
    334,
    296,
    336,
)
_LIPS = (
    61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185,
    78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191,
)  # fmt: skip
_NOSTRILS = (2, 97, 98, 326, 327, 20, 60, 250, 290, 238, 458, 94, 141, 370, 99, 328)
_RIM = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
_NOT_SKIN_MM = ((_EYES, 5.0), (_BROWS, 6.0), (_LIPS, 3.0), (_NOSTRILS, 1.0), (_RIM, 0.5))

_SHADOW_GRID_MM = 2.0
_SHADOW_SLACK_MM = 4.0
_SAMPLES_PER_EDGE = 4


@dataclass(frozen=True, slots=True, eq=False)
class LitSkin:
    """What each spot of bare skin shows, and how it stands to every possible lamp.

    Parameters
    ----------
    luminance : ndarray of float64, shape (V,)
        Linear matt light, NaN where the photo does not show the spot.
    lamp : ndarray of float64, shape (V, N_LAMPS)
        Cosine to each direction of `lamp_directions`, 0 in the shade of the face itself.
    """

    luminance: NDArray[np.float64] = field(repr=False)
    lamp: NDArray[np.float64] = field(repr=False)


@functools.cache
def lamp_directions() -> NDArray[np.float64]:
    """Unit vectors spread evenly before the face, shape (N_LAMPS, 3), by the golden angle.

    x to the right of the picture, y up, z to the camera.
    """
    index = np.arange(N_LAMPS) + 0.5
    z = 1.0 - (1.0 - _LOWEST_Z) * index / N_LAMPS
    turn = np.pi * (1.0 + 5.0**0.5) * index
    across = np.sqrt(1.0 - z**2)
    return np.stack([across * np.cos(turn), across * np.sin(turn), z], axis=1)


@functools.cache
def bare_skin() -> NDArray[np.int64]:
    """Vertices of the canonical mesh on bare skin, shape (V,)."""
    vertices = canonical_mesh().vertices_mm
    bare = np.ones(len(vertices), dtype=bool)
    for indices, reach_mm in _NOT_SKIN_MM:
        part = vertices[list(indices)]
        bare &= np.linalg.norm(vertices[:, None] - part[None], axis=2).min(axis=1) >= reach_mm
    return np.flatnonzero(bare)


def lit_skin(photo: DecodedPhoto, landmarks: Landmarks) -> LitSkin:
    """Brightness of a face's bare skin beside what each lamp would make of it.

    Parameters
    ----------
    photo : DecodedPhoto
    landmarks : Landmarks
        Their depth gives the normals, which fits real faces better than the average head: under
        the one lamp of 10 studio faces the direction then scatters by 6 degrees instead of 8.
    """
    bare = bare_skin()
    normals = normals_of(landmarks)[bare]
    luminance = _luminance_at(photo, landmarks.points_xy[bare], landmarks.scale.px_per_mm)
    luminance[normals[:, 2] < _LEAST_FACING] = np.nan
    directions = lamp_directions()
    in_head = directions @ rotation_from_pose(landmarks.pose)
    nearest = np.argmax(in_head @ directions.T, axis=1)
    return LitSkin(luminance, np.maximum(normals @ directions.T, 0.0) * _unshaded()[:, nearest])


def normals_of(landmarks: Landmarks) -> NDArray[np.float64]:
    """Unit normals of the 468 vertices: x right of the picture, y up, z to the camera."""
    n = len(canonical_mesh().vertices_mm)
    depth = landmarks.depth_px[:n]
    return _normals(np.column_stack([landmarks.points_xy[:n], depth]) * (1.0, -1.0, -1.0))


def _normals(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the mesh's vertices at these places."""
    triangles = canonical_mesh().triangles
    a, b, c = (points[triangles[:, corner]] for corner in range(3))
    faces = np.cross(b - a, c - a)
    normals = np.zeros_like(points)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], faces)
    # Triangles may be wound either way; the tip of the nose faces the camera.
    normals *= np.sign(normals[4, 2]) or 1.0
    lengths = np.maximum(np.linalg.norm(normals, axis=1), 1e-9)
    return np.asarray(normals / lengths[:, None], dtype=np.float64)


@functools.cache
def _unshaded() -> NDArray[np.float64]:
    """1 where the average head leaves a bare vertex in a lamp's light, 0 where it shades it.

    Shape (V, N_LAMPS), lamps in the axes of the head: the face is laid on a grid as seen from each
    lamp, and a vertex is in the shade of what lies nearer there (0.3 s, once).
    """
    mesh = canonical_mesh()
    corners = mesh.vertices_mm[mesh.triangles]
    steps = range(_SAMPLES_PER_EDGE + 1)
    parts = np.array([(a, b) for a in steps for b in steps if a + b <= _SAMPLES_PER_EDGE])
    share = np.column_stack([_SAMPLES_PER_EDGE - parts.sum(axis=1), parts]) / _SAMPLES_PER_EDGE
    surface = np.einsum("sk,tkc->stc", share, corners).reshape(-1, 3)
    bare = bare_skin()
    spots = mesh.vertices_mm[bare] + _normals(mesh.vertices_mm)[bare]
    free = np.empty((len(bare), N_LAMPS))
    for index, direction in enumerate(lamp_directions()):
        side = np.cross([0.0, 1.0, 0.05], direction)
        side /= np.linalg.norm(side)
        axes = np.stack([side, np.cross(direction, side), direction], axis=1)
        seen, at = surface @ axes, spots @ axes
        low = seen[:, :2].min(axis=0)
        size = ((seen[:, :2].max(axis=0) - low) / _SHADOW_GRID_MM).astype(int) + 1
        cell = ((seen[:, :2] - low) / _SHADOW_GRID_MM).astype(int)
        nearest = np.full(size[0] * size[1], -np.inf)
        np.maximum.at(nearest, cell[:, 0] * size[1] + cell[:, 1], seen[:, 2])
        cell = np.clip(((at[:, :2] - low) / _SHADOW_GRID_MM).astype(int), 0, size - 1)
        before = nearest[cell[:, 0] * size[1] + cell[:, 1]]
        free[:, index] = before - at[:, 2] < _SHADOW_SLACK_MM
    return free


def _luminance_at(
    photo: DecodedPhoto, points: NDArray[np.float64], px_per_mm: float
) -> NDArray[np.float64]:
    """Median matt light of a 3 mm spot at each point, NaN outside the photo."""
    width, height = photo.size_px
    margin = 4 * px_per_mm
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    right, bottom = min(width, int(high[0])), min(height, int(high[1]))
    values = np.full(len(points), np.nan)
    if right - left < 8 or bottom - top < 8:
        return values
    scale = min(1.0, _WORKING_PX_PER_MM / px_per_mm)
    linear = photo.linear((left, top, right, bottom), scale).pixels
    middle = cv2.medianBlur(np.maximum(linear @ _MATT, np.float32(1e-5)), _SPOT_PX)
    at = np.round((points - (left, top) + 0.5) * scale - 0.5).astype(int)
    inside = (at >= 0).all(axis=1) & (at[:, 0] < middle.shape[1]) & (at[:, 1] < middle.shape[0])
    values[inside] = middle[at[inside, 1], at[inside, 0]]
    return values
