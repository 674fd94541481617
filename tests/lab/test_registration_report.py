"""The registration table: every case beside its target, and what counts as met."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from progress.imaging import DecodedPhoto
from progress.lab import registration_report as report
from progress.lab.known_pairs import head_pairs
from progress.lab.memory import aligned_pair_gib
from progress.lab.registration import RegistrationRow
from progress.lab.registration_cases import Case, Photographs, photographs_in, registration_cases
from progress.lab.smiles import SmileRow
from progress.lab.survival import SurvivalRow
from progress.model import BadInput
from progress.phantom.camera import jpeg_bytes


def row(median: float | None, p95: float | None = None, *, estimated: float = 0.1):
    if median is None:
        return RegistrationRow("x", None, None, None, None, None, None, None, None, 0.2, "no")
    return RegistrationRow("x", median, p95, 0.01, estimated, 0.9, 0.0, 0.0, 0, 0.2, None)


def result(*rows: RegistrationRow, may_refuse: bool = False) -> report.CaseResult:
    case = Case("face, made", lambda: iter(()), 0.03, 0.10, may_refuse)
    return report.CaseResult(case, rows, (SurvivalRow("x", "mole", 0.2, 0.98),))


def text(*results: report.CaseResult) -> str:
    return report.registration_table(report.RegistrationReport(results, ()))


def test_a_case_is_met_by_its_medians() -> None:
    assert " yes " in text(result(row(0.02, 0.08), row(0.02, 0.09), row(0.04, 0.3)))
    assert " NO " in text(result(row(0.02, 0.12), row(0.02, 0.13)))
    assert " NO " in text(result(row(0.04, 0.08)))


def test_a_refusal_fails_a_case_unless_it_may_refuse() -> None:
    assert " NO " in text(result(row(0.02, 0.08), row(None)))
    assert " yes " in text(result(row(0.02, 0.08), row(None), may_refuse=True))
    assert " yes " not in text(result(row(None)))


def test_an_honest_estimate_lies_within_its_band() -> None:
    rows = [row(0.02, 0.1, estimated=e) for e in (0.05, 0.08, 0.14, 0.2)]
    figure = report._honesty([result(*rows)])
    assert figure.value == 0.5
    assert figure.met is False
    assert "0.50 to 2.00" in figure.note


def test_marks_on_the_forehead_have_a_target_and_those_by_the_mouth_only_a_share() -> None:
    rows = [SmileRow("x", r, (0.1, 0.2, 0.3), 0.4, None) for r in ("forehead", "chin")]
    assert report._smile(rows, "forehead").met is True
    assert report._smile(rows, "chin").met is None
    assert "40% valid" in report._smile(rows, "chin").note
    empty = report._smile([SmileRow("x", "nose", (), 0.0, "refused")], "nose")
    assert empty.value is None
    assert "1 refused" in empty.note


def test_the_report_is_json() -> None:
    made = report.RegistrationReport((result(row(0.02, 0.08)),), ())
    answer = json.loads(json.dumps(made.to_dict()))
    assert answer["format"] == "progress.registration-validation/1"
    assert answer["cases"][0]["pairs"][0]["true_median_mm"] == 0.02


def test_without_photographs_rendered_faces_are_shot_again() -> None:
    names = [case.name for case in registration_cases(Photographs(), quick=True, seed=1)]
    assert "rendered face, mild re-shoot" in names
    assert not any("close-up" in name for name in names)


def test_a_folder_is_read_by_what_its_parts_show(tmp_path: Path) -> None:
    picture = jpeg_bytes(np.full((41, 33, 3), 90, np.uint8), 90)
    for name in ("london/neutral/001_a.jpg", "london/neutral/002_a.jpg", "zoom/15.jpg",
                 "london/smiling/001_b.jpg", "close_ups/arm.jpg"):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture)
    found = photographs_in(tmp_path)
    assert [path.name for path in found.faces] == ["001_a.jpg", "002_a.jpg"]
    assert [(a.name, b.name) for a, b in found.smiles] == [("001_a.jpg", "001_b.jpg")]
    assert (len(found.close_ups), len(found.distances), len(found.fine_faces)) == (1, 1, 0)
    names = [case.name for case in registration_cases(found, quick=True, seed=1)]
    assert "face, mild re-shoot" in names
    assert "body close-up, mild" in names
    with pytest.raises(BadInput, match="expected photos of faces"):
        photographs_in(tmp_path / "zoom" / "nothing")


@pytest.mark.slow
def test_a_case_of_rendered_heads_runs_from_end_to_end() -> None:
    def first():
        yield next(head_pairs(n=1, seed=4))

    tried = report._tried(Case("rendered head", first, 0.08, 0.3))
    (found,) = tried.aligned
    assert found.true_median_mm is not None
    assert found.true_median_mm < 0.15
    assert found.hidden is not None
    assert found.hidden < 0.02
    picture: DecodedPhoto = next(first()).baseline
    # a whole interpreter with its libraries is about 0.2 GiB
    assert 0.1 < aligned_pair_gib(picture, megapixels=1.5) < 0.5
