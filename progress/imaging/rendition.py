"""How a photo's codes are read where they are not plain sRGB: its own tone curve, a cast across."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from progress.model.checks import FloatArray, frozen_array

NODES = 256
"""Values of the sRGB scale, 0 to 1 in equal steps, at which a tone curve is kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Rendition:
    """What brings one camera's rendition of a scene to another's.

    Parameters
    ----------
    tone : ndarray of float32, shape (256,)
        Factor of linear light at sRGB values 0, 1/255, ... 1, alike for all channels.
    slope_per_px : ndarray of float64, shape (3, 2)
        Rise of ln light of red, green and blue per pixel to the right and downwards.
    centre_xy : tuple of float
        Where the slope adds nothing.
    """

    tone: FloatArray = field(repr=False)
    slope_per_px: NDArray[np.float64] = field(repr=False)
    centre_xy: tuple[float, float]

    def __post_init__(self) -> None:
        for name, dtype, shape in (("tone", "float32", (NODES,)),
                                   ("slope_per_px", "float64", (3, 2))):  # fmt: skip
            value = frozen_array(
                getattr(self, name), dtype=dtype, shape=shape, name=f"Rendition.{name}"
            )
            object.__setattr__(self, name, value)
        if not (self.tone > 0).all():
            raise ValueError("Rendition.tone: expected positive factors")

    def table(self, lut: NDArray[np.float32]) -> NDArray[np.float32]:
        """A table of linear light by code, each entry times the tone curve there."""
        codes = np.linspace(0.0, 1.0, lut.size)
        factor = np.interp(codes, np.linspace(0.0, 1.0, NODES), self.tone)
        return np.asarray(lut * factor, dtype=np.float32)

    def across(self, linear: FloatArray, box: tuple[int, int, int, int]) -> FloatArray:
        """Linear light of a crop, shape (H, W, 3), with the cast across the frame evened.

        Parameters
        ----------
        linear : ndarray of float32, shape (H, W, 3)
            Of any scale.
        box : tuple of int
            Left, top, right, bottom of the crop in the photo.
        """
        left, top, right, bottom = box
        rows, columns = linear.shape[:2]
        x = left + (np.arange(columns) + 0.5) * (right - left) / columns - 0.5 - self.centre_xy[0]
        y = top + (np.arange(rows) + 0.5) * (bottom - top) / rows - 0.5 - self.centre_xy[1]
        along = np.exp(x[:, np.newaxis] * self.slope_per_px[:, 0])
        down = np.exp(y[:, np.newaxis] * self.slope_per_px[:, 1])
        lit = linear * along[np.newaxis].astype(np.float32)
        lit *= down[:, np.newaxis].astype(np.float32)
        return np.asarray(lit, dtype=np.float32)


def tone_factors(curve: Any) -> FloatArray:
    """Factors of linear light at the nodes from a function of the sRGB value, clipped to 1/4..4."""
    values = np.linspace(0.0, 1.0, NODES)
    limit = math.log(4.0)
    return np.asarray(np.exp(np.clip(curve(values), -limit, limit)), dtype=np.float32)
