"""What outlives an erased client: that consents were given and taken back, under the bare id."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from progress.store import schema
from progress.store.reading import Reading
from progress.store.work import Work

_ERASED = "erased/"


def keep_remainder(work: Work, client_id: str, remainder: dict[str, Any]) -> None:
    """Keep what the law requires of a client whose rows go in the same unit of work.

    Parameters
    ----------
    work : Work
    client_id : str
    remainder : dict
        JSON without names, pictures or words of the client.
    """
    work.save_setting(_ERASED + client_id, json.dumps(remainder, sort_keys=True))


def remainders(record: Reading) -> dict[str, dict[str, Any]]:
    """What `keep_remainder` kept, by the id of the erased client."""
    table = schema.settings
    rows = record._connection.execute(
        select(table).where(table.c.key.startswith(_ERASED, autoescape=True)).order_by(table.c.key)
    )
    return {row.key.removeprefix(_ERASED): json.loads(row.value) for row in rows}
