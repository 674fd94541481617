"""Scar area: how much skin the footprints of atrophic scars cover on one photo."""

from __future__ import annotations

import math

import numpy as np

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.chromophores import COLOUR_PX_PER_MM
from progress.metrics.registry import metric
from progress.metrics.scars import MIN_PX_PER_MM, UNSEEN_FINDS, at_centres, find_scars
from progress.model import Direction, Estimate, Need
from progress.model.checks import FloatArray
from progress.phantom.scar_doses import scarred

_HALF_A_SCAR_MM2 = 1.0
"""Standard error of an area of none: half of a scar 1.6 mm across."""


@once_per_picture
def area_map(analysis: Analysis) -> FloatArray:
    """Weighted footprint in mm2 of each scar at its centre, shape (H, W), at the colour scale."""
    found = find_scars(analysis)
    return at_centres(analysis, found.weight * found.area_mm2)


@metric(
    id="scar_area",
    version=1,
    label="Scar area",
    unit="mm2",
    better=Direction.LOWER,
    needs={Need.RELIEF_LIGHT, Need.DETAIL},
    min_px_per_mm=MIN_PX_PER_MM,
    working_px_per_mm=COLOUR_PX_PER_MM,
    phantom=scarred,
    source="sizes of scars: Jacob et al. 2001, doi:10.1067/mjd.2001.113451; minimum-variance mix "
    "of channels: Capon 1969, doi:10.1109/PROC.1969.7278",
    field=area_map,
    unseen=UNSEEN_FINDS,
)
def scar_area(analysis: Analysis, window: Window) -> Estimate:
    """Footprints, wall to wall, of the atrophic scars with their centre in the region, in mm2.

    In the picture plane; a doubtful scar counts in part. A scar that becomes shallower keeps its
    footprint until it is no longer seen, so area says less of a treatment than relief does.
    """
    areas = window.values(area_map(analysis)).astype(np.float64)
    error = math.sqrt(float((areas**2).sum()) + _HALF_A_SCAR_MM2**2)
    return Estimate(float(areas.sum()), error, window.n_px)
