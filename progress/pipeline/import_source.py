"""Files of an import, from a folder or out of a ZIP that nobody needs to trust.

Nothing is unpacked to the disk: a file is read into memory when its turn has come, and never more
of it than it may be large.
"""

from __future__ import annotations

import contextlib
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Protocol

from progress.imaging.decode import MAX_BYTES
from progress.model import BadInput
from progress.pipeline.import_tables import MAX_TABLE_BYTES, photo_names
from progress.pipeline.sources import PHOTO_SUFFIXES

MAX_FILES = 1_000_000
"""More photos than a clinic takes in decades; a ZIP that names more is no archive of photos."""
MAX_RATIO = 200
"""Bytes out for a byte in. Photos are packed already; flat uncompressed TIFF comes to about 50."""
_SMALL_BYTES = 10_000_000  # of what is so small, any ratio is harmless
_LEFT_BY_SYSTEMS = {"thumbs.db", "desktop.ini", ".ds_store"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the source. `problem` says why it must not be read, empty if it may."""

    name: str
    size: int
    modified_at: datetime | None = None
    problem: str = ""

    @property
    def folders(self) -> tuple[str, ...]:
        """Names of the folders that it lies in, outermost first."""
        return PurePosixPath(self.name).parts[:-1]

    @property
    def file(self) -> str:
        """Its own name."""
        return PurePosixPath(self.name).name

    @property
    def suffix(self) -> str:
        """Of its name, in small letters."""
        return PurePosixPath(self.name).suffix.lower()


class ImportSource(Protocol):
    """Where an import reads from."""

    @property
    def name(self) -> str:
        """For messages."""

    def entries(self) -> tuple[Entry, ...]:
        """Every file in order of name, less what systems and archives leave about."""

    def read(self, entry: Entry) -> bytes:
        """Its bytes; raises `BadInput` where they cannot be had."""


@contextlib.contextmanager
def open_source(path: Path) -> Iterator[ImportSource]:
    """The files of a folder, of a ZIP, or of the folder of a CSV table.

    Raises
    ------
    BadInput
        If there is nothing, or something else.
    """
    if path.is_dir():
        yield _Folder(path)
        return
    if not path.is_file():
        raise BadInput(
            f"{path}: expected a folder, a ZIP or a CSV, got nothing there", advice="check it"
        )
    if path.suffix.lower() == ".csv":
        # The folder may hold all that somebody owns: only what the table names is looked at.
        beside = {path.name, "clients.csv", "treatments.csv"}
        with path.open("rb") as stream:
            photos = photo_names(path.name, stream.read(MAX_TABLE_BYTES + 1))
        yield _Folder(path.parent, only=beside | {inside("", name) for name in photos})
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise BadInput(
            f"{path.name}: expected a folder, a ZIP or a CSV, got something else or a damaged ZIP",
            advice="name the folder that holds the photos",
        ) from None
    with archive:
        yield _Archive(path.name, archive)


class _Folder:
    """A folder with all below it, or what is named of it; links to folders are not followed."""

    def __init__(self, folder: Path, *, only: set[str] | None = None) -> None:
        self._folder = folder
        self._only = only

    @property
    def name(self) -> str:
        """The folder's."""
        return self._folder.name or str(self._folder)

    def entries(self) -> tuple[Entry, ...]:
        """As `ImportSource.entries`."""
        root = self._folder.resolve()
        if self._only is not None:
            return _limited(
                [self._entry(self._folder / name, name, root) for name in sorted(self._named())]
            )
        found: list[Entry] = []

        def closed(error: OSError) -> None:
            name = Path(str(error.filename)).relative_to(self._folder).as_posix()
            found.append(Entry(f"{name}/", 0, problem=f"cannot be read: {error.strerror}"))

        for parent, folders, files in os.walk(self._folder, onerror=closed):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for folder in folders:
                path = Path(parent) / folder
                if path.is_symlink():
                    name = path.relative_to(self._folder).as_posix()
                    found.append(Entry(f"{name}/", 0, problem="is a link to a folder"))
            for file in sorted(files):
                path = Path(parent) / file
                name = path.relative_to(self._folder).as_posix()
                if not _is_litter(name):
                    found.append(self._entry(path, name, root))
        return _limited(found)

    def _named(self) -> set[str]:
        """What is named and there, and the photos that lie right beside it."""
        found = set()
        for name in filter(None, self._only or ()):
            path = self._folder / name
            if path.is_symlink() or path.exists():
                found.add(name)
                if path.suffix.lower() in PHOTO_SUFFIXES:
                    found.update(
                        other.relative_to(self._folder).as_posix()
                        for other in path.parent.iterdir()
                        if other.suffix.lower() in PHOTO_SUFFIXES
                    )
        return {name for name in found if not _is_litter(name)}

    def _entry(self, path: Path, name: str, root: Path) -> Entry:
        """One file, with what speaks against reading it."""
        try:
            state = path.stat()
        except OSError as error:
            return Entry(name, 0, problem=f"cannot be read: {error.strerror or 'system error'}")
        problem = ""
        if not stat.S_ISREG(state.st_mode):
            problem = "is no ordinary file"
        elif path.is_symlink() and not path.resolve().is_relative_to(root):
            problem = "is a link that leads out of the folder"
        modified = datetime.fromtimestamp(state.st_mtime)  # noqa: DTZ006 - local, as cameras write
        return Entry(name, state.st_size, modified, problem)

    def read(self, entry: Entry) -> bytes:
        """As `ImportSource.read`."""
        try:
            with (self._folder / entry.name).open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except OSError as error:
            raise _unreadable(entry, error.strerror or "system error") from None
        return _whole(entry, data)


class _Archive:
    """An open ZIP."""

    def __init__(self, name: str, archive: zipfile.ZipFile) -> None:
        self._name = name
        self._archive = archive

    @property
    def name(self) -> str:
        """The file's."""
        return self._name

    def entries(self) -> tuple[Entry, ...]:
        """As `ImportSource.entries`; a name that stands there twice counts once, as it is read."""
        found: dict[str, Entry] = {}
        for info in self._archive.infolist():
            if info.is_dir() or _is_litter(info.filename):
                continue
            found[info.filename] = Entry(
                info.filename, info.file_size, _written_at(info), _problem(info)
            )
        return _limited([found[name] for name in sorted(found)])

    def read(self, entry: Entry) -> bytes:
        """As `ImportSource.read`; what the archive says of the size is not believed."""
        try:
            with self._archive.open(entry.name) as stream:
                data = stream.read(min(entry.size, MAX_BYTES) + 1)
        except (
            zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, KeyError,
            ValueError, zlib.error,
        ):  # fmt: skip
            raise _unreadable(entry, "damaged inside the ZIP") from None
        if len(data) > entry.size:
            raise _unreadable(entry, "larger than the ZIP says")
        return _whole(entry, data)


def inside(beside: str, name: str) -> str:
    """A name that a table gives as a name of the source; empty when it leads out of it.

    Parameters
    ----------
    beside : str
        Folder of the table within the source.
    name : str
        With slashes of either kind.
    """
    # A rooted name would lose its root below and might find a file by accident.
    if name.startswith(("/", "\\")) or ":" in name[:2]:
        return ""
    parts = [part for part in beside.split("/") if part]
    for part in name.replace("\\", "/").split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _problem(info: zipfile.ZipInfo) -> str:
    """What speaks against reading a member of an archive."""
    parts = PurePosixPath(info.filename).parts
    if (
        ".." in parts
        or info.filename.startswith(("/", "\\"))
        or "\\" in info.filename
        or ":" in parts[0]
        or "\x00" in info.orig_filename
    ):
        return "has a name that leads out of the archive"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "is a link"
    if info.flag_bits & 0x1:
        return "is locked by a password"
    packed = max(info.compress_size, 1)
    if info.file_size > _SMALL_BYTES and info.file_size / packed > MAX_RATIO:
        return f"unpacks to {info.file_size // packed} times its size, as no photo does"
    return ""


def _written_at(info: zipfile.ZipInfo) -> datetime | None:
    """When the file was last written; None where the ZIP does not say."""
    try:
        moment = datetime(*info.date_time)  # noqa: DTZ001 - local, as ZIP files write
    except ValueError:
        return None
    return moment if info.date_time[:3] != (1980, 1, 1) else None


def _is_litter(name: str) -> bool:
    """Whether a system left it there, and nobody would miss it."""
    parts = [part.lower() for part in PurePosixPath(name).parts]
    if not parts:
        return True
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return hidden or "__macosx" in parts or parts[-1] in _LEFT_BY_SYSTEMS


def _limited(entries: list[Entry]) -> tuple[Entry, ...]:
    """As given, unless there are too many; what is too large is said to be."""
    if len(entries) > MAX_FILES:
        raise BadInput(
            f"source: expected at most {MAX_FILES} files, got {len(entries)}",
            advice="import it in parts",
        )
    return tuple(
        Entry(e.name, e.size, e.modified_at, _too_large(e.size))
        if e.size > MAX_BYTES and not e.problem
        else e
        for e in entries
    )


def _too_large(size: int) -> str:
    """Why a file of this size is not read."""
    return f"is too large: {size / 1e6:.0f} MB of at most {MAX_BYTES // 10**6} MB"


def _whole(entry: Entry, data: bytes) -> bytes:
    """The bytes, unless there are more than may be."""
    if len(data) > MAX_BYTES:
        raise _unreadable(entry, "too large")
    return data


def _unreadable(entry: Entry, why: str) -> BadInput:
    """The error of one file, in one line."""
    return BadInput(f"{entry.name}: expected a readable file, got: {why}", advice="copy it again")
