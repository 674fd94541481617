"""A comparison as it will look, small and without credentials, for whoever decides to let it out.

The file itself is handed over only after its leaving was noted; what is looked at before is a copy
of the size of a screen that proves nothing.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from progress.exports.layouts import Layout
from progress.exports.marketing_files import HOLD_S
from progress.exports.timelapse import timelapse_bytes
from progress.views.frames import Codes
from progress.views.picture_files import picture_bytes
from progress.views.pictures import fitted

_SCREEN_PX, _FILM_PX = 1600, 720
"""Longer side: words under two panels can be read; a film is made in a second or two."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a screen shows of a comparison that was not let out yet.

    Parameters
    ----------
    layout : Layout
    frames : tuple of bytes
        JPEG: one, the two of a slider, or one for each day of a time-lapse.
    film : bytes or None
        WebM of a time-lapse.
    """

    layout: Layout
    frames: tuple[bytes, ...] = field(repr=False)
    film: bytes | None = field(default=None, repr=False)


def preview_of(layout: Layout, data: bytes, pack: bytes) -> Preview:
    """Return what a screen shows of a comparison.

    Parameters
    ----------
    layout : Layout
    data : bytes
        The file that will leave.
    pack : bytes
        Its evidence pack, which holds every frame of what moves as a picture of its own.
    """
    if not layout.in_frames:
        return Preview(layout, (picture_bytes(_small(data, _SCREEN_PX)),))
    side = _FILM_PX if layout is Layout.TIME_LAPSE else _SCREEN_PX
    frames = [_small(frame, side) for frame in _frames(pack)]
    film = timelapse_bytes(frames, ".webm", hold_s=HOLD_S) if layout is Layout.TIME_LAPSE else None
    return Preview(layout, tuple(picture_bytes(frame) for frame in frames), film)


def _small(jpeg: bytes, most_px: int) -> Codes:
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        return fitted(np.asarray(image.convert("RGB")), most_px)


def _frames(pack: bytes) -> list[bytes]:
    """The pictures of a pack in their order: ``picture.jpg``, ``picture-2.jpg``, ``picture-10``."""
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        names = [n for n in archive.namelist() if n.startswith("picture") and n.endswith(".jpg")]
        return [archive.read(name) for name in sorted(names, key=lambda name: (len(name), name))]
