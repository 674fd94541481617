"""Scar count: how many atrophic scars are seen on one photo."""

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

_HALF_A_SCAR = 0.5
"""Standard error of a count of none: one might have been missed or be about to be seen."""


@once_per_picture
def count_map(analysis: Analysis) -> FloatArray:
    """Weight of each scar at its centre, 0 elsewhere, shape (H, W), at the colour scale."""
    found = find_scars(analysis)
    return at_centres(analysis, found.weight)


@metric(
    id="scar_count",
    version=1,
    label="Scar count",
    unit="scars",
    better=Direction.LOWER,
    needs={Need.RELIEF_LIGHT, Need.DETAIL},
    min_px_per_mm=MIN_PX_PER_MM,
    working_px_per_mm=COLOUR_PX_PER_MM,
    phantom=scarred,
    source="sizes of scars: Jacob et al. 2001, doi:10.1067/mjd.2001.113451; minimum-variance mix "
    "of channels: Capon 1969, doi:10.1109/PROC.1969.7278",
    field=count_map,
    unseen=UNSEEN_FINDS,
)
def scar_count(analysis: Analysis, window: Window) -> Estimate:
    """Atrophic scars with their centre in the region; a doubtful one counts in part.

    Each photo is counted anew: a scar that became shallower is doubtful before it is gone. Deep
    ice-picks that pass for hairs are not counted, rolling scars on a face hardly ever.
    """
    weights = window.values(count_map(analysis)).astype(np.float64)
    # Poisson scatter of where scars lie, and the coin toss of each doubtful one.
    doubt = float((weights * (1 - np.minimum(weights, 1))).sum())
    error = math.sqrt(float(weights.sum()) + doubt + _HALF_A_SCAR**2)
    return Estimate(float(weights.sum()), error, window.n_px)
