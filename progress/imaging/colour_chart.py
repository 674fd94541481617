"""The 24 patches of a ColorChecker Classic: their published colours as an sRGB camera sees them."""

from __future__ import annotations

import functools
from typing import Final

import numpy as np
from numpy.typing import NDArray

from progress.imaging.colour_space import XYZ_FROM_LINEAR

ROWS, COLUMNS = 4, 6

PATCHES: Final = (
    *("dark skin", "light skin", "blue sky", "foliage", "blue flower", "bluish green"),
    *("orange", "purplish blue", "moderate red", "purple", "yellow green", "orange yellow"),
    *("blue", "green", "red", "yellow", "magenta", "cyan"),
    *("white", "neutral 8", "neutral 6.5", "neutral 5", "neutral 3.5", "black"),
)
"""Row by row from the top left, the greys at the bottom."""

GREYS: Final = (18, 19, 20, 21, 22, 23)
SKIN_LIKE: Final = (0, 1, 6, 8, 11)
"""Dark skin, light skin, orange, moderate red, orange yellow: the hues that skin lies between."""

_LAB_D50: Final = np.array(
    [
        *((37.54, 14.37, 14.92), (64.66, 19.27, 17.50), (49.32, -3.82, -22.54)),
        *((43.46, -12.74, 22.72), (54.94, 9.61, -24.79), (70.48, -32.26, -0.37)),
        *((62.73, 35.83, 56.50), (39.43, 10.75, -45.17), (50.57, 48.64, 16.67)),
        *((30.10, 22.54, -20.87), (71.77, -24.13, 58.19), (71.51, 18.24, 67.37)),
        *((28.37, 15.42, -49.80), (54.38, -39.72, 32.27), (42.43, 51.05, 28.62)),
        *((81.80, 2.67, 80.41), (50.63, 51.28, -14.12), (49.57, -29.71, -28.32)),
        *((95.19, -1.03, 2.93), (81.29, -0.57, 0.44), (66.89, -0.75, -0.06)),
        *((50.76, -0.13, 0.14), (35.63, -0.46, -0.48), (20.64, 0.07, -0.46)),
    ]
)
_WHITE_D50: Final = np.array([0.96422, 1.0, 0.82521])
_D65_FROM_D50: Final = np.array(
    [
        [0.9555766, -0.0230393, 0.0631636],
        [-0.0282895, 1.0099416, 0.0210077],
        [0.0122982, -0.0204830, 1.3299098],
    ]
)


@functools.cache
def chart_linear() -> NDArray[np.float64]:
    """Linear sRGB of every patch under even light in which a white diffuser is (1, 1, 1).

    Returns
    -------
    ndarray of float64, shape (24, 3)
        Read-only. Cyan lies outside sRGB and is negative in red.

    Notes
    -----
    X-Rite's CIELAB values (D50, 2 degree observer) for charts made from November 2014 on, taken to
    D65 by the Bradford transform. Those that X-Rite gives for older charts lie 0.2 to 2.0 Delta E
    2000 away (dark and light skin 0.8 and 1.2): two photos of one chart share this error.
    """
    lightness, a, b = _LAB_D50.T
    fy = (lightness + 16.0) / 116.0
    f = np.stack([fy + a / 500.0, fy, fy - b / 200.0], axis=1)
    knee = 6.0 / 29.0
    xyz = np.where(f > knee, f**3, 3 * knee**2 * (f - 4.0 / 29.0)) * _WHITE_D50
    linear = xyz @ _D65_FROM_D50.T @ np.linalg.inv(XYZ_FROM_LINEAR).T
    linear.flags.writeable = False
    return np.asarray(linear)
