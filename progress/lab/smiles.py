"""Skin at rest against skin in a smile: real pairs, judged by marks found one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.align import align_faces
from progress.imaging import DecodedPhoto
from progress.lab.marks import find_marks
from progress.landmarks import find_face
from progress.model import NotAligned, Registration
from progress.model.checks import BoolArray
from progress.regions import face_regions


@dataclass(frozen=True, slots=True)
class SmileRow:
    """One person at rest and smiling, against marks found one by one (`progress.lab.marks`).

    Parameters
    ----------
    name : str
    region : str
    missed_mm : tuple of float
        Distance of field and mark at each mark that lies on valid skin.
    valid_share : float
        Of the region's points.
    reason : str or None
        Why the pair was refused; then there are no marks.
    """

    name: str
    region: str
    missed_mm: tuple[float, ...]
    valid_share: float
    reason: str | None


def smile_rows(
    pairs: Iterable[tuple[DecodedPhoto, DecodedPhoto]], regions: Sequence[str]
) -> tuple[SmileRow, ...]:
    """Field against marks where the same people rest and smile.

    Parameters
    ----------
    pairs : iterable of two DecodedPhoto
        At rest, smiling.
    regions : sequence of str
        Names of face regions.

    Returns
    -------
    tuple of SmileRow
        One for each pair and region.
    """
    rows = []
    for baseline, followup in pairs:
        marks, other = find_face(baseline), find_face(followup)
        found = align_faces(baseline, marks, followup, other)
        for region in face_regions(marks):
            if region.name not in regions:
                continue
            name = baseline.provenance.file
            if isinstance(found, NotAligned):
                rows.append(SmileRow(name, region.name, (), 0.0, found.reason))
                continue
            seen = find_marks(baseline, marks, followup, other, region)
            missed = np.linalg.norm(found.map_points(seen.baseline_xy) - seen.followup_xy, axis=1)
            counted = missed[_valid_at(found, seen.baseline_xy)] / marks.scale.px_per_mm
            share = _valid_share(found, np.asarray(region.polygon_xy))
            rows.append(SmileRow(name, region.name, tuple(map(float, counted)), share, None))
    return tuple(rows)


def _valid_at(registration: Registration, xy: NDArray[np.float64]) -> BoolArray:
    """Whether the node nearest to each point is valid."""
    rows, columns = registration.valid.shape
    node = np.clip(np.rint(xy / registration.step).astype(int), 0, (columns - 1, rows - 1))
    return np.asarray(registration.valid[node[:, 1], node[:, 0]], dtype=bool)


def _valid_share(registration: Registration, polygon_xy: NDArray[np.float64]) -> float:
    """Share of a polygon's nodes that are valid."""
    inside = np.zeros(registration.valid.shape, dtype=np.uint8)
    cv2.fillPoly(inside, [np.rint(polygon_xy / registration.step).astype(np.int32)], (1,))
    return float(registration.valid[inside > 0].mean()) if inside.any() else 0.0
