"""The mannequin's geometry: the canonical face smoothed, closed to a head, with neck and clothing.

Coordinates are millimetres, x to the client's left, y up, z to the viewer.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from progress.bundle import canonical_mesh

Points = NDArray[np.float64]
Triangles = NDArray[np.int64]

IRIS_DIAMETER_MM = 11.7
EYEBALL_RADIUS_MM = 13.6
EYEBALL_HALF_WIDTH_MM = 15.6
"""Wider than high, so that it fills the corners of the canonical face's eyes."""
LEVELS = 3

# Landmark numbers of the canonical face mesh; right and left are the client's own.
RIGHT_LID = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
LEFT_LID = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
_INNER_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415)
_OUTER_UPPER = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409)
INNER_LIPS = (*_INNER_UPPER, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
OUTER_LIPS = (*_OUTER_UPPER, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
RIGHT_BROW = (70, 63, 105, 66, 107, 55, 65, 52, 53, 46)
LEFT_BROW = (300, 293, 334, 296, 336, 285, 295, 282, 283, 276)

# Skirt rings: how far behind the face's edge (mm) and how far from the head's axis (ratio), for
# vertices at the top, at the sides and at the chin.
_RING_BACK = {
    "top": (16.0, 44.0, 92.0, 150.0),
    "side": (18.0, 42.0, 72.0, 104.0),
    "low": (17.0, 36.0, 62.0, 90.0),
}
_RING_OUT = {
    "top": (1.26, 1.46, 1.50, 1.10),
    "side": (1.035, 1.02, 0.92, 0.60),
    "low": (1.00, 0.96, 0.86, 0.60),
}
_AXIS_Y_MM = 10.0
_SKULL_HALF_MM = 80.0


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles over points in millimetres; normals point outwards, counter-clockwise in front."""

    vertices_mm: Points = field(repr=False)
    triangles: Triangles = field(repr=False)


def vertex_normals(vertices_mm: Points, triangles: Triangles) -> Points:
    """Unit normals, the area-weighted mean of the triangles that meet at each vertex."""
    corners = vertices_mm[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros_like(vertices_mm)
    for corner in range(3):
        for axis in range(3):
            total[:, axis] += np.bincount(
                triangles[:, corner], weights=faces[:, axis], minlength=len(vertices_mm)
            )
    length = np.linalg.norm(total, axis=1, keepdims=True)
    return np.asarray(total / np.maximum(length, 1e-12))


def _edges(triangles: Triangles) -> tuple[NDArray[np.int64], NDArray[np.int64], Triangles]:
    """Unique edges (E, 2), how many triangles use each, and the edge numbers of each triangle."""
    half = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges, inverse, counts = np.unique(
        np.sort(half, axis=1), axis=0, return_inverse=True, return_counts=True
    )
    return edges, counts, inverse.reshape(3, -1).T


def loop_step(n_vertices: int, triangles: Triangles) -> tuple[sp.csr_matrix, Triangles]:
    """One step of Loop subdivision as a matrix (new vertices from old) and the new triangles.

    Old vertices keep their numbers. Edges with one triangle are boundary curves (cubic B-spline).
    Source: Loop 1987, "Smooth subdivision surfaces based on triangles", with Warren's weights.
    """
    edges, counts, of_triangle = _edges(triangles)
    boundary = counts == 1
    # Each edge's opposite corners: the first and the last of its triangles in sorted order.
    facing = triangles[:, [2, 0, 1]].ravel()
    order = np.argsort(of_triangle.ravel(), kind="stable")
    ends = np.cumsum(counts)
    opposite, other = facing[order][ends - counts], facing[order][ends - 1]
    inner = ~boundary
    rows: list[NDArray[Any]] = []
    columns: list[NDArray[Any]] = []
    weights: list[NDArray[np.float64]] = []

    def put(r: NDArray[Any], c: NDArray[Any], w: Any) -> None:
        rows.append(r)
        columns.append(c)
        weights.append(np.broadcast_to(w, r.shape).astype(np.float64))

    new = n_vertices + np.arange(len(edges))
    for side in (0, 1):
        put(new[inner], edges[inner, side], 3 / 8)
        put(new[boundary], edges[boundary, side], 1 / 2)
    put(new[inner], opposite[inner], 1 / 8)
    put(new[inner], other[inner], 1 / 8)

    on_boundary = np.zeros(n_vertices, dtype=bool)
    on_boundary[edges[boundary].ravel()] = True
    valence = np.bincount(edges.ravel(), minlength=n_vertices)
    beta = np.where(valence == 3, 3 / 16, 3 / (8 * np.maximum(valence, 1)))
    old = np.arange(n_vertices)
    put(old[~on_boundary], old[~on_boundary], 1 - valence[~on_boundary] * beta[~on_boundary])
    put(old[on_boundary], old[on_boundary], 3 / 4)
    for start, end in ((edges[:, 0], edges[:, 1]), (edges[:, 1], edges[:, 0])):
        smooth = ~on_boundary[start]
        put(start[smooth], end[smooth], beta[start[smooth]])
        put(start[boundary], end[boundary], 1 / 8)
    matrix = sp.csr_matrix(
        (np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))),
        shape=(n_vertices + len(edges), n_vertices),
    )
    ab, bc, ca = (n_vertices + of_triangle[:, k] for k in range(3))
    first, second, third = triangles.T
    quads = [(first, ab, ca), (second, bc, ab), (third, ca, bc), (ab, bc, ca)]
    return matrix, np.concatenate([np.stack(q, axis=1) for q in quads])


def _boundary_loop(triangles: Triangles) -> NDArray[np.int64]:
    """The face's edge from the top of the forehead round in the order of the triangles."""
    directed = {(int(p), int(q)) for t in triangles for p, q in zip(t, np.roll(t, -1), strict=True)}
    following = {p: q for p, q in directed if (q, p) not in directed}
    loop = [10]
    while (step := following[loop[-1]]) != 10:
        loop.append(step)
    return np.array(loop)


def _skirt(face: Points, loop: NDArray[np.int64]) -> list[Points]:
    """Rings of vertices that carry the face's edge back over skull and jaw."""
    edge = face[loop]
    out = edge[:, :2] - np.array([0.0, _AXIS_Y_MM])
    sine = out[:, 1] / np.hypot(out[:, 0], out[:, 1])
    top = np.clip(sine, 0, 1) ** 1.3
    low = np.clip(-sine, 0, 1) ** 1.3
    side = 1 - top - low
    rings = []
    for k in range(len(_RING_BACK["top"])):
        back = top * _RING_BACK["top"][k] + side * _RING_BACK["side"][k]
        back += low * _RING_BACK["low"][k]
        ratio = top * _RING_OUT["top"][k] + side * _RING_OUT["side"][k]
        ratio += low * _RING_OUT["low"][k]
        ring = edge.copy()
        ring[:, :2] = out * ratio[:, None] + np.array([0.0, _AXIS_Y_MM])
        # A skull is narrower than the cone through the corners of the forehead.
        half = _SKULL_HALF_MM * np.sqrt(np.clip(1 - ((ring[:, 1] - 15) / 118) ** 2, 0.02, 1))
        high = np.clip((ring[:, 1] - 15) / 40, 0, 1)
        narrow = np.clip(ring[:, 0], -half, half)
        ring[:, 0] += high * (narrow - ring[:, 0])
        ring[:, 2] -= back
        rings.append(ring)
    return rings


@dataclass(frozen=True, slots=True, eq=False)
class Topology:
    """What every mannequin's skin has in common: numbering, triangles and the subdivision.

    Parameters
    ----------
    surface_from_base : csr_matrix, shape (n_surface, n_base)
        Surface points from control points; the first `n_base` surface points belong to the control
        points of the same number.
    triangles : ndarray of int64
        Skin triangles of the surface, without the openings of eyes and mouth.
    is_face : ndarray of bool
        Per surface triangle: inside the canonical face (not the skirt over skull and jaw).
    coarse_from_base, surface_from_coarse : csr_matrix
        The same in two steps, by way of the once subdivided mesh.
    coarse_triangles, coarse_is_face : ndarray
        Of the once subdivided mesh.
    shadow_triangles : ndarray of int64
        A quarter as many triangles over the surface points, for shadows.
    """

    surface_from_base: sp.csr_matrix = field(repr=False)
    triangles: Triangles = field(repr=False)
    is_face: NDArray[np.bool_] = field(repr=False)
    coarse_from_base: sp.csr_matrix = field(repr=False)
    surface_from_coarse: sp.csr_matrix = field(repr=False)
    coarse_triangles: Triangles = field(repr=False)
    coarse_is_face: NDArray[np.bool_] = field(repr=False)
    shadow_triangles: Triangles = field(repr=False)


@functools.cache
def topology() -> Topology:
    """The subdivision of the head, made once per process (about 0.3 s)."""
    triangles = canonical_mesh().triangles
    for opening in (RIGHT_LID, LEFT_LID, INNER_LIPS):
        triangles = triangles[~np.isin(triangles, opening).all(axis=1)]
    loop = _boundary_loop(canonical_mesh().triangles)
    n_face, inner = len(triangles), loop
    n = len(canonical_mesh().vertices_mm)
    parts = [triangles]
    for _ in range(len(_RING_BACK["top"])):
        outer = n + np.arange(len(loop))
        n += len(loop)
        a, b, c, d = inner, np.roll(inner, -1), outer, np.roll(outer, -1)
        parts += [np.stack([b, a, c], axis=1), np.stack([b, c, d], axis=1)]
        inner = outer
    triangles = np.concatenate(parts)
    is_face = np.arange(len(triangles)) < n_face
    coarse, coarse_triangles = loop_step(n, triangles)
    surface, triangles = sp.identity(coarse.shape[0], format="csr"), coarse_triangles
    for _ in range(LEVELS - 1):
        shadow_triangles = triangles
        step, triangles = loop_step(surface.shape[0], triangles)
        surface = step @ surface
    return Topology(
        surface_from_base=sp.csr_matrix(surface @ coarse),
        triangles=triangles,
        is_face=np.tile(is_face, 4**LEVELS),
        coarse_from_base=coarse,
        surface_from_coarse=sp.csr_matrix(surface),
        coarse_triangles=coarse_triangles,
        coarse_is_face=np.tile(is_face, 4),
        shadow_triangles=shadow_triangles,
    )


def eye_centres_mm(face: Points) -> Points:
    """Centres of the right and the left eyeball behind the lids of a control face."""
    centres = []
    for lid, outer, inner in ((RIGHT_LID, 33, 133), (LEFT_LID, 263, 362)):
        middle = (face[outer] + face[inner]) / 2
        front = face[list(lid)][:, 2].max() - 1.1
        centres.append((middle[0], middle[1] + 0.4, front - EYEBALL_RADIUS_MM))
    return np.array(centres)


def eyeball_height_mm(offset_xy: Points) -> NDArray[np.float64]:
    """How far the eyeball stands out before its centre, shape (n,)."""
    squared = (offset_xy[:, 0] / EYEBALL_HALF_WIDTH_MM) ** 2
    squared += (offset_xy[:, 1] / EYEBALL_RADIUS_MM) ** 2
    return np.asarray(EYEBALL_RADIUS_MM * np.sqrt(np.maximum(1.0 - squared, 0.0)))


def open_eyes_close_lips(face: Points) -> Points:
    """The canonical control face with lids further apart, fitted to the eyeball, and lips shut."""
    shaped = face.copy()
    for lid in (RIGHT_LID, LEFT_LID):
        # Lower lid: entries 1..7 from outer to inner; upper lid: entries 9..15 from inner to outer.
        arch = np.sin(np.linspace(0, np.pi, 9)[1:-1])
        shaped[list(lid[1:8]), 1] -= 1.3 * arch
        shaped[list(lid[9:16]), 1] += 2.6 * arch
        corner = lid[8]
        shaped[corner, 2] -= 2.0
        shaped[[lid[7], lid[9]], 2] -= 1.0
    top = np.array(INNER_LIPS[1:10])
    bottom = np.array(INNER_LIPS[:10:-1])
    gap = shaped[top, 1] - shaped[bottom, 1] - 0.5
    depth = shaped[top, 2] - shaped[bottom, 2]
    shaped[top, 1] -= 0.45 * gap
    shaped[bottom, 1] += 0.55 * gap
    shaped[top, 2] -= 0.4 * depth
    shaped[bottom, 2] += 0.4 * depth
    return shaped


def over_the_eyes(face: Points) -> Points:
    """The control face with its skin nowhere inside an eyeball."""
    shaped = face.copy()
    for centre in eye_centres_mm(face):
        ball = eyeball_height_mm(shaped[:, :2] - centre[:2])
        lifted = np.maximum(shaped[:, 2], ball + centre[2] + 0.5)
        shaped[:, 2] = np.where(ball > 0, lifted, shaped[:, 2])
    return shaped


def control_points(face: Points) -> Points:
    """All control points of the head: the 468 of the face, then the rings of the skirt."""
    loop = _boundary_loop(canonical_mesh().triangles)
    return np.concatenate([face, *_skirt(face, loop)])


def sphere(centre_mm: Points, radius_mm: float, *, rows: int = 40) -> Mesh:
    """The front half of a ball."""
    polar, turn = np.meshgrid(
        np.linspace(0, np.pi / 2, rows), np.linspace(0, 2 * np.pi, 2 * rows), indexing="ij"
    )
    unit = np.stack(
        [np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)], axis=-1
    )
    return Mesh(centre_mm + radius_mm * unit.reshape(-1, 3), _grid_triangles(rows, 2 * rows))


def _grid_triangles(rows: int, columns: int) -> Triangles:
    """Two triangles for each cell of a grid; outward when (row, column) tangents turn outward."""
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b = index[:-1, :-1].ravel(), index[:-1, 1:].ravel()
    c, d = index[1:, :-1].ravel(), index[1:, 1:].ravel()
    return np.concatenate([np.stack([a, c, b], axis=1), np.stack([b, c, d], axis=1)])


def lofted(heights_mm: Points, rings: Points, *, columns: int = 120) -> Mesh:
    """A tube open at the back: elliptical rings of (half width, half depth, centre z) by height.

    Vertices run by row from the top ring down, within a row from the client's right (-120 deg) over
    the front (0) to the left.
    """
    angle = np.radians(np.linspace(-120, 120, columns))
    x = rings[:, :1] * np.sin(angle)
    z = rings[:, 2:3] + rings[:, 1:2] * np.cos(angle)
    y = np.broadcast_to(heights_mm[:, None], x.shape)
    grid = np.stack([x, y, z], axis=-1)
    return Mesh(grid.reshape(-1, 3), _grid_triangles(len(heights_mm), columns))
