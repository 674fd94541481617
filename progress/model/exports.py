"""What left the house, and what must come down when a client says so."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from progress.model.errors import BadInput

BY_DOWNLOAD = "download"
"""Place of a file that went to the browser of whoever asked."""

_LONGEST_NAME = 255  # what file systems take, and the record keeps
_FOLDERS = frozenset("/\\")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file on its way out.

    Parameters
    ----------
    name : str
        Meaningless; no folder in it.
    data : bytes
    path : Path or None
        Where it is written; None for a download.

    Raises
    ------
    BadInput
        If the name leads elsewhere or cannot be printed.
    """

    name: str
    data: bytes
    path: Path | None = None

    def __post_init__(self) -> None:
        odd = not self.name.isprintable() or set(self.name) & _FOLDERS
        if odd or len(self.name) > _LONGEST_NAME:
            raise BadInput(
                f"export: expected a file name of at most {_LONGEST_NAME} plain characters without "
                f"a folder, got {self.name[:60]!r}",
                advice="choose another name",
            )

    @property
    def sha256(self) -> str:
        """Digest of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """A file that left: its name, where it was put, and its digest."""

    name: str
    place: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ExportRecord:
    """One export: when, by whom, of which pictures, under which consents, to where.

    Parameters
    ----------
    id, client_id : str
    kind : str
        Such as ``marketing comparison`` or ``clinical report``.
    purpose, channel, jurisdiction : str
        Values of `Purpose` and `Channel`; the last two are empty within the clinic.
    made_at : datetime
        UTC without zone.
    made_by : str
        Login.
    files : tuple of ExportedFile
    photos : tuple of str
        Digests of the pictures that are seen in it.
    consents : tuple of str
        Ids; none for the clinic's own record.
    detail : dict
        JSON: rules that applied, overrides and the like.
    taken_down_at : datetime or None
        When somebody noted that it is down.
    """

    id: str
    client_id: str
    kind: str
    purpose: str
    channel: str
    jurisdiction: str
    made_at: datetime
    made_by: str
    files: tuple[ExportedFile, ...]
    photos: tuple[str, ...]
    consents: tuple[str, ...]
    detail: dict[str, Any]
    taken_down_at: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """One line of a take-down list."""
        return {
            "export": self.id,
            "kind": self.kind,
            "purpose": self.purpose,
            "channel": self.channel,
            "jurisdiction": self.jurisdiction,
            "when": self.made_at.isoformat(timespec="seconds"),
            "by": self.made_by,
            "files": [
                {"name": one.name, "where": one.place, "sha256": one.sha256} for one in self.files
            ],
            "photos": list(self.photos),
            "taken_down_at": self.taken_down_at.isoformat(timespec="seconds")
            if self.taken_down_at
            else None,
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a client took something back: what, when, and what has to come down.

    Parameters
    ----------
    client_id : str
    withdrawn_at : datetime
        UTC without zone.
    by : str
        Login of whoever noted it.
    consents : tuple of str
        Ids of the consents that ended, wholly or for `photos` only.
    photos : tuple of str
        Digests of the pictures that may no longer be used under them.
    take_down : tuple of ExportRecord
        What left under these consents and shows one of the pictures.
    stays : tuple of ExportRecord
        What shows one of the pictures and rests on something else: another consent that still
        holds, or the record that the law asks the clinic to keep.
    """

    client_id: str
    withdrawn_at: datetime
    by: str
    consents: tuple[str, ...]
    photos: tuple[str, ...]
    take_down: tuple[ExportRecord, ...]
    stays: tuple[ExportRecord, ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON, ``progress.withdrawal/1``; its number is the digest of all the rest."""
        told: dict[str, Any] = {
            "format": "progress.withdrawal/1",
            "client_id": self.client_id,
            "withdrawn_at": self.withdrawn_at.isoformat(timespec="seconds"),
            "by": self.by,
            "consents": list(self.consents),
            "photos": list(self.photos),
            "take_down": [one.to_dict() for one in self.take_down],
            "stays": [one.to_dict() for one in self.stays],
            "clinical_record": "stays: withdrawal ends the use that was allowed, not the record",
        }
        canonical = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
        return {**told, "receipt": hashlib.sha256(canonical).hexdigest()[:16]}
