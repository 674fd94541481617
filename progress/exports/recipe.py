"""A picture that leaves the house as a list of operations on named originals.

The recipe is all that happens between the original files and the exported pixels; who has the
originals can make the picture again, bit for bit, and who has only the recipe can read that nothing
was retouched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from progress.exports.recipe_parts import (
    MAX_BLURS,
    Badge,
    Blur,
    Canvas,
    CommonColour,
    Cover,
    Crop,
    Decode,
    Encoding,
    Logo,
    Panel,
    Placing,
    Resize,
    Ruler,
    Text,
)
from progress.model import BadInput

FORMAT = "progress.recipe/1"
"""Raised when an operation or the arithmetic of `render` changes."""

OPERATIONS: Mapping[str, type] = {
    part.op: part
    for part in (
        Badge, Blur, Canvas, CommonColour, Cover, Crop, Decode, Encoding, Logo, Panel, Placing,
        Resize, Ruler, Text,
    )
}  # fmt: skip
"""Every operation there is, by the name it carries in a file."""

_KEYS = ("format", "canvas", "colour", "drawn", "panels", "encoding")
_MAX_PARTS = 200
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one picture is made.

    Parameters
    ----------
    canvas : Canvas
    panels : tuple of Panel
        At least one; of one size and scale and one crop in millimetres; they do not overlap and
        lie on the canvas.
    drawn : tuple of Text and Logo
        Put on the paper first; panels are laid over them, so nothing is drawn on skin.
    colour : CommonColour or None
        The same for all panels.
    encoding : Encoding

    Raises
    ------
    ValueError
        If a part is of another kind or the panels differ.
    """

    canvas: Canvas
    panels: tuple[Panel, ...]
    drawn: tuple[Text | Logo, ...] = ()
    colour: CommonColour | None = None
    encoding: Encoding = field(default_factory=Encoding)

    def __post_init__(self) -> None:
        kinds: tuple[tuple[str, Any], ...] = (
            ("canvas", Canvas),
            ("colour", (CommonColour, type(None))),
            ("encoding", Encoding),
        )
        for name, kind in kinds:
            if not isinstance(getattr(self, name), kind):
                raise ValueError(f"recipe.{name}: expected that operation, got another")
        for name, kind in (("panels", Panel), ("drawn", (Text, Logo))):
            parts = getattr(self, name)
            if not isinstance(parts, tuple) or len(parts) > _MAX_PARTS:
                raise ValueError(f"recipe.{name}: expected at most {_MAX_PARTS} operations")
            if not all(isinstance(part, kind) for part in parts):
                raise ValueError(f"recipe.{name}: expected other operations than these")
        self._check_panels()

    def _check_panels(self) -> None:
        """All panels show one window at one scale, beside each other."""
        if not self.panels:
            raise ValueError("recipe.panels: expected at least one panel, got none")
        first = self.panels[0]
        for panel in self.panels[1:]:
            if (panel.resize, panel.crop) != (first.resize, first.crop):
                raise ValueError("recipe.panels: expected one size, scale and crop for all")
        blurs = {sum(isinstance(part, Blur) for part in panel.hide) for panel in self.panels}
        if len(blurs) > 1 or max(blurs) > MAX_BLURS:
            raise ValueError(
                f"recipe.panels: expected at most {MAX_BLURS} blurs, as many in every panel"
            )
        boxes = [panel.at_xy + panel.resize.size_px for panel in self.panels]
        for at, (x, y, wide, high) in enumerate(boxes):
            if x + wide > self.canvas.size_px[0] or y + high > self.canvas.size_px[1]:
                raise ValueError("recipe.panels: expected panels on the canvas, got one beyond it")
            for x2, y2, wide2, high2 in boxes[:at]:
                if x < x2 + wide2 and x2 < x + wide and y < y2 + high2 and y2 < y + high:
                    raise ValueError("recipe.panels: expected panels apart, got overlapping ones")

    @property
    def originals(self) -> tuple[str, ...]:
        """sha256 of every photo that is used, in order, each once."""
        return tuple(dict.fromkeys(panel.decode.sha256 for panel in self.panels))

    @property
    def assets(self) -> tuple[str, ...]:
        """sha256 of every logo and font file that is used, in order, each once."""
        used = (part.sha256 if isinstance(part, Logo) else part.font for part in self.drawn)
        return tuple(dict.fromkeys(sha256 for sha256 in used if sha256))

    def to_dict(self) -> dict[str, Any]:
        """The recipe as plain lists, numbers and words for JSON; `from_dict` reads it back."""
        return {
            "format": FORMAT,
            "canvas": _plain(self.canvas),
            "colour": _plain(self.colour),
            "drawn": _plain(self.drawn),
            "panels": _plain(self.panels),
            "encoding": _plain(self.encoding),
        }

    @classmethod
    def from_dict(cls, raw: Any) -> Recipe:
        """The recipe in a dictionary that came from a file.

        Parameters
        ----------
        raw : mapping
            As `to_dict` writes it.

        Raises
        ------
        BadInput
            For another format, an unknown key or operation, or a value out of its limits, in one
            line.
        """
        try:
            if not isinstance(raw, Mapping) or raw.get("format") != FORMAT:
                raise ValueError(f"format: expected {FORMAT}")
            _same_keys(raw, _KEYS, "recipe")
            made = {key: _part(raw[key], 0) for key in _KEYS[1:]}
            return cls(**made)
        except (ValueError, TypeError) as error:
            raise BadInput(
                f"recipe: {' '.join(str(error).split())}",
                advice="use a recipe as this version wrote it",
            ) from error


def _plain(value: Any) -> Any:
    """Parts as dictionaries with their operation's name, tuples as lists."""
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (str, int, float)):
        return value
    return {"op": value.op} | {f.name: _plain(getattr(value, f.name)) for f in fields(value)}


def _part(value: Any, depth: int) -> Any:
    """What `_plain` wrote, made anew; every part checks itself."""
    if depth > _DEEPEST:
        raise ValueError("expected less deeply nested lists")
    if isinstance(value, list):
        return tuple(_part(item, depth + 1) for item in value)
    if not isinstance(value, Mapping):
        return value
    operation = value.get("op")
    if not isinstance(operation, str) or operation not in OPERATIONS:
        raise ValueError(f"expected one of {', '.join(OPERATIONS)}, got {operation!r}"[:200])
    kind = OPERATIONS[operation]
    names = [f.name for f in fields(kind)]
    _same_keys(value, ("op", *names), operation)
    return kind(**{name: _part(value[name], depth + 1) for name in names})


def _same_keys(raw: Mapping[str, Any], expected: tuple[str, ...], name: str) -> None:
    """Refuse keys that nobody knows, and missing ones."""
    if odd := sorted(set(map(str, raw)) ^ set(expected)):
        raise ValueError(f"{name}: expected the keys {', '.join(expected)}; differs in {odd[0]!r}")
