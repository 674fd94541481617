"""One turn, shift and scale: found among moved parts, and its misses stated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.exports.placing import Similarity, fit_similarity
from progress.model import ErrorSummary, Refused, Registration

BOX = (40.0, 40.0, 560.0, 700.0)
TRUE = Similarity(1.06 * np.exp(0.05j), 12.0 - 7.0j)
NUMBERS = st.floats(-50.0, 50.0)


def registration(bend=None, valid=None) -> Registration:
    """A field of step 8 over 600 x 760 pixels that is `TRUE` plus a bend in pixels."""
    rows, columns = np.indices((95, 75))
    points = np.stack([columns, rows], axis=-1).reshape(-1, 2) * 8.0
    field = TRUE.map(points).reshape(95, 75, 2)
    field = field if bend is None else field + bend(points.reshape(95, 75, 2))
    return Registration(
        baseline_size_px=(600, 760),
        followup_size_px=(640, 800),
        step=8,
        followup_from_baseline_xy=field.astype(np.float32),
        valid=np.ones((95, 75), bool) if valid is None else valid,
        error_mm=np.full((95, 75), 0.05, np.float32),
        estimated_error_mm=ErrorSummary(0.05, 0.1),
        overlap=1.0,
        method="made up",
        version=1,
    )


def test_a_turn_shift_and_scale_is_found_as_it_is():
    fit = fit_similarity(registration(), BOX, px_per_mm=4.0)
    assert abs(fit.followup_from_baseline.turn - TRUE.turn) < 1e-6
    assert abs(fit.followup_from_baseline.shift - TRUE.shift) < 1e-3
    assert fit.residual_p95_mm < 1e-3
    assert fit.covered == 1.0


def test_a_moved_mouth_does_not_turn_the_cheeks_but_is_counted():
    def smile(points):
        mouth = (np.abs(points[..., 0] - 300) < 120) & (points[..., 1] > 550)
        return mouth[..., None] * np.array([0.0, -16.0])

    fit = fit_similarity(registration(smile), BOX, px_per_mm=4.0)
    assert abs(fit.followup_from_baseline.turn - TRUE.turn) < 1e-4
    assert fit.residual_median_mm < 0.01
    # A tenth of the window has moved by 16 of its pixels, each 1.06 of the baseline's.
    assert fit.residual_p95_mm == pytest.approx(16.0 / 1.06 / 4.0, rel=0.02)


def test_a_swelling_is_not_bent_away():
    def swell(points):
        off = points - (300.0, 400.0)
        near = np.exp(-(off**2).sum(axis=-1) / (2 * 60.0**2))
        return 0.15 * off * near[..., None]

    field = registration(swell)
    fit = fit_similarity(field, BOX, px_per_mm=4.0)
    points = np.array([(260.0, 400.0), (340.0, 400.0)])
    seen = fit.followup_from_baseline.inverse().map(field.map_points(points))
    bulge = 80.0 * 0.15 * np.exp(-(40.0**2) / (2 * 60.0**2)) / 1.06
    # Most of the bulge stays to be seen; a fitted scale may take a little of it.
    assert np.ptp(seen[:, 0]) - 80.0 > 0.8 * bulge


def test_too_little_common_skin_is_refused():
    valid = np.zeros((95, 75), bool)
    valid[20, 20:31] = True
    with pytest.raises(Refused, match="got 11 matched places"):
        fit_similarity(registration(valid=valid), BOX, px_per_mm=4.0)


def test_fields_without_a_value_are_left_out():
    field = registration(lambda points: np.where(points[..., :1] > 300, np.nan, 0.0))
    fit = fit_similarity(field, BOX, px_per_mm=4.0)
    assert abs(fit.followup_from_baseline.turn - TRUE.turn) < 1e-5
    assert 0.4 < fit.covered < 0.6


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.floats(0.2, 5.0))
def test_going_there_and_back_leads_to_where_one_was(x, y, shift_x, shift_y, scale):
    one = Similarity(scale * np.exp(0.7j), complex(shift_x, shift_y))
    points = np.array([(x, y), (y, x)])
    assert one.inverse().map(one.map(points)) == pytest.approx(points, abs=1e-6)
    both = TRUE.after(one)
    assert both.map(points) == pytest.approx(TRUE.map(one.map(points)), abs=1e-6)
    assert both.scale == pytest.approx(1.06 * scale)
