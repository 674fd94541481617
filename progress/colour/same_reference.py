"""The same untreated skin found again in a second photo.

The neck does not turn with the face: between two poses a strip laid out by the chin slides over it
by up to a centimetre, and over its shadows and reddened folds; and which of its pixels pass for
bare, lit skin depends on the light. Both move redness by more than a treatment does. So the strip
of the first photo is found again by its own picture, and only skin that passes in both counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import gaussian_blur, optical_density
from progress.model import ReferenceSkin
from progress.model.checks import BoolArray, FloatArray

_FARTHEST_MM = 12.0
"""By which the neck may have slid under the chin."""
_LEAST_CORRELATION = 0.5
_LEAST_MOVED_MM = 3.0
"""By which stretching and turning may move a corner once the slide is known; more is a mistake."""
_TEXTURE_MM = (0.4, 4.0)
_DEEPEST = 4.0
"""Optical density at which black cloth is cut."""
_STEPS, _SMALLEST_STEP = 60, 1e-4
_LEAST_SHARE = 0.25
"""Of the first photo's skin that must pass in both: else each photo is told by its own."""


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceView:
    """Reference skin as one photo shows it, for finding it again.

    Parameters
    ----------
    density : ndarray of float64, shape (H, W, 3)
        Optical density of the box around the outline.
    usable : ndarray of bool, shape (H, W)
        Bare, lit skin inside the outline.
    corner_xy : tuple of float
        Left and top of the box in photo pixels.
    scale : float
        View pixels per photo pixel.
    px_per_mm : float
        View pixels per millimetre.
    outline_xy : ndarray of float64, shape (K, 2)
        In photo pixels.
    """

    density: NDArray[np.float64] = field(repr=False)
    usable: BoolArray = field(repr=False)
    corner_xy: tuple[float, float]
    scale: float
    px_per_mm: float
    outline_xy: NDArray[np.float64] = field(repr=False)

    def in_view(self, xy: NDArray[Any]) -> NDArray[np.float64]:
        """Photo pixels to view pixels."""
        return np.asarray((np.asarray(xy) - self.corner_xy + 0.5) * self.scale - 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class SeenReference(ReferenceSkin):
    """Reference skin with the view it was read from."""

    view: ReferenceView | None = field(default=None, repr=False)


def reference_again(first: ReferenceSkin, second: ReferenceSkin) -> ReferenceSkin:
    """Reference skin of a second photo, told by the same skin as that of the first.

    Parameters
    ----------
    first : ReferenceSkin
        Of the baseline photo.
    second : ReferenceSkin
        Of the second photo by itself.

    Returns
    -------
    ReferenceSkin
        The first one's density plus the change of the skin that both photos show; `second` as it
        is where either has no view or they share too little.
    """
    a = first.view if isinstance(first, SeenReference) else None
    b = second.view if isinstance(second, SeenReference) else None
    if a is None or b is None or len(a.outline_xy) != len(b.outline_xy):
        return second
    there = _refined(a, b, _start(a, b))
    height, width = a.usable.shape
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    # Light is averaged, not its logarithm: as a lens would.
    light = np.exp(-b.density).astype(np.float32)
    seen = cv2.warpAffine(light, there, (width, height), flags=flags)
    cover = cv2.warpAffine(b.usable.astype(np.float32), there, (width, height), flags=flags)
    both = a.usable & (cover > 0.99)
    if both.sum() < _LEAST_SHARE * a.usable.sum():
        return second
    change = middle_of_skin(np.asarray(optical_density(seen[both]), np.float64)) - middle_of_skin(
        a.density[both]
    )
    return replace(second, optical_density=first.optical_density + change)


def _start(a: ReferenceView, b: ReferenceView) -> NDArray[np.float64]:
    """The affine from view `a` to view `b` that takes one outline to the other, shape (2, 3)."""
    source = np.column_stack([a.in_view(a.outline_xy), np.ones(len(a.outline_xy))])
    solution, *_ = np.linalg.lstsq(source, b.in_view(b.outline_xy), rcond=None)
    return np.asarray(solution.T)


def _refined(a: ReferenceView, b: ReferenceView, start: NDArray[np.float64]) -> FloatArray:
    """The affine at which the two pictures of the neck correlate best, near the start."""
    warp = start.astype(np.float32)
    template, picture = (_texture(view) for view in (a, b))
    reach = round(_FARTHEST_MM * a.px_per_mm)
    rows, columns = np.nonzero(a.usable)
    top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    # Seen from the first photo's frame with room to slide.
    shift = np.array([left - reach, top - reach], dtype=np.float64)
    room = (int(right - left) + 2 * reach, int(bottom - top) + 2 * reach)
    onto = warp.copy()
    onto[:, 2] += (warp[:, :2] @ shift).astype(np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(picture, onto, room, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    score = cv2.matchTemplate(seen, template[top:bottom, left:right], cv2.TM_CCOEFF_NORMED)
    _, best, _, at = cv2.minMaxLoc(score)
    if best < _LEAST_CORRELATION:
        return warp
    slid = np.array(at, dtype=np.float64) - reach
    warp[:, 2] += (warp[:, :2] @ slid).astype(np.float32)
    stop = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, _STEPS, _SMALLEST_STEP)
    mask = a.usable.view(np.uint8)
    try:
        _, found = cv2.findTransformECC(
            template, picture, warp.copy(), cv2.MOTION_AFFINE, stop, mask, 1
        )
    except cv2.error:
        # Too little to hold on to for more than the slide.
        return warp
    corners = np.column_stack([a.in_view(a.outline_xy), np.ones(len(a.outline_xy))])
    moved = np.hypot(*((np.asarray(found) - warp) @ corners.T)).max() / b.px_per_mm
    return np.asarray(found, np.float32) if moved < _LEAST_MOVED_MM else warp


def _texture(view: ReferenceView) -> FloatArray:
    """Folds and spots of the neck: lightness between half a millimetre and four wide."""
    lightness = np.clip(view.density.mean(axis=2), 0.0, _DEEPEST).astype(np.float32)
    fine, coarse = (gaussian_blur(lightness, mm * view.px_per_mm) for mm in _TEXTURE_MM)
    return np.asarray(fine - coarse, dtype=np.float32)


def middle_of_skin(density: NDArray[np.float64]) -> NDArray[np.float64]:
    """Middles of lightness and of colour apart, put together again.

    Parameters
    ----------
    density : ndarray of float64, shape (n, 3)

    Returns
    -------
    ndarray of float64, shape (3,)
    """
    lightness = density.mean(axis=1)
    colour = _midmean(density - lightness[:, None])
    return np.asarray(_midmean(lightness[:, None])[0] + colour - colour.mean())


def _midmean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the middle half of each column.

    A median of 8-bit codes snaps to a code, 6 % apart on dark skin; this does not.
    """
    quarter = len(values) // 4
    ordered = np.sort(values, axis=0)
    return np.asarray(ordered[quarter : len(values) - quarter].mean(axis=0))
