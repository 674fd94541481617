"""Where a colour chart lies in a photo, and what its patches send to the camera."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any, Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, srgb_from_linear
from progress.imaging.colour_chart import COLUMNS, ROWS, chart_linear
from progress.model import NotMeasured

SEARCH_PX: Final = 700
"""Shorter side of the picture that is searched: charts as wide as a quarter of it were found 14
times of 14. At 1000 a fifth is enough, and a photo without a chart costs three times as much."""
_OTHER_PX: Final = (640, 580)
_MAX_COST: Final = 0.05
_PATCH_SHARE: Final = 0.4
"""Middle part of a patch that is read, along each side: a corner found 3 % of the chart too far out
still leaves it on the patch."""
_MIN_READ_PX: Final = 4
_CLIPPED: Final = 0.955
"""Linear light of code 250, from which a channel counts as clipped (measurement page 9)."""
_BLACK: Final = 0.0015
"""Linear light of code 5."""
_MAX_LOST: Final = 0.01
_MAX_SPREAD: Final = 0.35
"""Half the range of the middle 90 % of a patch over its level: noise of a dim photo stays below, an
edge or a highlight does not."""
_MODEL_PX: Final = 14
"""Pixels per patch of the model that the found chart is laid upon."""
_MODEL_MARGIN: Final = 0.5
_MODEL_PATCH: Final = 0.84
_SOFT_PX: Final = 9
_MIN_LIKENESS: Final = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class ChartPlace:
    """A chart found in a photo.

    Parameters
    ----------
    corners_xy : ndarray of float64, shape (4, 2)
        In photo pixels: top left, top right, bottom right, bottom left as printed.
    """

    corners_xy: NDArray[np.float64] = field(repr=False)

    def at(self, along: NDArray[np.float64]) -> NDArray[np.float64]:
        """Photo pixels of places on the chart, shape (N, 2).

        Parameters
        ----------
        along : ndarray, shape (N, 2)
            Across and down the chart, 0..1.
        """
        square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
        map_xy = cv2.getPerspectiveTransform(square, self.corners_xy.astype(np.float32))
        points = np.asarray(along, np.float64)[None]
        return np.asarray(cv2.perspectiveTransform(points, map_xy)[0], dtype=np.float64)

    @property
    def patch_px(self) -> float:
        """Shortest distance of two neighbouring patches."""
        sides = np.linalg.norm(self.corners_xy - np.roll(self.corners_xy, -1, axis=0), axis=1)
        return float(min(sides[[0, 2]].min() / COLUMNS, sides[[1, 3]].min() / ROWS))


@dataclass(frozen=True, slots=True, eq=False)
class ChartReading:
    """What the patches of a chart send to the camera.

    Parameters
    ----------
    linear : ndarray of float64, shape (24, 3)
        Middle of each patch in linear light.
    usable : ndarray of bool, shape (24,)
        Even, and neither clipped nor black in any channel.
    """

    linear: NDArray[np.float64] = field(repr=False)
    usable: NDArray[np.bool_] = field(repr=False)


def search_chart(photo: DecodedPhoto) -> ChartPlace | NotMeasured:
    """The place of a ColorChecker Classic (any size of its 24 patches) in a photo.

    Parameters
    ----------
    photo : DecodedPhoto

    Returns
    -------
    ChartPlace or NotMeasured
        The detector is sure of form, not of colour: read and fit the patches to be sure of both.
    """
    for shorter in (SEARCH_PX, *_OTHER_PX):
        try:
            return _searched(photo, shorter)
        except cv2.error:
            # The detector of this OpenCV fails on rare layouts of outlines that no scale shares.
            continue
    return NotMeasured("no colour chart was seen: the search for one failed")


def _searched(photo: DecodedPhoto, shorter_px: int) -> ChartPlace | NotMeasured:
    """The chart in the photo shrunk to a shorter side of so many pixels."""
    codes = photo.codes_8bit()
    shrunk = min(1.0, shorter_px / min(photo.size_px))
    size = (max(1, round(photo.size_px[0] * shrunk)), max(1, round(photo.size_px[1] * shrunk)))
    small = cv2.resize(codes, size, interpolation=cv2.INTER_AREA) if shrunk < 1 else codes
    detector = cv2.mcc.CCheckerDetector.create()
    # Without the type being set, the detector of this OpenCV finds nothing at all.
    detector.setColorChartType(cv2.mcc.MCC24)
    settings = cv2.mcc.DetectorParametersMCC()
    settings.minImageSize = min(size)
    detector.setDetectionParams(settings)
    if not detector.process(cv2.cvtColor(small, cv2.COLOR_RGB2BGR), 1):
        return NotMeasured("no colour chart was seen")
    best = detector.getBestColorChecker()
    if best.getCost() > _MAX_COST:
        return NotMeasured("no colour chart was seen: something in the photo resembles one")
    box = np.asarray(best.getBox(), dtype=np.float64)
    settled = _settled(small, box)
    if isinstance(settled, NotMeasured):
        return settled
    scale = np.array(photo.size_px) / size
    return ChartPlace((settled + 0.5) * scale - 0.5)


@functools.cache
def _model() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Brightness of an upright chart in its frame, 0..1, and the corners of the chart in it."""
    side, rim = _MODEL_PX, round(_MODEL_MARGIN * _MODEL_PX)
    picture = np.zeros((ROWS * side + 2 * rim, COLUMNS * side + 2 * rim), np.float32)
    level = srgb_from_linear(np.clip(chart_linear(), 0, 1) @ np.array([0.299, 0.587, 0.114]))
    edge = round((1 - _MODEL_PATCH) / 2 * side)
    picture[:] = 0.19
    for index, value in enumerate(level):
        top, left = rim + index // COLUMNS * side, rim + index % COLUMNS * side
        picture[top + edge : top + side - edge, left + edge : left + side - edge] = value
    low = rim - 0.5
    right, bottom = low + COLUMNS * side, low + ROWS * side
    return picture, np.array([[low, low], [right, low], [right, bottom], [low, bottom]], np.float32)


def _settled(codes: NDArray[Any], box: NDArray[np.float64]) -> NDArray[np.float64] | NotMeasured:
    """The corners moved until all 24 patches lie on those of the model.

    The detector puts a patch up to half its width out; laid on the model, 42 charts were at most
    0.15 out.
    """
    model, corners = _model()
    start = cv2.getPerspectiveTransform(corners, box.astype(np.float32))
    grey = cv2.cvtColor(codes, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255)
    seen = cv2.warpPerspective(
        grey, start, model.shape[::-1], flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    inner = np.zeros(model.shape, np.uint8)
    rim = round(_MODEL_MARGIN * _MODEL_PX)
    inner[rim:-rim, rim:-rim] = 255
    enough = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 100, 1e-6)
    shift: NDArray[Any] = np.eye(3, dtype=np.float32)
    try:
        likeness, found = cv2.findTransformECC(
            model, seen, shift, cv2.MOTION_HOMOGRAPHY, enough, inner, _SOFT_PX
        )
        shift = np.asarray(found)
    except cv2.error:
        likeness = 0.0
    if likeness < _MIN_LIKENESS:
        return NotMeasured("no colour chart was seen: something in the photo resembles one")
    moved = cv2.perspectiveTransform(corners[None], start @ shift)
    return np.asarray(moved[0], dtype=np.float64)


def read_chart(photo: DecodedPhoto, place: ChartPlace) -> ChartReading | NotMeasured:
    """Linear light of the middle of every patch.

    Parameters
    ----------
    photo : DecodedPhoto
        Native pixels.
    place : ChartPlace
        Of the same photo.
    """
    if place.patch_px * _PATCH_SHARE < _MIN_READ_PX:
        return NotMeasured(
            f"the colour chart is too small: its patches are {place.patch_px:.0f} pixels apart, "
            f"{_MIN_READ_PX / _PATCH_SHARE:.0f} are needed"
        )
    linear = np.zeros((ROWS * COLUMNS, 3))
    usable = np.zeros(ROWS * COLUMNS, dtype=bool)
    for index in range(ROWS * COLUMNS):
        row, column = divmod(index, COLUMNS)
        half = _PATCH_SHARE / 2
        around = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
        outline = place.at((np.array([column + 0.5, row + 0.5]) + around) / (COLUMNS, ROWS))
        values = pixels_inside(photo, outline)
        if len(values) < _MIN_READ_PX**2:
            continue
        linear[index] = middle_of(values)
        lost = ((values.max(axis=1) >= _CLIPPED) | (values.min(axis=1) <= _BLACK)).mean()
        low, high = np.quantile(values, (0.05, 0.95), axis=0)
        uneven = (high - low) / 2 > _MAX_SPREAD * np.maximum(linear[index], 0.02)
        usable[index] = lost <= _MAX_LOST and not uneven.any()
    return ChartReading(linear, usable)


def pixels_inside(photo: DecodedPhoto, outline_xy: NDArray[np.float64]) -> NDArray[np.float32]:
    """Linear light of the native pixels inside a polygon, shape (N, 3); empty outside the photo."""
    width, height = photo.size_px
    left, top = np.maximum(0, np.floor(outline_xy.min(axis=0))).astype(int)
    right, bottom = np.ceil(outline_xy.max(axis=0)).astype(int) + 1
    right, bottom = min(right, width), min(bottom, height)
    if right <= left or bottom <= top:
        return np.empty((0, 3), np.float32)
    pixels = photo.linear((int(left), int(top), int(right), int(bottom))).pixels
    inside = np.zeros(pixels.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.rint(outline_xy - (left, top)).astype(np.int32)], 1)
    return cast("NDArray[np.float32]", pixels[inside.astype(bool)])


def middle_of(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mean of the middle half of each column: a median of 8-bit codes would snap to a code."""
    quarter = len(values) // 4
    ordered = np.sort(values, axis=0)
    return np.asarray(ordered[quarter : len(values) - quarter].mean(axis=0), dtype=np.float64)
