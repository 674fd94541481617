"""Light on a height field: slope, occlusion, cast shadow, light under the skin, and gloss."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.resample import gaussian_blur
from progress.model.checks import FloatArray
from progress.phantom.sensors import CameraName, IlluminantName
from progress.phantom.skin import SkinMaps
from progress.phantom.spectra import skin_reflectance

# Variances (mm2) and weights (red, green, blue) of the scattering of light in skin as a sum of
# Gaussians: d'Eon & Luebke 2007, GPU Gems 3, chapter 14, table 14-1.
_VARIANCES_MM2: Final = (0.0064, 0.0484, 0.187, 0.567, 1.99, 7.41)
_WEIGHTS: Final = np.array(
    [
        (0.233, 0.455, 0.649),
        (0.100, 0.336, 0.344),
        (0.118, 0.198, 0.000),
        (0.113, 0.007, 0.007),
        (0.358, 0.004, 0.000),
        (0.078, 0.000, 0.000),
    ]
)
_FRESNEL: Final = 0.028
"""Reflection at normal incidence of a surface of index 1.4."""
_OCCLUSION_SCALES_MM: Final = ((0.22, 1.35), (0.9, 1.0))


@dataclass(frozen=True, slots=True)
class Light:
    """One distant lamp and even light from all around.

    Parameters
    ----------
    direction : tuple of float
        From the skin to the lamp: x to the right of the picture, y up, z to the camera; any length.
    ambient : float
        Share of the light that comes from all around, 0..1, on flat skin.
    shadows : float
        0 leaves cast shadows out, 1 is a small lamp.
    """

    direction: tuple[float, float, float] = (0.30, 0.52, 0.80)
    ambient: float = 0.35
    shadows: float = 0.0

    def __post_init__(self) -> None:
        length = math.sqrt(sum(part**2 for part in self.direction))
        if not (math.isfinite(length) and length > 0 and self.direction[2] > 0.05 * length):
            raise ValueError(
                f"Light.direction: expected z > 0, towards the camera, got {self.direction}"
            )
        for name in ("ambient", "shadows"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"Light.{name}: expected 0..1, got {getattr(self, name)}")

    @property
    def unit(self) -> NDArray[np.float64]:
        """The direction with length 1."""
        return cast(
            "NDArray[np.float64]", np.array(self.direction) / np.linalg.norm(self.direction)
        )

    @classmethod
    def from_angles(
        cls, slant_deg: float, azimuth_deg: float, *, ambient: float = 0.35, shadows: float = 0.0
    ) -> Light:
        """A lamp `slant_deg` from the camera axis, in the picture at `azimuth_deg`.

        Parameters
        ----------
        slant_deg : float
            0 is at the camera, 90 grazes the skin.
        azimuth_deg : float
            0 is right, 90 is up.
        ambient, shadows : float
            See `Light`.
        """
        slant, turn = math.radians(slant_deg), math.radians(azimuth_deg)
        across = math.sin(slant)
        direction = (across * math.cos(turn), across * math.sin(turn), math.cos(slant))
        return cls(direction, ambient, shadows)


def scatter(shading: FloatArray, px_per_mm: float) -> FloatArray:
    """Shading after the light has spread under the skin, red farthest.

    Parameters
    ----------
    shading : ndarray of float32, shape (H, W)
        Light that enters.
    px_per_mm : float

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
        Light that comes out, per colour; the mean is kept.

    Notes
    -----
    d'Eon & Luebke 2007, GPU Gems 3, chapter 14. The weights, rounded in the source, are divided by
    their sum.
    """
    weights = _WEIGHTS / _WEIGHTS.sum(axis=0)
    rows, columns = shading.shape
    out = np.zeros((rows, columns, 3), dtype=np.float32)
    for variance, share in zip(_VARIANCES_MM2, weights, strict=True):
        used = np.flatnonzero(share)
        blurred = gaussian_blur(shading, math.sqrt(variance) * px_per_mm)
        for channel in used:
            out[..., channel] += np.float32(share[channel]) * blurred
    return out


def slopes(height_mm: FloatArray, px_per_mm: float) -> tuple[FloatArray, FloatArray]:
    """Rise of the skin per millimetre to the right and per millimetre down the picture."""
    kernel = np.array([[-0.5, 0.0, 0.5]], dtype=np.float32) * np.float32(px_per_mm)
    right = cv2.filter2D(height_mm, -1, kernel, borderType=cv2.BORDER_REFLECT)
    down = cv2.filter2D(height_mm, -1, kernel.T, borderType=cv2.BORDER_REFLECT)
    return cast("FloatArray", right), cast("FloatArray", down)


def cast_shadow(height_mm: FloatArray, px_per_mm: float, light: Light) -> FloatArray:
    """Share of the lamp that each point sees past its neighbours, 0..1, shape (H, W).

    Parameters
    ----------
    height_mm : ndarray of float32, shape (H, W)
    px_per_mm : float
    light : Light

    Notes
    -----
    The ray to the lamp is followed pixel by pixel, as far as the relief is high; the edge is as
    soft as a lamp of 3 degrees makes it.
    """
    x, y, z = light.unit
    across = math.hypot(x, y)
    seen = np.ones_like(height_mm)
    if across < 1e-6:
        return seen
    rise_per_px = z / across / px_per_mm
    span = float(height_mm.max() - height_mm.min())
    for step in range(1, min(200, math.ceil(span / rise_per_px)) + 1):
        # What lies `step` pixels towards the lamp; y is up for the lamp and down in the picture.
        shift = np.array([[1.0, 0.0, step * x / across], [0.0, 1.0, -step * y / across]])
        towards = cv2.warpAffine(
            height_mm,
            shift,
            (height_mm.shape[1], height_mm.shape[0]),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        over = towards - height_mm - np.float32(step * rise_per_px)
        softness = np.float32(max(0.05 * step / px_per_mm, 1e-3))
        seen = np.minimum(seen, np.clip(0.5 - over / softness, 0.0, 1.0))
    return seen


def shade(maps: SkinMaps, light: Light) -> FloatArray:
    """Light that comes out of relief over light that comes out of flat skin, per colour.

    Parameters
    ----------
    maps : SkinMaps
        Only the height is read.
    light : Light

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
        1 on flat skin.

    Notes
    -----
    Lamp: Lambert, n.l over that of flat skin. Ambient light: the sky that a tilted and sunken point
    sees, the sinking taken from two local means of the height. Both then spread under the skin.
    """
    right, down = slopes(maps.height_mm, maps.px_per_mm)
    x, y, z = light.unit
    steep = cv2.sqrt(1.0 + right * right + down * down)
    lamp = np.maximum((np.float32(z) - right * np.float32(x) + down * np.float32(y)) / steep, 0.0)
    lamp /= np.float32(z)
    if light.shadows > 0:
        dark = cast_shadow(maps.height_mm, maps.px_per_mm, light)
        lamp *= 1.0 - np.float32(light.shadows) * (1.0 - dark)
    openness = _openness(maps)
    sky = openness * (np.float32(0.5) + np.float32(0.5) / steep)
    share = np.float32(light.ambient)
    # A hole also swallows lamp light that would be scattered out of it, hence the root.
    entering = (1.0 - share) * lamp * cv2.sqrt(openness) + share * sky
    return scatter(cast("FloatArray", entering), maps.px_per_mm)


def _openness(maps: SkinMaps) -> FloatArray:
    """Share of the sky that a sunken point sees, from its depth under local means, 0..1."""
    open_sky = np.ones(maps.shape, dtype=np.float32)
    for sigma_mm, strength in _OCCLUSION_SCALES_MM:
        local = gaussian_blur(maps.height_mm, sigma_mm * maps.px_per_mm)
        sunk = np.maximum(local - maps.height_mm, np.float32(0)) * np.float32(strength / sigma_mm)
        open_sky /= 1.0 + sunk * sunk
    return open_sky


def glint(maps: SkinMaps, light: Light) -> FloatArray:
    """Light reflected by the surface itself, in units of a white diffuser, shape (H, W).

    Parameters
    ----------
    maps : SkinMaps
        Height and gloss are read.
    light : Light

    Notes
    -----
    Blinn's normalised lobe with Schlick's Fresnel term of index 1.4. Gloss makes it both stronger
    and narrower: exponent 8 on matt, 60 on oily skin.
    """
    right, down = slopes(maps.height_mm, maps.px_per_mm)
    x, y, z = light.unit
    half = np.array([x, y, z + 1.0])
    half /= np.linalg.norm(half)
    steep = cv2.sqrt(1.0 + right * right + down * down)
    facing = (
        np.float32(half[2]) - right * np.float32(half[0]) + down * np.float32(half[1])
    ) / steep
    exponent = 8.0 + 52.0 * maps.gloss
    # The normalised lobe of a distant lamp, seen against E / pi of a white diffuser.
    lobe = cv2.exp(exponent * cv2.log(np.clip(facing, 1e-3, 1.0))) * (exponent + 8.0) / 8.0
    fresnel = _FRESNEL + (1.0 - _FRESNEL) * (1.0 - float(half[2])) ** 5
    lamp = np.float32((1.0 - light.ambient) * fresnel) * lobe
    sky = np.float32(light.ambient * fresnel)
    return cast("FloatArray", (maps.gloss * (lamp + sky)).astype(np.float32, copy=False))


def render(
    maps: SkinMaps,
    light: Light | None = None,
    *,
    camera: CameraName = "ideal",
    illuminant: IlluminantName = "d65",
) -> FloatArray:
    """Linear sRGB of a flat piece of skin under a lamp.

    Parameters
    ----------
    maps : SkinMaps
    light : Light, optional
        Its strength is such that a flat white diffuser has 1.
    camera, illuminant : str
        See `progress.phantom.sensors.camera_weights`.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
    """
    lamp = Light() if light is None else light
    colour = skin_reflectance(maps.melanin, maps.blood, camera=camera, illuminant=illuminant)
    lit = colour * shade(maps, lamp)
    lit += glint(maps, lamp)[..., np.newaxis]
    return lit
