"""Every row of the record that is about one client, table by table, as plain values."""

from __future__ import annotations

import enum
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, Table, select

from progress.store import schema
from progress.store.drawn import drawn_regions
from progress.store.reading import Reading

Rows = list[dict[str, Any]]

# A hash is no news to the client, and nobody else's business.
_WITHHELD = {"password_hash", "sealed"}
_FILE_ORDER, _PHOTO_ORDER = ("export_id", "position"), ("export_id", "sha256")


def rows_of_client(record: Reading, client_id: str) -> dict[str, Rows]:
    """The client's rows by table, dates and times as ISO text, in an order that repeats itself.

    Parameters
    ----------
    record : Reading
    client_id : str

    Returns
    -------
    dict of str to list of dict
        Under the names of the tables; without password hashes, and without the line in the
        settings that an erasure leaves.

    Raises
    ------
    StoreError
        If there is no such client.
    """
    record.client(client_id)
    sessions, consents, exports = schema.sessions, schema.consents, schema.exports
    of_sessions = select(sessions.c.id).where(sessions.c.client_id == client_id)
    of_consents = select(consents.c.id).where(consents.c.client_id == client_id)
    of_exports = select(exports.c.id).where(exports.c.client_id == client_id)
    of_measurements = select(schema.measurements.c.id).where(
        schema.measurements.c.session_id.in_(of_sessions)
    )
    asked: list[tuple[Table, Any, tuple[str, ...]]] = [
        (schema.clients, schema.clients.c.id == client_id, ("id",)),
        (sessions, sessions.c.client_id == client_id, ("taken_on",)),
        (schema.photos, schema.photos.c.session_id.in_(of_sessions), ("session_id", "position")),
        (schema.treatments, schema.treatments.c.client_id == client_id, ("date", "kind", "id")),
        (schema.measurements, schema.measurements.c.session_id.in_(of_sessions), ("id",)),
        (
            schema.measurement_photos,
            schema.measurement_photos.c.measurement_id.in_(of_measurements),
            ("measurement_id", "position"),
        ),
        (consents, consents.c.client_id == client_id, ("granted_on", "recorded_at", "id")),
        (
            schema.consent_photos,
            schema.consent_photos.c.consent_id.in_(of_consents),
            ("consent_id", "sha256"),
        ),
        (
            schema.consent_withdrawals,
            schema.consent_withdrawals.c.consent_id.in_(of_consents),
            ("consent_id",),
        ),
        (
            schema.consent_photo_withdrawals,
            schema.consent_photo_withdrawals.c.consent_id.in_(of_consents),
            ("consent_id", "sha256"),
        ),
        (
            schema.consent_documents,
            schema.consent_documents.c.consent_id.in_(of_consents),
            ("consent_id",),
        ),
        (exports, exports.c.client_id == client_id, ("made_at", "id")),
        (schema.export_files, schema.export_files.c.export_id.in_(of_exports), _FILE_ORDER),
        (schema.export_photos, schema.export_photos.c.export_id.in_(of_exports), _PHOTO_ORDER),
        (
            schema.export_consents,
            schema.export_consents.c.export_id.in_(of_exports),
            ("export_id", "consent_id"),
        ),
        (schema.users, schema.users.c.client_id == client_id, ("login",)),
        (schema.comparisons, schema.comparisons.c.client_id == client_id, ("key",)),
        (schema.jobs, schema.jobs.c.client_id == client_id, ("kind",)),
        (schema.audit, schema.audit.c.client_id == client_id, ("number",)),
    ]
    found = {
        table.name: _plain(record, select(table).where(where).order_by(*(table.c[n] for n in by)))
        for table, where, by in asked
    }
    # Through their own door, which knows where earlier versions kept them.
    found["drawn_regions"] = [
        {name: _value(value) for name, value in asdict(region).items()}
        for region in drawn_regions(record, client_id)
    ]
    return found


def _plain(record: Reading, query: Select[Any]) -> Rows:
    return [
        {name: _value(value) for name, value in row._mapping.items() if name not in _WITHHELD}
        for row in record._connection.execute(query)
    ]


def _value(value: Any) -> Any:
    """As JSON has it."""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value.value if isinstance(value, enum.Enum) else value
