"""Pigment of an outlined mark against its flanks."""

from __future__ import annotations

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.chromophores import BLUE_IS_LOST, chosen_axes, is_blue_lost
from progress.metrics.mark_chromophore import AXES_SOURCE, above_around, above_flanks
from progress.metrics.mark_line import MARK_PX_PER_MM
from progress.metrics.mark_profile import mark_profile
from progress.metrics.registry import metric
from progress.model import Direction, Need, NotMeasured, Outcome, RegionKind
from progress.model.checks import FloatArray
from progress.phantom.mark_doses import mark_paling


@once_per_picture
def melanin_around_map(analysis: Analysis) -> FloatArray:
    """Melanin density above the skin 5 mm around in OD, shape (H, W) at the mark scale."""
    return above_around(analysis, chosen_axes(analysis).melanin)


@metric(
    id="mark_pigment",
    version=1,
    label="Mark pigment",
    unit="OD",
    better=Direction.NONE,
    needs={Need.COLOUR},
    min_px_per_mm=4.0,
    working_px_per_mm=MARK_PX_PER_MM,
    min_area_mm2=15.0,
    asked_of={RegionKind.DRAWN},
    phantom=mark_paling,
    source=AXES_SOURCE,
    field=melanin_around_map,
)
def mark_pigment(analysis: Analysis, window: Window) -> Outcome:
    """Melanin density in the middle of an outlined mark above that of its flanks.

    Positive is browner, negative lighter. Described, not judged: both come to 0 as a mark blends
    in.
    """
    profile = mark_profile(analysis, window)
    if isinstance(profile, NotMeasured):
        return profile
    if is_blue_lost(profile.flank):
        return NotMeasured(BLUE_IS_LOST)
    return above_flanks(profile, chosen_axes(analysis).melanin)
