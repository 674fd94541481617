"""The face in a photo: points, head pose, expression and scale."""

from __future__ import annotations

import math
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.landmarks.head_fit import depths_px, fit_head, visibilities
from progress.landmarks.iris import iris_scale
from progress.landmarks.landmarker import FINDER, SCHEME, RawFace, detect_faces
from progress.landmarks.looks import look_closely
from progress.model import Landmarks, NoSingleFace, Scale, ScaleSource

FIRST_LOOK_PX = 1280
"""Longest side of the picture in which faces are looked for."""
LARGER_BY = 4.0
"""A face counts as the client's beside others if its area is this many times theirs."""
BACKGROUND_BY = 9.0
"""A face a third as high as the client's is a poster or somebody behind, wherever it is."""

_GIVEN_ERROR = 0.01


def find_face(photo: DecodedPhoto, *, px_per_mm: float | None = None) -> Landmarks:
    """The one face in a photo.

    Parameters
    ----------
    photo : DecodedPhoto
    px_per_mm : float, optional
        The scale at the face if it is known better than from the iris.

    Returns
    -------
    Landmarks
        478 points in full-resolution pixels. Where several faces are seen and one has nine times
        the area of any other, or four times and is nearer to the middle of the picture, that one,
        and `chosen_by` says so.

    Raises
    ------
    NoSingleFace
        If there is no face, or several and none that stands out.

    Notes
    -----
    Fails on faces turned by more than about 60 degrees, smaller than about a fifth of the picture,
    or covered. Places points where a face is implied, also under hair or behind glasses.
    """
    if px_per_mm is not None and not (math.isfinite(px_per_mm) and px_per_mm > 0):
        raise ValueError(f"px_per_mm: expected a positive number, got {px_per_mm}")
    codes = photo.codes_8bit()
    face, chosen_by = _choose(_first_look(codes), photo)
    close = look_closely(codes, face)
    points = close.points_xyz
    fit = fit_head(points)
    if px_per_mm is None:
        scale = iris_scale(photo, points, fit)
    else:
        scale = Scale(px_per_mm, _GIVEN_ERROR, ScaleSource.GIVEN)
    return Landmarks(
        points_xy=points,
        depth_px=depths_px(fit),
        visibility=visibilities(fit),
        pose=fit.pose(),
        expression=close.blendshapes,
        scale=scale,
        scheme=SCHEME,
        finder=FINDER,
        chosen_by=chosen_by,
    )


def _first_look(codes: NDArray[np.uint8]) -> list[RawFace]:
    """Faces in the whole photo, in its pixels."""
    height, width = codes.shape[:2]
    shrink = min(1.0, FIRST_LOOK_PX / max(height, width))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    small = codes
    if shrink < 1.0:
        small = cast("NDArray[np.uint8]", cv2.resize(codes, size, interpolation=cv2.INTER_AREA))
    ratio = np.array([width / size[0], height / size[1], width / size[0]])
    half = np.array([0.5, 0.5, 0.0])  # a picture is scaled about its edge, not a pixel's centre
    return [
        RawFace((face.points_xyz + half) * ratio - half, face.blendshapes)
        for face in detect_faces(small)
    ]


def _extent(face: RawFace) -> tuple[float, NDArray[np.float64]]:
    """Area of the face's bounding box and its centre."""
    low, high = face.points_xyz[:468, :2].min(axis=0), face.points_xyz[:468, :2].max(axis=0)
    return float(np.prod(high - low)), (low + high) / 2


def _choose(faces: list[RawFace], photo: DecodedPhoto) -> tuple[RawFace, str]:
    """The client's face, and by which rule if there was a choice."""
    name = photo.provenance.file
    if not faces:
        raise NoSingleFace(
            f"{name}: expected one face, got none",
            advice="take it from the front with the whole face in the picture, "
            "or choose a body area (--area body)",
        )
    if len(faces) == 1:
        return faces[0], ""
    middle = np.array(photo.size_px, dtype=np.float64) / 2
    ranked = sorted(faces, key=lambda face: -_extent(face)[0])
    area, centre = _extent(ranked[0])
    others = [_extent(face) for face in ranked[1:]]
    away = float(np.linalg.norm(centre - middle))
    rule = f"largest of {len(faces)} faces ({area / others[0][0]:.1f} times the next)"
    if all(
        area >= LARGER_BY * other and away < float(np.linalg.norm(elsewhere - middle))
        for other, elsewhere in others
    ):
        return ranked[0], f"{rule} and nearest the middle"
    if all(area >= BACKGROUND_BY * other for other, _ in others):
        return ranked[0], rule
    raise NoSingleFace(
        f"{name}: expected one face, got {len(faces)}",
        advice="take it again with nobody else close by, or crop the photo to the client",
    )
