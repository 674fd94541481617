"""What was read of each outlined mark on both photos, in photo pixels, to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from progress.metrics.mark_line import ACROSS_MM, MARK_PX_PER_MM
from progress.metrics.mark_profile import MarkProfile, mark_profile
from progress.model import NotMeasured, Region, RegionKind
from progress.pipeline.measured_shot import MeasuredShot
from progress.pipeline.sittings import Frame
from progress.regions import rasterise_tight

_GREEN = 1
"""Blood and melanin both darken it: the channel in which marks of any colour stand out."""


@dataclass(frozen=True, slots=True, eq=False)
class MarkView:
    """One outlined mark on one photo.

    Parameters
    ----------
    outline_xy : ndarray of float64, shape (K, 2)
        What the user drew, carried to this photo, in its pixels.
    line_xy : ndarray of float64, shape (N, 2)
        The middle line that was followed, between the mark's ends where they are known.
    across_xy : ndarray of float64, shape (N, 2)
        Photo pixels that one millimetre across the line takes, at each of its points.
    edges_mm : tuple of float, or None
        Left and right half-contrast edge off the line; None where the mark has no shape.
    flanks_mm : tuple of float
        Outer ends of the flanks that it is held against.
    profile : ndarray of float64, shape (M,)
        Optical density of green above the flanks, at `across_mm`; NaN where no skin is seen.
    across_mm : ndarray of float64, shape (M,)
    """

    outline_xy: NDArray[np.float64] = field(repr=False)
    line_xy: NDArray[np.float64] = field(repr=False)
    across_xy: NDArray[np.float64] = field(repr=False)
    edges_mm: tuple[float, float] | None
    flanks_mm: tuple[float, float]
    profile: NDArray[np.float64] = field(repr=False)
    across_mm: NDArray[np.float64] = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class SeenMark:
    """One outlined mark on the first photos of baseline and follow-up."""

    region: str
    baseline: MarkView
    followup: MarkView | NotMeasured


def seen_marks(
    frame: Frame, baseline: MeasuredShot, followup: MeasuredShot
) -> tuple[SeenMark, ...]:
    """The outlined bands of a pair.

    Parameters
    ----------
    frame : Frame
    baseline, followup : MeasuredShot

    Returns
    -------
    tuple of SeenMark
        Of what the user outlined, only that which is a band on the baseline.
    """
    made = []
    for region in frame.regions:
        if region.kind is not RegionKind.DRAWN:
            continue
        first = _view(region, baseline)
        if isinstance(first, MarkView):
            then = _view(region, followup)
            if isinstance(then, MarkView):
                then = _run_alike(first, then)
            made.append(SeenMark(region.name, first, then))
    return tuple(made)


def _run_alike(first: MarkView, then: MarkView) -> MarkView:
    """The follow-up's mark read from the same end: which end a line begins at is chance."""
    way, again = (view.line_xy[-1] - view.line_xy[0] for view in (first, then))
    if way @ again >= 0:
        return then
    return MarkView(
        outline_xy=then.outline_xy,
        line_xy=then.line_xy[::-1],
        across_xy=-then.across_xy[::-1],
        edges_mm=then.edges_mm and (-then.edges_mm[1], -then.edges_mm[0]),
        flanks_mm=(-then.flanks_mm[1], -then.flanks_mm[0]),
        profile=then.profile[::-1],
        across_mm=then.across_mm,
    )


def _view(region: Region, shot: MeasuredShot) -> MarkView | NotMeasured:
    """One mark on one photo."""
    picture, analysis = shot.picture, shot.analysis
    if picture is None or analysis is None:
        return NotMeasured("the photo could not be measured")
    polygon = picture.polygons.get(region.name, NotMeasured("not outlined here"))
    if isinstance(polygon, NotMeasured):
        return polygon
    mask, (top, left) = rasterise_tight(polygon, picture.box_px, picture.scale)
    mask &= analysis.patch.mask[top : top + mask.shape[0], left : left + mask.shape[1]]
    if not mask.any():
        return NotMeasured("no usable skin inside the outline")
    window = analysis.select(mask, corner=(top, left), kind=region.kind).window(MARK_PX_PER_MM)
    profile = mark_profile(analysis, window)
    if isinstance(profile, NotMeasured):
        return profile
    skin = analysis.skin(MARK_PX_PER_MM)
    line_px, across_px = _between_ends(profile, skin.px_per_mm)

    def in_photo(skin_xy: NDArray[np.float64]) -> NDArray[np.float64]:
        in_patch = (skin_xy + skin.corner[::-1] + 0.5) * picture.px_per_mm / skin.px_per_mm - 0.5
        return np.asarray((in_patch + 0.5) / picture.scale - 0.5 + picture.box_px[:2])

    line_xy = in_photo(line_px)
    band = profile.band
    half = None if isinstance(band, NotMeasured) else band.width_mm / 2
    edges = None
    if half is not None and not isinstance(band, NotMeasured):
        edges = (band.centre_mm - half, band.centre_mm + half)
    return MarkView(
        outline_xy=np.asarray(polygon, dtype=np.float64),
        line_xy=line_xy,
        across_xy=in_photo(line_px + across_px) - line_xy,
        edges_mm=edges,
        flanks_mm=profile.flanks_mm,
        profile=profile.pooled[:, _GREEN],
        across_mm=ACROSS_MM,
    )


def _between_ends(
    profile: MarkProfile, px_per_mm: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Stations between the mark's ends, and a millimetre across the line at each, in pixels."""
    along = np.gradient(profile.line_px, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * px_per_mm
    if isinstance(profile.ends, NotMeasured):
        return profile.line_px, across
    at = np.arange(len(profile.line_px))
    kept = _inside(at, profile.ends)
    return profile.line_px[kept], across[kept]


def _inside(at: NDArray[np.intp], ends: Sequence[float]) -> NDArray[np.bool_]:
    """Stations between two ends; two of them at least, so that a line can be drawn."""
    kept = (at >= ends[0]) & (at <= ends[1])
    return kept if kept.sum() >= 2 else np.ones(len(at), dtype=bool)
