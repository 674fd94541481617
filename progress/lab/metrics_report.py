"""Every metric against known skin: whole faces shot again, and pieces of skin of known truth."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import cv2

from progress.lab.depth_truth import depth_figures
from progress.lab.face_trials import face_trials
from progress.lab.figures import LabFigure, figures_table
from progress.lab.line_truth import line_figures
from progress.lab.mark_truth import mark_figures
from progress.lab.pore_truth import pore_figures
from progress.lab.rival_score_table import rival_table
from progress.lab.scar_truth import scar_figures
from progress.lab.texture_truth import texture_figures
from progress.lab.trial_figures import trial_figures
from progress.lab.trial_rows import TrialRow
from progress.lab.validation import faces_in
from progress.pipeline import Step

SEED = 20261121
_MOST_FACES = 10
"""As many as null pairs are made of; each is shot twenty-three times over."""


@dataclass(frozen=True, slots=True)
class MetricsReport:
    """Figures, and the trials of whole faces for the table of rivals."""

    figures: tuple[LabFigure, ...]
    rows: tuple[TrialRow, ...]

    def to_dict(self) -> dict[str, Any]:
        """``progress.metrics-validation/1``."""
        return {
            "format": "progress.metrics-validation/1",
            "figures": [figure.to_dict() for figure in self.figures],
        }


def run_metrics(*, quick: bool, photos: Path | None, step: Step) -> MetricsReport:
    """Run the lab of metrics.

    Parameters
    ----------
    quick : bool
        About two minutes on two cores instead of half an hour.
    photos : Path or None
        Folder of real faces for colour; rendered heads otherwise.
    step : Step

    Raises
    ------
    BadInput
        If the folder holds no photo.
    """
    faces: Sequence[Path] | None = faces_in(photos)[:_MOST_FACES] if photos else None
    rows = face_trials(
        faces, quick=quick, seed=SEED, step=lambda what, done: step(what, 0.6 * done)
    )
    figures = trial_figures(rows)
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count() or 1, mp_context=spawning) as pool:
        found = pool.map(_part, _PARTS, repeat(quick), repeat(photos))
        for number, part in enumerate(found):
            figures += part
            step("pieces of skin of known truth", 0.6 + 0.4 * (number + 1) / len(_PARTS))
    return MetricsReport(tuple(figures), tuple(rows))


# The dearest first, so that no core waits for it at the end.
_PARTS = ("depth", "scars", "marks", "pores", "lines", "texture")


def _part(name: str, quick: bool, photos: Path | None) -> list[LabFigure]:  # noqa: FBT001
    """One part of the lab, on one core."""
    cv2.setNumThreads(1)
    run: dict[str, Callable[[], Sequence[LabFigure]]] = {
        "pores": lambda: pore_figures(quick=quick),
        "lines": lambda: line_figures(quick=quick, photos=photos),
        "texture": lambda: texture_figures(quick=quick),
        "scars": lambda: scar_figures(quick=quick),
        "marks": lambda: mark_figures(quick=quick, photos=photos),
        "depth": lambda: depth_figures(quick=quick),
    }
    return list(run[name]())


def metrics_table(report: MetricsReport) -> str:
    """Every figure beside its target, then our redness beside the scores of others."""
    return f"{figures_table(report.figures)}\n\n{rival_table(report.rows)}"
