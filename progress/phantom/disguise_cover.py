"""Things before a face: a fringe, glasses, a hand, a surgical mask, with the skin they hide."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.resample import gaussian_blur
from progress.model.checks import FloatArray

_HAIRLINE = (103, 67, 109, 10, 338, 297, 332)
_BROWS_LINE = (70, 63, 105, 66, 107, 9, 336, 296, 334, 293, 300)
_CANTHI = ((33, 133), (362, 263))
_MASK_RIM = (
    6, 122, 47, 118, 117, 123, 93, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365,
    397, 288, 323, 352, 346, 347, 277, 351,
)  # fmt: skip
_SUBPIXEL_BITS = 4
_SOFT_MM = 0.12
"""An edge of hair, plastic or cloth is never harder than the camera's own blur."""

Points = NDArray[np.float64]


def _fixed(points: Any) -> NDArray[np.int32]:
    """Points in sixteenths of a pixel, as cv2 draws them."""
    return np.round(np.asarray(points) * (1 << _SUBPIXEL_BITS)).astype(np.int32)


def _laid_over(
    linear: FloatArray, cover: FloatArray, colour: Any, px_per_mm: float
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """The scene under a cover of this colour, and where more than half is hidden."""
    soft = gaussian_blur(cover, _SOFT_MM * px_per_mm)
    shown = linear * (1 - soft[..., None]) + np.asarray(colour, np.float32) * soft[..., None]
    return np.asarray(shown, np.float32), np.asarray(soft > 0.5)


def _lit(linear: FloatArray, points: Points, px_per_mm: float) -> FloatArray:
    """Light on the face relative to its median, smooth over 15 mm, shape (H, W)."""
    grey = linear.mean(axis=2)
    wide = gaussian_blur(cv2.resize(grey, None, fx=0.125, fy=0.125), 15 * px_per_mm / 8)
    level = float(np.median(_skin_pixels(linear, points).mean(axis=1)))
    light = np.asarray(cv2.resize(wide, grey.shape[::-1])) / max(level, 1e-4)
    return np.asarray(np.clip(light, 0.3, 2.0), np.float32)


def _skin_pixels(linear: FloatArray, points: Points) -> FloatArray:
    """The pixels at forehead, cheeks and chin, shape (N, 3)."""
    height, width = linear.shape[:2]
    at = np.clip(np.rint(points[[151, 50, 280, 199, 4]]).astype(int), 2, (width - 3, height - 3))
    spots = [linear[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3) for x, y in at]
    return np.concatenate(spots)


def fringe(
    linear: FloatArray,
    points: Points,
    *,
    px_per_mm: float,
    strength: float,
    rng: np.random.Generator,
    colour: tuple[float, float, float] = (0.03, 0.018, 0.011),
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Strands of hair from above the hairline to the brows; `strength` 1 hides the forehead."""
    top, foot = points[list(_HAIRLINE)], points[list(_BROWS_LINE)]
    down = (points[152] - points[10]) / max(float(np.hypot(*(points[152] - points[10]))), 1e-9)
    shown, cover = linear.copy(), np.zeros(linear.shape[:2], np.float32)
    for _ in range(round(420 * strength)):
        share = rng.uniform()
        start = _along(top, share) - down * px_per_mm * rng.uniform(2, 14)
        end = _along(foot, float(np.clip(share + rng.normal(0, 0.05), 0, 1)))
        end = end + down * px_per_mm * rng.normal(-3, 3)
        bow = rng.normal(0, 2.5 * px_per_mm)
        t = np.linspace(0, 1, 12)[:, None]
        side = np.array([-down[1], down[0]]) * bow
        line = start * (1 - t) + end * t + 4 * t * (1 - t) * side
        wide = max(1, round(rng.uniform(0.2, 0.9) * px_per_mm))
        sheen = np.array(colour) * rng.uniform(0.5, 1.9)
        cv2.polylines(cover, [_fixed(line)], False, 1.0, wide, cv2.LINE_AA, _SUBPIXEL_BITS)
        cv2.polylines(
            shown, [_fixed(line)], False, sheen.tolist(), wide, cv2.LINE_AA, _SUBPIXEL_BITS
        )
    return _laid_over(linear, cover, shown, px_per_mm)


def _along(line: Points, share: float) -> Points:
    """The point at a share of a polyline, 0..1 over its corners."""
    at = share * (len(line) - 1)
    i = min(int(at), len(line) - 2)
    return np.asarray(line[i] + (line[i + 1] - line[i]) * (at - i))


def glasses(
    linear: FloatArray, points: Points, *, px_per_mm: float, strength: float
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Dark rims with a bridge and temples; `strength` 1 is a rim of 4 mm."""
    rim = max(2, round(4.0 * strength * px_per_mm))
    cover = np.zeros(linear.shape[:2], np.float32)
    centres = []
    for corners in _CANTHI:
        a, b = points[list(corners)]
        angle = math.degrees(math.atan2(*(b - a)[::-1]))
        centre = (a + b) / 2 + np.array([0, 4.0 * px_per_mm])
        axes = (round(25 * px_per_mm), round(20 * px_per_mm))
        cv2.ellipse(cover, np.rint(centre).astype(int).tolist(), axes, angle, 0, 360, 1.0, rim,
                    cv2.LINE_AA)  # fmt: skip
        centres.append((centre, (b - a) / max(float(np.hypot(*(b - a))), 1e-9)))
    (right, along), (left, _) = centres
    reach = along * 25 * px_per_mm
    for a, b in ((right + reach, left - reach), (right - reach, points[127]),
                 (left + reach, points[356])):  # fmt: skip
        cv2.line(cover, _pixel(a), _pixel(b), 1.0, rim, cv2.LINE_AA)
    return _laid_over(linear, cover, (0.012, 0.011, 0.012), px_per_mm)


def _pixel(point: Points) -> list[int]:
    """The nearest pixel."""
    return [round(float(v)) for v in point]


def hand(
    linear: FloatArray,
    points: Points,
    *,
    px_per_mm: float,
    strength: float,
    rng: np.random.Generator,
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Fingers over the client's left cheek, of about the face's colour; 1 is three fingers."""
    light = _lit(linear, points, px_per_mm)
    skin = np.median(_skin_pixels(linear, points), axis=0)
    # The back of a hand has more melanin and less blood than a cheek.
    tint = skin * np.array([0.78, 0.76, 0.70]) * rng.uniform(0.92, 1.06, 3)
    rows, columns = np.mgrid[: linear.shape[0], : linear.shape[1]].astype(np.float32)
    shown = linear
    hidden = np.zeros(linear.shape[:2], bool)
    across = (points[454] - points[234]) / max(float(np.hypot(*(points[454] - points[234]))), 1e-9)
    down = np.array([-across[1], across[0]])
    for finger in range(max(1, round(3 * strength))):
        tip = points[280] + px_per_mm * (across * rng.uniform(-20, -14) + down * (15 * finger - 8))
        slope = across * 0.95 + down * 0.35
        length = 75.0 * px_per_mm
        t = np.clip(((columns - tip[0]) * slope[0] + (rows - tip[1]) * slope[1]) / length, 0, 1)
        away = np.hypot(
            columns - tip[0] - t * length * slope[0], rows - tip[1] - t * length * slope[1]
        )
        half = 7.5 * px_per_mm
        shadow = 1 - 0.45 * np.exp(-0.5 * (np.maximum(away - half, 0) / (2.0 * px_per_mm)) ** 2)
        shown = shown * shadow[..., None].astype(np.float32)
        round_ = np.sqrt(np.clip(1 - (away / half) ** 2, 0.0, 1.0))
        colour = tint * (light * (0.45 + 0.55 * round_))[..., None]
        grain = gaussian_blur(rng.standard_normal(light.shape).astype(np.float32), 0.15 * px_per_mm)
        colour = colour * (1 + 0.12 * grain[..., None])
        shown, covered = _laid_over(shown, (away < half).astype(np.float32), colour, px_per_mm)
        hidden |= covered
    return shown, hidden


def surgical_mask(
    linear: FloatArray,
    points: Points,
    *,
    px_per_mm: float,
    strength: float,
    colour: tuple[float, float, float] = (0.38, 0.58, 0.68),
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Pleated cloth from the bridge of the nose to the chin; at `strength` 0.5 below the nose."""
    rim = points[list(_MASK_RIM)].copy()
    foot = points[152]
    upper = np.array([0, 1, 2, 3, 4, 5, -1, -2, -3, -4, -5, -6])
    rim[upper] = rim[upper] + (1 - strength) * 0.8 * (foot - rim[upper]) * np.array([0.0, 1.0])
    cover = np.zeros(linear.shape[:2], np.float32)
    cv2.fillPoly(cover, [_fixed(rim)], (1.0,), cv2.LINE_AA, _SUBPIXEL_BITS)
    cover = np.asarray(cv2.dilate(cover, np.ones((max(1, round(4 * px_per_mm)),) * 2, np.uint8)))
    rows = np.arange(linear.shape[0], dtype=np.float32)[:, None]
    pleats = 1 + 0.14 * np.sin(rows / px_per_mm * 2 * math.pi / 14.0)
    light = _lit(linear, points, px_per_mm) * pleats
    return _laid_over(linear, cover, np.asarray(colour, np.float32) * light[..., None], px_per_mm)
