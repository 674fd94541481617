"""Where the lamp stands, and whether it moved."""

import dataclasses
import math

import numpy as np
import pytest

from progress.imaging import DecodedPhoto, codes_from_linear
from progress.landmarks import find_face
from progress.model import Landmarks, NotMeasured
from progress.phantom.head import Head, Shot, render
from progress.phantom.relief import Light as Lamp
from progress.phantom.skin import SKIN_TONES
from progress.quality import estimate_light, light_change
from progress.quality.catch_light import catch_light


def lamp_at(slant_deg, azimuth_deg):
    slant, azimuth = math.radians(slant_deg), math.radians(azimuth_deg)
    across = math.sin(slant)
    return np.array([across * math.cos(azimuth), across * math.sin(azimuth), math.cos(slant)])


def angle_deg(a, b):
    return math.degrees(math.acos(np.clip(a @ b, -1.0, 1.0)))


@pytest.fixture
def lit(place_head, paint):
    def estimate(lamp, **changes):
        pose = {name: changes.pop(name) for name in ("yaw_deg", "roll_deg") if name in changes}
        landmarks = place_head(**pose)
        return estimate_light(paint(landmarks, lamp=lamp, **changes), landmarks)

    return estimate


@pytest.mark.parametrize("azimuth_deg", [0.0, 60.0, 120.0, 180.0])
def test_the_lamp_is_found_where_it_stands(lit, azimuth_deg):
    true = lamp_at(35.0, azimuth_deg)
    light = lit(true)
    # flat triangles, blurred, and no cast shadows, which the estimate expects
    assert angle_deg(light.direction, true) < 9.0
    assert light.contrast == pytest.approx(0.5, abs=0.15)


def test_fill_light_does_not_turn_the_lamp(lit):
    hard, soft = (lit(lamp_at(35.0, 20.0), fill=fill) for fill in (0.2, 0.7))
    assert angle_deg(hard.direction, soft.direction) < 6.0
    assert hard.contrast > soft.contrast + 0.3


def test_the_same_light_did_not_move_when_the_head_turned(lit):
    lamp = lamp_at(30.0, 40.0)
    change = light_change(lit(lamp), lit(lamp, yaw_deg=4.0, roll_deg=3.0, seed=4))
    assert change.angle_deg < 4.0
    assert abs(change.contrast) < 0.08


def test_a_moved_lamp_is_seen_within_three_of_its_errors(lit):
    first, second = lamp_at(20.0, 0.0), lamp_at(45.0, 0.0)
    change = light_change(lit(first), lit(second, seed=4))
    assert abs(change.angle_deg - 25.0) < 3 * change.error_deg
    assert change.angle_deg > 12.0


def test_a_photo_differs_from_itself_by_nothing(lit):
    light = lit(lamp_at(30.0, 90.0))
    change = light_change(light, light)
    assert change.angle_deg == 0.0
    assert change.contrast == 0.0


def test_exposure_is_not_light_direction(lit):
    lamp = lamp_at(30.0, 30.0)
    change = light_change(lit(lamp), lit(lamp, gains=(0.6, 0.6, 0.6), seed=4))
    assert change.angle_deg < 2.0


def test_colour_that_is_the_clients_own_is_not_taken_for_light_twice(lit):
    stain, lamp = (420.0, 420.0, 120.0), lamp_at(30.0, 30.0)
    plain, marked = lit(lamp), lit(lamp, stain=stain)
    moved = light_change(marked, lit(lamp, stain=stain, seed=4))
    fooled = light_change(plain, marked)
    assert moved.angle_deg < 2.0
    assert moved.angle_deg < fooled.angle_deg


@pytest.fixture(scope="module")
def heads():
    """A light and a dark head under one lamp, and the light one under another."""

    def shot(lamp, tone):
        picture = render(
            Head(seed=5, tone=SKIN_TONES[tone]),
            Shot(light=Lamp(tuple(lamp), ambient=0.4), px_per_mm=4.0, size_px=(640, 900), label=""),
        )
        return DecodedPhoto.from_codes(picture.codes)

    here, there = lamp_at(35.0, 120.0), lamp_at(35.0, 60.0)
    return {"light": shot(here, 0), "dark": shot(here, 5), "turned": shot(there, 0)}


@pytest.mark.slow
@pytest.mark.parametrize("tone", ["light", "dark"])
def test_skin_and_eyes_agree_on_the_lamp_of_a_rendered_head(heads, tone):
    true, photo = lamp_at(35.0, 120.0), heads[tone]
    landmarks = find_face(photo)
    light = estimate_light(photo, landmarks)
    assert angle_deg(light.direction, true) < 3 * light.error_deg < 45.0
    # nine tenths of rendered heads read within 16 degrees: their eyes look past the camera
    assert angle_deg(light.eyes, true) < 20.0


@pytest.mark.slow
def test_eyes_see_a_turned_lamp(heads):
    first, second = (
        estimate_light(heads[name], find_face(heads[name])) for name in ("light", "turned")
    )
    true = angle_deg(lamp_at(35.0, 120.0), lamp_at(35.0, 60.0))
    change = light_change(first, second)
    assert change.eyes_deg == pytest.approx(true, abs=12.0)
    assert change.angle_deg == pytest.approx(true, abs=12.0)


def test_painted_eyes_mirror_no_lamp(place_head, paint):
    landmarks = place_head()
    assert isinstance(catch_light(paint(landmarks), landmarks), NotMeasured)


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
    light = lit(lamp_at(30.0, 0.0))

    def only(part):
        luminance = light.skin.luminance.copy()
        luminance[~part] = np.nan
        return dataclasses.replace(light, skin=dataclasses.replace(light.skin, luminance=luminance))

    first_half = np.arange(len(light.skin.luminance)) < len(light.skin.luminance) // 2
    assert isinstance(light_change(only(first_half), only(~first_half)), NotMeasured)


def test_a_light_that_cannot_be_placed_is_no_figure(lit):
    even = lit(lamp_at(30.0, 0.0), fill=1.0)
    assert even.error_deg > 30.0
    assert even.contrast < 0.2
    outcome = light_change(even, even)
    assert isinstance(outcome, NotMeasured)
    assert "too even" in outcome.reason


def test_shine_does_not_pull_the_lamp(place_head, paint):
    landmarks, true = place_head(), lamp_at(35.0, 60.0)
    photo = paint(landmarks, lamp=true)
    shine = np.zeros(photo.codes.shape[:2], np.float32)
    x, y = landmarks.points_xy[151]
    shine[int(y) - 25 : int(y) + 25, int(x) - 60 : int(x) + 60] = 0.25
    x, y = landmarks.points_xy[199]
    shine[int(y) - 20 : int(y) + 20, int(x) - 30 : int(x) + 30] = 0.25
    shining = DecodedPhoto.from_codes(
        codes_from_linear(np.minimum(photo.linear().pixels + shine[..., None], 1.0))
    )
    matt, shiny = (estimate_light(picture, landmarks) for picture in (photo, shining))
    assert angle_deg(matt.direction, shiny.direction) < 4.0
