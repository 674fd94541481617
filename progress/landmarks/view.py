"""From which side a face is seen."""

from __future__ import annotations

from progress.model import Landmarks, View

_FRONTAL_WITHIN_DEG = 20.0
_OBLIQUE_WITHIN_DEG = 60.0


def view_of(landmarks: Landmarks | None) -> View:
    """The view by yaw: frontal within 20 degrees, oblique to 60, else profile.

    A client who turns to their own left shows their right side, and the view is named for the side
    that is seen. Without a face it is a view of the body.
    """
    if landmarks is None:
        return View.BODY
    yaw = landmarks.pose.yaw_deg
    if abs(yaw) <= _FRONTAL_WITHIN_DEG:
        return View.FRONTAL
    if abs(yaw) <= _OBLIQUE_WITHIN_DEG:
        return View.RIGHT_OBLIQUE if yaw > 0 else View.LEFT_OBLIQUE
    return View.RIGHT_PROFILE if yaw > 0 else View.LEFT_PROFILE
