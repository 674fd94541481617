"""An evidence pack as it was read: its files, and its texts when they are asked for."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from progress.exports.evidence import FORMAT, MANIFEST, SIGNER
from progress.exports.evidence_archive import read_json
from progress.exports.evidence_verdict import plain_words
from progress.exports.recipe import Recipe
from progress.model import ProgressError
from progress.pipeline.signing_certificates import read_public_key
from progress.pipeline.signing_identity import fingerprint_of

MALFORMED = (
    ProgressError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError,
    OSError, MemoryError, RecursionError, struct.error,
)  # fmt: skip
"""What a text of another shape than ours runs into."""


class CheckFailed(Exception):  # noqa: N818 - named for what it says
    """A check that failed, with its reason."""


class CheckNotPossible(Exception):  # noqa: N818 - named for what it says
    """A check that could not be made, with its reason."""


@dataclass(frozen=True)
class ReadPack:
    """The files of a pack, its texts read when they are asked for."""

    files: Mapping[str, bytes] = field(repr=False)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What is signed; raises `ValueError` if it is of another format."""
        told = read_json(self.files[MANIFEST])
        if not isinstance(told, dict) or told.get("format") != FORMAT:
            raise ValueError(f"{MANIFEST}: expected {FORMAT}")
        return told

    @cached_property
    def signer(self) -> dict[str, Any]:
        """Who says to have signed."""
        told = read_json(self.files[SIGNER])
        if not isinstance(told, dict):
            raise ValueError(f"{SIGNER}: expected an object")
        return told

    @cached_property
    def public_key(self) -> bytes:
        """The 32 bytes of the key that comes with the pack."""
        return read_public_key(self.signer["public_key"]).public_bytes_raw()

    def recipe(self, name: str) -> Recipe:
        """The recipe in a file; raises `BadInput` if it is none."""
        return Recipe.from_dict(read_json(self.files[name]))

    def pictures(self) -> list[dict[str, Any]]:
        """Exported files that have a recipe."""
        return [one for one in self.manifest["exported"] if one["recipe"] is not None]

    def told_pictures(self) -> bool:
        """Whether there are such files; True also where that cannot be read."""
        try:
            return bool(self.pictures())
        except MALFORMED:
            return True

    def told_others(self) -> bool:
        """Whether there are exported files without a recipe."""
        try:
            return len(self.pictures()) < len(self.manifest["exported"])
        except MALFORMED:
            return False

    def told_of_itself(self) -> tuple[str, str, str, str]:
        """Export, organisation, fingerprint and time, as far as they can be read."""
        readers: tuple[Callable[[], Any], ...] = (
            lambda: self.manifest["export_id"],
            lambda: self.signer["organisation"],
            lambda: fingerprint_of(self.public_key),
            lambda: self.manifest["made_at"],
        )
        told = []
        for read in readers:
            try:
                told.append(plain_words(read()))
            except MALFORMED:
                told.append("")
        return told[0], told[1], told[2], told[3]


def sha256_of(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
