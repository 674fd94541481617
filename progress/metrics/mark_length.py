"""Length of an outlined mark along its own middle line."""

from __future__ import annotations

from progress.metrics.analysis import Analysis, Window
from progress.metrics.mark_colour import contrast_map
from progress.metrics.mark_extent import EXTENT_SOURCE, mark_extent
from progress.metrics.mark_line import MARK_PX_PER_MM
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need, NotMeasured, Outcome, RegionKind
from progress.phantom.mark_doses import mark_shortening


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
    source=EXTENT_SOURCE,
    field=contrast_map,
)
def mark_length(analysis: Analysis, window: Window) -> Outcome:
    """Length of the middle line of an outlined mark between the ends of half its contrast.

    Described, not judged: a mark that fades from its ends is shorter, one that fades evenly is not.
    """
    extent = mark_extent(analysis, window)
    if isinstance(extent, NotMeasured):
        return extent
    return Estimate(extent.length_mm, extent.error_mm, extent.profile.n_px)
