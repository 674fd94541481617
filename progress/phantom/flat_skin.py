"""Small flat pieces of skin with one thing wrong by a known amount, and what is true of them.

Every dose is the same person, light and skin whatever the severity; only what the dose is named
for changes. Colours come from the spectral model, relief from shading, so no dose is made with the
arithmetic that a metric uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from progress.model.checks import BoolArray, FloatArray, frozen_array
from progress.phantom.painting import paint_pores
from progress.phantom.planting import (
    scatter_pores,
)
from progress.phantom.relief import Light, glint, render
from progress.phantom.sensors import CameraName, IlluminantName
from progress.phantom.skin import (
    SKIN_TONES,
    SkinMaps,
    SkinTone,
    bare_skin,
)
from progress.phantom.spectra import skin_reflectance

SIZE_MM: Final = (32.0, 27.0)
LIGHT: Final = Light()

GLOSS: Final = 0.25


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


DEFAULT_SETTING: Final = Setting()


def stream_of(seed: int, stream: int) -> np.random.Generator:
    """A generator of its own for each thing, so that a dose never moves another feature."""
    return np.random.default_rng([seed, stream])


def area_cm2(setting: Setting) -> float:
    """Of the whole piece."""
    return setting.size_mm[0] * setting.size_mm[1] / 100.0


def healthy_cheek(
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
        stream_of(seed, 0),
        setting.size_mm,
        px_per_mm=px_per_mm,
        tone=setting.skin_tone,
        relief_mm=0.022,
        gloss=GLOSS,
    )
    if with_pores:
        plug = setting.skin_tone.melanin_gain(0.2)
        few = scatter_pores(
            stream_of(seed, 7), setting.size_mm, per_cm2=60.0, diameter_mm=0.12, plug=plug
        )
        maps = paint_pores(maps, few)
    return maps


def rendered(
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
    flat = np.full((3, 3), GLOSS, dtype=np.float32)
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
