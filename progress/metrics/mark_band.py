"""A band with free edges, laid over a profile across the skin."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from progress.metrics.mark_line import ACROSS_MM
from progress.model import NotMeasured

_NARROWEST_MM, _WIDEST_MM = 0.4, 10.0
_POWERS: Final = (1.3, 12.0)
_USUAL_POWER, _POWER_SPREAD = 2.7, 0.5
"""Of the logarithm: soft marks have 2, cut ones 5. Mottling beside a faint one must not be taken
for a foot of it."""
_WEIGHT: Final = 0.2
"""Of that in the fit; residuals of a clear mark are some hundredths of its height."""
_ASIDE_MM: Final = 1.0
"""The line was laid through the band before; farther aside lies another."""
UNKNOWN_END: Final = NotMeasured("the mark is too faint for its ends")
_OUTLYING: Final = 0.1
"""Share of the band's height from which a residual counts less than its square."""
LEAST_EXPLAINED: Final = 0.9
"""Share of the profile's variance. Together with the least contrast of `mark_width` it keeps out
what has no edges: red marks of 2 dE on dark skin, whose widths came out 0.5 mm apart."""


@dataclass(frozen=True, slots=True)
class Band:
    """A bell with free edges: where its middle is, its full width at half height, its power."""

    centre_mm: float
    width_mm: float
    power: float

    def at(self, across_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Height at positions across the line, 1 in the middle."""
        away = np.abs(2.0 * (across_mm - self.centre_mm) / self.width_mm)
        return np.asarray(np.exp(-math.log(2.0) * np.minimum(away, 8.0) ** self.power))

    @property
    def flank_from_mm(self) -> float:
        """Distance from the middle line at which the flanks begin: a soft band has 5 % left."""
        return float(np.clip(self.width_mm + 0.5, 2.0, 8.0))


@dataclass(frozen=True, slots=True, eq=False)
class FittedBand:
    """A band and how its width answers to the profile.

    Parameters
    ----------
    band : Band or NotMeasured
        Why there is none, if so.
    likeliest : Band
        The best one, good or bad.
    influence : ndarray of float64, shape (m,)
        Change of the width in mm per unit of the profile at ``ACROSS_MM``.
    explained : float
        Share of the profile's variance that it accounts for.
    """

    band: Band | NotMeasured
    likeliest: Band
    influence: NDArray[np.float64] = field(repr=False)
    explained: float

    def width_of(self, difference: NDArray[np.float64]) -> float:
        """Change of the width, to first order, for a profile that differs by so much."""
        return float(self.influence @ np.nan_to_num(difference))


def fit_band(signal: NDArray[np.float64], seen: NDArray[np.bool_], first: Band) -> FittedBand:
    """The band that explains a profile best, on a straight ground.

    Parameters
    ----------
    signal : ndarray of float64, shape (m,)
        Profile at ``ACROSS_MM``, about 1 high in the middle.
    seen : ndarray of bool, shape (m,)
        What of it counts.
    first : Band
        Where to begin.
    """
    x, y = ACROSS_MM[seen], signal[seen]

    def misfit(free: NDArray[np.float64]) -> NDArray[np.float64]:
        band = Band(free[3], math.exp(free[4]), math.exp(free[5]))
        return np.asarray(free[0] + free[1] * x / 10 + free[2] * band.at(x) - y)

    def doubt(free: NDArray[np.float64]) -> NDArray[np.float64]:
        unusual = (free[5] - math.log(_USUAL_POWER)) / _POWER_SPREAD
        return np.append(misfit(free), _WEIGHT * unusual)

    low = [-3, -3, 0, -_ASIDE_MM, math.log(_NARROWEST_MM), math.log(_POWERS[0])]
    high = [3, 3, 5, _ASIDE_MM, math.log(_WIDEST_MM), math.log(_POWERS[1])]
    start = [0, 0, 1, first.centre_mm, math.log(first.width_mm), math.log(max(first.power, 1.5))]
    found = least_squares(
        doubt, start, bounds=(low, high), loss="soft_l1", f_scale=_OUTLYING, max_nfev=60
    )
    band = Band(float(found.x[3]), math.exp(found.x[4]), math.exp(found.x[5]))
    influence = np.zeros(len(signal))
    normal = found.jac.T @ found.jac + 1e-9 * np.eye(6)
    influence[seen] = band.width_mm * np.linalg.solve(normal, found.jac.T)[4, :-1]
    ground = found.x[0] + found.x[1] * x / 10
    left = float(np.var(misfit(found.x))) / max(float(np.var(y - ground)), 1e-12)
    told: Band | NotMeasured = band
    if not 1.05 * _NARROWEST_MM < band.width_mm < 0.95 * _WIDEST_MM:
        told = NotMeasured("no band of 0.4 to 10 mm inside the outline")
    elif abs(band.centre_mm) > 0.95 * _ASIDE_MM or band.power < 1.05 * _POWERS[0]:
        told = NotMeasured("what is outlined has no soft or cut edges on both sides: no band")
    elif 1 - left < LEAST_EXPLAINED:
        told = NotMeasured("what is outlined is no band, or too faint to have a width")
    return FittedBand(told, band, influence, 1 - left)


def band_amplitudes(
    profiles: NDArray[np.float64], seen: NDArray[np.bool_], band: Band
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Height of a band of known shape in each of several profiles, on a level ground.

    Parameters
    ----------
    profiles : ndarray of float64, shape (n, m)
        NaN where nothing is seen.
    seen : ndarray of bool, shape (m,)
    band : Band

    Returns
    -------
    heights, grounds : ndarray of float64, shape (n,)
        NaN where less than half of the band's middle is seen.
    """
    shape = band.at(ACROSS_MM)
    known = np.isfinite(profiles) & seen
    y = np.where(known, profiles, 0.0)
    n = known.sum(axis=1)
    sx, sxx = (known * shape).sum(axis=1), (known * shape**2).sum(axis=1)
    sy, sxy = y.sum(axis=1), (y * shape).sum(axis=1)
    determinant = n * sxx - sx**2
    core = shape > 0.5
    enough = (known[:, core].mean(axis=1) >= 0.5) & (determinant > 1e-6)
    safe = np.where(enough, determinant, 1.0)
    heights = np.where(enough, (n * sxy - sx * sy) / safe, np.nan)
    grounds = np.where(enough, (sxx * sy - sx * sxy) / safe, np.nan)
    return heights, grounds


def half_contrast_ends(
    strength: NDArray[np.float64], middle: float
) -> tuple[float, float] | NotMeasured:
    """Stations on either side of the middle at which a mark's strength falls through one half.

    Parameters
    ----------
    strength : ndarray of float64, shape (n,)
        Contrast of each station over that of the mark; NaN where it is covered.
    middle : float
        A station that is surely mark.

    Returns
    -------
    tuple of float, or NotMeasured
        Not measured where the mark is faint or runs on beyond what was read.
    """
    known = np.isfinite(strength)
    if known.sum() < 4:
        return UNKNOWN_END
    at = np.arange(len(strength))
    whole = np.interp(at, at[known], strength[known])
    smooth = np.convolve(np.pad(whole, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    ends = []
    for step in (-1, 1):
        place = round(middle)
        while 0 <= place + step < len(smooth) and smooth[place + step] >= 0.5:
            place += step
        beyond = place + step
        if not 0 <= beyond < len(smooth):
            return NotMeasured("the mark runs on beyond its outline: outline it to both ends")
        drop = smooth[place] - smooth[beyond]
        part = (smooth[place] - 0.5) / drop if drop > 1e-9 else 0.0
        ends.append(place + step * float(np.clip(part, 0.0, 1.0)))
    if ends[1] - ends[0] < 4:
        return UNKNOWN_END
    return ends[0], ends[1]
