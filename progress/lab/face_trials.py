"""Trials of colour on whole faces: photographed ones, or rendered heads of six tones.

A shelf of photographs seldom holds every skin tone, so fairness is asked of rendered heads besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from progress.lab.trial_rows import TrialRow, trial_rows
from progress.lab.trials import (
    Dose,
    Shooting,
    Subject,
    Trial,
    photo_subject,
    scene_subject,
)
from progress.phantom.head import Head, Shot, render
from progress.phantom.skin import SKIN_TONES

_PX_PER_MM = 4.0
_SIZE_PX = (860, 1120)
"""A head and what surrounds it, fine enough for colour."""
_RIGHT_CALLS = {Dose.BLOOD: 0.15, Dose.MELANIN: 0.12}
_DOSES = {
    Dose.BLOOD: (-0.3, -0.15, 0.15, 0.3),
    Dose.MELANIN: (-0.3, -0.15, 0.15, 0.3),
}
_CLOUDS, _CLOUDED = 0.3, (0.1, 0.2, 0.4, 0.5)
_FAIR_HEADS, _FAIR_SHOTS = 2, 3
"""Rendered heads of each tone, and null pairs of each head and kind of shot."""
_FAIR_SEED = 5000
"""Added, so that heads of fairness are other people than those of the trials."""


@dataclass(frozen=True, slots=True)
class FaceTask:
    """All trials of one face, for one core.

    Parameters
    ----------
    photo : Path or None
        Photographed face; None for a rendered head.
    tone : int
        Index into `SKIN_TONES`, of a rendered head.
    trials : tuple of Trial
    seed : int
        Equal seeds give equal rows.
    """

    photo: Path | None
    tone: int
    trials: tuple[Trial, ...]
    seed: int


def colour_plan(*, quick: bool) -> tuple[Trial, ...]:
    """The trials of one face.

    Parameters
    ----------
    quick : bool
        Six instead of twenty-three.
    """
    nothing = Dose.NOTHING
    repeats = 1 if quick else 2
    plan = [
        Trial(nothing, 0.0, 0.0, shooting)
        for shooting in (Shooting.MILD, Shooting.HARD)
        for _ in range(repeats)
    ]
    for dose, size in _RIGHT_CALLS.items():
        signs = (1.0,) if quick else (-1.0, 1.0)
        plan += [Trial(dose, 0.0, sign * size, Shooting.HARD) for sign in signs]
        plan.append(Trial(dose, 0.0, size, Shooting.STILL))
    if not quick:
        plan += [
            Trial(dose, 0.0, amount, Shooting.MILD)
            for dose, amounts in _DOSES.items()
            for amount in amounts
        ]
        plan += [Trial(Dose.CLOUDS, _CLOUDS, amount, Shooting.MILD) for amount in _CLOUDED]
        plan.append(Trial(Dose.CLOUDS, _CLOUDS, _CLOUDS, Shooting.MILD))
    return tuple(plan)


def colour_tasks(photos: Sequence[Path] | None, *, quick: bool, seed: int) -> list[FaceTask]:
    """Trials of colour on photographed faces, or on rendered heads of six tones.

    Parameters
    ----------
    photos : sequence of Path or None
        Photographed faces; None for rendered heads.
    quick : bool
        Three faces and few trials.
    seed : int
    """
    faces: Sequence[Path | None] = photos or [None] * len(SKIN_TONES)
    if quick:
        # The first, the last and the middle one: of rendered heads, the whole range of tones.
        faces = [faces[0], faces[len(faces) // 2], faces[-1]] if len(faces) > 3 else faces
    numbers = range(len(faces)) if photos else _spread(len(faces))
    plan = colour_plan(quick=quick)
    return [
        FaceTask(photo, number % len(SKIN_TONES), plan, seed + number)
        for photo, number in zip(faces, numbers, strict=True)
    ]


def fair_tasks(*, seed: int) -> list[FaceTask]:
    """Null pairs of two rendered heads of every skin tone."""
    plan = tuple(
        Trial(Dose.NOTHING, 0.0, 0.0, shooting)
        for shooting in (Shooting.MILD, Shooting.HARD)
        for _ in range(_FAIR_SHOTS)
    )
    return [
        FaceTask(None, number % len(SKIN_TONES), plan, seed + _FAIR_SEED + number)
        for number in range(_FAIR_HEADS * len(SKIN_TONES))
    ]


def rows_of(task: FaceTask) -> list[TrialRow]:
    """Every trial of one face, shot and compared."""
    return list(trial_rows(_subject_of(task), task.trials, seed=task.seed))


def _spread(n: int) -> list[int]:
    """`n` tones from the lightest to the darkest."""
    last = len(SKIN_TONES) - 1
    return [round(index * last / max(n - 1, 1)) for index in range(n)]


def _subject_of(task: FaceTask) -> Subject:
    if task.photo is not None:
        return photo_subject(task.photo, seed=task.seed)
    tone = SKIN_TONES[task.tone]
    shot = Shot(label="", px_per_mm=_PX_PER_MM, size_px=_SIZE_PX)
    linear = render(Head(seed=task.seed, tone=tone), shot).linear
    return scene_subject(f"{tone.name} {task.seed}", linear, seed=task.seed)
