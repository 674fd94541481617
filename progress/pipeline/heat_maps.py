"""Local values of each metric on the baseline's frame, made when they are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from progress.imaging import Interpolation, masked_gaussian, warp
from progress.metrics import Metric
from progress.model import HeatMap, NotMeasured, Registration
from progress.pipeline.measured_shot import MeasuredShot

MAP_PX_PER_MM = 2.0
SMOOTH_MM = 0.8
"""What a glance can tell apart on a face; finer maps look like noise."""


class HeatMaps(Mapping[str, tuple[HeatMap, ...]]):
    """Metric id to one map per session, all on the frame of the baseline photo.

    Parameters
    ----------
    metrics : sequence of Metric
    shots : sequence of (MeasuredShot, Registration or None)
        The baseline's shot first, with None; then others with their field.
    """

    def __init__(
        self,
        metrics: tuple[Metric, ...],
        shots: tuple[tuple[MeasuredShot, Registration | None], ...],
    ) -> None:
        self._metrics = {metric.id: metric for metric in metrics}
        self._shots = shots
        self._made: dict[str, tuple[HeatMap, ...]] = {}

    def _mapped(self, metric: Metric) -> bool:
        """Whether every session has a map of the metric."""
        return all(
            shot.analysis is not None and metric.refusal(shot.analysis.patch) is None
            for shot, _ in self._shots
        )

    def __iter__(self) -> Iterator[str]:
        return (metric_id for metric_id, metric in self._metrics.items() if self._mapped(metric))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __getitem__(self, metric_id: str) -> tuple[HeatMap, ...]:
        metric = self._metrics[metric_id]
        if not self._mapped(metric):
            raise KeyError(metric_id)
        if metric_id not in self._made:
            self._made[metric_id] = tuple(
                self._map(metric, shot, registration) for shot, registration in self._shots
            )
        return self._made[metric_id]

    def _map(
        self, metric: Metric, shot: MeasuredShot, registration: Registration | None
    ) -> HeatMap:
        baseline = self._shots[0][0].picture
        assert baseline is not None  # noqa: S101 - `_mapped` has looked
        assert shot.picture is not None  # noqa: S101
        assert shot.analysis is not None  # noqa: S101
        local = metric.map_of(shot.analysis)
        assert not isinstance(local, NotMeasured)  # noqa: S101
        box = baseline.box_px
        px_per_mm_photo = baseline.px_per_mm / baseline.scale
        step = px_per_mm_photo / MAP_PX_PER_MM
        columns = max(2, int((box[2] - box[0]) / step))
        rows = max(2, int((box[3] - box[1]) / step))
        x = box[0] + (np.arange(columns) + 0.5) * (box[2] - box[0]) / columns - 0.5
        y = box[1] + (np.arange(rows) + 0.5) * (box[3] - box[1]) / rows - 0.5
        grid = np.stack(np.meshgrid(x, y), axis=-1)
        flat = grid.reshape(-1, 2)
        places = flat if registration is None else registration.map_points(flat)
        values = _read(local, shot, places.reshape(rows, columns, 2))
        if registration is not None:
            values = np.where(_vouched(registration, flat).reshape(rows, columns), values, np.nan)
        return HeatMap(metric.id, metric.label, metric.unit, values.astype(np.float32), box)


def _read(
    local: NDArray[np.float32], shot: MeasuredShot, photo_xy: NDArray[np.float64]
) -> NDArray[np.float32]:
    """The smoothed local map at photo positions; NaN off its mask."""
    picture = shot.picture
    assert picture is not None  # noqa: S101 - called for measured shots only
    factor = local.shape[1] / picture.linear.shape[1]
    known = np.isfinite(local)
    sigma = SMOOTH_MM * picture.px_per_mm * factor
    smooth = np.where(known, masked_gaussian(np.nan_to_num(local), known, sigma), np.nan)
    at = ((photo_xy - picture.box_px[:2] + 0.5) * picture.scale * factor - 0.5).astype(np.float32)
    return warp(smooth, at, interpolation=Interpolation.NEAREST)


def _vouched(registration: Registration, xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether the field is valid at baseline positions."""
    rows, columns = registration.valid.shape
    at = np.round(xy / registration.step).astype(int)
    inside = (at >= 0).all(axis=1) & (at[:, 0] < columns) & (at[:, 1] < rows)
    vouched = np.zeros(len(xy), dtype=bool)
    vouched[inside] = registration.valid[at[inside, 1], at[inside, 0]]
    return vouched
