"""Colour arithmetic against its definitions, a second implementation, and its own laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import rgb2lab

from progress.imaging import (
    codes_from_linear,
    delta_e_2000,
    ita_deg,
    lab_from_linear,
    linear_from_codes,
    linear_from_srgb,
    optical_density,
    srgb_from_linear,
)
from progress.imaging.colour_space import DENSITY_FLOOR

unit = st.floats(0, 1)
lab_values = st.tuples(st.floats(5, 95), st.floats(-60, 60), st.floats(-60, 60))


def test_the_curve_passes_through_the_standards_points():
    # IEC 61966-2-1: code 0.04045 is where the straight part ends; mid grey 0.5 is 0.21404 of light.
    assert linear_from_srgb(np.float64(0.04045)) == pytest.approx(0.0031308, abs=1e-7)
    assert linear_from_srgb(np.float64(0.5)) == pytest.approx(0.214041, abs=1e-6)
    assert srgb_from_linear(np.array([0.0, 1.0])).tolist() == pytest.approx([0.0, 1.0])


@given(unit)
def test_light_and_display_values_are_inverse(value):
    there = linear_from_srgb(np.float64(value))
    assert float(srgb_from_linear(there)) == pytest.approx(value, abs=1e-7)  # gap at the knee


@given(st.floats(-1, 2))
def test_values_outside_the_range_come_back_too(value):
    assert float(srgb_from_linear(linear_from_srgb(np.float64(value)))) == pytest.approx(
        value, abs=1e-6
    )


@pytest.mark.parametrize(("bits", "dtype"), [(8, np.uint8), (16, np.uint16)])
def test_every_code_survives_linear_light(bits, dtype):
    codes = np.arange(2**bits, dtype=dtype).reshape(2 ** (bits // 2), -1)
    linear = linear_from_codes(codes)
    assert linear.dtype == np.float32
    assert np.array_equal(codes_from_linear(linear, bit_depth=bits), codes)
    assert np.array_equal(linear_from_codes(codes.ravel()[5]), linear.ravel()[5])


def test_codes_of_light_beyond_the_range_are_clipped():
    assert codes_from_linear(np.array([[-0.2, 0.0, 1.0, 3.0]])).tolist() == [[0, 0, 255, 255]]


def test_codes_by_table_are_the_nearest_codes():
    light = np.random.default_rng(6).random((61, 83, 3)) ** 3
    exact = srgb_from_linear(light) * 255
    # Half a code, and the table's 0.025.
    assert np.abs(codes_from_linear(light.astype(np.float32)) - exact).max() <= 0.526
    assert codes_from_linear(np.float64(0.21586)) == 128
    assert codes_from_linear(light[0, 0]).tolist() == codes_from_linear(light)[0, 0].tolist()


def test_images_and_vectors_take_the_same_path_to_the_same_number():
    image = np.random.default_rng(5).random((61, 83, 3)).astype(np.float32)
    assert np.allclose(
        srgb_from_linear(image), srgb_from_linear(image.astype(np.float64)), atol=1e-6
    )
    assert np.allclose(optical_density(image), optical_density(image.astype(np.float64)), atol=1e-5)


def test_lab_agrees_with_scikit_image():
    srgb = np.random.default_rng(7).random((61, 83, 3))
    linear = linear_from_srgb(srgb)
    oracle = rgb2lab(srgb)
    # The oracle's matrix has six digits, its white five.
    assert np.abs(lab_from_linear(linear) - oracle).max() < 2e-3
    fast = lab_from_linear(linear.astype(np.float32))
    assert fast.dtype == np.float32
    assert np.abs(fast - oracle).max() < 0.03  # OpenCV's white and its table of cube roots


def test_lab_of_any_shape_keeps_it():
    for shape in ((3,), (5, 3), (2, 5, 3), (2, 3, 5, 3), (0, 3)):
        linear = np.full(shape, 0.4, dtype=np.float32)
        assert lab_from_linear(linear).shape == shape
    with pytest.raises(ValueError, match=r"expected shape \(..., 3\), got \(4,\)"):
        lab_from_linear(np.zeros(4))


@given(st.floats(0.01, 1))
def test_grey_has_no_colour(light):
    lab = lab_from_linear(np.full(3, light))
    assert np.abs(lab[1:]).max() < 0.02  # five digits of the white


# Pairs 1, 7, 17, 24 and 34 of Sharma, Wu & Dalal 2005, doi:10.1002/col.20070, table 1.
SHARMA = [
    ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
    ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
    ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ((50.0, 2.5, 0.0), (50.0, 1.8634, 0.5757), 1.0000),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("a", "b", "expected"), SHARMA)
def test_colour_difference_gives_the_published_pairs(a, b, expected):
    assert float(delta_e_2000(a, np.array(b))) == pytest.approx(expected, abs=2e-4)
    assert float(delta_e_2000(np.array(a), np.array(b))) == pytest.approx(expected, abs=5e-5)


@given(lab_values, lab_values)
def test_colour_difference_is_symmetric_and_zero_at_home(a, b):
    a, b = np.array(a), np.array(b)
    assert float(delta_e_2000(a, b)) == pytest.approx(float(delta_e_2000(b, a)), abs=1e-9)
    assert float(delta_e_2000(a, a)) == 0.0
    assert float(delta_e_2000(a, b)) >= 0.0


def test_ita_is_high_for_light_skin_and_negative_for_dark():
    assert ita_deg([70.0, 8.0, 16.0]) == pytest.approx(51.34, abs=0.01)
    assert ita_deg([50.0, 8.0, 16.0]) == pytest.approx(0.0)
    assert ita_deg([35.0, 8.0, 12.0]) < -50
    assert ita_deg(np.zeros((61, 83, 3), dtype=np.float32)).shape == (61, 83)


@given(st.floats(0.01, 1), st.floats(0.1, 1))
def test_a_factor_of_light_is_a_constant_of_density(light, factor):
    darker = optical_density(np.float64(light * factor)) - optical_density(np.float64(light))
    assert float(darker) == pytest.approx(-np.log(factor), abs=1e-9)


def test_density_stops_at_its_floor():
    assert float(optical_density(np.float64(0.0))) == pytest.approx(
        -np.log(DENSITY_FLOOR), rel=1e-6
    )
    assert optical_density(np.zeros((3, 4), dtype=np.float32)).max() == pytest.approx(8.1, abs=0.01)
    assert float(optical_density(1.0)) == 0.0


def test_wrong_types_and_depths_are_named():
    with pytest.raises(TypeError, match="expected uint8 or uint16, got float64"):
        linear_from_codes(np.zeros((3, 4)))
    with pytest.raises(ValueError, match="bit_depth: expected 8 or 16, got 12"):
        codes_from_linear(np.zeros(3), bit_depth=12)
