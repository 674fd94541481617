"""A folder of pictures under several lamps: which lamp where, what scale, which skin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, read_photo
from progress.landmarks import find_face, find_fiducial, find_fiducials
from progress.model import (
    BadInput,
    Landmarks,
    NoSingleFace,
    NotMeasured,
    Refused,
    Scale,
    ScaleSource,
)
from progress.model.checks import BoolArray, FloatArray
from progress.pipeline.options import Options
from progress.pipeline.sources import session_files
from progress.quality import estimate_light
from progress.regions import face_regions, rasterise, skin_mask
from progress.relief import (
    DIRECTION_ERROR_DEG,
    LEAST_LAMPS,
    LIGHTS_NAME,
    find_mirror_ball,
    read_lights,
    working_scale,
)

_GIVEN_ERROR: Final = 0.01
LEAST_PX_PER_MM: Final = 4.0
"""A boxcar scar of 1.5 mm is then six pixels wide."""
_LAMP_OFF: Final = 0.5
"""Of the usual picture's brightness; a lamp that stood elsewhere changes it by a fifth."""
_FLATTEST: Final = 0.15
"""Smallest singular value of the directions over the root of their number: lamps that stand
8 degrees from the axis, or nearly in one line, tell the slopes too badly."""
_BALL_MARGIN: Final = 1.25
_STICKER_MARGIN: Final = 1.6
_FACE_LIGHT_ERROR_DEG: Final = 6.0
"""Of a direction read off a face: 5 degrees in the middle (docs/comparability.md)."""
_BALL_LOOK_PX: Final = 1600
_FEATURE_MARGIN_MM: Final = 3.0
"""Beside lips, nose and lids the face itself is hollow."""
_SHAPED: Final = {"nose": 1.4, "left_periorbital": 1.0, "right_periorbital": 1.0, "upper_lip": 1.0}
"""Parts of the face whose own shape has hollows as broad as scars, and how far beyond their
outline: beside the wings of the nose the cheek is hollow."""


@dataclass(frozen=True, slots=True, eq=False)
class DepthSet:
    """A set ready to be solved.

    Parameters
    ----------
    lit, lamp_off : tuple of DecodedPhoto
    lamps : ndarray of float64, shape (N, 3)
    direction_error_deg : float
        Of each lamp.
    light_source : str
        ``table``, ``mirror_ball`` or ``face``.
    scale : Scale
    mean : DecodedPhoto
        All lit pictures averaged: the skin under even light, for finding it again and for showing.
    landmarks : Landmarks or None
        None on the body.
    skin : ndarray of bool, or None
        On the working grid; None where the whole picture counts.
    """

    lit: tuple[DecodedPhoto, ...] = field(repr=False)
    lamp_off: tuple[DecodedPhoto, ...] = field(repr=False)
    lamps: NDArray[np.float64]
    direction_error_deg: float
    light_source: str
    scale: Scale
    mean: DecodedPhoto = field(repr=False)
    landmarks: Landmarks | None = field(repr=False)
    skin: BoolArray | None = field(repr=False)

    @property
    def photos(self) -> tuple[DecodedPhoto, ...]:
        """Lit pictures and then those with the lamps off."""
        return (*self.lit, *self.lamp_off)


def is_depth_set(source: Path) -> bool:
    """Whether a folder says by ``lights.csv`` that it is a multi-light set."""
    return source.is_dir() and (source / LIGHTS_NAME).is_file()


def are_depth_sets(baseline: Path, followup: Path, *, asked: bool) -> bool:
    """Whether two folders are to be compared as multi-light sets.

    Parameters
    ----------
    baseline, followup : Path
    asked : bool
        The user said so, because a set with a mirror ball has no table.

    Raises
    ------
    BadInput
        If one is a set by its table and the other is not.
    """
    first, then = is_depth_set(baseline), is_depth_set(followup)
    if asked or (first and then):
        return True
    if first != then:
        odd = followup if first else baseline
        raise BadInput(
            f"{odd}: expected a multi-light set like the other, got no lights.csv in it",
            advice="write its lights.csv, or say --lights if a mirror ball is in the pictures",
        )
    return False


def open_depth_set(source: Path, options: Options) -> DepthSet:
    """Read a multi-light set and settle light, scale and skin.

    Parameters
    ----------
    source : Path
        The folder.
    options : Options
        Area and scale, if the user gave them.

    Raises
    ------
    BadInput
        If the folder, its table or a picture cannot be read.
    Refused
        If the directions of the lamps or the scale cannot be had, or the lamps are too few or stand
        too close together.
    """
    if (source / LIGHTS_NAME).is_file():
        table = read_lights(source / LIGHTS_NAME)
        lit = tuple(read_photo(path) for path in table.lit)
        off = tuple(read_photo(path) for path in table.lamp_off)
        _enough(len(lit))
        lamps, error, told_by = table.lamps, DIRECTION_ERROR_DEG, "table"
    else:
        photos = tuple(read_photo(path) for path in session_files(source).photos)
        lit, off = _by_brightness(photos)
        _enough(len(lit))
        lamps, error, told_by = _seen_lamps(lit, options)
    _one_size((*lit, *off))
    least = float(np.linalg.svd(lamps, compute_uv=False)[-1]) / len(lamps) ** 0.5
    if least < _FLATTEST:
        raise Refused(
            f"lamps: expected directions all round at 30 to 45 degrees, got some that tell one "
            f"slope badly ({least:.2f}, at least {_FLATTEST} is needed)",
            advice="move the lamp round the camera, and farther out",
        )
    mean = mean_picture(lit)
    landmarks = _face(mean, options)
    scale = _scale(mean, landmarks, options)
    skin = _skin(mean, landmarks, scale.px_per_mm, _ball(lit))
    return DepthSet(lit, off, lamps, error, told_by, scale, mean, landmarks, skin)


def _enough(lamps: int) -> None:
    if lamps < LEAST_LAMPS:
        raise Refused(
            f"expected pictures under at least {LEAST_LAMPS} lamps, got {lamps}",
            advice="take six to eight, the lamp each time at another side",
        )


def _one_size(photos: Sequence[DecodedPhoto]) -> None:
    sizes = sorted({photo.size_px for photo in photos})
    if len(sizes) > 1:
        raise Refused(
            f"expected pictures of one size, got {' and '.join(f'{w} x {h}' for w, h in sizes)}",
            advice="take the whole set with one camera that stands still",
        )


def _by_brightness(
    photos: tuple[DecodedPhoto, ...],
) -> tuple[tuple[DecodedPhoto, ...], tuple[DecodedPhoto, ...]]:
    """Lit and lamp-off pictures: those under half of the usual brightness are off."""
    levels = [float(np.median(photo.linear(scale=_small(photo)).pixels)) for photo in photos]
    off = [level < _LAMP_OFF * float(np.median(levels)) for level in levels]
    return (
        tuple(photo for photo, dark in zip(photos, off, strict=True) if not dark),
        tuple(photo for photo, dark in zip(photos, off, strict=True) if dark),
    )


def _small(photo: DecodedPhoto) -> float:
    return min(1.0, 400 / max(photo.size_px))


def _light_of(photos: Sequence[DecodedPhoto]) -> tuple[FloatArray, float]:
    """Brightest channel of every picture, and pixels of it per picture pixel."""
    scale = min(1.0, _BALL_LOOK_PX / max(photos[0].size_px))
    light = np.stack([photo.linear(scale=scale).pixels.max(axis=-1) for photo in photos])
    return light, scale


def _ball(lit: Sequence[DecodedPhoto]) -> tuple[float, float, float] | None:
    """Middle and radius of a mirror ball in picture pixels; it is no skin, table or not."""
    light, scale = _light_of(lit)
    ball = find_mirror_ball(light)
    if ball is None:
        return None
    x, y = ((part + 0.5) / scale - 0.5 for part in ball.centre_xy)
    return x, y, ball.radius_px / scale


def _seen_lamps(
    lit: Sequence[DecodedPhoto], options: Options
) -> tuple[NDArray[np.float64], float, str]:
    """Directions, their error and where they come from, without a table."""
    _one_size(lit)
    landmarks = _face(mean_picture(lit), options)
    light, scale = _light_of(lit)
    ball = find_mirror_ball(light)
    if ball is not None and not _on_face(np.array(ball.centre_xy) / scale, landmarks):
        return ball.lamps, ball.error_deg, "mirror_ball"
    if landmarks is not None:
        lights = [estimate_light(photo, landmarks) for photo in lit]
        found = [one.direction for one in lights if not isinstance(one, NotMeasured)]
        if len(found) == len(lit):
            return np.array(found), _FACE_LIGHT_ERROR_DEG, "face"
    raise Refused(
        f"where the lamps stand: expected {LIGHTS_NAME}, a mirror ball or a whole face in the "
        "pictures, got none of them",
        advice=f"write {LIGHTS_NAME} with file,x,y,z, or lay a shiny ball beside the skin",
    )


def _on_face(xy: NDArray[np.float64], landmarks: Landmarks | None) -> bool:
    """Whether a place lies on the face: an eye mirrors lamps, but not as a ball of that outline."""
    if landmarks is None:
        return False
    (whole,) = (r for r in face_regions(landmarks) if r.name == "whole_face")
    outline = whole.polygon_xy.astype(np.float32).reshape(-1, 1, 2)
    return cv2.pointPolygonTest(outline, (float(xy[0]), float(xy[1])), measureDist=False) >= 0


def mean_picture(lit: Sequence[DecodedPhoto]) -> DecodedPhoto:
    """All lit pictures averaged as codes."""
    total = np.zeros(lit[0].codes.shape, dtype=np.float32)
    for photo in lit:
        total += photo.codes_8bit()
    codes = np.round(total / len(lit)).astype(np.uint8)
    return DecodedPhoto.from_codes(codes, file=f"mean of {len(lit)} pictures")


def _face(photo: DecodedPhoto, options: Options) -> Landmarks | None:
    """The face, unless the user said that there is none."""
    if options.area == "body":
        return None
    try:
        return find_face(photo, px_per_mm=options.px_per_mm)
    except NoSingleFace:
        if options.area == "face":
            raise
        return None


def _scale(photo: DecodedPhoto, landmarks: Landmarks | None, options: Options) -> Scale:
    """Given, from a sticker, or from the iris; refused without."""
    if options.px_per_mm is not None:
        scale: Scale | None = Scale(options.px_per_mm, _GIVEN_ERROR, ScaleSource.GIVEN)
    else:
        scale = find_fiducial(photo) or (landmarks.scale if landmarks is not None else None)
    if scale is None:
        raise Refused(
            "scale: expected --px-per-mm, a printed sticker or a face, got none of them",
            advice="without millimetres in the picture there is no depth in millimetres: lay a "
            "sticker on the skin, or measure a ruler",
        )
    if scale.px_per_mm < LEAST_PX_PER_MM:
        raise Refused(
            f"expected at least {LEAST_PX_PER_MM:g} pixels per millimetre of skin, got "
            f"{scale.px_per_mm:.1f}",
            advice="come closer or use a finer camera",
        )
    return scale


def _skin(
    mean: DecodedPhoto,
    landmarks: Landmarks | None,
    px_per_mm: float,
    ball: tuple[float, float, float] | None,
) -> BoolArray | None:
    """Skin on the working grid: the face's own, no sticker, no ball; None where all counts."""
    scale = working_scale(px_per_mm)
    width, height = mean.size_px
    box = (0, 0, width, height)
    mask: BoolArray | None = None
    if landmarks is not None:
        pixels = mean.linear(scale=scale).pixels
        regions = {region.name: region.polygon_xy for region in face_regions(landmarks)}
        mask = rasterise(regions["whole_face"], box, scale)
        for name, beyond in _SHAPED.items():
            middle = regions[name].mean(axis=0)
            mask &= ~rasterise(middle + beyond * (regions[name] - middle), box, scale)
        mask &= skin_mask(pixels, box, scale, landmarks, px_per_mm=px_per_mm)
        reach = 2 * round(_FEATURE_MARGIN_MM * px_per_mm * scale) + 1
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
        # Holes of hair and glare do not grow: only what the face's own parts cut out does.
        whole = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
        mask &= cv2.erode(whole, kernel, borderValue=0).astype(bool)
    stickers = find_fiducials(mean)
    if not stickers and ball is None:
        return mask
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    clear = np.ones((rows, columns), np.uint8)
    for sticker in stickers:
        middle = sticker.corners_xy.mean(axis=0)
        corners = middle + _STICKER_MARGIN * (sticker.corners_xy - middle)
        cv2.fillPoly(clear, [np.round(corners * scale).astype(np.int32)], 0)
    if ball is not None:
        x, y, radius = (part * scale for part in ball)
        cv2.circle(clear, (round(x), round(y)), round(_BALL_MARGIN * radius) + 1, 0, -1)
    rest = clear.astype(bool)
    return rest if mask is None else np.asarray(mask & rest)
