"""The same skin in two multi-light sets: one scale, the way between them, scars in both."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from progress.align import align_areas, align_faces
from progress.model import NotAligned, Registration
from progress.pipeline.depth import SolvedSet, rescaled
from progress.relief import Hollow, Reading, ReliefMap, read_hollow

_SEEN_WITHIN_MM: Final = 0.5
_WORST_PLACE_MM: Final = 0.4
"""Estimated error of where a scar lies above which it is not told that it is the same one."""


@dataclass(frozen=True, slots=True, eq=False)
class DepthPair:
    """Both reliefs in millimetres of one scale, and the way from one to the other.

    Parameters
    ----------
    first, then : SolvedSet
    registration : Registration
        Between the pictures averaged over the lamps.
    relief : ReliefMap
        Of the follow-up, in the baseline's millimetres.
    zoom : float
        Working pixels of the follow-up per working pixel of the baseline.
    """

    first: SolvedSet
    then: SolvedSet
    registration: Registration
    relief: ReliefMap
    zoom: float

    def place(self, working_xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Working pixels of the follow-up of working pixels of the baseline."""
        return self.then.working_xy(self.registration.map_points(self.first.picture_xy(working_xy)))


def same_skin(first: SolvedSet, then: SolvedSet) -> Registration | NotAligned:
    """Where the baseline's skin lies in the follow-up, on the pictures averaged over the lamps."""
    here, there = first.opened, then.opened
    if here.landmarks is not None and there.landmarks is not None:
        return align_faces(here.mean, here.landmarks, there.mean, there.landmarks)
    return align_areas(here.mean, there.mean, px_per_mm=here.scale.px_per_mm)


def depth_pair(first: SolvedSet, then: SolvedSet, registration: Registration) -> DepthPair:
    """The follow-up's heights in the baseline's millimetres."""
    nearer = zoom_of(registration)
    # One client has one scale: the baseline's, times how much nearer the follow-up was taken.
    px_per_mm = first.opened.scale.px_per_mm * nearer * then.working
    return DepthPair(
        first,
        then,
        registration,
        rescaled(then.relief, px_per_mm),
        nearer * then.working / first.working,
    )


def zoom_of(registration: Registration) -> float:
    """Follow-up pixels per baseline pixel, over the valid skin."""
    if registration.method == "same picture":
        return 1.0
    xy = registration.followup_from_baseline_xy.astype(np.float64)
    across = (xy[:, 2:] - xy[:, :-2])[1:-1] / (2 * registration.step)
    down = (xy[2:] - xy[:-2])[:, 1:-1] / (2 * registration.step)
    area = across[..., 0] * down[..., 1] - across[..., 1] * down[..., 0]
    valid = registration.valid[1:-1, 1:-1]
    if not valid.any():
        return 1.0
    return math.sqrt(max(float(np.median(area[valid])), 1e-6))


def taken_on(solved: SolvedSet) -> date | None:
    """The day of a set's first picture; None where its files do not tell."""
    known = [photo.provenance.taken_at for photo in solved.opened.lit if photo.provenance.taken_at]
    return min(known).date() if known else None


def read_both(pair: DepthPair, hollow: Hollow) -> tuple[Reading, Reading] | str:
    """A scar read in both sets, or why it cannot be."""
    for solved in (pair.first, pair.then):
        if solved.blocked:
            return solved.blocked
    before = read_hollow(pair.first.relief, hollow, pair.first.hollows, pair.first.even)
    if before is None:
        return "too little of its rim is seen at baseline"
    error = _place_error(pair, hollow)
    if error is None or error > _WORST_PLACE_MM:
        return "it could not surely be found again in the follow-up"
    after = read_hollow(
        pair.relief,
        hollow,
        pair.first.hollows,
        pair.then.even,
        place=pair.place,
        zoom=pair.zoom,
    )
    if after is None:
        return "too little of its rim is seen in the follow-up"
    return before, after


def _place_error(pair: DepthPair, hollow: Hollow) -> float | None:
    """Estimated error of where the scar lies, mm; None where the field does not vouch for it."""
    registration = pair.registration
    xy = pair.first.picture_xy(np.array(hollow.centre_xy))
    column, row = np.round(xy / registration.step).astype(int)
    rows, columns = registration.valid.shape
    reach = max(1, round(_SEEN_WITHIN_MM * pair.first.opened.scale.px_per_mm / registration.step))
    part = (
        slice(max(row - reach, 0), min(row + reach + 1, rows)),
        slice(max(column - reach, 0), min(column + reach + 1, columns)),
    )
    valid = registration.valid[part]
    return float(np.median(registration.error_mm[part][valid])) if valid.any() else None
