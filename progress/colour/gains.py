"""Bringing two photos of one client into the same light by skin that was not treated."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from progress.model import ReferenceSkin


def gains_to_match(baseline: ReferenceSkin, followup: ReferenceSkin) -> NDArray[np.float64]:
    """Channel gains in linear light that give the follow-up's reference the baseline's density.

    Parameters
    ----------
    baseline, followup : ReferenceSkin
        The same untreated skin in both photos.

    Returns
    -------
    ndarray of float64, shape (3,)
        Multiply the follow-up's linear light by it.

    Notes
    -----
    One gain per channel for the whole picture: it cannot touch differences within the picture, so
    a change of the treated skin survives whole. A tan of reference and treated skin alike is taken
    for a change of light.
    """
    return np.asarray(np.exp(followup.optical_density - baseline.optical_density))
