"""Length of an outlined mark along its own middle line."""

from __future__ import annotations

import math

from progress.metrics.analysis import Analysis, Window
from progress.metrics.mark_colour import contrast_map
from progress.metrics.mark_line import MARK_PX_PER_MM, STATION_MM
from progress.metrics.mark_profile import mark_profile
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need, NotMeasured, Outcome, RegionKind
from progress.phantom.mark_doses import mark_shortening

_END_MM = STATION_MM / math.sqrt(12.0)
"""One standard error of an end, of which nothing finer than a station is known."""


@metric(
    id="mark_length",
    version=1,
    label="Mark length",
    unit="mm",
    better=Direction.NONE,
    needs={Need.COLOUR, Need.SURFACE},
    min_px_per_mm=4.0,
    working_px_per_mm=MARK_PX_PER_MM,
    min_area_mm2=15.0,
    asked_of={RegionKind.DRAWN},
    phantom=mark_shortening,
    source="Half-contrast ends: chapter on outlined marks of docs/limits.md",
    field=contrast_map,
)
def mark_length(analysis: Analysis, window: Window) -> Outcome:
    """Length of the middle line of an outlined mark between the ends of half its contrast.

    Described, not judged: a mark that fades from its ends is shorter, one that fades evenly is not.
    """
    profile = mark_profile(analysis, window)
    if isinstance(profile, NotMeasured):
        return profile
    if isinstance(profile.ends, NotMeasured):
        return profile.ends
    length_mm = (profile.ends[1] - profile.ends[0]) * STATION_MM
    return Estimate(length_mm, math.sqrt(2.0) * _END_MM, profile.n_px)
