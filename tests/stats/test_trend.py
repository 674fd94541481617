"""A trend covers the truth as often as it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.model import NotMeasured, Trend
from progress.stats import fit_trend

DAYS = np.array([0.0, 28.0, 56.0, 84.0, 126.0, 168.0])


def _trend(*args) -> Trend:
    trend = fit_trend(*args)
    assert isinstance(trend, Trend)
    return trend


def test_a_straight_course_gives_its_slope_and_errs_by_the_given_errors():
    trend = _trend(DAYS, 0.5 - 0.01 * DAYS, np.full(6, 0.02))
    assert trend.per_28_days == pytest.approx(-0.28)
    assert trend.n_sessions == 6
    # t(0.975, 4) * se / sqrt(sum of squared days about their mean), though all residuals are 0.
    half = 28 * 2.776445 * 0.02 / np.sqrt(((DAYS - DAYS.mean()) ** 2).sum())
    assert trend.high - trend.per_28_days == pytest.approx(half)
    assert trend.per_28_days - trend.low == pytest.approx(half)


@pytest.mark.parametrize("visit", [0.0, 1.0, 4.0])
@pytest.mark.parametrize("n", [4, 6])
def test_the_interval_covers_the_true_slope_with_and_without_visit_effects(visit, n):
    rng = np.random.default_rng(3)
    days, se = DAYS[:n], np.linspace(0.5, 1.5, n)
    hits = 0
    for _ in range(600):
        y = 2.0 - 0.05 * days + rng.standard_normal(n) * np.hypot(se, visit)
        trend = _trend(days, y, se)
        hits += trend.low <= -0.05 * 28 <= trend.high
    # 95 % less three binomial standard errors of 600 courses.
    assert hits / 600 >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 600)


def test_scatter_beyond_the_given_errors_widens_the_interval():
    wobble = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    calm, wild = (_trend(DAYS, s * wobble, np.full(6, 0.1)) for s in (0.01, 1.0))
    assert wild.high - wild.low > 5 * (calm.high - calm.low)


def test_a_session_with_a_large_error_hardly_counts():
    y = -0.01 * DAYS
    y[2] += 5.0
    trend = _trend(DAYS, y, np.array([0.01, 0.01, 100.0, 0.01, 0.01, 0.01]))
    assert trend.per_28_days == pytest.approx(-0.28, abs=0.01)


def test_fewer_than_four_different_days_are_no_trend():
    assert fit_trend([], [], []) == NotMeasured("0 healed sessions; a trend needs at least 4")
    assert fit_trend([5], [1], [1]) == NotMeasured("1 healed session; a trend needs at least 4")
    assert isinstance(fit_trend([0, 1, 2, 2], [1, 2, 3, 4], [1, 1, 1, 1]), NotMeasured)


def test_senseless_numbers_are_refused():
    with pytest.raises(ValueError, match="equal lengths, got 2, 1, 1"):
        fit_trend([0, 1], [1], [1])
    with pytest.raises(ValueError, match="finite days and values"):
        fit_trend([0, np.inf], [1, 2], [1, 1])
    with pytest.raises(ValueError, match="positive standard errors"):
        fit_trend([0, 1], [1, 2], [1, 0])


@given(
    st.lists(st.floats(-10, 10), min_size=5, max_size=5),
    st.floats(-100, 100),
    st.floats(0.1, 50),
)
def test_origin_and_unit_do_not_matter(values, shift, scale):
    days, se = [0.0, 30.0, 55.0, 90.0, 120.0], [0.3, 0.2, 0.4, 0.3, 0.2]
    plain = _trend(days, values, se)
    moved = _trend(
        [d + 1000 for d in days], [shift + scale * v for v in values], [scale * s for s in se]
    )
    for name in ("per_28_days", "low", "high"):
        # The visit variance is found to 1e-12 of the scatter.
        assert getattr(moved, name) == pytest.approx(
            scale * getattr(plain, name), rel=1e-5, abs=1e-5 * scale
        )
