"""Where the record's key lies: named by the environment, else in the home folder."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from progress.model import StoreError
from progress.store.crypt import RecordKey
from progress.store.disk import make_private_folder, place_new, write_private_file

KEY_FILE_VARIABLE, KEY_VARIABLE = "PROGRESS_KEY_FILE", "PROGRESS_KEY"
KEY_FILE = "key"
"""Name of the key in the home folder."""

_LOG = logging.getLogger(__name__)


def key_of_environment() -> RecordKey | None:
    """The key that ``$PROGRESS_KEY_FILE``, else ``$PROGRESS_KEY`` names; None where neither does.

    Raises
    ------
    StoreError
        If it cannot be read or is no key.
    """
    named = os.environ.get(KEY_FILE_VARIABLE)
    if named:
        return read_key(Path(named), where=f"${KEY_FILE_VARIABLE}")
    text = os.environ.get(KEY_VARIABLE)
    return RecordKey.from_text(text, where=f"${KEY_VARIABLE}") if text else None


def read_key(path: Path, *, where: str) -> RecordKey:
    """The key in a file; `where` says who named it.

    Raises
    ------
    StoreError
        If it cannot be read or holds no key.
    """
    try:
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError as error:
        raise StoreError(
            f"{where}: expected a file with the record's key, got none ({error.strerror})",
            advice="put the key back from your copy of it; nothing was changed",
        ) from None
    return RecordKey.from_text(text, where=where)


def key_of_home(home: Path, *, known: Callable[[], bool], where: str) -> RecordKey:
    """The key of the environment, else of the home folder; made there for a new record.

    Parameters
    ----------
    home : Path
    known : callable
        Whether this record has been sealed with a key before: then none is made.
    where : str
        How messages call the record.

    Raises
    ------
    StoreError
        If there is none for a record that has one, or it cannot be read.
    """
    named = key_of_environment()
    if named is not None:
        return named
    path = home / KEY_FILE
    if path.is_file():
        return read_key(path, where=str(path))
    if known():
        raise StoreError(
            f"{where}: expected the key of its photos in {path}, got no file",
            advice=f"put the key back from your copy, or name it in ${KEY_FILE_VARIABLE}; nothing "
            "was changed",
        )
    return _make_key(path)


def _make_key(path: Path) -> RecordKey:
    """A new key in a file of its own, unless another process was faster; then that one's."""
    make_private_folder(path.parent)
    new = RecordKey.new()
    part = path.with_name(f"{path.name}-{secrets.token_hex(4)}.part")
    write_private_file(part, (new.to_text() + "\n").encode("ascii"))
    try:
        place_new(part, path)
    except FileExistsError:
        return read_key(path, where=str(path))
    finally:
        part.unlink(missing_ok=True)
    _LOG.warning(
        "made the key of this record's photos: %s. Keep a copy elsewhere: without it nobody can "
        "read them, and a backup does not hold it.",
        path,
    )
    return new
