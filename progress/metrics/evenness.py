"""Evenness: how much blood and melanin vary over blotches of half to eight millimetres."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.blocks import standard_error_of_mean
from progress.metrics.chromophores import COLOUR_PX_PER_MM, haemoglobin, melanin, smoothed
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need
from progress.model.checks import FloatArray
from progress.phantom.colour_doses import blotch

_SIGMA_IN_MM, _SIGMA_OUT_MM = 0.35, 5.0
_MAD_TO_SD = 1.4826


@once_per_picture
def mottle(analysis: Analysis) -> tuple[FloatArray, FloatArray]:
    """Band-passed haemoglobin and melanin in OD, each of shape (H, W) at the colour scale."""
    skin = analysis.skin(COLOUR_PX_PER_MM)
    both = np.stack([haemoglobin(analysis), melanin(analysis)], axis=-1)
    fine = smoothed(both, skin.mask, _SIGMA_IN_MM * skin.px_per_mm)
    band = fine - smoothed(fine, skin.mask, _SIGMA_OUT_MM * skin.px_per_mm)
    return np.ascontiguousarray(band[..., 0]), np.ascontiguousarray(band[..., 1])


@once_per_picture
def unevenness_map(analysis: Analysis) -> FloatArray:
    """Distance of each point's colour from that of the skin around it in OD, shape (H, W)."""
    blood, pigment = mottle(analysis)
    return np.asarray(np.hypot(blood, pigment), dtype=np.float32)


def _robust_sd(values: NDArray[np.float32]) -> float:
    """Standard deviation of normal data with the same median absolute deviation."""
    return _MAD_TO_SD * float(np.median(np.abs(values - np.median(values))))


@metric(
    id="evenness",
    version=1,
    label="Unevenness of colour",
    unit="OD",
    better=Direction.LOWER,
    needs={Need.COLOUR},
    min_px_per_mm=3.0,
    working_px_per_mm=COLOUR_PX_PER_MM,
    phantom=blotch,
    source="Matts et al. 2007, doi:10.1016/j.jaad.2007.07.040",
    field=unevenness_map,
    grows_when_stored=True,
)
def evenness(analysis: Analysis, window: Window) -> Estimate:
    """Robust spread of blood and melanin in structures of 0.5 to 8 mm; lower is more even.

    Shading and exposure cancel in both. Median absolute deviations are used, so a few strong spots
    (which `pigment` counts) weigh little and a general mottle weighs in full.
    """
    spread = math.hypot(*(_robust_sd(window.values(band)) for band in mottle(analysis)))
    local = window.crop(unevenness_map(analysis))
    mean = float(local[window.mask].mean(dtype=np.float64))
    relative = standard_error_of_mean(local, window) / mean if mean > 0 else 0.0
    return Estimate(spread, spread * relative, window.n_px)
