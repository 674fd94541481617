"""From decoded pictures to a stack of light per lamp: ambient off, blue and green, in place."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto, gaussian_blur
from progress.model import Refused
from progress.model.checks import BoolArray, FloatArray
from progress.relief.motion import find_motion, lay_on_first
from progress.relief.normals import LightStack, solve_slopes

WORKING_PX_PER_MM: Final = 12.0
"""Finest scale at which heights are solved: an ice-pick scar is a millimetre wide."""
GREEN, BLUE = 0.4, 0.6
"""Weights of the two colours, each over its own median. Red light comes out of the skin millimetres
from where it went in and fills every pit (40 % of an ice-pick is seen in it, 82 % in green, 91 % in
blue); blue alone is the noisiest and the most rounded by JPEG."""
_BLUE_BELOW_MM: Final = 0.8
"""Walls and pits below this are taken from blue alone, which sees them best; broad shade from the
mixture, because JPEG rounds the colour of broad shade and blue suffers most (rolling scars scatter
by 6.5 % in blue alone, by 4.5 % in the mixture; boxcars gain 1 % of their depth)."""
_CLIPPED: Final = 0.97
_DARK: Final = 0.08
"""Of the median brightness: hair, nostrils, background."""
_BRIGHT_OFF: Final = 0.5
_SHINE_PX_PER_MM: Final = 1.5
_GAP_MM: Final = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Lit:
    """A stack ready to be solved, and what was seen on the way.

    Parameters
    ----------
    stack : LightStack
    colours : ndarray of float32, shape (N, h, w, 3)
        The same at about 1.5 px/mm in red, green and blue, for telling shine.
    motion_px : float
        Largest displacement that was undone, in working pixels.
    ambient_share : float or None
        Light with the lamps off over that of one lamp; None without such a picture.
    """

    stack: LightStack
    colours: FloatArray = field(repr=False)
    motion_px: float
    ambient_share: float | None


def working_scale(px_per_mm: float) -> float:
    """Working pixels per picture pixel, at most 1."""
    return min(1.0, WORKING_PX_PER_MM / px_per_mm)


def light_stack(
    lit: Iterable[DecodedPhoto],
    lamp_off: Iterable[DecodedPhoto],
    lamps: NDArray[np.float64],
    *,
    px_per_mm: float,
    skin: BoolArray | None = None,
) -> Lit:
    """Light of each lamp alone, every picture laid on the first.

    Parameters
    ----------
    lit, lamp_off : iterable of DecodedPhoto
        Read one at a time, so that they need not all be held.
    lamps : ndarray, shape (N, 3)
        Directions, in the order of `lit`.
    px_per_mm : float
        Of the pictures.
    skin : ndarray of bool, working shape, optional
        What to leave out otherwise: face parts, a sticker, a ball.

    Raises
    ------
    Refused
        If pictures differ in size, the lamps do not outshine the other light, or little is lit.
    """
    scale = working_scale(px_per_mm)
    sizes: set[tuple[int, int]] = set()

    def linear(photo: DecodedPhoto) -> FloatArray:
        sizes.add(photo.size_px)
        if len(sizes) > 1:
            raise Refused(
                f"{photo.provenance.file}: expected pictures of one size, got "
                f"{' and '.join(f'{w} x {h}' for w, h in sorted(sizes))}",
                advice="take the whole set with one camera that stands still",
            )
        return photo.linear(scale=scale).pixels

    around = _mean([linear(photo) for photo in lamp_off])
    planes, usable = [], []
    colours: list[FloatArray] = []
    weights: NDArray[np.float32] | None = None
    small: tuple[int, int] | None = None
    for photo in lit:
        picture = linear(photo)
        if small is None:
            coarse = min(1.0, _SHINE_PX_PER_MM / (px_per_mm * scale))
            small = (
                max(8, round(picture.shape[1] * coarse)),
                max(8, round(picture.shape[0] * coarse)),
            )
        usable.append(cv2.inRange(picture, (-1.0,) * 3, (_CLIPPED,) * 3).astype(bool))
        alone = picture if around is None else picture - around
        if weights is None:
            middle = np.maximum(np.median(alone, axis=(0, 1)), 1e-4)
            weights = np.array([0.0, 1.0 / middle[1], 1.0 / middle[2]], np.float32)
        planes.append(_matt(alone * weights, px_per_mm * scale))
        colours.append(
            np.asarray(cv2.resize(alone, small, interpolation=cv2.INTER_AREA), np.float32)
        )
    light = np.stack(planes).astype(np.float32, copy=False)
    share = None if around is None or weights is None else _ambient_share(around, weights, light)
    mask = _skin_of(light, skin)
    return _in_place(
        light,
        np.stack(usable),
        mask,
        lamps,
        px_per_mm=px_per_mm * scale,
        colours=colours,
        share=share,
    )


def _matt(levelled: FloatArray, px_per_mm: float) -> FloatArray:
    """Fine structure in blue, broad shade in green and blue; colours levelled to about 1."""
    blue = np.ascontiguousarray(levelled[..., 2])
    broad = GREEN * levelled[..., 1] + BLUE * blue
    return blue + gaussian_blur(broad - blue, _BLUE_BELOW_MM * px_per_mm)


def _mean(pictures: list[FloatArray]) -> FloatArray | None:
    """The mean of some pictures, None of none."""
    return None if not pictures else np.mean(pictures, axis=0, dtype=np.float32)


def _ambient_share(around: FloatArray, weights: NDArray[np.float32], light: FloatArray) -> float:
    """Light that is not the lamps', over that of a usual lamp."""
    around_here = float(np.median(around @ weights)) / 2.0
    share = around_here / max(float(np.median(light)), 1e-6)
    if not 0 <= share < _BRIGHT_OFF:
        raise Refused(
            f"lamp-off picture: expected at most {_BRIGHT_OFF:.0%} of the light of a lamp, got "
            f"{share:.0%}",
            advice="darken the room, fix the exposure, and name the right picture as lamp-off",
        )
    return share


def _skin_of(light: FloatArray, skin: BoolArray | None) -> BoolArray:
    """What is lit by most lamps and is not left out."""
    middle = np.median(light, axis=0)
    mask = middle > _DARK * float(np.median(middle))
    if skin is not None:
        mask &= skin
    if mask.mean() < 0.02:
        raise Refused(
            "expected skin that the lamps light, got a dark picture",
            advice="expose so that the skin is bright and nothing is clipped",
        )
    return np.asarray(mask)


def _in_place(
    light: FloatArray,
    usable: BoolArray,
    mask: BoolArray,
    lamps: NDArray[np.float64],
    *,
    px_per_mm: float,
    colours: list[FloatArray],
    share: float | None,
) -> Lit:
    """Every plane moved onto the first."""
    motion = find_motion(light, mask, lamps, px_per_mm)
    still = motion.largest_px < 0.05
    if not still:
        for k, matrix in enumerate(motion.picture_from_first):
            moved = lay_on_first(light[k], matrix)
            seen = np.isfinite(moved)
            open_ = lay_on_first(usable[k].astype(np.float32), matrix)
            usable[k] = seen & (np.nan_to_num(open_) > 0.99)
            light[k] = np.where(seen, moved, np.float32(0.0))
    stack = LightStack(light, usable, mask, lamps, px_per_mm)
    return Lit(stack, np.stack(colours).astype(np.float32), motion.largest_px, share)


def shine_gain(lit: Lit) -> tuple[float, float]:
    """By how much shine steepens slopes, and one standard error of that.

    Parameters
    ----------
    lit : Lit

    Returns
    -------
    gain : float
        Slopes in blue and green over slopes in green less blue, less 1; 0 without shine.
    error : float

    Notes
    -----
    The surface mirrors the lamp's colour, as much in green as in blue (Shafer 1985,
    doi:10.1002/col.5080100409), so it is absent from their difference; matt light is not, where
    skin is not grey. The lighter the skin, the less is left of the difference: on very light skin
    shine cannot be told so, and the error says it.
    """
    green, blue = lit.colours[..., 1], lit.colours[..., 2]
    middle = float(np.median(green)), float(np.median(blue))
    contrast = 1.0 - middle[1] / max(middle[0], 1e-6)
    if contrast < 0.05:
        return 0.0, 1.0
    shape = green.shape[1:]
    seen = cv2.resize(
        lit.stack.mask.astype(np.uint8), shape[::-1], interpolation=cv2.INTER_NEAREST
    ).astype(bool)

    sigma = _BROAD_MM * _SHINE_PX_PER_MM

    def slopes(sharp: FloatArray) -> tuple[NDArray[np.float64], BoolArray]:
        light = np.stack([gaussian_blur(one, sigma) for one in sharp])
        every = np.ones(light.shape, bool)
        solved = solve_slopes(LightStack(light, every, seen, lit.stack.lamps, lit.stack.px_per_mm))
        both = np.stack([solved.right, solved.down]).astype(np.float64)
        both -= np.median(both[:, solved.mask], axis=1)[:, None, None] if solved.mask.any() else 0.0
        return both, solved.mask

    plain, sure = slopes(GREEN / middle[0] * green + BLUE / middle[1] * blue)
    matt, also = slopes((green - blue) / (middle[0] - middle[1]))
    # Green fills narrow pits more than blue does, and their difference still more: only broad
    # slopes tell shine.
    steep = (np.hypot(*plain) > _STEEP) | (np.hypot(*matt) > 1.0)
    near = cv2.dilate(steep.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    keep = seen & sure & also & ~near
    tiles = _tiles(shape)[keep]
    together = np.bincount(tiles, (plain * matt).sum(axis=0)[keep], _TILES**2)
    alone = np.bincount(tiles, (matt**2).sum(axis=0)[keep], _TILES**2)
    if not alone.sum() > 0:
        return 0.0, 1.0
    # Noise in the matt slopes makes this ratio smaller: shine is rather missed than invented.
    gain = together.sum() / alone.sum()
    left_out = (together.sum() - together) / np.maximum(alone.sum() - alone, 1e-12)
    n = _TILES**2
    spread = math.sqrt((n - 1) / n * float(((left_out - left_out.mean()) ** 2).sum()))
    return float(gain) - 1.0, math.hypot(spread, _SHINE_ERROR / contrast)


def _tiles(shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Number of the tile of every place, for the spread over parts of the picture."""
    row, column = np.indices(shape)
    return np.asarray(row * _TILES // shape[0] * _TILES + column * _TILES // shape[1])


_TILES: Final = 4
_BROAD_MM: Final = 1.2
"""Below it JPEG's rounding of colour drowns the difference of two colours."""
_STEEP: Final = 0.3
"""A rolling scar of 0.5 mm over 5 mm reaches 0.17; walls of pits and boxes reach 1."""
_SHINE_ERROR: Final = 0.06
"""Times one over the colour contrast: the spread over phantoms of six tones (0.1 at ITA -40, 0.33
at ITA 47). The spread over parts of the picture is added: JPEG's rounding of little relief."""
