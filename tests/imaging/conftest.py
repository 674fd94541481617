"""Small photos in every format, rendered on the spot."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def codes():
    """A smooth 61 x 83 picture in skin colours with a different mark in every corner."""
    rows, columns = np.mgrid[0:61, 0:83]
    picture = np.stack(
        [150 + columns * 0.6, 110 + rows * 0.5, 90 + 0.2 * (rows + columns)], axis=-1
    ).astype(np.uint8)
    picture[:12, :16] = (200, 40, 40)
    picture[:12, -16:] = (40, 160, 60)
    picture[-12:, :16] = (50, 60, 170)
    return picture


@pytest.fixture
def deep_codes():
    """The like with 16 bits."""
    rows, columns = np.mgrid[0:61, 0:83]
    return np.stack(
        [30000 + 251 * columns, 20000 + 131 * rows, 15003 + 17 * (rows + columns)], axis=-1
    ).astype(np.uint16)


@pytest.fixture
def encoded():
    """A function from codes (8 or 16 bits) and format to file bytes."""

    def encode(pixels, kind, **options):
        if pixels.dtype == np.uint16:
            assert kind in ("PNG", "TIFF")
            order = cv2.COLOR_RGB2BGR if pixels.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
            ok, data = cv2.imencode(f".{kind.lower()}", cv2.cvtColor(pixels, order))
            assert ok
            return data.tobytes()
        image = Image.fromarray(pixels)
        stream = io.BytesIO()
        if kind in ("JPEG", "WEBP", "AVIF"):
            options.setdefault("quality", 98)
        if kind == "JPEG":
            options.setdefault("subsampling", 0)
        image.save(stream, kind, **options)
        return stream.getvalue()

    return encode
