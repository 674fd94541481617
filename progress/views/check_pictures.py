"""A small picture beside a check, where a picture says more than a number.

Each shows the baseline on the left and the follow-up on the right, at one size and one scale in mm;
nothing is stretched or brightened to make a difference look larger or smaller.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, srgb_from_linear
from progress.landmarks import rotation_from_pose
from progress.model import Landmarks, NotMeasured, Pose
from progress.pipeline.shots import Shot
from progress.views.frames import Codes

TILE_PX = (168, 126)
"""Width and height of one side."""
_GAP_PX = 6
_PAPER = 255
_GROUND = (238, 239, 241)
_LINE = (70, 74, 80)
_FIRST_INK, _THEN_INK = (90, 94, 100), (0, 114, 178)
_EYE_MM, _MOUTH_MM, _CHEEK_MM = (46.0, 34.5), (68.0, 51.0), (36.0, 27.0)
_RIGHT_EYE, _MOUTH, _CHEEK = (33, 133), (61, 291), (50, 205)
_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
    148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
_NOSE = (168, 6, 197, 195, 5, 4, 1, 2)
_LIPS = (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91)
_EYES = ((33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380))

Side = Callable[[Shot], Codes | None]


def check_picture(check: str, baseline: Shot, followup: Shot) -> Codes | None:
    """Return the picture of one check of a pair, or None where words say it better.

    Parameters
    ----------
    check : str
        Its name, as in `progress.model.PairCheck`.
    baseline, followup : Shot
        The first shot of each session.

    Returns
    -------
    ndarray of uint8, shape (126, 342, 3), or None
        None also where a photo does not show what would be drawn.
    """
    if check == "distance":
        return _outlines(baseline, followup)
    if check == "colour_cast":
        return _swatches(baseline, followup, equal_light=True)
    if check == "exposure":
        return _swatches(baseline, followup, equal_light=False)
    side = _SIDES.get(check)
    if side is None:
        return None
    left, right = side(baseline), side(followup)
    return None if left is None or right is None else _beside(left, right)


def gate_picture(gate: str, shot: Shot) -> Codes | None:
    """Return the picture of one gate of one photo, or None where words say it better.

    Returns
    -------
    ndarray of uint8, shape (126, 168, 3), or None
    """
    if gate == "exposure":
        return None if shot.facts is None else _swatch(shot.facts.density)
    side = _GATE_SIDES.get(gate) or _SIDES.get(gate)
    return None if side is None else side(shot)


def lit_sphere(direction: NDArray[np.float64], *, share: float = 1.0, lamp: bool = True) -> Codes:
    """Return a matt ball lit by one lamp from a direction.

    Parameters
    ----------
    direction : ndarray, shape (3,)
        Unit vector to the lamp: x right of the picture, y up, z to the viewer.
    share : float
        Of the lamp in the light; the rest is even.
    lamp : bool
        Whether the lamp itself is drawn.
    """
    width, height = TILE_PX
    radius = 0.36 * height
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    nx, ny = (x - (width - 1) / 2) / radius, ((height - 1) / 2 - y) / radius
    inside = nx**2 + ny**2 <= 1.0
    nz = np.sqrt(np.clip(1.0 - nx**2 - ny**2, 0.0, 1.0))
    lit = np.clip(nx * direction[0] + ny * direction[1] + nz * direction[2], 0.0, 1.0)
    grey = 255.0 * np.asarray(
        srgb_from_linear(np.float32(0.02 + 0.75 * (share * lit + 1.0 - share)))
    )
    tile = np.full((height, width, 3), _GROUND, np.uint8)
    tile[inside] = np.round(grey[inside]).astype(np.uint8)[:, None]
    if not lamp:
        return tile
    flat = np.array([direction[0], -direction[1]])
    place = np.array([(width - 1) / 2, (height - 1) / 2]) + 1.22 * radius * flat
    centre = (round(float(place[0])), round(float(place[1])))
    cv2.circle(tile, centre, 9, _LINE, -1, cv2.LINE_AA)
    cv2.circle(tile, centre, 7, (255, 214, 84), -1, cv2.LINE_AA)
    return tile


def posed_head(pose: Pose) -> Codes:
    """Return a plain egg with eye line, midline and a pointer where the nose points."""
    width, height = TILE_PX
    tile = np.full((height, width, 3), _GROUND, np.uint8)
    half = np.array([0.33, 0.44, 0.38]) * height
    turn = np.linspace(-np.pi / 2, np.pi / 2, 41)
    zero, around = np.zeros_like(turn), np.linspace(0, 2 * np.pi, 73)
    rotation = rotation_from_pose(pose)

    def seen(
        x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64]
    ) -> NDArray[np.int32]:
        points = np.column_stack([x, y, z]) * half @ rotation.T
        xy = points[:, :2] * (1.0, -1.0) + ((width - 1) / 2, (height - 1) / 2)
        return np.asarray(np.round(xy), dtype=np.int32)

    # The outline of an ellipsoid from any side: the hull of its points.
    lat, lon = np.meshgrid(turn, around)
    cloud = seen(
        *(v.ravel() for v in (np.cos(lat) * np.cos(lon), np.sin(lat), np.cos(lat) * np.sin(lon)))
    )
    cv2.fillPoly(tile, [cv2.convexHull(cloud)], (255, 255, 255), cv2.LINE_AA)
    cv2.polylines(tile, [cv2.convexHull(cloud)], True, _LINE, 2, cv2.LINE_AA)
    cv2.polylines(tile, [seen(np.sin(turn), zero, np.cos(turn))], False, _FIRST_INK, 1, cv2.LINE_AA)
    cv2.polylines(tile, [seen(zero, np.sin(turn), np.cos(turn))], False, _FIRST_INK, 1, cv2.LINE_AA)
    one = np.array([1.0])
    start, end = seen(0 * one, -0.15 * one, one)[0], seen(0 * one, -0.15 * one, 2.4 * one)[0]
    cv2.arrowedLine(
        tile,
        (int(start[0]), int(start[1])),
        (int(end[0]), int(end[1])),
        _THEN_INK,
        3,
        cv2.LINE_AA,
        tipLength=0.3,
    )
    cv2.circle(tile, (int(start[0]), int(start[1])), 4, _THEN_INK, -1, cv2.LINE_AA)
    return tile


def crop_mm(
    photo: DecodedPhoto,
    centre_xy: NDArray[np.float64],
    size_mm: tuple[float, float],
    px_per_mm: float,
) -> Codes:
    """Return a part of a photo of a given size on the skin, grey beyond the photo's edge."""
    half = np.array(size_mm) * px_per_mm / 2
    left, top = np.floor(centre_xy - half).astype(int)
    right, bottom = np.ceil(centre_xy + half).astype(int) + 1
    width, height = photo.size_px
    inner = photo.codes_8bit()[
        max(0, top) : max(0, min(height, bottom)), max(0, left) : max(0, min(width, right))
    ]
    if not inner.size:
        return np.full((TILE_PX[1], TILE_PX[0], 3), _GROUND, np.uint8)
    whole = cv2.copyMakeBorder(
        inner,
        max(0, int(-top)),
        max(0, int(bottom) - height),
        max(0, int(-left)),
        max(0, int(right) - width),
        cv2.BORDER_CONSTANT,
        value=_GROUND,
    )
    shrinks = whole.shape[1] > TILE_PX[0]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return cast("Codes", cv2.resize(whole, TILE_PX, interpolation=how))


def _sphere(shot: Shot) -> Codes | None:
    if shot.facts is None or isinstance(shot.facts.light, NotMeasured):
        return None
    return lit_sphere(shot.facts.light.direction)


def _filled_sphere(shot: Shot) -> Codes | None:
    """With the even light that fills the shadows, and without the lamp."""
    if shot.facts is None or isinstance(shot.facts.light, NotMeasured):
        return None
    light = shot.facts.light
    share = float(np.clip(light.contrast, 0.0, 1.0))
    return lit_sphere(light.direction, share=share, lamp=False)


def _head(shot: Shot) -> Codes | None:
    return None if shot.landmarks is None else posed_head(shot.landmarks.pose)


def _part(points: tuple[int, ...], size_mm: tuple[float, float]) -> Side:
    """A crop about the middle of some landmarks."""

    def crop(shot: Shot) -> Codes | None:
        if shot.landmarks is None:
            return None
        centre = shot.landmarks.points_xy[list(points)].mean(axis=0)
        return crop_mm(shot.photo, centre, size_mm, shot.landmarks.scale.px_per_mm)

    return crop


def _face(shot: Shot) -> Codes | None:
    if shot.landmarks is None:
        return None
    points = shot.landmarks.points_xy[:468]
    low, high = points.min(axis=0), points.max(axis=0)
    tall = 1.25 * float(high[1] - low[1]) / shot.landmarks.scale.px_per_mm
    size_mm = (tall * TILE_PX[0] / TILE_PX[1], tall)
    return crop_mm(shot.photo, (low + high) / 2, size_mm, shot.landmarks.scale.px_per_mm)


def _swatch(density: NDArray[np.float64]) -> Codes:
    """One flat tile of the colour that the photo gives the skin."""
    linear = np.exp(-density).astype(np.float32)[None, :]
    code = np.round(255.0 * np.clip(np.asarray(srgb_from_linear(linear))[0], 0.0, 1.0))
    return np.full((TILE_PX[1], TILE_PX[0], 3), code.astype(np.uint8), np.uint8)


def _swatches(baseline: Shot, followup: Shot, *, equal_light: bool) -> Codes | None:
    """Both skins; with equal light, so that only the colour differs."""
    first, then = baseline.facts, followup.facts
    if first is None or then is None:
        return None
    second = then.density
    if equal_light:
        second = second - (second.mean() - first.density.mean())
    return _beside(_swatch(first.density), _swatch(second))


def _outlines(baseline: Shot, followup: Shot) -> Codes | None:
    """Both faces' outlines over each other with the eyes in one place: nearness bulges."""
    if baseline.landmarks is None or followup.landmarks is None:
        return None
    width, height = 2 * TILE_PX[0] + _GAP_PX, TILE_PX[1]
    canvas = np.full((height, width, 3), _GROUND, np.uint8)
    parts = ((_OVAL, True), (_NOSE, False), (_LIPS, True), *((eye, True) for eye in _EYES))
    for marks, ink in ((baseline.landmarks, _FIRST_INK), (followup.landmarks, _THEN_INK)):
        points = _upright(marks) * (0.33 * height) + (width / 2, 0.36 * height)
        for part, closed in parts:
            line = np.round(points[list(part)] * 8).astype(np.int32)
            cv2.polylines(canvas, [line], closed, ink, 2, cv2.LINE_AA, 3)
    return canvas


def _upright(landmarks: Landmarks) -> NDArray[np.float64]:
    """Points turned upright, the middle between the eyes at 0, in distances between the eyes."""
    points = landmarks.points_xy
    right, left = points[[33, 133]].mean(axis=0), points[[362, 263]].mean(axis=0)
    along = left - right
    size = max(float(np.hypot(*along)), 1e-9)
    x, y = along / size
    turn = np.array([[x, y], [-y, x]])
    return np.asarray((points - (left + right) / 2) @ turn.T / size)


def _beside(left: Codes, right: Codes) -> Codes:
    gap = np.full((left.shape[0], _GAP_PX, 3), _PAPER, np.uint8)
    return np.hstack([left, gap, right])


_SIDES: dict[str, Side] = {
    "light_direction": _sphere,
    "light_hardness": _filled_sphere,
    "pose": _head,
    "focus": _part(_RIGHT_EYE, _EYE_MM),
    "expression": _part(_MOUTH, _MOUTH_MM),
    "view": _face,
    "make_up": _face,
    "retouching": _part(_CHEEK, _CHEEK_MM),
}
_GATE_SIDES: dict[str, Side] = {
    "sharpness": _part(_RIGHT_EYE, _EYE_MM),
    "glare": _face,
    "occlusion": _face,
}
