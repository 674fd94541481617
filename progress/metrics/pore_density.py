"""Pore density: how many conspicuous pores a square centimetre holds."""

from __future__ import annotations

import numpy as np

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.blobs import PORE_PX_PER_MM, find_pores, pores_inside
from progress.metrics.blocks import standard_error_of_sum_per_px
from progress.metrics.chromophores import smoothed
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need
from progress.model.checks import FloatArray
from progress.phantom.relief_doses import pores

_MAP_SIGMA_MM = 2.0


@once_per_picture
def density_map(analysis: Analysis) -> FloatArray:
    """Pores per cm2 within about 2 mm of each point, shape (H, W) at the pore scale."""
    skin = analysis.skin(PORE_PX_PER_MM)
    local = smoothed(find_pores(analysis).counts, skin.mask, _MAP_SIGMA_MM * skin.px_per_mm)
    return local * np.float32(100 * skin.px_per_mm**2)


@metric(
    id="pore_density",
    version=1,
    label="Pore density",
    unit="1/cm2",
    better=Direction.LOWER,
    needs={Need.DETAIL, Need.SURFACE},
    min_px_per_mm=10.0,
    working_px_per_mm=PORE_PX_PER_MM,
    phantom=pores,
    source="Flament et al. 2015, doi:10.2147/CCID.S74401; Lindeberg 1998, "
    "doi:10.1023/A:1008045108935",
    field=density_map,
)
def pore_density(analysis: Analysis, window: Window) -> Estimate:
    """Conspicuous pores per square centimetre of the picture plane."""
    found = find_pores(analysis)
    index, rows, columns = pores_inside(found, window)
    each = found.weight[index]
    per_px = float(each.sum(dtype=np.float64)) / window.n_px
    to_cm2 = 100 * window.px_per_mm**2
    error = standard_error_of_sum_per_px(rows, columns, each, window)
    return Estimate(to_cm2 * per_px, to_cm2 * error, window.n_px)
