"""What a set of pictures under several lamps says: scars with depth, or why not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from progress.model import Direction, Provenance, Scale, ScaleSource

METRIC_ID: Final = "scar_depth"
METRIC_VERSION: Final = 1
LABEL: Final = "Scar depth"
UNIT: Final = "mm"
BETTER: Final = Direction.LOWER
SOURCE: Final = (
    "Photometric stereo, Woodham 1980, doi:10.1117/12.7972479; integration, Frankot & Chellappa "
    "1988, doi:10.1109/34.3909; types of scars, Jacob et al. 2001, doi:10.1067/mjd.2001.113451"
)
SUMMARY: Final = "Rim less floor of atrophic scars, from pictures under several lamps."
DEEP_LOWER_BOUND: Final = (
    "a lower bound: light spreads under the skin and fills narrow pits, so the bottom of an "
    "ice-pick scar is not seen"
)


@dataclass(frozen=True, slots=True, eq=False)
class DepthScar:
    """One scar of ``progress.depth/1``.

    Parameters
    ----------
    centre_xy : tuple of float
        Pixels of the pictures.
    width_mm, area_mm2 : float
        Of the footprint, what is deeper than half: width of the disc of that area.
    depth_mm, standard_error_mm : float or None
        Rim less floor; None where `reason` says why there is none.
    kind : str
        ``ice_pick``, ``boxcar`` or ``rolling``, a guess from width and profile.
    reason : str or None
        Why there is no figure, or what to know about it.
    outline_xy : ndarray of float64, shape (K, 2)
        Of the footprint, in pixels of the pictures.
    """

    centre_xy: tuple[float, float]
    width_mm: float
    area_mm2: float
    depth_mm: float | None
    standard_error_mm: float | None
    kind: str
    reason: str | None
    outline_xy: NDArray[np.float64] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The contract's entry."""
        return {
            "centre_xy": [round(part, 2) for part in self.centre_xy],
            "width_mm": round(self.width_mm, 4),
            "area_mm2": round(self.area_mm2, 4),
            "depth_mm": None if self.depth_mm is None else round(self.depth_mm, 5),
            "standard_error_mm": None
            if self.standard_error_mm is None
            else round(self.standard_error_mm, 5),
            "type": self.kind,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, eq=False)
class DepthAnswer:
    """The answer of one set.

    Parameters
    ----------
    scars : tuple of DepthScar
        Deepest first, those without a figure last.
    scale : Scale or None
    photos : tuple of Provenance
        Lit pictures and then those with the lamps off.
    lamps : int
    light_source : str
        ``table``, ``mirror_ball``, ``face`` or ``none``.
    motion_px : float or None
        Largest displacement between two pictures that was undone, in pixels of the pictures.
    shine : float or None
        By how much shine was seen to steepen slopes, as a share; 0 where none was seen.
    notes : tuple of str
        What to know about all figures.
    reason : str or None
        Why there is no figure at all.
    """

    scars: tuple[DepthScar, ...]
    scale: Scale | None
    photos: tuple[Provenance, ...]
    lamps: int
    light_source: str
    motion_px: float | None = None
    shine: float | None = None
    notes: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def simulated(self) -> bool:
        """The pictures say that they were rendered."""
        return any(photo.simulated for photo in self.photos)

    @property
    def refused(self) -> bool:
        """Whether nothing can be told from the set."""
        return self.reason is not None

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``progress.depth/1``."""
        return {
            "format": "progress.depth/1",
            "simulated": self.simulated,
            "px_per_mm": self.scale.px_per_mm if self.scale else None,
            "scale_source": (self.scale.source if self.scale else ScaleSource.NONE).value,
            "scale_relative_error": self.scale.relative_error if self.scale else None,
            "lamps": self.lamps,
            "light_source": self.light_source,
            "motion_px": self.motion_px,
            "shine": self.shine,
            "photos": [{"file": p.file, "sha256": p.sha256} for p in self.photos],
            "scars": [scar.to_dict() for scar in self.scars],
            "notes": list(self.notes),
            "reason": self.reason,
        }
