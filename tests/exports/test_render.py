"""The same recipe gives the same bits; nothing aliases, nothing is enlarged, nothing travels."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from made_up_recipes import full_recipe, logo, panel, photo, png, sha
from PIL import Image

from progress.exports.exact_pixels import (
    FULL,
    blurred,
    light_of_codes,
    placed,
    smaller,
    to_codes,
    to_light,
    within,
)
from progress.exports.recipe import Recipe
from progress.exports.recipe_parts import (
    INKS,
    Blur,
    Canvas,
    CommonColour,
    Cover,
    Crop,
    Logo,
    Placing,
    Resize,
    Text,
)
from progress.exports.render import encode, render, render_panel
from progress.imaging import gaussian_blur
from progress.model import BadInput

PAPER = (255, 255, 255)
GOLDEN = "2e0a74277c27946fc8d956c277016236c59081aaca239396cb3665d242cf44df"


def alone(data: bytes, **changed: object) -> tuple[Recipe, dict[str, bytes]]:
    """A canvas that is one panel."""
    only = panel(data, (0, 0), **changed)
    return Recipe(Canvas(only.resize.size_px), (only,)), {sha(data): data}


def test_a_picture_is_the_same_bits_twice_and_after_its_json():
    recipe, originals, assets = full_recipe()
    once = render(recipe, originals, assets)
    again = Recipe.from_dict(json.loads(json.dumps(recipe.to_dict())))
    assert once.shape == (160, 200, 3)
    assert np.array_equal(once, render(again, originals, assets))
    assert encode(recipe, once) == encode(again, once)


def test_the_bits_are_those_that_were_written_down():
    # Of everything but words, which are Pillow's: whole numbers give these bits on any machine.
    recipe, originals, _ = full_recipe()
    panels = tuple(replace(part, ruler=None, badge=None) for part in recipe.panels)
    pixels = render(replace(recipe, drawn=(), panels=panels), originals, {})
    assert sha(pixels.tobytes()) == GOLDEN


def test_light_and_codes_are_each_others_inverse():
    codes = np.arange(256, dtype=np.uint8)
    assert np.array_equal(to_codes(to_light(codes)), codes)
    assert light_of_codes()[[0, 255]].tolist() == [0, FULL]
    # The formula of IEC 61966-2-1 on a mid grey, by hand: ((0.5 + 0.055) / 1.055) ** 2.4.
    assert light_of_codes()[128] == pytest.approx(0.2158605 * FULL, abs=0.5)


def test_placing_by_whole_pixels_at_native_size_only_softens():
    data = photo(3)
    codes = np.asarray(Image.open(io.BytesIO(data)))
    light, inside = placed(codes, (1.0, 0.0, 20.0, 31.0), (81, 102))
    assert inside.all()
    cut = codes[31 : 31 + 102, 20 : 20 + 81].astype(float)
    got = to_codes(light).astype(float)
    # A shift by a pixel would leave the noise of +-25 unmatched; the kernel keeps 8/9 of a pixel.
    assert np.corrcoef(cut.ravel(), got.ravel())[0, 1] > 0.99


def test_a_point_of_the_original_lands_where_the_placing_says():
    codes = np.full((240, 300, 3), 20, np.uint8)
    codes[101:104, 150:153] = 250
    a, b, x, y = 1.9, 0.35, 12.0, 8.0
    light, _ = placed(codes, (a, b, x, y), (120, 110))
    weight = light[..., 1] - np.median(light[..., 1])
    rows, columns = np.indices(weight.shape)
    u, v = (weight * columns).sum() / weight.sum(), (weight * rows).sum() / weight.sum()
    # Steps of 1/256 px and weights of 1/16384.
    assert (a * u - b * v + x, b * u + a * v + y) == pytest.approx((151.0, 102.0), abs=0.03)


def test_fine_stripes_turn_grey_and_never_into_coarse_ones():
    stripes = np.zeros((400, 600, 3), np.uint8)
    stripes[:, ::2] = 255
    for stride in (2.3, 3.7, 5.2):
        light, _ = placed(stripes, (stride, 0.04, 30.0, 20.0), (90, 60))
        # Half of the light; the kernel's side lobes pass 5 % of black on white at a stride of 2.3.
        assert light.min() > 0.44 * FULL
        assert light.max() < 0.56 * FULL


def test_flat_stays_flat_at_every_scale():
    for stride in (1.0, 1.3, 2.0, 4.9):
        codes = np.full((222, 333, 3), (200, 117, 9), np.uint8)
        light, inside = placed(codes, (stride, 0.0, 3.2, 4.9), (40, 31))
        assert np.array_equal(to_codes(light)[inside], codes[:1, :1].repeat(inside.sum(), 1)[0])


@pytest.mark.parametrize("stride", [1.1, 1.6, 3.0])
def test_a_photo_that_was_turned_keeps_as_much_detail_as_one_that_was_not(stride):
    rng = np.random.default_rng(0)
    blotches = gaussian_blur(rng.normal(0.0, 1.0, (700, 720)), 0.7)  # a lens
    shade = np.clip(128 + 25 * blotches / blotches.std(), 0, 255).astype(np.uint8)
    codes = np.repeat(shade[..., None], 3, axis=2)
    n, detail = round(300 / stride), []
    for turn, shift in ((0.0, 0.0), (0.0, 0.5), (0.03, 0.2), (0.1, 0.7)):
        a, b = stride * np.cos(turn), stride * np.sin(turn)
        light = placed(codes, (a, b, 150.0 + shift, 150.0 + shift), (n, n))[0][..., 1]
        fine = light - gaussian_blur(light, 1.5)
        detail.append(fine[8:-8, 8:-8].std())
    # Measured: 0.5 %; the crops are not quite the same skin.
    assert np.ptp(detail) < 0.02 * np.mean(detail)


def test_averages_are_of_light_and_not_of_codes():
    chequer = np.indices((120, 160)).sum(axis=0) % 2 * 255
    codes = np.repeat(chequer[..., None], 3, axis=2).astype(np.uint8)
    grey = to_codes(smaller(to_light(codes), (16, 12)))
    assert (
        np.abs(grey[1:-1, 1:-1].astype(int) - 188).max() <= 1
    )  # half the light; half the code were 128


def test_what_lies_outside_the_photo_is_paper():
    data = photo(4)
    recipe, originals = alone(data, placing=Placing(1.5, 0.0, -30.0, 60.0))
    pixels = render(recipe, originals, {})
    assert (pixels[:, :19] == PAPER).all()  # 30 / 1.5 = 20, less the half pixel of the first
    assert not (pixels[:90, 21:] == PAPER).all(axis=-1).any()
    beyond = round((211 - 60) / 1.5)
    assert (pixels[beyond + 1 :] == PAPER).all()


def test_nothing_larger_than_the_original_can_be_asked_for():
    with pytest.raises(ValueError, match="nothing is enlarged"):
        Placing(0.7, 0.7, 0.0, 0.0)


def test_a_covered_polygon_holds_one_colour_and_its_surroundings_stay():
    data = photo(5)
    polygon = ((20.0, 30.0), (60.0, 34.0), (58.0, 50.0), (19.0, 47.0))
    bare, originals = alone(data)
    covered, _ = alone(data, hide=(Cover(polygon),))
    before, after = render(bare, originals, {}), render(covered, originals, {})
    inside = within(polygon, before.shape[:2])
    assert inside.sum() > 500
    assert (after[inside] == INKS[0]).all()
    assert np.array_equal(after[~inside], before[~inside])


def test_covering_the_outside_leaves_only_what_lies_in_one_of_the_polygons():
    data = photo(5)
    one = ((5.0, 5.0), (30.0, 5.0), (30.0, 30.0), (5.0, 30.0))
    two = ((40.0, 50.0), (70.0, 50.0), (70.0, 90.0), (40.0, 90.0))
    bare, originals = alone(data)
    cut, _ = alone(data, hide=(Cover(one, outside=True), Cover(two, outside=True)))
    before, after = render(bare, originals, {}), render(cut, originals, {})
    shown = within(one, before.shape[:2]) | within(two, before.shape[:2])
    assert (after[~shown] == PAPER).all()
    assert np.array_equal(after[shown], before[shown])


def test_a_blur_leaves_nothing_finer_than_its_radius():
    data = photo(6)
    polygon = ((10.0, 20.0), (70.0, 20.0), (70.0, 60.0), (10.0, 60.0))
    bare, originals = alone(data)
    soft, _ = alone(data, hide=(Blur(polygon, 8.0),))
    inside = within(polygon, (102, 81))
    steps = [
        np.abs(np.diff(render(r, originals, {}).astype(int), axis=1))[inside[:, 1:]].mean()
        for r in (bare, soft)
    ]
    assert steps[1] < 0.1 * steps[0]  # what is left are slopes over the whole width
    flat = np.full((30, 40, 3), 12345, np.int32)
    assert np.array_equal(blurred(flat, 7), flat)


@pytest.mark.parametrize("shape", [(61, 83), (40, 17)])
def test_a_polygon_holds_exactly_the_centres_inside_it(shape):
    corners = [(3.25, 2.5), (14.0, 6.75), (12.5, 30.0), (7.0, 18.5), (2.0, 33.0)]
    rows, columns = np.indices(shape)
    inside = np.zeros(shape, bool)
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        crosses = (y0 > rows) != (y1 > rows)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside ^= crosses & (columns < x0 + (rows - y0) * (x1 - x0) / (y1 - y0))
    differing = within(corners, shape) ^ inside
    assert inside.sum() > 200
    assert not differing.any()


def test_one_matrix_changes_both_panels_alike():
    data = photo(7)
    matrix = ((0.5, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    parts = (panel(data, (0, 0)), panel(data, (81, 0)))
    plain = Recipe(Canvas((162, 102)), parts)
    pixels = render(replace(plain, colour=CommonColour(matrix)), {sha(data): data}, {})
    before = render(plain, {sha(data): data}, {})
    assert np.array_equal(pixels[:, :81], pixels[:, 81:])
    assert np.array_equal(pixels[..., 1:], before[..., 1:])
    half = to_light(before[..., 0]) / 2 - to_light(pixels[..., 0])
    # One code is at most 1/120 of full light.
    assert np.abs(half).max() < FULL / 120


def test_words_and_logo_lie_under_the_panels_and_never_on_skin():
    data, mark = photo(8), logo()
    bare, originals = alone(data)
    drawn = (Text("all over it", (0, 40), 30), Logo(sha(mark), (5, 5), (60, 40)))
    pixels = render(replace(bare, drawn=drawn), originals, {sha(mark): mark})
    assert np.array_equal(pixels, render(bare, originals, {}))


def test_a_logo_shows_the_paper_where_it_is_transparent():
    data, mark = photo(8), logo()
    recipe, originals = alone(data)
    paper = (230, 230, 230)
    sheet = replace(
        recipe,
        canvas=Canvas((81, 160), paper),
        drawn=(Logo(sha(mark), (3, 110), (45, 30)),),
    )
    pixels = render(sheet, originals, {sha(mark): mark})[110:140, 3:48]
    assert (pixels[0, 0] == paper).all()
    assert (pixels[15, 22] == (20, 90, 160)).all()


def test_files_that_are_missing_or_other_ones_are_refused():
    recipe, originals, assets = full_recipe()
    first, second = originals
    with pytest.raises(BadInput, match="no such file"):
        render(recipe, {first: originals[first]}, assets)
    with pytest.raises(BadInput, match="a file with other bytes"):
        render(recipe, originals | {second: originals[second] + b"\0"}, assets)
    with pytest.raises(BadInput, match="expected the logo"):
        render(recipe, originals, {})


def test_a_turned_photo_is_placed_as_it_is_seen():
    upright = np.asarray(Image.open(io.BytesIO(photo(9))))
    stream, exif = io.BytesIO(), Image.Exif()
    exif[274] = 6  # the camera lay on its side
    Image.fromarray(np.rot90(upright).copy()).save(stream, "PNG", exif=exif)
    turned, straight = stream.getvalue(), png(upright)
    pictures = [render(*alone(data), {}) for data in (turned, straight)]
    assert np.array_equal(*pictures)


def test_a_ruler_is_as_long_as_it_says_and_needs_room():
    recipe, originals, _ = full_recipe()
    part = recipe.panels[0]
    codes = np.asarray(Image.open(io.BytesIO(originals[part.decode.sha256])))
    bare = render_panel(replace(part, ruler=None, hide=()), codes)
    ruled = render_panel(replace(part, hide=()), codes)
    changed = (bare != ruled).any(axis=-1)
    white = (ruled == INKS[1]).all(axis=-1) & changed
    assert white.sum(axis=1).max() == round(5.0 * 4.0)
    tiny = replace(part, resize=Resize((30, 20), 4.0), crop=Crop(7.5, 5.0))
    with pytest.raises(BadInput, match="room for a ruler of 5 mm"):
        render_panel(tiny, codes)


def markers(jpeg: bytes) -> list[int]:
    """Every marker before the picture's data."""
    at, seen = 2, []
    while jpeg[at + 1] != 0xDA:
        assert jpeg[at] == 0xFF
        seen.append(jpeg[at + 1])
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return seen


def test_the_file_holds_pixels_and_nothing_else():
    recipe, originals, assets = full_recipe()
    pixels = render(recipe, originals, assets)
    jpeg = encode(recipe, pixels)
    tables_and_frame = {0xDB, 0xC0, 0xC4}
    assert set(markers(jpeg)) - tables_and_frame == {0xE0}  # the JFIF header alone
    header = jpeg[jpeg.index(b"JFIF\0") - 2 :]
    assert int.from_bytes(header[:2], "big") == 16  # so it holds no thumbnail
    with Image.open(io.BytesIO(jpeg)) as image:
        assert not image.getexif()
        assert not {"icc_profile", "comment", "xmp", "exif", "photoshop"} & set(image.info)
        assert [layer[1:3] for layer in image.layer] == [(1, 1)] * 3  # 4:4:4
        back = np.asarray(image).astype(int)
    assert np.abs(back - pixels).mean() < 3.0  # quality 91
