"""How others score skin: plain a*, log R/G, the copied two-vector map, edge sums, Laplacians.

Each is measured on the very pixels of our own trials, over the true outline of the face, so that
none is blamed for a registration that it does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, lab_from_linear, optical_density

Score = Callable[[DecodedPhoto, NDArray[np.bool_]], float]

_COPIED = np.array([(0.4143, 0.3570, 0.8372), (0.2988, 0.6838, 0.6657)])
"""Melanin and haemoglobin vectors that public code hands on; one device's, and unphysical for an
sRGB camera: melanin absorbs more in red than in green there."""


def a_star(photo: DecodedPhoto, face: NDArray[np.bool_]) -> float:
    """Mean CIELAB a* of the face (redness by Wagner et al. 2002)."""
    return float(lab_from_linear(photo.linear().pixels)[face][:, 1].mean())


def log_red_over_green(photo: DecodedPhoto, face: NDArray[np.bool_]) -> float:
    """Mean log10 R/G of the face (erythema index, Dawson et al. 1980)."""
    od = optical_density(photo.linear().pixels)[face]
    return float((od[:, 1] - od[:, 0]).mean() / np.log(10.0))


def copied_haemoglobin(photo: DecodedPhoto, face: NDArray[np.bool_]) -> float:
    """Mean haemoglobin of the copied two-vector map."""
    od = np.asarray(optical_density(photo.linear().pixels)[face], np.float64)
    return float((od @ np.linalg.pinv(_COPIED))[:, 1].mean())


def edge_sum(photo: DecodedPhoto, face: NDArray[np.bool_]) -> float:
    """Mean strength of Sobel edges (pores and wrinkles of open "beauty trackers")."""
    grey = _grey(photo)
    across, down = (cv2.Sobel(grey, cv2.CV_32F, dx, 1 - dx) for dx in (1, 0))
    return float(np.hypot(across, down)[face].mean())


def laplacian_variance(photo: DecodedPhoto, face: NDArray[np.bool_]) -> float:
    """Variance of the Laplacian (texture, and elsewhere sharpness)."""
    return float(cv2.Laplacian(_grey(photo), cv2.CV_32F)[face].var())


def _grey(photo: DecodedPhoto) -> NDArray[np.float32]:
    grey = cv2.cvtColor(photo.codes_8bit(), cv2.COLOR_RGB2GRAY)
    return np.asarray(grey, dtype=np.float32)


SCORES: dict[str, Score] = {
    "plain a*": a_star,
    "log10 R/G": log_red_over_green,
    "copied haemoglobin map": copied_haemoglobin,
    "edge sum": edge_sum,
    "variance of Laplacian": laplacian_variance,
}


def rival_scores(
    first: DecodedPhoto, second: DecodedPhoto, outlines: Sequence[NDArray[Any]]
) -> dict[str, tuple[float, float]]:
    """Every rival's score of both photos.

    Parameters
    ----------
    first, second : DecodedPhoto
    outlines : sequence of two ndarray, shape (K, 2)
        True outline of the face in each.
    """
    faces = [_filled(photo, xy) for photo, xy in zip((first, second), outlines, strict=True)]
    return {
        name: (score(first, faces[0]), score(second, faces[1])) for name, score in SCORES.items()
    }


def _filled(photo: DecodedPhoto, outline_xy: NDArray[Any]) -> NDArray[np.bool_]:
    mask = np.zeros(photo.codes.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(outline_xy).astype(np.int32)], (1,))
    return np.asarray(mask > 0)
