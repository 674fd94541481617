"""What a pair needs to know of each photo, found out once per photo at low resolution."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, optical_density
from progress.landmarks import view_of
from progress.model import Landmarks, NotMeasured, Scale, View
from progress.quality.compression import earlier_quality
from progress.quality.detail_zones import DetailZones, eye_zones
from progress.quality.edges import edge_width_mm
from progress.quality.face_patches import coarser, crop_face
from progress.quality.light import Light, estimate_light
from progress.quality.occlusion import PX_PER_MM as OCCLUSION_PX_PER_MM
from progress.quality.occlusion import Occlusion, find_occlusion
from progress.quality.skin_look import PX_PER_MM as LOOK_PX_PER_MM
from progress.quality.skin_look import SkinLook, look_at_skin

WORKING_PX_PER_MM = 1.5
BODY_WORKING_PX = 320
CLIPPED_LINEAR = 0.955
"""Linear value of code 250, from which a channel counts as clipped (measurement page, section 9).
"""
BLACK_LINEAR = 0.0015
"""Linear value of code 5."""

FILM_DIAGONAL_MM = 43.27

_SKIN_POINTS = (50, 101, 36, 205, 280, 330, 266, 425, 151, 9, 108, 337, 199, 200)


_NOT_A_FACE = NotMeasured("not a face")


@dataclass(frozen=True, slots=True, eq=False)
class ShotFacts:
    """One photo in a few numbers.

    Parameters
    ----------
    landmarks : Landmarks or None
        None on the body.
    scale : Scale or None
    view : View
        From the pose.
    density : ndarray of float64, shape (3,)
        Median optical density of the skin.
    clipped, dark : float
        Share of the skin with a channel at its upper or all channels at their lower end.
    glare : float
        Share of the skin that mirrors the lamp.
    light : Light or NotMeasured
    edge_width_mm : float or NotMeasured
        10-90 % width of the sharpest edges around the eyes or of a sticker.
    size_px : tuple of int
        Of the photo.
    camera : str or None
        As the file says.
    distance_mm : float or None
        Camera to skin from the file's focal length and the scale, as if the photo were a whole
        frame; None when either is missing.
    earlier_quality : float or None
        JPEG quality at which the picture was stored at its worst, as its pixels tell.
    occlusion : Occlusion or NotMeasured
        How much of the face's skin is seen.
    look : SkinLook or NotMeasured
        Structure and colour of the skin's surface.
    """

    landmarks: Landmarks | None = field(repr=False)
    scale: Scale | None
    view: View
    density: NDArray[np.float64]
    clipped: float
    dark: float
    glare: float
    light: Light | NotMeasured
    edge_width_mm: float | NotMeasured
    size_px: tuple[int, int]
    camera: str | None = None
    distance_mm: float | None = None
    earlier_quality: float | None = None
    occlusion: Occlusion | NotMeasured = _NOT_A_FACE
    look: SkinLook | NotMeasured = _NOT_A_FACE


def gather_facts(
    photo: DecodedPhoto,
    landmarks: Landmarks | None,
    scale: Scale | None = None,
    *,
    zones: DetailZones | NotMeasured | None = None,
) -> ShotFacts:
    """Everything the gates and checks ask of one photo.

    Parameters
    ----------
    photo : DecodedPhoto
    landmarks : Landmarks or None
        None on the body.
    scale : Scale or None
        Given for body photos; a face has its own.
    zones : DetailZones or NotMeasured, optional
        Where the sharpness is read, if they were cut out already; a body photo without them has
        none.
    """
    if zones is None:
        zones = eye_zones(photo, landmarks) if landmarks else NotMeasured("no sticker was given")
    skin = _face_skin(photo, landmarks) if landmarks else _body_skin(photo)
    crop = crop_face(photo, landmarks, LOOK_PX_PER_MM) if landmarks else None
    luminance = skin @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    middle = np.median(skin, axis=0)
    # A highlight is much brighter than this skin and has lost its warmth.
    warmth = skin[:, 0] / np.maximum(skin[:, 2], 1e-4)
    washed = warmth < 0.75 * middle[0] / max(float(middle[2]), 1e-4)
    glare = (luminance > 1.6 * np.median(luminance)) & washed
    return ShotFacts(
        landmarks=landmarks,
        scale=landmarks.scale if landmarks else scale,
        view=view_of(landmarks),
        density=np.asarray(optical_density(middle[None, :]), np.float64)[0],
        clipped=float((skin.max(axis=1) >= CLIPPED_LINEAR).mean()),
        dark=float((skin.max(axis=1) <= BLACK_LINEAR).mean()),
        glare=float(glare.mean()),
        size_px=photo.size_px,
        camera=photo.provenance.camera,
        distance_mm=_distance_mm(photo, landmarks.scale if landmarks else scale),
        light=estimate_light(photo, landmarks) if landmarks else _NOT_A_FACE,
        edge_width_mm=edge_width_mm(zones),
        earlier_quality=earlier_quality(photo, landmarks),
        occlusion=find_occlusion(crop and coarser(crop, OCCLUSION_PX_PER_MM)),
        look=look_at_skin(crop),
    )


def _distance_mm(photo: DecodedPhoto, scale: Scale | None) -> float | None:
    """Pinhole distance: focal length in pixels over pixels per mm."""
    focal = photo.provenance.focal_length_35mm
    if focal is None or scale is None or focal <= 0:
        return None
    # The 35 mm equivalent is told by the diagonal of the frame, 43.27 mm of film.
    return focal / FILM_DIAGONAL_MM * math.hypot(*photo.size_px) / scale.px_per_mm


def _face_skin(photo: DecodedPhoto, landmarks: Landmarks) -> NDArray[np.float32]:
    """Linear pixels of 12 mm spots on cheeks, forehead and chin, shape (N, 3)."""
    reach = max(2, round(6.0 * landmarks.scale.px_per_mm))
    scale = min(1.0, WORKING_PX_PER_MM * 2 / landmarks.scale.px_per_mm)
    width, height = photo.size_px
    found = []
    for x, y in np.round(landmarks.points_xy[list(_SKIN_POINTS)]).astype(int):
        left, right = max(0, x - reach), min(width, x + reach)
        top, bottom = max(0, y - reach), min(height, y + reach)
        if right - left > 1 and bottom - top > 1:
            found.append(photo.linear((left, top, right, bottom), scale).pixels.reshape(-1, 3))
    return np.concatenate(found) if found else _body_skin(photo)


def _body_skin(photo: DecodedPhoto) -> NDArray[np.float32]:
    """All pixels of a body photo at about 320 px across, shape (N, 3)."""
    return photo.linear(None, min(1.0, BODY_WORKING_PX / max(photo.size_px))).pixels.reshape(-1, 3)
