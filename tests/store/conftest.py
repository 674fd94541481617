"""An empty record, on every database that a record can live in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from progress.store import Store
from progress.store.engine import begin_write, make_engine, parse_url


@pytest.fixture(autouse=True)
def _no_key_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("PROGRESS_KEY", "PROGRESS_KEY_FILE"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "clinic" / "home"


@pytest.fixture
def url(database_url: str | None) -> str | None:
    """None is the embedded SQLite file; a test of one database only sets it by `parametrize`."""
    return database_url


@pytest.fixture
def store(home: Path, url: str | None) -> Iterator[Store]:
    with Store.open(home, url) as store:
        yield store


@pytest.fixture
def run_sql(home: Path, url: str | None) -> Callable[..., list[Any]]:
    """Runs statements behind the record's back."""

    def run(*statements: str, **values: object) -> list[Any]:
        engine = make_engine(parse_url(url, home))
        try:
            with begin_write(engine) as connection:
                for statement in statements:
                    done = connection.execute(text(statement), values)
                return list(done.scalars()) if done.returns_rows else []
        finally:
            engine.dispose()

    return run
