"""From slopes to height: the surface that fits all of them best."""

from __future__ import annotations

from typing import Any, Final, cast

import numpy as np
from scipy.fft import dctn, idctn

from progress.imaging import gaussian_blur
from progress.model.checks import FloatArray

_TOLD_MM: Final = 0.4
"""Noise is of no surface, however it is turned; it is smoothed away first."""
_CLEARLY: Final = 2.5


def fits_no_surface(right: Any, down: Any, px_per_mm: float) -> str | None:
    """How lamps seem to be mistaken, if slopes turned otherwise fit a surface far better.

    Parameters
    ----------
    right, down : array_like, shape (H, W)
    px_per_mm : float

    Returns
    -------
    str or None
        ``"y points down"`` or ``"x and y are exchanged"``; None where the slopes are those of a
        surface at least as well as when turned, or tell nothing. All lamps at the opposite side
        make hills of hollows, and that no surface contradicts.
    """
    sigma = _TOLD_MM * px_per_mm
    p, q = (gaussian_blur(np.asarray(s, dtype=np.float32), sigma) for s in (right, down))
    p, q = p - np.median(p), q - np.median(q)

    def misfit(a: FloatArray, b: FloatArray) -> float:
        height = integrate(a, b, px_per_mm)
        along, across = np.gradient(height.astype(np.float64), 1.0 / px_per_mm)
        return float(((across - a) ** 2 + (along - b) ** 2).mean())

    told = misfit(p, q)
    others = {"y points down": misfit(p, -q), "x and y are exchanged": misfit(q, p)}
    best = min(others, key=lambda name: others[name])
    return best if told > _CLEARLY * others[best] else None


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
