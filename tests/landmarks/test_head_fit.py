"""Pose, depth and visibility from the canonical head."""

import numpy as np
import pytest
from drawn_face import DISTANCE_MM, draw_face, project
from hypothesis import given, settings
from hypothesis import strategies as st

from progress.bundle import canonical_mesh
from progress.landmarks import find_face, fit_head, rotation_from_pose
from progress.landmarks.head_fit import depths_px, visibilities
from progress.model import Pose

angle = st.floats(-50, 50)


def seen(pose, size=4.0, centre=(500.0, 600.0)):
    return project(canonical_mesh().vertices_mm, rotation_from_pose(pose), size, np.array(centre))


@settings(max_examples=30, deadline=None)
@given(angle, st.floats(-40, 40), st.floats(-170, 170), st.floats(0.5, 20))
def test_a_posed_head_is_recovered_exactly(yaw, pitch, roll, size):
    xy, _, _ = seen(Pose(yaw, pitch, roll), size)
    fit = fit_head(xy, distance_mm=DISTANCE_MM)
    pose = fit.pose()
    assert (pose.yaw_deg, pose.pitch_deg, pose.roll_deg) == pytest.approx(
        (yaw, pitch, roll), abs=1e-4
    )
    assert fit.px_per_unit == pytest.approx(size, rel=1e-6)
    assert fit.residual_px < 1e-4 * size


def test_turning_to_the_clients_own_left_moves_the_nose_to_the_right_of_the_picture():
    straight, _, _ = seen(Pose(0, 0, 0))
    left, _, _ = seen(Pose(20, 0, 0))
    up, _, _ = seen(Pose(0, 20, 0))
    clockwise, _, _ = seen(Pose(0, 0, 20))
    nose, forehead = 1, 10
    assert left[nose, 0] > straight[nose, 0] + 20
    assert up[nose, 1] < straight[nose, 1] - 20
    assert clockwise[forehead, 0] > straight[forehead, 0] + 20


@pytest.mark.parametrize("yaw", [-30, -15, 15, 30])
def test_a_drawn_turn_is_found_with_its_sign_and_size(yaw):
    pose = find_face(draw_face(pose=Pose(yaw, 0.0, 0.0)).photo()).pose
    assert pose.yaw_deg == pytest.approx(yaw, abs=3.0)  # the network's own error on a drawing
    assert abs(pose.roll_deg) < 2.0


@pytest.mark.parametrize("roll", [-20, 20])
def test_a_drawn_tilt_is_found_with_its_sign_and_size(roll):
    pose = find_face(draw_face(pose=Pose(0.0, 0.0, roll)).photo()).pose
    assert pose.roll_deg == pytest.approx(roll, abs=1.0)
    assert abs(pose.yaw_deg) < 3.0


def test_a_drawn_nod_is_found_with_its_sign(found):
    up = find_face(draw_face(pose=Pose(0.0, 12.0, 0.0)).photo()).pose.pitch_deg
    down = find_face(draw_face(pose=Pose(0.0, -12.0, 0.0)).photo()).pose.pitch_deg
    # Painted nostrils do not tilt as real ones, so a drawing shows about two thirds of the nod.
    assert 6.0 < up - found.pose.pitch_deg < 14.0
    assert -14.0 < down - found.pose.pitch_deg < -6.0


def test_turning_the_camera_changes_roll_alone():
    pose = Pose(25.0, -10.0, 5.0)
    turn = np.radians(30)
    about = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    xy, _, _ = seen(pose)
    turned = fit_head(xy @ about.T, distance_mm=DISTANCE_MM).pose()
    assert turned.yaw_deg == pytest.approx(25.0, abs=1e-4)
    assert turned.pitch_deg == pytest.approx(-10.0, abs=1e-4)
    assert turned.roll_deg == pytest.approx(35.0, abs=1e-4)


def test_a_wrong_distance_turns_the_head_by_a_degree_or_two_at_most():
    xy, _, _ = seen(Pose(10.0, 5.0, 0.0))
    for distance in (450.0, 1500.0):
        pose = fit_head(xy, distance_mm=distance).pose()
        assert abs(pose.yaw_deg - 10.0) < 2.0
        assert abs(pose.pitch_deg - 5.0) < 2.0


def test_the_nose_is_nearest_and_the_ears_are_farthest():
    xy, camera, _ = seen(Pose(20.0, 0.0, 0.0))
    depth = depths_px(fit_head(xy, distance_mm=DISTANCE_MM))
    assert depth.shape == (478,)
    assert depth[:468] == pytest.approx(-4.0 * camera[:, 2], abs=1e-2)
    assert depth[1] < depth[468] < depth[234]


def test_what_turns_away_is_less_visible():
    straight = visibilities(fit_head(seen(Pose(0, 0, 0))[0], distance_mm=DISTANCE_MM))
    turned = visibilities(fit_head(seen(Pose(40, 0, 0))[0], distance_mm=DISTANCE_MM))
    right_cheek, left_cheek, left_ear = 50, 280, 454
    assert straight[right_cheek] == pytest.approx(straight[left_cheek], abs=1e-3)
    assert turned[right_cheek] > straight[right_cheek] + 0.1
    assert turned[left_cheek] < straight[left_cheek] - 0.1
    assert turned[left_ear] == 0.0
    assert straight.min() >= 0.0
    assert straight.max() <= 1.0


def test_points_on_a_line_are_no_face():
    line = np.stack([np.arange(478.0), np.arange(478.0)], axis=1)
    line[:] = line[0]
    with pytest.raises(ValueError, match="expected points that spread over a face"):
        fit_head(line)
