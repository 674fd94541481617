"""What a client allows, for what, and until when."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime


class Purpose(enum.Enum):
    """What pictures may be used for; each is asked for by itself."""

    CARE = "care"
    TEACHING = "teaching"
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
        Digests of the pictures it covers; a picture that is not named is not covered.
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

    def holds_on(self, day: date) -> bool:
        """Whether it was given, not taken back and has not run out on `day`."""
        if self.withdrawn_at is not None or day < self.granted_on:
            return False
        return self.expires_on is None or day <= self.expires_on
