"""Work done a few rows at a time covers a picture once."""

import numpy as np
import pytest

from progress.imaging import row_strips


@pytest.mark.parametrize("shape", [(61, 83), (1, 5), (700, 1), (3, 100_003)])
def test_strips_cover_every_row_once_and_in_order(shape: tuple[int, int]) -> None:
    rows = np.concatenate([np.arange(shape[0])[strip] for strip in row_strips(*shape)])
    np.testing.assert_array_equal(rows, np.arange(shape[0]))


def test_a_picture_without_rows_has_no_strips() -> None:
    assert list(row_strips(0, 83)) == []


def test_a_large_picture_is_cut_into_strips_that_a_cache_holds() -> None:
    strips = list(row_strips(2_498, 1_838))
    assert max(strip.stop - strip.start for strip in strips) * 1_838 * 4 <= 2**18
    assert len(strips) > 50
