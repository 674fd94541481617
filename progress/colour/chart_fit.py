"""From what a camera wrote for 24 known colours to what it should have written for every colour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from progress.imaging import delta_e_2000, lab_from_linear
from progress.imaging.colour_chart import GREYS, SKIN_LIKE, chart_linear

ROOT_TERMS_FROM: Final = 18
"""Usable patches below which only a 3 x 3 matrix is fitted (measurement page, section 7)."""
_SKIN_WEIGHT: Final = 8.0
_ROOT_PENALTY: Final = 0.2
"""On root terms, over the sum of squares of their column. Over three sensors, three lamps and 18
skins, skin was left at a mean Delta E 2000 of 3.01, 2.80 and 2.79 with a penalty of 0.02, 0.2 and
without root terms; patches left out at 0.70, 0.98 and 1.12. Skin weights of 1 and 3 did worse."""
_LEVEL_FLOOR: Final = 0.02
_MIN_GREYS: Final = 4
_MIN_BEND: Final = 0.02
"""Scatter of ln light over the greys that a gain for each channel leaves: below it the tone curve
is taken for that of sRGB, because the curve's own error would be larger."""
_BEND_PENALTY: Final = 1e-3
_KNOTS: Final = 4096


@dataclass(frozen=True, slots=True, eq=False)
class ToneCurve:
    """Light that fell on the sensor from what sRGB says of the code, for all channels alike.

    Parameters
    ----------
    table : ndarray of float32, shape (4096,)
        Light, over even steps of the square root of what sRGB says, 0..1.
    """

    table: NDArray[np.float32] = field(repr=False)

    def undo(self, linear: NDArray[Any]) -> NDArray[Any]:
        """Linear light without the camera's own tone curve; same shape and type."""
        root = np.sqrt(np.clip(linear, 0.0, 1.0)) * (len(self.table) - 1)
        below = np.minimum(root.astype(np.int32), len(self.table) - 2)
        share = root - below
        low, high = self.table[below], self.table[below + 1]
        return np.asarray(low + share * (high - low), dtype=linear.dtype)


@dataclass(frozen=True, slots=True, eq=False)
class ColourFit:
    """A camera's colours corrected.

    Parameters
    ----------
    curve : ToneCurve or None
        None leaves the light as sRGB says.
    matrix : ndarray of float64, shape (3, 3) or (6, 3)
        On red, green, blue and, in the larger one, the square roots of their products.
    """

    curve: ToneCurve | None = field(repr=False)
    matrix: NDArray[np.float64] = field(repr=False)

    def apply(self, linear: NDArray[Any]) -> NDArray[Any]:
        """Corrected linear light, shape and type of the input (..., 3); never below 0."""
        light = self.curve.undo(linear) if self.curve is not None else linear
        terms = root_terms(light) if len(self.matrix) == 6 else light
        return np.asarray(np.maximum(terms @ self.matrix.astype(light.dtype), 0))


def root_terms(linear: NDArray[Any]) -> NDArray[Any]:
    """Red, green, blue and the roots of red x green, green x blue, red x blue, shape (..., 6).

    Twice the light gives twice every term, so a fit of them holds at any exposure (Finlayson,
    Mackiewicz & Hurlbert 2015, doi:10.1109/TIP.2015.2405336).
    """
    root = np.sqrt(np.maximum(linear, 0))
    red, green, blue = root[..., 0], root[..., 1], root[..., 2]
    terms = np.empty((*linear.shape[:-1], 6), dtype=linear.dtype)
    terms[..., :3] = linear
    terms[..., 3], terms[..., 4], terms[..., 5] = red * green, green * blue, red * blue
    return terms


def fit_colour(measured: NDArray[np.float64], usable: NDArray[np.bool_]) -> ColourFit:
    """The correction that brings patches to their true colours.

    Parameters
    ----------
    measured : ndarray of float64, shape (24, 3)
        Linear light of the patches, as sRGB says.
    usable : ndarray of bool, shape (24,)
        At least 6 of them.
    """
    curve = tone_curve(measured, usable)
    light = curve.undo(measured) if curve is not None else measured
    return ColourFit(curve, _matrix(light, usable))


def left_out_delta_e(
    measured: NDArray[np.float64], usable: NDArray[np.bool_], fit: ColourFit
) -> NDArray[np.float64]:
    """Delta E 2000 of each patch corrected by a fit to all others, shape (24,); NaN if not usable.

    Parameters
    ----------
    measured, usable
        As for `fit_colour`.
    fit : ColourFit
        Of all patches; its tone curve is kept.
    """
    light = fit.curve.undo(measured) if fit.curve is not None else measured
    found = np.full(len(measured), np.nan)
    for index in np.flatnonzero(usable):
        others = usable.copy()
        others[index] = False
        alone = ColourFit(None, _matrix(light, others)).apply(light[index])
        truth = np.maximum(chart_linear()[index], 0.0)
        found[index] = float(delta_e_2000(lab_from_linear(alone), lab_from_linear(truth)))
    return found


def _matrix(light: NDArray[np.float64], usable: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weighted least squares from patches to true colours, in relative light."""
    truth = chart_linear()
    weight = np.where(np.isin(np.arange(len(truth)), SKIN_LIKE), _SKIN_WEIGHT, 1.0)
    # The eye, and Delta E, sees ratios: one per cent of black counts like one of white.
    weight = np.sqrt(weight) / (truth.mean(axis=1) + _LEVEL_FLOOR) ** (2.0 / 3.0)
    weight = (weight * usable)[:, None]
    terms = light
    if usable.sum() >= ROOT_TERMS_FROM:
        terms = root_terms(light)
    design = terms * weight
    # Bent towards the plain matrix: its own terms are free.
    normal = design.T @ design
    plain = np.arange(len(normal)) < 3
    normal += np.diag(np.where(plain, 0.0, _ROOT_PENALTY * np.diag(normal)))
    return np.asarray(np.linalg.solve(normal, design.T @ (truth * weight)))


def tone_curve(measured: NDArray[np.float64], usable: NDArray[np.bool_]) -> ToneCurve | None:
    """The camera's tone curve by the greys, up to a gain for each channel.

    Returns
    -------
    ToneCurve or None
        None where sRGB explains the greys, or fewer than four of them can be used.

    Notes
    -----
    In ln light the truth is a cubic of what was measured, the same for all channels, plus a gain
    of each channel. Beyond the lightest and the darkest grey it goes on straight.
    """
    greys = np.array([index for index in GREYS if usable[index]])
    if len(greys) < _MIN_GREYS:
        return None
    seen, truth = np.log(measured[greys]), np.log(chart_linear()[greys])
    wrong = truth - seen
    left = wrong - wrong.mean(axis=0)
    if float(np.sqrt((left**2).mean())) < _MIN_BEND:
        return None
    middle, reach = float(seen.mean()), float(np.ptp(seen)) / 2
    place = ((seen - middle) / reach).ravel()
    powers = np.stack([place, place**2, place**3], axis=1)
    channel = np.tile(np.eye(3), (len(greys), 1))
    design = np.concatenate([powers, channel], axis=1)
    penalty = np.diag([_BEND_PENALTY * len(design)] * 3 + [0.0] * 3)
    share = np.linalg.solve(design.T @ design + penalty, design.T @ wrong.ravel())[:3]
    level = (np.linspace(0.0, 1.0, _KNOTS) ** 2).clip(1e-7)
    at = (np.log(level) - middle) / reach
    inside = np.clip(at, place.min(), place.max())
    bend = share[0] * inside + share[1] * inside**2 + share[2] * inside**3
    steep = share[0] + 2 * share[1] * inside + 3 * share[2] * inside**2
    logged = np.log(level) + bend + steep * (at - inside)
    # A curve that ran backwards would fold two codes onto one light.
    rising = np.maximum.accumulate(np.exp(logged))
    table = rising.astype(np.float32)
    table[0] = 0.0
    return ToneCurve(table)
