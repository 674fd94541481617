"""Skin with scars at known places, among everything that could be taken for one.

Flat pieces of skin of six tones under a slanting lamp, and rendered heads, whose features are no
scars; both seen through a camera. Equal seeds give equal scenes. `progress.lab.scar_fit` learns
from seeds below `FIRST_TRUTH_SEED`, `progress.lab.scar_truth` judges on others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from progress.model.checks import FloatArray
from progress.phantom.features import Line, Scar, ScarKind, Spot
from progress.phantom.painting import (
    paint_hairs,
    paint_lines,
    paint_pores,
    paint_scars,
    paint_spots,
    ribbon,
)
from progress.phantom.planting import scatter_hairs, scatter_pores, smooth_curve
from progress.phantom.relief import Light, render
from progress.phantom.skin import SKIN_TONES, SkinMaps, SkinTone, bare_skin, mottling

PX_PER_MM = 12.0
SKIN_MM = (28.0, 26.0)
"""Measured part of a piece: 7 cm2."""
MARGIN_MM = 6.0
FIRST_TRUTH_SEED = 100_000

Kind = Literal["scars", "mixed", "healthy"]

# Width and depth in mm: Jacob 2001; from depths that can hardly be seen.
_RANGES = {
    ScarKind.ROLLING: ((4.0, 7.0), (0.2, 0.5)),
    ScarKind.BOXCAR: ((1.5, 4.0), (0.12, 0.5)),
    ScarKind.ICE_PICK: ((0.8, 1.8), (0.3, 1.0)),
}


@dataclass(frozen=True, slots=True, eq=False)
class ScarScene:
    """A lit piece of skin.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
        Linear light at `PX_PER_MM`, `MARGIN_MM` wider than what is measured.
    tone : int
        Index into `SKIN_TONES`.
    slant_deg : float
        Of the lamp from the camera axis.
    scars : tuple of Scar
        In mm from the corner of the measured part.
    spots : tuple of Spot
        What is no scar: freckles, moles, papules, red and pale spots; in the same mm.
    """

    linear: FloatArray = field(repr=False)
    tone: int
    slant_deg: float
    scars: tuple[Scar, ...]
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Lamp:
    """How a piece is lit."""

    slant_deg: float
    azimuth_deg: float
    ambient: float = 0.4
    shadows: float = 0.5

    @property
    def light(self) -> Light:
        """For the renderer."""
        return Light.from_angles(
            self.slant_deg, self.azimuth_deg, ambient=self.ambient, shadows=self.shadows
        )

    def turned(self, by_deg: float, toward_deg: float) -> Lamp:
        """This lamp elsewhere, `by_deg` away as seen from the skin."""
        way = self.light.unit
        aside = np.cross(way, (0.0, 0.0, 1.0))
        aside /= np.linalg.norm(aside)
        turn, toward = math.radians(by_deg), math.radians(toward_deg)
        off = math.cos(toward) * aside + math.sin(toward) * np.cross(way, aside)
        x, y, z = math.cos(turn) * way + math.sin(turn) * off
        slant = math.degrees(math.acos(min(z, 1.0)))
        return replace(self, slant_deg=slant, azimuth_deg=math.degrees(math.atan2(y, x)))

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Lamp:
        """From nearly frontal to grazing, from any side but below."""
        return cls(
            slant_deg=float(rng.uniform(15.0, 58.0)),
            azimuth_deg=float(rng.uniform(20.0, 160.0)),
            ambient=float(rng.uniform(0.25, 0.55)),
            shadows=float(rng.choice([0.0, 0.5, 1.0])),
        )


def flat_scene(
    seed: int,
    *,
    kind: Kind = "mixed",
    tone: int | None = None,
    lamp: Lamp | None = None,
    depth: float = 1.0,
) -> ScarScene:
    """A piece of skin with scars, with scars among other things, or with other things only.

    Parameters
    ----------
    seed : int
    kind : {"scars", "mixed", "healthy"}
        ``healthy`` has spots, moles, papules, fine lines, a fold on every second piece, vessels,
        hairs and uneven colour in plenty, and no scar.
    tone : int, optional
        Index into `SKIN_TONES`; by the seed unless told.
    lamp : Lamp, optional
        Drawn unless told.
    depth : float
        Of all scars over what was planted: the same scars, shallower.
    """
    rng = np.random.default_rng([seed, 99])
    index = seed % len(SKIN_TONES) if tone is None else tone
    skin_tone = SKIN_TONES[index]
    lamp = lamp or Lamp.draw(rng)
    taken: list[tuple[float, float, float]] = []
    scars = () if kind == "healthy" else _scars(rng, taken)
    maps = _cheek(rng, seed, skin_tone)
    spots: tuple[Spot, ...] = ()
    if kind != "scars":
        spots = _spots(rng, skin_tone, taken, times=3 if kind == "healthy" else 1)
        maps = paint_spots(maps, [_shifted(spot) for spot in spots])
        if kind == "healthy":
            maps = _furrowed(rng, maps, with_fold=bool(seed % 2))
        maps = _blotched(rng, maps, skin_tone)
    dug = [replace(_shifted(scar), depth_mm=scar.depth_mm * depth) for scar in scars]
    if dug and depth > 0:
        maps = paint_scars(maps, dug)
    return ScarScene(render(maps, lamp.light), index, lamp.slant_deg, scars, spots)


def _shifted(thing: Any) -> Any:
    """From the corner of the measured part to that of the piece."""
    return replace(thing, x_mm=thing.x_mm + MARGIN_MM, y_mm=thing.y_mm + MARGIN_MM)


def _cheek(rng: np.random.Generator, seed: int, tone: SkinTone) -> SkinMaps:
    """Bare skin with pores, finer or coarser, drier or oilier."""
    size = SKIN_MM[0] + 2 * MARGIN_MM, SKIN_MM[1] + 2 * MARGIN_MM
    bare = bare_skin(
        np.random.default_rng([seed, 0]),
        size,
        px_per_mm=PX_PER_MM,
        tone=tone,
        relief_mm=float(rng.uniform(0.012, 0.03)),
        gloss=float(rng.uniform(0.1, 0.5)),
    )
    pores = scatter_pores(
        np.random.default_rng([seed, 7]),
        size,
        per_cm2=float(rng.uniform(40, 100)),
        diameter_mm=float(rng.uniform(0.15, 0.3)),
        plug=tone.melanin_gain(0.2),
    )
    return paint_pores(bare, pores)


def _placed(
    rng: np.random.Generator,
    taken: list[tuple[float, float, float]],
    count: int,
    width_mm: tuple[float, float],
) -> list[tuple[float, float, float]]:
    """x, y and width of things that keep clear of all that is there."""
    low, high = width_mm
    found: list[tuple[float, float, float]] = []
    for _ in range(80 * count):
        if len(found) == count:
            break
        x, y = (float(rng.uniform(2.5, side - 2.5)) for side in SKIN_MM)
        width = low * (high / low) ** float(rng.random())
        if all(math.hypot(x - a, y - b) > 0.6 * (width + c) + 0.7 for a, b, c in taken):
            taken.append((x, y, width))
            found.append((x, y, width))
    return found


def _scars(rng: np.random.Generator, taken: list[tuple[float, float, float]]) -> tuple[Scar, ...]:
    """Four boxcars, four ice-picks and a rolling scar, each a little off in colour."""
    counts = {ScarKind.ROLLING: 1, ScarKind.BOXCAR: 4, ScarKind.ICE_PICK: 4}
    return tuple(
        Scar(
            kind, x, y, width, float(rng.uniform(*_RANGES[kind][1])),
            melanin_factor=1.0 + float(rng.uniform(-0.1, 0.1)),
            blood_factor=float(rng.uniform(0.85, 1.2)),
        )
        for kind, count in counts.items()
        for x, y, width in _placed(rng, taken, count, _RANGES[kind][0])
    )  # fmt: skip


def _spots(
    rng: np.random.Generator,
    tone: SkinTone,
    taken: list[tuple[float, float, float]],
    *,
    times: int,
) -> tuple[Spot, ...]:
    """Freckles, moles flat and raised, red spots, papules and pale spots."""

    def some(count: int, narrow: float, wide: float) -> list[tuple[float, float, float]]:
        return _placed(rng, taken, count * times, (narrow, wide))

    def between(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    freckles = [
        Spot(*at, melanin_factor=1 + tone.melanin_gain(between(0.5, 1.8)), soft_mm=0.07 * at[2])
        for at in some(3, 1.0, 4.5)
    ]
    moles = [
        Spot(*at, melanin_factor=1 + tone.melanin_gain(3.0), rise_mm=between(0, 0.5), soft_mm=0.25)
        for at in some(1, 1.5, 4.0)
    ]
    red = [Spot(*at, blood_factor=between(1.5, 2.5), soft_mm=0.3) for at in some(1, 1.5, 4.0)]
    papules = [
        Spot(*at, blood_factor=between(1.5, 2.0), rise_mm=between(0.1, 0.3), soft_mm=0.3)
        for at in some(1, 1.5, 4.0)
    ]
    pale = [Spot(*at, melanin_factor=between(0.5, 0.8), soft_mm=0.3) for at in some(1, 1.5, 4.0)]
    return (*freckles, *moles, *red, *papules, *pale)


def _furrowed(rng: np.random.Generator, maps: SkinMaps, *, with_fold: bool) -> SkinMaps:
    """Fine lines, a fold like that beside the nose, vessels and hairs."""

    def line(width_mm: float, depth_mm: float, length_mm: float, angle_deg: float) -> Line:
        start = float(rng.uniform(7, 26)), float(rng.uniform(7, 26))
        curve = smooth_curve(rng, start, angle_deg=angle_deg, length_mm=length_mm, bend=0.2)
        return Line(curve, width_mm, depth_mm)

    def turn() -> float:
        return float(rng.uniform(-90, 90))

    lines = [
        line(float(rng.uniform(0.3, 0.8)), float(rng.uniform(0.05, 0.25)), 14.0, turn())
        for _ in range(3)
    ]
    if with_fold:
        lines.append(line(float(rng.uniform(1.5, 3)), float(rng.uniform(0.2, 0.8)), 26.0, turn()))
    vessels = [line(0.25, 1.0, float(rng.uniform(3, 10)), turn()).curve for _ in range(4)]
    red = ribbon(maps.shape, maps.px_per_mm, vessels, width_mm=[0.25] * 4, amplitude=[1.5] * 4)
    maps = paint_lines(maps, lines)
    maps = maps.replace(blood=maps.blood * (1 + red))
    size = maps.shape[1] / maps.px_per_mm, maps.shape[0] / maps.px_per_mm
    hairs = scatter_hairs(rng, size, per_cm2=float(rng.uniform(0, 6)), length_mm=4.0, width_mm=0.04)
    return paint_hairs(maps, hairs)


def _blotched(rng: np.random.Generator, maps: SkinMaps, tone: SkinTone) -> SkinMaps:
    """Clouds of blood and melanin, faint or strong."""
    size = maps.shape[1] / maps.px_per_mm, maps.shape[0] / maps.px_per_mm
    blood = 0.25 * float(rng.random())
    melanin = tone.melanin_gain(0.14) * float(rng.random())
    clouds = [
        mottling(rng, size, maps.px_per_mm, amplitudes={0.9: sd, 2.0: sd})
        for sd in (blood, melanin)
    ]
    return maps.replace(blood=maps.blood * clouds[0], melanin=maps.melanin * clouds[1])
