"""How much memory a large pair takes, in a process of its own."""

from __future__ import annotations

import multiprocessing
import re
import resource
import tempfile
from pathlib import Path

import cv2
import numpy as np

from progress.imaging import DecodedPhoto, read_photo
from progress.phantom.camera import jpeg_bytes

_MEBI = 1 << 20


def aligned_pair_gib(photo: DecodedPhoto, *, megapixels: float) -> float:
    """Peak memory of decoding two large photos of a face, finding both and aligning them, GiB.

    Parameters
    ----------
    photo : DecodedPhoto
        A face; enlarged, and moved by some pixels for the second photo.
    megapixels : float
        Of each photo.
    """
    codes = photo.codes_8bit()
    enlarge = (megapixels * 1e6 / (codes.shape[0] * codes.shape[1])) ** 0.5
    size = (round(codes.shape[1] * enlarge), round(codes.shape[0] * enlarge))
    large = cv2.resize(codes, size, interpolation=cv2.INTER_CUBIC)
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for shift in (0.0, 9.0):
            move = np.array([[1.0, 0.0, shift], [0.0, 1.0, -shift]])
            moved = cv2.warpAffine(large, move, size, borderMode=cv2.BORDER_REPLICATE)
            paths.append(Path(folder) / f"{shift:.0f}.jpg")
            paths[-1].write_bytes(jpeg_bytes(np.asarray(moved, dtype=np.uint8), 92))
        answers = context.Queue()
        worker = context.Process(target=_aligned, args=(paths[0], paths[1], answers))
        worker.start()
        peak_kib = int(answers.get(timeout=600))
        worker.join()
    return peak_kib / _MEBI


def _aligned(first: Path, second: Path, answers: multiprocessing.Queue[int]) -> None:
    """Align two photos and tell the peak resident size of this process, KiB."""
    from progress.align import align_faces
    from progress.landmarks import find_face

    photos = [read_photo(path) for path in (first, second)]
    faces = [find_face(photo) for photo in photos]
    assert align_faces(photos[0], faces[0], photos[1], faces[1])  # noqa: S101 - or the figure lies
    answers.put(_peak_kib())


def _peak_kib() -> int:
    """Peak resident size of this process alone.

    ``ru_maxrss`` outlives exec and so still holds the size of the process that started this one;
    the kernel's high-water mark does not.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if found:
            return int(found[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
