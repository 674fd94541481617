"""One picture at several scales, its fields computed once."""

from __future__ import annotations

import numpy as np
import pytest

from progress.metrics import Analysis
from progress.metrics.analysis import once_per_picture
from progress.metrics.blocks import standard_error_of_mean, standard_error_of_sum_per_px
from progress.model import Patch


def made_patch(px_per_mm=12.0, shape=(61, 83)):
    rng = np.random.default_rng(0)
    linear = rng.uniform(0.2, 0.4, (*shape, 3)).astype(np.float32)
    mask = np.ones(shape, bool)
    mask[:, :21] = False
    return Patch(linear, mask, px_per_mm, px_per_mm)


def test_a_coarse_pixel_is_the_mean_of_its_masked_part():
    patch = made_patch(shape=(60, 84))
    mask = patch.mask.copy()
    mask[0, 21:23] = False
    patch = Patch(patch.linear, mask, 12.0, 12.0)
    coarse = Analysis(patch).skin(4.0)
    block = patch.linear[0:3, 21:24][mask[0:3, 21:24]]
    assert coarse.linear.shape == (20, 28, 3)
    np.testing.assert_allclose(coarse.linear[0, 7], block.mean(axis=0), rtol=1e-5)
    assert coarse.mask[0, 7]
    assert not coarse.mask[0, 6]


def test_a_patch_that_is_not_finer_stays_as_it_is():
    patch = made_patch(px_per_mm=8.02)
    skin = Analysis(patch).skin(8.0)
    assert skin.linear is patch.linear
    assert skin.px_per_mm == 8.02


def test_the_scale_of_the_working_picture_is_the_one_it_got_by_rounding():
    skin = Analysis(made_patch()).skin(5.0)
    assert skin.px_per_mm == pytest.approx(12.0 * skin.mask.shape[1] / 83)


def test_a_field_is_computed_once_per_picture_and_argument():
    calls = []

    @once_per_picture
    def field(analysis, size):
        calls.append(size)
        return analysis.patch.mask.sum() * size

    first, second = Analysis(made_patch()), Analysis(made_patch())
    assert field(first, 2) == field(first, 2)
    field(first, 3)
    field(second, 2)
    assert calls == [2, 3, 2]


def test_a_window_is_the_box_of_the_region_on_skin():
    patch = made_patch(shape=(60, 84))
    region = np.zeros(patch.mask.shape, bool)
    region[12:24, 9:42] = True
    window = Analysis(patch).select(region).window(4.0)
    assert (window.rows, window.columns) == (slice(4, 8), slice(7, 14))
    assert window.n_px == 28
    assert window.area_mm2 == pytest.approx(28 / 16)


def cornered_patch():
    """Skin in the far corner of a picture much larger than it."""
    patch = made_patch(px_per_mm=4.0, shape=(203, 301))
    mask = np.zeros(patch.mask.shape, bool)
    mask[130:171, 200:263] = True
    return Patch(patch.linear, mask, 4.0, 4.0)


def test_a_working_picture_is_cut_to_its_skin_and_put_back_in_place():
    patch = cornered_patch()
    skin = Analysis(patch).skin(4.0)
    assert skin.picture_shape == (203, 301)
    assert skin.corner == (96, 144)
    assert skin.mask.shape == (171 + 20 - 96, 263 + 20 - 144)
    whole = skin.placed(skin.linear[..., 1])
    np.testing.assert_array_equal(whole, np.where(patch.mask, patch.linear[..., 1], np.nan))


@pytest.mark.parametrize("working", [4.0, 2.7])
def test_a_part_of_a_mask_selects_what_the_whole_mask_does(working):
    analysis = Analysis(cornered_patch())
    whole = np.zeros(analysis.patch.mask.shape, bool)
    whole[120:160, 190:241] = True
    part = analysis.select(whole[110:170, 180:260], corner=(110, 180)).window(working)
    window = analysis.select(whole).window(working)
    assert window.n_px > 0
    np.testing.assert_array_equal(part.mask, window.mask)
    assert (part.rows, part.columns) == (window.rows, window.columns)


def test_a_region_beside_the_skin_has_no_pixel():
    analysis = Analysis(cornered_patch())
    assert analysis.select(np.ones((5, 7), bool), corner=(3, 4)).window(4.0).n_px == 0


def window_of(mask, px_per_mm):
    linear = np.full((*mask.shape, 3), 0.3, np.float32)
    return Analysis(Patch(linear, mask, px_per_mm, px_per_mm)).select(mask).window(px_per_mm)


def test_predicted_error_of_a_mean_equals_observed_error():
    rng = np.random.default_rng(1)
    mask = np.ones((80, 112), bool)
    mask[30:50, 40:60] = False
    window = window_of(mask, 4.0)
    means, errors = [], []
    for _ in range(200):
        values = rng.standard_normal(mask.shape)
        means.append(values[mask].mean())
        errors.append(standard_error_of_mean(values, window))
    # White noise has no blocks; 200 draws know a spread to 5 %.
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(np.std(means), rel=0.2)


def test_error_counts_structures_and_not_pixels():
    rng = np.random.default_rng(2)
    mask = np.ones((160, 160), bool)
    window = window_of(mask, 4.0)
    clouds = np.kron(rng.standard_normal((10, 10)), np.ones((16, 16)))
    assert standard_error_of_mean(clouds, window) == pytest.approx(
        clouds[::16, ::16].std(ddof=1) / 10, rel=1e-3
    )


def test_error_of_a_single_point_is_zero_and_not_nan():
    mask = np.zeros((40, 40), bool)
    mask[3, 3] = True
    assert standard_error_of_mean(np.ones((1, 1)), window_of(mask, 4.0)) == 0.0


def test_the_error_of_points_is_that_of_the_map_they_make():
    rng = np.random.default_rng(3)
    analysis = Analysis(made_patch(shape=(211, 163)))
    window = analysis.select(analysis.patch.mask).window(12.0)
    rows, columns = (rng.integers(0, n, 400) for n in window.mask.shape)
    weights = rng.uniform(0, 1, 400).astype(np.float32)
    spread = np.zeros(window.mask.shape, np.float32)
    np.add.at(spread, (rows, columns), weights)
    told = standard_error_of_sum_per_px(rows, columns, weights, window)
    # Sums in 32 bits against sums in 64.
    assert told == pytest.approx(standard_error_of_mean(spread, window), rel=1e-4)
    assert told > 0
