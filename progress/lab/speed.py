"""How long a pair takes, its metrics and its error, beside what no comparison can do without."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2

from progress.imaging import read_photo
from progress.landmarks import find_face
from progress.model import NotMeasured
from progress.pipeline import Options, compare_sessions, session_files
from progress.pipeline.cameras import Cameras
from progress.pipeline.engine import follow
from progress.pipeline.matched import Looked
from progress.pipeline.picture import measure_picture
from progress.pipeline.rehearsal import rehearse

_JPEG_QUALITY = 92
_REPEATS = 3
"""The least of so many runs counts for what takes a second: what else the machine does adds to a
run and never takes away."""


@dataclass(frozen=True, slots=True)
class PairCost:
    """Processor seconds on one core. Ratios hold on any machine, the seconds do not.

    Parameters
    ----------
    floor_s : float
        Decoding two photos and finding both faces.
    compare_s : float
        Comparing them, all of it.
    metrics_s : float
        Every metric in every region of one of them, once it is aligned.
    null_s : float
        The error of every change: the first photo shot again in simulation, all re-shoots measured.
    n_reshoots : int
        How many those are.
    """

    floor_s: float
    compare_s: float
    metrics_s: float
    null_s: float
    n_reshoots: int

    @property
    def ratio(self) -> float:
        """Of the whole comparison to the floor."""
        return self.compare_s / self.floor_s


def pair_cost(baseline: Path, followup: Path) -> PairCost:
    """Processor time of comparing two faces and of its dear parts, on one OpenCV thread.

    Parameters
    ----------
    baseline, followup : Path
        Two photos of one face.

    Returns
    -------
    PairCost

    Raises
    ------
    ValueError
        If nothing can be measured on the baseline.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        find_face(read_photo(baseline))  # loads the model, which both sides need once
        floor_s = _least_s(lambda: [find_face(read_photo(path)) for path in (baseline, followup)])
        sessions = session_files(baseline), session_files(followup)
        start = time.process_time()
        compare_sessions(*sessions)
        compare_s = time.process_time() - start
        metrics_s, null_s, n_reshoots = _parts(baseline)
    finally:
        cv2.setNumThreads(threads)
    return PairCost(floor_s, compare_s, metrics_s, null_s, n_reshoots)


def _parts(photo: Path) -> tuple[float, float, int]:
    """Seconds of all metrics of a photo and of its re-shoots, and how many those are."""
    options = Options()
    followed = follow([session_files(photo)], Options(reshoots=0), lambda what, share: None)
    shot, metrics, axes = followed.measured[0][0], followed.metrics, followed.frame.axes
    looked, picture = Looked.at(shot), shot.picture
    if looked is None or picture is None:
        raise ValueError(f"{photo.name}: expected a face that can be measured")
    reference = None if isinstance(shot.reference, NotMeasured) else shot.reference

    def measure() -> object:
        return measure_picture(
            picture, metrics, axes=axes, reference=reference, blocked=shot.blocked
        )

    def shoot() -> object:
        return rehearse(
            picture, metrics, axes=axes, reference=reference, blocked=shot.blocked,
            cameras=Cameras(jpeg_qualities=(_JPEG_QUALITY,)), n=options.reshoots,
            seed=options.seed, with_repeats=False, watch=lambda share: None, baseline=looked,
        )  # fmt: skip

    return _least_s(measure), _least_s(shoot), options.reshoots


def _least_s(work: Callable[[], object]) -> float:
    """Processor seconds of the quickest of three runs."""
    taken = []
    for _ in range(_REPEATS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)
