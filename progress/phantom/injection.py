"""A change of blood or melanin put into a photo in linear light, by spectra that no metric knows.

Each pixel is multiplied by the colour of the changed skin over that of the unchanged, both
integrated from tissue optics, a lamp and a camera; light, shading and everything that is not skin
colour stay as they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.resample import gaussian_blur
from progress.model.checks import FloatArray
from progress.phantom.features import Spot
from progress.phantom.painting import paint_spots
from progress.phantom.sensors import CameraName, IlluminantName
from progress.phantom.skin import SkinMaps, SkinTone, mottling
from progress.phantom.spectra import skin_reflectance

_FAINTEST = 1e-4
_CLOUDS_MM = (0.9, 2.0)
"""Gaussian sigmas of clouds of colour: blotches of about 2 to 8 mm."""


@dataclass(frozen=True, slots=True)
class SkinColour:
    """Whose skin it is and who looks at it.

    Parameters
    ----------
    tone : SkinTone
        Melanin and blood before the change.
    camera, illuminant : str
        See `progress.phantom.sensors.camera_weights`.
    """

    tone: SkinTone
    camera: CameraName = "ideal"
    illuminant: IlluminantName = "d65"

    def ratio(self, melanin: NDArray[Any], blood: NDArray[Any]) -> FloatArray:
        """Colour of skin with these factors of melanin and blood over that without, (..., 3)."""
        tone = self.tone

        def seen(more_melanin: Any, more_blood: Any) -> NDArray[np.float32]:
            return skin_reflectance(
                np.float32(tone.melanin) * np.asarray(more_melanin, dtype=np.float32),
                np.float32(tone.blood) * np.asarray(more_blood, dtype=np.float32),
                camera=self.camera,
                illuminant=self.illuminant,
            )

        # Blue of dark, red skin can be next to nothing; a ratio of two such is 1, not noise.
        changed, plain = seen(melanin, blood), seen(1.0, 1.0)
        return np.asarray((changed + _FAINTEST) / (plain + _FAINTEST), dtype=np.float32)


def more_blood(linear: Any, where: FloatArray, added: float, skin: SkinColour) -> FloatArray:
    """The photo with more or less blood in the skin.

    Parameters
    ----------
    linear : array_like of float, shape (H, W, 3)
        Linear light.
    where : ndarray of float32, shape (H, W)
        Share of the dose at each pixel, 0..1.
    added : float
        Blood added over blood there; above -1.
    skin : SkinColour

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
    """
    ones = np.ones_like(where)
    return _changed(linear, skin.ratio(ones, 1 + np.float32(added) * where))


def more_melanin(linear: Any, where: FloatArray, added: float, skin: SkinColour) -> FloatArray:
    """The photo with more or less melanin in the skin; parameters as for `more_blood`."""
    ones = np.ones_like(where)
    return _changed(linear, skin.ratio(1 + np.float32(added) * where, ones))


def more_clouds(
    linear: Any,
    where: FloatArray,
    blood_sd: float,
    skin: SkinColour,
    *,
    px_per_mm: float,
    rng: np.random.Generator,
) -> FloatArray:
    """The photo with clouds of blood and melanin of 2 to 8 mm.

    Parameters
    ----------
    linear, where, skin
        As for `more_blood`.
    blood_sd : float
        Standard deviation of ln blood; that of ln melanin is 0.31 of it on light skin.
    px_per_mm : float
    rng : numpy.random.Generator
        Equal generators give equal clouds, whatever the dose.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
    """
    height, width = where.shape
    size_mm = (width / px_per_mm, height / px_per_mm)
    unit = {sigma: 1 / math.sqrt(len(_CLOUDS_MM)) for sigma in _CLOUDS_MM}
    fields = []
    for sd in (blood_sd, blood_sd * skin.tone.melanin_gain(0.31)):
        cloud = np.log(mottling(rng, size_mm, px_per_mm, amplitudes=unit))
        cloud = cv2.resize(cloud, (width, height), interpolation=cv2.INTER_LINEAR)
        fields.append(np.exp(np.float32(sd) * where * cloud))
    blood, melanin = fields
    return _changed(linear, skin.ratio(melanin, blood))


def with_spots(
    linear: Any,
    spots: list[Spot],
    skin: SkinColour,
    *,
    px_per_mm: float,
    fade: FloatArray | None = None,
) -> FloatArray:
    """The photo with pigment spots, which may end softly where `fade` does.

    Parameters
    ----------
    linear, skin
        As for `more_blood`.
    spots : list of Spot
        In mm from the picture's corner.
    px_per_mm : float
    fade : ndarray of float32, shape (H, W), optional
        Share of the spots' melanin.

    Returns
    -------
    ndarray of float32, shape (H, W, 3)
    """
    photo = np.asarray(linear)
    one = np.ones(photo.shape[:2], dtype=np.float32)
    maps = paint_spots(SkinMaps(one, one, 0 * one, 0 * one, px_per_mm), spots)
    melanin, blood = maps.melanin, maps.blood
    if fade is not None:
        melanin, blood = 1 + fade * (melanin - 1), 1 + fade * (blood - 1)
    return _changed(linear, skin.ratio(melanin, blood))


def soft_inside(outline: NDArray[Any], shape: tuple[int, int], *, soft_px: float) -> FloatArray:
    """1 well inside a polygon, 0 well outside, with a Gaussian edge; float32 of `shape`."""
    mask = np.zeros(shape, dtype=np.float32)
    cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], (1.0,))
    return gaussian_blur(mask, soft_px)


def _changed(linear: Any, ratio: FloatArray) -> FloatArray:
    return np.asarray(np.asarray(linear, dtype=np.float32) * ratio, dtype=np.float32)
