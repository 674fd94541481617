"""The white of the eye: the last thing to tell the colour of the light by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, optical_density
from progress.model import Landmarks, NotMeasured

_RIGHT: Final = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
_LEFT: Final = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
_EYES: Final = ((_RIGHT, 468, (159, 145)), (_LEFT, 473, (386, 374)))
_SKIN: Final = (50, 280, 205, 425, 151)
_WORKING_PX_PER_MM: Final = 8.0
_LID_MM: Final = 0.9
"""Kept off the lids: lashes, their shadow, and the tear film's shine."""
_IRIS_MM: Final = 11.7
_LIMBUS_MM: Final = 0.7
_MIN_OPENING_MM: Final = 5.5
_MIN_AREA_MM2: Final = 3.0
_CLIPPED: Final = 0.93
_DARKEST: Final = 0.02
_MAX_GLINT: Final = 0.15
_GLINT: Final = 1.4
"""Over the brightness that a quarter of the white exceeds: tear film, not white."""
_MIN_PALER: Final = 0.12
"""ln red/green of the cheeks less that of the white: a white as red as skin is bloodshot, or is not
the white."""
_LEVEL_ERROR, _COLOUR_ERROR = 0.09, 0.018
"""One standard error in optical density, of all channels together and of each, by what 16 people
photographed twice in one light, at rest and smiling, differed: lids shade the white."""


@dataclass(frozen=True, slots=True, eq=False)
class WhiteOfEye:
    """The white of a client's eyes in one photo.

    Parameters
    ----------
    optical_density : ndarray of float64, shape (3,)
    standard_error : ndarray of float64, shape (3,)
        Of each channel in optical density.
    n_px : int
        Working pixels of both eyes together.
    """

    optical_density: NDArray[np.float64] = field(repr=False)
    standard_error: NDArray[np.float64] = field(repr=False)
    n_px: int


def find_sclera(photo: DecodedPhoto, landmarks: Landmarks) -> WhiteOfEye | NotMeasured:
    """Optical density of the bright part of the white with the fewest vessels.

    Parameters
    ----------
    photo : DecodedPhoto
        Native pixels.
    landmarks : Landmarks
        Of the same photo, with irises (points 468 to 477).

    Returns
    -------
    WhiteOfEye or NotMeasured
        Not measured when the eyes are narrow, dark, glinting, bloodshot, or of too few pixels.

    Notes
    -----
    Of the white between lids and iris the half that is less red is taken, and of that the brighter
    half (Choi 2017 uses the white of the eye to tell the light). It yellows with age and reddens
    with sleep: only differences between two photos of one client mean anything, and its shade hangs
    on the lids. White of the eye that was reddened by the treatment's day takes real redness away.
    """
    if len(landmarks.points_xy) < 478:
        return NotMeasured("no white of the eye: the face finder gave no irises")
    skin = _cheeks(photo, landmarks)
    eyes = [_one_eye(photo, landmarks, eye, skin) for eye in range(2)]
    seen = [eye for eye in eyes if not isinstance(eye, NotMeasured)]
    if not seen:
        return next(eye for eye in eyes if isinstance(eye, NotMeasured))
    weight = np.array([len(eye) for eye in seen], dtype=np.float64)
    middles = np.array([_midmean(eye) for eye in seen])
    level = (middles * weight[:, None]).sum(axis=0) / weight.sum()
    within = np.array([eye.std(axis=0) for eye in seen]).mean(axis=0) / 2.0
    # Two eyes that differ say how far either may be trusted; one alone says only its own scatter.
    between = np.abs(middles[0] - middles[-1]) / 2.0
    own = np.maximum(between, within / len(seen))
    error = np.sqrt(_LEVEL_ERROR**2 + _COLOUR_ERROR**2 + own**2)
    return WhiteOfEye(level, error, int(weight.sum()))


def gains_by_sclera(baseline: WhiteOfEye, followup: WhiteOfEye) -> NDArray[np.float64]:
    """Channel gains that give the follow-up's white of the eye the baseline's density.

    Parameters
    ----------
    baseline, followup : WhiteOfEye
        Of one client.

    Returns
    -------
    ndarray of float64, shape (3,)
    """
    return np.asarray(np.exp(followup.optical_density - baseline.optical_density))


def _one_eye(
    photo: DecodedPhoto, landmarks: Landmarks, eye: int, skin: NDArray[np.float64]
) -> NDArray[np.float64] | NotMeasured:
    """Optical density of the chosen pixels of one eye, shape (N, 3)."""
    outline, iris, (upper, lower) = _EYES[eye]
    points, px_per_mm = np.asarray(landmarks.points_xy), landmarks.scale.px_per_mm
    opening = float(np.linalg.norm(points[upper] - points[lower])) / px_per_mm
    if opening < _MIN_OPENING_MM:
        return NotMeasured(
            f"no white of the eye: the lids are {opening:.1f} mm apart, {_MIN_OPENING_MM:g} are "
            "needed"
        )
    contour = points[list(outline)]
    left, top = np.floor(contour.min(axis=0)).astype(int)
    right, bottom = np.ceil(contour.max(axis=0)).astype(int) + 1
    width, height = photo.size_px
    if left < 0 or top < 0 or right > width or bottom > height:
        return NotMeasured("no white of the eye: the eyes are not wholly in the photo")
    scale = min(1.0, _WORKING_PX_PER_MM / px_per_mm)
    linear = photo.linear((int(left), int(top), int(right), int(bottom)), scale).pixels
    at = px_per_mm * scale
    white = np.zeros(linear.shape[:2], np.uint8)
    cv2.fillPoly(white, [np.rint((contour - (left, top) + 0.5) * scale - 0.5).astype(np.int32)], 1)
    reach = max(1, round(_LID_MM * at))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    white = np.asarray(cv2.erode(white, kernel, borderValue=0))
    centre = np.rint((points[iris] - (left, top) + 0.5) * scale - 0.5).astype(int)
    radius = round((_IRIS_MM / 2 + _LIMBUS_MM) * at)
    cv2.circle(white, (int(centre[0]), int(centre[1])), radius, 0, -1)
    values = linear[white.astype(bool)]
    if len(values) / at**2 < _MIN_AREA_MM2:
        return NotMeasured("no white of the eye: too little of it is seen beside the iris")
    return _chosen(values, skin)


def _chosen(
    values: NDArray[np.float32], skin: NDArray[np.float64]
) -> NDArray[np.float64] | NotMeasured:
    """The less red half, and of that the brighter half; refused where it is no clean white."""
    brightness = values.mean(axis=1)
    glint = (values.max(axis=1) >= _CLIPPED) | (brightness > _GLINT * np.quantile(brightness, 0.75))
    if float(glint.mean()) > _MAX_GLINT:
        return NotMeasured("no white of the eye: the lamp is mirrored in it")
    density = np.asarray(optical_density(values[~glint]), dtype=np.float64)
    redness = density[:, 1] - density[:, 0]
    pale = density[redness <= np.median(redness)]
    level = pale.mean(axis=1)
    chosen = pale[level <= np.median(level)]
    if float(np.exp(-np.median(chosen, axis=0)).min()) < _DARKEST:
        return NotMeasured("no white of the eye: it lies in the dark")
    middle = np.median(chosen, axis=0)
    if float((skin[1] - skin[0]) - (middle[1] - middle[0])) < _MIN_PALER:
        return NotMeasured("no white of the eye: it is as red as the skin")
    return np.asarray(chosen)


def _cheeks(photo: DecodedPhoto, landmarks: Landmarks) -> NDArray[np.float64]:
    """Median optical density of spots of skin, shape (3,)."""
    reach = max(2, round(3.0 * landmarks.scale.px_per_mm))
    width, height = photo.size_px
    found = []
    for x, y in np.rint(np.asarray(landmarks.points_xy)[list(_SKIN)]).astype(int):
        left, top = max(0, x - reach), max(0, y - reach)
        right, bottom = min(width, x + reach), min(height, y + reach)
        if right > left and bottom > top:
            spot = photo.linear((int(left), int(top), int(right), int(bottom))).pixels
            found.append(np.median(optical_density(spot).reshape(-1, 3), axis=0))
    return np.median(found, axis=0).astype(np.float64) if found else np.zeros(3)


def _midmean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the middle half of each column."""
    quarter = len(values) // 4
    ordered = np.sort(values, axis=0)
    return np.asarray(ordered[quarter : len(values) - quarter].mean(axis=0))
