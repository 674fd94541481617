"""Small pictures made from photos, kept sealed so that they need not be made again.

Losing them costs time only: whoever asks brings the recipe.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from progress.store.crypt import NotSealed, RecordKey
from progress.store.disk import make_private_folder, write_private_file


class DerivedFiles:
    """A cache of derived pictures under one folder, readable with one key only.

    Parameters
    ----------
    folder : Path
        Made with the first picture; may be deleted at any time.
    key : RecordKey
    """

    def __init__(self, folder: Path, key: RecordKey) -> None:
        self._folder = folder
        self._key = key

    def kept(self, sha256: str, recipe: str) -> bytes | None:
        """What was made from a photo by a recipe, or None if it is not there as it was kept."""
        with suppress(OSError, NotSealed):
            return self._key.open(
                self._path(sha256, recipe).read_bytes(), what=_what(sha256, recipe)
            )
        return None

    def keep(self, sha256: str, recipe: str, data: bytes) -> None:
        """Keep it; a disk that refuses is no error, it is only made again then."""
        path = self._path(sha256, recipe)
        part = path.with_name(f"{secrets.token_hex(8)}.part")
        with suppress(OSError):
            make_private_folder(path.parent)
            write_private_file(part, self._key.seal(data, what=_what(sha256, recipe)))
            part.replace(path)

    def forget(self, digests: Collection[str]) -> None:
        """Delete all that was made from these photos."""
        for sha256 in digests:
            with suppress(OSError):
                _empty(self._folder_of(sha256))

    def forget_strays(self, digests: Collection[str]) -> None:
        """Delete all that was made from photos other than these."""
        known = {self._key.name(sha256) for sha256 in digests}
        with suppress(OSError):
            for folder in [f for shard in self._folder.iterdir() for f in shard.iterdir()]:
                if folder.name not in known:
                    _empty(folder)

    def _folder_of(self, sha256: str) -> Path:
        name = self._key.name(sha256)
        return self._folder / name[:2] / name

    def _path(self, sha256: str, recipe: str) -> Path:
        return self._folder_of(sha256) / hashlib.sha256(recipe.encode()).hexdigest()[:32]


def _empty(folder: Path) -> None:
    """Delete a folder of files."""
    for path in folder.iterdir():
        path.unlink(missing_ok=True)
    folder.rmdir()


def _what(sha256: str, recipe: str) -> bytes:
    """Binds a derived picture to its photo and recipe."""
    return b"derived" + bytes.fromhex(sha256) + recipe.encode()
