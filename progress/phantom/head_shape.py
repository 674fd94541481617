"""Whose face it is and what it does: individual form and expression of the control points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from progress.bundle import canonical_mesh
from progress.phantom.head_mesh import (
    INNER_LIPS,
    Points,
    open_eyes_close_lips,
    over_the_eyes,
)

# Landmarks around which a face may be fuller or leaner, as (right, left), and by how much (mm, one
# standard deviation, across, up, forward).
_ANCHORS = (
    ((50, 280), 20.0, (1.2, 0.8, 1.6)),
    ((172, 397), 24.0, (2.6, 1.4, 1.2)),
    ((152, 152), 20.0, (0.0, 2.6, 1.6)),
    ((4, 4), 13.0, (0.0, 1.4, 1.8)),
    ((48, 278), 9.0, (1.2, 0.3, 0.3)),
    ((6, 6), 12.0, (0.0, 0.5, 1.6)),
    ((61, 291), 12.0, (1.4, 0.6, 0.4)),
    ((105, 334), 16.0, (0.8, 1.3, 1.0)),
    ((67, 297), 26.0, (1.6, 1.6, 1.4)),
    ((234, 454), 26.0, (2.2, 0.5, 1.0)),
)


@dataclass(frozen=True, slots=True)
class Expression:
    """What the face does; 0 is at rest, 1 is full strength.

    Parameters
    ----------
    smile, brow_raise, mouth_open : float
        0..1.
    """

    smile: float = 0.0
    brow_raise: float = 0.0
    mouth_open: float = 0.0

    def __post_init__(self) -> None:
        for name in ("smile", "brow_raise", "mouth_open"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"Expression.{name}: expected 0..1, got {getattr(self, name)}")


def _bump(face: Points, landmark: int, sigma_mm: float) -> NDArray[np.float64]:
    """1 at a landmark, falling off as a Gaussian, shape (n, 1)."""
    squared = ((face - face[landmark]) ** 2).sum(axis=1, keepdims=True)
    return np.asarray(np.exp(-0.5 * squared / sigma_mm**2))


def individual_face(rng: np.random.Generator, *, strength: float = 1.0) -> Points:
    """The 468 control points of one person's face at rest, in mm.

    Parameters
    ----------
    rng : numpy Generator
    strength : float
        0 is the canonical face; 1 is about as varied as people are.
    """
    face = open_eyes_close_lips(canonical_mesh().vertices_mm)
    rest = face.copy()
    for (right, left), sigma_mm, spread in _ANCHORS:
        across, up, forward = rng.normal(0.0, 1.0, 3) * np.array(spread) * strength
        face += _bump(rest, right, sigma_mm) * np.array([-across, up, forward])
        if left != right:
            face += _bump(rest, left, sigma_mm) * np.array([across, up, forward])
    # Nobody is quite symmetric.
    face += _bump(rest, 50, 30.0) * rng.normal(0.0, 0.5, 3) * strength
    face += _bump(rest, 291, 20.0) * rng.normal(0.0, 0.4, 3) * strength
    return over_the_eyes(face * (1.0 + 0.025 * strength * rng.normal(0.0, 1.0, 3)))


def _opened(face: Points, amount: float) -> Points:
    """The jaw turned down about the joint before the ears."""
    weight = np.clip((-43.0 - face[:, 1]) / 6.0, 0.0, 1.0)
    taper = np.sin(np.linspace(0.0, np.pi, 11)) ** 0.7
    weight[list(INNER_LIPS[:11])] = 0.0
    weight[list(INNER_LIPS[11:])] = taper[-2:0:-1]
    for corner in (61, 291):
        weight *= 1.0 - 0.7 * _bump(face, corner, 6.0)[:, 0]
    angle = np.radians(13.0 * amount) * weight
    y, z = face[:, 1] - 5.0, face[:, 2] + 25.0
    moved = face.copy()
    moved[:, 1] = 5.0 + y * np.cos(angle) - z * np.sin(angle)
    moved[:, 2] = -25.0 + y * np.sin(angle) + z * np.cos(angle)
    return moved


def with_expression(face: Points, expression: Expression) -> Points:
    """The same face, moved.

    Parameters
    ----------
    face : ndarray of float64, shape (468, 3)
        At rest, in mm.
    expression : Expression
    """
    moved = face.copy()
    for side, corner, cheek, brow, lid in (
        (-1.0, 61, 50, 105, 145),
        (1.0, 291, 280, 334, 374),
    ):
        smile = expression.smile
        moved += smile * _bump(face, corner, 11.0) * np.array([side * 6.5, 7.5, -3.5])
        moved += smile * _bump(face, cheek, 17.0) * np.array([side * 1.0, 3.0, 1.5])
        moved += smile * _bump(face, lid, 9.0) * np.array([0.0, 1.0, 0.3])
        moved += expression.brow_raise * _bump(face, brow, 13.0) * np.array([0.0, 8.0, 0.0])
    moved += expression.brow_raise * _bump(face, 9, 13.0) * np.array([0.0, 5.0, 0.0])
    return _opened(moved, expression.mouth_open)
