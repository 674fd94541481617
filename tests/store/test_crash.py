"""Killing the process at any moment leaves the old or the new state; two may write at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from progress.store import Store

DRIVER = str(Path(__file__).with_name("crash_driver.py"))
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")


def _driver(home: Path, url: str | None, mode: str) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, DRIVER, str(home), url or "", mode],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_kill_before_every_single_call_to_the_disk_leaves_old_or_new(
    tmp_path: Path, url: str | None
):
    found = _driver(tmp_path / "home", url, "steps")
    assert found["wrong"] == []
    # Two photos of eleven calls each and their markers: all were tried until none was left.
    assert 20 <= found["kills"] < 60
    assert found["kept"] >= 1


def test_a_kill_at_random_moments_leaves_old_or_new(tmp_path: Path, url: str | None):
    found = _driver(tmp_path / "home", url, "moments")
    assert found["wrong"] == []
    assert found["kills"] == 16
    assert found["kept"] >= 16


def test_two_processes_may_open_a_new_record_and_write_at_once(tmp_path: Path, url: str | None):
    home = tmp_path / "home"
    writers = [
        subprocess.Popen(
            [sys.executable, DRIVER, str(home), url or "", "add", name],
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in ("left", "right")
    ]
    for writer in writers:
        _, stderr = writer.communicate(timeout=60)
        assert writer.returncode == 0, stderr
    with Store.open(home, url) as store, store.reading() as reading:
        assert len(reading.clients()) == 24
        assert store.verify().ok
