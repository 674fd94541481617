"""Heads of known point spread: what the edges say, and whether smoother skin moves it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from progress.imaging import DecodedPhoto
from progress.landmarks import find_face
from progress.model import NotMeasured
from progress.phantom.camera import Camera, shoot
from progress.phantom.head import Head, Shot, render
from progress.phantom.head_skin import SkinCondition
from progress.phantom.skin import SKIN_TONES
from progress.quality import RelativePsf, edge_width_mm, eye_zones, relative_psf
from progress.quality.edges import WIDTH_OF_SIGMA

PX_PER_MM = 8.0
SIZE_PX = (1250, 1780)
POINT_SPREADS_PX = (0.5, 0.9, 1.4, 2.0)
TREATED = SkinCondition(pore_area=0.4, scar_depth=0.3, line_depth=0.3, pigment=0.6)
_DEMOSAICING_PX = 0.45
_PIXEL_PX = 1 / math.sqrt(12)


@dataclass(frozen=True, slots=True)
class SharpnessRow:
    """One head through one lens.

    Parameters
    ----------
    tone : str
    true_px : float
        Sigma of lens, demosaicing and pixel together.
    read_px : float or None
        By the edges; None where there were none.
    treated_px : float or None
        The same of the head with fewer pores, lines, scars and spots.
    softer_px2, softer_error_px2 : float or None
        Variance above that of the sharpest shot, read with the treated skin, and its error.
    true_softer_px2 : float
    """

    tone: str
    true_px: float
    read_px: float | None
    treated_px: float | None
    softer_px2: float | None
    softer_error_px2: float | None
    true_softer_px2: float


def sharpness_rows(
    *, seed: int, watch: Callable[[float], None] = lambda _: None
) -> tuple[SharpnessRow, ...]:
    """Every tone through every point spread.

    Parameters
    ----------
    seed : int
    watch : callable
        Told the share done.
    """
    rows: list[SharpnessRow] = []
    for index, tone in enumerate(SKIN_TONES):
        head = Head(seed=seed + index, tone=tone)
        shot = Shot(px_per_mm=PX_PER_MM, size_px=SIZE_PX, label="", yaw_deg=2.0, roll_deg=1.0)
        scenes = [render(head, shot, skin).linear for skin in (None, TREATED)]
        marks = None
        sharpest = None
        for spread in POINT_SPREADS_PX:
            # Dark skin is exposed longer, as a camera would.
            camera = Camera(psf_sigma_px=spread, exposure_ev=0.4 + 0.15 * index)
            zones = []
            for scene in scenes:
                codes = shoot(scene, camera, np.random.default_rng((seed, index, len(rows))))
                photo = DecodedPhoto.from_codes(codes)
                marks = marks or find_face(photo)
                zones.append(eye_zones(photo, marks))
            sharpest = sharpest or zones[0]
            softer = relative_psf(sharpest, zones[1])
            rows.append(
                SharpnessRow(
                    tone=tone.name,
                    true_px=math.hypot(spread, _DEMOSAICING_PX, _PIXEL_PX),
                    read_px=_sigma_px(edge_width_mm(zones[0])),
                    treated_px=_sigma_px(edge_width_mm(zones[1])),
                    softer_px2=_px2(softer, "variance_mm2"),
                    softer_error_px2=_px2(softer, "standard_error_mm2"),
                    true_softer_px2=spread**2 - POINT_SPREADS_PX[0] ** 2,
                )
            )
        watch((index + 1) / len(SKIN_TONES))
    return tuple(rows)


def _sigma_px(width_mm: float | NotMeasured) -> float | None:
    return None if isinstance(width_mm, NotMeasured) else width_mm * PX_PER_MM / WIDTH_OF_SIGMA


def _px2(softer: RelativePsf | NotMeasured, part: str) -> float | None:
    return None if isinstance(softer, NotMeasured) else getattr(softer, part) * PX_PER_MM**2
