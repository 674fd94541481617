"""Rendered heads with and without scars, measured as the product would: a face is no flat skin.

Eyes, nose, lips and folds shade like hollows. Heads of this module share no seed, tone by tone no
trait, with the sample clients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from progress.colour import axes_for_ita
from progress.imaging import DecodedPhoto
from progress.landmarks import find_face
from progress.metrics import Analysis
from progress.model import NotMeasured, Region
from progress.phantom.camera import Camera
from progress.phantom.features import Scar
from progress.phantom.head import Head, Rendered, Shot, render
from progress.phantom.head_skin import SkinCondition, SkinTraits
from progress.phantom.relief import Light
from progress.phantom.skin import SKIN_TONES
from progress.phantom.spectra import ita_of
from progress.phantom.truth import feature_xy
from progress.pipeline.picture import measure_picture, take_picture
from progress.regions import face_regions

_PX_PER_MM = 11.0
_SIZE_PX = (1700, 2400)
_EXPOSURE_EV = (0.2, 0.4, 0.5, 0.6, 0.9, 1.1)
"""By tone: a photographer gives dark skin more light."""
_SCARS_PER_CHEEK = (8, 8, 4)


@dataclass(frozen=True, slots=True, eq=False)
class HeadShot:
    """A measured picture of a head.

    Parameters
    ----------
    analysis : Analysis
    scars : tuple of Scar
        Those that are seen.
    scars_xy, spots_xy : ndarray of float64, shape (N, 2)
        True centres of scars, and of freckles and moles, in pixels of the analysis' patch.
    regions : tuple of Region
        In pixels of that patch.
    """

    analysis: Analysis
    scars: tuple[Scar, ...]
    scars_xy: NDArray[np.float64] = field(repr=False)
    spots_xy: NDArray[np.float64] = field(repr=False)
    regions: tuple[Region, ...] = field(repr=False)


def head_shot(seed: int, *, scarred: bool) -> HeadShot:
    """A head of a tone, with a lamp, traits and stubble that follow from the seed.

    Parameters
    ----------
    seed : int
    scarred : bool
        Eight ice-picks, eight boxcars and four rolling scars on each cheek, or none.

    Raises
    ------
    ValueError
        If no face is found, which no seed below 100 does.
    """
    rng = np.random.default_rng([seed, 5])
    tone = seed % len(SKIN_TONES)
    traits = SkinTraits(
        redness=float(rng.uniform(0.3, 0.9)),
        pores_per_cm2=float(rng.uniform(50, 90)),
        pore_mm=float(rng.uniform(0.2, 0.32)),
        scars_per_cheek=_SCARS_PER_CHEEK if scarred else (0, 0, 0),
        freckles=int(rng.integers(10, 60)),
        moles=int(rng.integers(4, 14)),
        lines=float(rng.uniform(0.5, 1.6)),
        stubble=float(rng.choice([0.0, 0.0, 0.5, 1.0])),
        hair=(0.03, 0.02, 0.015),
    )
    lamp = Light.from_angles(
        float(rng.uniform(22, 52)), float(rng.uniform(35, 145)),
        ambient=float(rng.uniform(0.35, 0.55)),
    )  # fmt: skip
    shot = Shot(
        yaw_deg=float(rng.uniform(-3, 3)),
        pitch_deg=float(rng.uniform(-3, 3)),
        light=lamp,
        distance_mm=1090.0,
        px_per_mm=_PX_PER_MM,
        size_px=_SIZE_PX,
        aim_mm=(0.0, -20.0),
        camera=Camera(
            psf_sigma_px=0.6,
            exposure_ev=_EXPOSURE_EV[tone],
            read_noise=0.0015,
            shot_noise=0.006,
            sharpening=0.15,
            jpeg_quality=92,
        ),
        noise_seed=seed,
    )
    head = Head(seed=300 + seed, tone=SKIN_TONES[tone], traits=traits)
    return measured_head(render(head, shot, SkinCondition()))


def measured_head(picture: Rendered) -> HeadShot:
    """A rendered head as the product would see it, with the truth beside it.

    Parameters
    ----------
    picture : Rendered

    Raises
    ------
    ValueError
        If no face is found in it.
    """
    photo = DecodedPhoto.from_codes(picture.codes)
    landmarks = find_face(photo)
    regions = face_regions(landmarks)
    taken = take_picture(
        photo,
        {region.name: np.asarray(region.polygon_xy) for region in regions},
        px_per_mm=landmarks.scale.px_per_mm,
        landmarks=landmarks,
    )
    if isinstance(taken, NotMeasured):
        raise ValueError(f"picture: expected a face, got none: {taken.reason}")
    ita = float(ita_of(picture.head.tone.linear.astype(np.float64)))
    _, analysis = measure_picture(taken, (), axes=axes_for_ita(ita), reference=None, blocked={})

    def here(photo_xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((photo_xy - taken.box_px[:2] + 0.5) * taken.scale - 0.5)

    def seen(places: Sequence[tuple[float, float]]) -> tuple[NDArray[np.float64], list[bool]]:
        if not places:
            return np.zeros((0, 2)), []
        xy, visible = feature_xy(picture, places)
        return here(xy[visible]), [bool(one) for one in visible]

    features = picture.form.features
    scars_xy, visible = seen([(scar.x_mm, scar.y_mm) for scar in features.scars])
    spots_xy, _ = seen([(spot.x_mm, spot.y_mm) for spot in features.spots])
    return HeadShot(
        analysis=analysis,
        scars=tuple(s for s, is_seen in zip(features.scars, visible, strict=True) if is_seen),
        scars_xy=scars_xy,
        spots_xy=spots_xy,
        regions=tuple(
            replace(region, polygon_xy=here(np.asarray(region.polygon_xy))) for region in regions
        ),
    )
