"""Files that no row names: traces of a crash, and photos whose rows were taken away."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from progress.store import schema
from progress.store.derived import DerivedFiles
from progress.store.photo_files import PhotoFiles

# SQLite takes at most 32,766 values in one statement, PostgreSQL 65,535.
_BATCH = 10_000


def named(connection: Connection, digests: Collection[str]) -> set[str]:
    """Those of the digests that a row names."""
    column, asked, found = schema.photos.c.sha256, sorted(digests), set[str]()
    for start in range(0, len(asked), _BATCH):
        batch = asked[start : start + _BATCH]
        found.update(connection.scalars(select(column).where(column.in_(batch))))
    return found


def all_named(connection: Connection) -> list[str]:
    """Every digest that a row names, in order."""
    column = schema.photos.c.sha256
    return list(connection.scalars(select(column).distinct().order_by(column)))


def sweep_marked(
    connection: Connection, files: PhotoFiles, derived: DerivedFiles
) -> tuple[str, ...]:
    """Remove the photos that a marker speaks of and no row names, with what was made of them.

    Only with a connection that is alone in writing.

    Returns
    -------
    tuple of str
        Their digests.
    """
    removed = files.sweep_incoming(lambda digests: named(connection, digests))
    derived.forget(removed)
    return removed
