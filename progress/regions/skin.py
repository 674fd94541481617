"""Which pixels are skin that counts: no eyes, brows, lips, nostrils, hair, glare, deep shadow."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.resample import gaussian_blur, masked_gaussian
from progress.model import Landmarks
from progress.regions.face import BROWS, EYES, LIPS, NOSTRILS, OVAL, shrunk
from progress.regions.polygon import rasterise

WORKING_PX_PER_MM = 4.0
"""Glare, hair shadow and lips are larger than a quarter of a millimetre."""

_RIM_MM = 2.5
"""At the rim of the oval skin turns away and mixes with ears, hair and background."""
_FEATURE_MARGIN_MM = {"eyes": 2.5, "brows": 2.0, "lips": 1.5, "nostrils": 1.5}
"""Lashes, stray brow hairs and the soft edge of lips and nostrils lie outside the landmarks."""

_SHADOW = 0.15
"""Of the median skin luminance: below it, noise and the tone curve's toe rule the colour."""
_BLACK = 0.002
"""Linear median luminance, 8-bit code 7: no colour is left to tell skin by."""
_CLIPPED = 0.93
"""Linear value from which a channel may be clipped."""
_GLARE_RATIO = 1.45
"""Times the luminance 6 mm around, together with washed-out colour: a specular highlight."""
_GLARE_WARMTH_LOST = 0.2
"""Lost log red/blue ratio against 6 mm around: a mirror shows the lamp's colour, not the skin's.
A difference and not a share, because a white-balance cast adds a constant to the ratio. Lower
limits (1.3 and 0.12) took spots that had lost 40 % of their melanin for glare."""
_LAMP_BLUE = 0.5
"""Of the red that a highlight adds: lamp light adds about as much blue as red, a pale spot on brown
skin adds a third."""
_HAIR_DEPTH = 0.35
"""Of log luminance, for dark structures under 1 mm: pores and lines reach about 0.2 at 4 px/mm."""
_BEARD_DEPTH = 0.09
"""Mean over 2.5 mm of the same depth: many unresolved hairs; bare skin measured 0.01 to 0.05."""
_THIN_MM = 1.0
_HAIR_DARKER = 0.1
"""Log luminance below this photo's median skin: without it the gaps between fine glints on brown
skin passed for hair, and a quarter of a dark face was lost against a twentieth of a light one."""
_PALER, _STRONGER = 0.55, 0.9
"""Limits in log red/green and green/blue from this photo's median skin. A fresh flush or a dark
spot adds about 0.45, so twice that stays in; a pale scar on brown skin takes off about as much,
while cloth, paper and the grey of a wall take off more."""


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
        Found at 4 px/mm or coarser and enlarged, so its edges are a quarter of a millimetre rough.

    Notes
    -----
    Limits are relative to this photo's own median skin, never a fixed lightness, so that no skin
    tone is favoured. Fails where more than half of the face oval, or of a body photo, is not skin
    (a mask, a hand, a wall): then the median is not skin. Blond, sparse hair passes for skin.
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


def _disc(diameter_px: float) -> NDArray[np.uint8]:
    """A round kernel of odd size, at least 3."""
    size = 2 * max(1, round(diameter_px / 2)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), dtype=np.uint8)


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
    """The face oval without its rim, eyes, brows, lips and nostrils."""
    points = np.asarray(landmarks.points_xy, dtype=np.float64)
    oval = shrunk(points[list(OVAL)], _RIM_MM * landmarks.scale.px_per_mm)
    allowed = _fit(rasterise(oval, box_px, scale), shape)
    features = {"eyes": EYES, "brows": BROWS, "lips": (LIPS,), "nostrils": NOSTRILS}
    for name, loops in features.items():
        feature = np.zeros(shape, dtype=np.uint8)
        for loop in loops:
            feature |= _fit(rasterise(points[list(loop)], box_px, scale), shape).astype(np.uint8)
        reach = _FEATURE_MARGIN_MM[name] * landmarks.scale.px_per_mm * scale
        allowed &= ~cv2.dilate(feature, _disc(2 * reach)).astype(bool)
    return allowed


def _countable(
    linear: NDArray[np.float32], allowed: NDArray[np.bool_], px_per_mm: float
) -> NDArray[np.bool_]:
    """Allowed pixels that are neither glare, shadow, hair nor of another colour than skin."""
    if not allowed.any():
        return allowed
    safe = np.maximum(linear, np.float32(1e-4))
    logs = np.asarray(cv2.log(gaussian_blur(safe, 0.25 * px_per_mm)), dtype=np.float32)
    luminance = safe @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
    if float(np.median(luminance[allowed])) < _BLACK:
        return np.zeros_like(allowed)
    red, green, blue = cv2.split(logs)
    base: NDArray[np.bool_] = allowed & (luminance > _SHADOW * np.median(luminance[allowed]))
    for ratio in (red - green, green - blue):
        away = ratio - np.median(ratio[allowed])
        base &= (away > -_PALER) & (away < _STRONGER)
    for channel in cv2.split(safe):
        base &= channel < _CLIPPED
    if not base.any():
        return base
    log_luminance = np.asarray(cv2.log(luminance), dtype=np.float32)
    out = _glare(logs, base, px_per_mm) | _hair(
        log_luminance, float(np.median(log_luminance[base])), px_per_mm
    )
    spread = cv2.dilate(out.astype(np.uint8), _disc(0.6 * px_per_mm)).astype(bool)
    return np.asarray(base & ~spread, dtype=bool)


def _glare(
    logs: NDArray[np.float32], base: NDArray[np.bool_], px_per_mm: float
) -> NDArray[np.bool_]:
    """Brighter and less warm than the skin around, by light that is not itself skin-coloured."""
    around = masked_gaussian(logs, base, 6.0 * px_per_mm)
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = logs - around
        pixel, skin = cv2.exp(logs), cv2.exp(around)
        added_red, added_blue = pixel[..., 0] - skin[..., 0], pixel[..., 2] - skin[..., 2]
        return np.asarray(
            (excess[..., 1] > np.log(_GLARE_RATIO))
            & (excess[..., 0] - excess[..., 2] < -_GLARE_WARMTH_LOST)
            & (added_blue > _LAMP_BLUE * added_red),
            dtype=bool,
        )


def _hair(log_luminance: NDArray[np.float32], median: float, px_per_mm: float) -> NDArray[np.bool_]:
    """Thin and dark, or a thicket of it; spots wider than a millimetre stay in."""
    kernel = _disc(_THIN_MM * px_per_mm)
    depth = np.asarray(cv2.morphologyEx(log_luminance, cv2.MORPH_BLACKHAT, kernel), np.float32)
    depth *= log_luminance < median - _HAIR_DARKER
    thicket = gaussian_blur(depth, 1.25 * px_per_mm)
    return np.asarray((depth > _HAIR_DEPTH) | (thicket > _BEARD_DEPTH))
