"""The middle line of an outlined band of skin, and the skin laid out straight along it.

A finger draws the outline a millimetre or three beyond a mark, or cuts it. So the outline says only
where to look: the line that is followed lies where the skin itself differs from its flanks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from progress.imaging import optical_density
from progress.metrics.analysis import Analysis, Window
from progress.model import NotMeasured
from progress.model.checks import BoolArray, FloatArray

MARK_PX_PER_MM: Final = 8.0
"""Working scale: eight samples across the narrowest band that is measured."""
REACH_MM: Final = 14.0
"""To either side of the line: a band of 6 mm, the millimetres left beside it, and its flank."""
ACROSS_MM: Final = np.arange(-112, 113) / MARK_PX_PER_MM
"""Positions across the line at which the skin is read."""
STATION_MM: Final = 1.0
"""Stretch of the line that gives one profile."""

_OUTLINE_PX_PER_MM: Final = 2.0
"""An outline by hand has no finer detail."""
_GAPS_MM: Final = (2.0, 4.0, 6.0)
"""Hairs, glints and crossed strokes cut an outline to pieces; gaps up to this width are closed."""
_IN_ONE: Final = 0.8
"""Share of the outlined skin that the largest piece must hold."""
_LEAST_LENGTH_MM: Final = 6.0
_LEAST_ELONGATION: Final = 1.8
"""Length squared over area: 1.3 of a disc, 1.0 to 1.4 of a square, 2 of a 12 mm scar outlined 3 mm
too wide all round."""
_SMOOTH_MM: Final = 3.0
"""The middle of a shaky outline wavers over some millimetres; marks turn more slowly."""
_ROWS: Final = 8


def across_between(low_mm: float, high_mm: float) -> BoolArray:
    """Which of ``ACROSS_MM`` lie between two positions, both included."""
    return np.asarray((ACROSS_MM >= low_mm) & (ACROSS_MM <= high_mm))  # noqa: SIM300


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """The skin along a line, laid out straight.

    Parameters
    ----------
    density : ndarray of float32, shape (n, m, 3)
        Optical density at n stations along the line and ``len(ACROSS_MM)`` positions across it,
        each a mean over `STATION_MM`; NaN where no skin is seen.
    line_px : ndarray of float64, shape (n, 2)
        The stations in pixels of the working skin, (x, y).
    normal : ndarray of float64, shape (n, 2)
        Unit vectors across the line.
    """

    density: FloatArray = field(repr=False)
    line_px: NDArray[np.float64] = field(repr=False)
    normal: NDArray[np.float64] = field(repr=False)

    def moved(self, offset_mm: NDArray[np.float64], px_per_mm: float) -> NDArray[np.float64]:
        """The line shifted across itself at every station, in pixels, shape (n, 2)."""
        return self.line_px + offset_mm[:, np.newaxis] * self.normal * px_per_mm


def middle_line(window: Window) -> NDArray[np.float64] | NotMeasured:
    """Points a station apart along the middle of an outline, in pixels of the working skin.

    Parameters
    ----------
    window : Window
        The outlined skin.

    Returns
    -------
    ndarray of float64, shape (n, 2), or NotMeasured
        From end to end; not measured where the outline is not longer than it is wide.

    Notes
    -----
    The two ends are the points farthest from each other inside the outline; the line runs through
    the centres of the points at equal distance from one of them.
    """
    from skimage.graph import MCP_Geometric

    outline = _closed_outline(window)
    if isinstance(outline, NotMeasured):
        return outline
    mask, corner_mm = outline
    inside = np.argwhere(mask)
    if not len(inside):
        return NotMeasured("no usable skin inside the outline")
    cost = np.where(mask, 1.0, -1.0)
    far = inside[0]
    for _ in range(2):
        distance, _ = MCP_Geometric(cost).find_costs([tuple(far)])
        reached = mask & np.isfinite(distance)
        far = np.array(np.unravel_index(np.argmax(np.where(reached, distance, -1)), mask.shape))
    length_mm = float(distance[tuple(far)]) / _OUTLINE_PX_PER_MM
    area_mm2 = float(np.count_nonzero(reached)) / _OUTLINE_PX_PER_MM**2
    if length_mm < _LEAST_LENGTH_MM or length_mm**2 < _LEAST_ELONGATION * area_mm2:
        return NotMeasured(
            f"the outline is {length_mm:.0f} mm long and {area_mm2 / max(length_mm, 1.0):.0f} mm "
            "wide, which is no band: outline a mark that is longer than wide"
        )
    station = (distance[reached] / _OUTLINE_PX_PER_MM / STATION_MM).astype(int)
    rows, columns = np.nonzero(reached)
    count = np.maximum(np.bincount(station), 1)
    middle = np.stack([np.bincount(station, weights=at) / count for at in (columns, rows)], axis=1)
    middle = middle[np.bincount(station) > 0]
    # The farthest points are corners: within half a width of the ends the line runs to them.
    turned = min(round(area_mm2 / length_mm / 2 / STATION_MM), (len(middle) - 4) // 2)
    smooth = _smoothed(middle[turned : len(middle) - turned], _SMOOTH_MM / STATION_MM)
    smooth = extended(smooth, turned)
    on_skin_mm = (smooth + 0.5) / _OUTLINE_PX_PER_MM + corner_mm
    return resampled(on_skin_mm * window.px_per_mm - 0.5, window.px_per_mm)


def _closed_outline(window: Window) -> tuple[BoolArray, NDArray[np.float64]] | NotMeasured:
    """The largest piece of the outline without holes, coarse, and its corner (x, y) in mm."""
    scale = _OUTLINE_PX_PER_MM / window.px_per_mm
    rows, columns = window.mask.shape
    size = max(1, round(columns * scale)), max(1, round(rows * scale))
    share = cv2.resize(window.mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    margin = math.ceil(_GAPS_MM[-1] * _OUTLINE_PX_PER_MM)
    coarse = np.pad((share >= 0.5).astype(np.uint8), margin)
    whole = int(np.count_nonzero(coarse))
    for gap_mm in _GAPS_MM:
        side = 2 * math.ceil(gap_mm * _OUTLINE_PX_PER_MM / 2) + 1
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        closed = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, disc)
        _, label = cv2.connectedComponents(closed, connectivity=4)
        held = np.bincount(label[coarse > 0], minlength=2)
        largest = int(np.argmax(held))
        if held[largest] >= _IN_ONE * whole:
            corner = np.array([window.columns.start, window.rows.start]) / window.px_per_mm
            inside = np.asarray(label == largest) if whole else np.zeros(closed.shape, dtype=bool)
            return inside, corner - margin / _OUTLINE_PX_PER_MM
    return NotMeasured("the outlined skin is in several pieces: outline one mark in one stroke")


def _smoothed(points: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """The points through a Gaussian along the line, continued straight at both ends."""
    if len(points) < 3:
        return points
    # Mirrored through its end points, a straight line stays as long as it is.
    n = min(len(points) - 1, math.ceil(4 * sigma))
    head = 2 * points[0] - points[n:0:-1]
    tail = 2 * points[-1] - points[-2 : -2 - n : -1]
    longer = np.concatenate([head, points, tail])
    return np.asarray(gaussian_filter1d(longer, sigma, axis=0)[n : n + len(points)])


def resampled(points_px: NDArray[np.float64], px_per_mm: float) -> NDArray[np.float64]:
    """The same line with its points one station apart; the remainder is shared by the ends."""
    steps = np.hypot(*np.diff(points_px, axis=0).T)
    arc = np.concatenate([[0.0], np.cumsum(steps)]) / px_per_mm
    n = max(2, int(arc[-1] / STATION_MM))
    at = (np.arange(n) - (n - 1) / 2) * STATION_MM + arc[-1] / 2
    return np.stack([np.interp(at, arc, points_px[:, axis]) for axis in (0, 1)], axis=1)


def extended(line_px: NDArray[np.float64], stations: int) -> NDArray[np.float64]:
    """The line with some stations more at either end, straight on."""
    n = min(5, len(line_px) - 1)
    before, after = (line_px[0] - line_px[n]) / n, (line_px[-1] - line_px[-1 - n]) / n
    step = np.arange(1, stations + 1)[:, np.newaxis]
    head = (line_px[0] + step * before)[::-1]
    return np.concatenate([head, line_px, line_px[-1] + step * after])


def straightened(analysis: Analysis, line_px: NDArray[np.float64]) -> Strip:
    """The skin across a line at every station.

    Parameters
    ----------
    analysis : Analysis
    line_px : ndarray, shape (n, 2)
        Points a station apart in pixels of ``analysis.skin(MARK_PX_PER_MM)``.
    """
    skin = analysis.skin(MARK_PX_PER_MM)
    along = np.gradient(_smoothed(line_px, 1.0), axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1)
    offsets = ((np.arange(_ROWS) + 0.5) / _ROWS - 0.5) * STATION_MM * skin.px_per_mm
    at = (
        line_px[:, np.newaxis, np.newaxis]
        + offsets[:, np.newaxis, np.newaxis] * along[:, np.newaxis, np.newaxis]
        + (ACROSS_MM * skin.px_per_mm)[:, np.newaxis] * normal[:, np.newaxis, np.newaxis]
    )
    low = np.clip(np.floor(at.min(axis=(0, 1, 2))).astype(int) - 2, 0, None)
    high = np.ceil(at.max(axis=(0, 1, 2))).astype(int) + 3
    box = slice(low[1], high[1]), slice(low[0], high[0])
    mask = skin.mask[box].astype(np.uint8)
    if not mask.size:
        empty = np.full((len(line_px), len(ACROSS_MM), 3), np.nan, np.float32)
        return Strip(empty, line_px, normal)
    # Interpolation reads the neighbours of a position: they too must be skin.
    sure = cv2.erode(mask, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    density = np.asarray(optical_density(skin.linear[box]), dtype=np.float32)
    density[mask == 0] = 0.0
    where = (at - low).astype(np.float32).reshape(-1, len(ACROSS_MM), 2)
    read = cv2.remap(density, where, None, cv2.INTER_LINEAR)  # type: ignore[call-overload]
    seen = cv2.remap(sure, where, None, cv2.INTER_NEAREST)  # type: ignore[call-overload]
    shape = (len(line_px), _ROWS, len(ACROSS_MM))
    weight = np.asarray(seen, dtype=np.float32).reshape(shape)
    total = weight.sum(axis=1)
    summed = (np.asarray(read).reshape(*shape, 3) * weight[..., np.newaxis]).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = summed / total[..., np.newaxis]
    # Half of a station or more must be seen.
    mean[total < _ROWS / 2] = np.nan
    return Strip(np.asarray(mean, dtype=np.float32), line_px, normal)
