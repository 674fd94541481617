"""Small flat pieces of skin with one thing wrong by a known amount: what each metric must follow.

Every dose is the same person, light and skin whatever the severity; only what the dose is named
for changes. Colours come from the spectral model, relief from shading, so no dose is made with the
arithmetic that a metric uses.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model.checks import BoolArray, FloatArray, frozen_array
from progress.phantom.features import Line, Pores, ScarKind
from progress.phantom.painting import paint_lines, paint_pores, paint_scars, paint_spots
from progress.phantom.planting import (
    scatter_pores,
    scatter_scars,
    scatter_spots,
    smooth_curve,
)
from progress.phantom.relief import Light, glint, render
from progress.phantom.sensors import CameraName, IlluminantName
from progress.phantom.skin import (
    SKIN_TONES,
    SkinMaps,
    SkinTone,
    bare_skin,
    grid_shape,
    microrelief,
    mottling,
    noise_field,
)
from progress.phantom.spectra import skin_reflectance

SIZE_MM: Final = (32.0, 27.0)
LIGHT: Final = Light()

_GLOSS: Final = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class FlatSkin:
    """A rendered piece of skin and what is true of it.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
        Clean linear sRGB: no camera, no noise.
    mask : ndarray of bool, shape (H, W)
        The skin that the dose was given to.
    px_per_mm : float
    truth : mapping of str to Any
        At least ``severity``, ``dose`` and ``amount``; `amount` rises strictly with severity, in
        the unit named by ``unit``, and is 0 without any (pores excepted, which nobody lacks).
    reference_linear : ndarray of float64, shape (3,)
        Flat untreated skin of the same person in the same light.
    maps : SkinMaps
        What was rendered.
    """

    linear: FloatArray = field(repr=False)
    mask: BoolArray = field(repr=False)
    px_per_mm: float
    truth: Mapping[str, Any]
    reference_linear: NDArray[np.float64] = field(repr=False)
    maps: SkinMaps = field(repr=False)

    def __post_init__(self) -> None:
        shape = self.maps.shape
        linear = frozen_array(
            self.linear, dtype="float32", shape=(*shape, 3), name="FlatSkin.linear"
        )
        object.__setattr__(self, "linear", linear)
        mask = frozen_array(self.mask, dtype="bool", shape=shape, name="FlatSkin.mask")
        object.__setattr__(self, "mask", mask)
        reference = frozen_array(
            self.reference_linear, dtype="float64", shape=(3,), name="FlatSkin.reference_linear"
        )
        object.__setattr__(self, "reference_linear", reference)

    @property
    def reference_od(self) -> NDArray[np.float64]:
        """Optical density of the untreated skin, shape (3,)."""
        return cast("NDArray[np.float64]", -np.log(self.reference_linear))


@dataclass(frozen=True, slots=True)
class Setting:
    """The person and the light of a dose.

    Parameters
    ----------
    skin_tone : SkinTone
    size_mm : tuple of float
        Width and height.
    light : Light
    camera, illuminant : str
        See `progress.phantom.sensors.camera_weights`.
    """

    skin_tone: SkinTone = SKIN_TONES[1]
    size_mm: tuple[float, float] = SIZE_MM
    light: Light = LIGHT
    camera: CameraName = "ideal"
    illuminant: IlluminantName = "d65"


_DEFAULT: Final = Setting()


def erythema(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
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
    maps = _cheek(severity, seed, px_per_mm, setting)
    radius = _oval(setting.size_mm, px_per_mm)
    # The edge is 2 mm soft around 1; the mask ends where the dose is complete to half a per cent.
    edge = 0.09
    inside = 1.0 / (1.0 + np.exp((radius - 1.0) / (0.25 * edge)))
    dosed = maps.replace(blood=maps.blood * (1.0 + severity * inside))
    truth = {"amount": severity, "unit": "added blood / blood", "blood_factor": 1.0 + severity}
    mask = radius < 1.0 - 1.4 * edge
    return _flat("erythema", severity, dosed, setting, truth=truth, mask=mask)


def tan(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
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
    maps = _cheek(severity, seed, px_per_mm, setting)
    factor = 1.0 + 0.5 * severity
    dosed = maps.replace(melanin=maps.melanin * np.float32(factor))
    truth = {"amount": 0.5 * severity, "unit": "added melanin / melanin", "melanin_factor": factor}
    return _flat("tan", severity, dosed, setting, truth=truth)


def pigment_spots(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
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
    maps = _cheek(severity, seed, px_per_mm, setting)
    gain = setting.skin_tone.melanin_gain(1.6)
    planted = scatter_spots(
        _rng(seed, 1),
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
        "amount": burden / _area_cm2(setting),
        "unit": "mm2 / cm2",
        "spots": spots,
        "area_fraction": sum(spot.area_mm2 for spot in spots) / (100.0 * _area_cm2(setting)),
    }
    return _flat("pigment_spots", severity, paint_spots(maps, spots), setting, truth=truth)


def blotch(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
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
    maps = _cheek(severity, seed, px_per_mm, setting)
    blood_rng, melanin_rng = _rng(seed, 2).spawn(2)
    size = setting.size_mm
    blood_sd = 0.45 * severity
    melanin_sd = severity * setting.skin_tone.melanin_gain(0.14)
    blood, melanin = (
        mottling(rng, size, px_per_mm, amplitudes={0.9: sd / math.sqrt(2), 2.0: sd / math.sqrt(2)})
        for rng, sd in ((blood_rng, blood_sd), (melanin_rng, melanin_sd))
    )
    dosed = maps.replace(blood=maps.blood * blood, melanin=maps.melanin * melanin)
    truth = {"amount": blood_sd, "unit": "SD of ln blood", "ln_melanin_sd": melanin_sd}
    return _flat("blotch", severity, dosed, setting, truth=truth)


def pores(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
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
    maps = _cheek(severity, seed, px_per_mm, setting, with_pores=False)
    rng = _rng(seed, 3)
    plug = setting.skin_tone.melanin_gain(0.2)
    planted = scatter_pores(rng, setting.size_mm, per_cm2=115.0, diameter_mm=0.3, plug=plug)
    order = rng.permutation(len(planted))
    count = round((0.35 + 0.65 * severity) * len(order))
    size = 0.4 + 0.6 * severity
    present: Pores = planted.chosen(np.sort(order[:count])).scaled(size=size, depth=size)
    truth = {
        "amount": present.area_mm2 / _area_cm2(setting),
        "unit": "% of the surface",
        "pores": present,
        "per_cm2": len(present) / _area_cm2(setting),
    }
    return _flat("pores", severity, paint_pores(maps, present), setting, truth=truth)


def roughness(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
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
    maps = _cheek(severity, seed, px_per_mm, setting)
    fine_rng, small_rng, wide_rng = _rng(seed, 4).spawn(3)
    size = setting.size_mm
    added = microrelief(fine_rng, size, px_per_mm, depth_mm=0.05)
    added = added + 0.007 * noise_field(small_rng, size, px_per_mm, sigma_mm=0.22)
    added = added + 0.013 * noise_field(wide_rng, size, px_per_mm, sigma_mm=0.6)
    added = (added - added.mean()) * np.float32(0.035 * severity / added.std())
    dosed = maps.replace(height_mm=maps.height_mm + added)
    truth = {"amount": 0.035 * severity, "unit": "mm RMS"}
    return _flat("roughness", severity, dosed, setting, truth=truth)


def wrinkles(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
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
    maps = _cheek(severity, seed, px_per_mm, setting)
    rng = _rng(seed, 5)
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
    amount = sum(line.curve.length_mm * line.depth_mm for line in drawn) / _area_cm2(setting)
    truth = {"amount": amount, "unit": "mm2 / cm2", "lines": drawn}
    return _flat("wrinkles", severity, paint_lines(maps, drawn), setting, truth=truth)


def scars(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
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
    maps = _cheek(severity, seed, px_per_mm, setting)
    counts = {ScarKind.ICE_PICK: 4, ScarKind.BOXCAR: 4, ScarKind.ROLLING: 2}
    planted = scatter_scars(_rng(seed, 6), setting.size_mm, counts=counts)
    present = tuple(
        _replaced(scar, depth_mm=scar.depth_mm * severity, blood_factor=1.0)
        for scar in planted
        if severity > 0
    )
    mean_depth = float(np.mean([scar.depth_mm for scar in present])) if present else 0.0
    truth = {"amount": mean_depth, "unit": "mm", "scars": present}
    return _flat("scars", severity, paint_scars(maps, present), setting, truth=truth)


def gloss(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
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
    maps = _cheek(severity, seed, px_per_mm, setting)
    level = 0.08 + 0.75 * severity
    dosed = maps.replace(gloss=np.clip(maps.gloss * np.float32(level / _GLOSS), 0.0, 1.0))
    truth = {"amount": 0.75 * severity, "unit": "gloss 0..1"}
    return _flat("gloss", severity, dosed, setting, truth=truth)


def _rng(seed: int, stream: int) -> np.random.Generator:
    """A generator of its own for each thing, so that a dose never moves another feature."""
    return np.random.default_rng([seed, stream])


def _replaced(record: Any, **changes: float) -> Any:
    """A frozen record with some values exchanged."""
    return replace(record, **changes)


def _area_cm2(setting: Setting) -> float:
    """Of the whole piece."""
    return setting.size_mm[0] * setting.size_mm[1] / 100.0


def _cheek(
    severity: float,
    seed: int,
    px_per_mm: float,
    setting: Setting,
    *,
    with_pores: bool = True,
) -> SkinMaps:
    """A healthy cheek: the same for every dose of one seed."""
    if not 0.0 <= severity <= 1.0:
        raise ValueError(f"severity: expected 0..1, got {severity}")
    maps = bare_skin(
        _rng(seed, 0),
        setting.size_mm,
        px_per_mm=px_per_mm,
        tone=setting.skin_tone,
        relief_mm=0.022,
        gloss=_GLOSS,
    )
    if with_pores:
        plug = setting.skin_tone.melanin_gain(0.2)
        few = scatter_pores(
            _rng(seed, 7), setting.size_mm, per_cm2=60.0, diameter_mm=0.12, plug=plug
        )
        maps = paint_pores(maps, few)
    return maps


def _oval(size_mm: tuple[float, float], px_per_mm: float) -> FloatArray:
    """Distance from the middle of the piece, 1 on an oval that fills most of it."""
    rows, columns = grid_shape(size_mm, px_per_mm)
    x = (np.arange(columns, dtype=np.float32) + 0.5) / columns - 0.5
    y = (np.arange(rows, dtype=np.float32) + 0.5) / rows - 0.5
    across = (x / np.float32(0.38)) ** 2 + (y[:, np.newaxis] / np.float32(0.38)) ** 2
    return cast("FloatArray", cv2.sqrt(across))


def _flat(
    dose: str,
    severity: float,
    maps: SkinMaps,
    setting: Setting,
    *,
    truth: dict[str, Any],
    mask: BoolArray | None = None,
) -> FlatSkin:
    """The maps rendered, with the untreated skin of the same person beside them."""
    linear = render(maps, setting.light, camera=setting.camera, illuminant=setting.illuminant)
    tone = setting.skin_tone
    plain = skin_reflectance(
        tone.melanin, tone.blood, camera=setting.camera, illuminant=setting.illuminant
    )
    flat = np.full((3, 3), _GLOSS, dtype=np.float32)
    level = SkinMaps(flat, flat, np.zeros_like(flat), flat, maps.px_per_mm)
    shine = float(glint(level, setting.light)[1, 1])
    return FlatSkin(
        linear=linear,
        mask=np.ones(maps.shape, dtype=bool) if mask is None else mask,
        px_per_mm=maps.px_per_mm,
        truth={"dose": dose, "severity": severity, **truth},
        reference_linear=plain.astype(np.float64) + shine,
        maps=maps,
    )
