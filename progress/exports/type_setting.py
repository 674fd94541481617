"""Words in pixels: the built-in font or a clinic's own, set the same way every time."""

from __future__ import annotations

import functools
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from progress.model import BadInput

Codes = NDArray[np.uint8]
Font = ImageFont.FreeTypeFont

_PLAIN = str.maketrans(
    {
        "−": "-", "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "→": ">",
        "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss",
        "µ": "u", "²": "2", "×": "x", "·": " ", "\u00a0": " ", "\u202f": " ",
    }
)  # fmt: skip
"""Signs that the built-in font lacks; a clinic's own font is asked for its own."""

_UNKNOWN = "\U0010fffd"  # a private sign: every font shows its box for missing signs


@functools.lru_cache(maxsize=64)
def font_of(size_px: int, data: bytes | None = None) -> Font:
    """The font at a size.

    Parameters
    ----------
    size_px : int
    data : bytes, optional
        A TrueType or OpenType file; the built-in font if absent.

    Raises
    ------
    BadInput
        If the bytes are not a font.
    """
    # The basic layout is always there; the other one depends on a library outside Pillow.
    if data is None:
        font = ImageFont.load_default(size_px)
        if not isinstance(font, Font):  # Pillow was built without FreeType
            raise BadInput("font: expected scalable fonts", advice="install Pillow from its wheel")
        return font
    try:
        basic = ImageFont.Layout.BASIC
        return ImageFont.truetype(io.BytesIO(data), size_px, layout_engine=basic)
    except (OSError, ValueError) as error:
        raise BadInput(
            "font: expected a TrueType or OpenType file", advice="use a .ttf or .otf file"
        ) from error


def plain(words: str, data: bytes | None = None) -> str:
    """Words as the font can show them.

    Parameters
    ----------
    words : str
    data : bytes, optional
        The clinic's font; without one, signs that the built-in font lacks become plain ones.

    Raises
    ------
    BadInput
        If the font lacks a sign: a box in its place would be a mistake in print.
    """
    shown = words if data is not None else words.translate(_PLAIN)
    font = font_of(32, data)
    box = bytes(font.getmask(_UNKNOWN))
    for sign in dict.fromkeys(shown):
        if not sign.isspace() and bytes(font.getmask(sign)) in (box, b""):
            raise BadInput(
                f"text: expected signs that the font has, got {sign!r}",
                advice="give the clinic's own font file, or write it another way",
            )
    return shown


def line_height(size_px: int) -> int:
    """Pixels from one line to the next."""
    return round(1.35 * size_px)


def width_of(words: str, font: Font) -> int:
    """How many pixels wide words will be."""
    return int(np.ceil(font.getlength(words)))


def wrapped(words: str, font: Font, width_px: int) -> list[str]:
    """Words in lines of at most `width_px`; what has no gap to break at is broken between signs."""
    lines: list[str] = []
    for paragraph in words.splitlines():
        line = ""
        for word in paragraph.split():
            for piece in _pieces(word, font, width_px):
                longer = f"{line} {piece}" if line else piece
                if line and width_of(longer, font) > width_px:
                    lines.append(line)
                    longer = piece
                line = longer
        lines += [line] if line else []
    return lines


def _pieces(word: str, font: Font, width_px: int) -> list[str]:
    """A word, in parts that fit."""
    pieces = [""]
    for sign in word:
        if pieces[-1] and width_of(pieces[-1] + sign, font) > width_px:
            pieces.append("")
        pieces[-1] += sign
    return pieces


def drawn(
    picture: Codes, words: str, *, at_xy: tuple[int, int], ink: tuple[int, int, int], font: Font
) -> None:
    """Set words into `picture` from a top-left corner, in place, in whole numbers."""
    image = Image.new("L", (picture.shape[1], picture.shape[0]))
    ImageDraw.Draw(image).text(at_xy, words, fill=255, font=font)
    box = image.getbbox()
    if box is None:
        return
    left, top, right, bottom = box
    share = np.asarray(image.crop(box), np.int32)[..., None]
    under = picture[top:bottom, left:right].astype(np.int32)
    mixed = (np.array(ink, np.int32) * share + under * (255 - share) + 127) // 255
    picture[top:bottom, left:right] = mixed.astype(np.uint8)
