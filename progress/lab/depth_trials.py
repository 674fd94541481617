"""Depth of known scars where one thing goes wrong, with how often it is refused beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from progress.lab.depth_sessions import (
    CREDIBLE,
    SIZE_MM,
    drawn_scars,
    found_depths,
    open_rendered,
    told_wrong,
)
from progress.lab.figures import LabFigure
from progress.phantom.camera import Camera
from progress.phantom.features import ScarKind
from progress.phantom.multilight import Rig, Stance, photograph, scarred_skin
from progress.phantom.skin import SKIN_TONES, SkinMaps
from progress.pipeline.depth import solve_opened

_POWERS: Final = (1.0, 1.15, 0.9, 1.1, 0.85, 1.0, 1.1, 0.9)
_QUICK_TRIALS: Final = ("10 % ambient left in",)


@dataclass(frozen=True, slots=True)
class _Trial:
    """One thing that goes wrong."""

    name: str
    rig: dict[str, Any]
    camera: Camera
    motion_px: float = 0.0
    told_error_deg: float = 0.0
    radius_mm: float = np.inf
    ambient: float = 1.0


def _trials() -> tuple[_Trial, ...]:
    plain, off = Camera(jpeg_quality=92), {"ambient": 0.03}
    return (
        _Trial("nothing wrong", off, plain),
        _Trial("four lamps", {**off, "lamps": 4}, plain),
        _Trial("10 % ambient left in", {"ambient": 0.1}, plain, ambient=0.0),
        _Trial("lamps told 5 deg wrong", off, plain, told_error_deg=5.0),
        _Trial("0.5 px motion", off, plain, motion_px=0.5),
        _Trial("2 px motion", off, plain, motion_px=2.0),
        _Trial("lamps 300 mm away", {**off, "distance_mm": 300.0}, plain),
        _Trial("a cheek of 80 mm radius", off, plain, radius_mm=80.0),
        _Trial("lamps unequal by 15 %", {**off, "powers": _POWERS}, plain),
        _Trial("no polarisers, gloss 0.25", {**off, "polarised": False}, plain),
        _Trial("tone curve 25 %, sharpened", off, replace(plain, tone=0.25, sharpening=0.4)),
        _Trial("JPEG of quality 75", off, replace(plain, jpeg_quality=75)),
        _Trial("no JPEG, 8 bits", off, replace(plain, jpeg_quality=None)),
    )  # fmt: skip


def robustness_figures(rng: np.random.Generator, skins: int, *, quick: bool) -> list[LabFigure]:
    """Depth over truth where one thing goes wrong; abstention beside it.

    Parameters
    ----------
    rng : Generator
    skins : int
        Sets of each kind of trouble.
    quick : bool
        One kind alone.
    """
    figures = []
    tones = (1,) if quick else (1, 3, 5)
    for trial in _trials():
        if quick and trial.name not in _QUICK_TRIALS:
            continue
        ratios: dict[ScarKind, list[float]] = {kind: [] for kind in ScarKind}
        blocked = asked = 0
        for seed in range(200, 200 + skins):
            tone = SKIN_TONES[tones[seed % len(tones)]]
            scars = drawn_scars(seed)
            maps = _domed(scarred_skin(seed, scars, size_mm=SIZE_MM, tone=tone), trial.radius_mm)
            lamps = trial.rig.get("lamps", 8)
            rig = Rig.ring(**{"lamps": lamps, **trial.rig})
            made = photograph(
                maps, scars, rig, rng, camera=trial.camera, stance=Stance(motion_px=trial.motion_px)
            )
            told = told_wrong(rig.units, trial.told_error_deg, rng)
            solved = solve_opened(open_rendered(made, told=told, ambient=trial.ambient))
            asked += 1
            blocked += solved.blocked is not None
            for one in found_depths(made, solved):
                if one.depth_mm is not None:
                    ratios[one.scar.kind].append(one.depth_mm / one.scar.depth_mm)
        told_of = [r for kind in CREDIBLE for r in ratios[kind]]
        parts = [_spread(kind, values) for kind, values in ratios.items() if values]
        parts.append(f"refused {blocked} of {asked}")
        figures.append(
            LabFigure(
                f"{trial.name}: boxcar and rolling over truth",
                100.0 * float(np.mean(told_of)) if told_of else None,
                "%",
                note="; ".join(parts),
            )
        )
    return figures


def _domed(maps: SkinMaps, radius_mm: float) -> SkinMaps:
    """The same skin on a ball."""
    rows, columns = maps.shape
    y, x = np.mgrid[0:rows, 0:columns]
    r2 = ((x - columns / 2) ** 2 + (y - rows / 2) ** 2) / maps.px_per_mm**2
    return maps.replace(height_mm=maps.height_mm - (r2 / (2.0 * radius_mm)).astype(np.float32))


def _spread(kind: ScarKind, ratios: list[float]) -> str:
    """Mean and spread in per cent."""
    name = kind.value.replace("_", "-")
    return f"{name} {100 * np.mean(ratios):.0f} +- {100 * np.std(ratios):.0f}"
