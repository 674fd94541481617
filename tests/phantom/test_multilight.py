"""The multi-light phantom is true: light, shadow, shift and files are what they are said to be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from progress.imaging import linear_from_codes, read_photo
from progress.phantom.camera import Camera
from progress.phantom.features import Scar, ScarKind
from progress.phantom.multilight import Rig, Stance, photograph, scarred_skin
from progress.phantom.multilight_props import Sticker
from progress.relief import read_lights

SIZE_MM = (18.0, 13.0)
SCAR = Scar(ScarKind.ROLLING, 9.0, 6.5, 4.0, 0.4)


def linear(rig: Rig, **more: object) -> np.ndarray:
    skin = scarred_skin(2, [SCAR], size_mm=SIZE_MM, relief_mm=0.0, pores_per_cm2=0.0)
    rng = np.random.default_rng(0)
    made = photograph(skin, [SCAR], rig, rng, camera=Camera.ideal(), **more)  # type: ignore[arg-type]
    return np.stack([linear_from_codes(codes) for codes in made.pictures])


def test_the_flank_that_faces_the_lamp_is_the_brighter_one() -> None:
    right, up = linear(Rig(((1, 0, 1), (0, 1, 1)), ambient=0.0))[:2]
    # A pit shows its far flank to the lamp: a lamp at the right lights the left one.
    assert right[65, 74, 1] > 1.1 * right[65, 106, 1]
    assert up[82, 90, 1] > 1.1 * up[48, 90, 1]


def test_the_lamp_off_picture_is_what_stays_when_the_lamp_goes() -> None:
    dark = linear(Rig.ring(4, ambient=0.0))
    lit = linear(Rig.ring(4, ambient=0.2))
    assert dark[-1].max() == 0.0
    # Codes of 8 bits round by up to a per cent in the shade.
    assert np.median(lit[0] - lit[-1]) == pytest.approx(float(np.median(dark[0])), rel=0.02)


def test_a_near_lamp_lights_its_own_side_more() -> None:
    far, near = (linear(Rig(((1, 0, 1),), distance_mm=mm))[0] for mm in (None, 100.0))
    slope = [float(one[:, -20:, 1].mean() / one[:, :20, 1].mean()) for one in (far, near)]
    assert slope[1] > slope[0] + 0.1


def test_gloss_shows_without_polarisers_only() -> None:
    with_, without = (linear(Rig.ring(4, polarised=p))[0] for p in (False, True))
    added = (with_ - without).reshape(-1, 3).mean(axis=0)
    # Codes of 8 bits may round a little gloss away; on the mean of 20 000 pixels it is white.
    assert (with_ >= without).all()
    assert added.min() > 0.003
    assert np.ptp(added) < 0.15 * added.mean()


def test_a_turned_client_is_seen_turned_and_lit_as_before() -> None:
    rig = Rig(((1, 0, 1),), ambient=0.0)
    skin = scarred_skin(2, [SCAR], size_mm=SIZE_MM, relief_mm=0.0, pores_per_cm2=0.0)
    rng = np.random.default_rng(0)
    stance = Stance((12.0, -5.0), roll_deg=90.0)
    made = photograph(skin, [SCAR], rig, rng, camera=Camera.ideal(), stance=stance)
    x, y = made.scars_xy()[0]
    assert (x, y) == pytest.approx((101.5, 59.5), abs=0.6)
    picture = linear_from_codes(made.pictures[0])[..., 1]
    row, column = round(y), round(x)
    assert picture[row, column - 16] > 1.1 * picture[row, column + 16]


def test_what_is_written_is_read_back_and_says_that_it_is_simulated(tmp_path: Path) -> None:
    rig = Rig.ring(5)
    skin = scarred_skin(2, [SCAR], size_mm=SIZE_MM)
    made = photograph(
        skin, [SCAR], rig, np.random.default_rng(0), sticker=Sticker(2.0, 2.0, side_mm=8.0)
    )
    table = read_lights(made.write(tmp_path / "set") / "lights.csv")
    assert table.lamps == pytest.approx(rig.units, abs=1e-4)
    assert [path.name for path in table.lamp_off] == ["lamp_off.png"]
    photo = read_photo(table.lit[0])
    assert photo.provenance.simulated
    assert np.array_equal(photo.codes, made.pictures[0])


def test_a_rig_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one lamp"):
        Rig(())
    with pytest.raises(ValueError, match="expected 4 or none, got 2"):
        replace(Rig.ring(4), powers=(1.0, 1.0))
    with pytest.raises(ValueError, match="ambient: expected a number >= 0"):
        Rig.ring(4, ambient=-0.1)
