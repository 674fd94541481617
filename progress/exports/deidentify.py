"""Hiding who it is: regions alone, eyes covered or blurred, what a user outlines.

A bar over the eyes does not hide a face from a machine: on 50 photographs of real people the face
landmarker found every face behind every bar (docs/comparison.md), so a bar alone never passes. It
is grown, in the end to the mouth and with the outline of the face cut away, and where even that is
found the export is refused. What passes is a crop to regions of skin.

The check looks at finished panels, at several sizes, mirrored and with paper around them. It says
that one face finder of today finds no face there; it cannot say that a friend would not know them.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.exports.recipe_parts import Blur, Cover
from progress.landmarks.landmarker import detect_faces
from progress.model import Landmarks, NotAllowed
from progress.regions.face import BROWS, EYES, LIPS, OVAL

Codes = NDArray[np.uint8]
Points = NDArray[np.float64]
ToPanel = Callable[[Points], Points]

BLUR_MM = 9.0
"""Three passes of boxes this wide to each side leave nothing below about a whole eye."""
EYE_MARGIN_MM = 6.0
"""Around the opening of an eye: lids, lashes and the landmarker's own error."""
MOUTH_MARGIN_MM = 5.0
_REGION_EYES_MM = (3.0, EYE_MARGIN_MM)
"""Lashes, and what a crop of the skin around the eye can spare; then more, then the bar."""
_REGION_MOUTH_MM = 2.5
"""The landmarker draws the lips a millimetre or two off; what is shown beside them is skin."""
LOOKS_PX = (256, 640, 1280)
"""Longest sides at which a face is looked for: the finder's input, a web page, a screen."""
_BORDER = 0.35
"""Paper around a panel at one more look: the finder misses faces that fill the picture."""
_PARTS = 3
_LEAST_PART_PX = 48
"""Below this there is no face to be known by anybody."""
_SHOWN_CORNERS = 0.01


class Hiding(enum.Enum):
    """What is done about the face."""

    NOTHING = "nothing"
    """The face is shown; only with consent for it."""
    EYES_COVERED = "eyes_covered"
    """A dark bar over eyes and brows, grown until no face is found, or refused."""
    EYES_BLURRED = "eyes_blurred"
    """The same with a blur."""
    REGION = "region"
    """Only the named regions' skin; paper elsewhere, eyes and mouth covered."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How much is hidden at one try.

    Parameters
    ----------
    half_width : float
        Of the bar, in distances between the eyes.
    up_mm, down_mm : float
        Of the bar, from the line through both eyes.
    mouth, outline : bool
        Whether the mouth is hidden and everything outside the face's oval.
    region_mm : float
        How far the outlines of shown regions are drawn in: the shape of a cheek cut out of paper
        now and then looks like a head.
    said : str
        What was added, for the user; empty for the first try.
    """

    half_width: float
    up_mm: float
    down_mm: float
    mouth: bool = False
    outline: bool = False
    region_mm: float = 0.0
    said: str = ""


BARS = (
    Measure(0.95, 15.0, 12.0),
    Measure(1.1, 22.0, 16.0, region_mm=1.5, said="the bar over the eyes was made larger"),
    Measure(
        1.1, 22.0, 16.0, mouth=True, outline=True, region_mm=3.0,
        said="mouth and outline were hidden too",
    ),
    Measure(
        1.1, 22.0, 34.0, mouth=True, outline=True, region_mm=4.5,
        said="everything from the brows to the mouth was hidden",
    ),
)  # fmt: skip
"""Tries in order: the least that is asked for, then what makes a face harder to find."""

STILL_KNOWN = "a bar or blur over the eyes does not hide who it is: a face finder finds the face"


def eyes_bar(face: Landmarks, measure: Measure) -> Points:
    """The bar over both eyes as four corners in photo pixels.

    Parameters
    ----------
    face : Landmarks
        Of that very photo.
    measure : Measure

    Returns
    -------
    ndarray of float64, shape (4, 2)
        Along the line through both eyes, wide enough for brows and lids of this photo.
    """
    points = face.points_xy
    scale = face.scale.px_per_mm
    one, other = (points[list(eye)].mean(axis=0) for eye in EYES)
    apart = float(np.hypot(*(other - one)))
    along = (other - one) / max(apart, 1e-9)
    across = np.array([-along[1], along[0]])
    middle = (one + other) / 2
    must = points[[i for part in (*EYES, *BROWS) for i in part]] - middle
    reach, drop = must @ along, must @ across
    half = max(measure.half_width * apart, float(np.abs(reach).max()) + EYE_MARGIN_MM * scale)
    up = max(measure.up_mm * scale, float(-drop.min()) + 2.0 * scale)
    down = max(measure.down_mm * scale, float(drop.max()) + EYE_MARGIN_MM * scale)
    return np.array(
        [
            middle - half * along - up * across,
            middle + half * along - up * across,
            middle + half * along + down * across,
            middle - half * along + down * across,
        ]
    )


def grown(points_xy: Points, margin_px: float) -> Points:
    """The convex outline of points, every part of it moved out by `margin_px`.

    Parameters
    ----------
    points_xy : ndarray, shape (N, 2)
    margin_px : float

    Returns
    -------
    ndarray of float64, shape (K, 2)
    """
    ways = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
    # A little more than the margin, so that the sixteen-cornered circle holds the round one.
    disc = margin_px / np.cos(np.pi / 16) * np.stack([np.cos(ways), np.sin(ways)], axis=1)
    spread = (np.asarray(points_xy)[:, None, :] + disc[None]).reshape(-1, 2)
    hull = cv2.convexHull(spread.astype(np.float32))
    return np.asarray(hull[:, 0], dtype=np.float64)


def corners_of(points_xy: Points) -> tuple[tuple[float, float], ...]:
    """Corners as a recipe keeps them, to 1/100 px."""
    kept = np.round(np.asarray(points_xy, dtype=np.float64) / _SHOWN_CORNERS) * _SHOWN_CORNERS
    return tuple((round(float(x), 2), round(float(y), 2)) for x, y in kept)


def hidden_face(
    hiding: Hiding, face: Landmarks | None, measure: Measure, to_panel: ToPanel
) -> tuple[Cover | Blur, ...]:
    """What covers or blurs the face in one panel.

    Parameters
    ----------
    hiding : Hiding
    face : Landmarks or None
        Of the panel's own photo; None on the body.
    measure : Measure
        One of `BARS`.
    to_panel : callable
        From photo pixels, shape (N, 2), to panel pixels.
    """
    if hiding is Hiding.NOTHING or face is None:
        return ()
    points, scale = face.points_xy, face.scale.px_per_mm
    lips = points[list(LIPS)]
    if hiding is Hiding.REGION:
        tries = BARS.index(measure)
        eyes = [eyes_bar(face, measure)]
        if tries < len(_REGION_EYES_MM):
            eyes = [grown(points[list(eye)], _REGION_EYES_MM[tries] * scale) for eye in EYES]
        shapes = [*eyes, grown(lips, _REGION_MOUTH_MM * scale)]
        return tuple(Cover(corners_of(to_panel(shape))) for shape in shapes)
    bar = corners_of(to_panel(eyes_bar(face, measure)))
    parts: list[Cover | Blur] = [
        Cover(bar) if hiding is Hiding.EYES_COVERED else Blur(bar, BLUR_MM)
    ]
    if measure.mouth:
        parts.append(Cover(corners_of(to_panel(grown(lips, MOUTH_MARGIN_MM * scale)))))
    if measure.outline:
        parts.append(Cover(corners_of(to_panel(points[list(OVAL)])), outside=True))
    return tuple(parts)


def _looks(panel: Codes) -> Iterator[Codes]:
    """A panel as a face might be looked for in it."""
    high, wide = panel.shape[:2]
    edge = round(_BORDER * max(high, wide))
    framed = np.pad(panel, ((edge, edge), (edge, edge), (0, 0)), constant_values=255)
    for picture, sizes in ((panel, LOOKS_PX), (framed, LOOKS_PX[1:2])):
        longest = max(picture.shape[:2])
        for side in sizes:
            share = side / longest
            new = tuple(max(1, round(n * share)) for n in picture.shape[1::-1])
            way = cv2.INTER_AREA if share < 1 else cv2.INTER_CUBIC
            seen = np.asarray(cv2.resize(picture, new, interpolation=way), dtype=np.uint8)
            yield seen
            yield np.ascontiguousarray(seen[:, ::-1])


def _parts(panel: Codes) -> Iterator[Codes]:
    """Thirds of a panel, each with half of its neighbours: small faces are large in one of them."""
    high, wide = panel.shape[:2]
    for row in range(_PARTS):
        for column in range(_PARTS):
            top, left = row * high // _PARTS, column * wide // _PARTS
            down, right = top - high // 6, left - wide // 6
            part = panel[max(0, down) : top + high // 2, max(0, right) : left + wide // 2]
            if min(part.shape[:2]) >= _LEAST_PART_PX:
                yield part


def finds_face(panel: Codes, *, in_parts: bool = False) -> bool:
    """Whether the face landmarker finds a face in finished pixels.

    Parameters
    ----------
    panel : ndarray of uint8, shape (H, W, 3)
    in_parts : bool
        Whether to look at parts of the panel as well: on body photos, where a bystander's face may
        be a small part of the picture.

    Returns
    -------
    bool
        True if it does at any of three sizes or with paper around, mirrored or not.
    """
    parts = _parts(panel) if in_parts else ()
    return any(detect_faces(look) for look in itertools.chain(_looks(panel), parts))


def refused(panels: Sequence[int]) -> NotAllowed:
    """The refusal when a face is still found, naming the panels (from 1)."""
    which = ", ".join(str(at + 1) for at in panels)
    return NotAllowed(
        f"de-identification: expected no face that a face finder sees, got one in panel {which}",
        advice="crop to regions of skin (cheeks, forehead, nose, chin) instead of a bar",
    )
