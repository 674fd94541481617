"""A database connection that keeps its promises, and database errors in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url, text

from progress.model import StoreError

BUSY_TIMEOUT_S = 30.0
"""How long a writer waits for another: an import of some hundred photos holds the lock for
seconds, a hung process would hold it for ever."""

# One number for all of this program's locks on a PostgreSQL server; "progress" in ASCII.
_LOCK = int.from_bytes(b"progress", "big") >> 1

_BEGIN = {"read": "BEGIN DEFERRED", "write": "BEGIN IMMEDIATE"}


def parse_url(url: str | None, home: Path) -> URL:
    """Return the database URL; without one, the SQLite file in the home folder.

    Raises
    ------
    StoreError
        If it is not a database URL or names a database that does not last.
    """
    if url is None:
        return URL.create("sqlite", database=str(home / "progress.db"))
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (exc.ArgumentError, exc.NoSuchModuleError, ImportError) as error:
        # The message never repeats the URL: it may hold a password.
        raise StoreError(
            "expected a database URL such as postgresql://user@host/name, got one that cannot be "
            f"read ({type(error).__name__})",
            advice="check the URL and that its driver is installed",
        ) from None
    database = parsed.database or ":memory:"
    if parsed.get_backend_name() == "sqlite" and database.startswith((":memory:", "file:")):
        raise StoreError(
            "expected the path of a database file, got one in memory or a file: address",
            advice="give a file, as in sqlite:////home/me/record.db, or leave the URL out",
        )
    return parsed


def make_engine(url: URL) -> Engine:
    """Return an engine whose transactions are what they say.

    SQLite: foreign keys on, write-ahead log, every commit on disk before it returns
    (``synchronous=FULL``), ``BEGIN`` sent by us because the driver would leave it out before
    reading and defining, and writers waiting `BUSY_TIMEOUT_S` for each other. `begin_write` takes
    the write lock at the start; a transaction that reads first and writes later would fail at
    once when another wrote in between.
    """
    try:
        if url.get_backend_name() != "sqlite":
            # A server that was restarted meanwhile is noticed before somebody's question is.
            return create_engine(url, pool_pre_ping=True)
        engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    except ImportError as error:
        raise StoreError(
            f"expected the driver of {url.get_backend_name()}, got none ({error.name})",
            advice="install it, for PostgreSQL with the extra skin-progress[postgres]",
        ) from None
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    # What is deleted is overwritten: an erased client must not be read out of free pages.
    wanted = ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")
    for pragma in wanted:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    mode = connection.get_execution_options().get("progress_mode", "read")
    connection.exec_driver_sql(_BEGIN[mode])


@contextmanager
def begin_read(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of the record throughout."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            # Its default shows each statement what was committed until then.
            connection = connection.execution_options(  # noqa: PLW2901
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


@contextmanager
def begin_write(engine: Engine) -> Iterator[Connection]:
    """A transaction that is alone in writing; commits at the end, rolls back on any error."""
    with engine.connect() as connection:
        connection = connection.execution_options(progress_mode="write")  # noqa: PLW2901
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection


def shed_old_pages(engine: Engine) -> None:
    """Empty SQLite's write-ahead log, which holds pages as they were; not while others read."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


@contextmanager
def try_begin_write(engine: Engine) -> Iterator[Connection | None]:
    """As `begin_write`, but None at once when another writes or locks are not known here."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection, connection.begin():
            ask = text("SELECT pg_try_advisory_xact_lock(:lock)")
            yield connection if connection.scalar(ask, {"lock": _LOCK}) else None
        return
    if engine.dialect.name != "sqlite":
        yield None
        return
    with engine.connect() as connection:
        connection = connection.execution_options(progress_mode="write")  # noqa: PLW2901
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA busy_timeout=0")
        try:
            transaction = connection.begin()
        except exc.OperationalError as error:
            if "locked" not in str(error.orig):
                raise
            yield None
            return
        finally:
            driver.execute(f"PRAGMA busy_timeout={int(BUSY_TIMEOUT_S * 1000)}")
        with transaction:
            yield connection


@contextmanager
def plain_errors(where: str) -> Iterator[None]:
    """Turn what the database says into a `StoreError`; `where` names the record."""
    try:
        yield
    except (exc.IntegrityError, exc.DataError) as error:
        raise StoreError(
            f"{where}: expected a row that fits the record, got {_one_line(error.orig)}",
            advice="nothing of this step was stored; it is there already or refers to what is not",
        ) from error
    except (exc.DBAPIError, exc.TimeoutError) as error:
        cause = _one_line(error.orig if isinstance(error, exc.DBAPIError) else error)
        raise StoreError(f"{where}: {cause}", advice=_advice(cause)) from error


@contextmanager
def plain_disk_errors(where: str) -> Iterator[None]:
    """Turn what the disk says into a `StoreError`; only around the store's own files."""
    try:
        yield
    except OSError as error:
        # Without the file name: a folder of the clinic is not for every log.
        raise StoreError(
            f"{where}: expected to read and write files, got {error.strerror or error}",
            advice="check the folder's permissions and free space; what was stored stays whole",
        ) from error


def _advice(cause: str) -> str:
    known = {
        "locked": "another program is writing; wait until it is done and try again",
        "not a database": "restore the file from a backup or choose another home folder",
        "malformed": "restore the file from a backup or choose another home folder",
        "readonly": "give yourself the right to write to the file and its folder",
        "unable to open": "check that the folder exists and may be written to",
        "full": "free some space on the disk and try again",
    }
    found = (advice for words, advice in known.items() if words in cause)
    return next(found, "check that the database is reachable; what was stored stays whole")


def _one_line(error: object) -> str:
    return " ".join(str(error).split())
