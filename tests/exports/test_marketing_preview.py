"""What is looked at before a comparison leaves: small, in order, and no proof of anything."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from progress.exports.layouts import Layout
from progress.exports.marketing_preview import preview_of


def jpeg(level: int, size: tuple[int, int] = (90, 140), **more) -> bytes:
    held = io.BytesIO()
    Image.fromarray(np.full((*size, 3), level, np.uint8)).save(held, "JPEG", **more)
    return held.getvalue()


def pack(count: int) -> bytes:
    """The moving file first, then its frames, as `write_pack` names them; brighter with time."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("picture.webp", b"moves")
        for number in sorted(range(count), key=str):  # as the pack sorts them: by letters
            archive.writestr(f"picture-{number + 2}.jpg", jpeg(40 + 15 * number))
            archive.writestr(f"recipe-{number + 2}.json", b"{}")
    return held.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_still_picture_is_small_and_carries_nothing_of_the_file():
    data = jpeg(120, (1500, 2400), comment=b"credentials")
    preview = preview_of(Layout.SIDE_BY_SIDE, data, b"")
    (frame,) = preview.frames
    assert opened(frame).size == (1600, 1000)
    assert b"credentials" in data
    assert b"credentials" not in frame
    assert preview.film is None


@pytest.mark.parametrize("layout", [Layout.SLIDER, Layout.TIME_LAPSE])
def test_frames_come_in_order_of_time_also_beyond_nine(layout):
    preview = preview_of(layout, b"moves", pack(12))
    levels = [int(np.asarray(opened(one)).mean()) for one in preview.frames]
    assert levels == pytest.approx([40 + 15 * number for number in range(12)], abs=2)
    assert (preview.film is not None) == (layout is Layout.TIME_LAPSE)
    assert preview.film is None or preview.film[:4] == b"\x1a\x45\xdf\xa3"  # Matroska, as WebM is
