"""Arrows on a new photo: what client, lamp and camera have to move."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model import NotMeasured
from progress.pipeline.known_photo import KnownPhoto
from progress.pipeline.moves import Moves
from progress.quality import Light
from progress.views.check_pictures import lit_sphere
from progress.views.frames import Codes
from progress.views.lettering import strip, text_width

_SHADE, _ARROW, _PANEL = (10, 40, 60), (255, 205, 60), (238, 239, 241)
_LEAST_DEG, _LEAST_EV = 2.0, 0.3
"""From where an arrow is drawn, once its subject was asked for: a client who moves at all may as
well move to the right place."""


def draw_arrows(canvas: Codes, seen: KnownPhoto, moves: Moves, asked: set[str]) -> None:
    """Draw everything that is to move into `canvas`, each arrow beside what it moves.

    Parameters
    ----------
    canvas : ndarray of uint8, shape (H, W, 3)
        The new photo's picture; written into.
    seen : KnownPhoto
        The new photo, with a face.
    moves : Moves
        From the new photo to the baseline.
    asked : set of str
        Subjects of the advice: only what is asked for in words gets an arrow.
    """
    points = seen.picture_points_xy[:468]
    low, high = points.min(axis=0), points.max(axis=0)
    reach = float(high[1] - low[1]) / 2
    size = max(14, round(canvas.shape[1] / 31))
    if {"pose", "view"} & asked:
        _pose_arrows(canvas, points, moves, reach=reach, size=size)
    if "light_direction" in asked and seen.facts is not None:
        light = seen.facts.light
        if not isinstance(light, NotMeasured):
            _lamp_panel(canvas, light, moves, size)
    notes = []
    if "distance" in asked and moves.step_closer:
        notes.append("step closer" if moves.step_closer > 0 else "step back")
    if "exposure" in asked and abs(moves.brighter_ev) >= _LEAST_EV:
        way = "brighter" if moves.brighter_ev > 0 else "darker"
        notes.append(f"{abs(moves.brighter_ev):.1f} stops {way}")
    for line, note in enumerate(notes):
        y = canvas.shape[0] - round((1.2 + 1.6 * line) * size)
        _label(canvas, note, (round(canvas.shape[1] / 2), y), size)


def _pose_arrows(
    canvas: Codes, points: NDArray[np.float64], moves: Moves, *, reach: float, size: int
) -> None:
    """Turn at the nose's tip, nod beside the face where there is room, tilt above the forehead."""
    nose, forehead = points[4], points[10]
    # 30 degrees would be as long as half the face: longer arrows, larger turns, up to that.
    per_deg = reach / 30

    def length(degrees: float) -> float:
        return math.copysign(min(max(abs(degrees), 6.0), 25.0) * per_deg, degrees)

    turn, nod, tilt = moves.turn_left_deg, moves.raise_chin_deg, moves.tilt_clockwise_deg
    if abs(turn) >= _LEAST_DEG:
        # The client's left is the picture's right.
        _arrow(canvas, nose, nose + np.array([length(turn), 0.0]), size)
        words = f"turn {abs(turn):.0f}° to client's {'left' if turn > 0 else 'right'}"
        _label(canvas, words, nose + np.array([0.0, 1.8 * size]), size)
    if abs(nod) >= _LEAST_DEG:
        start = _beside(canvas, points, size)
        _arrow(canvas, start, start - np.array([0.0, length(nod)]), size)
        words = f"chin {'up' if nod > 0 else 'down'} {abs(nod):.0f}°"
        below = 1.8 * size + max(0.0, -length(nod))
        _label(canvas, words, start + np.array([0.0, below]), size)
    if abs(tilt) >= _LEAST_DEG:
        _tilt_arrow(canvas, nose, forehead, tilt, size)


def _beside(canvas: Codes, points: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """A place beside the cheek that has more room to the picture's edge."""
    right, left = points[234], points[454]
    width = canvas.shape[1]
    if width - left[0] >= right[0]:
        return np.array([min(left[0] + 2.0 * size, width - 3.0 * size), left[1]])
    return np.array([max(right[0] - 2.0 * size, 3.0 * size), right[1]])


def _tilt_arrow(
    canvas: Codes, nose: NDArray[np.float64], forehead: NDArray[np.float64], tilt: float, size: int
) -> None:
    """An arc about the nose above the forehead, clockwise where `tilt` is positive."""
    up = forehead - nose
    radius = 1.1 * float(np.hypot(*up))
    top = math.atan2(up[1], up[0])
    sweep = math.radians(math.copysign(min(max(2.0 * abs(tilt), 20.0), 50.0), tilt))
    angles = top + np.linspace(-sweep / 2, sweep / 2, 25)
    arc = nose + radius * np.column_stack([np.cos(angles), np.sin(angles)])
    line = np.round(arc[:-3] * 8).astype(np.int32)
    thick = _thickness(size)
    cv2.polylines(canvas, [line], False, _SHADE, thick + 3, cv2.LINE_AA, 3)
    cv2.polylines(canvas, [line], False, _ARROW, thick, cv2.LINE_AA, 3)
    _arrow(canvas, arc[-6], arc[-1], size)
    words = f"tilt {abs(tilt):.0f}° to client's {'left' if tilt > 0 else 'right'} shoulder"
    _label(canvas, words, nose + 1.1 * up - np.array([0.0, 1.7 * size]), size)


def _lamp_panel(canvas: Codes, light: Light, moves: Moves, size: int) -> None:
    """A ball in the corner, lit as the light should fall: from the hollow lamp to the full one."""
    if moves.lamp_left_deg is None or moves.lamp_up_deg is None:
        return
    side = min(round(7.0 * size), min(canvas.shape[:2]) // 2)
    now = np.degrees(np.arcsin(np.clip(light.direction[:2], -1.0, 1.0)))
    there = now + np.array([moves.lamp_left_deg, moves.lamp_up_deg])
    panel = np.full((side, side, 3), _PANEL, np.uint8)
    flat = np.sin(np.radians(there))
    lit = np.array([*flat, math.sqrt(max(0.0, 1.0 - float(flat @ flat)))])
    ball = cv2.resize(lit_sphere(lit, lamp=False), (4 * side // 3, side))
    panel[:, :] = ball[:, side // 6 : side // 6 + side]
    stands, belongs = _on_panel(now, side), _on_panel(there, side)
    way = belongs - stands
    far = float(np.hypot(*way))
    radius = round(0.45 * size)
    if far > 2.5 * radius:
        unit = way / far
        _arrow(
            panel, stands + unit * 1.2 * radius, belongs - unit * 1.4 * radius, round(0.7 * size)
        )
    for place, full in ((stands, False), (belongs, True)):
        at = (round(float(place[0])), round(float(place[1])))
        cv2.circle(panel, at, radius + 1, _SHADE, -1, cv2.LINE_AA)
        cv2.circle(panel, at, radius - 1, _ARROW if full else _PANEL, -1, cv2.LINE_AA)
    canvas[:side, :side] = panel
    _label(canvas, "move the lamp", (side // 2, side), size)


def _on_panel(lamp_deg: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Where a lamp so far to the picture's right and up is drawn: 60 degrees is at the rim."""
    place = lamp_deg * (1.0, -1.0) / 60.0
    beyond = max(1.0, float(np.hypot(*place)) / 1.15)
    return np.asarray(side / 2 + 0.36 * side * place / beyond)


def _thickness(size: int) -> int:
    return max(3, size // 5)


def _arrow(canvas: Codes, start: NDArray[np.float64], end: NDArray[np.float64], size: int) -> None:
    """A yellow arrow with a dark rim."""
    a, b = (tuple(int(v) for v in np.round(p)) for p in (start, end))
    long = max(float(np.hypot(*(end - start))), 1.0)
    tip = min(0.9, 0.9 * size / long)
    thick = _thickness(size)
    cv2.arrowedLine(canvas, a, b, _SHADE, thick + 3, cv2.LINE_AA, tipLength=tip)
    cv2.arrowedLine(canvas, a, b, _ARROW, thick, cv2.LINE_AA, tipLength=tip)


def _label(canvas: Codes, words: str, at: NDArray[np.float64] | tuple[int, int], size: int) -> None:
    """Dark words on white, centred about `at` and kept inside the picture."""
    height, width = canvas.shape[:2]
    band = strip(min(width, text_width(words, size) + size), words, size_px=size)
    tall, wide = band.shape[:2]
    left = int(np.clip(round(float(at[0]) - wide / 2), 0, max(0, width - wide)))
    top = int(np.clip(round(float(at[1]) - tall / 2), 0, max(0, height - tall)))
    canvas[top : top + tall, left : left + wide] = band[: height - top, : width - left]
