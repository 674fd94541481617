"""How much blood and melanin each point of the skin shows, in optical density.

Colour changes over millimetres, and cameras store it at half resolution, so four pixels per
millimetre hold all of it.
"""

from __future__ import annotations

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import ita_deg, lab_from_linear, masked_gaussian, optical_density
from progress.metrics.analysis import Analysis, Window, once_per_picture
from progress.model import ChromophoreAxes
from progress.model.checks import FloatArray

COLOUR_PX_PER_MM = 4.0
"""Working scale of everything that is told by colour."""


BLUE_IS_LOST = "too little blue light comes back from this skin to tell melanin by it"
_LOST_BLUE = 1.35
"""ln(red / blue) of skin beyond which the melanin axis, green against blue, stops answering: on
phantom skin the answer to its spots is level up to 1.0, a quarter at 1.45 and none at 1.55."""
_DARKEST_ITA = -20.0
"""Degrees. By spectral skin under three cameras and three lamps ten per cent more melanin add 0.07
to 0.23 OD there, 0.03 to 0.15 at -25, none at -30, and below that they read as less: the blue that
still comes back is the surface's own."""


def is_blue_lost(od: NDArray[Any]) -> bool:
    """Whether skin is too dark for the melanin axis.

    Parameters
    ----------
    od : ndarray, shape (3,)
        Optical density of the skin, red, green, blue.
    """
    return bool(od[2] - od[0] > _LOST_BLUE or _ita(od) < _DARKEST_ITA)


_DARKEST_FOR_BLOOD_ITA = -45.0
"""Degrees, of all skin in the picture. At -40, the darkest that was rendered, more blood reads as
more; on a real face at -55 it read as slightly less."""


@once_per_picture
def is_blood_lost(analysis: Analysis) -> bool:
    """Whether the skin of a picture is too dark for the haemoglobin axis."""
    od = density(analysis)[analysis.skin(COLOUR_PX_PER_MM).mask]
    return bool(_ita(np.median(od, axis=0)) < _DARKEST_FOR_BLOOD_ITA)


def _ita(od: NDArray[Any]) -> float:
    """Individual typology angle of an optical density, degrees."""
    light = np.exp(-np.asarray(od, dtype=np.float64))
    return float(np.ravel(ita_deg(lab_from_linear(light[np.newaxis, np.newaxis])))[0])


def middle_density(analysis: Analysis, window: Window) -> NDArray[np.float64]:
    """Median optical density of a region's skin, shape (3,)."""
    od = density(analysis)
    return np.array([float(np.median(window.values(od[..., channel]))) for channel in range(3)])


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
