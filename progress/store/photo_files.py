"""Photos as sealed files named by what is in them, written so that a crash leaves old or new.

A file is sealed with the record's key and written beside its place, flushed to the disk, renamed,
and its folder flushed, before the row that names it is committed. Until that commit a marker in
``incoming`` says that the file may lack a row; after a crash the marker tells `sweep_incoming`
where to look, so opening a record of a million photos need not list them.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from progress.model import StoreError
from progress.store.crypt import NotSealed, RecordKey
from progress.store.disk import (
    FOLDER_MODE,
    flush_folder,
    make_private_folder,
    write_private_file,
)

_SHA256 = re.compile(r"[0-9a-f]{64}")
INCOMING = "incoming"
SEALED = ".sealed"
"""Ends the name of every sealed file; a name without it is a plain file of the first version."""

Known = Callable[[Collection[str]], set[str]]
"""From digests to those that a committed row names."""


class PhotoFiles:
    """The original bytes of photos under one folder, readable with one key only.

    Parameters
    ----------
    folder : Path
        Made when missing; holds a folder for each first two digits of the files' names.
    key : RecordKey
        Gives the names and seals the bytes.
    """

    def __init__(self, folder: Path, key: RecordKey) -> None:
        self._folder = folder
        self._incoming = folder / INCOMING
        self._key = key
        make_private_folder(self._incoming)

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return self._folder

    @property
    def key(self) -> RecordKey:
        """What they are sealed with."""
        return self._key

    def path(self, sha256: str) -> Path:
        """Where the photo of this digest lies or would lie."""
        _check(sha256)
        return self.path_of_name(self._key.name(sha256) + SEALED)

    def path_of_name(self, name: str) -> Path:
        """Where the file of this name lies or would lie."""
        return self._folder / name[:2] / name

    def plain_path(self, sha256: str) -> Path:
        """Where the first version of this program kept the photo, unsealed."""
        return self._folder / _check(sha256)[:2] / sha256

    def write(self, data: bytes) -> tuple[str, Path | None]:
        """Store bytes; return their digest and the marker to remove once the row is committed.

        The marker is None when the photo was there already; a damaged file is replaced.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        if self.state(sha256) == "whole":
            return sha256, None
        marker = self.mark(sha256)
        self.place(sha256, data)
        return sha256, marker

    def place(self, sha256: str, data: bytes) -> None:
        """Seal bytes into the file of a digest; on the disk when this returns."""
        path = self.path(sha256)
        if not path.parent.is_dir():
            path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
            flush_folder(self._folder)
        part = self._incoming / f"{secrets.token_hex(8)}.part"
        write_private_file(part, self._key.seal(data, what=_what(sha256)))
        part.replace(path)
        flush_folder(path.parent)

    def mark(self, sha256: str) -> Path:
        """Say, on the disk, that this file may lack a row; return the marker."""
        marker = self._incoming / f"{secrets.token_hex(8)}.new"
        write_private_file(marker, self._key.seal(bytes.fromhex(sha256), what=b"marker"))
        flush_folder(self._incoming)
        return marker

    def read(self, sha256: str) -> bytes:
        """Original bytes of a photo, checked against their digest.

        Raises
        ------
        StoreError
            If the file is gone or its content changed.
        """
        try:
            data = self._bytes(sha256)
        except FileNotFoundError:
            raise StoreError(
                f"expected the photo {sha256[:12]} in the record, got no file",
                advice="restore the photos folder from a backup",
            ) from None
        except NotSealed:
            data = b""
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StoreError(
                f"expected the photo {sha256[:12]} as it was stored, got other bytes",
                advice="restore the photos folder from a backup",
            )
        return data

    def sealed_bytes(self, sha256: str) -> bytes:
        """The sealed file of a photo as it lies there, checked to open to that photo.

        Raises
        ------
        FileNotFoundError
            If there is none.
        NotSealed
            If it opens to something else or not at all.
        """
        sealed = self.path(sha256).read_bytes()
        data = self._key.open(sealed, what=_what(sha256))
        if hashlib.sha256(data).hexdigest() != sha256:
            raise NotSealed("expected the photo of this digest, got another")
        return sealed

    def state(self, sha256: str) -> str:
        """``"whole"``, ``"missing"`` or ``"damaged"``."""
        try:
            data = self._bytes(sha256)
        except FileNotFoundError:
            return "missing"
        except NotSealed:
            return "damaged"
        return "whole" if hashlib.sha256(data).hexdigest() == sha256 else "damaged"

    def names(self) -> Iterator[str]:
        """Names of all files, row or no row, sealed or plain."""
        for shard in self._folder.iterdir():
            if shard.name != INCOMING and shard.is_dir():
                yield from (f.name for f in shard.iterdir() if is_photo_file(f.name))

    def names_of(self, digests: Collection[str]) -> set[str]:
        """The names that the sealed files of these digests have."""
        return {self._key.name(sha256) + SEALED for sha256 in digests}

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
        unsure = {sha256 for file in left for sha256 in self._marked(file)}
        removed = self.remove(unsure - known(unsure))
        for file in left:
            file.unlink(missing_ok=True)
        return removed

    def remove(self, digests: Collection[str]) -> tuple[str, ...]:
        """Delete photos that no row names; return the digests of those that were there."""
        there = []
        for sha256 in sorted(digests):
            paths = [p for p in (self.path(sha256), self.plain_path(sha256)) if p.is_file()]
            for path in paths:
                path.unlink()
            there += [sha256] if paths else []
        return tuple(there)

    def _bytes(self, sha256: str) -> bytes:
        """What the file of a digest holds, unchecked; a plain one of the first version as well."""
        try:
            sealed = self.path(sha256).read_bytes()
        except FileNotFoundError:
            try:
                return self.plain_path(sha256).read_bytes()
            except FileNotFoundError:
                # It may have been sealed between the two looks.
                sealed = self.path(sha256).read_bytes()
        return self._key.open(sealed, what=_what(sha256))

    def _marked(self, file: Path) -> list[str]:
        """The digest that a marker speaks of; none for another file or one cut short.

        A marker is on the disk before its photo gets its name, so one cut short speaks of nothing.
        """
        if file.suffix != ".new":
            return []
        if _SHA256.fullmatch(file.name[:64]):
            return [file.name[:64]]  # as the first version wrote them
        try:
            return [self._key.open(file.read_bytes(), what=b"marker").hex()]
        except NotSealed:
            return []


def is_photo_file(name: str) -> bool:
    """Whether a file of this name holds a photo, sealed or, from the first version, plain."""
    return _SHA256.fullmatch(name.removesuffix(SEALED)) is not None


def _check(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"sha256: expected 64 hexadecimal digits, got {sha256!r}")
    return sha256


def _what(sha256: str) -> bytes:
    """Binds a sealed photo to the digest of its plain bytes."""
    return b"photo" + bytes.fromhex(sha256)
