"""Polygons to masks, and from the baseline into another photo."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model import NotMeasured, Region, Registration

_MIN_VALID = 0.8
_SAMPLE_STEP = 0.02
_SUBPIXEL_BITS = 4


def rasterise(
    polygon_xy: NDArray[Any], box_px: tuple[int, int, int, int], scale: float
) -> NDArray[np.bool_]:
    """Pixels of a resampled crop whose centre lies in the polygon.

    Parameters
    ----------
    polygon_xy : ndarray, shape (K, 2)
        Corners in photo pixels.
    box_px : tuple of int
        Left, top, right, bottom of the crop.
    scale : float
        Crop pixels per photo pixel.

    Returns
    -------
    ndarray of bool, shape (round((bottom - top) * scale), round((right - left) * scale))
    """
    height, width = _crop_shape(box_px, scale)
    mask, (top, left) = rasterise_tight(polygon_xy, box_px, scale)
    full = np.zeros((height, width), dtype=bool)
    full[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    return full


def rasterise_tight(
    polygon_xy: NDArray[Any], box_px: tuple[int, int, int, int], scale: float
) -> tuple[NDArray[np.bool_], tuple[int, int]]:
    """The part of `rasterise` around the polygon.

    Parameters
    ----------
    polygon_xy, box_px, scale
        As for `rasterise`.

    Returns
    -------
    mask : ndarray of bool
        Empty where the polygon lies beside the crop.
    corner : tuple of int
        Row and column of the crop at which the mask begins.
    """
    left, top, right, bottom = box_px
    height, width = _crop_shape(box_px, scale)
    to_crop = np.array([width / (right - left), height / (bottom - top)])
    corners = (np.asarray(polygon_xy) - (left, top) + 0.5) * to_crop - 0.5
    low = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, (width, height))
    high = np.clip(np.ceil(corners.max(axis=0)).astype(int) + 1, low, (width, height))
    columns, rows = high - low
    mask = np.zeros((rows, columns), np.uint8)
    if mask.size:
        fixed = np.round((corners - low) * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 1, shift=_SUBPIXEL_BITS)
    return mask.view(bool), (int(low[1]), int(low[0]))


def _crop_shape(box_px: tuple[int, int, int, int], scale: float) -> tuple[int, int]:
    """Rows and columns of a resampled crop."""
    left, top, right, bottom = box_px
    return max(1, round((bottom - top) * scale)), max(1, round((right - left) * scale))


def densified(polygon_xy: NDArray[Any], step_px: float) -> NDArray[np.float64]:
    """The same outline with corners at most `step_px` apart, so that it can bend."""
    corners = np.asarray(polygon_xy, dtype=np.float64)
    pieces = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        n = max(1, int(np.ceil(np.hypot(*(end - start)) / max(step_px, 1e-9))))
        pieces.append(start + (end - start) * np.linspace(0, 1, n, endpoint=False)[:, None])
    return np.concatenate(pieces)


def carry(region: Region, registration: Registration) -> NDArray[np.float64] | NotMeasured:
    """The region's outline in the follow-up.

    Parameters
    ----------
    region : Region
        In the baseline frame.
    registration : Registration
        From that baseline.

    Returns
    -------
    ndarray of float64, shape (K, 2), or NotMeasured
        Not measured when less than 80 % of the region's grid points are valid: what the field
        cannot vouch for is not carried. What lies outside the baseline counts as not valid. Pieces
        of outline beside points that are not valid follow the affine motion of the valid rest.
    """
    nodes = _nodes_inside(region.polygon_xy, registration.step)
    rows, columns = registration.valid.shape
    on_grid = ((nodes >= 0) & (nodes < (columns, rows))).all(axis=1)
    seen = np.zeros(len(nodes), dtype=bool)
    seen[on_grid] = registration.valid[nodes[on_grid, 1], nodes[on_grid, 0]]
    share = float(seen.mean()) if len(nodes) else 0.0
    if share < _MIN_VALID:
        return NotMeasured(
            f"only {share:.0%} of {region.name} could be found again surely, "
            f"{_MIN_VALID:.0%} is needed"
        )
    extent = float(np.ptp(region.polygon_xy, axis=0).max())
    outline = densified(region.polygon_xy, max(_SAMPLE_STEP * extent, 1.0))
    carried = registration.map_points(outline)
    return _where_valid(carried, outline, nodes[seen], registration)


def _nodes_inside(polygon_xy: NDArray[Any], step: int) -> NDArray[np.int64]:
    """Column and row of every grid node in the polygon, also of those beyond the grid."""
    corners = np.asarray(polygon_xy, dtype=np.float64) / step
    low = np.floor(corners.min(axis=0)).astype(int)
    width, height = np.ceil(corners.max(axis=0)).astype(int) - low + 1
    mask = np.zeros((height, width), np.uint8)
    fixed = np.round((corners - low) * (1 << _SUBPIXEL_BITS)).astype(np.int32)
    cv2.fillPoly(mask, [fixed], 1, shift=_SUBPIXEL_BITS)
    rows, columns = np.nonzero(mask)
    return np.asarray(np.stack([columns, rows], axis=1) + low)


def _where_valid(
    carried: NDArray[np.float64],
    outline: NDArray[np.float64],
    valid_nodes: NDArray[np.int64],
    registration: Registration,
) -> NDArray[np.float64]:
    """Outline points beside nodes that are not valid follow the region's own affine motion."""
    rows, columns = registration.valid.shape
    nearest = np.round(outline / registration.step).astype(int)
    on_grid = ((nearest >= 0) & (nearest < (columns, rows))).all(axis=1)
    sure = np.zeros(len(outline), dtype=bool)
    sure[on_grid] = registration.valid[nearest[on_grid, 1], nearest[on_grid, 0]]
    sure &= np.isfinite(carried).all(axis=1)
    if sure.all() or len(valid_nodes) < 6:
        return carried
    source = valid_nodes * float(registration.step)
    target = registration.followup_from_baseline_xy[valid_nodes[:, 1], valid_nodes[:, 0]]
    design = np.column_stack([source, np.ones(len(source))])
    motion = np.linalg.lstsq(design, target.astype(np.float64), rcond=None)[0]
    guessed = np.column_stack([outline, np.ones(len(outline))]) @ motion
    return np.where(sure[:, None], carried, guessed)
