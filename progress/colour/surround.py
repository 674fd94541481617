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
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, Rendition, linear_from_srgb, tone_factors
from progress.model import Landmarks, NotMeasured
from progress.model.checks import BoolArray, FloatArray

_SAMPLE_MM = 3.0
"""Side of the squares that are compared: about what hair shifts against a wall between poses."""
_FLAT = 1.0
"""Range of ln light between a square and its neighbours: edges of the head move with the pose and
do not count; hair, which is never flat, does."""
_UNEVEN = 0.2
"""Misfit of a square for each unit of that range, because the poses differ by a millimetre."""
_DARKEST, _BRIGHTEST = 0.004, 0.85
_AROUND_FACE_MM, _WELL_INSIDE_MM = 8.0, 10.0
_NECK_HALF_MM, _NECK_MM = 75.0, 90.0
"""Skin below the chin that is left out: half its width, and its height."""
_SAME = 0.03
"""Misfit of ln light that noise and compression give the same even square; four times that and its
unevenness is another thing: another shirt misses by 0.2 and more."""
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
    to_followup = _similarity(baseline_marks.points_xy, followup_marks.points_xy)
    squares = _squares(baseline, followup, to_followup, baseline_marks, px_per_mm)
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
class _Squares:
    """The same small squares in both photos.

    Places in mm from the face, ln light, the misfit to be expected of each.
    """

    xy_mm: NDArray[np.float64]
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    expected: NDArray[np.float64]
    skin: tuple[float, float]
    """Mean ln light of the face's own squares, before and after."""

    @property
    def n(self) -> int:
        return len(self.before)


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Gain, the curve's terms, slopes (channel, axis) per mm; covariance of all of them."""

    gain: float
    typical_gain: float
    curve: NDArray[np.float64]
    slope_per_mm: NDArray[np.float64]
    covariance: NDArray[np.float64]


def _similarity(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.float64]:
    """The 2 x 3 similarity that best takes one set of points to the other."""
    a, b = (np.asarray(points, dtype=np.float64) for points in (first, second))
    p, q = a - a.mean(axis=0), b - b.mean(axis=0)
    weight = (p**2).sum()
    cosine = (p * q).sum() / weight
    sine = (p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum() / weight
    turn = np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack([turn, b.mean(axis=0) - turn @ a.mean(axis=0)])


def _squares(
    baseline: DecodedPhoto,
    followup: DecodedPhoto,
    to_followup: NDArray[np.float64],
    marks: Landmarks,
    px_per_mm: float,
) -> _Squares:
    scale = 1 / (_SAMPLE_MM * px_per_mm)
    before = baseline.linear(None, scale).pixels
    again = _seen_from(followup, to_followup, baseline.size_px, before.shape[:2])
    rows, columns = np.mgrid[: before.shape[0], : before.shape[1]]
    x_px, y_px = (
        (index + 0.5) * size / n - 0.5
        for index, size, n in zip(
            (columns, rows), baseline.size_px, before.shape[1::-1], strict=True
        )
    )
    uneven = np.maximum(_unevenness(before), _unevenness(again))
    flat = uneven < _FLAT
    middle = np.asarray(marks.points_xy).mean(axis=0)
    where = np.stack([x_px, y_px], axis=-1)
    skin, face = _skin(where, marks, px_per_mm)
    use = flat & ~skin
    levels = [
        float(np.median(np.log(picture[flat & face]).mean(axis=-1))) if (flat & face).any() else 0.0
        for picture in (before, again)
    ]
    ln_before = np.log(before[use].astype(np.float64))
    return _Squares(
        xy_mm=(where[use] - middle) / px_per_mm,
        before=ln_before,
        after=np.log(again[use].astype(np.float64)),
        expected=np.hypot(_SAME, _UNEVEN * uneven[use]),
        skin=(levels[0], levels[1]),
    )


def _seen_from(
    photo: DecodedPhoto,
    to_photo: NDArray[np.float64],
    size_px: tuple[int, int],
    shape: tuple[int, ...],
) -> FloatArray:
    """A photo in the frame of another, shape (H, W, 3); 0 outside."""
    width, height = photo.size_px
    scale = shape[1] / size_px[0]
    zoom = math.hypot(to_photo[0, 0], to_photo[1, 0])
    small = photo.linear(None, scale / zoom).pixels
    own = np.array([small.shape[1] / width, small.shape[0] / height])
    # Pixel centres: (i + 0.5) * size / n - 0.5 in either picture.
    there = np.array([size_px[0] / shape[1], size_px[1] / shape[0]])
    turn = to_photo[:, :2] * there
    shift = to_photo[:, :2] @ (0.5 * there - 0.5) + to_photo[:, 2]
    turn, shift = own[:, np.newaxis] * turn, own * (shift + 0.5) - 0.5
    affine = np.column_stack([turn, shift])
    how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(small, affine, shape[1::-1], flags=how, borderValue=(0, 0, 0))
    return np.asarray(seen, dtype=np.float32)


def _unevenness(picture: FloatArray) -> NDArray[np.float64]:
    """Range of ln light of each square and its neighbours; infinite where it is dark or clipped."""
    ln = np.log(np.maximum(picture, 1e-4))
    square = np.ones((3, 3), np.uint8)
    spread = (cv2.dilate(ln, square) - cv2.erode(ln, square)).max(axis=-1)
    lit = (picture.min(axis=-1) > _DARKEST) & (picture.max(axis=-1) < _BRIGHTEST)
    return np.where(lit, spread, np.inf)


def _skin(
    where: NDArray[np.float64], marks: Landmarks, px_per_mm: float
) -> tuple[BoolArray, BoolArray]:
    """Squares on or near face and neck, and those well inside the face."""
    rows, columns = where.shape[:2]
    step = where[-1, -1] - where[0, 0]
    onto_grid = (np.asarray(marks.points_xy) - where[0, 0]) / step * (columns - 1, rows - 1)
    hull = np.zeros((rows, columns), np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(np.rint(onto_grid).astype(np.int32)), (1,))
    outside, inside = (
        _SAMPLE_MM * cv2.distanceTransform(part, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        for part in (1 - hull, hull)
    )
    points = np.asarray(marks.points_xy)
    chin, brow = points[152], points[10]
    down = (chin - brow) / max(float(np.hypot(*(chin - brow))), 1e-9)
    right = np.array([down[1], -down[0]])
    below = (where - chin) @ down / px_per_mm
    aside = np.abs((where - chin) @ right) / px_per_mm
    neck = (below > -30.0) & (below < _NECK_MM) & (aside < _NECK_HALF_MM)
    near = outside < _AROUND_FACE_MM
    return np.asarray(near | neck), np.asarray(inside > _WELL_INSIDE_MM)


def _design(
    squares: _Squares, value: NDArray[np.float64], spread: tuple[float, ...]
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


def _fitted(squares: _Squares, spread: tuple[float, ...]) -> _Fit | None:
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
    squares: _Squares,
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
