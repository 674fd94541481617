"""Does a change of the skin survive the registration, or does the field warp it away?

The effect is read twice on the follow-up's own pixels: where the field says the place is, and where
it truly is.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.imaging.colour_space import linear_from_codes
from progress.imaging.resample import gaussian_blur
from progress.lab.known_pairs import KnownPair
from progress.lab.registration import align
from progress.model import NotAligned
from progress.model.checks import FloatArray
from progress.phantom.skin_change import Place

_CORNERS = 48
_STRUCTURE_MM = 1.0
_FAINTEST = 0.002
_SMALLEST_EFFECT = 0.01


@dataclass(frozen=True, slots=True)
class SurvivalRow:
    """One planted change.

    Parameters
    ----------
    name : str
        Of the pair.
    what : str
        See `progress.phantom.skin_change.Place`.
    effect : float
        Change of the place's optical density (flush, mole) or of the spread of its fine structure
        (scar, stubble, pores), read at the true place.
    survived : float
        The same read through the field, over `effect`.
    """

    name: str
    what: str
    effect: float
    survived: float


def survival_rows(pair: KnownPair) -> tuple[SurvivalRow, ...]:
    """Every planted change of a pair that is in sight, valid, and above 0.01 OD."""
    rows: list[SurvivalRow] = []
    found = align(pair)
    if isinstance(found, NotAligned):
        return ()
    before, after = (_density(photo) for photo in (pair.baseline, pair.followup))
    for place in pair.planted:
        outline = _outline(place)
        height, width = before.shape
        if not ((outline > 0) & (outline < (width - 1, height - 1))).all():
            continue
        truth, seen = pair.truth(np.rint(outline).astype(np.int64))
        node = np.rint(outline / found.step).astype(int)
        rows_, columns = np.array(found.valid.shape)
        node = np.clip(node, 0, (columns - 1, rows_ - 1))
        if not (seen.all() and found.valid[node[:, 1], node[:, 0]].all()):
            continue
        whole = np.rint(outline)
        here = _reading(place, before, whole, pair.px_per_mm)
        true, carried = (
            _reading(place, after, there, pair.px_per_mm) - here
            for there in (truth, found.map_points(whole))
        )
        if abs(true) >= _SMALLEST_EFFECT:
            rows.append(SurvivalRow(pair.name, place.what, true, carried / true))
    return tuple(rows)


def _density(photo: DecodedPhoto) -> FloatArray:
    """Optical density of green."""
    green = linear_from_codes(photo.codes)[..., 1]
    return np.asarray(-np.log(np.maximum(green, np.float32(_FAINTEST))), dtype=np.float32)


def _outline(place: Place) -> NDArray[np.float64]:
    """A circle about a place."""
    angle = np.linspace(0.0, 2 * np.pi, _CORNERS, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1) * place.radius_px
    return np.asarray(circle + np.array([place.x_px, place.y_px]))


def _reading(
    place: Place, density: FloatArray, outline_xy: NDArray[np.float64], px_per_mm: float
) -> float:
    """Density of a place above its surroundings, or the spread of its fine structure."""
    inner = _filled(density.shape, outline_xy)
    if place.what in ("flush", "mole"):
        middle = outline_xy.mean(axis=0)
        wide = _filled(density.shape, middle + 1.6 * (outline_xy - middle))
        return float(np.mean(density[inner]) - np.mean(density[wide & ~inner]))
    fine = density - gaussian_blur(density, _STRUCTURE_MM * px_per_mm)
    return float(np.std(fine[inner]))


def _filled(shape: tuple[int, ...], outline_xy: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Pixels inside an outline."""
    mask = np.zeros(shape[:2], dtype=np.uint8)
    corners = np.rint(np.asarray(outline_xy) * 16).astype(np.int32)
    cv2.fillPoly(mask, [corners], (1,), cv2.LINE_8, 4)
    return np.asarray(mask > 0)
