"""Atrophic scars found and outlined on one photo: where, how wide, how surely, of which type.

Among the places of `scar_rings`, those that `scar_classes` takes for scars are kept, the likeliest
first and none twice; an ellipse is laid on the walls of each.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import gaussian_blur
from progress.metrics.analysis import Analysis, once_per_picture
from progress.metrics.chromophores import COLOUR_PX_PER_MM
from progress.metrics.scar_classes import TYPES, type_probabilities
from progress.metrics.scar_light import Relief, relief_light
from progress.metrics.scar_rings import (
    NARROW_MM,
    RINGS_MM,
    Places,
    find_places,
)
from progress.model.checks import FloatArray

MIN_PX_PER_MM = 8.0
"""Of the camera on the skin: at 6 px/mm pores and stubble of real faces run together into dots as
wide as ice-picks."""
UNSEEN_FINDS = 6.75
"""Variance of a real gap over a rehearsed one for what is counted: which of the faint scars are
found follows blood, gloss and channel gains, and none of those is rehearsed. On rendered heads half
as much blood again moved the count by two detectable changes before."""

_UNSURE, _SURE = 0.15, 0.5
"""Probability at which a scar begins to count and at which it counts in full: the ramp keeps a scar
near the limit from flickering between shots."""
_APART = 1.1
"""Of the larger radius: centres nearer than that are one scar."""
_SIZES = (0.71, 0.84, 1.0, 1.19, 1.41, 1.68)
_LENGTHS = (1.0, 1.3, 1.7)
"""Longer axis over the shorter one of the ellipses tried; longer ones are lines."""
_N_TURNS = 6
_ROUND_BONUS = 1.06
"""Light from one side shows two walls of four: an ellipse must fit that much better than a
circle."""
_N_CORNERS = 24
_BLUR = 0.18
"""Of the radius, as the profiles of `scar_rings`."""


@dataclass(frozen=True, slots=True, eq=False)
class Scars:
    """Every scar of a picture, surest first.

    Parameters
    ----------
    x_px, y_px : ndarray of float32, shape (N,)
        Centre at the colour scale, in the cut of ``analysis.skin(COLOUR_PX_PER_MM)``.
    axes_mm : ndarray of float32, shape (N, 2)
        Half axes of the outline, longer first.
    turn_rad : ndarray of float32, shape (N,)
        Of the longer axis against the x axis, towards y.
    contrast : ndarray of float32, shape (N,)
        Log-contrast of the lit wall over the dark one, halved.
    types : ndarray of float64, shape (N, 3)
        Probabilities of ice-pick, boxcar, rolling; they add up to that of being a scar.
    weight : ndarray of float32, shape (N,)
        0..1, how surely it counts: that it is an ice-pick or a boxcar. What is taken for a rolling
        scar is as likely a cloud or the form of a face, and does not count.
    """

    x_px: FloatArray = field(repr=False)
    y_px: FloatArray = field(repr=False)
    axes_mm: FloatArray = field(repr=False)
    turn_rad: FloatArray = field(repr=False)
    contrast: FloatArray = field(repr=False)
    types: NDArray[np.float64] = field(repr=False)
    weight: FloatArray = field(repr=False)

    @property
    def probability(self) -> NDArray[np.float64]:
        """That each is a scar at all, shape (N,)."""
        return np.asarray(self.types.sum(axis=1))

    @property
    def area_mm2(self) -> FloatArray:
        """Footprints in the picture plane, shape (N,)."""
        return np.asarray(math.pi * self.axes_mm.prod(axis=1), dtype=np.float32)

    @property
    def width_mm(self) -> FloatArray:
        """Diameter of the disc of that area, shape (N,)."""
        return np.asarray(2 * np.sqrt(self.axes_mm.prod(axis=1)), dtype=np.float32)

    @property
    def kinds(self) -> list[str]:
        """The likeliest type of each."""
        return [TYPES[index] for index in self.types.argmax(axis=1)]


@once_per_picture
def find_scars(analysis: Analysis) -> Scars:
    """Atrophic scars on all skin of a picture.

    Returns
    -------
    Scars
        Those more probable than 0.15.

    Notes
    -----
    Light must slant: under a lamp beside the camera hollows do not shade. Rolling scars are told
    from clouds of colour on flat skin only; on a face its own form hides them. Ice-picks so deep
    that they pass for hairs lie outside the skin that is looked at. Stubble and the rims of folds
    are the likeliest false finds.
    """
    places, relief = find_places(analysis), relief_light(analysis)
    types = type_probabilities(places)
    kept = _strongest(places, types.sum(axis=1), relief.px_per_mm)
    return _outlined(places, types[kept], kept, relief)


def _strongest(
    places: Places, probability: NDArray[np.float64], px_per_mm: float
) -> NDArray[np.intp]:
    """The likeliest places, none within the footprint of a likelier one."""
    radius = np.array(RINGS_MM)[places.ring] * px_per_mm
    left = np.flatnonzero(probability > _UNSURE)
    left = left[np.argsort(-probability[left], kind="stable")]
    kept = []
    while left.size:
        best = left[0]
        away = np.hypot(
            places.x_px[left] - places.x_px[best], places.y_px[left] - places.y_px[best]
        )
        kept.append(int(best))
        left = left[away > _APART * np.maximum(radius[left], radius[best])]
    return np.array(kept, dtype=np.intp)


def _outlined(
    places: Places, types: NDArray[np.float64], kept: NDArray[np.intp], relief: Relief
) -> Scars:
    """The ellipse on whose rim the first harmonic along the light fits best, for each place."""
    axes = np.zeros((kept.size, 2), np.float32)
    turns, contrast = np.zeros((2, kept.size), np.float32)
    shapes = _shapes()
    for ring in np.unique(places.ring[kept]):
        own = np.flatnonzero(places.ring[kept] == ring)
        at = kept[own]
        source = relief.green if ring < len(NARROW_MM) else relief.quiet
        radius = RINGS_MM[ring] * relief.px_per_mm
        picture = gaussian_blur(source, _BLUR * radius)
        x, y = places.x_px[at], places.y_px[at]
        rows = np.clip(np.rint(y).astype(int), 0, relief.mask.shape[0] - 1)
        columns = np.clip(np.rint(x).astype(int), 0, relief.mask.shape[1] - 1)
        light = relief.light[rows, columns]
        rims, normals, weights = _rims(shapes)
        px = x[:, None, None] + radius * rims[..., 0]
        py = y[:, None, None] + radius * rims[..., 1]
        values = cv2.remap(
            picture, px.reshape(len(at), -1), py.reshape(len(at), -1), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        ).reshape(px.shape)  # fmt: skip
        facing = np.einsum("skc,nc->nsk", normals, light)
        power = (weights * facing**2).sum(axis=2)
        fit = (weights * facing * values).sum(axis=2)
        better = fit / np.sqrt(power) * np.where(shapes[:, 1] == 1.0, _ROUND_BONUS, 1.0)
        best = better.argmax(axis=1)
        size, length, turn = shapes[best].T
        half = RINGS_MM[ring] * size
        axes[own] = np.stack([half * np.sqrt(length), half / np.sqrt(length)], axis=1)
        turns[own] = turn
        contrast[own] = np.take_along_axis(fit / power, best[:, None], axis=1)[:, 0]
    counted = types[:, :-1].sum(axis=1)
    weight = np.clip((counted - _UNSURE) / (_SURE - _UNSURE), 0, 1).astype(np.float32)
    return Scars(places.x_px[kept], places.y_px[kept], axes, turns, contrast, types, weight)


def _shapes() -> NDArray[np.float64]:
    """Size, longer over shorter axis, and turn of every ellipse that is tried, shape (S, 3)."""
    turns = np.arange(_N_TURNS) * math.pi / _N_TURNS
    shapes = [(size, 1.0, 0.0) for size in _SIZES]
    shapes += [(s, length, t) for s in _SIZES for length in _LENGTHS[1:] for t in turns]
    return np.array(shapes)


def _rims(shapes: NDArray[np.float64]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Points, outward normals and shares of the rim of ellipses, (S, 24, 2), same, (S, 24)."""
    angle = np.arange(_N_CORNERS) * 2 * math.pi / _N_CORNERS
    size, length, turn = shapes.T[:, :, np.newaxis]
    long, short = size * np.sqrt(length), size / np.sqrt(length)
    u, v = long * np.cos(angle), short * np.sin(angle)
    n_u, n_v = short * np.cos(angle), long * np.sin(angle)
    # The step along the rim is as long as the normal before it is made a unit vector.
    step = np.hypot(n_u, n_v)
    points, normals = (
        np.stack([np.cos(turn) * a - np.sin(turn) * b, np.sin(turn) * a + np.cos(turn) * b], -1)
        for a, b in ((u, v), (n_u / step, n_v / step))
    )
    shares = step / step.sum(axis=1, keepdims=True)
    return points.astype(np.float32), normals.astype(np.float32), shares.astype(np.float32)


def at_centres(analysis: Analysis, values: FloatArray) -> FloatArray:
    """One figure of each scar at its centre and 0 elsewhere, shape (H, W), at the colour scale."""
    found = find_scars(analysis)
    height, width = analysis.skin(COLOUR_PX_PER_MM).mask.shape
    placed = np.zeros((height, width), np.float32)
    rows = np.clip(np.rint(found.y_px), 0, height - 1).astype(np.intp)
    columns = np.clip(np.rint(found.x_px), 0, width - 1).astype(np.intp)
    np.add.at(placed, (rows, columns), values)
    return placed


def outline_xy(scars: Scars, index: int, analysis: Analysis) -> NDArray[np.float64]:
    """Corners of one scar's outline in pixels of the patch, shape (24, 2)."""
    skin = analysis.skin(COLOUR_PX_PER_MM)
    long, short = scars.axes_mm[index] * skin.px_per_mm
    angle = np.arange(_N_CORNERS) * 2 * math.pi / _N_CORNERS
    u, v, turn = long * np.cos(angle), short * np.sin(angle), float(scars.turn_rad[index])
    x = scars.x_px[index] + skin.corner[1] + math.cos(turn) * u - math.sin(turn) * v
    y = scars.y_px[index] + skin.corner[0] + math.sin(turn) * u + math.cos(turn) * v
    scale = analysis.patch.px_per_mm / skin.px_per_mm
    return (np.stack([x, y], axis=1) + 0.5) * scale - 0.5
