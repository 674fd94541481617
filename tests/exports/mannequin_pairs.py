"""Rendered heads compared: a baseline, the camera moved, the head turned; truth beside them."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from made_up_recipes import png, sha

from progress.align import align_faces
from progress.imaging import read_photo
from progress.landmarks import find_face
from progress.model import (
    Comparability,
    Comparison,
    NotAligned,
    NotMeasured,
    PairCheck,
    QualityReport,
    Registration,
)
from progress.phantom.camera import Camera
from progress.phantom.head import Head, Rendered, Shot, render, true_field
from progress.phantom.head_skin import SkinCondition
from progress.pipeline.answers import ComparedPair
from progress.pipeline.shots import Shot as Opened

PX_PER_MM = 4.0
_CLEAN = Camera(exposure_ev=0.4, jpeg_quality=None)
_BASE = Shot(px_per_mm=PX_PER_MM, size_px=(620, 890), camera=_CLEAN, label="")
_SHOTS = {
    "baseline": _BASE,
    # The camera alone has moved: nearer by its lens, shifted, turned about its own axis.
    "moved": replace(_BASE, px_per_mm=4.4, aim_mm=(5.0, -19.0), roll_deg=3.0, size_px=(660, 940)),
    "turned": replace(_BASE, yaw_deg=5.0, pitch_deg=-2.0, noise_seed=4),
}
_HEAD = Head(seed=11)


@dataclass(frozen=True, eq=False)
class Taken:
    """A rendered shot, its file and what is known of it."""

    rendered: Rendered
    data: bytes
    opened: Opened


@functools.cache
def taken(name: str) -> Taken:
    condition = SkinCondition(redness=0.6) if name == "moved" else None
    rendered = render(_HEAD, _SHOTS[name], condition)
    data = png(rendered.codes)
    photo = read_photo(Path(f"{name}.png"), data=data)
    face = find_face(photo)
    unlooked = NotMeasured("not looked for")
    opened = Opened(
        photo=photo,
        area="face",
        landmarks=face,
        scale=face.scale,
        quality=QualityReport(()),
        facts=None,
        zones=unlooked,
        reference=unlooked,
    )
    return Taken(rendered, data, opened)


@functools.cache
def registered(name: str) -> Registration:
    first, then = taken("baseline").opened, taken(name).opened
    found = align_faces(first.photo, first.landmarks, then.photo, then.landmarks)
    assert isinstance(found, Registration)
    return found


@functools.cache
def true_places(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Baseline pixels of skin that both show, and where that skin is in the follow-up."""
    step = 8
    field, seen = true_field(taken("baseline").rendered, taken(name).rendered, step)
    rows, columns = np.nonzero(seen)
    return np.stack([columns, rows], axis=-1) * float(step), field[seen].astype(float)


def pair(
    name: str,
    *,
    registration: Registration | NotAligned | None = None,
    checks: tuple[PairCheck, ...] = (),
) -> ComparedPair:
    """The baseline beside another shot, as the pipeline would hand it over."""
    first, then = taken("baseline").opened, taken(name).opened
    found = registered(name) if registration is None else registration
    comparison = Comparison(
        baseline=(first.judged,),
        followup=(then.judged,),
        comparability=Comparability(checks),
        registration=found,
        changes=(),
        affected=lambda _: [],
        simulated=True,
    )
    return ComparedPair(
        comparison=comparison,
        baseline_photo=first.photo,
        followup_photo=then.photo,
        registration=found,
        heat_maps={},
        px_per_mm=first.scale.px_per_mm,
        baseline_day=None,
        followup_day=None,
        shots=(first, then),
    )


def originals() -> dict[str, bytes]:
    return {sha(taken(name).data): taken(name).data for name in _SHOTS}
