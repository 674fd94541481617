"""Pore density is told by the same pores in both photos, and its error is rehearsed that way."""

from __future__ import annotations

import functools

import cv2
import numpy as np
import pytest

from progress.lab.pore_scenes import pore_scene
from progress.lab.shot_pairs import ShotPair, shot_pair
from progress.lab.skin_shots import MARGIN_MM, SKIN_MM
from progress.metrics import get_metric
from progress.model import ErrorSummary, NotAligned, NotMeasured, Registration
from progress.phantom.reshoot_kinds import mild
from progress.pipeline.cameras import Cameras
from progress.pipeline.matched import (
    Carried,
    Looked,
    by_registration,
    everywhere,
    paired_outcomes,
    with_error,
    with_same_pores,
    with_unplayed,
)
from progress.pipeline.measured_shot import MeasuredShot
from progress.pipeline.picture import Picture, repool
from progress.pipeline.rehearsal import rehearse
from progress.regions import densified

KEY = ("pore_density", "skin")
METRICS = [get_metric("pore_density"), get_metric("pore_area")]
STEP_PX = 8


@functools.cache
def scene(kept=1.0):
    return pore_scene(2, 42, kept=kept)


@functools.cache
def pair(number, kept=1.0):
    return shot_pair(scene(), scene(kept), mild, seed=(number, 3))


def looked(shot, analysis):
    """A shot of the lab as the pipeline would have measured it."""
    patch = analysis.patch
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * SKIN_MM + MARGIN_MM
    picture = Picture(
        linear=patch.linear,
        box_px=(0, 0, *shot.photo.size_px),
        scale=patch.px_per_mm / shot.px_per_mm,
        px_per_mm=patch.px_per_mm,
        native_px_per_mm=shot.px_per_mm,
        landmarks=None,
        polygons={"skin": shot.at(densified(corners, 0.4))},
    )
    return Looked(picture, analysis, repool(picture, analysis, METRICS))


@functools.cache
def sides(number, kept=1.0):
    shots: ShotPair = pair(number, kept)
    return looked(shots.baseline, shots.before), looked(shots.followup, shots.after)


def registration(number, kept=1.0, *, back=False):
    """The true motion on a grid of nodes, of photos as they are stored."""
    shots = pair(number, kept)
    here, there = (shots.baseline, shots.followup)[:: -1 if back else 1]
    before, after = (shots.before, shots.after)[:: -1 if back else 1]
    move = shots.baseline_from_followup if back else shots.followup_from_baseline
    width, height = here.photo.size_px
    x, y = np.meshgrid(np.arange(0, width, STEP_PX), np.arange(0, height, STEP_PX))
    nodes = np.stack([x.ravel(), y.ravel()], axis=1).astype(float)
    mine, theirs = (a.patch.px_per_mm / s.px_per_mm for a, s in ((before, here), (after, there)))
    moved = (move((nodes + 0.5) * mine - 0.5) + 0.5) / theirs - 0.5
    return Registration(
        baseline_size_px=here.photo.size_px,
        followup_size_px=there.photo.size_px,
        step=STEP_PX,
        followup_from_baseline_xy=moved.reshape(*x.shape, 2).astype(np.float32),
        valid=np.ones(x.shape, dtype=bool),
        error_mm=np.zeros(x.shape, dtype=np.float32),
        estimated_error_mm=ErrorSummary(0.01, 0.03),
        overlap=1.0,
        method="known",
        version=1,
    )


def as_shot(side):
    return MeasuredShot(side.outcomes, side.picture, side.analysis, NotMeasured("none"), {})


def change(number, kept=1.0, *, back=False):
    """Change of density over the baseline's, told by the same pores, and counted alone."""
    before, after = (as_shot(side) for side in sides(number, kept)[:: -1 if back else 1])
    told = with_same_pores(before, after, registration(number, kept, back=back))
    start = before.outcomes[KEY].value
    return told.outcomes[KEY].value / start - 1, after.outcomes[KEY].value / start - 1


def test_the_same_picture_shows_exactly_no_change():
    before, _ = sides(0)
    same = Carried(lambda xy: xy, everywhere)
    assert paired_outcomes(before, before, same)[KEY].value == before.outcomes[KEY].value


def test_shots_of_the_same_skin_differ_less_than_their_counts():
    told, alone = np.array([change(number) for number in range(8)]).T
    assert np.sqrt(np.mean(told**2)) < 0.8 * np.sqrt(np.mean(alone**2))


def test_three_tenths_of_the_pores_gone_are_seen():
    told, _ = change(0, kept=0.7)
    # Fine pores of the skin stay and dilute it.
    assert told == pytest.approx(-0.28, abs=0.07)


def test_the_pair_read_backwards_turns_the_sign():
    before, after = sides(0, 0.7)
    there = change(0, kept=0.7)[0] * before.outcomes[KEY].value
    back = change(0, kept=0.7, back=True)[0] * after.outcomes[KEY].value
    # The nearest pixel of a place is looked up after another rounding.
    assert back == pytest.approx(-there, abs=0.02 * before.outcomes[KEY].value)


def test_other_figures_are_left_as_they_were():
    before, after = sides(0)
    told = with_same_pores(as_shot(before), as_shot(after), registration(0))
    area = ("pore_area", "skin")
    assert told.outcomes[area] is after.outcomes[area]


@pytest.mark.parametrize("unknown", [None, NotAligned("another person")])
def test_without_a_map_each_photo_is_counted_alone(unknown):
    before, after = (as_shot(side) for side in sides(0))
    assert with_same_pores(before, after, unknown) is after


def test_where_the_map_is_not_valid_no_pore_is_paired():
    before, after = sides(0)
    known = by_registration(registration(0), before.picture, after.picture)
    nowhere = Carried(known.place, lambda xy: np.zeros(len(xy), dtype=bool))
    assert paired_outcomes(before, after, nowhere)[KEY] == after.outcomes[KEY]


def test_a_map_of_a_stated_error_is_off_by_that_much():
    xy = np.random.default_rng(1).uniform(0, 9000, (4000, 2))
    exact = Carried(lambda points: points, everywhere)
    off = with_error(exact, 0.5, 12.0, np.random.default_rng(2)).place(xy) - xy
    assert np.sqrt(np.mean((off**2).sum(axis=1))) == pytest.approx(0.5, rel=0.1)
    near = xy + 1.0
    there = with_error(exact, 0.5, 12.0, np.random.default_rng(2)).place(near) - near
    assert np.abs(there - off).max() < 0.05


def test_what_no_re_shoot_plays_is_in_the_error():
    before, after = sides(0)
    drawn = [
        with_unplayed(before, after.outcomes, np.random.default_rng(seed))[KEY].value
        for seed in range(400)
    ]
    # 7 cm2: both parts in full.
    assert np.std(drawn) == pytest.approx(np.hypot(0.35, 0.5), rel=0.1)
    assert np.mean(drawn) == pytest.approx(after.outcomes[KEY].value, abs=0.1)


def test_the_error_is_rehearsed_with_the_same_pores_and_leaves_others_alone():
    before, _ = sides(0)

    def rehearsed(baseline):
        return rehearse(
            before.picture, METRICS, axes=None, reference=None, blocked={}, cameras=Cameras(),
            n=5, seed=4, with_repeats=False, watch=lambda share: None, baseline=baseline,
        )  # fmt: skip

    paired, alone = rehearsed(before), rehearsed(None)
    told, counted = ([o[KEY].value for o in found.joint] for found in (paired, alone))
    assert len(set(told)) == 5
    assert not set(told) & set(counted)
    # Within a few of what is drawn for a pair of unchanged skin.
    assert np.abs(np.array(told) - before.outcomes[KEY].value).max() < 4.0
    area = ("pore_area", "skin")
    assert paired.noise(area) == alone.noise(area)


def test_the_error_is_the_same_however_many_threads_there_are():
    before, _ = sides(0)
    threads, found = cv2.getNumThreads(), []
    try:
        for n_threads in (1, 3):
            cv2.setNumThreads(n_threads)
            found.append(
                rehearse(
                    before.picture,
                    METRICS,
                    axes=None,
                    reference=None,
                    blocked={},
                    cameras=Cameras(),
                    n=3,
                    seed=4,
                    with_repeats=True,
                    watch=lambda share: None,
                    baseline=before,
                )
            )
    finally:
        cv2.setNumThreads(threads)
    one, three = found
    assert len(one.session) == len(one.shot) == 3
    assert one == three
