"""An empty record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from progress.store import Store


@pytest.fixture(autouse=True)
def _no_key_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("PROGRESS_KEY", "PROGRESS_KEY_FILE"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "clinic" / "home"


@pytest.fixture
def store(home: Path) -> Iterator[Store]:
    with Store.open(home) as store:
        yield store
