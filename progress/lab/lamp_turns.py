"""What a turned lamp does to texture and lines of rendered heads, beside their predicted error.

``python -m progress.lab.lamp_turns`` prints it, with the factors of `pipeline.relief_lamp` in the
errors; skin, pose and camera stay, only the lamp turns and the noise is drawn anew. About a quarter
of an hour on one core.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from progress.lab.figures import LabFigure, figures_table
from progress.phantom.camera import Camera, jpeg_bytes
from progress.phantom.head import Head, Shot, render
from progress.phantom.head_skin import SkinCondition, SkinTraits
from progress.phantom.relief import Light
from progress.phantom.skin import SKIN_TONES
from progress.pipeline import compare_sessions, session_files
from progress.pipeline.relief_lamp import LINES

_HEADS: Final = ((1, 1, 0.4), (2, 3, 0.6), (3, 2, 0.5))
"""Seed, tone, and stops of light that a photographer gives to that tone."""
_TURNS_DEG: Final = (0.0, 5.0, 10.0, 15.0)
_WHOLE: Final = "whole_face"
_TEXTURE: Final = "texture"


@dataclass(frozen=True, slots=True)
class Moved:
    """One metric in one region between two photos that differ by their lamp alone.

    Parameters
    ----------
    metric, region : str
    turn_deg : float
        True turn of the lamp.
    share : float
        Change over the whole face's level.
    in_errors : float
        Change over its predicted standard error.
    called : bool
        Whether it was called a change.
    """

    metric: str
    region: str
    turn_deg: float
    share: float
    in_errors: float
    called: bool


def turned_heads(folder: Path, *, heads: int = len(_HEADS)) -> Iterator[Moved]:
    """Heads of three tones, each under a lamp and under that lamp turned in three ways.

    Parameters
    ----------
    folder : Path
        Where the rendered photos are kept meanwhile.
    heads : int
        How many, 1..3.
    """
    for seed, tone, stops in _HEADS[:heads]:
        rng = np.random.default_rng([seed, 77])
        traits = SkinTraits(
            scars_per_cheek=(2, 3, 1), freckles=20, moles=5, lines=float(rng.uniform(0.8, 1.5))
        )
        slant, azimuth = float(rng.uniform(28, 45)), float(rng.uniform(50, 130))
        head = Head(seed=500 + seed, tone=SKIN_TONES[tone], traits=traits)
        base = Shot(
            yaw_deg=0.5, pitch_deg=0.5, light=_lamp(slant, azimuth), distance_mm=1090.0,
            px_per_mm=11.0, size_px=(1700, 2400), aim_mm=(0.0, -20.0), noise_seed=10,
            camera=Camera(psf_sigma_px=0.6, exposure_ev=stops, sharpening=0.15, jpeg_quality=94),
        )  # fmt: skip
        first = _saved(folder / f"{seed}.jpg", head, base)
        aside = 1.0 / math.sin(math.radians(slant))
        for number, turn in enumerate(_TURNS_DEG):
            lamps = [_lamp(slant + turn, azimuth)]
            if turn:
                lamps += [_lamp(slant - turn, azimuth), _lamp(slant, azimuth + turn * aside)]
            for way, lamp in enumerate(lamps):
                shot = replace(base, light=lamp, noise_seed=20 + 3 * number + way)
                then = _saved(folder / f"{seed}_{number}_{way}.jpg", head, shot)
                yield from _between(first, then, turn)


def _lamp(slant_deg: float, azimuth_deg: float) -> Light:
    return Light.from_angles(slant_deg, azimuth_deg, ambient=0.45)


def _saved(path: Path, head: Head, shot: Shot) -> Path:
    """A rendered photo as a file."""
    path.write_bytes(jpeg_bytes(render(head, shot, SkinCondition()).codes, 96))
    return path


def _between(first: Path, then: Path, turn_deg: float) -> Iterator[Moved]:
    """Texture and lines of every region of one pair that could be compared."""
    changes = compare_sessions(session_files(first), session_files(then)).comparison.changes
    whole = {c.metric: c.baseline for c in changes if c.region == _WHOLE}
    for change in changes:
        level = whole.get(change.metric)
        if change.metric not in {_TEXTURE, LINES} or change.delta is None or not level:
            continue
        yield Moved(
            change.metric,
            change.region,
            turn_deg,
            change.delta / level,
            change.delta / (change.standard_error or math.inf),
            change.verdict.value in {"improved", "worse"},
        )


def lamp_figures(moved: list[Moved]) -> list[LabFigure]:
    """By metric, turn and size of region: how far it moved, and whether its error knew."""
    figures = []
    for metric in (_TEXTURE, LINES):
        for is_whole in (True, False):
            for turn in _TURNS_DEG:
                own = [
                    one
                    for one in moved
                    if one.metric == metric
                    and one.turn_deg == turn
                    and (one.region == _WHOLE) is is_whole
                ]
                if not own:
                    continue
                share, ratio = (
                    float(np.sqrt(np.mean(np.square(values))))
                    for values in ([o.share for o in own], [o.in_errors for o in own])
                )
                where = "whole face" if is_whole else "regions"
                figures.append(
                    LabFigure(
                        f"{metric}, {where}, lamp turned by {turn:g} deg: rms over error",
                        ratio, "",
                        note=f"n {len(own)}; rms {100 * share:.0f} % of the face's level; "
                        f"called a change: {sum(one.called for one in own)}",
                    )
                )  # fmt: skip
    return figures


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        moved = list(turned_heads(Path(folder)))
    sys.stdout.write(figures_table(lamp_figures(moved)) + "\n")


if __name__ == "__main__":
    main()
