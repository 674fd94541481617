"""Every scar near by, before beside after, on one sheet: what a number of the table looks like."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.photo import DecodedPhoto
from progress.model import Registration
from progress.views.frames import AlignedPair, Codes, aligned_pair
from progress.views.lettering import PAPER, strip, with_badge
from progress.views.pictures import SIMULATED_BADGE

_SIDE_MM = 9.0
"""Of a tile: three times the widest scar that is found."""
_SIDE_PX = 168
"""At 10 px/mm every pixel is shown twice as large: scars are looked at, not admired."""
_COLUMNS = 4
_GAP_PX = 10
_LETTERS_PX = 14


def scar_tiles(
    baseline: DecodedPhoto,
    followup: DecodedPhoto,
    registration: Registration,
    scars_xy: Mapping[str, NDArray[Any]],
    *,
    px_per_mm: float,
    simulated: bool = False,
) -> Codes:
    """Return a sheet of scars, each before beside after, without outlines that would hide them.

    Parameters
    ----------
    baseline, followup : DecodedPhoto
    registration : Registration
    scars_xy : mapping of str to ndarray, shape (K, 2)
        By region name, corners in upright pixels of the baseline.
    px_per_mm : float
        Of the baseline.
    simulated : bool
        True for rendered mannequins.

    Returns
    -------
    ndarray of uint8, shape (H, W, 3)

    Raises
    ------
    ValueError
        If there is no scar.
    """
    if not scars_xy:
        raise ValueError("scars_xy: expected a scar, got none")
    cells = []
    for name, outline in scars_xy.items():
        box = _around(np.asarray(outline), baseline.size_px, px_per_mm)
        pair = aligned_pair(baseline, followup, registration, px_per_mm=px_per_mm, box_px=box)
        cells.append(_cell(pair, name))
    height, width = cells[0].shape[:2]
    columns = min(_COLUMNS, len(cells))
    rows = math.ceil(len(cells) / columns)
    sheet = np.full(
        (rows * (height + _GAP_PX), columns * (width + _GAP_PX), 3), PAPER, dtype=np.uint8
    )
    for index, cell in enumerate(cells):
        top = (index // columns) * (height + _GAP_PX)
        left = (index % columns) * (width + _GAP_PX)
        sheet[top : top + height, left : left + width] = cell
    words = f"Each scar before | after, {_SIDE_MM:g} mm wide"
    sheet = np.vstack([strip(sheet.shape[1], words, size_px=_LETTERS_PX), sheet])
    return with_badge(sheet, SIMULATED_BADGE) if simulated else sheet


def _around(
    outline: NDArray[np.float64], size_px: tuple[int, int], px_per_mm: float
) -> tuple[int, int, int, int]:
    """A square about a scar, moved into the photo: left, top, right, bottom."""
    side = min(max(8, round(_SIDE_MM * px_per_mm)), *size_px)
    left, top = (
        min(max(round(float(at)) - side // 2, 0), most - side)
        for at, most in zip(outline.mean(axis=0), size_px, strict=True)
    )
    return left, top, left + side, top + side


def _cell(pair: AlignedPair, name: str) -> Codes:
    """One scar on both photos under its number."""
    tiles = [
        cv2.resize(one.pixels, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_CUBIC)
        for one in (pair.baseline, pair.followup)
    ]
    gap = np.full((_SIDE_PX, 2, 3), PAPER, np.uint8)
    both = np.hstack([tiles[0], gap, tiles[1]]).astype(np.uint8)
    number = name.replace("_", " ").capitalize()
    return np.vstack([strip(both.shape[1], number, size_px=_LETTERS_PX), both])
