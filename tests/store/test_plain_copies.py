"""Plain copies of photos last as long as the work that needs them."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from progress.model import Session, View
from progress.store import NewPhoto, Store
from progress.store import plain_copies as module
from progress.store.plain_copies import remove_left_copies

_KILLED = """
import os, signal, sys
from pathlib import Path
from progress.store import Store, plain_copies
plain_copies._MEMORY = Path(sys.argv[2])
with Store.open(Path(sys.argv[1])) as store:
    with store.reading() as record:
        (session,) = record.sessions(record.clients()[0].id)
    with store.plain_copies(session.photos):
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the machine's memory."""
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setattr(module, "_MEMORY", folder)
    return folder


@pytest.fixture
def session(store: Store) -> Session:
    shots = [NewPhoto(c, f"{c.decode()}.HEIC", View.FRONTAL, (61, 83)) for c in (b"a", b"b")]
    with store.work() as work:
        return work.add_session(work.add_client("fern").id, date(2026, 1, 5), photos=shots)


@pytest.fixture
def url() -> None:
    """Where the rows are makes no difference here."""


def test_copies_are_private_whole_and_gone_afterwards(store: Store, session, memory: Path):
    with store.plain_copies(session.photos) as files:
        found = [files[photo.sha256] for photo in session.photos]
        assert [path.read_bytes() for path in found] == [b"a", b"b"]
        assert {path.suffix for path in found} == {".heic"}
        assert found[0].parent.parent == memory
        assert found[0].parent.stat().st_mode & 0o077 == 0
        remove_left_copies()
        assert found[0].exists()
    assert list(memory.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_what_a_killed_process_left_goes_when_the_record_is_opened(
    store: Store, session, home: Path, memory: Path
):
    subprocess.run([sys.executable, "-c", _KILLED, str(home), str(memory)], check=False)
    (left,) = memory.iterdir()
    assert len(list(left.iterdir())) == 3
    Store.open(home).close()
    assert list(memory.iterdir()) == []


def test_what_memory_has_no_room_for_lies_in_the_temporary_folder(
    store: Store, session, memory: Path, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(module, "_SHARE", 0.0)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with store.plain_copies(session.photos) as files:
        assert all(tmp_path / "temporary" in path.parents for path in files.values())
    assert list((tmp_path / "temporary").iterdir()) == []
