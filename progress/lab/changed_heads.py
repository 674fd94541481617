"""A rendered head on whose skin, or in whose photo, one single thing is changed by a known amount.

Rows of the specificity matrix (measurement page, section 12 D). Blood and melanin are put into the
scene by tissue spectra, relief and gloss are rendered anew; photo changes are another shot of the
very same skin.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from progress.lab.trials import Dose, Subject, scene_subject
from progress.model.checks import FloatArray
from progress.phantom.camera import Camera, jpeg_bytes, shoot
from progress.phantom.head import Head, Shot, render
from progress.phantom.head_skin import SkinCondition
from progress.phantom.reshoot import Reshoot, reshoot
from progress.phantom.reshoot_kinds import mild
from progress.phantom.skin import SKIN_TONES

PX_PER_MM = 12.0
"""Fine enough for every metric of one photo."""
_SIZE_MM = (155.0, 220.0)
_AIM_MM = (0.0, -20.0)
_QUALITY = 93
_HARDER_QUALITY = 75
_SHARP_PX, _SOFTER_PX = 0.6, 0.5
"""Point spread of the first shot, and what is added to it."""
_TURN_DEG = 5.0
_BALANCE = "exposure and white balance"
_FIRST_EV = (0.4, 0.5, 0.6, 0.7, 0.9, 1.1)
"""By tone; dark skin gets more light, as a photographer would give it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is changed.

    Parameters
    ----------
    name : str
    own : tuple of str
        Metrics that should follow it; none for a change of the photo.
    dose : Dose
        Put into the scene.
    amount : float
        Of the dose.
    condition : mapping
        Fields of `SkinCondition`.
    camera : mapping
        Fields of `Camera`; ``exposure_ev`` is added to the first shot's.
    yaw_deg : float
    quality : int
        Of the stored file.
    course : str
        Rows of one name are followed together. What a photo tells of its camera widens the errors
        of the whole course, so photos that differ in kind are followed apart.
    in_quick : bool
        Whether a quick run asks it.
    """

    name: str
    own: tuple[str, ...] = ()
    dose: Dose = Dose.NOTHING
    amount: float = 0.0
    condition: Mapping[str, float] = field(default_factory=dict)
    camera: Mapping[str, object] = field(default_factory=dict)
    yaw_deg: float = 0.0
    quality: int = _QUALITY
    course: str = "the same camera"
    in_quick: bool = True

    @property
    def of_skin(self) -> bool:
        """Whether the skin changes, and not the photo."""
        return bool(self.own)


SKIN_ROWS = (
    Row("blood +50 %", ("redness", "tone"), Dose.BLOOD, 0.5),
    Row("melanin +20 %", ("pigment", "tone"), Dose.MELANIN, 0.2),
    Row("clouds of 20 %", ("evenness",), Dose.CLOUDS, 0.2),
    Row("freckles +30 %", ("spot_burden", "evenness"), condition={"pigment": 1.3}),
    Row("pore area x 1.3", ("pore_area", "pore_density", "texture"), condition={"pore_area": 1.3}),
    Row(
        "scar depth x 0.7",
        ("scar_relief", "scar_count", "scar_area", "texture"),
        condition={"scar_depth": 0.7},
    ),
    Row("wrinkle depth x 0.7", ("lines", "texture"), condition={"line_depth": 0.7}),
    Row("gloss +30 %", ("radiance",), condition={"gloss": 1.3}),
)
"""ITA answers to blood and melanin alike, texture to all relief, and a pore counts from where it is
large enough to be seen: that is what these metrics are."""
PHOTO_ROWS = (
    Row("another shot"),
    Row("exposure +0.5 EV", camera={"exposure_ev": 0.5}, course=_BALANCE),
    Row("red gain +5 %", camera={"channel_gains": (1.05, 1.0, 1.0)}, course=_BALANCE),
    Row(
        "red gain -5 %", camera={"channel_gains": (0.95, 1.0, 1.0)}, course=_BALANCE, in_quick=False
    ),
    Row(
        "blue gain +5 %",
        camera={"channel_gains": (1.0, 1.0, 1.05)},
        course=_BALANCE,
        in_quick=False,
    ),
    Row("blue gain -5 %", camera={"channel_gains": (1.0, 1.0, 0.95)}, course=_BALANCE),
    Row("yaw 5 degrees", yaw_deg=_TURN_DEG, course="pose", in_quick=False),
    Row(
        "blur +0.5 px",
        camera={"psf_sigma_px": math.hypot(_SHARP_PX, _SOFTER_PX)},
        course="focus",
        in_quick=False,
    ),
    Row(f"JPEG {_HARDER_QUALITY}", quality=_HARDER_QUALITY, course="file", in_quick=False),
)


@dataclass(frozen=True, slots=True, eq=False)
class ChangedHead:
    """One rendered person before any change.

    Parameters
    ----------
    tone : int
        Index into `SKIN_TONES`.
    seed : int
    shot : Shot
        Of the first photo.
    subject : Subject
        The exposed scene of the first photo and where the face is in it.
    """

    tone: int
    seed: int
    shot: Shot
    subject: Subject = field(repr=False)

    def scene(self, row: Row | None = None) -> FloatArray:
        """Exposed linear light of the head with a row's change of skin or pose."""
        if row is None or not (row.condition or row.yaw_deg):
            linear = self.subject.linear
        else:
            linear = _rendered(
                self.tone,
                self.seed,
                replace(self.shot, yaw_deg=row.yaw_deg),
                SkinCondition(**row.condition),
            )
        if row is None or row.dose is Dose.NOTHING:
            return linear
        return self.subject.with_dose(row.dose, row.amount, self.seed)

    def photo(self, row: Row | None = None) -> bytes:
        """A file of the first photo, or of a row's.

        A change of skin keeps the very noise of the first photo, so that what moves is the answer
        to the skin; a change of the photo is another shot with noise of its own.
        """
        changed = Row("first") if row is None else row
        camera = replace(
            Camera(psf_sigma_px=_SHARP_PX, jpeg_quality=None),
            **changed.camera,  # type: ignore[arg-type]
        )
        number = 0 if row is None or row.of_skin else 1 + PHOTO_ROWS.index(row)
        rng = np.random.default_rng((self.seed, number))
        return jpeg_bytes(shoot(self.scene(row), camera, rng), changed.quality)

    def moved_photo(self, row: Row | None = None) -> bytes:
        """The same skin in a mild second shot; every row's shot is moved and lit alike."""
        marks, rng = self.subject.landmarks, np.random.default_rng((self.seed, 99))
        spec: Reshoot = replace(mild(rng), jpeg_quality=None)
        again = reshoot(self.scene(row), marks.points_xy, marks.depth_px, spec, rng)
        return jpeg_bytes(again.codes, _QUALITY)


def changed_head(tone: int, *, seed: int, px_per_mm: float = PX_PER_MM) -> ChangedHead:
    """A rendered head before any change (10 s at 12 px/mm).

    Parameters
    ----------
    tone : int
        Index into `SKIN_TONES`.
    seed : int
        Another seed is another person.
    px_per_mm : float
    """
    width_px, height_px = (round(side * px_per_mm) for side in _SIZE_MM)
    shot = Shot(label="", px_per_mm=px_per_mm, size_px=(width_px, height_px), aim_mm=_AIM_MM)
    linear = _rendered(tone, seed, shot, SkinCondition())
    subject = scene_subject(f"{SKIN_TONES[tone].name} head {seed}", linear, seed=seed)
    return ChangedHead(tone, seed, shot, subject)


def _rendered(tone: int, seed: int, shot: Shot, condition: SkinCondition) -> FloatArray:
    linear = render(Head(seed=seed, tone=SKIN_TONES[tone]), shot, condition).linear
    return np.asarray(linear * np.float32(2.0 ** _FIRST_EV[tone]), dtype=np.float32)
