"""What is true of a sample picture, in words and numbers that go beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from progress.phantom.clients import SampleBody, SampleClient, body_shot
from progress.phantom.features import Scar, Spot
from progress.phantom.head import Rendered, form_of
from progress.phantom.head_mesh import IRIS_DIAMETER_MM
from progress.phantom.head_raster import interpolate
from progress.phantom.head_scene import Part
from progress.phantom.head_skin import SkinCondition
from progress.phantom.spectra import skin_reflectance

FORMAT = "progress.phantom/1"
_FOUND_MM = 0.15
_REGIONS = {
    "left_cheek": 280,
    "right_cheek": 50,
    "nose": 4,
    "forehead": 9,
    "chin": 199,
}


def feature_xy(picture: Rendered, paper_mm: Any) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Where points of the unrolled skin are in a picture.

    Parameters
    ----------
    picture : Rendered
    paper_mm : array_like, shape (n, 2)
        Places of pores, scars or spots in `picture.form.features`.

    Returns
    -------
    xy : ndarray of float64, shape (n, 2)
        Pixels, within about a quarter of one; of the nearest skin seen where the point is hidden.
    visible : ndarray of bool, shape (n,)
    """
    fragments, scene = picture.fragments, picture.scene
    face = np.flatnonzero(scene.part[fragments.triangle] == Part.FACE)
    paper = interpolate(scene.skin_mm.astype(np.float32), scene.triangles, fragments)[face]
    points = np.asarray(paper_mm, dtype=np.float64).reshape(-1, 2)
    distance, index = cKDTree(paper).query(points, k=4)
    weight = 1.0 / np.maximum(distance, 1e-4) ** 2
    weight /= weight.sum(axis=1, keepdims=True)
    row, column = np.divmod(fragments.pixel[face][index], picture.shot.size_px[0])
    xy = np.stack([(column * weight).sum(axis=1), (row * weight).sum(axis=1)], axis=1)
    return xy, distance[:, 0] < _FOUND_MM


def density_over_neck(client: SampleClient, condition: SkinCondition) -> dict[str, list[float]]:
    """Optical density of the middle of each region over that of the untreated neck.

    Parameters
    ----------
    client : SampleClient
    condition : SkinCondition

    Returns
    -------
    dict of str to list of float
        Red, green, blue: -ln(face / neck), clean skin without pores, gloss and shading.
    """
    form, tone = form_of(client.head), client.head.tone
    neck = np.log(tone.linear.astype(np.float64))
    result = {}
    for name, landmark in _REGIONS.items():
        at = form.atlas.xy_mm[landmark]
        red = form.chart.read(form.chart.zone("red"), at)[0]
        treated = form.chart.read(form.chart.zone("treated"), at)[0]
        blood = tone.blood * (
            1.0 + client.head.traits.redness * condition.redness * red + condition.flare * treated
        )
        here = np.log(skin_reflectance(tone.melanin, blood).astype(np.float64))
        result[name] = [round(float(value), 5) for value in neck - here]
    return result


def _rounded(values: Iterable[float], digits: int = 4) -> list[float]:
    """Plain floats."""
    return [round(float(value), digits) for value in values]


def scar_volume_mm3(scar: Scar) -> float:
    """Skin that is missing: of a Gaussian pit, or of a box."""
    if scar.kind.value == "boxcar":
        return math.pi / 4.0 * scar.width_mm**2 * scar.depth_mm
    return math.pi / (4.0 * math.log(2.0)) * scar.width_mm**2 * scar.depth_mm


def person_truth(client: SampleClient) -> dict[str, Any]:
    """What never changes about a client."""
    head, features = client.head, form_of(client.head).features
    return {
        "tone": asdict(head.tone),
        "traits": asdict(head.traits),
        "seed": head.seed,
        "iris_diameter_mm": IRIS_DIAMETER_MM,
        "pores": {
            "count": len(features.pores),
            "area_mm2": round(features.pores.area_mm2, 3),
            "median_diameter_mm": round(float(np.median(features.pores.diameter_mm)), 4),
        },
        "scars": [_scar(scar) for scar in features.scars],
        "spots": [_spot(spot) for spot in features.spots],
        "course": asdict(client.course) | {"first_on": client.course.first_on.isoformat()},
    }


def _scar(scar: Scar) -> dict[str, Any]:
    """One scar before treatment."""
    return {
        "kind": scar.kind.value,
        "width_mm": round(scar.width_mm, 3),
        "depth_mm": round(scar.depth_mm, 3),
        "volume_mm3": round(scar_volume_mm3(scar), 4),
        "paper_mm": _rounded((scar.x_mm, scar.y_mm), 2),
    }


def _spot(spot: Spot) -> dict[str, Any]:
    """One freckle or mole."""
    return {
        "diameter_mm": round(spot.diameter_mm, 3),
        "strength": round(spot.melanin_factor - 1.0, 3),
        "paper_mm": _rounded((spot.x_mm, spot.y_mm), 2),
    }


def picture_truth(client: SampleClient, day: int, picture: Rendered) -> dict[str, Any]:
    """What is true of one picture."""
    condition, features, shot = picture.condition, picture.form.features, picture.shot
    scar_xy, scar_seen = feature_xy(picture, [(s.x_mm, s.y_mm) for s in features.scars])
    spot_xy, spot_seen = feature_xy(picture, [(s.x_mm, s.y_mm) for s in features.spots])
    return {
        "date": client.course.on(day).isoformat(),
        "day": day,
        "condition": asdict(condition),
        "change": {
            "pore_area": round(condition.pore_area - 1.0, 5),
            "scar_depth": round(condition.scar_depth - 1.0, 5),
            "line_depth": round(condition.line_depth - 1.0, 5),
            "pigment": round(condition.pigment - 1.0, 5),
            "redness_excess": round(condition.redness - 1.0, 5),
        },
        "pore_area_mm2": round(features.pores.area_mm2 * condition.pore_area, 3),
        "density_over_neck_rgb": density_over_neck(client, condition),
        "shot": {
            "yaw_deg": round(shot.yaw_deg, 4),
            "pitch_deg": round(shot.pitch_deg, 4),
            "roll_deg": round(shot.roll_deg, 4),
            "expression": asdict(shot.expression),
            "distance_mm": round(shot.distance_mm, 2),
            "px_per_mm": round(shot.px_per_mm, 4),
            "aim_mm": _rounded(shot.aim_mm),
            "light_direction": _rounded(shot.light.unit, 5),
            "light_direction_on_face": _rounded(picture.light_to_face, 5),
            "ambient": shot.light.ambient,
            "softness_deg": shot.softness_deg,
            "camera": asdict(shot.camera),
        },
        "landmarks_xy": [_rounded(point, 2) for point in picture.landmarks_xy],
        "scars_xy": [_rounded(point, 2) for point in scar_xy],
        "scars_visible": [bool(seen) for seen in scar_seen],
        "spots_xy": [_rounded(point, 2) for point in spot_xy],
        "spots_visible": [bool(seen) for seen in spot_seen],
    }


def body_truth(body: SampleBody, day: int) -> dict[str, Any]:
    """What is true of one picture of the body area."""
    spec, shot = body.spec_on(day), body_shot(body, day)
    contrast, width = spec.remaining
    return {
        "date": body.course.on(day).isoformat(),
        "day": day,
        "weeks_since_first_treatment": round(spec.weeks, 4),
        "change": {
            "mark_contrast": round(contrast - 1.0, 5),
            "mark_width": round(width - 1.0, 5),
        },
        "px_per_mm": round(spec.px_per_mm * shot.zoom, 4),
        "shot": {
            "yaw_deg": round(shot.yaw_deg, 4),
            "pitch_deg": round(shot.pitch_deg, 4),
            "roll_deg": round(shot.roll_deg, 4),
            "zoom": round(shot.zoom, 5),
            "shift_mm": _rounded(shot.shift_mm),
            "stretch_mm": round(shot.stretch_mm, 4),
            "light_direction": _rounded(shot.light.unit, 5),
            "camera": asdict(shot.camera),
        },
    }
