"""One visit in a course: its shots, where the baseline's skin lies in each, what each one shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from progress.align import align_areas, align_faces, nearness_change_per_m
from progress.colour import (
    Surround,
    find_reference,
    read_surround,
    reference_again,
    reference_at,
)
from progress.imaging import DecodedPhoto, optical_density
from progress.model import (
    ChromophoreAxes,
    Comparability,
    Flatters,
    Need,
    NotAligned,
    NotMeasured,
    PairCheck,
    ReferenceSkin,
    Region,
    Registration,
)
from progress.pipeline.picture import (
    Polygons,
    taking_blur_mm2,
)
from progress.pipeline.shots import Shot
from progress.quality import RelativePsf, ShotFacts, judge_pair, relative_psf
from progress.regions import carry

REFERENCE_REGION = "reference"
"""A user's polygon of this name is the untreated skin that colour is told against."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What is settled on the baseline once and held for every photo of the course.

    Parameters
    ----------
    shot : Shot
        The first baseline shot.
    regions : tuple of Region
        Drawn on it.
    reference_region : Region or None
        The user's untreated skin.
    reference : ReferenceSkin or NotMeasured
        On the first baseline shot.
    axes : ChromophoreAxes or None
        By the baseline's skin tone.
    """

    shot: Shot
    regions: tuple[Region, ...]
    reference_region: Region | None
    reference: ReferenceSkin | NotMeasured
    axes: ChromophoreAxes | None

    @property
    def sha256(self) -> str:
        """Digest of the photo that all of it lies on."""
        return self.shot.photo.provenance.sha256


@dataclass(frozen=True, slots=True, eq=False)
class Sitting:
    """One visit.

    Parameters
    ----------
    taken_on : date or None
    shots : tuple of Shot
    registrations : tuple of Registration or NotAligned or None
        From the first baseline shot to each shot; None for that shot itself.
    psf : tuple of RelativePsf or NotMeasured
        Of each shot against the first baseline shot.
    comparability : Comparability
        Of the first shot against the first baseline shot; no checks for the baseline itself.
    surround : tuple of Surround or NotMeasured or None
        How each shot's rendition differs from that of the first baseline shot, told by what is not
        skin; None where that is not asked.
    nearness_per_m : float or None
        One over the first shot's camera distance less that of the baseline.
    """

    taken_on: date | None
    shots: tuple[Shot, ...]
    registrations: tuple[Registration | NotAligned | None, ...] = field(repr=False)
    psf: tuple[RelativePsf | NotMeasured, ...]
    comparability: Comparability
    surround: tuple[Surround | NotMeasured | None, ...] = ()
    nearness_per_m: float | None = None

    @property
    def problem(self) -> str | None:
        """Why nothing of this visit can be measured, or None."""
        first = self.shots[0]
        if first.problem is not None:
            return first.problem
        registration = self.registrations[0]
        if isinstance(registration, NotAligned):
            return f"the same skin was not found again: {registration.reason}"
        return self.comparability.blocked().get(Need.ANY)


def seat(
    taken_on: date | None, shots: Sequence[Shot], frame: Shot, *, is_baseline: bool
) -> Sitting:
    """Find the baseline's skin in each shot of a visit and judge the pair.

    Parameters
    ----------
    taken_on : date or None
    shots : sequence of Shot
    frame : Shot
        The first baseline shot.
    is_baseline : bool
        Whether `shots` are those of the baseline visit.
    """
    registrations = tuple(_register(frame, shot) for shot in shots)
    psf = tuple(_relative_psf(frame, shot) for shot in shots)
    checks, nearness = Comparability(()), None
    first = shots[0]
    before, after = facts_in_light(frame), facts_in_light(first)
    if not is_baseline and before is not None and after is not None:
        nearness = _nearness_per_m(registrations[0], frame)
        checks = judge_pair(before, after, psf=psf[0], nearness_per_m=nearness)
    surround = tuple(_surround(frame, shot) for shot in shots)
    return Sitting(taken_on, tuple(shots), registrations, psf, checks, surround, nearness)


def facts_in_light(shot: Shot) -> ShotFacts | None:
    """A photo's facts with its skin as chart or card correct it: a cast that is mended is none."""
    if shot.facts is None or shot.light is None:
        return shot.facts
    corrected = shot.light.apply(np.exp(-shot.facts.density)[None])[0]
    return replace(shot.facts, density=np.asarray(optical_density(corrected), dtype=np.float64))


def _register(frame: Shot, shot: Shot) -> Registration | NotAligned | None:
    if shot is frame:
        return None
    if frame.problem is not None or shot.problem is not None:
        return NotAligned(shot.problem or frame.problem or "")
    if frame.landmarks is not None and shot.landmarks is not None:
        return align_faces(frame.photo, frame.landmarks, shot.photo, shot.landmarks)
    if frame.scale is None:
        return NotAligned("the baseline has no scale")
    return align_areas(frame.photo, shot.photo, px_per_mm=frame.scale.px_per_mm)


def _surround(frame: Shot, shot: Shot) -> Surround | NotMeasured | None:
    """Asked of faces without a chart: a chart tells the curve by itself."""
    same_bytes = shot.photo.provenance.sha256 == frame.photo.provenance.sha256
    if frame.landmarks is None or shot.landmarks is None or shot.light is not None or same_bytes:
        return None
    return read_surround(frame.photo, frame.landmarks, shot.photo, shot.landmarks)


def _nearness_per_m(registration: Registration | NotAligned | None, frame: Shot) -> float | None:
    """How much nearer the camera stood than for the baseline, by the skin found again."""
    if not registration or frame.landmarks is None:
        return None
    found = nearness_change_per_m(registration, frame.landmarks)
    return None if isinstance(found, NotMeasured) else found


def _relative_psf(frame: Shot, shot: Shot) -> RelativePsf | NotMeasured:
    same_bytes = shot.photo.provenance.sha256 == frame.photo.provenance.sha256
    if shot is frame or same_bytes:
        return RelativePsf(0.0, 0.0)
    return relative_psf(frame.zones, shot.zones)


def polygons_in(frame: Frame, registration: Registration | None) -> Polygons:
    """Every region in a shot's own pixels, or why it is not seen there."""
    if registration is None:
        return {region.name: np.asarray(region.polygon_xy) for region in frame.regions}
    return {region.name: carry(region, registration) for region in frame.regions}


def reference_of(
    frame: Frame, shot: Shot, registration: Registration | None, photo: DecodedPhoto
) -> ReferenceSkin | NotMeasured:
    """Untreated skin of one shot: the user's polygon carried there, else the neck.

    Of a follow-up it is the same skin as that of the baseline, as far as it can be found again.
    """
    found = _reference_alone(frame, shot, registration, photo)
    first = frame.reference
    if isinstance(found, NotMeasured) or isinstance(first, NotMeasured):
        return found
    if photo.provenance.sha256 == frame.sha256:
        return found
    return reference_again(first, found)


def _reference_alone(
    frame: Frame, shot: Shot, registration: Registration | None, photo: DecodedPhoto
) -> ReferenceSkin | NotMeasured:
    """Untreated skin by this photo alone."""
    region = frame.reference_region
    if region is None or shot.scale is None:
        if photo.rendition is None or shot.landmarks is None:
            return shot.reference
        return find_reference(photo, shot.landmarks)
    outline: NDArray[Any] | NotMeasured = region.polygon_xy
    if registration is not None:
        outline = carry(region, registration)
    if isinstance(outline, NotMeasured):
        return outline
    return reference_at(photo, outline, px_per_mm=shot.scale.px_per_mm, landmarks=shot.landmarks)


def common_psf_mm2(sittings: Sequence[Sitting]) -> float:
    """Point-spread variance above that of the baseline photo that every picture is brought to."""
    known = [
        softness_mm2(shot, psf)
        for sitting in sittings
        if sitting.problem is None
        for shot, psf in zip(sitting.shots, sitting.psf, strict=True)
        if isinstance(psf, RelativePsf) and Need.DETAIL not in sitting.comparability.blocked()
    ]
    return max(known, default=0.0)


def softness_mm2(shot: Shot, psf: RelativePsf) -> float:
    """Variance of a shot's picture above that of the baseline photo, its shrinking included."""
    taking = taking_blur_mm2(shot.scale.px_per_mm) if shot.scale is not None else 0.0
    return psf.variance_mm2 + taking


def registration_check(registration: Registration | NotAligned | None) -> PairCheck | None:
    """A refused alignment as a failed check of the pair, so that the verdict says so too."""
    if not isinstance(registration, NotAligned):
        return None
    return PairCheck(
        check="same_skin",
        difference=None,
        unit="",
        limit=None,
        passed=False,
        flatters=Flatters.NEITHER,
        advice=registration.reason,
        touches=frozenset({Need.ANY}),
    )
