"""The ghost: the baseline's face laid over a new photo, with arrows for what to move.

The baseline is laid on by eyes and nose alone (a similarity, least squares), so what still differs
is pose, distance and expression, which is what the client and the camera can change. For looking
only; nothing is measured on it.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.pipeline.guidance import Guidance
from progress.pipeline.known_photo import KnownPhoto
from progress.views.frames import Codes
from progress.views.ghost_arrows import draw_arrows
from progress.views.lettering import strip, with_badge
from progress.views.pictures import SIMULATED_BADGE

GHOST_PX = 1024
"""Longest side: a tablet's screen."""
_ANCHORS = (33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1)
"""Corners of both eyes, bridge and tip of the nose."""
_LINES = (
    (10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152,
     148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109, 10),
    (33, 160, 158, 133, 153, 144, 33),
    (362, 385, 387, 263, 373, 380, 362),
    (168, 6, 197, 195, 5, 4),
    (48, 98, 97, 2, 326, 327, 278),
    (61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91, 61),
)  # fmt: skip
_LIFT = 0.38
"""Share of the baseline where it is laid on: both faces stay legible."""
_LINE, _SHADE = (120, 235, 255), (10, 40, 60)


def ghost(guidance: Guidance) -> Codes | None:
    """Return the new photo with the baseline's face on it and arrows for what to move.

    Parameters
    ----------
    guidance : Guidance
        Of a face photo against a face baseline.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3), or None
        At most 1024 px and two lines of caption. None without a baseline or without both faces.
    """
    seen, baseline = guidance.seen, guidance.baseline
    if baseline is None or seen.landmarks is None or baseline.landmarks is None:
        return None
    canvas = np.array(seen.picture)
    seen_from_baseline = similarity(
        baseline.picture_points_xy[list(_ANCHORS)], seen.picture_points_xy[list(_ANCHORS)]
    )
    canvas = _laid_on(canvas, baseline, seen_from_baseline)
    _outline(canvas, baseline, seen_from_baseline)
    if guidance.moves is not None:
        draw_arrows(canvas, seen, guidance.moves, {advice.subject for advice in guidance.advice})
    if guidance.simulated:
        canvas = with_badge(canvas, SIMULATED_BADGE)
    width = canvas.shape[1]
    size = max(14, round(width / 36))
    words = "Outline: the baseline's face. Yellow: what to move."
    return np.vstack([strip(width, words, size_px=size), canvas])


def similarity(
    source_xy: NDArray[np.float64], target_xy: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the 2 x 3 matrix that turns, scales and shifts source points onto target points.

    Parameters
    ----------
    source_xy, target_xy : ndarray, shape (N, 2)
        At least two different points.

    Notes
    -----
    Least squares in the plane of complex numbers; there is no mirroring.
    """
    source = source_xy[:, 0] + 1j * source_xy[:, 1]
    target = target_xy[:, 0] + 1j * target_xy[:, 1]
    from_middle = source - source.mean()
    spread = float((np.abs(from_middle) ** 2).sum())
    if spread <= 0:
        raise ValueError("similarity: expected at least two different points, got one")
    turn = complex((from_middle.conj() * (target - target.mean())).sum()) / spread
    shift = complex(target.mean()) - turn * complex(source.mean())
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def _laid_on(canvas: Codes, baseline: KnownPhoto, seen_from_baseline: NDArray[np.float64]) -> Codes:
    """The baseline's face at `_LIFT`, fading out at its outline."""
    height, width = canvas.shape[:2]
    warped = cv2.warpAffine(
        baseline.picture, seen_from_baseline, (width, height), flags=cv2.INTER_AREA
    )
    hull = _moved(baseline.picture_points_xy[list(_LINES[0])], seen_from_baseline)
    cover = np.zeros((height, width), np.float32)
    cv2.fillPoly(cover, [np.round(hull).astype(np.int32)], _LIFT)
    # The rim is as wide as a fiftieth of the face, so that no hard edge passes for an outline.
    soft = max(1.0, float(np.ptp(hull[:, 0])) / 50)
    cover = cast("NDArray[np.float32]", cv2.GaussianBlur(cover, (0, 0), soft))[..., None]
    mixed = canvas.astype(np.float32) * (1 - cover) + warped.astype(np.float32) * cover
    return np.round(mixed).astype(np.uint8)


def _outline(canvas: Codes, baseline: KnownPhoto, seen_from_baseline: NDArray[np.float64]) -> None:
    """Draw the baseline's oval, eyes, nose and mouth; light on dark, to be seen on any skin."""
    points = _moved(baseline.picture_points_xy, seen_from_baseline)
    thin = max(1, round(canvas.shape[1] / 500))
    lines = [np.round(points[list(line)] * 8).astype(np.int32) for line in _LINES]
    cv2.polylines(canvas, lines, False, _SHADE, thin + 2, cv2.LINE_AA, 3)
    cv2.polylines(canvas, lines, False, _LINE, thin, cv2.LINE_AA, 3)


def _moved(points_xy: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(points_xy @ matrix[:, :2].T + matrix[:, 2])
