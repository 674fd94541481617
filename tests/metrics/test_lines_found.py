"""Lines planted as grooves and as dark bands before a camera, and what only looks like them."""

from __future__ import annotations

import numpy as np
import pytest

from progress.lab.foreign_skin import FOREIGN
from progress.lab.line_scenes import line_scene, line_score
from progress.lab.pore_scenes import pore_scene
from progress.lab.shot_pairs import value_of
from progress.lab.skin_shots import STILL, analyses, lit, plain_skin, scene_of, shoot_scene
from progress.metrics import Analysis, get_metric
from progress.metrics.ridges import find_ridges
from progress.model import Patch
from progress.phantom.relief_doses import wrinkles


def still(scene, seed=0):
    return shoot_scene(scene, STILL, rng=np.random.default_rng(seed))


def severity(scene):
    return value_of("lines", analyses(still(scene))[0])


def patch_of(flat, linear):
    return Patch(linear, flat.mask, flat.px_per_mm, flat.px_per_mm)


@pytest.mark.parametrize(("how", "tone"), [("groove", 0), ("band", 3)])
def test_fine_lines_are_found_where_they_are(how, tone):
    shot = still(line_scene(tone, 10 + tone, how=how))
    score = line_score(analyses(shot)[0], shot)
    assert score.overlap > 0.6
    assert score.precision > 0.9


@pytest.mark.parametrize("what", ["vessels", "fine hairs", "freckles and moles", "pores"])
def test_what_is_no_line_adds_little(what):
    if what == "pores":
        scene = pore_scene(2, 22)
    else:
        maps = FOREIGN[what](plain_skin(2, 22), 2, np.random.default_rng(9))
        scene = scene_of(lit(maps, 2), maps.px_per_mm, 2)
    assert severity(scene) < 0.2 * severity(line_scene(2, 22))


def test_shallower_grooves_are_less_severe():
    figures = [severity(line_scene(1, 31, dose=dose)) for dose in (0.0, 0.6, 0.8, 1.0)]
    assert (np.diff(figures) > 0).all(), figures


def test_the_width_of_lines_follows_that_of_grooves():
    widths = []
    for px_per_mm in (8.0, 12.0):
        flat = wrinkles(1.0, seed=1, px_per_mm=px_per_mm)
        ridges = find_ridges(Analysis(patch_of(flat, flat.linear)))
        widths.append(np.average(ridges.width_mm, weights=ridges.length_mm))
    # Grooves of 0.45 to 0.6 mm: under slanting light half of one is dark, and light spreads.
    assert widths == pytest.approx([0.5, 0.5], abs=0.12)


def test_a_mask_that_ends_on_dark_skin_draws_no_line():
    flat = wrinkles(0.0, seed=1)
    shade = np.ones(flat.mask.shape, np.float32)
    shade[:, :40] = np.linspace(0.3, 1.0, 40, dtype=np.float32)
    mask = flat.mask.copy()
    mask[:, :20] = False
    patch = Patch(flat.linear * shade[..., None], mask, flat.px_per_mm, flat.px_per_mm)
    assert get_metric("lines").measure(patch).value < 2.0
