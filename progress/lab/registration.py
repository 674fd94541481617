"""Does the alignment put skin on skin, does it know how surely, and whom does it refuse?"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.align import align_areas, align_faces
from progress.imaging import DecodedPhoto
from progress.lab.known_pairs import KnownPair
from progress.landmarks import find_face
from progress.model import Landmarks, NotAligned, Registration

HONEST = (0.7, 1.5)
"""Estimated over true 95th percentile within which an estimate counts as honest."""
_SOUND_STRAIN = (0.8, 1.25)


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """One pair of known truth, aligned.

    Parameters
    ----------
    name : str
        Of the pair.
    true_median_mm, true_p95_mm : float or None
        True error over valid skin that the follow-up shows; None if refused.
    estimated_median_mm, estimated_p95_mm : float or None
        What the alignment thought of itself.
    overlap : float or None
        Share of the baseline skin that was placed.
    hidden : float or None
        Share of the valid points whose skin the follow-up does not show.
    unsound : float or None
        Share of valid points at which the field's area ratio over the true one leaves 0.8 to 1.25.
    folds : int or None
        Valid points at which the field turns inside out.
    seconds : float
        Wall-clock time of the alignment alone on one OpenCV thread, without finding landmarks.
    reason : str or None
        Why it was refused.
    """

    name: str
    true_median_mm: float | None
    true_p95_mm: float | None
    estimated_median_mm: float | None
    estimated_p95_mm: float | None
    overlap: float | None
    hidden: float | None
    unsound: float | None
    folds: int | None
    seconds: float
    reason: str | None

    @property
    def honesty(self) -> float | None:
        """Estimated over true 95th percentile."""
        if self.true_p95_mm is None or self.estimated_p95_mm is None:
            return None
        return self.estimated_p95_mm / self.true_p95_mm


@dataclass(frozen=True, slots=True)
class Attempt:
    """Two photos that must not be aligned.

    Parameters
    ----------
    baseline, followup : str
        Photo names.
    aligned : bool
        True would be a mistake.
    reason : str or None
        Of the refusal.
    """

    baseline: str
    followup: str
    aligned: bool
    reason: str | None


def registration_rows(pairs: Iterable[KnownPair]) -> tuple[RegistrationRow, ...]:
    """True and estimated alignment errors of pairs of known truth, in their order."""
    return tuple(_row(pair) for pair in pairs)


def align(pair: KnownPair) -> Registration | NotAligned:
    """The product's own answer; a face that is not found again is a refusal."""
    if pair.baseline_marks is None:
        return align_areas(pair.baseline, pair.followup, px_per_mm=pair.px_per_mm)
    if pair.followup_marks is None:
        return NotAligned("no face found in the follow-up")
    return align_faces(pair.baseline, pair.baseline_marks, pair.followup, pair.followup_marks)


def stranger_attempts(photos: Sequence[DecodedPhoto]) -> tuple[Attempt, ...]:
    """Every ordered pair of faces of different people, tried.

    Parameters
    ----------
    photos : sequence of DecodedPhoto
        One face each, no person twice.

    Returns
    -------
    tuple of Attempt
        ``len(photos) * (len(photos) - 1)``.
    """
    return face_attempts([(photo, find_face(photo)) for photo in photos])


def other_area_attempts(photos: Sequence[DecodedPhoto], *, px_per_mm: float) -> tuple[Attempt, ...]:
    """Every ordered pair of close-ups of different places, tried.

    Parameters
    ----------
    photos : sequence of DecodedPhoto
        No place twice.
    px_per_mm : float
        Of all of them.
    """

    def tried(a: int, b: int) -> Registration | NotAligned:
        return align_areas(photos[a], photos[b], px_per_mm=px_per_mm)

    return _attempts(photos, itertools.permutations(range(len(photos)), 2), tried)


def face_attempts(
    faces: Sequence[tuple[DecodedPhoto, Landmarks]],
) -> tuple[Attempt, ...]:
    """Every ordered pair of these faces, each of which must be refused.

    Parameters
    ----------
    faces : sequence of (DecodedPhoto, Landmarks)
        For instance one person from several sides, or from very different distances.
    """

    def tried(a: int, b: int) -> Registration | NotAligned:
        return align_faces(*faces[a], *faces[b])

    photos = [photo for photo, _ in faces]
    return _attempts(photos, itertools.permutations(range(len(faces)), 2), tried)


def true_errors_mm(
    registration: Registration, pair: KnownPair
) -> tuple[NDArray[np.float64], float]:
    """How far off the valid points are.

    Parameters
    ----------
    registration : Registration
    pair : KnownPair
        That it belongs to.

    Returns
    -------
    errors_mm : ndarray of float64, shape (K,)
        At every valid node whose skin the follow-up shows.
    hidden : float
        Share of valid nodes whose skin it does not show.
    """
    rows, columns = np.nonzero(registration.valid)
    truth, shown = pair.truth(np.stack([columns, rows], axis=1) * registration.step)
    missed = registration.followup_from_baseline_xy[rows, columns] - truth
    errors = np.linalg.norm(missed, axis=1)[shown] / pair.px_per_mm
    return np.asarray(errors, dtype=np.float64), 1.0 - float(shown.mean())


def _row(pair: KnownPair) -> RegistrationRow:
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        started = time.perf_counter()
        found = align(pair)
        seconds = time.perf_counter() - started
    finally:
        cv2.setNumThreads(threads)
    if isinstance(found, NotAligned):
        nothing = (None,) * 8
        return RegistrationRow(pair.name, *nothing, seconds, found.reason)
    errors, hidden = true_errors_mm(found, pair)
    median, p95 = (float(v) for v in np.percentile(errors, [50, 95]))
    unsound, folds = _strain(found, pair)
    estimated = found.estimated_error_mm
    return RegistrationRow(
        pair.name, median, p95, estimated.median, estimated.p95, found.overlap, hidden, unsound,
        folds, seconds, None,
    )  # fmt: skip


def _strain(registration: Registration, pair: KnownPair) -> tuple[float, int]:
    """Share of valid nodes stretched unlike the truth, and how many are folded."""
    shape = registration.valid.shape
    rows, columns = np.indices(shape)
    nodes = np.stack([columns, rows], axis=-1).reshape(-1, 2) * registration.step
    truth, shown = pair.truth(nodes)
    counted = registration.valid & shown.reshape(shape)
    # A node counts where it and the nodes around it have a truth.
    counted = cv2.erode(counted.astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0) > 0
    found_area = _area(np.asarray(registration.followup_from_baseline_xy, dtype=np.float64))
    true_area = _area(truth.reshape(*shape, 2))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = (found_area / true_area)[counted]
    unsound = float(np.mean((ratio < _SOUND_STRAIN[0]) | (ratio > _SOUND_STRAIN[1])))
    return unsound, int((found_area[counted] <= 0).sum())


def _area(field_xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Determinant of the field's Jacobian at every node, up to the square of the step."""
    dx_dy, dx_dx = np.gradient(field_xy[..., 0])
    dy_dy, dy_dx = np.gradient(field_xy[..., 1])
    return np.asarray(dx_dx * dy_dy - dx_dy * dy_dx)


def _attempts(
    photos: Sequence[DecodedPhoto],
    order: Iterable[tuple[int, ...]],
    tried: Callable[[int, int], Registration | NotAligned],
) -> tuple[Attempt, ...]:
    rows = []
    for a, b in order:
        found = tried(a, b)
        reason = found.reason if isinstance(found, NotAligned) else None
        names = (photos[a].provenance.file, photos[b].provenance.file)
        rows.append(Attempt(*names, reason is None, reason))
    return tuple(rows)
