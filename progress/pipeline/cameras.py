"""How the photos of a course were taken and stored: what a rehearsal must play."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from progress.colour import Surround
from progress.model import Registration
from progress.pipeline.sittings import Sitting
from progress.quality import RelativePsf

CAREFUL_TURN_DEG, CAREFUL_LIGHT_TURN_DEG = 4.0, 5.0
"""What a second shot differs by at least, whatever was read: measurement page, section 12."""
READ_CURVE, READ_CAST = 0.03, 0.004
"""What is left of another camera's S-curve and cast where the surroundings told them: at least an
eighth of 0.25 and a tenth of 0.045; of a curve, as much as its error says."""
SAME_CAMERA_CURVE, SAME_CAMERA_CAST = 0.1, 0.01
"""Where they did not tell, but all photos name one camera: what its own software varies."""
FOREIGN_CAST, FOREIGN_SHARPENING = 0.012, 1.0
"""Where they told of another phone: what is left of its cast, and how it may sharpen."""
UNREAD_CURVE, UNREAD_CAST = 0.25, 0.045
"""Where nothing tells: another phone."""
MIN_PSF_ERROR_MM2 = 2e-4
"""Least standard error of a difference in point-spread variance: a sigma of 0.014 mm."""
MIN_PLACE_ERROR_MM = 0.03
"""Least root mean square error of finding the same skin: what careful pairs are found with."""

_UNIFORM = math.sqrt(3)
"""Half width of a uniform draw over its standard deviation."""

_P95_PER_RMS = 1.73
"""Of the length of a vector of two equal normal parts: sqrt(5.99) over sqrt(2)."""


@dataclass(frozen=True, slots=True)
class Cameras:
    """What is known of how the photos of this course were taken and stored.

    Parameters
    ----------
    jpeg_qualities : tuple of int
        Of all photos that are JPEG; the re-shoots are stored like one of them. Empty: not at all.
    psf_error_mm2 : float
        One standard error with which the point spreads were brought together.
    turn_deg, light_turn_deg : float
        Largest differences of pose and of key light among them, as read; a careful amateur's at
        least.
    curve, cast : float
        Largest S-curve and cast across the frame by which they may still differ.
    sharpening : float
        Largest sharpening by which they may: another phone sharpens its own way.
    place_error_mm : float
        Root mean square error with which the same skin was found, as the registration says.
    """

    jpeg_qualities: tuple[int, ...] = ()
    psf_error_mm2: float = MIN_PSF_ERROR_MM2
    turn_deg: float = CAREFUL_TURN_DEG
    light_turn_deg: float = CAREFUL_LIGHT_TURN_DEG
    curve: float = READ_CURVE
    cast: float = READ_CAST
    sharpening: float = 0.0
    place_error_mm: float = MIN_PLACE_ERROR_MM


def cameras_of(sittings: Sequence[Sitting]) -> Cameras:
    """How the usable photos of a course were taken and stored, and what stays unknown of it.

    Parameters
    ----------
    sittings : sequence of Sitting
        The first is the baseline.

    Returns
    -------
    Cameras
        Each figure rounded up to a step that moves no error by a tenth, so that pairs of one
        baseline that were taken alike share one rehearsal.
    """
    usable = [
        (shot, psf)
        for sitting in sittings
        if sitting.problem is None
        for shot, psf in zip(sitting.shots, sitting.psf, strict=True)
    ]
    known = [shot.photo.provenance.jpeg_quality for shot, _ in usable]
    qualities = [quality for quality in known if quality is not None]
    errors = [psf.standard_error_mm2 for _, psf in usable if isinstance(psf, RelativePsf)]
    placed = [_place_error_mm(r) for sitting in sittings for r in sitting.registrations if r]
    makers = {shot.photo.provenance.camera for shot, _ in usable}
    one_camera = len(makers) == 1 and None not in makers
    foreign = any(
        isinstance(surround, Surround) and surround.is_foreign
        for sitting in sittings
        for surround in sitting.surround
    )
    read_cast = FOREIGN_CAST if foreign else READ_CAST
    unread_curve = SAME_CAMERA_CURVE if one_camera else UNREAD_CURVE
    unread_cast = SAME_CAMERA_CAST if one_camera else UNREAD_CAST
    told = [s for sitting in sittings for s in sitting.surround if s is not None]
    curves = [
        min(unread_curve, _UNIFORM * s.curve_error) if isinstance(s, Surround) else unread_curve
        for s in told
    ]
    cast_told = all(isinstance(s, Surround) and s.slope_error is not None for s in told)
    lamps = largest_differences(sittings, "light_direction")
    return Cameras(
        # The extremes, so that one hard-pressed photo among many is in the error too.
        jpeg_qualities=(min(qualities), max(qualities)) if qualities else (),
        psf_error_mm2=_up(max([MIN_PSF_ERROR_MM2, *errors]), 1e-4),
        turn_deg=_up(max([CAREFUL_TURN_DEG, *largest_differences(sittings, "pose")]), 0.5),
        light_turn_deg=_up(max([CAREFUL_LIGHT_TURN_DEG, *lamps]), 1.0),
        curve=_up(max([READ_CURVE, *curves]), 0.01),
        cast=read_cast if cast_told else unread_cast,
        sharpening=FOREIGN_SHARPENING if foreign else 0.0,
        place_error_mm=_up(max([MIN_PLACE_ERROR_MM, *placed]), 0.01),
    )


def _place_error_mm(registration: Registration) -> float:
    """Root mean square error of a registration, were it normal in both directions."""
    return registration.estimated_error_mm.p95 / _P95_PER_RMS


def largest_differences(sittings: Sequence[Sitting], check: str) -> list[float]:
    """What a check of the usable visits read.

    Parameters
    ----------
    sittings : sequence of Sitting
    check : str
        Name of a check of a pair.
    """
    return [
        found.difference
        for sitting in sittings
        if sitting.problem is None
        for found in sitting.comparability.checks
        if found.check == check and found.difference is not None
    ]


def _up(value: float, step: float) -> float:
    """The next multiple of a step, so that nothing is taken for better known than it is."""
    return round(math.ceil(value / step - 1e-9) * step, 9)
