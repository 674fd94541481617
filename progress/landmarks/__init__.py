"""Where the face is: points, pose, expression, scale. The only room that knows mediapipe."""

from progress.landmarks.finder import find_face
from progress.landmarks.landmarker import close_landmarker

__all__ = ["close_landmarker", "find_face"]
