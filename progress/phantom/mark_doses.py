"""One stretch mark or surgical scar of known colour and width: what mark metrics must follow.

The band is drawn by the distance from a swaying line and has logistic edges; its colour comes from
the spectral model, its relief from shading. Nothing of that is shared with the measurement, which
knows neither blood and melanin nor logistic edges.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from progress.model.checks import FloatArray
from progress.phantom.flat_skin import FlatSkin, Setting
from progress.phantom.relief import glint, render
from progress.phantom.skin import SkinMaps, SkinTone, bare_skin
from progress.phantom.spectra import skin_reflectance

_GLOSS: Final = 0.25
_RUN_OUT_MM: Final = 0.8
"""Logistic width of both ends along the line."""
_DEFAULT: Final = Setting()


@dataclass(frozen=True, slots=True)
class Mark:
    """A band of other skin along a swaying line.

    Parameters
    ----------
    x_mm, y_mm : float
        Its middle, from the top-left corner of the piece.
    length_mm, width_mm : float
        Between the half heights.
    turn_deg : float
        0 runs down the picture, 90 to the left.
    edge_mm : float
        Logistic width of its edges: 0.1 is cut, a quarter of the width is a soft bell.
    melanin_factor, blood_factor : float
        Amount in the middle over the amount around.
    rise_mm : float
        Height of the middle; negative is sunken.
    sway_mm, wave_mm : float
        The line swings by so much to either side, once in so many millimetres.
    """

    x_mm: float = 17.0
    y_mm: float = 13.5
    length_mm: float = 20.0
    width_mm: float = 2.5
    turn_deg: float = 4.0
    edge_mm: float = 0.25
    melanin_factor: float = 1.0
    blood_factor: float = 1.0
    rise_mm: float = 0.0
    sway_mm: float = 0.7
    wave_mm: float = 24.0

    def across(self, away_mm: Any) -> NDArray[np.float64]:
        """Height of the band at distances from its line, 1 in the middle."""
        away = np.abs(np.asarray(away_mm, dtype=np.float64))
        half = 0.5 * self.width_mm
        middle = 1.0 + math.exp(-half / self.edge_mm)
        return np.asarray(middle / (1.0 + np.exp(np.minimum((away - half) / self.edge_mm, 60.0))))

    def line_mm(self, along_mm: Any) -> NDArray[np.float64]:
        """Points of its line, along it from the middle, shape (..., 2)."""
        v = np.asarray(along_mm, dtype=np.float64)
        return self._placed(self._sway(v), v)

    def outline_mm(
        self,
        *,
        beyond_mm: float = 1.0,
        jitter_mm: float = 0.0,
        aside_mm: float = 0.0,
        rng: np.random.Generator | None = None,
    ) -> NDArray[np.float64]:
        """The polygon that a finger draws round it, shape (n, 2).

        Parameters
        ----------
        beyond_mm : float
            How far outside of it all round; negative cuts it.
        jitter_mm : float
            Standard deviation of every corner; corners are about 4 mm apart.
        aside_mm : float
            The whole outline is drawn so far to one side.
        rng : numpy Generator, optional
            For the jitter.
        """
        reach = 0.5 * self.length_mm + beyond_mm
        half = max(0.5 * self.width_mm + beyond_mm, 0.4)
        v = np.linspace(-reach, reach, max(4, round(reach / 2.0)))
        u = self._sway(v) + aside_mm
        there = np.stack([u + half, v], axis=-1)
        back = np.stack([u - half, v], axis=-1)[::-1]
        corners = np.concatenate([there, back])
        if rng is not None:
            corners = corners + rng.normal(0.0, jitter_mm, corners.shape)
        return self._placed(corners[:, 0], corners[:, 1])

    def height(self, shape: tuple[int, int], px_per_mm: float) -> FloatArray:
        """The band over a picture, 0..1, shape (H, W)."""
        turn = math.radians(self.turn_deg)
        y, x = np.mgrid[0 : shape[0], 0 : shape[1]]
        dx, dy = (x + 0.5) / px_per_mm - self.x_mm, (y + 0.5) / px_per_mm - self.y_mm
        u = dx * math.cos(turn) + dy * math.sin(turn)
        v = dy * math.cos(turn) - dx * math.sin(turn)
        wave = 2 * math.pi / self.wave_mm
        slope = self.sway_mm * wave * np.cos(wave * v)
        away = (u - self._sway(v)) / np.sqrt(1.0 + slope**2)
        end = (np.abs(v) - 0.5 * self.length_mm) / _RUN_OUT_MM
        whole = self.across(away) / (1.0 + np.exp(np.minimum(end, 60.0)))
        return np.asarray(whole, dtype=np.float32)

    def painted(self, maps: SkinMaps) -> SkinMaps:
        """The skin with the band on it."""
        band = self.height(maps.shape, maps.px_per_mm)
        return maps.replace(
            melanin=maps.melanin * (1 + np.float32(self.melanin_factor - 1) * band),
            blood=maps.blood * (1 + np.float32(self.blood_factor - 1) * band),
            height_mm=maps.height_mm + np.float32(self.rise_mm) * band,
        )

    def reflectance(self, away_mm: Any, tone: SkinTone, **how: Any) -> NDArray[np.float32]:
        """Linear sRGB of even skin of a tone at distances from the line, shape (..., 3)."""
        band = self.across(away_mm)
        return skin_reflectance(
            tone.melanin * (1 + (self.melanin_factor - 1) * band),
            tone.blood * (1 + (self.blood_factor - 1) * band),
            **how,
        )

    def _sway(self, along_mm: NDArray[Any]) -> NDArray[np.float64]:
        return np.asarray(self.sway_mm * np.sin(2 * math.pi * along_mm / self.wave_mm))

    def _placed(self, u: NDArray[Any], v: NDArray[Any]) -> NDArray[np.float64]:
        turn = math.radians(self.turn_deg)
        x = self.x_mm + u * math.cos(turn) - v * math.sin(turn)
        y = self.y_mm + u * math.sin(turn) + v * math.cos(turn)
        return np.stack([x, y], axis=-1)


def rubra(tone: SkinTone, strength: float = 1.0) -> Mark:
    """A young red mark, a little sunken; `strength` 0 is bare skin."""
    return Mark(
        blood_factor=1.0 + 1.6 * strength,
        melanin_factor=1.0 - 0.06 * strength,
        rise_mm=-0.06 * strength,
    )


def alba(tone: SkinTone, strength: float = 1.0) -> Mark:
    """An old pale mark, a little sunken; `strength` 0 is bare skin."""
    return Mark(
        blood_factor=1.0 - 0.5 * strength,
        melanin_factor=1.0 - 0.4 * strength,
        rise_mm=-0.06 * strength,
    )


def brown(tone: SkinTone, strength: float = 1.0) -> Mark:
    """A scar that has darkened, a little raised; `strength` 0 is bare skin."""
    return Mark(
        blood_factor=1.0 + 0.3 * strength,
        melanin_factor=1.0 + tone.melanin_gain(0.9) * strength,
        rise_mm=0.06 * strength,
    )


def mark_fading(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
) -> FlatSkin:
    """A red mark of 2.5 mm that stands out more and more.

    Parameters
    ----------
    severity : float
        0..1; 0 is bare skin.
    seed, px_per_mm, setting
        As for `progress.phantom.colour_doses.erythema`.

    Returns
    -------
    FlatSkin
        ``amount``: share of the full contrast. ``mark``: the record. The mask is the whole piece;
        the outline is the caller's to draw.
    """
    mark = rubra(setting.skin_tone, severity)
    return _on_cheek(
        "mark_fading", severity, mark, seed=seed, px_per_mm=px_per_mm, setting=setting, unit="share"
    )


def mark_widening(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
) -> FlatSkin:
    """A red mark that becomes wider, from 1.5 to 4 mm.

    Parameters
    ----------
    severity : float
        0..1.
    seed, px_per_mm, setting
        As for `progress.phantom.colour_doses.erythema`.

    Returns
    -------
    FlatSkin
        ``amount``: width in mm added. ``mark``: the record.
    """
    mark = replace(rubra(setting.skin_tone), width_mm=1.5 + 2.5 * severity)
    return _on_cheek(
        "mark_widening",
        severity,
        mark,
        seed=seed,
        px_per_mm=px_per_mm,
        setting=setting,
        unit="mm",
        per_unit=2.5,
    )


def mark_shortening(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
) -> FlatSkin:
    """A red mark that heals from both its ends, from 20 to 12 mm.

    Parameters
    ----------
    severity : float
        0..1.
    seed, px_per_mm, setting
        As for `progress.phantom.colour_doses.erythema`.

    Returns
    -------
    FlatSkin
        ``amount``: length in mm lost. ``mark``: the record.
    """
    mark = replace(rubra(setting.skin_tone), length_mm=20.0 - 8.0 * severity)
    return _on_cheek(
        "mark_shortening",
        severity,
        mark,
        seed=seed,
        px_per_mm=px_per_mm,
        setting=setting,
        unit="mm",
        per_unit=8.0,
    )


def mark_paling(
    severity: float, *, seed: int = 0, px_per_mm: float = 12.0, setting: Setting = _DEFAULT
) -> FlatSkin:
    """A mark that turns from red and brown to pale.

    Parameters
    ----------
    severity : float
        0..1; blood and melanin in it fall from above those of its flanks to below them.
    seed, px_per_mm, setting
        As for `progress.phantom.colour_doses.erythema`.

    Returns
    -------
    FlatSkin
        ``amount``: share of the way. ``mark``: the record.
    """
    gain = setting.skin_tone.melanin_gain(0.8)
    mark = Mark(
        blood_factor=2.2 - 1.6 * severity, melanin_factor=1.0 + gain * (1.0 - 1.6 * severity)
    )
    return _on_cheek(
        "mark_paling", severity, mark, seed=seed, px_per_mm=px_per_mm, setting=setting, unit="share"
    )


def _on_cheek(
    dose: str,
    severity: float,
    mark: Mark,
    *,
    seed: int,
    px_per_mm: float,
    setting: Setting,
    unit: str,
    per_unit: float = 1.0,
) -> FlatSkin:
    """The mark on bare skin that is the same for every dose of one seed."""
    if not 0.0 <= severity <= 1.0:
        raise ValueError(f"severity: expected 0..1, got {severity}")
    tone = setting.skin_tone
    bare = bare_skin(
        np.random.default_rng([seed, 40]),
        setting.size_mm,
        px_per_mm=px_per_mm,
        tone=tone,
        relief_mm=0.022,
        gloss=_GLOSS,
    )
    maps = mark.painted(bare)
    plain = skin_reflectance(
        tone.melanin, tone.blood, camera=setting.camera, illuminant=setting.illuminant
    )
    flat = np.full((3, 3), _GLOSS, dtype=np.float32)
    shine = glint(SkinMaps(flat, flat, 0 * flat, flat, px_per_mm), setting.light)[1, 1]
    amount = per_unit * severity
    return FlatSkin(
        linear=render(maps, setting.light, camera=setting.camera, illuminant=setting.illuminant),
        mask=np.ones(maps.shape, dtype=bool),
        px_per_mm=px_per_mm,
        truth={"dose": dose, "severity": severity, "amount": amount, "unit": unit, "mark": mark},
        reference_linear=plain.astype(np.float64) + float(shine),
        maps=maps,
    )
