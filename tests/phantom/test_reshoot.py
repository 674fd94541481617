"""The simulated second shot: its truth is exact, and it changes what it says and nothing else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from progress.bundle import canonical_mesh
from progress.imaging.colour_space import linear_from_codes
from progress.phantom.reshoot import Reshoot, develop, reshoot, reshoot_area, shoot_again
from progress.phantom.reshoot_motion import Motion, area_warp, face_warp

PX_PER_MM = 2.0
SIZE_PX = (410, 470)
NOSE_TIP = 1


def mesh_in_picture() -> tuple[np.ndarray, np.ndarray]:
    """The canonical mesh seen from the front at 2 px/mm."""
    vertices = canonical_mesh().vertices_mm * PX_PER_MM
    xy = np.stack([vertices[:, 0], -vertices[:, 1]], axis=1) + np.array(SIZE_PX) / 2
    return xy, -vertices[:, 2]


def dotted_skin(seed: int = 0) -> np.ndarray:
    """Smooth random linear light around mid grey, shape (470, 410, 3)."""
    rng = np.random.default_rng(seed)
    grain = cv2.GaussianBlur(rng.standard_normal((SIZE_PX[1], SIZE_PX[0])), (0, 0), 3.0)
    grey = 0.35 + 0.06 * grain / grain.std()
    return np.clip(np.stack([grey, grey * 0.7, grey * 0.55], axis=-1), 0.02, 0.9).astype(np.float32)


def shot(spec: Reshoot, seed: int = 1):
    xy, depth = mesh_in_picture()
    return reshoot(dotted_skin(), xy, depth, spec, np.random.default_rng(seed))


def test_the_default_spec_changes_no_code() -> None:
    codes = np.random.default_rng(0).integers(0, 256, (SIZE_PX[1], SIZE_PX[0], 3), dtype=np.uint8)
    xy, depth = mesh_in_picture()
    again = reshoot(codes, xy, depth, Reshoot(), np.random.default_rng(1))
    np.testing.assert_array_equal(again.codes, codes)
    x, y = np.meshgrid(np.arange(SIZE_PX[0]), np.arange(SIZE_PX[1]))
    np.testing.assert_allclose(again.followup_from_baseline_xy, np.stack([x, y], -1), atol=1e-3)
    assert again.visible.all()


def test_the_same_generator_state_gives_the_same_shot() -> None:
    spec = Reshoot.draw(np.random.default_rng(5))
    np.testing.assert_array_equal(shot(spec).codes, shot(spec).codes)
    assert Reshoot.draw(np.random.default_rng(5)) == spec


def test_draws_stay_in_the_stated_ranges_and_scale_with_strength() -> None:
    rng = np.random.default_rng(2)
    specs = [Reshoot.draw(rng) for _ in range(200)]
    angles = np.array([(s.motion.yaw_deg, s.motion.pitch_deg, s.motion.roll_deg) for s in specs])
    assert np.abs(angles).max() <= 4.0
    assert np.abs(angles).max() > 3.8
    assert all(abs(s.motion.zoom - 1) <= 0.07 for s in specs)
    assert all(abs(s.exposure_ev) <= 0.3 for s in specs)
    assert all(0.96 <= g <= 1.04 for s in specs for g in s.channel_gains)
    assert all(85 <= (s.jpeg_quality or 0) <= 95 for s in specs)
    still = Reshoot.draw(rng, strength=0.0)
    assert (still.motion.yaw_deg, still.motion.zoom, still.exposure_ev) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_truth_says_where_the_pixels_really_went(seed: int) -> None:
    # Read the second shot back at the true positions: the first picture must reappear. The
    # residue is the softness of two interpolations.
    spec = Reshoot(motion=Reshoot.draw(np.random.default_rng(seed)).motion)
    spec = Reshoot(
        motion=Motion(
            **{
                name: getattr(spec.motion, name)
                for name in ("yaw_deg", "pitch_deg", "roll_deg", "zoom")
            },
            light_turn_deg=0.0,
            tissue_shift=0.002,
        )
    )
    xy, depth = mesh_in_picture()
    warp = face_warp(xy, depth, SIZE_PX, motion=spec.motion, rng=np.random.default_rng(seed))
    first = dotted_skin()
    second = warp.apply(first)
    back = cv2.remap(second, warp.followup_from_baseline_xy, None, cv2.INTER_LANCZOS4)
    inner = cv2.erode(warp.visible.astype(np.uint8), np.ones((15, 15)), borderValue=0) > 0
    slope_per_px = np.abs(np.gradient(first[..., 0])[0])[inner].mean()
    residue_px = np.abs(back - first)[..., 0][inner].mean() / slope_per_px
    assert inner.mean() > 0.7
    assert residue_px < 0.05


def test_points_follow_the_dense_map() -> None:
    again = shot(Reshoot.draw(np.random.default_rng(3)))
    points = np.random.default_rng(4).integers(60, 350, (40, 2))
    dense = again.followup_from_baseline_xy[points[:, 1], points[:, 0]]
    # remap keeps 1/32 of a pixel
    np.testing.assert_allclose(again.warp.followup_from_baseline(points), dense, atol=0.035)


@pytest.mark.parametrize(
    ("motion", "axis", "sign"),
    [
        (Motion(yaw_deg=5.0), 0, 1),
        (Motion(yaw_deg=-5.0), 0, -1),
        (Motion(pitch_deg=5.0), 1, -1),
        (Motion(pitch_deg=-5.0), 1, 1),
    ],
)
def test_the_nose_moves_as_the_pose_convention_says(motion: Motion, axis: int, sign: int) -> None:
    xy, depth = mesh_in_picture()
    warp = face_warp(xy, depth, SIZE_PX, motion=motion, rng=np.random.default_rng(0))
    moved = warp.followup_from_baseline(xy[:, :]) - xy
    relative = moved[NOSE_TIP] - moved.mean(axis=0)
    assert sign * relative[axis] > 1.5 * PX_PER_MM


def test_positive_roll_is_clockwise_and_zoom_enlarges() -> None:
    xy, depth = mesh_in_picture()
    chin, brow = 152, 10
    for motion, expected_deg, expected_scale in (
        (Motion(roll_deg=4.0), 4.0, 1.0),
        (Motion(zoom=1.07), 0.0, 1.07),
    ):
        warp = face_warp(xy, depth, SIZE_PX, motion=motion, rng=np.random.default_rng(0))
        up_before = xy[brow] - xy[chin]
        up_after = np.diff(warp.followup_from_baseline(xy[[chin, brow]]), axis=0)[0]
        turned = np.degrees(np.arctan2(up_after[0], -up_after[1]))
        assert turned == pytest.approx(expected_deg, abs=0.3)
        ratio = np.linalg.norm(up_after) / np.linalg.norm(up_before)
        assert ratio == pytest.approx(expected_scale, abs=0.005)


def test_coming_closer_enlarges_the_nose_more_than_the_rim() -> None:
    xy, depth = mesh_in_picture()
    closer = Motion(distance_ratio=0.5)
    warp = face_warp(xy, depth, SIZE_PX, motion=closer, rng=np.random.default_rng(0))

    def stretch(a: int, b: int) -> float:
        after = warp.followup_from_baseline(xy[[a, b]])
        return float(np.linalg.norm(after[1] - after[0]) / np.linalg.norm(xy[a] - xy[b]))

    nostrils, ears = stretch(48, 278), stretch(234, 454)
    assert nostrils > 1.05 * ears


def test_a_smile_moves_the_mouth_and_leaves_the_forehead() -> None:
    xy, depth = mesh_in_picture()
    rng = np.random.default_rng(0)
    warp = face_warp(xy, depth, SIZE_PX, motion=Motion(smile=1.0), rng=rng)
    moved = np.linalg.norm(warp.followup_from_baseline(xy) - xy, axis=1) / PX_PER_MM
    assert moved[61] > 5.0
    assert moved[10] < 0.1


def test_a_wide_turn_hides_skin_beside_the_nose_and_four_degrees_hide_none_of_the_face() -> None:
    xy, depth = mesh_in_picture()
    small = face_warp(xy, depth, SIZE_PX, motion=Motion(yaw_deg=4.0), rng=np.random.default_rng(0))
    wide = face_warp(xy, depth, SIZE_PX, motion=Motion(yaw_deg=35.0), rng=np.random.default_rng(0))
    face = np.zeros(SIZE_PX[::-1], np.uint8)
    cv2.fillConvexPoly(face, cv2.convexHull(np.rint(xy).astype(np.int32)), 1)
    inner = cv2.erode(face, np.ones((31, 31))) > 0
    assert small.visible[inner].mean() > 0.995
    assert wide.visible[inner].mean() < 0.97


def test_light_turning_to_the_right_brightens_the_right_of_the_face() -> None:
    xy, depth = mesh_in_picture()
    motion = Motion(light_turn_deg=5.0, key_azimuth_deg=0.0, light_toward_deg=0.0)
    warp = face_warp(xy, depth, SIZE_PX, motion=motion, rng=np.random.default_rng(0))
    light = warp.light(np.ones(3))[..., 0]
    x, y = np.rint(xy).astype(int).T
    right_cheek, left_cheek = 425, 205
    assert light[y[right_cheek], x[right_cheek]] > light[y[left_cheek], x[left_cheek]] + 0.01


def test_exposure_and_gains_reach_the_codes() -> None:
    scene = np.full((61, 83, 3), 0.2, dtype=np.float32)
    light = np.full((61, 83, 3), 2.0, dtype=np.float32) * np.array([1.04, 1.0, 0.96], np.float32)
    codes = develop(scene, light, Reshoot(), rng=np.random.default_rng(0))
    seen = linear_from_codes(codes).mean(axis=(0, 1))
    # half a code is 0.7 % of linear light here
    np.testing.assert_allclose(seen, [0.416, 0.4, 0.384], rtol=0.007)


def test_noise_has_the_stated_variance() -> None:
    spec = Reshoot(shot_noise=1e-4, read_noise=0.002)
    for level in (0.05, 0.4):
        scene = np.full((300, 200, 3), level, dtype=np.float32)
        codes = develop(scene, np.ones_like(scene), spec, rng=np.random.default_rng(0))
        expected = np.sqrt(1e-4 * level + 0.002**2)
        # 8-bit rounding adds a few per cent
        assert linear_from_codes(codes).std() == pytest.approx(expected, rel=0.08)


def test_tone_curve_keeps_black_and_white_and_lifts_the_contrast() -> None:
    ramp = np.linspace(0, 1, 256, dtype=np.float32)[None, :, None].repeat(3, 2).repeat(5, 0)
    rng = np.random.default_rng(0)
    plain = develop(ramp, np.ones_like(ramp), Reshoot(), rng=rng)[0, :, 0].astype(int)
    curved = develop(ramp, np.ones_like(ramp), Reshoot(tone=0.3), rng=rng)[0, :, 0].astype(int)
    assert (curved[0], curved[-1]) == (0, 255)
    assert (np.diff(curved) >= 0).all()
    assert curved[plain > 200].sum() > plain[plain > 200].sum()
    assert curved[plain < 90].sum() < plain[plain < 90].sum()


def test_jpeg_changes_codes_a_little_and_blur_softens() -> None:
    sharp = shot(Reshoot()).codes.astype(np.float32)
    packed = shot(Reshoot(jpeg_quality=85)).codes.astype(np.float32)
    soft = shot(Reshoot(blur_sigma_px=2.0)).codes.astype(np.float32)
    assert 0 < np.abs(packed - sharp).mean() < 3
    assert soft[..., 1].std() < 0.9 * sharp[..., 1].std()


def test_a_warp_is_reused_for_another_development() -> None:
    xy, depth = mesh_in_picture()
    spec = Reshoot.draw(np.random.default_rng(8))
    warp = face_warp(xy, depth, SIZE_PX, motion=spec.motion, rng=np.random.default_rng(1))
    a = shoot_again(dotted_skin(), warp, spec, rng=np.random.default_rng(2))
    b = shoot_again(dotted_skin(), warp, spec, rng=np.random.default_rng(3))
    assert a.warp is b.warp
    assert (a.codes != b.codes).any()


def test_an_area_moves_by_a_homography_when_tissue_is_stiff() -> None:
    size = (331, 257)
    motion = Motion(yaw_deg=6.0, pitch_deg=-4.0, roll_deg=10.0, zoom=1.05, distance_in_widths=3.0)
    warp = area_warp(size, motion=motion, rng=np.random.default_rng(0))
    points = np.random.default_rng(1).uniform(60, 190, (60, 2))
    moved = warp.followup_from_baseline(points)
    plane, _ = cv2.findHomography(points, moved)
    fitted = cv2.perspectiveTransform(points[None], plane)[0]
    # bilinear between nodes two pixels apart
    np.testing.assert_allclose(fitted, moved, atol=0.01)


def test_soft_tissue_of_an_area_shifts_by_the_stated_amount() -> None:
    picture = np.random.default_rng(0).integers(60, 200, (257, 331, 3), dtype=np.uint8)
    spec = Reshoot(motion=Motion(tissue_shift=0.004))
    norms = []
    for seed in range(12):
        again = reshoot_area(picture, spec, np.random.default_rng(seed))
        x, y = np.meshgrid(np.arange(331), np.arange(257))
        norms.append(((again.followup_from_baseline_xy - np.stack([x, y], -1)) ** 2).sum(-1).mean())
    assert np.sqrt(np.mean(norms)) == pytest.approx(0.004 * 331, rel=0.25)


def test_a_picture_of_another_size_is_refused() -> None:
    warp = area_warp((83, 61), motion=Motion(), rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="expected"):
        warp.apply(np.zeros((83, 61, 3), np.float32))
