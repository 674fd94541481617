"""Shares counted on related answers are no surer than they are."""

import numpy as np
import pytest

from progress.lab.intervals import counted_share, difference


def test_independent_answers_give_the_interval_of_wilson():
    share = counted_share([True] * 5 + [False] * 95, range(100))
    # Wilson 1927 for 5 of 100, as tabled.
    assert (share.low, share.high) == pytest.approx((0.0215, 0.1118), abs=2e-4)
    assert share.n_independent == pytest.approx(100, rel=0.02)


def test_answers_that_err_together_count_as_one():
    hits = [pair == 0 for pair in range(20) for _ in range(12)]
    together = counted_share(hits, [pair for pair in range(20) for _ in range(12)])
    alone = counted_share(hits, range(len(hits)))
    assert together.value == alone.value == pytest.approx(0.05)
    assert together.n_independent == pytest.approx(20, rel=0.1)
    assert together.high > 1.8 * alone.high


def test_without_a_single_hit_only_pairs_are_counted():
    share = counted_share([False] * 60, [pair for pair in range(5) for _ in range(12)])
    assert share.low == 0.0
    assert share.n_independent == 5
    assert share.high > 0.4


def test_the_bounds_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(8)
    held = []
    for _ in range(300):
        # Pairs with a rate of their own, 8 % on average.
        rates = rng.beta(0.8, 9.2, 40)
        hits = rng.random((40, 10)) < rates[:, None]
        share = counted_share(hits.ravel().tolist(), np.repeat(np.arange(40), 10).tolist())
        held.append(share.low <= 0.08 <= share.high)
    # 300 draws tell the rate to 1.3 points, one standard deviation.
    assert 0.91 <= np.mean(held) <= 0.99


def test_a_difference_of_equal_shares_holds_zero_in_its_middle():
    one = counted_share([True] * 10 + [False] * 90, range(100))
    low, high = difference(one, one)
    assert low == pytest.approx(-high)
    assert 0.05 < high < 0.12


def test_no_answers_give_no_share():
    with pytest.raises(ValueError, match="at least one"):
        counted_share([], [])
