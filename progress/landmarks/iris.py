"""Scale from the visible iris, the one part of a face whose size hardly varies between adults.

The landmarker's own iris points are not used for the width: over 17 real faces their width differs
from hand-placed outlines by 5.5 % (one standard deviation), the edge found here by 1.8 %, most of
which is the hand's rounding to whole pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.bundle import canonical_mesh
from progress.imaging import DecodedPhoto
from progress.landmarks.head_fit import HeadFit
from progress.model import Scale, ScaleSource

IRIS_MM = 11.7
"""Horizontal visible iris diameter of adults: 11.71 +- 0.42 mm in 390 eyes (Rüfer 2005,
doi:10.1097/01.ico.0000148312.01805.53)."""
RELATIVE_ERROR = 0.04
"""People (3.6 %) and edge (1.5 %) together."""
UNREFINED_ERROR = 0.07
"""The same with the landmarker's own width (5.5 %), where no edge was found."""
OBLIQUE_ERROR = 0.10
"""For heads turned by more than 35 degrees: drawn faces came out 7 % too small to 14 % too large,
depending on where the eyes look."""

_EYES = ((468, (469, 471), (33, 133), (159, 145)), (473, (474, 476), (362, 263), (386, 374)))
_SECTOR_DEG = np.arange(-35.0, 35.1, 2.5)  # left and right of the iris, clear of the lids
_RADII = np.arange(0.6, 1.4, 0.01)
_SMOOTH = 5.0  # in steps of 0.01 radius: the limbus is a slope of about a tenth of the radius
_FLANKS = (-12, 12)  # where the iris and the white are read for the contrast, in the same steps
_SMALLEST_PX = 8.0  # radius; below, the slope is thinner than a pixel
_ROUNDS = 4
# The palest of 84 real eyes had 0.24; closed lids and smooth skin stay under 0.1.
_MIN_CONTRAST = 0.12
_MAX_RESIDUAL = 0.05
_MIN_SHARE = 0.35
_MAX_DISAGREEMENT = 0.2
_ONE_EYE_YAW_DEG = 25.0
_OBLIQUE_YAW_DEG = 35.0
# From the cornea's apex back to the eye's centre of rotation, and from there to the iris plane.
_APEX_TO_CENTRE_MM = 13.5
_CENTRE_TO_IRIS_MM = 10.5
# Over 42 portraits looking at the camera the offset of either eye from the canonical head's varies
# by 1.2 mm with the width of the face, but the mean of both only by 0.4: up to here it is noise,
# and from twice that it is gaze.
_OFFSET_NOISE_MM = 1.0


@dataclass(frozen=True, slots=True)
class Limbus:
    """The outer edge of one iris.

    Parameters
    ----------
    centre_xy : tuple of float
        Full-resolution pixels.
    radius_px : float
        As if seen face on.
    foreshortening : float
        Seen over true horizontal width, 1 for an eye that looks at the camera.
    residual : float
        Robust spread of the edge points around the circle over the radius.
    refined : bool
        Whether the edge was found in the photo; else these are the landmarker's points.
    """

    centre_xy: tuple[float, float]
    radius_px: float
    foreshortening: float
    residual: float
    refined: bool


def find_limbi(
    photo: DecodedPhoto, points_xy: NDArray[np.float64], fit: HeadFit
) -> tuple[Limbus, Limbus]:
    """The iris edges of the client's right and left eye.

    Parameters
    ----------
    photo : DecodedPhoto
    points_xy : ndarray of float64, shape (478, 2)
        The face's points in it.
    fit : HeadFit
        The head behind them.

    Returns
    -------
    tuple of two Limbus
        `refined` is False where the iris is under 16 px wide, closed, covered by glare, or its
        edge does not lie on a circle. Dark patterned contact lenses pass as irises.
    """
    right, left = (_limbus(photo, points_xy, fit, eye) for eye in range(2))
    return right, left


def iris_scale(photo: DecodedPhoto, points_xy: NDArray[np.float64], fit: HeadFit) -> Scale:
    """Pixels per mm in the plane of the irises.

    Parameters
    ----------
    photo : DecodedPhoto
    points_xy : ndarray of float64, shape (478, 2)
    fit : HeadFit

    Returns
    -------
    Scale
        From the mean of both eyes, or the nearer one where the head is turned by more than 25
        degrees or only one edge is found. The cheeks lie within 10 mm of the irises' depth, which
        at 0.6 m changes the scale there by at most 1.7 %.
    """
    limbi = find_limbi(photo, points_xy, fit)
    yaw = fit.pose().yaw_deg
    if abs(yaw) > _ONE_EYE_YAW_DEG:
        limbi = (limbi[0] if yaw > 0 else limbi[1],) * 2
    found = [limbus for limbus in limbi if limbus.refined]
    used = found or list(limbi)
    diameter = 2.0 * float(np.mean([limbus.radius_px for limbus in used]))
    error = RELATIVE_ERROR if found else UNREFINED_ERROR
    if abs(yaw) > _OBLIQUE_YAW_DEG:
        error = OBLIQUE_ERROR
    return Scale(diameter / IRIS_MM, error, ScaleSource.IRIS)


def _foreshortening(points_xy: NDArray[np.float64], fit: HeadFit) -> float:
    """How much narrower the irises are seen, from their place before the eyeballs' centres."""
    vertices = canonical_mesh().vertices_mm
    offsets_mm = []
    for iris, _, corners, lids in _EYES:
        centre = vertices[list(corners)].mean(axis=0)
        centre[2] = vertices[list(lids), 2].mean() - _APEX_TO_CENTRE_MM
        camera = fit.rotation @ centre
        near = fit.px_per_unit / (1.0 - camera[2] / fit.distance_mm)
        offsets_mm.append((points_xy[iris, 0] - fit.centre_xy[0]) / near - camera[0])
    offset = abs(float(np.mean(offsets_mm)))
    surely = min(max(offset / _OFFSET_NOISE_MM - 1.0, 0.0), 1.0)
    sine = min(surely * offset / _CENTRE_TO_IRIS_MM, 0.9)
    return math.sqrt(1.0 - sine**2)


def _limbus(photo: DecodedPhoto, points_xy: NDArray[np.float64], fit: HeadFit, eye: int) -> Limbus:
    """One eye's limbus."""
    iris, (a, b), (corner_a, corner_b), _ = _EYES[eye]
    narrow = _foreshortening(points_xy, fit)
    start = points_xy[iris]
    width = float(np.linalg.norm(points_xy[a] - points_xy[b]))
    # The landmarker draws its irises nearly round, so for turned eyes the truth lies between.
    unrefined = Limbus((float(start[0]), float(start[1])), width / 2, narrow, math.inf, False)
    radius = max(width / 4 * (1 + 1 / narrow), 1e-3)
    reach = math.ceil(1.6 * radius)
    left, top = int(start[0]) - reach, int(start[1]) - reach
    box = (left, top, left + 2 * reach + 1, top + 2 * reach + 1)
    width_px, height_px = photo.size_px
    inside = box[0] >= 0 and box[1] >= 0 and box[2] <= width_px and box[3] <= height_px
    if radius < _SMALLEST_PX or not inside:
        return unrefined
    # Codes and not linear light: the edge is to weigh the same on dark and light eyes.
    codes = photo.codes_8bit()[box[1] : box[3], box[0] : box[2]]
    grey = cv2.cvtColor(codes, cv2.COLOR_RGB2GRAY).astype(np.float32)
    across = points_xy[corner_b] - points_xy[corner_a]
    tilt = math.atan2(across[1], across[0])
    fitted = _fit_circle(grey, start - (left, top), radius, tilt=tilt, narrow=narrow)
    if fitted is None or abs(fitted[1] / radius - 1.0) > _MAX_DISAGREEMENT:
        return unrefined
    centre, refined_radius, residual = fitted
    return Limbus(
        (float(centre[0] + left), float(centre[1] + top)), refined_radius, narrow, residual, True
    )


def _edge_points(
    grey: NDArray[np.float32],
    centre: NDArray[np.float64],
    radius: float,
    *,
    along: NDArray[np.float64],
    down: NDArray[np.float64],
    window: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Edge points in units of the radius and the eye's own axes, their strengths and contrasts."""
    angles = np.radians(np.concatenate([_SECTOR_DEG, 180.0 + _SECTOR_DEG]))
    rays = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    units = rays[:, np.newaxis, :] * _RADII[np.newaxis, :, np.newaxis]
    places = centre + radius * (units[..., :1] * along + units[..., 1:] * down)
    profiles = cv2.remap(
        grey,
        places.astype(np.float32),
        None,  # type: ignore[call-overload]  # the map is one array of pairs
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    smooth = cv2.GaussianBlur(profiles, (0, 0), sigmaX=_SMOOTH, sigmaY=1.0)
    slope = np.gradient(np.asarray(smooth, dtype=np.float64), axis=1)
    likely = slope * np.exp(-0.5 * ((_RADII - 1.0) / window) ** 2)
    best = np.clip(likely.argmax(axis=1), _FLANKS[1], len(_RADII) - 1 - _FLANKS[1])
    row = np.arange(len(best))
    before, at, after = slope[row, best - 1], slope[row, best], slope[row, best + 1]
    bend = before - 2 * at + after
    shift = np.where(bend < 0, 0.5 * (before - after) / np.where(bend < 0, bend, -1.0), 0.0)
    distance = _RADII[best] + np.clip(shift, -1, 1) * (_RADII[1] - _RADII[0])
    inside, outside = (np.asarray(profiles[row, best + k], dtype=np.float64) for k in _FLANKS)
    contrast = (outside - inside) / np.maximum(outside, 1.0)
    return rays * distance[:, np.newaxis], np.clip(at, 0.0, None), contrast


def _fit_circle(
    grey: NDArray[np.float32],
    start: NDArray[np.float64],
    radius: float,
    *,
    tilt: float,
    narrow: float,
) -> tuple[NDArray[np.float64], float, float] | None:
    """Centre, radius and relative residual of the limbus, or None where there is no circle."""
    along = narrow * np.array([math.cos(tilt), math.sin(tilt)])
    down = np.array([-math.sin(tilt), math.cos(tilt)])
    centre, size, residual = np.asarray(start, dtype=np.float64), radius, math.inf
    for turn in range(_ROUNDS):
        edge, strength, contrast = _edge_points(
            grey, centre, size, along=along, down=down, window=0.25 if turn == 0 else 0.12
        )
        middle = float(np.median(strength))
        if middle <= 0:
            return None
        circle, residual, weights = _robust_circle(edge, np.minimum(strength / middle, 1.0))
        if not 0.5 < circle[2] < 1.5 or np.abs(circle[:2]).max() > 0.5:
            return None
        centre = centre + size * (circle[0] * along + circle[1] * down)
        size *= float(circle[2])
    half = len(weights) // 2
    shares = [(weights[:half] > 0.1).mean(), (weights[half:] > 0.1).mean()]
    on_circle = float(np.median(contrast[weights > 0.1])) if min(shares) > 0 else 0.0
    if residual > _MAX_RESIDUAL or min(shares) < _MIN_SHARE or on_circle < _MIN_CONTRAST:
        return None
    return centre, size, residual


def _robust_circle(
    edge: NDArray[np.float64], strength: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float, NDArray[np.float64]]:
    """(x, y, radius) through most of the points (Tukey's biweight), residual, final weights."""
    circle = np.array([0.0, 0.0, 1.0])
    spread, weights = math.inf, strength
    for _ in range(15):
        offset = edge - circle[:2]
        reach = np.maximum(np.hypot(offset[:, 0], offset[:, 1]), 1e-9)
        rest = reach - circle[2]
        spread = max(1.4826 * float(np.median(np.abs(rest))), 0.01)
        ratio = rest / (3 * spread)
        weights = strength * np.where(np.abs(ratio) < 1, (1 - ratio**2) ** 2, 0.0)
        design = np.column_stack([offset / reach[:, np.newaxis], np.ones(len(reach))])
        normal = design.T @ (weights[:, np.newaxis] * design) + 1e-6 * np.eye(3)
        circle = circle + np.linalg.solve(normal, design.T @ (weights * rest))
    return circle, spread, weights
