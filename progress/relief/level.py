"""Height above the surrounding skin: the shape of the face taken off, its scars left in."""

from __future__ import annotations

from typing import Any, Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import gaussian_blur, masked_gaussian
from progress.model.checks import BoolArray, FloatArray
from progress.relief.normals import Slopes
from progress.relief.surface import integrate

SURROUNDINGS_MM: Final = 15.0
"""Across, at half height, of the neighbourhood that is taken for the surrounding skin. The widest
rolling scars measure 8 mm."""
_SIGMA_MM: Final = SURROUNDINGS_MM / 2.355
_ROUNDS: Final = 6
_SCAR_BELOW_MM: Final = 0.03
_SCAR_MARGIN_MM: Final = 1.2
_SMOOTH_MM: Final = 0.25
_LEVEL_PX_PER_MM: Final = 1.5
"""Surroundings are followed on a coarse grid, four pixels to their sigma and more."""
_TERMS: Final = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2))


def relief_above_surroundings(slopes: Slopes, px_per_mm: float) -> FloatArray:
    """Height above the surrounding skin, across the skin and not along the camera's axis.

    Parameters
    ----------
    slopes : Slopes
    px_per_mm : float

    Returns
    -------
    ndarray of float32, shape (H, W)
        Millimetres, negative is deep; NaN off the skin.

    Notes
    -----
    At every place a bent plane (a quadratic) is fitted to the skin around, scars left out, and its
    height there is taken off. (Tried first: a mean of the skin around. Over a cheek of 80 mm radius
    or under lamps at 300 mm, which bend all heights, rolling scars lost a quarter of their depth.)
    Lamps of unequal strength and skin that does not face the camera look like a plane and go with
    it; heights are then told across that plane.
    """
    mask = slopes.mask
    right, down = _without_plane(slopes.right, mask), _without_plane(slopes.down, mask)
    height = integrate(right, down, px_per_mm)
    leaning = _leaning(slopes, px_per_mm)
    free, relief = mask, height
    reach = 2 * round(_SCAR_MARGIN_MM * px_per_mm) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    for _ in range(_ROUNDS):
        relief = height - _surroundings(height, free, px_per_mm)
        smooth = gaussian_blur(np.where(mask, relief, np.float32(0.0)), _SMOOTH_MM * px_per_mm)
        usual = 1.4826 * float(np.median(np.abs(smooth[free]))) if free.any() else 0.0
        hollow = (smooth < -max(_SCAR_BELOW_MM, 3.0 * usual)) & mask
        grown = cv2.dilate(hollow.astype(np.uint8), kernel).astype(bool)
        if (mask & ~grown).sum() < 0.3 * mask.sum():
            break  # too pitted to leave the pits out; the surroundings so far are what there is
        free = mask & ~grown
    told = np.where(mask, relief * leaning, np.float32(np.nan))
    return told.astype(np.float32, copy=False)


def _surroundings(height: FloatArray, free: BoolArray, px_per_mm: float) -> FloatArray:
    """Height of the bent plane through the free skin around every place, shape (H, W)."""
    shrink = min(1.0, _LEVEL_PX_PER_MM / px_per_mm)
    rows, columns = (max(4, round(side * shrink)) for side in height.shape)
    weight = cv2.resize(free.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    level = cv2.resize(
        np.where(free, height, np.float32(0.0)), (columns, rows), interpolation=cv2.INTER_AREA
    )
    sigma = _SIGMA_MM * px_per_mm * shrink
    moments, sums = _moments(np.asarray(weight, float), np.asarray(level, float), sigma)
    # A tiny ridge on the bends: where nearly no skin is free, the plane stays flat.
    ridge = 1e-6 * moments[..., :1, :1] * np.diag([0.0, 1, 1, 1, 1, 1]) + 1e-9 * np.eye(6)
    solved = np.linalg.solve(moments + ridge, sums[..., None])[..., 0, 0]
    around = cv2.resize(
        solved.astype(np.float32), height.shape[::-1], interpolation=cv2.INTER_CUBIC
    )
    return np.asarray(around, dtype=np.float32)


def _moments(
    weight: NDArray[np.float64], level: NDArray[np.float64], sigma: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Normal equations of the quadratic at every place, (h, w, 6, 6) and (h, w, 6)."""
    reach = int(np.ceil(3.0 * sigma))
    axis = np.arange(-reach, reach + 1) / sigma
    bell = np.exp(-0.5 * axis**2)

    def weighted(plane: NDArray[np.float64], across: int, along: int) -> NDArray[np.float64]:
        return np.asarray(
            cv2.sepFilter2D(
                plane,
                cv2.CV_64F,
                axis**across * bell,
                axis**along * bell,
                borderType=cv2.BORDER_CONSTANT,
            )
        )

    known: dict[tuple[int, int], NDArray[np.float64]] = {}
    moments = np.empty((*weight.shape, 6, 6))
    sums = np.empty((*weight.shape, 6))
    for i, (a, b) in enumerate(_TERMS):
        # `level` is 0 where nothing is free: the shrinking has weighted it already.
        sums[..., i] = weighted(level, a, b)
        for j, (c, d) in enumerate(_TERMS):
            power = (a + c, b + d)
            if power not in known:
                known[power] = weighted(weight, *power)
            moments[..., i, j] = known[power]
    return moments, sums


def sway_heights(slopes: Slopes, px_per_mm: float) -> FloatArray:
    """By how much each lamp's misfit moves the height, shape (N, H, W), mm."""
    return np.stack(
        [
            integrate(
                _without_plane(right, slopes.mask), _without_plane(down, slopes.mask), px_per_mm
            )
            for right, down in zip(slopes.sway_right, slopes.sway_down, strict=True)
        ]
    )


def _without_plane(slope: FloatArray, mask: BoolArray) -> FloatArray:
    """The slope less its middle over the skin; 0 off it, so that no step is made there."""
    middle = np.float32(np.median(slope[mask])) if mask.any() else np.float32(0.0)
    return np.where(mask, slope - middle, np.float32(0.0)).astype(np.float32, copy=False)


def _leaning(slopes: Slopes, px_per_mm: float) -> FloatArray:
    """Cosine between the surrounding skin and the camera's axis, shape (H, W)."""
    sigma = _SIGMA_MM * px_per_mm
    means: list[Any] = [masked_gaussian(s, slopes.mask, sigma) for s in (slopes.right, slopes.down)]
    steep = np.nan_to_num(means[0]) ** 2 + np.nan_to_num(means[1]) ** 2
    return cast("FloatArray", (1.0 / np.sqrt(1.0 + steep)).astype(np.float32, copy=False))
