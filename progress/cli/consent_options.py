"""What the commands about consent are told, checked and turned into what the record knows."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from progress.model.errors import BadInput

if TYPE_CHECKING:
    from progress.model import Session
    from progress.model.consent import Channel, Consent, Purpose
    from progress.pipeline.clinic import Clinic

_MEDIA = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".html": "text/html",
    ".txt": "text/plain",
}
# Spellings that people use, beside the record's own.
_SAME = {"clinic_screen": "clinic", "social": "social_media", "web": "website", "UK": "GB"}


def client_id_of(clinic: Clinic, named: str) -> str:
    """The id of the client of this pseudonym or id; `BadInput` if there is none."""
    from progress.pipeline.erasure import client_named

    return client_named(clinic, named).id


def sessions_of(known: tuple[Session, ...], named: list[str] | None) -> tuple[Session, ...]:
    """The sessions of these days, or all; each has a picture. `BadInput` if one is not there."""
    from progress.views.consent_words import covered

    there = covered(known, ())
    days = [day_of(one, "--session") for one in named or ()]
    missing = [day for day in days if day not in {one.taken_on for one in there}]
    if missing or not there:
        had = ", ".join(str(one.taken_on) for one in there) or "none with a picture"
        got = missing[0] if missing else "none"
        raise BadInput(
            f"--session: expected days of this client's sessions, got {got}",
            advice=f"there are: {had}",
        )
    return covered(there, [day for day in days if day is not None])


def day_of(text: str | None, option: str) -> date | None:
    """A day as year-month-day; `BadInput` for anything else."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"{option}: expected a day such as 2026-01-05, got {text[:40]!r}", advice="write it so"
        ) from None


def _word(text: str) -> str:
    word = re.sub(r"[\s-]+", "_", text.strip().lower())
    return _SAME.get(word, word)


def purpose_of(text: str | None) -> Purpose | None:
    """A purpose by its name, however it is spelt; `BadInput` for another word."""
    from progress.model.consent import Purpose

    if text is None:
        return None
    try:
        return Purpose(_word(text))
    except ValueError:
        known = ", ".join(one.value for one in Purpose)
        raise BadInput(
            f"--purpose: expected {known}, got {text[:40]!r}", advice="name one"
        ) from None


def channel_of(text: str | None) -> Channel | None:
    """As `channel_named`, or None where no channel was named."""
    return None if text is None else channel_named(text)


def channel_named(text: str) -> Channel:
    """A channel by its name, however it is spelt; `BadInput` for another word."""
    from progress.model.consent import Channel

    try:
        return Channel(_word(text))
    except ValueError:
        known = ", ".join(one.value for one in Channel)
        raise BadInput(
            f"--channel: expected {known}, got {text[:40]!r}", advice="name one"
        ) from None


def region_of(text: str) -> str:
    """A region as the record names it; `BadInput` for what can be none."""
    word = re.sub(r"[\s-]+", "_", text.strip().lower())
    if not re.fullmatch(r"[\w.]{0,100}", word):
        raise BadInput(
            f"--region: expected a name such as left_cheek, got {text[:40]!r}", advice="write it so"
        )
    return word


def country_of(text: str) -> str:
    """A country in capitals, empty for any; `BadInput` for what can be none."""
    word = text.strip().upper()
    if not re.fullmatch(r"([A-Z]{2}(-[A-Z0-9]{1,3})?)?", word):
        raise BadInput(
            f"--jurisdiction: expected a country such as GB, got {text[:40]!r}",
            advice="write its two letters",
        )
    return _SAME.get(word, word)


def consent_id_of(known: tuple[Consent, ...], named: str) -> str:
    """The consent whose id begins so; `BadInput` unless it is one."""
    return one_of([one.id for one in known], named, "--consent", "a consent")


def one_of(known: list[str], named: str, option: str, what: str) -> str:
    """The only id that begins so; `BadInput` if there is none or more than one."""
    found = [one for one in known if one.startswith(named)] if named else []
    if len(found) != 1:
        raise BadInput(
            f"{option}: expected the id of {what} of this client, got {named[:40]!r}",
            advice="see: progress consent list",
        )
    return found[0]


def document_of(path: Path) -> tuple[bytes, str]:
    """What was signed, and what kind of file it is."""
    if not path.is_file():
        raise BadInput(f"--document: expected a file, got none at {path}", advice="check the path")
    return path.read_bytes(), _MEDIA.get(path.suffix.lower(), "application/octet-stream")
