"""Pore area: the share of the surface that conspicuous pores take."""

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
def area_map(analysis: Analysis) -> FloatArray:
    """Percentage of pore area within about 2 mm of each point, shape (H, W) at the pore scale."""
    skin = analysis.skin(PORE_PX_PER_MM)
    local = smoothed(find_pores(analysis).areas, skin.mask, _MAP_SIGMA_MM * skin.px_per_mm)
    return local * np.float32(100 * skin.px_per_mm**2)


@metric(
    id="pore_area",
    version=2,
    label="Pore area",
    unit="%",
    better=Direction.LOWER,
    needs={Need.DETAIL, Need.SURFACE},
    min_px_per_mm=10.0,
    working_px_per_mm=PORE_PX_PER_MM,
    phantom=pores,
    source="Flament et al. 2015, doi:10.2147/CCID.S74401",
    field=area_map,
)
def pore_area(analysis: Analysis, window: Window) -> Estimate:
    """Share of the surface that conspicuous pores take, in % of the picture plane.

    Each pore counts as the disc that, blurred by the camera, looks like it.
    """
    found = find_pores(analysis)
    index, rows, columns = pores_inside(found, window)
    each = found.weight[index] * found.area_mm2[index]
    per_px = float(each.sum(dtype=np.float64)) / window.n_px
    to_percent = 100 * window.px_per_mm**2
    error = standard_error_of_sum_per_px(rows, columns, each, window)
    return Estimate(to_percent * per_px, to_percent * error, window.n_px)
