"""Pictures of the registration on rendered skin, for docs/registration.md.

``python -m progress.lab.registration_gallery docs/registration.jpg``: one row for each pair:
baseline, follow-up, checkerboard of both after alignment, true and estimated error.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.lab.known_pairs import KnownPair, body_pairs, head_pairs
from progress.lab.registration import align
from progress.model import Registration
from progress.model.checks import FloatArray
from progress.phantom.camera import jpeg_bytes

SEED = 101
_WIDTH_PX = 250
_TILE_MM = 9.0
_FULL_RED_MM = 0.4
_QUALITY = 82
_LABEL = "SIMULATED"

Codes = NDArray[np.uint8]


def gallery(pairs: Iterator[KnownPair]) -> Codes:
    """One row of five pictures for each pair that is aligned."""
    rows = [_row(pair, found) for pair in pairs if isinstance(found := align(pair), Registration)]
    return np.concatenate([*rows, _legend(rows[0].shape[1])])


def _row(pair: KnownPair, found: Registration) -> Codes:
    first, second = pair.baseline.codes_8bit(), pair.followup.codes_8bit()
    laid = cv2.remap(second, _dense(found), None, cv2.INTER_CUBIC)  # type: ignore[call-overload]
    height, width = first.shape[:2]
    tile = max(8, round(_TILE_MM * pair.px_per_mm))
    y, x = np.indices((height, width)) // tile
    odd = ((x + y) % 2 == 1)[..., np.newaxis]
    checker = np.where(odd, laid, first)
    rows, columns = np.nonzero(found.valid)
    truth, seen = pair.truth(np.stack([columns, rows], axis=1) * found.step)
    missed = np.linalg.norm(found.followup_from_baseline_xy[rows, columns] - truth, axis=1)
    true_mm = np.full(found.valid.shape, np.nan)
    true_mm[rows[seen], columns[seen]] = missed[seen] / pair.px_per_mm
    estimated_mm = np.where(found.valid, found.error_mm, np.nan)
    pictures = [first, second, checker, _painted(true_mm), _painted(estimated_mm)]
    tall = round(height * _WIDTH_PX / width)
    fitted = [_fitted(np.asarray(picture, dtype=np.uint8), tall) for picture in pictures]
    gap = np.full((fitted[0].shape[0], 4, 3), 255, dtype=np.uint8)
    parts = [part for picture in fitted for part in (picture, gap)]
    row = np.concatenate(parts, axis=1)
    return np.concatenate([row, np.full((4, row.shape[1], 3), 255, dtype=np.uint8)])


def _dense(found: Registration) -> FloatArray:
    """The field at every pixel of the baseline."""
    width, height = found.baseline_size_px
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    at = np.stack([x, y], axis=-1).astype(np.float32) / np.float32(found.step)
    # The second map must be None: an empty array in its place reads foreign memory (OpenCV 5.0).
    field = cv2.remap(  # type: ignore[call-overload]
        found.followup_from_baseline_xy, at, None, cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return np.asarray(field, dtype=np.float32)


def _painted(error_mm: NDArray[np.float64]) -> Codes:
    """Errors from dark (0) to yellow (0.4 mm); grey where nothing is said."""
    level = np.clip(np.nan_to_num(error_mm) / _FULL_RED_MM * 255, 0, 255).astype(np.uint8)
    painted = cv2.cvtColor(cv2.applyColorMap(level, cv2.COLORMAP_CIVIDIS), cv2.COLOR_BGR2RGB)
    return np.where(np.isnan(error_mm)[..., np.newaxis], np.uint8(225), painted).astype(np.uint8)


def _fitted(picture: Codes, height_px: int) -> Codes:
    how = cv2.INTER_AREA if picture.shape[1] > _WIDTH_PX else cv2.INTER_NEAREST
    resized = cv2.resize(picture, (_WIDTH_PX, height_px), interpolation=how)
    return np.asarray(resized, dtype=np.uint8)


def _legend(width: int) -> Codes:
    strip = np.full((26, width, 3), 255, dtype=np.uint8)
    text = (
        f"{_LABEL} skin: baseline, follow-up, checkerboard after alignment, true error, estimated "
        f"error (dark 0, yellow {_FULL_RED_MM} mm, grey not valid)"
    )
    cv2.putText(strip, text, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (0, 0, 0), 1, cv2.LINE_AA)
    return strip


def _shown() -> Iterator[KnownPair]:
    """A light, a brown and a dark head, one from the side, and a piece of body skin."""
    for index, pair in enumerate(head_pairs(n=1, seed=SEED)):
        if index in (1, 4, 5):
            yield pair
    yield next(head_pairs(n=1, seed=SEED, yaw_deg=-42.0))
    yield next(body_pairs(n=1, seed=SEED))


def main(target: Path) -> None:
    """Write the gallery."""
    target.write_bytes(jpeg_bytes(gallery(_shown()), _QUALITY))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
