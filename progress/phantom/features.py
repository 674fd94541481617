"""What is on the skin, as frozen records in millimetres: the truth, before anything is drawn.

Positions are (x, y) in millimetres from the top-left corner of the piece, y down. A record set made
from one seed can be scaled: the same pores, only smaller; the same scars, only shallower.
"""

from __future__ import annotations

import dataclasses
import enum
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from progress.model.checks import frozen_array

PointsMm = NDArray[np.float64]
SizeMm = tuple[float, float]


class ScarKind(enum.Enum):
    """Types of atrophic acne scars (Jacob 2001, doi:10.1067/mjd.2001.113451)."""

    ICE_PICK = "ice_pick"
    BOXCAR = "boxcar"
    ROLLING = "rolling"


@dataclass(frozen=True, slots=True, eq=False)
class Pores:
    """Openings of follicles.

    Parameters
    ----------
    xy_mm : ndarray of float64, shape (n, 2)
    diameter_mm, depth_mm : ndarray of float64, shape (n,)
        Depth of the visible funnel.
    plug : float
        Melanin inside over melanin around, minus 1: the dark plug.
    """

    xy_mm: PointsMm = field(repr=False)
    diameter_mm: NDArray[np.float64] = field(repr=False)
    depth_mm: NDArray[np.float64] = field(repr=False)
    plug: float = 0.25

    def __post_init__(self) -> None:
        xy = frozen_array(self.xy_mm, dtype="float64", shape=(None, 2), name="Pores.xy_mm")
        object.__setattr__(self, "xy_mm", xy)
        for name in ("diameter_mm", "depth_mm"):
            values = frozen_array(
                getattr(self, name), dtype="float64", shape=(len(xy),), name=f"Pores.{name}"
            )
            object.__setattr__(self, name, values)

    def __len__(self) -> int:
        return len(self.xy_mm)

    def scaled(self, *, size: float = 1.0, depth: float = 1.0) -> Pores:
        """The same pores with other diameters and depths."""
        return dataclasses.replace(
            self, diameter_mm=self.diameter_mm * size, depth_mm=self.depth_mm * depth
        )

    def chosen(self, which: Any) -> Pores:
        """Some of the pores, by mask or index."""
        return dataclasses.replace(
            self,
            xy_mm=self.xy_mm[which],
            diameter_mm=self.diameter_mm[which],
            depth_mm=self.depth_mm[which],
        )

    @property
    def area_mm2(self) -> float:
        """All openings together."""
        return float(np.sum(np.pi / 4.0 * self.diameter_mm**2))


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A smooth line on the skin.

    Parameters
    ----------
    points_mm : ndarray of float64, shape (n, 2)
        Densely sampled; at least two points.
    """

    points_mm: PointsMm = field(repr=False)

    def __post_init__(self) -> None:
        points = frozen_array(
            self.points_mm, dtype="float64", shape=(None, 2), name="Curve.points_mm"
        )
        if len(points) < 2:
            raise ValueError(f"Curve.points_mm: expected at least two points, got {len(points)}")
        object.__setattr__(self, "points_mm", points)

    @property
    def length_mm(self) -> float:
        """Along the line."""
        return float(np.hypot(*np.diff(self.points_mm, axis=0).T).sum())


@dataclass(frozen=True, slots=True)
class Line:
    """A fine line or wrinkle: a Gaussian groove that runs out at both ends.

    `width_mm` is the full width at half depth; `depth_mm` is the depth in the middle of the line.
    """

    curve: Curve
    width_mm: float
    depth_mm: float


@dataclass(frozen=True, slots=True)
class Scar:
    """An atrophic scar, round, as measured from its rim.

    Ice-pick and rolling scars are Gaussian pits with `width_mm` across at half depth; boxcar scars
    have walls 0.12 mm soft and `width_mm` between them. Factors are the colour inside over the
    colour around.
    """

    kind: ScarKind
    x_mm: float
    y_mm: float
    width_mm: float
    depth_mm: float
    melanin_factor: float = 1.0
    blood_factor: float = 1.0

    @property
    def area_mm2(self) -> float:
        """Of the footprint, `width_mm` across."""
        return math.pi / 4.0 * self.width_mm**2


@dataclass(frozen=True, slots=True)
class Spot:
    """A soft-edged disc of more melanin or blood: freckle, lentigo, mole, papule.

    Factors are the amount inside over the amount around; `rise_mm` lifts it; `soft_mm` is the
    logistic width of its edge.
    """

    x_mm: float
    y_mm: float
    diameter_mm: float
    melanin_factor: float = 1.0
    blood_factor: float = 1.0
    rise_mm: float = 0.0
    soft_mm: float = 0.12

    @property
    def area_mm2(self) -> float:
        """Of the disc."""
        return math.pi / 4.0 * self.diameter_mm**2


@dataclass(frozen=True, slots=True)
class Hair:
    """A dark hair of `width_mm` that covers the skin with `opacity` 0..1."""

    curve: Curve
    width_mm: float
    opacity: float


@dataclass(frozen=True, slots=True)
class StretchMark:
    """A band of thinned skin; red when young, pale when old.

    `width_mm` is the full width at half depth; factors are the colour in the middle of the band
    over the colour around.
    """

    curve: Curve
    width_mm: float
    depth_mm: float
    melanin_factor: float
    blood_factor: float
