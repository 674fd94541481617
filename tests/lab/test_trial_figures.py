"""Figures of trials, on made-up answers whose figures are known."""

from dataclasses import replace

import numpy as np
import pytest

from progress.imaging import DecodedPhoto
from progress.lab.face_trials import colour_plan
from progress.lab.rival_score_table import rival_table
from progress.lab.rival_scores import SCORES, rival_scores
from progress.lab.trial_figures import trial_figures
from progress.lab.trial_honesty import error_ratios, fairness_figures, honesty_figures
from progress.lab.trial_rows import WHOLE, TrialRow
from progress.lab.trials import Dose, Shooting, Trial
from progress.model import Direction, Verdict

NULL = Trial(Dose.NOTHING, 0.0, 0.0, Shooting.HARD)
ROW = TrialRow(
    subject="a",
    ita_deg=50.0,
    trial=NULL,
    metric="redness",
    region=WHOLE,
    better=Direction.LOWER,
    baseline=0.2,
    delta=0.0,
    standard_error=0.01,
    detectable=0.025,
    verdict=Verdict.WITHIN_NOISE,
    reason="",
)


def nulls(n=400, sd=0.01, **changes):
    moves = np.random.default_rng(2).normal(0.0, sd, n)
    return [replace(ROW, delta=float(move), **changes) for move in moves]


def dosed(amount, delta, shooting, **changes):
    trial = Trial(Dose.BLOOD, 0.0, amount, shooting)
    return replace(ROW, trial=trial, delta=delta, **changes)


def figure(rows, name):
    every = [*trial_figures(rows), *honesty_figures(rows), *fairness_figures(rows)]
    found = [one for one in every if name in one.name]
    assert len(found) == 1, [one.name for one in found]
    return found[0]


def test_alarms_are_counted_with_what_they_are_of():
    rows = [*nulls(95, sd=1e-4), *[replace(ROW, delta=0.1)] * 5]
    assert figure(rows, "false alarms, redness, hard").value == pytest.approx(0.05)
    assert "5 of 100" in figure(rows, "false alarms, redness, hard").note


def test_a_detectable_change_is_told_in_blood():
    still = dosed(0.15, 0.06, Shooting.STILL)
    found = figure([*nulls(), still], "detectable change, redness, whole face, hard")
    # 1.96 x 0.01 OD, where a whole of blood is 0.4 OD.
    assert found.value == pytest.approx(1.96 * 0.01 / 0.4, rel=0.1)
    assert found.met


def test_an_effect_is_called_right_only_beyond_its_error_and_the_right_way():
    rows = [
        dosed(0.15, 0.06, Shooting.HARD),
        dosed(-0.15, -0.06, Shooting.HARD),
        dosed(0.15, 0.01, Shooting.HARD),
        dosed(0.15, -0.06, Shooting.HARD),
        replace(dosed(0.15, None, Shooting.HARD), detectable=None),
    ]
    assert figure(rows, "dose called right").value == pytest.approx(0.5)
    assert "1 abstained" in figure(rows, "dose called right").note
    assert figure(rows, "verdicts against the dose").value == pytest.approx(0.25)


def test_an_error_that_is_told_too_small_is_found_out():
    honest = figure(nulls(), "predicted over observed standard error")
    assert honest.met
    small = figure(nulls(standard_error=0.004), "predicted over observed standard error")
    assert small.met is False


def test_classes_of_tone_are_set_side_by_side():
    dark = [replace(ROW, ita_deg=-40.0, delta=0.1, pair=pair) for pair in range(10)]
    rows = [*nulls(100, sd=1e-4), *dark]
    spread = figure(rows, "false alarms, spread between classes")
    assert spread.value == pytest.approx(1.0)
    assert spread.met is False
    assert "10 pairs of 1 people" in figure(rows, "false alarms on brown, dark skin").note


def test_the_plan_asks_both_directions_and_is_short_when_quick():
    plan = colour_plan(quick=False)
    assert {trial.after for trial in plan if trial.dose is Dose.BLOOD} >= {-0.15, 0.15}
    assert len(colour_plan(quick=True)) < len(plan) / 3


def test_rivals_follow_what_they_look_at():
    rng = np.random.default_rng(3)
    plain = rng.integers(90, 110, (61, 83, 3)).astype(np.uint8) + np.array([60, 10, 0], np.uint8)
    redder = plain + np.array([12, 0, 0], np.uint8)
    rough = plain.copy()
    rough[::4] -= 40
    face = np.array([(5, 5), (75, 5), (75, 55), (5, 55)])
    photos = [DecodedPhoto.from_codes(codes) for codes in (plain, redder, rough)]
    red = rival_scores(photos[0], photos[1], (face, face))
    coarse = rival_scores(photos[0], photos[2], (face, face))
    assert set(red) == set(SCORES)
    assert all(red[name][1] > red[name][0] for name in ("plain a*", "log10 R/G"))
    assert all(
        coarse[name][1] > 1.2 * coarse[name][0] for name in ("edge sum", "variance of Laplacian")
    )


def test_the_table_of_rivals_names_them_all():
    still = dosed(0.15, 0.06, Shooting.STILL)
    mild = [replace(row, trial=replace(NULL, shooting=Shooting.MILD)) for row in nulls(50)]
    rows = [still, *nulls(50), *mild]
    others = [replace(row, metric="plain a*") for row in rows]
    table = rival_table([*rows, *others])
    assert "redness" in table
    assert "plain a*" in table


def test_a_spread_that_so_few_pairs_cannot_tell_is_neither_met_nor_missed():
    dark = [replace(ROW, ita_deg=-40.0, delta=1e-3, pair=pair) for pair in range(10)]
    rows = [*nulls(10, sd=1e-4), *dark]
    spread = figure(rows, "false alarms, spread between classes")
    assert spread.value == 0.0
    assert spread.met is None
    assert "cannot be told; 2 points need 912 independent answers" in spread.note


def test_what_was_abstained_from_stands_beside_every_accuracy():
    silent = replace(ROW, delta=None, detectable=None, verdict=Verdict.NOT_COMPARABLE)
    rows = [*nulls(30, sd=1e-4), *[silent] * 10, dosed(0.15, 0.06, Shooting.STILL)]
    for name in ("false alarms, redness", "detectable change, redness, whole face",
                 "predicted over observed", "intervals that hold the truth"):  # fmt: skip
        assert "25% of 40 abstained" in figure(rows, name).note
    assert figure(rows, "answered on light skin").value == pytest.approx(0.75)


def test_intervals_must_hold_the_truth_of_doses_too():
    # What the still pair shows, 0.4 OD per whole blood, is the truth of the others.
    rows = [dosed(0.15, 0.06, Shooting.STILL), dosed(0.3, 0.12, Shooting.HARD, pair=1)]
    rows += [dosed(0.3, 0.2, Shooting.HARD, pair=2)]
    held = figure(rows, "intervals that hold the truth")
    assert held.value == pytest.approx(0.5)
    assert "2 of a dose" in held.note


def test_the_ratio_of_errors_tells_how_far_chance_reaches():
    rows = [replace(row, pair=number // 12) for number, row in enumerate(nulls(240))]
    (ratio,) = error_ratios(rows)
    assert ratio.low < ratio.ratio < ratio.high
    assert ratio.n_pairs == 20


def test_a_metric_that_reads_its_dose_backwards_has_a_rank_below_nothing():
    doses = (-0.3, -0.15, 0.0, 0.15, 0.3)
    forward = [dosed(dose, 0.4 * dose, Shooting.MILD) for dose in doses]
    assert figure(forward, "rank correlation").value == pytest.approx(1.0)
    backward = [replace(row, delta=-row.delta) for row in forward]
    assert figure(backward, "rank correlation").value == pytest.approx(-1.0)
    tone = [
        replace(row, metric="tone", trial=replace(row.trial, dose=Dose.MELANIN)) for row in backward
    ]
    assert figure(tone, "rank correlation").met
