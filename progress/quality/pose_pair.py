"""Whether two faces are seen from the same side and from as far away."""

from __future__ import annotations

import math

import numpy as np

from progress.model import Landmarks, Need, PairCheck
from progress.quality.facts import ShotFacts
from progress.quality.pair_check import pair_check

MAX_TURN_DEG = 7.0
"""Careful re-shoots of 25 faces by up to 4 degrees each way read at most 3.5, smiling ones 5.6; an
ideal of 3 would refuse what registration and masks can bear."""
MAX_PERSPECTIVE_PERCENT = 1.5
"""Growth of what stands 20 mm nearer, as landmarks show it: they regress to an average head and so
show about a quarter of the true growth (0.15 m against 0.6 m: 2.3 % read, 10 % true; 0.3 m against
0.6 m: 0.7 % read and missed). Re-shoots at one distance read up to 0.4, smiling ones 1.3."""
MAX_FIELD_PERSPECTIVE_PERCENT = 1.5
"""The same as the registered skin shows it: 30 against 60 cm reads 2.0 to 2.6, 45 against 60 cm 1.0
to 1.2, re-shoots from one distance up to 0.7. A smile, which moves the cheeks, reads up to 2.2:
then the landmarks are asked instead."""
MAX_EXIF_PERSPECTIVE_PERCENT = 1.5
"""The same from focal length and scale, where both photos are whole frames of one camera."""

_EXPRESSION_PARTS = (
    1, 4, 5, 6, 168, 197, 195, 33, 133, 263, 362, 10, 151, 9, 67, 297, 109, 338, 234, 454, 93, 323,
    127, 356, 50, 280, 205, 425, 48, 278, 98, 327, 2, 199, 152, 172, 397,
)  # fmt: skip


def view_check(baseline: ShotFacts, followup: ShotFacts) -> PairCheck:
    same = baseline.view is followup.view
    return pair_check(
        "view",
        0.0 if same else 1.0,
        "views apart",
        0.0,
        passed=same,
        advice=f"take the {baseline.view.value.replace('_', ' ')} view again",
        touches={Need.ANY},
    )


def pose_check(baseline: Landmarks, followup: Landmarks) -> PairCheck:
    a, b = baseline.pose, followup.pose
    turn = math.hypot(a.yaw_deg - b.yaw_deg, a.pitch_deg - b.pitch_deg)
    return pair_check(
        "pose",
        turn,
        "deg",
        MAX_TURN_DEG,
        passed=turn <= MAX_TURN_DEG,
        advice=f"bring the head to the baseline's position, {turn:.0f} degrees from here",
        touches={Need.SURFACE, Need.RELIEF_LIGHT},
    )


def perspective_percent(baseline: Landmarks, followup: Landmarks) -> float:
    """How much more what stands 20 mm nearer grows in the follow-up, percent.

    The follow-up's points are fitted by an affine map of the baseline's, a shift along depth (a
    turned head) and a growth along depth (a nearer camera); only the last is perspective.
    """
    index = list(_EXPRESSION_PARTS)
    px_per_mm = baseline.scale.px_per_mm
    p = (baseline.points_xy[index] - baseline.points_xy[index].mean(axis=0)) / px_per_mm
    q = followup.points_xy[index] - followup.points_xy[index].mean(axis=0)
    z = -(baseline.depth_px[index] - baseline.depth_px[index].mean()) / px_per_mm
    ones = np.ones(len(index))
    # q = A p + b + c z, solved first, then the growth z A p on what is left.
    design = np.column_stack([p, ones, z])
    for _ in range(3):
        linear = np.linalg.lstsq(design, q, rcond=None)[0]
        grown = z[:, None] * (p @ linear[:2])
        basis = np.linalg.lstsq(design, grown, rcond=None)[0]
        grown_alone = grown - design @ basis
    left = q - design @ linear
    growth = float((grown_alone * left).sum() / max(float((grown_alone**2).sum()), 1e-12))
    return 100.0 * 20.0 * growth


def distance_check(
    baseline: ShotFacts, followup: ShotFacts, nearness_per_m: float | None
) -> PairCheck:
    """Perspective by focal length and scale where they are known, by skin, else by landmarks."""
    growth, limit = _exif_growth(baseline, followup), MAX_EXIF_PERSPECTIVE_PERCENT
    if growth is None and nearness_per_m is not None:
        growth, limit = 100.0 * 0.02 * nearness_per_m, MAX_FIELD_PERSPECTIVE_PERCENT
    if growth is None:
        marks = (baseline.landmarks, followup.landmarks)
        growth = 0.0 if None in marks else perspective_percent(*marks)  # type: ignore[arg-type]
        limit = MAX_PERSPECTIVE_PERCENT
    way = "further away" if growth > 0 else "closer"
    return pair_check(
        "distance",
        abs(growth),
        "% per 20 mm",
        limit,
        passed=abs(growth) <= limit,
        advice=f"step {way} and zoom until the face has the baseline's size",
        touches={Need.SURFACE, Need.RELIEF_LIGHT, Need.DETAIL},
    )


def _exif_growth(baseline: ShotFacts, followup: ShotFacts) -> float | None:
    """Growth of what stands 20 mm nearer, percent; None when the distances are not known.

    A crop changes what a focal length means, so only whole frames of one camera count, which is
    told by equal sizes.
    """
    if baseline.camera is None or baseline.camera != followup.camera:
        return None
    if set(baseline.size_px) != set(followup.size_px):
        return None
    if baseline.distance_mm is None or followup.distance_mm is None:
        return None
    return 100.0 * 20.0 * (1 / followup.distance_mm - 1 / baseline.distance_mm)
