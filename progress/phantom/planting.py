"""Features sown over a piece of skin at random: pores, hairs, spots, scars, lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from progress.phantom.features import (
    Curve,
    Hair,
    PointsMm,
    Pores,
    Scar,
    ScarKind,
    SizeMm,
    Spot,
)


def scatter_points(
    rng: np.random.Generator, size_mm: SizeMm, *, per_cm2: float, weight: Any = None
) -> PointsMm:
    """Points spread evenly but not in rows, as follicles are.

    Parameters
    ----------
    rng : numpy Generator
    size_mm : tuple of float
        Width and height.
    per_cm2 : float
        Density where the weight is 1.
    weight : array_like, shape (rows, columns), optional
        Relative density 0..1 over the piece, of any resolution.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        In mm, all inside the piece; one per cell of a jittered grid, so no two are very near.
    """
    if per_cm2 <= 0:
        return np.empty((0, 2))
    cell = 10.0 / math.sqrt(per_cm2)
    columns, rows = math.ceil(size_mm[0] / cell) + 1, math.ceil(size_mm[1] / cell) + 1
    jitter = rng.uniform(-0.42, 0.42, size=(rows, columns, 2))
    x = (np.arange(columns) + jitter[..., 0]) * cell
    y = (np.arange(rows)[:, np.newaxis] + jitter[..., 1]) * cell
    # Every second row is shifted, or rows would still be seen.
    x[1::2] -= 0.5 * cell
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    chance = rng.random(len(points))
    keep = np.all((points >= 0) & (points < np.array(size_mm)), axis=1)
    if weight is not None:
        share = np.asarray(weight, dtype=np.float64)
        scale = np.array([share.shape[1] / size_mm[0], share.shape[0] / size_mm[1]])
        cells = np.clip((points * scale).astype(int), 0, [share.shape[1] - 1, share.shape[0] - 1])
        keep &= chance < share[cells[:, 1], cells[:, 0]]
    return points[keep]


def scatter_pores(
    rng: np.random.Generator,
    size_mm: SizeMm,
    *,
    per_cm2: float = 100.0,
    diameter_mm: float = 0.2,
    weight: Any = None,
    plug: float = 0.25,
) -> Pores:
    """Pores of a cheek or, with more and larger ones, of a nose.

    Parameters
    ----------
    rng : numpy Generator
    size_mm : tuple of float
    per_cm2 : float
        Density where the weight is 1.
    diameter_mm : float
        Median; single pores scatter lognormally by 25 %.
    weight : array_like, optional
        See `scatter_points`.
    plug : float
        See `Pores`.

    Returns
    -------
    Pores
        Depth 0.4 of the diameter, give or take a fifth.
    """
    xy = scatter_points(rng, size_mm, per_cm2=per_cm2, weight=weight)
    diameter = diameter_mm * np.exp(rng.normal(0.0, 0.25, len(xy)))
    depth = 0.4 * diameter * rng.uniform(0.8, 1.2, len(xy))
    return Pores(xy, diameter, depth, plug)


def smooth_curve(
    rng: np.random.Generator,
    start_mm: Sequence[float],
    *,
    angle_deg: float,
    length_mm: float,
    bend: float = 0.3,
) -> Curve:
    """A gently bending line.

    Parameters
    ----------
    rng : numpy Generator
    start_mm : sequence of 2 floats
    angle_deg : float
        Mean direction: 0 is to the right, 90 down the picture.
    length_mm : float
    bend : float
        Standard deviation of the direction along the line, in radians.

    Returns
    -------
    Curve
        As long as asked for, to a part in a thousand.
    """
    count = max(16, math.ceil(length_mm / 0.25))
    along = np.linspace(0.0, 1.0, count)
    turn = np.zeros(count)
    for wave in (1, 2, 3):
        phase = rng.uniform(0.0, 2.0 * np.pi)
        turn += rng.normal(0.0, bend / wave) * np.sin(np.pi * wave * along + phase)
    direction = math.radians(angle_deg) + turn - turn.mean()
    step = length_mm / (count - 1)
    middle = 0.5 * (direction[1:] + direction[:-1])
    path = np.stack([np.cos(middle), np.sin(middle)], axis=1).cumsum(axis=0) * step
    points = np.concatenate([[[0.0, 0.0]], path]) + np.asarray(start_mm, dtype=np.float64)
    return Curve(points)


def scatter_hairs(
    rng: np.random.Generator,
    size_mm: SizeMm,
    *,
    per_cm2: float,
    length_mm: float,
    width_mm: float,
    angle_deg: float = 70.0,
    opacity: float = 0.8,
    weight: Any = None,
) -> tuple[Hair, ...]:
    """Hairs that lie in about one direction: vellus, body hair or, when short, stubble.

    Parameters
    ----------
    rng : numpy Generator
    size_mm : tuple of float
    per_cm2 : float
    length_mm : float
        Median; scatters by a third.
    width_mm : float
        0.02-0.03 vellus, 0.05-0.1 body hair and stubble.
    angle_deg : float
        0 is to the right, 90 down the picture.
    opacity : float
        0..1.
    weight : array_like, optional
        See `scatter_points`.
    """
    roots = scatter_points(rng, size_mm, per_cm2=per_cm2, weight=weight)
    return tuple(
        Hair(
            smooth_curve(
                rng,
                root,
                angle_deg=float(rng.normal(angle_deg, 14.0)),
                length_mm=float(length_mm * np.exp(rng.normal(0.0, 0.3))),
                bend=0.25,
            ),
            width_mm=float(width_mm * rng.uniform(0.7, 1.3)),
            opacity=float(opacity * rng.uniform(0.7, 1.0)),
        )
        for root in roots
    )


def scatter_spots(
    rng: np.random.Generator,
    size_mm: SizeMm,
    *,
    count: int,
    diameter_mm: tuple[float, float] = (1.0, 4.0),
    melanin_factor: float = 1.8,
    blood_factor: float = 1.0,
    border_mm: float = 2.0,
) -> tuple[Spot, ...]:
    """Spots that do not touch each other.

    Parameters
    ----------
    rng : numpy Generator
    size_mm : tuple of float
    count : int
        How many to try for; fewer come back where the piece is too small.
    diameter_mm : tuple of float
        Smallest and largest; small ones are more frequent.
    melanin_factor, blood_factor : float
        Inside over around; single spots scatter about it by a fifth of what is above 1.
    border_mm : float
        Distance of centres to the edge of the piece.
    """
    placed: list[Spot] = []
    for _ in range(60 * count):
        if len(placed) == count:
            break
        x = float(rng.uniform(border_mm, size_mm[0] - border_mm))
        y = float(rng.uniform(border_mm, size_mm[1] - border_mm))
        low, high = diameter_mm
        diameter = low * (high / low) ** (float(rng.random()) ** 1.5)
        clear = all(
            math.hypot(x - s.x_mm, y - s.y_mm) > 0.6 * (diameter + s.diameter_mm) + 0.5
            for s in placed
        )
        if not clear:
            continue
        vary = float(rng.uniform(0.8, 1.2))
        placed.append(
            Spot(
                x,
                y,
                diameter,
                melanin_factor=1.0 + (melanin_factor - 1.0) * vary,
                blood_factor=1.0 + (blood_factor - 1.0) * vary,
                soft_mm=max(0.06, 0.07 * diameter),
            )
        )
    return tuple(placed)


# Width and depth in mm: Jacob 2001; rolling depth is a plausible range, not a published one.
_SCAR_RANGES = {
    ScarKind.ICE_PICK: ((0.8, 1.8), (0.4, 1.0)),
    ScarKind.BOXCAR: ((1.5, 4.0), (0.2, 0.5)),
    ScarKind.ROLLING: ((4.0, 7.0), (0.2, 0.5)),
}


def scatter_scars(
    rng: np.random.Generator,
    size_mm: SizeMm,
    *,
    counts: dict[ScarKind, int],
    border_mm: float = 3.0,
) -> tuple[Scar, ...]:
    """Scars of each kind that keep clear of each other, the widest placed first.

    Parameters
    ----------
    rng : numpy Generator
    size_mm : tuple of float
    counts : dict of ScarKind to int
        How many to try for; fewer come back where the piece is too small.
    border_mm : float
        Distance of centres to the edge of the piece.
    """
    placed: list[Scar] = []
    for kind in (ScarKind.ROLLING, ScarKind.BOXCAR, ScarKind.ICE_PICK):
        (narrow, wide), (shallow, deep) = _SCAR_RANGES[kind]
        wanted = len(placed) + counts.get(kind, 0)
        for _ in range(80 * counts.get(kind, 0)):
            if len(placed) == wanted:
                break
            x = float(rng.uniform(border_mm, size_mm[0] - border_mm))
            y = float(rng.uniform(border_mm, size_mm[1] - border_mm))
            width = float(rng.uniform(narrow, wide))
            depth = float(rng.uniform(shallow, deep))
            clear = all(
                math.hypot(x - s.x_mm, y - s.y_mm) > 0.75 * (width + s.width_mm) + 0.5
                for s in placed
            )
            if clear:
                blood = float(rng.uniform(0.85, 1.15))
                placed.append(Scar(kind, x, y, width, depth, blood_factor=blood))
    return tuple(placed)
