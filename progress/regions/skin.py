"""Which pixels are skin that counts: no eyes, brows, lips, nostrils, hair, glare, deep shadow."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.resample import gaussian_blur, masked_gaussian
from progress.model import Landmarks
from progress.regions.face import BROWS, EYES, LIPS, NOSTRILS, OVAL
from progress.regions.polygon import rasterise

WORKING_PX_PER_MM = 4.0
"""Glare, hair shadow and lips are larger than a quarter of a millimetre."""

_FEATURE_MARGIN_MM = {"eyes": 2.5, "brows": 2.5, "lips": 1.5, "nostrils": 1.5}
"""Lashes, stray brow hairs and the soft edge of lips and nostrils lie outside the landmarks."""

_SHADOW = 0.2
"""Of the median skin luminance: below it, noise and the tone curve's toe rule the colour."""
_CLIPPED = 0.93
"""Linear value from which a channel may be clipped."""
_GLARE_RATIO = 1.35
"""Times the luminance 6 mm around, together with washed-out colour: a specular highlight."""
_GLARE_SATURATION = 0.75
"""Of the local log red/blue ratio: a mirror shows the lamp's colour, not the skin's."""
_HAIR_RATIO = 0.55
"""Of the luminance 3 mm around: darker than pores and spots at 4 px/mm, like hairs are."""
_COLOUR_LIMIT = 0.9
"""In log red/green or green/blue from this photo's median skin: twice what a fresh flush or a
dark spot adds, so lesions stay in; cloth and background go."""


def skin_mask(
    linear: NDArray[np.float32],
    box_px: tuple[int, int, int, int],
    scale: float,
    landmarks: Landmarks | None,
    *,
    px_per_mm: float,
) -> NDArray[np.bool_]:
    """Skin that counts in a crop.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
        The crop in linear light.
    box_px : tuple of int
        Left, top, right, bottom of the crop in photo pixels.
    scale : float
        Crop pixels per photo pixel.
    landmarks : Landmarks or None
        In photo pixels; None on the body.
    px_per_mm : float
        Of the photo.

    Returns
    -------
    ndarray of bool, shape (H, W)

    Notes
    -----
    Limits are relative to this photo's own median skin, never a fixed lightness, so that no skin
    tone is favoured. Fails where more than half of the oval is not skin (a mask, a hand).
    """
    height, width = linear.shape[:2]
    px_per_mm_crop = px_per_mm * scale
    shrink = min(1.0, WORKING_PX_PER_MM / px_per_mm_crop)
    small_size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    small = np.asarray(cv2.resize(linear, small_size, interpolation=cv2.INTER_AREA), np.float32)
    factor = small_size[0] / width
    allowed = np.ones(small.shape[:2], dtype=bool)
    if landmarks is not None:
        allowed = _face_less_features(landmarks, box_px, scale * factor, small.shape[:2])
    mask = _countable(small, allowed, px_per_mm_crop * factor)
    full = cv2.resize(mask.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(full, dtype=bool)


def _fit(mask: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Rounding may differ by a pixel between two ways to the same scale."""
    if mask.shape == shape:
        return mask
    resized = cv2.resize(
        mask.astype(np.uint8), (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST
    )
    return np.asarray(resized, dtype=bool)


def _face_less_features(
    landmarks: Landmarks,
    box_px: tuple[int, int, int, int],
    scale: float,
    shape: tuple[int, ...],
) -> NDArray[np.bool_]:
    """The face oval without eyes, brows, lips and nostrils."""
    points = landmarks.points_xy
    allowed = _fit(rasterise(points[list(OVAL)], box_px, scale), shape)
    features = {"eyes": EYES, "brows": BROWS, "lips": (LIPS,), "nostrils": NOSTRILS}
    for name, loops in features.items():
        feature = np.zeros(shape, dtype=np.uint8)
        for loop in loops:
            feature |= _fit(rasterise(points[list(loop)], box_px, scale), shape).astype(np.uint8)
        reach = _FEATURE_MARGIN_MM[name] * landmarks.scale.px_per_mm * scale
        size = 2 * max(1, round(reach)) + 1
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
        allowed &= ~cv2.dilate(feature, kernel).astype(bool)
    return allowed


def _countable(
    linear: NDArray[np.float32], allowed: NDArray[np.bool_], px_per_mm: float
) -> NDArray[np.bool_]:
    """Allowed pixels that are neither glare, shadow, hair nor of another colour than skin."""
    if not allowed.any():
        return allowed
    safe = np.maximum(linear, 1e-4)
    logs = np.log(gaussian_blur(safe, 0.25 * px_per_mm))
    luminance = 0.2126 * safe[..., 0] + 0.7152 * safe[..., 1] + 0.0722 * safe[..., 2]
    red_green, green_blue = logs[..., 0] - logs[..., 1], logs[..., 1] - logs[..., 2]
    skin_like = (
        (np.abs(red_green - np.median(red_green[allowed])) < _COLOUR_LIMIT)
        & (np.abs(green_blue - np.median(green_blue[allowed])) < _COLOUR_LIMIT)
        & (luminance > _SHADOW * np.median(luminance[allowed]))
        & (safe.max(axis=2) < _CLIPPED)
    )
    base: NDArray[np.bool_] = np.asarray(allowed & skin_like, dtype=bool)
    if not base.any():
        return base
    log_luminance = np.log(luminance)
    around = masked_gaussian(log_luminance, base, 3.0 * px_per_mm)
    wide = masked_gaussian(log_luminance, base, 6.0 * px_per_mm)
    warmth = red_green + green_blue
    warmth_wide = masked_gaussian(warmth, base, 6.0 * px_per_mm)
    with np.errstate(invalid="ignore"):
        glare = (log_luminance - wide > np.log(_GLARE_RATIO)) & (
            warmth < _GLARE_SATURATION * warmth_wide
        )
        hair = log_luminance - around < np.log(_HAIR_RATIO)
    size = 2 * max(1, round(0.3 * px_per_mm)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    out = cv2.dilate((glare | hair).astype(np.uint8), kernel).astype(bool)
    return np.asarray(base & ~out, dtype=bool)
