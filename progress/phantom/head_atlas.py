"""Flat skin for a curved head: a map from millimetres on paper to millimetres on the surface.

Procedural skin is drawn flat. Laid on the head it must keep its millimetres, so the surface is
unrolled as rigidly as possible (Liu et al. 2008, doi:10.1111/j.1467-8659.2008.01290.x), and where a
nose cannot be unrolled, the local stretch is known and features are drawn larger or smaller.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.linalg import splu

from progress.phantom.head_mesh import Points, Triangles, topology

_ROUNDS = 60
_SKIRT_WEIGHT = 0.02
# How far the drawn piece of skin reaches beyond the face: to the ears, the hair and under the jaw.
_SIDE_MM, _ABOVE_MM, _BELOW_MM = 12.0, 22.0, 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """Where each surface vertex lies on the flat piece of skin.

    Parameters
    ----------
    xy_mm : ndarray of float64, shape (V, 2)
        From the top-left corner of the piece, x to the client's left, y down; the back of the head
        lies outside the piece.
    size_mm : tuple of float
        Width and height of the piece.
    stretch : ndarray of float64, shape (V,)
        Millimetres on the surface per millimetre on paper (square root of the ratio of areas).
    shear : ndarray of float64, shape (V,)
        Larger over smaller of the two principal stretches, at least 1.
    """

    xy_mm: Points = field(repr=False)
    size_mm: tuple[float, float]
    stretch: NDArray[np.float64] = field(repr=False)
    shear: NDArray[np.float64] = field(repr=False)


def unroll(control_mm: Points) -> Atlas:
    """The surface laid flat, the face as true to size as can be.

    Parameters
    ----------
    control_mm : ndarray of float64, shape (n, 3)
        Control points of a head at rest. Skull and jaw take up the distortion.

    Notes
    -----
    Solved on the once subdivided mesh (0.4 s); the paper is then subdivided like the surface.
    """
    mesh = topology()
    uv = _as_rigid_as_possible(
        mesh.coarse_from_base @ control_mm, mesh.coarse_triangles, is_face=mesh.coarse_is_face
    )
    uv = mesh.surface_from_coarse @ uv
    surface = mesh.surface_from_base @ control_mm
    flat = _local_frames(surface[mesh.triangles])
    stretch, shear = _distortion(uv, mesh.triangles, flat, weight=np.where(mesh.is_face, 1.0, 1e-3))
    uv[:, 1] *= -1.0
    face = uv[np.unique(mesh.triangles[mesh.is_face])]
    low = face.min(axis=0) - np.array([_SIDE_MM, _ABOVE_MM])
    high = face.max(axis=0) + np.array([_SIDE_MM, _BELOW_MM])
    return Atlas(uv - low, (float(high[0] - low[0]), float(high[1] - low[1])), stretch, shear)


def _as_rigid_as_possible(
    vertices_mm: Points, triangles: Triangles, *, is_face: NDArray[np.bool_]
) -> Points:
    """Positions on paper, y up, by alternating local rotations and a global solve."""
    flat = _local_frames(vertices_mm[triangles])
    cotangents = _cotangents(flat)
    weight = np.where(is_face, 1.0, _SKIRT_WEIGHT)[:, None] * np.maximum(cotangents, 0.02)
    n = len(vertices_mm)
    start, end = triangles[:, [1, 2, 0]], triangles[:, [2, 0, 1]]
    rows = np.concatenate([start.ravel(), end.ravel()])
    columns = np.concatenate([end.ravel(), start.ravel()])
    both = np.concatenate([weight.ravel(), weight.ravel()])
    adjacency = sp.csr_matrix((both, (rows, columns)), shape=(n, n))
    laplacian = sp.diags(np.asarray(adjacency.sum(axis=1)).ravel()) - adjacency
    solver = splu(sp.csc_matrix(laplacian + 1e-9 * sp.identity(n)))
    edges = flat[:, [1, 2, 0]] - flat[:, [2, 0, 1]]
    uv = _first_guess(vertices_mm)
    for _ in range(_ROUNDS):
        drawn = uv[start] - uv[end]
        covariance = np.einsum("tk,tki,tkj->tij", weight, drawn, edges)
        turn = _nearest_rotation(covariance)
        wanted = np.einsum("tij,tkj->tki", turn, edges) * weight[..., None]
        right = np.zeros_like(uv)
        for axis in (0, 1):
            pull = wanted[..., axis].ravel()
            right[:, axis] = np.bincount(start.ravel(), weights=pull, minlength=n)
            right[:, axis] -= np.bincount(end.ravel(), weights=pull, minlength=n)
        uv = solver.solve(right)
    return uv


def _first_guess(vertices_mm: Points) -> Points:
    """Unrolled from an upright cylinder, with the skull laid out beyond the forehead."""
    x, y, z = vertices_mm.T
    angle = np.arctan2(x, z + 60.0)
    behind = np.maximum(0.0, 20.0 - z) * np.clip((y - 50.0) / 40.0, 0.0, 1.0)
    return np.stack([85.0 * angle, y + behind], axis=1)


def _local_frames(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each triangle in a plane of its own, shape (T, 3, 2)."""
    ab, ac = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    length = np.linalg.norm(ab, axis=1)
    along = (ab * ac).sum(axis=1) / length
    across = np.sqrt(np.maximum((ac**2).sum(axis=1) - along**2, 1e-12))
    zero = np.zeros_like(length)
    return np.stack([zero, zero, length, zero, along, across], axis=1).reshape(-1, 3, 2)


def _cotangents(flat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Half the cotangent of each triangle's angle at its corners, shape (T, 3)."""
    out = np.empty(flat.shape[:2])
    for k in range(3):
        a, b = flat[:, (k + 1) % 3] - flat[:, k], flat[:, (k + 2) % 3] - flat[:, k]
        cross = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
        out[:, k] = 0.5 * (a * b).sum(axis=1) / np.maximum(cross, 1e-9)
    return np.clip(out, -5.0, 5.0)


def _nearest_rotation(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rotations closest to 2 x 2 matrices, in closed form."""
    cosine = matrix[:, 0, 0] + matrix[:, 1, 1]
    sine = matrix[:, 1, 0] - matrix[:, 0, 1]
    length = np.maximum(np.hypot(cosine, sine), 1e-12)
    cosine, sine = cosine / length, sine / length
    return np.stack([cosine, -sine, sine, cosine], axis=1).reshape(-1, 2, 2)


def _distortion(
    uv: Points, triangles: Triangles, flat: NDArray[np.float64], *, weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Surface over paper, and larger over smaller principal stretch, at each vertex."""
    paper = uv[triangles]
    paper_edges = np.stack([paper[:, 1] - paper[:, 0], paper[:, 2] - paper[:, 0]], axis=2)
    true_edges = np.stack([flat[:, 1] - flat[:, 0], flat[:, 2] - flat[:, 0]], axis=2)
    paper_from_true = paper_edges @ np.linalg.inv(true_edges)
    singular = np.linalg.svd(paper_from_true, compute_uv=False)
    area = weight * np.abs(np.linalg.det(true_edges))
    logs = np.log(np.maximum(singular, 1e-3))
    mean, ratio = -logs.mean(axis=1), logs[:, 0] - logs[:, 1]
    corner = triangles.ravel()
    total = np.bincount(corner, weights=np.repeat(area, 3), minlength=len(uv))
    at_vertex = [
        np.bincount(corner, weights=np.repeat(area * values, 3), minlength=len(uv)) / total
        for values in (mean, ratio)
    ]
    return np.exp(at_vertex[0]), np.exp(at_vertex[1])
