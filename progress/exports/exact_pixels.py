"""Resampling, covering and blurring in whole numbers, the same on every machine.

Light is averaged in 16-bit linear light with weights of 1/16384, all in integers, because libraries
that resample in floating point promise the same bits neither across processors nor across
versions, and averages of display codes darken fine glints. Nothing is sharpened: kernels are those
of Mitchell & Netravali 1988 (doi:10.1145/54852.378514), and a picture is first made smaller until
one and a half of its pixels fall on one of the result, so that a photo that was turned and one that
was not lose the same detail.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint8]
Light = NDArray[np.int32]
"""Linear light, 0..65535."""

FULL = 65535
OVERSAMPLED = 1.5
"""Pixels of the reduced original on one of the result. At 1 the untouched baseline would keep more
detail than a follow-up that lies between pixels; from about 1.5 on that difference is invisible,
and a larger number only takes time."""

_WEIGHT_BITS = 14
_ONE = 1 << _WEIGHT_BITS
_PHASES = 256
"""Steps between two pixels; 1/512 px off at most."""
_PLACE_BITS = 32
_POLYGON_STEPS = 16
_BLUR_PASSES = 3
_BLOCK_PX = 512
_STRIP_ROWS = 128
"""Work is cut into strips that fit a processor's cache and keep memory small."""


@functools.cache
def light_of_codes() -> Light:
    """Linear light of the 256 sRGB codes (IEC 61966-2-1), rounded; read-only."""
    shares = [code / 255.0 for code in range(256)]
    light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    table = np.array([round(value * FULL) for value in light], np.int32)
    table.flags.writeable = False
    return table


@functools.cache
def _codes_of_light() -> Codes:
    """The nearest sRGB code, by the table, of each of 65536 levels; the lower one at the middle."""
    steps = light_of_codes()
    middles = (steps[:-1] + steps[1:]) // 2
    return np.searchsorted(middles, np.arange(FULL + 1), side="left").astype(np.uint8)


def to_light(codes: Codes) -> Light:
    """Linear light of sRGB codes."""
    return np.asarray(light_of_codes()[codes])


def to_codes(light: Light) -> Codes:
    """sRGB codes of linear light; values beyond the range are held at its ends."""
    return np.asarray(_codes_of_light()[np.clip(light, 0, FULL)])


def _mitchell(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The kernel with B = C = 1/3; zero from a distance of 2 on."""
    t = np.abs(distance)
    near = (7.0 * t * t * t - 12.0 * t * t + 16.0 / 3.0) / 6.0
    far = ((-7.0 / 3.0) * t * t * t + 12.0 * t * t - 20.0 * t + 32.0 / 3.0) / 6.0
    return np.asarray(np.where(t < 1.0, near, np.where(t < 2.0, far, 0.0)))


def _whole_weights(weights: NDArray[np.float64]) -> NDArray[np.int32]:
    """Rows of weights as whole numbers that add up to exactly `_ONE`, so that flat stays flat.

    Sums run in whole numbers: in floats their order, and so their last bit, is the processor's.
    """
    fine = np.rint(weights * float(1 << 30)).astype(np.int64)
    total = fine.sum(axis=1, keepdims=True)
    shares = (2 * fine * _ONE + total) // (2 * total)
    largest = shares.argmax(axis=1)
    shares[np.arange(len(shares)), largest] += _ONE - shares.sum(axis=1)
    return np.asarray(shares, dtype=np.int32)


def _smaller_rows(light: Light, n_out: int) -> Light:
    """`light` with `n_out` rows, by the stretched kernel; borders continued."""
    n_in = light.shape[0]
    stride = n_in / n_out
    centre = (np.arange(n_out) + 0.5) * stride - 0.5
    first = np.floor(centre - 2.0 * stride).astype(np.int64) + 1
    taps = first[:, None] + np.arange(int(np.ceil(4.0 * stride)) + 1)
    weights = _whole_weights(_mitchell((taps - centre[:, None]) / stride))
    rows = np.clip(taps, 0, n_in - 1)
    total = np.zeros((n_out, *light.shape[1:]), np.int32)
    for tap in range(taps.shape[1]):
        total += weights[:, tap, None, None] * light[rows[:, tap]]
    return np.asarray(np.clip((total + _ONE // 2) >> _WEIGHT_BITS, 0, FULL))


def _reduced(codes: Codes, size_px: tuple[int, int]) -> Light:
    """Linear light of codes made smaller; columns in blocks, so that memory stays small."""
    width, height = size_px
    if (width, height) == (codes.shape[1], codes.shape[0]):
        return to_light(codes)
    blocks = [
        smaller(
            to_light(codes[:, at : at + _BLOCK_PX]),
            (codes[:, at : at + _BLOCK_PX].shape[1], height),
        )
        for at in range(0, codes.shape[1], _BLOCK_PX)
    ]
    return smaller(np.concatenate(blocks, axis=1), size_px)


def smaller(light: Light, size_px: tuple[int, int]) -> Light:
    """The picture made smaller without aliasing.

    Parameters
    ----------
    light : ndarray of int32, shape (H, W, C)
        0..65535.
    size_px : tuple of int
        New width and height, at most W and H.

    Returns
    -------
    ndarray of int32, shape (height, width, C)
        0..65535; pixel (i, j) has its centre at ((j + 0.5) W / width - 0.5, ...).
    """
    width, height = size_px
    if not (0 < width <= light.shape[1] and 0 < height <= light.shape[0]):
        raise ValueError(f"size_px: expected at most {light.shape[1::-1]}, got {size_px}")
    result = light
    if height < result.shape[0]:
        result = _smaller_rows(result, height)
    if width < result.shape[1]:
        across = np.ascontiguousarray(result.swapaxes(0, 1))
        result = _smaller_rows(across, width).swapaxes(0, 1)
    return np.ascontiguousarray(result)


def _fixed(value: float) -> int:
    """A float as a whole number of 2^-32."""
    return round(value * (1 << _PLACE_BITS))


def placed(
    codes: Codes, placing: tuple[float, float, float, float], size_px: tuple[int, int]
) -> tuple[Light, NDArray[np.bool_]]:
    """An original turned, shifted and made smaller into a panel.

    Parameters
    ----------
    codes : ndarray of uint8, shape (H, W, 3)
        sRGB codes of the original.
    placing : tuple of float
        a, b, x, y of `Placing`.
    size_px : tuple of int
        Width and height of the panel.

    Returns
    -------
    light : ndarray of int32, shape (height, width, 3)
        0..65535; meaningless where not inside.
    inside : ndarray of bool, shape (height, width)
        Where the original has pixels.
    """
    a, b, x, y = placing
    wide, high = codes.shape[1], codes.shape[0]
    ends = [(u, v) for u in (0, size_px[0] - 1) for v in (0, size_px[1] - 1)]
    xs = [a * u - b * v + x for u, v in ends]
    ys = [b * u + a * v + y for u, v in ends]
    stride = float(np.sqrt(a * a + b * b))
    margin = 4.0 * stride + 4.0  # both kernels' reach
    left, right = _span(min(xs) - margin, max(xs) + margin, wide)
    top, bottom = _span(min(ys) - margin, max(ys) + margin, high)
    reduced = min(1.0, OVERSAMPLED / stride)
    sizes = (right - left, bottom - top)
    new = (max(1, round(sizes[0] * reduced)), max(1, round(sizes[1] * reduced)))
    source = _reduced(codes[top:bottom, left:right], new)
    light = np.empty((size_px[1], size_px[0], codes.shape[2]), np.int32)
    inside = np.empty((size_px[1], size_px[0]), bool)
    column = np.arange(size_px[0], dtype=np.int64)[None, :]
    half = 1 << (_PLACE_BITS - 1)
    to_phase = _PLACE_BITS - (_PHASES.bit_length() - 1)
    for first in range(0, size_px[1], _STRIP_ROWS):
        rows = slice(first, min(first + _STRIP_ROWS, size_px[1]))
        row = np.arange(rows.start, rows.stop, dtype=np.int64)[:, None]
        at_x = _fixed(a) * column - _fixed(b) * row + _fixed(x)
        at_y = _fixed(b) * column + _fixed(a) * row + _fixed(y)
        within_x = (at_x >= -half) & (at_x < _fixed(wide) - half)
        inside[rows] = within_x & (at_y >= -half) & (at_y < _fixed(high) - half)
        on_x = _on_reduced(at_x, left, sizes[0], new[0]) >> to_phase
        on_y = _on_reduced(at_y, top, sizes[1], new[1]) >> to_phase
        light[rows] = _sampled(source, on_x, on_y, stride * reduced)
    return light, inside


def _span(low: float, high: float, n: int) -> tuple[int, int]:
    """First and last pixel of a stretch, inside the picture, never empty."""
    first = min(max(int(np.floor(low)), 0), n - 1)
    return first, max(min(int(np.ceil(high)) + 1, n), first + 1)


def _on_reduced(at: NDArray[np.int64], first: int, n_in: int, n_out: int) -> NDArray[np.int64]:
    """Positions on the reduced crop, in the same steps of 2^-32, to 1/65536 of a pixel."""
    half = 1 << (_PLACE_BITS - 1)
    coarse = (at - (first << _PLACE_BITS) + half) >> 16  # room for the product in 64 bits
    return ((coarse * n_out) // n_in << 16) - half


@functools.cache
def _phase_weights(stride: float) -> tuple[int, NDArray[np.int32]]:
    """Where the kernel's first tap lies, and weights by phase and tap."""
    reach = int(np.ceil(2.0 * stride))
    taps = np.arange(1 - reach, reach + 1)
    phases = (np.arange(_PHASES) + 0.5) / _PHASES
    return 1 - reach, _whole_weights(_mitchell((taps[None, :] - phases[:, None]) / stride))


def _sampled(light: Light, x: NDArray[np.int64], y: NDArray[np.int64], stride: float) -> Light:
    """`light` read at positions in steps of 1/256 px, by the kernel widened by `stride`."""
    first, weights = _phase_weights(max(1.0, stride))
    bits = _PHASES.bit_length() - 1
    weights_x, weights_y = weights[x & (_PHASES - 1)], weights[y & (_PHASES - 1)]
    column, row = x >> bits, y >> bits
    high, wide = light.shape[:2]
    flat = np.ascontiguousarray(light.reshape(-1, light.shape[2]))
    columns = [np.clip(column + first + i, 0, wide - 1) for i in range(weights.shape[1])]
    total = np.zeros((*x.shape, light.shape[2]), np.int32)
    for i in range(weights.shape[1]):
        start = np.clip(row + first + i, 0, high - 1) * wide
        along = np.zeros_like(total)
        for j, place in enumerate(columns):
            along += weights_x[..., j, None] * flat.take(start + place, axis=0)
        total += weights_y[..., i, None] * ((along + _ONE // 2) >> _WEIGHT_BITS)
    return np.asarray(np.clip((total + _ONE // 2) >> _WEIGHT_BITS, 0, FULL))


def recoloured(light: Light, matrix: Sequence[Sequence[float]]) -> Light:
    """Linear light through a 3 x 3 matrix in steps of 1/16384, held in range."""
    whole = np.array([[round(value * _ONE) for value in row] for row in matrix], np.int64)
    wide = light.astype(np.int64)
    mixed = [sum(wide[..., j] * int(row[j]) for j in range(3)) for row in whole]
    result = (np.stack(mixed, axis=-1) + _ONE // 2) >> _WEIGHT_BITS
    return np.asarray(np.clip(result, 0, FULL), dtype=np.int32)


def within(polygon_xy: Sequence[Sequence[float]], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Pixels whose centre lies in a polygon (even-odd), in exact arithmetic.

    Parameters
    ----------
    polygon_xy : sequence of pairs
        Corners in panel pixels, taken to 1/16 px.
    shape : tuple of int
        Rows and columns.
    """
    fine = [(round(x * _POLYGON_STEPS), round(y * _POLYGON_STEPS)) for x, y in polygon_xy]
    mask = np.zeros(shape, bool)
    column = np.arange(shape[1], dtype=np.int64) * _POLYGON_STEPS
    for (x0, y0), (x1, y1) in zip(fine, fine[1:] + fine[:1], strict=True):
        if y0 == y1:
            continue
        (xa, ya), (xb, yb) = ((x0, y0), (x1, y1)) if y0 < y1 else ((x1, y1), (x0, y0))
        first = max(0, -(-ya // _POLYGON_STEPS))
        last = min(shape[0], -(-yb // _POLYGON_STEPS))
        rows = np.arange(first, max(first, last), dtype=np.int64)[:, None] * _POLYGON_STEPS
        mask[first : first + len(rows)] ^= (column - xa) * (yb - ya) < (rows - ya) * (xb - xa)
    return mask


def blurred(light: Light, radius_px: int) -> Light:
    """Light averaged three times over squares of 2 radius + 1 pixels, borders continued."""
    result = light.astype(np.int64)
    side = 2 * radius_px + 1
    for axis in (0, 1) * _BLUR_PASSES:
        edges = [(0, 0)] * 3
        edges[axis] = (radius_px + 1, radius_px)
        sums = np.cumsum(np.pad(result, edges, mode="edge"), axis=axis)
        n = result.shape[axis]
        high = np.take(sums, np.arange(side, side + n), axis=axis)
        low = np.take(sums, np.arange(n), axis=axis)
        result = (high - low + side // 2) // side
    return result.astype(np.int32)
