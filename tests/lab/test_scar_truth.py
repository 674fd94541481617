"""The lab of scars plants what it judges, and its figures are those of the truth."""

from __future__ import annotations

import numpy as np
import pytest

from progress.lab.figures import LabFigure
from progress.lab.scar_fit import fit, lessons, table
from progress.lab.scar_scenes import FIRST_TRUTH_SEED, SKIN_MM, Lamp, flat_scene
from progress.lab.scar_shots import STILL, photograph, same_light
from progress.lab.scar_truth import scar_figures
from progress.metrics.scar_classes import FEATURES, TYPES
from progress.metrics.scar_weights import NARROW, WIDE


@pytest.fixture(scope="module")
def figures() -> dict[str, LabFigure]:
    return {figure.name: figure for figure in scar_figures(quick=True)}


def test_most_boxcars_are_found_and_most_of_what_is_counted_is_a_scar(figures):
    assert figures["boxcars of 2-4 mm found, 0.35-0.5 mm deep, lamp slanting 25-58 deg"].met
    precision = "share of what is counted that is a scar, among spots, moles, papules"
    assert figures[precision].met


def test_relief_of_the_same_scars_hardly_moves_and_follows_depth(figures):
    single = figures["SDC95 of relief of a single scar, median"]
    assert single.value is not None
    assert 0 < single.value <= 15
    order = figures["Spearman of relief over 6 depths, median piece"]
    assert order.value is not None
    assert order.value > 0.9


def test_every_figure_names_its_unit_and_no_figure_is_nan(figures):
    for figure in figures.values():
        assert figure.unit
        assert figure.value is None or np.isfinite(figure.value)


def test_a_depth_changes_the_scars_and_nothing_else():
    lamp = Lamp(slant_deg=35.0, azimuth_deg=100.0)
    deep, shallow = (
        flat_scene(FIRST_TRUTH_SEED, kind="scars", tone=3, lamp=lamp, depth=depth)
        for depth in (1.0, 0.5)
    )
    assert [s.x_mm for s in deep.scars] == [s.x_mm for s in shallow.scars]
    differs = np.abs(deep.linear - shallow.linear).max(axis=2) > 0.01
    assert 0 < differs.mean() < 0.25


def test_healthy_skin_has_spots_and_no_scars():
    scene = flat_scene(FIRST_TRUTH_SEED + 1, kind="healthy")
    assert scene.scars == ()
    assert len(scene.spots) > 15


def test_scars_are_where_a_second_shot_says_they_are():
    scene = flat_scene(FIRST_TRUTH_SEED + 2, kind="scars")
    first = photograph(scene, STILL, np.random.default_rng(1))
    rng = np.random.default_rng(2)
    second = photograph(scene, same_light(rng), rng)
    carried = second.carried(first.scars_xy)
    # The still shot differs from the scene by noise and rounding alone.
    assert np.abs(carried - second.scars_xy).max() < 0.05
    area = first.analysis.patch.area_cm2
    assert area == pytest.approx(SKIN_MM[0] * SKIN_MM[1] / 100, rel=0.1)


def test_lessons_name_the_planted_scars():
    scene = flat_scene(7, kind="mixed", tone=1, lamp=Lamp(40.0, 100.0))
    shot = photograph(scene, STILL, np.random.default_rng(7))
    taught = lessons(shot.analysis, scene.scars, shot.scars_xy)
    assert taught.figures.shape[1] == len(FEATURES)
    assert {1, 2} <= set(taught.answer)
    assert (taught.answer > 0).mean() < 0.2


def test_a_fit_finds_the_weights_that_made_its_answers():
    rng = np.random.default_rng(4)
    figures = np.concatenate([np.ones((3000, 1)), rng.normal(size=(3000, 3))], axis=1)
    figures[:, 2] = 5.0 + 2.0 * figures[:, 2]
    odds = np.column_stack([figures[:, 1] - 1.0, 0.5 * figures[:, 2] - 3.0, -figures[:, 3] - 1.0])
    likely = np.exp(odds)
    likely = np.column_stack([np.ones(3000), likely])
    likely /= likely.sum(axis=1, keepdims=True)
    answer = (likely.cumsum(axis=1) < rng.random((3000, 1))).sum(axis=1)
    weights = fit(figures, answer)
    assert weights[1, 0] == pytest.approx(1.0, abs=0.2)
    assert weights[2, 1] == pytest.approx(0.5, abs=0.1)
    assert weights[3, 2] == pytest.approx(-1.0, abs=0.2)


def test_the_weights_in_use_are_of_the_figures_in_use():
    assert np.array(NARROW).shape == np.array(WIDE).shape == (len(FEATURES), len(TYPES))
    text = table("NARROW", np.array(NARROW))
    assert text.count("\n") == len(FEATURES) + 1
    assert "# contrast2" in text
