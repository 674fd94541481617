"""What left the house as rows: added with the file, never changed but to note that it is down."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert, select, update

from progress.model.exports import ExportedFile, ExportRecord
from progress.store import schema
from progress.store.reading import Reading, unknown
from progress.store.work import Work


def exports(record: Reading, client_id: str) -> tuple[ExportRecord, ...]:
    """What left of one client, in order of time."""
    table = schema.exports
    of_client = select(table.c.id).where(table.c.client_id == client_id)
    photos = _beside(record, schema.export_photos, of_client)
    consents = _beside(record, schema.export_consents, of_client)
    files = _beside(record, schema.export_files, of_client)
    query = select(table).where(table.c.client_id == client_id)
    return tuple(
        ExportRecord(
            **{**row._mapping, "detail": json.loads(row.detail)},
            files=tuple(ExportedFile(one.name, one.place, one.sha256) for one in files[row.id]),
            photos=tuple(one.sha256 for one in photos[row.id]),
            consents=tuple(one.consent_id for one in consents[row.id]),
        )
        for row in record._connection.execute(query.order_by(table.c.made_at, table.c.id))
    )


def clients_with_exports(record: Reading) -> tuple[str, ...]:
    """Ids of clients of whom something left and is not noted as down."""
    table = schema.exports
    query = select(table.c.client_id).where(table.c.taken_down_at.is_(None)).distinct()
    return tuple(record._connection.scalars(query.order_by(table.c.client_id)))


def _beside(record: Reading, table: Table, of_client: Any) -> dict[str, list[Any]]:
    """Rows of a table beside the exports, by export."""
    found: dict[str, list[Any]] = defaultdict(list)
    query = select(table).where(table.c.export_id.in_(of_client)).order_by(*table.primary_key)
    for row in record._connection.execute(query):
        found[row.export_id].append(row)
    return found


def add_export(work: Work, export: ExportRecord) -> None:
    """Note an export; raises `StoreError` for an unknown client."""
    work.client(export.client_id)
    work._connection.execute(
        insert(schema.exports).values(
            id=export.id,
            client_id=export.client_id,
            kind=export.kind,
            purpose=export.purpose,
            channel=export.channel,
            jurisdiction=export.jurisdiction,
            made_at=export.made_at,
            made_by=export.made_by,
            detail=json.dumps(export.detail, sort_keys=True),
            taken_down_at=export.taken_down_at,
        )
    )
    beside: list[tuple[Table, list[dict[str, Any]]]] = [
        (
            schema.export_files,
            [
                {"position": at, "name": one.name, "place": one.place, "sha256": one.sha256}
                for at, one in enumerate(export.files)
            ],
        ),
        (schema.export_photos, [{"sha256": one} for one in _once(export.photos)]),
        (schema.export_consents, [{"consent_id": one} for one in _once(export.consents)]),
    ]
    for table, rows in beside:
        if rows:
            work._connection.execute(
                insert(table), [{"export_id": export.id, **row} for row in rows]
            )


def _once(values: Collection[str]) -> list[str]:
    return sorted(set(values))


def note_taken_down(work: Work, client_id: str, export_id: str, at: datetime) -> None:
    """Note that what an export published is down; raises `StoreError` if it is not theirs."""
    table = schema.exports
    done = work._connection.execute(
        update(table)
        .where(table.c.id == export_id, table.c.client_id == client_id)
        .values(taken_down_at=at)
    )
    if done.rowcount != 1:
        raise unknown("export", export_id)
