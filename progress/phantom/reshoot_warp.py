"""A known motion of every pixel of a picture: one smooth map, its inverse and its light."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
BoolArray = NDArray[np.bool_]

MARGIN = 2
"""Whole blocks that a grid reaches beyond the picture on each side."""
_GRID_CELLS = 320


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """A known motion of every pixel, kept on a coarse grid and bilinear in between.

    The picture is read through the inverse map; the true forward map is made to invert it within
    a few hundredths of a pixel. Reusable for any number of developed pictures.

    Parameters
    ----------
    size_px : tuple of int
        Width and height of the picture, the same before and after.
    step : int
        Spacing of the grid in pixels.
    forward_xy, inverse_xy : ndarray of float32, shape (R, C, 2)
        Follow-up from baseline and baseline from follow-up at the grid's nodes.
    shading : ndarray of float32, shape (R, C)
        Light of the follow-up over that of the baseline, at the follow-up's nodes.
    seen : ndarray of bool, shape (R, C)
        Whether the skin at a baseline node is seen in the follow-up.
    """

    size_px: tuple[int, int]
    step: int
    forward_xy: FloatArray = field(repr=False)
    inverse_xy: FloatArray = field(repr=False)
    shading: FloatArray = field(repr=False)
    seen: BoolArray = field(repr=False)

    @property
    def followup_from_baseline_xy(self) -> FloatArray:
        """The true map for every pixel, shape (H, W, 2); computed at each call."""
        forward = self._enlarged(self.forward_xy, cv2.INTER_LINEAR)
        # The picture was read through the inverse map, so that one is the truth: one Newton step
        # takes the enlarged forward map onto it.
        inverse = self._enlarged(self.inverse_xy, cv2.INTER_LINEAR)
        back = _read_at(inverse, forward, cv2.INTER_LINEAR)
        width, height = self.size_px
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        inside = (forward >= 0).all(axis=-1) & (forward <= (width - 1, height - 1)).all(axis=-1)
        forward[..., 0] += np.where(inside, x - back[..., 0], 0)
        forward[..., 1] += np.where(inside, y - back[..., 1], 0)
        return forward

    @property
    def visible(self) -> BoolArray:
        """Which baseline pixels are seen in the follow-up, shape (H, W); computed at each call."""
        return self._enlarged(self.seen.astype(np.uint8), cv2.INTER_NEAREST).astype(bool)

    def followup_from_baseline(self, baseline_xy: Any) -> NDArray[np.float64]:
        """True follow-up positions of baseline points inside the picture, shape (N, 2)."""
        baseline = np.asarray(baseline_xy, dtype=np.float64)
        followup = self._read(self.forward_xy, baseline)
        for _ in range(2):
            followup += baseline - self._read(self.inverse_xy, followup)
        return followup

    def _read(self, nodes: FloatArray, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Bilinear values between nodes at positions in pixels, shape (N, 2)."""
        at = (xy + 0.5) / self.step - 0.5 + MARGIN
        rows, columns = nodes.shape[:2]
        at = np.clip(at, 0.0, (columns - 1.001, rows - 1.001))
        column, row = np.floor(at).astype(int).T
        fx, fy = (at - np.floor(at)).T[..., np.newaxis]
        top = nodes[row, column] * (1 - fx) + nodes[row, column + 1] * fx
        bottom = nodes[row + 1, column] * (1 - fx) + nodes[row + 1, column + 1] * fx
        return np.asarray(top * (1 - fy) + bottom * fy, dtype=np.float64)

    def apply(self, linear: Any) -> FloatArray:
        """The picture after the motion, linear light, Lanczos; its border pixels are repeated."""
        pixels = np.ascontiguousarray(linear, dtype=np.float32)
        width, height = self.size_px
        if pixels.shape[:2] != (height, width):
            raise ValueError(f"linear: expected {(height, width)} pixels, got {pixels.shape[:2]}")
        positions = self._enlarged(self.inverse_xy, cv2.INTER_LINEAR)
        return _read_at(pixels, positions, cv2.INTER_LANCZOS4)

    def light(self, gains: NDArray[Any]) -> FloatArray:
        """Factor of light per pixel and channel of the follow-up, shape (H, W, 3).

        Parameters
        ----------
        gains : ndarray, shape (3,) or (R, C, 3)
            Per channel, or per channel at every node.
        """
        coloured = self.shading[..., np.newaxis] * np.asarray(gains, dtype=np.float32)
        return self._enlarged(coloured.astype(np.float32), cv2.INTER_LINEAR)

    def _enlarged(self, nodes: NDArray[Any], how: int) -> NDArray[Any]:
        """Node values for every pixel; nodes are block centres, with a margin of whole blocks."""
        rows, columns = nodes.shape[:2]
        width, height = self.size_px
        large = cv2.resize(nodes, (columns * self.step, rows * self.step), interpolation=how)
        start = MARGIN * self.step
        return np.asarray(large[start : start + height, start : start + width])


def _read_at(image: NDArray[Any], at: Any, how: int) -> FloatArray:
    """Values of a float32 picture at (x, y) positions; outside, those of its border."""
    positions = np.asarray(at, dtype=np.float32)
    # The second map must be None: an empty array in its place reads foreign memory (OpenCV 5.0).
    read = cv2.remap(  # type: ignore[call-overload]
        image, positions, None, how, borderMode=cv2.BORDER_REPLICATE
    )
    return cast("FloatArray", read)


def grid_nodes(size_px: tuple[int, int]) -> tuple[int, FloatArray]:
    """Where the nodes of a warp lie.

    Parameters
    ----------
    size_px : tuple of int
        Width and height of the picture.

    Returns
    -------
    step : int
        Pixels between nodes, so that about 320 span the longer side.
    nodes_xy : ndarray of float32, shape (R, C, 2)
        Centres of blocks of that many pixels, `MARGIN` blocks beyond the picture on each side.
    """
    step = max(1, math.ceil(max(size_px) / _GRID_CELLS))
    columns, rows = (math.ceil(n / step) + 2 * MARGIN for n in size_px)
    x = (np.arange(columns) - MARGIN + 0.5) * step - 0.5
    y = (np.arange(rows) - MARGIN + 0.5) * step - 0.5
    return step, np.stack(np.meshgrid(x, y), axis=-1).astype(np.float32)


def _inverted(forward: FloatArray, nodes: FloatArray, step: int) -> FloatArray:
    """Baseline position of every follow-up node, by fixed-point iteration on the displacement."""
    shift = forward - nodes
    found = nodes - shift
    for _ in range(12):
        at = (found + 0.5) / step - 0.5 + MARGIN
        # Linear, because OpenCV's cubic kernel does not reproduce a ramp.
        found = nodes - _read_at(shift, at.astype(np.float32), cv2.INTER_LINEAR)
    return cast("FloatArray", found)


def finished_warp(
    size_px: tuple[int, int],
    step: int,
    nodes: FloatArray,
    *,
    forward: NDArray[Any],
    ratio: NDArray[Any],
    facing: BoolArray,
) -> Warp:
    """The warp with its inverse, its light in the follow-up's frame, and what stays in sight.

    Parameters
    ----------
    size_px, step, nodes
        As from `grid_nodes`.
    forward : ndarray, shape (R, C, 2)
        Follow-up pixels of the nodes; may leave the picture, should hardly fold.
    ratio : ndarray, shape (R, C)
        Light of the follow-up over that of the baseline, at baseline nodes.
    facing : ndarray of bool, shape (R, C)
        Whether the skin at a node still faces the camera.

    Returns
    -------
    Warp
        Seen where it faces the camera, lands inside the picture and is not folded over.
    """
    forward = forward.astype(np.float32)
    inverse = _inverted(forward, nodes, step)
    at = (inverse + 0.5) / step - 0.5 + MARGIN
    shading = _read_at(ratio.astype(np.float32), at, cv2.INTER_LINEAR)
    back_at = (forward + 0.5) / step - 0.5 + MARGIN
    back = _read_at(inverse, back_at, cv2.INTER_LINEAR)
    width, height = size_px
    x, y = forward[..., 0], forward[..., 1]
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    single = np.linalg.norm(back - nodes, axis=-1) < 0.5 * step
    return Warp(size_px, step, forward, inverse, shading, inside & single & facing)
