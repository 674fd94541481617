"""The house keeps its own law: doors, types, style, one OpenCV wheel, a lock without addresses."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def copy_of_the_house(folder: Path) -> Path:
    shutil.copytree(
        ROOT / "progress",
        folder / "progress",
        ignore=shutil.ignore_patterns("__pycache__", "*.task"),
    )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return run(str(TOOLS / "lint-imports"), "--no-cache", cwd=folder)


def test_every_door_opens_downwards_only() -> None:
    checked = lint_imports(ROOT)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("room", "forbidden", "contract"),
    [
        ("imaging", "progress.metrics", "Doors open downwards only"),
        ("store", "cv2", "Judgement, memory and names handle no pixels"),
        ("views", "streamlit", "Only the ui knows Streamlit"),
        ("align", "mediapipe", "Only landmarks knows mediapipe"),
    ],
)
def test_a_planted_forbidden_import_is_reported(
    tmp_path: Path, room: str, forbidden: str, contract: str
) -> None:
    house = copy_of_the_house(tmp_path)
    (house / "progress" / room / "planted.py").write_text(f"import {forbidden}\n")
    checked = lint_imports(house)
    assert checked.returncode != 0
    assert f"{contract} BROKEN" in checked.stdout


def test_the_code_is_formatted_and_lints_clean() -> None:
    for arguments in (("format", "--check", "."), ("check", ".")):
        checked = run(str(TOOLS / "ruff"), *arguments)
        assert checked.returncode == 0, checked.stdout


def test_every_type_is_stated_and_holds() -> None:
    checked = run(str(TOOLS / "mypy"))
    assert checked.returncode == 0, checked.stdout


def test_the_lock_pins_every_wheel_by_hash_and_names_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pins = re.findall(r"^[a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?==\S+", lock, flags=re.MULTILINE)
    assert len(pins) > 50
    assert lock.count("--hash=sha256:") >= len(pins)
    assert "://" not in lock


def test_no_room_is_a_drawer_for_odds_and_ends() -> None:
    names = [path.stem for path in (ROOT / "progress").rglob("*.py")]
    assert not {"utils", "util", "helpers", "helper", "common", "misc"} & set(names)
