"""When a change was first beyond the noise, never to return into it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from progress.model import Change, Direction, FirstSeen, NotMeasured, Verdict
from progress.stats import first_seen

START = date(2026, 1, 5)


def change(delta: float | None, *, better=Direction.LOWER) -> Change:
    verdict = Verdict.NOT_COMPARABLE
    if delta is not None:
        beyond = (
            Verdict.DESCRIBED
            if better is Direction.NONE
            else (Verdict.IMPROVED if delta < 0 else Verdict.WORSE)
        )
        verdict = beyond if abs(delta) >= 2.0 else Verdict.WITHIN_NOISE
    error = None if delta is None else 1.0
    return Change(
        "redness", 1, "nose", "OD", better, 10.0, None if delta is None else 10 + delta, delta,
        error, None if delta is None else 2.0, verdict, "no light" if delta is None else None,
    )  # fmt: skip


def course(*deltas, **kwargs):
    return [
        (START + timedelta(days=28 * (i + 1)), change(d, **kwargs)) for i, d in enumerate(deltas)
    ]


def day(visit: int) -> date:
    return START + timedelta(days=28 * visit)


def test_the_first_of_an_unbroken_run_counts():
    assert first_seen(START, course(-1, -3, -1, -3, -4)) == FirstSeen(
        day(4), day(3), Verdict.IMPROVED, confirmed=True
    )


def test_a_single_last_visit_is_not_confirmed():
    seen = first_seen(START, course(-1, -1, -3))
    assert seen == FirstSeen(day(3), day(2), Verdict.IMPROVED, confirmed=False)


def test_from_the_first_visit_on_it_came_after_the_baseline():
    seen = first_seen(START, course(3, 3))
    assert seen == FirstSeen(day(1), START, Verdict.WORSE, confirmed=True)


def test_a_change_that_went_away_was_not_seen():
    answer = first_seen(START, course(-3, -3, -1))
    assert answer == NotMeasured(
        "no change beyond the noise on the last healed session, 2026-03-30"
    )


def test_the_other_way_is_another_change():
    seen = first_seen(START, course(3, -3, -3))
    assert isinstance(seen, FirstSeen)
    assert seen.day == day(2)
    tones = first_seen(START, course(3, -3, better=Direction.NONE))
    assert isinstance(tones, FirstSeen)
    assert tones.day == day(2)


def test_a_visit_without_a_figure_neither_confirms_nor_contradicts():
    seen = first_seen(START, course(-3, None, -3))
    assert seen == FirstSeen(day(1), START, Verdict.IMPROVED, confirmed=True)
    alone = first_seen(START, course(-3, None))
    assert alone == FirstSeen(day(1), START, Verdict.IMPROVED, confirmed=False)
    assert first_seen(START, course(None)) == NotMeasured(
        "no healed session could be compared with the baseline"
    )


def test_still_skin_is_seen_to_change_no_more_often_than_a_single_pair():
    rng = np.random.default_rng(3)
    false = 0
    for _ in range(1000):
        baseline, *visits = rng.standard_normal(6) / np.sqrt(2) * 2 / 1.96
        false += isinstance(first_seen(START, course(*(v - baseline for v in visits))), FirstSeen)
    # 5 % and three binomial standard errors of 1000.
    assert false / 1000 <= 0.05 + 0.021
