"""What guidance costs, as a ratio to what no answer about a photo can do without.

``python -m progress.lab.guidance_cost BASELINE PHOTO`` prints it for two photos of one face.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2

from progress.imaging import read_photo
from progress.lab.figures import LabFigure, at_most, figures_table
from progress.landmarks import find_face
from progress.pipeline.guidance import guide
from progress.pipeline.known_photo import know

MOST_RATIO = 4.0
"""Decoding 12 megapixels and finding the face take about a quarter of a second on one core of 2020,
so four times that is the second that a practitioner waits."""
MOST_S, TWELVE_MP = 1.0, 10.0
"""The second itself is asked of photos of about 12 megapixels and more."""
_ROUNDS = 3


def guidance_cost(baseline: Path, photo: Path) -> tuple[LabFigure, ...]:
    """Processor time of guiding one photo against a baseline that is known already.

    Parameters
    ----------
    baseline, photo : Path
        Two photos of one face.

    Returns
    -------
    tuple of LabFigure
        The ratio to decoding the photo and finding its face, which holds on any machine; seconds of
        this machine. One OpenCV thread, the best of three rounds.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        known = know(baseline)  # loads the model too, which a warm process has
        size = read_photo(photo).size_px
        floor_s = _processor_s(lambda: find_face(read_photo(photo)))
        guided_s = _processor_s(lambda: guide(photo, known))
    finally:
        cv2.setNumThreads(threads)
    megapixels = size[0] * size[1] / 1e6
    note = f"{guided_s:.3f} s against {floor_s:.3f} s, {megapixels:.1f} MP"
    here = "guidance on this machine, warm"
    return (
        at_most(
            "guidance over decoding and finding the face",
            guided_s / floor_s,
            "times",
            MOST_RATIO,
            note=note,
        ),
        at_most(here, guided_s, "s", MOST_S)
        if megapixels >= TWELVE_MP
        else LabFigure(here, guided_s, "s"),
    )


def _processor_s(work: Callable[[], Any]) -> float:
    """The least processor time of a few rounds."""
    rounds = []
    for _ in range(_ROUNDS):
        start = time.process_time()
        work()
        rounds.append(time.process_time() - start)
    return min(rounds)


def main() -> None:
    """Print the figures for two photos named on the command line."""
    if len(sys.argv) != 3:
        sys.exit("expected: python -m progress.lab.guidance_cost BASELINE PHOTO")
    baseline, photo = map(Path, sys.argv[1:])
    sys.stdout.write(figures_table(guidance_cost(baseline, photo)) + "\n")


if __name__ == "__main__":
    main()
