"""The baseline's scars as regions: found once, carried to every photo, told one by one.

What a treatment did to scars is told of the same scars before and after. So they are found on the
first baseline shot, and every photo of the course, simulated re-shoots among them, is told where
they lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.metrics import Analysis, Metric, get_metric
from progress.metrics.scar_contrast import footprints, is_seen, outlined_scars
from progress.model import Estimate, NotMeasured, Region, RegionKind
from progress.pipeline.measured_shot import MeasuredShot
from progress.pipeline.picture import Picture, repool
from progress.pipeline.sittings import Frame

_RELIEF = "scar_relief"
N_NAMED = 12
"""Scars that are told one by one: more than a report can hold, and each more makes the others' Holm
correction harsher. The rest count for the skin around them."""
_LIKELY = 0.5
"""Weight from which a place is carried as a scar. One whose weight changed between shots would make
an unchanged cheek change."""
_MISSING_SHARE = 0.1
"""Of a region's footprints: with more of them not found again or hidden, its figure is not told."""
_SCAR_KINDS = (RegionKind.SCAR, RegionKind.FAINT_SCAR)


def with_scars(
    frame: Frame, baseline: MeasuredShot, metrics: Sequence[Metric]
) -> tuple[Frame, MeasuredShot]:
    """The frame with a region for each scar of the baseline shot, and that shot told of them.

    Parameters
    ----------
    frame : Frame
    baseline : MeasuredShot
        The first baseline shot, measured without.
    metrics : sequence of Metric
        Those that are asked of single scars are measured anew in all regions, on the fields that
        are there already.

    Returns
    -------
    frame : Frame
        With regions ``scar_1``, ``scar_2``, ... of kind `RegionKind.SCAR`, at most twelve, by
        falling contrast, and further ones of kind `RegionKind.FAINT_SCAR`. As it came where relief
        cannot be told or no scar is seen.
    baseline : MeasuredShot
    """
    picture, analysis = baseline.picture, baseline.analysis
    if picture is None or analysis is None:
        return frame, baseline
    if get_metric(_RELIEF).refusal(analysis.patch) is not None:
        return frame, baseline
    scars = tuple(_regions(frame, picture, analysis))
    if not scars:
        return frame, baseline
    told = replace(
        picture,
        polygons={**picture.polygons, **{one.name: np.asarray(one.polygon_xy) for one in scars}},
        kinds={**picture.kinds, **{one.name: one.kind for one in scars}},
    )
    again = analysis.knowing(told.scars_in_crop() or ())
    asked = [metric for metric in metrics if RegionKind.SCAR in metric.asked_of]
    outcomes = {**baseline.outcomes, **repool(told, again, asked)}
    with_them = replace(frame, regions=(*frame.regions, *scars))
    return with_them, replace(baseline, outcomes=outcomes, picture=told, analysis=again)


def _regions(frame: Frame, picture: Picture, analysis: Analysis) -> Iterator[Region]:
    """Regions of the likely scars in photo pixels, strongest first."""
    taken = {region.name for region in frame.regions}
    names = (name for n in range(1, 1000) if (name := f"scar_{n}") not in taken)
    number = 0
    for outline, weight, contrast, share in outlined_scars(analysis):
        if weight < _LIKELY or contrast <= 0 or not is_seen(share):
            continue
        number += 1
        kind = RegionKind.SCAR if number <= N_NAMED else RegionKind.FAINT_SCAR
        name = next(names) if kind is RegionKind.SCAR else f"{kind.value}_{number - N_NAMED}"
        in_photo = (outline + 0.5) / picture.scale - 0.5 + picture.box_px[:2]
        yield Region(name, in_photo, kind=kind)


def with_relief_of_its_scars(frame: Frame, shot: MeasuredShot) -> MeasuredShot:
    """A shot whose regions tell relief only where they hold scars, and those are all seen.

    Parameters
    ----------
    frame : Frame
        With the baseline's scars.
    shot : MeasuredShot

    Returns
    -------
    MeasuredShot
        A region without a scar has no relief of scars, not one of 0 that nothing can move; one that
        lost a tenth of its footprints would seem improved.
    """
    if shot.picture is None:
        return shot
    scars = [region for region in frame.regions if region.kind in _SCAR_KINDS]
    lost = {scar.name for scar in scars} - _clearly_seen(shot)
    outcomes = dict(shot.outcomes)
    for region in frame.regions:
        key = (_RELIEF, region.name)
        if region.kind in _SCAR_KINDS or not isinstance(outcomes.get(key), Estimate):
            continue
        own = [scar for scar in scars if _holds(region.polygon_xy, scar.polygon_xy)]
        whole = sum(_area(scar.polygon_xy) for scar in own)
        missing = sum(_area(scar.polygon_xy) for scar in own if scar.name in lost)
        if not own:
            outcomes[key] = NotMeasured("no scar was found here on the first photo")
        elif missing > _MISSING_SHARE * whole:
            n_lost = sum(scar.name in lost for scar in own)
            outcomes[key] = NotMeasured(
                f"{n_lost} of the {len(own)} scars of this region are not clearly seen"
            )
    return replace(shot, outcomes=outcomes)


def _clearly_seen(shot: MeasuredShot) -> set[str]:
    """Names of the scars that were found again and are not under hair."""
    if shot.picture is None or shot.analysis is None:
        return set()
    carried = [
        name
        for name, polygon in shot.picture.polygons.items()
        if shot.picture.kinds.get(name) in _SCAR_KINDS and not isinstance(polygon, NotMeasured)
    ]
    told = footprints(shot.analysis) if carried else ()
    return {name for name, scar in zip(carried, told, strict=True) if is_seen(scar.seen)}


def _holds(polygon_xy: NDArray[np.float64], scar_xy: NDArray[np.float64]) -> bool:
    """Whether the middle of a scar lies in a region."""
    x, y = np.mean(scar_xy, axis=0)
    outline = np.asarray(polygon_xy, dtype=np.float32)
    return cv2.pointPolygonTest(outline, (float(x), float(y)), False) >= 0


def _area(polygon_xy: NDArray[np.float64]) -> float:
    """Of a polygon, in square pixels."""
    return float(cv2.contourArea(np.asarray(polygon_xy, dtype=np.float32)))
