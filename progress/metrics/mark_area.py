"""Area of an outlined mark: its length times its width."""

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
    id="mark_area",
    version=1,
    label="Mark area",
    unit="mm2",
    better=Direction.NONE,
    needs={Need.COLOUR, Need.SURFACE},
    min_px_per_mm=5.0,
    working_px_per_mm=MARK_PX_PER_MM,
    min_area_mm2=15.0,
    asked_of={RegionKind.DRAWN},
    phantom=mark_shortening,
    source="Half-contrast ends: chapter on outlined marks of docs/limits.md",
    field=contrast_map,
)
def mark_area(analysis: Analysis, window: Window) -> Outcome:
    """Area of an outlined mark: width at half contrast times length between half-contrast ends.

    Described, not judged. The outline itself, drawn wider than the mark, does not enter.
    """
    profile = mark_profile(analysis, window)
    if isinstance(profile, NotMeasured):
        return profile
    band, ends = profile.band, profile.ends
    if isinstance(band, NotMeasured):
        return band
    if isinstance(ends, NotMeasured):
        return ends
    length_mm = (ends[1] - ends[0]) * STATION_MM
    error = math.hypot(profile.width_error_mm * length_mm, math.sqrt(2.0) * _END_MM * band.width_mm)
    return Estimate(length_mm * band.width_mm, error, profile.n_px)
