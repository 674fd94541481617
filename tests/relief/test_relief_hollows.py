"""Hollows are found where they were planted, with size, type and depth, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest
from made_relief import PX_PER_MM, bowl, box, ring

from progress.relief import ReliefMap, even_skin, find_hollows, read_hollow, repeat_error
from progress.relief.depth import absolute_error, direction_gain_error

SHAPE = (241, 323)


def relief(height: np.ndarray, sway_mm: float = 0.0) -> ReliefMap:
    rng = np.random.default_rng(1)
    sways = rng.normal(0, sway_mm, (8, *height.shape)).astype(np.float32)
    return ReliefMap(height.astype(np.float32), sways, PX_PER_MM, ring())


@pytest.fixture
def pitted() -> np.ndarray:
    rng = np.random.default_rng(0)
    pits = (
        bowl(SHAPE, 9, 12, 5.0, 0.3) + box(SHAPE, 24, 8, 3.0, 0.4) + bowl(SHAPE, 26, 19, 1.2, 0.6)
    )
    return pits + rng.normal(0, 0.01, SHAPE)


def test_each_scar_is_found_once_deepest_first_with_its_type(pitted: np.ndarray) -> None:
    found = find_hollows(pitted.astype(np.float32), PX_PER_MM)
    assert [hollow.kind.value for hollow in found] == ["ice_pick", "boxcar", "rolling"]
    places = [np.array(hollow.centre_xy) / PX_PER_MM for hollow in found]
    for place, true in zip(places, ((26, 19), (24, 8), (9, 12)), strict=True):
        assert np.hypot(*(place - true)) < 0.15
    widths = [2 * hollow.radius_px / PX_PER_MM for hollow in found]
    assert widths == pytest.approx([1.2, 3.0, 5.0], rel=0.12)


def test_rim_less_floor_is_the_planted_depth(pitted: np.ndarray) -> None:
    told = relief(pitted)
    found = find_hollows(told.height_mm, PX_PER_MM)
    even = even_skin(told, found)
    depths = [read_hollow(told, hollow, found, even) for hollow in found]
    # The floor is a median: half of a bowl's has risen by 1 to 2 %, and 2 % is left at its rim.
    for reading, true in zip(depths, (0.6, 0.4, 0.3), strict=True):
        assert reading is not None
        assert reading.depth_mm == pytest.approx(true, rel=0.06)


def test_even_skin_pores_and_bumps_are_no_scars() -> None:
    rng = np.random.default_rng(2)
    height = rng.normal(0, 0.02, SHAPE)
    for _ in range(60):
        x, y = rng.uniform(1, 31), rng.uniform(1, 23)
        height += bowl(SHAPE, x, y, 0.3, 0.1)
    height -= bowl(SHAPE, 16, 12, 3.0, 0.4)
    assert find_hollows(height.astype(np.float32), PX_PER_MM) == ()


def test_a_map_without_skin_has_no_hollows() -> None:
    assert find_hollows(np.full((40, 61), np.nan, np.float32), PX_PER_MM) == ()


def test_what_lies_off_the_skin_is_not_read(pitted: np.ndarray) -> None:
    height = pitted.astype(np.float32)
    height[:, 150:] = np.nan
    (only,) = find_hollows(height, PX_PER_MM)
    assert only.kind.value == "rolling"
    told = relief(pitted)
    (ice, *_rest) = find_hollows(told.height_mm, PX_PER_MM)
    cut = ReliefMap(height, told.sways_mm, PX_PER_MM, told.lamps)
    assert read_hollow(cut, ice, (), even_skin(cut, (only,))) is None


def test_a_healed_scar_reads_nothing_at_the_same_place(pitted: np.ndarray) -> None:
    before = relief(pitted)
    found = find_hollows(before.height_mm, PX_PER_MM)
    healed = relief(np.random.default_rng(3).normal(0, 0.01, SHAPE))
    even = even_skin(healed, found)
    moved = relief(np.roll(healed.height_mm, 4, axis=1))
    for hollow in found:
        here = read_hollow(healed, hollow, found, even)
        there = read_hollow(moved, hollow, found, even, place=lambda xy: xy + np.array([4.0, 0.0]))
        assert here is not None
        assert there is not None
        assert abs(here.depth_mm) < 0.02
        assert there.depth_mm == pytest.approx(here.depth_mm, abs=1e-5)


def test_lamps_common_error_does_not_average_down_over_scars(pitted: np.ndarray) -> None:
    told = relief(pitted)
    found = find_hollows(told.height_mm, PX_PER_MM)
    # One lamp stretches all heights by 3 %.
    sways = told.sways_mm.copy()
    sways[2] = 0.03 * told.height_mm
    swayed = ReliefMap(told.height_mm, sways, PX_PER_MM, told.lamps)
    even = even_skin(swayed, found)
    readings = [r for h in found if (r := read_hollow(swayed, h, found, even))]
    single = [repeat_error(swayed, [reading])[0] / reading.depth_mm for reading in readings]
    mean = np.mean([reading.depth_mm for reading in readings])
    together = repeat_error(swayed, readings)[0] / mean
    assert together > 0.8 * min(single)
    assert absolute_error(swayed, readings[0], scale_error=0.04) > 0.04 * readings[0].depth_mm


def test_more_lamps_make_slopes_surer_and_frontal_ones_less_sure() -> None:
    errors = [direction_gain_error(ring(n), 1.0) for n in (4, 8, 16)]
    assert errors[0] > errors[1] > errors[2]
    assert direction_gain_error(ring(8, slant_deg=15.0), 1.0) > 1.8 * errors[1]
