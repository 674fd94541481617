"""Outlined marks of known colour and width, shot again: is their figure right, and is it sure?

Bands of blood and melanin come from the spectral model with logistic edges and their own relief,
before the camera. Each is outlined as a finger would, up to 1.5 mm too wide; the outline is then
carried to the second shot by the true motion, so what scatters is the metric and not registration.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from progress.lab.figures import LabFigure, at_least, at_most
from progress.lab.mark_shots import (
    STILL,
    Skin,
    bare,
    clear_place,
    close_ups,
    placed,
    shoot,
    true_figures,
)
from progress.model import Estimate, NotMeasured, Outcome
from progress.phantom.mark_doses import Mark, alba, brown, rubra
from progress.phantom.reshoot_kinds import Draw, hard, mild
from progress.phantom.skin import SKIN_TONES

_MADE = {"rubra": rubra, "alba": alba, "brown": brown}
_CLEAR = 2.5
"""Delta E 2000: targets are asked of marks that a glance can see."""
_QUICK_TONES, _TONES = (1, 3), tuple(range(6))

Figure = tuple[float, float]
"""Value and standard error."""


def marks_on(tones: Sequence[int], widths_mm: Sequence[float]) -> Iterator[tuple[Skin, Mark, int]]:
    """Every kind of mark on skin of every tone, and a seed for each."""
    for number, (tone, kind, width) in enumerate(itertools.product(tones, _MADE, widths_mm)):
        skin = SKIN_TONES[tone]
        mark = placed(_MADE[kind](skin, 0.8), length_mm=24.0, width_mm=width,
                      edge_mm=0.12 + 0.08 * width)  # fmt: skip
        yield bare(skin, 100 + number), mark, number


def _figure(outcome: Outcome) -> Figure:
    if isinstance(outcome, NotMeasured):
        return math.nan, math.nan
    return outcome.value, outcome.standard_error


def reshoot_figures(
    cases: Sequence[tuple[Skin, Mark, int]], shots: int, *, on: str
) -> list[LabFigure]:
    """What one shot more says of the same mark: its scatter, against the one predicted."""
    figures = []
    kinds: tuple[tuple[str, Draw], ...] = (("mild", mild), ("hard", hard))
    found: dict[tuple[str, str], list[tuple[float, float]]] = {}
    answers = asked = 0
    for skin, mark, seed in cases:
        rng = np.random.default_rng([seed, 3])
        outline = mark.outline_mm(beyond_mm=1.5, jitter_mm=0.5, rng=rng)
        still = shoot(skin, mark, STILL, outline, seed=seed)
        first = {name: still.outcome(name) for name in ("mark_contrast", "mark_width")}
        contrast = first["mark_contrast"]
        clear = isinstance(contrast, Estimate) and contrast.value >= _CLEAR
        for name, draw in kinds:
            for shot in range(shots):
                again = shoot(skin, mark, draw(rng), outline, seed=1000 * seed + shot)
                for metric_id, before in first.items():
                    after, _ = _figure(again.outcome(metric_id))
                    asked, answers = asked + 1, answers + math.isfinite(after)
                    value, error = _figure(before)
                    if clear and math.isfinite(after - value):
                        found.setdefault((metric_id, name), []).append((after - value, error))
    for (metric_id, name), moved in found.items():
        difference = np.array(moved)[:, 0]
        unit, limit = ("dE2000", 1.0) if metric_id == "mark_contrast" else ("mm", 0.2)
        sdc = 1.96 * float(np.sqrt(np.mean(difference**2)))
        figures.append(
            at_most(f"SDC95 of {metric_id}, one {name} re-shoot, {on}", sdc, unit, limit,
                    note=f"{len(moved)} pairs, marks of {_CLEAR:g} dE and more; "
                         f"mean {difference.mean():+.2f}")
        )  # fmt: skip
    figures.append(LabFigure(f"answers that are a reason and no figure, {on}",
                             1 - answers / max(asked, 1), "share"))  # fmt: skip
    return figures


def dose_figures(tones: Sequence[int]) -> list[LabFigure]:
    """Contrast after fading and darkening, width after narrowing, and neither after the other."""
    contrast_rho, width_rho, leaks, slopes, biases = [], [], [], [], []
    contrast_leaks, ratios, silent = [], [], 0
    widths = (1.0, 1.5, 2.0, 3.0, 4.5, 6.0)
    strengths = (0.3, 0.45, 0.6, 0.8, 1.0, 1.25)
    for tone, kind in itertools.product(tones, _MADE):
        skin = bare(SKIN_TONES[tone], 10 * tone + 1)
        # Mottling under a wider mark is other mottling: a leak is looked for on even skin.
        even = bare(SKIN_TONES[tone], 10 * tone + 1, unevenness=0.3)
        outline = placed(Mark(width_mm=3.0, length_mm=24.0)).outline_mm(beyond_mm=1.0)

        def seen(skin: Skin, strength: float, width: float) -> tuple[float, ...]:
            made = _MADE[kind](skin.tone, strength)  # noqa: B023 - used within the round
            mark = placed(made, width_mm=width, length_mm=24.0, edge_mm=0.1 + 0.06 * width)
            shot = shoot(skin, mark, STILL, outline, seed=5)  # noqa: B023
            told = (_figure(shot.outcome(name))[0] for name in ("mark_contrast", "mark_width"))
            return (*told, *true_figures(mark, skin.tone))

        faded = np.array([seen(skin, strength, 2.5) for strength in strengths])
        narrowed = np.array([seen(skin, 1.0, width) for width in widths])
        level = np.array([seen(even, 1.0, width)[0] for width in widths[1:]])
        lit = np.isfinite(faded[:, 0])
        silent += int((~lit).sum() + (~np.isfinite(level)).sum())
        contrast_rho.append(float(spearmanr(faded[lit, 0], faded[lit, 2]).statistic))
        ratios.append(float(np.polyfit(faded[lit, 2], faded[lit, 0], 1)[0]))
        known = np.isfinite(narrowed[:, 1])
        if known.sum() >= 4:
            told, true = narrowed[known, 1], narrowed[known, 3]
            width_rho.append(float(spearmanr(told, true).statistic))
            slopes.append(float(np.polyfit(true, told, 1)[0]))
            biases += list(told - true)
        # Blood in more of it does not only redden: the true width itself moves a little.
        moved = (faded[:, 1] - faded[:, 3]) - (faded[-1, 1] - faded[-1, 3])
        leaks += [abs(x) for x in moved[:-1] if math.isfinite(x)]
        contrast_leaks += [x for x in np.abs(level[:-1] / level[-1] - 1) if math.isfinite(x)]
    return [
        at_least("mark_contrast against true contrast, 0.3 to 1.25 of a mark, Spearman, median",
                 float(np.median(contrast_rho)), "rho", 0.98,
                 note=f"least {min(contrast_rho):.3f}; slopes {min(ratios):.2f}-{max(ratios):.2f}; "
                      f"{silent} pale marks taken for glare"),
        at_least("mark_width against true width, 1 to 6 mm, Spearman, median",
                 float(np.median(width_rho)), "rho", 0.98, note=f"least {min(width_rho):.3f}"),
        at_least("slope of mark_width over true width, least", min(slopes), "ratio", 0.9,
                 note=f"largest {max(slopes):.2f}"),
        at_most("bias of mark_width, 1 to 6 mm, root mean square",
                float(np.sqrt(np.mean(np.square(biases)))), "mm", 0.2,
                note=f"mean {np.mean(biases):+.2f}, largest {np.max(np.abs(biases)):.2f}"),
        at_most("move of mark_width when a mark of 2.5 mm fades to 0.3, 95 %",
                float(np.percentile(leaks, 95)), "mm", 0.2,
                note=f"{len(leaks)} of {len(ratios) * (len(strengths) - 1)} had a width"),
        at_most("move of mark_contrast when a mark narrows from 6 to 1.5 mm on even skin, 95 %",
                float(np.percentile(contrast_leaks, 95)), "share", 0.1),
    ]  # fmt: skip


def outline_figures(cases: Sequence[tuple[Skin, Mark, int]], drawn: int) -> list[LabFigure]:
    """The same picture outlined anew by a shaky finger, too wide, too tight or to one side."""
    moved: dict[str, list[float]] = {"mark_contrast": [], "mark_width": []}
    lost = 0
    for skin, mark, seed in cases:
        rng = np.random.default_rng([seed, 8])
        shot = shoot(skin, mark, STILL, mark.outline_mm(beyond_mm=1.0), seed=seed)
        first = {name: _figure(shot.outcome(name))[0] for name in moved}
        for _ in range(drawn):
            outline = mark.outline_mm(
                beyond_mm=float(rng.uniform(-0.3, 2.5)), jitter_mm=0.8,
                aside_mm=float(rng.uniform(-1.5, 1.5)), rng=rng,
            )  # fmt: skip
            at = shoot(skin, mark, STILL, outline, seed=seed)
            for name, values in moved.items():
                after = _figure(at.outcome(name))[0]
                if math.isfinite(after - first[name]):
                    values.append(after - first[name])
                elif math.isfinite(first[name]):
                    lost += 1
    of = len(cases) * drawn
    note = f"{of} outlines, -0.3 to 2.5 mm beyond, up to 1.5 mm aside, 0.8 mm jitter; {lost} lost"
    return [
        at_most(f"move of {name} with the outline, 95 %",
                float(np.percentile(np.abs(values), 95)), unit, limit, note=note)
        for (name, values), (unit, limit) in zip(
            moved.items(), (("dE2000", 0.5), ("mm", 0.2)), strict=True)
    ]  # fmt: skip


def mark_figures(*, quick: bool, photos: Path | None = None) -> list[LabFigure]:
    """Everything about outlined marks, beside its targets.

    Parameters
    ----------
    quick : bool
        Two tones and one width for a quarter of a minute, else six tones and three widths.
    photos : Path, optional
        Folder whose ``close_ups`` serve as bare skin too.
    """
    if quick:
        cases = list(marks_on(_QUICK_TONES, (2.5,)))
        figures = reshoot_figures(cases, 1, on="procedural skin")
        return [*figures, *dose_figures(_QUICK_TONES[:1]), *outline_figures(cases[:3], 2)]
    cases = list(marks_on(_TONES, (1.2, 2.5, 5.0)))
    figures = reshoot_figures(cases, 2, on="procedural skin, six tones")
    figures += dose_figures(_TONES)
    figures += outline_figures(cases[::3], 3)
    if photos is not None:
        made = []
        for number, (skin, kind) in enumerate(zip(close_ups(photos, 18), itertools.cycle(_MADE))):
            place = clear_place(skin, 20.0)
            if place is not None:
                mark = replace(_MADE[kind](skin.tone, 1.0), x_mm=place[0], y_mm=place[1],
                               length_mm=20.0, width_mm=2.5)  # fmt: skip
                made.append((skin, mark, number))
        figures += reshoot_figures(made, 2, on=f"marks put on {len(made)} real close-ups")
    return figures
