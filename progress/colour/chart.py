"""A colour chart in the photo: every colour of the photo as it would be in the light of the chart.

The strongest of the aids: it knows the camera's white balance, tone curve and colour matrix at the
moment of the photo, where a neutral card or untreated skin knows a gain for each channel only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from progress.colour.chart_fit import ColourFit, fit_colour, left_out_delta_e
from progress.colour.chart_search import read_chart, search_chart
from progress.imaging import DecodedPhoto
from progress.imaging.colour_chart import SKIN_LIKE
from progress.model import NotMeasured

MIN_PATCHES: Final = 12
_MAX_RESIDUAL: Final = 6.0
"""Median Delta E 2000 of patches left out."""


@dataclass(frozen=True, slots=True, eq=False)
class ChartColour:
    """The correction that a chart in a photo gives.

    Parameters
    ----------
    fit : ColourFit
    residual_delta_e : float
        Median Delta E 2000 over the patches, each corrected by a fit to all others.
    skin_residual_delta_e : float
        The same over the patches that skin lies between.
    n_patches : int
        How many of the 24 could be used; the others were clipped, black, or shone upon.
    corners_xy : ndarray of float64, shape (4, 2)
        Of the chart in photo pixels: top left, top right, bottom right, bottom left as printed.
    """

    fit: ColourFit = field(repr=False)
    residual_delta_e: float
    skin_residual_delta_e: float
    n_patches: int
    corners_xy: NDArray[np.float64] = field(repr=False)

    def apply(self, linear: Any) -> NDArray[Any]:
        """Linear light in which the chart's patches have their true colours.

        Parameters
        ----------
        linear : ndarray of float32 or float64, shape (..., 3)
            Of the same photo.

        Returns
        -------
        ndarray, same shape and type
            Not below 0; may exceed 1 where skin is lit better than the chart.
        """
        light = np.asarray(linear)
        if light.dtype not in (np.float32, np.float64):
            raise TypeError(f"linear: expected float32 or float64, got {light.dtype}")
        return np.asarray(self.fit.apply(light), dtype=light.dtype)


def find_chart(photo: DecodedPhoto) -> ChartColour | NotMeasured:
    """The colour chart of a photo.

    Parameters
    ----------
    photo : DecodedPhoto
        Native pixels.

    Returns
    -------
    ChartColour or NotMeasured
        Not measured where no chart is seen, too few of its patches can be used, or its colours are
        not those of a ColorChecker Classic.

    Notes
    -----
    The chart must be as bright as the face and face the same way: it cannot tell its own shade from
    an underexposed photo. A highlight over all patches alike passes for light.
    """
    place = search_chart(photo)
    if isinstance(place, NotMeasured):
        return place
    reading = read_chart(photo, place)
    if isinstance(reading, NotMeasured):
        return reading
    n = int(reading.usable.sum())
    if n < MIN_PATCHES:
        return NotMeasured(
            f"only {n} of the colour chart's 24 patches can be used, {MIN_PATCHES} are needed: "
            "hold it where it is neither too bright nor too dark, and without shine"
        )
    fit = fit_colour(reading.linear, reading.usable)
    wrong = left_out_delta_e(reading.linear, reading.usable, fit)
    residual = float(np.nanmedian(wrong))
    if residual > _MAX_RESIDUAL:
        return NotMeasured(
            "no colour chart was seen: what resembles one has other colours "
            f"(Delta E {residual:.0f})"
        )
    skin = wrong[list(SKIN_LIKE)]
    skin_residual = float(np.nanmedian(skin)) if np.isfinite(skin).any() else residual
    return ChartColour(fit, residual, skin_residual, n, place.corners_xy)
