"""Outlined marks of known colour and width, and what would fool their measurement."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest

from progress.lab.mark_shots import STILL, bare, placed, shoot, true_figures
from progress.metrics import Analysis, all_metrics, get_metric
from progress.model import Estimate, NotMeasured, RegionKind
from progress.phantom.mark_doses import Mark, alba, brown, rubra
from progress.phantom.skin import SKIN_TONES

LIGHT, TAN, DARK = SKIN_TONES[1], SKIN_TONES[3], SKIN_TONES[5]


@functools.cache
def shot_of(mark: Mark, *, tone=LIGHT, spec=STILL, seed=4, beyond_mm=1.0, aside_mm=0.0):
    outline = mark.outline_mm(beyond_mm=beyond_mm, aside_mm=aside_mm)
    return shoot(skin_of(tone, seed), mark, spec, outline, seed=3)


@functools.cache
def skin_of(tone, seed):
    return bare(tone, seed)


def value(shot, metric_id):
    outcome = shot.outcome(metric_id)
    assert isinstance(outcome, Estimate), outcome
    return outcome.value


def reason(shot, metric_id):
    outcome = shot.outcome(metric_id)
    assert isinstance(outcome, NotMeasured), outcome
    return outcome.reason


def red(width_mm=2.5, strength=1.0, **changes):
    return placed(rubra(LIGHT, strength), width_mm=width_mm, length_mm=22.0, **changes)


@pytest.mark.parametrize("make", [rubra, alba, brown])
@pytest.mark.parametrize("width_mm", [1.3, 4.0])
def test_width_is_within_a_tenth_and_contrast_within_a_quarter_of_the_truth(make, width_mm):
    mark = placed(make(TAN), width_mm=width_mm, length_mm=22.0, edge_mm=0.2)
    contrast, width = true_figures(mark, TAN)
    seen = shot_of(mark, tone=TAN)
    assert value(seen, "mark_width") == pytest.approx(width, rel=0.1)  # mottling beside the mark
    assert value(seen, "mark_contrast") == pytest.approx(contrast, rel=0.25)  # shine pales it


def test_red_is_redder_and_pale_is_paler_than_the_flank():
    pale = placed(alba(TAN), length_mm=22.0)
    assert value(shot_of(red()), "mark_redness") > 0.2
    assert value(shot_of(pale, tone=TAN), "mark_redness") < -0.1
    assert value(shot_of(pale, tone=TAN), "mark_pigment") < -0.1
    dark = placed(brown(LIGHT), length_mm=22.0)
    assert value(shot_of(dark), "mark_pigment") > 0.1


def test_the_outline_may_be_wide_tight_or_to_one_side():
    mark = red()
    true = {name: value(shot_of(mark), name) for name in ("mark_contrast", "mark_width")}
    for drawn in ({"beyond_mm": 2.5}, {"beyond_mm": -0.3}, {"beyond_mm": 1.5, "aside_mm": 1.5}):
        again = shot_of(mark, **drawn)
        assert value(again, "mark_contrast") == pytest.approx(true["mark_contrast"], abs=0.3)
        assert value(again, "mark_width") == pytest.approx(true["mark_width"], abs=0.15)


def test_exposure_and_white_balance_leave_a_mark_alone():
    plain = shot_of(red())
    other = shot_of(
        red(), spec=dataclasses.replace(STILL, exposure_ev=-0.4, channel_gains=(1.08, 1.0, 0.92))
    )
    # Eight bits round differently; nothing else is left.
    assert value(other, "mark_contrast") == pytest.approx(value(plain, "mark_contrast"), abs=0.25)
    assert value(other, "mark_width") == pytest.approx(value(plain, "mark_width"), abs=0.08)


def test_a_fading_mark_keeps_its_width_and_a_narrowing_one_its_contrast():
    full, faded = shot_of(red(3.0)), shot_of(red(3.0, 0.5))
    assert value(faded, "mark_contrast") < 0.75 * value(full, "mark_contrast")
    assert value(faded, "mark_width") == pytest.approx(value(full, "mark_width"), abs=0.25)
    narrow = shot_of(red(1.5))
    assert value(narrow, "mark_contrast") == pytest.approx(
        value(full, "mark_contrast"),
        rel=0.15,  # other mottling lies under it
    )


def test_bare_skin_has_almost_no_contrast_and_no_width():
    bare_shot = shot_of(red(strength=0.0))
    assert value(bare_shot, "mark_contrast") < 1.2
    assert "band" in reason(bare_shot, "mark_width")
    assert "faint" in reason(bare_shot, "mark_length")


def test_length_is_that_of_the_mark_and_not_of_the_outline():
    assert value(shot_of(red(), beyond_mm=2.5), "mark_length") == pytest.approx(22.0, abs=2.0)
    longer = dataclasses.replace(red(), length_mm=30.0)
    cut = shoot(skin_of(LIGHT, 4), longer, STILL, red().outline_mm(beyond_mm=-2.0), seed=3)
    assert "both ends" in reason(cut, "mark_length")
    assert value(cut, "mark_width") == pytest.approx(2.7, abs=0.2)


def test_a_round_outline_is_no_band():
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    round_outline = 6.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1) + (21.0, 18.0)
    shot = shoot(skin_of(LIGHT, 4), red(), STILL, round_outline, seed=3)
    for metric in all_metrics():
        if metric.asked_of == {RegionKind.DRAWN}:
            assert "no band" in reason(shot, metric.id)


def test_covered_flanks_and_a_covered_mark_are_told():
    shot = shot_of(red())
    patch = shot.analysis.patch
    x = (np.arange(patch.mask.shape[1]) + 0.5) / 12.0 - 21.0
    lonely = patch.mask & (np.abs(x) < 3.0)
    hidden = patch.mask & (np.abs(x) > 1.6)
    for mask, words in ((lonely, "covered"), (hidden, "covered|several pieces|no band")):
        changed = dataclasses.replace(
            shot, analysis=Analysis(dataclasses.replace(patch, mask=mask))
        )
        with pytest.raises(AssertionError, match=words):
            value(changed, "mark_contrast")


@pytest.mark.parametrize("drawn", [{}, {"beyond_mm": 2.5}, {"beyond_mm": 1.5, "aside_mm": 1.5}])
def test_a_pale_mark_that_passes_for_glare_is_no_mark_that_has_gone(drawn):
    brown_skin = SKIN_TONES[4]
    mark = placed(alba(brown_skin, 1.25), length_mm=22.0)
    shot = shot_of(mark, tone=brown_skin, **drawn)
    assert "covered" in reason(shot, "mark_contrast")
    assert "covered" in reason(shot, "mark_width")


def test_a_mole_on_the_flank_and_hairs_across_move_nothing():
    from progress.phantom.features import Spot
    from progress.phantom.painting import paint_spots

    skin = skin_of(LIGHT, 4)
    mole = Spot(21.0 + 5.0, 16.0, 2.4, melanin_factor=1 + LIGHT.melanin_gain(3.0))
    with_mole = dataclasses.replace(skin, maps=paint_spots(skin.maps, [mole]))
    shot = shoot(with_mole, red(), STILL, red().outline_mm(), seed=3)
    plain = shot_of(red())
    assert value(shot, "mark_contrast") == pytest.approx(value(plain, "mark_contrast"), abs=0.25)
    assert value(shot, "mark_width") == pytest.approx(value(plain, "mark_width"), abs=0.1)


def test_a_large_mole_along_a_third_of_the_flank_is_left_out_or_told():
    from progress.phantom.features import Spot
    from progress.phantom.painting import paint_spots

    skin = skin_of(LIGHT, 4)
    mole = Spot(21.0 + 6.0, 18.0, 8.0, melanin_factor=1 + LIGHT.melanin_gain(4.0))
    with_mole = dataclasses.replace(skin, maps=paint_spots(skin.maps, [mole]))
    shot = shoot(with_mole, red(), STILL, red().outline_mm(), seed=3)
    outcome = shot.outcome("mark_contrast")
    if isinstance(outcome, Estimate):
        assert outcome.value == pytest.approx(value(shot_of(red()), "mark_contrast"), rel=0.15)
    else:
        assert "disagree" in outcome.reason


def test_another_mark_beside_it_ends_the_flank():
    skin = skin_of(LIGHT, 4)
    beside = red(x_mm=21.0 + 7.0)
    with_two = dataclasses.replace(skin, maps=beside.painted(skin.maps))
    shot = shoot(with_two, red(), STILL, red().outline_mm(), seed=3)
    plain = shot_of(red())
    assert value(shot, "mark_contrast") == pytest.approx(value(plain, "mark_contrast"), rel=0.1)
    assert value(shot, "mark_width") == pytest.approx(value(plain, "mark_width"), abs=0.25)


def test_melanin_is_not_told_where_blue_is_lost():
    dark = placed(alba(DARK), length_mm=22.0)
    assert "blue" in reason(shot_of(dark, tone=DARK), "mark_pigment")
    assert value(shot_of(dark, tone=DARK), "mark_contrast") > 5


def test_marks_are_asked_of_what_a_user_outlined_only():
    for name in ("mark_contrast", "mark_width", "mark_redness", "mark_pigment", "mark_length"):
        assert get_metric(name).asked_of == {RegionKind.DRAWN}
