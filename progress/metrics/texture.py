"""Texture: how strongly the relief of the skin shades, over wavelengths of half to five mm."""

from __future__ import annotations

import math

import numpy as np

from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.metrics.bands import RELIEF_PX_PER_MM, band_noise_variance, relief_band
from progress.metrics.blocks import standard_error_of_mean
from progress.metrics.registry import metric
from progress.model import Direction, Estimate, Need, NotMeasured, Outcome
from progress.model.checks import FloatArray
from progress.phantom.doses import roughness

SHORTEST_MM, LONGEST_MM = 0.5, 5.0
_MIN_WAVELENGTH_OVER_PSF = 5.0
"""A Gaussian blur of sigma takes exp(-2 pi^2 / 5^2), more than half, of a wave of five sigma."""


@once_per_picture
def texture_map(analysis: Analysis) -> FloatArray:
    """Local root mean square of the relief band in %, shape (H, W) at 8 px/mm."""
    band = relief_band(analysis, SHORTEST_MM, LONGEST_MM)
    return np.asarray(100 * np.abs(band), dtype=np.float32)


@metric(
    id="texture",
    version=1,
    label="Roughness of texture",
    unit="%",
    better=Direction.LOWER,
    needs={Need.DETAIL},
    min_px_per_mm=8.0,
    working_px_per_mm=RELIEF_PX_PER_MM,
    phantom=roughness,
    source="measurement page section 4, after ISO 4287 by analogy",
    field=texture_map,
)
def texture(analysis: Analysis, window: Window) -> Outcome:
    """Root mean square log-contrast of relief shading in a band of wavelengths, in %.

    Camera noise is subtracted where it is known. Not a height: twice the contrast may be twice the
    relief or a lower lamp.
    """
    patch = analysis.patch
    if (patch.psf_sigma_mm or 0) * _MIN_WAVELENGTH_OVER_PSF > SHORTEST_MM:
        return NotMeasured(
            f"too soft: the point spread is {patch.psf_sigma_mm:.2f} mm, texture of "
            f"{SHORTEST_MM} mm needs {SHORTEST_MM / _MIN_WAVELENGTH_OVER_PSF:.2f} mm or less"
        )
    squared = np.square(window.crop(relief_band(analysis, SHORTEST_MM, LONGEST_MM)))
    power = float(squared[window.mask].mean(dtype=np.float64))
    noise = 0.0
    if patch.noise_variance is not None:
        noise = band_noise_variance(
            patch.noise_variance,
            patch.px_per_mm,
            shortest_mm=SHORTEST_MM,
            longest_mm=LONGEST_MM,
        )
    value = math.sqrt(max(power - noise, 0.0))
    error = standard_error_of_mean(squared, window) / (2 * value) if value > 0 else 0.0
    return Estimate(100 * value, 100 * error, window.n_px)
