"""How long a pair takes, as a ratio to what no comparison can do without."""

from __future__ import annotations

import time
from pathlib import Path

import cv2

from progress.imaging import read_photo
from progress.landmarks import find_face
from progress.pipeline import compare_sessions, session_files


def pair_cost_ratio(baseline: Path, followup: Path) -> tuple[float, float, float]:
    """Processor time of comparing two faces over that of decoding both and finding both faces.

    Parameters
    ----------
    baseline, followup : Path
        Two photos of one face.

    Returns
    -------
    ratio, compare_s, floor_s : float
        Processor seconds on one OpenCV thread; the ratio holds on any machine, the seconds do not.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        find_face(read_photo(baseline))  # loads the model, which both sides need once
        start = time.process_time()
        for path in (baseline, followup):
            find_face(read_photo(path))
        floor_s = time.process_time() - start
        start = time.process_time()
        compare_sessions(session_files(baseline), session_files(followup))
        compare_s = time.process_time() - start
    finally:
        cv2.setNumThreads(threads)
    return compare_s / floor_s, compare_s, floor_s
