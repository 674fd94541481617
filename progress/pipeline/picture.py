"""One photo at the scale that metrics need: the skin of the baseline's regions, measured once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.colour import Correction
from progress.imaging import DecodedPhoto, shrink_variance_px2
from progress.metrics import Analysis, Metric
from progress.model import (
    ChromophoreAxes,
    Landmarks,
    Need,
    NotMeasured,
    Outcome,
    Patch,
    ReferenceSkin,
    RegionKind,
)
from progress.quality import match_point_spread
from progress.regions import rasterise_tight, skin_mask

WORKING_PX_PER_MM = 12.0
"""Finest scale that any metric is computed at: pores are sized from 10 px/mm, and a finer grid
costs time and adds only sensor noise."""

MARGIN_MM = 8.0
"""Around the regions, so that filters and re-shoots see real skin beyond the edge of a mask."""

Polygons = Mapping[str, "NDArray[np.float64] | NotMeasured"]
"""Region name to corners in this photo's pixels, or the reason why it is not seen there."""

Outcomes = dict[tuple[str, str], Outcome]
"""(metric id, region name) to what was measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A crop in linear light with its geometry, ready to be measured or shot again.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
        Linear light.
    box_px : tuple of int
        Left, top, right, bottom of the crop in the photo.
    scale : float
        Crop pixels per photo pixel, at most 1.
    px_per_mm, native_px_per_mm : float
        Of the crop and of the photo.
    landmarks : Landmarks or None
        In photo pixels.
    polygons : mapping
        Regions in photo pixels.
    light : Correction or None
        From a chart or a card in the photo; applied when the picture is measured. None where the
        light is told by skin or not at all.
    kinds : mapping
        Region name to kind; `RegionKind.OWN` where it says nothing.
    """

    linear: NDArray[np.float32] = field(repr=False)
    box_px: tuple[int, int, int, int]
    scale: float
    px_per_mm: float
    native_px_per_mm: float
    landmarks: Landmarks | None = field(repr=False)
    polygons: Polygons = field(repr=False)
    light: Correction | None = field(default=None, repr=False)
    kinds: Mapping[str, RegionKind] = field(default_factory=dict, repr=False)

    def scars_in_crop(self) -> tuple[NDArray[np.float64], ...] | None:
        """Outlines of the baseline's scars in pixels of the crop; None where none were carried."""
        kinds = (RegionKind.SCAR, RegionKind.FAINT_SCAR)
        if not any(kind in kinds for kind in self.kinds.values()):
            return None
        seen = [
            polygon
            for name, polygon in self.polygons.items()
            if self.kinds.get(name) in kinds and not isinstance(polygon, NotMeasured)
        ]
        return tuple((np.asarray(xy) - self.box_px[:2] + 0.5) * self.scale - 0.5 for xy in seen)

    def is_asked(self, metric: Metric, region: str) -> bool:
        """Whether a metric is asked of that kind of region."""
        return self.kinds.get(region, RegionKind.OWN) in metric.asked_of


def crop_box(
    polygons: Sequence[NDArray[Any]], size_px: tuple[int, int], *, margin_px: float
) -> tuple[int, int, int, int] | None:
    """Smallest box around all polygons with a margin, inside the photo; None if it is empty."""
    if not polygons:
        return None
    corners = np.concatenate([np.asarray(polygon) for polygon in polygons])
    low, high = corners.min(axis=0) - margin_px, corners.max(axis=0) + margin_px
    left, top = max(0, math.floor(low[0])), max(0, math.floor(low[1]))
    right, bottom = min(size_px[0], math.ceil(high[0])), min(size_px[1], math.ceil(high[1]))
    return (left, top, right, bottom) if right - left > 1 and bottom - top > 1 else None


def working_scale(px_per_mm: float) -> float:
    """Picture pixels per photo pixel; a photo is never enlarged."""
    return min(1.0, WORKING_PX_PER_MM / px_per_mm)


def taking_blur_mm2(px_per_mm: float) -> float:
    """Variance that shrinking a photo to its picture adds to the point spread, mm2.

    One client's photos lie on both sides of the working resolution; unless it is reckoned in, the
    one that is shrunk by a hair looks smoother.
    """
    return shrink_variance_px2(working_scale(px_per_mm)) / px_per_mm**2


def take_picture(
    photo: DecodedPhoto,
    polygons: Polygons,
    *,
    px_per_mm: float,
    landmarks: Landmarks | None,
    extra: Sequence[NDArray[Any]] = (),
    light: Correction | None = None,
    kinds: Mapping[str, RegionKind] | None = None,
) -> Picture | NotMeasured:
    """Crop a photo to its regions at the working scale.

    Parameters
    ----------
    photo : DecodedPhoto
        Native pixels.
    polygons : mapping
        Regions in photo pixels.
    px_per_mm : float
        Of the photo.
    landmarks : Landmarks or None
        Of the photo.
    extra : sequence of ndarray
        More polygons to keep inside the crop, such as the reference skin.
    light : Correction, optional
        By which the picture's colours are corrected when it is measured.
    kinds : mapping, optional
        Region name to kind.

    Returns
    -------
    Picture or NotMeasured
        Not measured when no region is seen in the photo.
    """
    seen = [polygon for polygon in polygons.values() if not isinstance(polygon, NotMeasured)]
    box = crop_box([*seen, *extra], photo.size_px, margin_px=MARGIN_MM * px_per_mm)
    if not seen or box is None:
        return NotMeasured("none of the regions is seen in this photo")
    scale = working_scale(px_per_mm)
    raster = photo.linear(box, scale)
    return Picture(
        linear=raster.pixels,
        box_px=box,
        scale=scale,
        px_per_mm=px_per_mm * scale,
        native_px_per_mm=px_per_mm,
        landmarks=landmarks,
        polygons=polygons,
        light=light,
        kinds=kinds or {},
    )


def measure_picture(
    picture: Picture,
    metrics: Sequence[Metric],
    *,
    axes: ChromophoreAxes | None,
    reference: ReferenceSkin | None,
    blocked: Mapping[Need, str],
    gains: NDArray[np.float64] | None = None,
    extra_blur_mm: float = 0.0,
) -> tuple[Outcomes, Analysis]:
    """Every metric in every region of one picture.

    Parameters
    ----------
    picture : Picture
        From `take_picture` or a simulated re-shoot of one.
    metrics : sequence of Metric
        What to measure.
    axes : ChromophoreAxes or None
        The client's, chosen once.
    reference : ReferenceSkin or None
        In this picture, after its own `light` and before `gains`.
    blocked : mapping of Need to str
        What this photo or pair cannot serve.
    gains : ndarray, shape (3,), optional
        Channel gains that bring this photo to the baseline's light.
    extra_blur_mm : float
        Gaussian sigma that brings this photo to the common point spread.

    Returns
    -------
    outcomes : dict
        By metric id and region name; `NotMeasured` where there is no figure. Without the pairs
        that are not asked.
    analysis : Analysis
        For heat maps.
    """
    linear = picture.linear
    mask = skin_mask(
        linear,
        picture.box_px,
        picture.scale,
        picture.landmarks,
        px_per_mm=picture.px_per_mm / picture.scale,
    )
    if extra_blur_mm > 0:
        linear = match_point_spread(linear, extra_blur_mm * picture.px_per_mm)
    if picture.light is not None:
        linear = np.asarray(picture.light.apply(linear), dtype=np.float32)
    if gains is not None:
        linear = np.asarray(cv2.transform(linear, np.diag(gains)), dtype=np.float32)
        if reference is not None:
            level = reference.optical_density - np.log(gains)
            reference = replace(reference, optical_density=level)
    analysis = Analysis(
        Patch(
            linear=linear,
            mask=mask,
            px_per_mm=picture.px_per_mm,
            native_px_per_mm=picture.native_px_per_mm,
            axes=axes,
            reference=reference,
            blocked=blocked,
            scars=picture.scars_in_crop(),
        )
    )
    return repool(picture, analysis, metrics), analysis


def repool(picture: Picture, analysis: Analysis, metrics: Sequence[Metric]) -> Outcomes:
    """Metrics in every region of a picture that is analysed already.

    Parameters
    ----------
    picture : Picture
    analysis : Analysis
        Of that picture.
    metrics : sequence of Metric

    Returns
    -------
    dict
        As the first of `measure_picture`.
    """
    mask = analysis.patch.mask
    outcomes: Outcomes = {}
    for name, polygon in picture.polygons.items():
        asked = [metric for metric in metrics if picture.is_asked(metric, name)]
        if isinstance(polygon, NotMeasured):
            outcomes.update({(metric.id, name): polygon for metric in asked})
            continue
        if not asked:
            continue
        region, (top, left) = rasterise_tight(polygon, picture.box_px, picture.scale)
        region &= mask[top : top + region.shape[0], left : left + region.shape[1]]
        kind = picture.kinds.get(name, RegionKind.OWN)
        seen = analysis.select(region, corner=(top, left), kind=kind)
        for metric in asked:
            outcomes[metric.id, name] = metric.pool(analysis, seen)
    return outcomes
