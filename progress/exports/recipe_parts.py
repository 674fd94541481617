"""The closed list of what may happen to pixels on their way out.

There is no operation that retouches: none smooths, sharpens, bends, paints in a free colour or
touches one panel's colour alone. Placing has four numbers, which can turn, shift and scale a
picture and nothing else, so that a swelling cannot be pulled flat. What hides is opaque and dark,
or a blur too coarse to pass for skin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

from progress.exports.recipe_checks import (
    Corners,
    checked_words,
    corners,
    digest,
    number,
    of_length,
    place,
    put,
    size,
    whole,
)

MAX_PIXELS = 40_000_000
"""Of a canvas: a recipe from elsewhere must not fill the memory."""
MAX_HIDDEN = 40
LEAST_BLUR_MM = 8.0
"""As coarse as an eye: finer ones could pass for smooth skin."""
MAX_BLURS = 2
"""In one panel: the eyes, and nothing that could be smoothed beside them."""
BADGE_WORDS = "rendered mannequin"
"""What simulated pictures say; the only words that may lie on a panel beside its ruler."""
INKS = ((24, 24, 27), (255, 255, 255))
"""Dark and white. Free colours could be chosen like skin and laid over it."""

_MOST_STRIDE = 64.0

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Decode:
    """The original file, upright and in sRGB of 8 bits, as `imaging.read_photo` gives it."""

    op: ClassVar[str] = "decode"
    sha256: str

    def __post_init__(self) -> None:
        digest(self.sha256, "decode.sha256")


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a panel's pixels lie in the original: turned, shifted, one scale; never bent.

    Panel pixel (u, v) shows the original at ``(a u - b v + x, b u + a v + y)``, in upright pixels
    from the centre of the top-left one. Four numbers cannot mirror, shear or bend.

    Parameters
    ----------
    a, b, x, y : float
        ``hypot(a, b)`` original pixels fall on one panel pixel: at least 1, nothing is enlarged.
    residual_median_mm, residual_p95_mm : float or None
        How far the skin of this panel lies from the same skin of the first one, by the dense
        registration inside the crop; None for the first panel, which all others follow.
    """

    op: ClassVar[str] = "placing"
    a: float
    b: float
    x: float
    y: float
    residual_median_mm: float | None = None
    residual_p95_mm: float | None = None

    def __post_init__(self) -> None:
        for name in ("a", "b"):
            value = number(getattr(self, name), f"placing.{name}", -_MOST_STRIDE, _MOST_STRIDE)
            put(self, **{name: value})
        for name in ("x", "y"):
            put(self, **{name: number(getattr(self, name), f"placing.{name}", -1e6, 1e6)})
        for name in ("residual_median_mm", "residual_p95_mm"):
            if (value := getattr(self, name)) is not None:
                put(self, **{name: number(value, f"placing.{name}", 0.0, 1e4)})
        if self.a * self.a + self.b * self.b < 1.0:
            raise ValueError(
                "placing: expected at least one original pixel on each panel pixel, "
                f"got {math.sqrt(self.a * self.a + self.b * self.b):.3f}: nothing is enlarged"
            )

    @property
    def stride(self) -> float:
        """Original pixels on one panel pixel, at least 1."""
        return math.sqrt(self.a * self.a + self.b * self.b)


@dataclass(frozen=True, slots=True)
class Crop:
    """The window on the skin in millimetres, the same for every panel of a picture."""

    op: ClassVar[str] = "crop"
    width_mm: float
    height_mm: float

    def __post_init__(self) -> None:
        for name in ("width_mm", "height_mm"):
            put(self, **{name: number(getattr(self, name), f"crop.{name}", 1.0, 3000.0)})


@dataclass(frozen=True, slots=True)
class Resize:
    """Panel size and scale; every panel of a picture has the same."""

    op: ClassVar[str] = "resize"
    size_px: tuple[int, int]
    px_per_mm: float

    def __post_init__(self) -> None:
        put(self, size_px=size(self.size_px, "resize.size_px"))
        put(self, px_per_mm=number(self.px_per_mm, "resize.px_per_mm", 0.01, 500.0))


@dataclass(frozen=True, slots=True)
class CommonColour:
    """One matrix on linear red, green and blue, the same for all panels.

    Parameters
    ----------
    matrix : tuple of 3 rows of 3 floats
        Applied in steps of 1/16384; each row within -4..4.
    """

    op: ClassVar[str] = "colour"
    matrix: tuple[tuple[float, float, float], ...]

    def __post_init__(self) -> None:
        rows = [of_length(r, "colour.matrix", 3) for r in of_length(self.matrix, "colour", 3)]
        checked = tuple(tuple(number(v, "colour.matrix", -4.0, 4.0) for v in row) for row in rows)
        put(self, matrix=checked)


@dataclass(frozen=True, slots=True)
class Cover:
    """An opaque dark polygon in panel pixels; `outside` covers everything but the polygons.

    All `outside` covers of a panel are taken together: what lies in one of them stays.
    """

    op: ClassVar[str] = "cover"
    polygon_xy: Corners
    outside: bool = False

    def __post_init__(self) -> None:
        put(self, polygon_xy=corners(self.polygon_xy, "cover.polygon_xy"))
        if not isinstance(self.outside, bool):
            raise ValueError(f"cover.outside: expected true or false, got {self.outside!r}"[:120])


@dataclass(frozen=True, slots=True)
class Blur:
    """A polygon of panel pixels blurred by `radius_mm`, never finer than `LEAST_BLUR_MM`."""

    op: ClassVar[str] = "blur"
    polygon_xy: Corners
    radius_mm: float

    def __post_init__(self) -> None:
        put(self, polygon_xy=corners(self.polygon_xy, "blur.polygon_xy"))
        put(self, radius_mm=number(self.radius_mm, "blur.radius_mm", LEAST_BLUR_MM, 100.0))


@dataclass(frozen=True, slots=True)
class Ruler:
    """A bar of `mm` millimetres of skin in the panel's bottom left; its length follows the scale.

    `text_px` is the size of its words.
    """

    op: ClassVar[str] = "ruler"
    mm: float
    text_px: int

    def __post_init__(self) -> None:
        put(self, mm=number(self.mm, "ruler.mm", 1.0, 200.0))
        whole(self.text_px, "ruler.text_px", 6, 400)


@dataclass(frozen=True, slots=True)
class Badge:
    """The words `BADGE_WORDS` in the panel's top right corner."""

    op: ClassVar[str] = "badge"
    text_px: int

    def __post_init__(self) -> None:
        whole(self.text_px, "badge.text_px", 6, 400)


@dataclass(frozen=True, slots=True)
class Panel:
    """One photo in the picture: decode, place, crop and resize, hide, then ruler and badge.

    Parameters
    ----------
    at_xy : tuple of int
        Its top-left corner on the canvas.
    hide : tuple of Cover and Blur
        What is hidden, in panel pixels; blurs first, covers on top.
    """

    op: ClassVar[str] = "panel"
    decode: Decode
    placing: Placing
    crop: Crop
    resize: Resize
    at_xy: tuple[int, int]
    hide: tuple[Cover | Blur, ...] = ()
    ruler: Ruler | None = None
    badge: Badge | None = None

    def __post_init__(self) -> None:
        for name, kinds in _PANEL_PARTS.items():
            if not isinstance(getattr(self, name), kinds):
                raise ValueError(f"panel.{name}: expected that operation, got another")
        put(self, at_xy=place(self.at_xy, "panel.at_xy"))
        if not isinstance(self.hide, tuple) or len(self.hide) > MAX_HIDDEN:
            raise ValueError(f"panel.hide: expected at most {MAX_HIDDEN} covers and blurs")
        if not all(isinstance(part, (Cover, Blur)) for part in self.hide):
            raise ValueError("panel.hide: expected covers and blurs, got another operation")


_PANEL_PARTS: dict[str, Any] = {
    "decode": Decode,
    "placing": Placing,
    "crop": Crop,
    "resize": Resize,
    "ruler": (Ruler, type(None)),
    "badge": (Badge, type(None)),
}


@dataclass(frozen=True, slots=True)
class Text:
    """A line of words on the paper; panels are laid over it.

    Parameters
    ----------
    words : str
    at_xy : tuple of int
        Top-left corner of the line on the canvas.
    size_px : int
    ink : tuple of int
        One of `INKS`.
    font : str
        sha256 of a font file among the assets; empty for the built-in font.
    """

    op: ClassVar[str] = "text"
    words: str
    at_xy: tuple[int, int]
    size_px: int
    ink: Colour = INKS[0]
    font: str = ""

    def __post_init__(self) -> None:
        checked_words(self.words, "text.words")
        put(self, at_xy=place(self.at_xy, "text.at_xy"), ink=tuple(self.ink))
        whole(self.size_px, "text.size_px", 6, 400)
        if self.ink not in INKS:
            raise ValueError(f"text.ink: expected one of {INKS}, got {self.ink!r}"[:120])
        if self.font != "":
            digest(self.font, "text.font")


@dataclass(frozen=True, slots=True)
class Logo:
    """A clinic's picture on the paper, made smaller to `size_px`; panels are laid over it."""

    op: ClassVar[str] = "image"
    sha256: str
    at_xy: tuple[int, int]
    size_px: tuple[int, int]

    def __post_init__(self) -> None:
        digest(self.sha256, "image.sha256")
        put(self, at_xy=place(self.at_xy, "image.at_xy"))
        put(self, size_px=size(self.size_px, "image.size_px"))


@dataclass(frozen=True, slots=True)
class Canvas:
    """The sheet: its size and its paper, a grey, which is also what lies outside a photo."""

    op: ClassVar[str] = "canvas"
    size_px: tuple[int, int]
    paper: Colour = (255, 255, 255)

    def __post_init__(self) -> None:
        put(self, size_px=size(self.size_px, "canvas.size_px"))
        if self.size_px[0] * self.size_px[1] > MAX_PIXELS:
            raise ValueError(f"canvas.size_px: expected at most {MAX_PIXELS // 10**6} megapixels")
        levels = of_length(self.paper, "canvas.paper", 3)
        paper = tuple(whole(level, "canvas.paper", 0, 255) for level in levels)
        if len(set(paper)) > 1:  # paper of the colour of skin could stand for skin
            raise ValueError(f"canvas.paper: expected a grey, got {paper}")
        put(self, paper=paper)


@dataclass(frozen=True, slots=True)
class Encoding:
    """Baseline JPEG with full colour resolution and no metadata.

    Parameters
    ----------
    quality : int
        Pillow's scale; from 80, below which blocks are read as skin.
    subsampling : str
        Only ``"4:4:4"``.
    """

    op: ClassVar[str] = "encoding"
    quality: int = 92
    subsampling: str = field(default="4:4:4")

    def __post_init__(self) -> None:
        whole(self.quality, "encoding.quality", 80, 100)
        if self.subsampling != "4:4:4":
            raise ValueError(
                f"encoding.subsampling: expected 4:4:4, got {self.subsampling!r}"[:120]
            )
