"""Scars as finds with size and type, and grades only from photos that can serve them."""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from progress.lab.scar_scenes import FIRST_TRUTH_SEED, Lamp, flat_scene
from progress.lab.scar_shots import STILL, photograph
from progress.metrics.scars import find_scars, outline_xy
from progress.model import Estimate, NotMeasured, Region, RegionKind
from progress.pipeline.found_scars import LEAST_SLANT_DEG, found_scars, visit_grades
from progress.pipeline.measured_shot import MeasuredShot
from progress.pipeline.picture import Picture

CORNER = (30, 50)
COUNT = ("scar_count", "whole_face")


@pytest.fixture(scope="module")
def shot() -> MeasuredShot:
    """A scarred piece that is said to be a face, in a photo twice as fine as its picture."""
    lamp = Lamp(slant_deg=42.0, azimuth_deg=115.0)
    scene = flat_scene(FIRST_TRUTH_SEED + 61, kind="scars", tone=1, lamp=lamp)
    analysis = photograph(scene, STILL, np.random.default_rng(0)).analysis
    height, width = analysis.patch.mask.shape
    face = np.array([(0, 0), (width, 0), (width, height), (0, height)]) * 2.0 + CORNER
    picture = Picture(
        linear=analysis.patch.linear,
        box_px=(*CORNER, CORNER[0] + 2 * width, CORNER[1] + 2 * height),
        scale=0.5,
        px_per_mm=analysis.patch.px_per_mm,
        native_px_per_mm=2 * analysis.patch.px_per_mm,
        landmarks=None,
        polygons={"whole_face": face},
    )
    return MeasuredShot({COUNT: Estimate(9.0, 1.0, 9)}, picture, analysis, NotMeasured("none"), {})


def visit(slant_deg: float | None):
    light = NotMeasured("two lamps")
    if slant_deg is not None:
        slant = math.radians(slant_deg)
        light = SimpleNamespace(direction=np.array([math.sin(slant), 0.0, math.cos(slant)]))
    return SimpleNamespace(shots=(SimpleNamespace(facts=SimpleNamespace(light=light)),))


def reason_of(grades) -> str:
    assert isinstance(grades, NotMeasured)
    return grades.reason


def test_each_found_scar_has_the_size_and_types_of_the_one_it_was_outlined_from(shot):
    scars = find_scars(shot.analysis)
    chosen = np.flatnonzero(scars.weight > 0.5)[:3][::-1]
    regions = tuple(
        Region(
            f"scar_{n}",
            (outline_xy(scars, int(index), shot.analysis) + 0.5) * 2 - 0.5 + CORNER,
            kind=RegionKind.SCAR,
        )
        for n, index in enumerate(chosen, start=1)
    )
    told = found_scars(SimpleNamespace(regions=regions), shot)
    assert [one.region for one in told] == ["scar_1", "scar_2", "scar_3"]
    for one, index in zip(told, chosen, strict=True):
        assert one.area_mm2 == pytest.approx(scars.area_mm2[index])
        assert list(one.types.values()) == pytest.approx(scars.types[index])
        assert one.likeliest[0] == scars.kinds[index]
        # 24 corners of an ellipse hold 1 % less than the ellipse.
        assert one.to_dict()["outline_xy"][0] == pytest.approx(one.outline_xy[0], abs=0.051)


def test_without_scars_nothing_is_found(shot):
    assert found_scars(SimpleNamespace(regions=()), shot) == ()


def test_a_face_under_a_slanting_lamp_is_graded_in_spans_that_say_what_they_are(shot):
    baron, ecca = visit_grades(visit(35.0), [shot])
    assert 0 < baron.least <= baron.most
    assert 0 < ecca.least <= ecca.most
    assert baron.statement == "estimated from photographs, not rated by a clinician"


def test_scars_beside_the_face_do_not_count(shot):
    face = shot.picture.polygons["whole_face"]
    away = replace(shot, picture=replace(shot.picture, polygons={"whole_face": face + 5000.0}))
    for grade in visit_grades(visit(35.0), [away]):
        assert (grade.least, grade.most) == (0.0, 0.0)


def test_light_from_beside_the_camera_gets_no_grade(shot):
    said = reason_of(visit_grades(visit(LEAST_SLANT_DEG - 8.0), [shot]))
    assert "12 degrees off the camera's axis" in said
    assert "two lamps" in reason_of(visit_grades(visit(None), [shot]))


def test_what_keeps_scars_from_being_counted_keeps_them_from_being_graded(shot):
    coarse = replace(shot, outcomes={COUNT: NotMeasured("too coarse")})
    assert reason_of(visit_grades(visit(35.0), [coarse])) == "too coarse"
    body = replace(shot, outcomes={})
    assert "grade a face" in reason_of(visit_grades(visit(35.0), [body]))


def test_a_second_shot_serves_where_the_first_cannot(shot):
    coarse = replace(shot, outcomes={COUNT: NotMeasured("too coarse")})
    both = SimpleNamespace(shots=visit(35.0).shots * 2)
    assert not isinstance(visit_grades(both, [coarse, shot]), NotMeasured)
