"""Scar relief: how strongly atrophic scars shade, from one photo."""

from __future__ import annotations

import math

import numpy as np

from progress.metrics.analysis import Analysis, Window, follows_scars, once_per_picture
from progress.metrics.bands import RELIEF_PX_PER_MM
from progress.metrics.blocks import standard_error_of_mean
from progress.metrics.registry import metric
from progress.metrics.scar_contrast import footprints, is_seen, seen_share, wall_contrast
from progress.metrics.scars import MIN_PX_PER_MM
from progress.model import Direction, Estimate, Need, NotMeasured, Outcome, RegionKind
from progress.model.checks import FloatArray
from progress.phantom.relief_doses import scars

_LEAST_RELATIVE_ERROR = 0.03
"""Of a single scar: the direction of light is known to five degrees, its outline to a twelfth."""


@once_per_picture
@follows_scars
def relief_map(analysis: Analysis) -> FloatArray:
    """Contrast of the walls in % on the footprints of scars, 0 beside, shape (H, W), at 8 px/mm."""
    painted = np.zeros(analysis.skin(RELIEF_PX_PER_MM).mask.shape, np.float32)
    for scar in footprints(analysis):
        top, left = max(0, scar.corner[0]), max(0, scar.corner[1])
        inside = scar.share[top - scar.corner[0] :, left - scar.corner[1] :]
        part = painted[top : top + inside.shape[0], left : left + inside.shape[1]]
        inside = inside[: part.shape[0], : part.shape[1]]
        # At its rim a footprint covers pixels in part, so that its area does not jump.
        np.maximum(part, np.float32(100 * scar.weight * scar.contrast) * inside, out=part)
    return painted


@metric(
    id="scar_relief",
    version=2,
    label="Scar relief",
    unit="%",
    better=Direction.LOWER,
    needs={Need.RELIEF_LIGHT},
    min_px_per_mm=MIN_PX_PER_MM,
    working_px_per_mm=RELIEF_PX_PER_MM,
    phantom=scars,
    source="Lambert shading of relief, Woodham 1980, doi:10.1117/12.7972479; sizes of scars: "
    "Jacob et al. 2001, doi:10.1067/mjd.2001.113451",
    field=relief_map,
    asked_of=(RegionKind.OWN, RegionKind.DRAWN, RegionKind.SCAR),
)
def scar_relief(analysis: Analysis, window: Window) -> Outcome:
    """Contrast of the walls of atrophic scars, in %: of one scar, or per area of skin; no depth.

    Of a single scar it is half the log-ratio of its lit wall to its dark one. Of a region it is
    that of each scar times its footprint, over the region's area; in a course the scars are those
    of the baseline, carried, so that the same scars are told before and after. Frontal light shows
    no relief, and a lamp that moved by 5 degrees changes the figure by tenths: compare only under
    the same light. Rolling scars are hardly seen, and ice-picks deeper than wide no longer gain.
    """
    if window.kind is RegionKind.SCAR:
        contrast, share = _of_one(analysis, window)
        if not is_seen(share):
            return NotMeasured(f"only {share:.0%} of this scar are seen: too dark, or under hair")
        return Estimate(100 * contrast, _LEAST_RELATIVE_ERROR * 100 * abs(contrast), window.n_px)
    local = relief_map(analysis)
    value = float(window.values(local).mean(dtype=np.float64))
    error = standard_error_of_mean(window.crop(local), window)
    # Skin without a scar varies too: less than a faint one might hide in any region.
    return Estimate(value, math.hypot(error, _FAINTEST / window.area_mm2), window.n_px)


def _of_one(analysis: Analysis, window: Window) -> tuple[float, float]:
    """Log-contrast and seen share of the scar that a window outlines, as told where it was."""
    rows, columns = np.nonzero(window.mask)
    middle = rows.mean() + window.rows.start, columns.mean() + window.columns.start
    if analysis.patch.scars is not None:
        for scar in footprints(analysis):
            if scar.holds(*middle):
                return scar.contrast, scar.seen
    corner = window.rows.start, window.columns.start
    return wall_contrast(analysis, window.mask, corner), seen_share(window.mask)


_FAINTEST = 3.0
"""Of a region: % times mm2 of a scar 1.2 mm across of 2.7 %, about the faintest that is found."""
