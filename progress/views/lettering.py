"""Words and rulers on pictures: captions, badge, scale bar.

Pillow's built-in scalable font is used, so that no font file is shipped or looked for; it lacks
some typographic signs, which are replaced by plain ones.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Codes = NDArray[np.uint8]

INK = (24, 24, 27)
PAPER = (255, 255, 255)
SCALE_BAR_MM = 10.0
_SMALLEST_PX = 10

_PLAIN = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "—": "-",
        "²": "2",
        "’": "'",
        "“": '"',
        "”": '"',
        "→": ">",
        "µ": "u",
        "Δ": "d",
    }
)


@functools.cache
def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size_px)


def letter_height(width_px: int) -> int:
    """Return a readable font size for a picture of this width, in pixels."""
    return int(np.clip(width_px / 45, 13, 34))


def text_width(words: str, size_px: int) -> int:
    """Return how many pixels wide `words` will be."""
    return int(np.ceil(_font(size_px).getlength(words.translate(_PLAIN))))


def strip(width_px: int, words: str, *, size_px: int, ink: tuple[int, int, int] = INK) -> Codes:
    """Return a white band of one line of text, shape (about 1.8 size, width, 3).

    Words that do not fit are set smaller, and below a readable size cut short with dots.
    """
    while size_px > _SMALLEST_PX and text_width(words, size_px) > width_px - size_px:
        size_px -= 1
    shown = words
    while len(shown) > 4 and text_width(shown, size_px) > width_px - size_px:
        shown = shown[:-4].rstrip() + "..."
    band = Image.new("RGB", (width_px, round(size_px * 1.8)), PAPER)
    ImageDraw.Draw(band).text(
        (size_px // 2, round(size_px * 0.35)),
        shown.translate(_PLAIN),
        fill=ink,
        font=_font(size_px),
    )
    return np.array(band)


def with_text(
    picture: Codes, words: str, *, at_xy: tuple[int, int], size_px: int, ink: tuple[int, int, int]
) -> Codes:
    """Return a copy of `picture` with `words` starting at the given top-left corner."""
    image = Image.fromarray(picture)
    ImageDraw.Draw(image).text(at_xy, words.translate(_PLAIN), fill=ink, font=_font(size_px))
    return np.array(image)


def with_badge(picture: Codes, words: str) -> Codes:
    """Return a copy with a dark label in the top right corner, readable on any skin."""
    size = letter_height(picture.shape[1])
    pad = size // 2
    wide = text_width(words, size) + 2 * pad
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    left = max(0, image.width - wide - pad)
    draw.rectangle((left, pad, left + wide, pad + round(size * 1.8)), fill=INK)
    draw.text(
        (left + pad, pad + round(size * 0.35)),
        words.translate(_PLAIN),
        fill=PAPER,
        font=_font(size),
    )
    return np.array(image)


def with_scale_bar(picture: Codes, px_per_mm: float | None) -> Codes:
    """Return a copy with a 10 mm bar in the bottom left corner.

    Without a scale, or when the bar would not fit, the picture comes back as it was: no bar is
    better than a wrong one.
    """
    height, width = picture.shape[:2]
    if px_per_mm is None or not 8 <= SCALE_BAR_MM * px_per_mm <= 0.8 * width:
        return picture
    size = letter_height(width)
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    length = SCALE_BAR_MM * px_per_mm
    words = f"{SCALE_BAR_MM:g} mm"
    thick, pad = max(3, size // 5), size
    box = max(length, text_width(words, size)) + pad
    top = height - round(2.9 * size)
    draw.rectangle((pad // 2, top, pad // 2 + box, height - pad // 2), fill=INK)
    draw.rectangle((pad, height - pad - thick, pad + length, height - pad), fill=PAPER)
    draw.text((pad, top + size // 5), words, fill=PAPER, font=_font(size))
    return np.array(image)
