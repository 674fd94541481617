"""The same pores before and after: every place with a pore in either photo, looked at in both.

Counted on its own, each photo drops the pores that its noise, focus or compression takes below the
limit, and those are never the same. Looked at in both photos, a pore that only one of them counts
is as faint in the other as it is there, and not absent. On re-shoots of the same cheek the
detectable change of the density falls to a third or a half of that of two separate counts
(`progress.lab.pore_truth`). Of the area of pores a tenth is gained at most: all of them grow and
shrink together with what is left of sharpening, and no list cancels that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from progress.metrics.analysis import Analysis
from progress.metrics.blobs import PORE_PX_PER_MM, Pores, find_pores, visibility
from progress.model import Estimate, NotMeasured, Outcome
from progress.model.checks import BoolArray, FloatArray

Points = NDArray[np.float64]
PointMap = Callable[[Points], Points]
"""From pixels of one patch to pixels of the other, shape (n, 2) to (n, 2)."""

_SAME_MM = 0.2
"""Half the least distance of two pores: nearer detections are one pore."""
_LOOK_MM = 0.12
"""How far from its place a pore is looked for: the error of registration."""
_MIN_PORES = 12.0
"""Sum of weights below which a share of them says nothing: one pore would be a twelfth."""


@dataclass(frozen=True, slots=True, eq=False)
class PairedPores:
    """Places of pores in two photos, each looked at in both.

    Parameters
    ----------
    baseline_xy, followup_xy : ndarray of float64, shape (N, 2)
        Pixels of either patch.
    baseline_weight, followup_weight : ndarray of float32, shape (N,)
        0..1, how surely there is a pore.
    matched : ndarray of bool, shape (N,)
        Whether both photos found it by themselves.
    """

    baseline_xy: Points = field(repr=False)
    followup_xy: Points = field(repr=False)
    baseline_weight: FloatArray = field(repr=False)
    followup_weight: FloatArray = field(repr=False)
    matched: BoolArray = field(repr=False)

    def density_change(self, where: NDArray[Any]) -> Outcome:
        """Change of the number of pores of one region over the mean of both photos.

        Parameters
        ----------
        where : ndarray of bool, shape of the baseline's patch
            Region; places whose baseline pixel lies in it count.

        Returns
        -------
        Estimate or NotMeasured
            2 (after - before) / (after + before), -2..2; times the mean of the two densities it is
            the change per cm2. The error is only that of pores that flicker one by one and far too
            small for a pair (by two to thirty times on heads): what another lens, sharpening or
            JPEG does to all pores alike is told by re-shoots alone. `n_px` is the number of places.
        """
        height, width = where.shape
        column, row = np.rint(self.baseline_xy).astype(int).T
        inside = (column >= 0) & (row >= 0) & (column < width) & (row < height)
        inside[inside] = where[row[inside], column[inside]]
        before = self.baseline_weight[inside].astype(np.float64)
        after = self.followup_weight[inside].astype(np.float64)
        total = float(before.sum() + after.sum())
        if total < 2 * _MIN_PORES:
            return NotMeasured(f"only {total / 2:.0f} pores are seen here in both photos")
        change = 2 * float(after.sum() - before.sum()) / total
        # Of a ratio of sums, to first order.
        moved = 2 * (after - before) - change * (after + before)
        return Estimate(change, math.sqrt(float(np.square(moved).sum())) / total, before.size)


def pair_pores(
    baseline: Analysis,
    followup: Analysis,
    *,
    followup_from_baseline: PointMap,
    baseline_from_followup: PointMap,
) -> PairedPores:
    """Every pore that is found in either photo and whose skin is seen in both.

    Parameters
    ----------
    baseline, followup : Analysis
        Brought to one point spread.
    followup_from_baseline, baseline_from_followup : callable
        Patch pixels to patch pixels.

    Returns
    -------
    PairedPores
        A place that only one photo knows has in the other the darkest contrast within 0.12 mm of
        it; how round it is, is told by the photo that found it, or is the mean of both.
    """
    here, there = find_pores(baseline), find_pores(followup)
    here_xy, there_xy = _places(baseline, here), _places(followup, there)
    here_seen = followup_from_baseline(here_xy)
    near = _SAME_MM * followup.patch.px_per_mm
    of_here, of_there = _mutual(here_seen, there_xy, near)
    alone_here = np.setdiff1d(np.arange(len(here_xy)), of_here)
    alone_there = np.setdiff1d(np.arange(len(there_xy)), of_there)
    there_back = baseline_from_followup(there_xy[alone_there])
    in_followup, on_followup = _looked_at(followup, there, here_seen[alone_here])
    in_baseline, on_baseline = _looked_at(baseline, here, there_back)
    shared = (here.roundness[of_here] + there.roundness[of_there]) / 2
    own_here, own_there = here.roundness[alone_here], there.roundness[alone_there]
    seen = np.concatenate([np.ones(len(of_here), dtype=bool), on_followup, on_baseline])
    before = np.concatenate(
        [
            visibility(here.contrast[of_here]) * shared,
            visibility(here.contrast[alone_here]) * own_here,
            visibility(in_baseline) * own_there,
        ]
    )
    after = np.concatenate(
        [
            visibility(there.contrast[of_there]) * shared,
            visibility(in_followup) * own_here,
            visibility(there.contrast[alone_there]) * own_there,
        ]
    )
    matched = np.arange(len(seen)) < len(of_here)
    return PairedPores(
        np.concatenate([here_xy[of_here], here_xy[alone_here], there_back])[seen],
        np.concatenate([there_xy[of_there], here_seen[alone_here], there_xy[alone_there]])[seen],
        before[seen].astype(np.float32),
        after[seen].astype(np.float32),
        matched[seen],
    )


def _mutual(
    seen_xy: Points, found_xy: Points, near_px: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of pairs of which each is the other's nearest, and near."""
    if not (len(seen_xy) and len(found_xy)):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    distance, to_found = cKDTree(found_xy).query(seen_xy)
    _, to_seen = cKDTree(seen_xy).query(found_xy)
    own = np.arange(len(seen_xy))
    pair = (distance < near_px) & (to_seen[to_found] == own)
    return own[pair], to_found[pair]


def _places(analysis: Analysis, pores: Pores) -> Points:
    """Patch pixels of the centres of pores, shape (N, 2)."""
    skin = analysis.skin(PORE_PX_PER_MM)
    coarser = analysis.patch.px_per_mm / skin.px_per_mm
    working = np.stack([pores.x_px + skin.corner[1], pores.y_px + skin.corner[0]], axis=1)
    return np.asarray((working + 0.5) * coarser - 0.5, dtype=np.float64)


def _looked_at(analysis: Analysis, pores: Pores, xy: Points) -> tuple[FloatArray, BoolArray]:
    """Darkest contrast about places of a patch, and whether skin is seen there."""
    skin = analysis.skin(PORE_PX_PER_MM)
    coarser = analysis.patch.px_per_mm / skin.px_per_mm
    at = np.rint((xy + 0.5) / coarser - 0.5 - skin.corner[::-1]).astype(int)
    column, row = at.reshape(-1, 2).T
    height, width = skin.mask.shape
    inside = (column >= 0) & (row >= 0) & (column < width) & (row < height)
    column, row = np.clip(column, 0, width - 1), np.clip(row, 0, height - 1)
    reach = max(1, round(_LOOK_MM * skin.px_per_mm))
    darkest = cv2.dilate(pores.darkness, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    return np.asarray(darkest[row, column], np.float32), inside & skin.mask[row, column]
