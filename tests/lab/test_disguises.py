"""The lab counts what is caught and what is suspected wrongly."""

import numpy as np
import pytest

from progress.imaging import DecodedPhoto
from progress.lab.disguises import BARE, DisguiseRow, Rate, bare_heads, catch_rates, disguise_rows


@pytest.fixture(scope="module")
def rows():
    wall = DecodedPhoto.from_codes(np.full((83, 61, 3), 140, np.uint8), file="wall")
    return disguise_rows([wall, next(bare_heads())])


def test_a_bare_head_passes_and_clear_disguises_do_not(rows):
    assert {row.photo for row in rows} == {"very_light 1 front bare"}
    for row in rows:
        if row.disguise != "foundation":  # at this strength not always seen in one photo
            assert row.flagged == (row.disguise not in (BARE, "again")), row
    assert {row.gate for row in rows if row.disguise == BARE} == {
        "occlusion", "retouching", "make_up", "compression",
    }  # fmt: skip
    assert {row.disguise for row in rows} >= {"fringe", "glasses", "hand", "mask", "stored at 50"}


def test_rates_are_counted_by_gate_and_disguise():
    rows = [
        DisguiseRow("a", "mask", "occlusion", 0.1, flagged=True),
        DisguiseRow("b", "mask", "occlusion", 0.9, flagged=False),
        DisguiseRow("a", BARE, "occlusion", 0.97, flagged=False),
    ]
    rates = catch_rates(rows)
    assert rates == {("occlusion", "mask"): Rate(1, 2), ("occlusion", BARE): Rate(0, 1)}
    assert rates["occlusion", "mask"].share == pytest.approx(0.5)
    assert Rate(0, 0).share == 0.0
