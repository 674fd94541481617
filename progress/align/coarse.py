"""A first smooth guess from matched points: an affine map and what it leaves over, blurred."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from progress.align.grid import read_at

_NODE_PX = 8


@dataclass(frozen=True, slots=True, eq=False)
class PointField:
    """Follow-up from baseline by matched points, defined everywhere.

    Parameters
    ----------
    baseline_xy, residual_xy : ndarray of float64, shape (N, 2)
        Points, and how far the affine map misses their partners.
    affine : ndarray of float64, shape (3, 2)
        ``[x, y, 1] @ affine``.
    reach_px : float
        Standard deviation of the Gaussian weights that spread the residuals.
    """

    baseline_xy: NDArray[np.float64] = field(repr=False)
    residual_xy: NDArray[np.float64] = field(repr=False)
    affine: NDArray[np.float64]
    reach_px: float

    @property
    def zoom(self) -> float:
        """Scale of the follow-up over that of the baseline."""
        return float(np.sqrt(abs(np.linalg.det(self.affine[:2]))))

    def __call__(self, baseline_xy: Any) -> NDArray[np.float64]:
        """Follow-up positions, same shape (..., 2); far from all points the affine map alone."""
        xy = np.asarray(baseline_xy, dtype=np.float64)
        flat = xy.reshape(-1, 2)
        # In units of the reach about the points' middle, float32 is exact enough for a weight.
        middle = self.baseline_xy.mean(axis=0)
        a = ((flat - middle) / self.reach_px).astype(np.float32)
        b = ((self.baseline_xy - middle) / self.reach_px).astype(np.float32)
        squared = (a**2).sum(axis=1)[:, np.newaxis] - 2 * a @ b.T + (b**2).sum(axis=1)
        weights = np.exp(np.clip(-0.5 * squared, -80.0, 0.0))
        # The constant lets the residual fade out where no point is within three sigma.
        spread = weights @ self.residual_xy / (weights.sum(axis=1, keepdims=True) + 1e-2)
        moved = np.column_stack([flat, np.ones(len(flat))]) @ self.affine + spread
        return np.asarray(moved.reshape(xy.shape), dtype=np.float64)

    def on_working_grid(
        self, shape: tuple[int, int], photo_from_working: Any
    ) -> NDArray[np.float32]:
        """The field at every pixel of a working grid, shape (h, w, 2), through a coarser grid.

        Parameters
        ----------
        shape : tuple of int
            Rows and columns of the working grid.
        photo_from_working : callable
            Turns working positions into baseline pixels.
        """
        rows, columns = shape
        x = np.arange(-(-columns // _NODE_PX) + 1) * _NODE_PX
        y = np.arange(-(-rows // _NODE_PX) + 1) * _NODE_PX
        nodes = np.stack(np.meshgrid(x, y), axis=-1)
        coarse = self(photo_from_working(nodes)).astype(np.float32)
        at = np.stack(np.meshgrid(np.arange(columns), np.arange(rows)), axis=-1) / _NODE_PX
        return read_at(coarse, at)


def point_field(
    baseline_xy: NDArray[Any], followup_xy: NDArray[Any], *, reach_px: float
) -> PointField:
    """The smooth field through matched points.

    Parameters
    ----------
    baseline_xy, followup_xy : ndarray, shape (N, 2)
        At least three pairs that are not in line.
    reach_px : float
        Baseline pixels over which neighbouring residuals are averaged.

    Returns
    -------
    PointField
    """
    baseline = np.asarray(baseline_xy, dtype=np.float64)
    followup = np.asarray(followup_xy, dtype=np.float64)
    design = np.column_stack([baseline, np.ones(len(baseline))])
    affine = np.asarray(np.linalg.lstsq(design, followup, rcond=None)[0], dtype=np.float64)
    return PointField(baseline, followup - design @ affine, affine, reach_px)
