"""A mirror ball in the picture shows where each lamp stands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import gaussian_blur
from progress.model.checks import FloatArray

_GLINT: Final = 4.0
"""Times the usual brightness of the same place under the other lamps: matt skin stays below two."""
_SMALLEST_PX: Final = 10.0
_LARGEST_SHARE: Final = 0.2
_EDGE_SHARE: Final = 0.1
"""Of the strongest ring: the edge of a ball may be weaker than the horizon that it mirrors."""
_EDGE_CLEAR: Final = 6.0
_ANGLES: Final = 180
_PLACE_ERROR_PX: Final = 0.7
"""Of a glint against its ball: half a pixel of edge, as much of a glint that is clipped."""
_WORST_DEG: Final = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class MirrorBall:
    """A ball found, and the lamps that it shows.

    Parameters
    ----------
    centre_xy : tuple of float
    radius_px : float
    lamps : ndarray of float64, shape (N, 3)
        Unit directions to the lamps, in the order of the pictures.
    error_deg : float
        Of each of them, from the size of the ball in pixels.
    """

    centre_xy: tuple[float, float]
    radius_px: float
    lamps: NDArray[np.float64]
    error_deg: float


def find_mirror_ball(light: FloatArray) -> MirrorBall | None:
    """The ball in which every picture shows one glint, or None.

    Parameters
    ----------
    light : ndarray of float32, shape (N, H, W)
        Linear brightness under each lamp.

    Returns
    -------
    MirrorBall or None
        None where no disc holds a glint of its own in every picture, or the ball is so small that
        directions would be wrong by more than 6 degrees.

    Notes
    -----
    The camera is taken to look straight on from far away, so that the ray to it is the same all
    over the ball: a ball at the side of a picture taken from 30 cm is wrong by the angle at which
    it is seen. A direction is the ray to the camera mirrored at the glint's normal.
    """
    usual = np.median(light, axis=0)
    glints = [_glints(one, usual) for one in light]
    if not all(glints):
        return None
    best: MirrorBall | None = None
    for x, y in _middles(glints):
        around = _outline(usual, x, y, light.shape[1:], spread=_spread(glints, x, y, usual.shape))
        if around is None:
            continue
        cx, cy, radius = around
        error = math.degrees(2.0 * _PLACE_ERROR_PX / radius)
        inside = [_inside(found, cx, cy, radius) for found in glints]
        lamps = [_direction(one, cx, cy, radius) for one in inside if one is not None]
        if (
            len(lamps) == len(light)
            and error <= _WORST_DEG
            and (best is None or radius > best.radius_px)
        ):
            best = MirrorBall((cx, cy), radius, np.array(lamps), error)
    return best


def _glints(light: FloatArray, usual: NDArray[np.float32]) -> list[tuple[float, float, float]]:
    """x, y and brightness of every small place that only this lamp lights up."""
    level = float(np.median(usual))
    alone = (light > _GLINT * usual) & (light > level)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(alone.astype(np.uint8))
    largest = 0.002 * light.size
    out = []
    for k in range(1, count):
        if stats[k, cv2.CC_STAT_AREA] <= largest:
            y, x = np.nonzero(labels == k)
            weight = light[y, x].astype(np.float64)
            out.append(
                (float((x * weight).sum() / weight.sum()), float((y * weight).sum() / weight.sum()),
                 float(weight.sum()))
            )  # fmt: skip
    return sorted(out, key=lambda glint: -glint[2])[:12]


def _middles(glints: list[list[tuple[float, float, float]]]) -> list[tuple[float, float]]:
    """Places about which all pictures have a glint near by."""
    out: list[tuple[float, float]] = []
    for x, y, _ in glints[0]:
        near = [min(found, key=lambda g: math.hypot(g[0] - x, g[1] - y)) for found in glints]
        points = np.array(near)[:, :2]
        out.append((float(np.mean(points[:, 0])), float(np.mean(points[:, 1]))))
    return out


def _spread(
    glints: list[list[tuple[float, float, float]]], x: float, y: float, shape: tuple[int, ...]
) -> float:
    """Farthest of the nearest glints of all pictures."""
    near = [min(math.hypot(g[0] - x, g[1] - y) for g in found) for found in glints]
    return min(max(near), float(max(shape)))


def _outline(
    usual: NDArray[np.float32], x: float, y: float, shape: tuple[int, ...], *, spread: float
) -> tuple[float, float, float] | None:
    """Centre and radius of the outermost clear ring about a place."""
    low = max(_SMALLEST_PX, 1.15 * spread)
    high = min(_LARGEST_SHARE * max(shape), 12.0 * max(spread, 4.0))
    if high <= low:
        return None
    picture = gaussian_blur(np.log(np.maximum(usual, 1e-4 + 0.01 * float(np.median(usual)))), 1.0)
    centre, size = np.array([x, y]), 0.0
    for _ in range(4):
        radii = np.arange(low, high, 0.5, dtype=np.float32)
        rays = _along_rays(picture, centre, radii)
        slope = np.gradient(np.nanmedian(rays, axis=0))
        steep = np.abs(np.nan_to_num(slope))
        # The outer half of the rays lies on skin, whose own unevenness is no edge.
        uneven = float(np.median(steep[len(steep) // 2 :]))
        clear = steep >= max(_EDGE_SHARE * float(steep.max()), _EDGE_CLEAR * uneven)
        peak = clear & (steep >= np.maximum(np.roll(steep, 1), np.roll(steep, -1)))
        if not peak.any():
            return None
        size = float(radii[np.nonzero(peak)[0][-1]])
        near = np.abs(radii - size) <= max(0.12 * size, 2.5)
        edge = np.abs(np.gradient(rays, axis=1))[:, near]
        known = np.isfinite(edge).all(axis=1)
        if known.sum() < 0.6 * _ANGLES:
            return None
        at = radii[near][np.argmax(edge[known], axis=1)]
        turn = (2 * np.pi * np.arange(_ANGLES) / _ANGLES)[known]
        points = centre + np.column_stack([at * np.cos(turn), at * np.sin(turn)])
        fitted = _circle(points)
        centre, size = fitted[:2], float(fitted[2])
    return float(centre[0]), float(centre[1]), size


def _along_rays(
    picture: FloatArray, centre: NDArray[np.float64], radii: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The picture along rays from a centre, shape (angles, radii); NaN outside it."""
    turn = (2 * np.pi * np.arange(_ANGLES) / _ANGLES).astype(np.float32)[:, None]
    x = (np.float32(centre[0]) + radii * np.cos(turn)).astype(np.float32)
    y = (np.float32(centre[1]) + radii * np.sin(turn)).astype(np.float32)
    read = cv2.remap(
        picture,
        x,
        y,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=[float("nan")] * 4,
    )
    return np.asarray(read, dtype=np.float64)


def _circle(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Centre and radius through points, those far off left out."""
    keep = np.ones(len(points), bool)
    found = np.zeros(3)
    for _ in range(4):
        design = np.column_stack([2 * points[keep], np.ones(int(keep.sum()))])
        solved = np.linalg.lstsq(design, (points[keep] ** 2).sum(axis=1), rcond=None)[0]
        radius = math.sqrt(max(float(solved[2] + solved[0] ** 2 + solved[1] ** 2), 1.0))
        found = np.array([solved[0], solved[1], radius])
        missed = np.abs(np.linalg.norm(points - found[:2], axis=1) - radius)
        keep = missed <= max(2.5 * float(np.median(missed)), 0.5)
    return found


def _inside(
    found: list[tuple[float, float, float]], x: float, y: float, radius: float
) -> tuple[float, float] | None:
    """The brightest glint on the ball, if there is one."""
    for gx, gy, _ in found:
        if math.hypot(gx - x, gy - y) < 0.95 * radius:
            return gx, gy
    return None


def _direction(
    glint: tuple[float, float], x: float, y: float, radius: float
) -> NDArray[np.float64]:
    """Towards the lamp: the ray to the camera mirrored at the normal, 2 (n.v) n - v."""
    nx, ny = (glint[0] - x) / radius, -(glint[1] - y) / radius
    nz = math.sqrt(max(1.0 - nx * nx - ny * ny, 0.0))
    return np.array([2 * nz * nx, 2 * nz * ny, 2 * nz * nz - 1.0])
