"""Comparisons show the same skin at the same scale, and hide what they should."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from made_up_recipes import logo, sha
from mannequin_pairs import originals, pair, taken, true_places

from progress.exports.compose import Wish, compose
from progress.exports.deidentify import Hiding, finds_face
from progress.exports.exact_pixels import within
from progress.exports.layouts import Layout, Wording
from progress.exports.recipe import Recipe
from progress.exports.recipe_parts import INKS, Blur, Cover, Logo, Text
from progress.exports.render import render
from progress.exports.windows import BoxMm
from progress.imaging import DecodedPhoto
from progress.model import (
    BadInput,
    Flatters,
    Need,
    NotAligned,
    NotAllowed,
    PairCheck,
    Refused,
    Region,
)
from progress.regions.face import EYES, LIPS

CHEEK = ("right_cheek",)
PAPER = (255, 255, 255)


def words(n: int = 2, **more: object) -> Wording:
    return Wording(tuple(f"Day {at + 1}" for at in range(n)), **more)  # type: ignore[arg-type]


def shown(**changed: object) -> Wish:
    """A face that may be shown, side by side."""
    parts: dict[str, object] = {
        "layout": Layout.SIDE_BY_SIDE, "wording": words(), "face_may_show": True,
    }  # fmt: skip
    return Wish(**(parts | changed))  # type: ignore[arg-type]


def in_panel(panel, photo_xy: np.ndarray) -> np.ndarray:
    """Photo pixels as panel pixels, by the four numbers of the recipe."""
    place = panel.placing
    z = np.asarray(photo_xy, float) @ (1, 1j) - complex(place.x, place.y)
    z = z / complex(place.a, place.b)
    return np.stack([z.real, z.imag], axis=-1)


def panels_of(recipe: Recipe, pixels: np.ndarray) -> list[np.ndarray]:
    cut = []
    for panel in recipe.panels:
        (x, y), (wide, high) = panel.at_xy, panel.resize.size_px
        cut.append(pixels[y : y + high, x : x + wide])
    return cut


def unmarked(recipe: Recipe) -> Recipe:
    """The same picture without rulers and badges."""
    bare = tuple(replace(panel, ruler=None, badge=None) for panel in recipe.panels)
    return replace(recipe, panels=bare)


def apart_mm(composed, name: str) -> np.ndarray:
    """How far the same skin lies apart in both panels, inside the window, by the true field."""
    first, second = composed.recipe.panels
    on_first, on_second = true_places(name)
    one, two = in_panel(first, on_first), in_panel(second, on_second)
    size = first.resize.size_px
    within_window = ((one > 0) & (one < size)).all(axis=1)
    return np.hypot(*(one - two)[within_window].T) / first.resize.px_per_mm


def test_both_panels_show_the_same_skin_where_only_the_camera_moved():
    composed = compose([pair("moved")], shown())
    apart = apart_mm(composed, "moved")
    assert len(apart) > 1500
    assert np.percentile(apart, 95) < 0.5
    landmarks = [
        in_panel(panel, taken(name).rendered.landmarks_xy)
        for panel, name in zip(composed.recipe.panels, ("baseline", "moved"), strict=True)
    ]
    off = np.hypot(*(landmarks[0] - landmarks[1]).T) / composed.px_per_mm
    assert np.percentile(off, 95) < 0.5


def test_what_a_turned_head_leaves_apart_is_said_truly():
    composed = compose([pair("turned")], shown())
    apart = apart_mm(composed, "turned")
    median, p95 = composed.residual_mm[0]
    assert p95 > 1.0  # a head that turned by 5 degrees cannot be laid over itself without bending
    # The figures are of skin that the registration holds for, the truth of all that both show.
    assert median == pytest.approx(np.median(apart), rel=0.25)
    assert p95 == pytest.approx(np.percentile(apart, 95), rel=0.35)
    assert any("nothing is bent" in line for line in composed.limited)


def test_panels_are_of_one_scale_which_is_the_skins():
    composed = compose([pair("moved")], shown(regions=CHEEK))
    for panel, name in zip(composed.recipe.panels, ("baseline", "moved"), strict=True):
        shot = taken(name).rendered.shot
        mm = shot.px_per_mm / panel.placing.stride / composed.px_per_mm
        # The scale is the iris's, 4 % in one standard error, of a plane behind the cheek's.
        assert mm == pytest.approx(1.0, abs=0.12)
    sizes = [panel.placing.stride for panel in composed.recipe.panels]
    assert sizes[1] / sizes[0] == pytest.approx(4.4 / 4.0, rel=0.01)


def test_a_composed_picture_is_the_same_bits_from_its_json():
    composed = compose([pair("moved")], shown(regions=CHEEK, wording=words(logo=logo())))
    again = Recipe.from_dict(json.loads(json.dumps(composed.recipe.to_dict())))
    once = render(composed.recipe, originals(), composed.assets)
    assert np.array_equal(once, render(again, originals(), composed.assets))
    second = compose([pair("moved")], shown(regions=CHEEK, wording=words(logo=logo())))
    assert second.recipe == composed.recipe


def test_more_pixels_than_the_photos_have_are_refused_with_what_is_possible():
    with pytest.raises(BadInput, match=r"expected at most \d+ px in height \(\d\.\d px/mm") as told:
        compose([pair("moved")], shown(regions=CHEEK, height_px=2000))
    most = int(str(told.value).split("at most ")[1].split()[0])
    composed = compose([pair("moved")], shown(regions=CHEEK, height_px=most))
    assert composed.recipe.panels[0].resize.size_px[1] == most
    assert composed.px_per_mm <= composed.possible_px_per_mm


def test_a_bar_covers_the_eyes_of_each_panels_own_photo():
    composed = compose([pair("turned")], shown(hiding=Hiding.EYES_COVERED))
    pixels = panels_of(composed.recipe, render(composed.recipe, originals(), composed.assets))
    for panel, picture, name in zip(
        composed.recipe.panels, pixels, ("baseline", "turned"), strict=True
    ):
        eyes = taken(name).rendered.landmarks_xy[[i for eye in EYES for i in eye]]
        column, row = np.rint(in_panel(panel, eyes)).astype(int).T
        assert (picture[row, column] == INKS[0]).all()
        bar = next(part for part in panel.hide if isinstance(part, Cover))
        inside = within(bar.polygon_xy, picture.shape[:2])
        assert inside.mean() > 0.1
        assert len(np.unique(picture[inside], axis=0)) == 1
    assert any("does not hide who it is" in line for line in composed.limited)


def test_a_blur_keeps_no_eye():
    composed = compose([pair("moved")], shown(hiding=Hiding.EYES_BLURRED))
    bare = compose([pair("moved")], shown())
    blurred, plain = (
        panels_of(c.recipe, render(c.recipe, originals(), c.assets))[0].astype(int)
        for c in (composed, bare)
    )
    panel = composed.recipe.panels[0]
    assert isinstance(panel.hide[0], Blur)
    inside = within(panel.hide[0].polygon_xy, blurred.shape[:2])
    assert np.ptp(plain[inside].sum(axis=1)) > 500
    steps = np.abs(np.diff(blurred, axis=1)).max(axis=-1)
    inner = inside[:, 1:] & inside[:, :-1]
    assert steps[inner].max() <= 6  # codes a pixel: no edge of a lid, an iris or a lash


def test_a_bar_alone_is_no_de_identification_and_is_refused():
    with pytest.raises(NotAllowed, match="expected no face that a face finder sees"):
        compose([pair("moved")], shown(hiding=Hiding.EYES_COVERED, face_may_show=False))
    with pytest.raises(NotAllowed, match="expected consent that covers the face"):
        compose([pair("moved")], shown(face_may_show=False))


@pytest.mark.parametrize("region", ["right_cheek", "forehead", "right_periorbital", "chin"])
def test_a_region_alone_shows_neither_eyes_nor_mouth_nor_a_face(region):
    wish = shown(regions=(region,), hiding=Hiding.REGION, face_may_show=False)
    composed = compose([pair("turned")], wish)
    pixels = panels_of(composed.recipe, render(unmarked(composed.recipe), originals(), {}))
    for panel, picture, name in zip(
        composed.recipe.panels, pixels, ("baseline", "turned"), strict=True
    ):
        assert not finds_face(picture)
        hidden = (picture == PAPER).all(axis=-1) | (picture == INKS[0]).all(axis=-1)
        assert 0.05 < (~hidden).mean() < 0.9
        points = taken(name).rendered.landmarks_xy[[*EYES[0], *EYES[1], *LIPS]]
        column, row = np.rint(in_panel(panel, points)).astype(int).T
        wide, high = panel.resize.size_px
        seen = (column >= 0) & (column < wide) & (row >= 0) & (row < high)
        assert hidden[row[seen], column[seen]].all()


def test_ruler_and_badge_cover_no_skin_of_a_region_alone():
    wish = shown(regions=CHEEK, hiding=Hiding.REGION, face_may_show=False)
    recipe = compose([pair("moved")], wish).recipe
    marked, plain = (render(r, originals(), {}) for r in (recipe, unmarked(recipe)))
    changed = (marked != plain).any(axis=-1)
    assert changed.sum() > 500
    assert (plain[changed] == PAPER).all()


def test_an_outline_of_the_users_is_covered_in_every_panel():
    on_first, on_second = true_places("turned")
    outline = np.array([(200.0, 540.0), (245.0, 540.0), (245.0, 590.0), (215.0, 600.0)])
    inside = within(outline.tolist(), (890, 620))[
        on_first[:, 1].astype(int), on_first[:, 0].astype(int)
    ]
    assert inside.sum() > 20
    composed = compose([pair("turned")], shown(covered=(outline,)))
    pixels = panels_of(composed.recipe, render(composed.recipe, originals(), composed.assets))
    for panel, picture, points in zip(
        composed.recipe.panels, pixels, (on_first, on_second), strict=True
    ):
        column, row = np.rint(in_panel(panel, points[inside])).astype(int).T
        assert (picture[row, column] == INKS[0]).all()
        away = np.hypot(*(points - points[inside].mean(axis=0)).T) > 80
        column, row = np.rint(in_panel(panel, points[away])).astype(int).T
        wide, high = panel.resize.size_px
        seen = (column >= 0) & (column < wide) & (row >= 0) & (row < high)
        dark = (picture[row[seen], column[seen]] == INKS[0]).all(axis=-1)
        assert dark.mean() < 0.05  # ruler and badge


def test_many_sessions_stand_in_a_square_and_frames_on_one_canvas():
    pairs = [pair("moved"), pair("turned")]
    grid = compose(pairs, shown(layout=Layout.OVER_TIME, wording=words(3), regions=CHEEK))
    corners = [panel.at_xy for panel in grid.recipe.panels]
    assert len({x for x, _ in corners}) == len({y for _, y in corners}) == 2
    frames = compose(pairs, shown(layout=Layout.TIME_LAPSE, wording=words(3), regions=CHEEK))
    assert len(frames.recipes) == 3
    assert len({recipe.canvas for recipe in frames.recipes}) == 1
    assert len({recipe.panels[0].at_xy for recipe in frames.recipes}) == 1
    labels = [[p.words for p in r.drawn if isinstance(p, Text)] for r in frames.recipes]
    assert labels == [["Day 1"], ["Day 2"], ["Day 3"]]
    long = Wording(("Day 1\nbefore treatment", "Day 2"), clinic="Skin", logo=logo())
    slider = compose(pairs[:1], shown(layout=Layout.SLIDER, wording=long, regions=CHEEK))
    assert len({recipe.canvas for recipe in slider.recipes}) == 1
    assert slider.recipe.assets == (sha(logo()),)
    assert any(isinstance(part, Logo) for part in slider.recipe.drawn)


def test_a_window_in_millimetres_and_a_users_own_region_can_be_cropped_to():
    box = BoxMm((230.0, 560.0), 30.0, 20.0)
    crop = compose([pair("moved")], shown(box=box)).recipe.panels[0].crop
    assert (crop.width_mm, crop.height_mm) == (30.0, 20.0)
    mark = Region("mark", np.array([(200.0, 500.0), (240.0, 500.0), (220.0, 540.0)]))
    own = compose([pair("moved")], shown(regions=("mark",), user_regions=(mark,)))
    first = own.recipe.panels[0]
    centre = in_panel(first, np.array([(220.0, 520.0)]))[0]
    assert centre == pytest.approx((np.array(first.resize.size_px) - 1) / 2, abs=1.0)


def test_what_limits_the_pair_is_said():
    check = PairCheck(
        "exposure", 0.5, "ln gain", 0.1, passed=False, flatters=Flatters.FOLLOWUP,
        advice="use the same exposure", touches=frozenset({Need.COLOUR}),
    )  # fmt: skip
    said = compose([pair("moved", checks=(check,))], shown(regions=CHEEK)).limited
    assert any(line.startswith("panel 2: exposure") and "differs" in line for line in said)
    assert any(line.startswith("the ruler is right to about") for line in said)


def test_what_cannot_be_composed_is_refused_with_advice():
    one = pair("moved")
    with pytest.raises(Refused, match="same skin in both photos, got: another person"):
        compose([pair("moved", registration=NotAligned("another person"))], shown())
    with pytest.raises(BadInput, match="got 'elbow'; choose one of forehead"):
        compose([one], shown(regions=("elbow",)))
    with pytest.raises(Refused, match="got 0 matched places"):
        compose([one], shown(box=BoxMm((20.0, 20.0), 8.0, 8.0)))
    with pytest.raises(BadInput, match="expected at least 5 x 5 mm"):
        compose([one], shown(box=BoxMm((300.0, 400.0), 2.0, 50.0)))
    with pytest.raises(ValueError, match="labels: expected 2, got 3"):
        compose([one], shown(wording=words(3)))
    with pytest.raises(ValueError, match="side_by_side: expected one pair, got 2"):
        compose([one, pair("turned")], shown(wording=words(3)))
    with pytest.raises(ValueError, match="expected at least one, got none"):
        compose([], shown())
    with pytest.raises(ValueError, match="names of regions to show"):
        compose([one], shown(hiding=Hiding.REGION))
    with pytest.raises(BadInput, match="expected a scale in the first photo"):
        compose([replace(one, px_per_mm=None)], shown())
    with pytest.raises(BadInput, match="expected signs that the font has, got '漢'"):
        compose([one], shown(wording=Wording(("漢", "two"))))


def on_the_body(name: str, codes: np.ndarray):
    """A pair that is taken for a body area: no landmarks, the same skin where it was."""
    found = pair("moved")
    photo = DecodedPhoto.from_codes(codes, file=f"{name}.png")
    rows, columns = np.indices((codes.shape[0] // 8 + 1, codes.shape[1] // 8 + 1))
    registration = replace(
        found.registration,
        baseline_size_px=photo.size_px,
        followup_size_px=photo.size_px,
        step=8,
        followup_from_baseline_xy=np.stack([columns, rows], axis=-1) * np.float32(8),
        valid=np.ones(rows.shape, bool),
        error_mm=np.zeros(rows.shape, np.float32),
    )
    shots = tuple(replace(s, area="body", landmarks=None, photo=photo) for s in found.shots)
    return replace(
        found,
        baseline_photo=photo,
        followup_photo=photo,
        registration=registration,
        shots=shots,
    )


def test_a_body_photo_with_a_face_in_it_needs_consent_for_the_face():
    rng = np.random.default_rng(3)
    arm = np.clip(rng.normal((200, 150, 130), 6, (700, 560, 3)), 0, 255).astype(np.uint8)
    wish = shown(face_may_show=False, regions=("area",))
    assert compose([on_the_body("arm", arm)], wish).recipe.panels[0].hide == ()
    codes = taken("baseline").rendered.codes
    arm[40 : 40 + 148, 30 : 30 + 103] = codes[::6, ::6][:148, :103]
    with pytest.raises(NotAllowed, match="got one in panel 1, 2"):
        compose([on_the_body("arm", arm)], wish)
    face = np.array([(20.0, 30.0), (150.0, 30.0), (150.0, 200.0), (20.0, 200.0)])
    compose([on_the_body("arm", arm)], replace(wish, covered=(face,)))
    with pytest.raises(Refused, match="expected a whole face in every photo"):
        compose([on_the_body("arm", arm)], replace(wish, hiding=Hiding.EYES_COVERED))
