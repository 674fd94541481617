"""The colour of skin from its melanin and blood, by integrating spectra the measurement never sees.

Tissue optics, lamp and camera curves are multiplied over 400-700 nm once, into a table over melanin
and blood; pictures are read from the table.
"""

from __future__ import annotations

import functools
from typing import Any, Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.colour_space import lab_from_linear
from progress.phantom.sensors import (
    CAMERAS,
    ILLUMINANTS,
    CameraName,
    IlluminantName,
    camera_weights,
)
from progress.phantom.tissue import OXYGEN_SATURATION, skin_spectrum

__all__ = [
    "CAMERAS",
    "ILLUMINANTS",
    "CameraName",
    "IlluminantName",
    "camera_weights",
    "ita_of",
    "melanin_for_ita",
    "skin_reflectance",
    "skin_spectrum",
]

_LUT_SIZE: Final = 385
_MELANIN_MAX: Final = 0.7
_BLOOD_MAX: Final = 0.3


@functools.cache
def _table(camera: CameraName, illuminant: IlluminantName, saturation: float) -> NDArray[Any]:
    """Linear sRGB over the roots of blood (rows) and melanin (columns), float32."""
    weights = camera_weights(camera, illuminant)
    steps = np.linspace(0.0, 1.0, _LUT_SIZE) ** 2
    table = np.empty((_LUT_SIZE, _LUT_SIZE, 3), dtype=np.float32)
    for row, share in enumerate(steps * _BLOOD_MAX):
        row_spectra = skin_spectrum(steps * _MELANIN_MAX, share, saturation=saturation)
        table[row] = row_spectra @ weights
    return table


def skin_reflectance(
    melanin: Any,
    blood: Any,
    *,
    camera: CameraName = "ideal",
    illuminant: IlluminantName = "d65",
    saturation: float = OXYGEN_SATURATION,
) -> NDArray[np.float32]:
    """Linear sRGB of skin under flat light, relative to white.

    Parameters
    ----------
    melanin : array_like of float
        Melanosome volume fraction of the epidermis, 0..0.7 (living skin 0.01..0.43); clipped.
    blood : array_like of float, broadcastable with `melanin`
        Blood volume fraction of the dermis, 0..0.3 (living skin 0.002..0.07); clipped.
    camera, illuminant : str
        See `camera_weights`.
    saturation : float
        Share of haemoglobin that carries oxygen, 0..1.

    Returns
    -------
    ndarray of float32, shape broadcast(melanin, blood) + (3,)
        Below 0 nowhere; the blue of an ideal camera may be very small in dark, red skin.

    Notes
    -----
    `skin_spectrum` integrated over 400-700 nm, read bilinearly from a table of 385 x 385 (within
    1e-4 of the integral).
    """
    mel, vol = np.broadcast_arrays(
        np.asarray(melanin, dtype=np.float32), np.asarray(blood, dtype=np.float32)
    )
    shape = mel.shape
    if not mel.size:
        return np.zeros((*shape, 3), dtype=np.float32)
    table = _table(camera, illuminant, saturation)
    scale_x = np.float32((_LUT_SIZE - 1) / np.sqrt(_MELANIN_MAX))
    scale_y = np.float32((_LUT_SIZE - 1) / np.sqrt(_BLOOD_MAX))
    # cv2.remap takes maps of at most 32 766 a side.
    columns = shape[-1] if mel.ndim == 2 and max(shape) < 32000 else 1024
    x = _two_axes(mel, columns)
    y = _two_axes(vol, columns)
    x = cv2.sqrt(np.maximum(x, np.float32(0))) * scale_x
    y = cv2.sqrt(np.maximum(y, np.float32(0))) * scale_y
    out = cv2.remap(table, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    flat = np.maximum(out, np.float32(0)).reshape(-1, 3)[: mel.size]
    return cast("NDArray[np.float32]", flat.reshape(*shape, 3))


def _two_axes(values: NDArray[np.float32], columns: int) -> NDArray[np.float32]:
    """The values in rows of `columns`, the last row filled up with its last value."""
    flat = np.ascontiguousarray(values).reshape(-1)
    missing = -flat.size % columns
    if missing:
        flat = np.pad(flat, (0, missing), mode="edge")
    return flat.reshape(-1, columns)


def melanin_for_ita(ita_deg: float, *, blood: float = 0.015) -> float:
    """The melanin fraction whose skin has a given individual typology angle under D65.

    Parameters
    ----------
    ita_deg : float
        Individual typology angle in degrees (Chardon 1991), between about -65 and 62.
    blood : float
        Blood fraction that goes with it.

    Returns
    -------
    float
        Melanosome volume fraction.

    Raises
    ------
    ValueError
        If no melanin fraction of 0.002..0.6 gives that angle.
    """
    shares = np.geomspace(0.002, 0.6, 300)
    angles = ita_of(skin_spectrum(shares, blood) @ camera_weights("ideal", "d65"))
    if not angles[-1] <= ita_deg <= angles[0]:
        raise ValueError(
            f"ita_deg: expected {angles[-1]:.0f}..{angles[0]:.0f} with blood {blood}, got {ita_deg}"
        )
    return float(np.interp(-ita_deg, -angles, shares))


def ita_of(linear: NDArray[Any]) -> NDArray[np.float64]:
    """Individual typology angle in degrees of linear sRGB of shape (..., 3)."""
    lab = lab_from_linear(np.asarray(linear, dtype=np.float64))
    return cast("NDArray[np.float64]", np.degrees(np.arctan2(lab[..., 0] - 50.0, lab[..., 2])))
