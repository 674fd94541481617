"""The colour profile across an outlined mark: contrast to both flanks, width, length.

Bands are read in optical density against the flanks beside them, so exposure, white balance and
shading cancel. The shape is a bell with free edges, ``exp(-ln 2 |2 x / width|^power)``: its width
at half height is a parameter of its own, whether the edge is soft (power 2) or cut (power 12).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.mark_band import (
    LEAST_EXPLAINED,
    UNKNOWN_END,
    Band,
    FittedBand,
    band_amplitudes,
    fit_band,
    half_contrast_ends,
)
from progress.metrics.mark_line import (
    ACROSS_MM,
    Strip,
    across_between,
    extended,
    middle_line,
    straightened,
)
from progress.metrics.mark_ridge import (
    FLANK_MM,
    find_ridge,
    follow_ridge,
    held,
    levelled,
    mean,
    median,
    weights_of,
)
from progress.model import NotMeasured

_BEYOND: Final = 4
"""Stations read beyond either end of the outline, for marks that were outlined too short."""
_MIDDLE: Final = 0.6
"""Share of the length that is pooled: towards their ends marks run out."""
_LEAST_FLANK_MM: Final = 2.0
_NEIGHBOUR: Final = 0.3
"""Share of the mark's own contrast at which the flank is taken to have ended: another mark, a mole,
a fold."""
_NEIGHBOUR_OD: Final = 0.06
"""And the least of it: mottling of bare skin pooled along a mark."""
_LEAST_HALF: Final = 2.0
"""Stations on either side of the middle that are pooled at least."""
_ROUNDS: Final = 3
_WORTH_FOLLOWING: Final = 0.5
"""Share of the first profile that a band explains: a neighbour in its flank, which the next round
leaves out, may hide half."""
_COVERED: Final = 0.5
_LANE_PX, _LANE_BESIDE_MM = 6, 1.5
"""A lane of three quarters of a millimetre that is not skin, in the outline or just beside it: no
single hair is as wide, and a narrow mark is wider with its rim."""
_FIRST: Final = Band(0.0, 3.0, 2.0)
"""Laid over a mark whose own shape is not known yet, or is too faint to be known at all."""
_JACK: Final = 2
"""Stations left out together: mottling runs over some millimetres."""
_NO_BAND: Final = 0.75
"""Share of the profile explained up to which nothing of the band that was followed counts."""


@dataclass(frozen=True, slots=True, eq=False)
class MarkProfile:
    """What is known of one outlined mark.

    Parameters
    ----------
    density : ndarray of float64, shape (3,)
        Optical density of red, green and blue in the middle of the band less that of the flanks.
    covariance : ndarray of float64, shape (3, 3)
        Of its error, from how stretches of the mark disagree.
    band : Band or NotMeasured
        Its shape, or why it has none.
    width_error_mm : float
        One standard error of the band's width; 0 without one.
    flank : ndarray of float64, shape (3,)
        Optical density of the flanks.
    pooled : ndarray of float64, shape (m, 3)
        Density above the flanks at ``ACROSS_MM``; NaN where no skin is seen.
    flanks_mm : tuple of float
        Outer ends of the flanks, left (negative) and right.
    line_px : ndarray, shape (n, 2)
        The middle line in pixels of the working skin, some stations longer than the outline.
    strength : ndarray, shape (n,)
        Contrast of each station over that of the mark; NaN where it is covered.
    ends : tuple of float, or NotMeasured
        Stations, counted in `line_px`, at which half of the contrast is left.
    n_px : int
        Working pixels of the outline.
    explained : float
        Share of the pooled profile's variance that the band accounts for.
    """

    density: NDArray[np.float64]
    covariance: NDArray[np.float64] = field(repr=False)
    band: Band | NotMeasured
    width_error_mm: float
    flank: NDArray[np.float64] = field(repr=False)
    pooled: NDArray[np.float64] = field(repr=False)
    flanks_mm: tuple[float, float]
    line_px: NDArray[np.float64] = field(repr=False)
    strength: NDArray[np.float64] = field(repr=False)
    ends: tuple[float, float] | NotMeasured
    n_px: int
    explained: float

    def along(self, weights: NDArray[np.float64]) -> tuple[float, float]:
        """A weighted sum of the three densities and its standard error."""
        variance = float(weights @ self.covariance @ weights)
        return float(weights @ self.density), math.sqrt(max(variance, 0.0))


@once_per_picture
def mark_profile(analysis: Analysis, window: Window) -> MarkProfile | NotMeasured:
    """The profile across the mark that a region outlines.

    Parameters
    ----------
    analysis : Analysis
        Its whole skin is read: the flanks lie outside the outline.
    window : Window
        The outline in ``analysis.skin(MARK_PX_PER_MM)``.

    Returns
    -------
    MarkProfile or NotMeasured
        Not measured where the outline is no band, where too little of the mark or of its flanks is
        bare skin.
    """
    middle = middle_line(window)
    if isinstance(middle, NotMeasured):
        return middle
    strip = straightened(analysis, extended(middle, _BEYOND))
    inside = np.zeros(len(strip.line_px), dtype=bool)
    inside[_BEYOND:-_BEYOND] = True
    if _is_hidden(strip, inside, window.area_mm2):
        return NotMeasured(
            "something along the outlined skin is covered: hair, glare, or a mark so pale that it "
            "passes for glare"
        )
    strip = straightened(analysis, strip.moved(find_ridge(strip.density, inside), window.px_per_mm))
    first = _read(strip, inside)
    if isinstance(first, NotMeasured):
        return first
    at_first, read = strip, first
    for _ in range(_ROUNDS):
        if read.fitted.explained < _WORTH_FOLLOWING:
            break
        offset = follow_ridge(read.signal, read.band.width_mm, inside)
        strip = straightened(analysis, strip.moved(offset, window.px_per_mm))
        again = _read(strip, inside, read)
        if isinstance(again, NotMeasured):
            return again
        read = again
    found = _settled(read, strip, window.n_px)
    if not isinstance(found.band, NotMeasured):
        return found
    # What was followed may be mottling, and stands out more than what was outlined. A step from one
    # to the other would make two shots of one faint mark disagree.
    trust = float(np.clip((found.explained - _NO_BAND) / (LEAST_EXPLAINED - _NO_BAND), 0.0, 1.0))
    plain = _settled(first, at_first, window.n_px)
    return replace(
        plain,
        density=trust * found.density + (1 - trust) * plain.density,
        band=found.band,
        explained=found.explained,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """One round over a strip: what was laid over it and what was found."""

    band: Band
    fitted: FittedBand
    shares: NDArray[np.float64]
    ends: tuple[float, float] | NotMeasured
    flanks: tuple[float, float]
    stations: NDArray[np.float64]
    level: NDArray[np.float64]
    pooled: NDArray[np.float64]
    seen: NDArray[np.bool_]
    weights: NDArray[np.float64]
    signal: NDArray[np.float64]
    strength: NDArray[np.float64]


def _read(
    strip: Strip, inside: NDArray[np.bool_], before: _Reading | None = None
) -> _Reading | NotMeasured:
    """The band of a strip; flanks, ends and weights are told by the band before."""
    stations = np.flatnonzero(inside)
    ends: tuple[float, float] | NotMeasured = UNKNOWN_END
    whole = float(stations[0]) - 0.5, float(stations[-1]) + 0.5
    band = _FIRST if before is None else before.band
    if before is not None and not isinstance(before.ends, NotMeasured):
        whole = before.ends
    shares = _shares(whole, len(inside))
    start = band.flank_from_mm
    widest = (-start - FLANK_MM, start + FLANK_MM)
    flanks = widest if before is None else _flank_ends(before, start)
    if max(-flanks[0], flanks[1]) - start < _LEAST_FLANK_MM:
        return NotMeasured("no bare flank beside the mark: cut off, covered, or other marks")
    above, level = levelled(strip.density, start, flanks)
    used = shares > 0
    core = np.abs(ACROSS_MM - band.centre_mm) <= band.width_mm / 4
    if np.isnan(above[used][:, core, 0]).mean() > _COVERED:
        return NotMeasured("too little bare skin on the mark or beside it: covered or cut off")
    held_stations = held(above[used])
    pooled = mean(held_stations, shares[used])
    weights = weights_of(
        held_stations,
        core_mm=(band.centre_mm - band.width_mm / 4, band.centre_mm + band.width_mm / 4),
        from_mm=start,
    )
    seen = np.isfinite(pooled[:, 0]) & across_between(*flanks)
    fitted = fit_band(pooled @ weights, seen, band)
    if fitted.explained >= _WORTH_FOLLOWING:
        band = fitted.likeliest
    strength, _ = band_amplitudes(above @ weights, seen, band)
    if fitted.explained >= _WORTH_FOLLOWING:
        ends = half_contrast_ends(
            strength, float(np.average(np.arange(len(shares)), weights=shares))
        )
    return _Reading(
        band=band,
        fitted=fitted,
        shares=shares,
        ends=ends,
        flanks=flanks,
        stations=held_stations,
        level=level,
        pooled=pooled,
        seen=seen,
        weights=weights,
        signal=above @ weights,
        strength=strength,
    )


def _settled(read: _Reading, strip: Strip, n_px: int) -> MarkProfile:
    """The profile of the last round with its errors, by leaving out stretches of the mark."""
    told = read.fitted.band
    shape = _FIRST if isinstance(told, NotMeasured) else read.band
    density, _ = band_amplitudes(read.pooled.T, read.seen, shape)
    shares = read.shares[read.shares > 0]
    densities, widths = [], []
    for first in range(0, len(shares), _JACK):
        left = shares.copy()
        left[first : first + _JACK] = 0.0
        part = mean(read.stations, left)
        densities.append(band_amplitudes(part.T, read.seen, shape)[0])
        widths.append(read.fitted.width_of((part - read.pooled) @ read.weights))
    n = len(widths)
    scatter = np.array(densities) - np.mean(densities, axis=0)
    return MarkProfile(
        density=density,
        covariance=(n - 1) / n * scatter.T @ scatter,
        band=told,
        width_error_mm=math.sqrt((n - 1) * float(np.var(widths))),
        flank=median(read.level[read.shares > 0], 0),
        pooled=read.pooled,
        flanks_mm=read.flanks,
        line_px=strip.line_px,
        strength=read.strength,
        ends=UNKNOWN_END if isinstance(told, NotMeasured) else read.ends,
        n_px=n_px,
        explained=read.fitted.explained,
    )


def _is_hidden(strip: Strip, inside: NDArray[np.bool_], area_mm2: float) -> bool:
    """Whether a lane along the outline is no bare skin at most of its stations.

    What is measured beside a mark that is masked would pass for a mark that has gone.
    """
    half_mm = area_mm2 / max(int(np.count_nonzero(inside)), 1) / 2 + _LANE_BESIDE_MM
    covered = np.isnan(strip.density[inside][:, np.abs(ACROSS_MM) <= half_mm, 0]).mean(axis=0)
    lane = np.convolve(covered > _COVERED, np.ones(_LANE_PX), mode="valid")
    return bool((lane >= _LANE_PX).any())


def _shares(ends: tuple[float, float], n: int) -> NDArray[np.float64]:
    """How much of each station lies in the middle part between two ends, 0..1, shape (n,)."""
    half = max(_MIDDLE * (ends[1] - ends[0]) / 2, _LEAST_HALF)
    away = np.abs(np.arange(n) - (ends[0] + ends[1]) / 2)
    return np.asarray(np.clip(half + 0.5 - away, 0.0, 1.0))


def _flank_ends(before: _Reading, start: float) -> tuple[float, float]:
    """Where on either side the skin stops being bare flank, outwards from `start`."""
    signal = before.pooled @ before.weights
    core = np.abs(ACROSS_MM - before.band.centre_mm) <= before.band.width_mm / 4
    height = float(np.linalg.norm(mean(before.pooled[core])))
    limit = max(_NEIGHBOUR, _NEIGHBOUR_OD / max(height, 1e-6))
    ends = []
    for side in (-1, 1):
        outer = np.flatnonzero((side * ACROSS_MM >= start) & (side * ACROSS_MM <= start + FLANK_MM))
        outer = outer[::side]
        known = np.isfinite(signal[outer])
        padded = np.pad(np.nan_to_num(signal[outer]), 4, mode="edge")
        smooth = np.convolve(padded, np.ones(9) / 9, mode="valid")
        lowest = np.minimum.accumulate(np.abs(smooth))
        bad = ~known | (np.abs(smooth) - lowest > limit)
        last = float(side * ACROSS_MM[outer[-1]])
        if bad.any():
            last = float(side * ACROSS_MM[outer[int(np.argmax(bad))]]) - 0.5
        ends.append(max(last, start))
    return -ends[0], ends[1]
