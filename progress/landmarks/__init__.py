"""Where the face is: points, pose, expression, scale. The only room that knows mediapipe."""

from progress.landmarks.client_scale import lock_scales, locked_scale
from progress.landmarks.fiducial import Fiducial, find_fiducial, find_fiducials
from progress.landmarks.finder import find_face
from progress.landmarks.head_fit import HeadFit, fit_head, rotation_from_pose
from progress.landmarks.iris import Limbus, find_limbi
from progress.landmarks.landmarker import close_landmarker
from progress.landmarks.view import view_of

__all__ = [
    "Fiducial",
    "HeadFit",
    "Limbus",
    "close_landmarker",
    "find_face",
    "find_fiducial",
    "find_fiducials",
    "find_limbi",
    "fit_head",
    "lock_scales",
    "locked_scale",
    "rotation_from_pose",
    "view_of",
]
