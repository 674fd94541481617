"""Where the lamp stands, and whether it moved."""

import math

import numpy as np
import pytest

from progress.imaging import DecodedPhoto
from progress.model import Landmarks, NotMeasured
from progress.quality import estimate_light, light_change


@pytest.fixture
def lit(place_head, paint):
    def estimate(slope, **changes):
        pose = {name: changes.pop(name) for name in ("yaw_deg", "roll_deg") if name in changes}
        landmarks = place_head(**pose)
        return estimate_light(paint(landmarks, light=slope, **changes), landmarks)

    return estimate


@pytest.mark.parametrize(
    ("slope", "towards"),
    [((0.6, 0.0), (1, 0)), ((-0.6, 0.0), (-1, 0)), ((0.0, 0.6), (0, 1)), ((0.0, -0.5), (0, -1))],
)
def test_the_lamp_is_found_on_its_side(lit, slope, towards):
    light = lit(slope)
    lateral = light.direction[:2]
    assert lateral @ towards > 0.8 * np.hypot(*lateral)
    assert light.contrast == pytest.approx(np.hypot(*slope), rel=0.35)


def test_even_light_comes_from_the_camera(lit):
    light = lit((0.0, 0.0))
    assert light.contrast < 0.06
    assert light.direction[2] > 0.99


def test_the_same_light_did_not_move_when_the_head_turned(lit):
    change = light_change(lit((0.5, 0.2)), lit((0.5, 0.2), yaw_deg=4.0, roll_deg=3.0, seed=4))
    assert change.angle_deg < 3.0
    assert abs(change.contrast) < 0.08


def test_a_moved_lamp_is_seen_and_the_error_is_honest(lit):
    true = math.degrees(math.atan(0.6) - math.atan(0.3))
    change = light_change(lit((0.3, 0.0)), lit((0.6, 0.0), seed=4))
    assert change.angle_deg == pytest.approx(true, abs=max(3.0, 3 * change.error_deg))
    assert change.contrast > 0.15


def test_exposure_is_not_light_direction(lit):
    change = light_change(lit((0.4, 0.1)), lit((0.4, 0.1), gains=(0.6, 0.6, 0.6), seed=4))
    assert change.angle_deg < 1.0


def test_colour_that_is_the_clients_own_is_not_taken_for_light_twice(lit):
    stain = (420.0, 420.0, 120.0)
    plain, marked = lit((0.4, 0.1)), lit((0.4, 0.1), stain=stain)
    moved = light_change(marked, lit((0.4, 0.1), stain=stain, seed=4))
    fooled = light_change(plain, marked)
    assert moved.angle_deg < 1.0
    assert moved.angle_deg < fooled.angle_deg


def without_face(landmarks):
    return Landmarks(
        points_xy=landmarks.points_xy + 5000.0,
        depth_px=landmarks.depth_px,
        visibility=landmarks.visibility,
        pose=landmarks.pose,
        expression={},
        scale=landmarks.scale,
        scheme=landmarks.scheme,
        finder=landmarks.finder,
    )


def test_a_face_outside_the_picture_has_no_light(place_head):
    photo = DecodedPhoto.from_codes(np.full((61, 83, 3), 140, np.uint8))
    outcome = estimate_light(photo, without_face(place_head()))
    assert isinstance(outcome, NotMeasured)
    assert "too little bare skin" in outcome.reason


def test_two_photos_without_common_skin_are_not_compared(lit):
    import dataclasses

    light = lit((0.4, 0.0))
    half = light.luminance.copy()
    half[:60] = np.nan
    other = light.luminance.copy()
    other[12:] = np.nan
    first = dataclasses.replace(light, luminance=half)
    second = dataclasses.replace(light, luminance=other)
    assert isinstance(light_change(first, second), NotMeasured)
