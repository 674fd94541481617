"""Where on the face a metric sees something, with a legend in its own unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.model import HeatMap
from progress.views import colour_maps
from progress.views.frames import AlignedPair, Codes, Frame
from progress.views.labels import unit_label
from progress.views.lettering import INK, PAPER, letter_height, text_width, with_text
from progress.views.pictures import beside, captioned

_SHOWS_THROUGH = 0.30
_FULL_CHANGE = 0.80
_PLAIN_SHARE = 0.25
"""Of the legend range: from here on a difference is painted in full."""
_ERROR_LIMIT_MM = 0.4


@dataclass(frozen=True, slots=True)
class ValueRange:
    """The two ends of a legend, in the metric's unit; the same for both dates."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"ValueRange: expected low < high, got {self.low}, {self.high}")


def range_from_baseline(baseline: HeatMap) -> ValueRange:
    """Return a legend range from the baseline session alone, in round numbers.

    Fixed once per course from its first session and then used for every date, so that a change of
    the skin can never hide in a change of the legend. The 2nd and 98th percentile are taken and
    rounded outwards to steps of 1, 2 or 5.

    Raises
    ------
    ValueError
        If the map holds no value.
    """
    values = baseline.values[np.isfinite(baseline.values)]
    if not values.size:
        raise ValueError(f"heat map of {baseline.metric}: expected some values, got none")
    low, high = (float(v) for v in np.percentile(values, (2, 98)))
    step = _round_step((high - low) / 4.0 or abs(high) / 4.0 or 1.0)
    bottom = math.floor(low / step) * step
    top = math.ceil(high / step) * step
    return ValueRange(bottom, top if top > bottom else bottom + step)


def change_range(values: ValueRange) -> ValueRange:
    """Return the legend range of differences: symmetric, half as wide as that of the values."""
    half = _round_step((values.high - values.low) / 2.0)
    return ValueRange(-half, half)


def heat_picture(
    frame: Frame, heat: HeatMap, limits: ValueRange, caption: str, *, simulated: bool = False
) -> Codes:
    """Return a face with the local values of one metric painted on and a legend below.

    Parameters
    ----------
    frame : Frame
        The photo, or the follow-up in the baseline's frame.
    heat : HeatMap
        In baseline pixels; skin without a value stays as it is.
    limits : ValueRange
        Ends of the legend; values beyond are drawn in the end colours.
    caption : str
        One line.
    simulated : bool
        True for rendered mannequins.
    """
    values = _on_frame(heat, frame)
    painted = _paint(frame.pixels, values, limits, colour_maps.sequential(), _constant(values))
    picture = captioned(_with_pixels(frame, painted), caption, simulated=simulated)
    return _over_legend(picture, limits, heat, colour_maps.sequential())


def heat_pair(
    pair: AlignedPair,
    maps: tuple[HeatMap, HeatMap],
    limits: ValueRange,
    captions: tuple[str, str],
    *,
    simulated: bool = False,
) -> Codes:
    """Return both sessions' maps beside each other under one legend range."""
    return beside(
        heat_picture(pair.baseline, maps[0], limits, captions[0], simulated=simulated),
        heat_picture(pair.followup, maps[1], limits, captions[1], simulated=simulated),
    )


def change_picture(
    pair: AlignedPair,
    maps: tuple[HeatMap, HeatMap],
    limits: ValueRange,
    caption: str,
    *,
    simulated: bool = False,
) -> Codes:
    """Return follow-up minus baseline painted on the grey baseline; small differences stay clear.

    A local difference carries more noise than the region's figure: the picture shows where to look
    and proves nothing by itself.

    Parameters
    ----------
    pair : AlignedPair
        From `aligned_pair`.
    maps : tuple of HeatMap
        Baseline and follow-up, both in baseline pixels.
    limits : ValueRange
        Symmetric about zero.
    caption : str
        One line.
    simulated : bool
        True for rendered mannequins.
    """
    if not math.isclose(limits.low, -limits.high):
        raise ValueError(f"limits: expected a symmetric range, got {limits.low}, {limits.high}")
    frame = pair.baseline
    difference = _on_frame(maps[1], frame) - _on_frame(maps[0], frame)
    difference[~pair.valid] = np.nan
    with np.errstate(invalid="ignore"):
        share = np.abs(difference) / (limits.high * _PLAIN_SHARE)
        strength = np.clip(share, 0.0, 1.0) * _FULL_CHANGE
    opacity = np.nan_to_num(strength, nan=0.0).astype(np.float32)
    # On grey: an even change of a third of the range, laid thinly over skin, looked like none.
    grey = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY)[..., None]
    ground = np.repeat(grey, 3, axis=2).astype(np.uint8)
    painted = _paint(ground, difference, limits, colour_maps.diverging(), opacity)
    picture = captioned(_with_pixels(frame, painted), caption, simulated=simulated)
    return _over_legend(picture, limits, maps[0], colour_maps.diverging(), word="change in ")


def registration_picture(pair: AlignedPair, caption: str, *, simulated: bool = False) -> Codes:
    """Return the baseline with the estimated alignment error painted on, 0 to 0.4 mm.

    Skin where the alignment does not hold is left grey: nothing is scored there.
    """
    frame = pair.baseline
    values = np.where(pair.valid, pair.error_mm, np.nan).astype(np.float32)
    grey = cv2.cvtColor(frame.pixels, cv2.COLOR_RGB2GRAY)[..., None]
    ground = np.where(pair.valid[..., None], frame.pixels, grey).astype(np.uint8)
    limits = ValueRange(0.0, _ERROR_LIMIT_MM)
    painted = _paint(ground, values, limits, colour_maps.sequential(), _constant(values))
    picture = captioned(_with_pixels(frame, painted), caption, simulated=simulated)
    named = HeatMap("registration", "Alignment error", "mm", values, frame.box_px)
    return _over_legend(picture, limits, named, colour_maps.sequential())


def _round_step(step: float) -> float:
    """The nearest of 1, 2, 5 times a power of ten that is not smaller."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * n for n in (1, 2, 5, 10) if power * n >= step * (1 - 1e-9))


def _ticks(limits: ValueRange) -> list[tuple[float, str]]:
    """Round values inside the range with their labels, at most six."""
    step = _round_step((limits.high - limits.low) / 5.0)
    first = math.ceil(limits.low / step - 1e-9)
    last = math.floor(limits.high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    return [(n * step, f"{n * step + 0.0:.{decimals}f}") for n in range(first, last + 1)]


def _on_frame(heat: HeatMap, frame: Frame) -> NDArray[np.float32]:
    """The map at the frame's pixels, NaN where it has no value or does not reach."""
    rows, columns = heat.values.shape
    left, top, right, bottom = heat.box_px
    height, width = frame.pixels.shape[:2]
    x0, y0, x1, y1 = frame.box_px
    x = x0 + (np.arange(width) + 0.5) * (x1 - x0) / width
    y = y0 + (np.arange(height) + 0.5) * (y1 - y0) / height
    map_x = ((x - left) * columns / (right - left) - 0.5).astype(np.float32)
    map_y = ((y - top) * rows / (bottom - top) - 0.5).astype(np.float32)
    grid_x, grid_y = np.meshgrid(map_x, map_y)
    known = np.isfinite(heat.values)
    # Values and their presence are sampled apart and divided: NaN would spread to neighbours.
    filled = np.where(known, heat.values, 0.0).astype(np.float32)
    total, weight = (
        cast(
            "NDArray[np.float32]",
            cv2.remap(layer, grid_x, grid_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        )
        for layer in (filled, known.astype(np.float32))
    )
    inside = ((x >= left) & (x <= right))[None, :] & ((y >= top) & (y <= bottom))[:, None]
    values = np.full((height, width), np.nan, np.float32)
    np.divide(total, weight, out=values, where=inside & (weight >= 0.5))
    return values


def _constant(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same opacity wherever there is a value."""
    return np.where(np.isfinite(values), 1.0 - _SHOWS_THROUGH, 0.0).astype(np.float32)


def _paint(
    pixels: Codes,
    values: NDArray[np.float32],
    limits: ValueRange,
    colours: NDArray[np.uint8],
    opacity: NDArray[np.float32],
) -> Codes:
    """Colours mixed over the greyed skin by `opacity`; where it is 0 the pixel is untouched."""
    place = (np.nan_to_num(values, nan=limits.low) - limits.low) / (limits.high - limits.low)
    index = np.clip(np.rint(place * (len(colours) - 1)), 0, len(colours) - 1).astype(np.intp)
    # Grey underneath: skin colour mixed into the map would read as another value.
    grey = cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    alpha = opacity[..., None]
    greyness = np.minimum(alpha / 0.2, 1.0)
    under = pixels.astype(np.float32) * (1.0 - greyness) + grey.astype(np.float32) * greyness
    mixed = under * (1.0 - alpha) + colours[index].astype(np.float32) * alpha
    painted = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    return cast("Codes", np.where(alpha > 0, painted, pixels))


def _with_pixels(frame: Frame, pixels: Codes) -> Frame:
    return Frame(pixels, frame.box_px, frame.px_per_mm)


def _over_legend(
    picture: Codes,
    limits: ValueRange,
    heat: HeatMap,
    colours: NDArray[np.uint8],
    *,
    word: str = "",
) -> Codes:
    """The picture with a colour bar, round numbers and the unit below."""
    width = picture.shape[1]
    size = letter_height(width)
    unit = unit_label(heat.unit)
    title = f"{heat.label}: {word}{unit}" if unit else f"{heat.label}{': change' if word else ''}"
    band = np.full((round(size * 4.4), width, 3), PAPER, np.uint8)
    band = with_text(band, title, at_xy=(size // 2, size // 5), size_px=size, ink=INK)
    left, right = size, width - size
    bar = colours[np.linspace(0, len(colours) - 1, right - left).round().astype(np.intp)]
    top = round(1.6 * size)
    band[top : top + size, left:right] = bar[None]
    for value, label in _ticks(limits):
        place = (value - limits.low) / (limits.high - limits.low)
        wide = text_width(label, size)
        centre = left + place * (right - left - 1)
        at_x = int(np.clip(centre - wide / 2.0, 2, width - wide - 2))
        band = with_text(band, label, at_xy=(at_x, top + size + size // 4), size_px=size, ink=INK)
    return np.vstack([picture, band])
