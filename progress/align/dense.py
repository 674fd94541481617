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

from progress.align.error import ErrorWeights, error_map_mm, gather_evidence
from progress.align.frame import Frame
from progress.align.grid import blur, centres, pixel_positions, read_at, read_field, resized
from progress.model.checks import BoolArray, FloatArray

AT_HALF_SIZE = (True, True, False)
"""Whether a round works on a quarter of the pixels."""
SMOOTHING_MM = (3.5, 2.5, 1.7)
"""Gaussian sigma of the displacement in each round."""
OUTLIER_MM = (0.5, 0.3, 0.15)
"""Distance from the smooth field at which a flow vector has lost half its weight, in each round.

Wide first, so that the parallax of nose and cheeks is followed; narrow last, so that a lesion which
shrank or moved is not. Tried on planted lesions: one narrow width throughout leaves 0.39 mm (p95)
after a turn of 8 degrees instead of 0.23; wide throughout lets a mole moved by 2 mm pull its
surroundings by 0.28 mm (p95) instead of 0.18.
"""

_STRUCTURE_MM = 1.0
_NOISE_FLOOR = 0.02
_ROUNDS_OF_WEIGHTS = 3
_MISMATCH = 3.5
_BACKGROUND_WEIGHT = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """A refined field on the working grid and how good it is.

    Parameters
    ----------
    followup_xy : ndarray of float32, shape (h, w, 2)
        Follow-up photo pixels.
    error_mm : ndarray of float32, shape (h, w)
        Estimated error, see `progress.align.error`.
    baseline_structure, followup_structure : ndarray of float32, shape (h, w)
        Fine structure of both pictures in the baseline frame, in local standard deviations.
    """

    followup_xy: FloatArray = field(repr=False)
    error_mm: FloatArray = field(repr=False)
    baseline_structure: FloatArray = field(repr=False)
    followup_structure: FloatArray = field(repr=False)


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


def find_flow(from_structure: FloatArray, to_structure: FloatArray, *, finest: int) -> FloatArray:
    """Dense displacement in pixels, searched down to a picture halved `finest` times."""
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    finder.setFinestScale(finest)
    finder.setGradientDescentIterations(12)
    finder.setPatchStride(4)
    # The flow is smoothed over millimetres anyway: refining it per pixel costs a third more time
    # and moved no figure.
    finder.setVariationalRefinementIterations(0)
    pictures = [np.rint(s * 40 + 128).astype(np.uint8) for s in (from_structure, to_structure)]
    empty: Any = None
    return np.asarray(finder.calc(pictures[0], pictures[1], empty), dtype=np.float32)


def _smoothed(
    flow: FloatArray,
    weight: FloatArray,
    *,
    sigma_px: float,
    outlier_px: float,
    shape: tuple[int, int],
) -> FloatArray:
    """Weighted Gaussian mean of a flow, its outliers losing weight in a few rounds, enlarged."""
    # The mean of four or more pixels' width is computed on a smaller grid.
    factor = max(1, int(sigma_px // 2.5))
    reduced = (-(-flow.shape[1] // factor), -(-flow.shape[0] // factor))
    small = cv2.resize(flow, reduced, interpolation=cv2.INTER_AREA)
    prior = cv2.resize(weight, reduced, interpolation=cv2.INTER_AREA)
    sigma = sigma_px / factor
    current = prior
    mean = np.zeros_like(small)
    for _ in range(_ROUNDS_OF_WEIGHTS + 1):
        total = blur(np.asarray(current, dtype=np.float32), sigma) + np.float32(1e-6)
        mean = blur(small * current[..., np.newaxis], sigma) / total[..., np.newaxis]
        squared = ((small - mean) ** 2).sum(axis=-1) / outlier_px**2
        current = prior / (1 + squared)
    large = cv2.resize(mean, shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(large, dtype=np.float32) * np.float32(shape[1] / flow.shape[1])


def refine(
    baseline: Frame,
    followup: Frame,
    start_xy: FloatArray,
    skin: BoolArray,
    *,
    weights: ErrorWeights,
) -> Refined:
    """The field that brings the fine structure of both pictures together.

    Parameters
    ----------
    baseline, followup : Frame
        Of about the same pixels per millimetre.
    start_xy : ndarray of float32, shape (h, w, 2)
        Follow-up photo pixels for each working pixel of the baseline; good to about 3 mm.
    skin : ndarray of bool, shape (h, w)
        What the field must follow; the rest hardly counts.
    weights : ErrorWeights
        Of the estimated error.

    Returns
    -------
    Refined
        Displacement is smooth at 1.7 mm (Gaussian sigma) relative to `start_xy`.
    """
    scale = baseline.px_per_mm
    positions = pixel_positions(baseline.shape)
    halves = (baseline.halved(), followup.halved())
    field_xy = start_xy
    mismatch = None
    step = np.zeros_like(start_xy)
    for sigma_mm, outlier_mm, half in zip(SMOOTHING_MM, OUTLIER_MM, AT_HALF_SIZE, strict=True):
        near, far = halves if half else (baseline, followup)
        here = fine_structure(near.log_luminance, px_per_mm=near.px_per_mm)
        start = read_field(field_xy, centres(near.shape, baseline.shape)) if half else field_xy
        there = _structure_at(far, start, near.px_per_mm)
        on_skin = resized(skin.astype(np.float32), near.shape) > 0.5
        difference = blur(np.abs(here - there), 1.0 * near.px_per_mm)
        weight = np.where(on_skin, np.float32(1), np.float32(_BACKGROUND_WEIGHT))
        if mismatch is not None:
            usual = float(np.median(difference[on_skin])) + 1e-6
            weight = weight / (1 + (difference / (_MISMATCH * usual)) ** 4)
        mismatch = difference
        step = _smoothed(
            find_flow(here, there, finest=0),
            weight,
            sigma_px=sigma_mm * near.px_per_mm,
            outlier_px=outlier_mm * near.px_per_mm,
            shape=baseline.shape,
        )
        field_xy = read_field(field_xy, positions + step)
    here = fine_structure(baseline.log_luminance, px_per_mm=scale)
    there = _structure_at(followup, field_xy, scale)
    evidence = gather_evidence(
        here,
        there,
        skin,
        forward=find_flow(here, there, finest=1),
        backward=find_flow(there, here, finest=1),
        last_step=step,
        moved=np.asarray((field_xy - start_xy) / followup.stride, dtype=np.float32),
        px_per_mm=scale,
    )
    error_mm = resized(error_map_mm(evidence, weights), baseline.shape)
    return Refined(field_xy, error_mm, here, there)


def _structure_at(followup: Frame, field_xy: FloatArray, px_per_mm: float) -> FloatArray:
    """Fine structure of the follow-up seen through a field."""
    seen = read_at(followup.log_luminance, followup.working_from_photo(field_xy), cubic=True)
    return fine_structure(seen, px_per_mm=px_per_mm)
