"""The same pores in two shots: steadier than two counts, and not blind to pores that went."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from progress.lab.pore_scenes import pore_scene
from progress.lab.shot_pairs import shot_pair
from progress.metrics.matched_pores import pair_pores
from progress.model import Estimate, NotMeasured
from progress.phantom.reshoot_kinds import mild


@functools.cache
def scene(kept=1.0):
    return pore_scene(2, 42, kept=kept)


@functools.cache
def paired(kept=1.0, *, back=False):
    pair = shot_pair(scene(kept) if back else scene(), scene() if back else scene(kept), mild,
                     seed=(2, 5))  # fmt: skip
    return pair, pair_pores(
        pair.before,
        pair.after,
        followup_from_baseline=pair.followup_from_baseline,
        baseline_from_followup=pair.baseline_from_followup,
    )


def change(kept, *, back=False):
    pair, pores = paired(kept, back=back)
    outcome = pores.density_change(pair.before.patch.mask)
    assert isinstance(outcome, Estimate)
    return outcome


def test_the_same_skin_has_the_same_pores():
    pair, pores = paired()
    # What JPEG and another point spread still take from the faintest.
    assert abs(change(1.0).value) < 0.05
    assert pores.matched.mean() > 0.8
    there = pair.followup_from_baseline(pores.baseline_xy)
    apart_mm = np.hypot(*(there - pores.followup_xy).T) / pair.after.patch.px_per_mm
    assert np.median(apart_mm) < 0.06


def test_pores_that_went_are_gone_and_those_that_came_are_there():
    # 1 and 0.7 differ by 0.35 of their mean; fine pores of the skin stay and dilute it.
    assert change(0.7).value == pytest.approx(-0.33, abs=0.08)
    assert change(0.7, back=True).value == pytest.approx(0.33, abs=0.08)


def test_swapping_the_photos_turns_the_sign():
    pair, _ = paired(0.7)
    swapped = pair_pores(
        pair.after,
        pair.before,
        followup_from_baseline=pair.baseline_from_followup,
        baseline_from_followup=pair.followup_from_baseline,
    )
    there = swapped.density_change(pair.after.patch.mask)
    assert isinstance(there, Estimate)
    # The nearest pixel of a place is looked up after another rounding.
    assert there.value == pytest.approx(-change(0.7).value, abs=0.02)


def test_its_error_is_smaller_than_the_change_it_sees():
    seen = change(0.7)
    assert 0 < seen.standard_error < abs(seen.value) / 4


def test_few_pores_are_no_ground_for_a_share():
    pair, pores = paired()
    where = np.zeros(pair.before.patch.mask.shape, dtype=bool)
    where[100:160, 110:170] = True
    outcome = pores.density_change(where)
    assert isinstance(outcome, NotMeasured)
    assert "pores" in outcome.reason
