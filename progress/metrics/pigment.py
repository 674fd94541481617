"""Pigment: melanin against the client's own untreated skin.

Against untreated skin, and not in itself: how dark a person is has no better direction, and a tan
of face and neck alike must not read as harm. Overall lightness is told by `tone`, which is never
judged; single spots by `spot_burden`.
"""

from __future__ import annotations

import math

import numpy as np

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.blocks import standard_error_of_mean
from progress.metrics.chromophores import (
    BLUE_IS_LOST,
    COLOUR_PX_PER_MM,
    chosen_axes,
    is_blue_lost,
    melanin,
    middle_density,
)
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need, NotMeasured, Outcome
from progress.model.checks import FloatArray
from progress.phantom.colour_doses import tan

_FARTHEST_OD = 0.6
"""Distance from the region's median at which a pixel is held, as for redness: twice the melanin
moves skin by about this much; hairs, glints and moles by more."""


@once_per_picture
def pigment_map(analysis: Analysis) -> FloatArray:
    """Melanin density above the reference skin in OD, shape (H, W) at the colour scale.

    NaN without reference skin.
    """
    reference = analysis.patch.reference
    if reference is None:
        return np.full_like(melanin(analysis), np.nan)
    level = chosen_axes(analysis).melanin @ reference.optical_density
    return melanin(analysis) - np.float32(level)


@metric(
    id="pigment",
    version=2,
    label="Pigment",
    unit="OD",
    better=Direction.LOWER,
    needs={Need.COLOUR},
    min_px_per_mm=3.0,
    working_px_per_mm=COLOUR_PX_PER_MM,
    phantom=tan,
    source="Tsumura et al. 2003, doi:10.1145/882262.882344",
    field=pigment_map,
    unseen=1.0,
)
def pigment(analysis: Analysis, window: Window) -> Outcome:
    """Melanin optical density of the region minus that of the client's untreated skin.

    Ten per cent more melanin are 0.007 OD on skin of ITA 62, 0.045 at 40 and 0.07 at 25. More blood
    lowers it a little: read it beside redness. Where too little blue comes back, on very dark skin,
    there is no figure.
    """
    reference = analysis.patch.reference
    if reference is None:
        return NotMeasured("no untreated reference skin in this photo to tell pigment against")
    if is_blue_lost(middle_density(analysis, window)):
        return NotMeasured(BLUE_IS_LOST)
    local = pigment_map(analysis)
    middle = np.median(window.values(local))
    held = np.clip(window.crop(local), middle - _FARTHEST_OD, middle + _FARTHEST_OD)
    value = float(held[window.mask].mean(dtype=np.float64))
    here = standard_error_of_mean(held, window)
    there = reference.standard_error_along(chosen_axes(analysis).melanin)
    return Estimate(value, math.hypot(here, there), window.n_px)
