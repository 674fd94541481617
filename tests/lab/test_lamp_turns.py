"""The table of what a turned lamp does tells moves, errors and calls apart."""

from __future__ import annotations

import pytest

from progress.lab.lamp_turns import Moved, lamp_figures


def test_moves_are_told_by_metric_size_of_region_and_turn():
    moved = [
        Moved("lines", "whole_face", 5.0, 0.3, 3.0, called=True),
        Moved("lines", "whole_face", 5.0, -0.4, -4.0, called=True),
        Moved("lines", "chin", 5.0, 0.1, 0.5, called=False),
        Moved("texture", "chin", 0.0, 0.01, 0.2, called=False),
    ]
    told = {figure.name: figure for figure in lamp_figures(moved)}
    assert len(told) == 3
    whole = told["lines, whole face, lamp turned by 5 deg: rms over error"]
    assert whole.value == pytest.approx(12.5**0.5)
    assert "rms 35 %" in whole.note
    assert "called a change: 2" in whole.note
