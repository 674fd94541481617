"""Parts of a photo whose detail treatment does not change: eyes, lashes, brows, a sticker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.landmarks import Fiducial
from progress.model import Landmarks, NotMeasured

_CANTHI = {"right": (33, 133), "left": (362, 263)}
"""Corners of each eye, from the picture's left to its right."""
_EYE_BOXES_MM = {"eye": (-22.0, -7.0, 22.0, 7.0), "brow": (-22.0, -20.0, 22.0, -8.0)}
"""Left, top, right, bottom about the middle of the eye."""
_STICKER_MARGIN_MM = 3.0
_FINER = 1.15
"""Samples per photo pixel, so that the Lanczos kernel loses nothing below 0.7 of Nyquist."""
_KERNEL_REACH_PX = 5
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class DetailZones:
    """Zones of fixed size in mm, laid along the eyes or stickers.

    Parameters
    ----------
    pictures : tuple of ndarray of float32, shape (h, w), or None
        Linear luminance over its mean, sampled at ``1.15 px_per_mm``; None for a zone outside the
        photo.
    px_per_mm : float
        Of the photo.
    labels : tuple of str
        Which place each picture shows; the same place has the same label in every photo.
    """

    pictures: tuple[NDArray[np.float32] | None, ...] = field(repr=False)
    px_per_mm: float
    labels: tuple[str, ...]

    @property
    def samples_per_mm(self) -> float:
        """Of the pictures."""
        return _FINER * self.px_per_mm


def eye_zones(photo: DecodedPhoto, landmarks: Landmarks) -> DetailZones:
    """Both eyes with lashes and lids, and both brows."""
    px_per_mm = landmarks.scale.px_per_mm
    pictures, labels = [], []
    for side, corners in _CANTHI.items():
        left, right = landmarks.points_xy[list(corners)]
        along = (right - left) / max(float(np.hypot(*(right - left))), 1e-9)
        for part, box_mm in _EYE_BOXES_MM.items():
            labels.append(f"{side} {part}")
            pictures.append(_sampled(photo, (left + right) / 2, along, box_mm, px_per_mm))
    return DetailZones(tuple(pictures), px_per_mm, tuple(labels))


def sticker_zones(photo: DecodedPhoto, stickers: Sequence[Fiducial]) -> DetailZones | NotMeasured:
    """The printed squares of the stickers on a body photo, by their number.

    Returns
    -------
    DetailZones or NotMeasured
        Not measured without a sticker.
    """
    if not stickers:
        return NotMeasured("there is neither an eye nor a sticker to compare the sharpness by")
    px_per_mm = float(np.mean([sticker.px_per_mm for sticker in stickers]))
    pictures = []
    for sticker in stickers:
        corners = np.asarray(sticker.corners_xy, dtype=np.float64)
        edge = corners[1] - corners[0]
        length = max(float(np.hypot(*edge)), 1e-9)
        half = length / px_per_mm / 2 + _STICKER_MARGIN_MM
        box_mm = (-half, -half, half, half)
        pictures.append(_sampled(photo, corners.mean(axis=0), edge / length, box_mm, px_per_mm))
    labels = tuple(f"sticker {sticker.marker}" for sticker in stickers)
    return DetailZones(tuple(pictures), px_per_mm, labels)


def _sampled(
    photo: DecodedPhoto,
    centre: NDArray[Any],
    along: NDArray[Any],
    box_mm: tuple[float, float, float, float],
    px_per_mm: float,
) -> NDArray[np.float32] | None:
    """Luminance of a turned box over its mean, or None where it leaves the photo."""
    per_mm = _FINER * px_per_mm
    left, top, right, bottom = box_mm
    across, down = round((right - left) * per_mm), round((bottom - top) * per_mm)
    x = (np.arange(across) + 0.5) / per_mm + left
    y = (np.arange(down) + 0.5) / per_mm + top
    downwards = np.array([-along[1], along[0]])
    at = centre + px_per_mm * (x[None, :, None] * along + y[:, None, None] * downwards)
    low = np.floor(at.min(axis=(0, 1))).astype(int) - _KERNEL_REACH_PX
    high = np.ceil(at.max(axis=(0, 1))).astype(int) + _KERNEL_REACH_PX + 1
    width, height = photo.size_px
    if min(across, down) < 16 or (low < 0).any() or (high > (width, height)).any():
        return None
    linear = photo.linear((low[0], low[1], high[0], high[1])).pixels @ _LUMINANCE
    zone = cv2.remap(
        linear,
        (at - low).astype(np.float32),
        None,  # type: ignore[call-overload]  # the map is one array of pairs
        cv2.INTER_LANCZOS4,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(zone / max(float(zone.mean()), 1e-6), dtype=np.float32)
