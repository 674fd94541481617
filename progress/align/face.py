"""The same face in two photos: landmarks first, then the fine structure of the skin itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from progress.align.coarse import point_field
from progress.align.dense import Refined, refine
from progress.align.error import FACE_WEIGHTS, agreement_over
from progress.align.face_skin import OVAL, face_skin, mouth_zone, plain_skin
from progress.align.frame import Frame, cut_frame, grid_positions
from progress.align.perspective import nearness_change_per_m
from progress.align.result import at_nodes, field_step, identity, registration, same_pictures
from progress.imaging import DecodedPhoto
from progress.landmarks import view_of
from progress.model import Landmarks, NotAligned, Registration
from progress.model.checks import BoolArray

WORKING_PX_PER_MM = 4.0
"""At 5 px/mm an alignment takes half as long again for a tenth less error (6.3 px/mm photos)."""

LARGEST_TURN_DEG = 15.0
LEAST_AGREEMENT = 0.22
"""Of 272 pairs of different people none reached 0.18; of 34 pairs of one person at rest and smiling
none fell below 0.27; simulated re-shoots lie above 0.5."""
SURE_AGREEMENT = 0.35
SURE_OVERLAP = 0.60
"""Where less of the skin than this could be placed, the agreement must be the surer one: noise that
was bent to fit reaches 0.22 on less than half of the face."""
LEAST_CONTRAST = 0.22
LARGEST_NEARNESS_PER_M = 1.7
"""15 against 60 cm reads as 1.9 to 2.5, 40 against 80 cm on rendered heads as at most 1.55."""
OTHER_MOUTH = 0.30
"""Difference of a mouth blendshape: re-shoots stay below it, 14 of 17 smiles do not."""
LEAST_OVERLAP = 0.30

_MARGIN_MM = 8.0
_REACH_MM = 8.0
_METHOD = "landmarks, affine and smooth residual; dense inverse-search flow, smooth at 1.7 mm"


def align_faces(
    baseline: DecodedPhoto,
    baseline_landmarks: Landmarks,
    followup: DecodedPhoto,
    followup_landmarks: Landmarks,
) -> Registration | NotAligned:
    """Where the baseline's facial skin lies in the follow-up.

    Parameters
    ----------
    baseline, followup : DecodedPhoto
        Two photos of one person from about the same side.
    baseline_landmarks, followup_landmarks : Landmarks
        478 points each, in the pixels of their photo.

    Returns
    -------
    Registration or NotAligned
        Valid only inside the face oval, without eyes and mouth opening. A photo with itself gives
        the exact identity. The mouth and 6 mm around it are not valid where its expression differs.
        Refused with a reason where the head is turned by more than 15 degrees between the photos,
        where the camera stood much nearer in one of them, where the fine structure of plain skin
        does not agree (another person, heavy make-up or retouching, or too soft a photo: the
        pictures cannot tell which), or where under 30 % of the skin could be placed.

    Notes
    -----
    A lesion that shrank or moved pulls the field a little with it, see `progress.align.dense`:
    measure on native pixels inside carried regions, never on warped pixels. Hair that fell
    elsewhere, a beard grown or shaved, and glasses are not recognised as such; the error rises
    there and the nodes become invalid.
    """
    px_per_mm = baseline_landmarks.scale.px_per_mm
    step = field_step(px_per_mm)
    points = np.asarray(baseline_landmarks.points_xy)
    frame = cut_frame(
        baseline,
        points[list(OVAL)],
        margin_px=_MARGIN_MM * px_per_mm,
        px_per_mm=px_per_mm,
        working_px_per_mm=WORKING_PX_PER_MM,
    )
    on_frame = frame.working_from_photo(points)
    skin = face_skin(on_frame, frame.shape)
    if same_pictures(baseline, followup):
        return identity(
            baseline, at_nodes(skin, frame, grid_positions(baseline.size_px, step)), step
        )
    refusal = _other_view(baseline_landmarks, followup_landmarks)
    if refusal is not None:
        return refusal
    partners = np.asarray(followup_landmarks.points_xy)
    # The irises follow the gaze, not the skin.
    coarse = point_field(points[:468], partners[:468], reach_px=_REACH_MM * px_per_mm)
    other = cut_frame(
        followup,
        partners[list(OVAL)],
        margin_px=2 * _MARGIN_MM * px_per_mm * coarse.zoom,
        px_per_mm=px_per_mm * coarse.zoom,
        working_px_per_mm=frame.px_per_mm,
    )
    start = coarse.on_working_grid(frame.shape, frame.photo_from_working)
    refined = refine(frame, other, start, skin, weights=FACE_WEIGHTS)
    plain = plain_skin(on_frame, frame.shape, px_per_mm=frame.px_per_mm)
    agreement = agreement_over(refined.baseline_structure, refined.followup_structure, plain)
    if agreement < LEAST_AGREEMENT:
        return NotAligned(_why_disagreeing(agreement, LEAST_AGREEMENT, refined, plain))
    found = registration(
        baseline,
        followup,
        frame=frame,
        coarse=coarse,
        refined=refined,
        skin=skin & ~_mouth_moved(baseline_landmarks, followup_landmarks, on_frame, frame),
        step=step,
        method=_METHOD,
    )
    doubt = _doubt(found, agreement, refined, plain, baseline_landmarks)
    # A refusal is falsy, so `or` would pass it over.
    return found if doubt is None else doubt


def _doubt(
    found: Registration,
    agreement: float,
    refined: Refined,
    plain: BoolArray,
    landmarks: Landmarks,
) -> NotAligned | None:
    """What is wrong with a finished field, if anything."""
    nearness = nearness_change_per_m(found, landmarks)
    if isinstance(nearness, float) and abs(nearness) > LARGEST_NEARNESS_PER_M:
        nearer = "nearer" if nearness > 0 else "further away"
        return NotAligned(
            f"different distances: the follow-up was taken from much {nearer} (one over the "
            f"distance differs by {abs(nearness):.1f} per metre, expected at most "
            f"{LARGEST_NEARNESS_PER_M}), which reshapes the face; stand where the baseline was "
            "taken and zoom"
        )
    if found.overlap < SURE_OVERLAP and agreement < SURE_AGREEMENT:
        return NotAligned(_why_disagreeing(agreement, SURE_AGREEMENT, refined, plain))
    if found.overlap < LEAST_OVERLAP:
        return NotAligned(
            f"too little of the same skin: expected at least {LEAST_OVERLAP:.0%} of the face, "
            f"got {found.overlap:.0%}; show the same part of the face in both photos"
        )
    return None


def _other_view(baseline: Landmarks, followup: Landmarks) -> NotAligned | None:
    """Refusal of faces seen from different sides; roll, which a camera can do alone, is free."""
    views = view_of(baseline), view_of(followup)
    a, b = baseline.pose, followup.pose
    turned = float(np.hypot(a.yaw_deg - b.yaw_deg, a.pitch_deg - b.pitch_deg))
    if turned <= LARGEST_TURN_DEG:
        return None
    named = " against ".join(view.value.replace("_", " ") for view in dict.fromkeys(views))
    return NotAligned(
        f"different views ({named}): expected the head turned alike within "
        f"{LARGEST_TURN_DEG:.0f} degrees, got {turned:.0f}; compare photos of the same view"
    )


def _mouth_moved(
    baseline: Landmarks, followup: Landmarks, on_frame: NDArray[np.float64], frame: Frame
) -> BoolArray:
    """The mouth and its surroundings where its expression differs; else nothing."""
    moved = max(
        (
            abs(strength - followup.expression.get(name, 0.0))
            for name, strength in baseline.expression.items()
            if name.startswith(("mouth", "jaw"))
        ),
        default=0.0,
    )
    if moved < OTHER_MOUTH:
        return np.zeros(frame.shape, dtype=bool)
    return mouth_zone(on_frame, frame.shape, px_per_mm=frame.px_per_mm)


def _why_disagreeing(agreement: float, least: float, refined: Refined, plain: BoolArray) -> str:
    """Refusal of skin that does not match, by the likeliest cause."""
    for name, structure in (
        ("baseline", refined.baseline_structure),
        ("follow-up", refined.followup_structure),
    ):
        contrast = float(np.median(np.abs(structure[plain]))) if plain.any() else 0.0
        if contrast < LEAST_CONTRAST:
            return (
                f"too little fine structure in the {name}: expected a contrast of at least "
                f"{LEAST_CONTRAST:.2f}, got {contrast:.2f}; take it sharper, closer and without "
                "make-up or a beauty filter"
            )
    return (
        "the skin's fine structure does not match: expected agreement of at least "
        f"{least:.2f}, got {agreement:.2f}; another person, heavy make-up or "
        "retouching, or a photo too soft or grainy to tell"
    )
