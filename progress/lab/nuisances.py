"""The same skin under another exposure, white balance, compression or size: nothing may move."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from progress.imaging import read_photo
from progress.imaging.colour_space import linear_from_codes
from progress.model import BadInput, Change
from progress.model.checks import FloatArray
from progress.phantom.camera import Camera, jpeg_bytes, shoot
from progress.phantom.head import Head, Shot, render
from progress.phantom.reshoot import Reshoot, develop
from progress.phantom.skin import SKIN_TONES
from progress.pipeline import Options, session_files
from progress.pipeline.engine import follow
from progress.pipeline.options import silent

STORED_QUALITY = 93
WHITE_BALANCE = ("red +10 %", "red -10 %", "blue +10 %", "blue -10 %")
_NOISE = Reshoot(shot_noise=6e-5, read_noise=0.001)
"""As noisy as a phone's second shot; without noise, gains move 8-bit steps about as grain does."""
SMALLER, HARDER_QUALITY = 0.7, 75
FALL_OFF = "light falls off by a third across the face"


@dataclass(frozen=True, slots=True)
class Lighting:
    """How a shot is lit and balanced: stops, channel gains, and light lost towards the right."""

    stops: float = 0.0
    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    fall_off: float = 0.0

    def over(self, picture: FloatArray) -> FloatArray:
        """Factor of light along the picture's width, without stops and gains."""
        ends = (1.0 + self.fall_off, 1.0 - self.fall_off)
        return np.linspace(*ends, picture.shape[1], dtype=np.float32)[None, :, None]


_AS_BEFORE = Lighting()
_LIGHTS = {
    FALL_OFF: Lighting(fall_off=0.2),
    "+0.5 EV": Lighting(stops=0.5),
    "-0.5 EV": Lighting(stops=-0.5),
    "red +10 %": Lighting(gains=(1.1, 1.0, 1.0)),
    "red -10 %": Lighting(gains=(0.9, 1.0, 1.0)),
    "blue +10 %": Lighting(gains=(1.0, 1.0, 1.1)),
    "blue -10 %": Lighting(gains=(1.0, 1.0, 0.9)),
}

Taken = Callable[[int, Lighting], NDArray[np.uint8]]
"""Codes of shot number so-and-so."""


@dataclass(frozen=True, slots=True)
class NuisanceRow:
    """One metric of one region under one nuisance.

    Parameters
    ----------
    subject : str
        Skin tone of a rendered head, or the photo's name.
    nuisance, metric, region : str
    in_sdc : float or None
        Change over the smallest detectable change; None where there is no figure.
    """

    subject: str
    nuisance: str
    metric: str
    region: str
    in_sdc: float | None

    @property
    def quiet(self) -> bool:
        """Within the smallest detectable change, or without a figure."""
        return self.in_sdc is None or abs(self.in_sdc) < 1.0


def head_nuisances(
    *, tones: int = len(SKIN_TONES), seed: int, watch: Callable[[float], None] = lambda _: None
) -> tuple[NuisanceRow, ...]:
    """Rendered heads of known skin, one per tone, at 11.2 px/mm.

    Parameters
    ----------
    tones : int
        How many of the six.
    seed : int
    watch : callable
        Told the share done.
    """
    rows: list[NuisanceRow] = []
    for index, tone in enumerate(SKIN_TONES[:tones]):
        scene = render(Head(seed=seed + index, tone=tone), Shot(label="")).linear
        exposure = 0.4 + 0.1 * index

        def taken(
            number: int,
            lighting: Lighting,
            scene: FloatArray = scene,
            exposure: float = exposure,
        ) -> NDArray[np.uint8]:
            camera = Camera(
                exposure_ev=exposure + lighting.stops,
                channel_gains=lighting.gains,
                jpeg_quality=None,
            )
            rng = np.random.default_rng((seed, number))
            return shoot(scene * lighting.over(scene), camera, rng)

        rows += _rows_of(tone.name, taken)
        watch((index + 1) / tones)
    return tuple(rows)


def photo_nuisances(
    photos: Sequence[Path], *, seed: int, watch: Callable[[float], None] = lambda _: None
) -> tuple[NuisanceRow, ...]:
    """Real photographs, changed in linear light.

    Parameters
    ----------
    photos : sequence of Path
    seed : int
    watch : callable
        Told the share done.
    """
    rows: list[NuisanceRow] = []
    for index, path in enumerate(photos):
        linear = linear_from_codes(read_photo(path).codes)

        def taken(
            number: int, lighting: Lighting, linear: FloatArray = linear
        ) -> NDArray[np.uint8]:
            light = np.float32(2.0**lighting.stops) * np.asarray(lighting.gains, np.float32)
            light = np.broadcast_to(light * lighting.over(linear), linear.shape)
            return develop(linear, light, _NOISE, rng=np.random.default_rng((seed, number)))

        rows += _rows_of(path.name, taken)
        watch((index + 1) / len(photos))
    return tuple(rows)


def _rows_of(subject: str, taken: Taken) -> Iterator[NuisanceRow]:
    """Every nuisance of one subject; those of light share one rehearsal."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = _stored(folder / "first.jpg", taken(0, _AS_BEFORE))
        lit = {
            nuisance: _stored(folder / f"{number}.jpg", taken(number, lighting))
            for number, (nuisance, lighting) in enumerate(_LIGHTS.items(), start=1)
        }
        yield from _followed(subject, first, lit)
        codes = taken(len(lit) + 1, _AS_BEFORE)
        hard = _stored(folder / "hard.jpg", codes, HARDER_QUALITY)
        yield from _followed(subject, first, {f"JPEG {HARDER_QUALITY}": hard})
        size = (round(codes.shape[1] * SMALLER), round(codes.shape[0] * SMALLER))
        small = np.asarray(cv2.resize(codes, size, interpolation=cv2.INTER_AREA), np.uint8)
        path = _stored(folder / "small.jpg", small)
        yield from _followed(subject, first, {f"size x {SMALLER}": path})


def _stored(path: Path, codes: NDArray[np.uint8], quality: int = STORED_QUALITY) -> Path:
    path.write_bytes(jpeg_bytes(codes, quality))
    return path


def _followed(subject: str, first: Path, others: dict[str, Path]) -> Iterator[NuisanceRow]:
    sessions = [session_files(path) for path in (first, *others.values())]
    followed = follow(sessions, Options(), silent)
    if not followed.frame.regions:
        raise BadInput(f"{subject}: expected a face, got none", advice="name photos of faces")
    for index, nuisance in enumerate(others, start=1):
        for metric, region in followed.questions():
            change = followed.change(index, metric, region.name, blocked=None)
            yield NuisanceRow(subject, nuisance, metric.id, region.name, _in_sdc(change))


def _in_sdc(change: Change) -> float | None:
    if change.delta is None or not change.smallest_detectable_change:
        return None if change.delta is None else 0.0
    return change.delta / change.smallest_detectable_change
