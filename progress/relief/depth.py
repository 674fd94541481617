"""Depth of a hollow, rim less floor, with what it rests on: each lamp's sway, skin, scale.

One functional reads everything: the height map for the depth, the sway of each lamp for its error,
skin without scars for what an even spot reads. It is the same at baseline and follow-up, at the
same places of the skin, so a scar that has healed flat reads 0 and is not "no longer found".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import warp
from progress.model.checks import BoolArray, FloatArray
from progress.relief.hollows import Hollow

Place = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From pixels of the map in which a hollow was found to pixels of the map that is read."""

DIRECTION_ERROR_DEG: Final = 1.0
"""Of a lamp's direction as told by a table: 9 mm at half a metre."""
_STORED_GAIN, _STORED_SLOPE = 0.015, 0.004
"""What storing with 8 bits does to a depth: a share of it, and a slope that is wrong over the
radius of the scar. JPEG rounds the colour of skin alike over a whole flank, so a shaded side keeps
the colour of the lit one, and no lamp contradicts another. From the scatter over phantoms of all
six tones, JPEG of quality 88 to 95 (`progress.lab.depth_truth`)."""
_STORED_DEEP: Final = 0.15
"""Of the same with more than 8 bits: lens, vignette and a tone curve that is not sRGB's remain."""
_PRIOR_WEIGHT: Final = 3.0
"""Degrees of freedom that the usual error has beside the lamps' own."""
_RADII: Final = (4.0, 7.0, 12.0, 20.0, 34.0)
"""Radii (px of half depth) at which even skin is read; between them the reading is interpolated."""
_LEAST_PLACES: Final = 30
_STEPS: Final = 500
_LEAST_RIM: Final = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class ReliefMap:
    """Height of one session, and by how much each lamp sways it.

    Parameters
    ----------
    height_mm : ndarray of float32, shape (H, W)
        Above the surrounding skin; NaN off the skin.
    sways_mm : ndarray of float32, shape (N, H, W)
    px_per_mm : float
    lamps : ndarray of float64, shape (N, 3)
    direction_error_deg : float
        Of each lamp on its own.
    deep : bool
        Stored with more than 8 bits.
    """

    height_mm: FloatArray = field(repr=False)
    sways_mm: FloatArray = field(repr=False)
    px_per_mm: float
    lamps: NDArray[np.float64] = field(repr=False)
    direction_error_deg: float = DIRECTION_ERROR_DEG
    deep: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One hollow read in one relief.

    Parameters
    ----------
    depth_mm : float
        Rim less floor.
    sways_mm : ndarray of float64, shape (N,)
        Share of each lamp in its error.
    usual_mm : float
        What the lamps' sways amount to at places without a scar.
    skin_mm : float
        What even skin reads: microrelief and pores on rim and floor.
    radius_mm : float
        At half depth.
    """

    depth_mm: float
    sways_mm: NDArray[np.float64]
    usual_mm: float
    skin_mm: float
    radius_mm: float


@dataclass(frozen=True, slots=True, eq=False)
class EvenSkin:
    """What the functional reads where there is no scar, per radius.

    Parameters
    ----------
    radius_px, usual_mm, skin_mm : ndarray of float64, shape (n,)
    """

    radius_px: NDArray[np.float64]
    usual_mm: NDArray[np.float64]
    skin_mm: NDArray[np.float64]

    def at(self, radius_px: float) -> tuple[float, float]:
        """Sway and unevenness for a hollow of this radius."""
        return (
            float(np.interp(radius_px, self.radius_px, self.usual_mm)),
            float(np.interp(radius_px, self.radius_px, self.skin_mm)),
        )


def even_skin(relief: ReliefMap, hollows: Sequence[Hollow]) -> EvenSkin:
    """What a disc less the ring round it reads on the skin between the scars.

    Parameters
    ----------
    relief : ReliefMap
    hollows : sequence of Hollow
        Left out, with their rims.
    """
    free = np.isfinite(relief.height_mm)
    for hollow in hollows:
        centre = (round(hollow.centre_xy[0]), round(hollow.centre_xy[1]))
        blocked = free.astype(np.uint8)
        cv2.circle(blocked, centre, round(2.0 * hollow.radius_px), 0, -1)
        free = blocked.astype(bool)
    rows: list[tuple[float, float, float]] = []
    level = np.where(free, relief.height_mm, np.float32(0.0)).astype(np.float32, copy=False)
    for radius in _RADII:
        if 6.0 * radius > min(free.shape):
            break
        # A wide disc is read on block means: the same figure for a tenth of the time.
        shrink = min(1.0, _RADII[0] / radius * 1.5)
        size = (round(free.shape[1] * shrink), round(free.shape[0] * shrink))
        read = _disc_less_ring(radius * shrink)
        open_ = cv2.resize(free.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.999
        clear = _clear(np.asarray(open_), 2.2 * radius * shrink)
        if clear.sum() < _LEAST_PLACES:
            continue
        skin = _filtered(level, size, read)[clear]
        variance = np.zeros(int(clear.sum()))
        for sway in relief.sways_mm:
            variance += _filtered(sway, size, read)[clear].astype(np.float64) ** 2
        rows.append(
            (radius, math.sqrt(float(variance.mean())), 1.4826 * float(np.median(np.abs(skin))))
        )
    if not rows:
        # No free skin: the spread of the whole map bounds it from above.
        spread = 1.4826 * float(np.nanmedian(np.abs(relief.height_mm)))
        sway = float(np.sqrt((relief.sways_mm**2).sum(axis=0).mean()))
        rows = [(1.0, sway, spread)]
    table = np.array(rows)
    return EvenSkin(table[:, 0], table[:, 1], table[:, 2])


def _filtered(plane: FloatArray, size: tuple[int, int], kernel: FloatArray) -> FloatArray:
    """The functional at every place of a map shrunk to `size`."""
    small = plane
    if plane.shape[::-1] != size:
        small = np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)
    return np.asarray(cv2.filter2D(small, cv2.CV_32F, kernel), dtype=np.float32)


def _clear(free: BoolArray, reach_px: float) -> BoolArray:
    """Places whose whole neighbourhood is free."""
    size = 2 * math.ceil(reach_px) + 1
    kernel = np.ones((size, size), np.uint8)
    return np.asarray(
        cv2.erode(free.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0),
        dtype=bool,
    )


def _disc_less_ring(radius_px: float) -> FloatArray:
    """Kernel: mean over the floor less mean over the rim (of a box, the commoner one)."""
    reach = math.ceil(2.1 * radius_px)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    r = np.hypot(x, y)
    floor = (r <= max(0.2 * radius_px, 1.0)).astype(np.float64)
    ring = ((r >= 1.5 * radius_px) & (r <= 2.0 * radius_px)).astype(np.float64)
    return np.asarray(floor / floor.sum() - ring / ring.sum(), dtype=np.float32)


def read_hollow(
    relief: ReliefMap,
    hollow: Hollow,
    others: Sequence[Hollow],
    even: EvenSkin,
    *,
    place: Place | None = None,
    zoom: float = 1.0,
) -> Reading | None:
    """The depth of a hollow in a relief, the same or another session's.

    Parameters
    ----------
    relief : ReliefMap
    hollow : Hollow
    others : sequence of Hollow
        Kept off the rim.
    even : EvenSkin
        Of `relief`.
    place : callable, optional
        Where the hollow's pixels lie in `relief`; absent, `relief` is the map it was found in.
    zoom : float
        Pixels of `relief` per pixel of the map it was found in.

    Returns
    -------
    Reading or None
        None where less than two fifths of the rim, or none of the floor, is seen.
    """
    centre = np.array(hollow.centre_xy)
    reach = hollow.rim_px[1]
    axis = np.arange(-math.ceil(reach), math.ceil(reach) + 1)
    dx, dy = np.meshgrid(axis, axis)
    r = np.hypot(dx, dy)
    floor, rim = r <= hollow.floor_px, (r >= hollow.rim_px[0]) & (r <= reach)
    whole = int(rim.sum())
    for other in others:
        if other is not hollow:
            away = np.hypot(
                dx + centre[0] - other.centre_xy[0], dy + centre[1] - other.centre_xy[1]
            )
            rim &= away > 1.5 * other.radius_px
    at = np.stack([dx + centre[0], dy + centre[1]], axis=-1)
    if place is not None:
        at = place(at.reshape(-1, 2)).reshape(at.shape)
    height = np.asarray(warp(relief.height_mm, at), dtype=np.float64)
    seen = np.isfinite(height)
    floor &= seen
    rim &= seen
    if not floor.any() or rim.sum() < _LEAST_RIM * whole:
        return None
    lean = _plane_weights(dx[rim], dy[rim])
    design = np.column_stack([dx[rim], dy[rim], np.ones(int(rim.sum()))])
    plane = _through_middle(design, height[rim])
    depth = float(plane[2] - np.median(height[floor] - dx[floor] * plane[0] - dy[floor] * plane[1]))
    sways = np.array(
        [
            float(lean @ np.nan_to_num(part[rim]) - np.nanmean(part[floor]))
            for part in (np.asarray(warp(s, at, outside=0.0), float) for s in relief.sways_mm)
        ]
    )
    usual, skin = even.at(hollow.radius_px * zoom)
    return Reading(depth, sways, usual, skin, hollow.radius_px * zoom / relief.px_per_mm)


def _plane_weights(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weights by which the plane through the rim takes its height at the middle."""
    design = np.column_stack([x, y, np.ones(len(x))]).astype(np.float64)
    return np.asarray(np.linalg.pinv(design)[2])


def _through_middle(
    design: NDArray[np.float64], height: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A plane with half of the rim above it: pores and a neighbour's flank do not pull it."""
    weight = np.ones(len(design))
    plane: NDArray[np.float64] = np.zeros(3)
    for _ in range(5):
        root = np.sqrt(weight)[:, None]
        plane = np.asarray(np.linalg.lstsq(design * root, height * root[:, 0], rcond=None)[0])
        weight = 1.0 / np.maximum(np.abs(height - design @ plane), 0.003)
    return plane


def repeat_error(relief: ReliefMap, readings: Sequence[Reading]) -> tuple[float, float]:
    """One standard error of the mean depth of some hollows, were the same skin taken again.

    Parameters
    ----------
    relief : ReliefMap
        They were read in.
    readings : sequence of Reading
        At least one.

    Returns
    -------
    standard_error_mm : float
    degrees_of_freedom : float

    Notes
    -----
    What the lamps show at these hollows, N - 3 degrees of freedom, is weighed with what is usual:
    their sway at even places, and a depth that is wrong in proportion because each lamp stands a
    degree elsewhere than told. What storing as 8 bits does is common to all lamps, is not shown by
    any misfit, and is added. Errors of lamps are common to all hollows of a picture and do not
    average down over them; the sum per lamp, before it is squared, sees to that.
    """
    n = len(relief.lamps)
    depth = float(np.mean([reading.depth_mm for reading in readings]))
    shown = float((np.mean([reading.sways_mm for reading in readings], axis=0) ** 2).sum())
    noise = float(np.mean([reading.usual_mm**2 for reading in readings])) / len(readings)
    usual = noise + (depth * direction_gain_error(relief.lamps, relief.direction_error_deg)) ** 2
    freedom = n - 3.0
    mixed = (_PRIOR_WEIGHT * usual + freedom * shown) / (_PRIOR_WEIGHT + freedom)
    radius = float(np.mean([reading.radius_mm for reading in readings]))
    stored = (_STORED_GAIN * depth) ** 2 + (_STORED_SLOPE * radius) ** 2 / len(readings)
    stored *= _STORED_DEEP**2 if relief.deep else 1.0
    return math.sqrt(mixed + stored), _PRIOR_WEIGHT + freedom


def absolute_error(relief: ReliefMap, reading: Reading, *, scale_error: float) -> float:
    """One standard error of a depth against a ruler: repeat, the skin's unevenness, the scale.

    Parameters
    ----------
    relief : ReliefMap
    reading : Reading
    scale_error : float
        Relative, of the pixels per millimetre.
    """
    again, _ = repeat_error(relief, [reading])
    skin = math.sqrt(max(reading.skin_mm**2 - reading.usual_mm**2, 0.0))
    return math.sqrt(again**2 + skin**2 + (reading.depth_mm * scale_error) ** 2)


def direction_gain_error(lamps: NDArray[np.float64], error_deg: float) -> float:
    """Relative error of slopes from lamps that each stand elsewhere than told.

    Parameters
    ----------
    lamps : ndarray, shape (N, 3)
    error_deg : float
        Of each lamp, along each of two directions.

    Returns
    -------
    float
        One standard deviation over 500 fixed draws, of the mean gain of both slopes.
    """
    rng = np.random.default_rng(0)
    back = np.linalg.pinv(lamps)
    gains = []
    for _ in range(_STEPS):
        push = rng.normal(0.0, math.radians(error_deg), lamps.shape)
        push -= (push * lamps).sum(axis=1, keepdims=True) * lamps
        matrix = np.eye(3) + back @ push
        gains.append(0.5 * (matrix[0, 0] + matrix[1, 1]) - matrix[2, 2])
    return float(np.std(gains))
