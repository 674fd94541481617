"""The part of a JPEG's colour that decoders round away.

A JPEG holds the colour of smooth skin to a fraction of a code, because a block's mean is stored
with more digits than a pixel. Decoders round both colour planes to whole codes, and over a neck of
one colour all pixels round alike: half a code of red difference is 0.045 OD of haemoglobin, as much
as an eighth more blood. So the planes are decoded twice, once as stored and once with their
quantisation steps made three times as coarse on paper, which stretches the colour threefold before
it is rounded; the difference is what the first decode lost.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from progress.imaging.strips import row_strips

STRETCH = 3
"""Threefold leaves room for differences of 42 codes from grey; red skin has 35."""
_REACH = 127 // STRETCH - 1
_CODES_FROM_CHROMA = np.array([[0.0, 1.402], [-0.344136, -0.714136], [1.772, 0.0]])
"""Red, green and blue of blue and red difference: JFIF 1.02."""
_FRAME_MARKERS = (0xC0, 0xC1, 0xC2)
_TABLES, _SCAN = 0xDB, 0xDA
_BITS = 8


def fine_chroma(raw: bytes) -> NDArray[np.int8] | None:
    """What rounding took from a JPEG's colour, in thirds of a code.

    Parameters
    ----------
    raw : bytes
        The file.

    Returns
    -------
    ndarray of int8, shape (H, W, 2) or about half of that, or None
        To be added to the blue and the red difference (Cb, Cr) of the decoded picture, as stored
        (not yet turned upright); 0 where a colour is too strong to be stretched. None if the file
        is not a JPEG of three planes in 8 bits.
    """
    try:
        stretched = _stretched(raw)
        if stretched is None:
            return None
        data, halved = stretched
        plain, wide = _planes(raw, halved=halved), _planes(data, halved=halved)
    except (OSError, ValueError, IndexError, SyntaxError):
        # A damaged or unusual file: the ordinary decode decides what becomes of it.
        return None
    if plain.shape != wide.shape:
        return None
    # wide - 128 less STRETCH times plain - 128.
    lost = np.asarray(
        cv2.addWeighted(wide, 1.0, plain, -STRETCH, 128 * (STRETCH - 1), dtype=cv2.CV_16S)
    )
    is_far = (plain < 128 - _REACH) | (plain > 128 + _REACH)
    np.copyto(lost, np.int16(0), where=is_far | (lost > STRETCH) | (lost < -STRETCH))
    return lost.astype(np.int8)


def _planes(raw: bytes, *, halved: bool) -> NDArray[np.uint8]:
    """Cb and Cr as a decoder rounds them, at their own resolution."""
    with Image.open(io.BytesIO(raw), formats=("JPEG", "MPO")) as image:
        width, height = image.size
        wanted = (width // 2, height // 2) if halved else (width, height)
        image.draft("YCbCr", wanted)
        if image.mode != "YCbCr":
            raise ValueError(f"expected planes of light and colour, got {image.mode}")
        return np.asarray(image, dtype=np.uint8)[..., 1:]


def _segments(raw: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, first byte of the body, and the byte after it, of each segment before the scan."""
    at = 2
    while at + 4 <= len(raw) and raw[at] == 0xFF:
        marker = raw[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        length = int.from_bytes(raw[at + 2 : at + 4], "big")
        yield marker, at + 4, at + 2 + length
        if marker == _SCAN:
            return
        at += 2 + length


def _stretched(raw: bytes) -> tuple[bytes, bool] | None:
    """The file with the colour planes' quantisation steps times `STRETCH`; whether they are halved.

    None where there are not three planes of 8 bits.
    """
    if raw[:2] != b"\xff\xd8":
        return None
    frame = next((raw[a:b] for m, a, b in _segments(raw) if m in _FRAME_MARKERS), None)
    if frame is None or frame[0] != _BITS or frame[5] != 3:
        return None
    parts = [frame[6 + 3 * i : 9 + 3 * i] for i in range(3)]
    colour_tables = {parts[1][2], parts[2][2]}
    halved = parts[0][1] == 0x22 and parts[1][1] == parts[2][1] == 0x11
    pieces, done = [], 0
    for marker, start, end in _segments(raw):
        if marker == _TABLES:
            body = _coarser(raw[start:end], colour_tables)
            pieces += [raw[done : start - 2], (len(body) + 2).to_bytes(2, "big"), body]
            done = end
    return b"".join([*pieces, raw[done:]]), halved


def _coarser(body: bytes, which: set[int]) -> bytes:
    """Quantisation tables, some with steps times `STRETCH`, in 16 bits where needed."""
    made, at = [], 0
    while at < len(body):
        wide, name = body[at] >> 4, body[at] & 15
        length = 128 if wide else 64
        steps = np.frombuffer(body[at + 1 : at + 1 + length], ">u2" if wide else "u1").astype(int)
        if name in which:
            steps = np.minimum(steps * STRETCH, 65535)
            wide = int(wide or steps.max() > 255)
        made += [bytes([wide << 4 | name]), steps.astype(">u2" if wide else "u1").tobytes()]
        at += 1 + length
    return b"".join(made)


def unrounded(
    linear: NDArray[np.float32], lost: NDArray[np.int8], box: tuple[float, float, float, float]
) -> NDArray[np.float32]:
    """Linear light with the colour that rounding took put back.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
        A crop of the photo at any scale.
    lost : ndarray of int8, shape (h, w, 2)
        From `fine_chroma`, upright.
    box : tuple of float
        Left, top, right, bottom of the crop as shares of the photo's width and height.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
    """
    rows, columns = lost.shape[:2]
    left, top, right, bottom = box
    # To whole colour pixels around the crop, then cut: the planes may be half as fine.
    x0, y0 = int(left * columns), int(top * rows)
    x1, y1 = min(columns, int(np.ceil(right * columns))), min(rows, int(np.ceil(bottom * rows)))
    height, width = linear.shape[:2]
    scale_x = width / ((right - left) * columns)
    scale_y = height / ((bottom - top) * rows)
    part = lost[y0:y1, x0:x1].astype(np.float32)
    if min(scale_x, scale_y) < 1:
        size = (max(1, round((x1 - x0) * scale_x)), max(1, round((y1 - y0) * scale_y)))
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.float32)
    grow_x, grow_y = part.shape[1] / (x1 - x0), part.shape[0] / (y1 - y0)
    # From pixels of the result to pixels of the part, centre to centre.
    step_x, step_y = grow_x / scale_x, grow_y / scale_y
    shift_x = (left * columns - x0) * grow_x + 0.5 * step_x - 0.5
    shift_y = (top * rows - y0) * grow_y + 0.5 * step_y - 0.5
    affine = np.array([[step_x, 0.0, shift_x], [0.0, step_y, shift_y]])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    # Slope of the sRGB curve: light per code at this light.
    codes_from_lost = _CODES_FROM_CHROMA * (2.4 / 1.055 / 255.0 / STRETCH)
    whole = np.empty_like(linear)
    for rows in row_strips(height, width):
        there = affine.copy()
        there[1, 2] += step_y * rows.start
        size = width, rows.stop - rows.start
        placed = cv2.warpAffine(part, there, size, flags=how, borderMode=cv2.BORDER_REPLICATE)
        seen = linear[rows]
        added = np.asarray(cv2.transform(placed, codes_from_lost), np.float32)
        added *= cv2.pow(np.maximum(seen, np.float32(1e-4)), 1.4 / 2.4)
        added += seen
        np.maximum(added, np.float32(0), out=whole[rows])
    return whole
