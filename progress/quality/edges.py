"""How sharp one photo is, told by the edges of lashes, lids, pupil and brows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import gaussian_blur
from progress.model import NotMeasured
from progress.quality.detail_zones import DetailZones

_OWN_BLUR_PX = 0.6
WIDTH_OF_SIGMA = 2.563
"""10-90 % width of a Gaussian's edge in sigmas."""
_NARROWEST_PX = 0.2
_STRONG_EDGES = 0.98
_SHARPEST = 0.15
"""Quantile of the widths. On rendered heads of six tones and known point spread 0.10 reads a tenth
too little, 0.15 is right in the middle; either moves by less than 3 % when the skin is smoothed."""
_MOST_EDGES = 1500
"""Per zone; more edges only cost time."""
_MIN_EDGES = 20
_MIN_SLOPE = 0.02
_REACH_PX = 12.0


def edge_width_mm(zones: DetailZones | NotMeasured) -> float | NotMeasured:
    """10-90 % width of the sharpest edges in the zones, in mm of skin.

    The step across an edge over its steepest slope gives the width of the Gaussian that blurred
    it; the sharpest sixth of strong edges (lashes, lids, pupil, catch-light) is taken, because
    natural edges are only ever wider than the point spread.

    Parameters
    ----------
    zones : DetailZones or NotMeasured
        From `eye_zones` or `sticker_zones`.

    Returns
    -------
    float or NotMeasured
        Of 2 pixels even in the sharpest photo. Not measured when the zones lie outside the photo
        or show no strong edge. Noise of the strength of lashes makes edges of its own and reads
        too sharp; sharpening in the camera does so truly.
    """
    if isinstance(zones, NotMeasured):
        return zones
    return typical_width_mm(list(edge_widths_mm(zones).values()))


def edge_widths_mm(
    zones: DetailZones, *, softened_mm: float = 0.0
) -> dict[str, NDArray[np.float64]]:
    """10-90 % widths of the strong edges of each zone inside the photo, mm, by the zone's label.

    Parameters
    ----------
    zones : DetailZones
    softened_mm : float
        Sigma by which the zones are blurred first.
    """
    sigma_px = softened_mm * zones.samples_per_mm
    return {
        label: _edge_widths_px(gaussian_blur(picture, sigma_px)) / zones.samples_per_mm
        for label, picture in zip(zones.labels, zones.pictures, strict=True)
        if picture is not None
    }


def typical_width_mm(widths: Sequence[NDArray[np.float64]]) -> float | NotMeasured:
    """Width of the sharpest edges among these, which is that of the point spread."""
    joined = np.concatenate([*widths, np.empty(0)])
    if joined.size < _MIN_EDGES:
        return NotMeasured("no clear edge around the eyes to read the sharpness from")
    return float(np.quantile(joined, _SHARPEST))


def _edge_widths_px(zone: NDArray[np.float32]) -> NDArray[np.float64]:
    """10-90 % widths at the steepest 2 % of pixels, each along its own gradient."""
    image = gaussian_blur(zone, _OWN_BLUR_PX)
    gx = cv2.Sobel(image, cv2.CV_32F, 1, 0, ksize=3) / 8
    gy = cv2.Sobel(image, cv2.CV_32F, 0, 1, ksize=3) / 8
    slope = np.hypot(gx, gy)
    strong = max(float(np.quantile(slope, _STRONG_EDGES)), _MIN_SLOPE)
    found = np.argwhere(slope > strong)
    if not len(found):
        return np.empty(0)
    rows, columns = found[:: 1 + len(found) // _MOST_EDGES].T
    steepest = slope[rows, columns]
    unit = np.stack([gx[rows, columns], gy[rows, columns]], axis=1) / steepest[:, None]
    steps = np.linspace(-_REACH_PX, _REACH_PX, 49, dtype=np.float32)
    at = np.stack([columns[:, None] + steps * unit[:, :1], rows[:, None] + steps * unit[:, 1:]], -1)
    profiles = cv2.remap(
        image,
        at.astype(np.float32),
        None,  # type: ignore[call-overload]  # the map is one array of pairs
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    change = np.diff(profiles, axis=1)
    rising = change > 0
    middle = change.shape[1] // 2
    after = np.cumprod(rising[:, middle:], axis=1)
    before = np.cumprod(rising[:, :middle][:, ::-1], axis=1)
    step = (change[:, middle:] * after).sum(1) + (change[:, :middle][:, ::-1] * before).sum(1)
    sigma = step / (math.sqrt(2 * math.pi) * steepest)
    sigma = np.sqrt(np.maximum(sigma**2 - _OWN_BLUR_PX**2, _NARROWEST_PX**2))
    return cast("NDArray[np.float64]", WIDTH_OF_SIGMA * sigma.astype(np.float64))
