"""Originals for making a pack's pixels again: from a folder, or from a clinic's record."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from progress.model import BadInput, StoreError
from progress.pipeline.access import Action
from progress.pipeline.clinic import Clinic

_MOST_BYTES = 256 << 20
"""No photo that can be read is larger."""


def originals_in_folder(folder: Path, wanted: Collection[str]) -> dict[str, bytes]:
    """The files of a folder, and of those in it, that have one of these digests.

    Names do not matter. Links are not followed.

    Raises
    ------
    BadInput
        If it is no folder.
    """
    if not folder.is_dir():
        raise BadInput(
            f"--originals {folder}: expected a folder, got none",
            advice="name the folder that holds the original photos",
        )
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        if len(found) == len(set(wanted)):
            break
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _MOST_BYTES:
            continue
        data = path.read_bytes()
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 in wanted:
            found[sha256] = data
    return found


def originals_of_record(clinic: Clinic, wanted: Collection[str]) -> dict[str, bytes]:
    """The photos of a record that have one of these digests; those it does not hold are left out.

    Raises
    ------
    NotAllowed
        For who may not see every client's photos.
    """
    found: dict[str, bytes] = {}
    with clinic.asking(Action.SEE_PHOTO).reading() as record:
        for sha256 in wanted:
            try:
                found[sha256] = record.photo_bytes(sha256)
            except StoreError:
                continue  # another clinic's photo, or one that was erased: told as not possible
    return found
