"""Laws of import and export: twice is once, out and in is the same, killed is resumed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from progress.model import OPERATOR, SKIN_TYPES, View
from progress.pipeline.access import Action
from progress.pipeline.clinic import Clinic
from progress.pipeline.import_names import one_form
from progress.pipeline.importing import import_source
from progress.pipeline.record_export import export_client

TODAY = date(2026, 11, 21)
TinyPhoto = Callable[..., bytes]

DAY_FOLDERS = st.sampled_from(["2026-01-05", "20260209 second", "5.1.2026", "2027-01-01"])
FILES = st.sampled_from(["1", "2", "left", "IMG_20260105", "ä", "0001"])
# As folders of photos mostly are...
USUAL = st.builds(
    lambda folders, name, suffix: "/".join([*filter(None, folders), name + suffix]),
    st.tuples(
        st.sampled_from(["", "", "", "export"]),
        st.sampled_from(["anna", "Anna", "berta", "0001", "anna ", ""]),
        st.one_of(DAY_FOLDERS, st.just("")),
        st.sampled_from(["", "", "right profile", "before", "a b"]),
    ),
    FILES,
    st.sampled_from([".jpg", ".JPG", ".jpeg"]),
)
# ... and as none should be.
ODD = st.builds(
    lambda folders, name, suffix: "/".join([*folders, name + suffix]),
    st.lists(st.text("abc -_.(ß1", min_size=1, max_size=6).map("x".__add__), max_size=3),
    FILES,
    st.sampled_from([".jpg", ".png", ".txt", "", ".mp4"]),
)
CONTENTS = st.one_of(*[st.integers(0, 12)] * 5, st.sampled_from([b"", b"no photo"]))
TREES = st.dictionaries(st.one_of(USUAL, USUAL, USUAL, ODD), CONTENTS, min_size=2, max_size=12)
# One line or several, without control letters and without the blanks around that tables drop.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=30
).map(str.strip)
WORDS = TEXTS.map(one_form)


def rows(clinic: Clinic) -> list[Any]:
    """The whole record without ids, which are drawn anew in every record."""
    found = []
    for client in clinic.clients():
        visits = clinic.sessions(client.id)
        found.append(
            [
                replace(client, id="", version=0),
                [(v.taken_on, v.note) for v in visits],
                [[replace(p, id="", session_id="") for p in v.photos] for v in visits],
                sorted(
                    repr(replace(t, id="", client_id="", version=0))
                    for t in clinic.treatments(client.id)
                ),
            ]
        )
    return found


def plant(folder: Path, tree: dict[str, int | bytes], tiny_photo: TinyPhoto) -> None:
    """The files that fit beside each other: a name may not be a file and a folder."""
    for name, content in tree.items():
        path = folder / name
        if path.exists() or any(parent.is_file() for parent in path.parents):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else tiny_photo(content))


@settings(max_examples=25, deadline=None)
@given(tree=TREES, client=st.sampled_from([None, None, "anna", "dora"]))
def test_any_folder_imported_twice_is_imported_once(
    tiny_photo: TinyPhoto, tree: dict[str, int | bytes], client: str | None
) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        source = folder / "source"
        source.mkdir()
        plant(source, tree, tiny_photo)
        with Clinic.open(folder / "home", caller=OPERATOR) as clinic:
            first = import_source(clinic, source, client=client, today=TODAY)
            once = rows(clinic)
            second = import_source(clinic, source, client=client, today=TODAY)
            assert second.added_nothing
            assert rows(clinic) == once
            assert second.already_there == first.photos_added
            photos = [p.sha256 for c in clinic.clients() for s in clinic.sessions(c.id)
                      for p in s.photos]  # fmt: skip
            # Of nobody twice, and every file is accounted for once.
            assert len(photos) == len(set(photos)) == first.photos_added
            files = {p.relative_to(source).as_posix() for p in source.rglob("*") if p.is_file()}
            left = [one.name for one in first.left]
            assert len(left) == len(set(left))
            silent = {name for name in files if name.lower().endswith(".txt")}
            assert len(files - silent) == first.photos_added + len(left)
    finally:
        shutil.rmtree(folder)


VISIT = st.tuples(
    st.integers(0, 3000), TEXTS, st.lists(st.sampled_from(list(View)), min_size=1, max_size=3)
)
TREATMENT = st.tuples(
    st.integers(0, 3000), WORDS.filter(bool), st.sampled_from([None, 0.0, 0.25, 1.5]), TEXTS, TEXTS
)
CLIENT = st.tuples(
    WORDS.filter(bool),
    TEXTS,
    st.one_of(st.none(), st.integers(1900, 2026)),
    st.sampled_from(SKIN_TYPES),
    st.lists(VISIT, min_size=1, max_size=2, unique_by=lambda visit: visit[0]),
    st.lists(TREATMENT, max_size=2, unique_by=lambda t: (t[0], t[1].casefold(), t[2])),
)


@settings(max_examples=12, deadline=None)
@given(people=st.lists(CLIENT, min_size=1, max_size=2, unique_by=lambda person: person[0]))
def test_a_record_that_goes_out_and_comes_in_again_is_the_same(
    tiny_photo: TinyPhoto, people: list[Any]
) -> None:
    folder = Path(tempfile.mkdtemp())
    first_day, seed = date(2018, 1, 1), 0
    try:
        with Clinic.open(folder / "home", caller=OPERATOR) as clinic:
            for name, note, born, skin, visits, treatments in people:
                with clinic.changing(Action.ADD_CLIENT) as work:
                    client = work.add_client(name, note=note, birth_year=born, skin_type=skin)
                for days, words, views in visits:
                    for view in views:
                        seed += 1
                        clinic.add_session(
                            client.id,
                            taken_on=first_day + timedelta(days),
                            photos=[(f"{words[:9]}.jpg", tiny_photo(seed))],
                            note=words,
                            view=view,
                        )
                for days, kind, depth, words, other in treatments:
                    clinic.add_treatment(
                        client.id,
                        day=first_day + timedelta(days),
                        kind=kind,
                        needle_depth_mm=depth,
                        area=words,
                        device=other,
                        note=other,
                    )
            with Clinic.open(folder / "empty", caller=OPERATOR) as empty:
                for number, client in enumerate(clinic.clients()):
                    out = folder / f"{number}.zip"
                    export_client(clinic, client.id, out)
                    assert not import_source(empty, out, today=TODAY).left
                assert rows(empty) == rows(clinic)
    finally:
        shutil.rmtree(folder)


def test_a_killed_import_leaves_whole_visits_and_the_next_run_completes_it(
    tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("kills a child")
    source, rng = tmp_path / "source", random.Random(5)
    visits = [
        (f"client {person}", date(2026, 1, 1) + timedelta(28 * visit))
        for person in range(4)
        for visit in range(5)
    ]
    for number, (name, day) in enumerate(visits):
        for shot in range(2):
            path = source / name / day.isoformat() / f"{shot}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(tiny_photo(2 * number + shot))
    home, kills = tmp_path / "home", 0
    acknowledged: set[tuple[str, date]] = set()
    Clinic.open(home, caller=OPERATOR).close()
    for _ in range(5):
        acknowledged |= _killed_import(home, source, rng.uniform(0.0, 0.25))
        kills += 1
        with Clinic.open(home, caller=OPERATOR) as clinic:
            assert clinic.asking(Action.KEEP_RECORD).verify().tidy
            there = {
                (client.pseudonym, visit.taken_on): len(visit.photos)
                for client in clinic.clients()
                for visit in clinic.sessions(client.id)
            }
            assert set(there.values()) <= {2}  # no half visit
            assert acknowledged <= set(there)
            assert all(clinic.sessions(client.id) for client in clinic.clients())
    with Clinic.open(home, caller=OPERATOR) as clinic:
        import_source(clinic, source, today=TODAY)
        assert import_source(clinic, source, today=TODAY).added_nothing
        with Clinic.open(tmp_path / "unharmed", caller=OPERATOR) as unharmed:
            import_source(unharmed, source, today=TODAY)
            assert rows(clinic) == rows(unharmed)
    assert kills == 5
    assert acknowledged


def _killed_import(home: Path, source: Path, wait_s: float) -> set[tuple[str, date]]:
    """Visits that an import had stored before it was killed, as it said itself."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read_end)
            with Clinic.open(home, caller=OPERATOR) as clinic:
                # The label of a visit comes when the one before it is stored.
                import_source(
                    clinic,
                    source,
                    step=lambda label, _done: os.write(write_end, f"{label}\n".encode()) and None,
                    today=TODAY,
                )
        finally:
            os._exit(0)
    os.close(write_end)
    begun = b""
    while b"client" not in begun and (chunk := os.read(read_end, 65536)):
        begun += chunk
    time.sleep(wait_s)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    while chunk := os.read(read_end, 65536):
        begun += chunk
    os.close(read_end)
    labels = [line for line in begun.decode().splitlines() if line.startswith("client")]
    order = list(dict.fromkeys(labels))
    return {(label[:-11], date.fromisoformat(label[-10:])) for label in order[:-1]}
