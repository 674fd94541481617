"""Where panels, labels, captions, name and logo stand on the sheet."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from progress.exports.recipe_checks import MAX_SIDE_PX
from progress.exports.recipe_parts import Canvas, Logo, Text
from progress.exports.type_setting import Font, font_of, line_height, plain, width_of, wrapped
from progress.model import BadInput

_LOGO_LINES = 2.2
"""Height of a logo in lines of the clinic's name: readable, and smaller than the pictures."""


class Layout(enum.Enum):
    """How sessions stand together."""

    SIDE_BY_SIDE = "side_by_side"
    """Two panels in a row."""
    OVER_TIME = "over_time"
    """All sessions in rows, as square as it goes: four are 2 x 2."""
    SLIDER = "slider"
    """Two frames on one canvas, for `slider_page`."""
    TIME_LAPSE = "time_lapse"
    """One frame a session, on one canvas."""

    @property
    def in_frames(self) -> bool:
        """Whether every panel is a picture of its own."""
        return self in (Layout.SLIDER, Layout.TIME_LAPSE)


@dataclass(frozen=True, slots=True)
class Wording:
    """What stands around the panels.

    Parameters
    ----------
    labels : tuple of str
        One under each panel, e.g. ``"5 January 2026"``; may hold several lines.
    captions : tuple of str
        Below all panels, each from a new line.
    clinic : str
        Name above; empty for none.
    logo : bytes or None
        PNG, JPEG or WebP file, put beside the name.
    font : bytes or None
        TrueType or OpenType file of the clinic; the built-in font if absent.
    """

    labels: tuple[str, ...]
    captions: tuple[str, ...] = ()
    clinic: str = ""
    logo: bytes | None = None
    font: bytes | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A canvas, corners of the panels on it, and what is drawn around them."""

    canvas: Canvas
    at_xy: tuple[tuple[int, int], ...]
    drawn: tuple[Text | Logo, ...]


def letter_px(panel_px: tuple[int, int], columns: int) -> int:
    """Size of labels in pixels: 35 to 60 signs fit under a panel, 13 at least to be readable."""
    return int(min(44, max(13, panel_px[0] / (30 if columns == 1 else 19))))


def columns_of(layout: Layout, n_panels: int) -> int:
    """How many panels stand in one row of a sheet."""
    if layout.in_frames:
        return 1
    if layout is Layout.SIDE_BY_SIDE:
        return n_panels
    return next(n for n in range(1, n_panels + 1) if n * n >= n_panels)


class _Pen:
    """Lines set from top to bottom in one font."""

    def __init__(self, font_data: bytes | None, sha256: str) -> None:
        self.data, self.sha256 = font_data, sha256
        self.drawn: list[Text | Logo] = []

    def font(self, size_px: int) -> Font:
        return font_of(size_px, self.data)

    def lines(self, words: str, size_px: int, width_px: int) -> list[str]:
        """Words in the font's signs, in lines that fit."""
        flat = "\n".join(plain(line, self.data) for line in words.splitlines())
        return wrapped(flat, self.font(size_px), width_px)

    def set(
        self, lines: Sequence[str], at_xy: tuple[int, int], size_px: int, *, right: int | None
    ) -> None:
        """Note lines from a corner down; ending at `right` if that is given."""
        x, y = at_xy
        for at, line in enumerate(lines):
            start = x if right is None else max(0, right - width_of(line, self.font(size_px)))
            corner = (start, y + at * line_height(size_px))
            self.drawn.append(Text(line, corner, size_px, font=self.sha256))


def lay_out(
    wording: Wording,
    panel_px: tuple[int, int],
    *,
    columns: int,
    shown: Sequence[int],
    logo: tuple[str, tuple[int, int]] | None = None,
    font_sha256: str = "",
    flush_right: bool = False,
) -> Sheet:
    """A sheet with room for panels of one size and the words around them.

    Parameters
    ----------
    wording : Wording
        Room is kept for the tallest of all labels, so that frames of one course are alike.
    panel_px : tuple of int
        Width and height of each panel.
    columns : int
        Panels in a row.
    shown : sequence of int
        Which labels belong to the panels of this sheet, in order.
    logo : tuple, optional
        sha256 and size in pixels of the logo file.
    font_sha256 : str
        Of the clinic's font; empty for the built-in one.
    flush_right : bool
        Labels end at the panel's right edge: the second frame of a slider.

    Raises
    ------
    BadInput
        If the sheet would be larger than a recipe may be, or the font lacks a sign.
    """
    wide, high = panel_px
    size = letter_px(panel_px, columns)
    gap = size
    pen = _Pen(wording.font, font_sha256)
    rows = -(-len(shown) // columns)
    full = columns * wide + (columns + 1) * gap
    labels = [pen.lines(label, size, wide) for label in wording.labels]
    label_high = max((len(lines) for lines in labels), default=0) * line_height(size)
    label_high += size // 2 if label_high else 0
    top = _head(pen, wording, logo, size, full)
    corners = []
    for place, which in enumerate(shown):
        row, column = divmod(place, columns)
        x, y = gap + column * (wide + gap), top + row * (high + label_high + gap // 2)
        corners.append((x, y))
        right = x + wide if flush_right else None
        pen.set(labels[which], (x, y + high + size // 3), size, right=right)
    down = top + rows * (high + label_high + gap // 2)
    small = max(12, round(0.82 * size))
    for caption in wording.captions:
        lines = pen.lines(caption, small, full - 2 * gap)
        pen.set(lines, (gap, down), small, right=None)
        down += len(lines) * line_height(small)
    canvas_px = _even(full), _even(down + gap // 2)
    if max(canvas_px) > MAX_SIDE_PX:
        raise BadInput(
            f"comparison: expected at most {MAX_SIDE_PX} px a side, "
            f"got {canvas_px[0]} x {canvas_px[1]}",
            advice="choose a smaller height or fewer sessions",
        )
    return Sheet(Canvas(canvas_px), tuple(corners), tuple(pen.drawn))


def _even(n: int) -> int:
    """The next even number: films keep colour for two by two pixels."""
    return n + n % 2


def _head(
    pen: _Pen, wording: Wording, logo: tuple[str, tuple[int, int]] | None, size: int, full: int
) -> int:
    """Set logo and name; return where panels may begin."""
    gap, large = size, round(1.15 * size)
    left, high = gap, 0
    if logo is not None:
        sha256, (logo_wide, logo_high) = logo
        wanted = min(logo_high, round(_LOGO_LINES * large))
        share = min(wanted / logo_high, (full - 2 * gap) / (2 * logo_wide))
        shown = max(1, int(logo_wide * share)), max(1, int(logo_high * share))
        pen.drawn.append(Logo(sha256, (gap, gap // 2), shown))
        left, high = gap + shown[0] + gap // 2, shown[1]
    if wording.clinic:
        lines = pen.lines(wording.clinic, large, full - left - gap)
        text_high = len(lines) * line_height(large)
        pen.set(lines, (left, gap // 2 + max(0, high - text_high) // 2), large, right=None)
        high = max(high, text_high)
    return gap if not high else gap // 2 + high + gap // 2
