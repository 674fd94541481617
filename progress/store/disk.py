"""Files and folders that only their owner may read, brought to the disk before they count."""

from __future__ import annotations

import os
from pathlib import Path

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter, and its parents; leave an existing one."""
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Make an empty file that only its owner may read; leave an existing one."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, FILE_MODE))


def write_private_file(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, for its owner only, and bring it to the disk."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def place_new(part: Path, path: Path) -> None:
    """Give a written file its name, on the disk when this returns; never over another file.

    Raises
    ------
    FileExistsError
        If there is a file of this name.
    """
    try:
        # A link is there whole or not at all, and never takes another's place.
        os.link(part, path)
        part.unlink()
    except FileExistsError:
        raise
    except OSError:
        # A stick or share that knows no links; nobody else makes this file there at this moment.
        if path.exists():
            raise FileExistsError(path) from None
        part.rename(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk; Windows does it by itself and has no call."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
