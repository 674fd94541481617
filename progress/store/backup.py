"""A whole record in one file: its rows as they stood at one moment, and its photos as they lie.

A tar archive whose members come in this order: ``progress-backup.json`` (what it is), ``key`` (only
where it was asked for), ``rows/TABLE/NUMBER.sealed``, ``photos/NAME``, ``checksums.json`` (SHA-256
of every member before it). Rows are compressed JSON sealed with the record's key, so that the file
tells a stranger no more than how much there is; they fit any database that the record can live in.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import tarfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, select

from progress.model import StoreError
from progress.store import schema
from progress.store.crypt import NotSealed, RecordKey
from progress.store.disk import FILE_MODE, place_new
from progress.store.engine import begin_read
from progress.store.integrity import Step
from progress.store.migrate import HEAD
from progress.store.photo_files import SEALED, PhotoFiles
from progress.store.sweeping import all_named

FORMAT = "progress.backup/1"
MANIFEST, KEY_MEMBER, CHECKSUMS = "progress-backup.json", "key", "checksums.json"
ROWS_AT_ONCE = 10_000
"""Rows of one member: some megabytes of memory, however large the record is."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds.

    Parameters
    ----------
    n_rows : int
    n_photos : int
    left_out : tuple of str
        Digests of photos whose file is missing or damaged in the record: not in the backup.
    with_key : bool
    """

    n_rows: int
    n_photos: int
    left_out: tuple[str, ...]
    with_key: bool

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``progress record backup``."""
        return {
            "format": "progress.record-backup/1",
            "rows": self.n_rows,
            "photos": self.n_photos,
            "left_out": list(self.left_out),
            "with_key": self.with_key,
        }


def write_backup(
    engine: Engine, files: PhotoFiles, out: Path, *, key: RecordKey, with_key: bool, step: Step
) -> BackupReport:
    """Write the whole record into one file, which is there whole or not at all.

    Others may go on writing: what they add after the first moment is not in it.

    Parameters
    ----------
    engine : Engine
    files : PhotoFiles
    out : Path
        Must not exist yet.
    key : RecordKey
    with_key : bool
        Whether the key goes in, readable by whoever has the file.
    step : callable
        Told what is being done and the fraction that is done.

    Raises
    ------
    StoreError
        If `out` is there already, its folder is not, or a photo is not sealed yet.
    """
    if out.exists():
        raise StoreError(
            f"{out}: expected a new file, got one that is there", advice="choose another name"
        )
    if not out.parent.is_dir():
        raise StoreError(
            f"{out}: expected a file in an existing folder, got none", advice="make it first"
        )
    part = out.with_name(f"{out.name}-{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE)
        with os.fdopen(descriptor, "wb") as stream, begin_read(engine) as connection:
            report = _write(connection, files, stream, key=key, with_key=with_key, step=step)
            stream.flush()
            os.fsync(stream.fileno())
        place_new(part, out)  # never over a file that came meanwhile
    finally:
        part.unlink(missing_ok=True)
    return report


def _write(
    connection: Connection,
    files: PhotoFiles,
    stream: io.BufferedWriter,
    *,
    key: RecordKey,
    with_key: bool,
    step: Step,
) -> BackupReport:
    digests, n_rows, left_out = all_named(connection), 0, []
    archive = _Archive(stream)
    manifest = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": HEAD,
        "key": key.fingerprint(),
    }
    archive.add(MANIFEST, json.dumps(manifest, indent=1).encode())
    if with_key:
        archive.add(KEY_MEMBER, (key.to_text() + "\n").encode())
    step("rows", 0.0)
    for table in schema.METADATA.sorted_tables:
        for number, rows in enumerate(_rows(connection, table)):
            name = f"rows/{table.name}/{number:06d}{SEALED}"
            columns = [column.name for column in table.columns]
            told = json.dumps({"columns": columns, "rows": rows}, allow_nan=False)
            archive.add(name, key.seal(zlib.compress(told.encode()), what=name.encode()))
            n_rows += len(rows)
    for number, sha256 in enumerate(digests):
        step(f"photo {number + 1} of {len(digests)}", number / len(digests))
        sealed = _sealed(files, sha256)
        if sealed is None:
            left_out.append(sha256)
        else:
            archive.add(f"photos/{files.path(sha256).name}", sealed)
    archive.close()
    return BackupReport(n_rows, len(digests) - len(left_out), tuple(left_out), with_key)


class _Archive:
    """A tar file that knows the sums of what was put into it."""

    def __init__(self, stream: io.BufferedWriter) -> None:
        self._tar = tarfile.open(fileobj=stream, mode="w|")  # noqa: SIM115 - see `close`
        self._sums: dict[str, str] = {}

    def add(self, name: str, data: bytes) -> None:
        self._sums[name] = hashlib.sha256(data).hexdigest()
        member = tarfile.TarInfo(name)
        member.size, member.mode, member.mtime = len(data), FILE_MODE, int(time.time())
        self._tar.addfile(member, io.BytesIO(data))

    def close(self) -> None:
        """The sums come last: a file that was cut short has none."""
        self.add(CHECKSUMS, json.dumps(self._sums).encode())
        self._tar.close()


def _rows(connection: Connection, table: Table) -> Iterator[list[list[Any]]]:
    """The rows of a table in its own order, a batch at a time."""
    query = select(table).order_by(*table.primary_key.columns)
    result = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(query)
    for batch in result.partitions():
        yield [[_plain(value) for value in row] for row in batch]


def _plain(value: Any) -> Any:
    """A value as JSON knows it."""
    return value.isoformat() if isinstance(value, date) else value


def _sealed(files: PhotoFiles, sha256: str) -> bytes | None:
    """The sealed file of a photo; None where it is missing or does not open."""
    try:
        return files.sealed_bytes(sha256)
    except FileNotFoundError:
        if files.state(sha256) == "whole":
            raise StoreError(
                "backup: expected photos that are sealed, got plain ones of an earlier version",
                advice="run progress record encrypt first",
            ) from None
        return None
    except NotSealed:
        return None
