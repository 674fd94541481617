"""One person's skin on the unrolled head: who they are, and how their skin does today.

`SkinTraits` never change; `SkinCondition` is what a treatment changes. The neck is never treated.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model.checks import FloatArray
from progress.phantom.features import Curve, Hair, Line, Pores, Scar, ScarKind, Spot
from progress.phantom.head_atlas import Atlas
from progress.phantom.head_map import HeadMap
from progress.phantom.head_paint import brow_hairs, hair_coat, lid_creases, lips
from progress.phantom.painting import (
    paint_lines,
    paint_pores,
    paint_scars,
    paint_spots,
)
from progress.phantom.planting import (
    scatter_hairs,
    scatter_pores,
    scatter_scars,
    scatter_spots,
    smooth_curve,
)
from progress.phantom.skin import SkinMaps, SkinTone, bare_skin

NECK_SIZE_MM = (176.0, 132.0)
SHEET_PX_PER_MM = 12.0
_MELANIN_MAX = 0.43


@dataclass(frozen=True, slots=True)
class SkinTraits:
    """What one person's skin is like before any treatment.

    Parameters
    ----------
    redness : float
        Blood of the cheeks over blood of the neck, minus 1.
    pores_per_cm2 : float
        On cheeks and nose.
    pore_mm : float
        Median diameter there.
    scars_per_cheek : tuple of int
        Ice-pick, boxcar, rolling.
    freckles, moles : int
        On the whole face.
    lines : float
        Depth of fine lines, 1 is about 40 years old.
    stubble : float
        0 none, 1 two days old.
    hair : tuple of float
        Linear sRGB of the hair.
    iris : tuple of float
        Linear sRGB of the iris.
    """

    redness: float = 0.6
    pores_per_cm2: float = 70.0
    pore_mm: float = 0.26
    scars_per_cheek: tuple[int, int, int] = (5, 4, 2)
    freckles: int = 40
    moles: int = 8
    lines: float = 1.0
    stubble: float = 0.0
    hair: tuple[float, float, float] = (0.085, 0.042, 0.022)
    iris: tuple[float, float, float] = (0.10, 0.055, 0.03)


@dataclass(frozen=True, slots=True)
class SkinCondition:
    """What today's skin is, as factors of this person's own traits; 1 is unchanged.

    Parameters
    ----------
    redness : float
        Factor of the excess of blood over the neck's.
    flare : float
        Blood added by a fresh treatment, over the neck's blood.
    swelling_mm : float
        By which treated skin is lifted.
    pore_area, scar_depth, line_depth : float
        Factors; pores keep their places and their shape.
    pigment : float
        Factor of what freckles and moles add to melanin.
    tan : float
        Factor of all melanin, neck included.
    gloss : float
        Factor.
    """

    redness: float = 1.0
    flare: float = 0.0
    swelling_mm: float = 0.0
    pore_area: float = 1.0
    scar_depth: float = 1.0
    line_depth: float = 1.0
    pigment: float = 1.0
    tan: float = 1.0
    gloss: float = 1.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"SkinCondition.{name}: expected a number >= 0, got {value}")


@dataclass(frozen=True, slots=True, eq=False)
class FaceFeatures:
    """Everything on one face, with true sizes on the surface and places on the paper.

    Parameters
    ----------
    pores : Pores
        `diameter_mm` and `depth_mm` are true; `paper_from_surface` holds how much smaller each is
        drawn.
    scars : tuple of Scar
    spots : tuple of Spot
    lines : tuple of Line
    brows, stubble : tuple of Hair
    pore_paper_from_surface : ndarray of float64, shape (n,)
    """

    pores: Pores
    scars: tuple[Scar, ...] = field(repr=False)
    spots: tuple[Spot, ...] = field(repr=False)
    lines: tuple[Line, ...] = field(repr=False)
    brows: tuple[Hair, ...] = field(repr=False)
    stubble: tuple[Hair, ...] = field(repr=False)
    pore_paper_from_surface: NDArray[np.float64] = field(repr=False)


def _moved(scar: Scar, corner: NDArray[np.float64]) -> Scar:
    """The scar in the coordinates of the whole piece."""
    return Scar(
        scar.kind,
        float(scar.x_mm + corner[0]),
        float(scar.y_mm + corner[1]),
        scar.width_mm,
        scar.depth_mm,
        scar.melanin_factor,
        scar.blood_factor,
    )


def _cheek_scars(
    rng: np.random.Generator, atlas: Atlas, counts: tuple[int, int, int]
) -> tuple[Scar, ...]:
    """Scars on both cheeks, between eye, nose and jaw."""
    kinds = (ScarKind.ICE_PICK, ScarKind.BOXCAR, ScarKind.ROLLING)
    scars: list[Scar] = []
    for landmark, outwards in ((50, -1.0), (280, 1.0)):
        size = np.array([40.0, 46.0])
        corner = atlas.xy_mm[landmark] + np.array([6.0 * outwards, 14.0]) - size / 2
        drawn = scatter_scars(
            rng, (40.0, 46.0), counts=dict(zip(kinds, counts, strict=True)), border_mm=2.0
        )
        scars += [_moved(scar, corner) for scar in drawn]
    return tuple(scars)


def _fine_lines(rng: np.random.Generator, atlas: Atlas) -> tuple[Line, ...]:
    """Crow's feet, lines below the eyes and across the forehead."""
    lines: list[Line] = []

    def draw(start: Any, *, angle: float, length: float, width: float, depth: float) -> None:
        curve = smooth_curve(rng, start, angle_deg=angle, length_mm=length, bend=0.12)
        lines.append(Line(curve, width, depth * float(rng.uniform(0.7, 1.2))))

    for canthus, below, outwards in ((33, 144, 180.0), (263, 373, 0.0)):
        for angle in (-28.0, -8.0, 12.0, 30.0):
            turn = angle if outwards == 0.0 else 180.0 - angle
            away = np.array([math.cos(math.radians(turn)), math.sin(math.radians(turn))])
            start = atlas.xy_mm[canthus] + 7.0 * away
            length = float(rng.uniform(9, 16))
            draw(start, angle=turn, length=length, width=0.45, depth=0.07)
        for drop in (5.5, 8.5):
            start = atlas.xy_mm[below] + np.array([-9.0, drop])
            draw(start, angle=8.0 if outwards else -8.0, length=17.0, width=0.4, depth=0.04)
    middle = atlas.xy_mm[9]
    for rise in (14.0, 24.0, 33.0):
        for shift in (-38.0, -2.0):
            start = middle + np.array([shift + rng.normal(0, 3), -rise + rng.normal(0, 1.5)])
            draw(start, angle=float(rng.normal(0, 3)), length=36.0, width=0.7, depth=0.09)
    for wing, corner in ((64, 57), (294, 287)):
        start, end = atlas.xy_mm[wing], atlas.xy_mm[corner]
        outward = np.array([4.0 if wing == 294 else -4.0, 0.0])
        steps = np.linspace(0, 1, 60)[:, None]
        path = start + outward + steps * (end - start) + 3.5 * np.sin(np.pi * steps) * outward / 4
        lines.append(Line(Curve(path), 2.6, 0.28))
    return tuple(lines)


def plan_features(rng: np.random.Generator, chart: HeadMap, traits: SkinTraits) -> FaceFeatures:
    """Where everything is on one person's face.

    Parameters
    ----------
    rng : numpy Generator
    chart : HeadMap
    traits : SkinTraits
    """
    atlas, size = chart.atlas, chart.atlas.size_mm
    pore_rng, scar_rng, spot_rng, line_rng, hair_rng = rng.spawn(5)
    pores = scatter_pores(
        pore_rng,
        size,
        per_cm2=traits.pores_per_cm2,
        diameter_mm=traits.pore_mm,
        weight=chart.zone("pores"),
    )
    larger = 0.75 + 0.45 * chart.read(chart.zone("pores"), pores.xy_mm)
    pores = Pores(pores.xy_mm, pores.diameter_mm * larger, pores.depth_mm * larger, pores.plug)
    spots = list(
        scatter_spots(
            spot_rng, size, count=6 * traits.freckles, diameter_mm=(0.8, 2.6), melanin_factor=1.5
        )
    )
    bare = chart.zone("bare")
    freckled = chart.zone("pores") * bare
    share = chart.read(freckled, np.array([(s.x_mm, s.y_mm) for s in spots]).reshape(-1, 2))
    spots = [s for s, part in zip(spots, share, strict=True) if part > 0.35][: traits.freckles]
    moles = scatter_spots(
        spot_rng, size, count=5 * traits.moles, diameter_mm=(1.4, 3.4), melanin_factor=3.2
    )
    inside = chart.read(bare, np.array([(s.x_mm, s.y_mm) for s in moles]).reshape(-1, 2))
    spots += [s for s, part in zip(moles, inside, strict=True) if part > 0.9][: traits.moles]
    stubble: tuple[Hair, ...] = ()
    if traits.stubble > 0:
        stubble = scatter_hairs(
            hair_rng,
            size,
            per_cm2=45.0,
            length_mm=0.4 + 0.6 * traits.stubble,
            width_mm=0.09,
            angle_deg=85.0,
            opacity=0.4 + 0.3 * traits.stubble,
            weight=chart.zone("beard"),
        )
    return FaceFeatures(
        pores=pores,
        scars=_cheek_scars(scar_rng, atlas, traits.scars_per_cheek),
        spots=tuple(spots),
        lines=_fine_lines(line_rng, atlas),
        brows=brow_hairs(hair_rng, atlas),
        stubble=stubble,
        pore_paper_from_surface=1.0 / chart.read(chart.stretch, pores.xy_mm),
    )


def _scaled_spot(spot: Spot, tone: SkinTone, pigment: float) -> Spot:
    """The spot with its melanin as visible on this tone as the factor is on light skin."""
    gain = pigment * tone.melanin_gain(spot.melanin_factor - 1.0)
    return Spot(spot.x_mm, spot.y_mm, spot.diameter_mm, 1.0 + gain, 1.0, 0.0, spot.soft_mm)


@functools.lru_cache(maxsize=2)
def _bare(
    seed: int, tone: SkinTone, size_mm: tuple[float, float], px_per_mm: float
) -> tuple[SkinMaps, SkinMaps]:
    """Face and neck without anything on them."""
    face_rng, neck_rng = np.random.default_rng([seed, 77]).spawn(2)
    face = bare_skin(face_rng, size_mm, px_per_mm=px_per_mm, tone=tone, relief_mm=0.03, gloss=0.32)
    neck = bare_skin(
        neck_rng, NECK_SIZE_MM, px_per_mm=px_per_mm, tone=tone, relief_mm=0.02, gloss=0.16
    )
    return face, neck


def paint_face(
    seed: int,
    chart: HeadMap,
    features: FaceFeatures,
    *,
    tone: SkinTone,
    traits: SkinTraits,
    condition: SkinCondition,
    px_per_mm: float = SHEET_PX_PER_MM,
) -> tuple[SkinMaps, SkinMaps, FloatArray]:
    """The unrolled face and neck of one person on one day.

    Parameters
    ----------
    seed : int
        Of the person.
    chart : HeadMap
    features : FaceFeatures
    tone : SkinTone
    traits : SkinTraits
    condition : SkinCondition
    px_per_mm : float

    Returns
    -------
    face, neck : SkinMaps
    coat : ndarray of float32, shape (H, W, 2)
        Of the face; see `progress.phantom.head_paint.hair_coat`.
    """
    face, neck = _bare(seed, tone, chart.atlas.size_mm, px_per_mm)
    treated = _enlarged(chart.zone("treated"), face.shape)
    red = _enlarged(chart.zone("red"), face.shape)
    excess = np.float32(traits.redness * condition.redness) * red
    excess += np.float32(condition.flare) * treated
    oily = _enlarged(0.75 + 0.7 * chart.zone("oily"), face.shape)
    maps = face.replace(
        blood=face.blood * (1.0 + excess),
        gloss=np.clip(face.gloss * oily * np.float32(condition.gloss), 0.0, 1.0),
    )
    maps = paint_spots(maps, [_scaled_spot(s, tone, condition.pigment) for s in features.spots])
    # Beyond living skin's melanin the optics turn grey; the darkest moles stop there.
    maps = maps.replace(melanin=np.minimum(maps.melanin, np.float32(_MELANIN_MAX)))
    today = features.pores.scaled(size=math.sqrt(condition.pore_area))
    today = Pores(
        today.xy_mm,
        today.diameter_mm * features.pore_paper_from_surface,
        today.depth_mm * math.sqrt(condition.pore_area),
        tone.melanin_gain(0.3),
    )
    maps = paint_pores(maps, today)
    depth = traits.lines * condition.line_depth
    maps = paint_lines(
        maps, [Line(x.curve, x.width_mm, x.depth_mm * depth) for x in features.lines]
    )
    maps = paint_lines(maps, lid_creases(chart.atlas))
    maps = paint_scars(maps, [_shallower(s, condition.scar_depth) for s in features.scars])
    maps = lips(maps, chart, seed)
    maps, coat = hair_coat(maps, chart, (*features.brows, *features.stubble), seed=seed)
    if condition.tan != 1.0:
        maps = maps.replace(melanin=maps.melanin * np.float32(condition.tan))
        neck = neck.replace(melanin=neck.melanin * np.float32(condition.tan))
    return maps, neck, coat


def _shallower(scar: Scar, factor: float) -> Scar:
    """The same scar with another depth."""
    return Scar(
        scar.kind,
        scar.x_mm,
        scar.y_mm,
        scar.width_mm,
        scar.depth_mm * factor,
        scar.melanin_factor,
        scar.blood_factor,
    )


def _enlarged(zone: Any, shape: tuple[int, int]) -> FloatArray:
    """A coarse map at the resolution of the skin."""
    large = cv2.resize(
        np.asarray(zone, dtype=np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR
    )
    return np.asarray(large, dtype=np.float32)
