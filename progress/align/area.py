"""The same area of the body in two photos: distinctive points first, then the fine structure."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.align.coarse import PointField, point_field
from progress.align.dense import fine_structure, refine
from progress.align.error import AREA_WEIGHTS, agreement_over
from progress.align.frame import Frame, cut_frame, grid_positions
from progress.align.result import field_step, identity, registration, same_pictures
from progress.imaging import DecodedPhoto
from progress.model import NotAligned, Registration

WORKING_PX_PER_MM = 5.0
LONGEST_SIDE_PX = 900
LEAST_MATCHES = 15
LEAST_AGREEMENT = 0.20
LEAST_OVERLAP = 0.30
LARGEST_ZOOM = 3.0

_RATIO = 0.8
_MISS_PX = 3.0
_MAX_POINTS = 3000
_GRID = 12
_METHOD = "SIFT matches, homography (MAGSAC++); dense inverse-search flow, smooth at 1.7 mm"


def align_areas(
    baseline: DecodedPhoto, followup: DecodedPhoto, *, px_per_mm: float
) -> Registration | NotAligned:
    """Where the baseline's skin lies in the follow-up, for a photo without a face.

    Parameters
    ----------
    baseline, followup : DecodedPhoto
        Two photos of one area, mostly filled with skin that is roughly flat.
    px_per_mm : float
        Of the baseline; the scale of the follow-up comes from the matches.

    Returns
    -------
    Registration or NotAligned
        A photo with itself gives the exact identity. Refused with a reason where fewer than 15
        points agree on one homography, where the fine structure does not agree, or where under
        30 % of the baseline's picture could be placed.

    Raises
    ------
    ValueError
        If `px_per_mm` is not positive.

    Notes
    -----
    SIFT: Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94; MAGSAC++: Barath et al. 2020,
    doi:10.1109/CVPR42600.2020.00138. Everything in the picture counts as skin here; a background
    that moved otherwise gets a large error and is not valid. Strongly curved limbs and folds break
    the homography: their rims become invalid.
    """
    if not px_per_mm > 0:
        raise ValueError(f"px_per_mm: expected a positive number, got {px_per_mm}")
    step = field_step(px_per_mm)
    nodes = grid_positions(baseline.size_px, step)
    if same_pictures(baseline, followup):
        return identity(baseline, np.ones(nodes.shape[:2], dtype=bool), step)
    frame = _whole(baseline, px_per_mm, WORKING_PX_PER_MM)
    other = _whole(followup, px_per_mm, WORKING_PX_PER_MM)
    coarse = _coarse(frame, other)
    if isinstance(coarse, NotAligned):
        return coarse
    # Look again at the follow-up, with as many pixels per millimetre as the baseline's frame.
    other = _whole(followup, px_per_mm * coarse.zoom, frame.px_per_mm)
    start = coarse.on_working_grid(frame.shape, frame.photo_from_working)
    width, height = followup.size_px
    seen = np.asarray(((start >= 0) & (start <= (width - 1, height - 1))).all(axis=-1))
    if seen.mean() < LEAST_OVERLAP:
        return _too_little(float(seen.mean()))
    refined = refine(frame, other, start, seen, weights=AREA_WEIGHTS)
    agreement = agreement_over(refined.baseline_structure, refined.followup_structure, seen)
    if agreement < LEAST_AGREEMENT:
        return NotAligned(
            "the skin's fine structure does not match: expected agreement of at least "
            f"{LEAST_AGREEMENT:.2f}, got {agreement:.2f}; another area, or a photo too soft to tell"
        )
    found = registration(
        baseline,
        followup,
        frame=frame,
        coarse=coarse,
        refined=refined,
        skin=np.ones(frame.shape, dtype=bool),
        step=step,
        method=_METHOD,
    )
    return found if found.overlap >= LEAST_OVERLAP else _too_little(found.overlap)


def _too_little(share: float) -> NotAligned:
    """Refusal of photos that share too little skin."""
    return NotAligned(
        f"too little of the same skin: expected at least {LEAST_OVERLAP:.0%} of the baseline "
        f"photo, got {share:.0%}; frame the follow-up like the baseline"
    )


def _whole(photo: DecodedPhoto, px_per_mm: float, working_px_per_mm: float) -> Frame:
    """The whole photo on a working grid of at most `LONGEST_SIDE_PX`."""
    width, height = photo.size_px
    limit = px_per_mm * LONGEST_SIDE_PX / max(width, height)
    return cut_frame(
        photo,
        np.array([[0.0, 0.0], [width - 1.0, height - 1.0]]),
        margin_px=0.0,
        px_per_mm=px_per_mm,
        working_px_per_mm=min(working_px_per_mm, limit),
    )


def _described(frame: Frame) -> tuple[NDArray[np.float64], Any]:
    """Photo positions and descriptors of distinctive points."""
    structure = fine_structure(frame.log_luminance, px_per_mm=frame.px_per_mm)
    picture = np.rint(structure * 40 + 128).astype(np.uint8)
    finder = cv2.SIFT.create(nfeatures=_MAX_POINTS, contrastThreshold=0.02)
    whole: Any = None
    points, descriptors = finder.detectAndCompute(picture, whole)
    xy = np.array([p.pt for p in points], dtype=np.float64).reshape(-1, 2)
    return frame.photo_from_working(xy), descriptors


def _coarse(frame: Frame, other: Frame) -> PointField | NotAligned:
    """The homography that most matches agree on, as a field."""
    here, of_here = _described(frame)
    there, of_there = _described(other)
    if min(len(here), len(there)) < LEAST_MATCHES:
        return NotAligned(
            f"too little texture: expected at least {LEAST_MATCHES} distinctive points in each "
            f"photo, got {min(len(here), len(there))}; take it sharper or include a mole or mark"
        )
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(of_here, of_there, k=2)
    good = [p[0] for p in pairs if len(p) == 2 and p[0].distance < _RATIO * p[1].distance]
    agreeing = 0
    if len(good) >= 4:
        a = here[[m.queryIdx for m in good]]
        b = there[[m.trainIdx for m in good]]
        miss_px = _MISS_PX * float(other.stride.mean())
        plane, inliers = cv2.findHomography(a, b, cv2.USAC_MAGSAC, miss_px, maxIters=5000)
        agreeing = int(inliers.sum()) if plane is not None else 0
    if agreeing < LEAST_MATCHES:
        return NotAligned(
            f"no common skin found: expected at least {LEAST_MATCHES} points to agree, got "
            f"{agreeing}; photograph the same area from the same side, sharp and well lit"
        )
    left, top, right, bottom = frame.box
    x, y = np.meshgrid(np.linspace(left, right, _GRID), np.linspace(top, bottom, _GRID))
    nodes = np.stack([x, y], axis=-1).reshape(-1, 1, 2)
    moved = cv2.perspectiveTransform(nodes, np.asarray(plane, dtype=np.float64))
    coarse = point_field(
        nodes[:, 0], np.asarray(moved)[:, 0], reach_px=0.6 * max(right - left, bottom - top) / _GRID
    )
    if not 1 / LARGEST_ZOOM < coarse.zoom < LARGEST_ZOOM or np.linalg.det(coarse.affine[:2]) <= 0:
        return NotAligned(
            f"different views: expected the same area at a scale within {LARGEST_ZOOM:.0f} times, "
            f"got {coarse.zoom:.2g} times; frame the follow-up like the baseline"
        )
    return coarse
