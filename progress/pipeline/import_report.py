"""What an import took, what it left, and why."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from progress.pipeline.import_names import spelled

IMPORT_FORMAT = "progress.import/1"


class Why(enum.Enum):
    """Why something was not taken."""

    UNREADABLE = "unreadable"
    TOO_LARGE = "too large"
    DUPLICATE = "duplicate bytes"
    NO_DATE = "no date"
    NO_CLIENT = "no client"
    SEVERAL_CLIENTS = "more than one client"
    OTHER_KIND = "not a photo"
    BAD_ROW = "row that cannot be read"
    CONFLICT = "the record says otherwise"


class DatedBy(enum.Enum):
    """Where the day of a photo was read."""

    TABLE = "table"
    FOLDER = "folder name"
    EXIF = "camera (EXIF)"
    NAME = "file name"
    FILE = "file date"


@dataclass(frozen=True, slots=True)
class NotTaken:
    """One file or row that was left, with the reason in one sentence."""

    name: str
    why: Why
    detail: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", spelled(self.name))
        object.__setattr__(self, "detail", spelled(self.detail))

    def to_dict(self) -> dict[str, str]:
        """As JSON."""
        return {"name": self.name, "why": self.why.value, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class TakenSession:
    """One visit that photos were added to; each is one unit of work."""

    client: str
    taken_on: date
    photos: int
    dated_by: tuple[DatedBy, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "client": self.client,
            "taken_on": self.taken_on.isoformat(),
            "photos": self.photos,
            "dated_by": [by.value for by in self.dated_by],
        }


@dataclass(slots=True)
class ImportReport:
    """What came of an import.

    Parameters
    ----------
    source : str
        Its name, without the folders above it.
    dry_run : bool
        Nothing was written; the figures say what would have been.
    sessions : list of TakenSession
        Those that photos were added to.
    clients_added, clients_completed, treatments_added : int
        Completed: a birth year, skin type or note was filled in where the record had none.
    already_there : int
        Photos of the source that the record held at that client before.
    rows_already_there : int
        Clients and treatments of the tables, likewise.
    left : list of NotTaken
    notes : list of str
        What was taken, but somebody should look at.
    """

    source: str
    dry_run: bool = False
    sessions: list[TakenSession] = field(default_factory=list)
    clients_added: int = 0
    clients_completed: int = 0
    treatments_added: int = 0
    already_there: int = 0
    rows_already_there: int = 0
    left: list[NotTaken] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def photos_added(self) -> int:
        """Over all sessions."""
        return sum(session.photos for session in self.sessions)

    @property
    def added_nothing(self) -> bool:
        """Whether the record is as it was."""
        return not (
            self.sessions or self.clients_added or self.clients_completed or self.treatments_added
        )

    @property
    def read_nothing(self) -> bool:
        """Whether the source held nothing of use, new or known."""
        known = self.already_there or self.rows_already_there
        told_otherwise = any(one.why is Why.CONFLICT for one in self.left)
        return self.added_nothing and not (known or told_otherwise)

    def to_dict(self) -> dict[str, Any]:
        """As JSON, ``progress.import/1``."""
        by_kind: dict[str, int] = {}
        for one in self.left:
            by_kind[one.why.value] = by_kind.get(one.why.value, 0) + 1
        return {
            "format": IMPORT_FORMAT,
            "source": self.source,
            "dry_run": self.dry_run,
            "added": {
                "clients": self.clients_added,
                "clients_completed": self.clients_completed,
                "sessions": len(self.sessions),
                "photos": self.photos_added,
                "treatments": self.treatments_added,
            },
            "already_there": {"photos": self.already_there, "rows": self.rows_already_there},
            "sessions": [session.to_dict() for session in self.sessions],
            "not_taken_by_reason": dict(sorted(by_kind.items())),
            "not_taken": [one.to_dict() for one in self.left],
            "notes": list(self.notes),
        }
