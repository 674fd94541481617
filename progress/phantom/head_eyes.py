"""Eyes that a landmarker measures by: an iris of exactly 11.7 mm, sclera, lashes."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model.checks import FloatArray
from progress.phantom.head_mesh import EYEBALL_RADIUS_MM, IRIS_DIAMETER_MM

_PUPIL_MM = 3.4
_SCLERA = np.array([0.52, 0.47, 0.44], dtype=np.float32)
_CORNEA_RADIUS_MM = 7.8


def eye_colour(
    points_mm: FloatArray,
    *,
    centre_mm: NDArray[np.float64],
    axis: NDArray[np.float64],
    iris: tuple[float, float, float],
) -> tuple[FloatArray, FloatArray]:
    """Linear albedo of points of an eyeball, and the normals that reflect the lamp.

    Parameters
    ----------
    points_mm : ndarray of float32, shape (N, 3)
        On the ball, camera axes.
    centre_mm, axis : ndarray, shape (3,)
        Of the ball, and where it looks.
    iris : tuple of float
        Linear sRGB.

    Returns
    -------
    albedo : ndarray of float32, shape (N, 3)
    normals : ndarray of float32, shape (N, 3)
    """
    offset = points_mm - centre_mm.astype(np.float32)
    along = offset @ axis.astype(np.float32)
    flat = offset - along[:, None] * axis.astype(np.float32)
    radius = np.linalg.norm(flat, axis=1)
    angle = np.arctan2(flat[:, 1], flat[:, 0])
    half = IRIS_DIAMETER_MM / 2
    streaks = 0.5 + 0.5 * np.sin(61.0 * angle + 3.0 * np.sin(7.0 * angle) + 1.3 * radius)
    streaks = 0.75 + 0.5 * streaks * np.clip((radius - 1.5) / 3.0, 0, 1)
    rim = 1.0 - 0.65 * np.exp(-0.5 * ((radius - half) / 0.55) ** 2)
    collar = 1.0 + 0.5 * np.exp(-0.5 * ((radius - 2.9) / 0.7) ** 2)
    coloured = np.array(iris, dtype=np.float32) * (streaks * rim * collar)[:, None]
    pupil = _blend(_PUPIL_MM / 2 - radius, 0.08)
    coloured = coloured * (1 - pupil) + 0.004 * pupil
    # The limbus is soft, and its middle is the true edge.
    inside = _blend(half - radius, 0.12)
    veins = np.clip((radius - 7.0) / 7.0, 0, 1)[:, None] * np.array([0.02, 0.10, 0.09])
    sclera = _SCLERA * (1.0 - veins)
    albedo = sclera * (1 - inside) + coloured * inside
    behind = EYEBALL_RADIUS_MM - _CORNEA_RADIUS_MM + 0.9
    bulge = offset - behind * axis.astype(np.float32) * _blend(half + 0.3 - radius, 0.5)
    normals = bulge / np.linalg.norm(bulge, axis=1, keepdims=True)
    return albedo.astype(np.float32), normals.astype(np.float32)


def _blend(distance_mm: Any, soft_mm: float) -> FloatArray:
    """1 inside, 0 outside, half at the edge, shape (N, 1)."""
    edge = 1.0 / (1.0 + np.exp(np.clip(-np.asarray(distance_mm) / soft_mm, -40, 40)))
    return np.asarray(edge[:, None], dtype=np.float32)


def lash_cover(
    rng: np.random.Generator,
    rims: list[tuple[NDArray[np.float64], NDArray[np.float64], float]],
    project: Any,
    *,
    size_px: tuple[int, int],
    px_per_mm: float,
) -> FloatArray:
    """Share of each pixel that lashes cover, shape (H, W).

    Parameters
    ----------
    rng : numpy Generator
    rims : list of (points_mm (n, 3), outward (3,), length_mm)
        Lid rims from the inner to the outer corner, and how lashes stand off them.
    project : callable
        Picture positions from points in mm.
    size_px : tuple of int
    px_per_mm : float
    """
    canvas = np.zeros((size_px[1], size_px[0]), dtype=np.uint8)
    for rim, outward, length in rims:
        count = 60 if length > 5 else 34
        at = np.sort(rng.uniform(0.06, 1.0, count))
        steps = np.linspace(0, 1, len(rim))
        for place in at:
            root = np.array([np.interp(place, steps, rim[:, k]) for k in range(3)])
            lean = (place - 0.45) * (rim[-1] - rim[0]) / np.linalg.norm(rim[-1] - rim[0])
            tip = outward + 0.9 * lean + rng.normal(0, 0.1, 3)
            reach = length * (0.55 + 0.45 * place) * rng.uniform(0.75, 1.1)
            bow = np.linspace(0, 1, 6)[:, None]
            curl = np.array([0.0, 1.0 if outward[1] > 0 else -0.4, 0.0])
            path = root + reach * (bow * tip * (1 - 0.45 * bow) + 0.42 * bow**2 * curl)
            xy = np.rint(project(path) * 16).astype(np.int32)
            wide = max(1, round(0.08 * px_per_mm))
            dark = 235 if length > 5 else 150
            cv2.polylines(canvas, [xy[:4]], False, dark, wide, cv2.LINE_AA, shift=4)
            cv2.polylines(canvas, [xy[3:]], False, 0.8 * dark, 1, cv2.LINE_AA, shift=4)
    return canvas.astype(np.float32) / np.float32(255)
