"""A consent in words: the text that is agreed to, and one line of what it allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from progress.model import Session
from progress.model.consent import Channel, Purpose
from progress.views.catalogue import consent as words
from progress.views.labels import counted, day_label, region_phrase

SHOWN_PARTS = (
    "forehead",
    "glabella",
    "nose",
    "left_cheek",
    "right_cheek",
    "left_periorbital",
    "right_periorbital",
    "upper_lip",
    "chin",
    "left_jaw",
    "right_jaw",
)
"""Parts of a face that a client can allow by themselves."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a client is asked to agree to, before it is one.

    Parameters
    ----------
    purpose : Purpose
    channel : Channel
    sessions : tuple of Session
        Whose pictures are covered.
    begins : date
    ends : date or None
        The last day; None without an end.
    region : str
        The part that may be shown; empty for all of the picture.
    with_face, with_originals : bool
    jurisdiction : str
        Such as ``GB``; empty for everywhere.
    """

    purpose: Purpose
    channel: Channel
    sessions: tuple[Session, ...]
    begins: date
    ends: date | None
    region: str = ""
    with_face: bool = False
    with_originals: bool = False
    jurisdiction: str = ""


def agreement_text(agreement: Agreement, *, day: Callable[[date], str] = day_label) -> str:
    """Return the text as it is shown, signed and kept: one sentence or two a line.

    Parameters
    ----------
    agreement : Agreement
    day : callable
        Writes a day as the reader does.
    """
    values = {
        "purpose": words.MY_PURPOSES[agreement.purpose.value],
        "channel": words.CHANNELS[agreement.channel.value],
        "pictures": words.MY_PICTURES.format(
            number=sum(len(session.photos) for session in agreement.sessions),
            days=", ".join(day(session.taken_on) for session in agreement.sessions) or "…",
        ),
        "begins": day(agreement.begins),
        "ends": day(agreement.ends) if agreement.ends else words.NO_END,
        "region": region_phrase(agreement.region) if agreement.region else words.WHOLE_PICTURE,
        "country": words.ONLY_IN.format(country_label(agreement.jurisdiction))
        if agreement.jurisdiction
        else words.EVERYWHERE,
        "face": words.FACE_KNOWN if agreement.with_face else words.FACE_HIDDEN,
        "originals": words.ORIGINALS_GO if agreement.with_originals else words.ORIGINALS_STAY,
    }
    return "\n".join(line.format(**values) for line in words.AGREEMENT)


def country_label(code: str) -> str:
    """Return a country as it stands in a sentence; its letters where it has no word here."""
    return words.COUNTRIES.get(code, code)


def pictures_label(number: int) -> str:
    """Return how many pictures, as a line has it."""
    return counted(number, "picture")


def covered(sessions: Sequence[Session], days: Sequence[date]) -> tuple[Session, ...]:
    """Return the sessions with pictures, of the days or all without any, in order of time."""
    found = [one for one in sessions if one.photos and (not days or one.taken_on in days)]
    return tuple(sorted(found, key=lambda session: session.taken_on))
