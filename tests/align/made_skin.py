"""Faces and areas of random skin, shot twice with known truth, and the landmarks of a careless
finder."""

from __future__ import annotations

import functools

import cv2
import numpy as np

from progress.bundle import canonical_mesh
from progress.imaging import DecodedPhoto, codes_from_linear
from progress.model import Landmarks, Pose, Scale, ScaleSource
from progress.phantom.reshoot import Reshoot, Reshot, shoot_again
from progress.phantom.reshoot_motion import Motion, area_warp, face_warp
from progress.phantom.reshoot_warp import Warp

PX_PER_MM = 3.5
SIZE_PX = (607, 691)
FINDER_ERROR_MM = 0.7


def mesh_points() -> tuple[np.ndarray, np.ndarray]:
    """478 points (irises in the eye corners) and their depth."""
    vertices = canonical_mesh().vertices_mm * PX_PER_MM
    vertices = np.vstack([vertices, vertices[[33] * 5 + [263] * 5]])
    xy = np.stack([vertices[:, 0], -vertices[:, 1]], axis=1) + np.array(SIZE_PX) / 2
    return xy, -vertices[:, 2]


@functools.cache
def skin(seed: int, width: int = SIZE_PX[0], height: int = SIZE_PX[1]) -> np.ndarray:
    """Linear light with pores, blotches and slow shading; another person for another seed."""
    rng = np.random.default_rng(seed)

    def grain(sigma_mm: float) -> np.ndarray:
        noise = rng.standard_normal((height, width)).astype(np.float32)
        blurred = cv2.GaussianBlur(noise, (0, 0), sigma_mm * PX_PER_MM)
        return blurred / blurred.std()

    density = 0.9 + 0.05 * grain(0.3) + 0.03 * grain(1.0) + 0.05 * grain(4.0) + 0.2 * grain(30.0)
    light = np.exp(-density[..., None] * np.array([0.7, 1.0, 1.2], np.float32)).astype(np.float32)
    light.flags.writeable = False
    return light


def landmarks(points: np.ndarray, depth: np.ndarray, pose: Pose | None = None) -> Landmarks:
    """Landmarks at given points."""
    return Landmarks(
        points_xy=points,
        depth_px=depth,
        visibility=np.ones(len(points)),
        pose=pose or Pose(0.0, 0.0, 0.0),
        expression={},
        scale=Scale(PX_PER_MM, 0.04, ScaleSource.IRIS),
        scheme="mediapipe-478",
        finder="made for tests",
    )


def carelessly(points: np.ndarray, seed: int) -> np.ndarray:
    """Points with an error of 0.7 mm that neighbours partly share, as a finder makes."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, 2)
    wave = np.sin(points @ np.array([[0.02, 0.012], [-0.011, 0.018]]) + angle)
    own = rng.standard_normal(points.shape)
    return points + FINDER_ERROR_MM * PX_PER_MM * (0.8 * wave + 0.3 * own)


class FacePair:
    """Two shots of one made face."""

    def __init__(self, spec: Reshoot, *, before=None, after=None, seed: int = 0) -> None:
        points, depth = mesh_points()
        rng = np.random.default_rng(seed)
        first = skin(1) if before is None else before
        second = first if after is None else after
        self.warp: Warp = face_warp(points, depth, SIZE_PX, motion=spec.motion, rng=rng)
        again: Reshot = shoot_again(second, self.warp, spec, rng=rng)
        self.baseline = DecodedPhoto.from_codes(codes_from_linear(first), file="before.png")
        self.followup = DecodedPhoto.from_codes(again.codes, file="after.png")
        self.baseline_landmarks = landmarks(points, depth)
        self.followup_landmarks = landmarks(
            carelessly(self.warp.followup_from_baseline(points), seed), depth
        )

    def arguments(self) -> tuple:
        """What `align_faces` takes."""
        return (
            self.baseline,
            self.baseline_landmarks,
            self.followup,
            self.followup_landmarks,
        )


def spotted(light: np.ndarray, centre_xy, radius_mm: float, density) -> np.ndarray:
    """The skin with a disc of extra optical density."""
    y, x = np.mgrid[0 : light.shape[0], 0 : light.shape[1]]
    away_mm = np.hypot(x - centre_xy[0], y - centre_xy[1]) / PX_PER_MM
    inside = 0.5 - 0.5 * np.tanh((away_mm - radius_mm) / 0.2)
    return (light * np.exp(-inside[..., None] * np.asarray(density))).astype(np.float32)


def area_pair(motion: Motion, *, seed: int = 0, size=(601, 503)) -> tuple:
    """Two shots of one made area: both photos and the warp."""
    light = skin(5 + seed, *size)
    warp = area_warp(size, motion=motion, rng=np.random.default_rng(seed))
    spec = Reshoot(motion=motion, exposure_ev=0.2, shot_noise=2e-5, jpeg_quality=92)
    again = shoot_again(light, warp, spec, rng=np.random.default_rng(seed))
    return (
        DecodedPhoto.from_codes(codes_from_linear(light)),
        DecodedPhoto.from_codes(again.codes),
        warp,
    )


def true_error_mm(registration, warp: Warp) -> np.ndarray:
    """Distance of every valid node from the truth."""
    rows, columns = np.nonzero(registration.valid)
    nodes = np.stack([columns, rows], axis=1) * registration.step
    found = registration.followup_from_baseline_xy[rows, columns]
    return np.linalg.norm(found - warp.followup_from_baseline(nodes), axis=1) / PX_PER_MM
