"""Healing skin is shown and never judged; a result waits for the last treatment."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from progress.model import Change, Direction, Need, Verdict
from progress.stats import (
    SameDay,
    SeriesVerdict,
    healing_days,
    in_healing_window,
    series_verdict,
)

T0 = date(2026, 1, 5)


def _on(n: int) -> date:
    return T0 + timedelta(days=n)


def _change(verdict: Verdict = Verdict.IMPROVED) -> Change:
    return Change("lines", 1, "forehead", "1", Direction.LOWER, 2.0, 1.0, -1.0, 0.1, 0.3, verdict)


@pytest.mark.parametrize(
    ("metric_id", "day", "healing"),
    [
        ("lines", -1, False),
        ("lines", 0, True),
        ("lines", 7, True),
        ("lines", 8, False),
        ("redness", 8, True),
        ("redness", 14, True),
        ("redness", 15, False),
        ("my_own_metric", 7, True),
        ("my_own_metric", 8, False),
    ],
)
def test_windows_are_closed_at_both_ends(metric_id, day, healing):
    assert in_healing_window(_on(day), [T0], metric_id=metric_id) is healing


def test_whatever_needs_colour_waits_for_redness_to_fade():
    assert healing_days(needs={Need.COLOUR}) == 14
    assert healing_days(needs={Need.ABSOLUTE_COLOUR, Need.DETAIL}) == 14
    assert healing_days(needs={Need.DETAIL, Need.SURFACE}) == 7
    assert healing_days(metric_id="mark_contrast") == 14


def test_a_photo_before_that_days_treatment_is_healed():
    before = SameDay.BEFORE_TREATMENT
    assert not in_healing_window(T0, [T0], same_day=before)
    assert in_healing_window(_on(1), [T0], same_day=before)
    assert in_healing_window(T0, [T0, _on(-3)], same_day=before)


def test_the_last_healed_session_speaks_for_the_course_even_when_an_earlier_one_was_kinder():
    changes = [
        (_on(112), _change(Verdict.WITHIN_NOISE)),
        (_on(84), _change(Verdict.IMPROVED)),
        (_on(60), _change(Verdict.WORSE)),
    ]
    verdict = series_verdict(changes, [T0, _on(28), _on(56)], baseline=T0, metric_id="lines")
    assert verdict == SeriesVerdict(Verdict.WITHIN_NOISE, None, _on(112))


def test_no_result_is_stated_before_four_weeks_after_the_last_treatment():
    changes = [(_on(27), _change())]
    verdict = series_verdict(changes, [T0], baseline=_on(-3))
    assert verdict.verdict is Verdict.NOT_COMPARABLE
    assert verdict.judged_on is None
    assert verdict.reason == (
        "no result is stated before 2026-02-02, 28 days after the last treatment; the last "
        "session was on 2026-02-01"
    )
    assert series_verdict([(_on(28), _change())], [T0], baseline=T0).judged_on == _on(28)


def test_a_session_between_treatments_is_an_interim_result():
    changes = [(_on(27), _change()), (_on(30), _change(Verdict.WORSE))]
    verdict = series_verdict(changes, [_on(-1), _on(28)], baseline=_on(-2))
    assert verdict == SeriesVerdict(Verdict.IMPROVED, None, _on(27), interim=True)
    same_day = series_verdict(
        [(_on(28), _change())],
        [T0, _on(28)],
        baseline=T0,
        same_day=SameDay.BEFORE_TREATMENT,
    )
    assert same_day == SeriesVerdict(Verdict.IMPROVED, None, _on(28), interim=True)


def test_a_refused_last_session_is_said_with_its_reason():
    refused = Change(
        "lines",
        1,
        "chin",
        "1",
        Direction.LOWER,
        None,
        None,
        None,
        None,
        None,
        Verdict.NOT_COMPARABLE,
        reason="light_direction: turn the lamp",
    )
    verdict = series_verdict([(_on(40), _change()), (_on(60), refused)], [T0], baseline=T0)
    assert verdict.reason == "light_direction: turn the lamp"
    assert verdict.judged_on == _on(60)


def test_a_baseline_taken_while_healing_has_no_verdict():
    verdict = series_verdict([(_on(60), _change())], [_on(-5)], baseline=T0)
    assert verdict.reason == "the baseline was taken while the skin was healing"
    verdict = series_verdict([(_on(60), _change())], [_on(-10)], baseline=T0, metric_id="tone")
    assert verdict.reason == "the baseline was taken while the skin was healing"


def test_without_treatments_the_last_session_counts_and_without_sessions_nothing():
    assert series_verdict([(_on(9), _change())], [], baseline=T0).verdict is Verdict.IMPROVED
    assert series_verdict([], [T0], baseline=T0).reason == "no session after the baseline"
