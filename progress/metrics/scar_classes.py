"""What a place looks like, as figures, and how probable they make each type of scar.

A multinomial logistic model over profiles of rings (see `scar_rings`). Its weights were fitted by
``progress.lab.scar_fit`` to planted scars and to what is no scar: spots, moles, papules, pores,
lines, folds, vessels, hairs, clouds of colour, and the features of rendered faces. Profiles are
divided by the contrast of the place, so depth and light enter as one figure of the model.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from progress.metrics.scar_rings import NARROW_MM, Places
from progress.metrics.scar_weights import NARROW, WIDE

TYPES = ("ice_pick", "boxcar", "rolling")
"""Jacob et al. 2001, doi:10.1067/mjd.2001.113451."""

_LEAST_SEEN = 0.9
"""Share of a place that must be skin: at the rim of a mask half a hollow is seen, or a lip."""
_LEAST_CONTRAST, _ADDED = 0.01, 0.008
"""Log-contrasts that keep noise over nothing from being large."""

FEATURES = (
    "constant",
    "contrast",
    "contrast2",
    *(f"mean{k}" for k in range(6)),
    *(f"along{k}" for k in range(7)),
    *(f"{name}{k}" for name in ("aside", "twofold", "rest") for k in (1, 3, 5)),
    "other_mean0",
    "other_mean2",
    "other_along1",
    "other_along3",
    "dark2",
    "dark_along",
    "bright_cut",
    "along2",
    "size",
    "size2",
    "size_contrast",
    "size_dark",
)


def describe(places: Places) -> NDArray[np.float64]:
    """Figures of each place, shape (N, 37), by the names in `FEATURES`."""
    contrast = np.maximum(places.contrast, _LEAST_CONTRAST).astype(np.float64)[:, np.newaxis]
    over = contrast + _ADDED
    profiles = places.profiles

    def shares(name: str, limit: float, *, less_outermost: bool = False) -> NDArray[np.float64]:
        values = profiles[name].astype(np.float64)
        if less_outermost:
            values = values - values[:, -1:]
        return np.clip(values / over, -limit, limit)

    mean = shares("mean", 4.0, less_outermost=True)
    along = shares("along", 3.0)
    other = shares("other_mean", 4.0, less_outermost=True)
    other_along = shares("other_along", 2.0)
    log = np.log(contrast)
    dark, wall = mean[:, :1], along[:, 3:4]
    size = places.ring[:, np.newaxis] / len(NARROW_MM)
    picked = [1, 3, 5]
    columns = (
        np.ones_like(contrast), log, log**2, mean[:, :6], along,
        *(np.abs(shares(name, 3.0))[:, picked] for name in ("aside", "twofold", "rest")),
        other[:, [0, 2]], other_along[:, [1, 3]],
        dark**2, dark * wall, np.minimum(dark, 0.0), wall**2,
        size, size**2, size * log, size * dark,
    )  # fmt: skip
    return np.concatenate(columns, axis=1)


def type_probabilities(places: Places) -> NDArray[np.float64]:
    """Probability of each of `TYPES` at each place, shape (N, 3); what is left is no scar.

    0 where less than nine tenths of the place are seen.
    """
    figures = describe(places)
    is_wide = places.ring >= len(NARROW_MM)
    odds = np.where(is_wide[:, np.newaxis], figures @ np.array(WIDE), figures @ np.array(NARROW))
    likely = np.exp(np.clip(odds, -50.0, 50.0))
    likely /= 1.0 + likely.sum(axis=1, keepdims=True)
    likely[places.cover < _LEAST_SEEN] = 0.0
    return np.asarray(likely)
