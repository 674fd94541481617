"""A photo of an area of the body with stretch marks, moles, hair and a sticker for scale."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field, replace
from typing import Final, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging.resample import gaussian_blur, warp
from progress.model.checks import BoolArray, FloatArray, frozen_array
from progress.phantom.body_pose import BodyShot, Points
from progress.phantom.camera import Codes, shoot
from progress.phantom.features import Curve, Spot, StretchMark
from progress.phantom.painting import (
    paint_hairs,
    paint_pores,
    paint_spots,
    paint_stretch_marks,
)
from progress.phantom.planting import (
    scatter_hairs,
    scatter_pores,
    scatter_spots,
    smooth_curve,
)
from progress.phantom.relief import render
from progress.phantom.skin import SKIN_TONES, SkinMaps, SkinTone, bare_skin

STICKER_SIDE_MM: Final = 20.0
_PAPER_MM: Final = 26.0
_MARGIN_MM: Final = 12.0
_CURVATURE_MM: Final = 150.0
"""Radius of the thigh or flank as a cylinder."""
_FADING_WEEKS: Final = 12.0


@dataclass(frozen=True, slots=True)
class BodySpec:
    """A body area of one client at one time of a course of treatment.

    Parameters
    ----------
    seed : int
        Of the person: the same seed has the same moles, hairs and marks in the same places.
    weeks : float
        Since the first treatment. The contrast of the marks falls towards 55 % and their width
        towards 78 %, with a time constant of 12 weeks; nothing else changes.
    tone : SkinTone
    kind : {"rubra", "alba"}
        Young red or old pale stretch marks.
    size_mm : tuple of float
        Width and height that a photo shows.
    px_per_mm : float
        Of the photo, in its middle.
    marks, moles : int
        How many.
    hairs_per_cm2 : float
    """

    seed: int = 0
    weeks: float = 0.0
    tone: SkinTone = SKIN_TONES[2]
    kind: Literal["rubra", "alba"] = "rubra"
    size_mm: tuple[float, float] = (110.0, 80.0)
    px_per_mm: float = 12.0
    marks: int = 6
    moles: int = 9
    hairs_per_cm2: float = 1.0

    def __post_init__(self) -> None:
        if not self.weeks >= 0:
            raise ValueError(f"BodySpec.weeks: expected a number >= 0, got {self.weeks}")
        if self.kind not in ("rubra", "alba"):
            raise ValueError(f"BodySpec.kind: expected 'rubra' or 'alba', got {self.kind!r}")

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of a photo."""
        return round(self.size_mm[0] * self.px_per_mm), round(self.size_mm[1] * self.px_per_mm)

    @property
    def remaining(self) -> tuple[float, float]:
        """Contrast and width of the marks over those before treatment."""
        healed = 1.0 - math.exp(-self.weeks / _FADING_WEEKS)
        return 1.0 - 0.45 * healed, 1.0 - 0.22 * healed


@dataclass(frozen=True, slots=True, eq=False)
class BodyTruth:
    """What is on the skin, in millimetres from the centre of the area, x right and y down."""

    marks: tuple[StretchMark, ...]
    moles: tuple[Spot, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RenderedBody:
    """A photo of a body area and what is true of it.

    Parameters
    ----------
    codes : ndarray of uint8, shape (H, W, 3)
        sRGB.
    truth : BodyTruth
    spec : BodySpec
    shot : BodyShot
    """

    codes: Codes = field(repr=False)
    truth: BodyTruth = field(repr=False)
    spec: BodySpec
    shot: BodyShot

    def __post_init__(self) -> None:
        codes = frozen_array(
            self.codes, dtype="uint8", shape=(None, None, 3), name="RenderedBody.codes"
        )
        object.__setattr__(self, "codes", codes)

    def photo_xy(self, skin_mm: Points) -> Points:
        """Pixels of this photo at which points of the skin are seen, shape (..., 2)."""
        return self.shot.photo_from_skin(skin_mm, self.spec.size_px, self.spec.px_per_mm)

    def outline(self, mark: StretchMark, *, beyond_mm: float = 0.5) -> Points:
        """The polygon in pixels that a user would draw round a mark.

        Parameters
        ----------
        mark : StretchMark
            One of `truth.marks`.
        beyond_mm : float
            How far outside the half depth of the band.

        Returns
        -------
        ndarray of float64, shape (n, 2)
        """
        points = mark.curve.points_mm
        ahead = np.gradient(points, axis=0)
        side = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
        side /= np.linalg.norm(side, axis=1, keepdims=True)
        off = (0.5 * mark.width_mm + beyond_mm) * side
        return self.photo_xy(np.concatenate([points + off, (points - off)[::-1]]))


def render_body(spec: BodySpec, shot: BodyShot, rng: np.random.Generator) -> RenderedBody:
    """One photo of a body area.

    Parameters
    ----------
    spec : BodySpec
        Whose skin, and when.
    shot : BodyShot
        How it is held, lit and photographed.
    rng : numpy Generator
        For the camera's noise only.

    Returns
    -------
    RenderedBody

    Notes
    -----
    The skin is lit as part of a cylinder of 150 mm radius, but projected as a plane that soft
    tissue stretches: `true_field` is exact, the perspective of the curvature is left out.
    """
    maps, truth = _body_skin(spec)
    lit = render(_curved(maps), shot.light)
    lit = _with_sticker(lit, spec, shot)
    seen = shot.skin_from_photo(_pixel_grid(spec.size_px, 1), spec.size_px, spec.px_per_mm)
    half = np.array(maps.size_mm) / 2.0
    sources = (seen + half) * spec.px_per_mm - 0.5
    # A shot tilted or moved too far would look past the piece; the edge is repeated there.
    limit = np.array([maps.shape[1] - 1, maps.shape[0] - 1]) - 1e-3
    scene = warp(lit, np.clip(sources, 0.0, limit))
    return RenderedBody(shoot(scene, shot.camera, rng), truth, spec, shot)


def true_field(
    spec: BodySpec, shot_a: BodyShot, shot_b: BodyShot, *, step: int = 1
) -> tuple[FloatArray, BoolArray]:
    """Where in photo B the skin lies that photo A shows.

    Parameters
    ----------
    spec : BodySpec
        Size and resolution of both photos.
    shot_a, shot_b : BodyShot
    step : int
        Element [r, c] of the field belongs to pixel (c step, r step) of A.

    Returns
    -------
    b_from_a_xy : ndarray of float32, shape (rows, columns, 2)
        Exact.
    valid : ndarray of bool, shape (rows, columns)
        False under either sticker and where the skin is outside photo B or beyond the piece.
    """
    if step < 1:
        raise ValueError(f"step: expected at least 1, got {step}")
    size, scale = spec.size_px, spec.px_per_mm
    skin = shot_a.skin_from_photo(_pixel_grid(size, step), size, scale)
    there = shot_b.photo_from_skin(skin, size, scale)
    inside = np.all((there >= 0) & (there <= np.array(size) - 1), axis=-1)
    half = np.array(spec.size_mm) / 2.0 + _MARGIN_MM
    inside &= np.all(np.abs(skin) < half, axis=-1)
    for shot in (shot_a, shot_b):
        inside &= ~np.all(np.abs(_on_sticker(skin, shot)) < 0.5 * _PAPER_MM + 0.3, axis=-1)
    return there.astype(np.float32), inside


def _pixel_grid(size_px: tuple[int, int], step: int) -> NDArray[np.float64]:
    """Every `step`-th pixel (x, y) of a photo."""
    x, y = np.meshgrid(np.arange(0, size_px[0], step), np.arange(0, size_px[1], step))
    return np.stack([x, y], axis=-1).astype(np.float64)


def _on_sticker(skin_mm: Points, shot: BodyShot) -> Points:
    """Skin points as seen from the sticker: from its centre, along its sides."""
    turn = math.radians(shot.sticker_turn_deg)
    rotate = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    return np.asarray((skin_mm - np.array(shot.sticker_mm)) @ rotate.T)


@functools.lru_cache(maxsize=2)
def _body_skin(spec: BodySpec) -> tuple[SkinMaps, BodyTruth]:
    """The skin of an area with a margin, and what is on it."""
    size = (spec.size_mm[0] + 2 * _MARGIN_MM, spec.size_mm[1] + 2 * _MARGIN_MM)
    streams = np.random.default_rng(spec.seed).spawn(5)
    maps = bare_skin(
        streams[0],
        size,
        px_per_mm=spec.px_per_mm,
        tone=replace(spec.tone, blood=0.75 * spec.tone.blood),
        relief_mm=0.035,
        unevenness=1.2,
        gloss=0.18,
    )
    pores = scatter_pores(
        streams[1], size, per_cm2=25.0, diameter_mm=0.16, plug=spec.tone.melanin_gain(0.3)
    )
    maps = paint_pores(maps, pores)
    marks = _marks(spec, size, streams[2])
    maps = paint_stretch_marks(maps, marks)
    moles = _moles(spec, size, streams[3])
    maps = paint_spots(maps, moles)
    hairs = scatter_hairs(
        streams[4], size, per_cm2=spec.hairs_per_cm2, length_mm=6.0, width_mm=0.05, opacity=0.75
    )
    maps = paint_hairs(maps, hairs)
    half = np.array(size) / 2.0
    truth = BodyTruth(
        marks=tuple(replace(m, curve=Curve(m.curve.points_mm - half)) for m in marks),
        moles=tuple(replace(m, x_mm=m.x_mm - half[0], y_mm=m.y_mm - half[1]) for m in moles),
    )
    return maps, truth


def _marks(
    spec: BodySpec, size_mm: tuple[float, float], rng: np.random.Generator
) -> tuple[StretchMark, ...]:
    """Stretch marks side by side, as faded as the weeks have made them."""
    contrast, narrowing = spec.remaining
    melanin, blood = (0.93, 2.9) if spec.kind == "rubra" else (0.62, 0.55)
    marks = []
    for number in range(spec.marks):
        across = (number + 0.5 + float(rng.uniform(-0.25, 0.25))) / spec.marks
        length = float(rng.uniform(0.35, 0.6)) * spec.size_mm[1]
        angle = float(rng.normal(78.0, 7.0))
        # Clear of the corner of the sticker, which lies low on the left.
        start = (
            _MARGIN_MM + spec.size_mm[0] * (0.36 + 0.60 * across),
            _MARGIN_MM + float(rng.uniform(0.08, 0.32)) * spec.size_mm[1],
        )
        strength = contrast * float(rng.uniform(0.7, 1.0))
        marks.append(
            StretchMark(
                smooth_curve(rng, start, angle_deg=angle, length_mm=length, bend=0.22),
                width_mm=float(rng.uniform(2.0, 4.5)) * narrowing,
                depth_mm=0.12 * strength,
                melanin_factor=1.0 + (melanin - 1.0) * strength,
                blood_factor=1.0 + (blood - 1.0) * strength,
            )
        )
    return tuple(marks)


def _moles(
    spec: BodySpec, size_mm: tuple[float, float], rng: np.random.Generator
) -> tuple[Spot, ...]:
    """Moles and freckles; the larger a mole, the higher."""
    planted = scatter_spots(
        rng,
        size_mm,
        count=spec.moles,
        diameter_mm=(0.9, 3.6),
        melanin_factor=1.0 + spec.tone.melanin_gain(4.0),
        border_mm=4.0,
    )
    return tuple(replace(spot, rise_mm=0.08 * max(0.0, spot.diameter_mm - 1.5)) for spot in planted)


def _curved(maps: SkinMaps) -> SkinMaps:
    """The skin bent round a cylinder with its axis down the photo."""
    width = maps.shape[1]
    x_mm = (np.arange(width, dtype=np.float32) + 0.5 - width / 2) / np.float32(maps.px_per_mm)
    return maps.replace(height_mm=maps.height_mm - x_mm**2 / np.float32(2.0 * _CURVATURE_MM))


@functools.cache
def _sticker_picture(side_px: int) -> FloatArray:
    """The paper with its marker as reflectance."""
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    inner = round(side_px * STICKER_SIDE_MM / _PAPER_MM)
    marker = cv2.aruco.generateImageMarker(dictionary, 0, inner)
    paper = np.full((side_px, side_px), 255, dtype=np.uint8)
    first = (side_px - inner) // 2
    paper[first : first + inner, first : first + inner] = marker
    light = np.where(paper > 127, np.float32(0.82), np.float32(0.045))
    # Half a pixel of the skin's grid, so that edges are not staircases when the sticker is turned.
    return gaussian_blur(light, 0.7)


def _with_sticker(lit: FloatArray, spec: BodySpec, shot: BodyShot) -> FloatArray:
    """The lit skin with the sticker on it, drawn exactly `STICKER_SIDE_MM` wide."""
    # Six modules of 60 pixels, drawn by a map in mm: the marker's side is exact.
    inner_px = 360
    side_px = round(inner_px * _PAPER_MM / STICKER_SIDE_MM)
    picture = _sticker_picture(side_px)
    rows, columns = lit.shape[:2]
    grid = (_pixel_grid((columns, rows), 1) + 0.5) / spec.px_per_mm
    local = _on_sticker(grid - np.array([columns, rows]) / (2.0 * spec.px_per_mm), shot)
    where = local * (inner_px / STICKER_SIDE_MM) + (side_px - 1) / 2.0
    drawn = warp(picture, np.clip(where, 0.0, side_px - 1.01))
    beyond = np.abs(local).max(axis=-1) - 0.5 * _PAPER_MM
    cover = np.clip(0.5 - beyond * spec.px_per_mm, 0.0, 1.0)[..., np.newaxis]
    x_mm = grid[..., 0] - columns / (2.0 * spec.px_per_mm)
    lamp = shot.light.unit
    slope = -x_mm / _CURVATURE_MM
    facing = np.clip((lamp[2] - slope * lamp[0]) / np.sqrt(1.0 + slope**2) / lamp[2], 0.0, None)
    level = shot.light.ambient + (1.0 - shot.light.ambient) * facing
    paper = (drawn * level)[..., np.newaxis]
    return cast("FloatArray", (cover * paper + (1.0 - cover) * lit).astype(np.float32))
