"""The colour difference that a change of optical density makes on the client's kind of skin.

A difference in density is free of exposure and white balance, Delta E is not: the same mark is a
tenth more when the photo is 0.3 stops brighter. So it is told on skin of a set colour, that of the
client's tone, to which the axes chosen on the baseline are the key, and not on the flank as this
one photo happened to show it.
"""

from __future__ import annotations

import functools
import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from progress.colour import axes_for_ita
from progress.imaging import delta_e_2000, lab_from_linear, optical_density
from progress.imaging.colour_space import WHITE_D65, XYZ_FROM_LINEAR
from progress.metrics.analysis import Analysis, once_per_picture
from progress.metrics.chromophores import chosen_axes, smoothed
from progress.metrics.mark_line import MARK_PX_PER_MM
from progress.model import ChromophoreAxes
from progress.model.checks import FloatArray

_ITA_DEG: Final = np.array([-18.0, -7.0, 23.0, 40.0, 66.0])
_A_STAR: Final = np.array([12.0, 12.5, 12.0, 10.5, 7.0])
_B_STAR: Final = np.array([17.5, 18.0, 18.5, 16.5, 9.0])
"""Usual a* and b* of skin of these angles, general knowledge of the classes of Chardon 1991; L*
follows from the angle. Two units off change Delta E by 4 %, and alike in every photo."""

_FINE_MM, _AROUND_MM = 0.3, 5.0
_STEP_OD: Final = 0.005


def usual_density(axes: ChromophoreAxes) -> NDArray[np.float64]:
    """Optical density of the usual skin of the tone for which axes were chosen, shape (3,).

    Parameters
    ----------
    axes : ChromophoreAxes
        From `progress.colour.axes_for_ita`; of others the nearest angle is taken.
    """
    angles, known = _axes_by_angle()
    angle = float(angles[np.argmin(np.abs(known - axes.haemoglobin).sum(axis=1))])
    a_star, b_star = (float(np.interp(angle, _ITA_DEG, row)) for row in (_A_STAR, _B_STAR))
    lightness = 50.0 + b_star * math.tan(math.radians(angle))
    middle = (lightness + 16.0) / 116.0
    f = np.array([middle + a_star / 500.0, middle, middle - b_star / 200.0])
    # All three lie far above the straight part of the curve (6 / 29).
    return np.asarray(-np.log(np.linalg.solve(XYZ_FROM_LINEAR, f**3 * np.array(WHITE_D65))))


@functools.cache
def _axes_by_angle() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Haemoglobin weights every half degree."""
    angles = np.linspace(_ITA_DEG[0], _ITA_DEG[-1], 169)
    return angles, np.array([axes_for_ita(angle).haemoglobin for angle in angles])


def contrast_of(above: NDArray[np.float64], usual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Delta E 2000 of densities above the flank's, shape (...), for (..., 3)."""
    there = lab_from_linear(np.exp(-(usual + above)))
    here = np.broadcast_to(lab_from_linear(np.exp(-usual)), there.shape)
    return np.asarray(delta_e_2000(here, there), dtype=np.float64)


def contrast_slope(above: NDArray[np.float64], usual: NDArray[np.float64]) -> NDArray[np.float64]:
    """Change of Delta E 2000 per unit of each channel's density, shape (3,)."""
    steps = _STEP_OD * np.eye(3)
    up, down = contrast_of(above + steps, usual), contrast_of(above - steps, usual)
    return (up - down) / (2 * _STEP_OD)


@once_per_picture
def around_map(analysis: Analysis) -> FloatArray:
    """Density above the skin 5 mm around, shape (H, W, 3) at the mark scale."""
    skin = analysis.skin(MARK_PX_PER_MM)
    density = optical_density(skin.linear)
    fine, around = (
        smoothed(density, skin.mask, mm * skin.px_per_mm) for mm in (_FINE_MM, _AROUND_MM)
    )
    return np.asarray(fine - around, dtype=np.float32)


@once_per_picture
def contrast_map(analysis: Analysis) -> FloatArray:
    """Delta E 2000 of each point to the skin 5 mm around it, shape (H, W) at the mark scale."""
    above = around_map(analysis).astype(np.float64)
    return contrast_of(above, usual_density(chosen_axes(analysis))).astype(np.float32)
