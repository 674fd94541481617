"""Our alignment side by side with what others use: same pairs, same points, one thread.

``python -m progress.lab.rivals --photos DIR`` prints one table for mild and one for hard second
shots; without photos one for rendered heads. Run with ``OPENBLAS_NUM_THREADS=1``, which no program
can set for itself after NumPy is loaded; the other libraries are held to one thread here.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from progress.align import align_faces
from progress.align.face_skin import face_skin
from progress.align.frame import grid_positions
from progress.align.result import at_nodes, field_step
from progress.imaging import read_photo
from progress.lab.known_pairs import KnownPair, face_pairs, head_pairs
from progress.lab.rival_crops import cut_crops, landmarks_of
from progress.lab.rival_methods import RIVALS, Rival, bspline_on_one_thread
from progress.lab.rival_table import WIDTH, RivalRow, rival_table, to_dict
from progress.lab.validation import faces_in
from progress.model import Registration
from progress.model.checks import BoolArray
from progress.phantom.reshoot_kinds import hard, mild
from progress.pipeline import Step

SEED = 11
_SHOTS = 2
_FACES = 6
_HEADS = 2


@dataclass(frozen=True, slots=True, eq=False)
class _Exam:
    """The points on which all methods are judged, their truth, and which of them ours vouches for.

    Points are (N, 2) in photo pixels; `valid` and `skin` bool (N,).
    """

    xy: NDArray[np.int64]
    truth_xy: NDArray[np.float64]
    valid: BoolArray
    skin: BoolArray


def side_by_side(
    pairs: Iterable[KnownPair], *, step: Step, rivals: Sequence[Rival] = RIVALS
) -> tuple[RivalRow, ...]:
    """Every method on every pair, judged on the same points of each pair.

    Parameters
    ----------
    pairs : iterable of KnownPair
        Faces, taken one at a time.
    step : Step
        Told pair and method; the fraction stays 0 where the number of pairs is not known.
    rivals : sequence of Rival

    Returns
    -------
    tuple of RivalRow
        Pair by pair, methods in their order.

    Notes
    -----
    Points are the nodes that are valid in *our* registration and whose skin the follow-up shows,
    and, so that nobody can say we chose the points, a second time every node of facial skin that
    the follow-up shows. OpenCV and SimpleITK are held to one thread meanwhile. Finding landmarks
    and decoding is not counted for anybody; nor is the time of the one alignment that chooses the
    points.
    """
    total = len(pairs) if isinstance(pairs, Sequence) else None
    rows: list[RivalRow] = []
    with _one_thread():
        for index, pair in enumerate(pairs):
            exam = _exam(pair)
            for rival in rivals:
                step(f"{pair.name}: {rival.name}", index / total if total else 0.0)
                rows.append(
                    _failed(pair, rival, exam) if isinstance(exam, str) else _row(pair, rival, exam)
                )
    return tuple(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for each kind of second shot; see the module."""
    parser = argparse.ArgumentParser(prog="python -m progress.lab.rivals", description=__doc__)
    parser.add_argument("--photos", type=Path, help="folder of faces; else rendered heads")
    parser.add_argument("--faces", type=int, default=_FACES, help="photos or heads at most")
    parser.add_argument("--n", type=int, default=_SHOTS, help="second shots of each photo")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", type=Path, help="file for all rows")
    asked = parser.parse_args(arguments)
    out, told = Console(width=WIDTH, highlight=False), Console(stderr=True, highlight=False)
    tables = {}
    for case, pairs in _cases(asked.photos, faces=asked.faces, n=asked.n, seed=asked.seed).items():
        rows = side_by_side(pairs, step=lambda what, _: told.print(what))
        out.print(f"{case}, {len({row.pair for row in rows})} pairs; errors in mm")
        out.print(rival_table(rows))
        tables[case] = to_dict(rows)
    if asked.json:
        asked.json.write_text(json.dumps(tables, indent=1))


def _cases(folder: Path | None, *, faces: int, n: int, seed: int) -> dict[str, Iterable[KnownPair]]:
    """Name and pairs of each table."""
    if folder is None:
        heads = itertools.islice(head_pairs(n=1, seed=seed), min(faces, _HEADS))
        return {"rendered heads": heads}
    photos = [read_photo(path) for path in faces_in(folder)[:faces]]
    return {
        "mild second shots": face_pairs(photos, mild, n=n, seed=seed),
        "hard second shots, skin changed": face_pairs(photos, hard, n=n, seed=seed, changed=True),
    }


def _exam(pair: KnownPair) -> _Exam | str:
    """The points of a pair, or why it cannot be tried at all."""
    crops = cut_crops(pair)
    if isinstance(crops, str):
        return crops
    frame, spacing = crops.baseline, field_step(pair.px_per_mm)
    marks = landmarks_of(pair)
    if isinstance(marks, str):
        return marks
    oval = face_skin(frame.working_from_photo(marks[0].points_xy), frame.shape)
    skin = at_nodes(oval, frame, grid_positions(pair.baseline.size_px, spacing))
    found = align_faces(pair.baseline, marks[0], pair.followup, marks[1])
    valid = found.valid if isinstance(found, Registration) else np.zeros_like(skin)
    rows, columns = np.nonzero(skin | valid)
    xy = np.stack([columns, rows], axis=1) * spacing
    truth, seen = pair.truth(xy)
    at = (rows[seen], columns[seen])
    return _Exam(xy[seen], truth[seen], valid[at], skin[at])


def _row(pair: KnownPair, rival: Rival, exam: _Exam) -> RivalRow:
    """One method on one pair that has landmarks."""
    started = time.perf_counter()
    place = rival.fit(pair)
    if isinstance(place, str):
        return _failed(pair, rival, place)
    found = place(exam.xy)
    seconds = time.perf_counter() - started
    if not np.isfinite(found).all():
        return _failed(pair, rival, "positions that are no numbers")
    errors = np.linalg.norm(found - exam.truth_xy, axis=1) / pair.px_per_mm
    of_valid, of_skin = (_middle_and_tail(errors[where]) for where in (exam.valid, exam.skin))
    return RivalRow(
        pair.name, rival.name, *of_valid, *of_skin,
        int(exam.valid.sum()), int(exam.skin.sum()), seconds, None,
    )  # fmt: skip


def _failed(pair: KnownPair, rival: Rival, reason: str) -> RivalRow:
    return RivalRow(pair.name, rival.name, None, None, None, None, 0, 0, None, reason)


def _middle_and_tail(errors: NDArray[np.float64]) -> tuple[float | None, float | None]:
    """Median and 95th percentile; None of nothing."""
    if not errors.size:
        return None, None
    median, p95 = np.percentile(errors, [50, 95])
    return float(median), float(p95)


@contextmanager
def _one_thread() -> Iterator[None]:
    """OpenCV and SimpleITK on one thread, as before afterwards."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with bspline_on_one_thread():
            yield
    finally:
        cv2.setNumThreads(threads)


if __name__ == "__main__":
    main()
