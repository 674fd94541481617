"""Pages in Streamlit's own test bench, on a clinic that answers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from stand_in_clinic import StandInClinic
from streamlit.testing.v1 import AppTest

from progress.ui import open_record

APP = Path(__file__).parents[2] / "progress" / "ui" / "start" / "main.py"


@pytest.fixture
def clinic(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandInClinic]:
    """A stand-in with one simulated client; the pages find it where the record would be."""
    stand_in = StandInClinic()
    monkeypatch.setattr(open_record, "open_clinic", lambda: stand_in)
    st.cache_resource.clear()
    yield stand_in
    st.cache_resource.clear()


@pytest.fixture
def page(clinic: StandInClinic) -> Callable[[str], AppTest]:
    """Opens a page by its file name and runs it."""

    def opened(name: str) -> AppTest:
        bench = AppTest.from_file(str(APP), default_timeout=30).run()
        return bench.switch_page(f"../pages/{name}.py").run()

    return opened
