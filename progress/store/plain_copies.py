"""Photos as plain files for as long as work needs them, and no longer, whatever happens to it.

They lie in memory where the machine offers that (``/dev/shm``), else in the temporary folder. A
lock that dies with its process tells folders in use from those that a killed process left; these
are removed when a record is opened or the next copies are made.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from progress.model import Photo
from progress.store.disk import FILE_MODE

_PREFIX, _LOCK = "progress-photos-", "lock"
_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder is made for its owner only
# Others need memory too, so copies take at most this share of what is free.
_SHARE = 0.5


@contextmanager
def plain_copies(
    photos: Sequence[Photo], contents: MutableMapping[str, bytes]
) -> Iterator[dict[str, Path]]:
    """Photos as files of a private folder, by digest; gone afterwards.

    Parameters
    ----------
    photos : sequence of Photo
    contents : mapping of str to bytes
        By digest; emptied.
    """
    with private_folder(sum(map(len, contents.values()))) as folder:
        files = {}
        for photo in photos:
            path = folder / f"{photo.sha256[:16]}{Path(photo.file).suffix.lower()}"
            path.write_bytes(contents[photo.sha256])
            files[photo.sha256] = path
        contents.clear()
        yield files


@contextmanager
def private_folder(need_bytes: int) -> Iterator[Path]:
    """A folder that only its owner may enter; gone afterwards, whatever happens.

    Parameters
    ----------
    need_bytes : int
        How much will be written there; it lies in memory where there is enough of it.
    """
    remove_left_copies()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_place(need_bytes)))
    lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, FILE_MODE)
    try:
        _take(lock)
        yield folder
    finally:
        os.close(lock)
        shutil.rmtree(folder, ignore_errors=True)


def remove_left_copies() -> None:
    """Remove the folders of processes that were killed; those in use stay."""
    if os.name != "posix":
        return
    for place in {_MEMORY, Path(tempfile.gettempdir())}:
        for folder in place.glob(f"{_PREFIX}*") if place.is_dir() else ():
            with suppress(OSError):
                if folder.stat().st_uid == os.geteuid():
                    _remove_left(folder)


def _remove_left(folder: Path) -> None:
    """Remove a folder of this account whose lock nobody holds."""
    # A folder without a lock is being made at this very moment, or holds nothing yet.
    lock = os.open(folder / _LOCK, os.O_RDWR)
    try:
        if _take(lock):
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _take(lock: int) -> bool:
    """Take a lock that ends with this process; False if another has it."""
    if os.name != "posix":
        return True
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _place(need: int) -> Path | None:
    """Memory where there is enough of it, else None: the temporary folder."""
    with suppress(OSError):
        if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK):
            return _MEMORY if need < _SHARE * shutil.disk_usage(_MEMORY).free else None
    return None
