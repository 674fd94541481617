"""Scar relief: how strongly hollows of one to three millimetres shade, from one photo."""

from __future__ import annotations

import numpy as np

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.blocks import standard_error_of_mean
from progress.metrics.chromophores import COLOUR_PX_PER_MM
from progress.metrics.hollows import hollow_contrast
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need
from progress.model.checks import FloatArray
from progress.phantom.doses import scars


@once_per_picture
def relief_map(analysis: Analysis) -> FloatArray:
    """Log-contrast of hollows in %, shape (H, W) at the colour scale; negative on bumps."""
    return np.asarray(100 * hollow_contrast(analysis), dtype=np.float32)


@metric(
    id="scar_relief",
    version=1,
    label="Scar relief",
    unit="%",
    better=Direction.LOWER,
    needs={Need.RELIEF_LIGHT},
    min_px_per_mm=8.0,
    working_px_per_mm=COLOUR_PX_PER_MM,
    phantom=scars,
    source="Lambert shading of relief, Woodham 1980, doi:10.1117/12.7972479; sizes of scars: "
    "Jacob et al. 2001, doi:10.1067/mjd.2001.113451",
    field=relief_map,
)
def scar_relief(analysis: Analysis, window: Window) -> Estimate:
    """Mean relief contrast of hollows of 1 to 3 mm (ice-pick and boxcar scars), in %; no depth.

    Bumps count against hollows. Rolling scars, wider than 4 mm and gently sloped, are not seen, and
    ice-picks deeper than wide no longer gain. Frontal light shows no relief, and a lamp that moved
    by 5 degrees changes the figure by tenths: compare only under the same light.
    """
    local = relief_map(analysis)
    value = float(window.values(local).mean(dtype=np.float64))
    return Estimate(value, standard_error_of_mean(window.crop(local), window), window.n_px)
