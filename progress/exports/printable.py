"""Which signs the fonts of a document have; what they lack is shown as an empty box.

A document that is meant to be read in many years may not hold a sign without its shape, so a note
in another script or an emoji would stop the whole report. The box keeps the report and shows that
something stood there.
"""

from __future__ import annotations

MISSING = "▯"
MISSING_NOTE = f"{MISSING} stands for signs that the fonts of this document do not have."

_HELD = (
    (0x20, 0x7E),
    (0xA0, 0x17E),  # Latin of Europe
    (0x386, 0x38A),
    (0x38C, 0x38C),
    (0x38E, 0x3A1),
    (0x3A3, 0x3CE),  # Greek
    (0x400, 0x45F),  # Cyrillic
)
_HELD_SIGNS = frozenset("ˆ˜‐–—‘’‚“”„†‡•…‰′″‹›⁄€™←↑→↓−≈≠≤≥√∞·×÷°±²³µΔ▯◆■●▲▼")
_LAYOUT = frozenset("\n")


def printable(text: str) -> str:
    """Return the text with one box for each run of signs that the fonts lack.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> printable("Peel 山田 5 %")
    'Peel ▯ 5 %'
    """
    kept: list[str] = []
    for sign in text:
        if _is_held(sign):
            kept.append(sign)
        elif sign in "\t\r\u2009\u202f":
            kept.append(" ")
        elif sign == "\u00ad" or not kept or kept[-1] != MISSING:
            kept.append(MISSING)
    return "".join(kept)


def _is_held(sign: str) -> bool:
    code = ord(sign)
    if code == 0xAD:  # a soft hyphen has no shape
        return False
    return sign in _HELD_SIGNS or sign in _LAYOUT or any(a <= code <= b for a, b in _HELD)
