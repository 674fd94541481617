"""Doses of relief and shine on flat skin: pores, roughness, wrinkles, scars and gloss."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from progress.phantom.features import Line, Pores, ScarKind
from progress.phantom.flat_skin import (
    DEFAULT_SETTING,
    GLOSS,
    FlatSkin,
    Setting,
    area_cm2,
    healthy_cheek,
    rendered,
    stream_of,
)
from progress.phantom.painting import paint_lines, paint_pores, paint_scars
from progress.phantom.planting import (
    scatter_pores,
    scatter_scars,
    smooth_curve,
)
from progress.phantom.skin import (
    microrelief,
    noise_field,
)


def pores(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = DEFAULT_SETTING
) -> FlatSkin:
    """Pores that become more, larger and deeper.

    Parameters
    ----------
    severity : float
        0..1. The median diameter rises from 0.12 to 0.30 mm and the count from 40 to 115 per cm2.
    seed, px_per_mm, setting
        As for `erythema`.

    Returns
    -------
    FlatSkin
        ``amount``: area of the openings, % of the surface. ``pores``: the records.
    """
    maps = healthy_cheek(severity, seed, px_per_mm, setting, with_pores=False)
    rng = stream_of(seed, 3)
    plug = setting.skin_tone.melanin_gain(0.2)
    planted = scatter_pores(rng, setting.size_mm, per_cm2=115.0, diameter_mm=0.3, plug=plug)
    order = rng.permutation(len(planted))
    count = round((0.35 + 0.65 * severity) * len(order))
    size = 0.4 + 0.6 * severity
    present: Pores = planted.chosen(np.sort(order[:count])).scaled(size=size, depth=size)
    truth = {
        "amount": present.area_mm2 / area_cm2(setting),
        "unit": "% of the surface",
        "pores": present,
        "per_cm2": len(present) / area_cm2(setting),
    }
    return rendered("pores", severity, paint_pores(maps, present), setting, truth=truth)


def roughness(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = DEFAULT_SETTING
) -> FlatSkin:
    """Coarser relief: deeper furrows and bumps of 0.5-4 mm, with no change of colour.

    Parameters
    ----------
    severity : float
        0..1; 1 adds relief of 0.035 mm RMS to the fine relief that all skin has.
    seed, px_per_mm, setting
        As for `erythema`.

    Returns
    -------
    FlatSkin
        ``amount``: RMS of the added relief in mm.
    """
    maps = healthy_cheek(severity, seed, px_per_mm, setting)
    fine_rng, small_rng, wide_rng = stream_of(seed, 4).spawn(3)
    size = setting.size_mm
    added = microrelief(fine_rng, size, px_per_mm, depth_mm=0.05)
    added = added + 0.007 * noise_field(small_rng, size, px_per_mm, sigma_mm=0.22)
    added = added + 0.013 * noise_field(wide_rng, size, px_per_mm, sigma_mm=0.6)
    added = (added - added.mean()) * np.float32(0.035 * severity / added.std())
    dosed = maps.replace(height_mm=maps.height_mm + added)
    truth = {"amount": 0.035 * severity, "unit": "mm RMS"}
    return rendered("roughness", severity, dosed, setting, truth=truth)


def wrinkles(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = DEFAULT_SETTING
) -> FlatSkin:
    """Five lines across the piece that become deeper and wider.

    Parameters
    ----------
    severity : float
        0..1; the deepest line is 0.25 mm deep and 0.6 mm wide at 1, and absent at 0.
    seed, px_per_mm, setting
        As for `erythema`.

    Returns
    -------
    FlatSkin
        ``amount``: sum of length times depth, mm2 per cm2. ``lines``: the records.
    """
    maps = healthy_cheek(severity, seed, px_per_mm, setting)
    rng = stream_of(seed, 5)
    width, height = setting.size_mm
    lines = []
    for number in range(5):
        length = width * float(rng.uniform(0.45, 0.8))
        left = float(rng.uniform(0.06, 0.94)) * (width - length)
        start = (left, height * (0.12 + 0.152 * (number + 0.5 + float(rng.uniform(-0.2, 0.2)))))
        curve = smooth_curve(
            rng, start, angle_deg=float(rng.normal(0.0, 4.0)), length_mm=length, bend=0.12
        )
        strength = float(rng.uniform(0.5, 1.0))
        lines.append(
            Line(
                curve,
                width_mm=0.3 + 0.3 * strength * severity,
                depth_mm=0.25 * strength * severity,
            )
        )
    drawn = tuple(line for line in lines if line.depth_mm > 0)
    amount = sum(line.curve.length_mm * line.depth_mm for line in drawn) / area_cm2(setting)
    truth = {"amount": amount, "unit": "mm2 / cm2", "lines": drawn}
    return rendered("wrinkles", severity, paint_lines(maps, drawn), setting, truth=truth)


def scars(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = DEFAULT_SETTING
) -> FlatSkin:
    """Ice-pick, boxcar and rolling scars that become deeper.

    Parameters
    ----------
    severity : float
        0..1; depths are those of the types at 1, and 0 has none.
    seed, px_per_mm, setting
        As for `erythema`.

    Returns
    -------
    FlatSkin
        ``amount``: mean depth in mm. ``scars``: the records. The mask is the whole piece.
    """
    maps = healthy_cheek(severity, seed, px_per_mm, setting)
    counts = {ScarKind.ICE_PICK: 4, ScarKind.BOXCAR: 4, ScarKind.ROLLING: 2}
    planted = scatter_scars(stream_of(seed, 6), setting.size_mm, counts=counts)
    present = tuple(
        _replaced(scar, depth_mm=scar.depth_mm * severity, blood_factor=1.0)
        for scar in planted
        if severity > 0
    )
    mean_depth = float(np.mean([scar.depth_mm for scar in present])) if present else 0.0
    truth = {"amount": mean_depth, "unit": "mm", "scars": present}
    return rendered("scars", severity, paint_scars(maps, present), setting, truth=truth)


def gloss(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = DEFAULT_SETTING
) -> FlatSkin:
    """Skin that becomes shinier, from dry to oily.

    Parameters
    ----------
    severity : float
        0..1; the mean of the gloss map goes from 0.08 to 0.83.
    seed, px_per_mm, setting
        As for `erythema`.

    Returns
    -------
    FlatSkin
        ``amount``: gloss added.
    """
    maps = healthy_cheek(severity, seed, px_per_mm, setting)
    level = 0.08 + 0.75 * severity
    dosed = maps.replace(gloss=np.clip(maps.gloss * np.float32(level / GLOSS), 0.0, 1.0))
    truth = {"amount": 0.75 * severity, "unit": "gloss 0..1"}
    return rendered("gloss", severity, dosed, setting, truth=truth)


def _replaced(record: Any, **changes: float) -> Any:
    """A frozen record with some values exchanged."""
    return replace(record, **changes)
