"""Width of an outlined mark: its full width at half of its contrast."""

from __future__ import annotations

import numpy as np

from progress.imaging import optical_density
from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.chromophores import chosen_axes, smoothed
from progress.metrics.mark_colour import contrast_of, usual_density
from progress.metrics.mark_line import MARK_PX_PER_MM
from progress.metrics.mark_profile import mark_profile
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need, NotMeasured, Outcome, RegionKind
from progress.model.checks import FloatArray
from progress.phantom.mark_doses import mark_widening

_FAINTEST = 2.5
"""Delta E 2000 below which an edge is lost in the mottling of bare skin: of red marks of 2.0 on
dark skin the width came out by 0.8 mm apart between two shots."""
_LEAST_KNOWN = 0.2
"""One standard error over the width beyond which it is not told."""
_SIGMAS_MM = (0.5, 0.8, 1.3, 2.1)
"""Of the bells of the map; 2.35 times as wide at half height."""
_FAINT_OD = 0.03


@once_per_picture
def band_width_map(analysis: Analysis) -> FloatArray:
    """Width in mm of the spot or band that stands out best at each point, 0 where none does."""
    skin = analysis.skin(MARK_PX_PER_MM)
    green = optical_density(skin.linear[..., 1])
    best = np.full(green.shape, _FAINT_OD, np.float32)
    width = np.zeros_like(green)
    for sigma_mm in _SIGMAS_MM:
        fine, wide = (
            smoothed(green, skin.mask, mm * skin.px_per_mm) for mm in (sigma_mm, 1.6 * sigma_mm)
        )
        stands_out = np.abs(fine - wide)
        width[stands_out > best] = 2.3548 * sigma_mm
        best = np.maximum(best, stands_out)
    return np.asarray(width, dtype=np.float32)


@metric(
    id="mark_width",
    version=1,
    label="Mark width",
    unit="mm",
    better=Direction.LOWER,
    needs={Need.COLOUR, Need.SURFACE},
    min_px_per_mm=5.0,
    working_px_per_mm=MARK_PX_PER_MM,
    min_area_mm2=15.0,
    asked_of={RegionKind.DRAWN},
    phantom=mark_widening,
    source="Full width at half maximum: chapter on outlined marks of docs/limits.md",
    field=band_width_map,
)
def mark_width(analysis: Analysis, window: Window) -> Outcome:
    """Full width at half contrast of an outlined mark, across its own middle line.

    Read off a band fitted to the profile of the middle part of the mark, so it follows neither the
    outline nor the contrast.
    """
    profile = mark_profile(analysis, window)
    if isinstance(profile, NotMeasured):
        return profile
    band = profile.band
    if isinstance(band, NotMeasured):
        return band
    contrast = float(contrast_of(profile.density, usual_density(chosen_axes(analysis))))
    if contrast < _FAINTEST:
        return NotMeasured(
            f"the mark stands out by {contrast:.1f} dE2000 only, too faint to tell its width"
        )
    if profile.width_error_mm > _LEAST_KNOWN * band.width_mm:
        return NotMeasured("stretches of the mark disagree about its width")
    return Estimate(band.width_mm, profile.width_error_mm, profile.n_px)
