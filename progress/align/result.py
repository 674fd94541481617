"""From a refined working grid to the field over the whole baseline photo."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from progress.align.coarse import PointField
from progress.align.dense import Refined
from progress.align.error import VALID_BELOW_MM
from progress.align.frame import Frame, grid_positions
from progress.align.grid import read_at, read_field
from progress.imaging import DecodedPhoto
from progress.model import ErrorSummary, Registration
from progress.model.checks import BoolArray, FloatArray

VERSION = 2
_NODE_MM = 1.0
_MAX_STEP_PX = 8
_MIN_AREA_RATIO = 0.4


def field_step(px_per_mm: float) -> int:
    """Spacing of the field's nodes: about 1 mm of skin, at most 8 pixels."""
    return int(np.clip(round(_NODE_MM * px_per_mm), 1, _MAX_STEP_PX))


def same_pictures(baseline: DecodedPhoto, followup: DecodedPhoto) -> bool:
    """Whether both photos hold the same codes."""
    return baseline.codes.dtype == followup.codes.dtype and np.array_equal(
        baseline.codes, followup.codes
    )


def identity(photo: DecodedPhoto, skin: BoolArray, step: int) -> Registration:
    """The field of a photo with itself: every point where it is, without error.

    Parameters
    ----------
    photo : DecodedPhoto
    skin : ndarray of bool, shape (R, C)
        Skin at the nodes of the field.
    step : int
    """
    return Registration(
        baseline_size_px=photo.size_px,
        followup_size_px=photo.size_px,
        step=step,
        followup_from_baseline_xy=grid_positions(photo.size_px, step).astype(np.float32),
        valid=skin,
        error_mm=np.zeros(skin.shape, dtype=np.float32),
        estimated_error_mm=ErrorSummary(0.0, 0.0),
        overlap=1.0,
        method="same picture",
        version=VERSION,
    )


def relative_area(followup_xy: FloatArray) -> NDArray[np.float32]:
    """Area of the follow-up per area of baseline at every working pixel, over its median.

    At or below 0 the field folds; far below 1 the skin is turned away.
    """
    dx_dy, dx_dx = np.gradient(followup_xy[..., 0])
    dy_dy, dy_dx = np.gradient(followup_xy[..., 1])
    area = dx_dx * dy_dy - dx_dy * dy_dx
    return np.asarray(area / np.median(area), dtype=np.float32)


def at_nodes(mask: BoolArray, frame: Frame, nodes_xy: NDArray[Any]) -> BoolArray:
    """A mask of the working grid at photo positions; False outside the frame."""
    at = np.rint(frame.working_from_photo(nodes_xy)).astype(int)
    rows, columns = mask.shape
    x, y = at[..., 0], at[..., 1]
    inside = (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
    return np.asarray(inside & mask[np.clip(y, 0, rows - 1), np.clip(x, 0, columns - 1)])


def registration(
    baseline: DecodedPhoto,
    followup: DecodedPhoto,
    *,
    frame: Frame,
    coarse: PointField,
    refined: Refined,
    skin: BoolArray,
    step: int,
    method: str,
) -> Registration:
    """The finished field.

    Parameters
    ----------
    baseline, followup : DecodedPhoto
    frame : Frame
        Of the baseline.
    coarse : PointField
        Continues the field outside the frame, where it is never valid.
    refined : Refined
        On the frame's grid.
    skin : ndarray of bool, shape (h, w)
        Baseline skin on the frame's grid.
    step : int
        Node spacing in baseline pixels.
    method : str
        What was done.

    Returns
    -------
    Registration
        Valid where there is skin, the estimated error is below 0.5 mm, the field lands inside the
        follow-up and neither folds nor shrinks the skin to under 40 % of the usual. Estimated
        errors are those of a field with no valid node when there is none: infinite.
    """
    nodes = grid_positions(baseline.size_px, step)
    on_frame = frame.working_from_photo(nodes)
    field_xy = read_field(refined.followup_xy, on_frame)
    error_mm = read_at(refined.error_mm, on_frame)
    outside = ~at_nodes(np.ones(frame.shape, dtype=bool), frame, nodes)
    beyond = coarse.on_working_grid(nodes.shape[:2], lambda node: node * step)
    field_xy[outside] = beyond[outside]
    width, height = followup.size_px
    landed = (field_xy >= 0).all(axis=-1) & (field_xy <= (width - 1, height - 1)).all(axis=-1)
    sound = relative_area(refined.followup_xy) > _MIN_AREA_RATIO
    of_skin = at_nodes(skin, frame, nodes)
    valid = at_nodes(skin & sound, frame, nodes) & landed & (error_mm < VALID_BELOW_MM)
    errors = error_mm[valid] if valid.any() else np.array([np.inf])
    return Registration(
        baseline_size_px=baseline.size_px,
        followup_size_px=followup.size_px,
        step=step,
        followup_from_baseline_xy=field_xy,
        valid=valid,
        error_mm=error_mm,
        estimated_error_mm=ErrorSummary(float(np.median(errors)), float(np.percentile(errors, 95))),
        overlap=float(valid.sum() / max(int(of_skin.sum()), 1)),
        method=method,
        version=VERSION,
    )
