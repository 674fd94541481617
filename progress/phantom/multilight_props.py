"""What lies in a multi-light picture beside the skin: a mirror ball and a sticker for scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model.checks import FloatArray

_FINER: Final = 4
"""Samples per pixel along each axis: the ball's edge and the lamp's image are anti-aliased."""
_ROOM: Final = (0.02, 0.02, 0.02)
_SKIN_SEEN: Final = 0.4
"""What the ball's lower half mirrors, over the skin: chrome gives back two thirds, and the ball's
own shadow lies on the skin beside it."""
_LAMP_COSINE: Final = math.cos(math.radians(1.5))
"""A lamp of three degrees, as it casts the shadows."""
_LAMP_LIGHT: Final = 60.0
_PAPER: Final = 0.82
_INK: Final = 0.04


@dataclass(frozen=True, slots=True)
class Ball:
    """A mirror ball: its middle from the top-left corner of the picture, and its radius."""

    x_mm: float
    y_mm: float
    radius_mm: float = 3.0


@dataclass(frozen=True, slots=True)
class Sticker:
    """A flat ArUco square (4 x 4, 50 codes): its top-left corner, its black side, its number."""

    x_mm: float
    y_mm: float
    side_mm: float = 20.0
    marker: int = 7


def put_ball(
    scene: FloatArray,
    px_per_mm: float,
    ball: Ball | None,
    lamp: NDArray[np.float64] | None,
    shift_px: NDArray[np.float64],
    *,
    exposure: float,
) -> FloatArray:
    """The scene with the ball on it, mirroring room, skin and lamp.

    Parameters
    ----------
    scene : ndarray of float32, shape (H, W, 3)
        Linear light.
    px_per_mm : float
    ball : Ball or None
        None leaves the scene as it is.
    lamp : ndarray, shape (3,), or None
        Unit direction to the lamp; None with the lamps off.
    shift_px : ndarray, shape (2,)
        By which this picture is displaced.
    exposure : float
        Of the camera times the power of the lamp.
    """
    if ball is None:
        return scene
    radius = ball.radius_mm * px_per_mm
    centre = np.array([ball.x_mm, ball.y_mm]) * px_per_mm - 0.5 + shift_px
    left, top = np.maximum(np.floor(centre - radius - 2).astype(int), 0)
    right, bottom = np.ceil(centre + radius + 3).astype(int)
    right, bottom = min(right, scene.shape[1]), min(bottom, scene.shape[0])
    rows, columns = (bottom - top) * _FINER, (right - left) * _FINER
    row, column = np.mgrid[0:rows, 0:columns]
    x = ((column + 0.5) / _FINER - 0.5 + left - centre[0]) / radius
    y = -((row + 0.5) / _FINER - 0.5 + top - centre[1]) / radius
    inside = x * x + y * y < 1.0
    z = np.sqrt(np.maximum(1.0 - x * x - y * y, 0.0))
    # The ray to the camera, mirrored at the ball: 2 (n.v) n - v with v along z.
    mirrored = np.stack([2 * z * x, 2 * z * y, 2 * z * z - 1.0], axis=-1)
    skin = _SKIN_SEEN * np.median(scene, axis=(0, 1))
    light = np.where(mirrored[..., 2:] > 0, np.array(_ROOM) * exposure, skin)
    if lamp is not None:
        light = light + (mirrored @ lamp > _LAMP_COSINE)[..., None] * _LAMP_LIGHT * exposure
    size = (right - left, bottom - top)
    cover = cv2.resize(inside.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    seen = cv2.resize(
        (light * inside[..., None]).astype(np.float32), size, interpolation=cv2.INTER_AREA
    )
    placed = scene.copy()
    part = placed[top:bottom, left:right]
    part *= 1.0 - np.asarray(cover)[..., None]
    part += seen
    return placed


def put_sticker(
    scene: FloatArray,
    px_per_mm: float,
    sticker: Sticker | None,
    lamp: NDArray[np.float64] | None,
    *,
    power: float,
    ambient: float,
) -> FloatArray:
    """The scene with a flat, matt, printed square on white paper.

    Parameters
    ----------
    scene : ndarray of float32, shape (H, W, 3)
    px_per_mm : float
    sticker : Sticker or None
    lamp : ndarray, shape (3,), or None
        Unit direction to the lamp.
    power, ambient : float
        Of the lamp and of the other light.
    """
    if sticker is None:
        return scene
    side = round(sticker.side_mm * px_per_mm)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    code = cv2.aruco.generateImageMarker(dictionary, sticker.marker, 6 * 40)
    rim = round(0.15 * side)
    ink = cv2.resize(code, (side, side), interpolation=cv2.INTER_AREA) / 255.0
    paper = np.pad(_INK + (_PAPER - _INK) * ink, rim, constant_values=_PAPER)
    light = ambient + (power * float(lamp[2]) if lamp is not None else 0.0)
    left = round(sticker.x_mm * px_per_mm) - rim
    top = round(sticker.y_mm * px_per_mm) - rim
    placed = scene.copy()
    part = placed[max(top, 0) : top + paper.shape[0], max(left, 0) : left + paper.shape[1]]
    cut = paper[max(-top, 0) :, max(-left, 0) :][: part.shape[0], : part.shape[1]]
    part[...] = (cut * light)[..., None]
    return placed
