"""From slopes to height: the surface that fits all of them best."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from scipy.fft import dctn, idctn

from progress.model.checks import FloatArray


def integrate(right: Any, down: Any, px_per_mm: float) -> FloatArray:
    """The height whose differences fit the slopes best, mean 0.

    Parameters
    ----------
    right, down : array_like, shape (H, W)
        Rise per millimetre to the right and down the picture.
    px_per_mm : float

    Returns
    -------
    ndarray of float32, shape (H, W)
        Millimetres.

    Notes
    -----
    Frankot & Chellappa 1988, doi:10.1109/34.3909, on the mirrored picture. Between two pixels the
    slope is the mean of theirs; with those half-way slopes the least-squares surface solves
    Poisson's equation with free edges, which the cosine transform does exactly (Simchony et al.
    1990, doi:10.1109/34.55103). Fourier integration on the mirrored picture is the same but for
    the finest waves.
    """
    p = np.asarray(right, dtype=np.float32) / np.float32(px_per_mm)
    q = np.asarray(down, dtype=np.float32) / np.float32(px_per_mm)
    if p.ndim != 2 or p.shape != q.shape or min(p.shape) < 2:
        raise ValueError(f"slopes: expected two arrays of one shape, got {p.shape} and {q.shape}")
    across, along = 0.5 * (p[:, 1:] + p[:, :-1]), 0.5 * (q[1:] + q[:-1])
    divergence = np.zeros_like(p)
    divergence[:, :-1] += across
    divergence[:, 1:] -= across
    divergence[:-1] += along
    divergence[1:] -= along
    rows, columns = p.shape
    waves = (
        2.0 * np.cos(np.pi * np.arange(rows, dtype=np.float32) / rows)[:, None]
        + 2.0 * np.cos(np.pi * np.arange(columns, dtype=np.float32) / columns)[None, :]
        - 4.0
    )
    waves[0, 0] = 1.0
    spectrum = dctn(divergence, type=2, norm="ortho") / waves
    spectrum[0, 0] = 0.0
    return cast("FloatArray", idctn(spectrum, type=2, norm="ortho").astype(np.float32, copy=False))
