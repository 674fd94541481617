"""What covers the skin is found by place and kind, at every tone, and shadow is not a cover."""

import dataclasses

import numpy as np
import pytest

from progress.imaging import DecodedPhoto, codes_from_linear
from progress.model import Need, NotMeasured
from progress.phantom.disguise import disguise
from progress.phantom.skin import SKIN_TONES
from progress.phantom.spectra import skin_reflectance
from progress.quality import gather_facts, judge_facts, judge_photo
from progress.quality.face_patches import coarser, crop_face
from progress.quality.occlusion import CLOTH, GLASSES, HAIR, HAND, find_occlusion

LIGHT_SKIN = np.array([0.42, 0.25, 0.17])


def gates(photo, landmarks):
    return {gate.gate: gate for gate in judge_photo(photo, landmarks).gates}


@pytest.fixture
def placed(place_head):
    return place_head(px_per_mm=3.5, centre_xy=(300.0, 340.0))


@pytest.fixture
def shown(placed, paint):
    """Paint the head in a tone and put one thing before it."""

    def show(kind=None, *, tone=None, strength=0.8, **painted):
        gains = (1.0, 1.0, 1.0)
        if tone is not None:
            gains = tuple(skin_reflectance(tone.melanin, tone.blood) / LIGHT_SKIN)
        photo = paint(placed, gains=gains, **painted)
        if kind is None:
            return photo
        linear = photo.linear().pixels
        put = disguise(
            linear, placed.points_xy, kind,
            px_per_mm=3.5, strength=strength, rng=np.random.default_rng(2),
        )  # fmt: skip
        return DecodedPhoto.from_codes(codes_from_linear(put.linear))

    return show


@pytest.mark.parametrize("tone", SKIN_TONES[::5], ids=lambda tone: tone.name)
@pytest.mark.parametrize(
    "case",
    [("fringe", "forehead", HAIR), ("glasses", "right_under_eye", GLASSES),
     ("hand", "left_cheek", HAND), ("mask", "chin", CLOTH)],
)  # fmt: skip
def test_each_cover_is_found_where_it_is_on_light_and_dark_skin(shown, placed, case, tone):
    kind, patch, cover = case
    found = find_occlusion(crop_face(shown(kind, tone=tone), placed, 2.0))
    assert found.visible[patch] < 0.8
    assert found.cover[patch] == cover


@pytest.mark.parametrize("tone", SKIN_TONES, ids=lambda tone: tone.name)
def test_a_bare_face_is_seen_at_every_tone(shown, placed, tone):
    assert find_occlusion(crop_face(shown(tone=tone), placed, 2.0)).worst[1] > 0.85


@pytest.mark.parametrize("tone", [SKIN_TONES[0], SKIN_TONES[5]], ids=lambda tone: tone.name)
def test_the_shadow_of_a_side_light_covers_nothing(shown, placed, tone):
    photo = shown(tone=tone, lamp=(1.0, 0.2, 0.4), fill=0.2)
    assert gates(photo, placed)["occlusion"].passed


@pytest.mark.parametrize(
    ("kind", "advice", "harmed"),
    [
        ("fringe", "tie the hair back: it covers the forehead", {Need.SURFACE}),
        ("glasses", "take the glasses off: they cover the client's", {Need.SURFACE}),
        ("hand", "take the hand away: it covers the client's left cheek", {Need.COLOUR}),
        ("mask", "take the mask or cloth off", {Need.COLOUR, Need.DETAIL}),
    ],
)
def test_the_advice_names_the_thing_and_the_place(shown, placed, kind, advice, harmed):
    gate = gates(shown(kind), placed)["occlusion"]
    assert not gate.passed
    assert advice in gate.advice
    assert harmed <= gate.touches
    assert Need.ANY not in gate.touches


def test_hair_on_a_cheek_is_named_by_its_side(shown, placed):
    facts = gather_facts(shown(), placed)
    seen = dict(facts.occlusion.visible) | {"right_cheek": 0.5}
    hairy = dataclasses.replace(facts.occlusion, visible=seen, cover={"right_cheek": HAIR})
    covered = dataclasses.replace(facts, occlusion=hairy)
    report = judge_facts(covered, shown().provenance)
    advice = {gate.gate: gate.advice for gate in report.gates}["occlusion"]
    assert advice == "tie the hair back: it covers the client's right cheek"


def test_a_beard_is_told_and_not_blamed(shown, placed):
    photo = shown()
    linear = photo.linear().pixels.copy()
    chin = crop_face(photo, placed, 99.0)
    patch = chin.patches["chin"]
    low = np.floor(placed.points_xy[:468].min(axis=0) - 4.0 * 3.5).astype(int)
    rows, columns = np.nonzero(patch)
    bristles = np.random.default_rng(3).uniform(size=rows.size) < 0.3
    linear[rows[bristles] + low[1], columns[bristles] + low[0]] *= 0.05
    found = find_occlusion(
        crop_face(DecodedPhoto.from_codes(codes_from_linear(linear)), placed, 2.0)
    )
    assert found.beard > 0.2
    assert found.visible["chin"] > 0.9


def test_a_face_beside_the_picture_is_not_judged(place_head):
    photo = DecodedPhoto.from_codes(np.full((61, 83, 3), 140, np.uint8))
    away = place_head(centre_xy=(5000.0, 5000.0))
    assert crop_face(photo, away, 2.0) is None
    assert isinstance(find_occlusion(None), NotMeasured)
    assert gates(photo, away)["occlusion"].value is None


def test_a_crop_shrinks_with_its_patches(shown, placed):
    fine = crop_face(shown(), placed, 4.0)
    coarse = coarser(fine, 2.0)
    assert coarse.px_per_mm == pytest.approx(2.0, rel=0.01)
    assert coarse.linear.shape[:2] == coarse.patches["nose"].shape
    areas = [crop.patches["nose"].sum() / crop.px_per_mm**2 for crop in (fine, coarse)]
    assert areas[0] == pytest.approx(areas[1], rel=0.05)
    assert coarser(coarse, 4.0) is coarse
