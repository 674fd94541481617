"""At most one worker on a record: a lock that goes with the process that holds it, even killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from progress.store.disk import make_private_file
from progress.store.record import Store

_NAME = "worker.lock"


@contextmanager
def only_worker(store: Store) -> Iterator[bool]:
    """Hold the worker's place of a record; yields False where another process or thread has it.

    Parameters
    ----------
    store : Store
        The lock is a file in its home folder, which workers on several machines have to share, as
        they have to share the photos.
    """
    path = _path(store)
    make_private_file(path)
    with path.open("r+b") as stream:
        yield _taken(stream.fileno())
        # Closing the file gives the place back.


def is_at_work(store: Store) -> bool:
    """Whether somebody holds the worker's place now."""
    if not _path(store).is_file():
        return False
    with only_worker(store) as mine:
        return not mine


def _path(store: Store) -> Path:
    return store._files.folder.parent / _NAME


def _taken(descriptor: int) -> bool:
    """Lock an open file at once, or say that it is locked."""
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError:
        return False
    return True
