"""How often the gates see through a disguise, and how often they suspect a bare face.

rows = disguise_rows(photos)
catch_rates(rows)            # {("occlusion", "mask"): Rate(...), ("occlusion", "none"): ...}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from progress.imaging import DecodedPhoto
from progress.imaging.colour_space import codes_from_linear, linear_from_codes
from progress.landmarks import find_face
from progress.model import Landmarks, NoSingleFace
from progress.phantom.camera import Camera, shoot
from progress.phantom.disguise import Kind, disguise, recompressed
from progress.phantom.head import Head, Shot, render
from progress.phantom.head_skin import SkinCondition
from progress.phantom.relief import Light
from progress.phantom.skin import SKIN_TONES
from progress.quality import ShotFacts, gather_facts, judge_facts, surface_checks

BARE = "none"
STRENGTH = 0.8
"""Clear to anybody who looks; 0.3 is what a cautious filter does."""
_STORED = 92
_STORED_BEFORE = (30, 50, 60)
_AGAIN = Camera(psf_sigma_px=0.6, read_noise=0.002, shot_noise=0.006, jpeg_quality=90)
_GATE_OF: dict[Kind, str] = {
    "fringe": "occlusion",
    "glasses": "occlusion",
    "hand": "occlusion",
    "mask": "occlusion",
    "bilateral": "retouching",
    "guided": "retouching",
    "portrait": "retouching",
    "foundation": "make_up",
}
_GATES = ("occlusion", "retouching", "make_up", "compression")
_PAIR = " pair"
_PAIRED = ("retouching", "make_up")
_HEAD_PX_PER_MM = 6.0
_HEAD_SIZE_PX = (930, 1330)
_SIDE_LIGHT = Light((0.8, 0.2, 0.55), ambient=0.2)
_TREATED = SkinCondition(
    pore_area=0.4, scar_depth=0.4, line_depth=0.4, redness=0.5, pigment=0.6, gloss=0.7
)


@dataclass(frozen=True, slots=True)
class DisguiseRow:
    """What one gate or pair check said of one picture.

    Parameters
    ----------
    photo : str
        File of the bare picture.
    disguise : str
        `BARE`, ``"again"`` for a second shot of the same face, a kind of
        `progress.phantom.disguise`, or ``"stored at 50"``.
    gate : str
        A gate's name, or a pair check's with ``" pair"`` after it: bare against this picture.
    value : float or None
    flagged : bool
        The gate failed, or no face was found any more.
    """

    photo: str
    disguise: str
    gate: str
    value: float | None
    flagged: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many pictures were flagged."""

    flagged: int
    n: int

    @property
    def share(self) -> float:
        """0..1."""
        return self.flagged / self.n if self.n else 0.0


def disguise_rows(photos: Iterable[DecodedPhoto]) -> tuple[DisguiseRow, ...]:
    """Every gate on every photo bare, and on each disguise the gate that should see it.

    Parameters
    ----------
    photos : iterable of DecodedPhoto
        One undisguised face each; photos without a single face are passed over.

    Returns
    -------
    tuple of DisguiseRow
        The bare photo's rows for all gates; one row for each disguise and its gate; pair rows for
        a second shot (false alarms) and for filters and make-up. About 2 s a photo.

    Notes
    -----
    Faces are found anew in every picture.
    """
    rows: list[DisguiseRow] = []
    for index, photo in enumerate(photos):
        try:
            marks = find_face(photo)
        except NoSingleFace:
            continue
        rng = np.random.default_rng((7, index))
        rows += _rows_of(photo, marks, rng)
    return tuple(rows)


def catch_rates(rows: Sequence[DisguiseRow]) -> dict[tuple[str, str], Rate]:
    """Flagged pictures for each gate and disguise, in the order of the rows."""
    flagged: dict[tuple[str, str], list[bool]] = {}
    for row in rows:
        flagged.setdefault((row.gate, row.disguise), []).append(row.flagged)
    return {key: Rate(sum(values), len(values)) for key, values in flagged.items()}


def bare_heads(*, seeds: Sequence[int] = (1,)) -> Iterator[DecodedPhoto]:
    """Rendered heads of every skin tone: as ever and treated, under a front and a side light.

    Parameters
    ----------
    seeds : sequence of int
        One person each, in every tone.

    Yields
    ------
    DecodedPhoto
        Its file is ``"<tone> <seed> <light> <condition>"``.
    """
    for tone in SKIN_TONES:
        for seed in seeds:
            for name, light in (("front", Shot().light), ("side", _SIDE_LIGHT)):
                for skin, condition in (("bare", None), ("treated", _TREATED)):
                    shot = Shot(px_per_mm=_HEAD_PX_PER_MM, size_px=_HEAD_SIZE_PX, light=light)
                    picture = render(Head(seed=seed, tone=tone), shot, condition)
                    yield DecodedPhoto.from_codes(
                        picture.codes, file=f"{tone.name} {seed} {name} {skin}"
                    )


def _rows_of(
    photo: DecodedPhoto, marks: Landmarks, rng: np.random.Generator
) -> Iterator[DisguiseRow]:
    """All rows of one photo."""
    name = photo.provenance.file
    bare = gather_facts(photo, marks)
    for gate in judge_facts(bare, photo.provenance).gates:
        if gate.gate in _GATES:
            yield DisguiseRow(name, BARE, gate.gate, gate.value, not gate.passed)
    codes = photo.codes_8bit()
    linear = linear_from_codes(codes)
    yield from _pair_rows(name, "again", (bare, _facts(shoot(linear, _AGAIN, rng))))
    for kind, gate_name in _GATE_OF.items():
        shown = disguise(
            linear, marks.points_xy, kind, px_per_mm=marks.scale.px_per_mm,
            strength=STRENGTH, rng=rng,
        )  # fmt: skip
        facts = _facts(recompressed(codes_from_linear(shown.linear), _STORED, stored=97))
        yield _row(name, kind, gate_name, facts, photo)
        if gate_name in _PAIRED:
            yield from _pair_rows(name, kind, (bare, facts), only=gate_name)
    for quality in _STORED_BEFORE:
        facts = _facts(recompressed(codes, quality))
        yield _row(name, f"stored at {quality}", "compression", facts, photo)


def _facts(codes: Any) -> ShotFacts | None:
    """Facts of a picture, or None where its face is not found."""
    photo = DecodedPhoto.from_codes(codes)
    try:
        return gather_facts(photo, find_face(photo))
    except NoSingleFace:
        return None


def _row(
    name: str, kind: str, gate_name: str, facts: ShotFacts | None, photo: DecodedPhoto
) -> DisguiseRow:
    """What one gate says of the facts."""
    if facts is None:
        return DisguiseRow(name, kind, gate_name, None, flagged=True)
    gates = {gate.gate: gate for gate in judge_facts(facts, photo.provenance).gates}
    gate = gates[gate_name]
    return DisguiseRow(name, kind, gate_name, gate.value, not gate.passed)


def _pair_rows(
    name: str, kind: str, pair: tuple[ShotFacts, ShotFacts | None], *, only: str = ""
) -> Iterator[DisguiseRow]:
    """What the pair checks say, or one of them."""
    bare, other = pair
    if other is None:
        return
    for check in surface_checks(bare, other):
        if check.check == only or not only:
            yield DisguiseRow(name, kind, check.check + _PAIR, check.difference, not check.passed)
