"""The bundled face landmarker as one function that may be called from any thread.

The only module that imports mediapipe. It runs on this machine alone: version 0.10.31 holds no
address to report to (a test reads the library), while later versions send usage figures.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from progress.bundle import SHA256, model_path

MAX_FACES = 5
FINDER = f"mediapipe-0.10.31 face_landmarker {SHA256[:12]}"
SCHEME = "mediapipe-478"

# What the library says on every start; anything else it says is passed on.
_CHATTER = re.compile(
    rb"^(WARNING: All log messages before absl|INFO: Created TensorFlow Lite|[IW]\d{4} )"
)


@dataclass(frozen=True, slots=True, eq=False)
class RawFace:
    """One face as the landmarker gives it.

    Parameters
    ----------
    points_xyz : ndarray of float64, shape (478, 3)
        Pixels of the picture shown, origin at the centre of the top-left pixel; z in the same
        unit, smaller is nearer.
    blendshapes : mapping of str to float
        Expression, 0..1.
    """

    points_xyz: NDArray[np.float64] = field(repr=False)
    blendshapes: Mapping[str, float] = field(repr=False)


@contextlib.contextmanager
def _without_chatter() -> Iterator[None]:
    """Hold standard error back and pass on all of it except the known start-up lines."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, ValueError, AttributeError):  # no standard error to tidy
        yield
        return
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            said.seek(0)
            rest = [line for line in said if not _CHATTER.match(line)]
            with contextlib.suppress(OSError):
                os.write(2, b"".join(rest))


class _Landmarker:
    """One mediapipe graph behind a lock, made on first use, anew in every forked process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._graph: Any = None
        self._of_parent: list[Any] = []

    def detect(self, rgb: NDArray[np.uint8]) -> list[RawFace]:
        """Faces in a picture; see `detect_faces`."""
        import mediapipe as mp

        with self._lock:
            if self._graph is None:
                with _without_chatter():
                    self._graph = _make_graph()
                    # The interpreter's threads speak up at their first picture.
                    blank = np.zeros((64, 64, 3), dtype=np.uint8)
                    self._graph.detect(_mp_image(mp, blank))
            result = self._graph.detect(_mp_image(mp, rgb))
        height, width = rgb.shape[:2]
        faces = []
        for points, shapes in zip(result.face_landmarks, result.face_blendshapes, strict=True):
            # Normalised coordinates count from the edge of the picture, ours from the centre of
            # the first pixel; z is in units of the width.
            xyz = np.array([(p.x * width - 0.5, p.y * height - 0.5, p.z * width) for p in points])
            scores = {shape.category_name: float(shape.score) for shape in shapes}
            faces.append(RawFace(xyz, scores))
        return faces

    def close(self) -> None:
        """Free the graph; the next `detect` makes a new one."""
        with self._lock:
            graph, self._graph = self._graph, None
            if graph is not None:
                graph.close()

    def forget_after_fork(self) -> None:
        """In a forked child: the parent's threads are not here, so its graph would wait forever."""
        self._of_parent.append(self._graph)  # kept, because its destructor would wait as well
        self._graph = None
        self._lock = threading.Lock()


def _mp_image(mp: Any, rgb: NDArray[np.uint8]) -> Any:
    """The picture in the library's wrapper."""
    return mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(rgb))


def _make_graph() -> Any:
    """A new landmarker graph."""
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(model_path())),
        output_face_blendshapes=True,
        num_faces=MAX_FACES,
    )
    return vision.FaceLandmarker.create_from_options(options)


_LANDMARKER = _Landmarker()
atexit.register(_LANDMARKER.close)
if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_LANDMARKER.forget_after_fork)


def detect_faces(rgb: NDArray[np.uint8]) -> list[RawFace]:
    """Every face that the landmarker sees, at most `MAX_FACES`.

    Parameters
    ----------
    rgb : ndarray of uint8, shape (H, W, 3)
        sRGB codes. The networks inside work on 256 x 256 pixels, so more than about 1280 px brings
        nothing.

    Returns
    -------
    list of RawFace
        Empty when none is seen. Small faces (under about a fifth of the picture) are missed.
    """
    return _LANDMARKER.detect(rgb)


def close_landmarker() -> None:
    """Free the landmarker's memory now instead of at the end of the program."""
    _LANDMARKER.close()
