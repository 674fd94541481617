"""The rasteriser against triangles whose pixels can be counted."""

from __future__ import annotations

import numpy as np
import pytest

from progress.phantom.head_raster import interpolate, nearest, rasterise

# Counter-clockwise with y up, that is clockwise in picture coordinates with y down.
SQUARE = np.array([[9.5, 9.5], [9.5, 39.5], [49.5, 39.5], [49.5, 9.5]])
HALVES = np.array([[0, 1, 2], [0, 2, 3]])


def test_every_pixel_inside_a_square_is_covered_once():
    seen = rasterise(SQUARE, np.full(4, 100.0), HALVES, size_px=(61, 83))
    assert len(seen.pixel) == 40 * 30
    assert len(np.unique(seen.pixel)) == len(seen.pixel)
    row, column = np.divmod(seen.pixel, 61)
    assert (row.min(), row.max(), column.min(), column.max()) == (10, 39, 10, 49)
    assert np.isinf(seen.depth_mm[0, 0])
    assert seen.depth_mm[20, 20] == pytest.approx(100.0)


def test_positions_are_interpolated_to_themselves():
    seen = rasterise(SQUARE, np.full(4, 100.0), HALVES, size_px=(61, 83))
    at = interpolate(SQUARE.astype(np.float32), HALVES, seen)
    row, column = np.divmod(seen.pixel, 61)
    assert np.abs(at - np.stack([column, row], axis=1)).max() < 1e-4


def test_interpolation_is_correct_in_perspective():
    depth = np.array([100.0, 100.0, 200.0, 200.0])
    seen = rasterise(SQUARE, depth, HALVES, size_px=(61, 83))
    middle = np.flatnonzero(seen.pixel == 25 * 61 + 29)
    value = interpolate(depth.astype(np.float32), HALVES, seen)[middle]
    # Half-way across the picture, 1/depth is half-way: 19.5 of 40 columns at the pixel's centre.
    share = (29 - 9.5) / 40
    assert value[0] == pytest.approx(1 / ((1 - share) / 100 + share / 200), rel=1e-4)
    assert seen.depth_mm[25, 29] == pytest.approx(value[0], rel=1e-4)


def test_the_nearer_surface_hides_the_farther_whatever_the_order():
    points = np.concatenate([SQUARE, SQUARE + 6.0])
    for depths in ((100.0, 90.0), (90.0, 100.0)):
        depth = np.repeat(depths, 4)
        seen = rasterise(points, depth, np.concatenate([HALVES, HALVES + 4]), size_px=(61, 83))
        assert seen.depth_mm[30, 30] == pytest.approx(90.0)


def test_what_faces_away_is_not_seen_and_neither_is_what_lies_outside():
    _, owner = nearest(SQUARE, np.full(4, 50.0), HALVES[:, ::-1], size_px=(61, 83))
    assert (owner < 0).all()
    _, owner = nearest(SQUARE + 200.0, np.full(4, 50.0), HALVES, size_px=(61, 83))
    assert (owner < 0).all()
    near, owner = nearest(SQUARE - 30.0, np.full(4, 50.0), HALVES, size_px=(61, 83))
    assert (owner >= 0).sum() == 20 * 10
    assert near[5, 5] == pytest.approx(1 / 50)


def test_many_triangles_are_worked_in_blocks():
    rng = np.random.default_rng(2)
    corner = rng.uniform(0, 900, (400, 2))
    low, far = np.array([0, 80]), np.array([80, 80])
    points = np.concatenate([corner, corner + low, corner + far])
    triangles = np.arange(400)[:, None] + np.array([[0, 400, 800]])
    depth = np.tile(rng.uniform(50, 150, 400), 3)
    near, owner = nearest(points, depth, triangles, size_px=(1000, 990))
    inside = owner >= 0
    # The owner's own depth is the depth that was kept.
    assert np.allclose(near[inside], 1 / depth[owner[inside]], rtol=1e-5)
