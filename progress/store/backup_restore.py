"""A backup becomes a record again, in an empty home and on any database the record can live in."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, func, inspect, select, text

from progress.model import StoreError
from progress.store.backup import CHECKSUMS, FORMAT, KEY_MEMBER, MANIFEST
from progress.store.crypt import NotSealed, RecordKey
from progress.store.crypt_key import KEY_FILE, key_of_environment, read_key
from progress.store.disk import (
    flush_folder,
    make_private_file,
    make_private_folder,
    write_private_file,
)
from progress.store.engine import (
    begin_read,
    begin_write,
    make_engine,
    parse_url,
    plain_disk_errors,
    plain_errors,
)
from progress.store.integrity import Integrity, Step
from progress.store.migrate import upgrade
from progress.store.record import Store

_ROWS = re.compile(r"rows/([a-z_]+)/[0-9]{6}\.sealed")
_PHOTO = re.compile(r"photos/([0-9a-f]{64}\.sealed)")


def restore_backup(
    backup: Path, home: Path, *, url: str | None = None, key_file: Path | None = None, step: Step
) -> Integrity:
    """Make a record out of a backup; return what a check of the new record found.

    All is built beside the home and takes its place at the end, so that a home is never there in
    part.

    Parameters
    ----------
    backup : Path
    home : Path
        Missing or an empty folder.
    url : str or None
        Another database than the SQLite file in the home; must hold no record.
    key_file : Path or None
        The record's key, where neither the environment nor the backup holds it; it is put into the
        home.
    step : callable
        Told what is being done and the fraction that is done.

    Raises
    ------
    StoreError
        If the home or database is not empty, the key is missing or another one, or the file is no
        whole backup; nothing is left behind then.
    """
    where = f"backup {backup}"
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise StoreError(
            f"{home}: expected an empty folder for the restored record, got one in use",
            advice="choose a new folder for --home",
        )
    with plain_disk_errors(where), _members(backup, where) as members:
        opened = _Opened(where, members, key_file)
        building = home.with_name(f"{home.name}.restoring-{secrets.token_hex(4)}")
        make_private_folder(building)
        try:
            found = _build(opened, building, url, step)
            _move_in(building, home)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    return found


@contextmanager
def _members(backup: Path, where: str) -> Iterator[Iterator[tuple[str, bytes]]]:
    """The members of a backup in their order, each read once."""

    def read(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
        for member in archive:
            stream = archive.extractfile(member)
            yield member.name, stream.read() if stream else b""

    try:
        with tarfile.open(backup, "r|") as archive:
            yield read(archive)
    except (tarfile.TarError, EOFError) as error:
        raise _not_whole(where, str(error)) from error


@dataclass(slots=True)
class _Opened:
    """A backup whose first members are read: what it is, and the key that opens it."""

    where: str
    members: Iterator[tuple[str, bytes]]
    key_file: Path | None
    key: RecordKey = field(init=False)
    revision: str = field(init=False)
    key_goes_home: bool = field(init=False)
    sums: dict[str, str] = field(init=False, default_factory=dict)
    _first: tuple[str, bytes] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        name, data = next(self.members, ("", b""))
        if name != MANIFEST:
            raise _not_whole(self.where, "another kind of file")
        manifest = json.loads(data)
        if manifest.get("format") != FORMAT:
            raise StoreError(
                f"{self.where}: expected {FORMAT}, got {manifest.get('format')}",
                advice="it was written by a newer progress: update progress to restore it",
            )
        self.revision = str(manifest["revision"])
        self._note(name, data)
        self._first = next(self.members, None)
        inside = None
        if self._first is not None and self._first[0] == KEY_MEMBER:
            inside = RecordKey.from_text(self._first[1].decode("ascii"), where=self.where)
            self._note(*self._first)
            self._first = None
        named = key_of_environment()
        if self.key_file is not None and named is None:
            inside = read_key(self.key_file, where=f"--key {self.key_file}")
        key = named or inside
        if key is None or key.fingerprint() != manifest["key"]:
            got = "none" if key is None else "another one"
            raise StoreError(
                f"{self.where}: expected the key of the record it was made of, got {got}",
                advice="name the file that holds it with --key; nothing was written",
            )
        self.key, self.key_goes_home = key, named is None

    def rest(self) -> Iterator[tuple[str, bytes]]:
        """The members after the key, checked at the end against the sums that come last."""
        if self._first is not None:
            name, data = self._first
            self._note(name, data)
            yield name, data
        for name, data in self.members:
            if name == CHECKSUMS:
                if json.loads(data) != self.sums:
                    raise _not_whole(self.where, "members that are not what was written")
                return
            self._note(name, data)
            yield name, data
        raise _not_whole(self.where, "one that was cut short")

    def _note(self, name: str, data: bytes) -> None:
        self.sums[name] = hashlib.sha256(data).hexdigest()


def _build(opened: _Opened, building: Path, url: str | None, step: Step) -> Integrity:
    """The record in a folder and database of its own, checked."""
    if opened.key_goes_home:
        write_private_file(building / KEY_FILE, (opened.key.to_text() + "\n").encode())
    database = parse_url(url, building)
    if url is None:
        make_private_file(building / "progress.db")
    engine = make_engine(database)
    try:
        with plain_errors(opened.where):
            _refuse_full(engine, opened.where)
            try:
                upgrade(engine, where=opened.where, to=opened.revision)
                with begin_write(engine) as connection:
                    _fill(connection, opened, building / "photos", step)
                with Store.open(building, url) as store:
                    return store.verify(lambda label, done: step(f"checking {label}", done))
            except BaseException:
                if url is not None:
                    _drop_all(engine)
                raise
    finally:
        engine.dispose()


def _fill(connection: Connection, opened: _Opened, photos: Path, step: Step) -> None:
    """Put every row and photo in its place."""
    tables = MetaData()
    tables.reflect(connection)
    make_private_folder(photos)
    for name, data in opened.rest():
        if row := _ROWS.fullmatch(name):
            step(f"rows of {row[1]}", 0.0)
            try:
                told = json.loads(zlib.decompress(opened.key.open(data, what=name.encode())))
            except NotSealed:
                raise _not_whole(opened.where, "rows that do not open") from None
            _insert(connection, tables.tables[row[1]], told)
        elif photo := _PHOTO.fullmatch(name):
            step("photos", 0.0)
            shard = photos / photo[1][:2]
            make_private_folder(shard)
            write_private_file(shard / photo[1], data)
        else:
            raise _not_whole(opened.where, f"a member {name[:40]!r}")
    if connection.dialect.name == "postgresql":
        _set_counters(connection, tables)


def _insert(connection: Connection, table: Table, told: dict[str, Any]) -> None:
    columns = told["columns"]
    kinds = {name: table.columns[name].type.python_type for name in columns}
    rows = [
        {name: _typed(value, kinds[name]) for name, value in zip(columns, row, strict=True)}
        for row in told["rows"]
    ]
    connection.execute(table.insert(), rows)


def _typed(value: Any, kind: type) -> Any:
    """A value as the database's column has it."""
    if value is None:
        return None
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    return kind(value)


def _set_counters(connection: Connection, tables: MetaData) -> None:
    """PostgreSQL counts up from the last row that it numbered itself, so it is told."""
    for table in tables.sorted_tables:
        for column in table.primary_key.columns:
            counter = connection.scalar(
                text("SELECT pg_get_serial_sequence(:table, :column)"),
                {"table": table.name, "column": column.name},
            )
            last = connection.scalar(select(func.max(column))) if counter else None
            if last is not None:
                connection.execute(text("SELECT setval(:c, :n)"), {"c": counter, "n": last})


def _refuse_full(engine: Engine, where: str) -> None:
    with begin_read(engine) as connection:
        names = inspect(connection).get_table_names()
        tables = MetaData()
        tables.reflect(connection)
        full = [
            name
            for name in names
            if name != "alembic_version"
            and connection.scalar(select(func.count()).select_from(tables.tables[name]))
        ]
    if full:
        raise StoreError(
            f"{where}: expected an empty database, got one with rows in {', '.join(full[:3])}",
            advice="give a database of its own for the restored record",
        )


def _move_in(building: Path, home: Path) -> None:
    """Put the finished record in its place."""
    try:
        building.replace(home)
    except OSError:
        if not home.is_dir():
            raise
        # The home is a disk of its own; without its database it is no record yet, so that is last.
        for child in sorted(building.iterdir(), key=lambda child: child.name == "progress.db"):
            shutil.move(child, home / child.name)
        flush_folder(home)
    flush_folder(home.parent)


def _drop_all(engine: Engine) -> None:
    """Leave a database as empty as it was found."""
    with begin_write(engine) as connection:
        tables = MetaData()
        tables.reflect(connection)
        tables.drop_all(connection)


def _not_whole(where: str, got: str) -> StoreError:
    return StoreError(
        f"{where}: expected a whole backup of a record, got {got}",
        advice="take another copy of the backup; nothing was written",
    )
