"""Features drawn onto the maps of skin; each function returns new maps and leaves the old alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from progress.model.checks import FloatArray
from progress.phantom.features import (
    Curve,
    Hair,
    Line,
    Pores,
    Scar,
    ScarKind,
    Spot,
    StretchMark,
)
from progress.phantom.skin import SkinMaps
from progress.phantom.stamps import along, stamp

_FWHM: Final = 2.0 * math.sqrt(2.0 * math.log(2.0))
_PORE_EDGE_MM: Final = 0.03
_BOXCAR_EDGE_MM: Final = 0.12
_HAIR_MELANIN: Final = 0.7
_PIXEL_VARIANCE: Final = 1.0 / 12.0
# Of a line after pixels have averaged it; the box of one pixel alone (1/12) would still be sampled
# too coarsely, and a line's strength would depend on where between pixels it runs.
_THINNEST_VARIANCE: Final = 0.2
_RUN_OUT: Final = 0.2


def _px(xy_mm: Any, px_per_mm: float) -> NDArray[np.float64]:
    """Pixel positions, origin at the centre of the top-left pixel, of positions in mm."""
    return np.asarray(xy_mm, dtype=np.float64).reshape(-1, 2) * px_per_mm - 0.5


def _soft_px(edge_mm: float, px_per_mm: float) -> float:
    """Logistic edge in pixels, not sharper than the pixels themselves."""
    # A logistic edge of width s has the variance (pi s)^2 / 3.
    return math.sqrt((edge_mm * px_per_mm) ** 2 + 3.0 * _PIXEL_VARIANCE / math.pi**2)


def paint_pores(maps: SkinMaps, pores: Pores) -> SkinMaps:
    """The skin with pores: discs with a soft edge, sunken, with a darker plug.

    Parameters
    ----------
    maps : SkinMaps
    pores : Pores

    Returns
    -------
    SkinMaps
    """
    scale = maps.px_per_mm
    soft = _soft_px(_PORE_EDGE_MM, scale)
    centres = _px(pores.xy_mm, scale)
    radius = 0.5 * pores.diameter_mm * scale
    opening = stamp(maps.shape, centres, radius, 1.0, profile="disc", soft_px=soft)
    funnel = stamp(maps.shape, centres, radius, pores.depth_mm, profile="disc", soft_px=soft)
    return maps.replace(
        height_mm=maps.height_mm - funnel,
        melanin=maps.melanin * (1.0 + np.float32(pores.plug) * opening),
        gloss=maps.gloss * (1.0 - np.float32(0.6) * opening),
    )


def ribbon(
    shape: tuple[int, int],
    px_per_mm: float,
    curves: Sequence[Curve],
    *,
    width_mm: Sequence[float],
    amplitude: Sequence[float],
    run_out: float = _RUN_OUT,
) -> FloatArray:
    """Bands with a Gaussian profile along curves, running out at both ends.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    px_per_mm : float
    curves : sequence of Curve
    width_mm : sequence of float
        Full width at half height, one per curve.
    amplitude : sequence of float
        Height in the middle, one per curve; 0 draws nothing.
    run_out : float
        Part of the length at each end over which the band rises from 0, as a quarter sine wave.

    Returns
    -------
    ndarray of float32, shape (H, W)
        The largest where bands cross. Bands thinner than a pixel keep their area.
    """
    centres, sigmas, heights = [], [], []
    for curve, width, height in zip(curves, width_mm, amplitude, strict=True):
        if height <= 0:
            continue
        sigma = width / _FWHM * px_per_mm
        seen = math.sqrt(sigma**2 + _THINNEST_VARIANCE)
        points, fraction = along(curve.points_mm, 0.3 * seen / px_per_mm)
        end = np.minimum(fraction, 1.0 - fraction) / run_out
        centres.append(_px(points, px_per_mm))
        sigmas.append(np.full(len(points), seen))
        heights.append(height * sigma / seen * np.sin(0.5 * np.pi * np.minimum(end, 1.0)))
    if not centres:
        return np.zeros(shape, dtype=np.float32)
    return stamp(shape, np.concatenate(centres), np.concatenate(sigmas), np.concatenate(heights))


def paint_lines(maps: SkinMaps, lines: Sequence[Line]) -> SkinMaps:
    """The skin with fine lines and wrinkles.

    Parameters
    ----------
    maps : SkinMaps
    lines : sequence of Line

    Returns
    -------
    SkinMaps
        Only the height differs.
    """
    groove = ribbon(
        maps.shape,
        maps.px_per_mm,
        [line.curve for line in lines],
        width_mm=[line.width_mm for line in lines],
        amplitude=[line.depth_mm for line in lines],
    )
    return maps.replace(height_mm=maps.height_mm - groove)


def scar_depth_mm(shape: tuple[int, int], px_per_mm: float, scars: Sequence[Scar]) -> FloatArray:
    """How deep scars lie below their surroundings, positive, shape (H, W).

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    px_per_mm : float
    scars : sequence of Scar
        Where two overlap, the deeper counts.
    """
    return _pits(shape, px_per_mm, scars, [scar.depth_mm for scar in scars])


def _pits(
    shape: tuple[int, int], px_per_mm: float, scars: Sequence[Scar], amplitude: list[float]
) -> FloatArray:
    """Stamps with the profiles of scars and amplitudes of one's own."""
    heights = np.array(amplitude)
    centres = _px([(scar.x_mm, scar.y_mm) for scar in scars], px_per_mm)
    width = np.array([scar.width_mm for scar in scars]) * px_per_mm
    box = np.array([scar.kind is ScarKind.BOXCAR for scar in scars], dtype=bool)
    soft = _soft_px(_BOXCAR_EDGE_MM, px_per_mm)
    floors = stamp(
        shape, centres[box], 0.5 * width[box], heights[box], profile="disc", soft_px=soft
    )
    return np.maximum(floors, stamp(shape, centres[~box], width[~box] / _FWHM, heights[~box]))


def paint_scars(maps: SkinMaps, scars: Sequence[Scar]) -> SkinMaps:
    """The skin with atrophic scars.

    Parameters
    ----------
    maps : SkinMaps
    scars : sequence of Scar

    Returns
    -------
    SkinMaps
    """

    def pits(amplitude: list[float]) -> FloatArray:
        return _pits(maps.shape, maps.px_per_mm, scars, amplitude)

    return maps.replace(
        height_mm=maps.height_mm - pits([scar.depth_mm for scar in scars]),
        melanin=maps.melanin * _factor([scar.melanin_factor for scar in scars], pits),
        blood=maps.blood * _factor([scar.blood_factor for scar in scars], pits),
    )


def paint_spots(maps: SkinMaps, spots: Sequence[Spot]) -> SkinMaps:
    """The skin with freckles, moles or papules.

    Parameters
    ----------
    maps : SkinMaps
    spots : sequence of Spot
        Where two overlap, the larger of each effect counts.

    Returns
    -------
    SkinMaps
    """
    scale = maps.px_per_mm
    centres = _px([(spot.x_mm, spot.y_mm) for spot in spots], scale)
    radius = [0.5 * spot.diameter_mm * scale for spot in spots]
    soft = [_soft_px(spot.soft_mm, scale) for spot in spots]

    def discs(heights: list[float]) -> FloatArray:
        return stamp(maps.shape, centres, radius, heights, profile="disc", soft_px=soft)

    return maps.replace(
        melanin=maps.melanin * _factor([spot.melanin_factor for spot in spots], discs),
        blood=maps.blood * _factor([spot.blood_factor for spot in spots], discs),
        height_mm=maps.height_mm + discs([spot.rise_mm for spot in spots]),
    )


def _factor(
    factors: Sequence[float], draw: Callable[[list[float]], FloatArray]
) -> FloatArray | np.float32:
    """Map of factors, 1 where nothing is drawn."""
    # A stamp keeps the largest and knows no negative amounts: darker and paler are drawn apart.
    more = [max(0.0, factor - 1.0) for factor in factors]
    less = [max(0.0, 1.0 - factor) for factor in factors]
    total: FloatArray | np.float32 = np.float32(1.0)
    if any(more):
        total = total + draw(more)
    if any(less):
        total = total - draw(less)
    return total


def hair_cover(shape: tuple[int, int], px_per_mm: float, hairs: Sequence[Hair]) -> FloatArray:
    """Share of each pixel that hair covers, 0..1, shape (H, W).

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    px_per_mm : float
    hairs : sequence of Hair
    """
    return ribbon(
        shape,
        px_per_mm,
        [hair.curve for hair in hairs],
        width_mm=[hair.width_mm for hair in hairs],
        amplitude=[hair.opacity for hair in hairs],
        run_out=0.15,
    )


def paint_hairs(maps: SkinMaps, hairs: Sequence[Hair]) -> SkinMaps:
    """The skin under hairs, which are drawn as melanin.

    Parameters
    ----------
    maps : SkinMaps
    hairs : sequence of Hair

    Returns
    -------
    SkinMaps
    """
    cover = hair_cover(maps.shape, maps.px_per_mm, hairs)
    return maps.replace(
        melanin=maps.melanin * (1.0 - cover) + np.float32(_HAIR_MELANIN) * cover,
        gloss=maps.gloss * (1.0 - np.float32(0.7) * cover),
    )


def paint_stretch_marks(maps: SkinMaps, marks: Sequence[StretchMark]) -> SkinMaps:
    """The skin with stretch marks: sunken bands of another colour, smoother and glossier.

    Parameters
    ----------
    maps : SkinMaps
    marks : sequence of StretchMark

    Returns
    -------
    SkinMaps
    """
    height, melanin, blood, gloss = maps.height_mm, maps.melanin, maps.blood, maps.gloss
    for mark in marks:
        band = ribbon(
            maps.shape, maps.px_per_mm, [mark.curve], width_mm=[mark.width_mm], amplitude=[1.0]
        )
        height = height * (1.0 - np.float32(0.5) * band) - np.float32(mark.depth_mm) * band
        melanin = melanin * (1.0 + np.float32(mark.melanin_factor - 1.0) * band)
        blood = blood * (1.0 + np.float32(mark.blood_factor - 1.0) * band)
        gloss = gloss * (1.0 + np.float32(0.3) * band)
    return maps.replace(
        height_mm=height, melanin=melanin, blood=blood, gloss=np.clip(gloss, 0.0, 1.0)
    )
