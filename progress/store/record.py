"""The record of a clinic: one home folder, one database, one door to both."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy import Connection, Engine, select, text

from progress.model import StoreError
from progress.store import schema
from progress.store.engine import (
    begin_read,
    begin_write,
    make_engine,
    parse_url,
    plain_disk_errors,
    plain_errors,
    try_begin_write,
)
from progress.store.migrate import upgrade
from progress.store.photo_files import PhotoFiles, make_private_file, make_private_folder
from progress.store.reading import Reading
from progress.store.work import Work

# SQLite takes at most 32,766 values in one statement, PostgreSQL 65,535.
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Integrity:
    """What a check of the record found.

    Parameters
    ----------
    missing : tuple of str
        Digests of photos with a row and no file.
    damaged : tuple of str
        Digests of photos whose bytes are not what was stored.
    swept : tuple of str
        Digests of files without a row, now removed.
    orphans : tuple of str
        Files without a row that stay, because somebody else was writing.
    database : tuple of str
        Complaints of the database about itself.
    """

    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    swept: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    database: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing of what was stored is lost; files without a row are no loss."""
        return not (self.missing or self.damaged or self.database)


class Store:
    """A clinic's record; open it with `Store.open`, close it or use it in a ``with``.

    Threads may share one; each unit of work has a connection of its own. Processes may share a
    home folder: they write one after the other.
    """

    def __init__(self, engine: Engine, files: PhotoFiles, *, where: str) -> None:
        self._engine = engine
        self._files = files
        self._where = where

    @classmethod
    def open(cls, home: Path, url: str | None = None) -> Store:
        """Return the record in `home`, made or brought up to this version if need be.

        Parameters
        ----------
        home : Path
            Folder of the photos and, without a `url`, of the SQLite file ``progress.db``. Made
            for its owner only (0700, files 0600); the rights of an existing folder stay.
        url : str or None
            Another database, e.g. ``postgresql://user@host/clinic``.

        Raises
        ------
        StoreError
            If `home` is a file or cannot be written, the URL is bad, the database is damaged,
            belongs to another program, or to a newer version of this one.

        Notes
        -----
        Traces of a process that was killed while writing are swept, unless somebody writes now.
        """
        home = Path(home)
        where = f"record in {home}"
        if home.exists() and not home.is_dir():
            raise StoreError(
                f"{home}: expected a folder, got a file", advice="choose another home folder"
            )
        database = parse_url(url, home)
        with plain_disk_errors(where):
            make_private_folder(home)
            files = PhotoFiles(home / "photos")
            if database.get_backend_name() == "sqlite" and database.database:
                make_private_file(Path(database.database))
        engine = make_engine(database)
        store = cls(engine, files, where=where)
        try:
            with plain_errors(where), plain_disk_errors(where):
                upgrade(engine, where=where)
                store._sweep_incoming()
        except BaseException:
            engine.dispose()
            raise
        return store

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        """One state of the record to ask questions of; writers do not wait for it."""
        with plain_errors(self._where), begin_read(self._engine) as connection:
            yield Reading(connection, self._files)

    @contextmanager
    def work(self) -> Iterator[Work]:
        """A unit of work: kept as a whole at the end, dropped as a whole on any error.

        It is alone in writing from its start, so decode and measure before it, not in it.

        Raises
        ------
        StoreError
            When a row does not fit the record, the disk is full, another program writes for too
            long; nothing of the unit was kept then.
        """
        try:
            with plain_errors(self._where):
                with begin_write(self._engine) as connection:
                    work = Work(connection, self._files)
                    yield work
                work.forget_markers()
        except BaseException:
            self._sweep_after_failure()
            raise

    def verify(self) -> Integrity:
        """Read every photo and ask the database about itself; sweep files without a row.

        Takes as long as reading all photos from the disk.

        Returns
        -------
        Integrity
        """
        with plain_errors(self._where), plain_disk_errors(self._where):
            with begin_read(self._engine) as connection:
                digests = connection.scalars(
                    select(schema.photos.c.sha256).distinct().order_by(schema.photos.c.sha256)
                ).all()
                complaints = self._complaints(connection)
            states = {sha256: self._files.state(sha256) for sha256 in digests}
            swept, orphans = self._sweep_all()
        return Integrity(
            missing=tuple(s for s, state in states.items() if state == "missing"),
            damaged=tuple(s for s, state in states.items() if state == "damaged"),
            swept=swept,
            orphans=orphans,
            database=complaints,
        )

    def _complaints(self, connection: Connection) -> tuple[str, ...]:
        if self._engine.dialect.name != "sqlite":
            return ()
        integrity = connection.scalars(text("PRAGMA integrity_check")).all()
        strays = connection.execute(text("PRAGMA foreign_key_check")).all()
        found = [line for line in integrity if line != "ok"]
        found += [f"{row[0]}: a row refers to no row of {row[2]}" for row in strays]
        return tuple(found)

    def _sweep_incoming(self) -> tuple[str, ...]:
        """Finish what a killed process left; not while somebody writes, the next open will."""
        if self._files.is_clean():
            return ()
        with try_begin_write(self._engine) as connection:
            if connection is None:
                return ()
            return self._files.sweep_incoming(lambda digests: _named(connection, digests))

    def _sweep_all(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        with try_begin_write(self._engine) as connection:
            if connection is not None:
                swept = self._files.sweep_incoming(lambda digests: _named(connection, digests))
                there = set(self._files.digests())
                swept += self._files.remove(there - _named(connection, there))
                return swept, ()
        with begin_read(self._engine) as reader:
            there = set(self._files.digests())
            return (), tuple(sorted(there - _named(reader, there)))

    def _sweep_after_failure(self) -> None:
        """Best effort: the error that is under way says more than one from here."""
        try:
            with plain_errors(self._where), plain_disk_errors(self._where):
                self._sweep_incoming()
        except StoreError:
            return


def _named(connection: Connection, digests: Collection[str]) -> set[str]:
    """Those of the digests that a row names."""
    column, asked, found = schema.photos.c.sha256, sorted(digests), set[str]()
    for start in range(0, len(asked), _BATCH):
        batch = asked[start : start + _BATCH]
        found.update(connection.scalars(select(column).where(column.in_(batch))))
    return found
