"""Relief as shading: log-luminance with the colour taken out, cut into bands of wavelength.

A photo shows relief only by how it shades. Shading darkens all channels alike, blood and melanin do
not; so the part of log-green that blood and melanin explain is subtracted. It is estimated at the
colour scale: below half a millimetre cameras store next to no colour, and none is taken out there.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from progress.imaging import gaussian_blur, optical_density
from progress.metrics.analysis import Analysis, once_per_picture
from progress.metrics.chromophores import COLOUR_PX_PER_MM, haemoglobin, melanin, smoothed
from progress.model.checks import FloatArray

RELIEF_PX_PER_MM = 8.0
"""Lines and texture from half a millimetre of wavelength up are held by four pixels per period."""

HALF_AMPLITUDE_SIGMA = math.sqrt(math.log(2.0) / 2.0) / math.pi
"""Sigma over wavelength of the Gaussian that halves a wave: 0.187."""

_GREEN_PER_HAEMOGLOBIN, _GREEN_PER_MELANIN = 0.69, 0.46
"""Log-green per unit of each burden: green parts of the unit vectors (0.21, 0.69, 0.69) and
(0.24, 0.46, 0.86) of measurement page, section 1."""
_COLOUR_SIGMA_MM = 0.35
_SURROUND_SIGMA_MM = 2.0
_BRIGHTEST = 0.25
"""Log-contrast above the surround at which brightness is cut: relief shades by less, gloss glints
by more."""
_DARKEST = 0.7
"""Log-contrast below the surround at which darkness is cut: half the light gone is a hair or a
nostril and no relief of skin."""


@once_per_picture
def relief(analysis: Analysis) -> FloatArray:
    """Log-luminance of shading against the skin around (2 mm), shape (H, W), at 8 px/mm.

    Positive is brighter; 0 off the mask. Blind to exposure, nearly blind to blood and melanin.
    """
    skin = analysis.skin(RELIEF_PX_PER_MM)
    dark = np.asarray(optical_density(cv2.extractChannel(skin.linear, 1)), dtype=np.float32)
    if analysis.patch.axes is not None:
        height, width = skin.mask.shape
        colour = cv2.resize(_colour(analysis), (width, height), interpolation=cv2.INTER_LINEAR)
        dark = dark - colour
    wide = _SURROUND_SIGMA_MM * skin.px_per_mm
    flat = smoothed(dark, skin.mask, wide) - dark
    flat = np.clip(flat, -_DARKEST, _BRIGHTEST)
    flat[~skin.mask] = 0
    return np.asarray(flat, dtype=np.float32)


def _colour(analysis: Analysis) -> FloatArray:
    """Log-green that blood and melanin explain, at the colour scale."""
    skin = analysis.skin(COLOUR_PX_PER_MM)
    explained = _GREEN_PER_HAEMOGLOBIN * haemoglobin(analysis)
    explained += _GREEN_PER_MELANIN * melanin(analysis)
    return smoothed(explained, skin.mask, _COLOUR_SIGMA_MM * skin.px_per_mm)


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
    """Relief of wavelengths between two limits (half amplitude), shape (H, W), at 8 px/mm."""
    px_per_mm = analysis.skin(RELIEF_PX_PER_MM).px_per_mm
    source = relief(analysis)
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
