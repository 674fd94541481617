"""The client's haemoglobin and melanin axes in optical density, chosen once by baseline tone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from progress.model import ChromophoreAxes

# Simulated for an ideal sRGB camera under D65 (measurement page, section 1): each row sums to zero,
# so exposure and shading cancel, and nulls the melanin direction of skin of that ITA.
_ITA_DEG = np.array([-7.0, 23.0, 40.0, 66.0])
_HAEMOGLOBIN = np.array(
    [
        (-1.74, 2.48, -0.75),
        (-1.99, 3.06, -1.07),
        (-2.11, 3.28, -1.17),
        (-2.31, 3.65, -1.34),
    ]
)
_MELANIN = np.array((0.03, -2.57, 2.54))


def axes_for_ita(ita_deg: float) -> ChromophoreAxes:
    """Weights for optical density at a skin tone.

    Parameters
    ----------
    ita_deg : float
        Individual typology angle of the client's baseline skin, degrees. Beyond -7..66 the nearest
        known weights are taken: below -7 melanin leaks into redness (measurement page, section 1).

    Returns
    -------
    ChromophoreAxes
        Haemoglobin weights sum to zero exactly.
    """
    if not np.isfinite(ita_deg):
        raise ValueError(f"ita_deg: expected a finite angle, got {ita_deg}")
    weights: NDArray[np.float64] = np.array(
        [np.interp(ita_deg, _ITA_DEG, _HAEMOGLOBIN[:, channel]) for channel in range(3)]
    )
    return ChromophoreAxes(haemoglobin=weights - weights.mean(), melanin=_MELANIN - _MELANIN.mean())
