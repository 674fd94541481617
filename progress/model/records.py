"""People, visits and treatments, without pixels."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime


class View(enum.Enum):
    """From where the client is seen; only like is paired with like."""

    FRONTAL = "frontal"
    LEFT_OBLIQUE = "left_oblique"
    RIGHT_OBLIQUE = "right_oblique"
    LEFT_PROFILE = "left_profile"
    RIGHT_PROFILE = "right_profile"
    BODY = "body"


SKIN_TYPES = ("", "I", "II", "III", "IV", "V", "VI")
"""Fitzpatrick's, as clients say of themselves; empty where they did not."""


@dataclass(frozen=True, slots=True)
class Client:
    """A person under a pseudonym. `simulated` marks rendered mannequins.

    `version` counts the changes of the row: whoever writes says which one was read.
    """

    id: str
    pseudonym: str
    simulated: bool = False
    note: str = ""
    birth_year: int | None = None
    skin_type: str = ""
    version: int = 1

    def __post_init__(self) -> None:
        if self.skin_type not in SKIN_TYPES:
            raise ValueError(f"Client.skin_type: expected I to VI or none, got {self.skin_type!r}")
        if self.birth_year is not None and not 1900 <= self.birth_year <= 2100:
            raise ValueError(f"Client.birth_year: expected a year, got {self.birth_year}")


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
    gates: str = ""
    """The gates as JSON, as they stood when the photo was kept."""


@dataclass(frozen=True, slots=True)
class Session:
    """One visit with its repeated shots."""

    id: str
    client_id: str
    taken_on: date
    photos: tuple[Photo, ...] = ()
    note: str = ""
    version: int = 1


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
    note: str = ""
    serum: str = ""
    practitioner: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class DrawnRegion:
    """A mark or region that a user outlined on a client's first photo of a view.

    `polygon_xy` holds its corners, at least three, in upright pixels of that photo.
    """

    id: str
    client_id: str
    view: View
    name: str
    polygon_xy: tuple[tuple[float, float], ...]
    version: int = 1

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("DrawnRegion.name: expected a name, got none")
        if len(self.polygon_xy) < 3:
            raise ValueError(
                f"DrawnRegion.polygon_xy: expected at least 3 corners, got {len(self.polygon_xy)}"
            )


class JobState(enum.Enum):
    """How far long work has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """Long work on a client's record, at most one of each kind. `made_at` is UTC without zone."""

    id: str
    client_id: str
    kind: str
    state: JobState
    made_at: datetime
    detail: str = ""
