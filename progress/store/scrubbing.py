"""Overwriting what deleted rows leave in the files of the database."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import Any

from sqlalchemy import exc

from progress.store.record import Store


def scrub(store: Store) -> bool:
    """Write the database anew without what was deleted; return whether that could be done.

    SQLite keeps deleted text in free pages and in its log until they are used again; both are made
    anew here. PostgreSQL frees the space of deleted rows, and overwrites it in time. It fails while
    somebody else uses the record, and can be asked again.

    Parameters
    ----------
    store : Store
    """
    engine = store._engine
    if engine.dialect.name == "postgresql":
        with suppress(exc.SQLAlchemyError), engine.connect() as connection:
            free = connection.execution_options(isolation_level="AUTOCOMMIT")
            free.exec_driver_sql("VACUUM")
            return True
        return False
    with engine.connect() as connection:
        # Not through SQLAlchemy, which would begin a transaction, and VACUUM wants none.
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute("VACUUM")
            busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            return False
        return not busy


def files_left(store: Store, digests: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the digests of which the record still holds a file, sealed or plain."""
    files = store._files
    return tuple(d for d in digests if files.path(d).exists() or files.plain_path(d).exists())
