"""Which part of the face lies where on the unrolled skin."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model.checks import FloatArray
from progress.phantom.head_atlas import Atlas
from progress.phantom.head_mesh import LEFT_LID, OUTER_LIPS, RIGHT_LID, Points, topology
from progress.phantom.head_raster import interpolate, rasterise

Zone = Literal["treated", "red", "pores", "oily", "beard", "bare", "hair", "lips"]

_PX_PER_MM = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class HeadMap:
    """Coarse maps over the unrolled skin, 2 px/mm.

    Parameters
    ----------
    atlas : Atlas
    position_mm : ndarray of float32, shape (H, W, 3)
        Point of the resting head; of the nearest drawn point where the paper is not covered.
    stretch : ndarray of float32, shape (H, W)
        Millimetres of surface per millimetre of paper.
    zones : dict of str to ndarray of float32, shape (H, W)
        0..1.
    """

    atlas: Atlas
    position_mm: FloatArray = field(repr=False)
    stretch: FloatArray = field(repr=False)
    zones: dict[str, FloatArray] = field(repr=False)

    def zone(self, name: Zone) -> FloatArray:
        """How far each point belongs to a part of the face, 0..1."""
        return self.zones[name]

    def read(self, values: FloatArray, xy_mm: Any) -> NDArray[np.float64]:
        """A coarse map at positions on the paper, shape (n,)."""
        at = np.asarray(xy_mm, dtype=np.float64).reshape(-1, 2) * _PX_PER_MM - 0.5
        column = np.clip(np.rint(at[:, 0]).astype(int), 0, values.shape[1] - 1)
        row = np.clip(np.rint(at[:, 1]).astype(int), 0, values.shape[0] - 1)
        return np.asarray(values[row, column], dtype=np.float64)


def chart_head(control_mm: Points, atlas: Atlas) -> HeadMap:
    """The parts of one person's face on their unrolled skin.

    Parameters
    ----------
    control_mm : ndarray of float64, shape (n, 3)
        Of the head at rest.
    atlas : Atlas
        Of the same head.
    """
    mesh = topology()
    surface = mesh.surface_from_base @ control_mm
    size = (round(atlas.size_mm[0] * _PX_PER_MM), round(atlas.size_mm[1] * _PX_PER_MM))
    at = atlas.xy_mm * _PX_PER_MM - 0.5
    seen = rasterise(at, np.ones(len(at)), mesh.triangles, size_px=size)
    values = np.column_stack([surface, atlas.stretch]).astype(np.float32)
    flat = np.zeros((size[0] * size[1], 4), dtype=np.float32)
    flat[seen.pixel] = interpolate(values, mesh.triangles, seen)
    covered = np.zeros(size[0] * size[1], dtype=np.uint8)
    covered[seen.pixel] = 1
    grid = _filled(flat.reshape(size[1], size[0], 4), covered.reshape(size[1], size[0]))
    return HeadMap(
        atlas,
        grid[..., :3],
        np.clip(grid[..., 3], 0.6, 1.6),
        _zones(grid[..., :3], surface, at, size),
    )


def _filled(grid: FloatArray, covered: NDArray[np.uint8]) -> FloatArray:
    """Uncovered points with the values of the nearest covered ones."""
    _, label = cv2.distanceTransformWithLabels(
        1 - covered, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    source = np.zeros(int(label.max()) + 1, dtype=np.int64)
    inside = np.flatnonzero(covered.ravel())
    source[label.ravel()[inside]] = inside
    return np.asarray(grid.reshape(-1, 4)[source[label.ravel()]].reshape(grid.shape))


def _near(position: FloatArray, centre: Any, radii_mm: tuple[float, float, float]) -> FloatArray:
    """1 inside an ellipsoid, falling smoothly to 0."""
    offset = (position - np.asarray(centre, dtype=np.float32)) / np.array(radii_mm, np.float32)
    return np.asarray(1.0 / (1.0 + (offset**2).sum(axis=-1) ** 2), dtype=np.float32)


def _step(value: Any, soft: float) -> FloatArray:
    """A smooth step from 0 to 1 as the value passes 0."""
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(-value / soft, -40, 40))), dtype=np.float32)


def _signed_mm(at: Points, ring: tuple[int, ...], size: tuple[int, int]) -> FloatArray:
    """Distance to a ring of landmarks in mm of paper, positive inside."""
    fine = 4
    mask = np.zeros((size[1] * fine, size[0] * fine), dtype=np.uint8)
    corners = np.rint((at[list(ring)] + 0.5) * fine - 0.5).astype(np.int32)
    cv2.fillPoly(mask, [corners], 1)
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
    outside = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5)
    signed = cv2.resize(inside - outside, size, interpolation=cv2.INTER_AREA)
    return np.asarray(signed / (fine * _PX_PER_MM), dtype=np.float32)


def _zones(
    position: FloatArray, surface: Points, at: Points, size: tuple[int, int]
) -> dict[str, FloatArray]:
    """All parts of the face."""
    x, y, z = position[..., 0], position[..., 1], position[..., 2]
    lips = _signed_mm(at, OUTER_LIPS, size)
    lids = np.maximum(_signed_mm(at, RIGHT_LID, size), _signed_mm(at, LEFT_LID, size))
    cheeks = np.maximum(
        _near(position, surface[50], (24, 24, 30)), _near(position, surface[280], (24, 24, 30))
    )
    nose = _near(position, surface[4], (17, 20, 24))
    chin = _near(position, surface[199], (20, 13, 20))
    brow = _near(position, surface[9], (46, 20, 30))
    low = np.maximum(y, -30.0)
    hairline = np.abs(x / 73.0) ** 2.8 + np.clip((low - 2.0) / 79.0, 0, None) ** 2.8 - 1.0
    side = (-27.0 - z) / 30.0
    hair = np.maximum(hairline, np.where(y > -32.0, side, side - (-32.0 - y) / 14.0))
    away = _step(-lips - 1.5, 0.8) * _step(-lids - 3.5, 1.2)
    bare = away * _step(-0.06 - hair, 0.015)
    treated = bare * _step(z + 14.0, 5.0) * _step(y + 92.0, 3.0)
    red = np.clip(1.05 * cheeks + 0.9 * nose + 0.6 * chin + 0.35 * brow + 0.25, 0, 1)
    return {
        "treated": treated,
        "red": treated * red,
        "pores": treated * np.clip(cheeks + 1.1 * nose + 0.7 * chin + 0.55 * brow + 0.12, 0, 1),
        "oily": treated * np.clip(1.0 * nose + 0.8 * brow + 0.4 * cheeks + 0.5 * chin, 0, 1),
        "beard": bare * _step(-(y + 28.0), 4.0) * _step(-lips - 2.0, 0.8),
        "bare": bare,
        "hair": hair.astype(np.float32),
        "lips": lips,
    }
