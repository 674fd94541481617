"""Scars found as hollows of a height map, with outline, width, area and type."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import gaussian_blur
from progress.model.checks import BoolArray, FloatArray

NARROWEST_MM: Final = 0.7
"""Across at half depth: narrower hollows are pores (0.2 to 0.5 mm)."""
WIDEST_MM: Final = 9.0
SHALLOWEST_MM: Final = 0.06
"""Microrelief is 0.02 to 0.05 mm deep."""
_SHALLOWEST_NARROW_MM, _NARROW_MM = 0.12, 1.5
"""Pores that stand close look like one hollow, up to 0.09 mm deep and 0.7 mm wide on phantoms."""
_CLEARANCE: Final = 5.0
"""Times the usual unevenness of this skin at the same width: a hollow that skin without scars does
not show once in a picture."""
_SCALES_MM: Final = (0.3, 0.45, 0.7, 1.05, 1.6, 2.4)
"""Sigma of the hollows looked for; a pit of sigma s is 2.36 s wide at half depth."""
_SMOOTH_MM: Final = 0.12
_FLOOR: Final = 0.2
"""Radius of the floor over that at half depth: half of a bowl's floor has risen by 1 % there."""
_BOWL_RIM: Final = 2.4
"""Where the rim of a bowl begins, over the radius at half depth: of a Gaussian 2 % is left there.
(Tried first: where the profile levels off. A rim on the slope makes the bowl look shallower, so
narrower, so the rim moves in: rolling scars lost a quarter of their depth.)"""
_BOX_RIM: Final = 1.3
_WALL_MM: Final = 0.7
"""The rim of a box begins at that ratio, but so far out at least: light under the skin blurs a wall
over half a millimetre and with it the height beside it."""
_ROUNDS: Final = 5
_MIN_RIM_PX: Final = 24
_LEAST_RIM: Final = 0.45
"""Share of the rim that must be seen: a plane through less leans on what lies beside it."""
_BOX: Final = 0.50
"""Width at four fifths of the depth over that at one fifth: 0.37 for a Gaussian bowl, 0.25 for a
cone, 0.6 and more for boxes with walls 0.12 mm soft."""
ICE_PICK_BELOW_MM: Final = 2.0
"""Jacob et al. 2001, doi:10.1067/mjd.2001.113451."""
_PROFILE_STEPS: Final = 48
_LONGEST: Final = 2.2
"""Length over width: longer hollows are folds and wrinkles. A round scar on skin that turns away by
60 degrees is seen twice as high as wide."""
_SOLID: Final = 0.8
"""Area over that of the convex hull: what bends round a lip or a nostril is no scar."""
_LEAST_OUTLINE_PX: Final = 20
_SEEN_ROUND: Final = 0.97
_EDGE_MM: Final = 0.7
"""Skin that must be seen round a footprint: at the edge of the skin heights bend."""


class HollowKind(enum.Enum):
    """Types of atrophic scars, guessed from width and profile."""

    ICE_PICK = "ice_pick"
    BOXCAR = "boxcar"
    ROLLING = "rolling"


@dataclass(frozen=True, slots=True, eq=False)
class Hollow:
    """One hollow, in pixels of the height map.

    Parameters
    ----------
    centre_xy : tuple of float
    radius_px : float
        Of the disc that has the area of the footprint.
    rim_px : tuple of float
        Inner and outer radius of the rim.
    footprint : ndarray of bool
        Deeper than half, cut out of the map at `corner`.
    corner : tuple of int
        Row and column at which the footprint begins.
    kind : HollowKind
    depth_mm : float
        As found; `progress.relief.depth` tells it with its error.
    """

    centre_xy: tuple[float, float]
    radius_px: float
    rim_px: tuple[float, float]
    footprint: BoolArray = field(repr=False)
    corner: tuple[int, int]
    kind: HollowKind
    depth_mm: float

    @property
    def floor_px(self) -> float:
        """Radius of the floor."""
        return max(_FLOOR * self.radius_px, 1.0)


def find_hollows(
    relief_mm: FloatArray, px_per_mm: float, *, usual_mm: dict[float, float] | None = None
) -> tuple[Hollow, ...]:
    """Hollows that are wider than pores and deeper than the skin's own unevenness.

    Parameters
    ----------
    relief_mm : ndarray of float32, shape (H, W)
        Height above the surrounding skin; NaN off the skin.
    px_per_mm : float
    usual_mm : dict, optional
        For tests: the unevenness per scale instead of the picture's own.

    Returns
    -------
    tuple of Hollow
        Deepest first. One hollow is found once: of two whose footprints overlap, the one that
        stands out more.

    Notes
    -----
    Candidates are the minima of differences of Gaussians (Lindeberg 1998,
    doi:10.1023/A:1008045108935) of six widths. Round each, a plane is laid through its rim, the
    floor is the median of the middle, the footprint what is deeper than half; centre, radius and
    rim follow from the footprint until they stay.
    """
    mask = np.isfinite(relief_mm)
    if not mask.any():
        return ()
    height = np.where(mask, relief_mm, np.float32(0.0)).astype(np.float32)
    smooth = gaussian_blur(height, _SMOOTH_MM * px_per_mm)
    found: list[tuple[float, Hollow]] = []
    for x, y, sigma_px, clear in _candidates(height, mask, px_per_mm, usual_mm):
        hollow = _grown(smooth, mask, (x, y), 1.18 * sigma_px, px_per_mm)
        if hollow is None:
            continue
        width_mm = 2.0 * hollow.radius_px / px_per_mm
        least = SHALLOWEST_MM if width_mm >= _NARROW_MM else _SHALLOWEST_NARROW_MM
        fits = NARROWEST_MM <= width_mm <= WIDEST_MM and hollow.depth_mm >= least
        if fits and _round(hollow) and _within_skin(hollow, mask, _EDGE_MM * px_per_mm):
            found.append((clear, hollow))
    kept: list[Hollow] = []
    for _, hollow in sorted(found, key=lambda pair: -pair[0]):
        if all(_apart(hollow, other) for other in kept):
            kept.append(hollow)
    return tuple(sorted(kept, key=lambda hollow: -hollow.depth_mm))


def _round(hollow: Hollow) -> bool:
    """Whether the footprint is neither a fold nor bent round something."""
    if hollow.footprint.sum() < _LEAST_OUTLINE_PX:
        return True
    contours, _ = cv2.findContours(
        hollow.footprint.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    outline = max(contours, key=cv2.contourArea)
    if len(outline) < 5:
        return False
    (_, (one, other), _) = cv2.minAreaRect(outline)
    hull = cv2.contourArea(cv2.convexHull(outline))
    long = (max(one, other) + 1.0) / (min(one, other) + 1.0)
    return long <= _LONGEST and cv2.contourArea(outline) >= _SOLID * hull


def _within_skin(hollow: Hollow, mask: BoolArray, margin_px: float) -> bool:
    """Whether skin is seen all round the footprint; beyond the picture's edge counts as seen."""
    reach = round(margin_px)
    footprint = np.pad(hollow.footprint.astype(np.uint8), reach)
    size = 2 * reach + 1
    grown = cv2.dilate(footprint, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    rows, columns = np.nonzero(grown)
    rows = rows + hollow.corner[0] - reach
    columns = columns + hollow.corner[1] - reach
    on = (rows >= 0) & (rows < mask.shape[0]) & (columns >= 0) & (columns < mask.shape[1])
    return bool(mask[rows[on], columns[on]].mean() > _SEEN_ROUND)


def _apart(one: Hollow, other: Hollow) -> bool:
    """Whether neither middle lies in the other's footprint."""
    distance = math.dist(one.centre_xy, other.centre_xy)
    return distance > max(one.radius_px, other.radius_px)


def _candidates(
    height: FloatArray, mask: BoolArray, px_per_mm: float, usual_mm: dict[float, float] | None
) -> list[tuple[int, int, float, float]]:
    """x, y, sigma and how many times the usual unevenness, of every minimum."""
    out = []
    for sigma_mm in _SCALES_MM:
        sigma = sigma_mm * px_per_mm
        if sigma < 1.0 or 6.0 * sigma > min(height.shape):
            continue
        response = gaussian_blur(height, 0.7 * sigma) - gaussian_blur(height, 1.6 * sigma)
        own = 1.4826 * float(np.median(np.abs(response[mask])))
        usual = usual_mm[sigma_mm] if usual_mm else own
        reach = 2 * max(1, round(0.8 * sigma)) + 1
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
        lowest = response <= cv2.erode(response, kernel)
        # A pit that fills its scale answers with about half its depth.
        deep = response < -max(_CLEARANCE * usual, 0.3 * SHALLOWEST_MM)
        rows, columns = np.nonzero(lowest & deep & mask)
        out += [
            (int(x), int(y), sigma, float(-response[y, x] / max(usual, 1e-6)) * sigma_mm**0.5)
            for y, x in zip(rows, columns, strict=True)
        ]
    return out


def _grown(
    smooth: FloatArray,
    mask: BoolArray,
    start_xy: tuple[float, float],
    radius_px: float,
    scale: float,
) -> Hollow | None:
    """The hollow about a point, or None where none settles."""
    centre, radius = np.array(start_xy, dtype=np.float64), radius_px
    rim = _rim(radius, 0.0, scale)
    hollow: Hollow | None = None
    for _ in range(_ROUNDS):
        if radius > 0.6 * WIDEST_MM * scale or radius < 1.0:
            return None
        window = _Window.about(centre, rim[1] + 2, mask.shape)
        local = _above_rim(smooth, mask, window, centre, rim)
        if local is None:
            return None
        distance = window.distance(centre)
        floor = distance <= max(_FLOOR * radius, 1.0)
        depth = -float(np.median(local[floor]))
        if depth <= 0:
            return None
        footprint = _around(centre, local < -0.5 * depth, window, reach_px=rim[0])
        if footprint is None:
            return None
        area = float(footprint.sum())
        rows, columns = np.nonzero(footprint)
        centre = np.array([columns.mean() + window.left, rows.mean() + window.top])
        radius = math.sqrt(area / math.pi)
        ratio = _steepness(local, window.distance(centre), radius, depth)
        rim = _rim(radius, ratio, scale)
        hollow = Hollow(
            centre_xy=(float(centre[0]), float(centre[1])),
            radius_px=radius,
            rim_px=rim,
            footprint=footprint,
            corner=(window.top, window.left),
            kind=_kind(2.0 * radius / scale, ratio),
            depth_mm=depth,
        )
    return hollow


@dataclass(frozen=True, slots=True)
class _Window:
    """A part of the map."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def about(cls, centre: NDArray[np.float64], reach: float, shape: tuple[int, int]) -> _Window:
        """A square about a point, cut at the border."""
        low = np.floor(centre - reach).astype(int)
        high = np.ceil(centre + reach).astype(int) + 1
        return cls(
            max(int(low[0]), 0),
            max(int(low[1]), 0),
            min(int(high[0]), shape[1]),
            min(int(high[1]), shape[0]),
        )

    def distance(self, centre: NDArray[np.float64]) -> NDArray[np.float64]:
        """From a point of the map, of every pixel of the window."""
        y, x = np.mgrid[self.top : self.bottom, self.left : self.right]
        return np.asarray(np.hypot(x - centre[0], y - centre[1]))

    def of(self, plane: NDArray[np.generic]) -> NDArray[np.generic]:
        """The part of a map."""
        return plane[self.top : self.bottom, self.left : self.right]


def _rim_width(radius_px: float, scale: float) -> float:
    """Wide enough to average pores and microrelief."""
    return max(0.45 * radius_px, 0.6 * scale)


def _above_rim(
    smooth: FloatArray,
    mask: BoolArray,
    window: _Window,
    centre: NDArray[np.float64],
    rim: tuple[float, float],
) -> NDArray[np.float64] | None:
    """Height in the window above the plane through the rim."""
    height = np.asarray(window.of(smooth), dtype=np.float64)
    distance = window.distance(centre)
    ring = (distance >= rim[0]) & (distance <= rim[1]) & np.asarray(window.of(mask), dtype=bool)
    whole = math.pi * (rim[1] ** 2 - rim[0] ** 2)
    if ring.sum() < max(_MIN_RIM_PX, _LEAST_RIM * whole):
        return None
    y, x = np.mgrid[0 : height.shape[0], 0 : height.shape[1]]
    design = np.column_stack([x[ring], y[ring], np.ones(int(ring.sum()))])
    weight = np.ones(len(design))
    for _ in range(4):
        # Other scars on the rim pull a plain mean down, an absolute-value fit they do not.
        root = np.sqrt(weight)[:, None]
        plane = np.linalg.lstsq(design * root, height[ring] * root[:, 0], rcond=None)[0]
        weight = 1.0 / np.maximum(np.abs(height[ring] - design @ plane), 0.005)
    return np.asarray(height - (plane[0] * x + plane[1] * y + plane[2]))


def _around(
    centre: NDArray[np.float64], deep: BoolArray, window: _Window, *, reach_px: float
) -> BoolArray | None:
    """The connected part that holds the middle, not beyond the rim."""
    within = deep & (window.distance(centre) <= reach_px)
    count, labels = cv2.connectedComponents(within.astype(np.uint8), connectivity=4)
    x, y = round(centre[0]) - window.left, round(centre[1]) - window.top
    if count < 2 or not (0 <= y < labels.shape[0] and 0 <= x < labels.shape[1]):
        return None
    here = int(labels[y, x])
    return np.asarray(labels == here) if here else None


def _steepness(
    local: NDArray[np.float64], distance: NDArray[np.float64], radius: float, depth: float
) -> float:
    """Width at four fifths of the depth over that at one fifth."""
    step = (distance / (_BOWL_RIM * radius) * _PROFILE_STEPS).astype(int).ravel()
    within = step < _PROFILE_STEPS
    count = np.bincount(step[within], minlength=_PROFILE_STEPS)
    total = np.bincount(step[within], weights=local.ravel()[within], minlength=_PROFILE_STEPS)
    known = count > 0
    middles = (np.arange(_PROFILE_STEPS)[known] + 0.5) * _BOWL_RIM * radius / _PROFILE_STEPS
    share = -total[known] / count[known] / depth
    share = np.minimum.accumulate(share)
    inner, outer = (float(np.interp(-level, -share, middles)) for level in (0.8, 0.2))
    return inner / max(outer, 1e-6)


def _rim(radius: float, ratio: float, scale: float) -> tuple[float, float]:
    """Inner and outer radius of the rim, in pixels."""
    box = max(_BOX_RIM * radius, radius + _WALL_MM * scale)
    # Between the two the rim moves gradually, or a scar on the border would jump in depth.
    bowl = float(np.clip((_BOX + 0.05 - ratio) / 0.1, 0.0, 1.0))
    start = (1.0 - bowl) * box + bowl * max(_BOWL_RIM * radius, box)
    return start, start + _rim_width(radius, scale)


def _kind(width_mm: float, ratio: float) -> HollowKind:
    """Steep walls and a flat floor make a box; the rest is told by width."""
    if ratio > _BOX:
        return HollowKind.BOXCAR
    return HollowKind.ICE_PICK if width_mm < ICE_PICK_BELOW_MM else HollowKind.ROLLING
