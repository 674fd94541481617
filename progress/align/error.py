"""How far off a refined field may be, in millimetres, from what can be seen without the truth."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from progress.align.grid import blur, resized
from progress.model.checks import BoolArray, FloatArray

VALID_BELOW_MM = 0.5
"""A field node with a larger estimated error is not used."""

_WINDOW_MM = 2.0
_FLOOR_MM = 0.003


@dataclass(frozen=True, slots=True)
class ErrorWeights:
    """What each kind of evidence adds to the estimated error.

    Parameters
    ----------
    left_over, round_trip, last_step : float
        Millimetres of error per millimetre of evidence.
    strain_mm : float
        Millimetres per unit of strain.
    lack_px, lack_power : float
        Working pixels per lack of agreement (disagreement over agreement) to this power.
    """

    left_over: float
    round_trip: float
    last_step: float
    strain_mm: float
    lack_px: float
    lack_power: float


FACE_WEIGHTS = ErrorWeights(0.58, 0.34, 0.51, 0.07, 0.155, 0.80)
"""Fitted on 133 pairs of known truth: real faces at 3.4 and 6.3 px/mm shot again mildly, hard and
extremely, rendered heads of six tones, frontal and oblique, under a lamp turned by 30 degrees, and
body skin. Fitted on the 85 faces alone they did no better on other pairs.
"""
AREA_WEIGHTS = ErrorWeights(0.275, 0.20, 0.60, 0.39, 0.22, 0.70)
"""Fitted on 120 pairs: real close-ups shot again mildly and hard, and rendered body skin. The start
is better here than with landmarks, and the same evidence means another error."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the pictures say about a field, as means under a window of 2 mm, on a quarter grid.

    Parameters
    ----------
    px_per_mm : float
        Of the working grid that the field was found on.
    agreement : ndarray of float32, shape (h, w)
        Correlation of the fine structure of both pictures, -1..1.
    left_over_mm : ndarray of float32, shape (h, w)
        Flow that the smooth field does not follow.
    round_trip_mm : ndarray of float32, shape (h, w)
        Disagreement of forward and backward flow.
    last_step_mm : ndarray of float32, shape (h, w)
        How far the last round still moved the field.
    strain : ndarray of float32, shape (h, w)
        Slope of the displacement from the landmarks' field.
    """

    px_per_mm: float
    agreement: FloatArray = field(repr=False)
    left_over_mm: FloatArray = field(repr=False)
    round_trip_mm: FloatArray = field(repr=False)
    last_step_mm: FloatArray = field(repr=False)
    strain: FloatArray = field(repr=False)


class _Window:
    """Gaussian means over skin alone, so that the background does not speak for the rim."""

    def __init__(self, skin: BoolArray, sigma_px: float) -> None:
        rows, columns = skin.shape
        self.shape = (-(-rows // 2), -(-columns // 2))
        self.full = skin.astype(np.float32)
        self.sigma_px = sigma_px * self.shape[1] / columns
        self.total = blur(resized(self.full, self.shape), self.sigma_px) + np.float32(1e-6)

    def mean(self, image: FloatArray) -> FloatArray:
        """Mean of a picture of the full grid, on the quarter grid."""
        counted = resized(image * self.full, self.shape)
        return np.asarray(blur(counted, self.sigma_px) / self.total, dtype=np.float32)

    def length(self, vectors: FloatArray) -> FloatArray:
        """Root mean square length of vectors."""
        squared = vectors[..., 0] ** 2 + vectors[..., 1] ** 2
        return np.asarray(np.sqrt(self.mean(squared)), dtype=np.float32)


def gather_evidence(
    here: FloatArray,
    there: FloatArray,
    skin: BoolArray,
    *,
    forward: FloatArray,
    backward: FloatArray,
    last_step: FloatArray,
    moved: FloatArray,
    px_per_mm: float,
) -> Evidence:
    """What is known about a refined field without the truth.

    Parameters
    ----------
    here, there : ndarray of float32, shape (h, w)
        Fine structure of both pictures, of about zero local mean, seen through the field.
    skin : ndarray of bool, shape (h, w)
    forward, backward : ndarray of float32, shape (h, w, 2)
        Flow from one to the other and back, in working pixels.
    last_step, moved : ndarray of float32, shape (h, w, 2)
        What the last round and what all rounds added to the field, in working pixels.
    px_per_mm : float
        Of the working grid.
    """
    window = _Window(skin, _WINDOW_MM * px_per_mm)
    mm = np.float32(1 / px_per_mm)
    of_both, of_here, of_there = (
        window.mean(product) for product in (here * there, here * here, there * there)
    )
    agreement = of_both / np.sqrt(of_here * of_there + np.float32(1e-4))
    slopes = np.stack([*np.gradient(moved[..., 0]), *np.gradient(moved[..., 1])])
    strain = np.sqrt((slopes * slopes).sum(axis=0))
    return Evidence(
        px_per_mm,
        np.clip(agreement, -1.0, 1.0),
        window.length(forward) * mm,
        # Added in place: both flows are smooth over the distances they bridge.
        window.length(forward + backward) * mm,
        window.length(last_step) * mm,
        window.mean(np.asarray(strain, dtype=np.float32)),
    )


def error_map_mm(evidence: Evidence, weights: ErrorWeights) -> FloatArray:
    """Estimated registration error.

    Parameters
    ----------
    evidence : Evidence
    weights : ErrorWeights

    Returns
    -------
    ndarray of float32, shape (h, w)
        On the evidence's grid: root of the sum of squares of a floor and all weighted evidence.
        Scaled so that its 95th percentile over the skin is that of the true error.

    Notes
    -----
    Pairs that the weights were not fitted on are in docs/registration.md. A displacement that both
    directions agree on but that follows a lesion, or the shadow in a pore under a lamp turned by
    30 degrees, instead of the skin cannot be seen here: there the estimate is a quarter too low.
    """
    agreement = np.clip(evidence.agreement, 0.02, 1.0)
    lack = ((1.0 - agreement) / agreement) ** weights.lack_power
    squared = (
        _FLOOR_MM**2
        + (weights.left_over * evidence.left_over_mm) ** 2
        + (weights.round_trip * evidence.round_trip_mm) ** 2
        + (weights.last_step * evidence.last_step_mm) ** 2
        + (weights.strain_mm * evidence.strain) ** 2
        + (weights.lack_px / evidence.px_per_mm * lack) ** 2
    )
    return np.asarray(np.sqrt(squared), dtype=np.float32)


def agreement_over(here: FloatArray, there: FloatArray, mask: BoolArray) -> float:
    """Correlation of two pictures over a mask, -1..1; 0 for an empty mask."""
    if not mask.any():
        return 0.0
    a, b = here[mask].astype(np.float64), there[mask].astype(np.float64)
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size > 0 else 0.0
