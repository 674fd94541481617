"""What is left of a baseline, in percent of it, where percent of it mean anything."""

from __future__ import annotations

import numpy as np

from progress.model import BaselineShare, NotMeasured
from progress.stats.noise import t_quantile
from progress.stats.student import LevelAndChange

UNITS_WITHOUT_ZERO = frozenset({"deg"})
"""The zero of an angle of colour is a convention: half of 20 degrees is not half of a tone."""

LEAST_IN_ERRORS = 2.0
"""A baseline must lie this many half-widths of its own 95 % interval above zero. At one, the
interval of the ratio has no end (Fieller 1954); at two, it is at most a third wider than the
errors alone say."""


def share_of_baseline(known: LevelAndChange, *, unit: str) -> BaselineShare | NotMeasured:
    """Return the level after a change in percent of that before it.

    Parameters
    ----------
    known : LevelAndChange
        From `FittedCourse.known_until`, or `pair_of_visits`.
    unit : str
        Of the metric.

    Returns
    -------
    BaselineShare or NotMeasured
        With Fieller's 95 % interval. Not measured where the unit has no zero, or the baseline is
        not clearly above it.
    """
    if unit in UNITS_WITHOUT_ZERO:
        return NotMeasured("percent of the baseline mean nothing: the scale has no zero")
    level = float(known.weights @ known.level)
    spread = known.weights @ (known.level_variance + (known.level - level) ** 2)
    reach = t_quantile(known.degrees_of_freedom) * float(np.sqrt(spread))
    if level <= LEAST_IN_ERRORS * reach:
        return NotMeasured(
            "percent of the baseline mean nothing: the baseline is too near zero for its error"
        )
    low, middle, high = (100.0 * known.ratio_quantile(p) for p in (0.025, 0.5, 0.975))
    return BaselineShare(middle, low, high)


def pair_of_visits(
    baseline: float,
    baseline_error: float,
    change: float,
    change_error: float,
    *,
    degrees_of_freedom: float,
) -> LevelAndChange:
    """Return two visits as a level and a change from it.

    Parameters
    ----------
    baseline, baseline_error : float
        The first visit with its standard error.
    change, change_error : float
        From there to the second, with the standard error of the change.
    degrees_of_freedom : float
        Of the errors.

    Notes
    -----
    The visits err independently, so the covariance of level and change is minus the variance of
    the level. That holds of a change against a control too, whose baseline is the visit's own.
    """
    one = np.ones(1)
    return LevelAndChange(
        weights=one,
        level=one * baseline,
        change=one * change,
        level_variance=one * baseline_error**2,
        change_variance=one * change_error**2,
        covariance=-one * min(baseline_error**2, change_error**2),
        degrees_of_freedom=degrees_of_freedom,
    )
