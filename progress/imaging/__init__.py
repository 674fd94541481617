"""Pixels with meaning: decoded photos, colour spaces, resampling."""

from progress.imaging.colour_space import (
    codes_from_linear,
    delta_e_2000,
    ita_deg,
    lab_from_linear,
    linear_from_codes,
    linear_from_srgb,
    optical_density,
    srgb_from_linear,
)
from progress.imaging.decode import read_photo
from progress.imaging.photo import DecodedPhoto
from progress.imaging.rendition import Rendition, tone_factors
from progress.imaging.resample import (
    Interpolation,
    gaussian_blur,
    masked_gaussian,
    shrink,
    shrink_variance_px2,
    warp,
)
from progress.imaging.strips import row_strips

__all__ = [
    "DecodedPhoto",
    "Interpolation",
    "Rendition",
    "codes_from_linear",
    "delta_e_2000",
    "gaussian_blur",
    "ita_deg",
    "lab_from_linear",
    "linear_from_codes",
    "linear_from_srgb",
    "masked_gaussian",
    "optical_density",
    "read_photo",
    "row_strips",
    "shrink",
    "shrink_variance_px2",
    "srgb_from_linear",
    "tone_factors",
    "warp",
]
