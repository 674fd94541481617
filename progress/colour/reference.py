"""Untreated skin in the same photo, against which colour is told."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, optical_density
from progress.model import Landmarks, NotMeasured, ReferenceSkin

WORKING_PX_PER_MM = 3.0
_BLOCK_MM = 4.0
_MIN_AREA_CM2 = 1.0
"""Measurement page, section 1: pool at least half a square centimetre; twice that, because a neck
carries hair and folds."""
_MIN_BLOCKS = 6
_MIN_LINEAR = 0.012
"""Below this linear light, 8-bit codes step by more than 3 % and shadows take over the colour."""
_CLIPPED = 0.93
_COLOUR_LIMIT = 0.35
"""In log red/green and green/blue from the face's own median: neck and face differ by less,
cloth and hair by more."""
_CHEEKS = (50, 101, 205, 280, 330, 425, 151, 199)
_CHIN, _FOREHEAD = 152, 10
# Corners of the neck strip in mm from the chin: (towards the client's left, downwards). It starts
# below the shadow edge of the jaw and ends above most collars.
_NECK_MM = ((-20.0, 14.0), (20.0, 14.0), (17.0, 42.0), (-17.0, 42.0))


def neck_polygon(landmarks: Landmarks) -> NDArray[np.float64]:
    """The strip of neck below the chin, shape (4, 2), in photo pixels; may leave the photo."""
    points = np.asarray(landmarks.points_xy)
    chin = points[_CHIN]
    down = chin - points[_FOREHEAD]
    down = down / max(float(np.hypot(*down)), 1e-9)
    left = np.array([down[1], -down[0]])
    corners = [chin + landmarks.scale.px_per_mm * (x * left + y * down) for x, y in _NECK_MM]
    return np.array(corners)


def find_reference(photo: DecodedPhoto, landmarks: Landmarks) -> ReferenceSkin | NotMeasured:
    """Optical density of the neck below the chin.

    Parameters
    ----------
    photo : DecodedPhoto
        Native pixels.
    landmarks : Landmarks
        Of the same photo.

    Returns
    -------
    ReferenceSkin or NotMeasured
        Not measured when less than 1 cm2 of it looks like this client's skin: cloth, hair, deep
        shadow or the edge of the picture.

    Notes
    -----
    A scarf of the colour of skin fools it; so does a neck that was treated or tanned apart from
    the face: outline another reference then (``--region reference=...``).
    """
    face = _face_colour(photo, landmarks)
    return reference_in(
        photo,
        neck_polygon(landmarks),
        px_per_mm=landmarks.scale.px_per_mm,
        skin_log_ratios=face,
        source="neck",
    )


def reference_in(
    photo: DecodedPhoto,
    polygon_xy: NDArray[Any],
    *,
    px_per_mm: float,
    skin_log_ratios: NDArray[np.float64] | None,
    source: str,
) -> ReferenceSkin | NotMeasured:
    """Optical density of the skin inside a polygon.

    Parameters
    ----------
    photo : DecodedPhoto
        Native pixels.
    polygon_xy : ndarray, shape (K, 2)
        Corners in photo pixels.
    px_per_mm : float
        Of the photo.
    skin_log_ratios : ndarray, shape (2,), or None
        Median ln(red/green) and ln(green/blue) of this client's skin in this photo; pixels far
        from it do not count. None takes the polygon's own median.
    source : str
        What to call it.
    """
    width, height = photo.size_px
    low = np.floor(np.min(polygon_xy, axis=0)).astype(int)
    high = np.ceil(np.max(polygon_xy, axis=0)).astype(int)
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    right, bottom = min(width, int(high[0])), min(height, int(high[1]))
    if right - left < 3 or bottom - top < 3:
        return NotMeasured(f"the {source} lies outside the picture")
    scale = min(1.0, WORKING_PX_PER_MM / px_per_mm)
    linear = photo.linear((left, top, right, bottom), scale).pixels
    inside = np.zeros(linear.shape[:2], np.uint8)
    corners = (np.asarray(polygon_xy) - (left, top) + 0.5) * scale - 0.5
    cv2.fillPoly(inside, [np.round(corners).astype(np.int32)], 1)
    usable = (
        inside.astype(bool) & (linear.min(axis=2) > _MIN_LINEAR) & (linear.max(axis=2) < _CLIPPED)
    )
    return _pooled(linear, usable, skin_log_ratios, px_per_mm * scale, source)


def _pooled(
    linear: NDArray[np.float32],
    usable: NDArray[np.bool_],
    skin_log_ratios: NDArray[np.float64] | None,
    px_per_mm: float,
    source: str,
) -> ReferenceSkin | NotMeasured:
    """Median density of skin-like pixels, its error from the scatter of 4 mm blocks."""
    density = np.asarray(optical_density(linear), dtype=np.float64)
    if usable.any():
        ratios = np.stack(
            [density[..., 1] - density[..., 0], density[..., 2] - density[..., 1]], axis=-1
        )
        centre = skin_log_ratios if skin_log_ratios is not None else np.median(ratios[usable], 0)
        usable = usable & (np.abs(ratios - centre) < _COLOUR_LIMIT).all(axis=-1)
    area_cm2 = float(usable.sum()) / px_per_mm**2 / 100
    if area_cm2 < _MIN_AREA_CM2:
        return NotMeasured(
            f"no reference skin: only {area_cm2:.1f} cm2 of the {source} looks like bare, lit "
            f"skin, {_MIN_AREA_CM2:.0f} is needed; leave the {source} bare and in the light"
        )
    block = max(2, round(_BLOCK_MM * px_per_mm))
    rows, columns = np.nonzero(usable)
    label = (rows // block) * (linear.shape[1] // block + 1) + columns // block
    values = density[usable]
    medians = [
        np.median(values[label == name], axis=0)
        for name in np.unique(label)
        if (label == name).sum() >= block * block // 3
    ]
    if len(medians) < _MIN_BLOCKS:
        return NotMeasured(f"no reference skin: the {source} is seen in scattered pieces only")
    scatter = 1.4826 * np.median(np.abs(medians - np.median(medians, axis=0)), axis=0)
    error = 1.2533 * scatter / math.sqrt(len(medians))
    return ReferenceSkin(np.median(values, axis=0), error, source)


def _face_colour(photo: DecodedPhoto, landmarks: Landmarks) -> NDArray[np.float64]:
    """Median log ratios at spots of cheeks, forehead and chin, 6 mm wide each."""
    reach = max(1, round(3.0 * landmarks.scale.px_per_mm))
    width, height = photo.size_px
    found = []
    for index in _CHEEKS:
        x, y = np.round(landmarks.points_xy[index]).astype(int)
        left, right = max(0, x - reach), min(width, x + reach)
        top, bottom = max(0, y - reach), min(height, y + reach)
        if right > left and bottom > top:
            spot = photo.linear((left, top, right, bottom), min(1.0, 6 / (2 * reach))).pixels
            found.append(np.median(optical_density(spot).reshape(-1, 3), axis=0))
    density = np.median(found, axis=0)
    return np.array([density[1] - density[0], density[2] - density[1]])
