"""Figures like clinical scales follow their tables, in spans, and say what they are."""

from __future__ import annotations

import numpy as np
import pytest

from progress.metrics.scar_grades import STATEMENT, estimated_grades, expected_counts
from progress.metrics.scars import Scars


def scars_of(types: list[tuple[float, float, float]], weight: list[float]) -> Scars:
    n = len(types)
    return Scars(
        x_px=np.zeros(n, np.float32),
        y_px=np.zeros(n, np.float32),
        axes_mm=np.ones((n, 2), np.float32),
        turn_rad=np.zeros(n, np.float32),
        contrast=np.ones(n, np.float32),
        types=np.array(types).reshape(-1, 3),
        weight=np.array(weight, np.float32),
    )


def test_a_face_without_scars_has_no_points():
    for grade in estimated_grades({}):
        assert (grade.least, grade.most) == (0.0, 0.0)
        assert grade.statement == STATEMENT
        assert "doi:" in grade.source


@pytest.mark.parametrize(
    ("n_picks", "goodman", "ecca"),
    [(1, 3, 15), (4, 3, 15), (5, 3, 30), (10, 3, 30), (11, 6, 30), (20, 6, 30), (21, 9, 45)],
)
def test_ice_picks_count_by_the_bands_of_both_scales(n_picks, goodman, ecca):
    baron, dreno = estimated_grades({"ice_pick": (n_picks, n_picks)})
    assert (baron.least, baron.most) == (goodman, goodman)
    assert (dreno.least, dreno.most) == (ecca, ecca)


def test_boxcars_leave_open_whether_they_are_deep():
    baron, dreno = estimated_grades({"boxcar": (3, 3)})
    assert (baron.least, baron.most) == (2, 3)
    assert (dreno.least, dreno.most) == (20, 20)


def test_doubtful_scars_widen_the_span_and_never_turn_it_round():
    types = [(0.7, 0.1, 0.0)] * 4 + [(0.2, 0.1, 0.0)] * 8
    counts = expected_counts(scars_of(types, [1.0] * 4 + [0.4] * 8))
    assert counts["ice_pick"][0] == 4
    assert counts["ice_pick"][1] > 6
    for grade in estimated_grades(counts):
        assert grade.least <= grade.most <= grade.out_of


def test_an_unknown_type_or_a_turned_span_is_a_mistake():
    with pytest.raises(ValueError, match="expected types among ice_pick"):
        estimated_grades({"keloid": (1, 1)})
    with pytest.raises(ValueError, match="expected 0 <= least <= most"):
        estimated_grades({"boxcar": (3, 1)})


def test_the_json_says_that_no_clinician_rated_it():
    grades = [grade.to_dict() for grade in estimated_grades({"rolling": (1, 2)})]
    assert [grade["scale"] for grade in grades] == ["goodman_baron_like", "ecca_like"]
    assert all("not rated by a clinician" in grade["statement"] for grade in grades)
