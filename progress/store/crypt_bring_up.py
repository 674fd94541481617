"""Ties a record to its key, and seals the photos that the first version kept plain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, func, insert, select

from progress.model import StoreError
from progress.store import schema
from progress.store.crypt import RecordKey
from progress.store.crypt_key import key_of_home
from progress.store.engine import begin_read, begin_write, try_begin_write
from progress.store.integrity import Step
from progress.store.photo_files import INCOMING, SEALED, PhotoFiles, is_photo_file

_KEY_SETTING, _SEALED_SETTING = "photos/key", "photos/sealed"

# Others write between two batches; twenty photos of a phone take about a second on a slow disk.
_BATCH = 20


def bind_key(engine: Engine, home: Path, *, where: str) -> RecordKey:
    """The key of this record; a record that has none yet is tied to one for good.

    Parameters
    ----------
    engine : Engine
    home : Path
    where : str
        How messages call the record.

    Raises
    ------
    StoreError
        If the key is missing or another one, or the photos belong to another database.
    """
    with begin_read(engine) as connection:
        sealed_with = _setting(connection, _KEY_SETTING)
    if sealed_with is None:
        with begin_write(engine) as connection:
            # Another process may have done it while this one waited.
            sealed_with = _setting(connection, _KEY_SETTING)
            if sealed_with is None:
                sealed_with = _bind_new(connection, home, where)
    key = key_of_home(home, known=lambda: True, where=where)
    if key.fingerprint() != sealed_with:
        raise StoreError(
            f"{where}: expected the key that sealed its photos, got another one",
            advice="name the right key or put it back from your copy; nothing was changed",
        )
    return key


def seal_plain(engine: Engine, files: PhotoFiles, step: Step, *, wait: bool) -> int:
    """Seal every plain photo of the first version; return how many there were.

    A photo's plain file goes only when its sealed one is on the disk and opens to the same bytes;
    after a kill the next call goes on where this one stopped.

    Parameters
    ----------
    engine : Engine
    files : PhotoFiles
    step : callable
        Told what is being done and the fraction that is done.
    wait : bool
        Whether to wait for others that write; else what is left is left for the next time.
    """
    with begin_read(engine) as connection:
        if _setting(connection, _SEALED_SETTING) is not None:
            return 0
    names = sorted(_plain(files.folder))
    for start in range(0, max(1, len(names)), _BATCH):
        step(f"sealing photo {start + 1} of {len(names)}", start / max(1, len(names)))
        with _writer(engine, wait=wait) as connection:
            if connection is None:
                return start
            for sha256 in names[start : start + _BATCH]:
                _seal_one(files, sha256)
            if start + _BATCH >= len(names) and next(_plain(files.folder), None) is None:
                _save_setting(connection, _SEALED_SETTING, "all")
    return len(names)


def _writer(engine: Engine, *, wait: bool) -> AbstractContextManager[Connection | None]:
    return begin_write(engine) if wait else try_begin_write(engine)


def _seal_one(files: PhotoFiles, sha256: str) -> None:
    plain = files.plain_path(sha256)
    if not plain.is_file():
        return  # another process was faster
    sealed = files.path(sha256)
    if not sealed.is_file() or files.state(sha256) != "whole":
        # Damaged bytes are sealed as they are: `verify` tells of them, and nobody can read them.
        files.place(sha256, plain.read_bytes())
    plain.unlink()


def _bind_new(connection: Connection, home: Path, where: str) -> str:
    """Tie the record to its key, made if need be; the key's fingerprint."""
    photos = home / "photos"
    rows = connection.scalar(select(func.count()).select_from(schema.photos)) or 0
    unmarked = not (photos / INCOMING).is_dir() or not any((photos / INCOMING).iterdir())
    strange = next(_sealed(photos), None) or (
        next(_plain(photos), None) if not rows and unmarked else None
    )
    if strange is not None:
        raise StoreError(
            f"{where}: expected the database of the photos in {photos}, got one that does not "
            "know them",
            advice="check the database URL, or choose another home folder; nothing was changed",
        )
    fingerprint = key_of_home(home, known=lambda: False, where=where).fingerprint()
    _save_setting(connection, _KEY_SETTING, fingerprint)
    if next(_plain(photos), None) is None:
        _save_setting(connection, _SEALED_SETTING, "all")
    return fingerprint


def _plain(photos: Path) -> Iterator[str]:
    return (name for name in _names(photos) if not name.endswith(SEALED))


def _sealed(photos: Path) -> Iterator[str]:
    return (name for name in _names(photos) if name.endswith(SEALED))


def _names(photos: Path) -> Iterator[str]:
    shards = photos.iterdir() if photos.is_dir() else iter(())
    for shard in shards:
        if shard.name != INCOMING and shard.is_dir():
            yield from (file.name for file in shard.iterdir() if is_photo_file(file.name))


def _setting(connection: Connection, key: str) -> str | None:
    table = schema.settings
    return connection.scalar(select(table.c.value).where(table.c.key == key))


def _save_setting(connection: Connection, key: str, value: str) -> None:
    table = schema.settings
    connection.execute(delete(table).where(table.c.key == key))
    connection.execute(insert(table).values(key=key, value=value))
