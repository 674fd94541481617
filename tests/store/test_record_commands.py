"""The commands that keep a record safe say what they found and end with the right code."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from progress import cli
from progress.model import View
from progress.store import NewPhoto, Store


@pytest.fixture(autouse=True)
def _database(url: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROGRESS_DATABASE_URL", url or "")


def progress(*arguments: object, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a command; its exit code."""
    monkeypatch.setattr("sys.argv", ["progress", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        cli.main()
    return int(left.value.code or 0)


def keep_photos(store: Store) -> list[str]:
    with store.work() as work:
        shots = [NewPhoto(c.encode(), f"{c}.jpg", View.FRONTAL, (61, 83)) for c in ("one", "two")]
        session = work.add_session(work.add_client("fern").id, date(2026, 1, 5), photos=shots)
    return [photo.sha256 for photo in session.photos]


def test_a_whole_record_is_verified_backed_up_restored_and_what_is_lost_is_named(
    store: Store, home: Path, tmp_path: Path, monkeypatch, capsys
):
    lost, _ = keep_photos(store)
    assert progress("record", "verify", "--home", home, monkeypatch=monkeypatch) == 0
    assert "2 photos and 0 audit lines looked at: all whole" in capsys.readouterr().out
    out = tmp_path / "clinic.backup"
    assert progress("record", "backup", "--home", home, "--out", out, monkeypatch=monkeypatch) == 0
    assert "2 photos are in" in capsys.readouterr().out
    # The database of the environment is in use; the new home has its own.
    monkeypatch.setenv("PROGRESS_DATABASE_URL", "")
    new = tmp_path / "new"
    there = ("record", "restore", out, "--home", new, "--key", home / "key")
    assert progress(*there, monkeypatch=monkeypatch) == 0
    assert progress("record", "encrypt", "--home", new, monkeypatch=monkeypatch) == 0
    capsys.readouterr()
    with Store.open(new) as restored:
        restored._files.path(lost).unlink()
    answer = tmp_path / "answer.json"
    verify = ("record", "verify", "--home", new, "--json", answer)
    assert progress(*verify, monkeypatch=monkeypatch) == 2
    assert f"photo {lost[:12]} is missing" in capsys.readouterr().out
    told = json.loads(answer.read_text())
    # The backup was noted before it was made, so its line is in it.
    assert (told["ok"], told["missing"], told["audit"]["lines"]) == (False, [lost], 1)
    late = tmp_path / "late.backup"
    assert progress("record", "backup", "--home", new, "--out", late, monkeypatch=monkeypatch) == 2
    assert "1 photos are missing or damaged and not in it" in capsys.readouterr().out


def test_looking_after_a_record_makes_none(tmp_path: Path, monkeypatch, capsys):
    for command in (["verify"], ["encrypt"], ["backup", "--out", tmp_path / "b"]):
        where = ("--home", tmp_path / "nowhere")
        assert progress("record", *command, *where, monkeypatch=monkeypatch) == 2
        assert "expected the folder of a record, got none" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
