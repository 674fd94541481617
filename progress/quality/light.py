"""From where and how hard the light falls on a face, read from its shading."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.bundle import canonical_mesh
from progress.imaging import DecodedPhoto
from progress.model import Landmarks, NotMeasured

_SPOT_MM = 3.0
_N_BLOCKS = 8
_MIN_POINTS = 24
_LEAST_FACING = 0.35
# Vertices on bare, rigid skin: cheeks, forehead, nose, chin. Brows, eyes, lips and the oval's rim,
# where hair begins, would be read as shadow.
_SKIN = (
    151, 9, 8, 168, 6, 197, 195, 5, 4, 69, 108, 337, 299, 104, 333,
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
        One standard error of the direction, from leaving out parts of the face. Mostly the
        client's own uneven colour, which is the same in the next photo.
    contrast : float
        Slope of shading across the face over its light: 0 for even light.
    luminance : ndarray of float64, shape (V,)
        Linear luminance at the skin vertices, NaN where not seen.
    normals : ndarray of float64, shape (V, 3)
        Unit normals there.
    """

    direction: NDArray[np.float64]
    error_deg: float
    contrast: float
    luminance: NDArray[np.float64] = field(repr=False)
    normals: NDArray[np.float64] = field(repr=False)


@dataclass(frozen=True, slots=True)
class LightChange:
    """How far the light turned between two photos of one client.

    Parameters
    ----------
    angle_deg : float
        Between the two directions.
    error_deg : float
        One standard error of it, from leaving out parts of the face.
    contrast : float
        Contrast of the second less that of the first.
    """

    angle_deg: float
    error_deg: float
    contrast: float


def estimate_light(photo: DecodedPhoto, landmarks: Landmarks) -> Light | NotMeasured:
    """Main light of a face photo.

    Linear luminance at skin vertices is fitted over the mesh's normals by the first order of
    spherical harmonics (Ramamoorthi & Hanrahan 2001, doi:10.1145/383259.383317). Albedo is taken
    as constant, so a beard or a port-wine stain biases the direction.

    Returns
    -------
    Light or NotMeasured
        Not measured when too little skin is seen.
    """
    luminance = _luminance_at(photo, landmarks)
    normals = _normals(landmarks)[list(_SKIN)]
    seen = np.isfinite(luminance) & (normals[:, 2] > _LEAST_FACING)
    if seen.sum() < _MIN_POINTS:
        return NotMeasured("too little bare skin to read the light from")
    lateral = _lateral(_shading(normals[seen], luminance[seen]))
    without = [
        _lateral(_shading(normals[seen][kept], luminance[seen][kept]))
        for kept in _leaving_out(int(seen.sum()))
    ]
    return Light(
        direction=_direction(lateral),
        error_deg=math.degrees(math.atan(_jackknife(np.array(without)))),
        contrast=float(np.hypot(*lateral)),
        luminance=np.where(seen, luminance, np.nan),
        normals=normals,
    )


def light_change(first: Light, second: Light) -> LightChange | NotMeasured:
    """How far the light turned from one photo of a client to another.

    What the first photo's light does not explain is taken for the client's own uneven colour and
    divided out of the second, so that it does not pass for light.

    Returns
    -------
    LightChange or NotMeasured
        Not measured when too little skin is seen in both. A pattern of new colour on one side of
        the face (a burn, a beard shaved off) is read as light.
    """
    both = np.isfinite(first.luminance) & np.isfinite(second.luminance)
    if both.sum() < _MIN_POINTS:
        return NotMeasured("too little bare skin is seen in both photos to compare the light")
    a, b = first.normals[both], second.normals[both]
    ratio = second.luminance[both] / np.maximum(first.luminance[both], 1e-6)
    ratio = ratio / float(np.median(ratio))

    def laterals(kept: NDArray[np.bool_]) -> NDArray[np.float64]:
        before = _shading(a[kept], first.luminance[both][kept])
        lit = np.maximum(_design(a[kept]) @ before, 0.2 * before[0])
        # Only what differs is fitted, so that a photo differs from itself by nothing.
        added = _shading(b[kept], ratio[kept] * lit - _design(b[kept]) @ before, facing=0.0)
        return np.stack([_lateral(before), _lateral(before + added)])

    whole = laterals(np.ones(len(a), dtype=bool))
    moves = np.array([np.diff(laterals(kept), axis=0)[0] for kept in _leaving_out(len(a))])
    cosine = float(np.clip(_direction(whole[0]) @ _direction(whole[1]), -1.0, 1.0))
    return LightChange(
        angle_deg=math.degrees(math.acos(cosine)),
        error_deg=math.degrees(math.atan(_jackknife(moves))),
        contrast=float(np.hypot(*whole[1]) - np.hypot(*whole[0])),
    )


def _leaving_out(n: int) -> list[NDArray[np.bool_]]:
    """Which of n points stay when every eighth is left out, eight ways."""
    block = np.arange(n) % _N_BLOCKS
    return [block != b for b in range(_N_BLOCKS)]


def _jackknife(without: NDArray[np.float64]) -> float:
    """Standard error of a vector's length from values with one block left out each."""
    spread = ((without - without.mean(axis=0)) ** 2).sum()
    return math.sqrt((_N_BLOCKS - 1) / _N_BLOCKS * float(spread))


def _direction(lateral: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vector to the light with that slope of shading."""
    towards = np.array([*lateral, 1.0])
    return np.asarray(towards / np.linalg.norm(towards))


def _lateral(shading: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slope over the normals' x and y per unit of light on a frontal normal."""
    return shading[1:3] / max(float(shading[0]), 1e-6)


def _design(normals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Constant, x, y and facing away, for each normal."""
    ones = np.ones(len(normals))
    return np.column_stack([ones, normals[:, 0], normals[:, 1], normals[:, 2] - 1.0])


def _shading(
    normals: NDArray[np.float64], luminance: NDArray[np.float64], *, facing: float | None = None
) -> NDArray[np.float64]:
    """Coefficients of luminance over the normals, robust against spots and highlights.

    Few normals of a face point away from the camera, so the facing term is held softly at `facing`;
    without it, at the median luminance, as a lamp at the camera would have it.
    """
    design = _design(normals)
    level = float(np.median(luminance)) if facing is None else facing
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
    return solution


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
