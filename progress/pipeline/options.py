"""What a caller may choose about a measurement."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from progress.model import BadInput, Region, RegionKind

Step = Callable[[str, float], None]
"""Told a label and the fraction done, so that long work can be watched."""


def silent(label: str, fraction: float) -> None:
    """A `Step` that nobody watches."""


class Shelf(Protocol):
    """Where long work is kept as text, by a key that names all it depends on."""

    def kept(self, key: str) -> str | None:
        """What lies there, or None."""

    def keep(self, key: str, text: str) -> None:
        """Put it there; a later `kept` of that key returns it."""


@dataclass(frozen=True, slots=True)
class Options:
    """Choices of one run.

    Parameters
    ----------
    area : {"face", "body"} or None
        None: the face if one is found, else the body.
    px_per_mm : float or None
        Overrides the measured scale.
    user_regions : tuple of Region
        Polygons in pixels of the first baseline photo.
    reshoots : int
        Simulated re-shoots of the baseline for the noise estimate; 0 leaves changes without an
        error and so without a figure, unless the sessions hold repeated shots.
    seed : int
        Of the simulated re-shoots, so that the same photos give the same answer.
    shelf : Shelf or None
        Where simulated re-shoots are kept, so that the same baseline is not shot again; None: not
        at all.
    """

    area: Literal["face", "body"] | None = None
    px_per_mm: float | None = None
    user_regions: tuple[Region, ...] = ()
    reshoots: int = 5
    seed: int = 20260105
    shelf: Shelf | None = None

    def __post_init__(self) -> None:
        if self.area not in (None, "face", "body"):
            raise BadInput(f"area: expected face or body, got {self.area}", advice="correct it")
        scale = self.px_per_mm
        if scale is not None and not (math.isfinite(scale) and 0.5 <= scale <= 500):
            raise BadInput(
                f"px-per-mm: expected a number between 0.5 and 500, got {scale}",
                advice="measure a ruler in the photo",
            )


def parse_region(text: str) -> Region:
    """A user's polygon from ``NAME=x1,y1,x2,y2,x3,y3,...``.

    Raises
    ------
    BadInput
        If the name is missing, a number cannot be read or there are fewer than three corners.
    """
    name, equals, numbers = text.partition("=")
    advice = "write NAME=x1,y1,x2,y2,x3,y3,..."
    if not (equals and name.strip().replace("_", "").replace("-", "").isalnum()):
        raise BadInput(f"region: expected NAME=numbers, got {text[:40]!r}", advice=advice)
    try:
        values = [float(number) for number in numbers.split(",")]
    except ValueError:
        raise BadInput(
            f"region {name}: expected numbers, got {numbers[:40]!r}", advice=advice
        ) from None
    if len(values) < 6 or len(values) % 2 or not all(map(math.isfinite, values)):
        raise BadInput(
            f"region {name}: expected at least 3 pairs of numbers, got {len(values)} numbers",
            advice=advice,
        )
    return Region(
        name=name.strip(), polygon_xy=np.array(values).reshape(-1, 2), kind=RegionKind.DRAWN
    )
