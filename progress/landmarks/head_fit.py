"""The rigid head behind a face's points: rotation, scale and depth from the canonical mesh."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from progress.bundle import canonical_mesh
from progress.model import Pose

RIGID_POINTS = (
    33, 133, 362, 263,  # canthi
    168, 6, 197, 195, 5, 4, 1,  # bridge and tip of the nose
    48, 278, 98, 327, 2,  # wings and base of the nose
    10, 151, 9, 67, 297, 109, 338,  # forehead
    127, 356, 234, 454, 93, 323,  # temples and before the ears
    116, 345, 117, 346,  # cheekbones
)  # fmt: skip
"""Points that keep their distances when brows, mouth and jaw move."""

DEFAULT_DISTANCE_MM = 700.0
"""Camera to face where nothing is known; clinics shoot at 0.5 to 1.2 m. A wrong guess moves the
estimated pitch by about a degree, the same one in both photos of a client."""

_IRIS_NEIGHBOURS = (
    (range(468, 473), (33, 133, 159, 145)),
    (range(473, 478), (263, 362, 386, 374)),
)
_STEPS = 12


@dataclass(frozen=True, slots=True, eq=False)
class HeadFit:
    """A canonical head placed in the picture.

    A vertex v (mm, x right, y up, z to the viewer) goes to c = rotation @ v and is seen at
    ``centre_xy + px_per_unit * (c.x, -c.y) / (1 - c.z / distance_mm)``.

    Parameters
    ----------
    rotation : ndarray of float64, shape (3, 3)
        Camera from head.
    px_per_unit : float
        Pixels per canonical millimetre in the plane through the head's centre. An average face is
        assumed, so this is a size and not a scale in mm of this client.
    centre_xy : ndarray of float64, shape (2,)
        Where the head's origin is seen.
    distance_mm : float
        Camera to head centre that the perspective was reckoned with.
    residual_px : float
        Root mean square distance of the rigid points from the fit.
    """

    rotation: NDArray[np.float64] = field(repr=False)
    px_per_unit: float
    centre_xy: NDArray[np.float64]
    distance_mm: float
    residual_px: float

    def pose(self) -> Pose:
        """The head's rotation as three angles.

        Roll is taken out in the picture plane first, so turning the camera changes roll alone:
        rotation = Rz(-roll) Ry(yaw) Rx(-pitch).
        """
        r = self.rotation
        return Pose(
            yaw_deg=math.degrees(math.asin(max(-1.0, min(1.0, -r[2, 0])))),
            pitch_deg=math.degrees(math.atan2(-r[2, 1], r[2, 2])),
            roll_deg=math.degrees(-math.atan2(r[1, 0], r[0, 0])),
        )


def rotation_from_pose(pose: Pose) -> NDArray[np.float64]:
    """The rotation matrix (camera from head) of a pose; the inverse of `HeadFit.pose`."""
    yaw, pitch, roll = (math.radians(a) for a in (pose.yaw_deg, -pose.pitch_deg, -pose.roll_deg))
    about_z = np.array(
        [[math.cos(roll), -math.sin(roll), 0], [math.sin(roll), math.cos(roll), 0], [0, 0, 1]]
    )
    about_y = np.array(
        [[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]]
    )
    about_x = np.array(
        [[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]]
    )
    return cast("NDArray[np.float64]", about_z @ about_y @ about_x)


def _turned(vector: NDArray[Any]) -> NDArray[np.float64]:
    """The rotation matrix of a rotation vector (Rodrigues)."""
    angle = float(np.linalg.norm(vector))
    x, y, z = vector if angle < 1e-12 else vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    if angle < 1e-12:
        return np.asarray(np.eye(3) + cross)
    return np.asarray(np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross)


def _seen(
    vertices: NDArray[np.float64],
    rotation: NDArray[np.float64],
    size: float,
    centre: NDArray[np.float64],
    distance_mm: float,
) -> NDArray[np.float64]:
    """Where the vertices of a placed head are seen."""
    camera = vertices @ rotation.T
    near = size / (1.0 - camera[:, 2] / distance_mm)
    return np.stack([centre[0] + near * camera[:, 0], centre[1] - near * camera[:, 1]], axis=1)


def fit_head(points_xy: Any, *, distance_mm: float = DEFAULT_DISTANCE_MM) -> HeadFit:
    """The canonical head that best covers the rigid points of a face.

    Parameters
    ----------
    points_xy : array_like, shape (N, 2) with N >= 468
        Pixels.
    distance_mm : float
        Camera to head, for the perspective.

    Returns
    -------
    HeadFit
        Least squares over `RIGID_POINTS`, Gauss-Newton from an affine start. A client whose face
        differs from the average keeps a constant error of a few degrees, mostly pitch; within a
        client it cancels.

    Raises
    ------
    ValueError
        If the points do not spread over a face.
    """
    index = list(RIGID_POINTS)
    seen = np.asarray(points_xy, dtype=np.float64)[index]
    vertices = canonical_mesh().vertices_mm[index]
    rotation, size, centre = _affine_start(vertices, seen)
    step = 1e-5
    for _ in range(_STEPS):
        now = _seen(vertices, rotation, size, centre, distance_mm)
        jacobian = np.empty((seen.size, 6))
        for k in range(3):
            nudge = np.zeros(3)
            nudge[k] = step
            moved = _seen(vertices, _turned(nudge) @ rotation, size, centre, distance_mm)
            jacobian[:, k] = (moved - now).ravel() / step
        jacobian[:, 3] = (now - centre).ravel() / size
        jacobian[:, 4] = np.tile((1.0, 0.0), len(seen))
        jacobian[:, 5] = np.tile((0.0, 1.0), len(seen))
        change = np.linalg.lstsq(jacobian, (seen - now).ravel(), rcond=None)[0]
        rotation = _turned(change[:3]) @ rotation
        size = max(size + change[3], 1e-3 * size)
        centre = centre + change[4:]
    rest = _seen(vertices, rotation, size, centre, distance_mm) - seen
    return HeadFit(
        rotation=rotation,
        px_per_unit=float(size),
        centre_xy=centre,
        distance_mm=distance_mm,
        residual_px=float(np.sqrt((rest**2).sum(axis=1).mean())),
    )


def _affine_start(
    vertices: NDArray[np.float64], seen: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    """Rotation, size and centre from the nearest orthographic view."""
    design = np.column_stack([vertices, np.ones(len(vertices))])
    solved = np.linalg.lstsq(design, seen * (1.0, -1.0), rcond=None)[0]
    rows = solved[:3].T
    u, sizes, vt = np.linalg.svd(rows, full_matrices=False)
    if not sizes[1] > 1e-6 * max(sizes[0], 1e-12):
        raise ValueError("points_xy: expected points that spread over a face, got a line or a spot")
    two = u @ vt
    rotation = np.vstack([two, np.cross(two[0], two[1])])
    return rotation, float(sizes.mean()), solved[3] * (1.0, -1.0)


def depths_px(fit: HeadFit) -> NDArray[np.float64]:
    """Depth of all 478 points, smaller is nearer, 0 at the head's centre plane.

    Returns
    -------
    ndarray of float64, shape (478,)
        From the posed canonical mesh; irises take the mean depth of their eye's corners and lids.
        The landmarker's own z is not used: over re-shoots of five faces it repeated two to eight
        times worse.
    """
    camera = canonical_mesh().vertices_mm @ fit.rotation.T
    return _with_irises(-camera[:, 2] * fit.px_per_unit)


def visibilities(fit: HeadFit) -> NDArray[np.float32]:
    """How surely each of 478 points faces the camera, 0..1.

    Returns
    -------
    ndarray of float32, shape (478,)
        Cosine between the mesh normal and the ray to the camera, 0 for what looks away: at 0.3
        skin is seen at 73 degrees and its area shrinks to 30 %. What hides behind the nose is not
        found out by this.
    """
    mesh = canonical_mesh()
    camera = mesh.vertices_mm @ fit.rotation.T
    a, b, c = (camera[mesh.triangles[:, k]] for k in range(3))
    face_normals = np.cross(b - a, c - a)  # length is twice the area, which weights the sum
    normals = np.zeros_like(camera)
    for k in range(3):
        np.add.at(normals, mesh.triangles[:, k], face_normals)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    rays = np.array([0.0, 0.0, fit.distance_mm]) - camera
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    cosine = np.clip((normals * rays).sum(axis=1), 0.0, 1.0)
    return _with_irises(cosine).astype(np.float32)


def _with_irises(of_mesh: NDArray[np.float64]) -> NDArray[np.float64]:
    """468 values with ten more for the irises, the mean of their eye's corners and lids."""
    values = np.concatenate([of_mesh, np.zeros(10)])
    for irises, neighbours in _IRIS_NEIGHBOURS:
        values[list(irises)] = of_mesh[list(neighbours)].mean()
    return values
