"""A camera does what its parameters say, and nothing else."""

import numpy as np
import pytest

from progress.imaging.colour_space import codes_from_linear, linear_from_codes, linear_from_srgb
from progress.phantom.camera import Camera, jpeg_bytes, shoot


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def _quiet(**changes):
    settings = {
        "psf_sigma_px": 0.0,
        "read_noise": 0.0,
        "shot_noise": 0.0,
        "smoothing_sigma_px": 0.0,
        "jpeg_quality": None,
    }
    return Camera(**(settings | changes))


def test_an_ideal_camera_writes_the_codes_of_the_scene(rng):
    scene = np.random.default_rng(1).random((61, 83, 3), dtype=np.float32)
    codes = shoot(scene, Camera.ideal(), rng)
    away = np.abs(codes.astype(int) - codes_from_linear(scene).astype(int))
    # A table of 16 384 steps: a value on the border of two codes may fall to the other.
    assert away.max() <= 1
    assert (away > 0).mean() < 0.01


def test_light_above_white_is_clipped_not_wrapped(rng):
    scene = np.full((9, 11, 3), 7.0, dtype=np.float32)
    scene[:4] = -0.2
    codes = shoot(scene, Camera.ideal(), rng)
    assert np.all(codes[4:] == 255)
    assert np.all(codes[:4] == 0)


def test_exposure_and_gains_multiply_linear_light(rng):
    scene = np.full((8, 10, 3), 0.2, dtype=np.float32)
    codes = shoot(scene, _quiet(exposure_ev=1.0, channel_gains=(1.1, 1.0, 0.5)), rng)
    # One code at this level is 1 % of linear light.
    assert linear_from_codes(codes)[4, 4] == pytest.approx([0.44, 0.40, 0.20], rel=0.012)


def test_noise_has_the_variance_that_was_asked_for(rng):
    camera = _quiet(read_noise=0.004, shot_noise=0.03)
    scene = np.full((200, 211, 3), 0.3, dtype=np.float32)
    noisy = linear_from_codes(shoot(scene, camera, rng))
    expected = np.sqrt(0.004**2 + 0.03**2 * 0.3)
    # 42 000 samples give 0.4 %; rounding to 8 bits adds about 1 %.
    assert noisy[..., 1].std() == pytest.approx(expected, rel=0.03)
    assert noisy.mean() == pytest.approx(0.3, rel=0.005)


def test_blur_spreads_a_point_by_its_sigma(rng):
    scene = np.zeros((41, 43, 3), dtype=np.float32)
    scene[20, 21] = 10.0
    seen = linear_from_codes(shoot(scene, _quiet(psf_sigma_px=2.0), rng))[..., 1]
    x = np.arange(43) - 21
    profile = seen.sum(axis=0)
    # The Gaussian is cut at 3 sigma, which takes 1.3 % off its width.
    assert np.sqrt((profile * x**2).sum() / profile.sum()) == pytest.approx(2.0, rel=0.03)


def test_the_tone_curve_keeps_ends_and_middle_and_steepens_between(rng):
    srgb = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    scene = np.broadcast_to(linear_from_srgb(srgb)[None, :, None], (3, 5, 3))
    codes = shoot(scene, _quiet(tone=1.0), rng)[1, :, 0].astype(int)
    assert codes[[0, 4]].tolist() == [0, 255]
    assert abs(codes[2] - 128) <= 1
    assert codes[1] < 0.25 * 255 - 5
    assert codes[3] > 0.75 * 255 + 5


def test_sharpening_overshoots_at_edges_and_leaves_flat_areas(rng):
    scene = np.full((30, 41, 3), 0.2, dtype=np.float32)
    scene[:, 20:] = 0.4
    plain = shoot(scene, _quiet(), rng)
    sharp = shoot(scene, _quiet(sharpening=0.8), rng)
    assert sharp[15, 20, 1] > plain[15, 20, 1] + 5
    assert sharp[15, 19, 1] < plain[15, 19, 1] - 5
    assert np.array_equal(sharp[:, :10], plain[:, :10])


def test_chroma_subsampling_loses_colour_detail_not_brightness(rng):
    scene = np.full((64, 80, 3), 0.3, dtype=np.float32)
    scene[::2, :, 0] = 0.36
    full = shoot(scene, _quiet(jpeg_quality=95, chroma_subsampling="4:4:4"), rng).astype(int)
    half = shoot(scene, _quiet(jpeg_quality=95, chroma_subsampling="4:2:0"), rng).astype(int)

    def colour(codes):
        return np.ptp((codes[..., 0] - codes[..., 1])[20:40, 40])

    assert colour(full) > 2 * colour(half)


def test_the_same_seed_takes_the_same_photo_and_another_does_not():
    scene = np.full((40, 50, 3), 0.3, dtype=np.float32)
    first, again, other = (
        shoot(scene, Camera(), np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_drawn_cameras_stay_plausible_and_without_spread_are_one():
    rng = np.random.default_rng(3)
    for _ in range(200):
        camera = Camera.draw(rng)
        assert abs(camera.exposure_ev) <= 0.3
        assert all(0.95 <= gain <= 1.05 for gain in camera.channel_gains)
        assert camera.psf_sigma_px < 0.95
        assert 75 <= camera.jpeg_quality <= 95
    assert Camera.draw(rng, spread=0.0) == Camera.draw(rng, spread=0.0)


def test_jpeg_bytes_carry_no_metadata():
    data = jpeg_bytes(np.full((16, 24, 3), 90, dtype=np.uint8), 90)
    assert data[:2] == b"\xff\xd8"
    assert b"Exif" not in data


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"psf_sigma_px": -1.0}, "psf_sigma_px: expected a number >= 0"),
        ({"channel_gains": (1.0, 0.0, 1.0)}, "channel_gains: expected positive"),
        ({"tone": 2.0}, "tone: expected 0..1"),
        ({"jpeg_quality": 0}, "jpeg_quality: expected 1..100"),
        ({"chroma_subsampling": "4:1:1"}, "chroma_subsampling: expected one of"),
    ],
)
def test_impossible_cameras_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        Camera(**changes)


def test_a_scene_without_three_colours_is_refused(rng):
    with pytest.raises(ValueError, match="linear_scene: expected shape"):
        shoot(np.zeros((5, 6)), Camera(), rng)
    with pytest.raises(ValueError, match="spread: expected"):
        Camera.draw(rng, spread=-1.0)
