"""Outlined scars on a photo: which scar each number of the answer is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.views.frames import AlignedPair, Codes, Frame
from progress.views.lettering import letter_height, text_width, with_text
from progress.views.pictures import beside, captioned

_DARK, _LIGHT = (24, 24, 27), (255, 255, 255)
"""A light line on a dark one is seen on any skin, and no colour says better or worse."""
_SHIFT = 4
"""Sixteenths of a pixel, for outlines of a few pixels."""


def outlined(frame: Frame, scars_xy: Mapping[str, NDArray[Any]]) -> Frame:
    """Return a frame with an outline round each scar and its number beside it.

    Parameters
    ----------
    frame : Frame
        A crop of the baseline, or of a follow-up bent onto it.
    scars_xy : mapping of str to ndarray, shape (K, 2)
        By region name (``scar_1``, ...), corners in upright pixels of the first baseline photo.
        What lies outside the crop is left out; a name without a number gets an outline alone.

    Returns
    -------
    Frame
    """
    height, width = frame.pixels.shape[:2]
    left, top, right, bottom = frame.box_px
    to_screen = np.array([width / (right - left), height / (bottom - top)])
    picture = np.ascontiguousarray(frame.pixels).copy()
    thick = max(1, round(letter_height(width) / 14))
    shown = {}
    for name, outline in scars_xy.items():
        corners = (np.asarray(outline, dtype=np.float64) - (left, top) + 0.5) * to_screen - 0.5
        inside = (corners >= 0).all(axis=1) & (corners < (width, height)).all(axis=1)
        if not inside.any():
            continue
        fixed = np.rint(corners * 2**_SHIFT).astype(np.int32)
        for ink, line in ((_DARK, 3 * thick), (_LIGHT, thick)):
            cv2.polylines(picture, [fixed], True, ink, line, cv2.LINE_AA, _SHIFT)
        shown[name] = corners
    for name, corners in shown.items():
        picture = _numbered(picture, name, corners)
    return Frame(picture, frame.box_px, frame.px_per_mm)


def _numbered(picture: Codes, name: str, corners: NDArray[np.float64]) -> Codes:
    """The number of a scar to the right of its outline, or to the left at the picture's edge."""
    number = name.rpartition("_")[2]
    if not number.isdigit() or name.startswith("faint"):
        return picture
    size = max(11, round(0.7 * letter_height(picture.shape[1])))
    wide = text_width(number, size)
    x = round(float(corners[:, 0].max())) + size // 3
    if x + wide >= picture.shape[1]:
        x = max(0, round(float(corners[:, 0].min())) - size // 3 - wide)
    y = round(float(corners[:, 1].mean())) - round(0.6 * size)
    y = min(max(y, 0), picture.shape[0] - size)
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        picture = with_text(picture, number, at_xy=(x + dx, y + dy), size_px=size, ink=_DARK)
    return with_text(picture, number, at_xy=(x, y), size_px=size, ink=_LIGHT)


def scar_picture(
    frame: Frame, scars_xy: Mapping[str, NDArray[Any]], caption: str, *, simulated: bool = False
) -> Codes:
    """Return a photo with its scars outlined and numbered, a caption and a ruler.

    Parameters
    ----------
    frame : Frame
        From `photo_frame`.
    scars_xy : mapping of str to ndarray, shape (K, 2)
        As for `outlined`.
    caption : str
        One line.
    simulated : bool
        True for rendered mannequins.
    """
    return captioned(outlined(frame, scars_xy), caption, simulated=simulated)


def scar_pair(
    pair: AlignedPair,
    scars_xy: Mapping[str, NDArray[Any]],
    captions: tuple[str, str],
    *,
    simulated: bool = False,
) -> Codes:
    """Return both sessions beside each other with the same scars outlined on both.

    Parameters
    ----------
    pair : AlignedPair
        From `aligned_pair`; its follow-up is bent onto the baseline, so that one outline fits both.
    scars_xy : mapping of str to ndarray, shape (K, 2)
        As for `outlined`.
    captions : tuple of str
        For baseline and follow-up, with their dates.
    simulated : bool
        True for rendered mannequins.
    """
    first, second = (
        scar_picture(frame, scars_xy, caption, simulated=simulated)
        for frame, caption in zip((pair.baseline, pair.followup), captions, strict=True)
    )
    return beside(first, second)
