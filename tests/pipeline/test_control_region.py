"""An outlined control lowers the error of the other regions, or says why it does not."""

from __future__ import annotations

import numpy as np
import pytest

from progress.model import Direction, Estimate, NotMeasured, Region, RegionKind, Verdict
from progress.pipeline.control import CONTROL_REGION, Control
from progress.pipeline.measured_shot import MeasuredShot
from progress.pipeline.rehearsal import Rehearsal
from progress.stats import judge_change

CHEEK, CONTROL = ("redness", "left_cheek"), ("redness", CONTROL_REGION)


def estimate(value: float) -> Estimate:
    return Estimate(value, 0.001, 900)


def shot(cheek: float | None, control: float | None) -> MeasuredShot:
    hidden = NotMeasured("covered by hair")
    outcomes = {
        CHEEK: hidden if cheek is None else estimate(cheek),
        CONTROL: hidden if control is None else estimate(control),
    }
    return MeasuredShot(outcomes, None, None, NotMeasured("none"), {})


def rehearsal(*, alike: float = 0.98, n: int = 8, kind: str = "joint") -> Rehearsal:
    rng = np.random.default_rng(4)
    shared, own = rng.standard_normal((2, n)) * 0.02
    drawn = tuple(
        {
            CHEEK: estimate(0.3 + alike * s + (1 - alike) * o),
            CONTROL: estimate(0.1 + s),
        }
        for s, o in zip(shared, own, strict=True)
    )
    return Rehearsal(**{kind: drawn})


def plain(before: list[MeasuredShot], after: list[MeasuredShot], practice: Rehearsal):
    return judge_change(
        metric_id="redness",
        version=1,
        region="left_cheek",
        unit="OD",
        better=Direction.LOWER,
        baseline=[s.outcomes[CHEEK] for s in before],
        followup=[s.outcomes[CHEEK] for s in after],
        noise=practice.noise(CHEEK),
    )


def judged(before, after, practice):
    alone = plain(before, after, practice)
    return alone, Control(practice, ["left_cheek", CONTROL_REGION]).judge(alone, before, after)


def test_what_the_light_did_to_both_is_taken_off_and_the_rest_is_seen():
    # The lamp adds 0.04 to all skin; the cheek itself loses 0.02, which is less than its noise.
    alone, against = judged([shot(0.30, 0.10)], [shot(0.32, 0.14)], rehearsal())
    assert alone.verdict is Verdict.WITHIN_NOISE
    assert against.verdict is Verdict.IMPROVED
    assert against.control is not None
    assert 0.9 < against.control.beta <= 1.0
    assert against.control.delta_control == pytest.approx(0.04)
    assert against.delta == pytest.approx(0.02 - 0.04 * against.control.beta)
    assert (against.baseline, against.followup) == (0.30, 0.32)
    assert against.standard_error < 0.3 * alone.standard_error
    assert against.noise_source.endswith(", against the control")
    assert against.p_value < 0.05


def test_repeated_shots_are_differenced_one_by_one():
    practice = Rehearsal(session=rehearsal().joint, shot=rehearsal(n=7).joint)
    wobble = (0.02, -0.01, -0.01)
    before = [shot(0.30 + w, 0.10 + w) for w in wobble]
    after = [shot(0.26 + w, 0.10 + w) for w in wobble]
    alone, against = judged(before, after, practice)
    assert against.control is not None
    assert against.delta == pytest.approx(
        alone.delta - against.control.beta * against.control.delta_control
    )
    assert against.standard_error < alone.standard_error


def test_a_control_that_was_not_seen_leaves_the_plain_change_and_says_why():
    alone, against = judged([shot(0.3, 0.1)], [shot(0.2, None)], rehearsal())
    assert against.control is None
    assert against.control_reason == "the control was not measured: covered by hair"
    assert (against.delta, against.verdict) == (alone.delta, alone.verdict)


def test_a_control_that_is_of_no_use_leaves_the_plain_change_and_says_why():
    alone, against = judged([shot(0.3, 0.1)], [shot(0.2, 0.1)], rehearsal(alike=0.0))
    assert against.control is None
    assert "the control does not" in against.control_reason
    assert against.standard_error == alone.standard_error


def test_what_has_no_figure_stays_as_it_is():
    alone, against = judged([shot(None, 0.1)], [shot(0.2, 0.1)], rehearsal())
    assert against is alone


def test_still_skin_is_called_changed_in_one_of_twenty_against_a_control():
    rng = np.random.default_rng(1)
    n, alarms = 300, 0
    for _ in range(n):
        shared, own, other = rng.standard_normal((3, 10)) * 0.02
        cheek, beside = 0.9 * shared + 0.4 * own, 0.9 * shared + 0.4 * other
        drawn = tuple(
            {CHEEK: estimate(c), CONTROL: estimate(b)}
            for c, b in zip(cheek[2:], beside[2:], strict=True)
        )
        # A re-shoot is the gap between two visits: the second is one draw away from the first.
        _, against = judged([shot(0.0, 0.0)], [shot(cheek[1], beside[1])], Rehearsal(joint=drawn))
        alarms += against.verdict is not Verdict.WITHIN_NOISE
    # Three binomial standard errors of 300 above 5 %, and what choosing beta costs.
    assert alarms / n <= 0.05 + 0.038


def test_no_region_of_that_name_is_no_control():
    square = np.array([[0.0, 0], [9, 0], [9, 7]])
    cheek = Region("left_cheek", square)
    assert Control.among([cheek], Rehearsal()) is None
    drawn = Region(CONTROL_REGION, square, kind=RegionKind.DRAWN)
    scar = Region("scar_1", square, kind=RegionKind.SCAR)
    whole = Region("whole_face", square)
    found = Control.among([cheek, drawn, scar, whole], Rehearsal())
    assert found is not None
    assert list(found.regions) == ["left_cheek", CONTROL_REGION]
