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
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model import Patch, RegionKind
from progress.model.checks import BoolArray, FloatArray

_FOLLOW_SCARS: set[Any] = set()
"""Fields that differ once a picture is told where scars lie."""

P = ParamSpec("P")
T = TypeVar("T")

_MARGIN_MM, _FINE_MARGIN_MM, _FINE_PX_PER_MM = 5.0, 2.0, 6.0
"""Left around the skin of a working picture: filters take its edge for a mirror, and the widest,
2.5 mm wide and cut at four sigma, then sees no skin there a second time. At scales finer than the
last figure none is wider than 0.4 mm but for those that read the mask alone, which need no
margin."""

_CUT_STEP_PX = 48
"""Cuts begin at multiples of it, so that wide filters, which work on blocks of up to 16 px, find
the same blocks as in the whole picture."""

_HALF_COVERED = 0.5
"""A coarse pixel is skin if at least half of it is; the rest of it is not read."""


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """The picture of an analysis at one working scale, cut to its skin with a margin.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
        Linear light. A pixel that lies half on the mask is the mean of its masked part; off the
        mask it holds anything and must not be read.
    mask : ndarray of bool, shape (H, W)
        Skin.
    px_per_mm : float
        Working pixels per millimetre.
    corner : tuple of int
        Row and column of the whole working picture at which the cut begins.
    picture_shape : tuple of int
        Rows and columns of the whole working picture.
    """

    linear: FloatArray = field(repr=False)
    mask: BoolArray = field(repr=False)
    px_per_mm: float
    corner: tuple[int, int]
    picture_shape: tuple[int, int]

    def placed(self, local: FloatArray) -> FloatArray:
        """A map over this skin as part of the whole working picture, NaN off the mask."""
        whole = np.full(self.picture_shape, np.nan, np.float32)
        (top, left), (rows, columns) = self.corner, self.mask.shape
        part = whole[top : top + rows, left : left + columns]
        np.copyto(part, local, where=self.mask)
        return whole


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
    kind : RegionKind
        Of the region.
    """

    rows: slice
    columns: slice
    mask: BoolArray = field(repr=False)
    px_per_mm: float
    kind: RegionKind = RegionKind.OWN
    shares: dict[int, NDArray[np.float64]] = field(default_factory=dict, init=False, repr=False)
    """Share of skin in blocks of some pixels, kept for the metrics that follow."""

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

    Made by `Analysis.select`. The mask is only the part of the picture around the region, with its
    first pixel at row and column `corner`; it must not be written to afterwards.
    """

    analysis: Analysis
    mask: BoolArray = field(repr=False)
    corner: tuple[int, int] = (0, 0)
    kind: RegionKind = RegionKind.OWN
    _windows: dict[float, Window] = field(default_factory=dict, init=False, repr=False)

    def window(self, working_px_per_mm: float) -> Window:
        """The region in ``analysis.skin(working_px_per_mm)``."""
        if working_px_per_mm not in self._windows:
            skin = self.analysis.skin(working_px_per_mm)
            # The pixel under each coarse pixel's centre decides: averaging whole masks for
            # every region would cost more than the metrics.
            (row, rows_at), (column, columns_at) = (
                _centres_within(here, n, whole / small, first=cut, n_coarse=kept)
                for here, n, whole, small, cut, kept in zip(
                    self.corner,
                    self.mask.shape,
                    self.analysis.patch.mask.shape,
                    skin.picture_shape,
                    skin.corner,
                    skin.mask.shape,
                    strict=True,
                )
            )
            # Rows first: whole rows are copied at once.
            mask = np.take(self.mask[rows_at], columns_at, axis=1)
            mask &= skin.mask[row : row + rows_at.size, column : column + columns_at.size]
            left, top, columns, rows = (
                cv2.boundingRect(mask.view(np.uint8)) if mask.size else (0, 0, 0, 0)
            )
            inner = mask[top : top + rows, left : left + columns]
            box = slice(row + top, row + top + rows), slice(column + left, column + left + columns)
            self._windows[working_px_per_mm] = Window(*box, inner, skin.px_per_mm, self.kind)
        return self._windows[working_px_per_mm]


def _centres_within(
    start: int, n: int, coarse_px: float, *, first: int, n_coarse: int
) -> tuple[int, NDArray[np.intp]]:
    """Which of `n_coarse` pixels of `coarse_px` have their centres in ``start .. start + n``.

    Returns the first of them, counted from `first`, and the fine pixel under each one's centre,
    counted from `start`.
    """
    centres = (np.arange(first, first + n_coarse) + 0.5) * coarse_px
    under = centres.astype(np.intp) - start
    begin, end = np.searchsorted(under, (0, n))
    return int(begin), under[begin:end]


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
            self._skins[working_px_per_mm] = _shrunk(self, working_px_per_mm)
        return self._skins[working_px_per_mm]

    def select(
        self,
        mask: NDArray[Any],
        *,
        corner: tuple[int, int] | None = None,
        kind: RegionKind = RegionKind.OWN,
    ) -> Selection:
        """A region of this picture, for several metrics to pool over.

        Parameters
        ----------
        mask : ndarray of bool, shape of the patch, or of a part of it
            Region; only the part of it that is skin of the patch will count.
        corner : tuple of int, optional
            Row and column of the patch at which such a part begins.
        kind : RegionKind
            Of the region: of a single scar another figure is told than of skin with scars.

        Raises
        ------
        ValueError
            If the mask has another shape, leaves the patch or is not boolean.
        """
        region = np.ascontiguousarray(mask)
        patch = self.patch.mask.shape
        if region.dtype != np.bool_ or (corner is None and region.shape != patch):
            raise ValueError(
                f"mask: expected bool of shape {patch}, got {region.dtype} of shape {region.shape}"
            )
        top, left = corner or (0, 0)
        bottom, right = top + region.shape[0], left + region.shape[1]
        if not (top >= 0 and left >= 0 and bottom <= patch[0] and right <= patch[1]):
            raise ValueError(
                f"corner: expected a mask of shape {region.shape} to lie inside {patch}, "
                f"got it at {corner}"
            )
        return Selection(self, region, (top, left), kind)

    def knowing(self, scars: tuple[NDArray[np.float64], ...]) -> Analysis:
        """The same picture, told where the baseline's scars lie; what was computed is kept.

        Parameters
        ----------
        scars : tuple of ndarray of float64, shape (K, 2)
            Outlines in pixels of the patch.
        """
        told = Analysis(replace(self.patch, scars=scars))
        told._skins.update(self._skins)
        told._fields.update(
            {key: made for key, made in self._fields.items() if key[0] not in _FOLLOW_SCARS}
        )
        return told


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


def follows_scars(make: Callable[[Analysis], T]) -> Callable[[Analysis], T]:
    """Let a field, before it is marked `once_per_picture`, be made anew for other scars."""
    _FOLLOW_SCARS.add(make)
    return make


@once_per_picture
def _on_mask(analysis: Analysis) -> tuple[FloatArray, FloatArray]:
    """The patch with 0 off its mask, and the mask as 0 and 1."""
    patch = analysis.patch
    inside = np.asarray(cv2.copyTo(patch.linear, patch.mask.view(np.uint8)), dtype=np.float32)
    return inside, patch.mask.astype(np.float32)


def _shrunk(analysis: Analysis, working_px_per_mm: float) -> Skin:
    """The patch at the working scale, or as it is if it is not finer."""
    patch = analysis.patch
    height, width = patch.mask.shape
    scale = working_px_per_mm / patch.px_per_mm
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # Half a per cent finer is the same scale: iris scales are not rounder than that.
    if scale > 0.995 or size == (width, height):
        return _cut(patch.linear, patch.mask, patch.px_per_mm)
    inside, weight = _on_mask(analysis)
    linear = np.asarray(cv2.resize(inside, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    cover = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    on_skin = cover >= _HALF_COVERED
    partial = np.flatnonzero(on_skin & (cover < 1))
    linear.reshape(-1, 3)[partial] /= cover.ravel()[partial, np.newaxis]
    return _cut(linear, on_skin, patch.px_per_mm * size[0] / width)


def _cut(linear: FloatArray, mask: BoolArray, px_per_mm: float) -> Skin:
    """The part of a working picture around its skin; all of it where there is none."""
    left, top, columns, rows = cv2.boundingRect(mask.view(np.uint8))
    if not rows:
        return Skin(linear, mask, px_per_mm, (0, 0), mask.shape)
    margin_mm = _MARGIN_MM if px_per_mm <= _FINE_PX_PER_MM else _FINE_MARGIN_MM
    margin = math.ceil(margin_mm * px_per_mm)
    step = _CUT_STEP_PX
    first = max(0, (top - margin) // step * step), max(0, (left - margin) // step * step)
    box = slice(first[0], top + rows + margin), slice(first[1], left + columns + margin)
    if mask[box].shape == mask.shape:
        return Skin(linear, mask, px_per_mm, (0, 0), mask.shape)
    cut = np.ascontiguousarray(linear[box]), np.ascontiguousarray(mask[box])
    return Skin(*cut, px_per_mm, first, mask.shape)
