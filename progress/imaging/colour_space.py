"""Between display codes, linear light, Lab, and optical density.

sRGB is IEC 61966-2-1:1999; Lab is CIE 1976 with the 2 degree observer and white D65 (CIE 15:2018).
Arrays of float64 are computed in float64; everything else in float32.
"""

from __future__ import annotations

import functools
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

FloatingArray = NDArray[Any]
"""float64 or float32, as the function says."""

_KNEE_ENCODED = 0.04045
_KNEE_LINEAR = 0.0031308

DENSITY_FLOOR = 1.0 / 255.0 / 12.92
"""Linear light of 8-bit code 1: less is not told apart from black, so density stops here (8.1)."""

WHITE_D65 = (0.95047, 1.0, 1.08883)
XYZ_FROM_LINEAR = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
)
"""CIE XYZ of linear sRGB (ITU-R BT.709 primaries, white D65)."""


def _floating(values: Any) -> FloatingArray:
    """The values as float64 if they were float64, else as float32."""
    array = np.asarray(values)
    return array if array.dtype == np.float64 else array.astype(np.float32, copy=False)


@functools.cache
def linear_lut(bit_depth: int) -> NDArray[np.float32]:
    """Linear light of every sRGB code of 8 or 16 bits.

    Parameters
    ----------
    bit_depth : int
        8 or 16.

    Returns
    -------
    ndarray of float32, shape (256,) or (65536,)
        Read-only, from 0 to 1.
    """
    if bit_depth not in (8, 16):
        raise ValueError(f"bit_depth: expected 8 or 16, got {bit_depth}")
    codes = np.arange(2**bit_depth, dtype=np.float64) / (2**bit_depth - 1)
    lut = linear_from_srgb(codes).astype(np.float32)
    lut.flags.writeable = False
    return lut


def linear_from_codes(codes: NDArray[np.uint8] | NDArray[np.uint16]) -> NDArray[np.float32]:
    """Linear light of integer sRGB codes, by table.

    Parameters
    ----------
    codes : ndarray of uint8 or uint16, any shape

    Returns
    -------
    ndarray of float32, same shape
        In 0..1.

    Raises
    ------
    TypeError
        For any other element type.
    """
    if codes.dtype not in (np.uint8, np.uint16):
        raise TypeError(f"codes: expected uint8 or uint16, got {codes.dtype}")
    lut = linear_lut(8 * codes.dtype.itemsize)
    if codes.ndim in (2, 3) and codes.size:
        return cast("NDArray[np.float32]", cv2.LUT(codes, lut)).reshape(codes.shape)
    return lut[codes]


def linear_from_srgb(srgb: Any) -> FloatingArray:
    """Linear light of display values.

    Parameters
    ----------
    srgb : array_like of float
        sRGB-encoded, 0..1; continued as an odd function below 0 and as the same power above 1.

    Returns
    -------
    ndarray
        float64 for float64 input, else float32.
    """
    encoded = _floating(srgb)
    size = np.abs(encoded)
    curve = ((size + 0.055) / 1.055) ** 2.4
    linear = np.where(size <= _KNEE_ENCODED, size / 12.92, curve)
    return np.copysign(linear, encoded).astype(encoded.dtype, copy=False)


def srgb_from_linear(linear: Any) -> FloatingArray:
    """Display values of linear light; the inverse of `linear_from_srgb`.

    Parameters
    ----------
    linear : array_like of float
        0..1; continued as an odd function below 0 and as the same power above 1.

    Returns
    -------
    ndarray
        sRGB-encoded; float64 for float64 input, else float32.
    """
    light = _floating(linear)
    size = np.abs(light)
    if size.dtype == np.float32 and size.ndim in (2, 3) and size.size:
        power = cv2.pow(np.ascontiguousarray(size), 1.0 / 2.4)
    else:
        power = size ** (1.0 / 2.4)
    encoded = np.where(size <= _KNEE_LINEAR, size * 12.92, 1.055 * power - 0.055)
    return np.copysign(encoded, light).astype(light.dtype, copy=False)


@functools.cache
def _code_lut() -> NDArray[np.uint8]:
    """8-bit code of every 16-bit level of linear light."""
    levels = np.arange(65536, dtype=np.float64) / 65535.0
    return np.rint(srgb_from_linear(levels) * 255.0).astype(np.uint8)


def codes_from_linear(linear: Any, *, bit_depth: int = 8) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Integer sRGB codes of linear light, clipped to 0..1 and rounded to the nearest code.

    Parameters
    ----------
    linear : array_like of float
    bit_depth : int
        8 or 16. Eight bits go through a table of 65,536 levels of light, whose steps are at most
        0.05 codes wide, so rounding is exact up to 0.025 codes.

    Returns
    -------
    ndarray of uint8 or uint16, same shape
    """
    if bit_depth not in (8, 16):
        raise ValueError(f"bit_depth: expected 8 or 16, got {bit_depth}")
    light = np.clip(_floating(linear), 0.0, 1.0)
    if bit_depth == 16:
        return np.rint(srgb_from_linear(light) * 65535.0).astype(np.uint16)
    levels = np.rint(light * 65535.0).astype(np.uint16)
    if levels.ndim in (2, 3) and levels.size:
        return cast("NDArray[np.uint8]", cv2.LUT(levels, _code_lut())).reshape(levels.shape)
    return _code_lut()[levels]


def lab_from_linear(linear: Any) -> FloatingArray:
    """CIE L*, a*, b* (D65) of linear sRGB.

    Parameters
    ----------
    linear : array_like of float, shape (..., 3)
        Linear light. float32 goes through OpenCV (fast, within 0.03 of the formula, clipped to
        0..1); float64 through the formula itself, unclipped.

    Returns
    -------
    ndarray, shape (..., 3)
        L* in 0..100, a* and b* in about -128..127.
    """
    light = _floating(linear)
    if light.shape[-1:] != (3,):
        raise ValueError(f"linear: expected shape (..., 3), got {light.shape}")
    if light.dtype == np.float32:
        if not light.size:
            return light.copy()
        flat = np.ascontiguousarray(light).reshape(-1, light.shape[-2] if light.ndim > 2 else 1, 3)
        return cast(
            "NDArray[np.float32]", cv2.cvtColor(flat, cv2.COLOR_LRGB2LAB).reshape(light.shape)
        )
    ratio = light @ XYZ_FROM_LINEAR.T / np.array(WHITE_D65)
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    fx, fy, fz = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)], axis=-1)


def ita_deg(lab: Any) -> FloatingArray:
    """Individual typology angle, atan2(L* - 50, b*) in degrees: high is light, low is dark skin.

    Parameters
    ----------
    lab : array_like of float, shape (..., 3)
        L*, a*, b*.

    Returns
    -------
    ndarray, shape (...)
        -180..180. Loses its meaning where b* is near 0 or below (no skin is).

    Notes
    -----
    Chardon, Cretois & Hourseau 1991, doi:10.1111/j.1467-2494.1991.tb00561.x. Not specific to
    melanin: more blood lowers it, more exposure raises it.
    """
    values = _floating(lab)
    angle = np.degrees(np.arctan2(values[..., 0] - 50.0, values[..., 2]))
    return angle.astype(values.dtype, copy=False)


def optical_density(linear: Any) -> FloatingArray:
    """Minus the natural logarithm of linear light; a factor of light becomes a constant.

    Parameters
    ----------
    linear : array_like of float
        Linear light, 0..1.

    Returns
    -------
    ndarray, same shape
        0 for white, at most 8.1: light below `DENSITY_FLOOR` counts as that floor.
    """
    light = np.maximum(_floating(linear), np.float32(DENSITY_FLOOR))
    if light.dtype == np.float32 and light.ndim in (2, 3) and light.size:
        return cast("NDArray[np.float32]", -cv2.log(np.ascontiguousarray(light)))
    return -np.log(light)


def delta_e_2000(lab_a: Any, lab_b: Any) -> FloatingArray:
    """CIEDE2000 colour difference.

    Parameters
    ----------
    lab_a, lab_b : array_like of float, shape (..., 3)
        L*, a*, b*; symmetric in the two.

    Returns
    -------
    ndarray, shape (...)
        0 and up; about 1 is just noticeable side by side.

    Notes
    -----
    Sharma, Wu & Dalal 2005, doi:10.1002/col.20070; computed by scikit-image.
    """
    from skimage.color import deltaE_ciede2000

    a, b = _floating(lab_a), _floating(lab_b)
    difference = deltaE_ciede2000(a, b)
    return np.asarray(difference, dtype=np.result_type(a, b))
