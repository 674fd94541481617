"""The baseline's scars as finds, and what clinical scales might say of a visit's scars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.metrics import Analysis
from progress.metrics.scar_classes import TYPES
from progress.metrics.scar_grades import estimated_grades, expected_counts
from progress.metrics.scars import Scars, find_scars, outline_xy
from progress.model import FoundScar, Grades, NotMeasured, RegionKind
from progress.pipeline.measured_shot import MeasuredShot
from progress.pipeline.picture import Picture
from progress.pipeline.shots import Shot
from progress.pipeline.sittings import Frame, Sitting

_COUNT: Final = ("scar_count", "whole_face")
LEAST_SLANT_DEG: Final = 20.0
"""Of the lamp off the camera's axis. Finding was proven from 22 to 52 degrees; nearer the axis
hollows hardly shade, and a grade of 0 would praise skin that is not seen."""


def found_scars(frame: Frame, baseline: MeasuredShot) -> tuple[FoundScar, ...]:
    """The scars that are told one by one, with their size and what type they look like.

    Parameters
    ----------
    frame : Frame
        With the baseline's scars among its regions.
    baseline : MeasuredShot
        The first baseline shot.

    Returns
    -------
    tuple of FoundScar
        In the order of their numbers; empty where none was found or relief cannot be told.
    """
    picture, analysis = baseline.picture, baseline.analysis
    regions = [region for region in frame.regions if region.kind is RegionKind.SCAR]
    if picture is None or analysis is None or not regions:
        return ()
    scars = find_scars(analysis)
    middles = _middles(scars, analysis)
    made = []
    for region in regions:
        outline = np.asarray(region.polygon_xy)
        there = _in_picture(outline.mean(axis=0), picture)
        index = int(np.argmin(np.hypot(*(middles - there).T)))
        made.append(
            FoundScar(
                region=region.name,
                outline_xy=outline,
                width_mm=float(scars.width_mm[index]),
                area_mm2=float(scars.area_mm2[index]),
                types=dict(zip(TYPES, map(float, scars.types[index]), strict=True)),
            )
        )
    return tuple(made)


def visit_grades(sitting: Sitting, measured: Sequence[MeasuredShot]) -> Grades:
    """What clinical scales might say of one visit, by its first photo that can serve them.

    Parameters
    ----------
    sitting : Sitting
    measured : sequence of MeasuredShot
        Its shots.

    Returns
    -------
    tuple of EstimatedGrade, or NotMeasured
        Not measured off the face, where scars cannot be counted, and where the lamp stands too near
        the camera for hollows to shade.
    """
    reason = NotMeasured("no photo")
    for shot, seen in zip(sitting.shots, measured, strict=True):
        grades = _grades_of(shot, seen)
        if not isinstance(grades, NotMeasured):
            return grades
        reason = grades
    return reason


def _grades_of(shot: Shot, measured: MeasuredShot) -> Grades:
    """Grades by one photo."""
    counted = measured.outcomes.get(_COUNT)
    picture, analysis = measured.picture, measured.analysis
    if counted is None:
        return NotMeasured("these scales grade a face, and the photo shows none")
    if isinstance(counted, NotMeasured):
        return counted
    face = None if picture is None else picture.polygons.get(_COUNT[1])
    if picture is None or analysis is None or face is None or isinstance(face, NotMeasured):
        return NotMeasured("the face is not seen in this photo")
    light = NotMeasured("not looked at") if shot.facts is None else shot.facts.light
    if isinstance(light, NotMeasured):
        return NotMeasured(f"it is not known from where the light comes: {light.reason}")
    slant = math.degrees(math.acos(float(np.clip(light.direction[2], -1.0, 1.0))))
    if slant < LEAST_SLANT_DEG:
        return NotMeasured(
            f"the lamp stands {slant:.0f} degrees off the camera's axis: hollows shade from "
            f"{LEAST_SLANT_DEG:.0f} degrees"
        )
    return estimated_grades(expected_counts(_inside(find_scars(analysis), analysis, picture, face)))


def _inside(
    scars: Scars, analysis: Analysis, picture: Picture, face_xy: NDArray[np.float64]
) -> Scars:
    """The scars whose middle lies on the face: the scales know no neck."""
    outline = _in_picture(np.asarray(face_xy), picture).astype(np.float32)
    kept = np.array(
        [
            cv2.pointPolygonTest(outline, (float(x), float(y)), False) >= 0
            for x, y in _middles(scars, analysis)
        ],
        dtype=bool,
    )
    return replace(scars, **{one.name: getattr(scars, one.name)[kept] for one in fields(scars)})


def _middles(scars: Scars, analysis: Analysis) -> NDArray[np.float64]:
    """Centres in pixels of the patch, shape (N, 2)."""
    outlines = [outline_xy(scars, index, analysis) for index in range(len(scars.x_px))]
    return np.array([one.mean(axis=0) for one in outlines]).reshape(-1, 2)


def _in_picture(photo_xy: NDArray[np.float64], picture: Picture) -> NDArray[np.float64]:
    """Photo pixels to pixels of the patch."""
    return np.asarray((photo_xy - picture.box_px[:2] + 0.5) * picture.scale - 0.5)
