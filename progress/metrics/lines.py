"""Lines: how much and how deep fine lines and wrinkles shade."""

from __future__ import annotations

import numpy as np

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.bands import RELIEF_PX_PER_MM
from progress.metrics.blocks import standard_error_of_mean
from progress.metrics.chromophores import smoothed
from progress.metrics.registry import metric
from progress.metrics.ridges import find_ridges
from progress.model import Direction, Estimate, Need
from progress.model.checks import FloatArray
from progress.phantom.relief_doses import wrinkles

_MAP_SIGMA_MM = 1.0


@once_per_picture
def severity(analysis: Analysis) -> FloatArray:
    """Length times contrast per cm2 that each pixel contributes, shape (H, W) at 8 px/mm."""
    ridges = find_ridges(analysis)
    px_per_mm = analysis.skin(RELIEF_PX_PER_MM).px_per_mm
    return ridges.contrast * ridges.length_mm * np.float32(100 * 100 * px_per_mm**2)


@once_per_picture
def severity_map(analysis: Analysis) -> FloatArray:
    """Severity within about a millimetre of each point, shape (H, W) at 8 px/mm."""
    skin = analysis.skin(RELIEF_PX_PER_MM)
    return smoothed(severity(analysis), skin.mask, _MAP_SIGMA_MM * skin.px_per_mm)


@metric(
    id="lines",
    version=2,
    label="Lines and wrinkles",
    unit="% mm/cm2",
    better=Direction.LOWER,
    needs={Need.DETAIL, Need.EXPRESSION},
    min_px_per_mm=8.0,
    working_px_per_mm=RELIEF_PX_PER_MM,
    phantom=wrinkles,
    source="Frangi et al. 1998, doi:10.1007/BFb0056195; Canny 1986, doi:10.1109/TPAMI.1986.4767851",
    field=severity_map,
)
def lines(analysis: Analysis, window: Window) -> Estimate:
    """Severity of lines: length times log-contrast in %, summed per cm2."""
    local = severity(analysis)
    value = float(window.values(local).mean(dtype=np.float64))
    return Estimate(value, standard_error_of_mean(window.crop(local), window), window.n_px)
