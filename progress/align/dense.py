"""Refinement by what the skin looks like: dense inverse-search flow on its fine structure.

Kroeger et al. 2016, doi:10.1007/978-3-319-46493-0_29, as in OpenCV. The flow is smoothed with
weights that drop where it leaves its surroundings or where the two pictures do not agree, so that
a lesion which shrank, moved or went away does not pull the field with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.align.coarse import read_at
from progress.align.frame import Frame
from progress.model.checks import BoolArray, FloatArray

SMOOTHING_MM = (4.0, 3.0, 2.0)
"""Gaussian sigma of the displacement in each round."""
OUTLIER_MM = (0.5, 0.25, 0.12)
"""Distance from the smooth field at which a flow vector has lost half its weight, in each round.

Wide first, so that the parallax of nose and cheeks is followed; narrow last, so that a lesion which
shrank or moved is not. Tried on planted lesions: one narrow width throughout leaves 0.39 mm (p95)
after a turn of 8 degrees instead of 0.23; wide throughout lets a mole moved by 2 mm pull its
surroundings by 0.28 mm (p95) instead of 0.18.
"""

_STRUCTURE_MM = 1.0
_NOISE_FLOOR = 0.02
_ROUNDS_OF_WEIGHTS = 3
_MISMATCH = 2.5
_BACKGROUND_WEIGHT = 0.05
_WINDOW_MM = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """A refined field on the working grid and what tells how good it is.

    Parameters
    ----------
    px_per_mm : float
        Of the working grid.
    followup_xy : ndarray of float32, shape (h, w, 2)
        Follow-up photo pixels.
    agreement : ndarray of float32, shape (h, w)
        Local correlation of the fine structure after refinement, -1..1.
    left_over_mm : ndarray of float32, shape (h, w)
        Local size of the flow that the smooth field does not follow.
    round_trip_mm : ndarray of float32, shape (h, w)
        Local disagreement of forward and backward flow.
    baseline_structure, followup_structure : ndarray of float32, shape (h, w)
        Fine structure of both pictures in the baseline frame, in local standard deviations.
    """

    px_per_mm: float
    followup_xy: FloatArray = field(repr=False)
    agreement: FloatArray = field(repr=False)
    left_over_mm: FloatArray = field(repr=False)
    round_trip_mm: FloatArray = field(repr=False)
    baseline_structure: FloatArray = field(repr=False)
    followup_structure: FloatArray = field(repr=False)


def blur(image: NDArray[Any], sigma_px: float) -> FloatArray:
    """Gaussian blur cut off at 3 sigma, borders repeated."""
    size = 2 * int(np.ceil(3 * sigma_px)) + 1
    out = cv2.GaussianBlur(image, (size, size), sigma_px, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.float32)


def fine_structure(log_luminance: FloatArray, *, px_per_mm: float) -> FloatArray:
    """Log-luminance less its surroundings, in units of its local spread (clipped at 3).

    Parameters
    ----------
    log_luminance : ndarray of float32, shape (h, w)
    px_per_mm : float

    Returns
    -------
    ndarray of float32, shape (h, w)
        Blind to exposure, shading and slow colour changes: surroundings are a Gaussian of 1 mm.
        Spread below 2 % of light counts as 2 %, so that noise on blank skin is not blown up.
    """
    sigma = _STRUCTURE_MM * px_per_mm
    detail = log_luminance - blur(log_luminance, sigma)
    spread = np.sqrt(blur(detail * detail, sigma) + np.float32(_NOISE_FLOOR**2))
    return np.asarray(np.clip(detail / spread, -3.0, 3.0), dtype=np.float32)


def _flow(from_structure: FloatArray, to_structure: FloatArray) -> FloatArray:
    """Dense displacement in working pixels."""
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    finder.setFinestScale(1)
    finder.setGradientDescentIterations(16)
    pictures = [np.rint(s * 40 + 128).astype(np.uint8) for s in (from_structure, to_structure)]
    empty: Any = None
    return np.asarray(finder.calc(pictures[0], pictures[1], empty), dtype=np.float32)


def _smoothed(
    flow: FloatArray, weight: FloatArray, *, sigma_px: float, outlier_px: float
) -> FloatArray:
    """Weighted Gaussian mean of a flow, its outliers losing weight in a few rounds."""
    # The mean of four or more pixels' width is computed on a smaller grid.
    factor = max(1, int(sigma_px // 2.5))
    size = (-(-flow.shape[1] // factor), -(-flow.shape[0] // factor))
    small = cv2.resize(flow, size, interpolation=cv2.INTER_AREA)
    prior = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    sigma = sigma_px / factor
    current = prior
    mean = np.zeros_like(small)
    for _ in range(_ROUNDS_OF_WEIGHTS + 1):
        total = blur(np.asarray(current, dtype=np.float32), sigma) + np.float32(1e-6)
        mean = blur(small * current[..., np.newaxis], sigma) / total[..., np.newaxis]
        squared = ((small - mean) ** 2).sum(axis=-1) / outlier_px**2
        current = prior / (1 + squared)
    large = cv2.resize(mean, (flow.shape[1], flow.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, dtype=np.float32)


def pixel_positions(shape: tuple[int, int]) -> FloatArray:
    """(x, y) of every pixel of a grid, shape (h, w, 2)."""
    x, y = np.meshgrid(np.arange(shape[1]), np.arange(shape[0]))
    return np.stack([x, y], axis=-1).astype(np.float32)


def _mean_over(image: FloatArray, skin: FloatArray, sigma_px: float) -> FloatArray:
    """Gaussian mean over skin alone, so that the background does not speak for the rim."""
    total = blur(skin, sigma_px) + np.float32(1e-6)
    return np.asarray(blur(image * skin, sigma_px) / total, dtype=np.float32)


def _local_correlation(
    a: FloatArray, b: FloatArray, skin: FloatArray, sigma_px: float
) -> FloatArray:
    """Correlation of two pictures of about zero local mean under a Gaussian window."""
    both, of_a, of_b = (_mean_over(p, skin, sigma_px) for p in (a * b, a * a, b * b))
    correlation = both / np.sqrt(of_a * of_b + np.float32(1e-4))
    return np.asarray(np.clip(correlation, -1.0, 1.0), dtype=np.float32)


def _local_length(flow: FloatArray, skin: FloatArray, sigma_px: float) -> FloatArray:
    """Root mean square length of vectors under a Gaussian window."""
    squared = np.asarray((flow**2).sum(axis=-1), dtype=np.float32)
    return np.asarray(np.sqrt(_mean_over(squared, skin, sigma_px)), dtype=np.float32)


def refine(baseline: Frame, followup: Frame, start_xy: FloatArray, skin: BoolArray) -> Refined:
    """The field that brings the fine structure of both pictures together.

    Parameters
    ----------
    baseline, followup : Frame
        Of about the same pixels per millimetre.
    start_xy : ndarray of float32, shape (h, w, 2)
        Follow-up photo pixels for each working pixel of the baseline; good to about 3 mm.
    skin : ndarray of bool, shape (h, w)
        What the field must follow; the rest hardly counts.

    Returns
    -------
    Refined
        Displacement is smooth at 2 mm (Gaussian sigma) relative to `start_xy`.
    """
    scale = baseline.px_per_mm
    here = fine_structure(baseline.log_luminance, px_per_mm=scale)
    positions = pixel_positions(baseline.shape)
    prior = np.where(skin, np.float32(1), np.float32(_BACKGROUND_WEIGHT))
    field_xy = start_xy
    mismatch = None
    flow = np.zeros_like(start_xy)
    there = here
    for sigma_mm, outlier_mm in zip(SMOOTHING_MM, OUTLIER_MM, strict=True):
        there = _structure_at(followup, field_xy, scale)
        difference = blur(np.abs(here - there), 1.0 * scale)
        weight = prior
        if mismatch is not None:
            usual = float(np.median(difference[skin])) + 1e-6
            weight = prior / (1 + (difference / (_MISMATCH * usual)) ** 4)
        mismatch = difference
        flow = _flow(here, there)
        step = _smoothed(flow, weight, sigma_px=sigma_mm * scale, outlier_px=outlier_mm * scale)
        field_xy = read_at(field_xy, positions + step)
    there = _structure_at(followup, field_xy, scale)
    flow, back = _flow(here, there), _flow(there, here)
    trip = flow + read_at(back, positions + flow)
    window = _WINDOW_MM * scale
    counts = skin.astype(np.float32)
    return Refined(
        px_per_mm=scale,
        followup_xy=field_xy,
        agreement=_local_correlation(here, there, counts, window),
        left_over_mm=_local_length(flow, counts, window) / np.float32(scale),
        round_trip_mm=_local_length(trip, counts, window) / np.float32(scale),
        baseline_structure=here,
        followup_structure=there,
    )


def _structure_at(followup: Frame, field_xy: FloatArray, px_per_mm: float) -> FloatArray:
    """Fine structure of the follow-up seen through a field."""
    seen = read_at(followup.log_luminance, followup.working_from_photo(field_xy), cubic=True)
    return fine_structure(seen, px_per_mm=px_per_mm)
