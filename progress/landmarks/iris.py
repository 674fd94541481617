"""Scale from the visible iris, the one part of a face whose size hardly varies between adults."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.landmarks.head_fit import HeadFit
from progress.model import Scale, ScaleSource

IRIS_MM = 11.7
"""Horizontal visible iris diameter of adults (Rüfer 2005: 11.71 +- 0.42)."""
RELATIVE_ERROR = 0.04

_RIM = ((469, 471), (474, 476))


def iris_scale(photo: DecodedPhoto, points_xy: NDArray[np.float64], fit: HeadFit) -> Scale:
    """Pixels per mm at the eyes."""
    widths = [float(np.linalg.norm(points_xy[a] - points_xy[b])) for a, b in _RIM]
    return Scale(float(np.mean(widths)) / IRIS_MM, RELATIVE_ERROR, ScaleSource.IRIS)
