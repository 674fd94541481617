"""What is found on the skin by itself: single scars, and grades that follow from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from progress.model.checks import frozen_array
from progress.model.outcome import NotMeasured


@dataclass(frozen=True, slots=True)
class EstimatedGrade:
    """A figure like that of a clinical scale.

    Parameters
    ----------
    scale : str
        ``"goodman_baron_like"`` or ``"ecca_like"``.
    least, most : float
        What the photo leaves open: types, doubtful scars, and depth where the scale asks for it.
    out_of : float
        Highest figure of the scale, which holds items that are not estimated here.
    statement : str
        That it is an estimate.
    source : str
        Where the scale is defined.
    """

    scale: str
    least: float
    most: float
    out_of: float
    statement: str
    source: str

    def to_dict(self) -> dict[str, float | str]:
        """For JSON."""
        return {
            "scale": self.scale,
            "least": self.least,
            "most": self.most,
            "out_of": self.out_of,
            "statement": self.statement,
            "source": self.source,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> EstimatedGrade:
        """The grade that `to_dict` wrote."""
        return cls(**stored)


Grades = tuple[EstimatedGrade, ...] | NotMeasured
"""Of one visit, or why its photos cannot serve them."""


def grades_to_dict(grades: Grades) -> dict[str, Any]:
    """Grades of one visit for JSON: ``grades``, and ``reason`` where there are none."""
    if isinstance(grades, NotMeasured):
        return {"grades": None, "reason": grades.reason}
    return {"grades": [grade.to_dict() for grade in grades], "reason": None}


def grades_from_dict(stored: Mapping[str, Any] | None) -> Grades:
    """Grades that `grades_to_dict` wrote; not measured where an older answer holds none."""
    if stored is None:
        return NotMeasured("not estimated by the version that measured this visit")
    if stored["grades"] is None:
        return NotMeasured(stored["reason"])
    return tuple(EstimatedGrade.from_dict(grade) for grade in stored["grades"])


@dataclass(frozen=True, slots=True, eq=False)
class FoundScar:
    """One atrophic scar, found and outlined on the first baseline photo.

    Parameters
    ----------
    region : str
        Its name among the regions of the answer: ``scar_1``, ...
    outline_xy : ndarray of float64, shape (K, 2)
        In upright pixels of the first baseline photo.
    width_mm, area_mm2 : float
        Of its footprint in the plane of the picture.
    types : mapping of str to float
        Probability of ``ice_pick``, ``boxcar`` and ``rolling``, a guess by looks; what they lack
        to 1 is that it is no scar.
    """

    region: str
    outline_xy: NDArray[Any] = field(repr=False)
    width_mm: float
    area_mm2: float
    types: Mapping[str, float]

    def __post_init__(self) -> None:
        outline = frozen_array(
            self.outline_xy, dtype="float64", shape=(None, 2), name="FoundScar.outline_xy"
        )
        if not self.types or not 0 <= sum(self.types.values()) <= 1 + 1e-6:
            raise ValueError(
                "FoundScar.types: expected probabilities that add up to at most 1, "
                f"got {dict(self.types)}"
            )
        object.__setattr__(self, "outline_xy", outline)

    @property
    def likeliest(self) -> tuple[str, float]:
        """The likeliest type and its probability."""
        return max(self.types.items(), key=lambda one: one[1])

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "region": self.region,
            "outline_xy": self.outline_xy.round(1).tolist(),
            "width_mm": self.width_mm,
            "area_mm2": self.area_mm2,
            "types": dict(self.types),
        }
