"""A change of the skin itself, put into a real photo, so that an aligner can be led astray by it.

The change is the ratio of two pieces of phantom skin under one lamp; only pores are made fewer by
taking contrast out of the photo.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.resample import gaussian_blur
from progress.model.checks import BoolArray, FloatArray
from progress.phantom.features import Scar, ScarKind, Spot
from progress.phantom.painting import paint_hairs, paint_scars, paint_spots
from progress.phantom.planting import scatter_hairs
from progress.phantom.relief import Light, render
from progress.phantom.skin import SKIN_TONES, SkinMaps, SkinTone

_FLUSH_SIGMA_MM = 7.0
_FLUSH_BLOOD = 0.6
_PORES_SIGMA_MM = 8.0
_PORES_BAND_MM = (0.12, 0.8)
_STUBBLE_SIGMA_MM = 9.0
_SCARS = (
    (ScarKind.BOXCAR, 2.5, 0.35),
    (ScarKind.ROLLING, 5.0, 0.4),
    (ScarKind.ICE_PICK, 1.3, 0.7),
    (ScarKind.BOXCAR, 3.5, 0.3),
)
"""Kind, width and depth in mm."""
_PLANTED = (*("scar",) * len(_SCARS), "flush", "mole", "stubble", "pores")
_LAMP = Light.from_angles(35.0, 60.0, ambient=0.4)
_FAINTEST = 1e-3


@dataclass(frozen=True, slots=True)
class Place:
    """Where one change was planted.

    Parameters
    ----------
    what : str
        ``scar``, ``flush``, ``mole``, ``stubble`` or ``pores``.
    x_px, y_px : float
    radius_px : float
        Half the width of a scar or mole; the sigma of the rest.
    """

    what: str
    x_px: float
    y_px: float
    radius_px: float


@dataclass(frozen=True, slots=True, eq=False)
class ChangedSkin:
    """One photo with invented marks, before and after they changed.

    Parameters
    ----------
    before, after : ndarray of float32, shape (H, W, 3)
        Linear light. `before` holds the scars at full depth; in `after` they are half as deep, one
        patch is redder, one has half the pore contrast, one has stubble, and there is a new mole.
    places : tuple of Place
    """

    before: FloatArray = field(repr=False)
    after: FloatArray = field(repr=False)
    places: tuple[Place, ...]


def change_skin(
    linear: Any,
    skin: BoolArray,
    *,
    px_per_mm: float,
    rng: np.random.Generator,
    tone: SkinTone = SKIN_TONES[1],
) -> ChangedSkin:
    """Plant scars into a photo and change them and the skin around.

    Parameters
    ----------
    linear : array_like of float, shape (H, W, 3)
        The photo in linear light.
    skin : ndarray of bool, shape (H, W)
        Where marks may be put; at least one pixel.
    px_per_mm : float
    rng : numpy.random.Generator
        Draws the places.
    tone : SkinTone
        Of the phantom skin whose ratio is taken; the strength of redness and mole depend on it.

    Returns
    -------
    ChangedSkin

    Raises
    ------
    ValueError
        If `skin` is empty.

    Notes
    -----
    Relief is lit from 35 degrees, whatever the lamp of the photo.
    """
    photo = np.asarray(linear, dtype=np.float32)
    rows, columns = np.nonzero(skin)
    if not len(rows):
        raise ValueError("skin: expected some skin to plant marks on, got none")
    chosen = rng.choice(len(rows), len(_PLANTED))
    places = np.stack([columns[chosen], rows[chosen]], axis=1) / px_per_mm
    plain = _plain(photo.shape[:2], px_per_mm, tone)
    scars = [
        Scar(kind, float(x), float(y), width, depth)
        for (x, y), (kind, width, depth) in zip(places[:4], _SCARS, strict=True)
    ]
    lit = render(plain, _LAMP)
    before = photo * (render(paint_scars(plain, scars), _LAMP) / lit)
    healed = paint_scars(plain, [replace(scar, depth_mm=scar.depth_mm / 2) for scar in scars])
    flush = _mound(photo.shape[:2], places[4], _FLUSH_SIGMA_MM, px_per_mm)
    healed = healed.replace(blood=healed.blood * (1 + np.float32(_FLUSH_BLOOD) * flush))
    x, y = places[5]
    mole = Spot(float(x), float(y), 2.5, melanin_factor=1 + tone.melanin_gain(3.0))
    healed = paint_spots(healed, [mole])
    stubble = _mound(photo.shape[:2], places[6], _STUBBLE_SIGMA_MM, px_per_mm)
    hairs = scatter_hairs(
        rng,
        plain.size_mm,
        per_cm2=40.0,
        length_mm=0.9,
        width_mm=0.08,
        weight=cv2.resize(stubble, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA),
    )
    healed = paint_hairs(healed, hairs)
    closed = _mound(photo.shape[:2], places[7], _PORES_SIGMA_MM, px_per_mm)
    after = _with_fewer_pores(photo, closed, px_per_mm) * (render(healed, _LAMP) / lit)
    radii = [0.5 * scar.width_mm for scar in scars]
    radii += [_FLUSH_SIGMA_MM, 0.5 * mole.diameter_mm, _STUBBLE_SIGMA_MM, _PORES_SIGMA_MM]
    found = tuple(
        Place(what, float(x) * px_per_mm, float(y) * px_per_mm, radius * px_per_mm)
        for what, (x, y), radius in zip(_PLANTED, places, radii, strict=True)
    )
    return ChangedSkin(before, after.astype(np.float32), found)


def _plain(shape: tuple[int, int], px_per_mm: float, tone: SkinTone) -> SkinMaps:
    """Even, flat, matt skin."""
    zero = np.zeros(shape, dtype=np.float32)
    return SkinMaps(zero + tone.melanin, zero + tone.blood, zero, zero, px_per_mm)


def _mound(
    shape: tuple[int, int], centre_mm: NDArray[Any], sigma_mm: float, px_per_mm: float
) -> FloatArray:
    """1 in the middle, falling off as a Gaussian."""
    y, x = np.ogrid[: shape[0], : shape[1]]
    squared = (x / px_per_mm - centre_mm[0]) ** 2 + (y / px_per_mm - centre_mm[1]) ** 2
    return np.asarray(np.exp(-squared / (2 * sigma_mm**2)), dtype=np.float32)


def _with_fewer_pores(photo: FloatArray, share: FloatArray, px_per_mm: float) -> FloatArray:
    """The photo with half of its contrast between 0.12 and 0.8 mm taken out where `share` is 1."""
    fine, coarse = (gaussian_blur(photo, s * px_per_mm) for s in _PORES_BAND_MM)
    contrast = np.log(np.maximum(fine, _FAINTEST) / np.maximum(coarse, _FAINTEST))
    return np.asarray(photo * np.exp(-0.5 * share[..., np.newaxis] * contrast), dtype=np.float32)
