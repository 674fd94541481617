"""Whether the face is at rest, and whether two photos show the same face at rest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from progress.bundle import canonical_mesh
from progress.model import Landmarks

EXPRESSIONS = {
    "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "pressed lips": ("mouthPressLeft", "mouthPressRight"),
    "squint": ("eyeSquintLeft", "eyeSquintRight"),
    "lowered brows": ("browDownLeft", "browDownRight"),
    "raised brows": ("browInnerUp", "browOuterUpLeft", "browOuterUpRight"),
    "open jaw": ("jawOpen",),
    "puffed cheeks": ("cheekPuff",),
}
RELAX = {
    "smile": "let the mouth rest",
    "pressed lips": "let the lips rest",
    "squint": "open the eyes softly, away from bright light",
    "lowered brows": "let the brows rest",
    "raised brows": "let the brows rest",
    "open jaw": "close the mouth",
    "puffed cheeks": "let the cheeks rest",
}

# The landmarker reads this much in faces at rest: of 17 neutral faces the squint was up to 0.58,
# brows up to 0.81, while smile and jaw stayed below 0.16.
AT_REST = {"squint": 0.3, "lowered brows": 0.4, "raised brows": 0.4, "pressed lips": 0.2}

_STILL = (33, 133, 362, 263, 168, 6, 197, 195, 5, 4, 1, 10, 151, 9, 127, 356, 234, 454)
_MOUTH_CORNERS = (61, 291)


def expression_strengths(landmarks: Landmarks) -> dict[str, float]:
    """Each expression as the mean of its blendshapes, 0..1."""
    return {
        name: sum(landmarks.expression.get(shape, 0.0) for shape in shapes) / len(shapes)
        for name, shapes in EXPRESSIONS.items()
    }


def mouth_widening_mm(baseline: Landmarks, followup: Landmarks) -> float:
    """How much further out each mouth corner stands in the follow-up, mm of an average head.

    An affine map of the mesh takes pose and distance out, so only the mouth's own movement is left.
    Re-shoots of 25 faces read up to 0.5; of 17 smiles, all that can be seen read 1.4 to 10.
    """
    return (_mouth_width(followup) - _mouth_width(baseline)) / 2.0


def _mouth_width(landmarks: Landmarks) -> float:
    """Mouth corners' distance in head coordinates, mm, above that of the average head."""
    vertices = canonical_mesh().vertices_mm
    still, corners = list(_STILL), list(_MOUTH_CORNERS)
    design = np.column_stack([vertices[still], np.ones(len(still))])
    view = np.linalg.lstsq(design, landmarks.points_xy[still], rcond=None)[0]
    expected = np.column_stack([vertices[corners], np.ones(2)]) @ view
    # Only x and y of the head are seen back from the picture; depth is taken from the mesh.
    rest: NDArray[np.float64] = (landmarks.points_xy[corners] - expected) @ np.linalg.inv(view[:2])
    return float(rest[1, 0] - rest[0, 0])
