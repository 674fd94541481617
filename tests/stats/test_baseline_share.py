"""Percent of a baseline: covered as often as stated, and absent where they mean nothing."""

from __future__ import annotations

import numpy as np
import pytest

from progress.model import BaselineShare, NotMeasured
from progress.stats import Course, FittedCourse, fit_course, pair_of_visits, share_of_baseline


def share(baseline, followup, error, *, unit="OD", freedom=1e6):
    known = pair_of_visits(
        baseline, error, followup - baseline, error * np.sqrt(2), degrees_of_freedom=freedom
    )
    return share_of_baseline(known, unit=unit)


def test_a_worked_example_of_fieller():
    answer = share(10.0, 7.0, 0.5)
    assert isinstance(answer, BaselineShare)
    assert answer.percent == pytest.approx(70.0, abs=0.01)
    # (ab +- sqrt((ab)^2 - (a^2 - q)(b^2 - q))) / (a^2 - q), q = (1.96 * .5)^2.
    q = (1.959964 * 0.5) ** 2
    root = np.sqrt(70.0**2 - (100 - q) * (49 - q))
    assert answer.low == pytest.approx(100 * (70 - root) / (100 - q), abs=0.01)
    assert answer.high == pytest.approx(100 * (70 + root) / (100 - q), abs=0.01)


@pytest.mark.parametrize("error", [0.3, 1.0, 2.0])
def test_the_interval_covers_the_true_share(error):
    rng = np.random.default_rng(1)
    n, hits, told = 600, 0, 0
    for _ in range(n):
        a, b = 10 + error * rng.standard_normal(), 7 + error * rng.standard_normal()
        answer = share(a, b, error)
        if isinstance(answer, BaselineShare):
            told += 1
            hits += answer.low <= 70.0 <= answer.high
    assert told > n / 2
    # Three binomial standard errors of 600 below 95 %.
    assert hits / told >= 0.95 - 0.027


def test_there_is_no_share_of_a_tone_or_of_next_to_nothing():
    tone = share(30.0, 33.0, 0.5, unit="deg")
    assert isinstance(tone, NotMeasured)
    assert "no zero" in tone.reason
    for baseline in (0.5, 0.0, -5.0):
        near = share(baseline, 0.4, 0.3)
        assert isinstance(near, NotMeasured)
        assert "too near zero" in near.reason


def test_a_course_tells_its_share_up_to_any_visit():
    days = np.array([0.0, 35.0, 77.0, 119.0, 168.0])
    values = 10 - 4 * (1 - np.exp(-np.maximum(0, days - 7) / 45))
    fit = fit_course(Course(days, values, np.full(5, 0.1), (7.0,)))
    assert isinstance(fit, FittedCourse)
    for day, value in zip(days[1:], values[1:], strict=True):
        answer = share_of_baseline(fit.known_until(day), unit="OD")
        assert isinstance(answer, BaselineShare)
        assert answer.low < 10 * value < answer.high
        # Five visits do not tell one time constant from the next: a tenth of the change.
        assert answer.percent == pytest.approx(10 * value, abs=4.0)
