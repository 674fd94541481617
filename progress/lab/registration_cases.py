"""Which pairs the registration is tried on, and what is asked of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from progress.imaging import DecodedPhoto, read_photo
from progress.lab.known_pairs import KnownPair, area_pairs, body_pairs, face_pairs, head_pairs
from progress.model import BadInput
from progress.phantom.reshoot_kinds import Draw, extreme, hard, mild
from progress.pipeline import session_files

MILD_MM, HARD_MM, EXTREME_MM = (0.03, 0.10), (0.05, 0.18), (0.15, 0.6)
"""Median and 95th percentile that the true error of a face should not exceed."""
CLOSE_UP_PX_PER_MM = 15.0
"""Nobody measured the close-ups; a palm-sized field at their size gives about this."""


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the table.

    Parameters
    ----------
    name : str
    pairs : callable
        Makes the pairs anew; they are many and large.
    median_mm, p95_mm : float
        What the true error should not exceed.
    may_refuse : bool
        Whether a refusal is as good as an answer.
    """

    name: str
    pairs: Callable[[], Iterator[KnownPair]]
    median_mm: float
    p95_mm: float
    may_refuse: bool = False


@dataclass(frozen=True, slots=True)
class Photographs:
    """Real photographs by what they show; empty where the folder has none.

    Parameters
    ----------
    faces, fine_faces : tuple of Path
        Faces to shoot again; `fine_faces` have more pixels per millimetre.
    smiles : tuple of (Path, Path)
        One person at rest and smiling.
    close_ups : tuple of Path
        Skin of the body.
    distances : tuple of Path
        One face, nearest camera first.
    """

    faces: tuple[Path, ...] = ()
    fine_faces: tuple[Path, ...] = ()
    smiles: tuple[tuple[Path, Path], ...] = ()
    close_ups: tuple[Path, ...] = ()
    distances: tuple[Path, ...] = ()


def photographs_in(folder: Path | None) -> Photographs:
    """The photographs of a folder of the form of the lab's data, or one folder of faces.

    Raises
    ------
    BadInput
        If a folder is given and holds none.
    """
    if folder is None:
        return Photographs()
    neutral = _photos(folder / "london" / "neutral")
    smiling = {path.name[:3]: path for path in _photos(folder / "london" / "smiling")}
    found = Photographs(
        faces=neutral or _photos(folder),
        fine_faces=_photos(folder / "canada"),
        smiles=tuple((p, smiling[p.name[:3]]) for p in neutral if p.name[:3] in smiling),
        close_ups=_photos(folder / "close_ups"),
        distances=_photos(folder / "zoom"),
    )
    if not found.faces:
        raise BadInput(f"{folder}: expected photos of faces, got none", advice="name a folder")
    return found


def registration_cases(photos: Photographs, *, quick: bool, seed: int) -> tuple[Case, ...]:
    """The cases that these photographs allow; rendered heads and bodies need none.

    Parameters
    ----------
    photos : Photographs
    quick : bool
        A few pairs of each case.
    seed : int
    """
    faces = photos.faces[: 4 if quick else None]
    fine = photos.fine_faces[: 2 if quick else None]
    areas = photos.close_ups[: 4 if quick else None]
    n = 1 if quick else 2
    on = "face" if faces else "rendered face"
    source = (lambda: _read(faces)) if faces else _rendered_faces
    cases = [
        _face_case(f"{on}, mild re-shoot", source, mild, n=n, seed=seed, goals_mm=MILD_MM),
        _face_case(f"{on}, hard, skin changed", source, hard, n=n, seed=seed + 1,
                   goals_mm=HARD_MM, changed=True),
        _face_case(f"{on}, extreme", source, extreme, n=n, seed=seed + 2, goals_mm=EXTREME_MM,
                   may_refuse=True),
    ]  # fmt: skip
    if fine:
        cases += [
            _face_case("face at 6 px/mm, mild", lambda: _read(fine), mild, n=1, seed=seed + 3,
                       goals_mm=MILD_MM),
            _face_case("face at 6 px/mm, hard, skin changed", lambda: _read(fine), hard, n=1,
                       seed=seed + 4, goals_mm=HARD_MM, changed=True),
        ]  # fmt: skip
    cases += [
        Case("rendered head, 6 tones, 40 against 80 cm, lamp 30 deg",
             lambda: head_pairs(n=n, seed=seed + 5), 0.08, 0.3),
        Case("rendered head, the same, oblique view",
             lambda: head_pairs(n=1, seed=seed + 6, yaw_deg=-42.0), 0.08, 0.3),
        Case("rendered body, 6 tones, lamp 20 deg", lambda: body_pairs(n=n, seed=seed + 7),
             0.1, 0.3),
    ]  # fmt: skip
    if areas:
        cases += [
            Case("body close-up, mild",
                 lambda: area_pairs(_read(areas), mild, n=n, seed=seed + 8,
                                    px_per_mm=CLOSE_UP_PX_PER_MM), 0.1, 0.3),
            Case("body close-up, hard, skin changed",
                 lambda: area_pairs(_read(areas), hard, n=n, seed=seed + 9,
                                    px_per_mm=CLOSE_UP_PX_PER_MM, changed=True), 0.25, 0.8),
        ]  # fmt: skip
    return tuple(cases)


def _face_case(
    name: str,
    source: Callable[[], list[DecodedPhoto]],
    draw: Draw,
    *,
    n: int,
    seed: int,
    goals_mm: tuple[float, float],
    changed: bool = False,
    may_refuse: bool = False,
) -> Case:
    def pairs() -> Iterator[KnownPair]:
        return face_pairs(source(), draw, n=n, seed=seed, changed=changed)

    return Case(name, pairs, *goals_mm, may_refuse)


def _rendered_faces() -> list[DecodedPhoto]:
    """Baselines of the rendered heads, where there are no photographs."""
    return [pair.baseline for pair in head_pairs(n=1, seed=1)]


def _photos(folder: Path) -> tuple[Path, ...]:
    return session_files(folder).photos if folder.is_dir() and any(folder.iterdir()) else ()


def _read(paths: tuple[Path, ...]) -> list[DecodedPhoto]:
    return [read_photo(path) for path in paths]
