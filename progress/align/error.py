"""How far off a refined field may be, in millimetres, from what can be seen without the truth."""

from __future__ import annotations

import numpy as np

from progress.align.dense import Refined
from progress.model.checks import BoolArray, FloatArray

VALID_BELOW_MM = 0.5
"""A field node with a larger estimated error is not used."""

_FLOOR_MM = 0.007
_PER_LEFT_OVER = 1.37
_PER_ROUND_TRIP = 0.56
_PER_LACK_PX = 0.42


def error_map_mm(refined: Refined) -> FloatArray:
    """Estimated registration error of every working pixel.

    Parameters
    ----------
    refined : Refined

    Returns
    -------
    ndarray of float32, shape (h, w)
        Root of the sum of squares of a floor, the flow that the smooth field leaves over, the
        round trip of forward and backward flow, and the lack of agreement of the fine structure
        (a distance in working pixels: how well a dot is placed depends on how sharp it is).

    Notes
    -----
    The weights were fitted on 56 simulated re-shoots of eight faces at 3.3 and 6.2 px/mm: plain,
    twice as strong, noisy, soft, smiling and turned by 8 degrees. A displacement that both
    directions agree on but that follows a lesion instead of the skin cannot be seen here.
    """
    agreement = np.clip(refined.agreement, 0.02, 1.0)
    lack = ((1.0 - agreement) / agreement) ** 0.75
    squared = (
        _FLOOR_MM**2
        + (_PER_LEFT_OVER * refined.left_over_mm) ** 2
        + (_PER_ROUND_TRIP * refined.round_trip_mm) ** 2
        + (_PER_LACK_PX / refined.px_per_mm * lack) ** 2
    )
    return np.asarray(np.sqrt(squared), dtype=np.float32)


def agreement_over(refined: Refined, mask: BoolArray) -> float:
    """Correlation of the fine structure over a mask, -1..1; 0 for an empty mask."""
    if not mask.any():
        return 0.0
    a = refined.baseline_structure[mask].astype(np.float64)
    b = refined.followup_structure[mask].astype(np.float64)
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0
