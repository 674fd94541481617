"""A drawn face of known pose and iris size: the canonical mesh, shaded, with painted features."""

from dataclasses import dataclass

import cv2
import numpy as np

from progress.bundle import canonical_mesh
from progress.imaging import DecodedPhoto
from progress.landmarks import rotation_from_pose
from progress.model import Pose

EYES = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)
LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
BROWS = (
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)
CORNERS = ((33, 133), (362, 263))
LIDS = ((159, 145), (386, 374))
NOSTRILS = ((98, 2), (327, 2))
DISTANCE_MM = 700.0
IRIS_MM = 11.7
_FINE = 2
_LAMP = np.array([0.3, 0.5, 0.8]) / np.linalg.norm([0.3, 0.5, 0.8])


@dataclass(frozen=True)
class DrawnFace:
    """The picture and what was drawn."""

    codes: np.ndarray
    points_xy: np.ndarray  # 468 mesh points
    pupils_xy: np.ndarray  # the client's right, then left
    px_per_mm: float  # at the irises

    def photo(self, file="drawn.png"):
        return DecodedPhoto.from_codes(self.codes, file=file)


def project(vertices, rotation, size, centre):
    camera = vertices @ rotation.T
    near = size / (1 - camera[:, 2] / DISTANCE_MM)
    x, y = centre[0] + near * camera[:, 0], centre[1] - near * camera[:, 1]
    return np.stack([x, y], axis=1), camera, near


def _fill(canvas, polygon, colour):
    points = np.rint(((polygon + 0.5) * _FINE - 0.5) * 16).astype(np.int32)
    cv2.fillPoly(canvas, [points], colour, cv2.LINE_AA, 4)


def _disc(canvas, centre, radius, colour):
    middle = tuple(int(v) for v in np.rint(((centre + 0.5) * _FINE - 0.5) * 16))
    cv2.circle(canvas, middle, round(radius * _FINE * 16), colour, -1, cv2.LINE_AA, 4)


def iris_ring(vertices, rotation, corners, lids, *, looks_ahead):
    """A 3-D iris (mm, camera axes): its centre and rim, in front of an eyeball's centre.

    The eye turns about a point 13.5 mm behind the lids; its iris lies 10.5 mm in front of that.
    """
    eyeball = vertices[list(corners)].mean(axis=0)
    eyeball[2] = vertices[list(lids), 2].mean() - 13.5
    eyeball = rotation @ eyeball
    gaze = rotation[:, 2] if looks_ahead else np.array([0.0, 0.0, DISTANCE_MM]) - eyeball
    gaze = gaze / np.linalg.norm(gaze)
    across = np.cross([0.0, 1.0, 0.0], gaze)
    across /= np.linalg.norm(across)
    up = np.cross(gaze, across)
    turn = np.linspace(0, 2 * np.pi, 120, endpoint=False)[:, np.newaxis]
    centre = eyeball + 10.5 * gaze
    return centre, centre + IRIS_MM / 2 * (np.cos(turn) * across + np.sin(turn) * up)


def draw_face(
    *,
    pose=None,
    px_per_unit=4.0,
    size_px=(900, 1100),
    centre=None,
    onto=None,
    eyes_shut=False,
    looks_ahead=False,
):
    """A face on a grey wall, or onto an earlier picture (H, W, 3 uint8).

    The eyes look at the camera, or where the head points.
    """
    rotation = rotation_from_pose(pose or Pose(0.0, 0.0, 0.0))
    width, height = size_px
    middle = np.array(centre if centre is not None else (width / 2, height / 2), dtype=float)
    mesh = canonical_mesh()
    xy, camera, _ = project(mesh.vertices_mm, rotation, px_per_unit, middle)
    wall = np.full((height, width, 3), (150, 155, 160), dtype=np.uint8) if onto is None else onto
    canvas = cv2.resize(wall, (width * _FINE, height * _FINE), interpolation=cv2.INTER_LINEAR)
    head_xy, _, _ = project(
        np.array([[0, 25.0, -30], [0, -140, -40]]), rotation, px_per_unit, middle
    )
    roll = np.degrees(np.arctan2(*(head_xy[1] - head_xy[0]))) * -1
    for where, axes, colour in (
        (head_xy[1], (55, 90), (170, 125, 105)),
        (head_xy[0], (88, 112), (60, 45, 38)),
    ):
        place = tuple(int(v) for v in np.rint((where + 0.5) * _FINE))
        reach = tuple(int(a * px_per_unit * _FINE) for a in axes)
        cv2.ellipse(canvas, place, reach, float(roll), 0, 360, colour, -1, cv2.LINE_AA)
    a, b, c = (camera[mesh.triangles[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    shade = 0.35 + 0.65 * np.clip(normals @ _LAMP, 0, 1)
    depth = camera[mesh.triangles, 2].mean(axis=1)
    for k in np.argsort(depth):
        if normals[k, 2] > -0.2:
            colour = tuple(float(v) for v in np.array([222, 172, 148]) * shade[k] ** 0.6)
            _fill(canvas, xy[mesh.triangles[k]], colour)
    for brow in BROWS:
        _fill(canvas, xy[list(brow)], (75, 52, 42))
    _fill(canvas, xy[list(LIPS)], (178, 92, 88))
    for side, base in NOSTRILS:
        _disc(canvas, 0.6 * xy[side] + 0.4 * xy[base], 2.6 * px_per_unit, (95, 55, 48))
    pupils, scales = [], []
    for eye, corners, lids in zip(EYES, CORNERS, LIDS, strict=True):
        ring = list(eye)
        middle_3d, rim_3d = iris_ring(
            mesh.vertices_mm, rotation, corners, lids, looks_ahead=looks_ahead
        )
        rim, _, _ = project(rim_3d, np.eye(3), px_per_unit, middle)
        pupil, _, at_eye = project(middle_3d[np.newaxis], np.eye(3), px_per_unit, middle)
        pupil, at_eye = pupil[0], float(at_eye[0])
        if eyes_shut:
            _fill(canvas, xy[ring], (190, 140, 120))
        else:
            lid = np.zeros(canvas.shape[:2], dtype=np.uint8)
            opening = xy[ring] + (xy[ring] - xy[ring].mean(axis=0)) * (0.0, 0.25)
            _fill(lid, opening, 255)
            layer = canvas.copy()
            layer[:] = (236, 232, 228)
            _fill(layer, rim, (92, 66, 48))
            _fill(layer, pupil + 0.3 * (rim - pupil), (12, 10, 10))
            glint = pupil - np.array([1.0, 1.2]) * at_eye
            _disc(layer, glint, 0.6 * at_eye, (250, 250, 250))
            part = lid[..., np.newaxis] / 255.0
            canvas = np.rint(part * layer + (1 - part) * canvas).astype(np.uint8)
        pupils.append(pupil)
        scales.append(at_eye)
    small = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 0.7)
    noise = np.random.default_rng(0).normal(0, 1.5, soft.shape)
    codes = np.clip(np.rint(soft + noise), 0, 255).astype(np.uint8)
    return DrawnFace(codes, xy, np.array(pupils), float(np.mean(scales)))
