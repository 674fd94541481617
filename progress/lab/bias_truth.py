"""Does the simulation know whom a mismatch flatters? Its word beside a rendered second photo."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from progress.model import Estimate
from progress.phantom.camera import Camera, jpeg_bytes, shoot
from progress.phantom.head import Head, Shot, render
from progress.phantom.head_shape import Expression
from progress.phantom.relief import Light
from progress.phantom.skin import SKIN_TONES
from progress.pipeline import Options, compare_sessions, measure_session, session_files

_QUALITY = 93
_WHOLE = "whole_face"
_BASE = Shot(light=Light((0.35, 0.35, 0.87), ambient=0.42), label="")
_SHOTS = {
    "lamp to the other side": replace(_BASE, light=Light((-0.35, 0.35, 0.87), ambient=0.42)),
    "lamp grazing": replace(_BASE, light=Light((0.72, 0.42, 0.55), ambient=0.42)),
    "lamp beside the camera": replace(_BASE, light=Light((0.05, 0.1, 0.99), ambient=0.42)),
    "fill light": replace(_BASE, light=replace(_BASE.light, ambient=0.85)),
    "yaw": replace(_BASE, yaw_deg=9.0),
    "pitch": replace(_BASE, pitch_deg=9.0),
    "smile": replace(_BASE, expression=Expression(smile=0.7)),
}
_CAMERAS: dict[str, Callable[[Camera], Camera]] = {
    "blur": lambda camera: replace(camera, psf_sigma_px=3.2),
    "darker": lambda camera: replace(camera, exposure_ev=camera.exposure_ev - 0.95),
    "cast": lambda camera: replace(camera, channel_gains=(1.16, 1.0, 0.87)),
}


@dataclass(frozen=True, slots=True)
class BiasRow:
    """One metric under one mismatch.

    Parameters
    ----------
    tone, mismatch, check, metric : str
        What was done to the rendered scene, and the check that found it.
    told_sdc : float
        Change of the metric by simulation, over its smallest detectable change.
    true_sdc : float
        The same by the rendered second photo, in the same unit.
    """

    tone: str
    mismatch: str
    check: str
    metric: str
    told_sdc: float
    true_sdc: float


def bias_rows(
    *, tones: int, seed: int, watch: Callable[[float], None] = lambda _: None
) -> tuple[BiasRow, ...]:
    """Rendered heads with one mismatch each, large enough to fail its check.

    Parameters
    ----------
    tones : int
        How many of the six, spread over them.
    seed : int
    watch : callable
        Told the share done.
    """
    rows: list[BiasRow] = []
    chosen = np.linspace(0, len(SKIN_TONES) - 1, tones).round().astype(int)
    for done, index in enumerate(chosen):
        rows += _of_tone(int(index), seed)
        watch((done + 1) / len(chosen))
    return tuple(rows)


def _of_tone(index: int, seed: int) -> Iterator[BiasRow]:
    tone = SKIN_TONES[index]
    head, camera = Head(seed=seed + index, tone=tone), Camera(exposure_ev=0.4 + 0.1 * index)
    scene = render(head, _BASE).linear

    def taken(number: int, linear: NDArray[np.float32], lens: Camera) -> NDArray[np.uint8]:
        return shoot(linear, lens, np.random.default_rng((seed, index, number)))

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = _stored(folder / "first.jpg", taken(0, scene, camera))
        known = _values(first)
        pictures = {kind: (scene, change(camera)) for kind, change in _CAMERAS.items()}
        pictures |= {kind: (render(head, shot).linear, camera) for kind, shot in _SHOTS.items()}
        for number, (kind, (linear, lens)) in enumerate(pictures.items(), start=1):
            path = _stored(folder / f"{number}.jpg", taken(number, linear, lens))
            yield from _told_and_true(tone.name, kind, (first, path), known)


def _stored(path: Path, codes: NDArray[np.uint8]) -> Path:
    path.write_bytes(jpeg_bytes(codes, _QUALITY))
    return path


def _values(photo: Path) -> dict[str, float]:
    """Every metric of the whole face of one photo, judged by nobody else."""
    measured = measure_session(session_files(photo), Options(reshoots=4)).result.measurements
    return {
        m.metric: m.outcome.value
        for m in measured
        if m.region == _WHOLE and isinstance(m.outcome, Estimate)
    }


def _told_and_true(
    tone: str, kind: str, pair: tuple[Path, Path], known: dict[str, float]
) -> Iterator[BiasRow]:
    files = [session_files(path) for path in pair]
    checks = compare_sessions(files[0], files[1]).comparison.comparability.checks
    seen = _values(pair[1])
    for check in checks:
        for bias in check.biases:
            if bias.metric in seen and bias.metric in known and bias.change:
                # Tone is told in the reference skin's light, and the truth here has none.
                if bias.metric == "tone":
                    continue
                per_unit = bias.in_sdc / bias.change
                true = per_unit * (seen[bias.metric] - known[bias.metric])
                yield BiasRow(tone, kind, check.check, bias.metric, bias.in_sdc, true)
