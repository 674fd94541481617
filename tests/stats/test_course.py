"""A curve through a course covers the truth, knows its limits and is not bent by one visit."""

from __future__ import annotations

import numpy as np
import pytest

from progress.model import NotMeasured
from progress.stats import Course, FittedCourse, fit_course
from progress.stats.remodelling import flare_left, remodelling_shapes

DAYS = np.array([0.0, 35.0, 77.0, 119.0, 168.0])
TREATED = (7.0, 42.0, 84.0)


def course(values, days=DAYS, se=1.0, treated=TREATED, **kwargs) -> Course:
    return Course(
        np.asarray(days),
        np.asarray(values, dtype=float),
        np.full(len(days), float(se)) if np.ndim(se) == 0 else np.asarray(se),
        treated,
        **kwargs,
    )


def fitted(*args, **kwargs) -> FittedCourse:
    fit = fit_course(course(*args, **kwargs))
    assert isinstance(fit, FittedCourse)
    return fit


def remodelled(days, total=-4.0, tau=45.0):
    return 10.0 + total * (1.0 - np.exp(-np.maximum(0.0, np.asarray(days) - 7.0) / tau))


def logistic(days, total=-4.0):
    return 10.0 + total / (1.0 + np.exp(-(np.asarray(days) - 70.0) / 15.0))


def level(days, total=0.0):
    return np.full(len(np.asarray(days)), 10.0 + total)


def test_three_visits_give_no_curve():
    answer = fit_course(course([3, 2, 1], days=[0, 40, 90]))
    assert answer == NotMeasured("3 healed sessions; a curve needs at least 4")
    assert isinstance(fit_course(course([1], days=[0])), NotMeasured)


def test_visits_before_any_treatment_are_no_course():
    late = fit_course(course(level(DAYS), treated=(170.0,)))
    assert late == NotMeasured(
        "no treatment before the last healed session: there is no course yet"
    )
    assert isinstance(fit_course(course(level(DAYS), treated=())), NotMeasured)


def test_a_clean_course_is_followed_between_its_visits():
    fit = fitted(remodelled(DAYS), se=0.05)
    change, low, high = fit.change()
    truth = remodelled([168.0])[0] - 10.0
    assert low < truth < high
    assert change == pytest.approx(truth, abs=0.1)
    middle, below, above = fit.levels([0.0, 7.0, 100.0, 168.0])
    # Before the first treatment nothing has happened, whatever the shape.
    assert middle[0] == pytest.approx(middle[1])
    # The shapes of the mixture bend a little otherwise than the truth.
    assert middle == pytest.approx(remodelled([0.0, 7.0, 100.0, 168.0]), abs=0.15)
    assert (below < middle).all()
    assert (middle < above).all()


@pytest.mark.parametrize("truth", [level, remodelled, logistic])
@pytest.mark.parametrize("visit", [0.0, 1.0])
def test_the_interval_covers_the_truth_whatever_the_shape(truth, visit):
    rng = np.random.default_rng(5)
    hits, n = 0, 250
    real = truth(DAYS)
    for _ in range(n):
        # The told error rests on five re-shoots, so it errs itself.
        told = np.sqrt(rng.chisquare(4) / 4)
        seen = real + rng.standard_normal(DAYS.size) * np.hypot(1.0, visit)
        _, low, high = fitted(seen, se=told).change()
        hits += low <= real[-1] - real[0] <= high
    # 92 to 98 % are asked for, less and plus three binomial standard errors of 250.
    assert 0.92 - 0.05 <= hits / n <= 0.98 + 0.02


def test_a_wild_visit_does_not_bend_the_curve():
    days = [0, 35, 63, 91, 126, 168]
    straight = remodelled(days)
    bent = straight.copy()
    bent[2] += 30.0
    calm, wild = fitted(straight, days=days, se=0.5), fitted(bent, days=days, se=0.5)
    assert wild.set_aside == (2,)
    assert wild.n_visits == 5
    assert wild.change()[0] == pytest.approx(calm.change()[0], abs=0.25)
    assert wild.residuals[2] == pytest.approx(30.0, abs=1.0)


def test_the_last_visit_is_never_set_aside_however_far_it_lies():
    late = level(DAYS)
    late[-1] += 30.0
    fit = fitted(late, se=0.5)
    assert 4 not in fit.set_aside
    assert fit.change()[0] > 10.0


def test_ordinary_visits_are_seldom_set_aside():
    rng = np.random.default_rng(8)
    n = 200
    aside = sum(
        bool(fitted(10 + rng.standard_normal(6), days=[0, 35, 63, 91, 126, 168]).set_aside)
        for _ in range(n)
    )
    # One in a hundred by construction; six would be five standard errors more.
    assert aside <= 8


def test_a_flare_is_not_read_as_harm():
    visits = np.array([0.0, 35.0, 50.0, 119.0, 168.0])
    # On day 50, eight days after a treatment, a fifteenth of the flare is left.
    left = 60.0 * np.exp(-(50.0 - 42.0) / 3.0)
    seen = level(visits) + np.array([0.0, 0.0, left, 0.0, 0.0])
    healing = {"healing_days": np.array([44.0]), "healing_values": np.array([10 + 60 * 0.513])}
    known = fitted(seen, days=visits, se=0.5, **healing)
    blind = fitted(seen, days=visits, se=0.5)
    assert abs(known.change()[0]) < 0.5 * abs(blind.change()[0]) + 0.05
    assert known.change()[1] < 0.0 < known.change()[2]


def test_healing_visits_are_no_outcome():
    seen = remodelled(DAYS)
    plain = fitted(seen)
    flared = fitted(seen, healing_days=np.array([9.0]), healing_values=np.array([90.0]))
    # 28 days after a treatment 1e-4 of the flare is left, 0.01 of one error of the visit.
    assert flared.change() == pytest.approx(plain.change(), abs=0.02)


def test_order_origin_and_unit_do_not_matter():
    rng = np.random.default_rng(2)
    values = remodelled(DAYS) + rng.standard_normal(5)
    plain = np.array(fitted(values).change())
    shuffled = rng.permutation(5)
    assert np.array(fitted(values[shuffled], days=DAYS[shuffled]).change()) == pytest.approx(plain)
    moved = fitted(
        5.0 + 3.0 * values, days=DAYS + 738000.0, se=3.0, treated=[t + 738000.0 for t in TREATED]
    )
    assert np.array(moved.change()) == pytest.approx(3.0 * plain, rel=1e-6)


def test_shapes_run_from_nothing_to_all_and_never_back():
    shapes = remodelling_shapes(DAYS, TREATED, first=0.0, last=168.0)
    assert shapes.shape == (8, 5)
    assert shapes[:, 0] == pytest.approx(0.0)
    assert shapes[:, -1] == pytest.approx(1.0)
    assert (np.diff(shapes, axis=1) >= 0).all()
    # One treatment: its share is the whole.
    assert remodelling_shapes(DAYS, [7.0], first=0.0, last=168.0).shape == (4, 5)


def test_the_flare_fades_from_the_day_after():
    assert flare_left([6.0, 7.0, 10.0], [7.0]) == pytest.approx([0.0, 0.0, np.exp(-1.0)])


def test_senseless_courses_are_refused():
    with pytest.raises(ValueError, match="a day of its own"):
        course([1, 2], days=[3, 3])
    with pytest.raises(ValueError, match="positive ones"):
        course([1, 2], days=[3, 4], se=[1.0, 0.0])
    with pytest.raises(ValueError, match="finite numbers in a row"):
        course([1, np.nan], days=[3, 4])
    with pytest.raises(ValueError, match="equal lengths, got 2, 2, 1"):
        course([1, 2], days=[3, 4], se=[1.0])
    with pytest.raises(ValueError, match="as many healing values"):
        course([1, 2], days=[3, 4], healing_days=np.array([1.0]))
