"""Where each picture of a set lies against the first: a client breathes between two lamps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import gaussian_blur
from progress.model.checks import BoolArray, FloatArray

_ROUNDS = 8
_STILL_PX = 0.02
_FINE_MM, _MIDDLING_MM = 0.12, 0.25
"""Pixel noise, and with the wider one the shading of pores, is smoothed away below these."""
_COARSE_MM = 1.5
"""Broad shading changes with the lamp and says nothing of place."""
_LOOKED_AT_PX = 900
"""Longest side of the picture on which places are compared: a tenth of its pixel is enough."""
_OUTLIER = 3.0
_POINTS = 30_000
_PULL_PX = 0.8
"""By how much relief alone pulls a picture towards its lamp when it is matched with the mean of
all, on skin that keeps still: measured on phantoms, 0.5 to 1.0 px at 10 px/mm."""
_GRAZING = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """How each picture must be moved to lie on the first.

    Parameters
    ----------
    picture_from_first : ndarray of float64, shape (N, 2, 3)
        Affine: where to read each picture; a shift, a turn and a zoom.
    largest_px : float
        Largest displacement of any corner or middle of any picture.
    """

    picture_from_first: NDArray[np.float64] = field(repr=False)
    largest_px: float


def find_motion(
    light: FloatArray, mask: BoolArray, lamps: NDArray[np.float64], px_per_mm: float
) -> Motion:
    """Shift, turn and zoom of every picture against the first, to about a tenth of a pixel.

    Parameters
    ----------
    light : ndarray of float32, shape (N, H, W)
        Linear brightness under each lamp.
    mask : ndarray of bool, shape (H, W)
        Skin.
    lamps : ndarray, shape (N, 3)
        Directions to the lamps.
    px_per_mm : float

    Returns
    -------
    Motion

    Notes
    -----
    Two pictures under two lamps do not look alike: a furrow lit from the left is bright where it is
    dark when lit from the right, and matching them as they are finds shifts that are none. So each
    is matched with what the others say it should look like under its own lamp: slopes are solved,
    the picture is predicted, and it is moved by Gauss and Newton (Lucas & Kanade 1981); and again,
    because slopes solved from pictures that do not lie on each other are blurred.
    A shift that goes with the lamps, each picture towards its own, makes pigment look like relief
    and cannot be told from it: 0.1 mm of it adds 0.1 mm times the logarithm of colour to the
    height, a hundredth of a millimetre. It is left out unless the skin is seen to move otherwise.
    """
    shrink = min(1.0, _LOOKED_AT_PX / max(mask.shape))
    size = (round(mask.shape[1] * shrink), round(mask.shape[0] * shrink))
    small = np.stack([cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in light])
    seen = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(bool)
    scale = px_per_mm * shrink
    # A ball or a sticker is no skin, and the one shows another picture to each lamp.
    small = np.where(seen, small, np.median(small, axis=0))
    inner = _inside(seen, _COARSE_MM * scale)
    coarse = _banded(small, inner, scale, _MIDDLING_MM)
    unseen = _blind_to(lamps)
    placed = [_first_guess(coarse[0], one) for one in coarse]
    placed = _matched(coarse, seen, placed, lambda moved: np.median(moved, axis=0)[None])
    placed = _believed(placed, unseen)
    per_lamp = lamps / np.maximum(lamps[:, 2:], _GRAZING)
    solve = np.linalg.pinv(per_lamp)

    def predict(moved: FloatArray) -> NDArray[np.floating[Any]]:
        return np.tensordot(per_lamp, np.tensordot(solve, moved, axes=1), axes=1)

    fine = _banded(small, inner, scale, _FINE_MM)
    placed = _matched(fine, seen, placed, predict, unseen=unseen)
    # The set stays where its first picture is.
    back = np.asarray(cv2.invertAffineTransform(placed[0]), dtype=np.float64)
    placed = [_composed(one, back) for one in placed]
    ratio = np.array([mask.shape[1] / size[0], mask.shape[0] / size[1]])
    full = np.stack([_at_full_size(one, ratio) for one in placed])
    return Motion(full, max(_reach(one, mask.shape) for one in full))


def _matched(
    band: FloatArray,
    seen: BoolArray,
    placed: list[NDArray[np.float64]],
    predict: Callable[[FloatArray], NDArray[Any]],
    *,
    unseen: NDArray[np.float64] | None = None,
) -> list[NDArray[np.float64]]:
    """Every picture moved until it looks as predicted; moves that nothing can tell are not made."""
    middle = 0.5 * (np.array(seen.shape[::-1]) - 1.0)
    for _ in range(_ROUNDS):
        moved = np.stack([_moved(one, m) for one, m in zip(band, placed, strict=True)])
        wanted = np.broadcast_to(np.asarray(predict(moved), dtype=np.float32), moved.shape)
        steps = np.array([_step(w, m, seen) for w, m in zip(wanted, moved, strict=True)])
        if unseen is not None:
            steps -= unseen @ steps
        placed = [
            _composed(one, _as_motion(step, middle))
            for one, step in zip(placed, steps, strict=True)
        ]
        if np.abs(steps).max() < _STILL_PX:
            break
    return placed


def _blind_to(lamps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Projection (N, N) onto moves that are the same for all or go with the lamps."""
    basis = np.linalg.qr(np.column_stack([np.ones(len(lamps)), lamps[:, :2]]))[0]
    return np.asarray(basis @ basis.T)


def _believed(
    placed: list[NDArray[np.float64]], unseen: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """The moves, those that go with the lamps believed as far as the others show motion at all."""
    moves = np.array(placed) - np.eye(2, 3)
    doubtful = np.tensordot(unseen, moves, axes=1)
    common = moves.mean(axis=0)
    sure = moves - doubtful
    spread = float((sure[:, :, 2] ** 2).mean()) * len(moves) / max(len(moves) - 3, 1)
    belief = spread / (spread + _PULL_PX**2)
    kept = sure + common + belief * (doubtful - common)
    return [np.eye(2, 3) + one for one in kept]


def lay_on_first(picture: FloatArray, motion: NDArray[np.float64]) -> FloatArray:
    """A picture moved onto the first; NaN where it shows nothing.

    Parameters
    ----------
    picture : ndarray of float32, shape (H, W) or (H, W, C)
    motion : ndarray, shape (2, 3)
        One of `Motion.picture_from_first`.
    """
    height, width = picture.shape[:2]
    moved = cv2.warpAffine(
        picture,
        motion,
        (width, height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    m = motion.astype(np.float32)
    at_x, at_y = (m[k, 0] * x + m[k, 1] * y + m[k, 2] for k in (0, 1))
    # Half a pixel beyond the last centre a pixel still shows mostly what lies inside.
    beyond = (np.abs(at_x - (width - 1) / 2) > width / 2) | (
        np.abs(at_y - (height - 1) / 2) > height / 2
    )
    placed = np.asarray(moved, dtype=np.float32)
    placed[beyond] = np.nan
    return placed


def _banded(
    light: NDArray[Any], inner: NDArray[np.float32], px_per_mm: float, fine_mm: float
) -> FloatArray:
    """Structure of every picture, only of skin."""
    bands = [inner * _structure(one.astype(np.float32), px_per_mm, fine_mm) for one in light]
    return np.stack(bands).astype(np.float32, copy=False)


def _inside(mask: BoolArray, margin_px: float) -> NDArray[np.float32]:
    """1 well inside the mask, falling to 0 at its edge."""
    if mask.all():
        return np.ones(mask.shape, np.float32)
    size = 2 * max(1, round(margin_px / 2)) + 1
    eroded = cv2.erode(mask.astype(np.uint8), np.ones((size, size), np.uint8))
    return np.asarray(gaussian_blur(eroded, margin_px / 4), dtype=np.float32)


def _structure(light: FloatArray, px_per_mm: float, fine_mm: float) -> FloatArray:
    """Brightness over that around it, without what is finer than `fine_mm`."""
    fine = gaussian_blur(light, fine_mm * px_per_mm)
    around = gaussian_blur(light, _COARSE_MM * px_per_mm)
    floor = np.float32(1e-3 + 0.05 * float(np.median(around)))
    ratio = fine / np.maximum(around, floor)
    return np.asarray(np.clip(ratio, 0.5, 1.5) - 1.0, dtype=np.float32)


def _first_guess(first: FloatArray, picture: FloatArray) -> NDArray[np.float64]:
    """A whole shift by phase correlation where it is clear, else none."""
    window = cv2.createHanningWindow(first.shape[::-1], cv2.CV_32F)
    (x, y), sure = cv2.phaseCorrelate(first, picture, window)
    still = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    # Below two pixels the lamps' own pattern pulls more than it helps; Newton starts from there.
    if sure > 0.1 and np.hypot(x, y) > 2.0:
        still[:, 2] = (x, y)
    return still


def _moved(picture: FloatArray, motion: NDArray[np.float64]) -> FloatArray:
    """On the first picture's pixels, mirrored at the border."""
    return np.asarray(
        cv2.warpAffine(
            picture,
            motion,
            picture.shape[::-1],
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REFLECT_101,
        ),
        dtype=np.float32,
    )


def _step(predicted: NDArray[Any], seen: NDArray[Any], mask: BoolArray) -> NDArray[np.float64]:
    """Shift x and y, zoom and turn (px at the side) after which the picture looks as predicted."""
    rows, columns = mask.shape
    inner = mask.copy()
    rim = max(4, min(mask.shape) // 40)
    inner[:rim] = inner[-rim:] = False
    inner[:, :rim] = inner[:, -rim:] = False
    dx = cv2.Scharr(seen, cv2.CV_32F, 1, 0, scale=1 / 32)
    dy = cv2.Scharr(seen, cv2.CV_32F, 0, 1, scale=1 / 32)
    # A tenth of a pixel needs some ten thousand points; more only take time.
    every = max(1, int(inner.sum()) // _POINTS)
    y, x = (axis[::every] for axis in np.nonzero(inner))
    missed = (predicted - seen)[y, x]
    missed = missed - np.median(missed)
    keep = np.abs(missed) < _OUTLIER * (1.4826 * float(np.median(np.abs(missed))) + 1e-6)
    y, x, missed = y[keep], x[keep], missed[keep]
    u = (x - 0.5 * (columns - 1)) / (0.5 * columns)
    v = (y - 0.5 * (rows - 1)) / (0.5 * columns)
    gx, gy = dx[y, x].astype(np.float64), dy[y, x].astype(np.float64)
    design = np.column_stack([gx, gy, gx * u + gy * v, gy * u - gx * v])
    normal = design.T @ design
    normal += np.diag(np.diag(normal)) * 1e-6 + 1e-12 * np.eye(4)
    return np.asarray(np.linalg.solve(normal, design.T @ missed))


def _as_motion(step: NDArray[np.float64], middle: NDArray[np.float64]) -> NDArray[np.float64]:
    """A step of `_step` as an affine motion about the middle, shape (2, 3)."""
    grow, roll = step[2:] / (middle[0] + 0.5)
    linear = np.array([[1.0 + grow, -roll], [roll, 1.0 + grow]])
    return np.column_stack([linear, step[:2] + middle - linear @ middle])


def _composed(outer: NDArray[np.float64], inner: NDArray[np.float64]) -> NDArray[np.float64]:
    """First `inner`, then `outer`."""
    linear = outer[:, :2] @ inner[:, :2]
    return np.column_stack([linear, outer[:, :2] @ inner[:, 2] + outer[:, 2]])


def _at_full_size(motion: NDArray[np.float64], ratio: NDArray[np.float64]) -> NDArray[np.float64]:
    """The motion in pixels of the full picture; pixel centres lie half a pixel in."""
    # full = ratio * (small + 1/2) - 1/2; both axes have all but the same ratio.
    linear = motion[:, :2] * ratio[:, None] / ratio[None, :]
    half = np.full(2, 0.5)
    return np.column_stack(
        [linear, ratio * (motion[:, 2] + half - motion[:, :2] @ half) + linear @ half - half]
    )


def _reach(motion: NDArray[np.float64], shape: tuple[int, ...]) -> float:
    """Largest displacement of corners and middle."""
    height, width = shape[:2]
    points = np.array(
        [[0, 0], [width, 0], [0, height], [width, height], [width / 2, height / 2]], dtype=float
    )
    return float(np.linalg.norm(points @ motion[:, :2].T + motion[:, 2] - points, axis=1).max())
