"""How sharp a photo is, told by what treatment does not change: lashes, lids, brows, a sticker.

Variance of the Laplacian and its kin are no use here: they fall when skin gets smoother, so they
would reject success (measurement page, section 9).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, gaussian_blur
from progress.landmarks import Fiducial
from progress.model import Landmarks, NotMeasured

_EYES_AND_BROWS = (
    (33, 133, 159, 145, 70, 107, 105, 46, 230, 226),
    (263, 362, 386, 374, 300, 336, 334, 276, 450, 446),
)
_MARGIN_MM = 2.0
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
_BANDS_PER_MM = 40
_MIN_FREQUENCY_PER_MM = 0.4
_SIGNAL_OVER_NOISE = 3.0


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


def match_point_spread(linear: NDArray[Any], sigma_px: float) -> NDArray[np.float32]:
    """The sharper photo degraded by the Gaussian that it lacks, in linear light.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
    sigma_px : float
        Standard deviation in pixels, at least 0.
    """
    return gaussian_blur(linear, sigma_px)


@dataclass(frozen=True, slots=True, eq=False)
class DetailZones:
    """Parts of a photo whose detail treatment does not change.

    Parameters
    ----------
    pictures : tuple of ndarray of float32, shape (h, w)
        Log luminance at native pixels.
    px_per_mm : float
        Of the photo.
    """

    pictures: tuple[NDArray[np.float32], ...] = field(repr=False)
    px_per_mm: float


def eye_zones(photo: DecodedPhoto, landmarks: Landmarks) -> DetailZones:
    """Both eyes with lashes and brows."""
    return _zones(
        photo,
        [landmarks.points_xy[list(indices)] for indices in _EYES_AND_BROWS],
        landmarks.scale.px_per_mm,
    )


def sticker_zones(photo: DecodedPhoto, stickers: Sequence[Fiducial]) -> DetailZones | NotMeasured:
    """The printed squares of the stickers on a body photo.

    Returns
    -------
    DetailZones or NotMeasured
        Not measured without a sticker.
    """
    if not stickers:
        return NotMeasured("there is neither an eye nor a sticker to compare the sharpness by")
    scale = float(np.mean([sticker.px_per_mm for sticker in stickers]))
    return _zones(photo, [sticker.corners_xy for sticker in stickers], scale)


def _zones(photo: DecodedPhoto, outlines: Sequence[NDArray[Any]], px_per_mm: float) -> DetailZones:
    """Log luminance of the boxes around outlines, with a margin."""
    margin = _MARGIN_MM * px_per_mm
    width, height = photo.size_px
    found = []
    for points in outlines:
        low, high = points.min(axis=0) - margin, points.max(axis=0) + margin
        left, top = max(0, int(low[0])), max(0, int(low[1]))
        right, bottom = min(width, int(high[0])), min(height, int(high[1]))
        if right - left >= 24 and bottom - top >= 24:
            linear = photo.linear((left, top, right, bottom)).pixels
            found.append(np.log(np.maximum(linear @ _LUMINANCE, 2e-3)).astype(np.float32))
    return DetailZones(tuple(found), px_per_mm)


def edge_width_mm(photo: DecodedPhoto, landmarks: Landmarks) -> float | NotMeasured:
    """10-90 % width of the sharpest edges around the eyes, in mm of skin.

    The step across an edge over its steepest slope gives the width of the Gaussian that blurred
    it; the sharpest tenth of strong edges (lashes, lids, pupil, catch-light) is taken, because
    natural edges are only ever wider than the point spread.

    Returns
    -------
    float or NotMeasured
        Not measured when the eyes are outside the photo or show no strong edge.
    """
    widths = [_edge_widths_px(zone) for zone in eye_zones(photo, landmarks).pictures]
    all_widths = np.concatenate(widths) if widths else np.empty(0)
    if all_widths.size < 20:
        return NotMeasured("no clear edge around the eyes to read the sharpness from")
    return float(np.quantile(all_widths, 0.1)) / landmarks.scale.px_per_mm


def _edge_widths_px(zone: NDArray[np.float32]) -> NDArray[np.float64]:
    """10-90 % widths of the steepest 2 % of pixels, each along its own gradient."""
    image = gaussian_blur(zone, 0.6)
    gx = cv2.Sobel(image, cv2.CV_32F, 1, 0, ksize=3) / 8
    gy = cv2.Sobel(image, cv2.CV_32F, 0, 1, ksize=3) / 8
    slope = np.hypot(gx, gy)
    strongest = np.argwhere(slope > max(float(np.quantile(slope, 0.98)), 0.02))[::3]
    if len(strongest) == 0:
        return np.empty(0)
    rows, columns = strongest[:, 0], strongest[:, 1]
    unit = np.stack([gx[rows, columns], gy[rows, columns]], 1) / slope[rows, columns][:, None]
    steps = np.linspace(-12, 12, 49, dtype=np.float32)
    map_x = (columns[:, None] + steps * unit[:, :1]).astype(np.float32)
    map_y = (rows[:, None] + steps * unit[:, 1:]).astype(np.float32)
    profiles = cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    rising = np.diff(profiles, axis=1) > 0
    middle = rising.shape[1] // 2
    after = np.cumprod(rising[:, middle:], axis=1)
    before = np.cumprod(rising[:, :middle][:, ::-1], axis=1)
    change = np.diff(profiles, axis=1)
    step = (change[:, middle:] * after).sum(1) + (change[:, :middle][:, ::-1] * before).sum(1)
    sigma = step / (math.sqrt(2 * math.pi) * slope[rows, columns])
    # What was blurred above is taken off again; 2.563 sigma is the 10-90 % width of a Gaussian.
    sigma = np.sqrt(np.maximum(sigma**2 - 0.6**2, 0.2**2))
    return cast("NDArray[np.float64]", 2.563 * sigma.astype(np.float64))


def relative_psf(
    baseline: DetailZones | NotMeasured, followup: DetailZones | NotMeasured
) -> RelativePsf | NotMeasured:
    """Which of two photos of one client is softer, and by how much.

    The ratio of the power spectra of the same zones is ``exp(-4 pi^2 f^2 dv)`` for two Gaussians
    whose variances differ by dv; a weighted line over f^2 through its logarithm gives dv. Each
    photo is used on its own pixels, so no interpolation blurs either. Noise is taken from the
    highest frequencies and subtracted.

    Returns
    -------
    RelativePsf or NotMeasured
        Not measured where too few frequencies stand above the noise. Fails when an eye is closed
        in one photo, and on new make-up.
    """
    if isinstance(baseline, NotMeasured):
        return baseline
    if isinstance(followup, NotMeasured):
        return followup
    first, second = _spectrum(baseline), _spectrum(followup)
    if first is None or second is None:
        return NotMeasured("eyes or sticker are not seen well enough to compare the sharpness")
    clear = first.clear & second.clear & (first.frequency > _MIN_FREQUENCY_PER_MM)
    if clear.sum() < 6:
        return NotMeasured("too little detail in eyes or sticker to compare the sharpness")
    f2 = first.frequency[clear] ** 2
    ratio = np.log(first.power[clear] / second.power[clear])
    weight = np.sqrt(np.minimum(first.weight[clear], second.weight[clear]))
    design = np.column_stack([np.ones(f2.size), f2]) * weight[:, None]
    normal = np.linalg.inv(design.T @ design)
    solution = normal @ design.T @ (ratio * weight)
    residual = ratio * weight - design @ solution
    variance = float(residual @ residual) / max(f2.size - 2, 1) * float(normal[1, 1])
    per_slope = 1 / (4 * math.pi**2)
    return RelativePsf(float(solution[1]) * per_slope, math.sqrt(variance) * per_slope)


@dataclass(frozen=True, slots=True, eq=False)
class _Spectrum:
    """Radial power over frequency in cycles per mm."""

    frequency: NDArray[np.float64]
    power: NDArray[np.float64]
    weight: NDArray[np.float64]
    clear: NDArray[np.bool_]


def _spectrum(zones: DetailZones) -> _Spectrum | None:
    """Noise-corrected radial power spectrum of the zones on a fixed grid of frequencies."""
    if not zones.pictures:
        return None
    grid = (np.arange(8 * _BANDS_PER_MM // 4) + 0.5) * 4 / _BANDS_PER_MM
    total, count = np.zeros(grid.size), np.zeros(grid.size)
    px_per_mm = zones.px_per_mm
    for zone in zones.pictures:
        window = np.outer(np.hanning(zone.shape[0]), np.hanning(zone.shape[1]))
        flat = (zone - zone.mean()) * window
        power = np.abs(np.fft.rfft2(flat)) ** 2 / (window**2).sum()
        fy = np.fft.fftfreq(zone.shape[0])[:, None] * px_per_mm
        fx = np.fft.rfftfreq(zone.shape[1])[None, :] * px_per_mm
        # Power per mm2, so that photos of different scale can be compared.
        band = np.minimum((np.hypot(fx, fy) * _BANDS_PER_MM / 4).astype(int), grid.size)
        total += np.bincount(band.ravel(), (power / px_per_mm**2).ravel(), grid.size + 1)[:-1]
        count += np.bincount(band.ravel(), minlength=grid.size + 1)[:-1]
    mean = total / np.maximum(count, 1)
    nyquist = 0.5 * px_per_mm
    high = (grid > 0.8 * nyquist) & (grid < nyquist) & (count > 0)
    if not high.any():
        return None
    noise = float(np.median(mean[high]))
    power = np.maximum(mean - noise, 1e-12)
    clear = (count > 8) & (mean > (1 + _SIGNAL_OVER_NOISE) * noise) & (grid < 0.7 * nyquist)
    return _Spectrum(grid, power, count, clear)
