"""Pigment spots: the melanin burden of each against the skin around it.

A spot must be both browner and darker than its surround, and counts with the lesser of the two.
Browner alone (the melanin axis) took chroma blocks of JPEG for spots over an eighth of real faces,
darker alone takes every fold; together they found brown spots on close-ups and little else.

The surround is subtracted, so a tan does not read as spots. The price: an even darkening of patches
wider than a centimetre (regional melasma) fades into its own surround; `pigment` sees that.
"""

from __future__ import annotations

import cv2
import numpy as np

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.blocks import standard_error_of_mean
from progress.metrics.chromophores import (
    BLUE_IS_LOST,
    COLOUR_PX_PER_MM,
    density,
    is_blue_lost,
    melanin,
    middle_density,
    smoothed,
)
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need, NotMeasured, Outcome
from progress.model.checks import BoolArray, FloatArray
from progress.phantom.colour_doses import pigment_spots

_SPOT_SIGMA_MM = 0.5
"""A spot of 1.4 mm is found best by a Gaussian of d / (2 sqrt 2) = 0.5 mm (Lindeberg 1998); finer
ones drown in the chroma noise of JPEG."""
_SURROUND_SIGMA_MM = 5.0
"""Spots of up to 8 mm stand out of it, the broad patterns of a face do not."""
_GREEN_PER_MELANIN = 0.45
"""Log-green per unit of the melanin axis: measurement page, section 1 (0.46), and spectral skin of
all tones (0.45 to 0.6)."""
_FAINT_OD, _CLEAR_OD = 0.08, 0.16
"""Excess below the first is camera noise and mottle and does not count, above the second it counts
in full; the ramp between keeps a spot near the limit from flickering in and out of the sum."""


@once_per_picture
def burden_map(analysis: Analysis) -> FloatArray:
    """Melanin of spots above the skin around them, in OD mm2 per cm2, shape (H, W).

    Its mean over a region is the burden: the sum of area times contrast of all spots.
    """
    skin = analysis.skin(COLOUR_PX_PER_MM)
    fine, wide = (mm * skin.px_per_mm for mm in (_SPOT_SIGMA_MM, _SURROUND_SIGMA_MM))
    darkness = density(analysis)[..., 1] / np.float32(_GREEN_PER_MELANIN)
    brown_dark = smoothed(np.stack([melanin(analysis), darkness], axis=-1), skin.mask, fine)

    def excess_over(plain: BoolArray) -> FloatArray:
        browner, darker = cv2.split(brown_dark - smoothed(brown_dark, plain, wide))
        return np.asarray(np.minimum(browner, darker))

    # The skin around: once with the spots in it, once more without those just found.
    plain = skin.mask & (excess_over(skin.mask) < _FAINT_OD)
    excess = excess_over(plain if plain.any() else skin.mask)
    weight = np.clip((excess - _FAINT_OD) / (_CLEAR_OD - _FAINT_OD), 0, 1)
    return np.asarray(100 * excess * weight, dtype=np.float32)


@metric(
    id="spot_burden",
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
    unseen=2.25,
    grows_when_stored=True,
)
def spot_burden(analysis: Analysis, window: Window) -> Outcome:
    """Melanin burden of spots of 1 to 8 mm: area times contrast to the skin around, per cm2.

    Needs no reference skin: every spot is told against its own surround. Very dark moles, in which
    blue is at the sensor's floor, read less than they are.
    """
    if is_blue_lost(middle_density(analysis, window)):
        return NotMeasured(BLUE_IS_LOST)
    local = burden_map(analysis)
    value = float(window.values(local).mean(dtype=np.float64))
    return Estimate(value, standard_error_of_mean(window.crop(local), window), window.n_px)
