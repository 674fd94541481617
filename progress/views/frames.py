"""Two photos brought to one frame for the screen: same crop, same size, same skin in each place.

For looking only. The follow-up is bent onto the baseline here; nothing is ever measured on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.photo import DecodedPhoto
from progress.model import Registration
from progress.model.checks import BoolArray, FloatArray, frozen_array

Codes = NDArray[np.uint8]

SCREEN_PX = 1600
"""Longest side of a picture for the screen: sharp on a tablet, and a 12-megapixel pair stays
quick."""

_MARGIN = 0.06
_FILL_MM = 12.0
_OUTSIDE = (235, 235, 235)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A crop of one photo at screen size.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (H, W, 3)
        sRGB codes for display.
    box_px : tuple of int
        Left, top, right, bottom of the crop in upright baseline pixels.
    px_per_mm : float or None
        Screen pixels per millimetre of baseline skin; None without a scale.
    """

    pixels: Codes = field(repr=False)
    box_px: tuple[int, int, int, int]
    px_per_mm: float | None = None

    def __post_init__(self) -> None:
        pixels = frozen_array(self.pixels, dtype="uint8", shape=(None, None, 3), name="Frame")
        object.__setattr__(self, "pixels", pixels)


@dataclass(frozen=True, slots=True, eq=False)
class AlignedPair:
    """Baseline and follow-up in the baseline's frame.

    Parameters
    ----------
    baseline, followup : Frame
        Same crop, same size; the follow-up was bent onto the baseline.
    valid : ndarray of bool, shape (H, W)
        Where the registration holds.
    error_mm : ndarray of float32, shape (H, W)
        Its estimated error; meaningless where not valid.
    """

    baseline: Frame
    followup: Frame
    valid: BoolArray = field(repr=False)
    error_mm: FloatArray = field(repr=False)

    def __post_init__(self) -> None:
        grid = self.baseline.pixels.shape[:2]
        if self.followup.pixels.shape != self.baseline.pixels.shape:
            raise ValueError(
                f"AlignedPair: expected two frames of one size, got {self.baseline.pixels.shape} "
                f"and {self.followup.pixels.shape}"
            )
        valid = frozen_array(self.valid, dtype="bool", shape=grid, name="AlignedPair.valid")
        error = frozen_array(self.error_mm, dtype="float32", shape=grid, name="error_mm")
        object.__setattr__(self, "valid", valid)
        object.__setattr__(self, "error_mm", error)


def photo_frame(
    photo: DecodedPhoto,
    *,
    box_px: tuple[int, int, int, int] | None = None,
    px_per_mm: float | None = None,
    max_px: int = SCREEN_PX,
) -> Frame:
    """Return one photo, or a crop of it, at screen size.

    Parameters
    ----------
    photo : DecodedPhoto
        Upright.
    box_px : tuple of int, optional
        Left, top, right, bottom; the whole photo if absent.
    px_per_mm : float, optional
        Scale of the photo at full resolution.
    max_px : int
        Longest side of the result; photos are never enlarged.
    """
    width, height = photo.size_px
    box = box_px or (0, 0, width, height)
    left, top, right, bottom = box
    if not (0 <= left < right <= width and 0 <= top < bottom <= height):
        raise ValueError(f"box_px: expected a part of {width} x {height} pixels, got {box}")
    size = _screen_size(box, max_px)
    # Averaging display codes instead of light darkens fine glints a little; for a picture that is
    # only looked at, a tenth of the time is worth more.
    pixels = cv2.resize(
        photo.codes_8bit()[top:bottom, left:right], size, interpolation=cv2.INTER_AREA
    )
    scale = size[0] / (right - left)
    return Frame(cast("Codes", pixels), box, px_per_mm * scale if px_per_mm else None)


def aligned_pair(
    baseline: DecodedPhoto,
    followup: DecodedPhoto,
    registration: Registration,
    *,
    px_per_mm: float | None = None,
    max_px: int = SCREEN_PX,
    box_px: tuple[int, int, int, int] | None = None,
) -> AlignedPair:
    """Return both photos in the baseline's frame, cropped to the skin that was found again.

    Parameters
    ----------
    baseline, followup : DecodedPhoto
        Upright, of the sizes that `registration` names.
    registration : Registration
        Where the baseline's skin lies in the follow-up. Outside its valid part the bending fades
        into the best affine transform, so that hair and background stay recognisable.
    px_per_mm : float, optional
        Scale of the baseline at full resolution, for the ruler.
    max_px : int
        Longest side of each picture.
    box_px : tuple of int, optional
        Left, top, right, bottom of another crop, in baseline pixels.

    Raises
    ------
    ValueError
        If a photo is not of the size that the registration was made for.
    """
    for name, photo, size in (
        ("baseline", baseline, registration.baseline_size_px),
        ("followup", followup, registration.followup_size_px),
    ):
        if photo.size_px != tuple(size):
            raise ValueError(f"{name}: expected a photo of {size} pixels, got {photo.size_px}")
    box = box_px or _skin_box(registration)
    first = photo_frame(baseline, box_px=box, px_per_mm=px_per_mm, max_px=max_px)
    height, width = first.pixels.shape[:2]
    grid_xy = _grid_positions(box, (width, height), registration.step)
    place_xy = _sample(_shown_field(registration, px_per_mm), grid_xy)
    second = _bent(followup, place_xy)
    return AlignedPair(
        baseline=first,
        followup=Frame(second, box, first.px_per_mm),
        valid=_sample(registration.valid.astype(np.float32), grid_xy) > 0.5,
        error_mm=_sample(np.nan_to_num(registration.error_mm, nan=0.0), grid_xy),
    )


def _screen_size(box: tuple[int, int, int, int], max_px: int) -> tuple[int, int]:
    """Width and height of a crop on the screen, never enlarged."""
    width, height = box[2] - box[0], box[3] - box[1]
    scale = min(1.0, max_px / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _skin_box(registration: Registration) -> tuple[int, int, int, int]:
    """The valid part with a margin, inside the baseline; all of it when nothing is valid."""
    width, height = registration.baseline_size_px
    rows, columns = np.nonzero(registration.valid)
    if not len(rows):
        return 0, 0, width, height
    step = registration.step
    left, right = int(columns.min()) * step, int(columns.max() + 1) * step
    top, bottom = int(rows.min()) * step, int(rows.max() + 1) * step
    margin = round(_MARGIN * max(right - left, bottom - top))
    return (
        max(0, left - margin),
        max(0, top - margin),
        min(width, right + margin),
        min(height, bottom + margin),
    )


def _grid_positions(
    box: tuple[int, int, int, int], size: tuple[int, int], step: int
) -> NDArray[np.float32]:
    """Where each screen pixel lies on the field's grid, (H, W, 2)."""
    left, top, right, bottom = box
    width, height = size
    x = (left - 0.5 + (np.arange(width) + 0.5) * (right - left) / width) / step
    y = (top - 0.5 + (np.arange(height) + 0.5) * (bottom - top) / height) / step
    return np.stack(np.meshgrid(x, y), axis=-1).astype(np.float32)


def _sample(values: FloatArray, grid_xy: NDArray[np.float32]) -> FloatArray:
    """Values of a grid at fractional grid positions, bilinear, borders continued."""
    sampled = cv2.remap(
        np.ascontiguousarray(values, dtype=np.float32),
        grid_xy[..., 0],
        grid_xy[..., 1],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return cast("FloatArray", sampled)


def _shown_field(registration: Registration, px_per_mm: float | None) -> FloatArray:
    """The field where it is valid; around it, its residual fading into an affine transform."""
    field_xy = np.asarray(registration.followup_from_baseline_xy, dtype=np.float32)
    usable = registration.valid & np.isfinite(field_xy).all(axis=-1)
    if usable.sum() < 3:
        return np.nan_to_num(field_xy, nan=-1e6)
    rows, columns = np.indices(usable.shape, dtype=np.float32)
    design = np.stack([columns, rows, np.ones_like(rows)], axis=-1)
    solution, *_ = np.linalg.lstsq(design[usable], field_xy[usable], rcond=None)
    affine = (design @ solution).astype(np.float32)
    residual = np.where(usable[..., None], field_xy - affine, 0.0).astype(np.float32)
    reach = _FILL_MM * px_per_mm if px_per_mm else 0.05 * max(registration.baseline_size_px)
    sigma = max(1.0, reach / registration.step / 2.0)
    weight = cv2.GaussianBlur(usable.astype(np.float32), (0, 0), sigma)
    spread = cv2.GaussianBlur(residual, (0, 0), sigma)
    # Normalised by a floored weight: equal to the local mean at the rim, zero far away.
    faded = spread / np.maximum(weight, 0.25)[..., None]
    return np.where(usable[..., None], field_xy, affine + faded).astype(np.float32)


def _bent(photo: DecodedPhoto, place_xy: FloatArray) -> Codes:
    """The follow-up read at `place_xy`, shrunk first by area so that nothing aliases."""
    codes = photo.codes_8bit()
    # How many follow-up pixels one screen pixel steps over, from the field itself: the two photos
    # may have been taken from different distances.
    stride = float(np.median(np.abs(np.diff(place_xy[..., 0], axis=1))))
    shrink = min(1.0, 1.0 / stride) if stride > 0 else 1.0
    xy = place_xy
    if shrink < 0.9:
        height, width = codes.shape[:2]
        size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        codes = cast("Codes", cv2.resize(codes, size, interpolation=cv2.INTER_AREA))
        factors = np.array([size[0] / width, size[1] / height], dtype=np.float32)
        xy = (xy + 0.5) * factors - 0.5
    bent = cv2.remap(
        codes,
        np.ascontiguousarray(xy[..., 0]),
        np.ascontiguousarray(xy[..., 1]),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=_OUTSIDE,
    )
    return cast("Codes", bent)
