"""Settings that nobody reads from the database alone: sealed with the record's key.

They are rows like any other setting, so that a backup carries them and a restore brings them back.
"""

from __future__ import annotations

import base64
import binascii

from progress.model import StoreError
from progress.store.crypt import NotSealed
from progress.store.reading import Reading
from progress.store.work import Work


def sealed_setting(record: Reading, name: str) -> bytes | None:
    """The bytes that `save_sealed_setting` kept under this name, or None.

    Parameters
    ----------
    record : Reading
        A unit of work reads too.
    name : str

    Raises
    ------
    StoreError
        If they changed since, or were sealed under another name or by another key.
    """
    stored = record.setting(name)
    if stored is None:
        return None
    try:
        sealed = base64.b64decode(stored, validate=True)
        return record._files.key.open(sealed, what=_what(name))
    except (binascii.Error, ValueError, NotSealed):
        raise StoreError(
            f"setting {name}: expected what the record's key sealed, got something else",
            advice="restore the record from a backup, or make it anew",
        ) from None


def save_sealed_setting(work: Work, name: str, data: bytes) -> None:
    """Keep bytes under a name, readable with the record's key only."""
    sealed = work._files.key.seal(data, what=_what(name))
    work.save_setting(name, base64.b64encode(sealed).decode("ascii"))


def _what(name: str) -> bytes:
    """Ties the sealed bytes to their name: one setting cannot be passed off as another."""
    return b"setting " + name.encode()
