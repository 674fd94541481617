"""The axes null what they should, on spectra that they were not made from."""

import numpy as np
import pytest

from progress.colour import axes_for_ita
from progress.phantom.spectra import melanin_for_ita, skin_reflectance

BLOOD = 0.02


def density(melanin, blood):
    return -np.log(np.asarray(skin_reflectance(melanin, blood), dtype=np.float64))


def steps(ita_deg):
    """Optical density added by 50 % more blood, and by 10 % more melanin."""
    melanin = melanin_for_ita(ita_deg, blood=BLOOD)
    here = density(melanin, BLOOD)
    return density(melanin, 1.5 * BLOOD) - here, density(1.1 * melanin, BLOOD) - here


@pytest.mark.parametrize("ita_deg", [-60.0, -18.0, -7.0, 8.0, 23.0, 40.0, 55.0, 80.0])
def test_exposure_and_shading_cancel(ita_deg):
    axes = axes_for_ita(ita_deg)
    assert axes.haemoglobin.sum() == pytest.approx(0, abs=1e-12)
    assert axes.melanin.sum() == pytest.approx(0, abs=1e-12)


# Limits are twice what this skin model gives, because another model of the same skin gives as much
# with the other sign on brown skin.
@pytest.mark.parametrize(
    ("ita_deg", "limit"), [(56, 0.02), (40, 0.03), (23, 0.06), (8, 0.1), (-7, 0.22), (-18, 0.32)]
)
def test_melanin_hardly_shows_as_redness(ita_deg, limit):
    blood, melanin = steps(ita_deg)
    weights = axes_for_ita(ita_deg).haemoglobin
    assert abs(weights @ melanin) < limit * (weights @ blood)


@pytest.mark.parametrize("ita_deg", [55.0, 40.0, 23.0, 8.0, -7.0, -18.0, -40.0])
def test_more_blood_is_redder_at_every_tone(ita_deg):
    blood, _ = steps(ita_deg)
    assert axes_for_ita(ita_deg).haemoglobin @ blood > 0.07


@pytest.mark.parametrize("ita_deg", [55.0, 40.0, 23.0, 8.0, -7.0, -18.0])
def test_more_melanin_is_more_melanin(ita_deg):
    _, melanin = steps(ita_deg)
    assert axes_for_ita(ita_deg).melanin @ melanin > 0.01


def test_weights_change_smoothly_and_hold_beyond_the_table():
    np.testing.assert_array_equal(axes_for_ita(90).haemoglobin, axes_for_ita(66).haemoglobin)
    np.testing.assert_array_equal(axes_for_ita(-90).melanin, axes_for_ita(-18).melanin)
    step = axes_for_ita(31.0).haemoglobin - axes_for_ita(30.0).haemoglobin
    assert np.abs(step).max() < 0.02


def test_a_tone_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="expected a finite angle, got nan"):
        axes_for_ita(float("nan"))
