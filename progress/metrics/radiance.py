"""Radiance, by proxy: how far the brightest glints stand out from the fine light and shade of skin.

People call skin radiant by the light under it and by the spread of the light on it (Matsubara
2012); to part the two takes polarisers. Without them the two colours of that light cannot be parted
either: on light skin less melanin adds red, green and blue as a lamp's mirror image does. What is
left is shape: furrows, mottling and pores make the bright side of fine structure about as steep as
chance does, glints make a tail. On phantom skin twice the blood, spots, pores and blotches move
that tail by less than a fifth of what oil does, and so do deep wrinkles and coarse relief.

It says nothing about lightness, and neither more nor less of it is better.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.chromophores import smoothed
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need, NotMeasured, Outcome, RegionKind
from progress.model.checks import FloatArray
from progress.phantom.relief_doses import gloss

_PX_PER_MM: Final = 8.0
_FINE_MM, _AROUND_MM = 0.06, 0.2
"""Glints are as small as the bumps between furrows. Against skin 0.8 mm around, lines and pores
weighed as much as oil."""
_QUARTER, _TAIL = 0.75, 0.997
"""Of the bright side: where it is ordinary, and its glints. Chance alone gives a ratio of 4.1."""
_LUMINANCE: Final = np.array([[0.2126, 0.7152, 0.0722]], dtype=np.float32)
_BLOCKS: Final = 8
_LEAST_PX: Final = 500
"""In a block, for 0.3 % of it to be more than one pixel."""


@once_per_picture
def sheen_map(analysis: Analysis) -> FloatArray:
    """White light above that 0.2 mm around, % of the light there, shape (H, W) at 8 px/mm."""
    skin = analysis.skin(_PX_PER_MM)
    fine, around = (
        smoothed(skin.linear, skin.mask, mm * skin.px_per_mm) for mm in (_FINE_MM, _AROUND_MM)
    )
    # What all three channels have more of: a mirror image of the lamp adds to them alike.
    red, green, blue = cv2.split(fine - around)
    added = cv2.min(cv2.min(red, green), blue)
    level = np.maximum(cv2.transform(around, _LUMINANCE), np.float32(1e-4))
    return np.asarray(100 * added / level, dtype=np.float32)


@metric(
    id="radiance",
    version=1,
    label="Radiance (proxy)",
    unit="ratio",
    better=Direction.NONE,
    needs={Need.ABSOLUTE_COLOUR, Need.RELIEF_LIGHT, Need.DETAIL},
    min_px_per_mm=8.0,
    working_px_per_mm=_PX_PER_MM,
    min_area_mm2=200.0,
    asked_of={RegionKind.OWN},
    phantom=gloss,
    source="Matsubara 2012, by way of the measurement page, chapter on radiance of docs/limits.md",
    field=sheen_map,
)
def radiance(analysis: Analysis, window: Window) -> Outcome:
    """How far the brightest 0.3 % of fine glints stand out, over the brighter quarter of the skin.

    A proxy of low confidence, described and never judged.
    """
    local, skin = window.crop(sheen_map(analysis)), window.mask
    if skin.shape[1] > skin.shape[0]:
        local, skin = cv2.transpose(local), cv2.transpose(skin.view(np.uint8)).view(np.bool_)
    # In the order of the longer side.
    sheen = local[skin]
    value = _tail(sheen)
    if value is None:
        return NotMeasured("this skin is too smooth in the photo to tell glints from it")
    # Blocks of equal area along the longer side: glossy and matt parts of a region differ.
    parts = [_tail(part) for part in np.array_split(sheen, _BLOCKS)]
    known = [part for part in parts if part is not None]
    if len(known) < _BLOCKS / 2:
        return NotMeasured("too little usable skin for its glints")
    error = float(np.std(known, ddof=1)) / len(known) ** 0.5
    return Estimate(value, error, window.n_px)


def _tail(sheen: NDArray[np.float32]) -> float | None:
    """The bright tail over the bright quarter, both from the median; None of too few pixels."""
    if len(sheen) < _LEAST_PX:
        return None
    middle, quarter, tail = _quantiles(sheen, (0.5, _QUARTER, _TAIL))
    spread = float(quarter - middle)
    return float(tail - middle) / spread if spread > 1e-6 else None


def _quantiles(values: NDArray[np.float32], shares: tuple[float, ...]) -> list[float]:
    """Quantiles, straight between two values, of 32-bit numbers without making them 64-bit ones."""
    at = [share * (len(values) - 1) for share in shares]
    ranks = sorted({rank for place in at for rank in (math.floor(place), math.ceil(place))})
    ordered = np.partition(values, ranks)
    below = [float(ordered[math.floor(place)]) for place in at]
    above = [float(ordered[math.ceil(place)]) for place in at]
    return [
        low + (high - low) * (place - math.floor(place))
        for low, high, place in zip(below, above, at, strict=True)
    ]
