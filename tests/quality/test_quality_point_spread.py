"""Known blurs are found in size and sign, and matched."""

import cv2
import numpy as np
import pytest

from progress.imaging import DecodedPhoto
from progress.landmarks import Fiducial
from progress.model import NotMeasured
from progress.quality import (
    RelativePsf,
    edge_width_mm,
    eye_zones,
    match_point_spread,
    relative_psf,
    sticker_zones,
)

SIZE = (1200, 1400)


@pytest.fixture
def sharp(place_head, paint):
    landmarks = place_head(px_per_mm=6.0, centre_xy=(600.0, 660.0))
    return eye_zones(paint(landmarks, size=SIZE), landmarks)


def again(place_head, paint, blur_px, **changes):
    """The same head a little turned, smaller and in other light."""
    pose = {"roll_deg": 4.0, "yaw_deg": 3.0, "px_per_mm": 5.6, "centre_xy": (590.0, 650.0)}
    landmarks = place_head(**{**pose, **changes})
    photo = paint(landmarks, size=SIZE, blur_px=blur_px, gains=(1.1, 1.0, 0.9), seed=2)
    return eye_zones(photo, landmarks)


@pytest.mark.parametrize("blur_px", [0.5, 0.8, 1.2])
def test_a_known_blur_is_found_whichever_photo_has_it(sharp, place_head, paint, blur_px):
    soft = again(place_head, paint, blur_px)
    true = (blur_px / 5.6) ** 2
    found, back = relative_psf(sharp, soft), relative_psf(soft, sharp)
    # 15 % and the scatter that a change of pose and scale leaves, 0.06 square pixels
    assert found.variance_mm2 == pytest.approx(true, rel=0.15, abs=0.06 / 5.6**2)
    assert back.variance_mm2 == pytest.approx(-found.variance_mm2, abs=1e-4)
    assert abs(found.variance_mm2 - true) < 3 * found.standard_error_mm2


def test_two_equally_sharp_photos_differ_by_no_more_than_their_error(sharp, place_head, paint):
    found = relative_psf(sharp, again(place_head, paint, 0.0))
    assert abs(found.variance_mm2) < 2 * found.standard_error_mm2
    assert found.standard_error_mm2 < 0.003


def test_a_photo_and_itself_do_not_differ(sharp):
    assert relative_psf(sharp, sharp).variance_mm2 == 0.0


def test_sigma_keeps_the_sign_of_the_variance():
    assert RelativePsf(0.04, 0.01).sigma_mm == pytest.approx(0.2)
    assert RelativePsf(-0.04, 0.01).sigma_mm == pytest.approx(-0.2)


def test_matching_takes_the_difference_away(place_head, paint):
    landmarks = place_head(px_per_mm=6.0, centre_xy=(600.0, 660.0))
    first = paint(landmarks, size=SIZE, noise=0.0)
    soft = eye_zones(paint(landmarks, size=SIZE, noise=0.0, blur_px=1.0), landmarks)
    found = relative_psf(eye_zones(first, landmarks), soft)
    matched = match_point_spread(first.linear().pixels, found.sigma_mm * 6.0)
    codes = np.rint(255 * np.clip(np.where(matched < 0.0031308, 12.92 * matched,
                    1.055 * np.maximum(matched, 0) ** (1 / 2.4) - 0.055), 0, 1))  # fmt: skip
    left = relative_psf(eye_zones(DecodedPhoto.from_codes(codes.astype(np.uint8)), landmarks), soft)
    assert abs(left.variance_mm2) < 0.05 * found.variance_mm2


def test_smoother_skin_between_the_lashes_is_not_another_focus(place_head, paint):
    landmarks = place_head(px_per_mm=6.0, centre_xy=(600.0, 660.0))
    photo = paint(landmarks, size=SIZE, noise=0.001)
    rng = np.random.default_rng(8)
    grain = cv2.GaussianBlur(rng.normal(0, 1, photo.codes.shape[:2]).astype(np.float32), (0, 0), 2)
    rough = np.clip(photo.codes + 40 * grain[..., None] * (photo.codes > 100), 0, 255)
    textured = DecodedPhoto.from_codes(rough.astype(np.uint8))
    found = relative_psf(eye_zones(textured, landmarks), eye_zones(photo, landmarks))
    assert abs(found.variance_mm2) < 2 * found.standard_error_mm2


def test_a_wide_blur_is_not_taken_for_sharpness(sharp, place_head, paint):
    found = relative_psf(sharp, again(place_head, paint, 3.0))
    assert found.variance_mm2 == pytest.approx((3.0 / 5.6) ** 2, rel=0.3)


def test_eyes_outside_the_picture_give_no_answer(sharp, place_head, paint):
    away = again(place_head, paint, 0.0, centre_xy=(600.0, 150.0))
    outcome = relative_psf(sharp, away)
    assert isinstance(outcome, NotMeasured)
    assert "not seen well enough" in outcome.reason


def test_what_was_not_measured_stays_so(sharp):
    reason = NotMeasured("no sticker")
    assert relative_psf(reason, sharp) is reason
    assert relative_psf(sharp, reason) is reason
    assert edge_width_mm(reason) is reason


def test_edges_widen_as_blur_adds_up(place_head, paint):
    landmarks = place_head(px_per_mm=6.0, centre_xy=(600.0, 660.0))
    widths = [
        6.0 * edge_width_mm(eye_zones(paint(landmarks, size=SIZE, blur_px=blur), landmarks))
        for blur in (0.0, 1.0, 2.0)
    ]
    for blur, width in zip((1.0, 2.0), widths[1:], strict=True):
        expected = np.hypot(widths[0], 2.563 * blur)
        # natural edges are lines as well as steps, and a blurred line looks sharper than a step
        assert 0.6 * expected < width < 1.1 * expected


def test_bare_skin_has_no_edge_to_read(place_head):
    landmarks = place_head(px_per_mm=6.0, centre_xy=(600.0, 660.0))
    flat = DecodedPhoto.from_codes(np.full((1400, 1200, 3), 140, np.uint8))
    assert isinstance(edge_width_mm(eye_zones(flat, landmarks)), NotMeasured)


def stickered(blur_px, seed=3):
    """A picture with a printed square of 20 mm at 6 px/mm."""
    rng = np.random.default_rng(seed)
    picture = np.full((400, 500), 150.0, np.float32)
    picture[100:260, 150:310] = 235.0
    picture[120:240, 170:290] = 25.0
    cells = rng.integers(0, 2, (4, 4)) * 210.0 + 25.0
    picture[140:220, 190:270] = cv2.resize(cells, (80, 80), interpolation=cv2.INTER_NEAREST)
    picture = cv2.GaussianBlur(picture, (0, 0), np.hypot(0.6, blur_px))
    picture += rng.normal(0, 0.5, picture.shape)
    photo = DecodedPhoto.from_codes(np.repeat(picture[..., None], 3, axis=2).astype(np.uint8))
    corners = np.array([(169.5, 119.5), (289.5, 119.5), (289.5, 239.5), (169.5, 239.5)])
    sticker = Fiducial(marker=7, corners_xy=corners, px_per_mm=6.0, tilt_deg=0.0)
    return sticker_zones(photo, [sticker])


def test_a_sticker_tells_the_sharpness_of_a_body_photo():
    # the blur is laid on display values here, which bends the spectrum of so strong a contrast
    found = relative_psf(stickered(0.0), stickered(1.0, seed=3))
    assert found.variance_mm2 == pytest.approx(1 / 36, rel=0.4)


def test_a_body_photo_without_sticker_says_so():
    photo = DecodedPhoto.from_codes(np.full((61, 83, 3), 140, np.uint8))
    outcome = sticker_zones(photo, [])
    assert isinstance(outcome, NotMeasured)
    assert "neither an eye nor a sticker" in outcome.reason
