"""How strongly a picture was compressed before it was stored as it is now.

A JPEG keeps of each 8 x 8 block only multiples of its steps. Stored again at a high quality, the
picture still shows them: its cosine coefficients stand in combs as wide as the old steps.
"""

from __future__ import annotations

import functools
import math

import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.model import Landmarks

_BLOCK = 8
_WINDOW_PX = 512
"""Side of the crop that is looked at: 4096 blocks, in which even smooth skin has some contrast."""
_FREQUENCIES = (
    (0, 1, 11), (1, 0, 12), (1, 1, 12), (0, 2, 10), (2, 0, 14), (1, 2, 14), (2, 1, 13), (0, 3, 16),
    (2, 2, 16), (3, 0, 14), (1, 3, 19), (3, 1, 17),
)  # fmt: skip
"""Row and column of a coefficient and its step at quality 50 (ITU-T T.81, table K.1)."""
_COMB = 0.5
"""Mean cosine of the coefficients about the teeth of a comb: 1 for exact multiples. Stored again at
95 the true step reads 0.6 to 0.97, a wrong one under 0.3."""
_MIN_COUNT = 40
_MIN_COMBS = 4
_WIDEST_STEP, _SMALLEST_STEP = 60, 3
_BINS_PER_CODE = 8
_BINS = 256 * _BINS_PER_CODE
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def earlier_quality(photo: DecodedPhoto, landmarks: Landmarks | None = None) -> float | None:
    """The JPEG quality at which the picture was stored at its worst, told by its pixels.

    Parameters
    ----------
    photo : DecodedPhoto
    landmarks : Landmarks or None
        A window about the face is looked at; without them, one in the middle of the photo.

    Returns
    -------
    float or None
        1..100 on the scale of the Independent JPEG Group; None where no comb is seen: never
        compressed harder than about 93, resized since, or under 64 px.

    Notes
    -----
    Combs as traces of a first compression: Lukas & Fridrich 2003 (Digital Forensic Research
    Workshop); here each step is the widest comb on which the coefficients stand. Fails when the
    picture was resized, turned by other than right angles, retouched or given other colours (a
    colour profile) after the compression that is looked for.
    """
    luma = _window(photo, landmarks)
    if min(luma.shape) < 8 * _BLOCK:
        return None
    best: float | None = None
    for phase in {(0, 0), _grid(luma)}:
        found = _quality_on(luma[phase[0] :, phase[1] :])
        if found is not None and (best is None or found < best):
            best = found
    return best


def _window(photo: DecodedPhoto, landmarks: Landmarks | None) -> NDArray[np.float32]:
    """Luminance codes about the face, beginning on the picture's own 8 x 8 grid."""
    width, height = photo.size_px
    middle = np.array([width, height]) / 2
    if landmarks is not None:
        middle = landmarks.points_xy[[33, 263, 61, 291]].mean(axis=0)
    left, top = (
        int(np.clip(at - _WINDOW_PX / 2, 0, max(0, size - _WINDOW_PX))) // _BLOCK * _BLOCK
        for at, size in zip(middle, (width, height), strict=True)
    )
    crop = photo.codes[top : top + _WINDOW_PX, left : left + _WINDOW_PX]
    share = np.float32(1.0 if crop.dtype == np.uint8 else 1.0 / 257.0)
    return np.asarray(crop.astype(np.float32) @ (_LUMA * share), np.float32)


def _grid(luma: NDArray[np.float32]) -> tuple[int, int]:
    """Row and column at which blocks begin, where steps across the picture are largest."""
    found = []
    for steps in (np.abs(np.diff(luma, axis=0)), np.abs(np.diff(luma, axis=1)).T):
        # A step at a block's edge stands out from the steps beside it.
        alone = np.minimum(steps, 8.0).mean(axis=1)
        alone = alone[1:-1] - (alone[:-2] + alone[2:]) / 2
        rows = len(alone) // _BLOCK * _BLOCK
        by_phase = alone[:rows].reshape(-1, _BLOCK).mean(axis=0)
        found.append((int(by_phase.argmax()) + 2) % _BLOCK)
    return found[0], found[1]


def _quality_on(luma: NDArray[np.float32]) -> float | None:
    """Quality equivalent of the widest combs on this grid."""
    rows, columns = (size // _BLOCK for size in luma.shape)
    blocks = luma[: rows * _BLOCK, : columns * _BLOCK]
    blocks = blocks.reshape(rows, _BLOCK, columns, _BLOCK).transpose(0, 2, 1, 3)
    basis = _cosines()[:4]
    low = np.einsum("ui,rcij,vj->uvrc", basis, blocks, basis, optimize=True)
    shares = []
    for row, column, standard in _FREQUENCIES:
        step = _widest_comb(low[row, column].ravel())
        if step is not None:
            shares.append(step / standard)
    if len(shares) < _MIN_COMBS:
        return None
    percent = 100.0 * float(np.median(shares))
    return 5000.0 / percent if percent > 100.0 else (200.0 - percent) / 2.0


def _cosines() -> NDArray[np.float32]:
    """The orthonormal discrete cosine transform of 8 samples."""
    k, n = np.mgrid[:_BLOCK, :_BLOCK]
    basis = np.cos(math.pi * (2 * n + 1) * k / (2 * _BLOCK)) * math.sqrt(2 / _BLOCK)
    basis[0] /= math.sqrt(2)
    return np.asarray(basis, np.float32)


@functools.cache
def _teeth() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """For each step, widest first: the cosine at each histogram bin, and which bins count."""
    centres = (np.arange(_BINS) + 0.5) / _BINS_PER_CODE
    steps = np.arange(_WIDEST_STEP, _SMALLEST_STEP - 1, -1)[:, None]
    used = (centres > 0.5 * steps).astype(np.float32)
    return (np.cos(2 * math.pi / steps * centres) * used).astype(np.float32), used


def _widest_comb(values: NDArray[np.float32]) -> float | None:
    """The widest step of which the coefficients are multiples, if there is any."""
    bins = np.minimum((np.abs(values) * _BINS_PER_CODE).astype(int), _BINS - 1)
    histogram = np.bincount(bins, minlength=_BINS).astype(np.float32)
    cosines, used = _teeth()
    count = used @ histogram
    comb = np.where(count >= _MIN_COUNT, cosines @ histogram / np.maximum(count, 1.0), -1.0)
    good = np.flatnonzero(comb > _COMB)
    if not good.size:
        return None
    # A step a little too wide still catches the first teeth; half of it would be another comb.
    widest = _WIDEST_STEP - int(good[0])
    within = comb[good[0] : good[0] + max(1, math.ceil(0.25 * widest))]
    return float(widest - int(np.argmax(within)))
