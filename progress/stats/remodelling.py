"""Shapes that new collagen may give a course between its first and its last visit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

REMODELLING_DAYS = (28.0, 38.0, 52.0, 70.0)
"""Time constants of four to ten weeks, evenly spaced in logarithm: studies photograph results at 4,
8, 12 and 24 weeks (Alam 2014; von Dalwig-Nolda 2020), and one client's visits cannot tell one of
these from the next."""

FLARE_DAYS = 3.0
"""Slowest time constant of redness and swelling after needling; most fade within one to three
days, and the slowest leaves the most behind."""

_LEAST_RISE = 0.02
"""A shape that has grown by less than this share between first and last visit is no regressor."""


def remodelling_shapes(
    days: Sequence[float] | NDArray[np.float64],
    treatment_days: Sequence[float],
    *,
    first: float,
    last: float,
) -> NDArray[np.float64]:
    """Return how far each shape has come on each day: 0 on the first visit, 1 on the last.

    Parameters
    ----------
    days : sequence of float
        Where to evaluate, from any origin.
    treatment_days : sequence of float
        From the same origin; those after `last` do not matter.
    first, last : float
        Days of the first and the last usable visit.

    Returns
    -------
    ndarray of float64, shape (K, n)
        ``1 - exp(-(t - t_1) / tau)`` from the first treatment on, and the same with an equal share
        begun by every treatment, for each tau of `REMODELLING_DAYS`; the two are one where there
        was one treatment. K is 0 where no treatment lies early enough to have done anything.
    """
    t = np.asarray(days, dtype=np.float64)
    treated = np.unique([day for day in treatment_days if day < last])
    if treated.size == 0:
        return np.empty((0, t.size))
    begun = [treated[:1]] if treated.size == 1 else [treated[:1], treated]
    ends = np.array([first, last])
    shapes = []
    for starts in begun:
        for tau in REMODELLING_DAYS:
            at_first, at_last = _grown(ends, starts, tau)
            if at_last - at_first < _LEAST_RISE:
                continue
            shapes.append((_grown(t, starts, tau) - at_first) / (at_last - at_first))
    return np.array(shapes).reshape(-1, t.size)


def flare_left(
    days: Sequence[float] | NDArray[np.float64], treatment_days: Sequence[float]
) -> NDArray[np.float64]:
    """Return what is left on each day of the immediate reaction to all treatments before it.

    Parameters
    ----------
    days, treatment_days : sequence of float
        From one origin. A photo on a treatment's own day was taken before it.

    Returns
    -------
    ndarray of float64, shape (n,)
        1 for a single treatment at its very moment, by `FLARE_DAYS` later 1/e.
    """
    since = np.asarray(days, dtype=np.float64)[:, None] - np.asarray(treatment_days, np.float64)
    fading = np.exp(-np.maximum(since, 0.0) / FLARE_DAYS)
    return np.asarray(np.where(since > 0, fading, 0.0).sum(axis=1))


def _grown(t: NDArray[np.float64], starts: NDArray[np.float64], tau: float) -> NDArray[np.float64]:
    """Mean over treatments of the growth since each."""
    since = np.maximum(t[:, None] - starts, 0.0)
    return np.asarray((1.0 - np.exp(-since / tau)).mean(axis=1))
