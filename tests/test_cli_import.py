"""`progress import` keeps the contract: report, JSON and exit codes."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from progress.cli import main


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["progress", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    code = left.value.code
    assert isinstance(code, int)
    return code


@pytest.fixture
def old_photos(tmp_path: Path) -> Path:
    folder = tmp_path / "old" / "anna" / "2026-01-05"
    folder.mkdir(parents=True)
    stream = io.BytesIO()
    codes = np.random.default_rng(1).integers(0, 255, (17, 23, 3), dtype=np.uint8)
    Image.fromarray(codes).save(stream, "JPEG")
    (folder / "a.jpg").write_bytes(stream.getvalue())
    (folder / "bad.jpg").write_bytes(b"bad")
    return tmp_path / "old"


def test_an_import_reports_and_a_second_one_says_that_nothing_was_added(
    old_photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home, answer = tmp_path / "home", tmp_path / "report.json"
    assert run(monkeypatch, "import", old_photos, "--home", home, "--dry-run") == 0
    assert "would be added: 1 photos in 1 sessions" in capsys.readouterr().out
    assert not home.exists()
    assert run(monkeypatch, "import", old_photos, "--home", home, "--json", answer) == 0
    printed = capsys.readouterr().out
    assert "added: 1 photos in 1 sessions, 1 clients" in printed
    assert "anna/2026-01-05/bad.jpg: unreadable" in printed
    told = json.loads(answer.read_text())
    assert told["format"] == "progress.import/1"
    assert told["not_taken_by_reason"] == {"unreadable": 1}
    assert run(monkeypatch, "import", old_photos, "--home", home) == 0
    assert "nothing was added" in capsys.readouterr().out


def test_a_source_of_nothing_readable_ends_with_2_and_still_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "old" / "anna"
    folder.mkdir(parents=True)
    (folder / "bad.jpg").write_bytes(b"bad")
    answer = tmp_path / "report.json"
    home = tmp_path / "home"
    assert run(monkeypatch, "import", folder.parent, "--home", home, "--json", answer) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "expected photos or rows that can be taken, got none" in error
    assert json.loads(answer.read_text())["not_taken"][0]["why"] == "unreadable"
    assert run(monkeypatch, "import", tmp_path / "nowhere", "--home", home) == 2
    assert "got nothing there" in capsys.readouterr().err


def test_what_the_record_says_of_a_client_is_changed_and_the_rest_stays(
    old_photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home = tmp_path / "home"
    client = ("--home", home, "--client", "anna")
    assert run(monkeypatch, "import", old_photos, "--home", home, "--quiet") == 0
    assert run(monkeypatch, "client", "change", *client, "--birth-year", "1984") == 0
    assert run(monkeypatch, "client", "change", *client, "--skin-type", "III") == 0
    assert "anna: born 1984, skin type III" in capsys.readouterr().out
    assert run(monkeypatch, "client", "change", *client, "--birth-year", "3000") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_record_is_exported_and_erased_only_with_its_name(
    old_photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    home, out, answer = tmp_path / "home", tmp_path / "anna.zip", tmp_path / "erased.json"
    client = ("--home", home, "--client", "anna")
    assert run(monkeypatch, "client", "export", *client, "--out", out) == 2
    assert not home.exists()
    assert run(monkeypatch, "import", old_photos, "--home", home, "--quiet") == 0
    assert run(monkeypatch, "client", "export", *client, "--out", out) == 0
    assert zipfile.is_zipfile(out)
    capsys.readouterr()
    for confirm in ((), ("--confirm", "Anna")):
        assert run(monkeypatch, "client", "erase", *client, *confirm) == 2
        assert "as confirmation" in capsys.readouterr().err
    erase = ("client", "erase", *client, "--confirm", "anna", "--json", answer)
    assert run(monkeypatch, *erase) == 0
    printed = capsys.readouterr().out
    assert "files gone from the disk: 1" in printed
    assert "not covered: backups" in printed
    assert json.loads(answer.read_text())["format"] == "progress.erasure/1"
    assert run(monkeypatch, *erase) == 2
    assert "expected a pseudonym or id" in capsys.readouterr().err
