"""Every metric against known skin: whole faces shot again, heads with one thing changed, and pieces
of skin of known truth."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import cv2

from progress.lab.depth_truth import depth_figures
from progress.lab.dose_curves import DosePoint, face_points, piece_points
from progress.lab.face_trials import FaceTask, colour_tasks, fair_tasks, rows_of
from progress.lab.figures import LabFigure, figures_table
from progress.lab.line_truth import line_figures
from progress.lab.mark_truth import mark_figures
from progress.lab.metric_plots import Chart, metric_charts
from progress.lab.pore_truth import pore_figures
from progress.lab.rival_score_table import rival_lines, rival_table
from progress.lab.scar_truth import scar_figures
from progress.lab.specificity import HeadAnswers, head_answers
from progress.lab.specificity_figures import specificity_figures, specificity_table
from progress.lab.texture_truth import texture_figures
from progress.lab.trial_figures import trial_figures
from progress.lab.trial_honesty import error_ratios, fairness_figures, honesty_figures
from progress.lab.trial_rows import TrialRow
from progress.lab.validation import faces_in
from progress.phantom.skin import SKIN_TONES
from progress.pipeline import Step

SEED = 20261121
_MOST_FACES = 10
"""As many as null pairs are made of; each is shot twenty-three times over."""
_HEAD_TONES, _QUICK_HEAD_TONES = (0, 1, 3, 5), (1,)
_HEAD_SEED = 300


@dataclass(frozen=True, slots=True)
class MetricsReport:
    """What the lab of metrics found.

    Parameters
    ----------
    figures : tuple of LabFigure
    rows : tuple of TrialRow
        Trials of whole faces, for the table of rivals.
    heads : tuple of HeadAnswers
        Rendered heads with one thing changed.
    points : tuple of DosePoint
        Known changes of pieces of skin; none in a quick run.
    """

    figures: tuple[LabFigure, ...]
    rows: tuple[TrialRow, ...] = field(repr=False)
    heads: tuple[HeadAnswers, ...] = field(repr=False)
    points: tuple[DosePoint, ...] = field(repr=False)

    def to_dict(self) -> dict[str, Any]:
        """``progress.metrics-validation/1``."""
        return {
            "format": "progress.metrics-validation/1",
            "figures": [figure.to_dict() for figure in self.figures],
            "specificity": [asdict(one) for head in self.heads for one in head.responses],
            "rivals": [asdict(line) for line in rival_lines(self.rows)],
        }


def run_metrics(*, quick: bool, photos: Path | None, step: Step) -> MetricsReport:
    """Run the lab of metrics.

    Parameters
    ----------
    quick : bool
        Below three minutes on two cores instead of half an hour.
    photos : Path or None
        Folder of real faces for colour; rendered heads otherwise.
    step : Step

    Raises
    ------
    BadInput
        If the folder holds no photo.
    """
    found = _parts(quick=quick, photos=photos, step=step)
    rows = [row for part in found for row in part.rows]
    fair = [row for part in found for row in part.fair]
    heads = tuple(part.head for part in found if part.head is not None)
    figures = [
        *trial_figures(rows),
        *honesty_figures(rows),
        *fairness_figures([*rows, *fair]),
        *specificity_figures(heads),
        *(figure for part in found for figure in part.figures),
    ]
    points = tuple(point for part in found for point in part.points)
    return MetricsReport(tuple(figures), tuple(rows), heads, points)


@dataclass(frozen=True, slots=True)
class _Task:
    """One part of the lab for one core."""

    name: str
    quick: bool
    photos: Path | None
    tone: int = 0
    face: FaceTask | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """What one part found."""

    figures: tuple[LabFigure, ...] = ()
    rows: tuple[TrialRow, ...] = ()
    fair: tuple[TrialRow, ...] = ()
    head: HeadAnswers | None = None
    points: tuple[DosePoint, ...] = ()


_FACE, _FAIR, _HEAD, _DOSES = "faces", "fairness", "heads", "doses"


def _tasks(*, quick: bool, photos: Path | None) -> list[_Task]:
    """Every part, the dearest first, so that no core waits for it at the end."""
    faces = faces_in(photos)[:_MOST_FACES] if photos else None
    tones = _QUICK_HEAD_TONES if quick else _HEAD_TONES
    tasks = [_Task(_HEAD, quick, photos, tone) for tone in tones]
    tasks += [
        _Task(_FACE, quick, photos, face=face)
        for face in colour_tasks(faces, quick=quick, seed=SEED)
    ]
    names = ("depth", "scars", "marks", "pores", "lines", "texture")
    tasks += [_Task(name, quick, photos) for name in names]
    if not quick:
        tasks += [_Task(_FAIR, quick, photos, face=face) for face in fair_tasks(seed=SEED)]
        tasks += [_Task(_DOSES, quick, photos, tone) for tone in range(len(SKIN_TONES))]
    return tasks


def _parts(*, quick: bool, photos: Path | None, step: Step) -> list[_Found]:
    """Every part, on every core, in the order of the tasks."""
    tasks = _tasks(quick=quick, photos=photos)
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=spawning) as pool:
        running = {pool.submit(_part, task): task.name for task in tasks}
        step(f"metrics: {_HEAD}", 0.0)
        for done, one in enumerate(as_completed(running), start=1):
            step(f"metrics: {running[one]}", done / len(tasks))
        return [one.result() for one in running]


def _part(task: _Task) -> _Found:
    """One part of the lab, on one core."""
    cv2.setNumThreads(1)
    quick, photos = task.quick, task.photos
    if task.face is not None:
        rows = tuple(rows_of(task.face))
        return _Found(rows=rows) if task.name == _FACE else _Found(fair=rows)
    if task.name == _HEAD:
        return _Found(head=head_answers(task.tone, seed=_HEAD_SEED + task.tone, quick=quick))
    if task.name == _DOSES:
        return _Found(points=tuple(piece_points((task.tone,))))
    run: dict[str, Callable[[], Sequence[LabFigure]]] = {
        "pores": lambda: pore_figures(quick=quick),
        "lines": lambda: line_figures(quick=quick, photos=photos),
        "texture": lambda: texture_figures(quick=quick),
        "scars": lambda: scar_figures(quick=quick),
        "marks": lambda: mark_figures(quick=quick, photos=photos),
        "depth": lambda: depth_figures(quick=quick),
    }
    return _Found(tuple(run[task.name]()))


def metrics_table(report: MetricsReport) -> str:
    """Every figure beside its target, the specificity matrix, and redness beside its rivals."""
    responses = [response for head in report.heads for response in head.responses]
    parts = [figures_table(report.figures), specificity_table(responses), rival_table(report.rows)]
    return "\n\n".join(parts)


def report_charts(report: MetricsReport) -> dict[str, Chart]:
    """The report drawn, by the name of each file."""
    return metric_charts(
        rows=report.rows,
        responses=[response for head in report.heads for response in head.responses],
        points=[*face_points(report.rows), *report.points],
        rivals=rival_lines(report.rows),
        ratios=list(error_ratios(report.rows)),
    )
