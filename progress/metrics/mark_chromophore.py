"""One chromophore of an outlined mark above that of its flanks, on the client's own axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from progress.metrics.analysis import Analysis
from progress.metrics.mark_colour import around_map
from progress.metrics.mark_profile import MarkProfile
from progress.model import Estimate
from progress.model.checks import FloatArray

AXES_SOURCE = "Tsumura et al. 2003, doi:10.1145/882262.882344"


def above_around(analysis: Analysis, axis: NDArray[Any]) -> FloatArray:
    """Density along an axis above the skin 5 mm around in OD, shape (H, W) at the mark scale.

    Parameters
    ----------
    analysis : Analysis
    axis : ndarray, shape (3,)
        Weights of red, green and blue density: the client's haemoglobin or melanin.
    """
    return np.asarray(around_map(analysis) @ axis.astype(np.float32), dtype=np.float32)


def above_flanks(profile: MarkProfile, axis: NDArray[np.float64]) -> Estimate:
    """Density along an axis in the middle of a mark above that of its flanks, in OD.

    Parameters
    ----------
    profile : MarkProfile
    axis : ndarray of float64, shape (3,)
        As for `above_around`.
    """
    value, error = profile.along(axis)
    return Estimate(value, error, profile.n_px)
