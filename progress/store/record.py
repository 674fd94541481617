"""The record of a clinic: one home folder, one database, one door to both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sqlalchemy import Engine

from progress.model import Photo, StoreError
from progress.store.backup import BackupReport, write_backup
from progress.store.crypt_bring_up import bind_key, seal_plain
from progress.store.crypt_key import key_of_environment
from progress.store.derived import DerivedFiles
from progress.store.disk import make_private_file, make_private_folder
from progress.store.engine import (
    begin_read,
    begin_write,
    make_engine,
    parse_url,
    plain_disk_errors,
    plain_errors,
    shed_old_pages,
    try_begin_write,
)
from progress.store.integrity import Integrity, Step, check_record
from progress.store.migrate import upgrade
from progress.store.photo_files import SEALED, PhotoFiles
from progress.store.plain_copies import plain_copies, remove_left_copies
from progress.store.reading import Reading
from progress.store.sweeping import sweep_marked
from progress.store.work import Work


def _silent(_label: str, _fraction: float) -> None:
    """Nobody watches."""


class Store:
    """A clinic's record; open it with `Store.open`, close it or use it in a ``with``.

    Threads may share one; each unit of work has a connection of its own. Processes may share a
    home folder: they write one after the other.
    """

    def __init__(
        self, engine: Engine, files: PhotoFiles, derived: DerivedFiles, *, where: str
    ) -> None:
        self._engine = engine
        self._files = files
        self._derived = derived
        self._where = where

    @classmethod
    def open(cls, home: Path, url: str | None = None, *, step: Step = _silent) -> Store:
        """Return the record in `home`, made or brought up to this version if need be.

        Parameters
        ----------
        home : Path
            Folder of the photos and, without a `url`, of the SQLite file ``progress.db``. Made
            for its owner only (0700, files 0600); the rights of an existing folder stay.
        url : str or None
            Another database, e.g. ``postgresql://user@host/clinic``.
        step : callable
            Told what is being done and the fraction that is done: photos that an earlier version
            kept plain are sealed, unless somebody writes now.

        Raises
        ------
        StoreError
            If `home` is a file or cannot be written, the URL is bad, the database is damaged,
            belongs to another program, or to a newer version of this one; if the key of the photos
            is missing or another one.

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
        key_of_environment()  # a key that cannot be read stops all before anything is made
        with plain_disk_errors(where):
            make_private_folder(home)
            if database.get_backend_name() == "sqlite" and database.database:
                make_private_file(Path(database.database))
        engine = make_engine(database)
        try:
            with plain_errors(where), plain_disk_errors(where):
                upgrade(engine, where=where)
                key = bind_key(engine, home, where=where)
                files = PhotoFiles(home / "photos", key)
                store = cls(engine, files, DerivedFiles(home / "cache", key), where=where)
                store._sweep()
                remove_left_copies()
                seal_plain(engine, files, step, wait=False)
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
            if work.lets_go:
                # The rows are gone for good; files that cannot go now go with the next open.
                self._sweep_quietly(wait=True)
        except BaseException:
            self._sweep_quietly()
            raise

    def verify(self, step: Step = _silent) -> Integrity:
        """Read every photo and ask the database about itself; finish what a crash left.

        Takes as long as reading all photos from the disk.

        Returns
        -------
        Integrity
        """
        with plain_errors(self._where), plain_disk_errors(self._where):
            return check_record(self._engine, self._files, self._derived, step)

    def back_up(self, out: Path, *, with_key: bool = False, step: Step = _silent) -> BackupReport:
        """Write the whole record into one new file, for `progress.store.restore_backup`.

        Parameters
        ----------
        out : Path
        with_key : bool
            Whether the key goes in: whoever has the file can read all of it then.
        step : callable

        Returns
        -------
        BackupReport
        """
        with plain_errors(self._where), plain_disk_errors(self._where):
            return write_backup(
                self._engine, self._files, out, key=self._files.key, with_key=with_key, step=step
            )

    def seal_plain(self, step: Step = _silent) -> int:
        """Seal photos that an earlier version kept plain; return how many there were."""
        with plain_errors(self._where), plain_disk_errors(self._where):
            return seal_plain(self._engine, self._files, step, wait=True)

    def n_plain(self) -> int:
        """How many photos still lie there unsealed."""
        with plain_disk_errors(self._where):
            return sum(not name.endswith(SEALED) for name in self._files.names())

    @contextmanager
    def plain_copies(self, photos: Sequence[Photo]) -> Iterator[dict[str, Path]]:
        """The original bytes of photos as files of a private folder, by digest; gone afterwards.

        Raises
        ------
        StoreError
            If the record does not hold one of them, or its file is missing or changed.
        """
        # Work on the copies may take minutes: no transaction stays open for it.
        with self.reading() as record:
            contents = {photo.sha256: record.photo_bytes(photo.sha256) for photo in photos}
        with plain_copies(photos, contents) as files:
            yield files

    def derived(self, sha256: str, recipe: str, make: Callable[[bytes], bytes]) -> bytes:
        """A small picture made from a photo of the record, kept for the next time.

        Parameters
        ----------
        sha256 : str
        recipe : str
            Names everything that `make` does: another recipe is another picture.
        make : callable
            From the photo's original bytes to the picture's.

        Raises
        ------
        StoreError
            If the record has no such photo or it cannot be read.
        """
        kept = self._derived.kept(sha256, recipe)
        if kept is not None:
            return kept
        with self.reading() as record:
            data = record.photo_bytes(sha256)
        made = make(data)
        self._derived.keep(sha256, recipe, made)
        return made

    def _sweep(self, *, wait: bool = False) -> None:
        """Finish what a killed process left; not while somebody writes, the next open will."""
        if self._files.is_clean():
            return
        with (begin_write if wait else try_begin_write)(self._engine) as connection:
            if connection is not None:
                sweep_marked(connection, self._files, self._derived)

    def _sweep_quietly(self, *, wait: bool = False) -> None:
        """Best effort: what happened before says more than an error from here."""
        try:
            with plain_errors(self._where), plain_disk_errors(self._where):
                self._sweep(wait=wait)
                if wait:
                    shed_old_pages(self._engine)
        except StoreError:
            return
