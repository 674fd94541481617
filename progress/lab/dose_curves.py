"""What each metric shows of a known change, smaller and larger, beside the change itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from progress.lab.line_scenes import line_scene
from progress.lab.pore_scenes import pore_scene
from progress.lab.scar_scenes import FIRST_TRUTH_SEED, Lamp, flat_scene
from progress.lab.scar_shots import STILL as STILL_SCARS
from progress.lab.scar_shots import photograph, same_light
from progress.lab.shot_pairs import pair_values, value_of
from progress.lab.skin_shots import Scene
from progress.lab.texture_truth import texture_scene
from progress.lab.trial_rows import WHOLE, TrialRow
from progress.lab.trials import Dose, Shooting
from progress.metrics.scars import find_scars, outline_xy
from progress.phantom.reshoot_kinds import mild

CHANGES = (-0.3, -0.15, 0.0, 0.15, 0.3)
"""Share by which the skin changes, both directions."""
_SCAR_LAMP = Lamp(38.0, 90.0)
_LIKELY = 0.5
"""Weight from which a scar is followed, as in `progress.pipeline.scar_regions`."""
_MIDDLE = 0.7
"""Dose before the change, of the largest that a scene can hold, so that it can rise by 0.3."""


@dataclass(frozen=True, slots=True)
class DosePoint:
    """One answer to one known change.

    Parameters
    ----------
    metric : str
    dose : str
        What was changed.
    change : float
        Of it, as a share; of clouds, in standard deviations of ln blood.
    answer : float
        Change of the metric: of redness and pigment in OD, of tone in degrees, else as a share.
    subject : str
        Face or piece of skin.
    """

    metric: str
    dose: str
    change: float
    answer: float
    subject: str


_OF_FACES = {
    ("redness", Dose.BLOOD): "blood",
    ("tone", Dose.MELANIN): "melanin",
    ("pigment", Dose.MELANIN): "melanin",
    ("evenness", Dose.CLOUDS): "clouds, SD of ln blood",
}


def face_points(rows: Iterable[TrialRow]) -> Iterator[DosePoint]:
    """Answers of whole faces to doses and to none, through mild second shots."""
    for row in rows:
        if row.trial.shooting is not Shooting.MILD or row.region != WHOLE or row.delta is None:
            continue
        change = row.trial.after - row.trial.before
        for (metric, dose), words in _OF_FACES.items():
            # Every metric is asked of unchanged skin; clouds start from clouds.
            own = row.trial.dose is dose or (row.trial.dose is Dose.NOTHING)
            if row.metric == metric and own:
                whole = row.baseline if metric == "evenness" else 1.0
                if whole:
                    yield DosePoint(metric, words, change, row.delta / whole, row.subject)


def piece_points(
    tones: Sequence[int], *, watch: Callable[[float], None] = lambda _: None
) -> list[DosePoint]:
    """Answers of flat pieces of skin, each a still shot and a mild re-shoot.

    Parameters
    ----------
    tones : sequence of int
        Indices into `SKIN_TONES`; one piece of each.
    watch : callable
        Told the share done.
    """
    points: list[DosePoint] = []
    for number, tone in enumerate(tones):
        for metric, (dose, scene_of_dose) in _PIECES.items():
            before = scene_of_dose(tone, 0.0)
            for step, change in enumerate(CHANGES):
                after = scene_of_dose(tone, change)
                pair = pair_values((metric,), before, after, mild, seed=(tone, step, 23))
                first, second = pair[metric]
                points.append(DosePoint(metric, dose, change, second / first - 1, f"piece {tone}"))
        points += _scar_points(tone)
        watch((number + 1) / len(tones))
    return points


_PIECES: dict[str, tuple[str, Callable[[int, float], Scene]]] = {
    "pore_density": (
        "number of pores",
        lambda tone, change: pore_scene(tone, 60 + tone, kept=_MIDDLE * (1 + change)),
    ),
    "pore_area": (
        "area of each pore",
        lambda tone, change: pore_scene(tone, 60 + tone, size=(1 + change) ** 0.5),
    ),
    "texture": (
        "height of relief",
        lambda tone, change: texture_scene(tone, 60 + tone, _MIDDLE * (1 + change)),
    ),
    "lines": (
        "depth of lines",
        lambda tone, change: line_scene(tone, 60 + tone, dose=_MIDDLE * (1 + change)),
    ),
}


def _scar_points(tone: int) -> Iterator[DosePoint]:
    """Relief of a scarred piece; the scars are those of the first shot."""
    seed = FIRST_TRUTH_SEED + 7000 + tone
    rng = np.random.default_rng(seed)
    first = photograph(
        flat_scene(seed, kind="scars", tone=tone, lamp=_SCAR_LAMP, depth=_MIDDLE), STILL_SCARS, rng
    )
    found = find_scars(first.analysis)
    outlines = [
        outline_xy(found, int(index), first.analysis)
        for index in np.flatnonzero(found.weight > _LIKELY)
    ]
    if not outlines:
        return
    before = value_of("scar_relief", first.analysis.knowing(tuple(outlines)))
    for change in CHANGES:
        scene = flat_scene(
            seed, kind="scars", tone=tone, lamp=_SCAR_LAMP, depth=_MIDDLE * (1 + change)
        )
        shot = photograph(scene, same_light(rng), rng)
        carried = tuple(shot.carried(outline) for outline in outlines)
        after = value_of("scar_relief", shot.analysis.knowing(carried))
        yield DosePoint(
            "scar_relief", "depth of scars", change, after / before - 1, f"piece {tone}"
        )
