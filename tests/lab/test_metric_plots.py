"""The lab drawn: every chart holds what was found, and says what it could not hold."""

import json

import numpy as np
import pytest
import vl_convert as vlc

from progress.cli.lab import LabTopic, validate
from progress.lab.dose_curves import CHANGES, DosePoint, face_points
from progress.lab.metric_plots import (
    dose_chart,
    error_chart,
    metric_charts,
    rival_chart,
    specificity_chart,
)
from progress.lab.pigment_reach import melanin_od
from progress.lab.rival_score_table import RivalLine
from progress.lab.specificity import Response
from progress.lab.trial_honesty import ErrorRatio
from progress.lab.trial_rows import WHOLE, TrialRow
from progress.lab.trials import Dose, Shooting, Trial
from progress.model import BadInput, Direction, Verdict


def svg(chart):
    return vlc.vegalite_to_svg(chart.to_dict())


def rows_in(spec):
    """Every row of data anywhere in a chart."""
    parts = spec.values() if isinstance(spec, dict) else spec
    if isinstance(spec, dict) and not any(isinstance(part, dict | list) for part in parts):
        yield spec
    for part in parts:
        if isinstance(part, dict | list):
            yield from rows_in(part)


def row(metric, trial, delta, **changes):
    fields = {
        "subject": "a", "ita_deg": 47.0, "trial": trial, "metric": metric, "region": WHOLE,
        "better": Direction.LOWER, "baseline": 0.5, "delta": delta, "standard_error": 0.01,
        "detectable": 0.03, "verdict": Verdict.WITHIN_NOISE, "reason": "",
    }  # fmt: skip
    return TrialRow(**{**fields, **changes})


def test_a_dose_panel_shows_means_and_their_scatter_on_both_sides_of_none():
    points = [
        DosePoint("lines", "depth of lines", change, 2 * change + off, f"piece {off}")
        for change in CHANGES
        for off in (-0.1, 0.1)
    ]
    told_of = [*rows_in(dose_chart(points).to_dict())]
    told = {one["change"]: one for one in told_of if "mean" in one}
    assert told[-0.3]["mean"] == pytest.approx(-0.6)
    # 1.96 standard deviations of two answers 0.2 apart.
    assert told[0.3]["high"] - told[0.3]["mean"] == pytest.approx(1.96 * 0.2 / 2**0.5)
    assert "depth of lines" in svg(dose_chart(points))


def test_doses_of_faces_are_read_from_mild_shots_of_their_own_dose_only():
    mild, hard = Shooting.MILD, Shooting.HARD
    rows = [
        row("redness", Trial(Dose.BLOOD, 0.0, 0.3, mild), 0.12),
        row("redness", Trial(Dose.BLOOD, 0.0, 0.3, hard), 0.9),
        row("redness", Trial(Dose.MELANIN, 0.0, 0.3, mild), 0.9),
        row("redness", Trial(Dose.NOTHING, 0.0, 0.0, mild), 0.01),
        row("redness", Trial(Dose.BLOOD, 0.0, -0.3, mild), None),
        row("evenness", Trial(Dose.CLOUDS, 0.3, 0.4, mild), 0.05),
        row("redness", Trial(Dose.BLOOD, 0.0, 0.3, mild), 0.9, region="nose"),
    ]
    found = {(one.metric, round(one.change, 3)): one.answer for one in face_points(rows)}
    assert found == {
        ("redness", 0.3): 0.12,
        ("redness", 0.0): 0.01,
        # As a share of the value before, 0.5.
        ("evenness", 0.1): pytest.approx(0.1),
    }


def test_errors_beyond_the_drawing_lie_at_its_edge():
    ratios = [
        ErrorRatio("redness", Shooting.MILD, 1.0, 0.8, 1.3, 9),
        ErrorRatio("tone", Shooting.HARD, 30.0, 20.0, 40.0, 9),
    ]
    spec = json.dumps(error_chart(ratios).to_dict())
    assert "30.0" not in spec
    assert '"ratio": 5.0' in spec
    assert "tone" in svg(error_chart(ratios))


def test_the_matrix_says_where_nothing_was_compared_and_frames_what_is_own():
    responses = [
        Response("head", "blood +50 %", "redness", 0.2, 6.8),
        Response("head", "JPEG 75", "redness", None, None, "stored too hard"),
    ]
    drawn = svg(specificity_chart(responses))
    assert "+6.8" in drawn
    assert "n/c" in drawn


def test_a_rival_is_told_by_its_figure_even_where_its_bar_is_cut():
    lines = [
        RivalLine("redness", 0.99, 0.08, 0.05, 0.0, 1.0, 0.08),
        RivalLine("variance of Laplacian", 0.2, 1.7, 22.0, 0.67, 0.6),
    ]
    drawn = svg(rival_chart(lines))
    assert "2200%" in drawn
    assert "variance of Laplacian" in drawn


def test_ten_per_cent_of_melanin_fade_towards_light_skin():
    seen = np.array([one.od for one in melanin_od([62.0, 40.0, 25.0])])
    # As the issue's own spectral trial gave them; two digits.
    assert seen == pytest.approx([0.007, 0.045, 0.07], abs=0.004)


def test_only_what_was_answered_is_drawn():
    drawn = metric_charts(rows=[], responses=[], points=[], rivals=[], ratios=[])
    assert list(drawn) == ["out-of-reach"]


def test_plots_are_asked_of_the_metrics_only(tmp_path):
    with pytest.raises(BadInput, match="expected the topic metrics") as told:
        validate(LabTopic.DEPTH, out=tmp_path)
    assert "validate metrics --out" in told.value.advice
