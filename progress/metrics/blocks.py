"""How sure a pooled value is, from how much 4 mm blocks of the same skin disagree."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.metrics.analysis import Window
from progress.model.checks import FloatArray

BLOCK_MM = 4.0
"""Pores, freckles and lines are nearer to each other than this, so blocks are nearly independent;
pixels are not, and their plain standard error would be many times too small."""

_MIN_BLOCKS = 6
MEDIAN_OVER_MEAN = 1.2533
"""Standard error of a median over that of a mean, for normal data: sqrt(pi / 2)."""


def standard_error_of_mean(values: NDArray[Any], window: Window) -> float:
    """Standard error of the mean of a map over a region.

    Parameters
    ----------
    values : ndarray, shape of the working picture's window
        Map over the window's bounding box; only masked pixels are read.
    window : Window
        The region.

    Returns
    -------
    float
        From the area-weighted scatter of block means. Blocks are `BLOCK_MM` wide, narrower where
        the region holds fewer than six of them. 0 when fewer than two blocks have skin.

    Notes
    -----
    It says how well this much skin stands for more skin like it. What another shot of the same skin
    would give differs by less or by more; that is measured by repeated or simulated shots.
    """
    side_px = _side_px(window)
    return _error_of(_block_means(values, window, side_px), window, side_px)


def standard_error_of_sum_per_px(
    rows: NDArray[np.intp], columns: NDArray[np.intp], weights: FloatArray, window: Window
) -> float:
    """Standard error of the mean of a map that is 0 but at a few points.

    Parameters
    ----------
    rows, columns : ndarray of int, shape (N,)
        Pixels of the window's bounding box, all of them in the region.
    weights : ndarray of float32, shape (N,)
        The map there.
    window : Window
        The region.

    Returns
    -------
    float
        As from `standard_error_of_mean` of the whole map.
    """
    side_px = _side_px(window)
    _, across = _n_blocks(window, side_px)
    n_blocks = _block_shares(window, side_px).size
    sums = np.bincount(
        rows // side_px * across + columns // side_px, weights=weights, minlength=n_blocks
    )
    return _error_of(sums / side_px**2, window, side_px)


def _side_px(window: Window) -> int:
    """Width of the blocks of a region."""
    side_mm = min(BLOCK_MM, math.sqrt(window.area_mm2 / _MIN_BLOCKS))
    return max(2, round(side_mm * window.px_per_mm))


def _n_blocks(window: Window, side_px: int) -> tuple[int, int]:
    """Blocks down and across."""
    height, width = window.mask.shape
    return max(1, math.ceil(height / side_px)), max(1, math.ceil(width / side_px))


def _error_of(block_means: NDArray[np.float64], window: Window, side_px: int) -> float:
    """The standard error that the scatter of block means tells."""
    share = _block_shares(window, side_px)
    # A sliver of a block says little and scatters much.
    kept = share > 0.1
    n = int(np.count_nonzero(kept))
    if n < 2:
        return 0.0
    means = block_means[kept] / share[kept]
    share = share[kept]
    centre = float(np.average(means, weights=share))
    spread = float((share**2 * (means - centre) ** 2).sum()) / float(share.sum()) ** 2
    return math.sqrt(spread * n / (n - 1))


def _block_shares(window: Window, side_px: int) -> NDArray[np.float64]:
    """Share of each block that is skin of the region; the same for all metrics of a scale."""
    if side_px not in window.shares:
        window.shares[side_px] = _block_means(window.mask, window, side_px)
    return window.shares[side_px]


def _block_means(values: NDArray[Any], window: Window, side_px: int) -> NDArray[np.float64]:
    """Mean of each block with 0 off the mask, flat; blocks hang over the right and lower edge."""
    height, width = window.mask.shape
    rows, columns = _n_blocks(window, side_px)
    whole = np.zeros((rows * side_px, columns * side_px), np.float32)
    np.copyto(whole[:height, :width], values, where=window.mask, casting="same_kind")
    means = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(means, dtype=np.float64).ravel()
