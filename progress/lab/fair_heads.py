"""Rendered heads of six tones shot again with one thing known to differ: what the checks say."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, ita_deg, lab_from_linear
from progress.landmarks import find_face
from progress.model import Comparability, Landmarks, NoSingleFace, NotMeasured
from progress.phantom.camera import Camera
from progress.phantom.head import Head, Shot, render
from progress.phantom.head_shape import Expression
from progress.phantom.relief import Light
from progress.phantom.skin import SKIN_TONES
from progress.quality import (
    DetailZones,
    ShotFacts,
    eye_zones,
    gather_facts,
    judge_pair,
    light_change,
    relative_psf,
)

PX_PER_MM = 4.0
SIZE_PX = (640, 900)
SMALL_TURN_DEG, LARGE_TURN_DEG = 3.0, 25.0
_SMILE = 0.8
_LEAST_Z, _LOWEST_Y = 0.4, -0.25


@dataclass(frozen=True, slots=True, eq=False)
class KnownShot:
    """A rendered photo, the truth of it, and what was found in it."""

    shot: Shot
    photo: DecodedPhoto = field(repr=False)
    landmarks: Landmarks = field(repr=False)
    facts: ShotFacts = field(repr=False)
    zones: DetailZones = field(repr=False)


@dataclass(frozen=True, slots=True)
class HeadRow:
    """One head shot twice.

    Parameters
    ----------
    tone : str
    ita_deg : float
        Of the skin as the first photo shows it.
    kind : str
        ``again`` (a careful second shot), ``turned 3``, ``turned 25`` or ``smiling``.
    light_error_deg : float or None
        Of the second shot's direction; None where it was not read.
    predicted_deg : float or None
        What the reading said of its own error.
    turn_deg : float or None
        Of the lamp, as read.
    pose_error_deg : float
        Of the difference of the two poses, yaw and pitch together.
    failed : frozenset of str
        Checks that the pair did not pass.
    """

    tone: str
    ita_deg: float
    kind: str
    light_error_deg: float | None
    predicted_deg: float | None
    turn_deg: float | None
    pose_error_deg: float
    failed: frozenset[str]


def head_rows(
    *, per_tone: int, seed: int, watch: Callable[[float], None] = lambda _: None
) -> tuple[HeadRow, ...]:
    """Heads of every tone, each shot five times.

    Parameters
    ----------
    per_tone : int
        Heads of each of the six tones.
    seed : int
        Equal seeds give equal rows.
    watch : callable
        Told the share done.
    """
    rows: list[HeadRow] = []
    total = per_tone * len(SKIN_TONES)
    for index in range(total):
        rows += _rows_of(index % len(SKIN_TONES), np.random.default_rng((seed, index)))
        watch((index + 1) / total)
    return tuple(rows)


def _rows_of(tone: int, rng: np.random.Generator) -> Iterator[HeadRow]:
    head = Head(seed=int(rng.integers(1, 1000)), tone=SKIN_TONES[tone])
    base = _base(rng)
    first = _taken(head, base)
    if first is None:
        return
    lamp, ambient = base.light.unit, base.light.ambient

    def turned(angle_deg: float) -> Light:
        return Light(_direction(_turned(lamp, angle_deg, rng)), ambient=ambient)

    shots = {
        "again": base,
        "turned 3": replace(base, light=turned(SMALL_TURN_DEG)),
        "turned 25": replace(base, light=turned(LARGE_TURN_DEG)),
        "smiling": replace(base, expression=Expression(smile=_SMILE)),
    }
    ita = float(np.ravel(ita_deg(lab_from_linear(np.exp(-first.facts.density)[None, None])))[0])
    for kind, shot in shots.items():
        second = _taken(head, _careful(shot, rng))
        if second is not None:
            yield _row(SKIN_TONES[tone].name, ita, kind, first, second)


def _base(rng: np.random.Generator) -> Shot:
    """A first shot under a lamp somewhere in front."""
    slant, azimuth = math.radians(rng.uniform(15, 55)), math.radians(rng.uniform(-10, 190))
    across = math.sin(slant)
    lamp = (across * math.cos(azimuth), across * math.sin(azimuth), math.cos(slant))
    return Shot(
        yaw_deg=rng.uniform(-3, 3),
        pitch_deg=rng.uniform(-3, 3),
        roll_deg=rng.uniform(-3, 3),
        light=Light(lamp, ambient=rng.uniform(0.2, 0.55)),
        softness_deg=rng.uniform(3, 12),
        distance_mm=rng.uniform(600, 1200),
        px_per_mm=PX_PER_MM,
        size_px=SIZE_PX,
        camera=Camera(exposure_ev=0.4),
        label="",
    )


def _careful(shot: Shot, rng: np.random.Generator) -> Shot:
    """The same a second time, as a careful amateur would."""
    return replace(
        shot,
        yaw_deg=shot.yaw_deg + rng.uniform(-3, 3),
        pitch_deg=shot.pitch_deg + rng.uniform(-3, 3),
        roll_deg=shot.roll_deg + rng.uniform(-3, 3),
        distance_mm=shot.distance_mm * rng.uniform(0.95, 1.05),
        light=replace(shot.light, ambient=shot.light.ambient * rng.uniform(0.92, 1.08)),
        camera=Camera(
            exposure_ev=0.4 + rng.uniform(-0.3, 0.3),
            channel_gains=(1 + rng.uniform(-0.04, 0.04), 1.0, 1 + rng.uniform(-0.04, 0.04)),
            psf_sigma_px=rng.uniform(0.5, 0.8),
            tone=rng.uniform(0, 0.1),
            jpeg_quality=int(rng.integers(85, 96)),
        ),
        noise_seed=int(rng.integers(1, 10_000)),
    )


def _turned(
    lamp: NDArray[np.float64], angle_deg: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """The lamp turned by an angle in a random direction that keeps it in front of the face."""
    angle = math.radians(angle_deg)
    while True:
        across = rng.normal(size=3)
        across -= (across @ lamp) * lamp
        across /= np.linalg.norm(across)
        towards = np.asarray(lamp * math.cos(angle) + across * math.sin(angle))
        if towards[2] > _LEAST_Z and towards[1] > _LOWEST_Y:
            return towards


def _direction(vector: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(part) for part in vector)
    return (x, y, z)


def _taken(head: Head, shot: Shot) -> KnownShot | None:
    """Rendered and looked at; None where no face was found."""
    photo = DecodedPhoto.from_codes(render(head, shot).codes)
    try:
        landmarks = find_face(photo)
    except NoSingleFace:
        return None
    zones = eye_zones(photo, landmarks)
    return KnownShot(shot, photo, landmarks, gather_facts(photo, landmarks, zones=zones), zones)


def checks_of(first: KnownShot, second: KnownShot) -> Comparability:
    """The pair's checks, without registration."""
    psf = relative_psf(first.zones, second.zones)
    return judge_pair(first.facts, second.facts, psf=psf)


def _row(tone: str, ita: float, kind: str, first: KnownShot, second: KnownShot) -> HeadRow:
    light, before = second.facts.light, first.facts.light
    error = predicted = turn = None
    if not isinstance(light, NotMeasured):
        error = _angle_deg(light.direction, second.shot.light.unit)
        predicted = light.error_deg
        if not isinstance(before, NotMeasured):
            change = light_change(before, light)
            turn = None if isinstance(change, NotMeasured) else change.angle_deg
    a, b = first.landmarks.pose, second.landmarks.pose
    missed = math.hypot(
        (b.yaw_deg - a.yaw_deg) - (second.shot.yaw_deg - first.shot.yaw_deg),
        (b.pitch_deg - a.pitch_deg) - (second.shot.pitch_deg - first.shot.pitch_deg),
    )
    failed = frozenset(c.check for c in checks_of(first, second).checks if not c.passed)
    return HeadRow(tone, ita, kind, error, predicted, turn, missed, failed)


def _angle_deg(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    return math.degrees(math.acos(float(np.clip(first @ second, -1.0, 1.0))))
