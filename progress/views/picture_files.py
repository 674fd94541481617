"""Pictures to bytes and files: clean of metadata, whole or not at all."""

from __future__ import annotations

import base64
import io
import os
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from progress.model import BadInput
from progress.views.frames import Codes

_FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"}
BLINK_MS = 900
"""Slower than three changes a second, below which flicker is held to be safe (WCAG 2.2, 2.3.1)."""


def picture_bytes(picture: Codes, *, form: str = "JPEG", quality: int = 88) -> bytes:
    """Return an encoded picture without any metadata.

    Parameters
    ----------
    picture : ndarray of uint8, shape (H, W, 3)
        sRGB codes. It is encoded from the bare array, so nothing of a photo's file can follow.
    form : str
        ``"JPEG"``, ``"PNG"`` or ``"WEBP"``.
    quality : int
        1..100, for JPEG and WebP.
    """
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3:
        raise ValueError(f"picture: expected uint8 (H, W, 3), got {picture.dtype} {picture.shape}")
    held = io.BytesIO()
    image = Image.fromarray(picture)
    if form == "PNG":
        image.save(held, form, compress_level=6)
    else:
        # 4:4:4, because redness lives in the chroma that 4:2:0 would halve.
        extra = {"subsampling": 0} if form == "JPEG" else {}
        image.save(held, form, quality=quality, **extra)
    return held.getvalue()


def data_uri(picture: Codes, *, quality: int = 86) -> str:
    """Return a picture as a ``data:image/jpeg`` address for a page that must open offline."""
    encoded = base64.b64encode(picture_bytes(picture, quality=quality)).decode("ascii")
    return f"data:image/jpeg;base64,{encoded}"


def save_picture(path: Path, picture: Codes, *, quality: int = 90) -> Path:
    """Write a picture and return its path; a reader sees the old file or the new one, no part.

    Parameters
    ----------
    path : Path
        Ends in .jpg, .png or .webp; its folder is made if missing.
    picture : ndarray of uint8, shape (H, W, 3)
        sRGB codes.
    quality : int
        1..100, for JPEG and WebP.

    Raises
    ------
    BadInput
        If the ending is none of these.
    """
    return save_bytes(path, picture_bytes(picture, form=_format(path), quality=quality))


def save_blink(path: Path, frames: tuple[Codes, Codes]) -> Path:
    """Write two pictures of one size as an endless animation (WebP) and return its path."""
    if _format(path) != "WEBP":
        raise BadInput(f"{path.name}: expected a name ending in .webp", advice="rename it")
    held = io.BytesIO()
    first, second = (Image.fromarray(frame) for frame in frames)
    first.save(
        held,
        "WEBP",
        save_all=True,
        append_images=[second],
        duration=BLINK_MS,
        loop=0,
        quality=85,
        method=2,
    )
    return save_bytes(path, held.getvalue())


def save_text(path: Path, text: str) -> Path:
    """Write a text file as UTF-8 and return its path, whole or not at all."""
    return save_bytes(path, text.encode("utf-8"))


def _format(path: Path) -> str:
    """Pillow's format name for a file ending."""
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise BadInput(
            f"{path.name}: expected a picture name ending in .jpg, .png or .webp",
            advice="choose one of these endings",
        )
    return form


def save_bytes(path: Path, content: bytes) -> Path:
    """Write a file and return its path: temporary file beside it, fsync, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # mkstemp makes files for the owner alone; a report is meant to be readable as usual files.
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path
