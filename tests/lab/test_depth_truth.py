"""The lab of scar depth draws errors of the size that it says, and judges as it says."""

from __future__ import annotations

import numpy as np
import pytest

from progress.lab.depth_sessions import (
    CREDIBLE,
    drawn_scars,
    found_depths,
    session_of,
    told_wrong,
)
from progress.lab.depth_truth import honest
from progress.phantom.multilight import Rig


def test_lamps_are_told_wrong_by_as_much_as_is_said() -> None:
    lamps = Rig.ring(8).units
    rng = np.random.default_rng(0)
    wrong = np.stack([told_wrong(lamps, 2.0, rng) for _ in range(200)])
    off = np.degrees(np.arccos(np.clip((wrong * lamps).sum(axis=-1), -1, 1)))
    # Two axes of 2 degrees each; 1600 draws tell it to 2 %.
    assert np.sqrt((off**2).mean()) == pytest.approx(2.0 * np.sqrt(2), rel=0.06)
    assert np.linalg.norm(wrong, axis=-1) == pytest.approx(1.0)


def test_a_session_of_the_lab_finds_its_scars_near_their_depth() -> None:
    scars = drawn_scars(3)
    made, solved = session_of(3, scars, np.random.default_rng(0), moved=True)
    found = found_depths(made, solved)
    assert len(found) == len(scars)
    for one in found:
        if one.scar.kind in CREDIBLE:
            assert one.depth_mm == pytest.approx(one.scar.depth_mm, abs=0.06)


def test_too_few_errors_are_printed_and_not_judged() -> None:
    few = honest("few", np.ones(12))
    many = honest("many", np.ones(60) * 1.5)
    assert (few.met, many.met) == (None, False)
    assert "too few to judge" in few.note
