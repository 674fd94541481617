"""Colour maps that keep their order for every kind of colour vision, computed and not typed in.

Both run along lines in OKLab (Ottosson 2020, https://bottosson.github.io/posts/oklab/), a space in
which equal steps look about equal. Blue against yellow carries the order, which red-green colour
blindness leaves alone, and lightness changes all along, so that they survive a grey printer.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

_LMS_FROM_OKLAB = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_RGB_FROM_LMS = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)
_STEPS = 256


def _codes_from_oklab(oklab: NDArray[np.float64]) -> NDArray[np.uint8]:
    """8-bit sRGB codes of OKLab colours; chroma is drawn in until the colour can be shown."""
    chroma = np.ones((len(oklab), 1))
    for _ in range(60):
        inside = oklab * np.hstack([np.ones_like(chroma), chroma, chroma])
        linear = (inside @ _LMS_FROM_OKLAB.T) ** 3 @ _RGB_FROM_LMS.T
        outside = (linear < -1e-4).any(axis=1) | (linear > 1.0 + 1e-4).any(axis=1)
        if not outside.any():
            break
        chroma[outside] *= 0.97
    linear = np.clip(linear, 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(encoded * 255.0), dtype=np.uint8)


@functools.cache
def sequential() -> NDArray[np.uint8]:
    """Return 256 sRGB colours from dark blue (low) through green to light yellow (high).

    Shape (256, 3), uint8. Lightness rises evenly, so equal steps of the value look equal.
    """
    t = np.linspace(0.0, 1.0, _STEPS)
    green = -0.09 * np.sin(np.pi * t)
    oklab = np.stack([0.28 + 0.66 * t, green, -0.15 + 0.31 * t], axis=1)
    return _read_only(_codes_from_oklab(oklab))


@functools.cache
def diverging() -> NDArray[np.uint8]:
    """Return 256 colours: blue (lower), near white (no change), brown-orange (higher).

    Both arms darken alike from the middle, so that no sign looks stronger than the other. Blue and
    orange carry no judgement of better or worse.
    """
    t = np.linspace(-1.0, 1.0, _STEPS)
    strength = np.abs(t)
    lightness = 0.96 - 0.50 * strength
    a = np.where(t > 0, 0.075 * strength, -0.03 * strength)
    b = np.where(t > 0, 0.115 * strength, -0.14 * strength)
    return _read_only(_codes_from_oklab(np.stack([lightness, a, b], axis=1)))


def _read_only(colours: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same table, guarded because the cache hands out one copy to all."""
    colours.flags.writeable = False
    return colours
