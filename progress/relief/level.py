"""Height above the surrounding skin: the shape of the face taken off, its scars left in."""

from __future__ import annotations

from typing import Any, Final, cast

import cv2
import numpy as np

from progress.imaging import gaussian_blur, masked_gaussian
from progress.model.checks import BoolArray, FloatArray
from progress.relief.normals import Slopes
from progress.relief.surface import integrate

SURROUNDINGS_MM: Final = 15.0
"""Across, at half height: what is broader than this is the shape of cheek and jaw. The widest
rolling scars measure 8 mm."""
_SIGMA_MM: Final = SURROUNDINGS_MM / 2.355
_ROUNDS: Final = 3
_SCAR_BELOW_MM: Final = 0.04
_SCAR_MARGIN_MM: Final = 1.0
_SMOOTH_MM: Final = 0.25


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
    A plane and then everything broader than 15 mm are taken off, both without the hollows in it: a
    mean over a scar would fill it. Lamps of unequal strength and skin that does not face the camera
    both look like a plane and go with it; heights are then told across that plane.
    """
    mask = slopes.mask
    right, down = _without_plane(slopes.right, mask), _without_plane(slopes.down, mask)
    height = integrate(right, down, px_per_mm)
    level = _leaning(slopes, px_per_mm)
    free = mask.copy()
    relief = height
    for _ in range(_ROUNDS):
        around = masked_gaussian(height, free, _SIGMA_MM * px_per_mm)
        relief = np.where(np.isfinite(around), height - around, np.float32(0.0))
        smooth = gaussian_blur(np.where(mask, relief, np.float32(0.0)), _SMOOTH_MM * px_per_mm)
        usual = 1.4826 * float(np.median(np.abs(smooth[mask]))) if mask.any() else 0.0
        hollow = (smooth < -max(_SCAR_BELOW_MM, 3.0 * usual)) & mask
        reach = 2 * round(_SCAR_MARGIN_MM * px_per_mm) + 1
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
        grown = cv2.dilate(hollow.astype(np.uint8), kernel).astype(bool)
        if (mask & ~grown).sum() < 0.3 * mask.sum():
            break  # too pitted to leave the pits out; the plain mean is what there is
        free = mask & ~grown
    return np.where(mask, relief * level, np.float32(np.nan)).astype(np.float32, copy=False)


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
