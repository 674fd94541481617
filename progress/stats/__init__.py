"""Numbers become judgement: noise, change, trend, healing. No pixels."""

from progress.stats.baseline_share import pair_of_visits, share_of_baseline
from progress.stats.change import UNKNOWN_ERROR, judge_change
from progress.stats.control import Differencing, difference_noise
from progress.stats.course import MIN_VISITS, Course, FittedCourse, fit_course
from progress.stats.family import holm_adjusted, p_value_of, with_families
from progress.stats.first_seen import first_seen
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
from progress.stats.noise import ChangeNoise, degrees_of_freedom, estimate_noise, t_quantile
from progress.stats.pooling import huber_mean, pool_shots
from progress.stats.region_prior import prior_from_regions
from progress.stats.simulated import NoisePrior, SimulatedNoise, Span
from progress.stats.trend import fit_trend
from progress.stats.visit_effect import SharedOffset, fit_together

__all__ = [
    "MIN_VISITS",
    "REDNESS_DAYS",
    "RESULT_AFTER_DAYS",
    "SWELLING_DAYS",
    "UNKNOWN_ERROR",
    "ChangeNoise",
    "Course",
    "Differencing",
    "FittedCourse",
    "NoisePrior",
    "SameDay",
    "SeriesVerdict",
    "SharedOffset",
    "SimulatedNoise",
    "Span",
    "degrees_of_freedom",
    "difference_noise",
    "estimate_noise",
    "first_seen",
    "fit_course",
    "fit_together",
    "fit_trend",
    "healing_days",
    "holm_adjusted",
    "huber_mean",
    "in_healing_window",
    "judge_change",
    "p_value_of",
    "pair_of_visits",
    "pool_shots",
    "prior_from_regions",
    "series_verdict",
    "share_of_baseline",
    "t_quantile",
    "with_families",
]
