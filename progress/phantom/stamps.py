"""Thousands of small soft shapes put on a grid at once, without a loop over shapes or pixels."""

from __future__ import annotations

import math
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from progress.model.checks import FloatArray

Profile = Literal["gaussian", "disc"]
Combine = Literal["deepest", "sum"]

_CHUNK: Final = 2_000_000
_REACH_SIGMA: Final = 3.5
_REACH_SOFT: Final = 7.0


def stamp(
    shape: tuple[int, int],
    centres_xy_px: Any,
    size_px: Any,
    amplitude: Any,
    *,
    profile: Profile = "gaussian",
    soft_px: Any = 0.4,
    combine: Combine = "deepest",
) -> FloatArray:
    """A map of round soft shapes.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    centres_xy_px : array_like, shape (n, 2)
        Origin at the centre of the top-left pixel; shapes may lie partly or wholly outside.
    size_px : array_like, broadcast to (n,)
        Gaussian sigma, or radius of the disc where it is half as high.
    amplitude : array_like >= 0, broadcast to (n,)
        Height at the centre (of an infinitely sharp picture).
    profile : {"gaussian", "disc"}
        ``exp(-r^2 / 2 size^2)`` or ``1 / (1 + exp((r - size) / soft_px))``.
    soft_px : array_like, broadcast to (n,)
        Edge of the discs.
    combine : {"deepest", "sum"}
        Where shapes overlap: the larger value, or both together.

    Returns
    -------
    ndarray of float32, shape (H, W)
        0 where nothing was stamped.
    """
    centres = np.asarray(centres_xy_px, dtype=np.float64).reshape(-1, 2)
    count = len(centres)
    sizes = np.broadcast_to(np.asarray(size_px, dtype=np.float64), (count,))
    heights = np.broadcast_to(np.asarray(amplitude, dtype=np.float64), (count,))
    softs = np.broadcast_to(np.asarray(soft_px, dtype=np.float64), (count,))
    rows, columns = shape
    canvas = np.zeros(rows * columns, dtype=np.float32)
    if profile == "gaussian":
        reach = np.ceil(_REACH_SIGMA * sizes)
    else:
        reach = np.ceil(sizes + _REACH_SOFT * softs)
    reach = np.maximum(reach, 1).astype(np.int64)
    inside = (heights > 0) & np.all(
        (centres > -reach[:, None] - 1) & (centres < np.array([columns, rows]) + reach[:, None]),
        axis=1,
    )
    # Shapes of like reach share one window; windows grow by a quarter from group to group.
    group = np.ceil(np.log(reach) / math.log(1.25)).astype(np.int64)
    for number in np.unique(group[inside]):
        members = np.flatnonzero(inside & (group == number))
        half = int(reach[members].max())
        per_chunk = max(1, _CHUNK // (2 * half + 1) ** 2)
        for first in range(0, len(members), per_chunk):
            some = members[first : first + per_chunk]
            index, values = _windows(
                shape,
                centres[some],
                sizes[some],
                heights[some],
                half=half,
                profile=profile,
                soft_px=softs[some],
            )
            if combine == "deepest":
                np.maximum.at(canvas, index, values)
            else:
                np.add.at(canvas, index, values)
    return canvas.reshape(shape)


def _windows(
    shape: tuple[int, int],
    centres: NDArray[np.float64],
    sizes: NDArray[np.float64],
    heights: NDArray[np.float64],
    *,
    half: int,
    profile: Profile,
    soft_px: NDArray[np.float64],
) -> tuple[NDArray[np.int64], FloatArray]:
    """Flat indices and values of all pixels of the picture within `half` of each centre."""
    rows, columns = shape
    near = np.rint(centres).astype(np.int64)
    offset = np.arange(-half, half + 1)
    x = near[:, 0, None] + offset
    y = near[:, 1, None] + offset
    dx = ((x - centres[:, 0, None]) ** 2).astype(np.float32)
    dy = ((y - centres[:, 1, None]) ** 2).astype(np.float32)
    heights32 = heights.astype(np.float32)
    if profile == "gaussian":
        minus = np.float32(-0.5) / (sizes.astype(np.float32) ** 2)[:, None]
        # The Gaussian separates: two rows of exponentials instead of a square of them.
        values = np.exp(dy * minus)[:, :, None] * (np.exp(dx * minus) * heights32[:, None])[:, None]
    else:
        distance = np.sqrt(dy[:, :, None] + dx[:, None, :])
        edge = (distance - sizes.astype(np.float32)[:, None, None]) / soft_px.astype(np.float32)[
            :, None, None
        ]
        values = heights32[:, None, None] / (1.0 + np.exp(np.minimum(edge, np.float32(60))))
    valid = ((y >= 0) & (y < rows))[:, :, None] & ((x >= 0) & (x < columns))[:, None, :]
    index = y[:, :, None] * columns + x[:, None, :]
    return index[valid], values[valid].astype(np.float32, copy=False)


def along(
    points_mm: NDArray[np.float64], step_mm: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points at equal steps along a polyline, and how far along each is.

    Parameters
    ----------
    points_mm : ndarray, shape (n, 2)
        At least two points.
    step_mm : float
        Largest distance between neighbours.

    Returns
    -------
    points : ndarray, shape (m, 2)
    fraction : ndarray, shape (m,)
        0 at the first point, 1 at the last.
    """
    lengths = np.hypot(*np.diff(points_mm, axis=0).T)
    arc = np.concatenate([[0.0], np.cumsum(lengths)])
    if not arc[-1] > 0:
        raise ValueError("points_mm: expected a line of some length, got a single point")
    fraction = np.linspace(0.0, 1.0, max(2, math.ceil(arc[-1] / step_mm) + 1))
    at = fraction * arc[-1]
    points = np.stack([np.interp(at, arc, points_mm[:, axis]) for axis in (0, 1)], axis=1)
    return points, fraction
