"""Pigment: the melanin burden of spots, each against the skin around it.

Why spots, and not all melanin: clients are treated for dark spots and marks, and there less is
better. How dark a person is has no better direction; a tan must not read as harm nor its fading as
success. Overall melanin is therefore told by `tone`, which is never judged, and this metric
subtracts the skin around each point first. Its price: an even darkening of patches much wider than
the 10 mm of that surround (regional melasma) fades into the surround and is seen at its rim only.
"""

from __future__ import annotations

import numpy as np

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.blocks import standard_error_of_mean
from progress.metrics.chromophores import (
    COLOUR_PX_PER_MM,
    SHADING_SIGMA_MM,
    haemoglobin,
    melanin,
    smoothed,
)
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need
from progress.model.checks import FloatArray
from progress.phantom.doses import pigment_spots

_SMALLEST_SIGMA_MM = 0.35
"""A spot of 1 mm is found best by a Gaussian of d / (2 sqrt 2) = 0.35 mm (Lindeberg 1998)."""
_FAINT_OD, _CLEAR_OD = 0.05, 0.11
"""Excess below the first is camera noise and mottle and does not count, above the second it counts
in full; the ramp between keeps a spot near the limit from flickering in and out of the sum."""


@once_per_picture
def burden_map(analysis: Analysis) -> FloatArray:
    """Melanin of spots above the skin around them, in OD mm2 per cm2, shape (H, W).

    Its mean over a region is the burden: the sum of area times contrast of all spots.
    """
    skin = analysis.skin(COLOUR_PX_PER_MM)
    fine, wide = (mm * skin.px_per_mm for mm in (_SMALLEST_SIGMA_MM, SHADING_SIGMA_MM))
    level = smoothed(melanin(analysis), skin.mask, fine)
    blood = smoothed(haemoglobin(analysis), skin.mask, fine)
    # The skin around: once with the spots in it, once more without those just found.
    plain = skin.mask & (level - smoothed(level, skin.mask, wide) < _FAINT_OD)
    if not plain.any():
        plain = skin.mask
    excess = level - smoothed(level, plain, wide)
    weight = np.clip((excess - _FAINT_OD) / (_CLEAR_OD - _FAINT_OD), 0, 1)
    # Blood in a papule leaks into the melanin axis on some cameras; there blood dominates.
    weight[blood - smoothed(blood, plain, wide) > 2 * excess] = 0
    return np.asarray(100 * excess * weight, dtype=np.float32)


@metric(
    id="pigment",
    version=1,
    label="Pigment spots",
    unit="OD mm2/cm2",
    better=Direction.LOWER,
    needs={Need.COLOUR},
    min_px_per_mm=3.0,
    working_px_per_mm=COLOUR_PX_PER_MM,
    phantom=pigment_spots,
    source="Tsumura et al. 2003, doi:10.1145/882262.882344; Lindeberg 1998, "
    "doi:10.1023/A:1008045108935",
    field=burden_map,
)
def pigment(analysis: Analysis, window: Window) -> Estimate:
    """Melanin burden of spots of 1 mm and more: area times contrast to the skin around, per cm2.

    Needs no reference skin: every spot is told against its own surround.
    """
    local = burden_map(analysis)
    value = float(window.values(local).mean(dtype=np.float64))
    return Estimate(value, standard_error_of_mean(window.crop(local), window), window.n_px)
