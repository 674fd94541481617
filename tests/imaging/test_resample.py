"""Blur, warp and shrink against direct computation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter, map_coordinates

from progress.imaging import (
    Interpolation,
    gaussian_blur,
    masked_gaussian,
    shrink,
    shrink_variance_px2,
    warp,
)


@pytest.fixture
def image():
    rng = np.random.default_rng(11)
    return gaussian_filter(rng.normal(size=(121, 163)), 1.5).astype(np.float32)


@pytest.mark.parametrize("sigma", [0.7, 3.0, 9.5])
def test_a_narrow_blur_is_the_gaussian_with_a_mirrored_border(image, sigma):
    exact = gaussian_filter(image.astype(np.float64), sigma, mode="mirror", truncate=5.0)
    # Kernel cut off at 4 sigma.
    assert np.abs(gaussian_blur(image, sigma) - exact).max() < 1e-3 * np.ptp(image)


@pytest.mark.parametrize("sigma", [12.0, 17.3, 25.0])
def test_a_wide_blur_stays_within_half_a_percent(sigma):
    rng = np.random.default_rng(12)
    image = gaussian_filter(rng.normal(size=(211, 173)), 8.0)
    image = (image / np.ptp(image)).astype(np.float32)
    exact = gaussian_filter(image.astype(np.float64), sigma, mode="mirror", truncate=5.0)
    assert np.abs(gaussian_blur(image, sigma) - exact).max() < 0.005


@pytest.mark.parametrize("sigma", [2.0, 15.0])
def test_a_flat_picture_stays_flat_to_the_border(sigma):
    flat = np.full((61, 83, 3), 0.37, dtype=np.float32)
    assert np.allclose(gaussian_blur(flat, sigma), 0.37, atol=1e-6)


def test_a_blur_of_nothing_is_a_copy(image):
    blurred = gaussian_blur(image, 0)
    assert np.array_equal(blurred, image)
    assert not np.shares_memory(blurred, image)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_channel_axis_is_kept(channels):
    image = np.zeros((61, 83, channels), dtype=np.float32)
    mask = np.ones((61, 83), dtype=bool)
    for sigma in (2.0, 13.0):
        assert gaussian_blur(image, sigma).shape == image.shape
        assert masked_gaussian(image, mask, sigma).shape == image.shape
    assert shrink(image, 0.5).shape == (30, 42, channels)  # halves round to even
    grid = np.zeros((7, 9, 2), dtype=np.float32)
    assert warp(image, grid).shape == (7, 9, channels)


@pytest.mark.parametrize("sigma", [2.0, 14.0])
def test_what_is_masked_out_is_never_read(image, sigma):
    mask = np.zeros(image.shape, dtype=bool)
    mask[20:90, 30:140] = True
    poisoned = np.where(mask, image, np.nan)
    clean = np.where(mask, image, 1000.0)
    mean = masked_gaussian(poisoned, mask, sigma)
    assert np.isfinite(mean[mask]).all()
    assert np.array_equal(mean, masked_gaussian(clean, mask, sigma), equal_nan=True)


@pytest.mark.parametrize("sigma", [2.0, 14.0])
def test_the_masked_mean_of_a_constant_is_the_constant(sigma):
    mask = np.random.default_rng(2).random((121, 163)) < 0.2
    mean = masked_gaussian(np.full(mask.shape, 0.6, dtype=np.float32), mask, sigma)
    assert np.allclose(mean[mask], 0.6, atol=1e-5)


def test_where_nothing_is_near_there_is_no_mean(image):
    mask = np.zeros(image.shape, dtype=bool)
    mask[:10, :10] = True
    mean = masked_gaussian(image, mask, 3.0)
    assert np.isnan(mean[60:, 60:]).all()
    assert np.isfinite(mean[:12, :12]).all()


def test_weights_weigh():
    image = np.array([[1.0, 3.0]], dtype=np.float32)
    weights = np.array([[3.0, 1.0]], dtype=np.float32)
    mean = masked_gaussian(image, weights, 50.0)
    assert mean[0] == pytest.approx([1.5, 1.5], abs=1e-3)


def test_a_warp_reads_between_pixels_exactly(image):
    rows, columns = np.mgrid[5:50, 5:70].astype(np.float64)
    map_xy = np.stack([columns + 0.3137, rows + 0.2719], axis=-1)
    exact = map_coordinates(image, [map_xy[..., 1], map_xy[..., 0]], order=1)
    # A table of 32 positions between pixels would err by 1e-2 here.
    assert np.abs(warp(image, map_xy) - exact).max() < 1e-5
    cubic = warp(image, map_xy, interpolation=Interpolation.CUBIC)
    spline = map_coordinates(image, [map_xy[..., 1], map_xy[..., 0]], order=3)
    assert np.abs(cubic - spline).max() < 0.05 * np.ptp(image)


def test_a_warp_beyond_the_picture_is_nowhere(image):
    map_xy = np.array([[[-5.0, 3.0], [10.0, 10.0], [np.nan, 4.0], [162.5, 8.0]]])
    values = warp(image, map_xy)[0]
    assert np.isnan(values[[0, 2, 3]]).all()
    assert values[1] == image[10, 10]
    filled = warp(image, map_xy, outside=-1.0)[0]
    assert filled[0] == filled[2] == -1.0


@settings(max_examples=25)
@given(st.floats(0.15, 1.0))
def test_shrinking_keeps_the_mean_and_leaves_no_aliases(scale):
    columns = np.arange(160)
    image = np.tile(((columns // 2) % 2).astype(np.float32), (120, 1))
    small = shrink(image, scale)
    assert small.shape == (max(1, round(120 * scale)), max(1, round(160 * scale)))
    # Columns at the border may hold a part of a period.
    assert abs(float(small.mean()) - 0.5) < 0.02
    if scale < 0.24:
        assert np.ptp(small) < 0.5


def test_shrinking_by_nothing_is_a_copy(image):
    assert np.array_equal(shrink(image, 1.0), image)


def test_senseless_arguments_are_named(image):
    with pytest.raises(ValueError, match="sigma_px: expected a number >= 0, got -1"):
        gaussian_blur(image, -1)
    with pytest.raises(ValueError, match=r"image: expected shape \(H, W\)"):
        gaussian_blur(image[0], 1)
    with pytest.raises(ValueError, match="mask: expected shape"):
        masked_gaussian(image, np.ones((3, 4)), 1)
    with pytest.raises(ValueError, match="map_xy: expected shape"):
        warp(image, np.zeros((5, 5)))
    with pytest.raises(ValueError, match="at most 4 channels, got 5"):
        warp(np.zeros((9, 9, 5)), np.zeros((5, 5, 2)))
    with pytest.raises(ValueError, match="scale: expected a number in"):
        shrink(image, 1.5)


@pytest.mark.parametrize("scale", [0.997, 0.9, 0.71, 0.4])
def test_shrinking_blurs_by_the_stated_variance(scale):
    # White noise after a known blur keeps the power that the blur's transfer function leaves; the
    # test wave is long, so its loss is 2 pi^2 f^2 times the variance.
    period_px = 23.0
    x = np.arange(4001) / period_px
    wave = np.sin(2 * np.pi * x)[np.newaxis].repeat(7, axis=0).astype(np.float32)
    small = shrink(wave, scale)
    size = small.shape[1]
    centres = (np.arange(size) + 0.5) * 4001 / size - 0.5
    kept = 2 * np.mean(small[1] * np.sin(2 * np.pi * centres / period_px))
    lost = (1 - kept) * period_px**2 / (2 * np.pi**2)
    assert lost == pytest.approx(shrink_variance_px2(scale), rel=0.15)


def test_a_photo_that_is_not_shrunk_is_not_blurred_by_it():
    assert shrink_variance_px2(1.0) == 0.0
    with pytest.raises(ValueError, match="scale"):
        shrink_variance_px2(1.2)
