"""What a photo file says about its making: turn, time, camera. GPS is not among it."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_ORIENTATION, _MAKE, _MODEL, _EXIF_IFD = 0x0112, 0x010F, 0x0110, 0x8769
_TAKEN, _DIGITISED, _FLASH, _FOCAL_35MM = 0x9003, 0x9004, 0x9209, 0xA405
_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d):(\d\d):(\d\d)")
_FIRST_DIGITAL_YEAR = 1990  # cameras with an empty clock say 1970 or 1980

EXIF_ERRORS = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError,
    OverflowError, ZeroDivisionError, struct.error, Warning,
)  # fmt: skip
"""What Pillow raises on damaged EXIF blocks; such a block counts as absent."""

# ITU-T T.81 (1992) Annex K.1, luminance; its sum is all that is needed.
_LUMINANCE_K1 = (
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExifFacts:
    """The few EXIF entries that are read; None where the file does not say."""

    orientation: int = 1
    taken_at: datetime | None = None
    camera: str | None = None
    focal_length_35mm: float | None = None
    flash_fired: bool | None = None


def _words(value: Any) -> str:
    """Text without padding; empty for anything else."""
    return value.replace("\x00", " ").strip() if isinstance(value, str) else ""


def _time(value: Any) -> datetime | None:
    """The moment an EXIF string names, or None when it is not a sensible one."""
    match = _TIME.match(_words(value))
    if match is None:
        return None
    try:
        moment = datetime(*(int(part) for part in match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
    return moment if moment.year >= _FIRST_DIGITAL_YEAR else None


def read_exif(image: Image.Image) -> ExifFacts:
    """The facts of an opened picture; defaults where the block is missing or damaged.

    Parameters
    ----------
    image : PIL.Image.Image
        Loaded, so that blocks after the pixels are known too.

    Returns
    -------
    ExifFacts
        `taken_at` is when the shutter was released or the film was scanned, never when the file
        was last edited. The GPS block is not opened.
    """
    try:
        exif = image.getexif()
        detail = exif.get_ifd(_EXIF_IFD)
        orientation = exif.get(_ORIENTATION, 1)
        make, model = _words(exif.get(_MAKE)), _words(exif.get(_MODEL))
        focal = detail.get(_FOCAL_35MM)
        flash = detail.get(_FLASH)
        taken_at = _time(detail.get(_TAKEN)) or _time(detail.get(_DIGITISED))
        focal_35mm = float(focal) if focal else None
    except EXIF_ERRORS:
        return ExifFacts()
    camera = model if model.startswith(make) else f"{make} {model}".strip()
    return ExifFacts(
        orientation=orientation if orientation in range(1, 9) else 1,
        taken_at=taken_at,
        camera=camera or None,
        focal_length_35mm=focal_35mm if focal_35mm and focal_35mm > 0 else None,
        flash_fired=bool(flash & 1) if isinstance(flash, int) else None,
    )


def upright(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """The pixels turned and mirrored as EXIF orientation 1..8 asks (Exif 2.32, section 4.6.4).

    Parameters
    ----------
    pixels : ndarray, shape (H, W, ...)
        As stored.
    orientation : int
        1 (nothing to do) to 8.

    Returns
    -------
    ndarray, shape (H, W, ...) or (W, H, ...)
        Contiguous.
    """
    turned = pixels
    if orientation in (5, 6, 7, 8):
        turned = turned.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        turned = turned[::-1]
    if orientation in (2, 3, 6, 7):
        turned = turned[:, ::-1]
    return np.ascontiguousarray(turned)


def jpeg_quality(tables: Mapping[int, Any]) -> int | None:
    """The quality 1..100 whose standard luminance table is nearest to the file's.

    Parameters
    ----------
    tables : mapping of int to sequence of int
        Quantisation tables of a JPEG file; table 0 is luminance.

    Returns
    -------
    int or None
        On the scale of the Independent JPEG Group. Phones and editors use tables of their own, for
        which it is the equivalent in mean step size. None without a table.
    """
    table = tables.get(0)
    if table is None or len(table) != 64:
        return None
    standard = np.array(_LUMINANCE_K1)
    qualities = np.arange(1, 101)
    percent = np.where(qualities < 50, 5000 // qualities, 200 - 2 * qualities)
    steps = np.clip((standard * percent[:, np.newaxis] + 50) // 100, 1, 255)
    distance = np.abs(steps.sum(axis=1) - sum(table))
    return int(qualities[int(distance.argmin())])
