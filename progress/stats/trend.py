"""A straight line through a course, as sure as its visits allow."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from progress.model import NotMeasured, Trend
from progress.stats.noise import t_quantile

MIN_SESSIONS = 4
"""Fewer leave one degree of freedom or none after a line and a visit effect."""

_PER_DAYS = 28.0


def fit_trend(
    days: Sequence[float], values: Sequence[float], standard_errors: Sequence[float]
) -> Trend | NotMeasured:
    """Return the slope per 28 days with its 95 % interval.

    Parameters
    ----------
    days : sequence of float
        Of the healed sessions, from any origin; sessions inside a healing window stay out.
    values : sequence of float
        The metric at those sessions (the values themselves: changes against one baseline share
        its error and would look surer than they are).
    standard_errors : sequence of float
        Error of each session's value, session nuisances included, as `estimate_noise` gives it
        for one visit; not the metric's own sampling error. Positive.

    Returns
    -------
    Trend or NotMeasured
        Not measured with sessions on fewer than four different days.

    Raises
    ------
    ValueError
        For lengths that differ or numbers that are not finite or positive.

    Notes
    -----
    ``value = a + b * day + visit + error``: weighted least squares with weights
    ``1 / (se^2 + visit^2)``. The visit variance is what makes the weighted residuals as large as
    they should be, and 0 if they are smaller than the given errors say (Paule & Mandel 1982,
    doi:10.6028/jres.087.022), so a lucky straight row of points never looks surer than its
    errors. The interval takes t with n - 2 degrees of freedom. A course that runs level, then
    falls, is described by its mean slope only.
    """
    t, y, se = (np.asarray(x, dtype=np.float64) for x in (days, values, standard_errors))
    if not t.shape == y.shape == se.shape or t.ndim != 1:
        raise ValueError(f"fit_trend: expected equal lengths, got {t.size}, {y.size}, {se.size}")
    if not (np.isfinite(t).all() and np.isfinite(y).all()):
        raise ValueError("fit_trend: expected finite days and values")
    if not (np.isfinite(se).all() and (se > 0).all()):
        raise ValueError("fit_trend: expected positive standard errors")
    n_days = np.unique(t).size
    if n_days < MIN_SESSIONS:
        return NotMeasured(
            f"{n_days} healed session{'' if n_days == 1 else 's'}; "
            f"a trend needs at least {MIN_SESSIONS}"
        )
    slope, variance = _line(t, y, se**2 + _visit_variance(t, y, se))
    half = t_quantile(t.size - 2.0) * math.sqrt(variance)
    return Trend(
        per_28_days=slope * _PER_DAYS,
        low=(slope - half) * _PER_DAYS,
        high=(slope + half) * _PER_DAYS,
        n_sessions=int(t.size),
    )


def _line(
    t: NDArray[np.float64], y: NDArray[np.float64], variance: NDArray[np.float64]
) -> tuple[float, float]:
    """Slope and its variance by weighted least squares, both about the weighted mean day."""
    w = 1.0 / variance
    centred = t - np.average(t, weights=w)
    spread = float((w * centred**2).sum())
    return float((w * centred * y).sum()) / spread, 1.0 / spread


def _excess(t: NDArray[np.float64], y: NDArray[np.float64], variance: NDArray[np.float64]) -> float:
    """Weighted residual sum of squares less its expectation n - 2."""
    slope, _ = _line(t, y, variance)
    w = 1.0 / variance
    residual = y - np.average(y, weights=w) - slope * (t - np.average(t, weights=w))
    return float((w * residual**2).sum()) - (t.size - 2)


def _visit_variance(
    t: NDArray[np.float64], y: NDArray[np.float64], se: NDArray[np.float64]
) -> float:
    """Paule-Mandel variance of the visits beyond their given errors; 0 if there is none."""
    if _excess(t, y, se**2) <= 0.0:
        return 0.0
    # At n times the mean square of the values the excess is surely negative.
    top = float(((y - y.mean()) ** 2).sum()) + float((se**2).max())
    return float(brentq(lambda v: _excess(t, y, se**2 + v), 0.0, top, xtol=1e-12 * top))
