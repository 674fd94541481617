"""Which of two photos is softer, and by how much; and the softening that makes them alike.

Variance of the Laplacian and its kin are no use here: they fall when skin gets smoother, so they
would reject success (measurement page, section 9).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import gaussian_blur
from progress.model import NotMeasured
from progress.quality.detail_zones import DetailZones

_RINGS = 28
_HIGHEST = 0.6
"""Of the coarser photo's Nyquist frequency. On real faces shot again with known blur, 0.75 and 0.9
read up to a third too little, because compression and demosaicing colour the noise up there."""
_LOWEST_PER_MM = 0.3
"""Cycles per mm; slower changes are light and pose, not focus."""
_STEPS = 61
_WIDEST_PX = 2.5
_NOISE_BLOCK_MM = 1.2
_NOISE_QUANTILE = 0.2
_SURE_TILT_PX2 = 0.2
"""Below it both roles are weighed, so that exchanging the photos changes the sign and no more."""
_RELATIVE_ERROR = 0.07
"""At 1.5 pixels of extra blur the reading is that much too small."""
_FLOOR_PX2 = 0.04
"""Smallest standard error, in square pixels of the coarser photo: scatter that stayed where the
parts of one face agreed better than that (80 re-shoots of 16 faces)."""


@dataclass(frozen=True, slots=True)
class RelativePsf:
    """Difference of two Gaussian point spreads on the skin.

    `variance_mm2` is the follow-up's sigma squared less the baseline's, positive where the
    follow-up is softer; `standard_error_mm2` is one standard error of it.
    """

    variance_mm2: float
    standard_error_mm2: float

    @property
    def sigma_mm(self) -> float:
        """Sigma that the sharper photo lacks: positive, the baseline is the sharper one."""
        return math.copysign(math.sqrt(abs(self.variance_mm2)), self.variance_mm2)


@dataclass(frozen=True, slots=True, eq=False)
class _Zone:
    """One zone in both photos: power over rings of frequency, and the noise within it."""

    k: NDArray[np.float64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]
    count: NDArray[np.float64]
    first_noise: float
    second_noise: float

    def swapped(self) -> _Zone:
        """The same with the photos' parts exchanged."""
        return _Zone(
            self.k, self.second, self.first, self.count, self.second_noise, self.first_noise
        )


def match_point_spread(linear: NDArray[Any], sigma_px: float) -> NDArray[np.float32]:
    """The sharper photo degraded by the Gaussian that it lacks, in linear light.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
    sigma_px : float
        Standard deviation in pixels, at least 0.
    """
    return gaussian_blur(linear, sigma_px)


def relative_psf(
    baseline: DetailZones | NotMeasured, followup: DetailZones | NotMeasured
) -> RelativePsf | NotMeasured:
    """Which of two photos of one client is softer, and by how much.

    The softer photo's power over frequency f is fitted by the sharper one's, less its noise, times
    ``g exp(-4 pi^2 f^2 dv)``, plus a floor of its own noise: dv is the difference of the two
    Gaussians' variances. Linear light, because blur is linear there and not in its logarithm.

    Parameters
    ----------
    baseline, followup : DetailZones or NotMeasured
        From `eye_zones` or `sticker_zones`.

    Returns
    -------
    RelativePsf or NotMeasured
        Its error is the scatter between zones (leave one out). Not measured where no
        zone is seen in both photos. Fails when the eyes are closed in one photo only, on new
        lashes or eye make-up, and reads too little (a tenth to a fifth) beyond 1.5 pixels of
        extra blur.
    """
    if isinstance(baseline, NotMeasured):
        return baseline
    if isinstance(followup, NotMeasured):
        return followup
    zones = _paired(baseline, followup)
    if not zones:
        return NotMeasured("eyes or sticker are not seen well enough to compare the sharpness")
    coarser = min(baseline.px_per_mm, followup.px_per_mm)
    steps = np.linspace(0.0, 1.0, _STEPS) ** 2 * (_WIDEST_PX / coarser) ** 2
    share = float(np.clip(0.5 + 0.5 * _tilt(zones) * coarser**2 / _SURE_TILT_PX2, 0.0, 1.0))
    forward = [_cost(zone, steps) for zone in zones]
    backward = [_cost(zone.swapped(), steps) for zone in zones]

    def fitted(chosen: list[int]) -> float:
        softer = _lowest(steps, np.sum([forward[i] for i in chosen], axis=0))
        sharper = _lowest(steps, np.sum([backward[i] for i in chosen], axis=0))
        return share * softer - (1.0 - share) * sharper

    everywhere = list(range(len(zones)))
    whole = fitted(everywhere)
    error = _FLOOR_PX2 / coarser**2
    if len(zones) > 1:
        without = [fitted(everywhere[:skip] + everywhere[skip + 1 :]) for skip in everywhere]
        n = len(without)
        error = math.hypot(error, math.sqrt((n - 1) * float(np.var(without))))
    return RelativePsf(whole, math.hypot(error, _RELATIVE_ERROR * whole))


def _paired(baseline: DetailZones, followup: DetailZones) -> list[_Zone]:
    """Zones that both photos show, with enough rings of frequency to fit."""
    highest = _HIGHEST * 0.5 * min(baseline.px_per_mm, followup.px_per_mm)
    found = []
    others = dict(zip(followup.labels, followup.pictures, strict=True))
    for label, first in zip(baseline.labels, baseline.pictures, strict=True):
        second = others.get(label)
        if first is None or second is None:
            continue
        f, power, count = _ring_power(first, baseline.samples_per_mm, highest)
        _, other, other_count = _ring_power(second, followup.samples_per_mm, highest)
        clear = (f > _LOWEST_PER_MM) & (count > 4) & (other_count > 4) & (power > 0) & (other > 0)
        if clear.sum() >= 6:
            found.append(
                _Zone(
                    4 * math.pi**2 * f[clear] ** 2,
                    power[clear],
                    other[clear],
                    count[clear],
                    _noise_power(first, baseline.samples_per_mm),
                    _noise_power(second, followup.samples_per_mm),
                )
            )
    return found


def _ring_power(
    picture: NDArray[np.float32], per_mm: float, highest: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Frequency in cycles per mm, mean power per square frequency, and count of each ring."""
    window = np.outer(np.hanning(picture.shape[0]), np.hanning(picture.shape[1]))
    flat = (picture - (picture * window).sum() / window.sum()) * window
    power = np.abs(np.fft.rfft2(flat)) ** 2 / ((window**2).sum() * per_mm**2)
    fy = np.fft.fftfreq(picture.shape[0])[:, None] * per_mm
    fx = np.fft.rfftfreq(picture.shape[1])[None, :] * per_mm
    ring = np.minimum((np.hypot(fx, fy) / highest * _RINGS).astype(int), _RINGS).ravel()
    count = np.bincount(ring, minlength=_RINGS + 1)[:-1].astype(np.float64)
    total = np.bincount(ring, power.ravel(), _RINGS + 1)[:-1]
    return (np.arange(_RINGS) + 0.5) / _RINGS * highest, total / np.maximum(count, 1), count


def _noise_power(picture: NDArray[np.float32], per_mm: float) -> float:
    """Power of the noise, from the quietest fifth of the zone: more than that is structure."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32) / 6.0
    rough = np.asarray(cv2.filter2D(picture, -1, kernel))[1:-1, 1:-1] ** 2
    block = max(4, round(_NOISE_BLOCK_MM * per_mm))
    size = (max(1, rough.shape[1] // block), max(1, rough.shape[0] // block))
    blocks = cv2.resize(rough, size, interpolation=cv2.INTER_AREA)
    return float(np.quantile(blocks, _NOISE_QUANTILE)) / per_mm**2


def _tilt(zones: list[_Zone]) -> float:
    """Rough difference of variance from the log power ratio, too small but of the right sign.

    It says which photo is the softer one. Were both roles fitted freely, a noise floor under the
    sharper photo could stand in for its sharpness.
    """
    k = np.concatenate([zone.k - np.average(zone.k, weights=zone.count) for zone in zones])
    ratio = np.concatenate([np.log(zone.first / zone.second) for zone in zones])
    weight = np.concatenate([zone.count for zone in zones])
    return float((weight * k) @ ratio / max(float((weight * k) @ k), 1e-12))


def _cost(zone: _Zone, steps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Misfit of the second photo as the first one softened by each step of variance.

    Gain and noise floor are the weighted least squares for relative errors, within their bounds.
    """
    signal = np.maximum(zone.first - zone.first_noise, 1e-3 * zone.first)
    softened = signal * np.exp(-zone.k * steps[:, None])
    weight = zone.count / zone.second**2
    ss, s1, w = (softened**2 @ weight), (softened @ weight), float(weight.sum())
    sb, b1 = softened @ (weight * zone.second), float(weight @ zone.second)
    determinant = np.maximum(ss * w - s1**2, 1e-9 * ss * w)
    floor = (ss * b1 - s1 * sb) / determinant
    floor = np.maximum(floor, 0.0)
    gain = np.maximum((sb - floor * s1) / ss, 0.0)
    model = np.maximum(gain[:, None] * softened + floor[:, None], 1e-12)
    return np.asarray((zone.count * np.log(zone.second / model) ** 2).sum(axis=1))


def _lowest(x: NDArray[np.float64], cost: NDArray[np.float64]) -> float:
    """Where the cost is least, by a parabola through the lowest three points."""
    i = int(np.clip(np.argmin(cost), 1, len(x) - 2))
    bend, slope, _ = np.polyfit(x[i - 1 : i + 2] - x[i], cost[i - 1 : i + 2], 2)
    if bend <= 0:
        return float(x[int(np.argmin(cost))])
    return float(np.clip(x[i] - slope / (2 * bend), x[i - 1], x[i + 1]))
