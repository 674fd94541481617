"""Bare procedural skin on a millimetre grid: tones, mottling and microrelief."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any, Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model.checks import FloatArray, frozen_array
from progress.phantom.spectra import melanin_for_ita, skin_reflectance

_MICRORELIEF_MM: Final = 0.42
"""Distance of primary furrows; 0.2-0.5 mm on the face."""

# Gaussian sigma in mm to standard deviation of the logarithm, for an even, healthy light cheek.
_MELANIN_MOTTLING: Final = {0.25: 0.03, 1.2: 0.035, 5.0: 0.045, 18.0: 0.04}
_BLOOD_MOTTLING: Final = {0.3: 0.07, 1.2: 0.08, 4.0: 0.08, 15.0: 0.07}


@dataclass(frozen=True, slots=True)
class SkinTone:
    """One person's untanned, unflushed skin.

    Parameters
    ----------
    name : str
    melanin : float
        Melanosome volume fraction of the epidermis.
    blood : float
        Blood volume fraction of the dermis.
    """

    name: str
    melanin: float
    blood: float

    @classmethod
    def from_ita(cls, name: str, ita_deg: float, *, blood: float = 0.022) -> SkinTone:
        """The tone whose colour has this individual typology angle under D65.

        Parameters
        ----------
        name : str
        ita_deg : float
            About -65 to 60 degrees.
        blood : float
            Blood volume fraction.
        """
        return cls(name, melanin_for_ita(ita_deg, blood=blood), blood)

    def melanin_gain(self, strength: float) -> float:
        """Melanin added over melanin there, for a mark that looks about alike on every tone.

        Parameters
        ----------
        strength : float
            0 adds nothing; 1 is a clear freckle: 0.02 of the volume and 30 % of what is there.
        """
        return strength * (0.02 + 0.3 * self.melanin) / self.melanin

    @property
    def linear(self) -> NDArray[np.float32]:
        """Linear sRGB, shape (3,), to an ideal camera under D65."""
        return skin_reflectance(self.melanin, self.blood)


SKIN_TONES: Final = (
    SkinTone.from_ita("very_light", 60.0, blood=0.016),
    SkinTone.from_ita("light", 47.0),
    SkinTone.from_ita("intermediate", 33.0),
    SkinTone.from_ita("tan", 18.0),
    SkinTone.from_ita("brown", -10.0, blood=0.018),
    SkinTone.from_ita("dark", -40.0, blood=0.015),
)
"""One of each class of Del Bino & Bernerd 2013, doi:10.1111/bjd.12529, from light to dark."""


@dataclass(frozen=True, slots=True, eq=False)
class SkinMaps:
    """A flat piece of skin, seen from above; x to the right, y down, from the top-left corner.

    Parameters
    ----------
    melanin, blood : ndarray of float32, shape (H, W)
        Volume fractions.
    height_mm : ndarray of float32, shape (H, W)
        Relief, up is positive.
    gloss : ndarray of float32, shape (H, W)
        0 (matt) to 1 (oily).
    px_per_mm : float
    """

    melanin: FloatArray = field(repr=False)
    blood: FloatArray = field(repr=False)
    height_mm: FloatArray = field(repr=False)
    gloss: FloatArray = field(repr=False)
    px_per_mm: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.px_per_mm) and self.px_per_mm > 0):
            raise ValueError(f"SkinMaps.px_per_mm: expected > 0, got {self.px_per_mm}")
        shape = np.asarray(self.melanin).shape
        if len(shape) != 2:
            raise ValueError(f"SkinMaps.melanin: expected shape (H, W), got {shape}")
        for name in ("melanin", "blood", "height_mm", "gloss"):
            values = frozen_array(
                getattr(self, name), dtype="float32", shape=shape, name=f"SkinMaps.{name}"
            )
            object.__setattr__(self, name, values)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.melanin.shape[0], self.melanin.shape[1]

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height."""
        return self.shape[1] / self.px_per_mm, self.shape[0] / self.px_per_mm

    def replace(self, **maps: Any) -> SkinMaps:
        """The same skin with some maps exchanged."""
        return dataclasses.replace(self, **maps)


def grid_shape(size_mm: tuple[float, float], px_per_mm: float) -> tuple[int, int]:
    """Rows and columns of a piece of skin of this width and height."""
    rows, columns = round(size_mm[1] * px_per_mm), round(size_mm[0] * px_per_mm)
    if rows < 2 or columns < 2:
        raise ValueError(f"size_mm: expected at least two pixels a side, got {size_mm}")
    return rows, columns


def noise_field(
    rng: np.random.Generator,
    size_mm: tuple[float, float],
    px_per_mm: float,
    *,
    sigma_mm: float,
) -> FloatArray:
    """White noise through a Gaussian of `sigma_mm`, with variance 1.

    Parameters
    ----------
    rng : numpy Generator
        Drawn on a lattice in millimetres: the same seed and size give the same field at any
        resolution.
    size_mm : tuple of float
        Width and height.
    px_per_mm : float
    sigma_mm : float
        Of the Gaussian; the correlation falls to 1/e at twice that distance.

    Returns
    -------
    ndarray of float32, shape (H, W)
    """
    width, height = size_mm
    margin = 4
    lattice = (math.ceil(height / sigma_mm) + 1, math.ceil(width / sigma_mm) + 1)
    noise = rng.standard_normal((lattice[0] + 2 * margin, lattice[1] + 2 * margin))
    kernel = cv2.getGaussianKernel(2 * margin + 1, 1.0)
    smooth = cv2.sepFilter2D(noise.astype(np.float32), -1, kernel, kernel)
    smooth = smooth[margin:-margin, margin:-margin] / np.float32(np.sum(kernel**2))
    rows, columns = grid_shape(size_mm, px_per_mm)
    finer = rows >= lattice[0] and columns >= lattice[1]
    how = cv2.INTER_CUBIC if finer else cv2.INTER_AREA
    return cast("FloatArray", cv2.resize(smooth, (columns, rows), interpolation=how))


def mottling(
    rng: np.random.Generator,
    size_mm: tuple[float, float],
    px_per_mm: float,
    *,
    amplitudes: dict[float, float],
) -> FloatArray:
    """Multi-scale unevenness as a positive factor with median 1.

    Parameters
    ----------
    rng : numpy Generator
    size_mm : tuple of float
    px_per_mm : float
    amplitudes : dict of float to float
        Gaussian sigma in mm to standard deviation of the logarithm.

    Returns
    -------
    ndarray of float32, shape (H, W)
    """
    total = np.zeros(grid_shape(size_mm, px_per_mm), dtype=np.float32)
    for sigma_mm, amplitude in amplitudes.items():
        total += np.float32(amplitude) * noise_field(rng, size_mm, px_per_mm, sigma_mm=sigma_mm)
    return cast("FloatArray", cv2.exp(total))


def microrelief(
    rng: np.random.Generator,
    size_mm: tuple[float, float],
    px_per_mm: float,
    *,
    depth_mm: float = 0.03,
    spacing_mm: float = _MICRORELIEF_MM,
) -> FloatArray:
    """The criss-cross of fine furrows that makes skin look like skin.

    Parameters
    ----------
    rng : numpy Generator
    size_mm : tuple of float
    px_per_mm : float
    depth_mm : float
        Typical depth of a furrow; 0.02-0.2 mm (microrelief of the face is at the shallow end).
    spacing_mm : float
        Between furrows of one family.

    Returns
    -------
    ndarray of float32, shape (H, W)
        Height, with mean 0 within a few per cent of `depth_mm`.

    Notes
    -----
    Three families of parallel furrows at about 60 degrees, bent and broken by noise; the plateaus
    between them are the triangles and lozenges of real skin.
    """
    rows, columns = grid_shape(size_mm, px_per_mm)
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    x = (x + np.float32(0.5)) / np.float32(px_per_mm)
    y = (y + np.float32(0.5)) / np.float32(px_per_mm)
    start = rng.uniform(0.0, np.pi)
    height = np.zeros((rows, columns), dtype=np.float32)
    for family, share in enumerate((0.5, 0.38, 0.3)):
        angle = start + family * np.pi / 3.0 + rng.normal(0.0, 0.12)
        wave = 2.0 * np.pi / (spacing_mm * rng.uniform(0.85, 1.2))
        phase = x * np.float32(wave * np.cos(angle)) + y * np.float32(wave * np.sin(angle))
        for sigma_mm, bend in ((0.35, 1.3), (1.0, 2.0), (4.0, 4.0)):
            phase += np.float32(bend) * noise_field(rng, size_mm, px_per_mm, sigma_mm=sigma_mm)
        strength = noise_field(rng, size_mm, px_per_mm, sigma_mm=0.6)
        strength = np.clip(np.float32(0.6) + np.float32(0.45) * strength, 0.0, 1.6)
        # Sharp furrows, flat plateaus; 0.2734 is the mean of ((1 + cos) / 2) to the fourth power.
        furrow = (0.5 + 0.5 * np.cos(phase)) ** 4 - np.float32(0.2734)
        height -= np.float32(share * depth_mm / 0.5) * strength * furrow
    return height


def bare_skin(
    rng: np.random.Generator,
    size_mm: tuple[float, float],
    *,
    px_per_mm: float = 12.0,
    tone: SkinTone = SKIN_TONES[1],
    relief_mm: float = 0.03,
    unevenness: float = 1.0,
    gloss: float = 0.25,
) -> SkinMaps:
    """Skin with mottling and microrelief, and nothing else.

    Parameters
    ----------
    rng : numpy Generator
    size_mm : tuple of float
        Width and height.
    px_per_mm : float
    tone : SkinTone
        Median melanin and blood.
    relief_mm : float
        Depth of the microrelief; 0 leaves it out.
    unevenness : float
        Scales the mottling; 1 is an even, healthy cheek, 0 is flat colour.
    gloss : float
        Mean of the gloss map.

    Returns
    -------
    SkinMaps
    """
    relief_rng, melanin_rng, blood_rng, gloss_rng = rng.spawn(4)
    # The same share of melanin shows far more in dark skin, which is not seen to be blotchier.
    brown = unevenness * tone.melanin_gain(0.6)
    melanin = mottling(
        melanin_rng,
        size_mm,
        px_per_mm,
        amplitudes={s: a * brown for s, a in _MELANIN_MOTTLING.items()},
    )
    blood = mottling(
        blood_rng,
        size_mm,
        px_per_mm,
        amplitudes={s: a * unevenness for s, a in _BLOOD_MOTTLING.items()},
    )
    shine = mottling(gloss_rng, size_mm, px_per_mm, amplitudes={0.5: 0.15, 6.0: 0.15})
    if relief_mm > 0:
        height = microrelief(relief_rng, size_mm, px_per_mm, depth_mm=relief_mm)
    else:
        height = np.zeros_like(melanin)
    return SkinMaps(
        melanin=melanin * np.float32(tone.melanin),
        blood=blood * np.float32(tone.blood),
        height_mm=height,
        gloss=np.clip(shine * np.float32(gloss), 0.0, 1.0),
        px_per_mm=px_per_mm,
    )
