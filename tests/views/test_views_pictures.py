"""Pictures of a pair, heat maps, and files."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from progress.model import BadInput, HeatMap
from progress.views import colour_maps, heat_pictures, lettering, picture_files, pictures
from progress.views.frames import AlignedPair, Frame
from progress.views.heat_pictures import ValueRange

H, W = 161, 243
BOX = (100, 50, 100 + 2 * W, 50 + 2 * H)
CAPTIONS = ("Baseline, 5 January 2026", "Follow-up, 2 March 2026")


def pair(scale: float | None = 6.0) -> AlignedPair:
    first = np.full((H, W, 3), (180, 140, 120), np.uint8)
    second = np.full((H, W, 3), (200, 150, 130), np.uint8)
    valid = np.zeros((H, W), bool)
    valid[20:140, 30:200] = True
    return AlignedPair(
        Frame(first, BOX, scale), Frame(second, BOX, scale), valid, np.full((H, W), 0.1, np.float32)
    )


def heat(values: np.ndarray, metric: str = "redness", unit: str = "OD") -> HeatMap:
    return HeatMap(metric, "Redness", unit, values.astype(np.float32), BOX)


def below_caption(picture: np.ndarray) -> np.ndarray:
    """The picture's own rows: the caption strip is as high as letters need."""
    return picture[picture.shape[0] - H :]


def test_side_by_side_shows_both_in_full_at_one_size():
    picture = pictures.side_by_side(pair(None), CAPTIONS)
    body = below_caption(picture)
    assert (body[:, :W] == (180, 140, 120)).all()
    assert (body[:, -W:] == (200, 150, 130)).all()
    assert picture.shape[1] > 2 * W


def test_the_ruler_is_ten_millimetres_long():
    frame = pair(8.0).baseline
    drawn = lettering.with_scale_bar(frame.pixels, frame.px_per_mm)
    white = (drawn == 255).all(axis=2)
    # The bar is the longest white run: 10 mm at 8 px/mm, and one pixel of rounding.
    longest = max(row.sum() for row in white)
    assert longest == pytest.approx(80, abs=1)


@pytest.mark.parametrize("scale", [None, 0.01, 500.0])
def test_no_ruler_is_drawn_without_a_scale_that_fits(scale):
    frame = pair(scale).baseline
    assert (lettering.with_scale_bar(frame.pixels, scale) == frame.pixels).all()


def test_a_simulated_picture_carries_its_badge_and_a_real_one_does_not():
    plain = pictures.captioned(pair(None).baseline, "x")
    badged = pictures.captioned(pair(None).baseline, "x", simulated=True)
    dark = (badged == lettering.INK).all(axis=2) & ~(plain == lettering.INK).all(axis=2)
    rows, columns = np.nonzero(dark)
    assert dark.sum() > 300
    assert columns.min() > W / 2
    assert rows.max() < badged.shape[0] / 2


def test_blend_is_the_mean_and_checkerboard_takes_turns():
    one = pair(None)
    assert (below_caption(pictures.blend(one, "x")) == (190, 145, 125)).all()
    squares = below_caption(pictures.checkerboard(one, "x"))
    reds = squares[..., 0]
    assert set(np.unique(reds)) == {180, 200}
    assert (reds == 180).mean() == pytest.approx(0.5, abs=0.1)


def test_blink_frames_have_one_size():
    first, second = pictures.blink_frames(pair(), CAPTIONS, simulated=True)
    assert first.shape == second.shape
    assert (first != second).any()


def test_pictures_are_fitted_and_never_enlarged():
    picture = np.zeros((61, 83, 3), np.uint8)
    assert max(pictures.fitted(picture, 40).shape) <= 40
    assert pictures.fitted(picture, 400) is picture


def test_beside_pads_the_lower_picture():
    both = pictures.beside(np.zeros((5, 6, 3), np.uint8), np.zeros((9, 4, 3), np.uint8))
    assert both.shape[0] == 9
    assert (both[5:, :6] == 255).all()


def test_long_captions_are_set_smaller_and_stay_inside():
    words = "A caption that is far too long for such a narrow picture of the skin " * 2
    band = lettering.strip(300, words, size_px=20)
    assert band.shape[1] == 300
    assert (band[:, -3:] == 255).all()


def test_skin_without_a_value_is_left_as_it_is():
    values = np.full((40, 60), np.nan)
    values[10:20, 20:30] = 0.3
    painted = heat_pictures.heat_picture(
        pair(None).baseline, heat(values), ValueRange(0.1, 0.5), "Redness"
    )
    body = painted[painted.shape[0] - H - legend_rows() : painted.shape[0] - legend_rows()]
    changed = (body != (180, 140, 120)).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert changed.any()
    # Map cells 10..20 of 40 rows and 20..30 of 60 columns over the whole frame.
    assert rows.min() >= H * 10 / 40 - 3
    assert rows.max() <= H * 20 / 40 + 3
    assert columns.min() >= W * 20 / 60 - 3
    assert columns.max() <= W * 30 / 60 + 3


def legend_rows() -> int:
    return round(lettering.letter_height(W) * 4.4)


def test_the_same_value_has_the_same_colour_on_both_dates():
    values = np.full((40, 60), 0.3)
    higher = values.copy()
    higher[:, 30:] = 0.45
    picture = heat_pictures.heat_pair(
        pair(None), (heat(values), heat(higher)), ValueRange(0.1, 0.5), CAPTIONS
    )
    row = picture.shape[0] - legend_rows() - H // 2
    left = picture[row, W // 4].astype(int)
    right = picture[row, picture.shape[1] - W + W // 4].astype(int)
    other = picture[row, picture.shape[1] - W // 4].astype(int)
    # The skin beneath shows through at 30 %, and differs by at most 20 codes in these two.
    assert np.abs(left - right).max() <= 0.3 * 20 + 1
    assert np.abs(left - other).max() > 40


def test_a_map_over_part_of_the_photo_lands_in_its_place():
    part = HeatMap(
        "redness", "Redness", "OD", np.full((5, 5), 0.5, np.float32), (100, 50, 100 + W, 50 + H)
    )
    painted = heat_pictures.heat_picture(pair(None).baseline, part, ValueRange(0, 1), "x")
    body = painted[-(H + legend_rows()) : -legend_rows()]
    changed = (body != (180, 140, 120)).any(axis=2)
    assert changed[: H // 2 - 2, : W // 2 - 2].all()
    assert not changed[H // 2 + 2 :].any()


def test_no_change_paints_nothing_and_signs_have_their_own_colours():
    base = np.full((40, 60), 0.3)
    after = base.copy()
    after[10:20, 15:25] = 0.4
    after[10:20, 35:45] = 0.2
    picture = heat_pictures.change_picture(
        pair(None), (heat(base), heat(after)), ValueRange(-0.2, 0.2), "Change"
    )
    body = picture[-(H + legend_rows()) : -legend_rows()].astype(int)
    row = H * 15 // 40
    up, down = body[row, W * 20 // 60], body[row, W * 40 // 60]
    still = body[row, W * 30 // 60]
    assert (still == still[0]).all()  # grey, as the whole ground is
    assert up[0] - up[2] > 20  # orange
    assert down[2] - down[0] > 20  # blue


def test_an_even_change_of_a_third_of_the_range_is_seen():
    base = np.full((40, 60), 0.3)
    picture = heat_pictures.change_picture(
        pair(None), (heat(base), heat(base + 0.07)), ValueRange(-0.2, 0.2), "Change"
    )
    middle = picture[-(H + legend_rows()) : -legend_rows()][H // 2, W // 2].astype(int)
    assert middle[0] - middle[2] > 30


def test_a_change_is_never_drawn_on_a_lopsided_legend():
    base = heat(np.full((4, 6), 0.3))
    with pytest.raises(ValueError, match="expected a symmetric range"):
        heat_pictures.change_picture(pair(), (base, base), ValueRange(-0.1, 0.2), "x")


def test_alignment_error_is_painted_where_it_holds_and_grey_elsewhere():
    picture = heat_pictures.registration_picture(pair(None), "Alignment", simulated=False)
    body = picture[-(H + legend_rows()) : -legend_rows()].astype(int)
    outside = body[5, 5]
    assert outside.max() == outside.min()
    assert np.ptp(body[80, 100]) > 15


def test_legend_range_comes_from_the_baseline_in_round_numbers():
    values = np.linspace(0.113, 0.487, 600).reshape(20, 30)
    values[0, 0] = np.nan
    limits = heat_pictures.range_from_baseline(heat(values))
    assert (limits.low, limits.high) == (pytest.approx(0.1), pytest.approx(0.5))
    change = heat_pictures.change_range(limits)
    assert (change.low, change.high) == (pytest.approx(-0.2), pytest.approx(0.2))


def test_a_flat_baseline_still_has_a_range():
    limits = heat_pictures.range_from_baseline(heat(np.full((4, 6), 3.0)))
    assert limits.low < 3.0 + 1e-9
    assert limits.low < limits.high


def test_an_empty_map_has_no_range():
    with pytest.raises(ValueError, match="expected some values"):
        heat_pictures.range_from_baseline(heat(np.full((4, 6), np.nan)))
    with pytest.raises(ValueError, match="expected low < high"):
        ValueRange(1.0, 1.0)


def lightness(colours: np.ndarray) -> np.ndarray:
    linear = (colours / 255.0) ** 2.2
    return np.cbrt(linear @ np.array([0.2126, 0.7152, 0.0722]))


def test_colour_maps_keep_their_order_in_grey():
    assert (np.diff(lightness(colour_maps.sequential())) > -0.004).all()
    arms = lightness(colour_maps.diverging())
    assert (np.diff(arms[:128]) > -0.006).all()
    assert (np.diff(arms[128:]) < 0.006).all()
    assert arms[0] == pytest.approx(arms[-1], abs=0.05)


def test_colour_maps_cannot_be_changed_by_a_caller():
    with pytest.raises(ValueError, match="read-only"):
        colour_maps.sequential()[0] = 0


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "new/folder/a.jpeg"])
def test_pictures_are_written_whole_and_without_metadata(tmp_path: Path, name: str):
    picture = np.full((61, 83, 3), (180, 140, 120), np.uint8)
    path = picture_files.save_picture(tmp_path / name, picture)
    with Image.open(path) as image:
        assert image.size == (83, 61)
        assert not image.getexif()
        assert not {"icc_profile", "comment", "exif", "xmp"} & set(image.info)
        assert np.abs(np.asarray(image.convert("RGB")).astype(int) - picture).max() <= 3
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.txt"
    picture_files.save_text(path, "old")

    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        picture_files.save_text(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_blink_is_an_endless_slow_animation(tmp_path: Path):
    frames = pictures.blink_frames(pair(), CAPTIONS)
    path = picture_files.save_blink(tmp_path / "blink.webp", frames)
    with Image.open(path) as image:
        assert image.n_frames == 2
        assert image.info["loop"] == 0
        image.load()
        assert image.info["duration"] >= 334  # fewer than three flashes a second


def test_unknown_endings_and_wrong_arrays_are_refused(tmp_path: Path):
    picture = np.zeros((6, 8, 3), np.uint8)
    with pytest.raises(BadInput, match=r"expected a picture name ending in .jpg"):
        picture_files.save_picture(tmp_path / "a.bmp", picture)
    with pytest.raises(BadInput, match=r"ending in .webp"):
        picture_files.save_blink(tmp_path / "a.png", (picture, picture))
    with pytest.raises(ValueError, match="expected uint8"):
        picture_files.picture_bytes(picture.astype(np.float32))


def test_a_data_address_holds_the_picture():
    import base64

    uri = picture_files.data_uri(np.full((6, 8, 3), 90, np.uint8))
    head, _, body = uri.partition(",")
    assert head == "data:image/jpeg;base64"
    with Image.open(io.BytesIO(base64.b64decode(body))) as image:
        assert image.size == (8, 6)
