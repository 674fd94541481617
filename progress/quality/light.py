"""From where and how hard the light falls on a face, read from its shading."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from progress.imaging import DecodedPhoto
from progress.model import Landmarks, NotMeasured
from progress.quality.catch_light import catch_light
from progress.quality.lit_skin import LitSkin, lamp_directions, lit_skin

_MIN_SPOTS = 80
_ROUNDS = 3
_SHADOW = 0.15
"""Relative misfit from which a spot counts as spoilt (cast shadow, hair, shine) and pulls less."""
_DARKEST = 0.15
"""Of the median luminance: below, misfits are not held relative to it any more."""
_INDEPENDENT = 8.0
"""As many independent spots the face is worth, because misfits of neighbours share their cause.
With it the true error of rendered heads was 0.7 and 1.05 times the predicted one in two sweeps."""
_ODD_COLOUR = (0.4, 2.5)
_WORST_MISFIT = 0.02
"""What a beard or a stain misfits beyond this is in both photos alike, and divided out."""
_KEPT_ERROR, _SHARE_OF_TURN = 0.3, 0.25
"""What of each photo's error stays in their difference, and how wrong a turn is read: on rendered
heads one of 3 degrees is off by 2.3, one of 25 by 6.6."""
_MOST_ERROR_DEG = 14.0
"""Second shots of the studio face that is hardest to read have 12; dim, grainy photos more."""


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """One lamp and even fill light on a face.

    Parameters
    ----------
    direction : ndarray of float64, shape (3,)
        Unit vector from the face to the lamp: x right of the picture, y up, z to the camera.
    error_deg : float
        One standard error of the direction, by how many other lamps would do nearly as well.
    contrast : float
        Share of the lamp in the light on skin that faces it: 0 is even light, 1 has no fill.
    skin : LitSkin
        What was read of it.
    shading : ndarray of float64, shape (V,)
        Light at each spot by this lamp and fill, the median luminance being 1; NaN where not seen.
    misfit : float
        Mean robust squared misfit of the best lamp.
    eyes : ndarray of float64, shape (3,), or NotMeasured
        A second opinion on the direction, from the lamp's mirror image in the eyes.
    """

    direction: NDArray[np.float64]
    error_deg: float
    contrast: float
    skin: LitSkin = field(repr=False)
    shading: NDArray[np.float64] = field(repr=False)
    misfit: float = field(repr=False)
    eyes: NDArray[np.float64] | NotMeasured


@dataclass(frozen=True, slots=True)
class LightChange:
    """How far the light turned between two photos of one client.

    Parameters
    ----------
    angle_deg : float
        Between the two directions.
    error_deg : float
        One standard error of it.
    contrast : float
        Contrast of the second less that of the first.
    eyes_deg : float or None
        Between the directions that the eyes show; None where a photo shows no single lamp there.
    """

    angle_deg: float
    error_deg: float
    contrast: float
    eyes_deg: float | None


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """Every lamp weighed: directions, contrast and shading are means over those that fit."""

    direction: NDArray[np.float64]
    error_deg: float
    contrast: float
    shading: NDArray[np.float64]
    misfit: float


def estimate_light(photo: DecodedPhoto, landmarks: Landmarks) -> Light | NotMeasured:
    """Main light of a face photo.

    Each of 300 directions is tried as a lamp beside even fill light, the face's own shade and
    Lambert's cosine included, and the directions are averaged by how well they fit the matt light
    of about 250 spots of bare skin. First-order spherical harmonics, which the field uses, see fill
    light as a turn towards the camera; they were off by 13 degrees where this is by 5.

    Returns
    -------
    Light or NotMeasured
        Not measured when too little skin is seen. Colour is taken as even, so a beard or a
        port-wine stain biases the direction; of several lamps the middle is given.
    """
    skin = lit_skin(photo, landmarks)
    seen = np.isfinite(skin.luminance)
    if seen.sum() < _MIN_SPOTS:
        return NotMeasured("too little bare skin to read the light from")
    fit = _weigh(skin.luminance[seen], skin.lamp[seen])
    shading = np.full(len(seen), np.nan)
    shading[seen] = fit.shading
    return Light(
        direction=fit.direction,
        error_deg=fit.error_deg,
        contrast=fit.contrast,
        skin=skin,
        shading=shading,
        misfit=fit.misfit,
        eyes=catch_light(photo, landmarks),
    )


def light_change(first: Light, second: Light) -> LightChange | NotMeasured:
    """How far the light turned from one photo of a client to another.

    What the first photo's light does not explain is taken for the client's own uneven colour and
    divided out of both, so that it does not pass for light.

    Returns
    -------
    LightChange or NotMeasured
        Not measured when too little skin is seen in both, or too dim. A pattern of new colour on
        one side of the face (a burn, a beard shaved off) is read as light.
    """
    both = np.isfinite(first.skin.luminance) & np.isfinite(second.skin.luminance)
    if both.sum() < _MIN_SPOTS:
        return NotMeasured("too little bare skin is seen in both photos to compare the light")
    level = first.skin.luminance[both]
    colour = np.clip(level / np.median(level) / first.shading[both], *_ODD_COLOUR)
    # The same tolerance for both: with the colour divided out the first would fit without any.
    before, after = (
        _weigh(
            light.skin.luminance[both] / colour,
            light.skin.lamp[both],
            misfit=min(first.misfit, _WORST_MISFIT),
        )
        for light in (first, second)
    )
    angle = _angle_deg(before.direction, after.direction)
    error = math.hypot(
        _KEPT_ERROR * 0.5 * (before.error_deg + after.error_deg), _SHARE_OF_TURN * angle
    )
    if error - _SHARE_OF_TURN * angle > _MOST_ERROR_DEG:
        return NotMeasured(
            "the light is too even or the photos too dim to tell where it comes from"
        )
    eyes: float | None = None
    if not (isinstance(first.eyes, NotMeasured) or isinstance(second.eyes, NotMeasured)):
        eyes = _angle_deg(first.eyes, second.eyes)
    return LightChange(angle, error, after.contrast - before.contrast, eyes)


def _angle_deg(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Between two unit vectors; exactly 0 for the same one."""
    return math.degrees(math.atan2(np.linalg.norm(np.cross(first, second)), float(first @ second)))


def _weigh(
    luminance: NDArray[np.float64], lamp: NDArray[np.float64], *, misfit: float | None = None
) -> _Fit:
    """Fit lamp and fill for every direction, then average the directions by their misfit."""
    level = luminance / float(np.median(luminance))
    weight = 1.0 / np.maximum(level, _DARKEST)
    wanted = (level * weight)[:, None]
    key, fill = lamp * weight[:, None], weight[:, None]
    trust = np.ones_like(key)
    strength = np.zeros((2, lamp.shape[1]))
    for _ in range(_ROUNDS):
        kk, kf, ff = ((trust * part).sum(axis=0) for part in (key**2, key * fill, fill**2))
        kw, fw = ((trust * part * wanted).sum(axis=0) for part in (key, fill))
        determinant = np.maximum(kk * ff - kf**2, 1e-12)
        strength = np.maximum([kw * ff - fw * kf, fw * kk - kw * kf], 0.0) / determinant
        missed = np.abs(wanted - key * strength[0] - fill * strength[1])
        trust = np.minimum(1.0, _SHADOW / np.maximum(missed, 1e-9))
    robust = np.where(missed < _SHADOW, 0.5 * missed**2, _SHADOW * (missed - 0.5 * _SHADOW))
    cost = robust.mean(axis=0)
    least = float(cost.min())
    tolerance = max(least if misfit is None else misfit, 1e-9) / _INDEPENDENT
    likely = np.exp(-(cost - least) / tolerance)
    likely /= likely.sum()
    directions = lamp_directions()
    mean = likely @ directions
    mean /= np.linalg.norm(mean)
    apart = np.arccos(np.clip(directions @ mean, -1.0, 1.0))
    lamp_share, fill_share = strength @ likely
    return _Fit(
        direction=mean,
        error_deg=math.degrees(math.sqrt(float(likely @ apart**2))),
        contrast=float(lamp_share / max(lamp_share + fill_share, 1e-9)),
        shading=np.maximum((lamp * strength[0] + strength[1]) @ likely, 1e-3),
        misfit=least,
    )
