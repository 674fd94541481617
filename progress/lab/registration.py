"""Does the alignment put skin on skin? Simulated re-shoots, and faces of different people."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from progress.align import align_areas, align_faces
from progress.imaging import DecodedPhoto
from progress.landmarks import find_face
from progress.model import Landmarks, NoSingleFace, NotAligned, Registration
from progress.phantom.reshoot import Reshoot, Reshot, reshoot, reshoot_area


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """One photo against one simulated re-shoot of itself.

    Parameters
    ----------
    file : str
        Photo name.
    shot : int
        Number of the re-shoot.
    true_median_mm, true_p95_mm : float or None
        True error over valid skin that the re-shoot still shows; None if refused.
    estimated_median_mm, estimated_p95_mm : float or None
        What the alignment thought of itself.
    overlap : float or None
        Share of the baseline skin that was placed.
    seconds : float
        Wall-clock time of the alignment alone, without finding landmarks.
    reason : str or None
        Why it was refused.
    """

    file: str
    shot: int
    true_median_mm: float | None
    true_p95_mm: float | None
    estimated_median_mm: float | None
    estimated_p95_mm: float | None
    overlap: float | None
    seconds: float
    reason: str | None


@dataclass(frozen=True, slots=True)
class StrangerRow:
    """Two photos of different people: aligned would be a mistake."""

    baseline: str
    followup: str
    aligned: bool
    reason: str | None


def registration_accuracy(
    photos: Sequence[DecodedPhoto], *, n: int, seed: int, strength: float = 1.0
) -> tuple[RegistrationRow, ...]:
    """True and estimated alignment errors of faces against simulated re-shoots.

    Parameters
    ----------
    photos : sequence of DecodedPhoto
        One face each; landmarks are found in the photo and anew in every re-shoot.
    n : int
        Re-shoots per photo, at least 1.
    seed : int
        The same seed gives the same rows, but for `seconds`.
    strength : float
        Of the re-shoots, see `Reshoot.draw`.

    Returns
    -------
    tuple of RegistrationRow
        Photo by photo.

    Raises
    ------
    NoSingleFace
        If a photo holds no single face.
    """
    rows = []
    for index, photo in enumerate(photos):
        found = find_face(photo)
        for shot in range(n):
            rng = np.random.default_rng((seed, index, shot))
            spec = Reshoot.draw(rng, strength=strength)
            again = reshoot(photo.codes, found.points_xy, found.depth_px, spec, rng)
            rows.append(_face_row(photo, found, again, shot))
    return tuple(rows)


def area_registration_accuracy(
    photos: Sequence[DecodedPhoto],
    *,
    n: int,
    seed: int,
    px_per_mm: float,
    strength: float = 1.0,
) -> tuple[RegistrationRow, ...]:
    """The same for photos without a face, all of one scale.

    Parameters
    ----------
    photos : sequence of DecodedPhoto
        Close-ups of skin.
    n, seed, strength
        As in `registration_accuracy`.
    px_per_mm : float
        Of every photo.

    Returns
    -------
    tuple of RegistrationRow
    """
    rows = []
    for index, photo in enumerate(photos):
        for shot in range(n):
            rng = np.random.default_rng((seed, index, shot))
            again = reshoot_area(photo.codes, Reshoot.draw(rng, strength=strength), rng)
            followup = DecodedPhoto.from_codes(again.codes, file=photo.provenance.file)
            started = time.perf_counter()
            result = align_areas(photo, followup, px_per_mm=px_per_mm)
            seconds = time.perf_counter() - started
            rows.append(_row(photo, shot, result, again, px_per_mm=px_per_mm, seconds=seconds))
    return tuple(rows)


def stranger_acceptance(photos: Sequence[DecodedPhoto]) -> tuple[StrangerRow, ...]:
    """Every ordered pair of photos of different people, tried.

    Parameters
    ----------
    photos : sequence of DecodedPhoto
        One face each, no person twice.

    Returns
    -------
    tuple of StrangerRow
        ``len(photos) * (len(photos) - 1)`` rows; each should say `aligned` False.
    """
    faces = [(photo, find_face(photo)) for photo in photos]
    rows = []
    for (a, face_a), (b, face_b) in itertools.permutations(faces, 2):
        result = align_faces(a, face_a, b, face_b)
        reason = result.reason if isinstance(result, NotAligned) else None
        rows.append(StrangerRow(a.provenance.file, b.provenance.file, reason is None, reason))
    return tuple(rows)


def true_errors_mm(
    registration: Registration, shot: Reshot, *, px_per_mm: float
) -> NDArray[np.float64]:
    """Distance from the truth at every valid node whose skin the re-shoot shows, in mm.

    Parameters
    ----------
    registration : Registration
    shot : Reshot
        Of the registration's baseline.
    px_per_mm : float
        Of the baseline.

    Returns
    -------
    ndarray of float64, shape (K,)
    """
    rows, columns = np.nonzero(registration.valid)
    nodes = np.stack([columns, rows], axis=1) * registration.step
    shown = shot.visible[nodes[:, 1], nodes[:, 0]]
    found = registration.followup_from_baseline_xy[rows, columns][shown]
    missed: NDArray[Any] = found - shot.warp.followup_from_baseline(nodes[shown])
    return np.asarray(np.linalg.norm(missed, axis=1) / px_per_mm, dtype=np.float64)


def _face_row(photo: DecodedPhoto, found: Landmarks, again: Reshot, shot: int) -> RegistrationRow:
    """The row of one face pair; a face that cannot be found again is a refusal."""
    px_per_mm = found.scale.px_per_mm
    followup = DecodedPhoto.from_codes(again.codes, file=photo.provenance.file)
    try:
        found_again = find_face(followup)
    except NoSingleFace as refusal:
        return _row(photo, shot, NotAligned(str(refusal)), again, px_per_mm=px_per_mm, seconds=0.0)
    started = time.perf_counter()
    result = align_faces(photo, found, followup, found_again)
    seconds = time.perf_counter() - started
    return _row(photo, shot, result, again, px_per_mm=px_per_mm, seconds=seconds)


def _row(
    photo: DecodedPhoto,
    shot: int,
    result: Registration | NotAligned,
    again: Reshot,
    *,
    px_per_mm: float,
    seconds: float,
) -> RegistrationRow:
    """The row of one pair."""
    file = photo.provenance.file
    if isinstance(result, NotAligned):
        return RegistrationRow(file, shot, None, None, None, None, None, seconds, result.reason)
    errors = true_errors_mm(result, again, px_per_mm=px_per_mm)
    median, p95 = (float(v) for v in np.percentile(errors, [50, 95]))
    estimated = result.estimated_error_mm
    return RegistrationRow(
        file, shot, median, p95, estimated.median, estimated.p95, result.overlap, seconds, None
    )
