"""Several shots become one number and no shot is picked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.model import Estimate, NotMeasured
from progress.stats import huber_mean, pool_shots
from progress.stats.pooling import HUBER_EFFICIENCY

_values = st.lists(st.floats(-100, 100), min_size=1, max_size=9)


def test_one_and_two_shots_are_averaged():
    assert huber_mean([3.0]) == 3.0
    assert huber_mean([3.0, 9.0]) == 6.0


def test_a_wild_shot_loses_weight_but_still_counts():
    calm = huber_mean([1.0, 1.1, 0.9, 1.05])
    wild = huber_mean([1.0, 1.1, 0.9, 50.0])
    assert calm < wild < 1.3
    # Further out makes no difference: the influence is bounded.
    assert huber_mean([1.0, 1.1, 0.9, 5000.0]) == pytest.approx(wild)


def test_shots_that_agree_exactly_outvote_the_rest():
    assert huber_mean([2.0, 2.0, 7.0]) == 2.0


@pytest.mark.parametrize("k", [3, 5, 8])
def test_the_stated_efficiency_is_kept_for_gaussian_shots(k):
    rng = np.random.default_rng(5)
    means = [huber_mean(rng.standard_normal(k)) for _ in range(3000)]
    # A variance of 3000 draws is known to 2.6 %; twice that below the stated figure.
    assert 1.0 / (k * np.var(means)) > HUBER_EFFICIENCY * 0.95


@given(_values, st.floats(-10, 10), st.floats(0.1, 10))
def test_it_moves_and_scales_with_its_values(values, shift, scale):
    moved = huber_mean([shift + scale * v for v in values])
    assert moved == pytest.approx(shift + scale * huber_mean(values), abs=1e-5)


@given(_values)
def test_it_lies_among_its_values_and_the_order_does_not_matter(values):
    pooled = huber_mean(values)
    assert min(values) - 1e-9 <= pooled <= max(values) + 1e-9
    assert huber_mean(values[::-1]) == pytest.approx(pooled, abs=1e-7)


def test_no_values_and_nan_are_refused():
    with pytest.raises(ValueError, match="at least one finite value"):
        huber_mean([])
    with pytest.raises(ValueError, match="at least one finite value"):
        huber_mean([1.0, float("nan")])
    with pytest.raises(ValueError, match="at least one shot, got none"):
        pool_shots([])


def test_a_pooled_shot_keeps_its_own_error_and_adds_up_its_pixels():
    assert pool_shots([Estimate(2.0, 0.3, 50)]) == Estimate(2.0, 0.3, 50)
    pooled = pool_shots([Estimate(1.0, 0.1, 50), Estimate(3.0, 0.1, 70)])
    assert isinstance(pooled, Estimate)
    assert (pooled.value, pooled.n_px) == (2.0, 120)
    assert pooled.standard_error == pytest.approx(1.0)
    still = pool_shots([Estimate(1.0, 0.4, 50), Estimate(1.0, 0.4, 50)])
    assert isinstance(still, Estimate)
    assert still.standard_error == pytest.approx(0.4 / np.sqrt(2))


def test_survivors_of_a_visit_that_mostly_failed_are_not_its_value():
    soft = NotMeasured("sharpness: 0.4 mm")
    assert pool_shots([soft]) == soft
    half = pool_shots([soft, Estimate(1.0, 0.1, 5)])
    assert half == NotMeasured("1 of 2 shots could be measured: sharpness: 0.4 mm")
    most = pool_shots([soft, Estimate(1.0, 0.1, 5), Estimate(2.0, 0.1, 5)])
    assert isinstance(most, Estimate)
    assert most.value == 1.5
