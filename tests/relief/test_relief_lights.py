"""Where the lamps stand: from the table, or from a mirror ball; and pictures laid on each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from progress.imaging import linear_from_codes
from progress.model import BadTable
from progress.phantom.multilight import Rig, Stance, photograph, scarred_skin
from progress.phantom.multilight_props import Ball
from progress.relief import find_mirror_ball, read_lights
from progress.relief.motion import find_motion, lay_on_first


def table(folder: Path, text: str) -> Path:
    for name in ("a.png", "b.png", "off.png"):
        (folder / name).write_bytes(b"a picture")
    path = folder / "lights.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_directions_of_any_length_and_the_lamp_off_row_are_read(tmp_path: Path) -> None:
    read = read_lights(table(tmp_path, "file,x,y,z\na.png,3,0,4\n\nb.png, 0,-1,1\noff.png,,,\n"))
    assert [path.name for path in read.lit] == ["a.png", "b.png"]
    assert [path.name for path in read.lamp_off] == ["off.png"]
    assert read.lamps == pytest.approx(np.array([[0.6, 0, 0.8], [0, -(0.5**0.5), 0.5**0.5]]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "expected the header file,x,y,z, got nothing"),
        ("picture,x,y,z\n", "got picture,x,y,z"),
        ("file,x,y,z\nc.png,0,0,1\n", "line 2: expected the name of a picture"),
        ("file,x,y,z\na.png,0,0,1\na.png,0,0,1\n", "line 3: expected each picture once"),
        ("file,x,y,z\na.png,left,0,1\n", "expected three numbers, got 'left,0,1'"),
        ("file,x,y,z\na.png,1,0,\n", "expected three numbers, got '1,0,'"),
        ("file,x,y,z\na.png,0,0,0\n", "z above 0, got 0,0,0"),
        ("file,x,y,z\na.png,1,0,-1\n", "z above 0, got 1,0,-1"),
        ("file,x,y,z\na.png,nan,0,1\n", "z above 0, got nan,0,1"),
    ],
)
def test_a_table_with_a_mistake_is_refused_in_one_line(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(BadTable, match=words):
        read_lights(table(tmp_path, text))


def test_a_table_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lights.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadTable, match="expected a CSV table in UTF-8"):
        read_lights(path)


def test_a_mirror_ball_shows_the_lamps_and_skin_shows_none() -> None:
    skin = scarred_skin(4, (), size_mm=(24.0, 17.0))
    rig = Rig.ring(6, ambient=0.02)
    for ball in (Ball(18.0, 9.0, 3.5), None):
        made = photograph(skin, (), rig, np.random.default_rng(0), ball=ball)
        light = np.stack([linear_from_codes(c) for c in made.pictures[:-1]]).max(axis=-1)
        found = find_mirror_ball(light)
        if ball is None:
            assert found is None
            continue
        assert found is not None
        assert found.centre_xy == pytest.approx((179.5, 89.5), abs=0.7)
        assert found.radius_px == pytest.approx(35.0, abs=0.7)
        apart = np.degrees(np.arccos(np.clip((found.lamps * rig.units).sum(axis=1), -1, 1)))
        # Half a pixel of 35 is a degree and a half of direction.
        assert np.median(apart) < 2 * found.error_deg
        assert apart.max() < 4 * found.error_deg


def test_pictures_that_moved_are_laid_on_each_other() -> None:
    skin = scarred_skin(5, (), size_mm=(30.0, 21.0))
    rig = Rig.ring(8, ambient=0.0)
    still, moved = (
        photograph(skin, (), rig, np.random.default_rng(3), stance=Stance(motion_px=px))
        for px in (0.0, 1.0)
    )
    rng = np.random.default_rng(3)
    true = []
    for _ in range(8):  # as `photograph` draws: a shift, then the camera's noise
        true.append(rng.normal(0.0, 1.0, 2))
        rng.standard_normal((*skin.shape, 3), dtype=np.float32)
    shift = np.array(true) - true[0]
    mask = np.ones(skin.shape, bool)

    def placed(made: object) -> np.ndarray:
        light = np.stack([linear_from_codes(c)[..., 1] for c in made.pictures[:-1]])  # type: ignore[attr-defined]
        motion = find_motion(light, mask, rig.units, 10.0)
        return np.array([m[:, 2] for m in motion.picture_from_first])

    # A shift that goes with the lamps cannot be told from relief and is not asked for.
    basis = np.column_stack([np.ones(8), rig.units[:, :2]])

    def telling(shifts: np.ndarray) -> np.ndarray:
        return shifts - basis @ np.linalg.lstsq(basis, shifts, rcond=None)[0]

    assert np.abs(placed(still)).max() < 0.3
    assert np.abs(telling(placed(moved) - shift)).max() < 0.3
    assert np.abs(telling(shift)).max() > 0.8


def test_a_moved_picture_is_unknown_where_it_shows_nothing() -> None:
    picture = np.arange(40, dtype=np.float32).reshape(5, 8)
    laid = lay_on_first(picture, np.array([[1.0, 0, 2.0], [0, 1.0, 0]]))
    assert laid[:, :6] == pytest.approx(picture[:, 2:])
    assert np.isnan(laid[:, 6:]).all()
