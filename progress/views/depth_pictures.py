"""Pictures of a relief: height in colours with its bar, scars outlined, and the skin re-lit."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from progress.pipeline.depth import SolvedSet, scar_of
from progress.views.colour_maps import diverging
from progress.views.lettering import (
    INK,
    PAPER,
    Codes,
    letter_height,
    strip,
    text_width,
    with_badge,
    with_scale_bar,
    with_text,
)
from progress.views.picture_files import save_bytes, save_picture
from progress.views.pictures import SIMULATED_BADGE

RELIEF_NAME: Final = "relief_mm.tiff"
RANGE_MM: Final = 0.5
"""Both ends of the colour bar, always: two sessions look alike where they are, and deeper scars are
drawn in the last colour."""
_LONGEST_PX: Final = 1600
_LAMP: Final = (-0.5, 0.5, 0.7071)
"""From the upper left, as maps are shaded: lit from below, hollows are seen as bumps."""
_EXAGGERATED: Final = 2.0
_RING: Final = (255, 255, 255)
_NO_SKIN: Final = (214, 214, 218)


def write_depth_pictures(solved: SolvedSet, out: Path) -> tuple[Path, ...]:
    """Write ``relief_mm.tiff``, ``relief.png``, ``scars.jpg`` and ``shaded.png``.

    Parameters
    ----------
    solved : SolvedSet
    out : Path
        Made if it is missing.

    Returns
    -------
    tuple of Path
    """
    simulated = any(photo.provenance.simulated for photo in solved.opened.photos)
    return (
        save_bytes(out / RELIEF_NAME, relief_tiff(solved)),
        save_picture(out / "relief.png", relief_picture(solved, simulated=simulated)),
        save_picture(out / "scars.jpg", scar_picture(solved, simulated=simulated)),
        save_picture(out / "shaded.png", shaded_picture(solved, simulated=simulated)),
    )


def relief_tiff(solved: SolvedSet) -> bytes:
    """The height above the surrounding skin as a float32 TIFF of the pictures' size.

    Millimetres, negative is deep, NaN off the skin.
    """
    height = solved.relief.height_mm
    size = solved.opened.mean.size_px
    if height.shape[::-1] != size:
        height = np.asarray(cv2.resize(height, size, interpolation=cv2.INTER_LINEAR), np.float32)
    held = io.BytesIO()
    Image.fromarray(height).save(held, "TIFF", compression="tiff_adobe_deflate")
    return held.getvalue()


def outlines_of(solved: SolvedSet) -> dict[str, NDArray[np.float64]]:
    """Outlines of a set's scars in its pictures' pixels, as ``scar_1``, deepest first."""
    return {
        f"scar_{number}": np.asarray(scar_of(solved, hollow).outline_xy)
        for number, hollow in enumerate(solved.hollows, start=1)
    }


def relief_picture(
    solved: SolvedSet,
    *,
    simulated: bool = False,
    outlines: Mapping[str, NDArray[np.float64]] | None = None,
    words: str = "Height above the surrounding skin",
) -> Codes:
    """The height in colours, blue is deep, with scale bar, colour bar and numbered scars.

    Parameters
    ----------
    solved : SolvedSet
    simulated : bool
        True for rendered skin.
    outlines : mapping of str to ndarray, shape (K, 2), optional
        By name, in pixels of the set's pictures: another set's scars where they lie here; the
        set's own if absent.
    words : str
        Caption.
    """
    height, scale = _fitted(solved)
    shown = outlines_of(solved) if outlines is None else outlines
    share = np.clip(height / (2 * RANGE_MM) + 0.5, 0.0, 1.0)
    colours = diverging()[np.nan_to_num(share * 255.0).astype(np.uint8)]
    colours[~np.isfinite(height)] = _NO_SKIN
    picture = _with_outlines(np.ascontiguousarray(colours), shown, scale, ink=INK)
    return _framed(picture, solved, scale, words, simulated=simulated)


def shaded_picture(solved: SolvedSet, *, simulated: bool = False) -> Codes:
    """The relief without its colour, lit from the upper left, slopes doubled."""
    height, scale = _fitted(solved)
    filled = np.nan_to_num(height)
    px_per_mm = solved.opened.scale.px_per_mm * scale
    gain = _EXAGGERATED * px_per_mm
    down, right = np.gradient(filled.astype(np.float64))
    normal = np.stack([-right * gain, down * gain, np.ones_like(filled, dtype=np.float64)])
    facing = np.tensordot(np.array(_LAMP), normal, axes=1) / np.linalg.norm(normal, axis=0)
    grey = np.clip(40 + 190 * np.maximum(facing, 0.0), 0, 255).astype(np.uint8)
    picture = np.repeat(grey[..., None], 3, axis=2)
    picture[~np.isfinite(height)] = _NO_SKIN
    words = "Relief lit from the upper left, slopes doubled"
    return _captioned(picture, solved, scale, words, simulated=simulated)


def scar_picture(solved: SolvedSet, *, simulated: bool = False) -> Codes:
    """The skin under all lamps together, scars outlined and numbered as in the table."""
    codes = solved.opened.mean.codes_8bit()
    scale = min(1.0, _LONGEST_PX / max(codes.shape[:2]))
    size = (round(codes.shape[1] * scale), round(codes.shape[0] * scale))
    small = np.asarray(cv2.resize(codes, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    picture = _with_outlines(small, outlines_of(solved), scale, ink=_RING)
    return _captioned(picture, solved, scale, "Scars, deepest first", simulated=simulated)


def _fitted(solved: SolvedSet) -> tuple[NDArray[np.float32], float]:
    """The height map no larger than a screen, and its pixels per picture pixel."""
    height = solved.relief.height_mm
    shrink = min(1.0, _LONGEST_PX / max(height.shape))
    if shrink < 1.0:
        size = (round(height.shape[1] * shrink), round(height.shape[0] * shrink))
        height = np.asarray(cv2.resize(height, size, interpolation=cv2.INTER_AREA), np.float32)
    return height, shrink * solved.working


def _with_outlines(
    picture: Codes,
    outlines: Mapping[str, NDArray[np.float64]],
    scale: float,
    *,
    ink: tuple[int, int, int],
) -> Codes:
    """Outlines of the scars with their numbers."""
    drawn = picture.copy()
    size = max(11, letter_height(picture.shape[1]) - 3)
    for name, outline_xy in outlines.items():
        outline = (outline_xy + 0.5) * scale - 0.5
        corners = np.round(outline).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(drawn, [corners], True, ink, 1, cv2.LINE_AA)
        at = (int(outline[:, 0].max()) + 2, int(outline[:, 1].min()) - size)
        number = name.rpartition("_")[2]
        drawn = with_text(drawn, number, at_xy=at, size_px=size, ink=ink)
    return drawn


def _captioned(
    picture: Codes, solved: SolvedSet, scale: float, words: str, *, simulated: bool
) -> Codes:
    """Caption above, ruler in the corner, badge when simulated."""
    ruled = with_scale_bar(picture, solved.opened.scale.px_per_mm * scale)
    if simulated:
        ruled = with_badge(ruled, SIMULATED_BADGE)
    width = ruled.shape[1]
    return np.vstack([strip(width, words, size_px=letter_height(width)), ruled])


def _framed(
    picture: Codes, solved: SolvedSet, scale: float, words: str, *, simulated: bool
) -> Codes:
    """The same with the colour bar at the right."""
    ruled = _captioned(picture, solved, scale, words, simulated=simulated)
    height = ruled.shape[0]
    size = max(11, letter_height(picture.shape[1]) - 3)
    wide = text_width("-0.50 mm", size) + 3 * size
    bar = np.full((height, wide, 3), PAPER, np.uint8)
    top, bottom = 2 * size, height - 2 * size
    ramp = diverging()[np.linspace(255, 0, bottom - top).astype(int)]
    bar[top:bottom, size : 2 * size] = ramp[:, None]
    for share in (0.0, 0.5, 1.0):
        value = RANGE_MM * (1.0 - 2.0 * share)
        y = round(top + share * (bottom - top)) - size // 2
        label = f"{value:+.2f} mm" if value else "0"
        bar = with_text(bar, label, at_xy=(2 * size + 4, y), size_px=size, ink=INK)
    return np.hstack([ruled, bar])
