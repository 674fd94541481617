"""Doses of colour on flat skin: blood, melanin, spots and blotches."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, cast

import cv2
import numpy as np

from progress.model.checks import FloatArray
from progress.phantom.flat_skin import (
    DEFAULT_SETTING,
    FlatSkin,
    Setting,
    area_cm2,
    healthy_cheek,
    rendered,
    stream_of,
)
from progress.phantom.painting import paint_spots
from progress.phantom.planting import (
    scatter_spots,
)
from progress.phantom.skin import (
    grid_shape,
    mottling,
)


def erythema(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = DEFAULT_SETTING
) -> FlatSkin:
    """A reddened oval: up to twice the blood in the dermis.

    Parameters
    ----------
    severity : float
        0..1; the blood fraction inside is multiplied by ``1 + severity``.
    seed : int
        Of the skin.
    px_per_mm : float
    setting : Setting

    Returns
    -------
    FlatSkin
        The mask is the evenly reddened inside; skin around the oval stays as it was.
        ``amount``: blood gain.
    """
    maps = healthy_cheek(severity, seed, px_per_mm, setting)
    radius = _oval(setting.size_mm, px_per_mm)
    # The edge is 2 mm soft around 1; the mask ends where the dose is complete to half a per cent.
    edge = 0.09
    inside = 1.0 / (1.0 + np.exp((radius - 1.0) / (0.25 * edge)))
    dosed = maps.replace(blood=maps.blood * (1.0 + severity * inside))
    truth = {"amount": severity, "unit": "added blood / blood", "blood_factor": 1.0 + severity}
    mask = radius < 1.0 - 1.4 * edge
    return rendered("erythema", severity, dosed, setting, truth=truth, mask=mask)


def tan(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = DEFAULT_SETTING
) -> FlatSkin:
    """Evenly darkened skin: up to half as much melanin again.

    Parameters
    ----------
    severity : float
        0..1; the melanin fraction is multiplied by ``1 + severity / 2``.
    seed, px_per_mm, setting
        As for `erythema`.

    Returns
    -------
    FlatSkin
        ``amount``: melanin gain. The reference is untanned skin.
    """
    maps = healthy_cheek(severity, seed, px_per_mm, setting)
    factor = 1.0 + 0.5 * severity
    dosed = maps.replace(melanin=maps.melanin * np.float32(factor))
    truth = {"amount": 0.5 * severity, "unit": "added melanin / melanin", "melanin_factor": factor}
    return rendered("tan", severity, dosed, setting, truth=truth)


def pigment_spots(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = DEFAULT_SETTING
) -> FlatSkin:
    """Pigment spots of 1.2-4.5 mm that become darker and somewhat larger.

    Parameters
    ----------
    severity : float
        0..1; 0 has no spots.
    seed, px_per_mm, setting
        As for `erythema`.

    Returns
    -------
    FlatSkin
        ``amount``: sum of area times melanin added, in mm2, per cm2. ``spots``: the records.
    """
    maps = healthy_cheek(severity, seed, px_per_mm, setting)
    gain = setting.skin_tone.melanin_gain(1.6)
    planted = scatter_spots(
        stream_of(seed, 1),
        setting.size_mm,
        count=12,
        diameter_mm=(1.2, 4.5),
        melanin_factor=1.0 + gain,
        border_mm=3.0,
    )
    spots = tuple(
        _replaced(
            spot,
            diameter_mm=spot.diameter_mm * (0.7 + 0.3 * severity),
            melanin_factor=1.0 + (spot.melanin_factor - 1.0) * severity,
        )
        for spot in planted
        if severity > 0
    )
    burden = sum(spot.area_mm2 * (spot.melanin_factor - 1.0) for spot in spots)
    truth = {
        "amount": burden / area_cm2(setting),
        "unit": "mm2 / cm2",
        "spots": spots,
        "area_fraction": sum(spot.area_mm2 for spot in spots) / (100.0 * area_cm2(setting)),
    }
    return rendered("pigment_spots", severity, paint_spots(maps, spots), setting, truth=truth)


def blotch(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = DEFAULT_SETTING
) -> FlatSkin:
    """Uneven colour: cloudy blood and melanin of 2-8 mm, with unchanged medians.

    Parameters
    ----------
    severity : float
        0..1; the standard deviation of the logarithm of blood added by the dose is
        ``0.45 severity``; that of melanin is about half of it on light skin and less on dark.
    seed, px_per_mm, setting
        As for `erythema`.

    Returns
    -------
    FlatSkin
        ``amount``: the standard deviation for blood.
    """
    maps = healthy_cheek(severity, seed, px_per_mm, setting)
    blood_rng, melanin_rng = stream_of(seed, 2).spawn(2)
    size = setting.size_mm
    blood_sd = 0.45 * severity
    melanin_sd = severity * setting.skin_tone.melanin_gain(0.14)
    blood, melanin = (
        mottling(rng, size, px_per_mm, amplitudes={0.9: sd / math.sqrt(2), 2.0: sd / math.sqrt(2)})
        for rng, sd in ((blood_rng, blood_sd), (melanin_rng, melanin_sd))
    )
    dosed = maps.replace(blood=maps.blood * blood, melanin=maps.melanin * melanin)
    truth = {"amount": blood_sd, "unit": "SD of ln blood", "ln_melanin_sd": melanin_sd}
    return rendered("blotch", severity, dosed, setting, truth=truth)


def _replaced(record: Any, **changes: float) -> Any:
    """A frozen record with some values exchanged."""
    return replace(record, **changes)


def _oval(size_mm: tuple[float, float], px_per_mm: float) -> FloatArray:
    """Distance from the middle of the piece, 1 on an oval that fills most of it."""
    rows, columns = grid_shape(size_mm, px_per_mm)
    x = (np.arange(columns, dtype=np.float32) + 0.5) / columns - 0.5
    y = (np.arange(rows, dtype=np.float32) + 0.5) / rows - 0.5
    across = (x / np.float32(0.38)) ** 2 + (y[:, np.newaxis] / np.float32(0.38)) ** 2
    return cast("FloatArray", cv2.sqrt(across))
