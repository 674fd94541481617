"""Where the baseline's skin lies in the follow-up, and how surely."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from progress.model.checks import BoolArray, FloatArray, frozen_array


@dataclass(frozen=True, slots=True)
class ErrorSummary:
    """Estimated registration error over the valid skin, in millimetres of baseline skin."""

    median: float
    p95: float


@dataclass(frozen=True, slots=True)
class NotAligned:
    """The same skin could not be found; falsy, with the reason in plain words."""

    reason: str

    def __bool__(self) -> Literal[False]:
        return False


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """A dense field from baseline to follow-up pixels.

    Parameters
    ----------
    baseline_size_px, followup_size_px : tuple of int
        Upright width and height of both photos.
    step : int
        Spacing of the field's grid in baseline pixels.
    followup_from_baseline_xy : ndarray of float32, shape (R, C, 2)
        Element ``[r, c]`` is (x, y) in the follow-up of the skin at baseline pixel
        ``(c * step, r * step)``.
    valid : ndarray of bool, shape (R, C)
        Where the field may be used.
    error_mm : ndarray of float32, shape (R, C)
        Estimated error per grid point; meaningless where not valid.
    estimated_error_mm : ErrorSummary
        Median and 95th percentile of `error_mm` over valid points.
    overlap : float
        Share of the baseline's skin that is valid, 0..1.
    method : str
        What was done, in the order of the steps.
    version : int
        Raised when the algorithm changes.
    """

    baseline_size_px: tuple[int, int]
    followup_size_px: tuple[int, int]
    step: int
    followup_from_baseline_xy: FloatArray = field(repr=False)
    valid: BoolArray = field(repr=False)
    error_mm: FloatArray = field(repr=False)
    estimated_error_mm: ErrorSummary
    overlap: float
    method: str
    version: int

    def __post_init__(self) -> None:
        if self.step < 1:
            raise ValueError(f"Registration.step: expected at least 1, got {self.step}")
        points = frozen_array(
            self.followup_from_baseline_xy,
            dtype="float32",
            shape=(None, None, 2),
            name="Registration.followup_from_baseline_xy",
        )
        grid = points.shape[:2]
        valid = frozen_array(self.valid, dtype="bool", shape=grid, name="Registration.valid")
        error = frozen_array(
            self.error_mm, dtype="float32", shape=grid, name="Registration.error_mm"
        )
        object.__setattr__(self, "followup_from_baseline_xy", points)
        object.__setattr__(self, "valid", valid)
        object.__setattr__(self, "error_mm", error)

    def map_points(self, baseline_xy: NDArray[Any]) -> NDArray[np.float64]:
        """Follow-up positions of baseline points, bilinear between grid points.

        Parameters
        ----------
        baseline_xy : ndarray, shape (N, 2)
            Upright baseline pixels; points outside the grid are taken at its border.

        Returns
        -------
        ndarray of float64, shape (N, 2)
        """
        field_xy = self.followup_from_baseline_xy.astype(np.float64)
        rows, columns = field_xy.shape[:2]
        xy = np.asarray(baseline_xy, dtype=np.float64) / self.step
        x = np.clip(xy[:, 0], 0, columns - 1)
        y = np.clip(xy[:, 1], 0, rows - 1)
        x0 = np.minimum(np.floor(x).astype(int), max(columns - 2, 0))
        y0 = np.minimum(np.floor(y).astype(int), max(rows - 2, 0))
        x1 = np.minimum(x0 + 1, columns - 1)
        y1 = np.minimum(y0 + 1, rows - 1)
        fx, fy = (x - x0)[:, None], (y - y0)[:, None]
        top = field_xy[y0, x0] * (1 - fx) + field_xy[y0, x1] * fx
        bottom = field_xy[y1, x0] * (1 - fx) + field_xy[y1, x1] * fx
        return np.asarray(top * (1 - fy) + bottom * fy)
