"""Pictures and fields on a working grid: where pixels lie, reading between them, smoothing."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model.checks import FloatArray


def blur(image: NDArray[Any], sigma_px: float) -> FloatArray:
    """Gaussian blur cut off at 3 sigma, borders repeated."""
    size = 2 * int(np.ceil(3 * sigma_px)) + 1
    out = cv2.GaussianBlur(image, (size, size), sigma_px, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.float32)


def pixel_positions(shape: tuple[int, int]) -> FloatArray:
    """(x, y) of every pixel of a grid, shape (h, w, 2)."""
    x, y = np.meshgrid(np.arange(shape[1]), np.arange(shape[0]))
    return np.stack([x, y], axis=-1).astype(np.float32)


def centres(shape: tuple[int, int], of: tuple[int, int]) -> FloatArray:
    """Where the pixels of a smaller grid over the same crop lie on a larger one, (h, w, 2)."""
    stretch = np.array([of[1] / shape[1], of[0] / shape[0]], dtype=np.float32)
    return np.asarray((pixel_positions(shape) + np.float32(0.5)) * stretch - np.float32(0.5))


def resized(image: FloatArray, shape: tuple[int, int]) -> FloatArray:
    """The picture on a grid of another shape: area means when smaller, bilinear when larger."""
    if image.shape[:2] == shape:
        return image
    how = cv2.INTER_AREA if shape[0] < image.shape[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, shape[::-1], interpolation=how), dtype=np.float32)


def read_at(image: NDArray[Any], at: Any, *, cubic: bool = False) -> FloatArray:
    """Values of a float32 picture at (x, y) positions; outside, those of its border."""
    positions = np.ascontiguousarray(at, dtype=np.float32)
    how = cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR
    # The second map must be None: an empty array in its place reads foreign memory (OpenCV 5.0).
    read = cv2.remap(  # type: ignore[call-overload]
        image, positions, None, how, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(read, dtype=np.float32)


def read_field(field_xy: FloatArray, at: NDArray[Any]) -> FloatArray:
    """A field read at (x, y) positions; beyond its border it goes on with its mean slope."""
    rows, columns = field_xy.shape[:2]
    read = read_at(field_xy, at)
    beyond = np.asarray(at, dtype=np.float32)
    beyond = beyond - np.clip(beyond, 0, np.array([columns - 1, rows - 1], dtype=np.float32))
    outside = np.nonzero(beyond.any(axis=-1))
    if len(outside[0]):
        along_x = (field_xy[:, -1] - field_xy[:, 0]).mean(axis=0) / max(columns - 1, 1)
        along_y = (field_xy[-1] - field_xy[0]).mean(axis=0) / max(rows - 1, 1)
        read[outside] += beyond[outside] @ np.stack([along_x, along_y])
    return read
