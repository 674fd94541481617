"""The face in a photo: points, head pose, expression and scale."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.landmarks.head_fit import depths_px, fit_head, visibilities
from progress.landmarks.iris import iris_scale
from progress.landmarks.landmarker import FINDER, SCHEME, RawFace, detect_faces
from progress.model import Landmarks, NoSingleFace, Scale, ScaleSource

FIRST_LOOK_PX = 1280
"""Longest side of the picture in which faces are looked for."""
CLOSE_LOOK_PX = 640
"""Longest side of the crop in which the points are placed; the network works on 256."""
LARGER_BY = 4.0
"""A face counts as the client's beside others if its area is this many times theirs."""

_GIVEN_ERROR = 0.01
_CROP_MARGIN = 0.45
# Shifts of the crop in parts of its side. The network reads a 256 px grid, so one look carries the
# grid's rounding; the mean over shifted looks carries less (see docs/architecture.md).
_SHIFTS = ((0.0, 0.0), (0.06, 0.03), (-0.05, 0.05), (0.03, -0.06), (-0.04, -0.03))


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
        478 points in full-resolution pixels. Where several faces are seen and one is both at least
        four times as large as any other and nearer to the middle of the picture, that one, and
        `chosen_by` says so.

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
    face, chosen_by = _choose(_look(codes, _whole(photo), FIRST_LOOK_PX), photo)
    points, expression = _close_look(codes, face)
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
        expression=expression,
        scale=scale,
        scheme=SCHEME,
        finder=FINDER,
        chosen_by=chosen_by,
    )


def _whole(photo: DecodedPhoto) -> tuple[int, int, int, int]:
    """The box of the whole photo."""
    return (0, 0, *photo.size_px)


def _look(codes: NDArray[np.uint8], box: tuple[int, int, int, int], side_px: int) -> list[RawFace]:
    """Faces in a box of the photo, in full-resolution pixels; the box may leave the photo."""
    height, width = codes.shape[:2]
    left, top, right, bottom = box
    inner = codes[max(top, 0) : min(bottom, height), max(left, 0) : min(right, width)]
    pads = (max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0))
    shrink = min(1.0, side_px / max(right - left, bottom - top))
    size = (max(1, round((right - left) * shrink)), max(1, round((bottom - top) * shrink)))
    if any(pads):
        inner = cast(
            "NDArray[np.uint8]", cv2.copyMakeBorder(inner, *pads, borderType=cv2.BORDER_REPLICATE)
        )
    if size != (right - left, bottom - top):
        inner = cast("NDArray[np.uint8]", cv2.resize(inner, size, interpolation=cv2.INTER_AREA))
    per_x, per_y = (right - left) / size[0], (bottom - top) / size[1]
    half = np.array([0.5, 0.5, 0.0])
    faces = []
    for face in detect_faces(inner):
        # Half a pixel to and fro: a picture is scaled about its edge, not a pixel's centre.
        from_edge = (face.points_xyz + half) * (per_x, per_y, per_x)
        faces.append(RawFace(from_edge + np.array([left, top, 0.0]) - half, face.blendshapes))
    return faces


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
            advice="take it from the front with the whole face in the picture, or say --area body",
        )
    if len(faces) == 1:
        return faces[0], ""
    middle = np.array(photo.size_px, dtype=np.float64) / 2
    ranked = sorted(faces, key=lambda face: -_extent(face)[0])
    area, centre = _extent(ranked[0])
    others = [_extent(face) for face in ranked[1:]]
    away = float(np.linalg.norm(centre - middle))
    if all(
        area >= LARGER_BY * other and away < float(np.linalg.norm(elsewhere - middle))
        for other, elsewhere in others
    ):
        times = area / others[0][0]
        return ranked[0], (
            f"largest of {len(faces)} faces ({times:.1f} times the next) and nearest the middle"
        )
    raise NoSingleFace(
        f"{name}: expected one face, got {len(faces)}",
        advice="crop the photo to the client",
    )


def _close_look(
    codes: NDArray[np.uint8], face: RawFace
) -> tuple[NDArray[np.float64], Mapping[str, float]]:
    """Points and expression, averaged over crops around the face."""
    low, high = face.points_xyz[:468, :2].min(axis=0), face.points_xyz[:468, :2].max(axis=0)
    side = float((high - low).max()) * (1 + 2 * _CROP_MARGIN)
    centre = (low + high) / 2
    seen: list[RawFace] = []
    for shift in _SHIFTS:
        left, top = np.rint(centre - side / 2 + np.array(shift) * side).astype(int)
        box = (int(left), int(top), int(left + round(side)), int(top + round(side)))
        near = [
            found
            for found in _look(codes, box, CLOSE_LOOK_PX)
            if float(np.linalg.norm(_extent(found)[1] - centre)) < side / 6
        ]
        seen.extend(near[:1])
    if not seen:
        seen = [face]
    points = np.mean([found.points_xyz[:, :2] for found in seen], axis=0)
    names = seen[0].blendshapes
    expression = {
        name: float(np.mean([found.blendshapes[name] for found in seen])) for name in names
    }
    return points, expression
