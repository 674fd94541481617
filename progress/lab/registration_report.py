"""``progress validate registration``: every case beside its target."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.table import Table

from progress.imaging import read_photo
from progress.lab.figures import LabFigure, at_least, at_most, figures_table, text_of
from progress.lab.known_pairs import KnownPair, head_pairs
from progress.lab.memory import aligned_pair_gib
from progress.lab.registration import (
    HONEST,
    Attempt,
    RegistrationRow,
    face_attempts,
    other_area_attempts,
    registration_rows,
    stranger_attempts,
)
from progress.lab.registration_cases import (
    CLOSE_UP_PX_PER_MM,
    Case,
    Photographs,
    photographs_in,
    registration_cases,
)
from progress.lab.smiles import SmileRow, smile_rows
from progress.lab.survival import SurvivalRow, survival_rows
from progress.landmarks import find_face
from progress.pipeline import Step

SEED = 101
_SMILE_REGIONS = ("forehead", "glabella", "nose", "upper_lip", "chin")
_SECONDS = 0.4
_MEGAPIXELS = 48.0
_GIB = 1.5


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case, tried."""

    case: Case
    rows: tuple[RegistrationRow, ...]
    survived: tuple[SurvivalRow, ...]

    @property
    def aligned(self) -> list[RegistrationRow]:
        """Rows that were not refused."""
        return [row for row in self.rows if row.reason is None]


@dataclass(frozen=True, slots=True)
class RegistrationReport:
    """All that the command prints.

    Parameters
    ----------
    cases : tuple of CaseResult
    figures : tuple of LabFigure
        Whatever is not one case's error.
    """

    cases: tuple[CaseResult, ...]
    figures: tuple[LabFigure, ...]

    def to_dict(self) -> dict[str, Any]:
        """``progress.registration-validation/1``."""
        return {
            "format": "progress.registration-validation/1",
            "cases": [
                {
                    "case": result.case.name,
                    "target_median_mm": result.case.median_mm,
                    "target_p95_mm": result.case.p95_mm,
                    "pairs": [asdict(row) for row in result.rows],
                    "survived": [asdict(row) for row in result.survived],
                }
                for result in self.cases
            ],
            "figures": [figure.to_dict() for figure in self.figures],
        }


def run_registration(*, quick: bool, photos: Path | None, step: Step) -> RegistrationReport:
    """Try every case.

    Parameters
    ----------
    quick : bool
        A few pairs of each, no memory figure.
    photos : Path or None
        Folder of real photographs, see `photographs_in`; rendered faces otherwise.
    step : Step

    Raises
    ------
    BadInput
        If the folder holds no photo of a face.
    """
    real = photographs_in(photos)
    cases = registration_cases(real, quick=quick, seed=SEED)
    results = []
    for done, case in enumerate(cases):
        step(f"registration: {case.name}", 0.7 * done / len(cases))
        results.append(_tried(case))
    figures = [_honesty(results), *_soundness(results), *_survival(results), _speed(results)]
    step("registration: smiles", 0.7)
    figures += _smiles(real, quick=quick)
    step("registration: strangers and other views", 0.75)
    figures += _refusals(real, quick=quick)
    if not quick:
        step("registration: memory of a large pair", 0.97)
        face = read_photo(real.faces[0]) if real.faces else next(_heads()).baseline
        figures.append(
            at_most(
                f"peak memory of decoding and aligning a pair of {_MEGAPIXELS:.0f} megapixels",
                aligned_pair_gib(face, megapixels=_MEGAPIXELS), "GiB", _GIB,
            )
        )  # fmt: skip
    return RegistrationReport(tuple(results), tuple(figures))


def registration_table(report: RegistrationReport) -> str:
    """One line for each case, then the other figures."""
    table = Table("case", "pairs", "refused", "median mm", "worst", "target", "p95 mm", "worst",
                  "target", "met", "honest", "placed", "s")  # fmt: skip
    for result in report.cases:
        table.add_row(*_line(result))
    return f"{text_of(table)}\n\n{figures_table(report.figures)}"


def _line(result: CaseResult) -> list[str]:
    case, rows = result.case, result.aligned
    head = [case.name, str(len(result.rows)), str(len(result.rows) - len(rows))]
    if not rows:
        return [*head, "", "", f"{case.median_mm:g}", "", "", f"{case.p95_mm:g}", "", "", "", ""]
    median = np.array([row.true_median_mm for row in rows], dtype=float)
    p95 = np.array([row.true_p95_mm for row in rows], dtype=float)
    met = np.median(median) <= case.median_mm and np.median(p95) <= case.p95_mm
    met = met and (case.may_refuse or len(rows) == len(result.rows))
    return [
        *head,
        f"{np.median(median):.3f}", f"{median.max():.3f}", f"{case.median_mm:g}",
        f"{np.median(p95):.3f}", f"{p95.max():.3f}", f"{case.p95_mm:g}",
        "yes" if met else "NO",
        f"{np.mean(_honest(rows)):.0%}",
        f"{np.median([row.overlap for row in rows if row.overlap is not None]):.0%}",
        f"{np.median([row.seconds for row in rows]):.2f}",
    ]  # fmt: skip


def _tried(case: Case) -> CaseResult:
    """All pairs of a case, made one after the other."""
    rows: list[RegistrationRow] = []
    survived: list[SurvivalRow] = []
    for pair in case.pairs():
        rows += registration_rows([pair])
        if pair.planted:
            survived += survival_rows(pair)
    return CaseResult(case, tuple(rows), tuple(survived))


def _honest(rows: Sequence[RegistrationRow]) -> list[bool]:
    return [HONEST[0] <= row.honesty <= HONEST[1] for row in rows if row.honesty is not None]


def _honesty(results: Sequence[CaseResult]) -> LabFigure:
    rows = [row for result in results for row in result.aligned]
    ratios = [row.honesty for row in rows if row.honesty is not None]
    return at_least(
        f"pairs whose estimated p95 is within {HONEST[0]} to {HONEST[1]} of the true one",
        float(np.mean(_honest(rows))), "share", 0.9,
        note=f"{len(rows)} pairs; {min(ratios):.2f} to {max(ratios):.2f}, "
             f"median {np.median(ratios):.2f}",
    )  # fmt: skip


def _soundness(results: Sequence[CaseResult]) -> list[LabFigure]:
    """Folds, strain unlike the truth, and hidden skin called valid."""
    rows = [row for result in results for row in result.aligned]
    heads = [r for result in results if "head" in result.case.name for r in result.aligned]
    folds = sum(row.folds or 0 for row in rows)
    unsound = [row.unsound for row in rows if row.unsound is not None]
    hidden = [row.hidden for row in heads if row.hidden is not None]
    return [
        at_most("folded points on valid skin", float(folds), "points", 0),
        at_most("valid skin whose area ratio is off the true one by 0.8 or 1.25",
                float(np.median(unsound)), "share", 0.01, note=f"worst pair {max(unsound):.3f}"),
        at_most("valid points of rendered heads whose skin the follow-up does not show",
                float(np.median(hidden)), "share", 0.01, note=f"worst pair {max(hidden):.3f}"),
    ]  # fmt: skip


def _survival(results: Sequence[CaseResult]) -> list[LabFigure]:
    """What is left of planted changes, pooled by kind."""
    rows = [row for result in results for row in result.survived]
    figures = []
    for what in dict.fromkeys(row.what for row in rows):
        of_kind = [row for row in rows if row.what == what]
        weights = np.array([abs(row.effect) for row in of_kind])
        shares = np.array([row.survived for row in of_kind])
        figures.append(
            at_least(
                f"planted {what}: effect left when read through the field",
                float((weights * shares).sum() / weights.sum()), "share", 0.95,
                note=f"{len(of_kind)} places, {np.percentile(shares, 5):.2f} to "
                     f"{np.percentile(shares, 95):.2f}",
            )
        )  # fmt: skip
    return figures


def _speed(results: Sequence[CaseResult]) -> LabFigure:
    rows = [
        row for r in results if "face" in r.case.name or "head" in r.case.name for row in r.rows
    ]
    seconds = [row.seconds for row in rows]
    return at_most("seconds of aligning two faces, one thread, landmarks known",
                   float(np.median(seconds)), "s", _SECONDS,
                   note=f"{len(seconds)} pairs, slowest {max(seconds):.2f}")  # fmt: skip


def _smiles(photos: Photographs, *, quick: bool) -> list[LabFigure]:
    if not photos.smiles:
        return []
    pairs = ((read_photo(a), read_photo(b)) for a, b in photos.smiles[: 4 if quick else None])
    rows = smile_rows(pairs, _SMILE_REGIONS)
    return [_smile(rows, region) for region in _SMILE_REGIONS]


def _smile(rows: Sequence[SmileRow], region: str) -> LabFigure:
    """One region: missed marks on forehead and nose, the valid share about the mouth."""
    of_region = [row for row in rows if row.region == region]
    missed = [mm for row in of_region for mm in row.missed_mm]
    refused = sum(row.reason is not None for row in of_region)
    valid = float(np.median([row.valid_share for row in of_region]))
    note = f"{len(missed)} marks in {len(of_region)} pairs, {refused} refused, {valid:.0%} valid"
    name = f"at rest against smiling: field against marks on the {region.replace('_', ' ')}"
    if not missed:
        return LabFigure(name, None, "mm", note=note)
    value = float(np.median(missed))
    note += f", p95 {np.percentile(missed, 95):.2f}"
    if region in ("forehead", "glabella", "nose"):
        return at_most(name, value, "mm", 0.6, note=note)
    return LabFigure(name, value, "mm", note=note)


def _refusals(photos: Photographs, *, quick: bool) -> list[LabFigure]:
    figures = []
    for what, faces in (("faces", photos.faces), ("faces at 6 px/mm", photos.fine_faces)):
        if faces:
            read = [read_photo(path) for path in faces[: 5 if quick else None]]
            figures.append(_accepted(f"strangers aligned, {what}", stranger_attempts(read)))
    if photos.close_ups:
        read = [read_photo(path) for path in photos.close_ups[: 5 if quick else None]]
        tried = other_area_attempts(read, px_per_mm=CLOSE_UP_PX_PER_MM)
        figures.append(_accepted("other places of the body aligned", tried))
    if len(photos.distances) > 1:
        ends = [read_photo(photos.distances[i]) for i in (0, -1)]
        tried = face_attempts([(photo, find_face(photo)) for photo in ends])
        figures.append(_accepted("nearest against furthest camera aligned", tried))
    figures.append(_accepted("other views aligned", _views()))
    return figures


def _views() -> tuple[Attempt, ...]:
    """One rendered head from the front and from both oblique sides."""
    faces = []
    for yaw_deg in (0.0, -42.0, 42.0):
        pair = next(_heads(yaw_deg))
        assert pair.baseline_marks is not None  # noqa: S101 - head_pairs finds them or raises
        faces.append((pair.baseline, pair.baseline_marks))
    return face_attempts(faces)


def _heads(yaw_deg: float = 0.0) -> Iterator[KnownPair]:
    return itertools.islice(head_pairs(n=1, seed=SEED, yaw_deg=yaw_deg), 1)


def _accepted(name: str, attempts: Sequence[Attempt]) -> LabFigure:
    wrong = [f"{a.baseline} on {a.followup}" for a in attempts if a.aligned]
    note = f"of {len(attempts)} pairs" + (f": {', '.join(wrong[:4])}" if wrong else "")
    return at_most(name, float(len(wrong)), "pairs", 0, note=note)
