"""May these pictures be used so? The rules of consent, asked of what the record holds now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from progress.model import Client, NotAllowed
from progress.model.consent import Channel, Consent, Grant, Purpose, Use
from progress.store import Reading
from progress.store.consents import consents

ADULT_YEARS = 18
_ASK = "ask the client, and record the answer in the app or with: progress consent grant"


def grant_from(record: Reading, client_id: str, use: Use, at: datetime) -> Grant:
    """A grant for one use, made from the consents that hold at this moment.

    Parameters
    ----------
    record : Reading
        Of the unit of work that writes the file, or of a question before it.
    client_id : str
    use : Use
    at : datetime
        UTC without zone.

    Returns
    -------
    Grant

    Raises
    ------
    NotAllowed
        If a picture is not this client's, the client may be a minor, or a picture has no consent
        for this purpose on this channel that holds today; one line says what is missing.
    StoreError
        If there is no such client.
    """
    client = record.client(client_id)
    check_theirs(record, client_id, use.photos, use.purpose.value)
    if use.purpose is Purpose.MARKETING:
        check_adult(client, at)
    check_care(use.purpose, use.channel)
    given = consents(record, client_id=client_id)
    chosen = {_covering(given, use, sha256, at).id for sha256 in use.photos}
    return Grant(client_id, use, at, tuple(one for one in given if one.id in chosen))


def check_grant(record: Reading, grant: Grant, at: datetime) -> Grant:
    """The same grant asked anew, as every export does when it writes.

    Raises
    ------
    NotAllowed
        If it was asked on another day, or no longer holds.
    """
    if grant.asked_at.date() != at.date():
        raise NotAllowed(
            f"{grant.use.purpose.value}: expected a consent that was asked for today, got one from "
            f"{grant.asked_at:%Y-%m-%d}",
            advice="open the export again",
        )
    return grant_from(record, grant.client_id, grant.use, at)


def check_theirs(record: Reading, client_id: str, photos: Iterable[str], purpose: str) -> None:
    """Return if the record holds all these pictures, by digest, and as this client's.

    Raises
    ------
    NotAllowed
        If not.
    """
    theirs = {photo.sha256 for session in record.sessions(client_id) for photo in session.photos}
    if not set(photos) <= theirs:
        raise NotAllowed(
            f"{purpose}: expected pictures of this client, got another's",
            advice="choose from the client's own sessions",
        )


def check_care(purpose: Purpose, channel: Channel) -> None:
    """Return unless pictures for care would be shown to others than those who care.

    Raises
    ------
    NotAllowed
        For care on any channel but the clinic's own.
    """
    if purpose is Purpose.CARE and channel is not Channel.CLINIC:
        raise NotAllowed(
            f"care: expected the channel clinic, got {channel.value}",
            advice="what is shown to others needs another purpose: teaching, research, marketing",
        )


def check_adult(client: Client, at: datetime) -> None:
    """Return if the client is surely an adult; only the year of birth is known.

    Raises
    ------
    NotAllowed
        If the client may be younger, or no year is known. A mannequin has no age.
    """
    if client.birth_year is None and not client.simulated:
        raise NotAllowed(
            "marketing: expected a client who is known to be an adult, got no year of birth",
            advice="put it into the record: on the client's page, or with progress client change",
        )
    if may_be_minor(client, at):
        raise NotAllowed(
            f"marketing: expected an adult, got a client born in {client.birth_year}",
            advice="pictures of minors are never used for marketing",
        )


def may_be_minor(client: Client, at: datetime) -> bool:
    """Whether the known year of birth leaves it open that the client is not yet of age."""
    return client.birth_year is not None and at.year - client.birth_year <= ADULT_YEARS


def _covering(given: Sequence[Consent], use: Use, sha256: str, at: datetime) -> Consent:
    """The latest consent that covers one picture."""
    purpose, channel = use.purpose.value, use.channel.value
    named = [one for one in given if sha256 in one.photos and one.purpose is use.purpose]
    if not named:
        raise _missing(f"{purpose}: expected the client's consent for every picture, got none")
    there = [one for one in named if one.channel is use.channel]
    if not there:
        had = _listed(one.channel.value for one in named)
        raise _missing(f"{purpose}: expected a consent for the channel {channel}, got {had}")
    kept = [one for one in there if one.withdrawn_at is None and one.covers(sha256)]
    if not kept:
        raise _missing(f"{purpose} on {channel}: the client's consent was withdrawn")
    today = [one for one in kept if one.holds_on(at.date())]
    if not today:
        when = _when(kept[-1], at)
        raise _missing(f"{purpose} on {channel}: expected a consent that holds today, got {when}")
    lawful = [one for one in today if one.jurisdiction in ("", use.jurisdiction)]
    if not lawful:
        had = _listed(one.jurisdiction for one in today)
        raise _missing(
            f"{purpose} on {channel}: expected a consent for {use.jurisdiction or 'everywhere'}, "
            f"got {had}"
        )
    seen = [one for one in lawful if one.region in ("", use.region)]
    if not seen:
        had = _listed(one.region for one in lawful)
        raise _missing(
            f"{purpose} on {channel}: expected a consent for {use.region or 'the whole picture'}, "
            f"got {had}"
        )
    faces = [one for one in seen if one.with_face or not use.with_face]
    if not faces:
        raise NotAllowed(
            f"{purpose} on {channel}: the client allowed no picture in which the face is known",
            advice="cover the eyes or crop to a region",
        )
    return faces[-1]


def _missing(message: str) -> NotAllowed:
    return NotAllowed(message, advice=_ASK)


def _when(consent: Consent, at: datetime) -> str:
    if at.date() < consent.granted_on:
        return f"one that begins on {consent.granted_on}"
    return f"one that ended on {consent.expires_on}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(set(words)))
