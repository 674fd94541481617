"""Redness of an outlined mark against its flanks."""

from __future__ import annotations

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.chromophores import chosen_axes
from progress.metrics.mark_chromophore import AXES_SOURCE, above_around, above_flanks
from progress.metrics.mark_line import MARK_PX_PER_MM
from progress.metrics.mark_profile import mark_profile
from progress.metrics.registry import metric
from progress.model import Direction, Need, NotMeasured, Outcome, RegionKind
from progress.model.checks import FloatArray
from progress.phantom.mark_doses import mark_paling


@once_per_picture
def haemoglobin_around_map(analysis: Analysis) -> FloatArray:
    """Haemoglobin density above the skin 5 mm around in OD, shape (H, W) at the mark scale."""
    return above_around(analysis, chosen_axes(analysis).haemoglobin)


@metric(
    id="mark_redness",
    version=1,
    label="Mark redness",
    unit="OD",
    better=Direction.NONE,
    needs={Need.COLOUR},
    min_px_per_mm=4.0,
    working_px_per_mm=MARK_PX_PER_MM,
    min_area_mm2=15.0,
    asked_of={RegionKind.DRAWN},
    phantom=mark_paling,
    source=AXES_SOURCE,
    field=haemoglobin_around_map,
)
def mark_redness(analysis: Analysis, window: Window) -> Outcome:
    """Haemoglobin density in the middle of an outlined mark above that of its flanks.

    Positive is redder (a young stretch mark), negative paler. Described, not judged: both come to
    0 as a mark blends in.
    """
    profile = mark_profile(analysis, window)
    if isinstance(profile, NotMeasured):
        return profile
    return above_flanks(profile, chosen_axes(analysis).haemoglobin)
