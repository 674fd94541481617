"""How much blood and melanin each point of the skin shows, in optical density.

Colour changes over millimetres, and cameras store it at half resolution, so four pixels per
millimetre hold all of it.
"""

from __future__ import annotations

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import masked_gaussian, optical_density
from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.model import ChromophoreAxes
from progress.model.checks import FloatArray

COLOUR_PX_PER_MM = 4.0
"""Working scale of everything that is told by colour."""


BLUE_IS_LOST = "too little blue light comes back from this skin to tell melanin by it"
_LOST_BLUE = 1.35
"""ln(red / blue) of skin beyond which the melanin axis, green against blue, stops answering: on
phantom skin the answer to its spots is level up to 1.0, a quarter at 1.45 and none at 1.55."""


def is_blue_lost(analysis: Analysis, window: Window) -> bool:
    """Whether a region's skin is too dark for the melanin axis."""
    od = density(analysis)
    red, blue = (float(np.median(window.values(od[..., channel]))) for channel in (0, 2))
    return blue - red > _LOST_BLUE


def chosen_axes(analysis: Analysis) -> ChromophoreAxes:
    """The client's axes.

    Raises
    ------
    ValueError
        If the patch has none: whoever asks for colour chooses them first.
    """
    axes = analysis.patch.axes
    if axes is None:
        raise ValueError("Patch.axes: expected the client's chromophore axes, got None")
    return axes


@once_per_picture
def density(analysis: Analysis) -> FloatArray:
    """Optical density of red, green and blue at the colour scale, shape (H, W, 3)."""
    return np.asarray(optical_density(analysis.skin(COLOUR_PX_PER_MM).linear), dtype=np.float32)


@once_per_picture
def haemoglobin(analysis: Analysis) -> FloatArray:
    """Haemoglobin burden in OD on the client's axis, shape (H, W); blind to exposure."""
    return _projected(density(analysis), chosen_axes(analysis).haemoglobin)


@once_per_picture
def melanin(analysis: Analysis) -> FloatArray:
    """Melanin burden in OD on the client's axis, shape (H, W); blind to exposure."""
    return _projected(density(analysis), chosen_axes(analysis).melanin)


def _projected(od: FloatArray, axis: NDArray[np.float64]) -> FloatArray:
    """The weighted sum of the channels."""
    weights = np.asarray(axis, dtype=np.float32)[np.newaxis]
    return cast("FloatArray", cv2.transform(od, weights))


def smoothed(picture: NDArray[Any], mask: NDArray[np.bool_], sigma_px: float) -> FloatArray:
    """Gaussian mean over the mask, shape (H, W) or (H, W, C); 0 where no skin is near."""
    mean = masked_gaussian(picture, mask, sigma_px)
    cv2.patchNaNs(mean, 0.0)
    return mean
