"""Where every pixel of a photo goes when the same skin is photographed again.

The displacement comes from geometry (a head mesh turned in space and seen in perspective, or a
plane seen through a homography), never from the smooth basis that an aligner fits: truth must not
share a model with the method it judges.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.bundle import canonical_mesh
from progress.phantom.reshoot_warp import MARGIN, FloatArray, Warp, finished_warp, grid_nodes

_LEFT_EDGE, _RIGHT_EDGE = 454, 234
_MOUTH_CORNERS = (291, 61)
_EYE_CORNERS = (263, 33)
_KEY_SLANT_DEG = 35.0
_DIFFUSE_SHARE = 0.5
_MIN_COSINE = 0.15
_ROUNDING = 0.04
"""Blur of the depth that light falls on, in face widths."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """One far lamp beside even fill light.

    Parameters
    ----------
    towards : tuple of float
        Unit vector from the skin to the lamp: x right of the picture, y up, z to the camera.
    share : float
        Of the light on skin that faces the lamp, 0..1; the rest is fill.
    """

    towards: tuple[float, float, float]
    share: float

    @property
    def grazing(self) -> float:
        """Contrast that a small slope gets on skin facing the camera: 0 for a lamp beside it."""
        x, y, z = self.towards
        lit = self.share * max(z, 0.0) + 1.0 - self.share
        return self.share * math.hypot(x, y) / max(lit, 1e-6)


@dataclass(frozen=True, slots=True)
class Motion:
    """What moved between two shots of the same skin. All zero and `zoom` 1 is nothing.

    Parameters
    ----------
    yaw_deg, pitch_deg, roll_deg : float
        Turn of the head (or of the body surface) against the baseline, signs as in
        `progress.model.Pose`.
    zoom : float
        Picture scale of the follow-up over that of the baseline, at the depth of the turning
        point.
    distance_ratio : float
        Camera distance of the follow-up over that of the baseline; changes perspective only,
        because `zoom` sets the scale.
    distance_in_widths : float
        Camera distance of the baseline in face widths (6 is about 0.85 m) or picture widths.
    smile : float
        0..1; 1 draws the corners of the mouth outwards and up by 6 % of the face width.
    tissue_shift : float
        Root mean square of a smooth random shift of soft tissue, as a fraction of the face (or
        picture) width; 0.0015 is about 0.2 mm on a face. Wavelengths are 0.25 to 0.6 widths.
    light_turn_deg : float
        Turn of the key light.
    key_azimuth_deg, light_toward_deg : float
        Where the key light stood (0 is the right of the picture, 90 the top) and in which
        direction, in the picture plane, it turned.
    lamps : tuple of Lamp, or None
        The light of the baseline and of the follow-up where both are known, instead of the turn of
        an assumed key light.
    """

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    zoom: float = 1.0
    distance_ratio: float = 1.0
    distance_in_widths: float = 6.0
    smile: float = 0.0
    tissue_shift: float = 0.0
    light_turn_deg: float = 0.0
    key_azimuth_deg: float = 60.0
    light_toward_deg: float = 0.0
    lamps: tuple[Lamp, Lamp] | None = None


def _rotation(motion: Motion) -> NDArray[np.float64]:
    """Turn in picture axes: x right, y down, z away from the camera."""
    yaw, pitch, roll = (
        math.radians(a) for a in (motion.yaw_deg, motion.pitch_deg, motion.roll_deg)
    )
    turn_yaw = np.array(
        [[math.cos(yaw), 0, -math.sin(yaw)], [0, 1, 0], [math.sin(yaw), 0, math.cos(yaw)]]
    )
    turn_pitch = np.array(
        [[1, 0, 0], [0, math.cos(pitch), math.sin(pitch)], [0, -math.sin(pitch), math.cos(pitch)]]
    )
    turn_roll = np.array(
        [[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]]
    )
    return cast("NDArray[np.float64]", turn_roll @ turn_pitch @ turn_yaw)


@functools.cache
def _samples_on_triangles() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Corner indices and barycentric weights of points spread over the canonical mesh."""
    n = 12
    a, b = np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij")
    inside = a + b <= n
    weights = np.stack([a[inside], b[inside], n - a[inside] - b[inside]], axis=1) / n
    return canonical_mesh().triangles, weights


def _depth_map(
    points_xy: NDArray[Any], depth_px: NDArray[Any], nodes: FloatArray, step: int
) -> FloatArray:
    """Depth of the face at every node, continued smoothly outside the mesh."""
    triangles, weights = _samples_on_triangles()
    corners = np.column_stack([points_xy, depth_px])[triangles]
    samples = np.einsum("sk,tkc->tsc", weights, corners).reshape(-1, 3)
    rows, columns = nodes.shape[:2]
    column = np.rint((samples[:, 0] + 0.5) / step - 0.5).astype(int) + MARGIN
    row = np.rint((samples[:, 1] + 0.5) / step - 0.5).astype(int) + MARGIN
    inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
    index = row[inside] * columns + column[inside]
    count = np.bincount(index, minlength=rows * columns).reshape(rows, columns)
    total = np.bincount(index, samples[inside, 2], rows * columns).reshape(rows, columns)
    hit = (count > 0).astype(np.float32)
    mean = np.where(count > 0, total / np.maximum(count, 1), 0.0).astype(np.float32)
    width = _face_width(points_xy) / step
    # Far from the face lies the depth of its rim, where the ears are. Then from the widest to the
    # narrowest blur: where a narrow one finds mesh below it, it rules.
    filled = np.full(mean.shape, float(np.quantile(depth_px, 0.9)), dtype=np.float32)
    for fraction in (0.1, 0.05, 0.025, 0.0125):
        sigma = max(fraction * width, 1.2)
        weight = cv2.GaussianBlur(hit, (0, 0), sigma)
        value = cv2.GaussianBlur(mean, (0, 0), sigma) / np.maximum(weight, 1e-6)
        trust = np.clip(weight / 0.5, 0.0, 1.0)
        trust = trust * trust * (3.0 - 2.0 * trust)
        filled += trust * (value - filled)
    return filled


def _face_width(points_xy: NDArray[Any]) -> float:
    """Distance between the two edges of the face mesh, at most that of its points."""
    return float(np.linalg.norm(points_xy[_LEFT_EDGE, :2] - points_xy[_RIGHT_EDGE, :2]))


def _tissue(
    nodes: FloatArray, width_px: float, shift: float, rng: np.random.Generator
) -> FloatArray:
    """A smooth random shift of the nodes with the given root mean square in widths."""
    moved = np.zeros_like(nodes)
    if shift == 0:
        return moved
    waves = 8
    for k in range(waves):
        angle = rng.uniform(0, 2 * math.pi)
        length = rng.uniform(0.25, 0.6) * width_px
        phase = (nodes[..., 0] * math.cos(angle) + nodes[..., 1] * math.sin(angle)) / length
        wave = np.sin(2 * math.pi * phase + rng.uniform(0, 2 * math.pi))
        moved[..., k % 2] += wave.astype(np.float32)
    # waves / 2 sines per axis have the variance waves / 4 each, waves / 2 together.
    return (moved * (shift * width_px / math.sqrt(waves / 2))).astype(np.float32)


def _smile(nodes: FloatArray, points_xy: NDArray[Any], strength: float) -> FloatArray:
    """Shift of the nodes when the corners of the mouth are drawn towards those of the eyes."""
    moved = np.zeros_like(nodes)
    width = _face_width(points_xy)
    for mouth, eye in zip(_MOUTH_CORNERS, _EYE_CORNERS, strict=True):
        towards = points_xy[eye, :2] - points_xy[mouth, :2]
        towards = towards / np.linalg.norm(towards) * 0.06 * width * strength
        squared = ((nodes - points_xy[mouth, :2]) ** 2).sum(axis=-1)
        bump = np.exp(-squared / (2 * (0.13 * width) ** 2))
        moved += (bump[..., np.newaxis] * towards).astype(np.float32)
    return moved


def _key(azimuth_deg: float, slant_deg: float) -> Lamp:
    """The assumed key light with its fill."""
    azimuth, slant = math.radians(azimuth_deg), math.radians(slant_deg)
    flat = math.sin(slant)
    towards = (flat * math.cos(azimuth), flat * math.sin(azimuth), math.cos(slant))
    return Lamp(towards, 1.0 - _DIFFUSE_SHARE)


def _light_ratio(
    normals: NDArray[Any], turned: NDArray[Any], motion: Motion
) -> NDArray[np.float64]:
    """Light on the turned surface under the turned lamp over that of the baseline."""
    if motion.lamps is not None:
        before, after = motion.lamps
    else:
        toward = math.radians(motion.light_toward_deg)
        azimuth = motion.light_turn_deg * math.sin(toward) / math.sin(math.radians(_KEY_SLANT_DEG))
        before = _key(motion.key_azimuth_deg, _KEY_SLANT_DEG)
        after = _key(
            motion.key_azimuth_deg + azimuth,
            _KEY_SLANT_DEG + motion.light_turn_deg * math.cos(toward),
        )
    return _light(turned, after) / _light(normals, before)


def _light(normals: NDArray[Any], lamp: Lamp) -> NDArray[np.float64]:
    """Light on surfaces with these normals (y down, z away from the camera)."""
    x, y, z = lamp.towards
    cosine = normals @ np.array([x, -y, -z])
    return np.asarray(1.0 - lamp.share + lamp.share * np.maximum(cosine, 0.0))


def _normals(depth: FloatArray, step: int) -> NDArray[np.float64]:
    """Unit normals towards the camera of a depth map on the grid."""
    dz_dy, dz_dx = np.gradient(depth.astype(np.float64), step)
    normals = np.stack([dz_dx, dz_dy, -np.ones_like(dz_dx)], axis=-1)
    return cast("NDArray[np.float64]", normals / np.linalg.norm(normals, axis=-1, keepdims=True))


def _turned(
    positions: NDArray[Any], centre: NDArray[Any], motion: Motion, distance_px: float
) -> NDArray[np.float64]:
    """Where points in space (x, y, depth) are seen after the motion, shape (..., 2)."""
    relative = np.asarray(positions, dtype=np.float64) - centre
    # Undo the baseline's perspective, turn, and look again from the follow-up's distance.
    relative[..., :2] *= 1 + relative[..., 2:] / distance_px
    relative = relative @ _rotation(motion).T
    distance = distance_px * motion.distance_ratio
    scale = motion.zoom * distance / (distance + relative[..., 2:])
    return np.asarray(relative[..., :2] * scale + centre[:2])


def face_warp(
    points_xy: NDArray[Any],
    depth_px: NDArray[Any],
    size_px: tuple[int, int],
    *,
    motion: Motion,
    rng: np.random.Generator,
) -> Warp:
    """How a face moves in the picture when the head turns and the camera steps back or closer.

    Parameters
    ----------
    points_xy : ndarray, shape (478, 2) or (468, 2)
        Face mesh in pixels of the picture.
    depth_px : ndarray, shape (478,) or (468,)
        Depth of the points, smaller is nearer.
    size_px : tuple of int
        Width and height of the picture (or crop) that `points_xy` refers to.
    motion : Motion
        What moves.
    rng : numpy.random.Generator
        Draws the shift of soft tissue.

    Returns
    -------
    Warp
        Outside the face the depth of its rim is continued, so the surroundings follow smoothly
        (a real background would not). Beyond about 12 degrees the far side of the nose hides
        skin: such pixels are marked unseen and the picture there repeats the neighbourhood.
    """
    points = np.asarray(points_xy, dtype=np.float64)[:468]
    depth = np.asarray(depth_px, dtype=np.float64)[:468]
    step, nodes = grid_nodes(size_px)
    width = _face_width(points)
    surface = _depth_map(points, depth, nodes, step)
    edges = [_LEFT_EDGE, _RIGHT_EDGE]
    centre = np.append(points[edges].mean(axis=0), depth[edges].mean())
    distance_px = motion.distance_in_widths * width
    soft = _tissue(nodes, width, motion.tissue_shift, rng) + _smile(nodes, points, motion.smile)
    space = np.concatenate([nodes + soft, surface[..., np.newaxis]], axis=-1)
    forward = _turned(space, centre, motion, distance_px)
    # The photographer frames the face again: its middle stays where it was.
    moved = _turned(np.column_stack([points, depth]), centre, motion, distance_px)
    forward -= moved.mean(axis=0) - points.mean(axis=0)
    facing = -(_normals(surface, step) @ _rotation(motion).T)[..., 2] > _MIN_COSINE
    # The mesh ends in a crease at the hairline, which light would draw as an edge on the forehead.
    rounded = cv2.GaussianBlur(surface, (0, 0), _ROUNDING * width / step)
    normals = _normals(np.asarray(rounded, dtype=np.float32), step)
    ratio = _light_ratio(normals, normals @ _rotation(motion).T, motion)
    return finished_warp(size_px, step, nodes, forward=forward, ratio=ratio, facing=facing)


def area_warp(size_px: tuple[int, int], *, motion: Motion, rng: np.random.Generator) -> Warp:
    """How a flat area of skin moves in the picture: a homography and a smooth soft-tissue shift.

    Parameters
    ----------
    size_px : tuple of int
        Width and height of the picture.
    motion : Motion
        `distance_in_widths` and `tissue_shift` are in picture widths; `smile` is not used.
    rng : numpy.random.Generator
        Draws the shift of soft tissue.

    Returns
    -------
    Warp
    """
    step, nodes = grid_nodes(size_px)
    width = float(max(size_px))
    centre = np.array([(size_px[0] - 1) / 2, (size_px[1] - 1) / 2, 0.0])
    soft = nodes + _tissue(nodes, width, motion.tissue_shift, rng)
    flat = np.zeros((*nodes.shape[:2], 1))
    distance_px = motion.distance_in_widths * width
    forward = _turned(np.concatenate([soft, flat], axis=-1), centre, motion, distance_px)
    # A gently curved limb instead of a plane, for light only: normals fan out by 20 degrees.
    tilt = (nodes - centre[:2]) / width * math.radians(40)
    normals = np.concatenate([tilt, -np.ones((*nodes.shape[:2], 1))], axis=-1)
    normals = normals / np.linalg.norm(normals, axis=-1, keepdims=True)
    turned = normals @ _rotation(motion).T
    ratio = _light_ratio(normals, turned, motion)
    return finished_warp(
        size_px, step, nodes, forward=forward, ratio=ratio, facing=-turned[..., 2] > _MIN_COSINE
    )
