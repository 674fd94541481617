"""The visits of a course seen together, and stored."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from progress.metrics import affected_by
from progress.model import (
    BaselineShare,
    Change,
    ControlUse,
    CourseFit,
    Direction,
    Estimate,
    FirstSeen,
    NotMeasured,
    Timeline,
    TimelinePoint,
    TimelineSeries,
    Trend,
    Verdict,
)
from progress.pipeline.course import usable, with_courses
from progress.pipeline.timeline_file import timeline_from_dict
from progress.stats import p_value_of

START = date(2026, 1, 5)
TREATED = [START + timedelta(days=days) for days in (7, 42, 84)]
DAYS = (0, 10, 35, 77, 119, 168)
SE = 0.01


def change(delta: float | None, region: str, **kwargs) -> Change:
    if delta is None:
        return Change("redness", 1, region, "OD", Direction.LOWER, None, None, None, None, None,
                      Verdict.NOT_COMPARABLE, "healing")  # fmt: skip
    error = SE * np.sqrt(2)
    sdc = 2.3 * error
    beyond = Verdict.IMPROVED if delta < 0 else Verdict.WORSE
    verdict = beyond if abs(delta) >= sdc else Verdict.WITHIN_NOISE
    p = p_value_of(delta, error, sdc)
    return Change("redness", 1, region, "OD", Direction.LOWER, 0.4, 0.4 + delta, delta, error, sdc,
                  verdict, p_value=p, **kwargs)  # fmt: skip


def series(
    values, region: str = "left_cheek", *, metric="redness", unit="OD", days=DAYS
) -> TimelineSeries:
    points = []
    for day, value in zip(days, values, strict=True):
        healing = day == 10
        against = None
        if day:
            against = change(None if healing or value is None else value - values[0], region)
        outcome = NotMeasured("no light") if value is None else Estimate(value, SE, 900)
        points.append(TimelinePoint(START + timedelta(days=day), outcome, against, healing))
    last = points[-1]
    verdict = last.change.verdict if last.change else Verdict.NOT_COMPARABLE
    return TimelineSeries(
        metric, 1, region, unit, metric.capitalize(), tuple(points), NotMeasured("not fitted yet"),
        verdict, judged_on=last.date,
    )  # fmt: skip


FALLING = (0.40, 0.90, 0.36, 0.33, 0.30, 0.28)


def one(values, **kwargs) -> TimelineSeries:
    (answered,), _ = with_courses([series(values, **kwargs)], TREATED)
    return answered


def test_a_falling_course_gets_curve_trend_share_and_first_sight():
    told = one(FALLING)
    fit, share, seen = told.course.fit, told.course.share, told.course.first_seen
    assert isinstance(fit, CourseFit)
    assert (fit.first, fit.last, fit.n_sessions) == (START, START + timedelta(days=168), 5)
    assert fit.high < 0.0
    assert fit.curve[0].date == START
    assert set(TREATED) <= {p.date for p in fit.curve}
    assert isinstance(share, BaselineShare)
    assert share.low < 70.0 < share.high
    assert isinstance(seen, FirstSeen)
    assert (seen.day, seen.not_yet_on) == (START + timedelta(days=35), START)
    assert isinstance(told.trend, Trend)
    assert told.trend.n_sessions == 5


def test_the_healing_visit_is_in_neither_curve_nor_trend():
    calm, wild = one(FALLING), one((0.40, 5.0, *FALLING[2:]))
    assert isinstance(calm.course.fit, CourseFit)
    assert isinstance(wild.course.fit, CourseFit)
    assert wild.course.fit.change == pytest.approx(calm.course.fit.change, abs=0.002)
    assert wild.trend == calm.trend


def test_three_healed_visits_give_points_and_a_share_but_no_curve():
    told = one((0.40, 0.90, 0.36, 0.30), days=DAYS[:4])
    assert told.course.fit == NotMeasured("3 healed sessions; a curve needs at least 4")
    assert isinstance(told.trend, NotMeasured)
    assert isinstance(told.course.share, BaselineShare)
    assert told.course.share.percent == pytest.approx(75.0, abs=0.1)


def test_before_a_result_may_be_stated_there_is_none():
    waiting = replace(series(FALLING), judged_on=None, reason="no result is stated before July")
    (told,), _ = with_courses([waiting], TREATED)
    assert told.course.share == NotMeasured("no result is stated before July")
    assert told.course.first_seen == NotMeasured("no result is stated before July")


def test_a_visit_that_could_not_be_compared_is_not_in_the_curve():
    told = one((0.40, 0.90, 0.36, None, 0.30, 0.28))
    assert isinstance(told.course.fit, CourseFit)
    assert told.course.fit.n_sessions == 4


def test_against_a_control_the_curve_follows_the_differences():
    plain = series(FALLING)
    points = []
    for point in plain.points:
        against = point.change
        if against is not None and against.delta is not None:
            against = replace(
                against,
                delta=against.delta / 2,
                standard_error=against.standard_error / 4,
                control=ControlUse(1.0, against.delta / 2),
            )
        points.append(replace(point, change=against))
    used = usable(replace(plain, points=tuple(points)))
    assert [round(outcome.value, 3) for _, outcome in used] == [0.4, 0.38, 0.365, 0.35, 0.34]
    assert [outcome.standard_error for _, outcome in used] == pytest.approx([SE / 4] * 5)


def test_what_all_regions_share_on_a_visit_is_told_and_the_whole_is_no_region():
    shared = np.array([0.0, 0.0, 0.0, 0.03, 0.0, 0.0])
    names = ("left_cheek", "right_cheek", "nose", "whole_face", "control")
    several = [series(tuple(np.array(FALLING) + shared), name) for name in names]
    told, effects = with_courses(several, TREATED)
    assert len(told) == 5
    assert {effect.n_regions for effect in effects} == {3}
    worst = max(effects, key=lambda effect: abs(effect.offset))
    assert worst.date == START + timedelta(days=77)
    assert all(isinstance(one.course.fit, CourseFit) for one in told)


def test_a_stored_course_comes_back_as_it_was():
    answered, effects = with_courses(
        [series(FALLING, name) for name in ("left_cheek", "right_cheek", "nose")], TREATED
    )
    told = Timeline({}, (), answered, affected_by, visit_effects=effects)
    stored = json.loads(json.dumps(told.to_dict()))
    again = timeline_from_dict(stored, affected=affected_by)
    assert again.series == answered
    assert again.visit_effects == effects
    for key in ("course", "percent_of_baseline", "first_seen"):
        assert stored["series"][0][f"{key}_reason"] is None


def test_a_course_stored_by_an_earlier_version_is_read_without_a_curve():
    answered, _ = with_courses([series(FALLING)], TREATED)
    stored = Timeline({}, (), answered, affected_by).to_dict()
    del stored["visit_effects"]
    for name in ("course", "percent_of_baseline", "first_seen", "judged_on"):
        del stored["series"][0][name]
    (again,) = timeline_from_dict(stored, affected=affected_by).series
    assert again.course.fit == NotMeasured("stored by an earlier version")
    assert again.judged is None
