"""Many answers of one report: which stand when their number is reckoned in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.model import Change, Direction, Estimate, Family, Verdict
from progress.stats import (
    NoisePrior,
    SimulatedNoise,
    holm_adjusted,
    judge_change,
    p_value_of,
    with_families,
)

KNOWN = NoisePrior("redness", np.sqrt(0.5), 1e5)


def judged(delta: float, region: str = "whole_face", **kwargs) -> Change:
    noise = kwargs.pop("noise", None)
    return judge_change(
        metric_id="redness",
        version=1,
        region=region,
        unit="OD",
        better=Direction.LOWER,
        baseline=[Estimate(0.0, 0.1, 9)],
        followup=[Estimate(delta, 0.1, 9)],
        noise=noise,
        prior=None if noise else KNOWN,
        **kwargs,
    )


def test_a_worked_example_of_holm():
    # Holm 1979: times 4, 3, 2, 1 from the smallest on, never falling.
    assert holm_adjusted([0.04, 0.0001, 0.02, 0.9]) == pytest.approx([0.08, 0.0004, 0.06, 0.9])
    assert holm_adjusted([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjusted_p_values_never_fall_and_keep_their_order(p):
    adjusted = holm_adjusted(p)
    assert all(a >= own and a <= 1.0 for own, a in zip(p, adjusted, strict=True))
    for i in range(len(p)):
        for j in range(len(p)):
            if p[i] < p[j]:
                assert adjusted[i] <= adjusted[j]


@given(st.floats(-6, 6), st.lists(st.floats(0.1, 2), min_size=3, max_size=6))
def test_the_p_value_and_the_verdict_never_disagree(delta, draws):
    change = judged(delta, noise=SimulatedNoise(joint=tuple(draws)))
    assert change.p_value is not None
    beyond = change.verdict is not Verdict.WITHIN_NOISE
    # At the very limit the last bit of the quantile decides.
    if abs(change.p_value - 0.05) > 1e-9:
        assert beyond == (change.p_value < 0.05)


def test_nothing_at_all_is_surely_chance():
    assert p_value_of(0.0, 0.0, 0.0) == 1.0
    assert judged(0.0).p_value == 1.0


def test_headline_and_regions_are_counted_apart_and_the_control_not_at_all():
    changes = [
        judged(-3.0),
        judged(-2.2, "left_cheek"),
        judged(0.3, "right_cheek"),
        judged(-2.2, "control"),
        judged(-2.2, "nose", blocked="light_direction: turn it back"),
    ]
    told = with_families(changes, headline={"whole_face"}, apart={"control"})
    assert [c.family for c in told] == [Family.HEADLINE, Family.REGIONS, Family.REGIONS, None, None]
    assert [c.family_size for c in told] == [1, 2, 2, 0, 0]
    assert told[0].family_p_value == told[0].p_value
    # Two regions: the clearer has to pass at 2.5 %, and 2.2 standard errors do not.
    assert told[1].verdict is Verdict.IMPROVED
    assert not told[1].stands_in_family
    assert told[0].stands_in_family
    for before, after in zip(changes, told, strict=True):
        assert (after.verdict, after.delta, after.smallest_detectable_change) == (
            before.verdict,
            before.delta,
            before.smallest_detectable_change,
        )


def test_a_family_holds_a_false_find_in_at_most_five_percent_of_reports():
    rng = np.random.default_rng(11)
    n, alone, together = 400, 0, 0
    for _ in range(n):
        told = []
        shared = rng.standard_normal()
        for _ in range(9):
            draws = tuple(rng.standard_normal(4))
            # Metrics of one pair err together: the bound holds whatever depends on what.
            delta = np.sqrt(2.0) * (0.6 * shared + 0.8 * rng.standard_normal())
            told.append(judged(delta, noise=SimulatedNoise(joint=draws)))
        told = with_families(told, headline={"whole_face"})
        alone += any(c.verdict is not Verdict.WITHIN_NOISE for c in told)
        together += any(c.stands_in_family for c in told)
    # Three binomial standard errors of 400 reports above 5 %.
    assert together / n <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / n)
    assert alone / n > 0.2


def test_five_standard_errors_stand_among_nine_questions():
    changes = [judged(5.0), *(judged(0.1) for _ in range(8))]
    assert with_families(changes, headline={"whole_face"})[0].stands_in_family
