"""Area of an outlined mark: its length times its width."""

from __future__ import annotations

import math

from progress.metrics.analysis import Analysis, Window
from progress.metrics.mark_colour import contrast_map
from progress.metrics.mark_extent import EXTENT_SOURCE, mark_extent
from progress.metrics.mark_line import MARK_PX_PER_MM
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need, NotMeasured, Outcome, RegionKind
from progress.phantom.mark_doses import mark_shortening


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
    source=EXTENT_SOURCE,
    field=contrast_map,
)
def mark_area(analysis: Analysis, window: Window) -> Outcome:
    """Area of an outlined mark: width at half contrast times length between half-contrast ends.

    Described, not judged. The outline itself, drawn wider than the mark, does not enter.
    """
    extent = mark_extent(analysis, window)
    if isinstance(extent, NotMeasured):
        return extent
    band = extent.profile.band
    if isinstance(band, NotMeasured):
        return band
    along = extent.profile.width_error_mm * extent.length_mm
    error = math.hypot(along, extent.error_mm * band.width_mm)
    return Estimate(extent.length_mm * band.width_mm, error, extent.profile.n_px)
