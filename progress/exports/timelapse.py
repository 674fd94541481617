"""A course in motion: aligned pictures one after the other, as WebM, WebP or MP4.

What each form adds by itself, and what becomes of it: encoders write their name into WebM and MP4,
which is overwritten here byte for byte; a WebP by Pillow carries nothing.
"""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from progress.model import BadInput
from progress.views.frames import Codes
from progress.views.picture_files import save_bytes

HOLD_S = 1.5
"""Long enough to look at a face, and slower than three changes a second (WCAG 2.2, 2.3.1)."""
ENDINGS = (".webm", ".webp", ".mp4")
_LEAST_HOLD_S, _MOST_HOLD_S = 0.4, 20.0
_FPS = 4
"""Pictures are repeated at this rate: some players drop the last one of a slower film, and VP9
takes a tenth of a second for each repeat."""
_WEBP_QUALITY, _MP4_CRF = 90, 17
_BANNERS = re.compile(rb"Lavf[0-9.]+|Lavc[0-9.]+(?: [A-Za-z0-9_-]+)?|x264 - core [\x20-\x7e]+")
_OWN = b"progress"


def write_timelapse(
    frames: Sequence[Codes], path: Path, *, hold_s: float = HOLD_S, lossless: bool = False
) -> Path:
    """Write pictures one after the other and return the path; the file is there whole or not.

    Parameters
    ----------
    frames, hold_s, lossless
        As `timelapse_bytes`.
    path : Path
        Ends in .webm, .webp or .mp4.

    Raises
    ------
    BadInput
        As `timelapse_bytes`.
    """
    content = timelapse_bytes(frames, path.suffix, hold_s=hold_s, lossless=lossless)
    return save_bytes(path, content)


def timelapse_bytes(
    frames: Sequence[Codes], suffix: str, *, hold_s: float = HOLD_S, lossless: bool = False
) -> bytes:
    """Return the file of a time-lapse, without metadata.

    Parameters
    ----------
    frames : sequence of ndarray of uint8, shape (H, W, 3)
        RGB, of one size. Films need even sides: an odd one gets its last row or column twice.
    suffix : str
        ``".webm"`` (VP9), ``".webp"`` (animated, endless) or ``".mp4"`` (H.264, extra ``video``).
    hold_s : float
        How long each picture stands, 0.4 to 20 s; films round it to a quarter.
    lossless : bool
        For .webp only: every code comes back as it was, in a file several times as large.

    Raises
    ------
    BadInput
        If the ending is another, a size differs, or .mp4 is asked for without the extra.
    """
    _check(frames, suffix.lower(), hold_s)
    if suffix.lower() == ".webp":
        return _webp(frames, hold_s, lossless=lossless)
    film = [_even(frame) for frame in frames]
    made = _webm(film, hold_s) if suffix.lower() == ".webm" else _mp4(film, hold_s)
    return _BANNERS.sub(lambda found: _OWN.ljust(len(found[0]))[: len(found[0])], made)


def _check(frames: Sequence[Codes], suffix: str, hold_s: float) -> None:
    if suffix not in ENDINGS:
        raise BadInput(
            f"time-lapse: expected a name ending in {', '.join(ENDINGS)}, got {suffix or 'none'}",
            advice="choose one of these endings",
        )
    if not _LEAST_HOLD_S <= hold_s <= _MOST_HOLD_S:
        raise BadInput(
            f"time-lapse: expected {_LEAST_HOLD_S} to {_MOST_HOLD_S:g} s for each picture, "
            f"got {hold_s:g}",
            advice="flicker can harm people; choose a longer time",
        )
    if not frames:
        raise BadInput("time-lapse: expected pictures, got none", advice="choose another course")
    for frame in frames:
        if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
            raise ValueError(f"frames: expected uint8 (H, W, 3), got {frame.dtype} {frame.shape}")
        if frame.shape != frames[0].shape:
            raise ValueError(f"frames: expected one size, got {frames[0].shape}, {frame.shape}")


def _even(frame: Codes) -> Codes:
    """The frame with its last row and column twice where a side is odd."""
    height, width = frame.shape[:2]
    return np.pad(frame, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def _webp(frames: Sequence[Codes], hold_s: float, *, lossless: bool) -> bytes:
    held = io.BytesIO()
    first, *others = (Image.fromarray(frame) for frame in frames)
    first.save(
        held, "WEBP", save_all=True, append_images=others, duration=round(1000 * hold_s), loop=0,
        quality=_WEBP_QUALITY, lossless=lossless, method=3, minimize_size=False, allow_mixed=False,
    )  # fmt: skip
    return held.getvalue()


def _webm(frames: Sequence[Codes], hold_s: float) -> bytes:
    height, width = frames[0].shape[:2]
    with tempfile.TemporaryDirectory(prefix="timelapse-") as folder:
        path = Path(folder) / "film.webm"
        tag = cv2.VideoWriter.fourcc(*"VP90")
        with _silenced():
            writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, tag, float(_FPS), (width, height))
        if not writer.isOpened():
            raise BadInput("time-lapse: this OpenCV cannot write .webm", advice="choose .webp")
        for frame in frames:
            turned = cv2.cvtColor(frame, cv2.COLOR_RGB2BGR)
            for _ in range(_repeats(hold_s)):
                writer.write(turned)
        writer.release()
        return path.read_bytes()


def _mp4(frames: Sequence[Codes], hold_s: float) -> bytes:
    av = _video_library()
    height, width = frames[0].shape[:2]
    held = io.BytesIO()
    with av.open(held, "w", format="mp4", options={"fflags": "+bitexact"}) as film:
        stream = film.add_stream("libx264", rate=_FPS)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": str(_MP4_CRF), "preset": "medium"}
        for frame in frames:
            shown = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")
            for _ in range(_repeats(hold_s)):
                shown.pts = None
                film.mux(stream.encode(shown))
        film.mux(stream.encode())
    return held.getvalue()


def _repeats(hold_s: float) -> int:
    return max(2, round(hold_s * _FPS))


def _video_library() -> Any:
    try:
        import av
    except ImportError:
        raise BadInput(
            "time-lapse: .mp4 needs the extra “video” (PyAV), which is not installed",
            advice="choose .webm or .webp, or install skin-progress[video]",
        ) from None
    return av


@contextmanager
def _silenced() -> Iterator[None]:
    """Without the line that OpenCV's encoder prints on a tag that it then writes after all."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
