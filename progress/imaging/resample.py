"""Blur, warp and shrink float32 pictures, each with its border rule stated."""

from __future__ import annotations

import enum
import math
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.strips import row_strips

FloatImage = NDArray[np.float32]

_TRUNCATE = 4.0
_SMALL_SIGMA_PX = 6.0
_MIN_WEIGHT = 1e-4


class Interpolation(enum.Enum):
    """How a picture is read between its pixels."""

    NEAREST = cv2.INTER_NEAREST
    LINEAR = cv2.INTER_LINEAR
    CUBIC = cv2.INTER_CUBIC


def _image(image: Any) -> FloatImage:
    """The picture as contiguous float32 with two or three axes."""
    array = np.ascontiguousarray(image, dtype=np.float32)
    if array.ndim not in (2, 3) or not array.size:
        raise ValueError(f"image: expected shape (H, W) or (H, W, C), got {array.shape}")
    return array


def _positive_sigma(sigma_px: float) -> float:
    """The sigma, if it is a finite number of at least 0."""
    if not (math.isfinite(sigma_px) and sigma_px >= 0):
        raise ValueError(f"sigma_px: expected a number >= 0, got {sigma_px}")
    return float(sigma_px)


def _with_axes_of(result: Any, image: FloatImage) -> FloatImage:
    """`result` with the trailing channel axis of length 1 that OpenCV drops."""
    array = cast("FloatImage", result)
    return array[..., np.newaxis] if array.ndim < image.ndim else array


def _blur(image: FloatImage, sigma_px: float, border: int) -> FloatImage:
    """Gaussian blur; wide kernels work on a smaller picture (error below 0.5 % of the contrast)."""
    if sigma_px == 0:
        return image.copy()
    factor = int(sigma_px // _SMALL_SIGMA_PX)
    if factor < 2 or min(image.shape[:2]) < 4 * factor:
        size = 2 * math.ceil(_TRUNCATE * sigma_px) + 1
        blurred = cv2.GaussianBlur(image, (size, size), sigma_px, borderType=border)
        return _with_axes_of(blurred, image)
    # A margin of the full kernel, rounded to whole blocks, so that the border rule is the same as
    # for narrow kernels.
    height, width = image.shape[:2]
    margin = factor * math.ceil(_TRUNCATE * sigma_px / factor)
    if border == cv2.BORDER_REFLECT_101:
        # cv2 mirrors again and again when the margin is larger than the picture.
        bottom, right = margin + -height % factor, margin + -width % factor
        padded = cv2.copyMakeBorder(image, margin, bottom, margin, right, border)
        rows, columns = padded.shape[0] // factor, padded.shape[1] // factor
        small = cv2.resize(padded, (columns, rows), interpolation=cv2.INTER_AREA)
    else:
        small = _shrunk_with_zeros(image, factor, margin // factor)
    # The block average and the linear enlargement blur by themselves: a box of f pixels has the
    # variance (f^2 - 1)/12, linear interpolation of blocks f^2/6.
    own = (factor**2 - 1) / 12 + factor**2 / 6
    sigma_small = math.sqrt(sigma_px**2 - own) / factor
    size = 2 * math.ceil(_TRUNCATE * sigma_small) + 1
    small = cv2.GaussianBlur(small, (size, size), sigma_small, borderType=cv2.BORDER_REPLICATE)
    # One block more on each side is all that enlarging the picture itself reads.
    beyond = margin // factor - 1
    small = small[beyond : small.shape[0] - beyond, beyond : small.shape[1] - beyond]
    enlarged = small.shape[1] * factor, small.shape[0] * factor
    large = cv2.resize(small, enlarged, interpolation=cv2.INTER_LINEAR)
    cut = large[factor : factor + height, factor : factor + width]
    return _with_axes_of(cut, image)


def _shrunk_with_zeros(image: FloatImage, factor: int, margin: int) -> FloatImage:
    """Means of whole blocks, the picture filled up with zeros, and blocks of zeros around them."""
    height, width = image.shape[:2]
    down, across = -height % factor, -width % factor
    whole = image
    if down or across:
        whole = np.zeros((height + down, width + across, *image.shape[2:]), np.float32)
        whole[:height, :width] = image
    size = whole.shape[1] // factor, whole.shape[0] // factor
    small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
    edges = (margin, margin, margin, margin)
    padded = cv2.copyMakeBorder(small, *edges, cv2.BORDER_CONSTANT, value=0.0)
    return cast("FloatImage", padded)


def gaussian_blur(image: Any, sigma_px: float) -> FloatImage:
    """The picture blurred by a Gaussian; mirrored at the border without repeating the edge pixel.

    Parameters
    ----------
    image : array_like, shape (H, W) or (H, W, C)
        Read as float32.
    sigma_px : float
        Standard deviation in pixels (a length in mm times px_per_mm); 0 returns a copy. Cut off at
        4 sigma. From 12 px on the work is done on block averages: the result stays within 0.5 % of
        the contrast of the exact one.

    Returns
    -------
    ndarray of float32, same shape
    """
    blurred = _blur(_image(image), _positive_sigma(sigma_px), cv2.BORDER_REFLECT_101)
    return np.ascontiguousarray(blurred)


def masked_gaussian(image: Any, mask: Any, sigma_px: float) -> FloatImage:
    """The Gaussian mean over masked pixels only (normalised convolution).

    Parameters
    ----------
    image : array_like, shape (H, W) or (H, W, C)
        Values outside the mask are never read, not even NaN.
    mask : array_like of bool or of weights >= 0, shape (H, W)
    sigma_px : float
        Standard deviation in pixels.

    Returns
    -------
    ndarray of float32, same shape
        NaN where less than 1e-4 of the kernel's weight falls on the mask: there is nothing to
        average. Outside the picture counts as outside the mask.

    Notes
    -----
    Knutsson & Westin 1993, doi:10.1109/CVPR.1993.341081.
    """
    pixels = _image(image)
    weights = np.ascontiguousarray(mask, dtype=np.float32)
    if weights.shape != pixels.shape[:2]:
        raise ValueError(f"mask: expected shape {pixels.shape[:2]}, got {weights.shape}")
    sigma = _positive_sigma(sigma_px)
    is_plain = np.asarray(mask).dtype == np.bool_
    inside = np.ascontiguousarray(mask).view(np.uint8) if is_plain else (weights > 0).view(np.uint8)
    weighted = _with_axes_of(cv2.copyTo(pixels, inside), pixels)
    if not is_plain:
        weighted *= weights if pixels.ndim == 2 else weights[..., np.newaxis]
    total = _blur(weights, sigma, cv2.BORDER_CONSTANT)
    blurred = _blur(weighted, sigma, cv2.BORDER_CONSTANT)
    mean = np.empty_like(pixels)
    for rows in row_strips(*weights.shape):
        share = total[rows]
        np.copyto(share, np.float32(np.nan), where=share < _MIN_WEIGHT)
        np.divide(blurred[rows], share if pixels.ndim == 2 else share[..., np.newaxis], mean[rows])
    return mean


def warp(
    image: Any,
    map_xy: Any,
    *,
    interpolation: Interpolation = Interpolation.LINEAR,
    outside: float = math.nan,
) -> FloatImage:
    """The picture read at the positions of a map.

    Parameters
    ----------
    image : array_like, shape (H, W) or (H, W, C)
        Read as float32; turn a mask into 0 and 1 and threshold the result.
    map_xy : array_like, shape (rows, columns, 2)
        For each output pixel the (x, y) in `image` to read; NaN gives `outside`.
    interpolation : Interpolation
        Between pixels; cubic may overshoot.
    outside : float
        Value where the map leaves the picture or, for linear and cubic, where any pixel that the
        interpolation touches does.

    Returns
    -------
    ndarray of float32, shape (rows, columns) or (rows, columns, C)
    """
    pixels = _image(image)
    positions = np.ascontiguousarray(map_xy, dtype=np.float32)
    if positions.ndim != 3 or positions.shape[2] != 2:
        raise ValueError(f"map_xy: expected shape (rows, columns, 2), got {positions.shape}")
    # A NaN position would be read as some pixel; send it out of the picture instead.
    positions = np.where(np.isfinite(positions), positions, np.float32(-1e6))
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    if channels > 4:
        raise ValueError(f"image: expected at most 4 channels, got {channels}")
    warped = cv2.remap(
        pixels,
        positions,
        None,  # type: ignore[call-overload]  # the map is one array of pairs
        interpolation.value,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=[float(outside)] * 4,
    )
    return _with_axes_of(warped, pixels)


def shrink(image: Any, scale: float) -> FloatImage:
    """The picture made smaller by averaging the area that each new pixel covers (no aliasing).

    Parameters
    ----------
    image : array_like, shape (H, W) or (H, W, C)
        In linear light, if averages are to mean anything.
    scale : float
        New size over old, in (0, 1].

    Returns
    -------
    ndarray of float32, shape (round(H scale), round(W scale)) or with C
        At least one pixel; no border is needed. Pixel (i, j) has its centre at
        ((j + 0.5) W / W' - 0.5, (i + 0.5) H / H' - 0.5) of the original.
    """
    pixels = _image(image)
    if not 0 < scale <= 1:
        raise ValueError(f"scale: expected a number in (0, 1], got {scale}")
    height, width = pixels.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    if size == (width, height):
        return pixels.copy()
    return _with_axes_of(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), pixels)


def shrink_variance_px2(scale: float) -> float:
    """Variance of the blur that `shrink` does, in squared pixels of the original.

    Parameters
    ----------
    scale : float
        New size over old, in (0, 1].

    Returns
    -------
    float
        Along each axis: that of a box of ``1 / scale`` pixels laid anywhere on the old grid, and 0
        where nothing is resampled.
    """
    if not 0 < scale <= 1:
        raise ValueError(f"scale: expected a number in (0, 1], got {scale}")
    return 0.0 if scale == 1 else (scale**-2 + 1) / 12
