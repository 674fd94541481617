"""Which part of the baseline is shown, and outlines carried from it to every panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.exports.deidentify import corners_of
from progress.exports.placing import Fit
from progress.exports.recipe_checks import MAX_CORNERS
from progress.exports.recipe_parts import Cover
from progress.model import BadInput, Landmarks, Refused, Region, Registration
from progress.regions import body_regions, densified, face_regions

Points = NDArray[np.float64]

_MARGIN_MM = 6.0
"""Around regions, so that their edge is seen in its surroundings."""
_TIGHT_MM = 1.5
_COVER_MARGIN_MM = 2.0
"""Around a carried outline: the registration's own error, and what a hand draws too narrow."""
_LEAST_MM = 5.0
_DENSE_STEP = 0.04


@dataclass(frozen=True, slots=True)
class BoxMm:
    """A window in millimetres round a point of the baseline, in its upright pixels."""

    centre_px: tuple[float, float]
    width_mm: float
    height_mm: float


@dataclass(frozen=True, slots=True)
class Window:
    """What is shown of the baseline's skin: a centre in its pixels, a size in millimetres."""

    centre_px: tuple[float, float]
    width_mm: float
    height_mm: float
    px_per_mm: float

    @property
    def box_px(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in baseline pixels."""
        half_x = self.width_mm * self.px_per_mm / 2
        half_y = self.height_mm * self.px_per_mm / 2
        x, y = self.centre_px
        return x - half_x, y - half_y, x + half_x, y + half_y

    def with_room(self, above_mm: float, below_mm: float) -> Window:
        """The window made higher by room above and below what it shows."""
        x, y = self.centre_px
        down = (below_mm - above_mm) / 2 * self.px_per_mm
        high = self.height_mm + above_mm + below_mm
        return Window((x, y + down), self.width_mm, high, self.px_per_mm)


def region_polygons(
    names: Sequence[str],
    face: Landmarks | None,
    size_px: tuple[int, int],
    user_regions: Sequence[Region],
) -> list[Points]:
    """Outlines of named regions in baseline pixels.

    Parameters
    ----------
    names : sequence of str
        Of the face's or body's own regions, or of `user_regions`, which come first.
    face : Landmarks or None
        Of the baseline; None on the body.
    size_px : tuple of int
        Of the baseline.
    user_regions : sequence of Region

    Raises
    ------
    BadInput
        For an unknown name, with the names there are.
    """
    own = face_regions(face) if face is not None else body_regions(size_px)
    known = {region.name: region for region in (*own, *user_regions)}
    for name in names:
        if name not in known:
            raise BadInput(
                f"crop: expected a region of the first photo, got {name!r}",
                advice=f"choose one of {', '.join(known)}",
            )
    return [np.asarray(known[name].polygon_xy, dtype=np.float64) for name in names]


def window_of(
    polygons: Sequence[Points],
    box: BoxMm | None,
    registrations: Sequence[Registration],
    px_per_mm: float,
    *,
    tight: bool,
) -> Window:
    """The window on the baseline: the box, else the regions, else skin found again everywhere.

    Parameters
    ----------
    polygons : sequence of ndarray, shape (K, 2)
        Regions to be shown, in baseline pixels.
    box : BoxMm, optional
    registrations : sequence of Registration
        Of all follow-ups.
    px_per_mm : float
        Scale of the baseline.
    tight : bool
        Whether the window ends with the regions.

    Raises
    ------
    BadInput
        If a box is no positive size.
    Refused
        If no skin was found again in all photos.
    """
    if box is not None:
        if not (box.width_mm >= _LEAST_MM and box.height_mm >= _LEAST_MM):
            raise BadInput(
                f"crop: expected at least {_LEAST_MM:g} x {_LEAST_MM:g} mm, "
                f"got {box.width_mm:g} x {box.height_mm:g} mm",
                advice="choose a larger crop",
            )
        return Window(box.centre_px, box.width_mm, box.height_mm, px_per_mm)
    wide, high = registrations[0].baseline_size_px
    if polygons:
        points = np.concatenate(list(polygons))
    else:
        step = registrations[0].step
        seen = np.logical_and.reduce([r.valid for r in registrations])
        rows, columns = np.nonzero(seen)
        if not rows.size:
            raise Refused(
                "crop: expected skin that all photos show, got none",
                advice="leave out the session that differs most",
            )
        points = np.stack([columns, rows], axis=-1).astype(np.float64) * step
    margin = (_TIGHT_MM if tight else _MARGIN_MM) * px_per_mm
    low = np.maximum(points.min(axis=0) - margin, -0.5)
    top = np.minimum(points.max(axis=0) + margin, (wide - 0.5, high - 0.5))
    size = np.maximum((top - low) / px_per_mm, _LEAST_MM)
    middle = (low + top) / 2
    return Window((float(middle[0]), float(middle[1])), float(size[0]), float(size[1]), px_per_mm)


def carried_cover(
    outline_xy: Points,
    *,
    registration: Registration | None,
    fit: Fit | None,
    to_panel: Callable[[Points], Points],
    px_per_mm: float,
) -> Cover:
    """A user's outline on the baseline as a cover in one panel, with a margin.

    Parameters
    ----------
    outline_xy : ndarray, shape (K, 2)
        In baseline pixels.
    registration, fit : Registration and Fit, or None
        Of the panel's photo; None for the baseline itself.
    to_panel : callable
        From the photo's pixels to the panel's.
    px_per_mm : float
        Of the panel.

    Returns
    -------
    Cover
        Where the dense field holds at all corners the skin itself is followed, and the margin grows
        by the distance between the field and the one similarity; beside the skin (background) the
        similarity alone carries.
    """
    outline = np.asarray(outline_xy, dtype=np.float64)
    span = float(max(np.ptp(outline, axis=0).max(), 1.0))
    dense = densified(outline, max(1.0, _DENSE_STEP * span))[:MAX_CORNERS]
    margin = _COVER_MARGIN_MM * px_per_mm
    placed = dense
    if registration is not None and fit is not None:
        plain = fit.followup_from_baseline.map(dense)
        placed = plain
        if _holds(registration, dense):
            placed = registration.map_points(dense)
            apart = to_panel(placed) - to_panel(plain)
            # An outline is a place on the skin: both ways to carry it are covered.
            margin += float(np.hypot(apart[:, 0], apart[:, 1]).max())
    return Cover(corners_of(_widened(to_panel(placed), margin)))


def _holds(registration: Registration, points_xy: Points) -> bool:
    """Whether the dense field may be used at every one of these points."""
    rows, columns = registration.valid.shape
    at = np.rint(points_xy / registration.step).astype(int)
    column, row = np.clip(at[:, 0], 0, columns - 1), np.clip(at[:, 1], 0, rows - 1)
    within = (at[:, 0] < columns) & (at[:, 1] < rows) & (at >= 0).all(axis=1)
    return bool((within & registration.valid[row, column]).all())


def _widened(polygon_xy: Points, margin_px: float) -> Points:
    """The outline of a polygon widened by a margin; holes that close are covered too."""
    reach = int(np.ceil(margin_px)) + 2
    low = np.floor(polygon_xy.min(axis=0)) - reach
    size = np.ceil(np.ptp(polygon_xy, axis=0)).astype(int) + 2 * reach + 1
    mask = np.zeros((int(size[1]), int(size[0])), np.uint8)
    cv2.fillPoly(mask, [np.round(polygon_xy - low).astype(np.int32)], 1)
    side = 2 * int(np.ceil(margin_px)) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    outlines, _ = cv2.findContours(
        cv2.dilate(mask, disc), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    largest = max(outlines, key=cv2.contourArea)
    slack = 0.25
    simple = cv2.approxPolyDP(largest, slack, closed=True)
    while len(simple) > MAX_CORNERS:
        slack *= 2.0
        simple = cv2.approxPolyDP(largest, slack, closed=True)
    return np.asarray(simple[:, 0] + low, dtype=np.float64)
