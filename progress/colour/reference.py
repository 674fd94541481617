"""Untreated skin in the same photo, against which colour is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.colour.same_reference import ReferenceView, SeenReference, middle_of_skin
from progress.imaging import DecodedPhoto, gaussian_blur, optical_density
from progress.model import Landmarks, NotMeasured, ReferenceSkin

WORKING_PX_PER_MM = 3.0
_MARGIN_MM = 12.0
"""Seen around the outline, so that its skin is found again in a photo where it has moved."""
_BLOCK_MM = 8.0
_MIN_AREA_CM2 = 1.5
"""Measurement page, section 1: pool at least half a square centimetre; three times that, because a
neck carries hair and folds."""
_MIN_BLOCKS = 4
_MIN_LINEAR = 0.008
"""Below this linear light 8-bit codes step by more than 4 % and the tone curve's toe takes over."""
_CLIPPED = 0.93
_COLOUR_LIMIT = 0.35
"""In ln red/green and ln green/blue from the face's own median: on 25 faces the neck's medians
differed by -0.28 to 0.27; hair and most cloth differ by more."""
_DIMMER, _BRIGHTER = 1.2, 0.8
"""In optical density against the face: a neck within 0.2 to 0.8 below or above the face is usual;
1.2 is a third of the light: a cast shadow or dark cloth."""
_STRUCTURE = 0.2
"""In optical density against the 3 mm around: folds, necklaces, hair and seams."""
_CHEEKS = (50, 101, 205, 280, 330, 425, 151, 199)
_CHIN, _FOREHEAD = 152, 10
# Corners of the neck strip in mm from the chin: (towards the client's left, downwards). It starts
# below the shadow edge of the jaw and ends above most collars. Of six strips tried on 17 people
# photographed twice, the lower ones repeated best.
_NECK_MM = ((-22.0, 18.0), (22.0, 18.0), (20.0, 46.0), (-20.0, 46.0))

# What a new pose of the same neck adds in one visit, over the scatter within the strip: covariance
# of optical density from 17 people photographed twice, at rest and smiling, less that scatter.
# Along haemoglobin it is 0.027, along one channel twice that, because shading moves all three.
_POSE_COVARIANCE = np.array(
    [[0.00167, 0.00210, 0.00233], [0.00210, 0.00279, 0.00316], [0.00233, 0.00316, 0.00373]]
)


@dataclass(frozen=True, slots=True, eq=False)
class _FaceSkin:
    """Median optical density of this client's face in this photo."""

    density: NDArray[np.float64]

    @property
    def ratios(self) -> NDArray[np.float64]:
        """ln red/green and ln green/blue."""
        return np.asarray(np.diff(self.density))


def neck_polygon(landmarks: Landmarks) -> NDArray[np.float64]:
    """The strip of neck below the chin, shape (4, 2), in photo pixels; may leave the photo.

    It is laid out in mm along the face's own axis, so the same landmarks in a second photo give the
    same skin, as far as neck and head moved together.
    """
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
        Not measured when less than 1.5 cm2 of it looks like this client's skin: cloth, hair, deep
        shadow or the edge of the picture.

    Notes
    -----
    A scarf of the colour of skin fools it; so does a neck that was treated or tanned apart from
    the face: outline another reference then (``--region reference=...``).
    """
    return reference_at(
        photo,
        neck_polygon(landmarks),
        px_per_mm=landmarks.scale.px_per_mm,
        landmarks=landmarks,
        source="neck",
    )


def reference_at(
    photo: DecodedPhoto,
    polygon_xy: NDArray[Any],
    *,
    px_per_mm: float,
    landmarks: Landmarks | None = None,
    source: str = "outlined reference skin",
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
    landmarks : Landmarks or None
        Of the same photo: pixels far from this face's colour and light do not count. None takes
        the polygon's own median instead.
    source : str
        What to call it.

    Returns
    -------
    ReferenceSkin or NotMeasured
        Middles of lightness and of colour apart, so that shading across the polygon does not leak
        into colour. The error holds the scatter of 8 mm blocks and, on top, what a new pose of
        the neck was seen to add.
    """
    width, height = photo.size_px
    margin_px = _MARGIN_MM * px_per_mm
    low = np.floor(np.min(polygon_xy, axis=0) - margin_px).astype(int)
    high = np.ceil(np.max(polygon_xy, axis=0) + margin_px).astype(int)
    left, top = max(0, int(low[0])), max(0, int(low[1]))
    right, bottom = min(width, int(high[0])), min(height, int(high[1]))
    if right - left < 3 or bottom - top < 3:
        return NotMeasured(f"no reference skin: the {source} lies outside the picture")
    scale = min(1.0, WORKING_PX_PER_MM / px_per_mm)
    linear = photo.linear((left, top, right, bottom), scale).pixels
    inside = np.zeros(linear.shape[:2], np.uint8)
    corners = (np.asarray(polygon_xy) - (left, top) + 0.5) * scale - 0.5
    cv2.fillPoly(inside, [np.round(corners).astype(np.int32)], 1)
    face = _face_skin(photo, landmarks) if landmarks is not None else None
    density, usable = _skin_like(linear, inside.astype(bool), face, px_per_mm * scale)
    pooled = _pooled(density, usable, px_per_mm * scale, source)
    if isinstance(pooled, NotMeasured):
        return pooled
    outline = np.asarray(polygon_xy, dtype=np.float64)
    view = ReferenceView(density, usable, (left, top), scale, px_per_mm * scale, outline)
    return SeenReference(
        pooled.optical_density, pooled.standard_error, source, pooled.covariance, view
    )


def _skin_like(
    linear: NDArray[np.float32],
    inside: NDArray[np.bool_],
    face: _FaceSkin | None,
    px_per_mm: float,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Optical density, and the pixels of it that are bare, lit, even skin."""
    density = np.asarray(optical_density(linear), dtype=np.float64)
    usable = inside & (linear.min(axis=2) > _MIN_LINEAR) & (linear.max(axis=2) < _CLIPPED)
    if not usable.any():
        return density, usable
    if face is None:
        face = _FaceSkin(np.median(density[usable], axis=0))
    middle = density.mean(axis=2)
    dimmer = middle - float(face.density.mean())
    fold = middle - gaussian_blur(middle, 3.0 * px_per_mm)
    alike = (np.abs(np.diff(density, axis=2) - face.ratios) < _COLOUR_LIMIT).all(axis=2)
    usable &= alike & (dimmer < _DIMMER) & (dimmer > -_BRIGHTER) & (np.abs(fold) < _STRUCTURE)
    return density, usable


def _pooled(
    density: NDArray[np.float64], usable: NDArray[np.bool_], px_per_mm: float, source: str
) -> ReferenceSkin | NotMeasured:
    """Median density of usable pixels, its error from the scatter of blocks."""
    area_cm2 = float(usable.sum()) / px_per_mm**2 / 100
    if area_cm2 < _MIN_AREA_CM2:
        return NotMeasured(
            f"no reference skin: only {area_cm2:.1f} cm2 of the {source} looks like bare, lit "
            f"skin, {_MIN_AREA_CM2} is needed; leave it bare and in the light"
        )
    block = max(2, round(_BLOCK_MM * px_per_mm))
    rows, columns = np.nonzero(usable)
    label = (rows // block) * (density.shape[1] // block + 1) + columns // block
    values = density[usable]
    medians = np.array(
        [
            middle_of_skin(values[label == name])
            for name in np.unique(label)
            if (label == name).sum() >= block * block // 4
        ]
    )
    if len(medians) < _MIN_BLOCKS:
        return NotMeasured(f"no reference skin: the {source} is seen in scattered pieces only")
    covariance = np.cov(medians.T) / len(medians) + _POSE_COVARIANCE
    return ReferenceSkin(middle_of_skin(values), np.sqrt(np.diag(covariance)), source, covariance)


def _face_skin(photo: DecodedPhoto, landmarks: Landmarks) -> _FaceSkin:
    """Median over spots of cheeks, forehead and chin, 6 mm wide each."""
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
    if not found:
        return _FaceSkin(np.zeros(3))
    return _FaceSkin(np.asarray(np.median(found, axis=0), dtype=np.float64))
