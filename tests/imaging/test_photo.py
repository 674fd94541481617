"""A decoded photo keeps its codes and makes linear light of any part of them."""

import numpy as np
import pytest

from progress.imaging import DecodedPhoto, linear_from_srgb
from progress.model import Encoding


@pytest.fixture
def noise():
    return np.random.default_rng(3).integers(0, 256, (61, 83, 3), dtype=np.uint8)


def test_codes_cannot_be_written_and_a_copy_was_taken(noise):
    photo = DecodedPhoto.from_codes(noise, file="a.png")
    before = photo.codes.copy()
    noise[:] = 0
    assert np.array_equal(photo.codes, before)
    with pytest.raises(ValueError, match="read-only"):
        photo.codes[0, 0, 0] = 1
    assert photo.provenance.file == "a.png"
    assert "array" not in repr(photo)


def test_the_same_pixels_have_the_same_hash_and_others_another(noise):
    first = DecodedPhoto.from_codes(noise).provenance.sha256
    assert DecodedPhoto.from_codes(noise.copy()).provenance.sha256 == first
    noise[4, 5, 1] ^= 1
    assert DecodedPhoto.from_codes(noise).provenance.sha256 != first


def test_linear_light_follows_the_curve_for_both_depths(noise):
    deep = noise.astype(np.uint16) * 257
    for codes in (noise, deep):
        raster = DecodedPhoto.from_codes(codes).linear()
        assert raster.encoding is Encoding.LINEAR
        assert raster.pixels.dtype == np.float32
        assert np.allclose(raster.pixels, linear_from_srgb(noise / 255.0), atol=1e-6)


def test_a_crop_is_the_part_of_the_whole(noise):
    photo = DecodedPhoto.from_codes(noise)
    part = photo.linear((10, 20, 40, 61)).pixels
    assert np.array_equal(part, photo.linear().pixels[20:61, 10:40])


def test_shrinking_averages_light_and_not_codes():
    stripes = np.zeros((60, 84, 3), dtype=np.uint8)
    stripes[:, ::2] = 255
    half = DecodedPhoto.from_codes(stripes).linear(scale=0.5).pixels
    assert half.shape == (30, 42, 3)
    assert np.allclose(half, 0.5, atol=1e-6)


def test_a_shrunken_pixel_lies_where_the_docstring_says():
    ramp = np.zeros((60, 90, 3), dtype=np.uint16)
    ramp[:] = (np.arange(90) * 100)[np.newaxis, :, np.newaxis]
    photo = DecodedPhoto.from_codes(ramp)
    small = photo.linear((9, 0, 81, 60), scale=0.25).pixels
    x = 9 + (np.arange(18) + 0.5) * 72 / 18 - 0.5
    expected = np.interp(x, np.arange(90), photo.linear().pixels[0, :, 0])
    # The mean over four codes of a curve is not the curve at their middle: a second-order rest.
    assert np.abs(small[7, :, 0] - expected).max() < 1e-5


def test_enlarging_stays_in_range(noise):
    large = DecodedPhoto.from_codes(noise).linear((0, 0, 20, 10), scale=3.0).pixels
    assert large.shape == (30, 60, 3)
    assert 0.0 <= large.min() < large.max() <= 1.0


def test_sixteen_bits_are_rounded_to_eight(noise):
    photo = DecodedPhoto.from_codes(noise.astype(np.uint16) * 257 + 100)
    assert np.array_equal(photo.codes_8bit()[noise < 255], noise[noise < 255])
    assert not photo.codes_8bit().flags.writeable
    eight = DecodedPhoto.from_codes(noise)
    assert eight.codes_8bit() is eight.codes


@pytest.mark.parametrize("box", [(0, 0, 84, 61), (-1, 0, 5, 5), (5, 5, 5, 9), (9, 5, 3, 9)])
def test_a_box_outside_the_photo_is_the_callers_bug(noise, box):
    with pytest.raises(ValueError, match="expected a non-empty part of 83 x 61 pixels"):
        DecodedPhoto.from_codes(noise).linear(box)


def test_senseless_scales_and_pixels_are_named(noise):
    with pytest.raises(ValueError, match="scale: expected a positive number, got 0"):
        DecodedPhoto.from_codes(noise).linear(scale=0)
    with pytest.raises(ValueError, match="expected uint8 or uint16, got float32"):
        DecodedPhoto.from_codes(noise.astype(np.float32))
    with pytest.raises(ValueError, match=r"expected shape \(H, W, 3\), got \(61, 83\)"):
        DecodedPhoto.from_codes(noise[..., 0])
