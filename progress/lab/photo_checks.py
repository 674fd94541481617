"""What gates and checks say of real photographs: smiles, second shots, and odd folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from progress.align import align_faces, nearness_change_per_m
from progress.imaging import DecodedPhoto, read_photo
from progress.imaging.colour_space import linear_from_codes
from progress.landmarks import find_face, lock_scales
from progress.model import (
    Comparability,
    Landmarks,
    NoSingleFace,
    NotAligned,
    NotMeasured,
    QualityReport,
)
from progress.phantom.reshoot import Reshoot, reshoot
from progress.quality import eye_zones, gather_facts, judge_facts, judge_pair, relative_psf

_STRAIGHT_LIGHT_DEG = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A photo, the face in it and its gates."""

    photo: DecodedPhoto = field(repr=False)
    landmarks: Landmarks = field(repr=False)

    @property
    def name(self) -> str:
        """Of the file."""
        return self.photo.provenance.file

    def gates(self) -> QualityReport:
        """Of the photo alone."""
        return judge_facts(gather_facts(self.photo, self.landmarks), self.photo.provenance)


@dataclass(frozen=True, slots=True)
class PairRow:
    """What the checks say of two photos.

    Parameters
    ----------
    first, second : str
    verdict : str
        Of the pair; ``refused`` where the same skin was not found.
    failed : tuple of (str, float or None)
        Checks that failed, with their differences.
    refusal : str
        Why the same skin was not found; empty where it was.
    """

    first: str
    second: str
    verdict: str
    failed: tuple[tuple[str, float | None], ...]
    refusal: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Of the checks that failed."""
        return frozenset(name for name, _ in self.failed)


@dataclass(frozen=True, slots=True)
class GateRow:
    """What the gates say of one photo: those that failed, with value and unit."""

    photo: str
    failed: tuple[tuple[str, float | None, str], ...]


def faces_of(paths: Sequence[Path]) -> Iterator[Face]:
    """Photos with one face each; the others are passed over."""
    for path in paths:
        photo = read_photo(path)
        try:
            yield Face(photo, find_face(photo))
        except NoSingleFace:
            continue


def gate_row(face: Face) -> GateRow:
    """The failed gates of one photo."""
    failed = tuple((gate.gate, gate.value, gate.unit) for gate in face.gates().failed)
    return GateRow(face.name, failed)


def pair_row(first: Face, second: Face) -> PairRow:
    """The failed checks of a pair, its skin registered as in a comparison."""
    scales = lock_scales([first.landmarks, second.landmarks])
    a, b = (
        Face(face.photo, replace(face.landmarks, scale=scale))
        for face, scale in zip((first, second), scales, strict=True)
    )
    found = align_faces(a.photo, a.landmarks, b.photo, b.landmarks)
    nearness = nearness_change_per_m(found, a.landmarks) if found else None
    checks = _checks(a, b, None if isinstance(nearness, NotMeasured) else nearness)
    failed = tuple((c.check, c.difference) for c in checks.checks if not c.passed)
    if isinstance(found, NotAligned):
        return PairRow(first.name, second.name, "refused", failed, found.reason)
    return PairRow(first.name, second.name, checks.verdict.value, failed)


def _checks(a: Face, b: Face, nearness_per_m: float | None) -> Comparability:
    zones = [eye_zones(face.photo, face.landmarks) for face in (a, b)]
    facts = [
        gather_facts(face.photo, face.landmarks, zones=zone)
        for face, zone in zip((a, b), zones, strict=True)
    ]
    return judge_pair(
        facts[0], facts[1], psf=relative_psf(zones[0], zones[1]), nearness_per_m=nearness_per_m
    )


def smile_pairs(pairs: Sequence[tuple[Path, Path]]) -> tuple[PairRow, ...]:
    """One person at rest and smiling, pair by pair; expression needs no registration."""
    rows = []
    for paths in pairs:
        faces = list(faces_of(paths))
        if len(faces) == 2:
            checks = _checks(faces[0], faces[1], None)
            failed = tuple((c.check, c.difference) for c in checks.checks if not c.passed)
            rows.append(PairRow(faces[0].name, faces[1].name, checks.verdict.value, failed))
    return tuple(rows)


def second_shots(
    paths: Sequence[Path], *, n: int, seed: int, watch: Callable[[float], None] = lambda _: None
) -> tuple[PairRow, ...]:
    """Careful second shots of real faces in simulation: every failed check is a false alarm.

    Parameters
    ----------
    paths : sequence of Path
    n : int
        Second shots of each face; the key light turns by at most 3 degrees.
    seed : int
    watch : callable
        Told the share done.
    """
    rows = []
    faces = list(faces_of(paths))
    for index, face in enumerate(faces):
        linear, marks = linear_from_codes(face.photo.codes), face.landmarks
        for shot in range(n):
            rng = np.random.default_rng((seed, index, shot))
            spec = Reshoot.draw(rng)
            turn = min(spec.motion.light_turn_deg, _STRAIGHT_LIGHT_DEG)
            spec = replace(spec, motion=replace(spec.motion, light_turn_deg=turn))
            again = reshoot(linear, marks.points_xy, marks.depth_px, spec, rng)
            photo = DecodedPhoto.from_codes(again.codes, file=f"{face.name} again")
            rows.append(pair_row(face, Face(photo, find_face(photo))))
        watch((index + 1) / len(faces))
    return tuple(rows)
