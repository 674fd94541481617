"""Little pictures beside the checks: they show what is so, and nothing where nothing is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_up_shots import SIZE, shot, towards

from progress.model import NotMeasured, Pose
from progress.views.check_pictures import (
    TILE_PX,
    check_picture,
    crop_mm,
    gate_picture,
    lit_sphere,
    posed_head,
)

WIDTH, HEIGHT = TILE_PX
PAIRED = (HEIGHT, 2 * WIDTH + 6, 3)
SHOWN = (
    "view", "pose", "distance", "light_direction", "light_hardness", "exposure", "colour_cast",
    "focus", "expression",
)  # fmt: skip


@pytest.mark.parametrize("check", SHOWN)
def test_every_check_of_the_light_and_the_face_has_a_picture_of_one_size(place_head, check):
    drawn = check_picture(check, shot(place_head()), shot(place_head(yaw_deg=6.0), level=150))
    assert drawn is not None
    assert drawn.shape == PAIRED
    assert drawn.dtype == np.uint8


def test_words_alone_say_what_no_picture_shows(place_head):
    one = shot(place_head())
    assert check_picture("healing_window", one, one) is None
    assert check_picture("same_skin", one, one) is None
    assert gate_picture("compression", one) is None


@pytest.mark.parametrize("check", SHOWN)
def test_without_a_face_there_is_no_picture(check):
    faceless = shot(None)
    assert check_picture(check, faceless, faceless) is None
    assert gate_picture("sharpness", faceless) is None
    assert gate_picture("exposure", faceless) is None


def test_a_light_that_could_not_be_read_is_not_drawn(place_head):
    one = shot(place_head())
    dark = replace(one, facts=replace(one.facts, light=NotMeasured("too little skin")))
    assert check_picture("light_direction", one, dark) is None


def test_the_sphere_is_bright_where_the_lamp_is():
    ball = lit_sphere(towards(50.0), lamp=False).astype(int)
    middle, off = HEIGHT // 2, round(0.25 * HEIGHT)
    right, left = ball[middle, WIDTH // 2 + off, 0], ball[middle, WIDTH // 2 - off, 0]
    assert right > left + 40
    high = lit_sphere(towards(0.0, 50.0), lamp=False).astype(int)
    assert high[middle - off, WIDTH // 2, 0] > high[middle + off, WIDTH // 2, 0] + 40
    with_lamp = lit_sphere(towards(50.0)).astype(int)
    # The lamp itself is yellow: little blue.
    yellow = (with_lamp[..., 0] - with_lamp[..., 2]) > 100
    assert np.argwhere(yellow)[:, 1].mean() > WIDTH / 2


def test_fill_light_lifts_the_shadow_of_the_sphere():
    middle, off = HEIGHT // 2, round(0.3 * HEIGHT)
    hard = lit_sphere(towards(60.0), share=1.0, lamp=False).astype(int)
    soft = lit_sphere(towards(60.0), share=0.3, lamp=False).astype(int)
    assert soft[middle, WIDTH // 2 - off, 0] > hard[middle, WIDTH // 2 - off, 0] + 60


def pointer_x(pose: Pose) -> float:
    """Where the blue pointer lies, right of the middle."""
    drawn = posed_head(pose).astype(int)
    blue = (drawn[..., 2] - drawn[..., 0]) > 100
    return float(np.argwhere(blue)[:, 1].mean() - WIDTH / 2)


def test_the_head_points_where_the_client_looks():
    assert abs(pointer_x(Pose(0.0, 0.0, 0.0))) < 2
    assert pointer_x(Pose(20.0, 0.0, 0.0)) > 5  # the client's left is the picture's right
    assert pointer_x(Pose(-20.0, 0.0, 0.0)) < -5


def test_swatches_keep_their_own_brightness_for_exposure_and_share_it_for_colour(place_head):
    first, darker = shot(place_head()), shot(place_head(), level=120)
    exposed = check_picture("exposure", first, darker).astype(int)
    assert exposed[5, 5].sum() > exposed[5, -5].sum() + 60
    cast = check_picture("colour_cast", first, darker).astype(int)
    assert abs(cast[5, 5].mean() - cast[5, -5].mean()) < 8


def test_a_crop_has_its_size_in_mm_and_is_grey_beyond_the_photo(place_head):
    photo = shot(place_head()).photo
    inside = crop_mm(photo, np.array([300.0, 330.0]), (40.0, 30.0), 3.0)
    assert inside.shape == (HEIGHT, WIDTH, 3)
    codes = photo.codes_8bit()
    assert np.abs(inside[HEIGHT // 2, WIDTH // 2].astype(int) - codes[330, 300]).max() <= 2
    corner = crop_mm(photo, np.array([0.0, 0.0]), (40.0, 30.0), 3.0)
    assert tuple(corner[2, 2]) == (238, 239, 241)
    away = crop_mm(photo, np.array([5.0 * SIZE[0], 0.0]), (40.0, 30.0), 3.0)
    assert (away == (238, 239, 241)).all()


def test_two_equal_faces_lie_on_each_other_whatever_their_size_and_tilt(place_head):
    one = shot(place_head())
    tilted = shot(place_head(px_per_mm=2.0, roll_deg=12.0))
    drawn = check_picture("distance", one, tilted).astype(int)
    grey = (np.abs(drawn - (90, 94, 100)).max(axis=2) < 12).sum()
    blue = (np.abs(drawn - (0, 114, 178)).max(axis=2) < 12).sum()
    assert blue > 300
    assert grey < 0.15 * blue  # the follow-up's line covers the baseline's


@pytest.mark.parametrize("gate", ["exposure", "sharpness", "expression", "pose", "glare"])
def test_a_gate_shows_the_part_that_failed(place_head, gate):
    drawn = gate_picture(gate, shot(place_head()))
    assert drawn is not None
    assert drawn.shape == (HEIGHT, WIDTH, 3)
