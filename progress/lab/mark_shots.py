"""Pictures of marks of known colour and width, on procedural skin and on real close-ups."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.colour import axes_for_ita
from progress.imaging import (
    delta_e_2000,
    ita_deg,
    lab_from_linear,
    linear_from_codes,
    optical_density,
    read_photo,
    shrink,
)
from progress.metrics import Analysis, get_metric
from progress.model import Outcome, Patch
from progress.model.checks import FloatArray
from progress.phantom.mark_doses import Mark
from progress.phantom.relief import Light, render
from progress.phantom.reshoot import Reshoot, reshoot_area
from progress.phantom.skin import SkinMaps, SkinTone, bare_skin
from progress.regions import rasterise, skin_mask

_SIZE_MM = (42.0, 36.0)
_PX_PER_MM = 12.0
STILL = Reshoot(shot_noise=3e-5, read_noise=0.0006, jpeg_quality=92)
"""A focused first shot with ordinary noise and compression."""
_LENS_PX = 0.55
_SCALE_ERROR = 0.003
"""One standard error of the scale from photo to photo once it is locked."""
_AWAY_MM = 800.0
_BARE_MM, _ALL_BARE, _EVEN_OD = 9.0, 0.97, 0.12
_PHOTO_MM = 45.0
"""Shorter side that a close-up is taken to show: its true scale is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class Skin:
    """Bare skin to put marks on.

    Parameters
    ----------
    tone : SkinTone
    maps : SkinMaps or None
        Procedural skin, or none under a photo.
    photo : ndarray of float32, shape (H, W, 3), or None
        Linear light of a real close-up.
    """

    tone: SkinTone
    maps: SkinMaps | None = field(repr=False, default=None)
    photo: FloatArray | None = field(repr=False, default=None)

    def with_mark(self, mark: Mark) -> FloatArray:
        """Linear light of the skin with a mark on it."""
        if self.maps is not None:
            return render(mark.painted(self.maps), Light())
        assert self.photo is not None  # noqa: S101 - one of the two is there
        zero = np.zeros(self.photo.shape[:2], np.float32)
        even = SkinMaps(zero + self.tone.melanin, zero + self.tone.blood, zero, zero, _PX_PER_MM)
        ratio = render(mark.painted(even), Light()) / render(even, Light())
        return np.asarray(self.photo * ratio, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class MarkShot:
    """One picture of a mark and its carried outline, measured on demand."""

    analysis: Analysis = field(repr=False)
    outline_px: NDArray[np.float64] = field(repr=False)

    def outcome(self, metric_id: str) -> Outcome:
        """What a metric says of the outlined mark."""
        rows, columns = self.analysis.patch.mask.shape
        inside = rasterise(self.outline_px, (0, 0, columns, rows), 1.0) & self.analysis.patch.mask
        return get_metric(metric_id).pool(self.analysis, inside)


def bare(tone: SkinTone, seed: int, *, unevenness: float = 1.2) -> Skin:
    """Procedural skin of the body."""
    rng = np.random.default_rng([seed, 71])
    maps = bare_skin(
        rng,
        _SIZE_MM,
        px_per_mm=_PX_PER_MM,
        tone=tone,
        relief_mm=0.03,
        unevenness=unevenness,
        gloss=0.2,
    )
    return Skin(tone, maps)


def placed(mark: Mark, **changes: Any) -> Mark:
    """The mark in the middle of a piece."""
    return replace(mark, **{"x_mm": _SIZE_MM[0] / 2, "y_mm": _SIZE_MM[1] / 2, **changes})


def shoot(
    skin: Skin, mark: Mark, spec: Reshoot, outline_mm: NDArray[np.float64], *, seed: int
) -> MarkShot:
    """A mark photographed once.

    Parameters
    ----------
    skin : Skin
    mark : Mark
    spec : Reshoot
        How this shot differs from a still one.
    outline_mm : ndarray, shape (n, 2)
        What the user drew, in mm from the corner of the piece.
    seed : int
    """
    rng = np.random.default_rng(seed)
    linear = skin.with_mark(mark)
    width_mm = linear.shape[1] / _PX_PER_MM
    spec = replace(
        spec,
        motion=replace(spec.motion, distance_in_widths=_AWAY_MM / width_mm),
        blur_sigma_px=math.hypot(spec.blur_sigma_px, _LENS_PX),
    )
    shot = reshoot_area(linear, spec, rng)
    error = 0.0 if spec.motion.zoom == 1 else float(rng.normal(0.0, _SCALE_ERROR))
    px_per_mm = _PX_PER_MM * spec.motion.zoom * (1 + error)
    seen = linear_from_codes(shot.codes)
    height, width = seen.shape[:2]
    mask = skin_mask(seen, (0, 0, width, height), 1.0, None, px_per_mm=px_per_mm)
    axes = axes_for_ita(_tone_deg(tuple(float(light) for light in skin.tone.linear)))
    patch = Patch(seen, mask, px_per_mm, px_per_mm, axes=axes)
    return MarkShot(Analysis(patch), shot.followup_from_baseline(outline_mm * _PX_PER_MM - 0.5))


@functools.cache
def _tone_deg(linear: tuple[float, ...]) -> float:
    return float(ita_deg(lab_from_linear(np.array(linear))))


def true_figures(mark: Mark, tone: SkinTone) -> tuple[float, float]:
    """Delta E 2000 of the mark's middle to even skin of the tone, and its width in density, mm."""
    away = np.linspace(0.0, 14.0, 2801)
    light = mark.reflectance(away, tone).astype(np.float64)
    density = -np.log(light / light[-1])
    middle = density[0]
    height = density @ middle / max(float(middle @ middle), 1e-12)
    contrast = float(delta_e_2000(lab_from_linear(light[-1]), lab_from_linear(light[0])))
    return contrast, 2.0 * float(np.interp(-0.5, -height, away))


def close_ups(photos: Path, most: int) -> list[Skin]:
    """Real close-ups as bare skin, each with the tone that it shows; moles and hairs included."""
    found = []
    for path in sorted((photos / "close_ups").glob("*.png"))[:most]:
        linear = read_photo(path).linear().pixels
        scale = _PHOTO_MM * _PX_PER_MM / min(linear.shape[:2])
        small = shrink(linear, scale) if scale < 1 else linear
        if min(small.shape[:2]) < 0.8 * _PHOTO_MM * _PX_PER_MM:
            continue
        middle = np.median(small.reshape(-1, 3), axis=0).astype(np.float64)
        angle = float(np.clip(ita_deg(lab_from_linear(middle)), -40.0, 58.0))
        found.append(Skin(SkinTone.from_ita(path.stem, angle, blood=0.016), photo=small))
    return found


def clear_place(skin: Skin, length_mm: float) -> tuple[float, float] | None:
    """Where an upright mark finds the barest skin of a close-up, (x, y) in mm, or None.

    All skin within 10 mm of its line must count, and be as even as mottling is: where people
    photograph skin there is mostly something on it.
    """
    assert skin.photo is not None  # noqa: S101 - asked of close-ups only
    height, width = skin.photo.shape[:2]
    mask = skin_mask(skin.photo, (0, 0, width, height), 1.0, None, px_per_mm=_PX_PER_MM)
    box = round(2 * _BARE_MM * _PX_PER_MM), round((length_mm + 6.0) * _PX_PER_MM)
    density = cv2.GaussianBlur(optical_density(skin.photo[..., 1]), (0, 0), _PX_PER_MM)
    share, mean, square = (
        cv2.boxFilter(np.asarray(part, np.float32), -1, box) for part in (mask, density, density**2)
    )
    spread = np.sqrt(np.maximum(square - mean**2, 0.0))
    inner = np.zeros(mask.shape, dtype=bool)
    inner[box[1] // 2 : height - box[1] // 2, box[0] // 2 : width - box[0] // 2] = True
    fits = inner & (share > _ALL_BARE) & (spread < _EVEN_OD)
    if not fits.any():
        return None
    y, x = np.unravel_index(np.argmin(np.where(fits, spread, np.inf)), fits.shape)
    return (float(x) + 0.5) / _PX_PER_MM, (float(y) + 0.5) / _PX_PER_MM
