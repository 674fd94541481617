"""Quantiles of a mixture of Student t distributions, and of the ratio of two such figures."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LevelAndChange:
    """A level and a change from it, known together: a mixture of bivariate t distributions.

    Parameters
    ----------
    weights : ndarray, shape (K,)
        Sum to 1.
    level, change : ndarray, shape (K,)
        Centres.
    level_variance, change_variance, covariance : ndarray, shape (K,)
        Squared scales of the t distributions.
    degrees_of_freedom : float
        Of all of them.
    """

    weights: Floats = field(repr=False)
    level: Floats
    change: Floats
    level_variance: Floats = field(repr=False)
    change_variance: Floats = field(repr=False)
    covariance: Floats = field(repr=False)
    degrees_of_freedom: float

    def combined(self, of_level: Floats | float, of_change: Floats) -> tuple[Floats, Floats]:
        """Centres and scales of ``of_level * level + of_change * change``; shapes broadcast."""
        centre = of_level * self.level + of_change * self.change
        variance = (
            of_level**2 * self.level_variance
            + of_change**2 * self.change_variance
            + 2.0 * of_level * of_change * self.covariance
        )
        return centre, np.sqrt(np.maximum(variance, 0.0))

    def by(self, share: Floats) -> LevelAndChange:
        """The same level with a share of the change, shape (K,)."""
        return LevelAndChange(
            weights=self.weights,
            level=self.level,
            change=self.change * share,
            level_variance=self.level_variance,
            change_variance=self.change_variance * share**2,
            covariance=self.covariance * share,
            degrees_of_freedom=self.degrees_of_freedom,
        )

    def quantiles(self, p: float, of_level: float, of_change: Floats) -> Floats:
        """Quantile `p` of the combination; `of_change` has shape (..., K)."""
        centre, scale = self.combined(of_level, of_change)
        return mixture_quantile(p, self.weights, centre, scale, self.degrees_of_freedom)

    def ratio_quantile(self, p: float) -> float:
        """Quantile `p` of (level + change) / level, by Fieller's argument.

        The probability that the ratio lies below r is that of ``level + change - r * level`` lying
        below 0, for a level that is surely positive (Fieller 1954,
        doi:10.1111/j.2517-6161.1954.tb00159.x).
        """
        centre = float(self.weights @ self.level)
        middle = 1.0 + float(self.weights @ self.change) / centre
        low, high = middle - 1.0, middle + 1.0
        while self._below(low) > p and middle - low < _WIDEST_RATIO:
            low -= high - low
        while self._below(high) < p and high - middle < _WIDEST_RATIO:
            high += high - low
        for _ in range(_HALVINGS):
            mid = 0.5 * (low + high)
            low, high = (mid, high) if self._below(mid) < p else (low, mid)
        return 0.5 * (low + high)

    def _below(self, ratio: float) -> float:
        """Probability that the ratio is lower."""
        centre, scale = self.combined(1.0 - ratio, np.ones_like(self.level))
        return float(self.weights @ stdtr(self.degrees_of_freedom, -centre / scale))


_HALVINGS = 32
"""To a billionth of the bracket, which no reader of an interval can tell."""
_WIDEST_RATIO = 1e6


def mixture_quantile(
    p: float, weights: Floats, centres: Floats, scales: Floats, degrees_of_freedom: float
) -> Floats:
    """Return quantile `p` of mixtures of t distributions that share their degrees of freedom.

    Parameters
    ----------
    p : float
        Between 0 and 1.
    weights : ndarray, shape (K,)
    centres, scales : ndarray, shape (..., K)
    degrees_of_freedom : float

    Returns
    -------
    ndarray, shape (...)
        Found by halving: the mixture's quantile lies between the least and the greatest of those
        of its parts.
    """
    own = centres + scales * stdtrit(degrees_of_freedom, p)
    low, high = own.min(axis=-1), own.max(axis=-1)
    safe = np.where(scales > 0, scales, 1.0)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        below = stdtr(degrees_of_freedom, (middle[..., None] - centres) / safe) @ weights
        low, high = np.where(below < p, middle, low), np.where(below < p, high, middle)
    return np.asarray(0.5 * (low + high))
