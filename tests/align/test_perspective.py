"""A nearer camera is seen in how the skin moved."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from made_skin import PX_PER_MM, SIZE_PX, FacePair, landmarks, mesh_points

from progress.align import align_faces, nearness_change_per_m
from progress.align.face_skin import mouth_zone
from progress.align.frame import grid_positions
from progress.align.grid import read_field
from progress.landmarks import view_of
from progress.model import ErrorSummary, NotAligned, NotMeasured, Pose, Registration, View
from progress.phantom.reshoot import Reshoot
from progress.phantom.reshoot_motion import Motion, face_warp

STEP = 4
FACE_WIDTH_M = 0.145


def exact(motion: Motion, valid: bool = True) -> Registration:
    """The true field of a motion as a registration."""
    points, depth = mesh_points()
    warp = face_warp(points, depth, SIZE_PX, motion=motion, rng=np.random.default_rng(0))
    nodes = grid_positions(SIZE_PX, STEP)
    field = warp.followup_from_baseline(nodes.reshape(-1, 2)).reshape(nodes.shape)
    shape = nodes.shape[:2]
    return Registration(
        baseline_size_px=SIZE_PX,
        followup_size_px=SIZE_PX,
        step=STEP,
        followup_from_baseline_xy=field.astype(np.float32),
        valid=np.full(shape, valid),
        error_mm=np.zeros(shape, dtype=np.float32),
        estimated_error_mm=ErrorSummary(0.0, 0.0),
        overlap=1.0,
        method="truth",
        version=1,
    )


@pytest.mark.parametrize("yaw_deg", [0.0, 5.0])
@pytest.mark.parametrize("ratio", [0.5, 0.8, 1.0, 1.5])
def test_the_change_of_nearness_is_read_off_the_true_field(ratio: float, yaw_deg: float) -> None:
    motion = Motion(distance_ratio=ratio, yaw_deg=yaw_deg)
    points, depth = mesh_points()
    marks = landmarks(points, depth)
    found = nearness_change_per_m(exact(motion), marks)
    assert isinstance(found, float)
    width_m = np.ptp(points[:468, 0]) / PX_PER_MM / 1000
    true = (1 / ratio - 1) / (6 * width_m)
    # the fit is of first order: relief over distance is up to a tenth, twice that when halved
    assert found == pytest.approx(true, rel=0.3, abs=0.06)


def test_too_little_skin_has_no_nearness() -> None:
    marks = landmarks(*mesh_points())
    assert isinstance(nearness_change_per_m(exact(Motion(), valid=False), marks), NotMeasured)


def test_a_camera_at_a_quarter_of_the_distance_is_refused_in_words() -> None:
    pair = FacePair(Reshoot(motion=Motion(distance_in_widths=3.0, distance_ratio=0.36)))
    refused = align_faces(*pair.arguments())
    assert isinstance(refused, NotAligned)
    assert "nearer" in refused.reason
    assert "stand where the baseline was" in refused.reason


def test_a_mouth_of_another_expression_is_not_valid_and_the_rest_is() -> None:
    pair = FacePair(Reshoot())
    a, marks, b, other = pair.arguments()
    calm = dataclasses.replace(marks, expression={"mouthSmileLeft": 0.05, "browInnerUp": 0.9})
    smile = dataclasses.replace(other, expression={"mouthSmileLeft": 0.6, "browInnerUp": 0.1})
    still, moved = align_faces(a, calm, b, calm), align_faces(a, calm, b, smile)
    assert isinstance(still, Registration)
    assert isinstance(moved, Registration)
    zone = mouth_zone(mesh_points()[0], SIZE_PX[::-1], px_per_mm=PX_PER_MM)
    step = moved.step
    inside = zone[::step, ::step][: moved.valid.shape[0], : moved.valid.shape[1]]
    assert still.valid[inside].mean() > 0.8
    # a node's nearest working pixel may lie just outside
    assert moved.valid[inside].mean() < 0.03
    assert moved.valid[~inside].mean() > 0.98 * still.valid[~inside].mean()


@pytest.mark.parametrize(
    ("yaw_deg", "view"),
    [(0, View.FRONTAL), (45, View.RIGHT_OBLIQUE), (-45, View.LEFT_OBLIQUE),
     (85, View.RIGHT_PROFILE), (-85, View.LEFT_PROFILE)],
)  # fmt: skip
def test_views_are_told_by_pose_and_unlike_views_are_refused(yaw_deg: float, view: View) -> None:
    pair = FacePair(Reshoot())
    turned = dataclasses.replace(pair.followup_landmarks, pose=Pose(yaw_deg, 0.0, 0.0))
    assert view_of(turned) is view
    if view is View.FRONTAL:
        return
    refused = align_faces(pair.baseline, pair.baseline_landmarks, pair.followup, turned)
    assert isinstance(refused, NotAligned)
    assert f"frontal against {view.value.replace('_', ' ')}" in refused.reason


def test_a_body_has_a_view_of_its_own() -> None:
    assert view_of(None) is View.BODY


def test_a_field_goes_on_beyond_its_border_with_its_own_slope() -> None:
    x, y = np.meshgrid(np.arange(31.0), np.arange(23.0))
    field = np.stack([3 * x + 0.5 * y, 2 * y - x], axis=-1).astype(np.float32)
    at = np.array([[[-2.0, 4.0], [33.0, 25.0], [10.25, 7.5]]], dtype=np.float32)
    expected = np.stack([3 * at[..., 0] + 0.5 * at[..., 1], 2 * at[..., 1] - at[..., 0]], axis=-1)
    # remap keeps a thirty-second of a pixel
    np.testing.assert_allclose(read_field(field, at), expected, atol=0.1)
