"""Multi-light sessions of known scars, rendered and solved, and what was measured of each scar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.model import Scale, ScaleSource
from progress.phantom.camera import Camera
from progress.phantom.features import Scar, ScarKind
from progress.phantom.multilight import MultiLightSet, Rig, Stance, photograph, scarred_skin
from progress.phantom.planting import scatter_scars
from progress.phantom.skin import SKIN_TONES
from progress.pipeline.depth import SolvedSet, depth_answer, solve_opened
from progress.pipeline.depth_set import DepthSet, mean_picture

SIZE_MM: Final = (40.0, 30.0)
_COUNTS: Final = {ScarKind.ROLLING: 2, ScarKind.BOXCAR: 3, ScarKind.ICE_PICK: 1}
TOLD_ERROR_DEG: Final = 1.0
CREDIBLE: Final = (ScarKind.BOXCAR, ScarKind.ROLLING)
_NEAR_MM: Final = 0.6


@dataclass(frozen=True, slots=True)
class FoundDepth:
    """One planted scar and what was measured of it; None where it was not found."""

    scar: Scar
    depth_mm: float | None
    error_mm: float | None
    kind: str | None


def open_rendered(
    made: MultiLightSet,
    *,
    told: NDArray[np.float64] | None = None,
    ambient: float = 1.0,
) -> DepthSet:
    """A rendered set as it is after reading, without going through files.

    Parameters
    ----------
    made : MultiLightSet
    told : ndarray, shape (lamps, 3), optional
        Directions as the table has them; the true ones if absent.
    ambient : float
        Share of the lamp-off light that the lamp-off picture shows.
    """
    pictures = [DecodedPhoto.from_codes(codes) for codes in made.pictures]
    lit = tuple(pictures[:-1])
    off = pictures[-1:]
    if ambient == 0.0:
        off = [DecodedPhoto.from_codes(np.zeros_like(made.pictures[-1]))]
    return DepthSet(
        lit=lit,
        lamp_off=tuple(off),
        lamps=made.rig.units if told is None else told,
        direction_error_deg=TOLD_ERROR_DEG,
        light_source="table",
        scale=Scale(made.px_per_mm, 0.01, ScaleSource.GIVEN),
        mean=mean_picture(lit),
        landmarks=None,
        skin=None,
    )


def told_wrong(
    lamps: NDArray[np.float64], error_deg: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Directions that are each wrong by `error_deg` along each of two axes."""
    push = rng.normal(0.0, np.radians(error_deg), lamps.shape)
    push -= (push * lamps).sum(axis=1, keepdims=True) * lamps
    wrong = lamps + push
    return np.asarray(wrong / np.linalg.norm(wrong, axis=1, keepdims=True))


def _drawn_rig(rng: np.random.Generator) -> Rig:
    return Rig.ring(
        8,
        slant_deg=float(rng.uniform(35, 45)),
        start_deg=float(rng.uniform(0, 45)),
        ambient=float(rng.uniform(0.01, 0.08)),
    )


def _drawn_camera(rng: np.random.Generator) -> Camera:
    return Camera(jpeg_quality=int(rng.integers(88, 96)), exposure_ev=float(rng.uniform(-0.3, 0.1)))


def _drawn_stance(rng: np.random.Generator, *, moved: bool) -> Stance:
    if not moved:
        return Stance(motion_px=0.3)
    x, y = rng.uniform(-6, 6, 2)
    roll, zoom = rng.uniform(-3, 3), rng.uniform(0.97, 1.03)
    return Stance((float(x), float(y)), float(roll), float(zoom), motion_px=0.3)


def drawn_scars(seed: int, counts: dict[ScarKind, int] | None = None) -> tuple[Scar, ...]:
    """Scars of one client, by default two rolling ones, three boxcars and an ice-pick."""
    return scatter_scars(
        np.random.default_rng(seed), SIZE_MM, counts=counts or _COUNTS, border_mm=4.5
    )


def session_of(
    seed: int, scars: Sequence[Scar], rng: np.random.Generator, *, moved: bool
) -> tuple[MultiLightSet, SolvedSet]:
    """One session of one client, rendered and solved.

    Parameters
    ----------
    seed : int
        Of the client's skin and tone.
    scars : sequence of Scar
    rng : Generator
        Draws lamps, camera, place and what the table says wrongly of the lamps.
    moved : bool
        Whether the client stands elsewhere than at the baseline.
    """
    maps = scarred_skin(seed, scars, tone=SKIN_TONES[seed % len(SKIN_TONES)], size_mm=SIZE_MM)
    rig, camera = _drawn_rig(rng), _drawn_camera(rng)
    made = photograph(maps, scars, rig, rng, camera=camera, stance=_drawn_stance(rng, moved=moved))
    told = told_wrong(rig.units, TOLD_ERROR_DEG, rng)
    return made, solve_opened(open_rendered(made, told=told))


def found_depths(made: MultiLightSet, solved: SolvedSet) -> list[FoundDepth]:
    """Every planted scar with the nearest one measured.

    Parameters
    ----------
    made : MultiLightSet
    solved : SolvedSet
        Of that set.
    """
    measured = depth_answer(solved).scars
    out = []
    for scar, xy in zip(made.scars, made.scars_xy(), strict=True):
        near = [
            one
            for one in measured
            if np.hypot(*(np.array(one.centre_xy) - xy)) < _NEAR_MM * made.px_per_mm
            and one.depth_mm is not None
        ]
        if near:
            out.append(FoundDepth(scar, near[0].depth_mm, near[0].standard_error_mm, near[0].kind))
        else:
            out.append(FoundDepth(scar, None, None, None))
    return out
