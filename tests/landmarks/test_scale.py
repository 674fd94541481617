"""Pixels per mm from the iris, from stickers, and from the client's own skull."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from drawn_face import draw_face

from progress.imaging import DecodedPhoto
from progress.landmarks import (
    find_face,
    find_fiducial,
    find_fiducials,
    find_limbi,
    fit_head,
    lock_scales,
    locked_scale,
)
from progress.model import Pose, Scale, ScaleSource


def test_the_iris_gives_the_scale_it_was_drawn_with(frontal, found):
    assert found.scale.source is ScaleSource.IRIS
    assert found.scale.relative_error == 0.04
    # Soft edges are drawn up to half a fine pixel outside their outline: 1 % of this iris.
    assert found.scale.px_per_mm == pytest.approx(frontal.px_per_mm, rel=0.02)


def test_the_limbus_lies_on_the_drawn_iris(frontal, found):
    limbi = find_limbi(frontal.photo(), found.points_xy, fit_head(found.points_xy))
    for limbus, pupil in zip(limbi, frontal.pupils_xy, strict=True):
        assert limbus.refined
        assert limbus.residual < 0.03
        assert limbus.foreshortening == 1.0
        # Up and down is hidden by the lids, so the centre is surer along the eye.
        assert limbus.centre_xy[0] == pytest.approx(pupil[0], abs=0.5)
        assert limbus.centre_xy[1] == pytest.approx(pupil[1], abs=2.0)


@pytest.mark.parametrize("yaw", [-30.0, 30.0])
def test_eyes_that_turn_with_the_head_are_not_taken_for_narrow_irises(yaw):
    face = draw_face(pose=Pose(yaw, 0.0, 0.0), looks_ahead=True)
    scale = find_face(face.photo()).scale
    # Uncorrected it would be 0.87.
    assert scale.px_per_mm == pytest.approx(face.px_per_mm, rel=0.05)


def test_far_from_frontal_the_scale_says_that_it_is_unsure():
    face = draw_face(pose=Pose(45.0, 0.0, 0.0), looks_ahead=True)
    scale = find_face(face.photo()).scale
    assert scale.relative_error == 0.10
    assert abs(scale.px_per_mm / face.px_per_mm - 1) < 3 * scale.relative_error


def test_without_an_edge_the_scale_is_less_sure():
    for face in (draw_face(eyes_shut=True), draw_face(px_per_unit=0.8, size_px=(200, 240))):
        landmarks = find_face(face.photo())
        limbi = find_limbi(face.photo(), landmarks.points_xy, fit_head(landmarks.points_xy))
        assert not any(limbus.refined for limbus in limbi)
        assert landmarks.scale.relative_error == 0.07
        assert landmarks.scale.px_per_mm == pytest.approx(face.px_per_mm, rel=0.2)


def test_a_flat_eye_region_has_no_limbus(frontal, found):
    grey = DecodedPhoto.from_codes(np.full_like(frontal.codes, 120))
    limbi = find_limbi(grey, found.points_xy, fit_head(found.points_xy))
    assert not any(limbus.refined for limbus in limbi)


def test_a_locked_scale_carries_the_reference_over(frontal, found):
    small = draw_face(px_per_unit=3.0)
    other = find_face(small.photo())
    scale = locked_scale(found, other)
    assert scale.source is ScaleSource.IRIS
    assert scale.relative_error == found.scale.relative_error
    # Points of a drawing repeat within about 0.5 %.
    assert scale.px_per_mm / found.scale.px_per_mm == pytest.approx(0.75, rel=0.01)


def test_locking_removes_the_scatter_of_single_irises(found):
    def scaled(factor):
        wrong = Scale(found.scale.px_per_mm * factor, 0.04, ScaleSource.IRIS)
        return replace(found, scale=wrong)

    photos = [scaled(factor) for factor in (0.97, 1.0, 1.05)]
    assert [scale.px_per_mm for scale in lock_scales(photos)] == pytest.approx(
        [found.scale.px_per_mm] * 3
    )


def test_a_sticker_outranks_every_iris(found):
    sticker = replace(found, scale=Scale(5.0, 0.006, ScaleSource.FIDUCIAL))
    scales = lock_scales([found, sticker, found])
    assert [scale.source for scale in scales] == [ScaleSource.FIDUCIAL] * 3
    assert [scale.px_per_mm for scale in scales] == pytest.approx([5.0] * 3)
    assert scales[0].relative_error == 0.006
    with pytest.raises(ValueError, match="expected at least one, got none"):
        lock_scales([])


def sticker_photo(px_per_mm, *, tilt_deg=0.0, marker=7, size_px=(900, 700), at=(450.0, 350.0)):
    """A printed sticker of 20 mm on skin, turned by 10 degrees, tilted about the upright."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    code = cv2.aruco.generateImageMarker(dictionary, marker, 600)
    code = cv2.copyMakeBorder(code, 100, 100, 100, 100, cv2.BORDER_CONSTANT, value=255)
    fine, angle = 4, np.radians(10)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    affine = np.diag([np.cos(np.radians(tilt_deg)), 1]) @ turn * (20 * px_per_mm / 600 * fine)
    middle = (np.array(at) + 0.5) * fine - 0.5
    place = np.column_stack([affine, middle - affine @ [399.5, 399.5]])
    large = np.full((size_px[1] * fine, size_px[0] * fine), 150, dtype=np.uint8)
    cv2.warpAffine(code, place, large.shape[::-1], dst=large, borderMode=cv2.BORDER_TRANSPARENT)
    small = cv2.resize(large, size_px, interpolation=cv2.INTER_AREA)
    rgb = np.repeat(cv2.GaussianBlur(small, (0, 0), 0.8)[..., np.newaxis], 3, axis=2)
    return DecodedPhoto.from_codes(rgb)


@pytest.mark.parametrize("px_per_mm", [3.0, 8.0, 14.0])
@pytest.mark.parametrize("tilt_deg", [0.0, 30.0])
def test_a_sticker_gives_its_scale_tilt_and_corners(px_per_mm, tilt_deg):
    photo = sticker_photo(px_per_mm, tilt_deg=tilt_deg)
    (sticker,) = find_fiducials(photo)
    assert sticker.marker == 7
    # Corners are found within 0.2 px of a soft edge.
    assert sticker.px_per_mm == pytest.approx(px_per_mm, rel=0.4 / (20 * px_per_mm) + 0.002)
    assert sticker.tilt_deg == pytest.approx(tilt_deg, abs=2.0)
    assert sticker.corners_xy.mean(axis=0) == pytest.approx([450.0, 350.0], abs=0.3)
    scale = find_fiducial(photo)
    assert scale.source is ScaleSource.FIDUCIAL
    assert abs(scale.px_per_mm / px_per_mm - 1) < 2 * scale.relative_error


def test_the_side_of_the_sticker_is_what_the_user_says():
    photo = sticker_photo(6.0)
    assert find_fiducial(photo, side_mm=10.0).px_per_mm == pytest.approx(12.0, rel=0.01)
    with pytest.raises(ValueError, match="side_mm: expected a positive number, got 0"):
        find_fiducials(photo, side_mm=0)


def test_stickers_that_disagree_make_the_scale_less_sure():
    near, far = sticker_photo(6.0), sticker_photo(5.4, marker=3)
    both = DecodedPhoto.from_codes(np.hstack([near.codes, far.codes]))
    assert [sticker.marker for sticker in find_fiducials(both)] == [3, 7]
    scale = find_fiducial(both)
    assert scale.px_per_mm == pytest.approx(5.7, rel=0.01)
    assert scale.relative_error > 0.05


def test_a_large_photo_is_searched_small_and_measured_in_full():
    photo = sticker_photo(14.0, size_px=(2600, 2100), at=(1300.0, 900.0))
    assert find_fiducial(photo).px_per_mm == pytest.approx(14.0, rel=0.003)


def test_faces_skin_and_tiny_stickers_are_no_stickers(frontal):
    assert find_fiducial(frontal.photo()) is None
    noise = np.random.default_rng(4).integers(0, 256, (400, 500, 3), dtype=np.uint8)
    assert find_fiducial(DecodedPhoto.from_codes(noise)) is None
    assert find_fiducial(sticker_photo(1.0)) is None
