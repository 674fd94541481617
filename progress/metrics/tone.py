"""Tone: the individual typology angle, described and never judged."""

from __future__ import annotations

import numpy as np

from progress.imaging import ita_deg, lab_from_linear
from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.blocks import MEDIAN_OVER_MEAN, standard_error_of_mean
from progress.metrics.chromophores import COLOUR_PX_PER_MM
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need
from progress.model.checks import FloatArray
from progress.phantom.colour_doses import tan


@once_per_picture
def ita_map(analysis: Analysis) -> FloatArray:
    """Individual typology angle per pixel in degrees, shape (H, W) at the colour scale."""
    linear = analysis.skin(COLOUR_PX_PER_MM).linear
    return np.asarray(ita_deg(lab_from_linear(linear)), dtype=np.float32)


@metric(
    id="tone",
    version=1,
    label="Skin tone",
    unit="deg",
    better=Direction.NONE,
    needs={Need.ABSOLUTE_COLOUR},
    min_px_per_mm=3.0,
    working_px_per_mm=COLOUR_PX_PER_MM,
    phantom=tan,
    source="Chardon, Cretois & Hourseau 1991, doi:10.1111/j.1467-2494.1991.tb00561.x",
    field=ita_map,
    unseen=1.0,
)
def tone(analysis: Analysis, window: Window) -> Estimate:
    """Individual typology angle (ITA) of the region's median colour; high is light.

    Neither lighter nor darker is better. It is not specific to melanin: more blood lowers it and
    more exposure raises it, which is why it needs matched exposure and white balance.
    """
    colours = window.values(analysis.skin(COLOUR_PX_PER_MM).linear)
    # Channel by channel: the median over the rows of a table takes five times as long.
    median = np.array([np.median(channel) for channel in colours.T.copy()], dtype=np.float64)
    value = float(ita_deg(lab_from_linear(median)))
    # Shadow may turn single pixels through 180 degrees; they are not evidence of scatter.
    near = np.clip(window.crop(ita_map(analysis)), value - 45, value + 45)
    return Estimate(value, MEDIAN_OVER_MEAN * standard_error_of_mean(near, window), window.n_px)
