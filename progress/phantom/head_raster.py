"""Which triangle each pixel sees, and where on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_CHUNK = 400_000
_BLOCK = 32_768


@dataclass(frozen=True, slots=True, eq=False)
class Fragments:
    """The visible surface of a scene, one entry per covered pixel.

    Parameters
    ----------
    pixel : ndarray of int64, shape (N,)
        Flat index into the picture.
    triangle : ndarray of int64, shape (N,)
        Number of the triangle seen there.
    weights : ndarray of float32, shape (N, 3)
        Perspective-correct barycentric weights of its corners.
    depth_mm : ndarray of float32, shape (H, W)
        Distance along the view axis, infinite where nothing is.
    """

    pixel: NDArray[np.int64] = field(repr=False)
    triangle: NDArray[np.int64] = field(repr=False)
    weights: NDArray[np.float32] = field(repr=False)
    depth_mm: NDArray[np.float32] = field(repr=False)


def rasterise(
    points_xy: NDArray[np.float64],
    depth_mm: NDArray[np.float64],
    triangles: NDArray[np.int64],
    *,
    size_px: tuple[int, int],
) -> Fragments:
    """The nearest triangle at every pixel centre, those that face away left out.

    Parameters
    ----------
    points_xy : ndarray, shape (V, 2)
        Vertices in the picture, y downwards.
    depth_mm : ndarray, shape (V,)
        Positive distance along the view axis; equal depths mean an orthographic picture.
    triangles : ndarray of int64, shape (T, 3)
        Counter-clockwise seen from the front (with y up).
    size_px : (width, height)
    """
    near, owner = nearest(points_xy, depth_mm, triangles, size_px=size_px)
    width = size_px[0]
    seen = np.flatnonzero(owner.ravel() >= 0)
    chosen = owner.ravel()[seen]
    weights = np.empty((len(seen), 3), dtype=np.float32)
    for part in _blocks(len(seen)):
        row, column = np.divmod(seen[part], width)
        weights[part] = _barycentric(
            points_xy, 1.0 / depth_mm, triangles[chosen[part]], at=(column, row)
        )
    with np.errstate(divide="ignore"):
        return Fragments(seen, chosen, weights, 1.0 / near)


def _blocks(count: int) -> Iterator[slice]:
    """Slices small enough that intermediate arrays stay in the processor's cache."""
    for start in range(0, count, _BLOCK):
        yield slice(start, min(start + _BLOCK, count))


def nearest(
    points_xy: NDArray[np.float64],
    depth_mm: NDArray[np.float64],
    triangles: NDArray[np.int64],
    *,
    size_px: tuple[int, int],
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """One over the depth, and the number of the triangle seen at every pixel (0 and -1: none).

    Parameters
    ----------
    points_xy : ndarray, shape (V, 2)
        Vertices in the picture, y downwards.
    depth_mm : ndarray, shape (V,)
        Positive distance along the view axis; equal depths mean an orthographic picture.
    triangles : ndarray of int64, shape (T, 3)
        Counter-clockwise seen from the front (with y up).
    size_px : (width, height)
    """
    width, height = size_px
    a, b, c = (points_xy[triangles[:, k]] for k in range(3))
    # y points down in the picture, so triangles that face the viewer have a negative area.
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    low = np.ceil(np.minimum(np.minimum(a, b), c)).astype(np.int64)
    high = np.floor(np.maximum(np.maximum(a, b), c)).astype(np.int64)
    low = np.maximum(low, 0)
    high = np.minimum(high, np.array([width - 1, height - 1]))
    span = high - low + 1
    keep = np.flatnonzero((area < -1e-9) & (span > 0).all(axis=1))
    near = 1.0 / depth_mm
    best = np.zeros(width * height, dtype=np.float32)
    owner = np.full(width * height, -1, dtype=np.int64)
    count = span[keep, 0] * span[keep, 1]
    ends = np.cumsum(count)
    start = 0
    # Corner 1 and 2 weights are affine in the picture: w = base + x * dx + y * dy.
    safe = np.where(area < -1e-9, area, -1.0)[:, None]
    d1 = np.stack([c[:, 1] - a[:, 1], a[:, 0] - c[:, 0]], axis=1) / safe
    d2 = np.stack([a[:, 1] - b[:, 1], b[:, 0] - a[:, 0]], axis=1) / safe
    rel = low - a
    base1, base2 = (rel * d1).sum(axis=1), (rel * d2).sum(axis=1)
    corner_near = near[triangles]
    while start < len(keep):
        stop = max(
            int(np.searchsorted(ends, (ends[start - 1] if start else 0) + _CHUNK)), start + 1
        )
        ids, n = keep[start:stop], count[start:stop]
        of = np.repeat(ids, n)
        local = np.arange(n.sum()) - np.repeat(np.cumsum(n) - n, n)
        row, column = np.divmod(local, np.repeat(span[ids, 0], n))
        w1 = (base1[of] + column * d1[of, 0] + row * d1[of, 1]).astype(np.float32)
        w2 = (base2[of] + column * d2[of, 0] + row * d2[of, 1]).astype(np.float32)
        inside = np.flatnonzero((w1 >= -1e-5) & (w2 >= -1e-5) & (w1 + w2 <= 1 + 1e-5))
        of, w1, w2 = of[inside], w1[inside], w2[inside]
        pixel = (low[of, 1] + row[inside]) * width + low[of, 0] + column[inside]
        corner = corner_near[of]
        nearness = corner[:, 0] + w1 * (corner[:, 1] - corner[:, 0])
        nearness = (nearness + w2 * (corner[:, 2] - corner[:, 0])).astype(np.float32)
        front = np.flatnonzero(nearness > best[pixel])
        # Far to near, so that the nearest is written last.
        front = front[np.argsort(nearness[front], kind="stable")]
        best[pixel[front]] = nearness[front]
        owner[pixel[front]] = of[front]
        start = stop
    return best.reshape(height, width), owner.reshape(height, width)


def _barycentric(
    points_xy: NDArray[np.float64],
    nearness: NDArray[np.float64],
    corners: NDArray[np.int64],
    *,
    at: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> NDArray[np.float32]:
    """Perspective-correct weights of the corners of one triangle per picture point."""
    a, b, c = (points_xy[corners[:, k]] for k in range(3))
    x, y = at[0] - a[:, 0], at[1] - a[:, 1]
    ab, ac = b - a, c - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    w1 = (x * ac[:, 1] - y * ac[:, 0]) / area
    w2 = (ab[:, 0] * y - ab[:, 1] * x) / area
    weights = np.stack([1 - w1 - w2, w1, w2], axis=1) * nearness[corners]
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=np.float32)


def interpolate(
    values: NDArray[np.float32], triangles: NDArray[np.int64], fragments: Fragments
) -> NDArray[np.float32]:
    """Per-vertex values at every fragment, shape (N,) or (N, C)."""
    result = np.empty((len(fragments.triangle), *values.shape[1:]), dtype=np.float32)
    for part in _blocks(len(result)):
        corners = triangles[fragments.triangle[part]]
        weights = fragments.weights[part]
        result[part] = np.einsum("nk,nk...->n...", weights, values[corners])
    return result
