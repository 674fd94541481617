"""Texture against planted relief: followed by dose, blind to the rest, steady from shot to shot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from progress.lab.figures import LabFigure, at_least, at_most
from progress.lab.foreign_skin import FOREIGN
from progress.lab.shot_pairs import pair_values, relative_change
from progress.lab.skin_shots import (
    LIGHT,
    PIECE_MM,
    STILL,
    Scene,
    lit,
    plain_skin,
    scene_of,
)
from progress.lab.surface_truth import rank_with_dose, steadiness, still_value
from progress.phantom.relief import Light
from progress.phantom.reshoot import Reshoot
from progress.phantom.reshoot_kinds import Draw, hard, mild
from progress.phantom.skin import SKIN_TONES, microrelief, noise_field

_KINDS = {"mild": (mild, 0.08), "hard": (hard, 0.15)}
"""Re-shoots and the detectable change that is asked for."""
_DOSES = (0.0, 0.25, 0.5, 0.75, 1.0)
_RMS_MM = 0.03
_ROUGH, _SMOOTHER = 0.5, 0.32
"""Doses of which the second has about a fifth less texture than the first."""
_SHARPENED, _CURVED = 1.0, 0.25
"""Strongest unsharp masking and S-curve of a hard re-shoot."""
_ONE_THING: Final[Mapping[str, Reshoot]] = {
    "sharpening": replace(STILL, sharpening=_SHARPENED),
    "tone curve": replace(STILL, tone=_CURVED),
    "a pixel of blur": replace(STILL, blur_sigma_px=1.0),
    "twice the noise": replace(STILL, shot_noise=6e-5, read_noise=0.001),
    "JPEG 85": replace(STILL, jpeg_quality=85),
}
_LAMP_TURNS_DEG = (5.0, 15.0)
Watch = Callable[[float], None]


def texture_scene(tone: int, seed: int, dose: float, *, light: Light = LIGHT) -> Scene:
    """Skin with coarser relief added to its own.

    Parameters
    ----------
    tone : int
        Index into `SKIN_TONES`.
    seed : int
    dose : float
        1 adds furrows and bumps of 0.4 to 1.5 mm, 0.03 mm RMS; 0 adds none.
    light : Light
    """
    maps = plain_skin(tone, seed)
    rng = np.random.default_rng([seed, 5])
    relief = microrelief(rng, PIECE_MM, maps.px_per_mm, depth_mm=0.05, spacing_mm=0.7)
    relief = relief + 0.01 * noise_field(rng, PIECE_MM, maps.px_per_mm, sigma_mm=0.25)
    relief = (relief - relief.mean()) * np.float32(_RMS_MM * dose / relief.std())
    return scene_of(
        lit(maps.replace(height_mm=maps.height_mm + relief), tone, light=light),
        maps.px_per_mm,
        tone,
        dose,
    )


def texture_figures(*, quick: bool, watch: Watch = lambda _: None) -> tuple[LabFigure, ...]:
    """Every figure of texture beside its target.

    Parameters
    ----------
    quick : bool
        Two tones and few shots instead of six and many.
    watch : callable
        Told the share done.
    """
    tones = (1, 4) if quick else tuple(range(len(SKIN_TONES)))
    figures = [_following(tones)]
    watch(0.25)
    figures += _foreign(tones)
    watch(0.5)
    figures += _one_thing(tones)
    watch(0.7)
    figures += _steadiness(tones, 2 if quick else 6)
    watch(1.0)
    return tuple(figures)


def _following(tones: tuple[int, ...]) -> LabFigure:
    """Rank correlation with the height of the relief, through re-shoots."""
    ranks = [
        rank_with_dose("texture", _DOSES, partial(texture_scene, tone, 30 + tone), tone=tone)
        for tone in tones
    ]
    return at_least(
        "texture with the height of planted relief in five steps, mild re-shoots, median",
        float(np.median(ranks)),
        "Spearman",
        0.97,
        note="by tone " + " ".join(f"{rank:.2f}" for rank in ranks),
    )


def _foreign(tones: tuple[int, ...]) -> list[LabFigure]:
    """What is no relief, of the answer to planted relief."""
    figures = []
    for name, paint in FOREIGN.items():
        shares = []
        for tone in tones:
            plain = plain_skin(tone, 20 + tone)
            none, full = (
                still_value("texture", texture_scene(tone, 20 + tone, d), tone) for d in (0.0, 1.0)
            )
            maps = paint(plain, tone, np.random.default_rng([tone, 9]))
            other = still_value("texture", scene_of(lit(maps, tone), maps.px_per_mm, tone), tone)
            shares.append((other - none) / (full - none))
        figures.append(
            at_most(
                f"texture read into {name}, of planted relief, worst tone",
                max(shares, key=abs),
                "share",
                0.2,
                note="by tone " + " ".join(f"{share:.2f}" for share in shares),
            )
        )
    return figures


def _always(spec: Reshoot) -> Draw:
    """A draw that leaves nothing to chance."""
    return lambda _: spec


def _one_thing(tones: tuple[int, ...]) -> list[LabFigure]:
    """What each part of another camera, and a turned lamp, alone does; mean over tones."""
    figures = []
    for name, spec in _ONE_THING.items():
        moved = []
        for tone in tones:
            scene = texture_scene(tone, 40 + tone, 0.5)
            pair = pair_values(("texture",), scene, scene, _always(spec), seed=(tone, 3))
            moved.append(relative_change(pair["texture"]))
        figures.append(LabFigure(f"texture moved by {name} alone", float(np.mean(moved)),
                                 "of the value"))  # fmt: skip
    for turn in _LAMP_TURNS_DEG:
        moved = []
        for tone in tones:
            lamps = [
                Light.from_angles(slant, 124.0, ambient=LIGHT.ambient)
                for slant in (33.0, 33.0 + turn)
            ]
            values = [
                still_value("texture", texture_scene(tone, 40 + tone, 0.5, light=lamp), tone)
                for lamp in lamps
            ]
            moved.append(relative_change((values[0], values[1])))
        figures.append(
            LabFigure(
                f"texture moved by a lamp {turn:g} degrees lower",
                float(np.mean(moved)),
                "of the value",
                note="the pair check light_direction blocks relief from 8 degrees",
            )
        )
    return figures


def _steadiness(tones: tuple[int, ...], n: int) -> list[LabFigure]:
    """Detectable change of one pair, and a fifth less texture called right."""
    figures: list[LabFigure] = []
    scenes = {
        t: (texture_scene(t, 40 + t, _ROUGH), texture_scene(t, 40 + t, _SMOOTHER)) for t in tones
    }
    values = [still_value("texture", scene, t) for t in tones[-1:] for scene in scenes[t]]
    less = values[1] / values[0] - 1
    for told in steadiness("texture", _KINDS, scenes, n=n):
        figures += [
            at_most(f"detectable change of texture, {told.kind} re-shoot", told.least,
                    "of the value", told.limit,
                    note=f"{len(told.unchanged)} pairs of 7 cm2, "
                    f"shift {np.mean(told.unchanged):+.3f}"),
            LabFigure(
                f"texture called lower when it falls by {-less:.0%}, {told.kind} re-shoot",
                told.called, "share", note=f"median change {np.median(told.lessened):+.2f}"),
        ]  # fmt: skip
    return figures
