"""Proof from the command line: a table, one sentence, and an exit code."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import made_pack as made
import pytest

from progress.cli import main
from progress.model import View
from progress.model.people import OPERATOR
from progress.pipeline.clinic import Clinic
from progress.pipeline.signing_identity import SigningIdentity, clinic_identity
from progress.store import NewPhoto


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["progress", "evidence", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    assert isinstance(left.value.code, int)
    return left.value.code


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A record that holds the originals of the pack."""
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as clinic:
        client = clinic.add_client("fern")
        shots = [
            NewPhoto(made.original(n), f"{n}.jpg", View.FRONTAL, (150, 110)) for n in (1, 2, 3)
        ]
        with clinic._store.work() as work:
            work.add_session(client.id, date(2026, 1, 5), photos=shots)
    return tmp_path / "home"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "pack.zip"
    path.write_bytes(made.pack(included=False))
    return path


def test_help_comes_with_an_example(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (("--help",), ("verify", "--help"), ("identity", "--help")):
        assert run(monkeypatch, *arguments) == 0
        assert "Example: progress evidence" in capsys.readouterr().out


def test_a_whole_pack_ends_with_0_and_says_what_was_not_proven(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    pack: Path,
    home: Path,
    tmp_path: Path,
) -> None:
    assert run(monkeypatch, "verify", pack) == 0
    told = capsys.readouterr().out
    assert "pixels made again    not possible  2 of 2 originals are not here" in told
    assert "were not made again" in told.splitlines()[-1]
    fingerprint = made.identity().fingerprint()
    assert run(monkeypatch, "verify", pack, "--home", home, "--signer", fingerprint) == 0
    told = capsys.readouterr().out
    assert "not possible  none of 2 is in the pack" in told
    assert told.splitlines()[-1].endswith("are the same bit for bit.")
    photos = tmp_path / "photos"
    photos.mkdir()
    for n in (1, 2):
        (photos / f"{n}").write_bytes(made.original(n))
    assert run(monkeypatch, "verify", pack, "--originals", photos, "--json", "-") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["ok"], answer["pixels_remade"]) == (True, True)
    assert {row["answer"] for row in answer["checks"]} == {"ok", "not possible"}


def test_an_altered_pack_ends_with_3_and_something_else_with_2_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pack: Path
) -> None:
    data = bytearray(pack.read_bytes())
    data[data.index(b"5 January 2026")] ^= 1
    pack.write_bytes(bytes(data))
    assert run(monkeypatch, "verify", pack) == 3
    assert "Do not rely on this pack" in capsys.readouterr().out
    assert run(monkeypatch, "verify", pack, "--signer", "0a") == 2
    assert "expected a fingerprint" in capsys.readouterr().err
    pack.write_bytes(b"hello")
    assert run(monkeypatch, "verify", pack) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "expected a ZIP file" in told.err


def test_originals_come_from_one_place_that_is_there(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    pack: Path,
    home: Path,
    tmp_path: Path,
) -> None:
    nowhere = tmp_path / "nowhere"
    for options, words in (
        (("--originals", tmp_path, "--home", home), "expected one of them, got both"),
        (("--originals", nowhere), "expected a folder, got none"),
        (("--home", nowhere), "expected the folder of a record, got none"),
    ):
        assert run(monkeypatch, "verify", pack, *options) == 2
        assert words in capsys.readouterr().err
    assert not nowhere.exists()


def test_the_identity_is_made_named_replaced_and_its_fingerprint_printed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    home: Path,
    tmp_path: Path,
) -> None:
    assert run(monkeypatch, "identity", "--home", home) == 0
    told = capsys.readouterr().out
    with Clinic.open(home, caller=OPERATOR) as clinic:
        first = clinic_identity(clinic)
    assert f"fingerprint   {first.fingerprint()}" in told
    assert "organisation  unnamed clinic" in told
    assert "PRIVATE" not in told
    assert run(monkeypatch, "identity", "--home", home, "--organisation", "Fern Clinic") == 0
    told = capsys.readouterr().out
    assert f"fingerprint   {first.fingerprint()}" in told
    assert "certificates  own, until" in told
    authority = SigningIdentity.new("An Authority")
    (tmp_path / "chain.pem").write_text(authority.chain_pem)
    (tmp_path / "key.pem").write_text(authority.chain_key_pem)
    own = ("identity", "--home", home, "--chain", tmp_path / "chain.pem")
    assert run(monkeypatch, *own) == 2
    assert "expected a chain and its key" in capsys.readouterr().err
    assert run(monkeypatch, *own, "--key", tmp_path / "none.pem") == 2
    assert "--key: expected a PEM file" in capsys.readouterr().err
    assert run(monkeypatch, *own, "--key", tmp_path / "key.pem") == 0
    assert "certificates  of an authority" in capsys.readouterr().out
    assert run(monkeypatch, "identity", "--home", home, "--new-key") == 0
    assert first.fingerprint() not in capsys.readouterr().out
