"""Where photos of given bytes lie in the record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from progress.store import schema
from progress.store.reading import Reading

# SQLite takes at most 32,766 values in one statement.
_BATCH = 10_000


def whereabouts(record: Reading, digests: Collection[str]) -> dict[str, list[tuple[str, date]]]:
    """Client and day of every visit that holds a photo of these bytes, by digest.

    Parameters
    ----------
    record : Reading
    digests : collection of str
        SHA-256 of original bytes.

    Returns
    -------
    dict of str to list of (client id, day)
        Without the digests that the record does not hold.
    """
    photos, sessions = schema.photos, schema.sessions
    found: dict[str, list[tuple[str, date]]] = defaultdict(list)
    asked = sorted(set(digests))
    for start in range(0, len(asked), _BATCH):
        query = (
            select(photos.c.sha256, sessions.c.client_id, sessions.c.taken_on)
            .join(sessions, sessions.c.id == photos.c.session_id)
            .where(photos.c.sha256.in_(asked[start : start + _BATCH]))
            .order_by(photos.c.sha256, sessions.c.taken_on)
        )
        for row in record._connection.execute(query):
            found[row.sha256].append((row.client_id, row.taken_on))
    return dict(found)
