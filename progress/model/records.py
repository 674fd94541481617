"""People, visits and treatments, without pixels."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date, datetime


class View(enum.Enum):
    """From where the client is seen; only like is paired with like."""

    FRONTAL = "frontal"
    LEFT_OBLIQUE = "left_oblique"
    RIGHT_OBLIQUE = "right_oblique"
    LEFT_PROFILE = "left_profile"
    RIGHT_PROFILE = "right_profile"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Client:
    """A person under a pseudonym. `simulated` marks rendered mannequins."""

    id: str
    pseudonym: str
    simulated: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Photo:
    """The record of one photo file; the bytes lie under `sha256`."""

    id: str
    session_id: str
    sha256: str
    file: str
    view: View
    size_px: tuple[int, int]
    camera: str | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One visit with its repeated shots."""

    id: str
    client_id: str
    taken_on: date
    photos: tuple[Photo, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Treatment:
    """What was done to the skin on a day."""

    id: str
    client_id: str
    date: date
    kind: str
    needle_depth_mm: float | None = None
    area: str = ""
    device: str = ""
    note: str = field(default="")
