"""Shading of fine relief: log-green against the skin around, at the scale of lines and texture.

Green alone, with no colour taken out. That was tried: light that enters the wall of a furrow
spreads under the skin, red the farthest, so relief of up to some millimetres shades red : green :
blue about 0.55 : 1 : 1.3 (d'Eon & Luebke 2007), which is just what equal parts of blood and melanin
do. Three channels cannot tell them apart there: projecting blood and melanin out took away three
quarters of the relief with them. What separates them instead is size (blood and melanin hardly vary
below a millimetre) and, for larger relief, that hollows shade as pairs (`hollows`).
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from progress.imaging import gaussian_blur, optical_density
from progress.metrics.analysis import Analysis, once_per_picture
from progress.metrics.chromophores import smoothed
from progress.model.checks import BoolArray, FloatArray

RELIEF_PX_PER_MM = 8.0
"""Lines and texture from half a millimetre of wavelength up are held by four pixels per period."""

HALF_AMPLITUDE_SIGMA = math.sqrt(math.log(2.0) / 2.0) / math.pi
"""Sigma over wavelength of the Gaussian that halves a wave: 0.187."""

_SURROUND_SIGMA_MM = 1.0
_BRIGHTEST = 0.08
"""Log-contrast above the surround at which brightness is cut: fine relief shades by less, gloss
glints by more."""
_DARKEST = 0.7
"""Log-contrast below the surround at which darkness is cut: half the light gone is a hair or a
nostril and no relief of skin."""


@once_per_picture
def fine_shading(analysis: Analysis) -> FloatArray:
    """Log-green against the skin within about a millimetre, shape (H, W), at 8 px/mm.

    Positive is brighter; 0 off the mask. Blind to exposure and to light that changes slowly.
    """
    skin = analysis.skin(RELIEF_PX_PER_MM)
    return shading(skin.linear, skin.mask, _SURROUND_SIGMA_MM * skin.px_per_mm, _BRIGHTEST)


def shading(linear: FloatArray, mask: BoolArray, surround_px: float, ceiling: float) -> FloatArray:
    """Log-green of masked pixels over that of their surround, shape (H, W).

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
    mask : ndarray of bool, shape (H, W)
    surround_px : float
        Gaussian sigma of the surround.
    ceiling : float
        Log-contrast at which brightness is cut.

    Returns
    -------
    ndarray of float32
        Positive is brighter; 0 off the mask.
    """
    dark = np.asarray(optical_density(cv2.extractChannel(linear, 1)), dtype=np.float32)
    flat = smoothed(dark, mask, surround_px) - dark
    np.clip(flat, -_DARKEST, ceiling, out=flat)
    flat[~mask] = 0
    return flat


def blurred(picture: FloatArray, sigma_mm: float, px_per_mm: float) -> FloatArray:
    """Gaussian blur that counts the blur of the pixel itself (a box, variance 1/12) as part of it.

    Parameters
    ----------
    picture : ndarray of float32, shape (H, W)
    sigma_mm : float
        Wanted in all, in mm.
    px_per_mm : float

    Returns
    -------
    ndarray of float32, shape (H, W)
        Nearly the same at 8 and at 12 px/mm.
    """
    sigma_px = math.sqrt(max(0.0, (sigma_mm * px_per_mm) ** 2 - 1.0 / 12.0))
    return gaussian_blur(picture, sigma_px)


@once_per_picture
def relief_band(analysis: Analysis, shortest_mm: float, longest_mm: float) -> FloatArray:
    """Fine shading of wavelengths between two limits (half amplitude), shape (H, W), at 8 px/mm."""
    px_per_mm = analysis.skin(RELIEF_PX_PER_MM).px_per_mm
    source = fine_shading(analysis)
    fine = blurred(source, HALF_AMPLITUDE_SIGMA * shortest_mm, px_per_mm)
    return fine - blurred(source, HALF_AMPLITUDE_SIGMA * longest_mm, px_per_mm)


def band_noise_variance(
    noise_variance: float, px_per_mm: float, *, shortest_mm: float, longest_mm: float
) -> float:
    """Variance that white camera noise leaves in a band.

    Parameters
    ----------
    noise_variance : float
        Of log-green per pixel.
    px_per_mm : float
        Of those pixels.
    shortest_mm, longest_mm : float
        Limits of the band.

    Returns
    -------
    float
        Integral of the noise density over the squared response of two Gaussians' difference.
    """
    fine, wide = (HALF_AMPLITUDE_SIGMA * mm for mm in (shortest_mm, longest_mm))
    passed = 1 / (4 * fine**2) - 1 / (fine**2 + wide**2) + 1 / (4 * wide**2)
    return noise_variance / px_per_mm**2 * passed / math.pi
