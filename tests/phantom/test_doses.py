"""Each dose changes what it is named for, by the amount it states, and keeps the person."""

import numpy as np
import pytest

from progress.imaging.colour_space import lab_from_linear
from progress.phantom import colour_doses, relief_doses
from progress.phantom.flat_skin import FlatSkin, Setting
from progress.phantom.relief import Light
from progress.phantom.skin import SKIN_TONES

DOSES = (
    colour_doses.erythema,
    colour_doses.tan,
    colour_doses.pigment_spots,
    colour_doses.blotch,
    relief_doses.pores,
    relief_doses.roughness,
    relief_doses.wrinkles,
    relief_doses.scars,
    relief_doses.gloss,
)
COARSE = 6.0


def _id(dose):
    return dose.__name__


@pytest.mark.parametrize("dose", DOSES, ids=_id)
def test_the_stated_amount_rises_strictly_with_severity(dose):
    amounts = [dose(s, px_per_mm=4.0).truth["amount"] for s in (0.0, 0.1, 0.4, 0.7, 1.0)]
    assert np.all(np.diff(amounts) > 0)
    if dose is not relief_doses.pores:
        assert amounts[0] == 0


@pytest.mark.parametrize("dose", DOSES, ids=_id)
def test_a_dose_repeats_itself_and_is_a_clean_picture(dose):
    one, two = dose(0.6, seed=4, px_per_mm=COARSE), dose(0.6, seed=4, px_per_mm=COARSE)
    assert np.array_equal(one.linear, two.linear)
    assert one.linear.shape == (162, 192, 3)
    assert one.linear.dtype == np.float32
    assert np.all(np.isfinite(one.linear))
    assert one.linear.min() > 0
    assert one.mask.sum() > 0.2 * one.mask.size
    assert one.truth["dose"] == dose.__name__
    assert not np.array_equal(one.linear, dose(0.6, seed=5, px_per_mm=COARSE).linear)


@pytest.mark.parametrize("dose", DOSES[:-1], ids=_id)
@pytest.mark.parametrize("tone", SKIN_TONES, ids=lambda tone: tone.name)
def test_undosed_skin_has_the_colour_of_its_reference(dose, tone):
    skin = dose(0.0, px_per_mm=4.0, setting=Setting(skin_tone=tone))
    median = np.median(skin.linear[skin.mask], axis=0)
    # Mottling and relief of one piece of skin move its median by a few per cent, pores darken it a
    # little. The gloss dose is left out: it starts from dry skin.
    assert -np.log(median) == pytest.approx(skin.reference_od, abs=0.12)


@pytest.mark.parametrize(
    "dose", [d for d in DOSES if d not in (colour_doses.erythema, colour_doses.blotch)]
)
def test_only_colour_doses_touch_blood(dose):
    before, after = dose(0.0, px_per_mm=4.0), dose(1.0, px_per_mm=4.0)
    assert np.array_equal(before.maps.blood, after.maps.blood)


def test_erythema_reddens_the_inside_evenly_and_leaves_the_border():
    before, after = (
        colour_doses.erythema(0.0, px_per_mm=COARSE),
        colour_doses.erythema(1.0, px_per_mm=COARSE),
    )
    factor = after.maps.blood / before.maps.blood
    # The logistic edge is within 0.5 % at the border of the mask.
    assert factor[after.mask].min() > 1.99
    assert factor[0].max() < 1.001
    lab = [np.median(lab_from_linear(s.linear)[s.mask], axis=0) for s in (before, after)]
    assert lab[1][1] - lab[0][1] > 2.0


def test_a_tan_lowers_lightness_and_raises_yellow():
    before, after = colour_doses.tan(0.0, px_per_mm=COARSE), colour_doses.tan(1.0, px_per_mm=COARSE)
    lab = [np.median(lab_from_linear(s.linear).reshape(-1, 3), axis=0) for s in (before, after)]
    assert lab[1][0] < lab[0][0] - 1
    assert lab[1][2] > lab[0][2]


def test_pores_stay_where_they_are_as_they_grow():
    small, large = (relief_doses.pores(s, px_per_mm=4.0).truth["pores"] for s in (0.2, 0.9))
    known = {tuple(xy) for xy in large.xy_mm}
    assert all(tuple(xy) in known for xy in small.xy_mm)
    assert len(large) > 1.5 * len(small)
    assert np.median(large.diameter_mm) > 1.4 * np.median(small.diameter_mm)


def test_pores_are_darker_than_the_skin_around_them():
    skin = relief_doses.pores(1.0, px_per_mm=12.0)
    green = skin.linear[..., 1]
    pores = skin.truth["pores"]
    wide = pores.chosen(pores.diameter_mm > 0.3)
    x, y = np.clip(np.rint(wide.xy_mm * 12.0 - 0.5).astype(int), 0, [383, 323]).T
    assert np.median(green[y, x]) < 0.93 * np.median(green)


def test_scars_keep_place_and_width_while_their_depth_follows_severity():
    half, full = (relief_doses.scars(s, px_per_mm=COARSE).truth["scars"] for s in (0.5, 1.0))
    for a, b in zip(half, full, strict=True):
        assert (a.x_mm, a.y_mm, a.width_mm, a.kind) == (b.x_mm, b.y_mm, b.width_mm, b.kind)
        assert a.depth_mm == pytest.approx(0.5 * b.depth_mm)
    assert {scar.kind.value for scar in full} == {"ice_pick", "boxcar", "rolling"}


def test_relief_doses_raise_contrast_without_moving_the_median_colour_much():
    for dose in (relief_doses.roughness, relief_doses.wrinkles, relief_doses.scars):
        before, after = dose(0.0, px_per_mm=12.0), dose(1.0, px_per_mm=12.0)
        spread = [np.log(s.linear[..., 1]).std() for s in (before, after)]
        assert spread[1] > 1.1 * spread[0]
        medians = [np.median(s.linear, axis=(0, 1)) for s in (before, after)]
        # Occlusion darkens rough skin by a few per cent.
        assert medians[1] == pytest.approx(medians[0], rel=0.06)


def test_added_roughness_is_as_rough_as_stated():
    before, after = (
        relief_doses.roughness(0.0, px_per_mm=COARSE),
        relief_doses.roughness(0.5, px_per_mm=COARSE),
    )
    added = after.maps.height_mm - before.maps.height_mm
    assert added.std() == pytest.approx(after.truth["amount"], rel=0.001)


def test_gloss_brightens_every_colour_alike_and_changes_no_pigment():
    before, after = relief_doses.gloss(0.0, px_per_mm=12.0), relief_doses.gloss(1.0, px_per_mm=12.0)
    assert np.array_equal(before.maps.melanin, after.maps.melanin)
    extra = (after.linear - before.linear).reshape(-1, 3)
    assert np.abs(extra - extra[:, :1]).max() < 1e-6
    assert extra.max() > 0.05


def test_the_setting_chooses_person_light_and_camera():
    setting = Setting(
        skin_tone=SKIN_TONES[4],
        size_mm=(20.0, 14.0),
        light=Light.from_angles(30, 90),
        camera="phone",
        illuminant="led",
    )
    skin = relief_doses.scars(0.5, px_per_mm=5.0, setting=setting)
    assert isinstance(skin, FlatSkin)
    assert skin.linear.shape == (70, 100, 3)
    other = relief_doses.scars(0.5, px_per_mm=5.0, setting=Setting(size_mm=(20.0, 14.0)))
    assert skin.linear.mean() < other.linear.mean()


def test_a_severity_beyond_one_is_refused():
    for dose in DOSES:
        with pytest.raises(ValueError, match=r"severity: expected 0\.\.1"):
            dose(1.2)
