"""The named regions lie where the contract says, on the client's own sides."""

import cv2
import numpy as np
import pytest

from progress.model import ErrorSummary, NotMeasured, Region, Registration
from progress.regions import (
    body_regions,
    carry,
    densified,
    face_regions,
    rasterise,
    rasterise_tight,
)
from progress.regions.face import EYES, LIPS

NAMES = {
    "forehead", "glabella", "nose", "left_cheek", "right_cheek", "left_periorbital",
    "right_periorbital", "upper_lip", "chin", "left_jaw", "right_jaw", "whole_face",
}  # fmt: skip


def regions_by_name(landmarks):
    return {region.name: region for region in face_regions(landmarks)}


def test_the_twelve_regions_of_the_contract_are_there(place_head):
    assert {region.name for region in face_regions(place_head())} == NAMES


def test_left_is_the_clients_left_which_is_the_pictures_right(place_head):
    for name, region in regions_by_name(place_head()).items():
        x = region.polygon_xy[:, 0].mean()
        if name.startswith("left_"):
            assert x > 300 + 20, name
        elif name.startswith("right_"):
            assert x < 300 - 20, name
        else:
            assert x == pytest.approx(300, abs=1), name


def test_the_two_sides_mirror_each_other(place_head):
    found = regions_by_name(place_head())
    for side in ("cheek", "periorbital", "jaw"):
        right, left = found[f"right_{side}"].polygon_xy, found[f"left_{side}"].polygon_xy
        # the canonical mesh is symmetric to a few hundredths of a millimetre, and 3 px/mm
        np.testing.assert_allclose(600 - right[:, 0], left[:, 0], atol=0.5)
        np.testing.assert_allclose(right[:, 1], left[:, 1], atol=0.5)


def test_the_parts_do_not_overlap_and_lie_in_the_whole_face(place_head):
    box = (0, 0, 600, 660)
    found = regions_by_name(place_head())
    whole = rasterise(found.pop("whole_face").polygon_xy, box, 1.0)
    seen = np.zeros(whole.shape, dtype=int)
    for name, region in found.items():
        mask = rasterise(region.polygon_xy, box, 1.0)
        assert mask.sum() > 9 * 150, name  # 1.5 cm2 at 3 px/mm
        inside = (mask & whole).sum() / mask.sum()
        assert inside > (0.6 if "jaw" in name else 0.85), name
        seen += mask
    # shared borders are drawn into both neighbours: lines of a pixel, under 5 % of the area
    assert (seen > 1).sum() < 0.05 * (seen > 0).sum()


def test_cheeks_and_lips_are_kept_apart(place_head):
    landmarks = place_head()
    box = (0, 0, 600, 660)
    lips = rasterise(landmarks.points_xy[list(LIPS)], box, 1.0)
    eyes = rasterise(landmarks.points_xy[list(EYES[0])], box, 1.0)
    for name, region in regions_by_name(landmarks).items():
        mask = rasterise(region.polygon_xy, box, 1.0)
        if name != "whole_face":
            assert (mask & lips).sum() < 0.02 * mask.sum() + 0.1 * lips.sum(), name
        if name not in ("whole_face", "right_periorbital"):
            assert not (mask & eyes).any(), name


def test_the_body_has_one_region_inside_the_picture():
    (area,) = body_regions((83, 61))
    assert area.name == "area"
    assert area.polygon_xy.min() > 0
    assert (area.polygon_xy < (83, 61)).all()


def test_rasterise_takes_pixels_by_their_centres_at_any_scale():
    square = np.array([(9.5, 4.5), (29.5, 4.5), (29.5, 24.5), (9.5, 24.5)])
    full = rasterise(square, (0, 0, 61, 83), 1.0)
    half = rasterise(square, (0, 0, 60, 82), 0.5)
    assert full.shape == (83, 61)
    assert half.shape == (41, 30)
    # cv2 paints the outline too, so up to one pixel more on each side
    assert 20 * 20 <= full.sum() <= 22 * 22
    assert 10 * 10 <= half.sum() <= 12 * 12


def test_a_box_moves_the_mask():
    triangle = np.array([(20.0, 20.0), (40.0, 20.0), (30.0, 40.0)])
    whole = rasterise(triangle, (0, 0, 61, 83), 1.0)
    np.testing.assert_array_equal(rasterise(triangle, (10, 5, 61, 83), 1.0), whole[5:, 10:])


@pytest.mark.parametrize("shift", [(0, 0), (-35, -30), (40, 55), (200, 0)])
def test_a_tight_mask_is_the_part_of_the_whole_mask_around_the_polygon(shift):
    triangle = np.array([(20.0, 20.0), (40.0, 20.0), (30.3, 40.7)]) + shift
    box = (0, 0, 61, 83)
    mask, (top, left) = rasterise_tight(triangle, box, 0.7)
    expected = np.zeros((58, 43), np.uint8)
    corners = (triangle + 0.5) * (43 / 61, 58 / 83) - 0.5
    cv2.fillPoly(expected, [np.round(corners * 16).astype(np.int32)], 1, shift=4)
    placed = np.zeros(expected.shape, bool)
    placed[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    np.testing.assert_array_equal(placed, expected.astype(bool))


def test_a_densified_outline_is_the_same_shape():
    triangle = np.array([(0.0, 0.0), (30.0, 0.0), (0.0, 40.0)])
    dense = densified(triangle, 1.0)
    gaps = np.hypot(*(np.roll(dense, -1, axis=0) - dense).T)
    assert gaps.max() <= 1.0 + 1e-9
    assert cv2.contourArea(dense.astype(np.float32)) == pytest.approx(600, rel=1e-6)


def field(shape=(61, 83), step=4, valid=None, shift=(7.5, -3.25)):
    rows, columns = shape
    x, y = np.meshgrid(np.arange(columns) * step, np.arange(rows) * step)
    return Registration(
        baseline_size_px=(columns * step, rows * step),
        followup_size_px=(columns * step, rows * step),
        step=step,
        followup_from_baseline_xy=np.stack([x + shift[0], y + shift[1]], axis=-1),
        valid=np.ones(shape, dtype=bool) if valid is None else valid,
        error_mm=np.zeros(shape),
        estimated_error_mm=ErrorSummary(0.0, 0.0),
        overlap=1.0,
        method="test",
        version=1,
    )


SQUARE = Region("patch", np.array([(60.0, 60.0), (180.0, 60.0), (180.0, 170.0), (60.0, 170.0)]))


def test_a_region_is_carried_by_the_field():
    carried = carry(SQUARE, field())
    assert carried.min(axis=0) == pytest.approx((67.5, 56.75), abs=1e-3)
    assert carried.max(axis=0) == pytest.approx((187.5, 166.75), abs=1e-3)


def test_a_region_that_is_mostly_not_valid_is_not_carried():
    valid = np.ones((61, 83), dtype=bool)
    valid[:, 22:] = False  # 28 of the 120 px are left
    outcome = carry(SQUARE, field(valid=valid))
    assert isinstance(outcome, NotMeasured)
    assert "patch" in outcome.reason


def test_a_region_outside_the_picture_is_not_carried():
    away = Region("away", np.array([(900.0, 900.0), (950.0, 900.0), (950.0, 960.0)]))
    assert isinstance(carry(away, field()), NotMeasured)


def test_a_region_half_outside_the_baseline_is_not_carried():
    half = Region(
        "half", np.array([(-120.0, 60.0), (120.0, 60.0), (120.0, 170.0), (-120.0, 170.0)])
    )
    assert isinstance(carry(half, field()), NotMeasured)


def test_an_outline_beside_garbage_follows_the_regions_own_motion():
    valid = np.ones((61, 83), dtype=bool)
    valid[:, 42:] = False  # the last 12 of 120 px
    good = field(valid=valid)
    torn = np.array(good.followup_from_baseline_xy)
    torn[:, 42:] = np.nan
    carried = carry(SQUARE, field_of(torn, valid))
    assert carried.max(axis=0) == pytest.approx((187.5, 166.75), abs=1e-2)


def field_of(points, valid):
    plain = field(valid=valid)
    return Registration(
        plain.baseline_size_px, plain.followup_size_px, plain.step, points, valid,
        plain.error_mm, plain.estimated_error_mm, 1.0, "test", 1,
    )  # fmt: skip
