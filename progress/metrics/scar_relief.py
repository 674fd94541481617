"""Scar relief: how strongly hollows of one to eight millimetres shade, from one photo."""

from __future__ import annotations

import math

import numpy as np

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.bands import RELIEF_PX_PER_MM, relief_band
from progress.metrics.blocks import standard_error_of_mean
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need
from progress.model.checks import FloatArray
from progress.phantom.doses import scars

SHORTEST_MM, LONGEST_MM = 1.5, 8.0


@once_per_picture
def relief_map(analysis: Analysis) -> FloatArray:
    """Shading of hollows and bumps in %, shape (H, W) at 8 px/mm."""
    band = relief_band(analysis, SHORTEST_MM, LONGEST_MM)
    return np.asarray(100 * np.abs(band), dtype=np.float32)


@metric(
    id="scar_relief",
    version=1,
    label="Scar relief",
    unit="%",
    better=Direction.LOWER,
    needs={Need.RELIEF_LIGHT},
    min_px_per_mm=6.0,
    working_px_per_mm=RELIEF_PX_PER_MM,
    phantom=scars,
    source="measurement page section 5, one photo; Woodham 1980, doi:10.1117/12.7972479",
    field=relief_map,
)
def scar_relief(analysis: Analysis, window: Window) -> Estimate:
    """Relief contrast of hollows of 1 to 8 mm, in %: under this light, and not a depth."""
    squared = np.square(window.crop(relief_band(analysis, SHORTEST_MM, LONGEST_MM)))
    value = math.sqrt(float(squared[window.mask].mean(dtype=np.float64)))
    error = standard_error_of_mean(squared, window) / (2 * value) if value > 0 else 0.0
    return Estimate(100 * value, 100 * error, window.n_px)
