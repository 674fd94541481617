"""Blood and melanin put into a photo change its colour as spectra say, and nothing else."""

import numpy as np
import pytest

from progress.phantom.features import Spot
from progress.phantom.injection import (
    SkinColour,
    more_blood,
    more_clouds,
    more_melanin,
    soft_inside,
    with_spots,
)
from progress.phantom.skin import SKIN_TONES

SHAPE = (61, 83)
LIGHT, DARK = SkinColour(SKIN_TONES[1]), SkinColour(SKIN_TONES[5])


def photo() -> np.ndarray:
    return np.random.default_rng(1).uniform(0.1, 0.6, (*SHAPE, 3)).astype(np.float32)


def half() -> np.ndarray:
    where = np.zeros(SHAPE, np.float32)
    where[:, 40:] = 1.0
    return where


@pytest.mark.parametrize("skin", [LIGHT, DARK])
def test_blood_takes_green_light_most_and_only_where_it_is_put(skin):
    after = more_blood(photo(), half(), 0.5, skin)
    change = np.log(photo() / after)
    assert np.allclose(change[:, :40], 0.0, atol=1e-6)
    red, green, blue = change[:, 40:].reshape(-1, 3).mean(axis=0)
    assert green > 1.3 * red > 0
    assert green > blue


def test_melanin_takes_blue_light_most():
    red, green, blue = np.log(photo() / more_melanin(photo(), half(), 0.5, LIGHT))[:, 41:].mean(
        axis=(0, 1)
    )
    assert blue > green > red > 0


@pytest.mark.parametrize("change", [more_blood, more_melanin])
def test_no_dose_is_no_change_and_less_is_the_other_way(change):
    assert np.array_equal(change(photo(), half(), 0.0, LIGHT), photo())
    assert (change(photo(), half(), -0.3, LIGHT)[:, 40:] >= photo()[:, 40:]).all()


def test_clouds_grow_with_the_dose_and_keep_their_places():
    def clouds(sd):
        rng = np.random.default_rng(7)
        after = more_clouds(photo(), half(), sd, LIGHT, px_per_mm=4.0, rng=rng)
        return np.log(after / photo())[:, 40:, 1]

    weak, strong = clouds(0.1), clouds(0.4)
    assert np.corrcoef(weak.ravel(), strong.ravel())[0, 1] > 0.98
    assert strong.std() > 3 * weak.std() > 0


def test_spots_are_darker_and_brown_where_they_lie():
    spot = Spot(12.0, 8.0, 4.0, melanin_factor=3.0)
    change = np.log(photo() / with_spots(photo(), [spot], LIGHT, px_per_mm=4.0))
    inside, outside = change[32, 48], change[5, 5]
    assert inside[2] > inside[0] > 0.02
    assert np.allclose(outside, 0.0, atol=1e-4)


def test_an_outline_ends_softly():
    square = np.array([(20, 15), (60, 15), (60, 45), (20, 45)])
    share = soft_inside(square, SHAPE, soft_px=2.0)
    assert share[30, 40] == pytest.approx(1.0, abs=1e-3)
    assert share[30, 20] == pytest.approx(0.5, abs=0.15)
    assert share[2, 2] == pytest.approx(0.0, abs=1e-6)
