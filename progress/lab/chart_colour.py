"""How true skin becomes once a colour chart in the photo has corrected it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from progress.colour.chart import ChartColour, find_chart
from progress.colour.chart_fit import fit_colour
from progress.imaging import DecodedPhoto, delta_e_2000, ita_deg, lab_from_linear
from progress.model.checks import FloatArray
from progress.phantom.camera import Camera, shoot
from progress.phantom.chart import Card, hold_chart, seen_chart
from progress.phantom.head import Head, Rendered, Shot, render
from progress.phantom.sensors import CAMERAS, ILLUMINANTS
from progress.phantom.skin import SKIN_TONES, SkinTone
from progress.phantom.spectra import skin_reflectance

_SHOT: Final = Shot(px_per_mm=4.0, size_px=(720, 1120), aim_mm=(0.0, -45.0))
_SPOTS: Final = (50, 280, 151)
"""Both cheeks and the forehead, in the order of the mesh."""
_SPOT_MM: Final = 5.0
_STRENGTH: Final = 0.06
_MIX: Final = np.array([[0.0, 1.0, -1.0], [1.0, 0.0, -1.0], [-0.5, 1.5, -1.0]])
"""Neighbouring channels leak into each other; rows sum to zero, so white stays white."""


@dataclass(frozen=True, slots=True)
class ErringCamera:
    """A camera that writes wrong colours.

    Parameters
    ----------
    name : str
    camera : Camera
    crosstalk : float
        Share of the neighbouring channels in each.
    """

    name: str
    camera: Camera
    crosstalk: float = 0.0

    def sees(self, linear: FloatArray) -> FloatArray:
        """What its colour matrix makes of a scene."""
        mixed = (np.eye(3) + self.crosstalk * _MIX).astype(np.float32)
        return np.asarray(linear @ mixed.T, dtype=np.float32)


def _with(**changes: Any) -> Camera:
    return replace(Camera(jpeg_quality=92), **changes)


ERRING_CAMERAS: Final = (
    ErringCamera("true", _with()),
    ErringCamera("red +10 %", _with(channel_gains=(1.1, 1.0, 1.0))),
    ErringCamera("red -10 %", _with(channel_gains=(0.9, 1.0, 1.0))),
    ErringCamera("blue +10 %", _with(channel_gains=(1.0, 1.0, 1.1))),
    ErringCamera("blue -10 %", _with(channel_gains=(1.0, 1.0, 0.9))),
    ErringCamera("+0.5 EV", _with(exposure_ev=0.5)),
    ErringCamera("-0.5 EV", _with(exposure_ev=-0.5)),
    ErringCamera("tone curve", _with(tone=0.4)),
    ErringCamera("cross-talk", _with(), crosstalk=_STRENGTH),
    ErringCamera(
        "all of it",
        _with(channel_gains=(1.1, 1.0, 0.92), exposure_ev=0.3, tone=0.3, sharpening=0.4),
        crosstalk=_STRENGTH,
    ),
)


@dataclass(frozen=True, slots=True)
class ChartResidual:
    """One skin before one camera.

    Parameters
    ----------
    tone : str
    ita_deg : float
        Of the tone.
    camera : str
    residual_delta_e : float or None
        Delta E 2000 of the corrected skin (cheeks and forehead, median) from the rendered one; None
        where no chart was found.
    raw_delta_e : float
        Of the photo as it is, at the chart's exposure: brightness alone does not count.
    n_patches : int
        Of the chart that could be used.
    """

    tone: str
    ita_deg: float
    camera: str
    residual_delta_e: float | None
    raw_delta_e: float
    n_patches: int


def chart_residuals(
    *,
    tones: Sequence[SkinTone] = SKIN_TONES,
    cameras: Sequence[ErringCamera] = ERRING_CAMERAS,
    seed: int = 3,
) -> tuple[ChartResidual, ...]:
    """Skin of rendered heads with a chart below the chin, in photos of cameras that err.

    Parameters
    ----------
    tones : sequence of SkinTone
    cameras : sequence of ErringCamera
    seed : int
        Of the heads and of the camera noise.

    Returns
    -------
    tuple of ChartResidual
        For every tone and camera. About 6 s for each tone.

    Notes
    -----
    Head and chart are seen by one sensor in one light, so the figure leaves out that chart and skin
    look different from each other to another sensor or under another lamp: see `sensor_residuals`.
    """
    return tuple(itertools.chain(*(_of_tone(tone, cameras, seed) for tone in tones)))


def _of_tone(tone: SkinTone, cameras: Sequence[ErringCamera], seed: int) -> Iterator[ChartResidual]:
    picture = render(Head(seed, tone=tone), _SHOT)
    rng = np.random.default_rng([seed, 1])
    for camera in cameras:
        card = Card(
            yaw_deg=rng.uniform(-8, 8), pitch_deg=rng.uniform(-4, 8), roll_deg=rng.uniform(-5, 5)
        )
        held = hold_chart(picture.linear, _SHOT.view, _SHOT.light, card=card)
        codes = shoot(camera.sees(held.linear), camera.camera, rng)
        photo = DecodedPhoto.from_codes(codes)
        truth = spot_medians(picture, held.linear) / held.light
        seen = spot_medians(picture, photo.linear().pixels)
        found = find_chart(photo)
        level = float(np.median(truth / seen))
        corrected = _delta_e(found.apply(seen), truth) if isinstance(found, ChartColour) else None
        yield ChartResidual(
            tone.name,
            float(ita_deg(lab_from_linear(tone.linear.astype(np.float64)))),
            camera.name,
            corrected,
            _delta_e(seen * level, truth),
            found.n_patches if isinstance(found, ChartColour) else 0,
        )


def spot_medians(picture: Rendered, linear: FloatArray) -> NDArray[np.float64]:
    """Median linear light of cheeks and forehead of a rendered head, shape (3, 3)."""
    reach = round(_SPOT_MM * picture.shot.px_per_mm)
    found = []
    for x, y in np.rint(picture.landmarks_xy[list(_SPOTS)]).astype(int):
        spot = linear[y - reach : y + reach, x - reach : x + reach].reshape(-1, 3)
        found.append(np.median(spot, axis=0))
    return np.array(found, dtype=np.float64)


def _delta_e(seen: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    """Median over the rows."""
    return float(np.median(delta_e_2000(lab_from_linear(seen), lab_from_linear(truth))))


@dataclass(frozen=True, slots=True)
class SensorResidual:
    """Skin before one sensor under one lamp.

    Parameters
    ----------
    camera, illuminant : str
        See `progress.phantom.sensors.camera_weights`.
    residual_delta_e, raw_delta_e : float
        Median Delta E 2000 over tones and amounts of blood from what an ideal camera sees in
        daylight, with and without the chart's correction.
    """

    camera: str
    illuminant: str
    residual_delta_e: float
    raw_delta_e: float


def sensor_residuals() -> tuple[SensorResidual, ...]:
    """What a chart cannot mend: pigments of the chart and of skin part under other lamps.

    Returns
    -------
    tuple of SensorResidual
        For three sensors under daylight, a white LED and halogen, each balanced on its lamp.

    Notes
    -----
    The spectra of the patches are the smoothest that give the published colours, not measured ones:
    the figures tell the size of the effect. It is the same in two photos by one camera under one
    lamp, and so leaves a change alone.
    """
    melanin = np.repeat([tone.melanin for tone in SKIN_TONES], 3)
    blood = np.ravel([np.array([0.6, 1.0, 1.8]) * tone.blood for tone in SKIN_TONES])
    truth = skin_reflectance(melanin, blood).astype(np.float64)
    every = np.ones(24, dtype=bool)
    rows = []
    for camera, lamp in itertools.product(CAMERAS, ILLUMINANTS):
        seen = skin_reflectance(melanin, blood, camera=camera, illuminant=lamp).astype(np.float64)
        fit = fit_colour(np.maximum(seen_chart(camera, lamp), 1e-4), every)
        corrected = _delta_e(np.asarray(fit.apply(seen)), truth)
        rows.append(SensorResidual(camera, lamp, corrected, _delta_e(seen, truth)))
    return tuple(rows)
