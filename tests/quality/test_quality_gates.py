"""Each gate fails for its own reason, says how to mend it, and takes away only what it harms."""

import dataclasses

import numpy as np
import pytest

from progress.imaging import DecodedPhoto
from progress.landmarks import view_of
from progress.model import Need, NotMeasured, Provenance, Scale, ScaleSource, View
from progress.quality import gather_facts, judge_facts, judge_photo


def gates(report):
    return {gate.gate: gate for gate in report.gates}


@pytest.fixture
def good(place_head, paint):
    landmarks = place_head(px_per_mm=3.5, centre_xy=(300.0, 340.0))
    photo = paint(landmarks, lamp=(0.4, 0.3, 0.8))
    return photo, landmarks


@pytest.fixture
def facts(good):
    return gather_facts(*good)


def provenance(**known):
    return Provenance(file="a.jpg", sha256="0" * 64, format="JPEG", size_px=(600, 700), **known)


def test_a_good_photo_passes_every_gate(good):
    report = judge_photo(*good)
    assert not report.failed
    assert set(gates(report)) == {
        "faces", "resolution", "exposure", "glare", "compression", "sharpness", "pose",
        "expression", "occlusion", "retouching", "make_up",
    }  # fmt: skip


def failed_gate(facts, name, *, source=None):
    gate = gates(judge_facts(facts, source or provenance()))[name]
    assert not gate.passed
    return gate


def test_too_few_pixels_take_everything_away(facts):
    coarse = dataclasses.replace(facts, scale=Scale(1.5, 0.02, ScaleSource.IRIS))
    gate = failed_gate(coarse, "resolution")
    assert gate.touches == {Need.ANY}
    assert "closer" in gate.advice


def test_no_scale_asks_for_a_sticker(facts):
    gate = failed_gate(dataclasses.replace(facts, scale=None), "resolution")
    assert gate.value is None
    assert "sticker" in gate.advice


def test_a_blurred_photo_loses_its_detail_only(place_head, paint):
    landmarks = place_head(px_per_mm=3.5, centre_xy=(300.0, 340.0))
    gate = gates(judge_photo(paint(landmarks, blur_px=3.0), landmarks))["sharpness"]
    assert not gate.passed
    assert gate.touches == {Need.DETAIL}
    assert gate.value > gate.limit


def test_a_fine_photo_must_be_sharper_in_mm_than_a_coarse_one(facts):
    coarse, fine = (
        gates(
            judge_facts(
                dataclasses.replace(facts, scale=Scale(px_per_mm, 0.02, ScaleSource.IRIS)),
                provenance(),
            )
        )["sharpness"].limit
        for px_per_mm in (3.5, 14.0)
    )
    assert coarse == pytest.approx(1.0)
    assert fine == pytest.approx(0.35)


def test_closed_eyes_do_not_tell_the_sharpness(facts):
    gate = failed_gate(
        dataclasses.replace(facts, edge_width_mm=NotMeasured("no edge")), "sharpness"
    )
    assert "open the eyes" in gate.advice


@pytest.mark.parametrize(("gain", "advice"), [(4.0, "one stop less"), (0.01, "more light")])
def test_wrong_exposure_harms_colour_and_detail(place_head, paint, gain, advice):
    landmarks = place_head(px_per_mm=3.5, centre_xy=(300.0, 340.0))
    photo = paint(landmarks, gains=(gain,) * 3)
    gate = gates(judge_photo(photo, landmarks))["exposure"]
    assert not gate.passed
    assert advice in gate.advice
    assert gate.touches == {Need.COLOUR, Need.ABSOLUTE_COLOUR, Need.DETAIL}


def test_exposure_is_not_a_matter_of_skin_tone(place_head, paint):
    landmarks = place_head(px_per_mm=3.5, centre_xy=(300.0, 340.0))
    dark = paint(landmarks, gains=(0.22, 0.16, 0.14))  # linear green 0.04, about ITA -40
    assert gates(judge_photo(dark, landmarks))["exposure"].passed


def test_a_shining_face_fails_the_glare_gate(good, place_head):
    photo, landmarks = good
    linear = photo.linear().pixels.copy()
    rows, columns = np.mgrid[: linear.shape[0], : linear.shape[1]]
    linear[(rows // 20 + columns // 20) % 5 < 2] += 0.4
    codes = np.rint(255 * np.clip(linear, 0, 1) ** (1 / 2.2)).astype(np.uint8)
    gate = gates(judge_photo(DecodedPhoto.from_codes(codes), landmarks))["glare"]
    assert not gate.passed
    assert "pat the skin dry" in gate.advice


def test_a_messengers_copy_loses_its_detail(facts):
    gate = failed_gate(facts, "compression", source=provenance(jpeg_quality=45))
    assert gate.touches == {Need.DETAIL}
    assert gates(judge_facts(facts, provenance(jpeg_quality=92)))["compression"].passed


@pytest.mark.parametrize(
    ("turn", "advice"),
    [
        ({"yaw_deg": 18.0}, "turn the face 18 degrees to the client's right"),
        ({"yaw_deg": -17.0}, "turn the face 17 degrees to the client's left"),
        ({"pitch_deg": 17.0}, "lower the chin by 17 degrees"),
        ({"pitch_deg": -17.0}, "raise the chin by 17 degrees"),
        ({"roll_deg": 25.0}, "hold the head upright"),
    ],
)
def test_a_turned_head_is_told_how_to_turn_back(place_head, facts, turn, advice):
    gate = failed_gate(dataclasses.replace(facts, landmarks=place_head(**turn)), "pose")
    assert gate.advice == advice
    assert gate.touches == {Need.SURFACE, Need.RELIEF_LIGHT}


def test_an_oblique_view_is_no_fault(place_head, facts):
    landmarks = place_head(yaw_deg=-42.0)
    oblique = dataclasses.replace(facts, landmarks=landmarks, view=view_of(landmarks))
    assert gates(judge_facts(oblique, provenance()))["pose"].passed


@pytest.mark.parametrize(
    ("yaw_deg", "view"),
    [(0, View.FRONTAL), (40, View.RIGHT_OBLIQUE), (-40, View.LEFT_OBLIQUE),
     (80, View.RIGHT_PROFILE), (-80, View.LEFT_PROFILE)],
)  # fmt: skip
def test_the_view_is_named_for_the_side_that_is_seen(place_head, yaw_deg, view):
    assert view_of(place_head(yaw_deg=float(yaw_deg))) is view


@pytest.mark.parametrize(
    ("shapes", "advice"),
    [
        ({"mouthSmileLeft": 0.6, "mouthSmileRight": 0.5}, "let the mouth rest"),
        ({"jawOpen": 0.7}, "close the mouth"),
        ({"eyeSquintLeft": 0.9, "eyeSquintRight": 0.9}, "open the eyes softly"),
        ({"browDownLeft": 0.95, "browDownRight": 0.95}, "let the brows rest"),
        ({"cheekPuff": 0.8}, "let the cheeks rest"),
    ],
)
def test_a_face_that_is_not_at_rest_is_told_what_to_relax(place_head, facts, shapes, advice):
    gate = failed_gate(
        dataclasses.replace(facts, landmarks=place_head(expression=shapes)), "expression"
    )
    assert advice in gate.advice
    assert gate.touches == {Need.EXPRESSION}


def test_brows_that_are_high_by_nature_pass(place_head, facts):
    shapes = {"browInnerUp": 0.8, "browOuterUpLeft": 0.75, "browOuterUpRight": 0.75}
    calm = dataclasses.replace(facts, landmarks=place_head(expression=shapes))
    assert gates(judge_facts(calm, provenance()))["expression"].passed


def test_a_body_photo_has_no_face_gates():
    photo = DecodedPhoto.from_codes(np.full((61, 83, 3), 140, np.uint8))
    report = judge_photo(photo, None, Scale(5.0, 0.01, ScaleSource.GIVEN))
    assert set(gates(report)) == {"resolution", "exposure", "glare", "compression"}
    assert not report.failed


def test_a_body_photo_with_a_sticker_is_judged_for_sharpness(good):
    photo, _ = good
    bare = gather_facts(photo, None, Scale(5.0, 0.01, ScaleSource.GIVEN))
    soft = dataclasses.replace(bare, edge_width_mm=2.0)
    assert not gates(judge_facts(soft, provenance()))["sharpness"].passed


def test_a_face_at_the_edge_is_judged_by_the_picture(place_head):
    photo = DecodedPhoto.from_codes(np.full((61, 83, 3), 140, np.uint8))
    away = gather_facts(photo, place_head(centre_xy=(5000.0, 5000.0)))
    assert np.isfinite(away.density).all()
