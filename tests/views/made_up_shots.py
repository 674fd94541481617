"""Shots with a placed head and a plain picture: nothing is found, so everything is known."""

from __future__ import annotations

import math

import numpy as np

from progress.imaging.photo import DecodedPhoto
from progress.model import (
    Gate,
    Landmarks,
    Need,
    NotMeasured,
    QualityReport,
)
from progress.pipeline.known_photo import KnownPhoto, known_from
from progress.pipeline.shots import Shot
from progress.quality import ShotFacts, gather_facts

SIZE = (600, 660)


def picture(level: int = 170) -> np.ndarray:
    """A slope, so that crops of different places differ."""
    x, y = np.meshgrid(np.arange(SIZE[0]), np.arange(SIZE[1]))
    grey = level - 60 + 40 * x / SIZE[0] + 40 * y / SIZE[1]
    return np.dstack([grey + 20, grey, grey - 20]).astype(np.uint8)


def shot(
    landmarks: Landmarks | None,
    *,
    level: int = 170,
    failed: tuple[str, ...] = (),
    facts: ShotFacts | None = None,
) -> Shot:
    photo = DecodedPhoto.from_codes(picture(level), file="made-up.png")
    if facts is None and landmarks is not None:
        facts = gather_facts(photo, landmarks)
    gates = tuple(
        Gate(name, 0.5, "share of skin", 0.25, False, "pat dry", frozenset({Need.COLOUR}))
        for name in failed
    )
    return Shot(
        photo=photo,
        area="face",
        landmarks=landmarks,
        scale=landmarks.scale if landmarks else None,
        quality=QualityReport(gates),
        facts=facts,
        zones=NotMeasured("made up"),
        reference=NotMeasured("made up"),
    )


def known(landmarks: Landmarks | None, *, level: int = 170) -> KnownPhoto:
    return known_from(shot(landmarks, level=level))


def towards(azimuth_deg: float, height_deg: float = 0.0) -> np.ndarray:
    """Unit vector to a lamp."""
    a, h = math.radians(azimuth_deg), math.radians(height_deg)
    return np.array([math.cos(h) * math.sin(a), math.sin(h), math.cos(h) * math.cos(a)])
