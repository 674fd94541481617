"""The lab of outlined marks: its truth, and figures that carry name, unit and target."""

from __future__ import annotations

import dataclasses

import pytest

from progress.lab.mark_shots import bare, close_ups, placed, true_figures
from progress.lab.mark_truth import marks_on, outline_figures, reshoot_figures
from progress.phantom.mark_doses import Mark, rubra
from progress.phantom.skin import SKIN_TONES


def test_true_width_of_a_cut_band_is_its_own_and_bare_skin_has_no_contrast():
    light = SKIN_TONES[1]
    cut = dataclasses.replace(rubra(light, 0.05), width_mm=3.0, edge_mm=0.05)
    contrast, width = true_figures(cut, light)
    assert width == pytest.approx(3.0, abs=0.02)  # density is almost linear in so little blood
    assert 0.1 < contrast < 1.0
    assert true_figures(Mark(), light)[0] == pytest.approx(0.0, abs=1e-6)


def test_more_blood_is_more_true_contrast():
    light = SKIN_TONES[1]
    told = [true_figures(rubra(light, strength), light)[0] for strength in (0.3, 0.6, 1.0)]
    assert told == sorted(told)


def test_every_kind_of_mark_is_put_on_every_tone():
    cases = list(marks_on((1,), (2.5,)))
    assert len(cases) == 3
    assert len({seed for _, _, seed in cases}) == 3


def test_figures_name_what_was_measured_beside_their_target():
    light = SKIN_TONES[1]
    case = bare(light, 3), placed(rubra(light), length_mm=22.0), 1
    told = reshoot_figures([case], 1, on="one mark") + outline_figures([case], 1)
    names = " ".join(figure.name for figure in told)
    for words in ("SDC95 of mark_contrast, one mild", "SDC95 of mark_width, one hard", "outline"):
        assert words in names
    assert all(figure.value is not None and figure.unit for figure in told)
    assert all(figure.target for figure in told if "SDC95" in figure.name)


def test_a_folder_without_close_ups_gives_none(tmp_path):
    assert close_ups(tmp_path, 3) == []
