"""Height maps, lamps and light stacks made without the phantom: exact Lambert on known hills."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from progress.relief import LightStack

PX_PER_MM = 10.0


def ring(lamps: int = 8, slant_deg: float = 40.0) -> NDArray[np.float64]:
    turn = 2 * np.pi * np.arange(lamps) / lamps + 0.2
    slant = np.radians(slant_deg)
    across = np.sin(slant)
    return np.column_stack(
        [across * np.cos(turn), across * np.sin(turn), np.full(lamps, np.cos(slant))]
    )


def grid(shape: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x and y in mm of every pixel."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
    return x / PX_PER_MM, y / PX_PER_MM


def bowl(
    shape: tuple[int, int], x_mm: float, y_mm: float, width_mm: float, depth_mm: float
) -> NDArray[np.float64]:
    """A Gaussian pit, `width_mm` across at half depth, as negative height."""
    x, y = grid(shape)
    r2 = (x - x_mm) ** 2 + (y - y_mm) ** 2
    return -depth_mm * np.exp(-4 * np.log(2) * r2 / width_mm**2)


def box(
    shape: tuple[int, int], x_mm: float, y_mm: float, width_mm: float, depth_mm: float
) -> NDArray[np.float64]:
    """A flat-floored pit with walls 0.12 mm soft."""
    x, y = grid(shape)
    r = np.hypot(x - x_mm, y - y_mm)
    return -depth_mm / (1 + np.exp((r - width_mm / 2) / 0.12))


def lit(
    height_mm: NDArray[np.float64],
    lamps: NDArray[np.float64],
    albedo: NDArray[np.float64] | float = 0.5,
) -> LightStack:
    """What Lambert says of a height map under each lamp."""
    down, right = np.gradient(height_mm, 1 / PX_PER_MM)
    normal = np.stack([-right, down, np.ones_like(right)]) / np.sqrt(1 + right**2 + down**2)
    light = np.maximum(np.tensordot(lamps, normal, axes=1), 0) * albedo
    every = np.ones(light.shape, bool)
    return LightStack(light.astype(np.float32), every, every[0], lamps, PX_PER_MM)
