"""Mild, hard and extreme second shots, and a change of the skin inside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from progress.imaging.colour_space import linear_from_codes
from progress.phantom.reshoot import Reshoot, reshoot_area
from progress.phantom.reshoot_kinds import extreme, hard, mild
from progress.phantom.reshoot_motion import Motion
from progress.phantom.skin_change import change_skin

SIZE_PX = (241, 199)
PX_PER_MM = 4.0


def even(level: float = 0.3) -> np.ndarray:
    return np.full((SIZE_PX[1], SIZE_PX[0], 3), level, dtype=np.float32)


def grainy(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (0.3 + 0.03 * rng.standard_normal(even().shape)).astype(np.float32)


def codes_of(spec: Reshoot, scene: np.ndarray) -> np.ndarray:
    return reshoot_area(scene, spec, np.random.default_rng(0)).codes


def test_every_kind_keeps_its_limits() -> None:
    rng = np.random.default_rng(3)
    for _ in range(100):
        gentle, rough, worst = mild(rng), hard(rng), extreme(rng)
        assert max(abs(gentle.motion.yaw_deg), abs(gentle.motion.pitch_deg)) <= 4
        assert abs(gentle.gradient) <= 0.12
        assert (gentle.cast, gentle.sharpening, gentle.resize) == (0.0, 0.0, 1.0)
        assert max(abs(rough.motion.yaw_deg), abs(rough.motion.pitch_deg)) <= 8
        assert 0.04 <= rough.cast <= 0.05
        assert rough.motion.light_turn_deg <= 15
        assert rough.blur_sigma_px <= 1
        assert 8 <= np.hypot(worst.motion.yaw_deg, worst.motion.pitch_deg) <= 15.0001
        assert (worst.resize, worst.jpeg_quality) == (0.7, 60)


def test_a_gradient_darkens_one_side_and_brightens_the_other() -> None:
    codes = codes_of(Reshoot(gradient=0.12, toward_deg=0.0), even())
    light = linear_from_codes(codes)[..., 1].mean(axis=0)
    # a code is 0.7 % of linear light here
    assert light[-1] / light[0] == pytest.approx(1.12 / 0.88, rel=0.015)
    assert linear_from_codes(codes)[..., 1].mean(axis=1).std() < 0.001


def test_a_cast_turns_red_against_blue_across_the_frame() -> None:
    light = linear_from_codes(codes_of(Reshoot(cast=0.05, toward_deg=0.0), even(0.7)))
    ratio = (light[..., 0] / light[..., 2]).mean(axis=0)
    assert ratio[-1] / ratio[0] == pytest.approx(1.05**2, rel=0.015)


def test_sharpening_raises_contrast_and_leaves_the_mean() -> None:
    plain, crisp = (codes_of(Reshoot(sharpening=s), grainy()).astype(float) for s in (0.0, 1.0))
    assert crisp.std() > 1.3 * plain.std()
    assert crisp.mean() == pytest.approx(plain.mean(), abs=0.5)


def test_a_smaller_stored_picture_has_its_truth_in_its_own_pixels() -> None:
    scene = even()
    scene[80:84, 120:124] = 0.02
    spec = Reshoot(motion=Motion(zoom=1.05, roll_deg=5.0))
    marker = np.array([[121.5, 81.5]])
    for resize in (1.0, 0.7):
        shot = reshoot_area(scene, replace(spec, resize=resize), np.random.default_rng(0))
        assert shot.codes.shape[1] == round(SIZE_PX[0] * resize)
        dark = 255.0 - shot.codes[..., 1]
        dark[dark < dark.max() * 0.6] = 0
        y, x = np.indices(dark.shape)
        centre = np.array([(x * dark).sum(), (y * dark).sum()]) / dark.sum()
        np.testing.assert_allclose(shot.followup_from_baseline(marker)[0], centre, atol=0.25)
        dense = shot.followup_from_baseline_xy[81, 121]
        np.testing.assert_allclose(dense, shot.followup_from_baseline([[121, 81]])[0], atol=0.04)


def test_the_skin_changes_where_it_says_and_nowhere_else() -> None:
    skin = np.zeros(SIZE_PX[::-1], dtype=bool)
    skin[60:140, 60:180] = True
    changed = change_skin(grainy(), skin, px_per_mm=PX_PER_MM, rng=np.random.default_rng(5))
    ratio = np.log(changed.after / changed.before)
    by_kind = {place.what: place for place in changed.places}
    mole, flush = by_kind["mole"], by_kind["flush"]
    there = ratio[round(mole.y_px), round(mole.x_px)]
    assert (there < -0.15).all()
    reddened = ratio[round(flush.y_px), round(flush.x_px)]
    assert reddened[0] > reddened[1]
    for place in changed.places:
        assert skin[round(place.y_px), round(place.x_px)]
    far = np.ones(skin.shape, dtype=bool)
    y, x = np.indices(skin.shape)
    for place in changed.places:
        reach = 4 * max(place.radius_px, 3 * PX_PER_MM)
        far &= np.hypot(x - place.x_px, y - place.y_px) > reach
    if far.any():
        assert np.abs(ratio[far]).max() < 0.02


def test_scars_get_shallower_and_pores_fainter() -> None:
    skin = np.zeros(SIZE_PX[::-1], dtype=bool)
    skin[30:170, 30:210] = True
    changed = change_skin(grainy(), skin, px_per_mm=PX_PER_MM, rng=np.random.default_rng(8))
    plain = np.log(changed.before / grainy())
    scars = [place for place in changed.places if place.what == "scar"]
    for scar in scars:
        # the walls of a boxcar are as wide as the scar
        rows = slice(max(0, round(scar.y_px - 9)), round(scar.y_px + 10))
        columns = slice(max(0, round(scar.x_px - 9)), round(scar.x_px + 10))
        assert np.ptp(plain[rows, columns]) > 0.05


def test_no_skin_to_change_is_a_mistake() -> None:
    nothing = np.zeros(SIZE_PX[::-1], dtype=bool)
    with pytest.raises(ValueError, match="expected some skin"):
        change_skin(even(), nothing, px_per_mm=PX_PER_MM, rng=np.random.default_rng(0))
