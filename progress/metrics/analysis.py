"""One picture and what metrics have computed of it so far.

A metric has a dear half and a cheap half. The dear half turns pixels into fields (a map, a list of
blobs) and is done once per picture, on all its skin; the cheap half pools a field over one region.
Both halves speak to an `Analysis`::

    analysis = Analysis(patch)                 # the whole face; nothing is computed yet
    where = analysis.select(region_mask)       # optional: spares each metric the same crop
    metric.pool(analysis, where)               # computes its field on the first call only
    metric.map_of(analysis)                    # the same field, for looking at

A field is a function of an analysis, marked `once_per_picture`; its result lives as long as the
analysis. Metrics that need the same field import the same function, and never each other.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model import Patch
from progress.model.checks import BoolArray, FloatArray

P = ParamSpec("P")
T = TypeVar("T")

_HALF_COVERED = 0.5
"""A coarse pixel is skin if at least half of it is; the rest of it is not read."""


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """The picture of an analysis at one working scale.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
        Linear light. A pixel that lies half on the mask is the mean of its masked part; off the
        mask it holds anything and must not be read.
    mask : ndarray of bool, shape (H, W)
        Skin.
    px_per_mm : float
        Working pixels per millimetre.
    """

    linear: FloatArray = field(repr=False)
    mask: BoolArray = field(repr=False)
    px_per_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """The part of a working picture that one region covers.

    Parameters
    ----------
    rows, columns : slice
        Bounding box of the region.
    mask : ndarray of bool, shape of that box
        The region's skin.
    px_per_mm : float
        Of the working picture.
    """

    rows: slice
    columns: slice
    mask: BoolArray = field(repr=False)
    px_per_mm: float

    def crop(self, picture: NDArray[Any]) -> NDArray[Any]:
        """The bounding box of a working picture of shape (H, W) or (H, W, C)."""
        return picture[self.rows, self.columns]

    def values(self, picture: NDArray[Any]) -> NDArray[Any]:
        """The region's pixels of a working picture, shape (n,) or (n, C)."""
        return self.crop(picture)[self.mask]

    @property
    def n_px(self) -> int:
        """How many working pixels count."""
        return int(np.count_nonzero(self.mask))

    @property
    def area_mm2(self) -> float:
        """Their area in the picture plane."""
        return self.n_px / self.px_per_mm**2


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """One region of one analysis; knows its window at every working scale.

    Made by `Analysis.select`. The mask must not be written to afterwards.
    """

    analysis: Analysis
    mask: BoolArray = field(repr=False)
    _windows: dict[float, Window] = field(default_factory=dict, init=False, repr=False)

    def window(self, working_px_per_mm: float) -> Window:
        """The region in ``analysis.skin(working_px_per_mm)``."""
        if working_px_per_mm not in self._windows:
            skin = self.analysis.skin(working_px_per_mm)
            height, width = skin.mask.shape
            mask = self.mask
            if mask.shape != skin.mask.shape:
                # The pixel under each coarse pixel's centre decides: averaging whole masks for
                # every region would cost more than the metrics.
                rows_at = ((np.arange(height) + 0.5) * mask.shape[0] / height).astype(np.intp)
                columns_at = ((np.arange(width) + 0.5) * mask.shape[1] / width).astype(np.intp)
                mask = mask[rows_at[:, np.newaxis], columns_at]
            mask = mask & skin.mask
            left, top, columns, rows = cv2.boundingRect(mask.view(np.uint8))
            box = slice(top, top + rows), slice(left, left + columns)
            self._windows[working_px_per_mm] = Window(*box, mask[box], skin.px_per_mm)
        return self._windows[working_px_per_mm]


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A patch and the fields that were computed of it.

    Parameters
    ----------
    patch : Patch
        Usually all skin of one photo.
    """

    patch: Patch
    _skins: dict[float, Skin] = field(default_factory=dict, init=False, repr=False)
    _fields: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def skin(self, working_px_per_mm: float) -> Skin:
        """The patch at a working scale, made once by averaging the masked part of each area.

        Parameters
        ----------
        working_px_per_mm : float
            Wished scale. A coarser patch stays as it is: nothing is invented.

        Returns
        -------
        Skin
        """
        if working_px_per_mm not in self._skins:
            self._skins[working_px_per_mm] = _shrunk(self.patch, working_px_per_mm)
        return self._skins[working_px_per_mm]

    def select(self, mask: NDArray[Any]) -> Selection:
        """A region of this picture, for several metrics to pool over.

        Parameters
        ----------
        mask : ndarray of bool, shape of the patch
            Region; only the part of it that is skin of the patch will count.

        Raises
        ------
        ValueError
            If the mask has another shape or is not boolean.
        """
        region = np.ascontiguousarray(mask)
        if region.dtype != np.bool_ or region.shape != self.patch.mask.shape:
            raise ValueError(
                f"mask: expected bool of shape {self.patch.mask.shape}, "
                f"got {region.dtype} of shape {region.shape}"
            )
        return Selection(self, region)


def once_per_picture(
    make: Callable[Concatenate[Analysis, P], T],
) -> Callable[Concatenate[Analysis, P], T]:
    """Let a field be computed once per analysis (and set of arguments) and remembered there.

    Parameters
    ----------
    make : callable
        Takes an `Analysis` and hashable positional arguments; must not write into its inputs.

    Returns
    -------
    callable
        Same signature.
    """

    @functools.wraps(make)
    def remembered(analysis: Analysis, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (make, args, tuple(sorted(kwargs.items())))
        known = analysis._fields
        if key not in known:
            known[key] = make(analysis, *args, **kwargs)
        return cast("T", known[key])

    return cast("Callable[Concatenate[Analysis, P], T]", remembered)


def _shrunk(patch: Patch, working_px_per_mm: float) -> Skin:
    """The patch at the working scale, or as it is if it is not finer."""
    height, width = patch.mask.shape
    scale = working_px_per_mm / patch.px_per_mm
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Half a per cent finer is the same scale: iris scales are not rounder than that.
    if scale > 0.995 or size == (width, height):
        return Skin(patch.linear, patch.mask, patch.px_per_mm)
    weight = patch.mask.astype(np.float32)
    cover = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    inside = cv2.copyTo(patch.linear, patch.mask.view(np.uint8))
    linear = np.asarray(cv2.resize(inside, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    if not patch.mask.all():
        linear /= np.maximum(cover, np.float32(1e-6))[..., np.newaxis]
    return Skin(linear, cover >= _HALF_COVERED, patch.px_per_mm * size[0] / width)
