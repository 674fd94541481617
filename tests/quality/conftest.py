"""A face painted over the canonical mesh: shaded skin, and lashes and brows of a fixed pattern."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from progress.bundle import canonical_mesh
from progress.imaging import DecodedPhoto, codes_from_linear, gaussian_blur
from progress.quality.lit_skin import normals_of

SKIN = np.array([0.42, 0.25, 0.17], dtype=np.float32)
_HAIRS_PER_MM = 20


def _hairs(seed):
    """Transmission of a brow over an eye of 44 x 27 mm, drawn at 20 px/mm."""
    rng = np.random.default_rng(seed)
    width, height = 44 * _HAIRS_PER_MM, 27 * _HAIRS_PER_MM
    picture = np.ones((height, width), dtype=np.float32)
    for row, n in ((7, 160), (18, 90), (22, 60)):  # brow, upper and lower lashes, in mm
        for _ in range(n):
            x, y = rng.uniform(4, 40), row + rng.normal(0, 1.2)
            dx, dy = rng.normal(0.5, 1.0), rng.normal(-2.0, 1.0)
            ends = [(round(a * _HAIRS_PER_MM), round(b * _HAIRS_PER_MM))
                    for a, b in ((x, y), (x + dx, y + dy))]  # fmt: skip
            cv2.line(picture, *ends, 0.12, 3, cv2.LINE_AA)
    return picture


def paint_face(
    landmarks,
    *,
    size=(600, 700),
    lamp=(0.0, 0.0, 1.0),
    fill=0.5,
    blur_px=0.0,
    gains=(1.0, 1.0, 1.0),
    noise=0.004,
    seed=1,
    stain=None,
    texture=0.08,
):
    """The picture of a placed head under one lamp (right, up, to the camera) and even fill."""
    rng = np.random.default_rng(seed)
    linear = np.full((size[1], size[0], 3), 0.05, dtype=np.float32)
    towards = np.asarray(lamp) / np.linalg.norm(lamp)
    shade = fill + (1.0 - fill) * np.clip(normals_of(landmarks) @ towards, 0.0, None)
    points, depth = landmarks.points_xy, landmarks.depth_px
    triangles = canonical_mesh().triangles
    for corners in triangles[np.argsort(-depth[triangles].mean(axis=1))]:
        colour = SKIN * float(shade[corners].mean())
        cv2.fillConvexPoly(linear, np.round(points[corners] * 16).astype(np.int32),
                           colour.tolist(), cv2.LINE_8, 4)  # fmt: skip
    linear = cv2.GaussianBlur(linear, (0, 0), 1.0 * landmarks.scale.px_per_mm)
    if texture:  # skin without any would be a filtered one
        grain = np.random.default_rng(5).standard_normal(linear.shape[:2]).astype(np.float32)
        grain = gaussian_blur(grain, 0.12 * landmarks.scale.px_per_mm)
        linear *= np.exp(texture * grain / grain.std())[..., None]
    for k, (left, right) in enumerate(((33, 133), (362, 263))):
        a, b = points[left], points[right]
        along = (b - a) / np.hypot(*(b - a)) * landmarks.scale.px_per_mm / _HAIRS_PER_MM
        origin = (a + b) / 2 - 22 * _HAIRS_PER_MM * along
        down = np.array([-along[1], along[0]])
        origin = origin - 20 * _HAIRS_PER_MM * down
        hairs = _hairs(7 + k)
        shrink = landmarks.scale.px_per_mm / _HAIRS_PER_MM
        hairs = cv2.GaussianBlur(hairs, (0, 0), 0.45 / shrink)  # the lens, so as not to alias
        matrix = np.column_stack([along, down, origin])
        warped = cv2.warpAffine(hairs, matrix, size, flags=cv2.INTER_LINEAR, borderValue=1.0)
        linear *= warped[..., None]
    if stain is not None:
        x, y, radius = stain
        rows, columns = np.mgrid[: size[1], : size[0]]
        linear[np.hypot(columns - x, rows - y) < radius] *= 0.6
    if blur_px:
        linear = gaussian_blur(linear, blur_px)
    linear = linear * np.asarray(gains, dtype=np.float32)
    linear = linear + noise * np.sqrt(np.maximum(linear, 0)) * rng.standard_normal(linear.shape)
    return DecodedPhoto.from_codes(codes_from_linear(np.asarray(linear, dtype=np.float32)))


@pytest.fixture
def paint():
    """Paint a placed head."""
    return paint_face
