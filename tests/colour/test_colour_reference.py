"""Untreated neck skin is found, carries its error, and takes the light out but not the effect."""

import numpy as np
import pytest

from progress.colour import (
    axes_for_ita,
    find_reference,
    gains_to_match,
    neck_polygon,
    reference_at,
)
from progress.imaging import DecodedPhoto, codes_from_linear, linear_from_codes
from progress.model import NotMeasured, ReferenceSkin
from progress.phantom.spectra import melanin_for_ita, skin_reflectance
from progress.regions import face_regions, rasterise

SIZE = (600, 860)
CHEEK_BLOOD = 0.02


def person(landmarks, *, ita_deg=40.0, cheek_blood=CHEEK_BLOOD, neck=True, seed=5):
    """Linear light of a head and neck of one tone, shaded sideways, with its cheek mask."""
    rng = np.random.default_rng(seed)
    melanin = melanin_for_ita(ita_deg)
    linear = np.full((SIZE[1], SIZE[0], 3), 0.5, dtype=np.float32)
    skin = skin_reflectance(melanin, 0.02).reshape(3)
    if neck:
        linear[400:, 150:450] = skin
    linear[20:630, 60:540] = skin
    cheek = np.zeros(linear.shape[:2], dtype=bool)
    for region in face_regions(landmarks):
        if region.name == "left_cheek":
            cheek = rasterise(region.polygon_xy, (0, 0, *SIZE), 1.0)
    linear[cheek] = skin_reflectance(melanin, cheek_blood).reshape(3)
    linear *= np.linspace(0.95, 0.7, SIZE[0], dtype=np.float32)[None, :, None]
    linear *= 1 + 0.01 * rng.standard_normal(linear.shape, dtype=np.float32)
    return linear, cheek


def photo(linear, gains=(1.0, 1.0, 1.0)):
    return DecodedPhoto.from_codes(codes_from_linear(np.asarray(linear * gains, dtype=np.float32)))


def test_the_neck_is_measured_as_it_was_painted(place_head):
    landmarks = place_head()
    linear, _ = person(landmarks)
    found = find_reference(photo(linear), landmarks)
    assert isinstance(found, ReferenceSkin)
    # the strip lies in the middle, where the shading is 0.825
    painted = -np.log(0.825 * skin_reflectance(melanin_for_ita(40.0), 0.02).reshape(3))
    np.testing.assert_allclose(found.optical_density, painted, atol=0.02)
    assert found.source == "neck"


def test_shading_moves_all_channels_so_redness_is_known_better_than_each(place_head):
    landmarks = place_head()
    found = find_reference(photo(person(landmarks)[0]), landmarks)
    weights = axes_for_ita(40.0).haemoglobin
    apart = np.linalg.norm(weights * found.standard_error)
    together = found.standard_error_along(weights)
    assert 0.02 < together < 0.4 * apart


@pytest.mark.parametrize("ita_deg", [55.0, 30.0, 0.0, -30.0])
@pytest.mark.parametrize("gains", [(1.04, 0.98, 0.95), (0.8, 0.8, 0.8), (0.92, 1.0, 1.08)])
def test_an_injected_redness_survives_the_change_of_light(place_head, ita_deg, gains):
    landmarks = place_head()
    axes = axes_for_ita(ita_deg)
    before, cheek = person(landmarks, ita_deg=ita_deg)
    after, _ = person(landmarks, ita_deg=ita_deg, cheek_blood=1.5 * CHEEK_BLOOD, seed=6)
    baseline, followup = photo(before), photo(after, gains)
    references = [find_reference(shot, landmarks) for shot in (baseline, followup)]
    matched = linear_from_codes(followup.codes) * gains_to_match(*references)

    def redness(linear):
        return np.mean(-np.log(linear[cheek]), axis=0) @ axes.haemoglobin

    melanin = melanin_for_ita(ita_deg)
    injected = axes.haemoglobin @ -np.log(
        skin_reflectance(melanin, 1.5 * CHEEK_BLOOD) / skin_reflectance(melanin, CHEEK_BLOOD)
    ).reshape(3).astype(np.float64)
    measured = redness(matched) - redness(linear_from_codes(baseline.codes))
    # 95 % is the contract; 8-bit codes of dark skin step by 6 %, a lace that no mean irons out
    assert measured == pytest.approx(injected, rel=0.05, abs=0.01 if ita_deg < 0 else 0.0)


def test_gains_of_one_photo_with_itself_are_one(place_head):
    landmarks = place_head()
    found = find_reference(photo(person(landmarks)[0]), landmarks)
    np.testing.assert_array_equal(gains_to_match(found, found), np.ones(3))


def test_gains_bring_the_followup_to_the_baseline(place_head):
    landmarks = place_head()
    linear, _ = person(landmarks)
    first = find_reference(photo(linear), landmarks)
    second = find_reference(photo(linear, (0.9, 0.8, 0.7)), landmarks)
    # 8-bit codes step by about 1 % here
    np.testing.assert_allclose(
        gains_to_match(first, second), 1 / np.array([0.9, 0.8, 0.7]), rtol=0.01
    )


def painted_over(linear, landmarks, colour, dx=1.0):
    out = linear.copy()
    corners = neck_polygon(landmarks)
    mask = rasterise(corners, (0, 0, *SIZE), 1.0)
    mask[:, int(corners[:, 0].min() + dx * np.ptp(corners[:, 0])) :] = False
    out[mask] = colour
    return out


@pytest.mark.parametrize("colour", [(0.6, 0.6, 0.62), (0.05, 0.06, 0.2), (0.01, 0.008, 0.006)])
def test_cloth_and_deep_shadow_are_no_reference(place_head, colour):
    landmarks = place_head()
    linear = painted_over(person(landmarks)[0], landmarks, colour)
    outcome = find_reference(photo(linear), landmarks)
    assert isinstance(outcome, NotMeasured)
    assert "bare, lit skin" in outcome.reason


def test_a_collar_over_a_part_is_left_out(place_head):
    landmarks = place_head()
    linear, _ = person(landmarks)
    whole = find_reference(photo(linear), landmarks)
    part = find_reference(photo(painted_over(linear, landmarks, (0.6, 0.6, 0.62), 0.5)), landmarks)
    weights = axes_for_ita(40.0).haemoglobin
    assert abs(weights @ (part.optical_density - whole.optical_density)) < 0.02


def test_a_head_at_the_lower_edge_has_no_neck(place_head):
    landmarks = place_head()
    linear, _ = person(landmarks)
    outcome = find_reference(photo(linear[:600]), landmarks)
    assert isinstance(outcome, NotMeasured)
    assert "outside the picture" in outcome.reason


def test_a_clipped_neck_is_no_reference(place_head):
    landmarks = place_head()
    linear, _ = person(landmarks)
    assert isinstance(find_reference(photo(linear * 4.0), landmarks), NotMeasured)


def test_scattered_pieces_are_no_reference(place_head):
    landmarks = place_head()
    linear, _ = person(landmarks)
    rows, columns = np.mgrid[: SIZE[1], : SIZE[0]]
    net = (rows // 12 % 3 > 0) | (columns // 12 % 3 > 0)  # 4 mm openings in a lace of white
    linear[net & (rows > 640)] = 0.8
    outcome = find_reference(photo(linear), landmarks)
    assert isinstance(outcome, NotMeasured)


def test_a_users_polygon_is_a_reference_on_the_body():
    rng = np.random.default_rng(2)
    skin = skin_reflectance(0.05, 0.02).reshape(3) * (
        1 + 0.01 * rng.standard_normal((261, 283, 3), dtype=np.float32)
    )
    square = np.array([(20.0, 20.0), (220.0, 20.0), (220.0, 220.0), (20.0, 220.0)])
    found = reference_at(photo(skin), square, px_per_mm=5.0)
    assert isinstance(found, ReferenceSkin)
    assert found.source == "outlined reference skin"
    np.testing.assert_allclose(
        found.optical_density, -np.log(skin_reflectance(0.05, 0.02).reshape(3)), atol=0.01
    )


def test_a_polygon_that_is_too_small_says_how_small():
    skin = np.full((83, 61, 3), 0.3, dtype=np.float32)
    square = np.array([(5.0, 5.0), (25.0, 5.0), (25.0, 25.0), (5.0, 25.0)])
    outcome = reference_at(photo(skin), square, px_per_mm=4.0, source="arm")
    assert isinstance(outcome, NotMeasured)
    assert "cm2 of the arm" in outcome.reason


def test_a_face_outside_the_picture_gives_no_reference(place_head):
    landmarks = place_head(centre_xy=(-900.0, 330.0))
    skin = np.full((83, 61, 3), 0.3, dtype=np.float32)
    polygon = np.array([(0.0, 0.0), (60.0, 0.0), (60.0, 80.0), (0.0, 80.0)])
    assert not reference_at(photo(skin), polygon, px_per_mm=3.0, landmarks=landmarks)
