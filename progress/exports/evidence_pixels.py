"""The pixels of an exported JPEG as numbers, and their digest."""

from __future__ import annotations

import hashlib
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Codes = NDArray[np.uint8]

_MOST_PX = 64_000_000
"""As many as the largest canvas of a recipe has."""


def picture_pixels(jpeg: bytes) -> Codes:
    """The red, green and blue codes of a JPEG as Pillow decodes them.

    Parameters
    ----------
    jpeg : bytes

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)

    Raises
    ------
    ValueError
        If it is no JPEG, damaged, or too large.
    """
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            wide, high = image.size
            if wide * high > _MOST_PX:
                raise ValueError(f"expected at most {_MOST_PX} pixels, got {wide * high}")
            return np.array(image.convert("RGB"))
    except (OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError("expected a JPEG, got something else or a damaged one") from None


def pixels_sha256(pixels: Codes) -> str:
    """SHA-256 of the codes row by row from the top, each pixel as red, green, blue."""
    return hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()
