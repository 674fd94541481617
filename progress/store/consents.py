"""Consents as rows: added and withdrawn, never changed."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from datetime import datetime

from sqlalchemy import insert, select

from progress.model import StoreError
from progress.model.consent import Channel, Consent, Purpose
from progress.store import schema
from progress.store.crypt import NotSealed
from progress.store.reading import Reading, unknown
from progress.store.work import Work

MOST_DOCUMENT_BYTES = 20 * 1024 * 1024
"""A scanned form has a few pages; more would sit in every backup."""


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """What was agreed to: a signed form, a drawn signature, or the text as it was shown.

    Parameters
    ----------
    data : bytes
    media_type : str
        Such as ``application/pdf``.
    """

    data: bytes = field(repr=False)
    media_type: str


def consents(
    record: Reading, *, client_id: str | None = None, purpose: Purpose | None = None
) -> tuple[Consent, ...]:
    """What was allowed, withdrawn or not, by the day it was given; of one client or purpose."""
    table, shots, ends = schema.consents, schema.consent_photos, schema.consent_withdrawals
    query = (
        select(table, ends.c.withdrawn_at)
        .outerjoin(ends, ends.c.consent_id == table.c.id)
        .order_by(table.c.granted_on, table.c.recorded_at, table.c.id)
    )
    covered = select(shots).join(table, table.c.id == shots.c.consent_id)
    if client_id is not None:
        query = query.where(table.c.client_id == client_id)
        covered = covered.where(table.c.client_id == client_id)
    if purpose is not None:
        query = query.where(table.c.purpose == purpose.value)
        covered = covered.where(table.c.purpose == purpose.value)
    photos: dict[str, list[str]] = defaultdict(list)
    for row in record._connection.execute(covered.order_by(shots.c.sha256)):
        photos[row.consent_id].append(row.sha256)
    gone = schema.consent_photo_withdrawals
    taken_back: dict[str, list[str]] = defaultdict(list)
    for row in record._connection.execute(select(gone).order_by(gone.c.sha256)):
        taken_back[row.consent_id].append(row.sha256)
    found = []
    for row in record._connection.execute(query):
        values = dict(row._mapping)
        values["purpose"] = Purpose(row.purpose)
        values["channel"] = Channel(row.channel)
        values["withdrawn_photos"] = tuple(taken_back[row.id])
        found.append(Consent(**values, photos=tuple(photos[row.id])))
    return tuple(found)


def add_consent(work: Work, consent: Consent, document: SignedDocument | None = None) -> None:
    """Keep a consent with the photos it covers, and what was signed sealed beside it.

    Parameters
    ----------
    work : Work
    consent : Consent
    document : SignedDocument, optional
        None where only its digest is known.

    Raises
    ------
    StoreError
        For an unknown client, or a document that is too large.
    """
    work.client(consent.client_id)
    values = {field.name: getattr(consent, field.name) for field in fields(consent)}
    photos = values.pop("photos")
    for name in ("withdrawn_at", "withdrawn_photos"):
        values.pop(name)
    values["purpose"], values["channel"] = consent.purpose.value, consent.channel.value
    work._connection.execute(insert(schema.consents).values(**values))
    if photos:
        work._connection.execute(
            insert(schema.consent_photos),
            [{"consent_id": consent.id, "sha256": sha256} for sha256 in sorted(set(photos))],
        )
    if document is not None:
        _add_document(work, consent.id, document)


def _add_document(work: Work, consent_id: str, document: SignedDocument) -> None:
    if len(document.data) > MOST_DOCUMENT_BYTES:
        raise StoreError(
            f"consent: expected a document of at most {MOST_DOCUMENT_BYTES // 2**20} MB, got "
            f"{len(document.data) / 2**20:.0f} MB",
            advice="scan it at a lower resolution",
        )
    sealed = work._files.key.seal(document.data, what=_what(consent_id))
    work._connection.execute(
        insert(schema.consent_documents).values(
            consent_id=consent_id,
            media_type=document.media_type,
            sealed=base64.b64encode(sealed).decode("ascii"),
        )
    )


def consent_document(record: Reading, consent_id: str) -> SignedDocument | None:
    """What was signed, or None where only its digest was kept.

    Raises
    ------
    StoreError
        If it is not what was sealed.
    """
    table = schema.consent_documents
    row = record._connection.execute(
        select(table).where(table.c.consent_id == consent_id)
    ).one_or_none()
    if row is None:
        return None
    try:
        data = record._files.key.open(base64.b64decode(row.sealed), what=_what(consent_id))
    except (NotSealed, ValueError):
        raise StoreError(
            "consent: expected the document as it was kept, got other bytes",
            advice="restore the record from a backup",
        ) from None
    return SignedDocument(data, row.media_type)


def _what(consent_id: str) -> bytes:
    """A document cannot be passed off as that of another consent."""
    return b"consent document " + consent_id.encode()


def withdraw_consent(
    work: Work,
    client_id: str,
    consent_id: str,
    *,
    by: str,
    at: datetime,
    photos: Collection[str] | None = None,
) -> Consent:
    """Take a client's consent back and return it; one that was taken back already stays so.

    Parameters
    ----------
    work : Work
    client_id, consent_id : str
    by : str
        Login.
    at : datetime
        UTC without zone.
    photos : collection of str, optional
        Digests: only these pictures are taken back. Where none is left, all of it is.

    Raises
    ------
    StoreError
        If the client gave no such consent.
    """
    known = {consent.id: consent for consent in consents(work, client_id=client_id)}
    if consent_id not in known:
        raise unknown("consent", consent_id)
    before = known[consent_id]
    left = set(before.photos) - set(before.withdrawn_photos) - set(photos or before.photos)
    if before.withdrawn_at is None and photos is not None and left:
        gone = (set(before.photos) & set(photos)) - set(before.withdrawn_photos)
        if gone:
            work._connection.execute(
                insert(schema.consent_photo_withdrawals),
                [
                    {"consent_id": consent_id, "sha256": sha256, "withdrawn_at": at, "by": by}
                    for sha256 in sorted(gone)
                ],
            )
    elif before.withdrawn_at is None:
        work._connection.execute(
            insert(schema.consent_withdrawals).values(consent_id=consent_id, withdrawn_at=at, by=by)
        )
    return next(c for c in consents(work, client_id=client_id) if c.id == consent_id)
