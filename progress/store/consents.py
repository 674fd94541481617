"""Consents as rows: added and withdrawn, never changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import fields
from datetime import datetime

from sqlalchemy import insert, select

from progress.model.consent import Channel, Consent, Purpose
from progress.store import schema
from progress.store.reading import Reading, unknown
from progress.store.work import Work


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
    found = []
    for row in record._connection.execute(query):
        values = dict(row._mapping)
        values["purpose"] = Purpose(row.purpose)
        values["channel"] = Channel(row.channel)
        found.append(Consent(**values, photos=tuple(photos[row.id])))
    return tuple(found)


def add_consent(work: Work, consent: Consent) -> None:
    """Keep a consent with the photos it covers; raises `StoreError` for an unknown client."""
    work.client(consent.client_id)
    values = {field.name: getattr(consent, field.name) for field in fields(consent)}
    photos = values.pop("photos")
    values.pop("withdrawn_at")
    values["purpose"], values["channel"] = consent.purpose.value, consent.channel.value
    work._connection.execute(insert(schema.consents).values(**values))
    if photos:
        work._connection.execute(
            insert(schema.consent_photos),
            [{"consent_id": consent.id, "sha256": sha256} for sha256 in sorted(set(photos))],
        )


def withdraw_consent(
    work: Work, client_id: str, consent_id: str, *, by: str, at: datetime
) -> Consent:
    """Take a client's consent back and return it; one that was taken back already stays so.

    Raises
    ------
    StoreError
        If the client gave no such consent.
    """
    known = {consent.id: consent for consent in consents(work, client_id=client_id)}
    if consent_id not in known:
        raise unknown("consent", consent_id)
    if known[consent_id].withdrawn_at is None:
        work._connection.execute(
            insert(schema.consent_withdrawals).values(consent_id=consent_id, withdrawn_at=at, by=by)
        )
    return next(c for c in consents(work, client_id=client_id) if c.id == consent_id)
