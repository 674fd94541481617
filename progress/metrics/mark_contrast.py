"""Contrast of an outlined mark: its colour difference to the skin on either side."""

from __future__ import annotations

from progress.metrics.analysis import Analysis, Window
from progress.metrics.chromophores import chosen_axes
from progress.metrics.mark_colour import contrast_map, contrast_of, contrast_slope, usual_density
from progress.metrics.mark_line import MARK_PX_PER_MM
from progress.metrics.mark_profile import mark_profile
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need, NotMeasured, Outcome, RegionKind
from progress.phantom.mark_doses import mark_fading

_LEAST_KNOWN = 0.2
"""One standard error over the contrast beyond which it is not told: of whole marks it is 0.03 to
0.1, of those that a mole or a fold crosses 0.2 and more."""
_SURE = 0.7
"""Delta E 2000: an error within which a faint mark is told all the same."""


@metric(
    id="mark_contrast",
    version=1,
    label="Mark contrast",
    unit="dE2000",
    better=Direction.LOWER,
    needs={Need.COLOUR},
    min_px_per_mm=4.0,
    working_px_per_mm=MARK_PX_PER_MM,
    min_area_mm2=15.0,
    asked_of={RegionKind.DRAWN},
    phantom=mark_fading,
    source="CIEDE2000: Sharma, Wu & Dalal 2005, doi:10.1002/col.20070",
    field=contrast_map,
)
def mark_contrast(analysis: Analysis, window: Window) -> Outcome:
    """Colour difference between the middle of an outlined mark and the bare skin on either side.

    Not signed: a red mark that fades and a pale one that takes on colour both come nearer to their
    flanks. Which it is, `mark_redness` and `mark_pigment` say.
    """
    profile = mark_profile(analysis, window)
    if isinstance(profile, NotMeasured):
        return profile
    usual = usual_density(chosen_axes(analysis))
    value = float(contrast_of(profile.density, usual))
    _, error = profile.along(contrast_slope(profile.density, usual))
    if error > max(_LEAST_KNOWN * value, _SURE):
        return NotMeasured(
            "stretches of the mark disagree: too little of it is bare skin all round"
        )
    return Estimate(value, error, profile.n_px)
