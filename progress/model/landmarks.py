"""Where things are in one photo: points, pose, expression, scale."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from progress.model.checks import FloatArray, frozen_array


class ScaleSource(enum.Enum):
    """What a scale was read from."""

    IRIS = "iris"
    FIDUCIAL = "fiducial"
    GIVEN = "given"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Scale:
    """How many pixels a millimetre of skin takes at the face plane.

    Parameters
    ----------
    px_per_mm : float
        Positive.
    relative_error : float
        One standard error of the absolute scale as a fraction: 0.04 for the iris, because the
        visible iris is 11.7 mm wide with about that spread over people (Rüfer 2005,
        doi:10.1097/01.ico.0000148312.01805.53). Within one client it cancels.
    source : ScaleSource
        What it was read from.
    """

    px_per_mm: float
    relative_error: float
    source: ScaleSource

    def __post_init__(self) -> None:
        if not (math.isfinite(self.px_per_mm) and self.px_per_mm > 0):
            raise ValueError(f"px_per_mm: expected a positive number, got {self.px_per_mm}")


@dataclass(frozen=True, slots=True)
class Pose:
    """Head rotation in degrees, as seen by the camera.

    `yaw_deg` is positive when the client turns to their own left (the nose moves to the right of
    the picture), `pitch_deg` positive when they look up, `roll_deg` positive when the head tilts
    clockwise as the picture shows it. All zero is frontal and upright.
    """

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """A face found in one photo.

    Parameters
    ----------
    points_xy : ndarray of float64, shape (N, 2)
        Upright full-resolution pixels, origin at the centre of the top-left pixel.
    depth_px : ndarray of float64, shape (N,)
        Depth in the same pixel unit, smaller is nearer to the camera; relative to the head centre.
    visibility : ndarray of float32, shape (N,)
        0..1; how surely the point faces the camera.
    pose : Pose
        Head rotation.
    expression : mapping of str to float
        Blendshape name to strength in 0..1.
    scale : Scale
        Pixels per millimetre at the face.
    scheme, finder : str
        Name of the point scheme (``"mediapipe-478"``) and of finder and model version.
    chosen_by : str
        Empty when exactly one face was seen; else the rule by which this one was chosen.
    """

    points_xy: NDArray[Any] = field(repr=False)
    depth_px: NDArray[Any] = field(repr=False)
    visibility: FloatArray = field(repr=False)
    pose: Pose
    expression: Mapping[str, float] = field(repr=False)
    scale: Scale
    scheme: str
    finder: str
    chosen_by: str = ""

    def __post_init__(self) -> None:
        points = frozen_array(
            self.points_xy, dtype="float64", shape=(None, 2), name="Landmarks.points_xy"
        )
        n = points.shape[0]
        depth = frozen_array(self.depth_px, dtype="float64", shape=(n,), name="Landmarks.depth_px")
        seen = frozen_array(
            self.visibility, dtype="float32", shape=(n,), name="Landmarks.visibility"
        )
        object.__setattr__(self, "points_xy", points)
        object.__setattr__(self, "depth_px", depth)
        object.__setattr__(self, "visibility", seen)
