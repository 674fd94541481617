"""The proxy of radiance follows oil through a camera, and abstains where it cannot be trusted."""

from __future__ import annotations

import numpy as np
import pytest
from dosed_skin import changed, patch_of, skin
from scipy.stats import spearmanr

from progress.imaging import gaussian_blur, linear_from_codes
from progress.metrics import get_metric
from progress.model import Direction, Estimate, Need, NotMeasured, RegionKind
from progress.phantom.reshoot import reshoot_area
from progress.phantom.reshoot_kinds import mild

RADIANCE = get_metric("radiance")


def photographed(severity, *, seed, tone):
    flat = skin("gloss", severity, 2, tone=tone)
    codes = reshoot_area(flat.linear, mild(np.random.default_rng(seed)), np.random.default_rng(7))
    return patch_of(flat, linear=linear_from_codes(codes.codes))


@pytest.mark.parametrize("tone", [1, 4])
def test_it_follows_oil_through_mild_shots(tone):
    doses = (0.0, 0.25, 0.5, 0.75, 1.0)
    told = [
        RADIANCE.measure(photographed(dose, seed=seed, tone=tone)).value
        for dose in doses
        for seed in (1, 2)
    ]
    # Two shots each, with other lamp, exposure and compression: measurement page asks for 0.90.
    assert spearmanr(np.repeat(doses, 2), told).statistic >= 0.9


def test_noise_alone_gives_the_ratio_of_chance():
    rng = np.random.default_rng(1)
    grain = 0.4 + 0.01 * rng.standard_normal((270, 320, 1), dtype=np.float32)
    patch = patch_of(skin("gloss", 0.0))
    flat = changed(patch, linear=np.repeat(grain, 3, axis=2), mask=np.ones((270, 320), bool))
    assert RADIANCE.measure(flat).value == pytest.approx(4.07, abs=0.15)


def test_a_flat_wall_has_none():
    patch = patch_of(skin("gloss", 0.0))
    wall = changed(patch, linear=np.full_like(patch.linear, 0.4))
    assert isinstance(RADIANCE.measure(wall), NotMeasured)


def test_softness_draws_it_to_that_of_chance_which_is_why_focus_must_match():
    oily = patch_of(skin("gloss", 1.0))
    soft = changed(oily, linear=gaussian_blur(oily.linear, 1.5))
    assert RADIANCE.measure(soft).value < RADIANCE.measure(oily).value


@pytest.mark.parametrize("need", [Need.ABSOLUTE_COLOUR, Need.RELIEF_LIGHT, Need.DETAIL])
def test_it_abstains_where_light_or_focus_cannot_be_trusted(need):
    blocked = changed(patch_of(skin("gloss", 0.5)), blocked={need: "light_direction: turn it back"})
    assert RADIANCE.measure(blocked) == NotMeasured("light_direction: turn it back")


def test_it_is_described_of_own_regions_and_knows_its_error():
    assert RADIANCE.better is Direction.NONE
    assert RADIANCE.asked_of == {RegionKind.OWN}
    outcome = RADIANCE.measure(patch_of(skin("gloss", 0.5)))
    assert isinstance(outcome, Estimate)
    assert 0 < outcome.standard_error < 1
