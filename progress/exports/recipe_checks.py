"""Values of a recipe from elsewhere, checked one by one; each refusal is one short line."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

MAX_SIDE_PX = 8000
"""Larger than any channel takes; a recipe from elsewhere must not fill the memory."""
MAX_CORNERS = 600
"""An outline carried to another photo keeps a few hundred corners at most."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MAX_WORDS = 400

Corners = tuple[tuple[float, float], ...]


def number(value: Any, name: str, low: float, high: float) -> float:
    """Return a finite number within limits as float, or say which was expected."""
    plain = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not plain or not math.isfinite(value) or not low <= value <= high:
        raise ValueError(f"{name}: expected a number in {low:g}..{high:g}, got {value!r}"[:120])
    return float(value) + 0.0  # so that -0.0 and 0.0 are written alike


def whole(value: Any, name: str, low: int, high: int) -> int:
    """Return a whole number within limits, or say which was expected."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{name}: expected a whole number in {low}..{high}, got {value!r}"[:120])
    return value


def of_length(value: Any, name: str, n: int) -> tuple[Any, ...]:
    """Return a sequence of exactly `n` items as a tuple, or say what was expected."""
    if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != n:
        raise ValueError(f"{name}: expected {n} values, got {value!r}"[:120])
    return tuple(value)


def digest(value: Any, name: str) -> str:
    """Return a sha256 in lower-case hexadecimal, or say what was expected."""
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise ValueError(f"{name}: expected a sha256 of 64 digits, got {value!r}"[:120])
    return value


def size(value: Any, name: str) -> tuple[int, int]:
    """Return a width and height in pixels, or say what was expected."""
    wide, high = of_length(value, name, 2)
    return whole(wide, name, 1, MAX_SIDE_PX), whole(high, name, 1, MAX_SIDE_PX)


def place(value: Any, name: str) -> tuple[int, int]:
    """Return a top-left corner in canvas pixels, or say what was expected."""
    x, y = of_length(value, name, 2)
    return whole(x, name, 0, MAX_SIDE_PX), whole(y, name, 0, MAX_SIDE_PX)


def corners(value: Any, name: str) -> Corners:
    """Return a polygon's corners as pairs of floats, or say what was expected."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ValueError(f"{name}: expected corners, got {value!r}"[:120])
    if not 3 <= len(value) <= MAX_CORNERS:
        raise ValueError(f"{name}: expected 3 to {MAX_CORNERS} corners, got {len(value)}")
    reach = 4.0 * MAX_SIDE_PX  # outlines may leave the panel, not by more than a few of them
    pairs = [of_length(corner, name, 2) for corner in value]
    return tuple((number(x, name, -reach, reach), number(y, name, -reach, reach)) for x, y in pairs)


def checked_words(value: Any, name: str) -> str:
    """Return a line of text that can be drawn, or say what was expected."""
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_WORDS or not value.isprintable():
        raise ValueError(f"{name}: expected one line of text, got {value!r}"[:120])
    return value


def put(part: Any, **values: Any) -> None:
    """Put checked values into a frozen part."""
    for name, value in values.items():
        object.__setattr__(part, name, value)
