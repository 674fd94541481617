"""The lab's made-up courses are what they claim, and its figures have targets."""

from __future__ import annotations

import numpy as np
import pytest

from progress.lab.course_cases import BASELINE, SLOW, TRUTHS, answer_course
from progress.lab.course_truth import course_truth
from progress.lab.many_answers import METRICS, REGIONS, still_report
from progress.model import Family, Verdict


@pytest.mark.parametrize("name", TRUTHS)
def test_a_truth_starts_at_nothing_and_ends_near_all(name):
    truth = TRUTHS[name]
    shares = [truth(float(day)) for day in (0, 35, 77, 119, 168)]
    assert shares[0] == pytest.approx(0.0, abs=0.001)
    assert shares[-1] == pytest.approx(1.0, abs=0.01)
    assert all(np.diff(shares) >= 0)


def test_a_course_without_noise_worth_naming_is_told_as_it_was():
    # Twenty times the usual fall drowns the error: every verdict has to follow.
    for name in SLOW:
        answer = answer_course(np.random.default_rng(1), TRUTHS[name], 20 * BASELINE)
        assert answer.verdict is Verdict.WORSE
        assert answer.low > 0.0
        assert answer.seen in {35, 77}
    assert answer_course(np.random.default_rng(1), TRUTHS["straight"], 0.0).true_change == 0.0


def test_the_quick_figures_meet_their_targets():
    figures = course_truth(quick=True)
    judged = [figure for figure in figures if figure.target]
    assert len(judged) > 12
    assert [figure.name for figure in judged if not figure.met] == []
    assert all(figure.value is not None for figure in figures)


def test_a_report_of_still_skin_holds_every_question_once():
    report = still_report(np.random.default_rng(3))
    assert len({(change.metric, change.region) for change in report}) == METRICS * (1 + REGIONS)
    sizes = {change.family: change.family_size for change in report}
    assert sizes == {Family.HEADLINE: METRICS, Family.REGIONS: METRICS * REGIONS}
