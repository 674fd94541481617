"""A neutral card that the user outlined: a gain for each channel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from progress.colour.chart_search import middle_of, pixels_inside
from progress.imaging import DecodedPhoto
from progress.model import NotMeasured

CARD_REFLECTANCE: Final = 0.18
_MIN_PX: Final = 400
_CLIPPED: Final = 0.955
_DARKEST: Final = 0.008
"""Below this linear light 8-bit codes step by more than 4 %."""
_MAX_LOST: Final = 0.01
_MAX_UNEVEN: Final = 0.25
"""Light that a tenth of the card exceeds over that below which a tenth lies, less 1: more is a
shadow across it, a shine, or an outline that took in what lies behind."""
_MAX_COLOUR: Final = 1.3
"""ln of the strongest over the weakest channel. Two simulated sensors set to daylight read 0.97 and
1.19 under halogen."""


@dataclass(frozen=True, slots=True, eq=False)
class GreyCard:
    """A neutral card in a photo.

    Parameters
    ----------
    linear : ndarray of float64, shape (3,)
        What it sends to the camera.
    standard_error : ndarray of float64, shape (3,)
        Of the logarithm of `linear`, by how uneven the card is lit.
    n_px : int
    """

    linear: NDArray[np.float64] = field(repr=False)
    standard_error: NDArray[np.float64] = field(repr=False)
    n_px: int

    @property
    def gains(self) -> NDArray[np.float64]:
        """By which linear light is multiplied so that the card reads 0.18 in each channel."""
        return np.asarray(CARD_REFLECTANCE / self.linear)

    def apply(self, linear: Any) -> NDArray[Any]:
        """Linear light in which the card is neutral; shape (..., 3) and type as they come in."""
        light = np.asarray(linear)
        return np.asarray(light * self.gains.astype(light.dtype))


def read_grey_card(photo: DecodedPhoto, outline_xy: NDArray[Any]) -> GreyCard | NotMeasured:
    """The light on a neutral card.

    Parameters
    ----------
    photo : DecodedPhoto
        Native pixels.
    outline_xy : ndarray, shape (K, 2)
        Corners of the card in photo pixels; a polygon within the card is enough.

    Returns
    -------
    GreyCard or NotMeasured
        Not measured where the card is small, clipped, nearly black, unevenly lit or not neutral.

    Notes
    -----
    The card is not searched for: grey is also a wall. Gains leave the camera's tone curve and
    colour matrix as they are (measurement page, section 7: Delta E 2000 of 2 to 3 is left).
    """
    outline = np.asarray(outline_xy, dtype=np.float64)
    if outline.ndim != 2 or outline.shape[1] != 2 or len(outline) < 3:
        raise ValueError(f"outline_xy: expected shape (K, 2) with K >= 3, got {outline.shape}")
    values = pixels_inside(photo, outline)
    if len(values) < _MIN_PX:
        return NotMeasured(
            f"the grey card covers {len(values)} pixels of the photo, {_MIN_PX} are needed"
        )
    level = middle_of(values)
    if float((values.max(axis=1) >= _CLIPPED).mean()) > _MAX_LOST:
        return NotMeasured("the grey card is overexposed: expose less or keep shine off it")
    if level.min() < _DARKEST:
        return NotMeasured("the grey card is too dark to be read: give it the light of the face")
    if float(np.log(level.max() / level.min())) > _MAX_COLOUR:
        return NotMeasured("what was outlined as a grey card is not neutral")
    low, high = np.quantile(values.mean(axis=1), (0.1, 0.9))
    if float(high / low) - 1 > _MAX_UNEVEN:
        return NotMeasured("the grey card is unevenly lit: keep shadow, shine and fingers off it")
    parts = np.log([middle_of(part) for part in np.array_split(values, 9)])
    scatter = parts.std(axis=0, ddof=1) / np.sqrt(len(parts))
    return GreyCard(level, scatter, len(values))
