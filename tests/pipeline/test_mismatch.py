"""A failed check says whom its mismatch flatters, and the phantom agrees."""

from dataclasses import replace

import numpy as np
import pytest

from progress.model import Flatters
from progress.phantom.camera import Camera, jpeg_bytes, shoot
from progress.phantom.head import Head, Shot, render
from progress.phantom.relief import Light
from progress.phantom.reshoot_motion import Lamp
from progress.phantom.skin import SKIN_TONES
from progress.pipeline import Options, compare_sessions, session_files

BASE = Shot(label="", px_per_mm=9.0, size_px=(1400, 2000))
CAMERA = Camera(exposure_ev=0.4)
HEAD = Head(seed=3, tone=SKIN_TONES[1])


@pytest.fixture(scope="module")
def scene():
    return render(HEAD, BASE).linear


def kept(folder, name, codes):
    path = folder / f"{name}.jpg"
    path.write_bytes(jpeg_bytes(codes, 93))
    return session_files(path)


@pytest.fixture(scope="module")
def pair(scene, tmp_path_factory):
    """Compare the base shot with another picture of the same skin; its checks by name."""
    folder = tmp_path_factory.mktemp("pairs")
    first = kept(folder, "first", shoot(scene, CAMERA, np.random.default_rng(1)))

    def compared(name, codes):
        options = Options(reshoots=4)
        comparison = compare_sessions(first, kept(folder, name, codes), options).comparison
        return {check.check: check for check in comparison.comparability.checks}

    return compared


def bias_of(check, metric):
    return next(bias for bias in check.biases if bias.metric == metric)


@pytest.mark.slow
def test_blur_flatters_the_blurred_photo_in_texture(pair, scene):
    soft = shoot(scene, replace(CAMERA, psf_sigma_px=3.0), np.random.default_rng(2))
    focus = pair("soft", soft)["focus"]
    assert not focus.passed
    assert focus.flatters is Flatters.FOLLOWUP
    texture = bias_of(focus, "texture")
    assert texture.region == "whole_face"
    assert texture.in_sdc < -1.0
    assert texture.flatters is Flatters.FOLLOWUP
    strengths = [abs(bias.in_sdc) for bias in focus.biases]
    assert strengths == sorted(strengths, reverse=True)


@pytest.mark.slow
def test_a_lamp_that_grazes_more_is_told_with_what_it_does(pair):
    lamp = Light((0.75, 0.35, 0.55), ambient=BASE.light.ambient)
    codes = render(HEAD, replace(BASE, light=lamp, noise_seed=5)).codes
    direction = pair("grazing", codes)["light_direction"]
    assert not direction.passed
    # Rendered so, the texture of this head rises by 4 % and the shade of its few scars falls.
    assert bias_of(direction, "texture").in_sdc > 0.1
    assert bias_of(direction, "scar_relief").in_sdc < -0.1
    assert direction.flatters is Flatters.FOLLOWUP


@pytest.mark.slow
def test_what_passed_is_not_played(pair, scene):
    again = shoot(scene, CAMERA, np.random.default_rng(7))
    checks = pair("again", again).values()
    assert all(check.passed for check in checks)
    assert all(check.biases == () for check in checks)


def test_a_lamp_grazes_more_from_the_side_and_less_with_fill():
    ahead = Lamp((0.0, 0.0, 1.0), 0.6)
    beside = Lamp((0.6, 0.0, 0.8), 0.6)
    filled = Lamp((0.6, 0.0, 0.8), 0.2)
    assert ahead.grazing == 0.0
    assert beside.grazing > filled.grazing > 0.0
