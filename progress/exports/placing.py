"""The one turn, shift and scale that lays a follow-up's skin over the baseline's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from progress.model import Refused, Registration

Points = NDArray[np.float64]

LEAST_POINTS = 12
"""Four numbers from fewer points of the field would follow its errors."""
_ROUNDS = 15
_TUNING = 4.685
"""Tukey's constant: 95 % efficient on Gaussian errors (Holland & Welsch 1977,
doi:10.1080/03610927708827533)."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """A turn, shift and scale: ``z -> turn z + shift`` on points as complex numbers."""

    turn: complex
    shift: complex

    def map(self, points_xy: Points) -> Points:
        """Where points go, shape (N, 2)."""
        z = self.turn * _complex(points_xy) + self.shift
        return np.stack([z.real, z.imag], axis=-1)

    def after(self, first: Similarity) -> Similarity:
        """`first`, then this one."""
        return Similarity(self.turn * first.turn, self.turn * first.shift + self.shift)

    def inverse(self) -> Similarity:
        """The way back."""
        return Similarity(1.0 / self.turn, -self.shift / self.turn)

    @property
    def scale(self) -> float:
        """Lengths over lengths before."""
        return abs(self.turn)


@dataclass(frozen=True, slots=True)
class Fit:
    """A similarity with how far it misses the registration, in mm of baseline skin."""

    followup_from_baseline: Similarity
    residual_median_mm: float
    residual_p95_mm: float
    covered: float
    """Share of the crop's grid points whose skin was found again, 0..1."""


def _complex(points_xy: Points) -> NDArray[np.complex128]:
    """Points as complex numbers."""
    points = np.asarray(points_xy, dtype=np.float64)
    return np.asarray(points[..., 0] + 1j * points[..., 1])


def fit_similarity(
    registration: Registration, box_px: tuple[float, float, float, float], *, px_per_mm: float
) -> Fit:
    """The similarity nearest to a dense registration inside a crop.

    Parameters
    ----------
    registration : Registration
    box_px : tuple of float
        Left, top, right, bottom of the crop in baseline pixels.
    px_per_mm : float
        Scale of the baseline.

    Returns
    -------
    Fit
        Least squares over valid points, those far off weighted down by Tukey's function, so that a
        moved lip does not turn the cheeks. Residuals are of all valid points in the crop, none
        left out.

    Raises
    ------
    Refused
        If the same skin was found at too few places of the crop.
    """
    n_rows, n_columns = registration.valid.shape
    grid = np.meshgrid(np.arange(n_columns), np.arange(n_rows))
    x, y = grid[0] * registration.step, grid[1] * registration.step
    left, top, right, bottom = box_px
    inside = (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
    field = registration.followup_from_baseline_xy
    usable = inside & registration.valid & np.isfinite(field).all(axis=-1)
    n_inside, n_usable = int(inside.sum()), int(usable.sum())
    if n_usable < LEAST_POINTS:
        raise Refused(
            f"crop: expected the same skin in both photos, got {n_usable} matched places in it",
            advice="choose a crop on skin that both photos show",
        )
    source = _complex(np.stack([x[usable], y[usable]], axis=-1))
    target = _complex(np.asarray(field[usable], dtype=np.float64))
    weights = np.ones(n_usable)
    for _ in range(_ROUNDS):
        total = weights.sum()
        z0, w0 = (weights * source).sum() / total, (weights * target).sum() / total
        z, w = source - z0, target - w0
        turn = (weights * z.conj() * w).sum() / (weights * abs(z) ** 2).sum()
        miss = abs(turn * z - w)
        spread = max(1.4826 * float(np.median(miss)), 1e-6)
        weights = np.maximum(0.0, 1.0 - (miss / (_TUNING * spread)) ** 2) ** 2
    found = Similarity(complex(turn), complex(w0 - turn * z0))
    off_mm = abs(found.turn * source + found.shift - target) / (found.scale * px_per_mm)
    return Fit(
        followup_from_baseline=found,
        residual_median_mm=float(np.median(off_mm)),
        residual_p95_mm=float(np.percentile(off_mm, 95)),
        covered=n_usable / max(n_inside, 1),
    )
