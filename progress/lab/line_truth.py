"""Lines against planted lines: found where they are, followed by dose, steady from shot to shot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from progress.lab.figures import LabFigure, at_least, at_most
from progress.lab.foreign_skin import FOREIGN
from progress.lab.line_scenes import How, line_scene, line_score, mask_courses
from progress.lab.pore_scenes import pore_scene
from progress.lab.skin_shots import STILL, Scene, analyses, lit, plain_skin, scene_of, shoot_scene
from progress.lab.surface_truth import rank_with_dose, steadiness, still_value
from progress.phantom.features import PointsMm
from progress.phantom.reshoot_kinds import hard, mild
from progress.phantom.skin import SKIN_TONES

_KINDS = {"mild": (mild, 0.12), "hard": (hard, 0.20)}
"""Re-shoots and the detectable change that is asked for."""
_DOSES = (0.4, 0.55, 0.7, 0.85, 1.0)
_WAYS: tuple[How, ...] = ("groove", "band")
_WORDS: dict[How, str] = {
    "groove": "grooves of 0.06 to 0.22 mm",
    "band": "dark bands of 5 to 15 %",
}
Watch = Callable[[float], None]


def line_figures(
    *, quick: bool, photos: Path | None = None, watch: Watch = lambda _: None
) -> tuple[LabFigure, ...]:
    """Every figure of lines beside its target.

    Parameters
    ----------
    quick : bool
        Two tones and few shots instead of six and many.
    photos : Path, optional
        Folder that may hold ``wrinkle_masks`` with hand-drawn lines.
    watch : callable
        Told the share done.
    """
    tones = (1, 4) if quick else tuple(range(len(SKIN_TONES)))
    figures = [*_finding(tones)]
    watch(0.15)
    if photos is not None:
        figures += _finding_drawn(photos / "wrinkle_masks", 3 if quick else 10)
    watch(0.25)
    figures += _foreign(tones[:1] if quick else tones)
    watch(0.4)
    figures += _following(tones)
    watch(0.65)
    figures += _steadiness(tones, 1 if quick else 6)
    watch(1.0)
    return tuple(figures)


def _finding(tones: tuple[int, ...]) -> list[LabFigure]:
    """Overlap with planted lines at full dose, by how they are planted."""
    figures = []
    for how in _WAYS:
        scores = []
        for tone in tones:
            shot = shoot_scene(
                line_scene(tone, 10 + tone, how=how), STILL, rng=np.random.default_rng(tone)
            )
            scores.append(line_score(analyses(shot)[0], shot))
        figures.append(
            at_least(
                f"overlap of found with planted lines within 3 px at 8 px/mm, {_WORDS[how]}",
                float(np.mean([score.overlap for score in scores])),
                "Jaccard",
                0.6,
                note=f"by tone {_list([score.overlap for score in scores])}; found "
                f"{np.mean([score.recall for score in scores]):.2f}, true "
                f"{np.mean([score.precision for score in scores]):.2f}",
            )
        )
    return figures


def _finding_drawn(folder: Path, n: int) -> list[LabFigure]:
    """The same for courses drawn by hand."""
    scores = []
    for number, path in enumerate(sorted(folder.glob("*.png"))[:n]):
        tone = number % len(SKIN_TONES)
        courses: Sequence[PointsMm] = mask_courses(path)
        if not courses:
            continue
        scene = line_scene(tone, 50 + number, how="band", courses=courses)
        shot = shoot_scene(scene, STILL, rng=np.random.default_rng(number))
        scores.append(line_score(analyses(shot)[0], shot).overlap)
    name = "overlap with lines of hand-drawn masks, dark bands of 5 to 15 %"
    if not scores:
        return [LabFigure(name, None, "Jaccard", note=f"no masks in {folder.name}")]
    return [at_least(name, float(np.mean(scores)), "Jaccard", 0.6, note=_list(scores))]


def _list(shares: list[float]) -> str:
    return " ".join(f"{share:.2f}" for share in shares)


def _foreign(tones: tuple[int, ...]) -> list[LabFigure]:
    """Severity of skin without lines but with something else, of that of planted grooves."""
    figures = []
    own = {tone: still_value("lines", line_scene(tone, 20 + tone), tone) for tone in tones}
    for name in (*FOREIGN, "pores"):
        shares = []
        for tone in tones:
            if name == "pores":
                scene = pore_scene(tone, 20 + tone)
            else:
                rng = np.random.default_rng([tone, 9])
                maps = FOREIGN[name](plain_skin(tone, 20 + tone), tone, rng)
                scene = scene_of(lit(maps, tone), maps.px_per_mm, tone)
            shares.append(still_value("lines", scene, tone) / own[tone])
        figures.append(
            at_most(
                f"lines read into {name}, of planted grooves, worst tone",
                max(shares),
                "share",
                0.2,
                note=f"by tone {_list(shares)}",
            )
        )
    return figures


def _dosed(tone: int, how: How) -> Callable[[float], Scene]:
    """From a dose to lines of that dose on one piece of skin."""
    return lambda dose: line_scene(tone, 30 + tone, how=how, dose=dose)


def _following(tones: tuple[int, ...]) -> list[LabFigure]:
    """Rank correlation of severity with depth or contrast, through re-shoots."""
    figures = []
    for how in _WAYS:
        ranks = [rank_with_dose("lines", _DOSES, _dosed(tone, how), tone=tone) for tone in tones]
        figures.append(
            at_least(
                f"lines with the dose of {_WORDS[how]} in five steps, mild re-shoots, median",
                float(np.median(ranks)),
                "Spearman",
                0.97,
                note=f"by tone {_list(ranks)}",
            )
        )
    return figures


def _steadiness(tones: tuple[int, ...], n: int) -> list[LabFigure]:
    """Detectable change of one pair, and grooves a third shallower called right."""
    figures: list[LabFigure] = []
    scenes = {t: (line_scene(t, 40 + t), line_scene(t, 40 + t, dose=0.7)) for t in tones}
    for told in steadiness("lines", _KINDS, scenes, n=n):
        figures += [
            at_most(f"detectable change of lines, {told.kind} re-shoot", told.least,
                    "of the value", told.limit,
                    note=f"{len(told.unchanged)} pairs of 7 cm2, "
                    f"shift {np.mean(told.unchanged):+.3f}"),
            at_least(f"lines called lower with grooves 30 % shallower, {told.kind} re-shoot",
                     told.called, "share", 0.9,
                     note=f"median change {np.median(told.lessened):+.2f}"),
        ]  # fmt: skip
    return figures
