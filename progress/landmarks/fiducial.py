"""Scale from a printed sticker beside the skin: ArUco, dictionary DICT_4X4_50."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.model import Scale, ScaleSource

SIDE_MM = 20.0
"""Side of the black square as printed."""

_SEARCH_PX = 2000
_SMALLEST_SIDE_PX = 24.0
_PRINT_ERROR = 0.005  # a tenth of a millimetre on a 20 mm side
_CORNER_ERROR_PX = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Fiducial:
    """One sticker found.

    Parameters
    ----------
    marker : int
        Its number, 0 to 49.
    corners_xy : ndarray of float64, shape (4, 2)
        Outer corners of the black square in full-resolution pixels, clockwise.
    px_per_mm : float
        Along the direction that is not foreshortened.
    tilt_deg : float
        Between the sticker and the picture plane, from its shape; below 10 it is not told from 0.
    """

    marker: int
    corners_xy: NDArray[np.float64] = field(repr=False)
    px_per_mm: float
    tilt_deg: float


def find_fiducials(photo: DecodedPhoto, *, side_mm: float = SIDE_MM) -> tuple[Fiducial, ...]:
    """Every sticker in a photo.

    Parameters
    ----------
    photo : DecodedPhoto
    side_mm : float
        Side of the black squares.

    Returns
    -------
    tuple of Fiducial
        In order of marker number. Stickers that are smaller than 24 px, bent, shiny, mirrored or
        without a white rim are not seen; a code with even one wrong field is not accepted, because
        skin and hair make squares too.
    """
    if not (math.isfinite(side_mm) and side_mm > 0):
        raise ValueError(f"side_mm: expected a positive number, got {side_mm}")
    grey = np.asarray(cv2.cvtColor(photo.codes_8bit(), cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    shrink = min(1.0, _SEARCH_PX / max(grey.shape))
    small: NDArray[np.uint8] = grey
    if shrink < 1.0:
        size = (round(grey.shape[1] * shrink), round(grey.shape[0] * shrink))
        small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    settings = cv2.aruco.DetectorParameters()
    settings.errorCorrectionRate = 0.0
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    corners, markers, _ = cv2.aruco.ArucoDetector(dictionary, settings).detectMarkers(small)
    if not corners:
        return ()
    ratio = np.array([grey.shape[1] / small.shape[1], grey.shape[0] / small.shape[0]])
    found = []
    for quad, marker in zip(corners, np.ravel(markers), strict=True):
        rough = (np.asarray(quad, dtype=np.float64).reshape(4, 2) + 0.5) * ratio - 0.5
        sticker = _measured(grey, rough, int(marker), side_mm)
        if sticker is not None:
            found.append(sticker)
    return tuple(sorted(found, key=lambda sticker: sticker.marker))


def _measured(
    grey: NDArray[np.uint8], rough: NDArray[np.float64], marker: int, side_mm: float
) -> Fiducial | None:
    """A sticker with its corners refined at full resolution, or None if it is too small."""
    side_px = float(np.linalg.norm(np.roll(rough, -1, axis=0) - rough, axis=1).min())
    if side_px < _SMALLEST_SIDE_PX:
        return None
    reach = max(2, round(side_px / 20))  # less than half a field of the 6 x 6 grid
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 40, 0.005)
    refined = cv2.cornerSubPix(
        grey, rough.astype(np.float32).reshape(-1, 1, 2), (reach, reach), (-1, -1), stop
    )
    corners = np.asarray(refined, dtype=np.float64).reshape(4, 2)
    half = side_mm / 2
    square = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    affine = np.linalg.lstsq(square, corners - corners.mean(axis=0), rcond=None)[0]
    long, short = np.linalg.svd(affine, compute_uv=False)
    tilt = math.degrees(math.acos(min(1.0, float(short / long))))
    return Fiducial(marker, corners, float(long), tilt)


def find_fiducial(photo: DecodedPhoto, *, side_mm: float = SIDE_MM) -> Scale | None:
    """Pixels per mm at the stickers of a photo, or None if there is none.

    Parameters
    ----------
    photo : DecodedPhoto
    side_mm : float
        Side of the black squares.

    Returns
    -------
    Scale or None
        The mean over all stickers. Its relative error holds the print (0.5 %), the corners
        (0.2 px) and, with several stickers, how much they differ. It is the scale in the plane of
        the stickers: skin that lies nearer or farther has another one.
    """
    stickers = find_fiducials(photo, side_mm=side_mm)
    if not stickers:
        return None
    scales = np.array([sticker.px_per_mm for sticker in stickers])
    mean = float(scales.mean())
    corner = _CORNER_ERROR_PX * math.sqrt(2) / (mean * side_mm)
    spread = float(scales.std(ddof=1)) / mean if len(scales) > 1 else 0.0
    return Scale(mean, math.hypot(_PRINT_ERROR, corner, spread), ScaleSource.FIDUCIAL)
