"""The container of an evidence pack: a ZIP that can be laid out in one way only.

Files are stored uncompressed under plain names, with one fixed time and no comment, so that the
same files always make the same bytes: no byte of a pack is without meaning, whatever reads it finds
what was signed, and no small file unfolds into a large one.
"""

from __future__ import annotations

import io
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from progress.model import BadInput

MOST_BYTES = 1 << 30
"""A pack holds a few photos and texts; one gibibyte is more than any clinic sends."""
MOST_FILES = 200
MOST_JSON_BYTES = 32 << 20
"""A long course with every measurement is under two megabytes."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]{1,5})?")
_MOST_NAME = 60
_VERSION, _UNIX = 20, 3
_DAY = (1 << 5) | 1
"""1 January 1980, the first day a ZIP can name: when files were written is nobody's business."""
_RIGHTS = (stat.S_IFREG | 0o644) << 16
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_ZIP_ERRORS = (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError, OSError)


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """The files as a ZIP, in their order; the same files give the same bytes on any machine.

    Parameters
    ----------
    files : mapping of str to bytes
        Names of small letters, digits and hyphens with one short ending.

    Raises
    ------
    ValueError
        If a name is another, or it would be larger than a pack may be.
    """
    total = sum(len(data) + 2 * len(name) + 200 for name, data in files.items())
    if len(files) > MOST_FILES or total > MOST_BYTES:
        raise ValueError(f"pack: expected at most {MOST_FILES} files, got {len(files)}, {total} B")
    body, directory = io.BytesIO(), io.BytesIO()
    for name, data in files.items():
        if not _is_plain(name):
            raise ValueError(f"pack: expected a plain file name, got {name!r}")
        raw, at, crc, n = name.encode("ascii"), body.tell(), zlib.crc32(data), len(data)
        body.write(
            _LOCAL.pack(b"PK\3\4", _VERSION, 0, 0, 0, _DAY, crc, n, n, len(raw), 0) + raw + data
        )
        made_by = _VERSION | _UNIX << 8
        directory.write(
            _CENTRAL.pack(
                b"PK\1\2", made_by, _VERSION, 0, 0, 0, _DAY, crc, n, n,
                len(raw), 0, 0, 0, 0, _RIGHTS, at,
            )
            + raw
        )  # fmt: skip
    at, n, size = body.tell(), len(files), directory.tell()
    return body.getvalue() + directory.getvalue() + _END.pack(b"PK\5\6", 0, 0, n, n, size, at, 0)


def read_archive(path: Path) -> tuple[dict[str, bytes], bool]:
    """The files of a pack, and whether it is laid out exactly as `write_archive` would.

    Damaged contents come back as they are: their digests tell.

    Parameters
    ----------
    path : Path

    Raises
    ------
    BadInput
        If it is too large, no ZIP, or holds what no pack does: compressed or encrypted files,
        links, folders, names twice or beyond the folder.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise _refused(path, "a file", "something else")
        if size > MOST_BYTES:
            raise _refused(path, f"at most {MOST_BYTES >> 20} MiB", f"{size >> 20} MiB")
        raw = path.read_bytes()
    except OSError as error:
        raise _refused(path, "a file", error.strerror or "none") from None
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
    except _ZIP_ERRORS:
        raise _refused(path, "a ZIP file", "something else or a damaged one") from None
    files = _contents(path, members, raw)
    return files, write_archive(files) == raw


def read_json(data: bytes) -> Any:
    """What a JSON text says, read strictly: no key twice, nothing that is not a number.

    Raises
    ------
    ValueError
        If it is no such text, or larger or deeper than any of ours.
    """
    if len(data) > MOST_JSON_BYTES:
        raise ValueError(f"expected at most {MOST_JSON_BYTES >> 20} MiB of JSON")
    try:
        return json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except RecursionError:
        raise ValueError("expected JSON that is less deeply nested") from None


def canonical_json(told: Any) -> bytes:
    """The one way in which packs write JSON: sorted keys, one line for each value, UTF-8."""
    text = json.dumps(told, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8") + b"\n"


def _contents(path: Path, members: list[zipfile.ZipInfo], raw: bytes) -> dict[str, bytes]:
    """The bytes of every member, none of which is unpacked."""
    if len(members) > MOST_FILES:
        raise _refused(path, f"at most {MOST_FILES} files in it", str(len(members)))
    # Members may share bytes, or claim more than there are.
    if sum(member.file_size for member in members) > len(raw):
        raise _refused(path, "files that fit into it", "more bytes than it has")
    files: dict[str, bytes] = {}
    for member in members:
        if not _is_plain(member.filename):
            raise _refused(path, "plain file names", f"{member.filename!r:.60}")
        if member.filename in files:
            raise _refused(path, "every name once", f"{member.filename} twice")
        if member.flag_bits & 0x1:
            raise _refused(path, "files that are not encrypted", f"{member.filename} encrypted")
        if stat.S_IFMT(member.external_attr >> 16) not in {0, stat.S_IFREG}:
            raise _refused(path, "files only", f"{member.filename} as a link or device")
        if member.compress_type != zipfile.ZIP_STORED or member.compress_size != member.file_size:
            raise _refused(path, "files that are not compressed", f"{member.filename} compressed")
        files[member.filename] = _bytes_of(path, member, raw)
    return files


def _bytes_of(path: Path, member: zipfile.ZipInfo, raw: bytes) -> bytes:
    """What stands behind a member's own header; its checksum is not asked."""
    at = member.header_offset
    if not 0 <= at <= len(raw) - _LOCAL.size:
        raise _refused(path, f"the file {member.filename}", "a place beyond the end")
    *_, n_name, n_extra = _LOCAL.unpack_from(raw, at)
    begin = at + _LOCAL.size + n_name + n_extra
    if begin + member.file_size > len(raw):
        raise _refused(path, f"the file {member.filename}", "a place beyond the end")
    return raw[begin : begin + member.file_size]


def _is_plain(name: str) -> bool:
    return len(name) <= _MOST_NAME and _NAME.fullmatch(name) is not None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys come once: readers differ on which of two they believe."""
    told = dict(pairs)
    if len(told) != len(pairs):
        raise ValueError("expected every key once")
    return told


def _no_constant(name: str) -> Any:
    raise ValueError(f"expected numbers, got {name}")


def _refused(path: Path, expected: str, got: str) -> BadInput:
    return BadInput(
        f"{path.name}: expected {expected}, got {got}",
        advice="give an evidence pack as progress wrote it",
    )
