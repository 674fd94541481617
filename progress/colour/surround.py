"""Another camera's tone curve and cast, told by what surrounds the skin: wall, hair, clothes.

Two photos of one visit room show much that is not skin. Where it is the same in both, it says how
the second camera bends light (one curve for all channels) and whether its colour runs across the
frame. Neither may be told by skin that was treated: a fit to it would take the effect for the
camera's. What was changed (another shirt, another wall) does not agree with the rest and is left
out; if too little is left, there is no answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from progress.colour.surround_squares import Squares, same_squares, similarity
from progress.imaging import DecodedPhoto, Rendition, linear_from_srgb, tone_factors
from progress.model import Landmarks, NotMeasured

_LEVEL_STEP, _PATCH_MM = 0.1, 40.0
_LEVEL_LIGHT, _PATCH_LIGHT = 0.03, 0.03
"""By which a lamp that moved a little changes the light on things of one level (hair against wall),
and on one patch of the surroundings, in ln light: no tone curve, but it looks like one."""
_ANY_GAIN, _ANY_SLOPE = 3.0, 0.3
_TERMS = 2
_CURVE_SPREAD, _SAME_CAMERA_SPREAD = (0.15, 0.03), (0.04, 0.01)
"""Standard deviations of the curve's two terms before anything is seen: of two phones, and of two
photos that name one camera."""
_POWER = 2.4
_LEAST_SQUARES = 80
_LEAST_SHARE = 0.5
_LEAST_SPREAD_MM = 25.0
"""Standard deviation of the squares' places, right and down, below which a slope is not known."""
_FOREIGN_CURVE, _FOREIGN_SLOPE = 0.12, 0.008
"""Strength of an S-curve and of a cast between what one phone varies by (0.1 and none) and
another's (0.25 and 0.045, which is 0.02 per 100 mm)."""
_PLAINLY = 2.0
"""Errors by which a curve must differ from none before it is undone."""
_LARGEST_SLOPE_ERROR = 0.006
"""A quarter of the cast of another phone, over 100 mm."""
_MISMATCHED_SKIN = 0.12
"""By how much the curve may miss the lightness of skin: a lamp turned by 15 degrees moves the
median by up to a tenth; a wall repainted grey bends the curve by more."""
_KIN = 6.0
"""Squares share their causes with about this many neighbours."""
_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Surround:
    """How the second photo's rendition differs from the first's.

    Parameters
    ----------
    rendition : Rendition
        Reads the second photo as the first camera would have, gains excepted.
    curve_error : float
        One standard error of `curve` between skin and twice its density, what is not known of the
        light on the surroundings included.
    slope_error : float or None
        One standard error of ln red over blue across 100 mm; None where no slope is told.
    curve, slope : float
        What was told and is undone: as strength of an S-curve, and per 100 mm; 0 where it is not.
    """

    rendition: Rendition = field(repr=False)
    curve_error: float
    slope_error: float | None
    curve: float = 0.0
    slope: float = 0.0

    @property
    def is_foreign(self) -> bool:
        """Whether the second photo was plainly developed by another camera."""
        return abs(self.curve) > _FOREIGN_CURVE or abs(self.slope) > _FOREIGN_SLOPE


def read_surround(
    baseline: DecodedPhoto,
    baseline_marks: Landmarks,
    followup: DecodedPhoto,
    followup_marks: Landmarks,
) -> Surround | NotMeasured:
    """What the surroundings of two faces say about the cameras.

    Parameters
    ----------
    baseline, followup : DecodedPhoto
    baseline_marks, followup_marks : Landmarks
        One scheme.

    Returns
    -------
    Surround or NotMeasured
        Not measured when less than half of what surrounds the skin is the same in both photos, or
        too little of it is seen.
    """
    px_per_mm = baseline_marks.scale.px_per_mm
    to_followup = similarity(baseline_marks.points_xy, followup_marks.points_xy)
    squares = same_squares(baseline, followup, to_followup, baseline_marks, px_per_mm)
    if squares.n < _LEAST_SQUARES:
        return NotMeasured("too little but skin is seen in both photos to tell one camera's curve")
    if min(np.std(squares.xy_mm, axis=0)) < _LEAST_SPREAD_MM:
        return NotMeasured("what surrounds the skin is seen in one corner only")
    cameras = {photo.provenance.camera for photo in (baseline, followup)}
    one_camera = len(cameras) == 1 and None not in cameras
    fit = _fitted(squares, _SAME_CAMERA_SPREAD if one_camera else _CURVE_SPREAD)
    if fit is None:
        return NotMeasured("what surrounds the skin is not the same in both photos")
    return _surround(fit, squares, to_followup, px_per_mm, baseline_marks)


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Gain, the curve's terms, slopes (channel, axis) per mm; covariance of all of them."""

    gain: float
    typical_gain: float
    curve: NDArray[np.float64]
    slope_per_mm: NDArray[np.float64]
    covariance: NDArray[np.float64]


def _design(
    squares: Squares, value: NDArray[np.float64], spread: tuple[float, ...]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Columns and prior precisions; rows are the squares of red, then green, then blue.

    Three gains, six slopes, the curve's two terms, then light that is common to all channels: one
    column for each level and one for each patch of the surroundings.
    """
    n = squares.n
    own = np.zeros((3, n, 9 + _TERMS))
    for channel in range(3):
        own[channel, :, channel] = 1.0
        own[channel, :, 3 + 2 * channel : 5 + 2 * channel] = squares.xy_mm / 100.0
    own[:, :, 9:] = _terms(value.T)
    level = np.minimum(value.mean(axis=1) / _LEVEL_STEP, 9).astype(int)
    patch = np.floor(squares.xy_mm / _PATCH_MM).astype(int)
    _, patch_of = np.unique(patch, axis=0, return_inverse=True)
    lit = [np.equal.outer(group, np.unique(group)) for group in (level, patch_of.ravel())]
    common = np.tile(np.concatenate(lit, axis=1).astype(np.float64), (3, 1))
    unlike = [_LEVEL_LIGHT] * lit[0].shape[1] + [_PATCH_LIGHT] * lit[1].shape[1]
    known = [*[_ANY_GAIN] * 3, *[_ANY_SLOPE] * 6, *spread, *unlike]
    return np.concatenate([own.reshape(3 * n, -1), common], axis=1), np.array(known) ** -2.0


def _terms(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rise of ln light for one unit of each term of a tone curve, shape (..., 2).

    An S-curve of strength t takes a value v to v + t (3 v^2 - 2 v^3 - v); the second term is any
    other bend.
    """
    s_curve = _POWER * (3.0 * value - 2.0 * value**2 - 1.0)
    return np.stack([s_curve, _POWER * value], axis=-1)


def _fitted(squares: Squares, spread: tuple[float, ...]) -> _Fit | None:
    """Posterior of gains, slopes and curve; None where too few squares agree."""
    change = squares.after - squares.before
    # What lies half way between both photos: read backwards, all is the same with the other sign.
    typical = float(np.median(change))
    middle = 0.5 * (squares.before + squares.after - typical)
    value = np.exp(middle / _POWER)
    design, precision = _design(squares, value, spread)
    target = change.T.reshape(-1)
    alike = squares.expected**-2.0 / _KIN
    weight = np.tile(alike, 3)
    for _ in range(_ROUNDS):
        scaled = design * weight[:, np.newaxis]
        covariance = np.linalg.inv(scaled.T @ design + np.diag(precision))
        found = covariance @ (scaled.T @ target)
        miss = (target - design @ found).reshape(3, -1)
        # A square is one thing: its three channels stand or fall together.
        worst = np.abs(miss).max(axis=0) / squares.expected
        weight = np.tile(alike / (1 + worst**2), 3)
    agree = worst < 4.0
    if agree.mean() < _LEAST_SHARE or agree.sum() < _LEAST_SQUARES:
        return None
    own = 9 + _TERMS
    return _Fit(
        gain=float(found[:3].mean()),
        typical_gain=typical,
        curve=found[9:own],
        slope_per_mm=found[3:9].reshape(3, 2) / 100.0,
        covariance=np.asarray(covariance[:own, :own], dtype=np.float64),
    )


def _surround(
    fit: _Fit,
    squares: Squares,
    to_followup: NDArray[np.float64],
    px_per_mm: float,
    marks: Landmarks,
) -> Surround | NotMeasured:
    lightness = 0.5 * (sum(squares.skin) - fit.typical_gain)
    skin, deep = (np.array(math.exp(times * lightness / _POWER)) for times in (1.0, 2.0))
    at_skin = fit.gain + float(_terms(skin) @ fit.curve)
    missed = abs(squares.skin[1] - squares.skin[0] - at_skin)
    # What matters is the bend between skin and twice its density.
    step = _terms(skin) - _terms(deep)
    curve_error = math.sqrt(float(step @ fit.covariance[9:, 9:] @ step))
    red_over_blue = np.zeros(9 + _TERMS)
    red_over_blue[[4, 8]] = 1.0, -1.0
    slope_error = math.sqrt(float(red_over_blue @ fit.covariance @ red_over_blue))
    strength, curve_error = (
        x / abs(float(step[0])) for x in (float(step @ fit.curve), curve_error)
    )
    if abs(strength) < _PLAINLY * curve_error:
        # Left alone: a curve that may be none is not undone, and counts as not known.
        fit = replace(fit, curve=np.zeros(2))
        strength, curve_error = 0.0, math.hypot(strength, curve_error)
        at_skin = fit.gain
    slope_told = slope_error <= _LARGEST_SLOPE_ERROR
    if missed > _MISMATCHED_SKIN:
        return NotMeasured("what surrounds the skin was lit or painted otherwise than the skin")
    if not slope_told:
        fit = replace(fit, slope_per_mm=np.zeros((3, 2)))

    def bend(value: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((_terms(value) - _terms(skin)) @ fit.curve)

    # The curve stands at values half way between the photos; the second one's codes lie beyond.
    middle = np.linspace(0.0, 1.0, 512)
    ln_light = _POWER * np.log(np.maximum(middle, 1e-3))
    onwards = 0.5 * (at_skin + bend(middle) + fit.typical_gain)
    order = np.maximum.accumulate(np.exp((ln_light + onwards) / _POWER))

    def correction(value: NDArray[np.float64]) -> NDArray[np.float64]:
        # Values of the second photo's codes, on the same power scale.
        there = np.power(np.maximum(linear_from_srgb(value), 1e-6), 1 / _POWER)
        return -bend(np.interp(there, order, middle))

    turn = np.linalg.inv(to_followup[:, :2])
    slope = fit.slope_per_mm / px_per_mm
    # Colour only: how a lamp falls off on a wall says nothing about how it does on a face.
    colour = (slope - slope.mean(axis=0)) @ turn
    centre = to_followup @ np.append(np.asarray(marks.points_xy).mean(axis=0), 1.0)
    return Surround(
        Rendition(tone_factors(correction), -colour, (float(centre[0]), float(centre[1]))),
        curve_error=curve_error,
        slope_error=slope_error if slope_told else None,
        curve=strength,
        slope=100 * float(np.hypot(*(fit.slope_per_mm[0] - fit.slope_per_mm[2]))),
    )
