"""A photo read through another tone curve, with a cast across the frame evened."""

from dataclasses import replace

import numpy as np
import pytest

from progress.imaging import DecodedPhoto, Rendition, tone_factors


def photo() -> DecodedPhoto:
    codes = np.random.default_rng(1).integers(40, 220, (61, 83, 3)).astype(np.uint8)
    return DecodedPhoto.from_codes(codes)


def test_a_level_curve_and_no_slope_change_nothing():
    plain = photo()
    same = Rendition(np.ones(256, np.float32), np.zeros((3, 2)), (0.0, 0.0))
    read = replace(plain, rendition=same)
    assert np.array_equal(plain.linear().pixels, read.linear().pixels)


def test_a_slope_is_the_same_in_a_crop_and_in_the_whole():
    slope = np.array([[1e-3, 0.0], [0.0, -5e-4], [2e-4, 1e-3]])
    read = replace(photo(), rendition=Rendition(np.ones(256, np.float32), slope, (10.0, 20.0)))
    whole = read.linear().pixels
    assert np.allclose(whole[20:50, 30:70], read.linear((30, 20, 70, 50)).pixels, rtol=1e-6)
    plain = photo().linear().pixels
    assert whole[20, 10] == pytest.approx(plain[20, 10], rel=1e-6)
    assert np.log(whole[20, 60, 0] / plain[20, 60, 0]) == pytest.approx(50e-3, rel=1e-3)


def test_a_curve_acts_by_the_code():
    factors = tone_factors(lambda value: 0.2 * (value - 0.5))
    read = replace(photo(), rendition=Rendition(factors, np.zeros((3, 2)), (0.0, 0.0)))
    ratio = read.linear().pixels / photo().linear().pixels
    codes = photo().codes / 255.0
    assert np.allclose(np.log(ratio), 0.2 * (codes - 0.5), atol=1e-4)


def test_a_curve_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match="positive factors"):
        Rendition(np.zeros(256, np.float32), np.zeros((3, 2)), (0.0, 0.0))
