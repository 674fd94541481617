"""How different a second shot is: mild, hard, extreme, as the registration targets name them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from progress.phantom.reshoot import Reshoot

Draw = Callable[[np.random.Generator], Reshoot]


def mild(rng: np.random.Generator) -> Reshoot:
    """The same phone and lamp, a careful amateur.

    Turn within 4 degrees, zoom 7 %, 0.3 stops, 4 % per channel, light falling off by up to 12 %,
    JPEG 85 to 95; the rest as `Reshoot.draw`.
    """
    return replace(Reshoot.draw(rng), gradient=_within(rng, 0.12), toward_deg=_angle(rng))


def hard(rng: np.random.Generator) -> Reshoot:
    """Another phone and another lamp.

    Turn within 8 degrees, zoom and distance 10 %, an S-curve up to 25 %, sharpening up to 1, a cast
    of 4 to 5 % across the frame, up to 1 px more blur, the key light turned by up to 15 degrees.
    """
    spec = Reshoot.draw(rng)
    motion = replace(
        spec.motion,
        yaw_deg=_within(rng, 8.0),
        pitch_deg=_within(rng, 8.0),
        roll_deg=_within(rng, 8.0),
        zoom=1 + _within(rng, 0.10),
        distance_ratio=1 + _within(rng, 0.10),
        light_turn_deg=float(rng.uniform(0.0, 15.0)),
    )
    return replace(
        spec,
        motion=motion,
        gradient=_within(rng, 0.12),
        cast=float(rng.uniform(0.04, 0.05)),
        toward_deg=_angle(rng),
        tone=_within(rng, 0.25),
        sharpening=float(rng.uniform(0.0, 1.0)),
        blur_sigma_px=float(rng.uniform(0.0, 1.0)),
    )


def extreme(rng: np.random.Generator) -> Reshoot:
    """A careless shot through a messenger.

    Turn within 15 degrees (yaw and pitch together), zoom 25 %, a key light turned by up to 20
    degrees, stored at 0.7 of its size with JPEG 60; the rest as `hard`.
    """
    spec = hard(rng)
    turn, toward = float(rng.uniform(8.0, 15.0)), float(rng.uniform(0.0, 2 * np.pi))
    motion = replace(
        spec.motion,
        yaw_deg=turn * np.cos(toward),
        pitch_deg=turn * np.sin(toward),
        roll_deg=_within(rng, 15.0),
        zoom=1 + _within(rng, 0.25),
        light_turn_deg=float(rng.uniform(0.0, 20.0)),
    )
    return replace(spec, motion=motion, resize=0.7, jpeg_quality=60)


def _within(rng: np.random.Generator, limit: float) -> float:
    return float(rng.uniform(-limit, limit))


def _angle(rng: np.random.Generator) -> float:
    return float(rng.uniform(0.0, 360.0))
