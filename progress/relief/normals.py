"""Slopes of the skin from its brightness under several lamps, and how far each lamp disagrees."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from progress.model.checks import BoolArray, FloatArray

LEAST_LAMPS = 4
"""Three solve the equations; the fourth is what an error can be told from."""
_ROUNDS = 6
_TOLERANCE = 4.0
"""Standard deviations of a usual misfit at which a lamp's say at a point falls to a quarter."""
_LEAST_MISFIT = 0.004
"""Of the brightness: one 8-bit code near the middle. Below it the scatter is rounding."""
_SHADOW = 0.25
"""Of the second brightest lamp: skin that faces away or lies in another wall's shadow."""
_DROP_FROM = 6
"""Lamps from which the brightest and the darkest are left out at first (Woodham 1980 had three;
dropping two of five would leave no more)."""
_STEEPEST = 3.0
"""Slope (72 degrees) beyond which brightness tells nothing: a camera from above sees no wall."""
_LEAST_LIT = 3
_SAY = 0.25
_ROWS = 128


@dataclass(frozen=True, slots=True, eq=False)
class LightStack:
    """The same skin under each lamp, light that is not the lamps' taken off.

    Parameters
    ----------
    light : ndarray of float32, shape (N, H, W)
        Linear, in any unit, the same for all.
    usable : ndarray of bool, shape (N, H, W)
        False where a picture is clipped, or was moved in from outside.
    mask : ndarray of bool, shape (H, W)
        Skin.
    lamps : ndarray of float64, shape (N, 3)
        Unit directions from the skin to each lamp: x right, y up, z to the camera.
    px_per_mm : float
    """

    light: FloatArray = field(repr=False)
    usable: BoolArray = field(repr=False)
    mask: BoolArray = field(repr=False)
    lamps: NDArray[np.float64]
    px_per_mm: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.mask.shape[0], self.mask.shape[1]


@dataclass(frozen=True, slots=True, eq=False)
class Slopes:
    """How the skin rises, and what each lamp would have had it otherwise.

    Parameters
    ----------
    right, down : ndarray of float32, shape (H, W)
        Millimetres of height per millimetre to the right and down the picture; 0 off the skin.
    sway_right, sway_down : ndarray of float32, shape (N, H, W)
        By how much each lamp's misfit moves the two slopes: the terms whose sum of squares is
        their variance.
    albedo : ndarray of float32, shape (H, W)
        Brightness of the skin facing a lamp.
    misfit : float
        Usual misfit of a picture as a share of the brightness.
    left_out : float
        Share of all readings that were given less than a quarter of their weight.
    mask : ndarray of bool, shape (H, W)
        Skin on which at least four lamps could be read.
    """

    right: FloatArray = field(repr=False)
    down: FloatArray = field(repr=False)
    sway_right: FloatArray = field(repr=False)
    sway_down: FloatArray = field(repr=False)
    albedo: FloatArray = field(repr=False)
    misfit: float
    left_out: float
    mask: BoolArray = field(repr=False)


def solve_slopes(stack: LightStack) -> Slopes:
    """Slopes by weighted least squares on Lambert's cosine, shadows and shine given no say.

    Parameters
    ----------
    stack : LightStack
        At least four lamps that do not lie in one plane.

    Returns
    -------
    Slopes

    Raises
    ------
    ValueError
        With fewer lamps.

    Notes
    -----
    Woodham 1980, doi:10.1117/12.7972479: ``I_k = b . l_k`` with b the albedo times the normal.
    From six lamps the brightest and the darkest reading of a point are left out at first; then all
    are weighed by how far they miss (Geman and McClure's weights, Holland & Welsch 1977,
    doi:10.1080/03610927708827533). The *sway* of lamp k is ``A^-1 w_k l_k e_k`` with e_k its misfit
    and A the normal matrix, carried over to the slopes: its squares, summed, are the sandwich
    variance of White 1980, doi:10.2307/1912934, scaled by N / (N - 3). As each lamp has one sway
    over the whole picture, whatever is common to it (its direction, its power, its shine) is still
    common when slopes have been summed to heights.
    """
    n = len(stack.lamps)
    if n < LEAST_LAMPS:
        raise ValueError(f"lamps: expected at least {LEAST_LAMPS}, got {n}")
    height, width = stack.shape
    scale = _usual_misfit(stack)
    maps = [np.zeros((height, width), np.float32) for _ in range(3)]
    sways = [np.zeros((n, height, width), np.float32) for _ in range(2)]
    mask = np.zeros((height, width), bool)
    left_out = weighed = 0.0
    # Strips of rows keep the fifteen or so planes of one solution within the cache's reach.
    for top in range(0, height, _ROWS):
        rows = slice(top, top + _ROWS)
        usable = stack.usable[:, rows] & stack.mask[rows]
        b, weight, inverse = _weigh(stack.light[:, rows], usable, stack.lamps, scale)
        enough = usable.sum(axis=0) >= LEAST_LAMPS
        ok = enough & (b[2] > 0) & (np.hypot(b[0], b[1]) < _STEEPEST * b[2])
        mask[rows] = ok
        left_out += float(((weight < _SAY) & usable)[:, ok].sum())
        weighed += float(ok.sum() * n)
        up = np.where(ok, b[2], np.float32(1.0))
        # y of a lamp points up and rows run down, so the rise down the picture is + b_y / b_z.
        right, down = -b[0] / up, b[1] / up
        maps[0][rows] = np.where(ok, right, 0)
        maps[1][rows] = np.where(ok, down, 0)
        maps[2][rows] = np.where(ok, np.sqrt((b * b).sum(axis=0)), 0)
        factor = np.float32(np.sqrt(n / (n - 3)))
        for k, lamp in enumerate(stack.lamps.astype(np.float32)):
            misfit = stack.light[k, rows] - np.tensordot(lamp, b, axes=1)
            push = np.where(ok, weight[k] * misfit * factor, 0)
            db = [
                push * (inverse[a][0] * lamp[0] + inverse[a][1] * lamp[1] + inverse[a][2] * lamp[2])
                for a in range(3)
            ]
            sways[0][k, rows] = (-db[0] - right * db[2]) / up
            sways[1][k, rows] = (db[1] - down * db[2]) / up
    return Slopes(
        right=maps[0],
        down=maps[1],
        sway_right=sways[0],
        sway_down=sways[1],
        albedo=maps[2],
        misfit=scale,
        left_out=left_out / max(weighed, 1.0),
        mask=mask,
    )


def _usual_misfit(stack: LightStack) -> float:
    """Typical misfit of plain least squares on a sparse grid, as a share of the brightness."""
    step = max(1, round((stack.mask.size / 20000) ** 0.5))
    light = stack.light[:, ::step, ::step]
    usable = stack.usable[:, ::step, ::step] & stack.mask[::step, ::step]
    chosen = usable.all(axis=0)
    if chosen.sum() < 50:
        chosen = usable.sum(axis=0) >= LEAST_LAMPS
    if not chosen.any():
        return _LEAST_MISFIT
    values = light[:, chosen].astype(np.float64)
    b = np.linalg.lstsq(stack.lamps, values, rcond=None)[0]
    missed = np.abs(values - stack.lamps @ b) / np.maximum(values.mean(axis=0), 1e-6)
    n = len(stack.lamps)
    return max(1.4826 * float(np.median(missed)) * math.sqrt(n / (n - 3)), _LEAST_MISFIT)


def _weigh(
    light: FloatArray, usable: BoolArray, lamps: NDArray[np.float64], scale: float
) -> tuple[FloatArray, FloatArray, list[list[FloatArray]]]:
    """Albedo times normal (3, h, w), weights (N, h, w) and the inverse normal matrix of a strip."""
    flat = light / np.maximum(lamps[:, 2], 0.05).astype(np.float32)[:, None, None]
    second = np.sort(np.where(usable, flat, -np.inf), axis=0)[-2]
    lit = (usable & (flat > _SHADOW * second)).astype(np.float32)
    # The bottom of a pit sees one or two lamps. Slopes from all of them are too flat there, and a
    # depth that is a lower bound is better than a hole in the map.
    lit = np.where(lit.sum(axis=0) < _LEAST_LIT, usable.astype(np.float32), lit)
    weight = lit.copy()
    if len(lamps) >= _DROP_FROM:
        order = np.argsort(np.where(usable, flat, np.nan), axis=0)
        for edge in (0, -1):
            np.put_along_axis(weight, order[edge][None], 0.0, axis=0)
        too_few = (weight > 0).sum(axis=0) < LEAST_LAMPS
        weight = np.where(too_few, lit, weight)
    b, inverse = _least_squares(light, weight, lamps)
    for _ in range(_ROUNDS):
        level = np.maximum(np.abs(b[2]), 1e-6) * np.float32(_TOLERANCE * scale)
        for k, lamp in enumerate(lamps.astype(np.float32)):
            missed = (light[k] - np.tensordot(lamp, b, axes=1)) / level
            weight[k] = lit[k] / (1.0 + missed * missed) ** 2
        b, inverse = _least_squares(light, weight, lamps)
    torn = (weight > _SAY).sum(axis=0) < _LEAST_LIT
    if torn.any():
        weight = np.where(torn, lit, weight)
        b, inverse = _least_squares(light, weight, lamps)
    return b, weight, inverse


def _least_squares(
    light: FloatArray, weight: FloatArray, lamps: NDArray[np.float64]
) -> tuple[FloatArray, list[list[FloatArray]]]:
    """Solution and inverse of the normal equations at every point, in closed form."""
    l32 = lamps.astype(np.float32)
    a: list[list[Any]] = [[None] * 3 for _ in range(3)]
    for i in range(3):
        for j in range(i, 3):
            a[i][j] = a[j][i] = np.tensordot(l32[:, i] * l32[:, j], weight, axes=1)
    v = [np.tensordot(l32[:, i], weight * light, axes=1) for i in range(3)]
    c = [
        [
            a[(i + 1) % 3][(j + 1) % 3] * a[(i + 2) % 3][(j + 2) % 3]
            - a[(i + 1) % 3][(j + 2) % 3] * a[(i + 2) % 3][(j + 1) % 3]
            for j in range(3)
        ]
        for i in range(3)
    ]
    det = a[0][0] * c[0][0] + a[0][1] * c[0][1] + a[0][2] * c[0][2]
    over = np.where(det > 1e-7, 1.0 / np.maximum(det, 1e-7), 0.0).astype(np.float32)
    inverse = [[c[i][j] * over for j in range(3)] for i in range(3)]
    b = np.stack([sum(inverse[i][j] * v[j] for j in range(3)) for i in range(3)])
    return cast("FloatArray", b.astype(np.float32, copy=False)), inverse
