"""Slopes, heights and their error on surfaces whose light is computed by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_relief import PX_PER_MM, bowl, grid, lit, ring

from progress.relief import relief_above_surroundings, solve_slopes
from progress.relief.surface import integrate

SHAPE = (121, 163)


def test_slopes_of_a_bowl_are_those_of_its_height() -> None:
    height = bowl(SHAPE, 8.0, 6.0, 4.0, 0.4)
    x, _ = grid(SHAPE)
    solved = solve_slopes(lit(height, ring(), albedo=0.4 + 0.02 * np.sin(3 * x)))
    down, right = np.gradient(height, 1 / PX_PER_MM)
    # float32 and 8 lamps without noise: what is left is rounding.
    assert np.abs(solved.right - right).max() < 2e-3
    assert np.abs(solved.down - down).max() < 2e-3
    assert solved.mask.all()


def test_up_in_the_table_is_up_in_the_picture() -> None:
    x, y = grid(SHAPE)
    solved = solve_slopes(lit(0.1 * x - 0.2 * y, ring()))
    assert np.median(solved.right) == pytest.approx(0.1, abs=1e-3)
    assert np.median(solved.down) == pytest.approx(-0.2, abs=1e-3)


@pytest.mark.parametrize("what", ["shadow", "shine"])
def test_one_lamp_that_lies_has_no_say(what: str) -> None:
    height = bowl(SHAPE, 8.0, 6.0, 4.0, 0.3)
    stack = lit(height, ring())
    light = stack.light.copy()
    light[3, 40:70, 60:90] *= 0.1 if what == "shadow" else 2.5
    solved = solve_slopes(replace(stack, light=light))
    plain = solve_slopes(stack)
    assert np.abs(solved.right - plain.right)[42:68, 62:88].max() < 0.01


def test_fewer_than_four_lamps_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 4, got 3"):
        solve_slopes(lit(np.zeros(SHAPE), ring(3)))


def test_integration_undoes_differentiation() -> None:
    height = bowl(SHAPE, 5.0, 4.0, 3.0, 0.5) + bowl(SHAPE, 11.0, 8.0, 5.0, 0.2)
    down, right = np.gradient(height, 1 / PX_PER_MM)
    found = integrate(right, down, PX_PER_MM)
    # Central differences and half-way means blur a bowl 3 mm wide by a part in a thousand.
    assert np.abs((found - found.mean()) - (height - height.mean())).max() < 2e-3
    with pytest.raises(ValueError, match="two arrays of one shape"):
        integrate(right, down[:-1], PX_PER_MM)


def test_tilted_skin_and_unequal_lamps_are_taken_off_with_the_plane() -> None:
    x, _ = grid((181, 243))
    pit = bowl((181, 243), 12.0, 9.0, 4.0, 0.4)
    for height in (pit, pit + 0.2 * x):
        relief = relief_above_surroundings(solve_slopes(lit(height, ring())), PX_PER_MM)
        # Across a plane of slope 0.2 a depth along the camera's axis is 2 % too long; the mean
        # taken off is 15 mm wide.
        assert relief.min() == pytest.approx(-0.4, rel=0.04)
        assert abs(float(np.median(relief))) < 0.01


def test_the_sways_of_the_lamps_are_the_observed_scatter() -> None:
    rng = np.random.default_rng(0)
    stack = lit(np.zeros((61, 83)), ring())
    seen, told = [], []
    for _ in range(12):
        noisy = stack.light + rng.normal(0, 0.004, stack.light.shape).astype(np.float32)
        solved = solve_slopes(replace(stack, light=noisy))
        seen.append(solved.right.std())
        told.append(np.sqrt((solved.sway_right**2).sum(axis=0).mean()))
    # Twelve draws of five thousand pixels; weights that fall with the misfit trim it a little.
    assert np.mean(told) == pytest.approx(np.mean(seen), rel=0.12)


def test_a_lamp_told_wrongly_shows_in_its_own_sway() -> None:
    height = bowl(SHAPE, 8.0, 6.0, 4.0, 0.4)
    lamps = ring()
    stack = lit(height, lamps)
    wrong = lamps.copy()
    wrong[2] += (0.1, 0.0, 0.0)
    wrong[2] /= np.linalg.norm(wrong[2])
    solved = solve_slopes(replace(stack, lamps=wrong))
    energy = (solved.sway_right**2 + solved.sway_down**2).mean(axis=(1, 2))
    assert energy.max() > 20 * solve_slopes(stack).misfit * 1e-6
    assert int(np.argmax(energy)) in (1, 2, 3)
