"""Brows, lips, nostrils, lid creases and the hair of the head, drawn on the unrolled skin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from progress.model.checks import FloatArray
from progress.phantom.features import Curve, Hair, Line
from progress.phantom.head_atlas import Atlas
from progress.phantom.head_map import HeadMap
from progress.phantom.head_mesh import LEFT_BROW, LEFT_LID, RIGHT_BROW, RIGHT_LID
from progress.phantom.painting import hair_cover
from progress.phantom.planting import smooth_curve
from progress.phantom.skin import SkinMaps, noise_field

_STROKES = 520
_MELANIN_MAX = 0.43


def brow_hairs(rng: np.random.Generator, atlas: Atlas) -> tuple[Hair, ...]:
    """Both eyebrows, stroke by stroke, from the nose outwards."""
    hairs: list[Hair] = []
    for brow, outwards in ((RIGHT_BROW, -1.0), (LEFT_BROW, 1.0)):
        upper = atlas.xy_mm[list(brow[:5])][::-1]
        lower = atlas.xy_mm[[brow[k] for k in (5, 6, 7, 8, 9)]]
        if abs(lower[0, 0] - upper[0, 0]) > abs(lower[-1, 0] - upper[0, 0]):
            lower = lower[::-1]
        at = np.linspace(0, 1, 5)
        for _ in range(_STROKES):
            along = float(rng.beta(1.0, 1.15))
            across = float(np.clip(rng.normal(0.5, 0.21), 0.02, 0.98))
            top = np.array([np.interp(along, at, upper[:, k]) for k in (0, 1)])
            low = np.array([np.interp(along, at, lower[:, k]) for k in (0, 1)])
            root = low + (0.12 + 0.76 * across * (1.0 - 0.35 * along)) * (top - low)
            rise = 62.0 * (1.0 - along) ** 1.5 - 14.0 * along + 10.0 * (0.5 - across)
            angle = -rise if outwards > 0 else 180.0 + rise
            curve = smooth_curve(
                rng,
                root,
                angle_deg=float(angle + rng.normal(0, 9)),
                length_mm=float(rng.uniform(4.0, 7.5) * (1.0 - 0.3 * along)),
                bend=0.25,
            )
            hairs.append(Hair(curve, float(rng.uniform(0.11, 0.18)), float(rng.uniform(0.8, 1.0))))
    return tuple(hairs)


def lid_creases(atlas: Atlas) -> tuple[Line, ...]:
    """The fold above each upper lid and the shallow one below the lower lid."""
    lines = []
    for lid in (RIGHT_LID, LEFT_LID):
        top = atlas.xy_mm[[*lid[8:16], lid[0]]]
        bulge = np.sin(np.linspace(0.12, np.pi - 0.2, len(top)))[:, None]
        lines.append(Line(Curve(top - bulge * np.array([0.0, 4.6])), 1.3, 0.55))
        low = atlas.xy_mm[list(lid[1:8])]
        lines.append(Line(Curve(low + np.array([0.0, 5.0])), 2.2, 0.16))
    return tuple(lines)


def _large(zone: Any, shape: tuple[int, int]) -> FloatArray:
    """A coarse map at the resolution of the skin."""
    source = np.asarray(zone, dtype=np.float32)
    return np.asarray(cv2.resize(source, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))


def lips(maps: SkinMaps, chart: HeadMap, seed: int) -> SkinMaps:
    """The skin with red, furrowed, glossy lips."""
    shape, scale = maps.shape, maps.px_per_mm
    rng = np.random.default_rng([seed, 5])
    inside = _large(chart.zone("lips"), shape)
    part = 1.0 / (1.0 + np.exp(np.clip(-(inside - 0.2) / 0.45, -30, 30)))
    height_mm, width_mm = shape[0] / scale, shape[1] / scale
    # Furrows of the lips run up and down: noise that is long that way.
    noise = noise_field(rng, (width_mm * 3.0, height_mm * 0.5), 2.0, sigma_mm=1.1)
    furrows = _large(noise, shape)
    return maps.replace(
        blood=np.minimum(maps.blood * (1.0 + 2.8 * part), 0.09),
        melanin=np.minimum(maps.melanin * (1.0 + 0.2 * part), _MELANIN_MAX),
        height_mm=maps.height_mm * (1.0 - part) + 0.035 * furrows * part,
        gloss=np.clip(maps.gloss + 0.15 * part, 0.0, 1.0),
    )


def _rims_and_nostrils(shape: tuple[int, int], scale: float, atlas: Atlas) -> FloatArray:
    """Where no light comes back: nostrils, and the roots of the lashes."""
    dark: Any = np.zeros(shape, dtype=np.float32)
    for inner, outer in ((79, 239), (309, 459)):
        centre = (0.5 * (atlas.xy_mm[inner] + atlas.xy_mm[outer]) * scale).astype(int)
        cv2.ellipse(dark, centre.tolist(), (int(3.6 * scale), int(1.7 * scale)), 0, 0, 360, 1.0, -1)
    for lid in (RIGHT_LID, LEFT_LID):
        for ring, width in ((lid[8:16] + lid[:1], 0.9), (lid[:9], 0.4)):
            corners = np.rint(atlas.xy_mm[list(ring)] * scale * 16).astype(np.int32)
            cv2.polylines(dark, [corners], False, 0.75, max(1, round(width * scale)), shift=4)
    return np.asarray(cv2.GaussianBlur(dark, (0, 0), 0.32 * scale), dtype=np.float32)


def hair_coat(
    maps: SkinMaps, chart: HeadMap, hairs: Sequence[Hair], *, seed: int
) -> tuple[SkinMaps, FloatArray]:
    """What covers the skin: hair combed back from the hairline, brows, stubble, dark openings.

    Parameters
    ----------
    maps : SkinMaps
    chart : HeadMap
    hairs : sequence of Hair
        Brows and stubble.
    seed : int

    Returns
    -------
    maps : SkinMaps
        Relief and gloss with the hair; colour as it is below.
    coat : ndarray of float32, shape (H, W, 2)
        Share of the skin that is covered, and how bright the hair there is, 1 on average.
    """
    shape, scale = maps.shape, maps.px_per_mm
    rng = np.random.default_rng([seed, 6])
    beyond = _large(chart.zone("hair"), shape)
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    middle = chart.atlas.xy_mm[6] * scale
    radius, angle = cv2.cartToPolar(x - np.float32(middle[0]), y - np.float32(middle[1]))
    # Strands run away from the face: noise that is fine around it and long outwards.
    table = noise_field(rng, (1400.0, 40.0), 2.0, sigma_mm=0.6)
    table += 0.6 * noise_field(rng, (1400.0, 40.0), 2.0, sigma_mm=2.2)
    turn = angle * np.float32((table.shape[1] - 1) / (2 * np.pi))
    out = radius / np.float32(scale * 160.0) * np.float32(table.shape[0] - 1)
    combed = cv2.remap(table, turn, out, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    # At the sides they hang: fine across the distance from the face, long downwards.
    aside, down = beyond * np.float32(700.0) + np.float32(700.0), y / np.float32(scale * 4.0)
    hanging = cv2.remap(table, aside, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    low = (y - np.float32(middle[1])) / np.float32(18.0 * scale) + np.float32(1.6)
    hang = 1.0 / (1.0 + np.exp(np.clip(-low * 3.0, -30, 30)))
    strands = combed * (1.0 - hang) + hanging * hang
    fringe = strands * (0.035 - 0.02 * hang)
    head = 1.0 / (1.0 + np.exp(np.clip(-(beyond - 0.03 + fringe) / 0.018, -30, 30)))
    head = head.astype(np.float32)
    strokes = hair_cover(shape, scale, hairs)
    dark = _rims_and_nostrils(shape, scale, chart.atlas)
    cover = 1.0 - (1.0 - head) * (1.0 - strokes) * (1.0 - np.float32(0.95) * dark)
    bright = np.exp(np.float32(0.3) * strands * head) * (1.0 - np.float32(0.85) * dark)
    # Brows are darker than the hair of the head.
    bright *= 1.0 - np.float32(0.55) * strokes * (1.0 - head)
    coated = maps.replace(
        height_mm=maps.height_mm * (1.0 - head) + 0.12 * strands * head,
        gloss=(maps.gloss * (1.0 - head) + np.float32(0.2) * head) * (1.0 - dark),
    )
    return coated, np.asarray(cv2.merge([cover, bright]), dtype=np.float32)
