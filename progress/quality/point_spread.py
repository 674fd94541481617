"""Which of two photos is softer, and by how much; and the softening that makes them alike.

Variance of the Laplacian and its kin are no use here: they fall when skin gets smoother, so they
would reject success (measurement page, section 9). So do power spectra of whole zones around the
eyes: a fit of one photo's spectrum by the other's, blurred, took smoother skin between lashes and
brows for a change of focus by half a pixel, and told wide blurs at half their size.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from progress.imaging import gaussian_blur
from progress.model import NotMeasured
from progress.quality.detail_zones import DetailZones
from progress.quality.edges import edge_widths_mm, typical_width_mm

_STEPS = 11
_WIDEST_PX = 4.0
_FLOOR_PX2 = 0.06
"""Smallest standard error, in square pixels of the coarser photo: what equal photos differ by."""
_DIFFERENCE_ERROR = 0.15
"""Of the difference: rendered heads and re-shoots of real faces scatter by 0.05 to 0.15 of it.
"""


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


def relative_psf(
    baseline: DetailZones | NotMeasured, followup: DetailZones | NotMeasured
) -> RelativePsf | NotMeasured:
    """Which of two photos of one client is softer, and by how much.

    The photo with the sharper edges is softened until its edges are as wide as the other's: what
    edges have of their own, lines or steps, is the same in both photos and cancels.

    Parameters
    ----------
    baseline, followup : DetailZones or NotMeasured
        From `eye_zones` or `sticker_zones`.

    Returns
    -------
    RelativePsf or NotMeasured
        Its error holds the scatter between zones (leave one out). Not measured where no zone with
        clear edges is seen in both photos. Fails on new lashes or eye make-up; noise as strong as
        the edges reads as sharpness.
    """
    if isinstance(baseline, NotMeasured):
        return baseline
    if isinstance(followup, NotMeasured):
        return followup
    plain = {id(zones): edge_widths_mm(zones) for zones in (baseline, followup)}
    labels = sorted(set(plain[id(baseline)]) & set(plain[id(followup)]))
    first, second = (_pooled(plain[id(zones)], labels) for zones in (baseline, followup))
    if first is None or second is None:
        return NotMeasured("eyes or sticker are not seen well enough to compare the sharpness")
    sharper, softer, sign = (baseline, followup, 1) if second >= first else (followup, baseline, -1)
    coarser = min(baseline.px_per_mm, followup.px_per_mm)
    variances = np.linspace(0.0, 1.0, _STEPS) ** 2 * (_WIDEST_PX / coarser) ** 2
    aim, softened = plain[id(softer)], [plain[id(sharper)]]
    for variance in variances[1:]:
        softened.append(edge_widths_mm(sharper, softened_mm=math.sqrt(variance)))
        reached = _pooled(softened[-1], labels)
        if reached is None or reached > 1.3 * max(first, second):
            break  # wide enough for every zone left out as well

    def lacking(chosen: Sequence[str]) -> float | None:
        widths = [_pooled(step, chosen) for step in softened]
        known = [(w, v) for w, v in zip(widths, variances, strict=False) if w is not None]
        wanted = _pooled(aim, chosen)
        if wanted is None or not known:
            return None
        # A blur never narrows an edge, so what falls is noise of the reading.
        rising = np.maximum.accumulate([w for w, _ in known])
        return float(np.interp(wanted**2, rising**2, [v for _, v in known]))

    whole = lacking(labels) or 0.0
    without = [lacking([other for other in labels if other != label]) for label in labels]
    known = [value for value in without if value is not None]
    scatter = math.sqrt((len(known) - 1) * float(np.var(known))) if len(known) > 1 else 0.0
    error = math.hypot(scatter, _FLOOR_PX2 / coarser**2, _DIFFERENCE_ERROR * whole)
    return RelativePsf(sign * whole, error)


def _pooled(widths: Mapping[str, NDArray[np.float64]], labels: Sequence[str]) -> float | None:
    """The sharpest edges of these zones together, mm; None where there are too few."""
    found = typical_width_mm([widths[label] for label in labels if label in widths])
    return None if isinstance(found, NotMeasured) else found
