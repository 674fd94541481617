"""Verdicts follow their rules, backwards as forwards."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.model import Change, Direction, Estimate, NotMeasured, Verdict
from progress.stats import NoisePrior, SimulatedNoise, judge_change

QUIET = SimulatedNoise(joint=(0.01, -0.01, 0.01, -0.01, 0.01))


def _judge(
    baseline, followup, *, better=Direction.LOWER, noise=QUIET, metric_id="redness", **kwargs
) -> Change:
    return judge_change(
        metric_id=metric_id,
        version=1,
        region="left_cheek",
        unit="OD",
        better=better,
        baseline=[Estimate(v, 0.5, 100) for v in baseline],
        followup=[Estimate(v, 0.5, 100) for v in followup],
        noise=noise,
        **kwargs,
    )


@pytest.mark.parametrize(
    ("better", "followup", "verdict"),
    [
        (Direction.LOWER, 0.2, Verdict.IMPROVED),
        (Direction.LOWER, 0.4, Verdict.WORSE),
        (Direction.HIGHER, 0.2, Verdict.WORSE),
        (Direction.HIGHER, 0.4, Verdict.IMPROVED),
        (Direction.NONE, 0.2, Verdict.DESCRIBED),
        (Direction.NONE, 0.31, Verdict.WITHIN_NOISE),
        (Direction.LOWER, 0.31, Verdict.WITHIN_NOISE),
        (Direction.LOWER, 0.3, Verdict.WITHIN_NOISE),
    ],
)
def test_the_verdict_follows_direction_and_noise(better, followup, verdict):
    change = _judge([0.3], [followup], better=better, days=28.0)
    assert change.verdict is verdict
    assert change.days == 28.0
    assert change.noise_source == "6 simulated re-shoots of the baseline photo"


def test_a_change_of_exactly_the_smallest_detectable_one_is_a_change():
    edge = _judge([0.0], [1.0]).smallest_detectable_change
    assert edge is not None
    assert _judge([0.0], [edge]).verdict is Verdict.WORSE
    assert _judge([0.0], [np.nextafter(edge, 0.0)]).verdict is Verdict.WITHIN_NOISE


def test_the_metrics_own_sampling_error_does_not_enter():
    # _judge gives every shot an internal error of 0.5, fifty times the noise of re-shooting.
    assert _judge([0.3], [0.2]).standard_error == pytest.approx(0.01 * np.sqrt(2))


def test_a_side_that_was_not_measured_gives_its_reason_and_the_other_value():
    change = judge_change(
        metric_id="lines",
        version=1,
        region="forehead",
        unit="1",
        better=Direction.LOWER,
        baseline=[Estimate(0.5, 0.1, 9)],
        followup=[NotMeasured("resolution: 5 px/mm")],
        noise=QUIET,
    )
    assert change.verdict is Verdict.NOT_COMPARABLE
    assert (change.baseline, change.followup, change.delta) == (0.5, None, None)
    assert change.reason == "follow-up: resolution: 5 px/mm"


def test_a_blocked_pair_shows_no_figures_at_all():
    change = _judge([0.3], [0.2], blocked="light_direction: turn the lamp back")
    assert change.verdict is Verdict.NOT_COMPARABLE
    assert change.reason == "light_direction: turn the lamp back"
    assert (change.baseline, change.followup) == (None, None)


def test_different_versions_are_never_compared():
    change = _judge([0.3], [0.2], followup_version=2)
    assert change.verdict is Verdict.NOT_COMPARABLE
    assert "measure both again" in (change.reason or "")
    assert _judge([0.3], [0.2], followup_version=1).verdict is Verdict.IMPROVED


def test_an_unknown_error_gives_no_figure():
    change = _judge([0.3], [0.2], noise=None)
    assert change.verdict is Verdict.NOT_COMPARABLE
    assert "its error is unknown" in (change.reason or "")


@pytest.mark.parametrize(("before", "after"), [(3.0, 2.0), (3.0, 3.0), (0.0, 0.0)])
def test_a_value_that_no_re_shoot_moved_has_no_known_error_and_so_no_figure(before, after):
    still = SimulatedNoise(joint=(0.0,) * 5)
    told = _judge([before], [after], noise=still)
    assert told.verdict is Verdict.NOT_COMPARABLE
    assert "no simulated re-shoot moved" in (told.reason or "")
    assert (told.baseline, told.followup, told.smallest_detectable_change) == (None, None, None)


def test_a_prior_of_another_metric_is_the_callers_bug():
    with pytest.raises(ValueError, match="expected one of redness, got one of lines"):
        _judge([0.3], [0.2], prior=NoisePrior("lines", 0.1, 5))


_shots = st.lists(st.floats(-5, 5), min_size=1, max_size=4)
_draws = st.lists(st.floats(-1, 1), min_size=3, max_size=5).map(tuple)
_flipped = {Verdict.IMPROVED: Verdict.WORSE, Verdict.WORSE: Verdict.IMPROVED}


@given(_shots, _shots, st.tuples(_draws, _draws), st.sampled_from(Direction), st.booleans())
def test_a_change_backwards_is_minus_the_change(before, after, drawn, better, relative):
    noise = SimulatedNoise(session=drawn[0], shot=drawn[1])
    prior = NoisePrior("redness", 0.1, 3.0, relative=relative)
    there = _judge(before, after, better=better, noise=noise, prior=prior)
    back = _judge(after, before, better=better, noise=noise, prior=prior)
    assert there.verdict is _flipped.get(back.verdict, back.verdict)
    if there.delta is None or back.delta is None:
        assert there.delta is back.delta
    else:
        assert there.delta == -back.delta
        # fsum over visits in the other order may differ in the last bit.
        assert there.standard_error == pytest.approx(back.standard_error, rel=1e-12, abs=1e-300)


@given(_shots, _draws)
def test_a_visit_against_itself_is_exactly_nothing(shots, draws):
    change = _judge(shots, shots, noise=SimulatedNoise(session=draws, shot=draws))
    if change.verdict is Verdict.NOT_COMPARABLE:
        # Squares of the smallest draws are zero, and so is what they say of an error.
        assert not any(draw**2 for draw in draws)
        assert change.delta is None
    else:
        assert (change.delta, change.verdict) == (0.0, Verdict.WITHIN_NOISE)
