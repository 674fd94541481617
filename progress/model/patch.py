"""What a metric is given: the pixels of one region and all it may know of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from progress.model.checks import BoolArray, FloatArray, frozen_array
from progress.model.quality import Need


@dataclass(frozen=True, slots=True, eq=False)
class ChromophoreAxes:
    """Weights that turn optical density into haemoglobin and melanin burden.

    ``H = haemoglobin @ OD``, ``M = melanin @ OD`` with ``OD = -ln(linear RGB)``; the haemoglobin
    weights sum to zero, so exposure and shading cancel, and null melanin at the client's baseline
    skin tone. Chosen once per client and then held fixed.
    """

    haemoglobin: NDArray[np.float64]
    melanin: NDArray[np.float64]

    def __post_init__(self) -> None:
        for name in ("haemoglobin", "melanin"):
            axis = frozen_array(getattr(self, name), dtype="float64", shape=(3,), name=name)
            object.__setattr__(self, name, axis)


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceSkin:
    """Untreated skin in the same photo, against which colour is told.

    Parameters
    ----------
    optical_density : ndarray of float64, shape (3,)
        Median of ``-ln(linear RGB)`` per channel.
    standard_error : ndarray of float64, shape (3,)
        Of that median.
    source : str
        Where it was taken, e.g. ``"neck"``.
    covariance : ndarray of float64, shape (3, 3), or None
        Of the three channels' errors. Shading moves them together, so what is weighted to a sum of
        zero is known several times better than each channel; None takes them as independent.
    """

    optical_density: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    source: str
    covariance: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        for name in ("optical_density", "standard_error"):
            values = frozen_array(getattr(self, name), dtype="float64", shape=(3,), name=name)
            object.__setattr__(self, name, values)
        if self.covariance is not None:
            matrix = frozen_array(
                self.covariance, dtype="float64", shape=(3, 3), name="ReferenceSkin.covariance"
            )
            object.__setattr__(self, "covariance", matrix)

    def standard_error_along(self, weights: NDArray[np.float64]) -> float:
        """One standard error of ``weights @ optical_density``."""
        if self.covariance is None:
            return float(np.linalg.norm(weights * self.standard_error))
        return math.sqrt(max(float(weights @ self.covariance @ weights), 0.0))


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Pixels of one region of one photo.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
        Linear light RGB, 0..1.
    mask : ndarray of bool, shape (H, W)
        Skin that counts: inside the region, without hair, glare, deep shadow.
    px_per_mm : float
        Of this patch (not of the photo, if it was resampled).
    native_px_per_mm : float
        Of the photo it came from: what the camera resolved.
    axes : ChromophoreAxes or None
        The client's haemoglobin and melanin weights.
    reference : ReferenceSkin or None
        None when no reference skin could be found; then colour answers `NotMeasured`.
    psf_sigma_mm : float or None
        Gaussian width of the point spread in millimetres of skin, after matching.
    noise_variance : float or None
        Variance of log-green from the camera at the mean level of this patch, per pixel.
    blocked : mapping of Need to str
        What this photo or pair cannot serve, each with its reason.
    scars : tuple of ndarray of float64, shape (K, 2), or None
        Outlines of the baseline's scars in pixels of this patch; None where nobody has looked, and
        a metric that asks for scars finds its own.
    """

    linear: FloatArray = field(repr=False)
    mask: BoolArray = field(repr=False)
    px_per_mm: float
    native_px_per_mm: float
    axes: ChromophoreAxes | None = None
    reference: ReferenceSkin | None = None
    psf_sigma_mm: float | None = None
    noise_variance: float | None = None
    blocked: Mapping[Need, str] = field(default_factory=dict)
    scars: tuple[NDArray[np.float64], ...] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        linear = frozen_array(
            self.linear, dtype="float32", shape=(None, None, 3), name="Patch.linear"
        )
        mask = frozen_array(self.mask, dtype="bool", shape=linear.shape[:2], name="Patch.mask")
        for name in ("px_per_mm", "native_px_per_mm"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"Patch.{name}: expected a positive number, got {value}")
        object.__setattr__(self, "linear", linear)
        object.__setattr__(self, "mask", mask)

    @property
    def area_cm2(self) -> float:
        """Masked area in the picture plane."""
        return float(self.mask.sum()) / self.px_per_mm**2 / 100.0
