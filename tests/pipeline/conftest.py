"""Tiny photos for tests of what is done with files, not with pixels."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

import numpy as np
import pytest
from PIL import Image

TinyPhoto = Callable[..., bytes]

_TAKEN, _EXIF_IFD, _MODEL = 0x9003, 0x8769, 0x0110


@pytest.fixture(scope="session")
def tiny_photo() -> TinyPhoto:
    """Makes a JPEG of 23 by 17 pixels whose bytes differ with the seed."""

    def make(seed: int, *, taken_at: datetime | None = None, camera: str = "") -> bytes:
        codes = np.random.default_rng(seed).integers(0, 255, (17, 23, 3), dtype=np.uint8)
        exif, stream = Image.Exif(), io.BytesIO()
        if taken_at is not None:
            exif.get_ifd(_EXIF_IFD)[_TAKEN] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
        if camera:
            exif[_MODEL] = camera
        Image.fromarray(codes).save(stream, "JPEG", quality=90, exif=exif)
        return stream.getvalue()

    return make
