"""All surfaces of the mannequin in one list of triangles, posed before the camera."""

from __future__ import annotations

import enum
import functools
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from progress.phantom.head_atlas import Atlas
from progress.phantom.head_mesh import (
    EYEBALL_HALF_WIDTH_MM,
    EYEBALL_RADIUS_MM,
    INNER_LIPS,
    Mesh,
    Points,
    Triangles,
    eye_centres_mm,
    lofted,
    sphere,
    topology,
    vertex_normals,
)

# Heights (mm) with half width, half depth and centre z of the rings of neck and clothing.
_NECK_Y = np.array([-30.0, -60.0, -90.0, -120.0, -145.0, -162.0])
_NECK = np.array(
    [[57, 50, -42], [57, 51, -40], [58, 52, -38], [60, 53, -37], [65, 56, -37], [70, 58, -37.0]]
)
_CLOTH_Y = np.array([-139.0, -140.0, -146.0, -158.0, -175.0, -200.0, -260.0])
_CLOTH = np.array(
    [
        [66, 57.5, -37],
        [69, 60, -37],
        [78, 64, -37],
        [118, 70, -38],
        [165, 78, -40],
        [200, 88, -42],
        [215, 95, -44.0],
    ]
)
_SCALE_MM = 57.0
"""Radius that turns the neck's angle into millimetres of its skin."""
FACE_PLANE_MM = 40.0
PIVOT_MM = np.array([0.0, -70.0, -40.0])


class Part(enum.IntEnum):
    """What a triangle belongs to."""

    FACE = 0
    NECK = 1
    CLOTH = 2
    RIGHT_EYE = 3
    LEFT_EYE = 4
    SOCKET = 5
    MOUTH = 6


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Surfaces in camera axes: x to the right of the picture, y up, z to the camera, in mm.

    Parameters
    ----------
    points_mm : ndarray of float64, shape (V, 3)
    normals : ndarray of float64, shape (V, 3)
    skin_mm : ndarray of float64, shape (V, 2)
        Where on the paper of its part a vertex lies; the neck's paper follows below the face's.
    triangles : ndarray of int64, shape (T, 3)
    part : ndarray of int8, shape (T,)
    occluders : ndarray of int64, shape (S, 3)
        Fewer triangles of the same form, for shadows.
    eye_axes : ndarray of float64, shape (2, 3)
        Where the right and the left eye look.
    eye_centres_mm : ndarray of float64, shape (2, 3)
    """

    points_mm: Points = field(repr=False)
    normals: Points = field(repr=False)
    skin_mm: Points = field(repr=False)
    triangles: Triangles = field(repr=False)
    part: NDArray[np.int8] = field(repr=False)
    occluders: Triangles = field(repr=False)
    eye_axes: Points = field(repr=False)
    eye_centres_mm: Points = field(repr=False)


def rotation(yaw_deg: float, pitch_deg: float, roll_deg: float) -> NDArray[np.float64]:
    """Turn of the head: yaw to the client's left, pitch up, roll clockwise in the picture."""
    yaw, pitch, roll = (math.radians(angle) for angle in (yaw_deg, pitch_deg, roll_deg))
    about_y = np.array(
        [[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]]
    )
    about_x = np.array(
        [[1, 0, 0], [0, math.cos(pitch), math.sin(pitch)], [0, -math.sin(pitch), math.cos(pitch)]]
    )
    about_z = np.array(
        [[math.cos(roll), math.sin(roll), 0], [-math.sin(roll), math.cos(roll), 0], [0, 0, 1]]
    )
    return np.asarray(about_z @ about_y @ about_x)


@functools.cache
def _stand() -> tuple[Mesh, Mesh, Points]:
    """Neck, clothing, and where the neck's vertices lie on its paper."""
    fine = np.linspace(_NECK_Y[0], _NECK_Y[-1], 40)
    neck = lofted(fine, _rings(fine, _NECK_Y, _NECK))
    fine = np.concatenate([np.linspace(-139, -150, 12), np.linspace(-153, -260, 30)])
    cloth = lofted(fine, _rings(fine, _CLOTH_Y, _CLOTH))
    angle = np.tile(np.radians(np.linspace(-120, 120, 120)), 40)
    paper = np.stack([88.0 + _SCALE_MM * angle, -30.0 - neck.vertices_mm[:, 1]], axis=1)
    return neck, cloth, paper


def _rings(at: Any, heights: Any, rings: Any) -> NDArray[np.float64]:
    """Rings of a tube at more heights."""
    order = np.argsort(heights)
    return np.stack([np.interp(at, heights[order], rings[order, k]) for k in range(3)], axis=1)


def build_scene(
    control_mm: Points,
    rest_mm: Points,
    atlas: Atlas,
    *,
    lift_mm: NDArray[np.float64],
    pose_deg: tuple[float, float, float],
    camera_mm: NDArray[np.float64],
) -> Scene:
    """Everything the camera may see.

    Parameters
    ----------
    control_mm, rest_mm : ndarray of float64, shape (n, 3)
        Control points with today's expression and at rest (eyes stay where they rest).
    atlas : Atlas
    lift_mm : ndarray of float64, shape (V,)
        By which each surface vertex stands out along its normal (hair, swelling).
    pose_deg : tuple of float
        Yaw, pitch, roll.
    camera_mm : ndarray, shape (3,)
        Where the camera is; the eyes look there.
    """
    mesh = topology()
    head = mesh.surface_from_base @ control_mm
    skin_normals = vertex_normals(head, mesh.triangles)
    head = head + lift_mm[:, None] * skin_normals
    turn = rotation(*pose_deg)
    head = (head - PIVOT_MM) @ turn.T + PIVOT_MM
    neck, cloth, paper = _stand()
    # The neck follows the head at its top and the shoulders at its foot.
    follow = np.clip((neck.vertices_mm[:, 1:2] + 150.0) / 70.0, 0.0, 1.0)
    turned = (neck.vertices_mm - PIVOT_MM) @ turn.T + PIVOT_MM
    neck_mm = neck.vertices_mm + follow * (turned - neck.vertices_mm)
    centres = (eye_centres_mm(rest_mm[:468]) - PIVOT_MM) @ turn.T + PIVOT_MM
    axes = camera_mm - centres
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    wide = np.array([EYEBALL_HALF_WIDTH_MM / EYEBALL_RADIUS_MM, 1.0, 1.0])
    unit = sphere(np.zeros(3), EYEBALL_RADIUS_MM)
    balls = [Mesh((unit.vertices_mm * wide) @ turn.T + c, unit.triangles) for c in centres]
    sockets = [sphere(c - 3.2 * turn[:, 2], EYEBALL_RADIUS_MM + 2.4, rows=16) for c in centres]
    lips = rest_mm[list(INNER_LIPS)].mean(axis=0) - np.array([0.0, 4.0, 31.0])
    mouth = sphere((lips - PIVOT_MM) @ turn.T + PIVOT_MM, 26.0, rows=16)
    meshes = [
        (head, mesh.triangles, Part.FACE),
        (neck_mm, neck.triangles, Part.NECK),
        (cloth.vertices_mm, cloth.triangles, Part.CLOTH),
        (balls[0].vertices_mm, balls[0].triangles, Part.RIGHT_EYE),
        (balls[1].vertices_mm, balls[1].triangles, Part.LEFT_EYE),
        *((s.vertices_mm, s.triangles, Part.SOCKET) for s in sockets),
        (mouth.vertices_mm, mouth.triangles, Part.MOUTH),
    ]
    starts = np.cumsum([0] + [len(points) for points, _, _ in meshes])
    below = np.array([0.0, atlas.size_mm[1]])
    papers = [atlas.xy_mm, paper + below]
    papers += [np.zeros((len(points), 2)) for points, _, _ in meshes[2:]]
    triangles = [tri + start for (_, tri, _), start in zip(meshes, starts, strict=False)]
    return Scene(
        points_mm=np.concatenate([points for points, _, _ in meshes]),
        normals=np.concatenate([vertex_normals(points, tri) for points, tri, _ in meshes]),
        skin_mm=np.concatenate(papers),
        triangles=np.concatenate(triangles),
        part=np.concatenate([np.full(len(tri), part, dtype=np.int8) for _, tri, part in meshes]),
        occluders=np.concatenate([mesh.shadow_triangles, *triangles[1:3]]),
        eye_axes=axes,
        eye_centres_mm=centres,
    )


@dataclass(frozen=True, slots=True)
class View:
    """A pinhole camera in front of the head, looking along -z.

    Parameters
    ----------
    px_per_mm : float
        At the plane of the face, 40 mm before the middle of the head.
    distance_mm : float
        From that plane to the camera.
    size_px : tuple of int
        Width and height of the picture.
    aim_mm : tuple of float
        x and y of the point in the middle of the picture.
    """

    px_per_mm: float
    distance_mm: float
    size_px: tuple[int, int]
    aim_mm: tuple[float, float]

    @property
    def position_mm(self) -> NDArray[np.float64]:
        """Where the camera is."""
        return np.array([*self.aim_mm, self.distance_mm + FACE_PLANE_MM])

    def project(self, points_mm: Points) -> tuple[Points, NDArray[np.float64]]:
        """Picture positions (x, y), shape (..., 2), and depths in mm, shape (...)."""
        depth = self.distance_mm + FACE_PLANE_MM - points_mm[..., 2]
        scale = self.px_per_mm * self.distance_mm / depth
        x = 0.5 * (self.size_px[0] - 1) + scale * (points_mm[..., 0] - self.aim_mm[0])
        y = 0.5 * (self.size_px[1] - 1) - scale * (points_mm[..., 1] - self.aim_mm[1])
        return np.stack([x, y], axis=-1), depth
