"""How much of the skin that should be seen is covered by hair, glasses, a hand or a mask."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import gaussian_blur
from progress.model import NotMeasured
from progress.quality.face_patches import BEARDED, BoolArray, FaceCrop, FloatArray, disc

HAIR, GLASSES, CLOTH, HAND = "hair", "glasses", "cloth", "hand"
"""What may cover skin."""
PX_PER_MM = 2.0
"""Half a millimetre: strands that matter and rims of glasses are wider or many."""

_REFERENCE = ("glabella", "nose", "right_under_eye", "left_under_eye")
"""A fringe, a mask or a hand leaves some of these free."""
_CALM_SHARE = 0.6
_LEAST_SKIN_PX = 40
_COLOUR_LOST = 0.85
"""Of the skin's log red over blue. Cloth, plastic and paper lose all of it or more; gloss on dark
skin and blue light on a shaded jaw take up to 0.7 of it."""
_MASK_LOST = 0.6
_MASK_SHARE = 0.6
"""Under a cast a white mask is not quite grey; it covers lip and chin together, as no gloss does.
"""
_UNDER_MASK = ("upper_lip", "chin")
_LEAST_LOST = 0.4
_THIN_MM = 6.0
"""Strands, rims and the gaps between fingers are narrower, cast shadows wider."""
_VALLEY = 0.45
"""Log luminance below the skin around. Pores, lines and the fold of a smile stay under 0.3."""
_HIGHLIGHT = 0.15
"""Skin brighter than its surroundings by more is gloss, and the skin between glints no valley."""
_AROUND_MM = 6.0
_STRANDS = 0.14
"""Spread of log luminance over 3 mm. Skin reads 0.02 to 0.06, noisy or glossy skin to 0.12."""
_STRAND_DEPTH = 0.1
_DENSE = 0.45
_DENSE_MM = 2.0
"""Between few strands skin is seen; where nearly half is strands, the rest is their sheen. So a
fringe that leaves 86, 62 and 14 % free reads 0.77-0.92, 0.53-0.71 and, dark, 0.06-0.30; dense blond
hair reads up to 0.79."""
_RIM_VALLEY, _RIM_MM = 0.4, 18.0
"""Bags under tired eyes are shallower, lashes shorter."""
_FINGER_VALLEY = 0.22
_FINGER_MM = 14.0


@dataclass(frozen=True, slots=True)
class Occlusion:
    """What of the face's skin is seen.

    Parameters
    ----------
    visible : mapping of str to float
        Share of each patch (`face_patches.PATCHES`) that looks like this client's skin. A beard
        is not counted as hidden where one may grow.
    cover : mapping of str to str
        What covers most of the hidden part: `HAIR`, `GLASSES`, `CLOTH` or `HAND`.
    beard : float
        Share of lip, chin and jaws that is under dark hair.
    """

    visible: Mapping[str, float]
    cover: Mapping[str, str]
    beard: float

    @property
    def worst(self) -> tuple[str, float]:
        """The patch of which least is seen, and its share."""
        name = min(self.visible, key=lambda patch: self.visible[patch])
        return name, self.visible[name]


def find_occlusion(crop: FaceCrop | None) -> Occlusion | NotMeasured:
    """How much of each patch of the face is seen.

    Parameters
    ----------
    crop : FaceCrop or None
        At about 2 px/mm.

    Returns
    -------
    Occlusion or NotMeasured
        Everything is relative to the client's own skin about nose and eyes: log colour ratios,
        which shadows hardly change, and dark structure under 6 mm, which shadows do not have. Not
        measured where the face leaves the photo.

    Notes
    -----
    A hand is told by the dark gaps about its fingers only; a palm laid flat is not found. Blond
    hair is found as far as its strands differ from the skin in brightness.
    """
    if crop is None:
        return NotMeasured("the face is not in the picture")
    reference = np.any([crop.patches[name] for name in _REFERENCE], axis=0)
    if reference.sum() < _LEAST_SKIN_PX:
        return NotMeasured("nose and eyes are not in the picture")
    safe = np.maximum(crop.linear, np.float32(1e-4))
    logs = np.asarray(cv2.log(gaussian_blur(safe, 0.5 * crop.px_per_mm)), np.float32)
    luminance = np.asarray(
        cv2.log(safe @ np.array([0.2126, 0.7152, 0.0722], np.float32)), np.float32
    )
    level = _without_gloss(luminance, crop.px_per_mm)
    strands = _strands(level, crop.px_per_mm)
    valley = _valley(level, crop.px_per_mm)
    calm = reference & (strands <= np.quantile(strands[reference], _CALM_SHARE))
    warmth = logs[..., 0] - logs[..., 2]
    own = float(np.median(warmth[calm]))
    cloth = _cloth(warmth, own, crop)
    hair = _hair(strands, valley, crop.px_per_mm) & ~cloth
    hand = _between_fingers(valley, crop) & ~cloth & ~hair
    lenses = _behind_lenses(valley, crop) & ~cloth & ~hand
    return _shares(
        crop, {CLOTH: cloth, GLASSES: lenses, HAIR: hair & ~lenses, HAND: hand & ~lenses}
    )


def _cloth(warmth: FloatArray, own: float, crop: FaceCrop) -> BoolArray:
    """Of another colour than skin."""
    loose = np.asarray(warmth < own - max(_LEAST_LOST, _MASK_LOST * own))
    under = [loose[crop.patches[name]] for name in _UNDER_MASK]
    if all(patch.size and patch.mean() > _MASK_SHARE for patch in under):
        return loose
    return np.asarray(warmth < own - max(_LEAST_LOST, _COLOUR_LOST * own))


def _without_gloss(luminance: FloatArray, px_per_mm: float) -> FloatArray:
    """Log luminance cut where it exceeds its surroundings."""
    around = gaussian_blur(luminance, _AROUND_MM * px_per_mm)
    return np.asarray(np.minimum(luminance, around + np.float32(_HIGHLIGHT)), np.float32)


def _strands(level: FloatArray, px_per_mm: float) -> FloatArray:
    """Spread of structure of 0.4 to 2.5 mm within about 3 mm."""
    band = gaussian_blur(level, 0.2 * px_per_mm) - gaussian_blur(level, 1.2 * px_per_mm)
    return np.asarray(cv2.sqrt(gaussian_blur(band * band, 1.5 * px_per_mm)), np.float32)


def _valley(level: FloatArray, px_per_mm: float) -> FloatArray:
    """How much darker than the skin on both sides."""
    closed = cv2.morphologyEx(level, cv2.MORPH_CLOSE, disc(_THIN_MM * px_per_mm))
    return np.asarray(closed - level, np.float32)


def _hair(strands: FloatArray, valley: FloatArray, px_per_mm: float) -> BoolArray:
    """Strands and rims, and what lies among dense strands."""
    among = strands > _STRANDS
    thin = (among & (valley > _STRAND_DEPTH)) | (valley > _VALLEY)
    dense = gaussian_blur(thin.astype(np.float32), _DENSE_MM * px_per_mm) > _DENSE
    return np.asarray(thin | (dense & among))


def _behind_lenses(valley: FloatArray, crop: FaceCrop) -> BoolArray:
    """The skin below both eyes if a rim runs below both: what a lens shows is not bare skin."""
    lenses = np.zeros(valley.shape, dtype=bool)
    for side in ("right", "left"):
        below = crop.patches[f"{side}_under_eye"] | crop.patches[f"{side}_cheek"]
        dark = ((valley > _RIM_VALLEY) & below).astype(np.uint8)
        if not any(length >= _RIM_MM for length, _ in _long_parts(dark, crop.px_per_mm)):
            return np.zeros_like(lenses)
        lenses |= crop.patches[f"{side}_under_eye"]
    return lenses


def _long_parts(dark: NDArray[np.uint8], px_per_mm: float) -> Iterator[tuple[float, BoolArray]]:
    """Connected parts with the diagonal of their box in mm."""
    n, labels, stats, _ = cv2.connectedComponentsWithStats(dark)
    for k in range(1, n):
        size = math.hypot(stats[k, cv2.CC_STAT_WIDTH], stats[k, cv2.CC_STAT_HEIGHT])
        yield size / px_per_mm, np.asarray(labels == k)


def _between_fingers(valley: FloatArray, crop: FaceCrop) -> BoolArray:
    """The hull of long dark valleys on each cheek."""
    found = np.zeros(valley.shape, np.uint8)
    for name in ("right_cheek", "left_cheek"):
        dark = ((valley > _FINGER_VALLEY) & crop.patches[name]).astype(np.uint8)
        for length, part in _long_parts(dark, crop.px_per_mm):
            if length >= _FINGER_MM:
                rows, columns = np.nonzero(part)
                hull = cv2.convexHull(np.column_stack([columns, rows]).astype(np.int32))
                cv2.fillConvexPoly(found, hull, (1,))
    return found > 0


def _shares(crop: FaceCrop, covers: Mapping[str, BoolArray]) -> Occlusion:
    """Visible share and main cover of each patch."""
    visible, main = {}, {}
    bearded = hairy = 0
    for name, patch in crop.patches.items():
        area = int(patch.sum())
        if area < _LEAST_SKIN_PX:
            continue
        hidden = {what: int((mask & patch).sum()) for what, mask in covers.items()}
        if name in BEARDED:
            bearded, hairy = bearded + area, hairy + hidden[HAIR]
            hidden[HAIR] = 0
        visible[name] = 1.0 - sum(hidden.values()) / area
        if any(hidden.values()):
            main[name] = max(hidden, key=lambda what: hidden[what])
    return Occlusion(visible, main, hairy / max(bearded, 1))
