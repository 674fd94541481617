"""What hides or flatters skin in a photo, put in with known truth: covers, filters, make-up.

shown = disguise(linear, points_xy, "foundation", px_per_mm=6.0, strength=0.8, rng=rng)
shown.linear               # the scene with make-up
shown.hidden               # True where the skin itself is not seen any more
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.colour_space import linear_from_srgb, srgb_from_linear
from progress.imaging.resample import gaussian_blur
from progress.model.checks import FloatArray
from progress.phantom import disguise_cover
from progress.phantom.camera import jpeg_bytes
from progress.phantom.spectra import ita_of, melanin_for_ita, skin_reflectance

Cover = Literal["fringe", "glasses", "hand", "mask"]
Filter = Literal["bilateral", "guided", "portrait"]
Kind = Literal[Cover, Filter, "foundation"]
KINDS: tuple[str, ...] = get_args(Kind)
"""Every kind; filters work on a finished picture, the others on the scene before the camera."""

_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
_KEPT = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
    (46, 53, 52, 65, 55, 107, 66, 105, 63, 70),
    (276, 283, 282, 295, 285, 336, 296, 334, 293, 300),
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
)
_KEPT_MARGIN_MM = 1.5
_FEATHER_MM = 1.0
_SHADE = (0.0, 0.0, 0.012)
"""A foundation is matched to the skin, but its yellow comes from iron oxide."""


@dataclass(frozen=True, slots=True, eq=False)
class Disguised:
    """A scene or picture in disguise.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
        Linear light.
    hidden : ndarray of bool, shape (H, W)
        Covered so that the skin is not seen; all False for filters and make-up.
    kind : str
    strength : float
    """

    linear: FloatArray = field(repr=False)
    hidden: NDArray[np.bool_] = field(repr=False)
    kind: str
    strength: float


def disguise(
    linear: Any,
    points_xy: Any,
    kind: Kind,
    *,
    px_per_mm: float,
    strength: float,
    rng: np.random.Generator,
) -> Disguised:
    """A face in disguise.

    Parameters
    ----------
    linear : array_like of float, shape (H, W, 3)
        Linear light: of a scene before the camera for covers and make-up, of a finished picture
        for filters, which smooth its noise as well.
    points_xy : array_like, shape (N, 2)
        Face mesh in pixels, at least the 468 points.
    kind : str
        One of `KINDS`.
    px_per_mm : float
        At the face.
    strength : float
        0 changes next to nothing, 1 is as strong as it gets in practice.
    rng : numpy.random.Generator
        Draws strands, fingers, grain.

    Raises
    ------
    ValueError
        If the kind is unknown or the strength is not in 0..1.
    """
    if kind not in KINDS:
        raise ValueError(f"kind: expected one of {KINDS}, got {kind!r}")
    if not 0.0 <= strength <= 1.0:
        raise ValueError(f"strength: expected 0..1, got {strength}")
    scene = np.asarray(linear, dtype=np.float32)
    points = np.asarray(points_xy, dtype=np.float64)
    if kind == "fringe":
        shown, hidden = disguise_cover.fringe(
            scene, points, px_per_mm=px_per_mm, strength=strength, rng=rng
        )
    elif kind == "hand":
        shown, hidden = disguise_cover.hand(
            scene, points, px_per_mm=px_per_mm, strength=strength, rng=rng
        )
    elif kind == "glasses":
        shown, hidden = disguise_cover.glasses(
            scene, points, px_per_mm=px_per_mm, strength=strength
        )
    elif kind == "mask":
        shown, hidden = disguise_cover.surgical_mask(
            scene, points, px_per_mm=px_per_mm, strength=strength
        )
    else:
        hidden = np.zeros(scene.shape[:2], dtype=bool)
        if kind == "portrait":
            shown = _portrait(scene, points, px_per_mm, strength)
        elif kind == "foundation":
            shown = _foundation(scene, points, px_per_mm, strength)
        else:
            shown = _smoothed(scene, points, kind, px_per_mm, strength)
    return Disguised(shown, hidden, kind, strength)


def recompressed(codes: NDArray[Any], quality: int, *, stored: int = 95) -> NDArray[np.uint8]:
    """The picture after a strong compression, stored again as if nothing had happened.

    Parameters
    ----------
    codes : ndarray of uint8, shape (H, W, 3)
        sRGB.
    quality, stored : int
        JPEG quality first and last, 1..100.
    """
    for step in (quality, stored):
        data = np.frombuffer(jpeg_bytes(codes, step), dtype=np.uint8)
        decoded = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
        codes = np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), dtype=np.uint8)
    return codes


def skin_cover(shape: tuple[int, ...], points: NDArray[np.float64], px_per_mm: float) -> FloatArray:
    """1 on the face's skin, 0 on eyes, brows, lips and beyond the oval, feathered, shape (H, W)."""
    cover = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(cover, [np.rint(points[list(_OVAL)]).astype(np.int32)], (1,))
    kept = np.zeros_like(cover)
    for loop in _KEPT:
        cv2.fillPoly(kept, [np.rint(points[list(loop)]).astype(np.int32)], (1,))
    size = 2 * max(1, round(_KEPT_MARGIN_MM * px_per_mm)) + 1
    kept = np.asarray(cv2.dilate(kept, np.ones((size, size), np.uint8)))
    return gaussian_blur((cover * (1 - kept)).astype(np.float32), _FEATHER_MM * px_per_mm)


def _smoothed(
    linear: FloatArray, points: NDArray[np.float64], kind: str, px_per_mm: float, strength: float
) -> FloatArray:
    """A beauty filter: skin smoothed within its edges, eyes, brows and lips left as they are."""
    encoded = np.asarray(srgb_from_linear(np.clip(linear, 0, 1)), np.float32)
    if kind == "bilateral":
        smooth = cv2.bilateralFilter(
            encoded, 2 * max(2, round(1.6 * px_per_mm)) + 1, 0.05 + 0.10 * strength,
            (0.4 + 0.8 * strength) * px_per_mm,
        )  # fmt: skip
    else:
        smooth = _guided(encoded, (0.6 + 1.2 * strength) * px_per_mm, 0.02 + 0.06 * strength)
    cover = skin_cover(linear.shape, points, px_per_mm)[..., None] * min(1.0, 0.6 + 0.4 * strength)
    mixed = encoded + (smooth - encoded) * cover
    return np.asarray(linear_from_srgb(mixed), np.float32)


def _guided(encoded: FloatArray, radius_px: float, epsilon: float) -> FloatArray:
    """Each channel guided by itself (He, Sun & Tang 2013, doi:10.1109/TPAMI.2012.213)."""
    size = (2 * max(1, round(radius_px)) + 1,) * 2
    mean = cv2.blur(encoded, size)
    variance = np.maximum(cv2.blur(encoded * encoded, size) - mean * mean, 0)
    slope = variance / (variance + np.float32(epsilon**2))
    offset = mean * (1 - slope)
    return np.asarray(cv2.blur(slope, size) * encoded + cv2.blur(offset, size), np.float32)


def _portrait(
    linear: FloatArray, points: NDArray[np.float64], px_per_mm: float, strength: float
) -> FloatArray:
    """Everything beyond the middle of the face blurred by up to 2.5 mm, noise included."""
    middle = points[4] + 0.7 * (points[list(_OVAL)] - points[4])
    near = np.zeros(linear.shape[:2], np.uint8)
    cv2.fillPoly(near, [np.rint(middle).astype(np.int32)], (1,))
    share = gaussian_blur(near.astype(np.float32), 5.0 * px_per_mm)[..., None]
    return np.asarray(
        linear * share + gaussian_blur(linear, 2.5 * strength * px_per_mm) * (1 - share), np.float32
    )


def _foundation(
    linear: FloatArray, points: NDArray[np.float64], px_per_mm: float, strength: float
) -> FloatArray:
    """A scattering layer of the skin's mean shade, which also fills pores and fine lines.

    Layer over skin after Kubelka 1948, doi:10.1364/JOSA.38.000448; the layer's own colour is that
    of skin of the spectral model with a little less blood.
    """
    cover = skin_cover(linear.shape, points, px_per_mm)
    inside = linear[cover > 0.8]
    middle = np.median(inside, axis=0) if len(inside) else np.full(3, 0.3, np.float32)
    ita = float(np.clip(ita_of(middle / max(1.6 * float(middle.max()), 1e-3)), -55.0, 60.0))
    bare = skin_reflectance(melanin_for_ita(ita), 0.015)
    shade = skin_reflectance(melanin_for_ita(min(ita + 4.0, 61.0)), 0.008)
    gain = middle / np.maximum(bare, 1e-3)
    # Light on the face varies over centimetres, skin over millimetres.
    grey = linear.mean(axis=2)
    wide = gaussian_blur(grey, 12.0 * px_per_mm) / max(float(middle.mean()), 1e-4)
    light = gain * np.clip(wide, 0.15, 4.0)[..., None]
    albedo = np.clip(linear / np.maximum(light, 1e-4), 0.0, 1.2)
    layer = np.asarray(shade * (1.0 - np.array(_SHADE)), np.float32)
    opacity = 0.75 * strength
    passed = np.float32((1 - opacity) ** 2)
    over = opacity * layer + passed * albedo / (1 - opacity * layer * np.minimum(albedo, 0.95))
    made_up = over * light
    fine = gaussian_blur(made_up, 0.12 * px_per_mm)
    coarse = gaussian_blur(made_up, 0.8 * px_per_mm)
    filled = made_up - np.float32(0.5 * strength) * (fine - coarse)
    return np.asarray(linear + (filled - linear) * cover[..., None], np.float32)
