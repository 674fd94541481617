"""The rendered head: the landmarker finds it, and its truth is true."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from progress.imaging import DecodedPhoto
from progress.landmarks import find_face
from progress.phantom.camera import Camera
from progress.phantom.head import Head, Shot, form_of, render, true_field
from progress.phantom.head_mesh import IRIS_DIAMETER_MM
from progress.phantom.head_scene import Part, View, rotation
from progress.phantom.head_shape import Expression
from progress.phantom.head_skin import SkinCondition, SkinTraits
from progress.phantom.relief import Light
from progress.phantom.skin import SKIN_TONES
from progress.phantom.truth import feature_xy

CLEAN = Camera(exposure_ev=0.4, read_noise=0.0, shot_noise=0.0, jpeg_quality=None)
SHOT = Shot(px_per_mm=4.0, size_px=(620, 890), camera=CLEAN)
HEAD = Head(seed=11, traits=SkinTraits(stubble=0.6))


@pytest.fixture(scope="module")
def frontal():
    return render(HEAD, SHOT)


@pytest.fixture(scope="module")
def turned():
    return render(HEAD, dataclasses.replace(SHOT, yaw_deg=6.0, pitch_deg=-3.0, roll_deg=2.0))


def _iris_px_per_mm(picture):
    """The true scale at the plane of the irises."""
    depth = picture.scene.eye_centres_mm[:, 2].mean() + 12.3
    shot = picture.shot
    return shot.px_per_mm * shot.distance_mm / (shot.distance_mm + 40.0 - depth)


@pytest.mark.parametrize(("tone", "yaw_deg"), [(1, -10.0), (3, 0.0), (5, 10.0)])
def test_the_landmarker_finds_it_in_every_tone_and_reads_pose_and_scale(tone, yaw_deg):
    head = Head(seed=20 + tone, tone=SKIN_TONES[tone])
    picture = render(head, dataclasses.replace(SHOT, yaw_deg=yaw_deg))
    found = find_face(DecodedPhoto.from_codes(picture.codes, file="mannequin.png"))
    assert found.scale.px_per_mm == pytest.approx(_iris_px_per_mm(picture), rel=0.03)
    assert found.pose.yaw_deg == pytest.approx(yaw_deg, abs=3.0)
    # The landmarker's idea of a contour differs from the mesh's by millimetres on real faces too.
    off = np.linalg.norm(np.asarray(found.points_xy)[:468] - picture.landmarks_xy, axis=1)
    assert np.median(off) / SHOT.px_per_mm < 4.0


def test_a_smile_is_seen_as_a_smile(frontal):
    smiling = render(HEAD, dataclasses.replace(SHOT, expression=Expression(smile=1.0)))
    seen = [
        find_face(DecodedPhoto.from_codes(picture.codes, file="m.png")).expression
        for picture in (frontal, smiling)
    ]
    for side in ("mouthSmileLeft", "mouthSmileRight"):
        assert seen[0][side] < 0.2
        assert seen[1][side] > 0.5


def test_the_iris_is_exactly_as_wide_as_an_iris(frontal):
    scene, fragments = frontal.scene, frontal.fragments
    eye = np.flatnonzero(scene.part[fragments.triangle] == Part.RIGHT_EYE)
    row, column = np.divmod(fragments.pixel[eye], SHOT.size_px[0])
    centre = SHOT.view.project(scene.eye_centres_mm[0] + 12.3 * scene.eye_axes[0])[0]
    # Along a line through its middle, clear of the shadow of the lids at the corners.
    across = (np.abs(row - centre[1]) < 1.0) & (np.abs(column - centre[0]) < 8.5 * SHOT.px_per_mm)
    red = frontal.linear[row[across], column[across], 0]
    x = column[across][red < 0.5 * np.percentile(red, 95)]
    wide = (x.max() - x.min() + 1) / _iris_px_per_mm(frontal)
    assert wide == pytest.approx(IRIS_DIAMETER_MM, abs=0.4)  # a pixel is 0.25 mm


def test_the_same_request_is_the_same_picture(frontal):
    assert np.array_equal(render(HEAD, SHOT).codes, frontal.codes)


def test_a_picture_lies_on_itself(frontal):
    field, visible = true_field(frontal, frontal, step=8)
    rows, columns = visible.nonzero()
    assert len(rows) > 3000
    grid = np.stack([columns, rows], axis=1) * 8.0
    assert np.abs(field[rows, columns] - grid).max() < 0.02
    assert np.isnan(field[~visible & np.isnan(field[..., 0])]).all()


def test_the_true_field_carries_skin_to_the_same_skin(frontal, turned):
    field, visible = true_field(frontal, turned, step=4)
    # Landmarks of the mesh, projected independently, must agree.
    for landmark in (50, 280, 9, 5, 199):
        x, y = np.rint(frontal.landmarks_xy[landmark] / 4).astype(int)
        assert visible[y, x]
        offset = frontal.landmarks_xy[landmark] - np.array([x, y]) * 4.0
        expected = turned.landmarks_xy[landmark] - offset
        assert np.linalg.norm(field[y, x] - expected) < 0.4  # offsets of up to 2 px turn by 2 deg
    # And so must the pigment: the paper read at both ends is one place.
    assert visible.mean() > 0.4
    hidden = np.isfinite(field[..., 0]) & ~visible
    assert hidden.any()


def test_pictures_of_two_heads_have_no_common_skin(frontal):
    other = dataclasses.replace(frontal, head=Head(seed=12))
    with pytest.raises(ValueError, match="two heads"):
        true_field(frontal, other)


def test_redness_is_on_the_face_and_not_on_the_neck(frontal):
    red = render(HEAD, SHOT, SkinCondition(redness=2.0))

    def ratio(picture, place):
        x, y = np.rint(place).astype(int)
        patch = picture.linear[y - 4 : y + 5, x - 4 : x + 5]
        return float(np.log(patch[..., 0].mean() / patch[..., 1].mean()))

    cheek = frontal.landmarks_xy[280]
    neck = frontal.landmarks_xy[152] + np.array([0.0, 14.0 * SHOT.px_per_mm])
    assert ratio(red, cheek) > ratio(frontal, cheek) + 0.05
    assert ratio(red, neck) == pytest.approx(ratio(frontal, neck), abs=1e-3)


def test_a_mole_is_where_the_truth_says(frontal):
    features = form_of(HEAD).features
    moles = [spot for spot in features.spots if spot.melanin_factor > 2.5]
    assert len(moles) >= 4
    at, seen = feature_xy(frontal, [(mole.x_mm, mole.y_mm) for mole in moles])
    assert seen.sum() >= 4
    ratios = []
    for mole, (x, y) in zip(np.array(moles)[seen], at[seen], strict=True):
        half = 12
        row, column = round(y), round(x)
        patch = frontal.linear[row - half : row + half + 1, column - half : column + half + 1, 2]
        inner = np.hypot(*np.mgrid[-half : half + 1, -half : half + 1])
        inside = patch[inner < 0.35 * mole.diameter_mm * SHOT.px_per_mm + 0.5].mean()
        around = np.median(patch[(inner > 8) & (inner < 12)])
        ratios.append(float(inside / around))
    # Beside brows and hair the surroundings are no skin; most moles lie on skin.
    assert (np.array(ratios) < 0.93).mean() > 0.6


def test_smaller_pores_and_shallower_scars_leave_less_relief(frontal):
    better = render(HEAD, SHOT, SkinCondition(pore_area=0.5, scar_depth=0.3))
    x, y = np.rint(frontal.landmarks_xy[280]).astype(int)
    rough = [np.log(p.linear[y - 60 : y + 60, x - 50 : x + 50, 1]).std() for p in (frontal, better)]
    assert rough[1] < 0.98 * rough[0]


def test_swelling_moves_treated_skin_outwards_only(frontal):
    swollen = render(HEAD, SHOT, SkinCondition(swelling_mm=1.0))
    moved = swollen.scene.points_mm - frontal.scene.points_mm
    assert np.linalg.norm(moved[280]) == pytest.approx(1.0, abs=0.05)
    neck = np.unique(frontal.scene.triangles[frontal.scene.part == Part.NECK])
    assert np.abs(moved[neck]).max() == 0.0


def test_tan_darkens_face_and_neck_alike(frontal):
    brown = render(HEAD, SHOT, SkinCondition(tan=1.6))
    for place in (frontal.landmarks_xy[280], frontal.landmarks_xy[152] + np.array([0.0, 50.0])):
        x, y = np.rint(place).astype(int)
        assert brown.linear[y, x, 2] < 0.97 * frontal.linear[y, x, 2]


def test_the_lamp_lights_the_side_it_stands_on():
    left = render(HEAD, dataclasses.replace(SHOT, light=Light((0.8, 0.2, 0.5), ambient=0.2)))
    x, y = np.rint(left.landmarks_xy[[50, 280]]).astype(int).T
    brightness = left.linear[y, x].mean(axis=1)
    assert brightness[1] > 1.5 * brightness[0]
    assert left.light_to_face == pytest.approx(left.shot.light.unit)


def test_the_label_is_in_the_corner_and_can_be_left_out(frontal):
    plain = render(HEAD, dataclasses.replace(SHOT, label=""))
    differs = np.abs(plain.codes.astype(int) - frontal.codes).max(axis=2) > 40
    rows, columns = differs.nonzero()
    assert len(rows) > 50
    assert rows.min() > 0.95 * SHOT.size_px[1]
    assert columns.max() < 0.3 * SHOT.size_px[0]


def test_a_condition_below_nothing_is_refused():
    with pytest.raises(ValueError, match="scar_depth: expected a number >= 0"):
        SkinCondition(scar_depth=-0.1)


def test_turns_go_the_way_they_are_named():
    nose = np.array([0.0, 0.0, 70.0])
    assert (rotation(10, 0, 0) @ nose)[0] > 0  # to the client's left, right in the picture
    assert (rotation(0, 10, 0) @ nose)[1] > 0  # up
    assert (rotation(0, 0, 10) @ np.array([0.0, 50.0, 0.0]))[0] > 0  # clockwise
    assert np.allclose(rotation(3, -2, 7) @ rotation(3, -2, 7).T, np.eye(3))


def test_the_pinhole_has_its_scale_at_the_face_plane():
    view = View(4.0, 800.0, (200, 300), (0.0, 10.0))
    xy, depth = view.project(np.array([[0.0, 10.0, 40.0], [5.0, 10.0, 40.0], [0.0, 12.0, 40.0]]))
    assert xy[0] == pytest.approx([99.5, 149.5])
    assert xy[1] - xy[0] == pytest.approx([20.0, 0.0])
    assert xy[2] - xy[0] == pytest.approx([0.0, -8.0])
    assert depth == pytest.approx(800.0)
