"""A body area photographed again: the true field is true, and only the marks heal."""

import math
from dataclasses import replace

import cv2
import numpy as np
import pytest

from progress.imaging.colour_space import lab_from_linear, linear_from_codes
from progress.phantom.body import BodySpec, render_body, true_field
from progress.phantom.body_pose import BodyShot
from progress.phantom.camera import Camera
from progress.phantom.skin import SKIN_TONES

SPEC = BodySpec(px_per_mm=6.0, size_mm=(100.0, 74.0))
CLEAN = BodyShot(camera=Camera.ideal())
POSED = BodyShot(
    yaw_deg=4.0,
    pitch_deg=-5.0,
    roll_deg=5.0,
    zoom=1.05,
    shift_mm=(2.0, -1.5),
    stretch_mm=1.2,
    stretch_seed=9,
    sticker_turn_deg=6.0,
    sticker_mm=(-30.0, 16.0),
    camera=Camera.ideal(),
)


@pytest.fixture(scope="module")
def straight():
    return render_body(SPEC, CLEAN, np.random.default_rng(0))


@pytest.fixture(scope="module")
def posed():
    return render_body(SPEC, POSED, np.random.default_rng(0))


def test_skin_and_photo_map_onto_each_other_both_ways():
    rng = np.random.default_rng(2)
    skin = rng.uniform([-50.0, -37.0], [50.0, 37.0], size=(300, 2))
    seen = POSED.photo_from_skin(skin, SPEC.size_px, 6.0)
    back = POSED.skin_from_photo(seen, SPEC.size_px, 6.0)
    # Twelve steps of a contraction by less than 0.2.
    assert np.abs(back - skin).max() < 1e-6


def test_an_unposed_shot_is_the_skin_itself_at_its_scale():
    seen = CLEAN.photo_from_skin([[0.0, 0.0], [10.0, -5.0]], (601, 445), 6.0)
    assert seen[0] == pytest.approx([300.0, 222.0])
    assert seen[1] == pytest.approx([360.0, 192.0])


def test_soft_tissue_moves_no_farther_than_stated_and_never_folds():
    x, y = np.meshgrid(np.arange(-50.0, 50.0), np.arange(-37.0, 37.0))
    grid = np.stack([x, y], axis=-1)
    for seed in range(10):
        moved = replace(POSED, stretch_mm=2.0, stretch_seed=seed).stretched(grid)
        assert np.linalg.norm(moved - grid, axis=-1).max() <= 2.0
        across, along = np.gradient(moved, axis=1), np.gradient(moved, axis=0)
        area = across[..., 0] * along[..., 1] - across[..., 1] * along[..., 0]
        assert area.min() > 0.6
        assert area.max() < 1.4


def test_the_true_field_brings_the_second_photo_onto_the_first(straight, posed):
    field, valid = true_field(SPEC, CLEAN, POSED)
    assert field.shape == (444, 600, 2)
    assert field.dtype == np.float32
    assert 0.6 < valid.mean() < 0.95
    brought = cv2.remap(posed.codes, field, None, cv2.INTER_LINEAR)
    away = np.abs(brought[valid].astype(int) - straight.codes[valid])
    unmoved = np.abs(posed.codes[valid].astype(int) - straight.codes[valid])
    # Resampled twice: hair and pores lose some contrast.
    assert np.mean(away) < 1.5
    assert np.mean(unmoved) > 3 * np.mean(away)


def test_the_field_of_a_shot_onto_itself_is_the_identity_and_skips_by_step():
    field, valid = true_field(SPEC, POSED, POSED, step=4)
    assert field.shape == (111, 150, 2)
    x, y = np.meshgrid(np.arange(0, 600, 4), np.arange(0, 444, 4))
    assert np.abs(field - np.stack([x, y], axis=-1))[valid].max() < 1e-3
    # The sticker hides its place.
    hidden = np.rint(POSED.photo_from_skin([-30.0, 16.0], SPEC.size_px, 6.0) / 4).astype(int)
    assert not valid[hidden[1], hidden[0]]


def test_there_and_back_again_is_where_it_was():
    there, valid = true_field(SPEC, CLEAN, POSED)
    rows, columns = np.nonzero(valid)
    rows, columns = rows[::997], columns[::997]
    skin = POSED.skin_from_photo(there[rows, columns], SPEC.size_px, 6.0)
    back = CLEAN.photo_from_skin(skin, SPEC.size_px, 6.0)
    assert np.abs(back - np.stack([columns, rows], axis=1)).max() < 1e-3


@pytest.mark.parametrize("which", ["straight", "posed"])
def test_the_sticker_is_read_where_and_as_large_as_it_is(which, request):
    body = request.getfixturevalue(which)
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    detector = cv2.aruco.ArucoDetector(
        cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), settings
    )
    corners, ids, _ = detector.detectMarkers(cv2.cvtColor(body.codes.copy(), cv2.COLOR_RGB2GRAY))
    assert ids.ravel().tolist() == [0]
    turn = math.radians(body.shot.sticker_turn_deg)
    rotate = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    square = np.array([(-10.0, -10.0), (10.0, -10.0), (10.0, 10.0), (-10.0, 10.0)])
    true = body.photo_xy(square @ rotate.T + np.array(body.shot.sticker_mm))
    # OpenCV puts the corners of a dark square about half a pixel inside it.
    assert np.abs(corners[0][0] - true).max() < 1.0


def test_marks_lose_contrast_and_width_with_the_weeks_and_nothing_else_changes():
    early, late = (
        render_body(replace(SPEC, weeks=weeks), CLEAN, np.random.default_rng(0))
        for weeks in (0.0, 24.0)
    )
    assert early.truth.moles == late.truth.moles
    for before, after in zip(early.truth.marks, late.truth.marks, strict=True):
        assert np.array_equal(before.curve.points_mm, after.curve.points_mm)
        assert after.width_mm < 0.85 * before.width_mm
        assert after.blood_factor - 1 < 0.7 * (before.blood_factor - 1)
    changed = np.abs(early.codes.astype(int) - late.codes).max(axis=-1) > 0
    inside = np.zeros(changed.shape, dtype=np.uint8)
    for mark in early.truth.marks:
        outline = early.outline(mark, beyond_mm=1.5 * mark.width_mm)
        cv2.fillPoly(inside, [np.rint(outline).astype(np.int32)], 1)
    assert changed[inside > 0].mean() > 0.5
    # Tails of the bands, and red light that has spread from them under the skin.
    assert changed[inside == 0].mean() < 0.06


@pytest.mark.parametrize(("kind", "redder"), [("rubra", True), ("alba", False)])
def test_young_marks_are_redder_and_old_ones_paler_than_their_flanks(kind, redder):
    spec = replace(SPEC, kind=kind, tone=SKIN_TONES[3], hairs_per_cm2=0.0)
    body = render_body(spec, CLEAN, np.random.default_rng(0))
    lab = lab_from_linear(linear_from_codes(body.codes))
    differences = []
    for mark in body.truth.marks:
        middle = mark.curve.points_mm[len(mark.curve.points_mm) // 2]
        across = np.array([mark.width_mm + 1.5, 0.0])
        values = []
        for place in (middle, middle - across, middle + across):
            x, y = np.rint(body.photo_xy(place)).astype(int)
            values.append(np.median(lab[y - 5 : y + 6, x - 5 : x + 6], axis=(0, 1)))
        differences.append(values[0] - 0.5 * (values[1] + values[2]))
    light, red, _ = np.median(differences, axis=0)
    assert (red > 1.5) == redder
    assert (light > 1.5) != redder


def test_drawn_shots_are_plausible_and_without_spread_are_the_plain_one():
    rng = np.random.default_rng(5)
    for _ in range(50):
        shot = BodyShot.draw(rng)
        assert abs(shot.yaw_deg) <= 5
        assert abs(shot.zoom - 1) <= 0.06
        assert shot.stretch_mm <= 1.2
    plain = BodyShot.draw(rng, spread=0.0)
    assert (plain.yaw_deg, plain.zoom, plain.stretch_mm) == (0.0, 1.0, 0.0)


def test_impossible_specs_and_shots_are_refused():
    with pytest.raises(ValueError, match="weeks: expected a number >= 0"):
        BodySpec(weeks=-1.0)
    with pytest.raises(ValueError, match="kind: expected 'rubra' or 'alba'"):
        BodySpec(kind="nigra")
    with pytest.raises(ValueError, match=r"yaw_deg: expected -40\.\.40"):
        BodyShot(yaw_deg=70.0)
    with pytest.raises(ValueError, match="zoom: expected a positive"):
        BodyShot(zoom=0.0)
    with pytest.raises(ValueError, match="stretch_mm: expected 0 to below 3"):
        BodyShot(stretch_mm=4.0)
    with pytest.raises(ValueError, match="step: expected at least 1"):
        true_field(SPEC, CLEAN, POSED, step=0)
