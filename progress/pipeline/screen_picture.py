"""A photo made small enough for a screen."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from progress.imaging import read_photo

SCREEN_PICTURE_VERSION = 1
"""Counts changes of what comes out, for whoever keeps it."""

_QUALITY = 88


def screen_picture(data: bytes, *, max_px: int) -> bytes:
    """A JPEG of a photo, upright and in sRGB, with nothing in it that the camera wrote.

    Parameters
    ----------
    data : bytes
        The original file.
    max_px : int
        Its longer side at most; a smaller photo stays as large as it is.

    Raises
    ------
    UnreadablePhoto
        If the bytes are not a photo.
    """
    codes = read_photo(Path("photo"), data=data).codes
    if codes.dtype == np.uint16:
        codes = (codes >> 8).astype(np.uint8)
    picture = Image.fromarray(codes)
    picture.thumbnail((max_px, max_px), Image.Resampling.LANCZOS)
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=_QUALITY)
    return held.getvalue()
