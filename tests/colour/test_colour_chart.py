"""A chart held into the scene is found, read and believed only where it is one."""

import cv2
import numpy as np
import pytest

from progress.colour import ChartColour, chart_search, find_chart
from progress.colour.chart_fit import ROOT_TERMS_FROM, fit_colour, root_terms, tone_curve
from progress.colour.chart_search import ChartPlace, read_chart, search_chart
from progress.imaging import DecodedPhoto, codes_from_linear, delta_e_2000, lab_from_linear
from progress.imaging.colour_chart import GREYS, PATCHES, SKIN_LIKE, chart_linear
from progress.model import NotMeasured
from progress.phantom.camera import Camera, shoot
from progress.phantom.chart import Card, hold_chart, hold_grey_card, irradiance, seen_chart
from progress.phantom.head_scene import View
from progress.phantom.relief import Light
from progress.phantom.skin import SKIN_TONES

VIEW = View(px_per_mm=4.0, distance_mm=900.0, size_px=(640, 500), aim_mm=(0.0, 0.0))
LIGHT = Light((-0.35, 0.45, 0.82), ambient=0.42)
MIDDLE = Card(centre_mm=(6.0, -4.0, 45.0))
SKINS = np.array([tone.linear for tone in SKIN_TONES])
EVERY = np.ones(24, dtype=bool)


def room(rng):
    """A dim grey wall with some texture, linear light."""
    wall = np.full((500, 640, 3), (0.30, 0.33, 0.36), np.float32)
    return wall * (1 + 0.05 * cv2.GaussianBlur(rng.standard_normal(wall.shape), (0, 0), 6.0))


def chart_photo(camera=Camera(), card=MIDDLE, *, patches=None, seed=4):
    rng = np.random.default_rng(seed)
    held = hold_chart(room(rng).astype(np.float32), VIEW, LIGHT, card=card, patch_linear=patches)
    return DecodedPhoto.from_codes(shoot(held.linear, camera, rng)), held


def delta_e(a, b):
    return delta_e_2000(lab_from_linear(a), lab_from_linear(b))


def test_the_published_colours_give_the_well_known_srgb_codes():
    codes = codes_from_linear(chart_linear())
    # what any table of the chart's sRGB values says, within the change of edition of 2014
    assert np.abs(codes[1].astype(int) - (197, 145, 125)).max() <= 3
    assert np.ptp(chart_linear()[list(GREYS[1:])], axis=1).max() < 0.01
    assert len(PATCHES) == 24
    assert chart_linear()[PATCHES.index("cyan"), 0] < 0  # outside sRGB


def test_a_chart_is_found_where_it_is_held_and_its_patches_are_read_as_printed():
    photo, held = chart_photo(Camera(psf_sigma_px=0.6))
    place = search_chart(photo)
    assert isinstance(place, ChartPlace)
    # a tenth of a patch, of which a half may be missed before its edge is read
    assert np.abs(place.corners_xy - held.corners_xy).max() < 0.2 * place.patch_px
    reading = read_chart(photo, place)
    assert reading.usable.sum() >= 23
    good = reading.usable
    # the gradient of 1 % across the card and the rounding to codes
    np.testing.assert_allclose(
        reading.linear[good] / held.light, np.maximum(chart_linear()[good], 0), rtol=0.03, atol=3e-3
    )


def test_a_chart_upside_down_is_read_in_its_own_order():
    upright, _ = chart_photo()
    turned = DecodedPhoto.from_codes(upright.codes[::-1, ::-1])
    a, b = find_chart(upright), find_chart(turned)
    assert isinstance(a, ChartColour)
    assert isinstance(b, ChartColour)
    skin = SKINS * 0.8
    assert delta_e(a.apply(skin), b.apply(skin)).max() < 0.3


@pytest.mark.parametrize(
    "camera",
    [
        Camera(channel_gains=(1.1, 1.0, 1.0)),
        Camera(channel_gains=(1.0, 1.0, 0.9)),
        Camera(exposure_ev=-0.5),
        Camera(channel_gains=(0.9, 1.0, 1.1), tone=0.4, exposure_ev=0.3),
    ],
    ids=["red", "blue", "dark", "all"],
)
def test_skin_is_true_again_after_the_chart(camera):
    photo, held = chart_photo(camera)
    found = find_chart(photo)
    assert isinstance(found, ChartColour)
    plain = shoot(
        np.repeat(SKINS[None].astype(np.float32), 60, 0).repeat(12, 1) * np.float32(held.light),
        camera,
        np.random.default_rng(1),
    )
    seen = DecodedPhoto.from_codes(plain).linear().pixels.reshape(60, 6, 12, 3)[10:50, :, 3:9]
    skin = np.median(seen, axis=(0, 2)).astype(np.float64)
    # target of the issue: a median of 1
    assert np.median(delta_e(found.apply(skin), SKINS)) < 1.0
    assert found.skin_residual_delta_e < 1.5
    assert found.residual_delta_e < 1.5


def test_clipped_patches_are_left_out_and_few_of_them_refuse_the_chart():
    bright = find_chart(chart_photo(Camera(exposure_ev=0.6))[0])
    assert isinstance(bright, ChartColour)
    assert bright.n_patches < 23
    dark = find_chart(chart_photo(Camera(exposure_ev=-4.5))[0])
    assert isinstance(dark, NotMeasured)


def test_a_plain_wall_a_grey_card_and_a_wrong_pattern_are_no_chart():
    rng = np.random.default_rng(2)
    wall = room(rng).astype(np.float32)
    plain = DecodedPhoto.from_codes(shoot(wall, Camera(), rng))
    assert "no colour chart" in find_chart(plain).reason
    card = hold_grey_card(wall, VIEW, LIGHT, card=Card(size_mm=(85, 54), centre_mm=(0, 0, 40)))
    assert not find_chart(DecodedPhoto.from_codes(shoot(card.linear, Camera(), rng)))
    shuffled = np.maximum(chart_linear()[rng.permutation(24)], 1e-3)
    assert not find_chart(chart_photo(patches=shuffled)[0])


def test_colours_that_no_correction_explains_are_refused():
    photo, held = chart_photo()
    codes = photo.codes.copy()
    for index in (0, 1, 3, 6, 8, 11, 14, 13, 10, 5, 12, 15):
        x, y = held.patches_xy[index].astype(int)
        codes[y - 14 : y + 15, x - 14 : x + 15] = codes[y, x][::-1]
    found = find_chart(DecodedPhoto.from_codes(codes))
    assert isinstance(found, NotMeasured)
    assert "no colour chart was seen" in found.reason


def test_a_detector_that_breaks_down_is_asked_again_at_another_size(monkeypatch):
    photo, _ = chart_photo()
    asked = []
    true = chart_search._searched

    def breaking(photo, shorter_px):
        asked.append(shorter_px)
        if len(asked) < 2:
            raise cv2.error("assertion failed")
        return true(photo, shorter_px)

    monkeypatch.setattr(chart_search, "_searched", breaking)
    assert isinstance(find_chart(photo), ChartColour)
    assert len(set(asked)) == 2

    def broken(photo, shorter_px):
        raise cv2.error("assertion failed")

    monkeypatch.setattr(chart_search, "_searched", broken)
    assert "the search for one failed" in find_chart(photo).reason


def test_a_chart_of_few_pixels_is_said_to_be_too_small():
    photo, held = chart_photo()
    tiny = ChartPlace(held.corners_xy * 0.05)
    assert "too small" in read_chart(photo, tiny).reason


def test_twice_the_light_gives_twice_the_corrected_light():
    measured = np.maximum(chart_linear(), 1e-3) * (1.1, 1.0, 0.85)
    fit = fit_colour(measured, EVERY)
    assert fit.curve is None
    assert fit.matrix.shape == (6, 3)
    np.testing.assert_allclose(fit.apply(2 * SKINS), 2 * fit.apply(SKINS), rtol=1e-9)
    np.testing.assert_allclose(root_terms(3 * SKINS), 3 * root_terms(SKINS), rtol=1e-6)


def test_few_patches_fit_a_plain_matrix():
    measured = np.maximum(chart_linear(), 1e-3) * (1.1, 1.0, 0.85)
    few = EVERY.copy()
    few[ROOT_TERMS_FROM - 1 :] = False
    assert fit_colour(measured, few).matrix.shape == (3, 3)
    assert delta_e(fit_colour(measured, few).apply(SKINS * (1.1, 1.0, 0.85)), SKINS).max() < 0.3


def test_a_tone_curve_is_undone_by_the_greys_and_only_where_there_is_one():
    truth = np.maximum(chart_linear(), 1e-3)
    assert tone_curve(truth * 0.8, EVERY) is None
    bent = truth**1.2
    curve = tone_curve(bent, EVERY)
    light = curve.undo(bent)
    ratio = np.log(light[list(GREYS)] / truth[list(GREYS)])
    assert np.ptp(ratio) < 0.05
    steps = curve.undo(np.linspace(0, 1, 500))
    assert (np.diff(steps) >= 0).all()
    three = EVERY.copy()
    three[list(GREYS[:3])] = False
    assert tone_curve(bent, three) is None


def test_corrected_light_keeps_shape_and_type_and_refuses_codes():
    found = find_chart(chart_photo()[0])
    light = np.full((61, 83, 3), 0.3, np.float32)
    kept = light.copy()
    assert found.apply(light).shape == light.shape
    assert found.apply(light).dtype == np.float32
    np.testing.assert_array_equal(light, kept)
    with pytest.raises(TypeError, match="expected float32 or float64, got uint8"):
        found.apply(np.zeros((3, 3), np.uint8))


def test_patches_have_their_published_colour_to_an_ideal_camera_and_another_to_others():
    np.testing.assert_allclose(seen_chart("ideal", "d65"), chart_linear(), atol=1e-9)
    phone = seen_chart("phone", "led")
    assert 0.5 < np.median(delta_e(np.maximum(phone, 0), np.maximum(chart_linear(), 0))) < 8
    # neutral stays neutral: the camera is balanced on its lamp
    assert np.ptp(phone[list(GREYS[1:])] / chart_linear()[list(GREYS[1:])], axis=1).max() < 0.06


def test_a_card_says_what_is_true_of_it_and_refuses_to_face_away():
    _, held = chart_photo()
    assert held.light == pytest.approx(irradiance(MIDDLE.normal, LIGHT))
    x, y = held.patches_xy[SKIN_LIKE[1]].astype(int)
    np.testing.assert_allclose(held.linear[y, x] / held.light, chart_linear()[1], rtol=0.02)
    with pytest.raises(ValueError, match="expected its face towards the camera"):
        Card(yaw_deg=120.0)
    with pytest.raises(ValueError, match="expected positive lengths"):
        Card(size_mm=(0.0, 3.0))
    with pytest.raises(ValueError, match=r"expected less than 0\.5"):
        Card(gradient=0.7)
    with pytest.raises(ValueError, match="expected a place in the picture"):
        hold_chart(held.linear, VIEW, LIGHT, card=Card(centre_mm=(4000.0, 0.0, 0.0)))
    with pytest.raises(ValueError, match="expected a place before the camera"):
        hold_chart(held.linear, VIEW, LIGHT, card=Card(centre_mm=(0.0, 0.0, 2000.0)))
