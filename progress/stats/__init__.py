"""Numbers become judgement: noise, change, trend, healing. No pixels."""

from progress.stats.change import holm, judge_change
from progress.stats.healing import (
    REDNESS_DAYS,
    RESULT_AFTER_DAYS,
    SWELLING_DAYS,
    SameDay,
    SeriesVerdict,
    healing_days,
    in_healing_window,
    series_verdict,
)
from progress.stats.noise import ChangeNoise, estimate_noise, t_quantile
from progress.stats.pooling import huber_mean, pool_shots
from progress.stats.region_prior import prior_from_regions
from progress.stats.simulated import NoisePrior, SimulatedNoise, Span
from progress.stats.trend import fit_trend

__all__ = [
    "REDNESS_DAYS",
    "RESULT_AFTER_DAYS",
    "SWELLING_DAYS",
    "ChangeNoise",
    "NoisePrior",
    "SameDay",
    "SeriesVerdict",
    "SimulatedNoise",
    "Span",
    "estimate_noise",
    "fit_trend",
    "healing_days",
    "holm",
    "huber_mean",
    "in_healing_window",
    "judge_change",
    "pool_shots",
    "prior_from_regions",
    "series_verdict",
    "t_quantile",
]
