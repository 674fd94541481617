"""What every rival of our alignment is given: both faces cut out alike, and a landmark affine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from progress.align.coarse import point_field
from progress.align.face import WORKING_PX_PER_MM
from progress.align.face_skin import OVAL
from progress.align.frame import Frame, cut_frame
from progress.imaging.colour_space import srgb_from_linear
from progress.imaging.resample import gaussian_blur
from progress.lab.known_pairs import KnownPair
from progress.model import Landmarks

Place = Callable[[NDArray[Any]], NDArray[np.float64]]
"""Follow-up photo pixels (N, 2) of baseline photo pixels (N, 2)."""

MESH_POINTS = 468
"""The irises behind them follow the gaze, not the skin."""

_MARGIN_MM = 8.0
_SPREAD_FLOOR = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Crops:
    """Both faces at one working resolution, as our own alignment cuts them.

    Parameters
    ----------
    baseline, followup : Frame
        Log-luminance on grids of the same pixels per millimetre, at most 5.
    baseline_oval, followup_oval : ndarray of uint8, shape (h, w)
        255 inside the face oval by landmarks, for methods that take a mask.
    affine : ndarray of float64, shape (2, 3)
        Followup working pixels from baseline working pixels, least squares over the landmarks.
    """

    baseline: Frame
    followup: Frame
    baseline_oval: NDArray[np.uint8] = field(repr=False)
    followup_oval: NDArray[np.uint8] = field(repr=False)
    affine: NDArray[np.float64]

    def place(self, working_from_working: Callable[[Any], NDArray[np.float64]]) -> Place:
        """A map between working grids as one between photos."""

        def placed(xy: NDArray[Any]) -> NDArray[np.float64]:
            moved = working_from_working(self.baseline.working_from_photo(xy))
            return self.followup.photo_from_working(moved)

        return placed

    def laid(self) -> NDArray[np.float32]:
        """Log-luminance of the follow-up on the baseline grid by the affine, at its brightness.

        Mean and spread inside the oval are those of the baseline: optical flow takes brightness to
        be constant, and its users level the pictures first.
        """
        rows, columns = self.baseline.shape
        moved = cv2.warpAffine(
            self.followup.log_luminance,
            self.affine,
            (columns, rows),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        face = self.baseline_oval > 0
        wished, got = self.baseline.log_luminance[face], moved[face]
        gain = float(wished.std()) / max(float(got.std()), 1e-6)
        return np.asarray((moved - got.mean()) * gain + wished.mean(), dtype=np.float32)


def landmarks_of(pair: KnownPair) -> tuple[Landmarks, Landmarks] | str:
    """Landmarks of both photos, or why there are none."""
    if pair.baseline_marks is None:
        return "no face in the baseline"
    if pair.followup_marks is None:
        return "no face found in the follow-up"
    return pair.baseline_marks, pair.followup_marks


def cut_crops(pair: KnownPair) -> Crops | str:
    """Both faces of a pair, or why they cannot be had."""
    marks = landmarks_of(pair)
    if isinstance(marks, str):
        return marks
    here, there = (np.asarray(m.points_xy) for m in marks)
    reach = _MARGIN_MM * pair.px_per_mm
    zoom = point_field(here[:MESH_POINTS], there[:MESH_POINTS], reach_px=reach).zoom
    baseline = cut_frame(
        pair.baseline,
        here[list(OVAL)],
        margin_px=reach,
        px_per_mm=pair.px_per_mm,
        working_px_per_mm=WORKING_PX_PER_MM,
    )
    followup = cut_frame(
        pair.followup,
        there[list(OVAL)],
        margin_px=2 * reach * zoom,
        px_per_mm=pair.px_per_mm * zoom,
        working_px_per_mm=baseline.px_per_mm,
    )
    here, there = baseline.working_from_photo(here), followup.working_from_photo(there)
    fitted = point_field(here[:MESH_POINTS], there[:MESH_POINTS], reach_px=1.0)
    return Crops(
        baseline,
        followup,
        _oval(here, baseline.shape),
        _oval(there, followup.shape),
        np.asarray(fitted.affine.T),
    )


def apply_affine(affine: NDArray[Any], xy: Any) -> NDArray[np.float64]:
    """Points (..., 2) moved by a (2, 3) matrix."""
    matrix = np.asarray(affine, dtype=np.float64)
    return np.asarray(np.asarray(xy, dtype=np.float64) @ matrix[:, :2].T + matrix[:, 2])


def level_contrast(log_luminance: NDArray[Any], *, sigma_px: float) -> NDArray[np.float32]:
    """A picture less its surroundings over its local spread; under 2 % of light counts as 2 %."""
    detail = log_luminance - gaussian_blur(log_luminance, sigma_px)
    spread = np.sqrt(gaussian_blur(detail * detail, sigma_px) + np.float32(_SPREAD_FLOOR**2))
    return np.asarray(detail / spread, dtype=np.float32)


def gray_8bit(frame: Frame) -> NDArray[np.uint8]:
    """Luminance as most feature finders read it: sRGB-encoded, 8 bits."""
    encoded = np.clip(srgb_from_linear(np.exp(frame.log_luminance)), 0.0, 1.0)
    return np.asarray(np.rint(encoded * 255), dtype=np.uint8)


def read_off(image: NDArray[Any], at: NDArray[Any]) -> NDArray[np.float64]:
    """Values of an (h, w, 2) picture at (N, 2) positions, bilinear; outside, those of its border.

    cv2.remap refuses more than 32,767 points in a row.
    """
    where = np.asarray(at, dtype=np.float64)[:, ::-1].T
    return np.stack(
        [
            ndimage.map_coordinates(image[..., k], where, order=1, mode="nearest", output=float)
            for k in range(2)
        ],
        axis=1,
    )


def _oval(points_xy: NDArray[Any], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """255 inside the face oval."""
    mask = np.zeros(shape, dtype=np.uint8)
    cv2.fillPoly(mask, [np.rint(points_xy[list(OVAL)]).astype(np.int32)], (255,))
    return mask
