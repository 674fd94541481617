"""The validation lab in one run: every figure beside its target."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from rich.table import Table

from progress.imaging import read_photo
from progress.lab.figures import LabFigure, at_most, figures_table, number, text_of
from progress.lab.null_pairs import ALARMS, NullPair, null_pairs
from progress.lab.sample_truth import TruthRow, sample_truth
from progress.lab.speed import pair_cost
from progress.lab.swap import (
    identity_figure,
    largest_self_change,
    swap_figure,
    swap_misses,
)
from progress.model import BadInput, Verdict
from progress.phantom.camera import jpeg_bytes
from progress.phantom.clients import JPEG_QUALITY, render_day, sample_clients
from progress.pipeline import Step, session_files

SEED = 7
_ANSWERS = (Verdict.IMPROVED, Verdict.WORSE, Verdict.WITHIN_NOISE, Verdict.DESCRIBED)
_TWELVE_MEGAPIXELS = 12e6


@dataclass(frozen=True, slots=True)
class LabReport:
    """Figures, and the sample clients' answers beside their truth."""

    figures: tuple[LabFigure, ...]
    truth: tuple[TruthRow, ...]

    def to_dict(self) -> dict[str, Any]:
        """``progress.validation/1``."""
        return {
            "format": "progress.validation/1",
            "figures": [figure.to_dict() for figure in self.figures],
            "truth": [asdict(row) for row in self.truth],
        }


def faces_in(folder: Path) -> list[Path]:
    """Photos to shoot again: ``london/neutral`` below the folder if it is there, else its own.

    Raises
    ------
    BadInput
        If there are none.
    """
    inner = folder / "london" / "neutral"
    photos = list(session_files(inner if inner.is_dir() else folder).photos)
    if not photos:
        raise BadInput(f"{folder}: expected photos of faces, got none", advice="name a folder")
    return photos


def run_validation(*, quick: bool, photos: Path | None, step: Step) -> LabReport:
    """Run the lab.

    Parameters
    ----------
    quick : bool
        Three null pairs and one sample client instead of ten and three; no timing.
    photos : Path or None
        Real faces for the null pairs; rendered heads otherwise.
    step : Step

    Raises
    ------
    BadInput
        If the folder holds no photo.
    """
    faces = faces_in(photos) if photos else None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rendered = _rendered(folder, 1 if quick else 3, step)
        chosen = (faces or rendered)[: 3 if quick else 10]
        pairs = null_pairs(chosen, seed=SEED, step=lambda what, done: step(what, 0.15 + 0.4 * done))
        figures = [
            *_null_figures(pairs, real=faces is not None),
            identity_figure([largest_self_change(chosen[0])]),
        ]
        clients = sample_clients()[: 1 if quick else None]
        rows = sample_truth(clients=clients, step=lambda what, done: step(what, 0.55 + 0.35 * done))
        figures += _truth_figures(rows)
        figures.append(_swap(folder))
        if not quick:
            step("timing a pair of 12 megapixels", 0.95)
            figures += _speed(folder, rendered[0])
    return LabReport(tuple(figures), tuple(rows))


def _rendered(folder: Path, n: int, step: Step) -> list[Path]:
    """First sessions of the sample clients, rendered anew."""
    paths = []
    for index, client in enumerate(sample_clients()[:n]):
        step(f"rendering {client.name}", 0.15 * index / n)
        path = folder / f"{client.name}.jpg"
        path.write_bytes(jpeg_bytes(render_day(client, 0).codes, JPEG_QUALITY))
        paths.append(path)
    return paths


def _null_figures(pairs: Sequence[NullPair], *, real: bool) -> list[LabFigure]:
    """False alarms and true alignment error over all null pairs."""
    on = f"{len(pairs)} {'real' if real else 'rendered'} faces against simulated re-shoots"
    counts: Counter[Verdict] = sum((pair.verdicts for pair in pairs), Counter())
    answers = sum(counts[verdict] for verdict in _ANSWERS)
    alarms = sum(counts[verdict] for verdict in ALARMS)
    named = "; ".join(f"{pair.photo}: {', '.join(pair.alarms)}" for pair in pairs if pair.alarms)
    aligned = [pair for pair in pairs if pair.tre_mm]
    figures = [
        at_most(
            f"improved or worse among answers, {on}",
            alarms / max(answers, 1),
            "share",
            0.05,
            note=f"{alarms} of {answers}; {named}",
        ),
        LabFigure(
            f"answers that are a reason and no figure, {on}",
            counts[Verdict.NOT_COMPARABLE] / max(sum(counts.values()), 1),
            "share",
        ),
        at_most(f"refused alignments, {on}", float(len(pairs) - len(aligned)), "pairs", 0),
    ]
    if aligned:
        medians, p95 = (np.array([pair.tre_mm[i] for pair in aligned]) for i in (0, 1))
        ratio = np.array([pair.predicted_mm[1] for pair in aligned]) / p95
        figures += [
            at_most(f"true alignment error, median of medians, {on}", float(np.median(medians)),
                    "mm", 0.10, note=f"worst pair {medians.max():.3f}"),
            at_most(f"true alignment error, median of 95th percentiles, {on}",
                    float(np.median(p95)), "mm", 0.30, note=f"worst pair {p95.max():.3f}"),
            LabFigure("predicted over true 95th percentile of the alignment error",
                      float(np.median(ratio)), "ratio",
                      note=f"{ratio.min():.2f} to {ratio.max():.2f}"),
        ]  # fmt: skip
    return figures


def _swap(folder: Path) -> LabFigure:
    """First and last session of a sample client, compared both ways."""
    client = sample_clients()[0]
    paths = []
    for day in (0, client.course.session_days[-1]):
        path = folder / f"swap {day}.jpg"
        path.write_bytes(jpeg_bytes(render_day(client, day).codes, JPEG_QUALITY))
        paths.append(path)
    return swap_figure(list(swap_misses(paths[0], paths[1])))


def _truth_figures(rows: Sequence[TruthRow]) -> list[LabFigure]:
    """The sample clients against their own truth, in three figures."""
    judged = [row.within_error for row in rows if row.within_error is not None]
    outside = len(judged) - sum(judged)
    seen = [row for row in rows if row.verdict in ("improved", "worse")]
    return [
        at_most("sample answers further from the truth than their own detectable change",
                outside / max(len(judged), 1), "share", 0.05, note=f"{outside} of {len(judged)}"),
        at_most("verdicts against the truth", float(sum(row.wrong_way for row in rows)),
                "verdicts", 0, note=f"{len(seen)} improved or worse in all"),
    ]  # fmt: skip


def _speed(folder: Path, photo: Path) -> list[LabFigure]:
    """Cost of comparing a rendered head with itself moved, both enlarged to 12 megapixels.

    A rendered head of 12 px/mm is taken, because a coarser face would leave out pores, texture and
    lines and look quick.
    """
    codes = read_photo(photo).codes_8bit()
    enlarge = (_TWELVE_MEGAPIXELS / (codes.shape[0] * codes.shape[1])) ** 0.5
    size = (round(codes.shape[1] * enlarge), round(codes.shape[0] * enlarge))
    large = cv2.resize(codes, size, interpolation=cv2.INTER_CUBIC)
    paths = []
    for name, shift in (("a.jpg", 0.0), ("b.jpg", 6.0)):
        move = np.array([[1.0, 0.0, shift], [0.0, 1.0, -shift]])
        moved = cv2.warpAffine(large, move, size, borderMode=cv2.BORDER_REPLICATE)
        path = folder / name
        path.write_bytes(jpeg_bytes(np.asarray(moved, np.uint8), 92))
        paths.append(path)
    cost = pair_cost(*paths)
    each_s = cost.floor_s / 2

    def times(seconds: float) -> str:
        return f"{seconds / each_s:.1f} times decoding one and finding its face"

    return [
        at_most("cost of a 12-megapixel pair over decoding both and finding both faces, one core",
                cost.ratio, "ratio", 10,
                note=f"{cost.compare_s:.1f} s over {cost.floor_s:.2f} s of processor time"),
        at_most("all metrics of a 12-megapixel face once it is aligned, one core",
                cost.metrics_s, "s", 0.5, note=times(cost.metrics_s)),
        at_most("error of a 12-megapixel pair, one core", cost.null_s, "s", 2.0,
                note=f"{cost.n_reshoots} re-shoots; {times(cost.null_s)}"),
    ]  # fmt: skip


def validation_table(report: LabReport) -> str:
    """Every figure beside its target, then truth and answer for each metric and client."""
    truth = Table("client", "tone", "metric", "region", "baseline", "truth", "answer", "+-",
                  "detectable", "verdict")  # fmt: skip
    for row in report.truth:
        truth.add_row(row.client, row.skin_tone, row.metric, row.region, number(row.baseline),
                      number(row.truth), number(row.answer), number(row.standard_error),
                      number(row.detectable), row.verdict.replace("_", " "))  # fmt: skip
    return f"{figures_table(report.figures)}\n\n{text_of(truth)}"
