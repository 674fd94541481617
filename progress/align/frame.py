"""The crop of a photo in which an alignment is worked out, at a resolution tied to millimetres."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.model.checks import FloatArray

_WEIGHTS = np.array([[0.2, 0.6, 0.2]], dtype=np.float32)
_DARKEST = np.float32(0.002)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Log-luminance of part of a photo on a working grid.

    Parameters
    ----------
    log_luminance : ndarray of float32, shape (h, w)
        Natural logarithm of linear light, mostly green; floored at 0.2 % of white.
    box : tuple of int
        Left, top, right, bottom in upright photo pixels.
    px_per_mm : float
        Of the working grid.
    """

    log_luminance: FloatArray = field(repr=False)
    box: tuple[int, int, int, int]
    px_per_mm: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the working grid."""
        return self.log_luminance.shape[0], self.log_luminance.shape[1]

    @property
    def stride(self) -> NDArray[np.float64]:
        """Photo pixels per working pixel along x and y."""
        left, top, right, bottom = self.box
        rows, columns = self.shape
        return np.array([(right - left) / columns, (bottom - top) / rows])

    def photo_from_working(self, working_xy: Any) -> NDArray[np.float64]:
        """Photo pixels of working-grid positions, any leading shape."""
        xy = np.asarray(working_xy, dtype=np.float64)
        return np.asarray((xy + 0.5) * self.stride - 0.5 + self.box[:2])

    def working_from_photo(self, photo_xy: Any) -> NDArray[Any]:
        """Working-grid positions of photo pixels, any leading shape; float32 stays float32."""
        xy = np.asarray(photo_xy)
        kind = np.float32 if xy.dtype == np.float32 else np.float64
        gain = (1 / self.stride).astype(kind)
        shift = ((0.5 - np.array(self.box[:2])) / self.stride - 0.5).astype(kind)
        return np.asarray(xy * gain + shift)

    def halved(self) -> Frame:
        """The same crop with half the pixels each way, rounded up."""
        rows, columns = self.shape
        size = (-(-columns // 2), -(-rows // 2))
        small = cv2.resize(self.log_luminance, size, interpolation=cv2.INTER_AREA)
        return Frame(
            np.asarray(small, dtype=np.float32), self.box, self.px_per_mm * size[0] / columns
        )


def cut_frame(
    photo: DecodedPhoto,
    around_xy: NDArray[Any],
    *,
    margin_px: float,
    px_per_mm: float,
    working_px_per_mm: float,
) -> Frame:
    """The frame around some points of a photo.

    Parameters
    ----------
    photo : DecodedPhoto
    around_xy : ndarray, shape (N, 2)
        Points in photo pixels that the frame must hold as far as the photo reaches.
    margin_px : float
        Photo pixels to add on each side.
    px_per_mm, working_px_per_mm : float
        Of the photo, and wished for. A photo is never enlarged.

    Returns
    -------
    Frame
    """
    width, height = photo.size_px
    low = np.floor(around_xy.min(axis=0) - margin_px)
    high = np.ceil(around_xy.max(axis=0) + margin_px) + 1
    left, top = (int(np.clip(v, 0, n - 2)) for v, n in zip(low, (width, height), strict=True))
    right = int(np.clip(high[0], left + 2, width))
    bottom = int(np.clip(high[1], top + 2, height))
    scale = min(1.0, working_px_per_mm / px_per_mm)
    linear = photo.linear((left, top, right, bottom), scale).pixels
    light = cv2.transform(linear, _WEIGHTS)
    logarithm = cv2.log(np.maximum(light, _DARKEST))
    return Frame(
        np.asarray(logarithm, dtype=np.float32).reshape(linear.shape[:2]),
        (left, top, right, bottom),
        px_per_mm * scale,
    )


def grid_positions(size_px: tuple[int, int], step: int) -> NDArray[np.float64]:
    """Baseline pixels of every node of a field, shape (R, C, 2)."""
    columns, rows = (math.ceil(n / step) for n in size_px)
    x, y = np.meshgrid(np.arange(columns) * step, np.arange(rows) * step)
    return np.stack([x, y], axis=-1).astype(np.float64)
