"""What a client allows, for what, and until when."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime


class Purpose(enum.Enum):
    """What pictures may be used for; each is asked for by itself."""

    CARE = "care"
    TEACHING = "teaching"
    RESEARCH = "research"
    MARKETING = "marketing"


class Channel(enum.Enum):
    """Where they may be seen."""

    CLINIC = "clinic"
    WEBSITE = "website"
    SOCIAL_MEDIA = "social_media"
    PRINT = "print"


@dataclass(frozen=True, slots=True)
class Consent:
    """A client's yes to one purpose on one channel; never changed, only withdrawn.

    Parameters
    ----------
    id, client_id : str
    purpose : Purpose
    channel : Channel
    photos : tuple of str
        Digests of the pictures it was given for; a picture that is not named is not covered.
    with_face : bool
        Whether the client may be recognised.
    granted_on : date
    expires_on : date or None
        The last day it holds; None where no end was said.
    withdrawn_at : datetime or None
        UTC without zone; None while it was not taken back.
    region : str
        What may be shown; empty for all of the picture.
    jurisdiction : str
        Whose law it was given under, e.g. ``GB``; empty where nobody said.
    document_sha256 : str
        Of the document or text that was agreed to.
    text_version : str
        Which wording it was.
    recorded_by : str
        Login.
    recorded_at : datetime
        UTC without zone.
    with_originals : bool
        Whether the original files may be handed on as proof, with all that they show.
    withdrawn_photos : tuple of str
        Digests of single pictures that were taken back; the others stay covered.
    """

    id: str
    client_id: str
    purpose: Purpose
    channel: Channel
    photos: tuple[str, ...]
    with_face: bool
    granted_on: date
    expires_on: date | None
    withdrawn_at: datetime | None
    region: str
    jurisdiction: str
    document_sha256: str
    text_version: str
    recorded_by: str
    recorded_at: datetime
    with_originals: bool = False
    withdrawn_photos: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Whether it was given, not taken back and has not run out on `day`."""
        if self.withdrawn_at is not None or day < self.granted_on:
            return False
        return self.expires_on is None or day <= self.expires_on

    def covers(self, sha256: str) -> bool:
        """Whether it was given for this picture, and the picture was not taken back since."""
        return sha256 in self.photos and sha256 not in self.withdrawn_photos


@dataclass(frozen=True, slots=True)
class Use:
    """What somebody wants to do with pictures of one client.

    Parameters
    ----------
    purpose : Purpose
    channel : Channel
    photos : tuple of str
        Digests.
    region : str
        The part that will be seen; empty for all of it.
    with_face : bool
        Whether the client could be recognised.
    jurisdiction : str
        Where it will be seen, e.g. ``GB``.
    """

    purpose: Purpose
    channel: Channel
    photos: tuple[str, ...]
    region: str = ""
    with_face: bool = False
    jurisdiction: str = ""

    def __post_init__(self) -> None:
        if not self.photos:
            raise ValueError("Use.photos: expected at least one picture, got none")


@dataclass(frozen=True, slots=True)
class Grant:
    """That the record was asked at one moment whether a use is allowed, and said yes.

    Whoever writes a file asks again with the same `use` in the unit of work that notes the file: a
    grant by itself opens nothing.

    Parameters
    ----------
    client_id : str
    use : Use
    asked_at : datetime
        UTC without zone; it is good for that day only.
    consents : tuple of Consent
        One or more that together cover every picture.
    """

    client_id: str
    use: Use
    asked_at: datetime
    consents: tuple[Consent, ...]

    @property
    def with_originals(self) -> bool:
        """Whether the original files may be handed on."""
        return all(consent.with_originals for consent in self.consents)
