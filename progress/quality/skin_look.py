"""What one photo shows of its skin's surface in five numbers, for retouching and make-up."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from progress.imaging import gaussian_blur
from progress.model import NotMeasured
from progress.quality.face_patches import BoolArray, FaceCrop, FloatArray

PX_PER_MM = 4.0
MIN_PX_PER_MM = 2.5
"""Below it structure of 0.2 to 0.5 mm is not in the picture."""

_SKIN = ("forehead", "right_cheek", "left_cheek")
_FINE_MM = (0.2, 0.5)
"""Sigmas of a difference of Gaussians: pores, fine lines, grain."""
_COARSE_MM = (1.2, 3.0)
"""Folds, scars, the face's own shading: no filter for the skin touches them."""
_COLOUR_MM = (0.6, 3.0)
"""Freckles, blotches, veins; finer is noise and chroma compression, coarser is light. Of five bands
tried this one showed a foundation best (up to 6 or 10 mm: a tenth less often)."""
_BLOCK_MM = 12.0
_STORED_STEP = 0.0005
"""Spread of the fine band that rounding to 8 bits and storing leave where nothing is: an eighth of
a code. Without it filtered dark skin, whose structure is counted against its small luminance, read
up to 1.7 where filtered light skin reads 0.8; bare smooth skin, 1.6 and more, is hardly moved.
"""
_LEAST_FILLED = 0.6
_TRIM = 0.05
_LEAST_PX = 60

# Weights on optical density that exposure and shading cancel in, for skin near ITA 40
# (measurement page, section 1); one photo against another of the same client.
_HAEMOGLOBIN = np.array([-2.11, 3.28, -1.17], np.float32)
_MELANIN = np.array([0.03, -2.57, 2.54], np.float32)

Box = tuple[slice, slice]
Spreads = list[float]


@dataclass(frozen=True, slots=True)
class SkinLook:
    """The surface of forehead and cheeks.

    Parameters
    ----------
    fine, coarse : float
        Spread of the square root of luminance over its mean in bands of 0.2-0.5 and 1.2-3 mm
        (sigmas), the median of blocks of 12 mm.
    eye_fine, eye_coarse : float
        The same of both eyes with lashes and lids, which show how sharp the photo is.
    haemoglobin, melanin : float
        Robust spread of each in optical density between 0.6 and 3 mm, the median of the blocks.
    """

    fine: float
    coarse: float
    eye_fine: float
    eye_coarse: float
    haemoglobin: float
    melanin: float

    @property
    def texture(self) -> float:
        """Fine structure of the skin, corrected for how much of it the photo's blur took."""
        return self.fine / max(self.eye_fine / max(self.eye_coarse, 1e-6), 1e-6)

    @property
    def steepness(self) -> float:
        """Fine over coarse structure of the skin, over the same of the eyes."""
        return self.texture / max(self.coarse, 1e-6)


def look_at_skin(crop: FaceCrop | None) -> SkinLook | NotMeasured:
    """The look of the skin.

    Parameters
    ----------
    crop : FaceCrop or None
        At about 4 px/mm.

    Returns
    -------
    SkinLook or NotMeasured
        Not measured below 2.5 px/mm or where forehead, cheeks or eyes are not in the picture.
        Blocks, not pixels, are pooled, so that one mole, scar or strand of hair counts for little.
    """
    if crop is None:
        return NotMeasured("the face is not in the picture")
    if crop.px_per_mm < MIN_PX_PER_MM:
        return NotMeasured(f"fine structure needs {MIN_PX_PER_MM:g} px/mm")
    safe = np.maximum(crop.linear, np.float32(1e-4))
    root = np.asarray(cv2.sqrt(safe @ np.array([0.2126, 0.7152, 0.0722], np.float32)), np.float32)
    fine, coarse = (_band(root, sigmas, crop.px_per_mm) for sigmas in (_FINE_MM, _COARSE_MM))
    density = np.asarray(-cv2.log(gaussian_blur(safe, 0.25 * crop.px_per_mm)), np.float32)
    colours = [
        _band(density @ weights, _COLOUR_MM, crop.px_per_mm) for weights in (_HAEMOGLOBIN, _MELANIN)
    ]
    bands = (fine, coarse, *colours)
    blocks = [_spreads(*block, root, bands) for block in _blocks(crop.patches, crop.px_per_mm)]
    everywhere = (slice(None), slice(None))
    eyes = [
        _spreads(everywhere, eye, root, bands[:2]) for eye in crop.eyes if eye.sum() >= _LEAST_PX
    ]
    if not blocks or not eyes:
        return NotMeasured("forehead, cheeks and eyes are not in the picture")
    skin = np.median(np.array(blocks), axis=0)
    eye = np.mean(np.array(eyes), axis=0)
    return SkinLook(*(float(v) for v in (skin[0], skin[1], eye[0], eye[1], skin[2], skin[3])))


def _band(picture: FloatArray, sigmas_mm: tuple[float, float], px_per_mm: float) -> FloatArray:
    """Structure between two sizes."""
    low, high = (gaussian_blur(picture, sigma * px_per_mm) for sigma in sigmas_mm)
    return np.asarray(low - high, np.float32)


def _blocks(patches: Mapping[str, BoolArray], px_per_mm: float) -> Iterator[tuple[Box, BoolArray]]:
    """Squares of 12 mm that are mostly skin: where they lie and which of their pixels count."""
    size = max(8, round(_BLOCK_MM * px_per_mm))
    for name in _SKIN:
        patch = patches[name]
        rows, columns = np.flatnonzero(patch.any(axis=1)), np.flatnonzero(patch.any(axis=0))
        if not rows.size:
            continue
        for top in range(rows[0], rows[-1] + 1, size):
            for left in range(columns[0], columns[-1] + 1, size):
                box = (slice(top, top + size), slice(left, left + size))
                if patch[box].sum() > _LEAST_FILLED * size * size:
                    yield box, patch[box]


def _spreads(box: Box, mask: BoolArray, root: FloatArray, bands: Iterable[FloatArray]) -> Spreads:
    """Trimmed spread of each band under a mask; the first two over the mean of the root."""
    mean = max(float(root[box][mask].mean()), 1e-3)
    spreads = []
    for k, band in enumerate(bands):
        values = band[box][mask]
        low, high = np.quantile(values, [_TRIM, 1 - _TRIM])
        spread = float(np.std(np.clip(values, low, high)))
        if k == 0:
            spread = math.sqrt(max(spread**2 - _STORED_STEP**2, 0.0))
        spreads.append(spread / (mean if k < 2 else 1.0))
    return spreads
