"""Rings of light and dark: where skin may be hollow, and what each such place looks like.

A hollow under slanting light is dark along the wall on the lamp's side and bright along the
other. Round a place, log-light as a function of the angle to the light then has a first harmonic. A
spot of pigment or blood has none round its middle, a line or a fold has as much of a second one,
and clouds of colour have harmonics in all directions alike. So rings of several radii are laid
round every place, and those whose harmonic along the light peaks are looked at closer.

Narrow rings are read in green, wide ones in the quiet mix of channels (see `scar_light`).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import gaussian_blur
from progress.metrics.analysis import Analysis, once_per_picture
from progress.metrics.scar_light import Relief, relief_light, rise
from progress.model.checks import BoolArray, FloatArray

NARROW_MM = (0.42, 0.56, 0.75, 1.0)
WIDE_MM = (1.33, 1.78, 2.37)
"""Radii: hollows of 0.8 to 5 mm across, a third apart. Wider ones are the form of the face."""
RINGS_MM = NARROW_MM + WIDE_MM
SHARES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.6, 2.1)
"""Of the radius: the rings that a place is described by."""
FAINTEST = 0.015
"""Log-contrast below which nothing is looked at: mottle and noise."""

_N_ANGLES = 16
_HALF = np.float32(0.5)
"""From the centre of two by two pixels to that of the first, in pixels."""
_HOLE_MM = 1.5
"""Holes of the mask up to so wide count as skin when it is told how much of a place is seen."""
_SOFT = 0.25
"""Of the radius: softness of a ring's edge, that of a wall blurred under the skin."""
_SMOOTH = 0.18
"""Of the radius: blur of the profiles, less than between two rings."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where a ring's first harmonic along the light peaks over place and radius.

    Parameters
    ----------
    x_px, y_px : ndarray of float32, shape (N,)
        At the colour scale.
    ring : ndarray of int, shape (N,)
        Index into `RINGS_MM`.
    contrast : ndarray of float32, shape (N,)
        First harmonic along the light on that ring, log-contrast; positive in hollows.
    profiles : dict of str to ndarray of float32, shape (N, 7)
        By share of the radius: ``mean``, ``along`` and ``aside`` (first harmonic), ``twofold``
        (size of the second), ``rest`` (what is left), all of the channel that the ring is read in;
        ``other_mean``, ``other_along`` of red for narrow rings and of green for wide ones.
    cover : ndarray of float32, shape (N,)
        Share of all rings that lies on the mask, its small holes counted as skin.
    """

    x_px: FloatArray = field(repr=False)
    y_px: FloatArray = field(repr=False)
    ring: NDArray[np.intp] = field(repr=False)
    contrast: FloatArray = field(repr=False)
    profiles: dict[str, FloatArray] = field(repr=False)
    cover: FloatArray = field(repr=False)


@functools.lru_cache(maxsize=64)
def _disc(radius_px: float) -> FloatArray:
    """A soft disc whose values add up to 1."""
    soft = max(0.6, _SOFT * radius_px)
    reach = math.ceil(radius_px + 2.5 * soft)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    fall = np.clip((np.hypot(x, y) - radius_px) / (0.5 * soft), -50, 50)
    disc = 1 / (1 + np.exp(fall))
    return np.asarray(disc / disc.sum(), dtype=np.float32)


def ring_harmonic(picture: FloatArray, light: FloatArray, radius_px: float) -> FloatArray:
    """First harmonic along the light on a soft ring round every pixel, shape (H, W).

    Parameters
    ----------
    picture : ndarray of float32, shape (H, W)
        Log-light.
    light : ndarray of float32, shape (H, W, 2)
        Unit vectors away from the lamp.
    radius_px : float

    Notes
    -----
    By the divergence theorem it is the mean rise along the light over the disc, times the radius.
    """
    disc = cv2.filter2D(picture, -1, _disc(radius_px), borderType=cv2.BORDER_REFLECT)
    mean = np.asarray(disc, dtype=np.float32)
    along = rise(mean, 0) * light[..., 0] + rise(mean, 1) * light[..., 1]
    return np.asarray(along * np.float32(radius_px), dtype=np.float32)


@once_per_picture
def find_places(analysis: Analysis) -> Places:
    """Places that may be hollow, on all skin of a picture.

    Returns
    -------
    Places
        Seven to a square centimetre on even skin; most of them are not scars.
    """
    relief = relief_light(analysis)
    scale = relief.px_per_mm
    narrow = [ring_harmonic(relief.green, relief.light, r * scale) for r in NARROW_MM]
    # Wide rings on every second pixel: a quarter of the cost, and their radius is 2.7 of those.
    quiet = _halved(relief.quiet)
    light = _halved(relief.light)
    wide = [ring_harmonic(quiet, light, r * scale / 2) for r in WIDE_MM]
    size = relief.mask.shape[1::-1]
    between = _resized(narrow[-1], quiet.shape[1::-1], cv2.INTER_AREA)
    beyond = _resized(wide[0], size, cv2.INTER_LINEAR)
    near = cv2.dilate(relief.mask.view(np.uint8), np.ones((3, 3), np.uint8))
    near_wide = cv2.resize(near, quiet.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    on_all = _peaks([*narrow, beyond], near)[:-1]
    on_half = _peaks([between, *wide], near_wide)[1:]
    found = on_all + [(2 * x + _HALF, 2 * y + _HALF, contrast) for x, y, contrast in on_half]
    x, y, contrast = (np.concatenate(parts) for parts in zip(*found, strict=True))
    ring_of = np.repeat(np.arange(len(RINGS_MM)), [one[0].size for one in found])
    profiles, cover = _profiles(relief, x, y, ring_of)
    return Places(x, y, ring_of, contrast, profiles, cover)


def _resized(picture: FloatArray, size_px: tuple[int, ...], how: int) -> FloatArray:
    """A picture of another width and height."""
    return np.asarray(cv2.resize(picture, size_px, interpolation=how), dtype=np.float32)


def _halved(picture: FloatArray) -> FloatArray:
    """Every two by two pixels as one."""
    rows, columns = picture.shape[0] // 2, picture.shape[1] // 2
    even = np.ascontiguousarray(picture[: 2 * rows, : 2 * columns])
    return _resized(even, (columns, rows), cv2.INTER_AREA)


def _peaks(
    levels: list[FloatArray], near: NDArray[Any]
) -> list[tuple[FloatArray, FloatArray, FloatArray]]:
    """x, y and height of the peaks of each level over its own and both neighbouring levels."""
    square = np.ones((3, 3), np.uint8)
    tops = [np.asarray(cv2.dilate(level, square), dtype=np.float32) for level in levels]
    found = []
    for index, level in enumerate(levels):
        around: FloatArray = functools.reduce(np.maximum, tops[max(0, index - 1) : index + 2])
        y, x = np.nonzero((level >= around) & (level > FAINTEST) & (near > 0))
        found.append((x.astype(np.float32), y.astype(np.float32), level[y, x]))
    return found


def _profiles(
    relief: Relief, x: FloatArray, y: FloatArray, ring_of: NDArray[np.intp]
) -> tuple[dict[str, FloatArray], FloatArray]:
    """Harmonics round each place, and how much of it lies on the mask."""
    names = ("mean", "along", "aside", "twofold", "rest", "other_mean", "other_along")
    profiles = {name: np.zeros((x.size, len(SHARES)), np.float32) for name in names}
    cover = np.zeros(x.size, np.float32)
    skin = _closed(relief.mask, relief.px_per_mm).astype(np.float32)
    for ring, radius_mm in enumerate(RINGS_MM):
        own = np.flatnonzero(ring_of == ring)
        if not own.size:
            continue
        radius = radius_mm * relief.px_per_mm
        read = _reader(relief.light, x[own], y[own], radius)
        is_narrow = ring < len(NARROW_MM)
        main, other = (relief.green, relief.red) if is_narrow else (relief.quiet, relief.green)
        first = _harmonics(read(gaussian_blur(main, _SMOOTH * radius)))
        second = _harmonics(read(gaussian_blur(other, _SMOOTH * radius)))
        for name in names[:5]:
            profiles[name][own] = first[name]
        profiles["other_mean"][own] = second["mean"]
        profiles["other_along"][own] = second["along"]
        cover[own] = read(skin).mean(axis=(1, 2))
    return profiles, cover


def _closed(mask: BoolArray, px_per_mm: float) -> NDArray[Any]:
    """The mask with small holes filled: a deep ice-pick is no edge of the skin."""
    side = 2 * round(_HOLE_MM / 2 * px_per_mm) + 1
    return cv2.morphologyEx(mask.view(np.uint8), cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))


def _reader(
    light: FloatArray, x: FloatArray, y: FloatArray, radius_px: float
) -> Callable[[FloatArray], FloatArray]:
    """Reads a picture on the rings round some places, shape (N, 7, 16), angle 0 along the light."""
    columns = np.clip(np.rint(x).astype(int), 0, light.shape[1] - 1)
    rows = np.clip(np.rint(y).astype(int), 0, light.shape[0] - 1)
    way = light[rows, columns][:, :, np.newaxis, np.newaxis]
    angles = np.arange(_N_ANGLES) * (2 * math.pi / _N_ANGLES)
    cos, sin = np.cos(angles, dtype=np.float32), np.sin(angles, dtype=np.float32)
    reach = (np.array(SHARES, np.float32) * np.float32(radius_px))[:, np.newaxis]
    at_x = x[:, np.newaxis, np.newaxis] + reach * (cos * way[:, 0] - sin * way[:, 1])
    at_y = y[:, np.newaxis, np.newaxis] + reach * (cos * way[:, 1] + sin * way[:, 0])
    flat = at_x.reshape(len(x), -1), at_y.reshape(len(x), -1)

    def read(picture: FloatArray) -> FloatArray:
        values = cv2.remap(picture, *flat, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(values, dtype=np.float32).reshape(at_x.shape)

    return read


def _harmonics(values: FloatArray) -> dict[str, FloatArray]:
    """Mean and harmonics over the last axis of values read on rings."""
    angles = np.arange(_N_ANGLES) * (2 * math.pi / _N_ANGLES)
    mean = values.mean(axis=2)
    along = 2 * (values * np.cos(angles, dtype=np.float32)).mean(axis=2)
    aside = 2 * (values * np.sin(angles, dtype=np.float32)).mean(axis=2)
    twice = values @ np.exp(2j * angles).astype(np.complex64) / _N_ANGLES
    twofold = 2 * np.abs(twice)
    rest = values.var(axis=2) - (along**2 + aside**2 + twofold**2) / 2
    return {
        "mean": mean,
        "along": along,
        "aside": aside,
        "twofold": twofold,
        "rest": np.sqrt(np.maximum(rest, 0)),
    }
