"""Light on the mannequin: a soft key lamp with cast shadows and a studio that lights all around."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from progress.phantom.head_raster import nearest
from progress.phantom.head_scene import Scene
from progress.phantom.relief import Light

_SHADOW_PX_PER_MM = 0.9
_SKY_SAMPLES = 28
_KEY_SAMPLES = 7
_BIAS_MM = 1.6
SKY_AXIS = np.array([0.0, 0.37, 0.93])
"""Where most of the even light comes from: the studio is brighter in front and above."""


@dataclass(frozen=True, slots=True, eq=False)
class VertexLight:
    """How much light reaches each vertex.

    Parameters
    ----------
    key : ndarray of float32, shape (V,)
        Share of the lamp's area that is seen, 0..1; the angle is not in it.
    sky : ndarray of float32, shape (V,)
        Light from all around over that of a free surface turned to the sky's brightest side.
    """

    key: NDArray[np.float32] = field(repr=False)
    sky: NDArray[np.float32] = field(repr=False)


def _seen_from(scene: Scene, direction: NDArray[np.float64]) -> NDArray[np.float32]:
    """Which vertices a far point sees, 0..1, softened over a pixel of the shadow map."""
    axis = direction / np.linalg.norm(direction)
    side = np.cross([0.0, 1.0, 0.05], axis)
    side /= np.linalg.norm(side)
    up = np.cross(axis, side)
    points = scene.points_mm
    at = np.stack([points @ side, -(points @ up)], axis=1) * _SHADOW_PX_PER_MM
    low = at.min(axis=0) - 2.0
    at -= low
    size = np.ceil(at.max(axis=0)).astype(int) + 3
    toward = points @ axis
    # An orthographic picture whose depth is still strictly positive and nearly linear.
    depth = 1e4 + toward.max() - toward
    near, _ = nearest(at, depth, scene.occluders, size_px=(int(size[0]), int(size[1])))
    with np.errstate(divide="ignore"):
        first = 1.0 / near
    column = np.clip(at[:, 0].astype(int), 0, size[0] - 2)
    row = np.clip(at[:, 1].astype(int), 0, size[1] - 2)
    part_x, part_y = at[:, 0] - column, at[:, 1] - row
    total = np.zeros(len(points))
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        weight = (part_x if dx else 1 - part_x) * (part_y if dy else 1 - part_y)
        free = depth - first[row + dy, column + dx]
        total += weight * np.clip(1.0 - (free - _BIAS_MM) / 1.5, 0.0, 1.0)
    return total.astype(np.float32)


def _dome(count: int) -> NDArray[np.float64]:
    """Directions spread evenly over the half sphere before the head, golden-angle spiral."""
    index = np.arange(count) + 0.5
    z = 1.0 - 1.25 * index / count
    turn = np.pi * (1.0 + 5.0**0.5) * index
    across = np.sqrt(np.maximum(0.0, 1.0 - z**2))
    return np.stack([across * np.cos(turn), across * np.sin(turn), z], axis=1)


def light_vertices(scene: Scene, light: Light, *, softness_deg: float) -> VertexLight:
    """Shadows and even light at every vertex.

    Parameters
    ----------
    scene : Scene
    light : Light
        Only the direction is read.
    softness_deg : float
        Half the angle under which the lamp appears: 2 is a small lamp, 12 a softbox.
    """
    main = light.unit
    side = np.cross(main, [0.0, 1.0, 0.2])
    side /= np.linalg.norm(side)
    up = np.cross(side, main)
    index = np.arange(_KEY_SAMPLES) + 0.5
    radius = np.tan(np.radians(softness_deg)) * np.sqrt(index / _KEY_SAMPLES)
    turn = np.pi * (1.0 + 5.0**0.5) * index
    key = np.zeros(len(scene.points_mm), dtype=np.float32)
    for r, t in zip(radius, turn, strict=True):
        key += _seen_from(scene, main + r * (np.cos(t) * side + np.sin(t) * up))
    sky = np.zeros(len(scene.points_mm))
    whole = 0.0
    for direction in _dome(_SKY_SAMPLES):
        strength = max(0.0, 0.55 + 0.45 * float(direction @ SKY_AXIS))
        whole += strength * max(0.0, float(direction @ SKY_AXIS))
        cosine = np.maximum(0.0, scene.normals @ direction)
        sky += strength * cosine * _seen_from(scene, direction)
    return VertexLight(key / np.float32(_KEY_SAMPLES), (sky / whole).astype(np.float32))
