"""Reports and time-lapses from the command line; measuring answers at once."""

from __future__ import annotations

import hashlib
import io
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from made_up_reports import FIRST_DAY, course, pair, refused_pair
from PIL import Image
from pypdf import PdfReader

from progress.cli import main
from progress.exports.clinic_reports import hand_over_report, make_report
from progress.model.people import OPERATOR
from progress.pipeline import ComparedPair, clinic_answers
from progress.pipeline.clinic import Clinic
from progress.store import NewPhoto
from progress.views.words import Audience

DAYS = tuple(FIRST_DAY + timedelta(days=days) for days in (0, 9, 42, 84, 126, 168))
Run = Callable[..., int]


def photo(seed: int) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (23, 17), (seed, 90, 80)).save(held, "JPEG")
    return held.getvalue()


def _of_the_record(made_up: ComparedPair) -> ComparedPair:
    """The pair with the digests of the record's first and last photo: others are not let out."""
    shots = []
    for seed, shot in ((0, made_up.baseline_photo), (5, made_up.followup_photo)):
        digest = hashlib.sha256(photo(seed)).hexdigest()
        shots.append(replace(shot, provenance=replace(shot.provenance, sha256=digest)))
    return replace(made_up, baseline_photo=shots[0], followup_photo=shots[1])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A record of one client with six visits."""
    place = tmp_path / "home"
    with Clinic.open(place, caller=OPERATOR) as clinic:
        client = clinic.add_client("fern")
        with clinic._store.work() as work:
            for seed, day in enumerate(DAYS):
                shot = NewPhoto(photo(seed), "a.jpg", clinic_answers.course_view([]), (23, 17))
                work.add_session(client.id, day, photos=[shot])
    told = _of_the_record(pair())
    monkeypatch.setattr(clinic_answers, "compare_sessions", lambda *_: told)
    monkeypatch.setattr(clinic_answers, "follow_course", lambda *_: course(last_pair=told))
    return place


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    def go(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["progress", *arguments, "--home", str(home)])
        with pytest.raises(SystemExit) as left:
            main()
        assert isinstance(left.value.code, int)
        return left.value.code

    return go


def kinds(home: Path) -> list[str]:
    with Clinic.open(home, caller=OPERATOR) as clinic:
        (client,) = clinic.clients()
        return [export.kind for export in clinic.exports(client.id)]


def test_a_pair_has_a_report_that_names_a_case_and_nobody(
    run: Run, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.pdf"
    days = ("--baseline", "2026-01-05", "--followup", "2026-06-22")
    assert run("report", "--client", "fern", *days, "--out", str(out)) == 0
    assert str(out) in capsys.readouterr().out
    text = " ".join(page.extract_text() for page in PdfReader(out).pages)
    assert "Two visits compared" in text
    assert "Case" in text
    assert "fern" not in text
    assert kinds(home) == ["clinical report"]
    assert run("report", "--client", "fern", *days, "--named", "--out", str(out), "--quiet") == 0
    assert "fern" in " ".join(page.extract_text() for page in PdfReader(out).pages)
    assert capsys.readouterr().out == ""


def test_without_days_the_course_is_told_and_the_client_gets_one_page(
    run: Run, home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "course.pdf"
    assert run("report", "--client", "fern", "--out", str(out)) == 0
    assert "A course of visits" in PdfReader(out).pages[0].extract_text()
    assert run("report", "--client", "fern", "--for", "client", "--out", str(out)) == 0
    assert len(PdfReader(out).pages) == 1
    assert len(kinds(home)) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--baseline", "2026-01-05"), "expected both --baseline and --followup"),
        (
            ("--baseline", "2026-01-05", "--followup", "2026-06-21"),
            "got 2026-06-21; this client has 6 sessions: 2026-01-05, 2026-01-14, 2026-02-16",
        ),
        (
            ("--baseline", "2026-06-22", "--followup", "2026-01-05"),
            "expected a baseline before the follow-up",
        ),
        (("--baseline", "5.1.2026", "--followup", "2026-06-22"), "--baseline"),
        (("--for", "nobody"), "--for"),
    ],
)
def test_a_mistake_is_told_in_one_line_and_no_file_is_written(
    run: Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    says: str,
) -> None:
    out = tmp_path / "report.pdf"
    assert run("report", "--client", "fern", *arguments, "--out", str(out)) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
    assert not out.exists()
    assert [one.name for one in tmp_path.iterdir()] == ["home"]


def test_a_file_of_another_kind_or_place_and_a_client_nobody_knows_are_refused_at_once(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for out in (tmp_path / "a.txt", tmp_path / "none" / "a.pdf"):
        assert run("report", "--client", "fern", "--out", str(out)) == 2
        assert "expected a file name ending in .pdf" in capsys.readouterr().err
    assert run("report", "--client", "nobody", "--out", str(tmp_path / "a.pdf")) == 2
    assert "expected a pseudonym or id" in capsys.readouterr().err
    assert run("timelapse", "--client", "fern", "--out", str(tmp_path / "a.gif")) == 2
    assert ".webm or .webp or .mp4" in capsys.readouterr().err


def test_a_course_that_shows_the_skin_once_is_no_film(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.webp"
    assert run("timelapse", "--client", "fern", "--out", str(out)) == 2
    assert "at least two visits" in capsys.readouterr().err
    assert not out.exists()


def test_a_pair_that_cannot_be_judged_has_a_report_that_says_why_and_its_own_exit_code(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = _of_the_record(refused_pair())
    monkeypatch.setattr(clinic_answers, "compare_sessions", lambda *_: told)
    out = tmp_path / "report.pdf"
    days = ("--baseline", "2026-01-05", "--followup", "2026-06-22")
    assert run("report", "--client", "fern", *days, "--out", str(out)) == 3
    assert "the report says why" in capsys.readouterr().out
    assert "Why there is no figure" in PdfReader(out).pages[0].extract_text()


def test_a_report_that_is_downloaded_is_noted_and_its_name_means_nothing(home: Path) -> None:
    with Clinic.open(home, caller=OPERATOR) as clinic:
        (client,) = clinic.clients()
        made = make_report(clinic, client, audience=Audience.CLIENT)
        export = hand_over_report(clinic, client, made, audience=Audience.CLIENT)
        assert clinic.exports(client.id) == (export,)
    assert re.fullmatch(r"page-[0-9a-f]{8}\.pdf", export.files[0].name)
    assert export.files[0].place == "download"
    assert export.photos == made.photos
