"""Both photos in one frame."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from made_up_results import shifted

from progress.imaging.photo import DecodedPhoto
from progress.views.frames import AlignedPair, Frame, aligned_pair, photo_frame


def scene(x, y):
    """A smooth picture that can be read anywhere, so that a warp has an exact answer."""
    red = 128 + 80 * np.sin(x / 9.0) * np.cos(y / 11.0)
    green = 120 + 60 * np.cos(x / 13.0 + 1)
    blue = 110 + 70 * np.sin(y / 8.0 + 2)
    return np.clip(np.rint(np.stack([red, green, blue], axis=-1)), 0, 255).astype(np.uint8)


def turned(xy):
    """Two degrees of turn, 4 % larger, and a shift: follow-up from baseline."""
    angle, zoom = np.deg2rad(2.0), 1.04
    matrix = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return xy @ matrix.T + np.array([3.3, -2.6])


def pictures(size=(183, 161)):
    width, height = size
    x, y = np.meshgrid(np.arange(width, dtype=float), np.arange(height, dtype=float))
    baseline = scene(x, y)
    matrix = turned(np.eye(2)) - turned(np.zeros((1, 2)))
    back = np.linalg.inv(matrix.T)
    source = (np.stack([x, y], axis=-1) - turned(np.zeros((1, 2)))[0]) @ back.T
    return DecodedPhoto.from_codes(baseline), DecodedPhoto.from_codes(
        scene(source[..., 0], source[..., 1])
    )


def inner_difference(pair: AlignedPair) -> np.ndarray:
    difference = pair.followup.pixels.astype(int) - pair.baseline.pixels.astype(int)
    return np.abs(difference[15:-15, 15:-15])


def test_the_followup_lies_on_the_baseline_after_bending():
    baseline, followup = pictures()
    pair = aligned_pair(baseline, followup, shifted(baseline.size_px, turned))
    # Cubic reading of 8-bit codes and two roundings: within 3 codes.
    assert inner_difference(pair).max() <= 3


def test_it_lies_there_also_when_shrunk_for_the_screen():
    baseline, followup = pictures()
    pair = aligned_pair(baseline, followup, shifted(baseline.size_px, turned), max_px=80)
    assert max(pair.baseline.pixels.shape[:2]) == 80
    # At 2.3 pixels to one, area averages of two grids differ by a few codes at most.
    assert inner_difference(pair).max() <= 6


def test_crop_follows_the_valid_skin_and_scale_follows_the_screen():
    baseline, followup = pictures()
    registration = shifted(baseline.size_px, turned)
    valid = np.zeros(registration.valid.shape, bool)
    valid[10:30, 12:32] = True
    registration = shifted(baseline.size_px, turned, valid=valid)
    pair = aligned_pair(baseline, followup, registration, px_per_mm=6.0, max_px=50)
    left, top, right, bottom = pair.baseline.box_px
    assert left < 12 * 4 < 32 * 4 < right
    assert top < 10 * 4 < 30 * 4 < bottom
    assert pair.baseline.px_per_mm == pytest.approx(6.0 * 50 / (right - left), rel=0.02)
    assert pair.valid.any()
    assert not pair.valid.all()


def test_outside_the_valid_skin_the_bending_fades_into_an_affine_transform():
    baseline, followup = pictures()
    valid = np.zeros(shifted(baseline.size_px, turned).valid.shape, bool)
    valid[8:33, 8:38] = True
    field = shifted(baseline.size_px, turned, valid=valid)
    wild = np.where(valid[..., None], field.followup_from_baseline_xy, np.float32(np.nan))
    broken = shifted(baseline.size_px, lambda _: wild, valid=valid)
    pair = aligned_pair(baseline, followup, broken)
    assert inner_difference(pair).max() <= 3


def test_places_outside_the_followup_are_grey_and_not_smeared():
    baseline, followup = pictures()
    away = shifted(baseline.size_px, lambda xy: xy + np.array([500.0, 0.0]))
    pair = aligned_pair(baseline, followup, away)
    assert (pair.followup.pixels == 235).all()


def test_a_field_without_any_valid_point_still_gives_a_picture():
    baseline, followup = pictures()
    nothing = np.zeros(shifted(baseline.size_px, turned).valid.shape, bool)
    pair = aligned_pair(
        baseline, followup, shifted(baseline.size_px, turned, valid=nothing), max_px=60
    )
    assert pair.baseline.box_px == (0, 0, *baseline.size_px)
    assert not pair.valid.any()


def test_photos_of_another_size_are_refused():
    baseline, _ = pictures()
    with pytest.raises(ValueError, match="followup: expected a photo of"):
        aligned_pair(
            baseline,
            DecodedPhoto.from_codes(np.zeros((61, 83, 3), np.uint8)),
            shifted(baseline.size_px, turned),
        )


def test_a_photo_is_shrunk_and_never_enlarged():
    photo = DecodedPhoto.from_codes(np.full((61, 83, 3), 90, np.uint8))
    assert photo_frame(photo, max_px=40, px_per_mm=4.0).pixels.shape == (29, 40, 3)
    assert photo_frame(photo, max_px=400).pixels.shape == (61, 83, 3)
    assert photo_frame(photo, max_px=40, px_per_mm=4.0).px_per_mm == pytest.approx(4 * 40 / 83)


def test_a_box_beyond_the_photo_is_refused():
    photo = DecodedPhoto.from_codes(np.zeros((61, 83, 3), np.uint8))
    with pytest.raises(ValueError, match="expected a part of 83 x 61"):
        photo_frame(photo, box_px=(0, 0, 90, 61))


def test_frames_of_two_sizes_are_no_pair():
    small, large = (Frame(np.zeros((h, 8, 3), np.uint8), (0, 0, 8, h)) for h in (6, 7))
    with pytest.raises(ValueError, match="expected two frames of one size"):
        AlignedPair(small, large, np.ones((6, 8), bool), np.zeros((6, 8), np.float32))


def test_a_16_bit_photo_can_be_looked_at():
    codes = cv2.merge([np.full((61, 83), 257 * 100, np.uint16)] * 3)
    assert (photo_frame(DecodedPhoto.from_codes(codes)).pixels == 100).all()
