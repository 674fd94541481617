"""A pair is judged check by check: how far apart, what that harms, whom it flatters."""

import dataclasses

import numpy as np
import pytest

from progress.model import Flatters, Need, NotMeasured, PairVerdict, View
from progress.quality import RelativePsf, gather_facts, judge_pair, perspective_percent

ALIKE = RelativePsf(0.0, 0.001)


@pytest.fixture
def facts(place_head, paint):
    landmarks = place_head()
    return gather_facts(paint(landmarks, lamp=(0.4, 0.3, 0.8)), landmarks)


def checks(baseline, followup, psf=ALIKE, **more):
    return {check.check: check for check in judge_pair(baseline, followup, psf=psf, **more).checks}


def test_a_photo_with_itself_is_comparable(facts):
    found = judge_pair(facts, facts, psf=ALIKE)
    assert found.verdict is PairVerdict.COMPARABLE
    assert {check.check for check in found.checks} == {
        "view", "pose", "distance", "light_direction", "light_hardness", "exposure",
        "colour_cast", "expression", "focus", "retouching", "make_up",
    }  # fmt: skip
    assert all(check.difference == pytest.approx(0.0, abs=1e-6) for check in found.checks)


def test_a_careful_second_shot_is_comparable(facts, place_head, paint):
    landmarks = place_head(
        yaw_deg=3.5, pitch_deg=-3.0, roll_deg=4.0, px_per_mm=3.2, distance_mm=660.0
    )
    photo = paint(landmarks, lamp=(0.4, 0.3, 0.8), gains=(1.23, 1.18, 1.14), seed=9)
    found = judge_pair(facts, gather_facts(photo, landmarks), psf=ALIKE)
    assert found.verdict is PairVerdict.COMPARABLE


def test_another_view_is_not_comparable(facts):
    found = judge_pair(facts, dataclasses.replace(facts, view=View.LEFT_OBLIQUE), psf=ALIKE)
    assert found.verdict is PairVerdict.NOT_COMPARABLE


def test_a_turned_head_harms_surface_and_relief(facts, place_head):
    turned = dataclasses.replace(facts, landmarks=place_head(yaw_deg=10.0))
    check = checks(facts, turned)["pose"]
    assert not check.passed
    assert check.difference == pytest.approx(10.0)
    assert Need.COLOUR not in check.touches


@pytest.mark.parametrize(("near", "far"), [(200.0, 700.0), (250.0, 900.0)])
def test_a_nearer_camera_is_seen_in_the_perspective(place_head, facts, near, far):
    a, b = place_head(distance_mm=far), place_head(distance_mm=near)
    true = 100 * 20 * (1 / near - 1 / far)
    assert perspective_percent(a, b) == pytest.approx(true, rel=0.5)
    assert perspective_percent(b, a) < 0
    check = checks(
        dataclasses.replace(facts, landmarks=a), dataclasses.replace(facts, landmarks=b)
    )["distance"]
    assert not check.passed
    assert "step further away" in check.advice


def test_registered_skin_tells_the_distance_unless_the_face_smiles(place_head, facts):
    a = dataclasses.replace(facts, landmarks=place_head())
    psf = RelativePsf(0.0, 0.0)

    def check(nearness_per_m, followup=a):
        found = judge_pair(a, followup, psf=psf, nearness_per_m=nearness_per_m)
        return {c.check: c for c in found.checks}["distance"]

    assert check(0.6).passed
    nearer, further = check(1.1), check(-1.1)
    assert not nearer.passed
    assert nearer.difference == pytest.approx(2.2)
    assert "step further away" in nearer.advice
    assert "step closer" in further.advice
    strengths = {**a.landmarks.expression, "mouthSmileLeft": 0.9, "mouthSmileRight": 0.9}
    smiling = dataclasses.replace(
        facts, landmarks=dataclasses.replace(a.landmarks, expression=strengths)
    )
    assert check(1.1, smiling).passed


def test_focal_length_and_scale_tell_the_distance_of_whole_frames(facts):
    def at(distance_mm):
        return dataclasses.replace(facts, camera="Phone 3", distance_mm=distance_mm)

    check = checks(at(600.0), at(300.0))["distance"]
    assert check.difference == pytest.approx(100 * 20 * (1 / 300 - 1 / 600))
    assert not check.passed
    assert checks(at(600.0), at(650.0))["distance"].passed


def test_a_crop_or_another_camera_does_not_tell_the_distance(facts):
    near = dataclasses.replace(facts, camera="Phone 3", distance_mm=300.0)
    far = dataclasses.replace(facts, camera="Phone 3", distance_mm=600.0)
    cropped = dataclasses.replace(far, size_px=(500, 500))
    other = dataclasses.replace(far, camera="Phone 4")
    unknown = dataclasses.replace(far, distance_mm=None)
    for second in (cropped, other, unknown):
        assert checks(near, second)["distance"].passed


@pytest.fixture
def under(place_head, paint):
    def shot(lamp, **changes):
        landmarks = place_head()
        return gather_facts(paint(landmarks, lamp=lamp, seed=5, **changes), landmarks)

    return shot


def test_a_moved_lamp_blocks_relief_before_colour(under):
    found = checks(under((0.2, 0.0, 1.0)), under((0.5, 0.0, 1.0)))["light_direction"]
    assert not found.passed
    assert found.touches == {Need.RELIEF_LIGHT}
    far = checks(under((0.6, 0.0, 1.0)), under((-0.6, 0.0, 1.0)))["light_direction"]
    assert Need.COLOUR in far.touches


def test_a_lamp_that_only_the_eyes_saw_move_is_heard(facts):
    def mirrored(direction):
        return dataclasses.replace(
            facts, light=dataclasses.replace(facts.light, eyes=np.asarray(direction))
        )

    still = checks(mirrored((0.0, 0.0, 1.0)), mirrored((0.2, 0.0, 0.98)))["light_direction"]
    moved = checks(mirrored((0.0, 0.0, 1.0)), mirrored((0.6, 0.0, 0.8)))["light_direction"]
    assert still.passed
    assert not moved.passed
    assert moved.difference == pytest.approx(np.degrees(np.arctan2(0.6, 0.8)))
    assert "eyes" in moved.advice


def test_softer_light_flatters_the_followup(under):
    hard, soft = (under((0.4, 0.2, 0.9), fill=fill) for fill in (0.15, 0.8))
    found = checks(hard, soft)["light_hardness"]
    assert not found.passed
    assert found.flatters is Flatters.FOLLOWUP


def test_light_that_cannot_be_read_blocks_relief_only(facts):
    dark = dataclasses.replace(facts, light=NotMeasured("too little bare skin"))
    for pair in ((facts, dark), (dark, facts)):
        check = checks(*pair)["light_direction"]
        assert check.difference is None
        assert check.touches == {Need.RELIEF_LIGHT}


def test_exposure_is_told_in_stops_and_whom_it_flatters(under):
    brighter = checks(under((0.3, 0.0, 1.0)), under((0.3, 0.0, 1.0), gains=(1.8, 1.8, 1.8)))[
        "exposure"
    ]
    assert brighter.difference == pytest.approx(np.log2(1.8), abs=0.05)
    assert not brighter.passed
    assert brighter.flatters is Flatters.FOLLOWUP
    assert Need.COLOUR not in brighter.touches


def test_another_lamps_colour_blocks_colour(under):
    found = checks(under((0.3, 0.0, 1.0)), under((0.3, 0.0, 1.0), gains=(1.2, 1.0, 0.8)))[
        "colour_cast"
    ]
    assert not found.passed
    assert Need.COLOUR in found.touches
    small = checks(under((0.3, 0.0, 1.0)), under((0.3, 0.0, 1.0), gains=(1.04, 1.0, 0.96)))[
        "colour_cast"
    ]
    assert small.passed


def test_a_softer_followup_flatters_itself(facts):
    soft = checks(facts, facts, psf=RelativePsf(0.09, 0.004))["focus"]
    assert not soft.passed
    assert soft.difference == pytest.approx(0.3)
    assert soft.flatters is Flatters.FOLLOWUP
    assert soft.touches == {Need.DETAIL}
    assert checks(facts, facts, psf=RelativePsf(-0.09, 0.004))["focus"].flatters is (
        Flatters.BASELINE
    )


def test_a_difference_in_focus_that_may_be_noise_does_not_block(facts):
    assert checks(facts, facts, psf=RelativePsf(0.05, 0.02))["focus"].passed


def test_focus_that_could_not_be_compared_blocks_detail(facts):
    check = checks(facts, facts, psf=NotMeasured("no eye is seen"))["focus"]
    assert not check.passed
    assert "no eye is seen" in check.advice


def with_mouth(landmarks, out_mm, px_per_mm=3.0):
    points = landmarks.points_xy.copy()
    points[61, 0] -= out_mm * px_per_mm
    points[291, 0] += out_mm * px_per_mm
    return dataclasses.replace(landmarks, points_xy=points)


def test_a_smile_blocks_lines_and_not_colour(facts):
    smiling = dataclasses.replace(facts, landmarks=with_mouth(facts.landmarks, 3.0))
    check = checks(facts, smiling)["expression"]
    assert not check.passed
    assert check.difference == pytest.approx(3.0, rel=0.1)
    assert check.touches == {Need.EXPRESSION}
    assert check.flatters is Flatters.BASELINE
    assert checks(smiling, facts)["expression"].flatters is Flatters.FOLLOWUP


def test_the_mouth_is_read_on_a_turned_head_too(facts, place_head):
    turned = place_head(yaw_deg=6.0, pitch_deg=4.0, roll_deg=5.0)
    rest = checks(facts, dataclasses.replace(facts, landmarks=turned))["expression"]
    assert rest.passed
    assert rest.difference < 0.6


def test_a_frown_is_named(facts, place_head):
    frown = place_head(expression={"browDownLeft": 0.5, "browDownRight": 0.5})
    check = checks(facts, dataclasses.replace(facts, landmarks=frown))["expression"]
    assert not check.passed
    assert "brows" in check.advice


def test_healing_blocks_for_a_week_and_redness_for_two(facts):
    def healing(days):
        return checks(facts, facts, days_since_treatment=days)["healing_window"]

    assert Need.DETAIL in healing(3.0).touches
    assert healing(3.0).flatters is Flatters.FOLLOWUP  # swelling smooths
    assert Need.DETAIL not in healing(10.0).touches
    assert Need.COLOUR in healing(10.0).touches
    assert healing(15.0).passed
    assert "healing_window" not in checks(facts, facts)


def test_body_photos_are_judged_without_face_checks(facts):
    body = dataclasses.replace(facts, landmarks=None, view=View.BODY)
    assert set(checks(body, body)) == {"exposure", "colour_cast", "focus"}
