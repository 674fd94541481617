"""The lab's pores: planted truth is where it is said to be, whatever finds it."""

from __future__ import annotations

import numpy as np
import pytest

from progress.lab.pore_scenes import CONTRAST, planted_pores, pore_scene
from progress.lab.shot_pairs import detectable, relative_change
from progress.lab.skin_shots import MARGIN_MM, SKIN_MM, STILL, analyses, shoot_scene
from progress.phantom.reshoot_kinds import hard


def test_a_planted_pore_takes_its_share_of_the_light():
    plain, dotted = (pore_scene(1, 5, contrast=contrast) for contrast in (0.0, CONTRAST))
    pores = dotted.planted
    wide = pores.diameter_mm > 0.4
    column, row = np.rint(pores.xy_mm[wide] * 12.0 - 0.5).astype(int).T
    taken = 1 - dotted.linear[row, column, 1] / plain.linear[row, column, 1]
    # The nearest pixel may lie 0.06 mm off the middle, still well inside.
    assert taken == pytest.approx(CONTRAST, abs=0.01)


def test_fewer_pores_are_some_of_the_same_pores():
    whole, fewer = planted_pores(1, 5), planted_pores(1, 5, kept=0.5)
    places = {tuple(place) for place in whole.xy_mm}
    assert {tuple(place) for place in fewer.xy_mm} < places
    assert len(fewer.xy_mm) == round(0.5 * len(whole.xy_mm))


def test_a_moved_shot_still_holds_all_measured_skin_and_knows_where_it_is():
    scene = pore_scene(1, 5)
    rng = np.random.default_rng(4)
    shot = shoot_scene(scene, hard(rng), rng=rng)
    corners = np.array([(0, 0), SKIN_MM]) + MARGIN_MM
    width, height = shot.photo.size_px
    assert ((shot.at(corners) > 0) & (shot.at(corners) < (width - 1, height - 1))).all()
    # The pores are darker than the ring around them at the places that the shot tells.
    green = shot.photo.linear().pixels[..., 1]
    places = shot.at(scene.planted.xy_mm[scene.planted.diameter_mm > 0.35])
    inside = ((places > 12) & (places < np.array([width, height]) - 12)).all(axis=1)
    column, row = np.rint(places[inside]).astype(int).T
    ring = [green[row, column + step] + green[row, column - step] for step in (8, 9)]
    darker = green[row, column] < np.mean(ring, axis=0) / 2
    assert darker.mean() > 0.9


def test_the_sharper_of_two_shots_is_softened_by_the_paper_and_not_by_the_skin():
    scene = pore_scene(1, 5)
    rng = np.random.default_rng(4)
    baseline = shoot_scene(scene, STILL, rng=rng)
    again = shoot_scene(scene, STILL, rng=rng)
    first, second = analyses(baseline, again)
    alone = analyses(baseline)[0]
    assert np.abs(first.patch.linear - alone.patch.linear).max() < 0.05
    assert second.patch.px_per_mm == 12.0


def test_changes_are_told_over_the_middle_and_bias_counts_as_error():
    assert relative_change((1.0, 3.0)) == 1.0
    assert relative_change((0.0, 0.0)) == 0.0
    assert detectable([0.1, 0.1]) == pytest.approx(0.196)
