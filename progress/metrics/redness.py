"""Redness: haemoglobin against the client's own untreated skin."""

from __future__ import annotations

import math

import numpy as np

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.blocks import MEDIAN_OVER_MEAN, standard_error_of_mean
from progress.metrics.chromophores import COLOUR_PX_PER_MM, chosen_axes, haemoglobin
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need, NotMeasured, Outcome
from progress.model.checks import FloatArray
from progress.phantom.doses import erythema


@once_per_picture
def redness_map(analysis: Analysis) -> FloatArray:
    """Haemoglobin density above the reference skin in OD, shape (H, W) at the colour scale."""
    reference = analysis.patch.reference
    level = 0.0
    if reference is not None:
        level = float(chosen_axes(analysis).haemoglobin @ reference.optical_density)
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
    """Haemoglobin optical density of the region (median) minus that of untreated skin.

    The weights of the three channels sum to zero, so exposure and shading cancel; the reference
    skin in the same photo cancels any gain per channel.
    """
    reference = analysis.patch.reference
    if reference is None:
        return NotMeasured("no untreated reference skin in this photo to tell redness against")
    local = redness_map(analysis)
    value = float(np.median(window.values(local)))
    here = MEDIAN_OVER_MEAN * standard_error_of_mean(window.crop(local), window)
    weights = chosen_axes(analysis).haemoglobin
    there = float(np.linalg.norm(weights * reference.standard_error))
    return Estimate(value, math.hypot(here, there), window.n_px)
