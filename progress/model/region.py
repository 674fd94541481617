"""Named parts of the skin, drawn once on the baseline."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from progress.model.checks import frozen_array


class Side(enum.Enum):
    """The client's own side."""

    LEFT = "left"
    RIGHT = "right"
    MIDDLE = "middle"


class RegionKind(enum.Enum):
    """Who put a region there, and so which metrics are asked of it."""

    OWN = "own"
    """A part of the face, or the whole area of a body photo."""
    DRAWN = "drawn"
    """Outlined by a user: a mark, or any skin that they care for."""
    SCAR = "scar"
    """One atrophic scar, found on the baseline."""
    FAINT_SCAR = "faint_scar"
    """An atrophic scar too faint to be told by itself: nothing is asked of it, but it counts for
    the skin around it."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A named polygon in the baseline frame.

    Parameters
    ----------
    name : str
        One of the contract's region names, or the user's own.
    polygon_xy : ndarray of float64, shape (K, 2)
        At least three corners in upright pixels of the first baseline photo.
    side : Side
        The client's own left or right.
    kind : RegionKind
    """

    name: str
    polygon_xy: NDArray[Any] = field(repr=False)
    side: Side = Side.MIDDLE
    kind: RegionKind = RegionKind.OWN

    def __post_init__(self) -> None:
        polygon = frozen_array(
            self.polygon_xy, dtype="float64", shape=(None, 2), name="Region.polygon_xy"
        )
        if polygon.shape[0] < 3:
            raise ValueError(
                f"Region.polygon_xy: expected at least 3 corners, got {polygon.shape[0]}"
            )
        object.__setattr__(self, "polygon_xy", polygon)
