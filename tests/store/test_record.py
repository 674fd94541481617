"""What goes into the record comes out again, or does not go in at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import MetaData

from progress.model import Client, Estimate, Measurement, NotMeasured, StoreError, View
from progress.store import NewPhoto, Store, disk
from progress.store.engine import begin_read

DAY = date(2026, 1, 5)


def new_photo(content: bytes, file: str = "a.jpg", **kwargs) -> NewPhoto:
    """Bytes that are no picture: the store never looks into a photo."""
    return NewPhoto(content, file, kwargs.pop("view", View.FRONTAL), (61, 83), **kwargs)


def test_clients_sessions_photos_and_treatments_come_back_as_they_went_in(
    store: Store, home: Path, url: str | None
):
    taken = datetime(2026, 1, 5, 10, 2)  # noqa: DTZ001 - cameras write no time zone
    shots = [
        new_photo(b"first", "/card/DCIM/a.jpg", camera="Maker Model", taken_at=taken),
        new_photo(b"second", "C:\\card\\b.heic", view=View.LEFT_OBLIQUE),
    ]
    with store.work() as work:
        zoe = work.add_client("Zoë", simulated=True, note="a mannequin")
        work.add_client("Ada")
        session = work.add_session(zoe.id, DAY, photos=shots, note="first visit")
        treatment = work.add_treatment(
            zoe.id, DAY, "micro-needling", needle_depth_mm=1.5, area="cheeks", device="pen"
        )
    with Store.open(home, url) as again, again.reading() as reading:
        assert [c.pseudonym for c in reading.clients()] == ["Ada", "Zoë"]
        assert reading.client(zoe.id) == Client(zoe.id, "Zoë", simulated=True, note="a mannequin")
        assert reading.sessions(zoe.id) == (session,)
        assert reading.session(session.id) == session
        assert reading.treatments(zoe.id) == (treatment,)
        assert [reading.photo_bytes(p.sha256) for p in session.photos] == [b"first", b"second"]
    first, second = session.photos
    assert (first.file, first.camera, first.taken_at) == ("a.jpg", "Maker Model", taken)
    assert (second.file, second.view, second.size_px) == ("b.heic", View.LEFT_OBLIQUE, (61, 83))
    assert treatment.needle_depth_mm == 1.5


_words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)
_outcomes = st.one_of(
    st.builds(
        Estimate,
        st.floats(allow_nan=False, allow_infinity=False),
        st.floats(0, 1e300),
        st.integers(0, 2**31 - 1),
    ),
    st.builds(NotMeasured, _words.filter(bool)),
)


# The record is shared by all examples on purpose: each adds to what the others left.
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    outcomes=st.lists(_outcomes, min_size=1, max_size=4),
    region=_words,
    inputs=st.text("0123456789abcdef", min_size=64, max_size=64),
)
def test_measurements_survive_to_the_last_bit(store: Store, outcomes, region, inputs):
    with store.work() as work:
        known = [c for c in work.clients() if c.pseudonym == "A"]
        client = known[0] if known else work.add_client("A")
        session = work.add_session(client.id, DAY)
        saved = tuple(
            Measurement(f"m{i}", 2, region, "OD", outcome, ("a" * 64, "b" * 64)[:i], inputs)
            for i, outcome in enumerate(outcomes)
        )
        work.save_measurements(session.id, saved)
    with store.reading() as reading:
        kept = reading.measurements(session.id, inputs_hash=inputs)
    assert set(saved) <= set(kept)


def test_the_same_measurement_is_replaced_and_another_version_stays_beside_it(store: Store):
    def measured(value: float, version: int) -> Measurement:
        outcome = Estimate(value, 0.1, 9)
        return Measurement("lines", version, "chin", "1", outcome, ("c" * 64,), "inputs")

    with store.work() as work:
        session = work.add_session(work.add_client("A").id, DAY)
        work.save_measurements(session.id, [measured(1.0, 1)])
        work.save_measurements(session.id, [measured(2.0, 1), measured(3.0, 2)])
        work.save_measurements(
            session.id, [Measurement("tone", 1, "chin", "deg", NotMeasured("dark"), (), "inputs")]
        )
    with store.reading() as reading:
        lines = reading.measurements(session.id, metric="lines")
        assert lines == (measured(2.0, 1), measured(3.0, 2))
        assert len(reading.measurements(session.id)) == 3


def test_comparisons_and_settings_are_kept_and_replaced(store: Store):
    with store.work() as work:
        client = work.add_client("A")
        work.save_comparison("k" * 64, "{}", client_id=client.id)
        work.save_comparison("k" * 64, '{"a": 1}', client_id=client.id)
        work.save_setting("language", "en")
        work.save_setting("language", "de")
    with store.reading() as reading:
        assert reading.comparison("k" * 64) == '{"a": 1}'
        assert reading.comparison("x" * 64) is None
        assert reading.setting("language") == "de"
        assert reading.setting("unknown") is None


def test_adding_what_is_there_changes_nothing(store: Store, home: Path):
    with store.work() as work:
        client = work.add_client("A")
        once = work.add_session(client.id, DAY, photos=[new_photo(b"same")], note="kept")
        treated = work.add_treatment(client.id, DAY, "micro-needling")
    with store.work() as work:
        twice = work.add_session(
            client.id, DAY, photos=[new_photo(b"same", "copy.jpg"), new_photo(b"other")]
        )
        assert work.add_treatment(client.id, DAY, "micro-needling") == treated
        assert work.add_treatment(client.id, DAY, "peeling") != treated
        elsewhere = work.add_session(client.id, date(2026, 2, 2), photos=[new_photo(b"same")])
    assert twice.id == once.id
    assert twice.note == "kept"
    assert twice.photos[0] == once.photos[0]
    assert len(twice.photos) == 2
    assert elsewhere.photos[0].sha256 == once.photos[0].sha256
    assert len(_photo_files(home)) == 2


def test_sessions_come_back_by_date_each_with_its_own_photos(store: Store):
    with store.work() as work:
        client = work.add_client("A")
        for month in (3, 1, 2):
            photos = [new_photo(f"{month}-{i}".encode(), f"{i}.jpg") for i in range(3)]
            work.add_session(client.id, date(2026, month, 1), photos=photos)
        sessions = work.sessions(client.id)
        assert work.sessions("nobody") == ()
    assert [s.taken_on.month for s in sessions] == [1, 2, 3]
    assert all([p.file for p in s.photos] == ["0.jpg", "1.jpg", "2.jpg"] for s in sessions)


def test_an_error_anywhere_in_a_unit_of_work_keeps_nothing_of_it(store: Store, home: Path):
    def fail_half_way() -> None:
        with store.work() as work:
            client = work.add_client("A")
            work.add_session(client.id, DAY, photos=[new_photo(b"gone")])
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail_half_way()
    with store.reading() as reading:
        assert reading.clients() == ()
    assert _photo_files(home) == []


def test_a_row_that_does_not_fit_takes_the_whole_unit_of_work_back(store: Store, home: Path):
    with store.work() as work:
        kept = work.add_client("Ada")
        work.add_session(kept.id, DAY, photos=[new_photo(b"kept")])

    def add_her_again() -> None:
        with store.work() as work:
            work.add_session(kept.id, DAY, photos=[new_photo(b"kept"), new_photo(b"gone")])
            work.add_client("Ada")

    with pytest.raises(StoreError, match=r"clients\.pseudonym|uq_clients_pseudonym"):
        add_her_again()
    with pytest.raises(StoreError, match=r"(?i)foreign key constraint"), store.work() as work:
        work.save_comparison("k" * 64, "{}", client_id="nobody")
    with store.reading() as reading:
        (session,) = reading.sessions(kept.id)
        assert [reading.photo_bytes(p.sha256) for p in session.photos] == [b"kept"]
    assert len(_photo_files(home)) == 1
    assert store.verify().ok


def test_unknown_names_are_said_so(store: Store):
    with store.reading() as reading:
        with pytest.raises(StoreError, match="expected a client of the record, got 'x'"):
            reading.client("x")
        with pytest.raises(StoreError, match="expected a session of the record, got 'x'"):
            reading.session("x")
        with pytest.raises(StoreError, match="expected a photo of the record"):
            reading.photo_bytes("0" * 64)
    with pytest.raises(StoreError, match="expected a client"), store.work() as work:
        work.add_session("x", DAY)
    with pytest.raises(StoreError, match="expected a client"), store.work() as work:
        work.add_treatment("x", DAY, "micro-needling")


def test_senseless_input_is_the_callers_bug(store: Store):
    with pytest.raises(ValueError, match="expected bytes, got none"):
        new_photo(b"")
    with pytest.raises(ValueError, match="a time without zone"):
        new_photo(b"x", taken_at=datetime(2026, 1, 5, tzinfo=UTC))
    with pytest.raises(ValueError, match="pseudonym: expected a name"), store.work() as work:
        work.add_client("  ")
    assert "first" not in repr(NewPhoto(b"first", "a.jpg", View.BODY, (1, 1)))


def test_a_reader_sees_one_moment_while_others_write(store: Store):
    with store.reading() as reading:
        assert reading.clients() == ()
        with store.work() as work:
            work.add_client("A")
        assert reading.clients() == ()
    with store.reading() as reading:
        assert len(reading.clients()) == 1


def test_only_the_owner_may_read_the_record(store: Store, home: Path):
    with store.work() as work:
        work.add_session(work.add_client("A").id, DAY, photos=[new_photo(b"private")])
        for path in [home, *home.rglob("*")]:
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode == (0o700 if path.is_dir() else 0o600), path


def test_an_existing_home_keeps_its_rights(home: Path, url: str | None):
    home.mkdir(parents=True)
    home.chmod(0o750)
    Store.open(home, url).close()
    assert stat.S_IMODE(home.stat().st_mode) == 0o750


def test_no_table_has_a_column_for_a_place(store: Store):
    tables = MetaData()
    with begin_read(store._engine) as connection:
        tables.reflect(connection)
    columns = [str(column).lower() for table in tables.tables.values() for column in table.columns]
    assert "photos.sha256" in columns
    places = ("gps", "latitude", "longitude", "location")
    assert not [column for column in columns for word in places if word in column]


def test_verify_reports_lost_and_changed_photos_and_files_without_a_row(store: Store, home: Path):
    with store.work() as work:
        session = work.add_session(
            work.add_client("A").id, DAY, photos=[new_photo(c.encode()) for c in "abcd"]
        )
    lost, changed, whole, swapped = (p.sha256 for p in session.photos)
    assert store.verify().ok
    store._files.path(lost).unlink()
    store._files.path(changed).write_bytes(b"x")
    # A whole sealed photo in the place of another is another photo.
    shutil.copy(store._files.path(whole), store._files.path(swapped))
    stray = home / "photos" / "ff" / ("f" * 64 + ".sealed")
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"stray")
    watched: list[float] = []
    found = store.verify(lambda _label, done: watched.append(done))
    assert not found.ok
    assert watched == sorted(watched)
    assert (found.n_photos, found.missing, found.orphans) == (4, (lost,), (stray.name,))
    assert set(found.damaged) == {changed, swapped}
    # Nobody knows whose it is: it may be a photo of a database that was mislaid.
    assert stray.exists()
    with store.reading() as reading:
        with pytest.raises(StoreError, match=f"{lost[:12]} in the record, got no file"):
            reading.photo_bytes(lost)
        with pytest.raises(StoreError, match=f"{changed[:12]} as it was stored, got other bytes"):
            reading.photo_bytes(changed)
        assert reading.photo_bytes(whole) == b"c"
    with store.work() as work:
        work.add_session(session.client_id, DAY, photos=[new_photo(c.encode()) for c in "abd"])
    found = store.verify()
    assert found.ok
    assert not found.tidy
    assert found.to_dict()["orphans"] == [stray.name]


@pytest.mark.parametrize("url", [None], ids=["sqlite"])
def test_verify_reports_a_reference_to_nothing(store: Store, home: Path):
    # PostgreSQL lets nobody in who would do this.
    with sqlite3.connect(home / "progress.db") as db:
        db.execute("INSERT INTO sessions VALUES ('s', 'nobody', '2026-01-05', '', 1)")
    db.close()
    assert store.verify().database == ("sessions: a row refers to no row of clients",)


def test_verify_tells_nothing_of_what_is_under_way(store: Store, home: Path, url: str | None):
    with Store.open(home, url) as other, other.work() as work:
        work.add_session(work.add_client("A").id, DAY, photos=[new_photo(b"under way")])
        assert store.verify().tidy
        Store.open(home, url).close()
    with store.reading() as reading:
        assert len(reading.clients()) == 1
    assert store.verify().tidy


def test_a_home_that_is_a_file_is_refused(tmp_path: Path):
    file = tmp_path / "home"
    file.write_text("no folder")
    with pytest.raises(StoreError, match="expected a folder, got a file"):
        Store.open(file)
    with pytest.raises(StoreError, match="expected to read and write files, got File exists"):
        Store.open(file / "inside")


def test_a_folder_that_cannot_be_written_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreError, match="got Permission denied; check the folder's permissions"):
        Store.open(home)


def test_a_full_disk_keeps_the_old_state_and_says_so(
    store: Store, home: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    def add_too_much() -> None:
        with store.work() as work:
            client = work.add_client("A")
            with monkeypatch.context() as patch:
                patch.setattr(disk.os, "fsync", full)
                work.add_session(client.id, DAY, photos=[new_photo(b"too much")])

    with pytest.raises(StoreError, match="No space left on device"):
        add_too_much()
    assert _photo_files(home) == []
    with store.reading() as reading:
        assert reading.clients() == ()


def test_an_error_of_the_callers_own_files_is_not_blamed_on_the_record(store: Store):
    with pytest.raises(FileNotFoundError, match="their photo"), store.work():
        raise FileNotFoundError(2, "their photo")


def test_a_damaged_database_file_is_refused(home: Path):
    home.mkdir(parents=True)
    (home / "progress.db").write_bytes(b"this is text and no database " * 200)
    with pytest.raises(StoreError, match="file is not a database; restore the file"):
        Store.open(home)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("no url at all", r"cannot be read \(ArgumentError\)"),
        ("nosuchdb://user:secret@host/x", r"cannot be read \(NoSuchModuleError\)"),
        ("sqlite://", "got one in memory"),
        ("sqlite:///:memory:", "got one in memory"),
        ("sqlite:///file:x?mode=memory&uri=true", "a file: address"),
        ("sqlite:////no/such/folder/record.db", "No such file or directory"),
    ],
)
def test_a_bad_url_is_refused_and_its_password_not_repeated(home: Path, url: str, words: str):
    with pytest.raises(StoreError, match=words) as caught:
        Store.open(home, url)
    assert "secret" not in str(caught.value)


def test_another_database_may_be_given(home: Path, tmp_path: Path):
    with Store.open(home, f"sqlite:///{tmp_path / 'other.db'}") as store, store.work() as work:
        work.add_client("A")
    assert (tmp_path / "other.db").stat().st_size > 0
    assert not (home / "progress.db").exists()


def test_bytes_reach_the_disk_before_their_name_and_both_before_the_row(
    store: Store, monkeypatch: pytest.MonkeyPatch, url: str | None
):
    steps: list[str] = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        steps.append(f"flush {kind}")
        real_fsync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        steps.append("rename")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    with store.work() as work:
        client = work.add_client("A")
        work.add_session(client.id, DAY, photos=[new_photo(b"x")])
        marker, new_folder = ["flush file", "flush folder"], ["flush folder"]
        assert steps == [*marker, *new_folder, "flush file", "rename", "flush folder"]
        with Store.open(store._files.folder.parent, url) as other, other.reading() as reading:
            assert reading.clients() == ()


def _photo_files(home: Path) -> list[Path]:
    return [p for p in (home / "photos").rglob("*") if p.is_file()]
