"""Texture: how strongly the fine relief of the skin shades, over wavelengths of 0.5 to 1.2 mm."""

from __future__ import annotations

import math

import numpy as np

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.bands import RELIEF_PX_PER_MM, band_noise_variance, relief_band
from progress.metrics.blocks import standard_error_of_mean
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need, NotMeasured, Outcome
from progress.model.checks import FloatArray
from progress.phantom.relief_doses import roughness

SHORTEST_MM, LONGEST_MM = 0.5, 1.2
"""Shorter waves are the camera's: a point spread of 0.05 mm takes a quarter of 0.3 mm. In longer
ones blood and melanin vary as much as relief does: with a limit of 5 mm twice the blood read as
three quarters of the phantom's roughness, with 1.2 mm as an eighth."""
_MIN_WAVELENGTH_OVER_PSF = 5.0
"""A Gaussian blur of sigma takes exp(-2 pi^2 / 5^2), more than half, of a wave of five sigma."""
_MAD_TO_SD = 1.4826


@once_per_picture
def texture_map(analysis: Analysis) -> FloatArray:
    """Absolute log-contrast of the relief band in %, shape (H, W) at 8 px/mm."""
    return np.asarray(100 * np.abs(relief_band(analysis, SHORTEST_MM, LONGEST_MM)), np.float32)


@metric(
    id="texture",
    version=1,
    label="Roughness of texture",
    unit="%",
    better=Direction.LOWER,
    needs={Need.DETAIL, Need.RELIEF_LIGHT},
    min_px_per_mm=8.0,
    working_px_per_mm=RELIEF_PX_PER_MM,
    phantom=roughness,
    source="band RMS after ISO 4287 (1997) by analogy; light under the skin: d'Eon & Luebke 2007, "
    "GPU Gems 3, chapter 14",
    field=texture_map,
)
def texture(analysis: Analysis, window: Window) -> Outcome:
    """Robust RMS log-contrast of relief shading between 0.5 and 1.2 mm of wavelength, in %.

    From the median absolute deviation, so that single spots, lines and scars, which have metrics of
    their own, weigh little. Camera noise is subtracted where it is known. Not a height: the same
    relief under a lower lamp has more contrast, and oily skin sparkles.
    """
    patch = analysis.patch
    if (patch.psf_sigma_mm or 0) * _MIN_WAVELENGTH_OVER_PSF > SHORTEST_MM:
        return NotMeasured(
            f"too soft: the point spread is {patch.psf_sigma_mm:.2f} mm, texture of "
            f"{SHORTEST_MM} mm needs {SHORTEST_MM / _MIN_WAVELENGTH_OVER_PSF:.2f} mm or less"
        )
    local = texture_map(analysis)
    spread = _MAD_TO_SD * float(np.median(window.values(local)))
    noise = 0.0
    if patch.noise_variance is not None:
        noise = 1e4 * band_noise_variance(
            patch.noise_variance,
            patch.px_per_mm,
            shortest_mm=SHORTEST_MM,
            longest_mm=LONGEST_MM,
        )
    value = math.sqrt(max(spread**2 - noise, 0.0))
    mean = float(window.values(local).mean(dtype=np.float64))
    relative = standard_error_of_mean(window.crop(local), window) / mean if mean > 0 else 0.0
    return Estimate(value, spread * relative, window.n_px)
