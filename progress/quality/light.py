"""From where and how hard the light falls on a face, read from its shading."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.bundle import canonical_mesh
from progress.imaging import DecodedPhoto
from progress.model import Landmarks, NotMeasured

_SPOT_MM = 3.0
_N_BLOCKS = 8
# Vertices on bare, rigid skin: cheeks, forehead, nose, chin. Brows, eyes, lips and the oval's rim,
# where hair begins, would be read as shadow.
_SKIN = (
    10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 67, 109, 338, 297, 69, 108, 337, 299, 104, 333,
    50, 101, 36, 205, 117, 118, 119, 123, 187, 207, 116, 147, 213, 192, 142, 203,
    280, 330, 266, 425, 346, 347, 348, 352, 411, 427, 345, 376, 433, 416, 371, 423,
    199, 200, 175, 428, 208, 32, 262, 45, 275, 51, 281, 174, 399, 198, 420, 236, 456,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """First-order light on a face, fill light included.

    Parameters
    ----------
    direction : ndarray of float64, shape (3,)
        Unit vector from the face to where a single lamp would give the same slope of shading: x
        right of the picture, y up, z to the camera. Fill light draws it towards the camera, so a
        turn of the lamp is seen in the share that the lamp has in the shading; that share is what
        relief and colour feel.
    error_deg : float
        One standard error of the direction, from leaving out parts of the face.
    contrast : float
        Slope of shading across the face over its light: 0 for even light.
    """

    direction: NDArray[np.float64]
    error_deg: float
    contrast: float


def angle_between_deg(first: Light, second: Light) -> float:
    """Angle between two main lights, degrees."""
    cosine = float(np.clip(first.direction @ second.direction, -1.0, 1.0))
    return math.degrees(math.acos(cosine))


def estimate_light(photo: DecodedPhoto, landmarks: Landmarks) -> Light | NotMeasured:
    """Main light of a face photo.

    Linear luminance at skin vertices is fitted over the mesh's normals by the first order of
    spherical harmonics (Ramamoorthi & Hanrahan 2001, doi:10.1145/383259.383317). Albedo is taken
    as constant, so a beard or a port-wine stain biases the direction; between two photos of one
    client most of that cancels.

    Returns
    -------
    Light or NotMeasured
        Not measured when too little skin is seen.
    """
    luminance = _luminance_at(photo, landmarks)
    normals = _normals(landmarks)[list(_SKIN)]
    seen = np.isfinite(luminance) & (normals[:, 2] > 0.35)
    if seen.sum() < 24:
        return NotMeasured("too little bare skin to read the light from")
    luminance, normals = luminance[seen], normals[seen]
    lateral = _slope(normals, luminance)
    block = np.arange(luminance.size) % _N_BLOCKS
    without = [_slope(normals[block != b], luminance[block != b]) for b in range(_N_BLOCKS)]
    spread = np.sum((np.array(without) - lateral) ** 2, axis=0)
    error = math.sqrt((_N_BLOCKS - 1) / _N_BLOCKS * float(spread.sum()))
    direction = np.array([*lateral, 1.0])
    length = float(np.linalg.norm(direction))
    return Light(direction / length, math.degrees(math.atan(error)), float(np.hypot(*lateral)))


def _slope(normals: NDArray[np.float64], luminance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slope of shading over the normals' x and y, per unit of light on a frontal normal."""
    facing = normals[:, 2] - 1.0
    design = np.column_stack([np.ones(luminance.size), normals[:, 0], normals[:, 1], facing])
    # Few normals of a face point away from the camera, so the facing term is held softly at the
    # value of a lamp at the camera.
    level = float(np.median(luminance))
    hold = np.array([0.0, 0.0, 0.0, 0.1 * math.sqrt(luminance.size)])
    weights = np.ones(luminance.size)
    solution = np.zeros(4)
    for _ in range(3):
        rows = np.vstack([design * weights[:, None], hold])
        values = np.append(luminance * weights, hold[3] * level)
        solution = np.asarray(np.linalg.lstsq(rows, values, rcond=None)[0], np.float64)
        residual = np.abs(luminance - design @ solution)
        spread = 1.4826 * float(np.median(residual)) + 1e-6
        weights = np.sqrt(np.minimum(1.0, 1.5 * spread / np.maximum(residual, 1e-9)))
    return solution[1:3] / max(float(solution[0]), 1e-6)


def _luminance_at(photo: DecodedPhoto, landmarks: Landmarks) -> NDArray[np.float64]:
    """Median linear luminance of a 3 mm spot at each skin vertex, NaN outside the photo."""
    points = landmarks.points_xy[list(_SKIN)]
    px_per_mm = landmarks.scale.px_per_mm
    width, height = photo.size_px
    margin = 4 * px_per_mm
    low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    right, bottom = min(width, int(high[0])), min(height, int(high[1]))
    values = np.full(len(points), np.nan)
    if right - left < 8 or bottom - top < 8:
        return values
    scale = min(1.0, 1.5 / px_per_mm)
    linear = photo.linear((left, top, right, bottom), scale).pixels
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    size = max(3, round(_SPOT_MM * px_per_mm * scale) | 1)
    middle = cv2.medianBlur(luminance, min(size, 5))
    at = np.round((points - (left, top) + 0.5) * scale - 0.5).astype(int)
    inside = (at >= 0).all(axis=1) & (at[:, 0] < middle.shape[1]) & (at[:, 1] < middle.shape[0])
    values[inside] = middle[at[inside, 1], at[inside, 0]]
    return values


def _normals(landmarks: Landmarks) -> NDArray[np.float64]:
    """Unit normals of the 468 vertices: x right of the picture, y up, z to the camera."""
    mesh = canonical_mesh()
    n = len(mesh.vertices_mm)
    xyz = np.column_stack([landmarks.points_xy[:n], landmarks.depth_px[:n]]) * (1.0, -1.0, -1.0)
    a, b, c = (xyz[mesh.triangles[:, corner]] for corner in range(3))
    faces = np.cross(b - a, c - a)
    normals = np.zeros((n, 3))
    for corner in range(3):
        np.add.at(normals, mesh.triangles[:, corner], faces)
    # Triangles may be wound either way; the tip of the nose faces the camera.
    normals *= np.sign(normals[4, 2]) or 1.0
    return cast(
        "NDArray[np.float64]", normals / np.maximum(np.linalg.norm(normals, axis=1), 1e-9)[:, None]
    )
