"""Pictures of a pair for looking: side by side, blend, checkerboard, blink.

All take an `AlignedPair` and return uint8 sRGB codes; captions, ruler and the simulated badge are
part of the picture, so that it cannot travel without them.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.views.frames import AlignedPair, Codes, Frame
from progress.views.lettering import PAPER, letter_height, strip, with_badge, with_scale_bar

SIMULATED_BADGE = "SIMULATED"
CHECKER_MM = 12.0
_GAP_PX = 12


def captioned(frame: Frame, caption: str, *, simulated: bool = False) -> Codes:
    """Return a frame with its caption above, a 10 mm ruler, and a badge when simulated.

    Parameters
    ----------
    frame : Frame
        Any crop; without a scale it gets no ruler.
    caption : str
        One line, e.g. ``"Baseline, 5 January 2026"``.
    simulated : bool
        True for rendered mannequins.

    Returns
    -------
    ndarray of uint8, shape (H + caption, W, 3)
    """
    picture = marked(frame, simulated=simulated)
    width = picture.shape[1]
    return np.vstack([strip(width, caption, size_px=letter_height(width)), picture])


def marked(frame: Frame, *, simulated: bool = False) -> Codes:
    """Return a frame with its 10 mm ruler, and the badge when simulated, and no caption."""
    picture = with_scale_bar(frame.pixels, frame.px_per_mm)
    return with_badge(picture, SIMULATED_BADGE) if simulated else picture


def side_by_side(pair: AlignedPair, captions: tuple[str, str], *, simulated: bool = False) -> Codes:
    """Return baseline and follow-up beside each other: same crop, size, ruler and skin.

    Parameters
    ----------
    pair : AlignedPair
        From `aligned_pair`.
    captions : tuple of str
        For baseline and follow-up, with their dates.
    simulated : bool
        True for rendered mannequins.
    """
    return beside(
        captioned(pair.baseline, captions[0], simulated=simulated),
        captioned(pair.followup, captions[1], simulated=simulated),
    )


def blend(pair: AlignedPair, caption: str, *, simulated: bool = False) -> Codes:
    """Return the mean of both pictures: where skin is matched it stays sharp, else it doubles."""
    mean = cv2.addWeighted(pair.baseline.pixels, 0.5, pair.followup.pixels, 0.5, 0.0)
    return captioned(_like(pair.baseline, mean), caption, simulated=simulated)


def checkerboard(
    pair: AlignedPair, caption: str, *, simulated: bool = False, square_mm: float = CHECKER_MM
) -> Codes:
    """Return squares of baseline and follow-up in turn: outlines must run on across the edges.

    Parameters
    ----------
    pair : AlignedPair
        From `aligned_pair`.
    caption : str
        One line.
    simulated : bool
        True for rendered mannequins.
    square_mm : float
        Side of a square; without a scale, a twelfth of the width.
    """
    height, width = pair.baseline.pixels.shape[:2]
    scale = pair.baseline.px_per_mm
    side = max(4, round(square_mm * scale if scale else width / 12))
    row, column = np.indices((height, width)) // side
    from_baseline = ((row + column) % 2 == 0)[..., None]
    mixed = np.where(from_baseline, pair.baseline.pixels, pair.followup.pixels)
    return captioned(_like(pair.baseline, mixed), caption, simulated=simulated)


def blink_frames(
    pair: AlignedPair, captions: tuple[str, str], *, simulated: bool = False
) -> tuple[Codes, Codes]:
    """Return the two captioned pictures of one size to be shown in turn."""
    return (
        captioned(pair.baseline, captions[0], simulated=simulated),
        captioned(pair.followup, captions[1], simulated=simulated),
    )


def beside(left: Codes, right: Codes) -> Codes:
    """Return two pictures in one row with a gap; the lower one is padded with white."""
    height = max(left.shape[0], right.shape[0])
    gap = np.full((height, _GAP_PX, 3), PAPER, np.uint8)
    return np.hstack([_padded(left, height), gap, _padded(right, height)])


def fitted(picture: Codes, max_px: int) -> Codes:
    """Return the picture with its longest side at most `max_px`."""
    scale = max_px / max(picture.shape[:2])
    if scale >= 1:
        return picture
    size = tuple(max(1, math.floor(n * scale)) for n in picture.shape[1::-1])
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _like(frame: Frame, pixels: NDArray[np.uint8] | cv2.typing.MatLike) -> Frame:
    """The same crop and scale with other pixels."""
    return Frame(np.asarray(pixels, dtype=np.uint8), frame.box_px, frame.px_per_mm)


def _padded(picture: Codes, height: int) -> Codes:
    missing = height - picture.shape[0]
    return np.pad(picture, ((0, missing), (0, 0), (0, 0)), constant_values=255)
