"""Simple patches of the face and what of them cannot be skin, laid out on a crop of a photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.model import Landmarks

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float32]

Corner = int | tuple[int, int]
"""A landmark, or two of them: three tenths of the way from the first to the second."""

PATCHES: Mapping[str, tuple[Corner, ...]] = {
    "forehead": (
        (10, 151), (109, 108), (67, 69), (103, 104), 68, 63, 105, 66, 107, 9, 336, 296, 334, 293,
        298, (332, 333), (297, 299), (338, 337),
    ),
    "glabella": (151, 108, 107, 55, 193, 168, 417, 285, 336, 337),
    "nose": (
        168, 193, 188, 174, 236, 198, 131, 49, 48, 219, 218, 237, 44, 1, 274, 457, 438, 439, 278,
        279, 360, 420, 456, 399, 412, 417,
    ),
    "right_under_eye": (31, 228, 229, 230, 231, 232, 128, 121, 120, 119, 118, 117, 111),
    "left_under_eye": (261, 448, 449, 450, 451, 452, 357, 350, 349, 348, 347, 346, 340),
    "right_cheek": (116, 117, 118, 119, 100, 142, 203, 206, 216, 192, 213, 147, 123),
    "left_cheek": (345, 346, 347, 348, 329, 371, 423, 426, 436, 416, 433, 376, 352),
    "upper_lip": (
        2, 97, 98, 165, 92, 186, 40, 39, 37, 0, 267, 269, 270, 410, 322, 391, 327, 326,
    ),
    "chin": (
        18, 83, 182, 106, 204, 211, 32, 140, 171, 175, 396, 369, 262, 431, 424, 335, 406, 313,
    ),
    "right_jaw": (213, 192, 214, 202, 204, 211, 170, 169, 135, 138, 215),
    "left_jaw": (433, 416, 434, 422, 424, 431, 395, 394, 364, 367, 435),
}  # fmt: skip
"""The client's own right and left. The forehead begins well below the hairline, which the
landmarker only guesses."""

BEARDED = ("upper_lip", "chin", "right_jaw", "left_jaw")
"""Where hair may be a beard, which no client can put aside for a photo."""

_EYES = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466),
)
_BROWS = (
    (46, 53, 52, 65, 55, 107, 66, 105, 63, 70),
    (276, 283, 282, 295, 285, 336, 296, 334, 293, 300),
)
_LIPS = (
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
)
_NOSTRILS = ((79, 166, 59, 240, 60, 20, 238), (309, 392, 289, 460, 290, 250, 458))
_NOT_SKIN = ((_EYES, 3.0), (_BROWS, 2.5), (_LIPS, 2.0), (_NOSTRILS, 2.0))
"""Outlines and how far around them skin is not expected, mm."""
_CANTHI = ((33, 133), (362, 263))
_EYE_HALF_MM = (18.0, 7.0)
_BORDER_MM = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class FaceCrop:
    """The face in linear light with its patches.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
    patches : mapping of str to ndarray of bool, shape (H, W)
        Where bare skin is expected; an empty mask for a patch outside the photo.
    eyes : tuple of ndarray of bool, shape (H, W)
        Each eye with its lids and lashes, 36 x 14 mm.
    px_per_mm : float
        Of the crop.
    """

    linear: FloatArray = field(repr=False)
    patches: Mapping[str, BoolArray] = field(repr=False)
    eyes: tuple[BoolArray, ...] = field(repr=False)
    px_per_mm: float


def crop_face(photo: DecodedPhoto, landmarks: Landmarks, px_per_mm: float) -> FaceCrop | None:
    """The face at a scale no finer than the photo's, or None where it leaves the photo.

    Parameters
    ----------
    photo : DecodedPhoto
    landmarks : Landmarks
    px_per_mm : float
        Wanted; a coarser photo stays as it is.
    """
    own = landmarks.scale.px_per_mm
    points = np.asarray(landmarks.points_xy[:468])
    low = np.maximum(np.floor(points.min(axis=0) - _BORDER_MM * own), 0).astype(int)
    high = np.minimum(np.ceil(points.max(axis=0) + _BORDER_MM * own), photo.size_px).astype(int)
    if (high - low < 16).any():
        return None
    scale = min(1.0, px_per_mm / own)
    linear = photo.linear((low[0], low[1], high[0], high[1]), scale).pixels
    ratio = np.array(linear.shape[1::-1]) / (high - low)
    at = (points - low + 0.5) * ratio - 0.5
    per_mm = own * float(ratio[0])
    shape = linear.shape[:2]
    return FaceCrop(
        np.asarray(linear), _lay_out(at, shape, per_mm), _eyes(at, shape, per_mm), per_mm
    )


def coarser(crop: FaceCrop, px_per_mm: float) -> FaceCrop:
    """The same face at a coarser scale; as it is if it is coarse already.

    Parameters
    ----------
    crop : FaceCrop
    px_per_mm : float
    """
    ratio = px_per_mm / crop.px_per_mm
    if ratio >= 1.0:
        return crop
    height, width = crop.linear.shape[:2]
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    linear = np.asarray(cv2.resize(crop.linear, size, interpolation=cv2.INTER_AREA), np.float32)

    def shrunk(mask: BoolArray) -> BoolArray:
        small = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
        return np.asarray(small, dtype=bool)

    return FaceCrop(
        linear,
        {name: shrunk(patch) for name, patch in crop.patches.items()},
        tuple(shrunk(eye) for eye in crop.eyes),
        crop.px_per_mm * size[0] / width,
    )


def disc(diameter_px: float) -> NDArray[np.uint8]:
    """A round kernel of odd size, at least 3."""
    size = 2 * max(1, round(diameter_px / 2)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), dtype=np.uint8)


def _filled(shape: tuple[int, ...], corners: NDArray[np.float64]) -> NDArray[np.uint8]:
    """1 inside an outline."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], (1,))
    return mask


def _lay_out(
    points: NDArray[np.float64], shape: tuple[int, ...], px_per_mm: float
) -> dict[str, BoolArray]:
    """Each patch less eyes, brows, lips and nostrils."""
    features = np.zeros(shape, np.uint8)
    for loops, margin_mm in _NOT_SKIN:
        one = np.zeros(shape, np.uint8)
        for loop in loops:
            one |= _filled(shape, points[list(loop)])
        features |= np.asarray(cv2.dilate(one, disc(2 * margin_mm * px_per_mm)), np.uint8)
    patches = {}
    for name, corners in PATCHES.items():
        outline = np.array(
            [
                0.7 * points[corner[0]] + 0.3 * points[corner[1]]
                if isinstance(corner, tuple)
                else points[corner]
                for corner in corners
            ]
        )
        patches[name] = np.asarray((_filled(shape, outline) > 0) & (features == 0))
    return patches


def _eyes(
    points: NDArray[np.float64], shape: tuple[int, ...], px_per_mm: float
) -> tuple[BoolArray, ...]:
    """An upright box about each eye."""
    half = np.array(_EYE_HALF_MM) * px_per_mm
    eyes = []
    for corners in _CANTHI:
        middle = points[list(corners)].mean(axis=0)
        (left, top), (right, bottom) = (middle - half).astype(int), (middle + half).astype(int)
        mask = np.zeros(shape, dtype=bool)
        mask[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = True
        eyes.append(mask)
    return tuple(eyes)
