"""Redness: haemoglobin against the client's own untreated skin."""

from __future__ import annotations

import math

import numpy as np

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.blocks import standard_error_of_mean
from progress.metrics.chromophores import COLOUR_PX_PER_MM, chosen_axes, haemoglobin, is_blood_lost
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need, NotMeasured, Outcome
from progress.model.checks import FloatArray
from progress.phantom.colour_doses import erythema

_FARTHEST_OD = 0.6
"""Distance from the region's median at which a pixel is held. Four times the blood, or a fresh
needling, moves skin by less; hairs, glints and nostrils by more.

A mean of held pixels, where the median was planned: with a quarter of the region reddened the
median moved by 2 % of the change of that quarter, and marks that fade one by one would go unseen.
"""


@once_per_picture
def redness_map(analysis: Analysis) -> FloatArray:
    """Haemoglobin density above the reference skin in OD, shape (H, W) at the colour scale.

    NaN without reference skin.
    """
    reference = analysis.patch.reference
    if reference is None:
        return np.full_like(haemoglobin(analysis), np.nan)
    level = chosen_axes(analysis).haemoglobin @ reference.optical_density
    return haemoglobin(analysis) - np.float32(level)


@metric(
    id="redness",
    version=1,
    label="Redness",
    unit="OD",
    better=Direction.LOWER,
    needs={Need.COLOUR},
    min_px_per_mm=3.0,
    working_px_per_mm=COLOUR_PX_PER_MM,
    phantom=erythema,
    source="Tsumura et al. 2003, doi:10.1145/882262.882344",
    field=redness_map,
)
def redness(analysis: Analysis, window: Window) -> Outcome:
    """Haemoglobin optical density of the region minus that of the client's untreated skin.

    The weights of the three channels sum to zero, so exposure and shading cancel; the reference
    skin in the same photo cancels any gain per channel.
    """
    reference = analysis.patch.reference
    if reference is None:
        return NotMeasured("no untreated reference skin in this photo to tell redness against")
    if is_blood_lost(analysis):
        return NotMeasured("too little light comes back from this skin to tell blood by it")
    local = redness_map(analysis)
    middle = np.median(window.values(local))
    held = np.clip(window.crop(local), middle - _FARTHEST_OD, middle + _FARTHEST_OD)
    value = float(held[window.mask].mean(dtype=np.float64))
    here = standard_error_of_mean(held, window)
    weights = chosen_axes(analysis).haemoglobin
    there = reference.standard_error_along(weights)
    return Estimate(value, math.hypot(here, there), window.n_px)
