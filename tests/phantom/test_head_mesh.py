"""Geometry of the mannequin: subdivision, openings, the unrolled skin, faces and expressions."""

from __future__ import annotations

import numpy as np
import pytest

from progress.bundle import canonical_mesh
from progress.phantom.head_atlas import unroll
from progress.phantom.head_map import chart_head
from progress.phantom.head_mesh import (
    EYEBALL_RADIUS_MM,
    LEFT_LID,
    RIGHT_LID,
    control_points,
    eye_centres_mm,
    eyeball_height_mm,
    lofted,
    loop_step,
    open_eyes_close_lips,
    over_the_eyes,
    sphere,
    topology,
    vertex_normals,
)
from progress.phantom.head_shape import Expression, individual_face, with_expression


@pytest.fixture(scope="module")
def face():
    return over_the_eyes(open_eyes_close_lips(canonical_mesh().vertices_mm))


@pytest.fixture(scope="module")
def atlas(face):
    return unroll(control_points(face))


def test_subdivision_keeps_a_plane_flat_and_a_constant_constant():
    points = np.array([[0, 0], [4, 0], [4, 3], [0, 3], [2, 1.0]])
    triangles = np.array([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]])
    matrix, finer = loop_step(len(points), triangles)
    assert len(finer) == 16
    assert matrix.shape == (5 + 8, 5)
    assert np.allclose(matrix.sum(axis=1), 1.0)
    plane = points @ np.array([0.3, -0.7]) + 2.0
    smooth = matrix @ points
    assert np.allclose(matrix @ plane, smooth @ np.array([0.3, -0.7]) + 2.0)


def test_the_surface_begins_with_the_landmarks_and_has_three_openings():
    mesh = topology()
    edges = np.sort(mesh.triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, counts = np.unique(edges, axis=0, return_counts=True)
    assert counts.max() == 2
    used = len(np.unique(mesh.triangles))
    # One disc with three holes: vertices - edges + faces = 1 - 3.
    assert used - len(counts) + len(mesh.triangles) == -2
    assert mesh.surface_from_base.shape[1] == 468 + 4 * 36


def test_the_smooth_surface_stays_near_the_canonical_landmarks(face):
    surface = topology().surface_from_base @ control_points(face)
    moved = np.linalg.norm(surface[:468] - face, axis=1)
    assert np.median(moved) < 1.0
    assert np.percentile(moved, 95) < 3.5


def test_no_skin_lies_inside_an_eyeball(face):
    for centre, lid in zip(eye_centres_mm(face), (RIGHT_LID, LEFT_LID), strict=True):
        rim = face[list(lid)]
        ball = eyeball_height_mm(rim[:, :2] - centre[:2]) + centre[2]
        assert (rim[:, 2] > ball).all()


def test_normals_of_a_ball_point_outwards():
    ball = sphere(np.array([3.0, -2.0, 5.0]), 7.0, rows=30)
    normals = vertex_normals(ball.vertices_mm, ball.triangles)
    outwards = (ball.vertices_mm - np.array([3.0, -2.0, 5.0])) / 7.0
    used = np.unique(ball.triangles)[70:]
    # At the seam a vertex sees half of its ring.
    assert np.percentile((normals * outwards).sum(axis=1)[used], 1) > 0.97


def test_the_front_of_a_tube_faces_the_viewer():
    tube = lofted(np.array([10.0, 0.0, -10.0]), np.full((3, 3), 20.0), columns=31)
    normals = vertex_normals(tube.vertices_mm, tube.triangles)
    front = np.abs(tube.vertices_mm[:, 0]) < 1e-9
    assert (normals[front, 2] > 0.99).all()


def test_skin_laid_flat_keeps_its_millimetres_on_cheeks_and_forehead(atlas):
    for landmark in (50, 280, 9, 151, 205, 425):
        assert atlas.stretch[landmark] == pytest.approx(1.0, abs=0.08)
        assert atlas.shear[landmark] < 1.15
    on_face = np.unique(topology().triangles[topology().is_face])
    assert np.median(atlas.stretch[on_face]) == pytest.approx(1.0, abs=0.03)


def test_distances_on_paper_are_distances_on_the_cheek(face, atlas):
    surface = topology().surface_from_base @ control_points(face)
    near = np.flatnonzero(np.linalg.norm(surface - surface[50], axis=1) < 12.0)
    true = np.linalg.norm(surface[near] - surface[50], axis=1)
    paper = np.linalg.norm(atlas.xy_mm[near] - atlas.xy_mm[50], axis=1)
    assert np.abs(paper - true).max() < 1.2


def test_zones_lie_where_they_belong(face, atlas):
    chart = chart_head(control_points(face), atlas)

    def read(name, landmark):
        return float(chart.read(chart.zone(name), atlas.xy_mm[landmark])[0])

    assert read("treated", 50) > 0.95
    assert read("treated", 0) < 0.5  # the upper lip
    assert read("red", 280) > 0.8 > read("red", 151)
    assert read("lips", 17) > -2.0 > read("lips", 50)
    assert read("hair", 50) < 0 < float(chart.zone("hair").max())
    position = chart.position_mm[tuple(np.rint(atlas.xy_mm[4] * 2 - 0.5).astype(int)[::-1])]
    assert np.linalg.norm(position - (topology().surface_from_base @ control_points(face))[4]) < 1.0


def test_another_seed_is_another_face_and_the_same_seed_the_same():
    one = individual_face(np.random.default_rng(3))
    again = individual_face(np.random.default_rng(3))
    other = individual_face(np.random.default_rng(4))
    assert np.array_equal(one, again)
    assert np.linalg.norm(one - other, axis=1).mean() > 1.0


def test_no_strength_is_the_canonical_face(face):
    plain = individual_face(np.random.default_rng(3), strength=0.0)
    assert np.allclose(plain, face)


def test_a_smile_lifts_the_corners_and_an_open_mouth_drops_the_chin(face):
    smiling = with_expression(face, Expression(smile=1.0))
    assert (smiling[[61, 291], 1] - face[[61, 291], 1] > 5.0).all()
    assert smiling[291, 0] > face[291, 0] > 0 > face[61, 0] > smiling[61, 0]
    opened = with_expression(face, Expression(mouth_open=1.0))
    assert opened[152, 1] < face[152, 1] - 8.0
    assert opened[13, 1] - opened[14, 1] > face[13, 1] - face[14, 1] + 6.0
    raised = with_expression(face, Expression(brow_raise=1.0))
    assert (raised[[105, 334], 1] - face[[105, 334], 1] > 5.0).all()
    assert np.allclose(with_expression(face, Expression()), face)


def test_an_expression_beyond_full_strength_is_refused():
    with pytest.raises(ValueError, match=r"smile: expected 0\.\.1"):
        Expression(smile=1.2)


def test_the_eyeball_is_as_high_as_its_radius():
    assert eyeball_height_mm(np.zeros((1, 2)))[0] == pytest.approx(EYEBALL_RADIUS_MM)
    assert eyeball_height_mm(np.array([[40.0, 0.0]]))[0] == 0.0
