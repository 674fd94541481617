"""How much nearer the camera stood, told by how the skin itself moved between two photos.

A nearer camera swells what stands out (the nose) against what lies back (the ears); no warp of a
flat picture undoes that for the light on the skin.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from progress.model import Landmarks, NotMeasured, Registration

_MESH_POINTS = 468
_LEAST_POINTS = 60
_ROUNDS = 5


def nearness_change_per_m(registration: Registration, landmarks: Landmarks) -> float | NotMeasured:
    """One over the camera distance of the follow-up, less that of the baseline, per metre.

    Parameters
    ----------
    registration : Registration
    landmarks : Landmarks
        Of the baseline; their depth is used.

    Returns
    -------
    float or NotMeasured
        Positive: the follow-up was taken from nearer. 80 against 40 cm is 1.25. Not measured where
        fewer than 60 points of the face were found again.

    Notes
    -----
    The positions found at the mesh points are fitted by an affine map of the picture, a shift along
    depth (a turned head) and a growth along depth (perspective). Depths are those of a typical face
    fitted to the landmarks: on rendered heads 1.25 is read as 1.1 to 1.5; a broad smile, which
    moves the cheeks forward, reads as up to 1.1; re-shoots from one distance stay below 0.35.
    """
    points = np.asarray(landmarks.points_xy)[:_MESH_POINTS]
    node = np.rint(points / registration.step).astype(int)
    rows, columns = registration.valid.shape
    column, row = np.clip(node, 0, (columns - 1, rows - 1)).T
    inside = np.flatnonzero(registration.valid[row, column])
    if len(inside) < _LEAST_POINTS:
        return NotMeasured(
            f"too little of the face: expected at least {_LEAST_POINTS} points found again, "
            f"got {len(inside)}"
        )
    xy = points[inside] - points[inside].mean(axis=0)
    depth = np.asarray(landmarks.depth_px)[:_MESH_POINTS][inside]
    depth = depth - depth.mean()
    design = np.column_stack([xy, np.ones(len(xy)), depth, depth[:, np.newaxis] * xy])
    solution = _robust(design, registration.map_points(points[inside]))
    affine, growth = solution[:2].T, solution[4:6].T
    per_px = float(np.trace(np.linalg.solve(affine, growth))) / 2
    return -per_px * landmarks.scale.px_per_mm * 1000.0


def _robust(design: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares whose far misses lose weight, shape (terms, 2)."""
    weight = np.ones((len(design), 1))
    solution = np.zeros((design.shape[1], 2))
    for _ in range(_ROUNDS):
        solution = np.asarray(
            np.linalg.lstsq(design * weight, target * weight, rcond=None)[0], dtype=np.float64
        )
        missed = np.linalg.norm(target - design @ solution, axis=1)
        usual = 2 * float(np.median(missed)) + 1e-9
        weight = 1 / np.sqrt(1 + (missed / usual) ** 2)[:, np.newaxis]
    return solution
