"""Photos as files named by what is in them, written so that a crash leaves old or new.

A file is written beside its place, flushed to the disk, renamed, and its folder flushed, before
the row that names it is committed. Until that commit a marker in ``incoming`` says that the file
may lack a row; after a crash the marker tells `sweep` where to look, so opening a record of a
million photos need not list them.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from progress.model import StoreError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE_MODE = 0o600
_FOLDER_MODE = 0o700
_INCOMING = "incoming"

Known = Callable[[Collection[str]], set[str]]
"""From digests to those that a committed row names."""


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter, and its parents; leave an existing one."""
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)


def make_private_file(path: Path) -> None:
    """Make an empty file that only its owner may read; leave an existing one."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, _FILE_MODE))


class PhotoFiles:
    """The original bytes of photos under one folder.

    Parameters
    ----------
    folder : Path
        Made when missing; holds ``ab/cd.../`` style shards by the first two digits.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / _INCOMING
        make_private_folder(self._incoming)

    def path(self, sha256: str) -> Path:
        """Where the photo of this digest lies or would lie."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"sha256: expected 64 hexadecimal digits, got {sha256!r}")
        return self._folder / sha256[:2] / sha256

    def write(self, data: bytes) -> tuple[str, Path | None]:
        """Store bytes; return their digest and the marker to remove once the row is committed.

        The marker is None when the photo was there already; a damaged file is replaced.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.path(sha256)
        if self.state(sha256) == "whole":
            return sha256, None
        shard = path.parent
        if not shard.is_dir():
            shard.mkdir(mode=_FOLDER_MODE, exist_ok=True)
            _flush_folder(self._folder)
        stem = f"{sha256}-{secrets.token_hex(4)}"
        part, marker = self._incoming / f"{stem}.part", self._incoming / f"{stem}.new"
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _FILE_MODE)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        make_private_file(marker)
        _flush_folder(self._incoming)
        part.replace(path)
        _flush_folder(shard)
        return sha256, marker

    def read(self, sha256: str) -> bytes:
        """Original bytes of a photo, checked against their name.

        Raises
        ------
        StoreError
            If the file is gone or its content changed.
        """
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise StoreError(
                f"expected the photo {sha256[:12]} in the record, got no file",
                advice="restore the photos folder from a backup",
            ) from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StoreError(
                f"expected the photo {sha256[:12]} as it was stored, got other bytes",
                advice="restore the photos folder from a backup",
            )
        return data

    def state(self, sha256: str) -> str:
        """``"whole"``, ``"missing"`` or ``"damaged"``."""
        path = self.path(sha256)
        if not path.is_file():
            return "missing"
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return "whole" if digest == sha256 else "damaged"

    def digests(self) -> Iterator[str]:
        """Digests of all files, row or no row."""
        for shard in self._folder.iterdir():
            if shard.name != _INCOMING and shard.is_dir():
                yield from (f.name for f in shard.iterdir() if _SHA256.fullmatch(f.name))

    def is_clean(self) -> bool:
        """Whether no write was cut short and none is under way."""
        return not any(self._incoming.iterdir())

    def sweep_incoming(self, known: Known) -> tuple[str, ...]:
        """Finish what a crash left; call it only while nobody else writes.

        Half-written files go, files whose row was never committed go, their markers go.

        Returns
        -------
        tuple of str
            Digests of the photos removed.
        """
        left = list(self._incoming.iterdir())
        unsure = {file.name[:64] for file in left if file.suffix == ".new"}
        removed = self.remove(unsure - known(unsure))
        for file in left:
            file.unlink(missing_ok=True)
        return removed

    def remove(self, digests: Collection[str]) -> tuple[str, ...]:
        """Delete photos that no row names; return the digests of those that were there."""
        there = tuple(sorted(d for d in digests if self.path(d).is_file()))
        for sha256 in there:
            self.path(sha256).unlink()
        return there


def _flush_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk; Windows does it by itself and has no call."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
