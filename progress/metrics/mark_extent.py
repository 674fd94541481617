"""How far an outlined mark extends along its own middle line: between the ends of half contrast."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.mark_line import STATION_MM
from progress.metrics.mark_profile import MarkProfile, mark_profile
from progress.model import NotMeasured

EXTENT_SOURCE: Final = "Half-contrast ends: chapter on outlined marks of docs/limits.md"
_END_MM: Final = STATION_MM / math.sqrt(12.0)
"""One standard error of an end, of which nothing finer than a station is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Extent:
    """A mark between its ends.

    Parameters
    ----------
    profile : MarkProfile
        What it was read from.
    length_mm : float
        Between the two ends of half contrast.
    error_mm : float
        One standard error of that.
    """

    profile: MarkProfile
    length_mm: float
    error_mm: float


@once_per_picture
def mark_extent(analysis: Analysis, window: Window) -> Extent | NotMeasured:
    """The length of the mark that a region outlines, with the profile that it was read from.

    Parameters
    ----------
    analysis : Analysis
    window : Window
        The outline in ``analysis.skin(MARK_PX_PER_MM)``.

    Returns
    -------
    Extent or NotMeasured
        Not measured where there is no profile, or where an end is not known.
    """
    profile = mark_profile(analysis, window)
    if isinstance(profile, NotMeasured):
        return profile
    if isinstance(profile.ends, NotMeasured):
        return profile.ends
    first, last = profile.ends
    return Extent(profile, (last - first) * STATION_MM, math.sqrt(2.0) * _END_MM)
