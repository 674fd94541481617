"""What a visit does to all regions alike is told, and does not bend their curves."""

from __future__ import annotations

import numpy as np
import pytest

from progress.model import NotMeasured
from progress.stats import Course, FittedCourse, fit_together

DAYS = np.array([0.0, 35.0, 63.0, 91.0, 126.0, 168.0])


def courses(rng, *, shared, n=6, scatter=0.3, change=-3.0):
    grown = 1 - np.exp(-np.maximum(0, DAYS - 7) / 45)
    return [
        Course(
            DAYS,
            10 + i + change * grown + shared + scatter * rng.standard_normal(DAYS.size),
            np.full(DAYS.size, 0.5),
            (7.0,),
        )
        for i in range(n)
    ]


def test_an_offset_of_all_regions_is_found_where_it_is():
    shared = np.array([0.0, 0.0, 0.0, 1.5, 0.0, 0.0])
    _, offsets = fit_together(courses(np.random.default_rng(1), shared=shared))
    by_day = {o.day: o for o in offsets}
    assert [o.day for o in offsets] == list(DAYS)
    assert max(offsets, key=lambda o: abs(o.offset)).day == 91.0
    # The curves take up a share of it: level and change are two of six visits.
    assert 0.5 < by_day[91.0].offset < 1.5
    assert by_day[91.0].standard_error < 0.3
    assert by_day[91.0].n_regions == 6


def test_a_wild_visit_is_set_aside_in_all_regions_at_once():
    shared = np.array([0.0, 0.0, 40.0, 0.0, 0.0, 0.0])
    rng = np.random.default_rng(2)
    calm, _ = fit_together(courses(rng, shared=0 * shared))
    wild, offsets = fit_together(courses(np.random.default_rng(2), shared=shared))
    for before, after in zip(calm, wild, strict=True):
        assert isinstance(before, FittedCourse)
        assert isinstance(after, FittedCourse)
        assert after.set_aside == (2,)
        assert after.change()[0] == pytest.approx(before.change()[0], abs=0.6)
    assert [o.day for o in offsets if o.set_aside] == [63.0]


def test_one_wild_region_does_not_take_the_visit_from_the_others():
    rng = np.random.default_rng(3)
    several = courses(rng, shared=0 * DAYS)
    values = several[0].values.copy()
    values[2] += 40.0
    several[0] = Course(DAYS, values, several[0].standard_errors, (7.0,))
    fits, offsets = fit_together(several)
    assert not any(o.set_aside for o in offsets)
    asides = [fit.set_aside for fit in fits if isinstance(fit, FittedCourse)]
    assert asides == [(2,), (), (), (), (), ()]


def test_two_regions_share_nothing_that_could_be_told():
    fits, offsets = fit_together(courses(np.random.default_rng(4), shared=0 * DAYS, n=2))
    assert offsets == ()
    assert all(isinstance(fit, FittedCourse) for fit in fits)


def test_short_courses_keep_their_reason():
    short = Course(DAYS[:3], np.arange(3.0), np.ones(3), (7.0,))
    fits, offsets = fit_together([short] * 4)
    assert fits == [NotMeasured("3 healed sessions; a curve needs at least 4")] * 4
    assert offsets == ()
