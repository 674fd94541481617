"""Skin with planted lines, and what the ridge filter finds of them.

Lines are planted in two ways that the filter shares nothing with: as grooves in the height of the
skin, lit with the rest of it, and as bands that take a share of the light. Their courses are drawn
at random or taken from masks that somebody drew by hand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from skimage.morphology import skeletonize

from progress.lab.skin_shots import (
    MARGIN_MM,
    PIECE_MM,
    SKIN_MM,
    Scene,
    SkinShot,
    darkened_scene,
    lit,
    on_measured_skin,
    painted_scene,
    plain_skin,
)
from progress.metrics import Analysis
from progress.metrics.bands import RELIEF_PX_PER_MM
from progress.metrics.ridges import find_ridges
from progress.model.checks import FloatArray
from progress.phantom.features import PointsMm
from progress.phantom.painting import paint_pores
from progress.phantom.planting import scatter_pores, smooth_curve
from progress.phantom.skin import SKIN_TONES
from progress.phantom.stamps import along

How = Literal["groove", "band"]

_FWHM = 2 * math.sqrt(2 * math.log(2))
_STEP_MM = 0.1
_LINES = 9
_WIDTH_MM = (0.25, 0.6)
_GROOVE_DEPTH_MM = (0.06, 0.22)
_BAND_CONTRAST = (0.05, 0.15)
_RUN_OUT = 0.2
"""Part of the length at each end over which a line fades in."""
_FACE_MM = 160.0
"""Width of the pictures in which masks of whole faces were drawn."""
_TOLERANCE_PX = 3
"""Of the analysis, 8 px/mm: under slanting light the dark wall lies beside the middle of a groove.
"""
_PIXELS_OF_A_STEP = 1.15
"""Mean length of line that a thinned pixel stands for, in pixels, over all directions."""


@dataclass(frozen=True, slots=True, eq=False)
class PlantedLines:
    """Points along the middle of lines, a tenth of a millimetre apart.

    Parameters
    ----------
    xy_mm : ndarray of float64, shape (n, 2)
        From the corner of the piece.
    width_mm, strength : ndarray of float64, shape (n,)
        Full width at half depth, and depth in mm or contrast there.
    """

    xy_mm: PointsMm = field(repr=False)
    width_mm: NDArray[np.float64] = field(repr=False)
    strength: NDArray[np.float64] = field(repr=False)


def drawn_courses(seed: int) -> list[PointsMm]:
    """Nine bending lines of 6 to 22 mm, two thirds of them about level."""
    rng = np.random.default_rng([seed, 4])
    courses = []
    for number in range(_LINES):
        length = float(rng.uniform(6.0, 22.0))
        angle = float(rng.normal(0.0, 25.0) if number % 3 else rng.uniform(-90.0, 90.0))
        middle = np.array(
            [rng.uniform(4.0, SKIN_MM[0] - 4.0), 2.5 + (SKIN_MM[1] - 5) * (number + 0.5) / _LINES]
        )
        way = np.array([math.cos(math.radians(angle)), math.sin(math.radians(angle))])
        start = middle - way * length / 2 + MARGIN_MM
        curve = smooth_curve(rng, start.tolist(), angle_deg=angle, length_mm=length, bend=0.15)
        courses.append(along(curve.points_mm, _STEP_MM)[0])
    return courses


def mask_courses(path: Path) -> list[PointsMm]:
    """Courses of the lines of a hand-drawn mask, in the piece of skin that holds most of them.

    Parameters
    ----------
    path : Path
        Picture of a face's lines, bright on black, about 160 mm wide.

    Returns
    -------
    list of ndarray, shape (n, 2)
        In mm; each point stands for about the same length.
    """
    drawn = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if drawn is None:
        raise ValueError(f"path: expected a picture, got {path.name}")
    finer = 1 / _STEP_MM / (drawn.shape[1] / _FACE_MM)
    large = cv2.resize(drawn, None, fx=finer, fy=finer, interpolation=cv2.INTER_CUBIC)
    # The steps of the drawing are not those of a wrinkle.
    smooth = cv2.GaussianBlur(large, (0, 0), 0.8 * finer)
    thin = skeletonize(np.asarray(smooth) > 110).astype(np.float32)
    inner = round(SKIN_MM[0] / _STEP_MM), round(SKIN_MM[1] / _STEP_MM)
    held = cv2.boxFilter(thin, -1, inner, normalize=False, borderType=cv2.BORDER_CONSTANT)
    _, _, _, (x, y) = cv2.minMaxLoc(held)
    _, label = cv2.connectedComponents(thin.astype(np.uint8))
    corner = np.array([x, y]) * _STEP_MM - np.array(PIECE_MM) / 2
    courses = []
    for number in range(1, int(label.max()) + 1):
        rows, columns = np.nonzero(label == number)
        points = np.stack([columns, rows], axis=1) * _STEP_MM - corner
        if len(points) > 3.0 / _STEP_MM and on_measured_skin(points).any():
            courses.append(points)
    return courses


def _planted(
    courses: Sequence[PointsMm], seed: int, *, strength: tuple[float, float], dose: float
) -> PlantedLines:
    """Courses with a width and a strength each; both ends fade where the course has an order."""
    rng = np.random.default_rng([seed, 6])
    widths, depths = [], []
    for points in courses:
        widths.append(np.full(len(points), rng.uniform(*_WIDTH_MM)))
        share = np.linspace(0.0, 1.0, len(points))
        end = np.minimum(share, 1.0 - share) / _RUN_OUT
        ordered = np.hypot(*np.diff(points, axis=0).T).max() < 3 * _STEP_MM
        fade = np.sin(0.5 * np.pi * np.minimum(end, 1.0)) if ordered else np.ones(len(points))
        depths.append(dose * rng.uniform(*strength) * fade)
    return PlantedLines(np.concatenate(courses), np.concatenate(widths), np.concatenate(depths))


def _drawn(lines: PlantedLines, shape: tuple[int, int], px_per_mm: float) -> FloatArray:
    """Gaussian profile about the nearest point of a line, shape (H, W)."""
    finer = 2
    rows, columns = shape[0] * finer, shape[1] * finer
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    pixels = (np.stack([x, y], axis=-1).reshape(-1, 2) + 0.5) / (px_per_mm * finer)
    reach_mm = 1.5 * float(lines.width_mm.max())
    away, nearest = cKDTree(lines.xy_mm).query(pixels, distance_upper_bound=reach_mm)
    near = np.isfinite(away)
    depth = np.zeros(rows * columns, np.float32)
    which = nearest[near]
    sigma = lines.width_mm[which] / _FWHM
    depth[near] = lines.strength[which] * np.exp(-0.5 * (away[near] / sigma) ** 2)
    full = depth.reshape(rows, columns)
    return np.asarray(cv2.resize(full, shape[::-1], interpolation=cv2.INTER_AREA))


def line_scene(
    tone: int,
    seed: int,
    *,
    how: How = "groove",
    dose: float = 1.0,
    courses: Sequence[PointsMm] | None = None,
) -> Scene:
    """Skin with planted lines and pores in linear light, at 12 px/mm.

    Parameters
    ----------
    tone : int
        Index into `SKIN_TONES`.
    seed : int
    how : {"groove", "band"}
        0.06 to 0.22 mm deep, or taking 5 to 15 % of the light.
    dose : float
        Factor of depth or contrast; 0 plants nothing.
    courses : sequence of ndarray, optional
        From `mask_courses`; `drawn_courses` otherwise.
    """
    maps = plain_skin(tone, seed)
    plug = SKIN_TONES[tone].melanin_gain(0.2)
    rng = np.random.default_rng([seed, 7])
    maps = paint_pores(maps, scatter_pores(rng, PIECE_MM, per_cm2=50, diameter_mm=0.22, plug=plug))
    strength = _GROOVE_DEPTH_MM if how == "groove" else _BAND_CONTRAST
    lines = _planted(courses or drawn_courses(seed), seed, strength=strength, dose=dose)
    profile = _drawn(lines, maps.shape, maps.px_per_mm)
    if how == "groove":
        return painted_scene(maps.replace(height_mm=maps.height_mm - profile), tone, lines)
    skin = lit(maps, tone)
    return darkened_scene(skin, profile, px_per_mm=maps.px_per_mm, tone=tone, planted=lines)


@dataclass(frozen=True, slots=True)
class LineScore:
    """Found lines beside planted ones: shares of length found and true, and overlap of both."""

    recall: float
    precision: float
    overlap: float


def line_score(analysis: Analysis, shot: SkinShot) -> LineScore:
    """What the ridge filter finds of the lines planted in a scene, within 3 px at 8 px/mm.

    Parameters
    ----------
    analysis : Analysis
        Of `shot`.
    shot : SkinShot
        Of a scene from `line_scene`.

    Returns
    -------
    LineScore
        Overlap is length in common over length in either, as the Jaccard index of thinned lines;
        precision 1 where nothing is found.
    """
    planted: PlantedLines = shot.scene.planted
    truth = shot.at(planted.xy_mm[on_measured_skin(planted.xy_mm)])
    ridges, skin = find_ridges(analysis), analysis.skin(RELIEF_PX_PER_MM)
    y, x = np.nonzero(ridges.length_mm)
    coarser = shot.px_per_mm / skin.px_per_mm
    found = (np.stack([x + skin.corner[1], y + skin.corner[0]], axis=1) + 0.5) * coarser - 0.5
    if not len(found):
        return LineScore(0.0, 1.0, 0.0)
    reach = _TOLERANCE_PX * coarser
    recall = float(np.mean(cKDTree(found).query(truth)[0] <= reach))
    precision = float(np.mean(cKDTree(truth).query(found)[0] <= reach))
    planted_mm = len(truth) * _STEP_MM
    found_mm = len(found) * _PIXELS_OF_A_STEP / skin.px_per_mm
    common = (recall * planted_mm + precision * found_mm) / 2
    either = common + (1 - recall) * planted_mm + (1 - precision) * found_mm
    return LineScore(recall, precision, common / either)
