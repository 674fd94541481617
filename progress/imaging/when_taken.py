"""When a photo was taken, from its header alone: some hundred times quicker than decoding it."""

from __future__ import annotations

import contextlib
from datetime import datetime
from pathlib import Path

from progress.imaging.decode import _bytes_of, _opened
from progress.imaging.exif import EXIF_ERRORS, read_exif


def when_taken(source: Path, *, data: bytes | None = None) -> datetime | None:
    """The moment that the camera wrote into a photo, without zone; None where it wrote none.

    Parameters
    ----------
    source : Path
        The file; only its name is used when `data` is given.
    data : bytes, optional
        The file's bytes, if they are in memory already.

    Raises
    ------
    UnreadablePhoto
        If the header is not that of a photo. Damage further on is not seen here.
    """
    raw = _bytes_of(source, data)
    with contextlib.closing(_opened(source.name or "photo", raw)) as image:
        moment = read_exif(image).taken_at
        if moment is None and image.format == "PNG":
            # PNG may hold it after the pixels.
            with contextlib.suppress(*EXIF_ERRORS, EOFError, MemoryError, RuntimeError):
                image.load()
                moment = read_exif(image).taken_at
        return moment
