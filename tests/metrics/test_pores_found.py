"""Pores planted in linear light before a camera: found, and steady when only the camera moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from progress.lab.foreign_skin import FOREIGN
from progress.lab.pore_scenes import PER_CM2, pore_scene, pore_score
from progress.lab.shot_pairs import pair_values, relative_change, value_of
from progress.lab.skin_shots import STILL, analyses, lit, plain_skin, scene_of, shoot_scene
from progress.phantom.reshoot_kinds import hard
from progress.phantom.reshoot_motion import Motion


def still(scene, seed=0):
    return shoot_scene(scene, STILL, rng=np.random.default_rng(seed))


@pytest.mark.parametrize("tone", [0, 3, 4])
def test_faint_pores_of_three_tenths_of_a_millimetre_are_found(tone):
    shot = still(pore_scene(tone, 10 + tone))
    score = pore_score(analyses(shot)[0], shot)
    # Targets of the issue at 12 px/mm and 15 % of contrast.
    assert score.recall_large >= 0.9
    assert score.precision >= 0.85


def test_finer_pictures_find_and_size_them_better():
    scores = []
    for scale in (8.0, 12.0):
        shot = still(pore_scene(3, 13, px_per_mm=scale))
        scores.append(pore_score(analyses(shot)[0], shot))
    assert scores[1].recall_small > scores[0].recall_small
    assert scores[1].diameter_correlation > scores[0].diameter_correlation


@pytest.mark.parametrize("what", ["freckles and moles", "vessels", "fine hairs", "oily shine"])
def test_what_is_no_pore_is_not_counted(what):
    plain = plain_skin(2, 22)
    counts = []
    for maps in (plain, FOREIGN[what](plain, 2, np.random.default_rng(9))):
        scene = scene_of(lit(maps, 2), maps.px_per_mm, 2)
        counts.append(value_of("pore_density", analyses(still(scene))[0]))
    # A fifth of what the metric says of its own: the specificity that all metrics promise.
    assert abs(counts[1] - counts[0]) < 0.2 * PER_CM2


def test_pores_do_not_grow_when_the_camera_comes_nearer():
    scene = pore_scene(1, 31)
    moved = []
    for zoom in (0.9, 1.1):
        spec = replace(STILL, motion=Motion(zoom=zoom))
        pair = pair_values(("pore_area",), scene, scene, lambda _, spec=spec: spec, seed=(1, 2))
        moved.append(relative_change(pair["pore_area"]))
    # With a point spread told in each photo's own pixels these were -0.08 and +0.07.
    assert max(np.abs(moved)) < 0.06


def test_a_third_fewer_pores_are_seen_by_another_phone_in_another_light():
    whole, fewer = (pore_scene(1, 41, kept=kept) for kept in (1.0, 0.7))
    change = relative_change(
        pair_values(("pore_density",), whole, fewer, hard, seed=(1, 3))["pore_density"]
    )
    # Two over the mean of 1 and 0.7 is -0.35; a hard re-shoot moves the count by up to 0.12.
    assert -0.5 < change < -0.2
