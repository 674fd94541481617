"""The import page: a plan before anything is stored, one click, nothing twice."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from progress.model.people import OPERATOR
from progress.pipeline.clinic import Clinic
from progress.store import plain_copies
from progress.ui import bringing, doors
from progress.views.catalogue import practitioner as words
from progress.views.words import NOT_MEDICAL_ADVICE

APP = Path(__file__).parents[2] / "progress" / "ui" / "start" / "main.py"
CLIENTS = b"pseudonym,birth_year\nfern,1980\n"
TREATMENTS = b"client,date,kind\nfern,2026-01-06,needling\nnobody,2026-01-06,needling\n"


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the machine's memory, where uploads lie while they are read."""
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setattr(plain_copies, "_MEMORY", folder)
    return folder


@pytest.fixture
def record(tmp_path: Path, memory: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clinic]:
    """An empty record that the operator of the machine looks at."""
    monkeypatch.setenv("PROGRESS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PROGRESS_DATABASE_URL", raising=False)
    monkeypatch.setattr(doors, "caller", lambda _record: OPERATOR)
    st.cache_resource.clear()
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as opened:
        yield opened
    st.cache_resource.clear()


def photo(shade: int) -> bytes:
    held = io.BytesIO()
    Image.fromarray(np.full((61, 83, 3), (shade, 120, 110), np.uint8)).save(held, "PNG")
    return held.getvalue()


def archive(**more: bytes) -> bytes:
    held = io.BytesIO()
    files = {"fern/2026-01-05/front.png": photo(150), "fern/2026-03-02/front.png": photo(140)}
    with zipfile.ZipFile(held, "w") as packed:
        for name, data in {**files, **more}.items():
            packed.writestr(name, data)
    return held.getvalue()


def page() -> AppTest:
    bench = AppTest.from_file(str(APP), default_timeout=60).run()
    return bench.switch_page("../pages/bring.py").run()


def given(bench: AppTest, data: bytes, *, number: int = 0, name: str = "old.zip") -> AppTest:
    kind = "application/zip" if name.endswith("zip") else "text/csv"
    return bench.file_uploader[number].upload(name, data, kind).run()


def told(bench: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "warning", "error", "success", "subheader")
    return "\n".join(element.value for kind in kinds for element in getattr(bench, kind))


def labels(bench: AppTest) -> list[str]:
    return [button.label for button in bench.button]


def days(record: Clinic) -> dict[str, list[str]]:
    return {
        client.pseudonym: [s.taken_on.isoformat() for s in record.sessions(client.id)]
        for client in record.clients()
    }


def test_a_zip_is_shown_first_then_imported_and_brings_nothing_twice(
    record: Clinic, memory: Path
) -> None:
    bench = page()
    assert not bench.exception
    assert not labels(bench)
    assert not bench.table
    assert NOT_MEDICAL_ADVICE in told(bench)
    bench = given(bench, archive(**{"fern/2026-01-05/torn.jpg": b"no photo", "film.mp4": b"x"}))
    assert words.BRING_WOULD.format("2 photos, 2 sessions, 1 client") in told(bench)
    taken, left = (one.value for one in bench.table)
    assert list(taken[words.DAY]) == ["5 January 2026", "2 March 2026"]
    assert sorted(left[words.REASON]) == ["not a photo", "unreadable"]
    assert days(record) == {}
    assert bench.button[0].label == "Import 2 photos, 2 sessions, 1 client"
    bench.button[0].click().run()
    assert not bench.exception
    assert words.BRING_ADDED.format("2 photos, 2 sessions, 1 client") in told(bench)
    assert days(record) == {"fern": ["2026-01-05", "2026-03-02"]}
    assert not labels(bench)
    bench = given(bench, archive())
    assert words.BRING_NOTHING_NEW in told(bench)
    assert words.BRING_THERE.format("2 photos") in told(bench)
    assert not labels(bench)
    assert not bench.table
    assert not list(memory.iterdir())


def test_tables_come_along_and_what_only_fills_in_a_client_is_called_so(record: Clinic) -> None:
    record.add_client("fern")
    bench = given(page(), archive())
    bench = given(bench, CLIENTS, number=1, name="people.csv")
    bench = given(bench, TREATMENTS, number=2, name="done.csv")
    assert words.BRING_WOULD.format("2 photos, 2 sessions, 1 treatment") in told(bench)
    assert words.BRING_WOULD_FILL.format("1 client") in told(bench)
    assert len(bench.table[1].value) == 1  # nobody is no client
    bench.button[0].click().run()
    (fern,) = record.clients()
    assert fern.birth_year == 1980
    assert [t.kind for t in record.treatments(fern.id)] == ["needling"]


def test_what_is_no_zip_is_one_line_and_leaves_nothing_about(record: Clinic, memory: Path) -> None:
    bench = given(page(), b"no archive")
    assert "a damaged ZIP" in bench.error[0].value
    assert not labels(bench)
    bench = given(page(), archive(**{"a.txt": b"x"})[:90])
    assert bench.error
    assert not list(memory.iterdir())


def test_an_archive_of_other_things_offers_nothing_to_click(record: Clinic) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for number in range(12):
            packed.writestr(f"film {number}.mp4", b"x")
    bench = given(page(), held.getvalue())
    assert bench.warning[0].value == words.BRING_NOTHING
    assert len(bench.table[0].value) == 10
    assert words.BRING_MORE.format(2) in told(bench)
    assert not labels(bench)


def test_names_in_a_zip_do_not_become_markdown(
    record: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    class Bar:
        def progress(self, _done: float, *, text: str) -> None:
            said.append(text)

    kept = bringing.bring

    def watched(*args: object, **options: object) -> object:
        return kept(*args, **{**options, "bar": Bar()})

    monkeypatch.setattr(bringing, "bring", watched)
    name = "![x](a.b) $y$"
    bench = given(page(), archive(**{f"{name}/2026-01-05/a.png": photo(99)}))
    assert not bench.exception
    assert any("!\\[x\\](a.b) \\$y\\$" in text for text in said)
    assert not any(name in text for text in said)
    assert bench.table[0].value[words.CLIENT][0].startswith("!\\[x")


def test_a_cut_off_import_keeps_no_file_and_is_completed_by_the_next(
    record: Clinic, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = given(page(), archive())
    whole = bringing.import_source

    def cut(clinic: Clinic, source: Path, **options: object) -> object:
        def step(label: str, _done: float) -> None:
            if "2026-03-02" in label:
                raise KeyboardInterrupt

        try:
            return whole(clinic, source, **{**options, "step": step})
        except KeyboardInterrupt:
            raise RuntimeError("the screen went away") from None

    monkeypatch.setattr(bringing, "import_source", cut)
    bench.button[0].click().run()
    assert days(record) == {"fern": ["2026-01-05"]}
    assert not list(memory.iterdir())
    monkeypatch.setattr(bringing, "import_source", whole)
    bench = given(page(), archive())
    assert words.BRING_WOULD.format("1 photo, 1 session") in told(bench)
    bench.button[0].click().run()
    assert days(record) == {"fern": ["2026-01-05", "2026-03-02"]}
