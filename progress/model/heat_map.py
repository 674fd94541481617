"""Where on the skin a metric sees something: a picture in the metric's own unit."""

from __future__ import annotations

from dataclasses import dataclass, field

from progress.model.checks import FloatArray, frozen_array


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """Local values of one metric over a box of the baseline photo.

    Parameters
    ----------
    metric, label, unit : str
        As in the registry.
    values : ndarray of float32, shape (H, W)
        In `unit`; NaN where nothing was measured.
    box_px : tuple of int
        Left, top, right, bottom in upright baseline pixels that `values` covers; the map is
        usually coarser than the photo.
    """

    metric: str
    label: str
    unit: str
    values: FloatArray = field(repr=False)
    box_px: tuple[int, int, int, int]

    def __post_init__(self) -> None:
        values = frozen_array(self.values, dtype="float32", shape=(None, None), name="HeatMap")
        object.__setattr__(self, "values", values)
