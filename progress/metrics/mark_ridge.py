"""Where a band runs in straightened skin, and what sets it apart from its flanks."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from progress.metrics.mark_line import ACROSS_MM, STATION_MM, across_between
from progress.model.checks import FloatArray

FLANK_MM: Final = 5.0
"""Width of the skin on either side against which a mark is told (measurement page, section 2)."""
FIRST_FLANK_MM: Final = 4.0
"""Where it begins while the width is not known yet."""

_SEARCH_MM: Final = 3.0
"""A finger draws up to 3 mm beside the mark."""
_TEMPLATES_MM: Final = (1.5, 3.0, 6.0)
_CORES_MM: Final = ((-1.5, 1.5), (-2.5, -0.5), (0.5, 2.5))
_CHANCE, _CHANCE_KNOWN = 3.0, 1.5
"""Height that the best of all positions reaches on bare skin, in units of its scatter: of nine
bells, and of one whose width and colour are known."""
_TURN_MM: Final = 0.25
"""Sideways, from station to station, that a mark leaves its outline's middle: one in four."""
_ASIDE_MM: Final = 1.5
"""One standard deviation of where a mark runs in its outline."""
_ASTRAY_MM: Final = 1.0
"""And beside the line found before; what lies farther is the next cloud of mottling."""
_SMOOTH_MM: Final = 2.0
_NOISE_OD: Final = 0.01
"""Camera noise and chroma rounding of a station's mean: without a floor, weights follow it."""
_LEAST_FLANK_PX: Final = 4
"""Half a millimetre."""
_STRANGE_OD: Final = 0.1
"""Mean over the channels by which a flank may differ from station to station: mottling and a slow
fall of light do by less, moles and folds by more."""
_FARTHEST: Final = 3.0
"""Robust standard deviations at which a station's value is held: a mole or a hair beside the
mark."""


def median(values: NDArray[np.floating], axis: int) -> NDArray[np.float64]:
    """The median of what is known, NaN where nothing is; without a warning."""
    ordered = np.sort(values, axis=axis).astype(np.float64)
    count = np.isfinite(ordered).sum(axis=axis, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum((count - 1) // 2, 0), axis)
    high = np.take_along_axis(ordered, np.maximum(count // 2, 0).clip(0, ordered.shape[axis] - 1),
                              axis)  # fmt: skip
    return np.asarray(np.where(count > 0, (low + high) / 2, np.nan).squeeze(axis))


def mean(
    values: NDArray[np.floating], shares: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """The mean over the first axis of what is known, NaN where nothing is; without a warning."""
    known = np.isfinite(values)
    weight = known.astype(np.float64)
    if shares is not None:
        weight *= shares.reshape(-1, *(1,) * (values.ndim - 1))
    total = (np.where(known, values, 0.0) * weight).sum(axis=0)
    count = weight.sum(axis=0)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1e-9), np.nan))


def levelled(
    density: FloatArray, from_mm: float, ends_mm: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Every station less the straight line through the medians of its two flanks.

    Parameters
    ----------
    density : ndarray, shape (n, m, 3)
        Of a `Strip`.
    from_mm : float
        Distance from the line at which both flanks begin.
    ends_mm : tuple of float
        Where they end, left (negative) and right; a flank of less than half a millimetre is none.

    Returns
    -------
    above : ndarray of float64, shape (n, m, 3)
        NaN where no skin or no flank is seen.
    level : ndarray of float64, shape (n, 3)
        Of the flanks at the line.
    """
    sides = across_between(ends_mm[0], -from_mm), across_between(from_mm, ends_mm[1])
    bare = density.astype(np.float64)
    levels, places = [], []
    for side, beyond in zip(sides, (-from_mm >= ACROSS_MM, from_mm <= ACROSS_MM), strict=True):
        values = np.full((len(density), 3), np.nan)
        if side.any():
            part = density[:, side]
            known = np.isfinite(part[..., 0]).sum(axis=1) >= _LEAST_FLANK_PX
            values = np.where(known[:, np.newaxis], median(part, 1), np.nan)
        strange = _strange(values)
        values[strange] = np.nan
        # A mole or a fold that long is not flank, and not a part of the profile either.
        bare[np.ix_(strange, beyond)] = np.nan
        levels.append(values)
        places.append(float(ACROSS_MM[side].mean()) if side.any() else 0.0)
    left, right = levels
    slope = (right - left) / max(places[1] - places[0], 1e-6)
    both = np.isfinite(slope)
    slope = np.where(both, slope, 0.0)
    level = np.where(both, left - slope * places[0], np.where(np.isfinite(left), left, right))
    line = level[:, np.newaxis] + slope[:, np.newaxis] * ACROSS_MM[:, np.newaxis]
    return bare - line, level


def _strange(flank: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Stations at which one side's flank is unlike that of most others, shape (n,)."""
    known = np.isfinite(flank[:, 0])
    if known.sum() < 4:
        return np.zeros(len(flank), dtype=bool)
    away = np.abs(flank - median(flank, 0)).mean(axis=1)
    usual = 1.4826 * float(np.median(away[known]))
    return np.asarray(known & (np.nan_to_num(away) > max(_FARTHEST * usual, _STRANGE_OD)))


def held(above: NDArray[np.float64]) -> NDArray[np.float64]:
    """The stations with every value held within three robust deviations of the others, as given.

    Shape (n, m, 3); a mean of held values moves with all of the mark, and not with one mole.
    """
    middle = median(above, 0)
    spread = 1.4826 * median(np.abs(above - middle), 0) + _NOISE_OD
    return np.asarray(np.clip(above, middle - _FARTHEST * spread, middle + _FARTHEST * spread))


def weights_of(
    above: NDArray[np.float64], *, core_mm: tuple[float, float], from_mm: float
) -> NDArray[np.float64]:
    """Weights of the three channels that set a band apart best; the band's own height becomes 1.

    Parameters
    ----------
    above : ndarray of float64, shape (n, m, 3)
        From `levelled`, held.
    core_mm : tuple of float
        Left and right end of what is surely band.
    from_mm : float
        Where the flanks begin.

    Returns
    -------
    ndarray of float64, shape (3,)

    Notes
    -----
    Fisher 1936, doi:10.1111/j.1469-1809.1936.tb02137.x. What is bright on one side of the middle
    and dark on the other is light on the relief of the mark; it counts as noise.
    """
    pooled = mean(above)
    core = across_between(*core_mm)
    signal = np.nan_to_num(mean(pooled[core]))
    aside = above[:, np.abs(ACROSS_MM) > from_mm].reshape(-1, 3)
    aside = aside[np.isfinite(aside).all(axis=1)]
    noise = np.eye(3) * _NOISE_OD**2
    if len(aside) > 3:
        noise = noise + aside.T @ aside / len(aside)
    odd = (pooled - pooled[::-1])[np.abs(ACROSS_MM) <= from_mm] / 2
    odd = odd[np.isfinite(odd).all(axis=1)]
    if len(odd):
        noise = noise + odd.T @ odd / len(odd)
    weights = np.linalg.solve(noise, signal)
    height = float(weights @ signal)
    # Nothing at all in the middle: any direction tells that.
    return np.asarray(weights / height) if height > 1e-9 else np.array([0.0, 1.0, 0.0])


def find_ridge(density: FloatArray, inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """How far aside of an outline's middle a band runs at every station, in mm, shape (n,).

    Parameters
    ----------
    density : ndarray, shape (n, m, 3)
        Of a `Strip`.
    inside : ndarray of bool, shape (n,)
        Stations within the outline.

    Notes
    -----
    Neither its place, width nor colour is known yet: bells of three widths are laid over every
    position within 3 mm, in the colours that set the middle or either side of it apart, and the
    kind that answers most along the whole mark is followed.
    """
    ends = (-FIRST_FLANK_MM - FLANK_MM, FIRST_FLANK_MM + FLANK_MM)
    above = held(levelled(density, FIRST_FLANK_MM, ends)[0])
    found = []
    for core_mm in _CORES_MM:
        weights = weights_of(above[inside], core_mm=core_mm, from_mm=FIRST_FLANK_MM)
        found += [_answers(above @ weights, width, inside) for width in _TEMPLATES_MM]
    best = max(found, key=lambda answers: float(np.median(answers[inside].max(axis=1))))
    return _followed(best, inside, _ASIDE_MM, _CHANCE)


def follow_ridge(
    signal: NDArray[np.float64], width_mm: float, inside: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """How far aside of a line a band of known colour and width runs, in mm, shape (n,).

    Parameters
    ----------
    signal : ndarray of float64, shape (n, m)
        Weighted density above the flanks.
    width_mm : float
        Full width at half height.
    inside : ndarray of bool, shape (n,)
        Stations that surely hold it.
    """
    return _followed(_answers(signal, width_mm, inside), inside, _ASTRAY_MM, _CHANCE_KNOWN)


def _followed(
    answers: NDArray[np.float64], inside: NDArray[np.bool_], aside_mm: float, chance: float
) -> NDArray[np.float64]:
    """The smooth path of greatest likelihood (Viterbi 1967, doi:10.1109/TIT.1967.1054010)."""
    states = ACROSS_MM[np.abs(ACROSS_MM) <= _SEARCH_MM]
    highest = float(np.median(answers[inside].max(axis=1)))
    strength = math.sqrt(max(highest**2 - chance**2, 0.0))
    gain = strength * answers - 0.5 * (states / aside_mm) ** 2
    gain[~inside] *= 0.5
    path = states[_best_path(gain, states)]
    return np.asarray(gaussian_filter1d(path, _SMOOTH_MM / STATION_MM, mode="nearest"))


def _answers(
    signal: NDArray[np.float64], width_mm: float, inside: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """A bell's answer at every station and searched position, over its scatter on the flanks."""
    sigma = width_mm / 2.3548
    bell = np.exp(-0.5 * (ACROSS_MM / sigma) ** 2)
    # Less its own mean: a flank that is not quite level must not answer.
    reach = np.abs(ACROSS_MM) <= max(2.0 * width_mm, 3.0)
    kernel = np.where(reach, bell - bell[reach].mean(), 0.0)
    # Neighbouring stations show the same band.
    along = gaussian_filter1d(np.nan_to_num(signal), 1.0 / STATION_MM, axis=0, mode="nearest")
    n = len(ACROSS_MM)
    size = 2 * n
    spectrum = np.fft.rfft(along, size, axis=1) * np.conj(np.fft.rfft(kernel, size))
    full = np.fft.irfft(spectrum, size, axis=1)
    answers = np.concatenate([full[:, -(n // 2) :], full[:, : n - n // 2]], axis=1)
    aside = np.abs(np.abs(ACROSS_MM) - FIRST_FLANK_MM - FLANK_MM / 2) <= FLANK_MM / 2
    scatter = 1.4826 * float(np.median(np.abs(answers[inside][:, aside])))
    return np.asarray(answers[:, np.abs(ACROSS_MM) <= _SEARCH_MM] / max(scatter, 1e-6))


def _best_path(gain: NDArray[np.float64], states_mm: NDArray[np.float64]) -> NDArray[np.intp]:
    """The sequence of states with the greatest gain less the cost of turning."""
    step = (states_mm[:, np.newaxis] - states_mm) / _TURN_MM
    cost = 0.5 * step**2
    total, came = gain[0], []
    for row in gain[1:]:
        ways = total[np.newaxis] - cost
        came.append(ways.argmax(axis=1))
        total = ways.max(axis=1) + row
    path = [int(total.argmax())]
    for back in reversed(came):
        path.append(int(back[path[-1]]))
    return np.array(path[::-1], dtype=np.intp)
