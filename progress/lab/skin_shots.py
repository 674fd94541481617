"""Flat pieces of skin with planted truth, photographed twice with a known motion.

The scene is linear light; everything that a camera adds (point spread, noise, tone curve,
sharpening, JPEG) comes after the planting. A strip of paper with dark squares lies beside the skin,
as a sticker does on the body: sharpness of two shots is matched by its edges, never by the skin.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.colour import axes_for_ita
from progress.imaging import DecodedPhoto, shrink_variance_px2
from progress.metrics import Analysis
from progress.model import ChromophoreAxes, NotMeasured, Patch, ReferenceSkin
from progress.model.checks import FloatArray
from progress.phantom.features import Pores
from progress.phantom.painting import paint_pores
from progress.phantom.planting import scatter_pores
from progress.phantom.relief import Light, render
from progress.phantom.reshoot import Reshoot, shoot_again
from progress.phantom.reshoot_motion import area_warp
from progress.phantom.reshoot_warp import Warp
from progress.phantom.skin import SKIN_TONES, SkinMaps, SkinTone, bare_skin
from progress.phantom.spectra import ita_of
from progress.quality import DetailZones, RelativePsf, match_point_spread, relative_psf
from progress.regions import densified, rasterise, skin_mask

SKIN_MM = (28.0, 26.0)
"""Measured part of a piece: 7 cm2, about a cheek."""
MARGIN_MM = 7.0
"""Around it: turned by 8 degrees and a tenth nearer, the measured part is still in the picture."""
PIECE_MM = (SKIN_MM[0] + 2 * MARGIN_MM, SKIN_MM[1] + 2 * MARGIN_MM)
STRIP_MM = 12.0
"""Height of the paper below the skin."""
LIGHT = Light((-0.30, 0.45, 0.84), ambient=0.45)
STILL = Reshoot(shot_noise=3e-5, read_noise=0.0006, jpeg_quality=92)
"""The baseline shot: a focused camera with the noise and the compression of a good phone."""

_EXPOSURE_EV = (0.3, 0.4, 0.5, 0.6, 0.9, 1.1)
"""Of the six skin tones: dark skin gets more light, as a photographer would give it."""
_CAMERA_MM = 800.0
_LENS_PX = 0.55
"""Point spread of a well focused camera; what a re-shoot adds comes on top."""
_WORKING_PX_PER_MM = 12.0
_SCALE_ERROR = 0.003
"""One standard error of the scale from shot to shot, as in the product once it is locked."""
_SQUARE_MM, _SQUARE_TURN_DEG, _PAPER, _INK = 5.0, 7.0, 0.35, 0.03
_ZONE_MM = (9.0, 8.0)
_SAMPLES_PER_PX = 1.15
"""Of `DetailZones`."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Linear light of a piece of skin above a strip of paper.

    Parameters
    ----------
    linear : ndarray of float32, shape (H, W, 3)
    px_per_mm : float
    tone : SkinTone
    planted : Any
        What is true of it, in mm from the top-left corner of the whole piece.
    """

    linear: FloatArray = field(repr=False)
    px_per_mm: float
    tone: SkinTone
    planted: Any = field(default=None, repr=False)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        return self.linear.shape[1], self.linear.shape[0]


@dataclass(frozen=True, slots=True, eq=False)
class SkinShot:
    """One picture of a scene.

    Parameters
    ----------
    photo : DecodedPhoto
    warp : Warp
        True motion from the scene's pixels.
    scene : Scene
    px_per_mm : float
        As the product would know it.
    """

    photo: DecodedPhoto = field(repr=False)
    warp: Warp = field(repr=False)
    scene: Scene = field(repr=False)
    px_per_mm: float

    def at(self, piece_mm: Any) -> NDArray[np.float64]:
        """Where points of the piece (x, y in mm) are in the photo, in pixels."""
        points = np.asarray(piece_mm, dtype=np.float64).reshape(-1, 2)
        return self.warp.followup_from_baseline(points * self.scene.px_per_mm - 0.5)


def on_measured_skin(piece_mm: Any, *, border_mm: float = 0.0) -> NDArray[np.bool_]:
    """Whether points of a piece lie in its measured part, that far from its edge."""
    inner = np.asarray(piece_mm, dtype=np.float64) - MARGIN_MM
    low, high = border_mm, np.array(SKIN_MM) - border_mm
    return np.asarray(((inner > low) & (inner < high)).all(axis=-1))


def fine_pores(tone: int, seed: int) -> Pores:
    """The pores of 0.12 mm that all skin has, 60 per cm2; on dark skin their plugs show."""
    return scatter_pores(
        np.random.default_rng([seed, 2]),
        PIECE_MM,
        per_cm2=60.0,
        diameter_mm=0.12,
        plug=SKIN_TONES[tone].melanin_gain(0.2),
    )


def plain_skin(tone: int, seed: int, *, px_per_mm: float = 12.0) -> SkinMaps:
    """A healthy piece with microrelief, mottling and `fine_pores`.

    Parameters
    ----------
    tone : int
        Index into `SKIN_TONES`.
    seed : int
    px_per_mm : float
    """
    rng = np.random.default_rng([seed, 1])
    maps = bare_skin(rng, PIECE_MM, px_per_mm=px_per_mm, tone=SKIN_TONES[tone], relief_mm=0.022)
    return paint_pores(maps, fine_pores(tone, seed))


def lit(maps: SkinMaps, tone: int, *, light: Light = LIGHT) -> FloatArray:
    """Linear light of a piece, exposed for its tone, shape (H, W, 3)."""
    return render(maps, light) * np.float32(2.0 ** _EXPOSURE_EV[tone])


def scene_of(skin: FloatArray, px_per_mm: float, tone: int, planted: Any = None) -> Scene:
    """Lit skin of `PIECE_MM` with the strip of paper below it."""
    strip = _strip(skin.shape[1], px_per_mm)
    paper = np.repeat(strip[..., np.newaxis], 3, axis=2)
    return Scene(np.concatenate([skin, paper]), px_per_mm, SKIN_TONES[tone], planted)


def painted_scene(maps: SkinMaps, tone: int, planted: Any = None) -> Scene:
    """A painted piece of `PIECE_MM` in ordinary light with the strip of paper below it."""
    return scene_of(lit(maps, tone), maps.px_per_mm, tone, planted)


def darkened_scene(
    skin: FloatArray, share: FloatArray, *, px_per_mm: float, tone: int, planted: Any
) -> Scene:
    """A lit piece whose planted things take a share of its light, as no painted thing does.

    Parameters
    ----------
    skin : ndarray of float32, shape (H, W, 3)
        From `lit`.
    share : ndarray of float32, shape (H, W)
        Of the light that is taken, 0..1.
    px_per_mm, tone, planted
        See `Scene`; the tone is an index into `SKIN_TONES`.
    """
    left = np.asarray(skin * (1 - share[..., np.newaxis]), dtype=np.float32)
    return scene_of(left, px_per_mm, tone, planted)


@functools.lru_cache(maxsize=8)
def _strip(width_px: int, px_per_mm: float) -> FloatArray:
    """Paper with dark squares, a little turned so that their edges meet pixels everywhere."""
    finer = 8
    rows = round(STRIP_MM * px_per_mm)
    y, x = np.mgrid[0 : rows * finer, 0 : width_px * finer].astype(np.float32)
    x, y = (x + 0.5) / (px_per_mm * finer), (y + 0.5) / (px_per_mm * finer)
    across = (x + _SQUARE_MM) % (2 * _SQUARE_MM) - _SQUARE_MM
    down = y - STRIP_MM / 2
    cos, sin = math.cos(math.radians(_SQUARE_TURN_DEG)), math.sin(math.radians(_SQUARE_TURN_DEG))
    u, v = across * cos + down * sin, down * cos - across * sin
    ink = np.maximum(np.abs(u), np.abs(v)) < _SQUARE_MM / 2
    drawn = np.where(ink, np.float32(_INK), np.float32(_PAPER))
    return np.asarray(cv2.resize(drawn, (width_px, rows), interpolation=cv2.INTER_AREA))


def shoot_scene(scene: Scene, spec: Reshoot, *, rng: np.random.Generator) -> SkinShot:
    """One picture of a scene.

    Parameters
    ----------
    scene : Scene
    spec : Reshoot
        From `progress.phantom.reshoot_kinds`, or `STILL`.
    rng : numpy.random.Generator
        Soft tissue, noise, and the error of the scale.
    """
    width_mm = max(scene.size_px) / scene.px_per_mm
    motion = replace(spec.motion, distance_in_widths=_CAMERA_MM / width_mm)
    error = 0.0 if spec is STILL else float(rng.normal(0.0, _SCALE_ERROR))
    spec = replace(spec, motion=motion, blur_sigma_px=math.hypot(spec.blur_sigma_px, _LENS_PX))
    warp = area_warp(scene.size_px, motion=motion, rng=rng)
    shot = shoot_again(scene.linear, warp, spec, rng=rng)
    scale = scene.px_per_mm * motion.zoom * (1.0 + error)
    return SkinShot(DecodedPhoto.from_codes(shot.codes), warp, scene, scale)


def analyses(*shots: SkinShot) -> list[Analysis]:
    """The shots as the product would measure them: own pixels, own masks, one point spread.

    Parameters
    ----------
    shots : SkinShot
        Of one person; the first is the baseline.

    Returns
    -------
    list of Analysis
        Of the measured part of each piece.
    """
    zones = [_zones(shot) for shot in shots]
    softness = []
    for shot, zone in zip(shots, zones, strict=True):
        between = RelativePsf(0.0, 0.0) if zone is zones[0] else relative_psf(zones[0], zone)
        if isinstance(between, NotMeasured):
            raise ValueError(f"shots: expected edges on the paper, got none: {between.reason}")
        shrunk = shrink_variance_px2(min(1.0, _WORKING_PX_PER_MM / shot.px_per_mm))
        softness.append(between.variance_mm2 + shrunk / shot.px_per_mm**2)
    return [_analysis(shot, max(softness) - own) for shot, own in zip(shots, softness, strict=True)]


def _zones(shot: SkinShot) -> DetailZones:
    """The strip of paper in three parts, sampled along itself."""
    light = shot.photo.linear().pixels @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    half_mm = _ZONE_MM[0] / 2
    columns, rows = (round(mm * shot.px_per_mm * _SAMPLES_PER_PX) for mm in _ZONE_MM)
    u, v = np.meshgrid(np.arange(columns) - columns / 2, np.arange(rows) - rows / 2)
    pictures = []
    for share in (0.27, 0.5, 0.73):
        x_mm, y_mm = share * PIECE_MM[0], PIECE_MM[1] + STRIP_MM / 2
        left, right = shot.at([(x_mm - half_mm, y_mm), (x_mm + half_mm, y_mm)])
        along = (right - left) / np.linalg.norm(right - left) / _SAMPLES_PER_PX
        down = np.array([-along[1], along[0]])
        at = (left + right) / 2 + u[..., None] * along + v[..., None] * down
        seen = cv2.remap(
            light,
            at.astype(np.float32),
            None,  # type: ignore[call-overload]  # the map is one array of pairs
            cv2.INTER_LANCZOS4,
            borderMode=cv2.BORDER_REPLICATE,
        )
        pictures.append(np.asarray(seen / seen.mean(), dtype=np.float32))
    return DetailZones(tuple(pictures), shot.px_per_mm, ("left", "middle", "right"))


def _analysis(shot: SkinShot, lacking_mm2: float) -> Analysis:
    """One shot, softened by what it lacks."""
    box = (0, 0, *shot.photo.size_px)
    scale = min(1.0, _WORKING_PX_PER_MM / shot.px_per_mm)
    px_per_mm = shot.px_per_mm * scale
    linear = shot.photo.linear(box, scale).pixels
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * SKIN_MM + MARGIN_MM
    outline = shot.at(densified(corners, 0.4))
    mask = skin_mask(linear, box, scale, None, px_per_mm=shot.px_per_mm)
    mask &= rasterise(outline, box, scale)
    if lacking_mm2 > 0:
        linear = match_point_spread(linear, math.sqrt(lacking_mm2) * px_per_mm)
    axes, reference = _colour(tuple(float(part) for part in shot.scene.tone.linear))
    return Analysis(
        Patch(
            linear=linear,
            mask=mask,
            px_per_mm=px_per_mm,
            native_px_per_mm=shot.px_per_mm,
            axes=axes,
            reference=reference,
        )
    )


@functools.cache
def _colour(plain: tuple[float, ...]) -> tuple[ChromophoreAxes, ReferenceSkin]:
    """Axes of a tone, and its untreated skin."""
    linear = np.array(plain)
    error = np.full(3, 0.004)
    return axes_for_ita(float(ita_of(linear))), ReferenceSkin(-np.log(linear), error, "piece")
