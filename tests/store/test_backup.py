"""What is backed up is restored, on any database, and nothing else is taken for it."""

from __future__ import annotations

import hashlib
import stat
from datetime import date
from pathlib import Path

import pytest

from progress.model import Estimate, Measurement, NotMeasured, StoreError, View
from progress.store import Integrity, NewPhoto, Store, restore_backup
from progress.store.crypt import RecordKey
from progress.store.disk import place_new
from progress.store.drawn import save_region
from progress.store.jobs import put_job

DAY = date(2026, 1, 5)
NAME = "Zoë O'Hara"


def silent(_label: str, _done: float) -> None:
    """Nobody watches."""


def fill(store: Store) -> None:
    """A client with one of everything that a practitioner makes."""
    shots = [
        NewPhoto(f"photo {i}".encode() * 9, f"{i}.jpg", View.FRONTAL, (61, 83), gates="[]")
        for i in range(3)
    ]
    square = ((1.5, 2.0), (9.0, 2.0), (9.0, 8.25))
    found = [
        Measurement("lines", 1, "chin", "1", Estimate(0.1 + 0.2, 1e-300, 9), ("a" * 64,), "hash"),
        Measurement("tone", 1, "chin", "deg", NotMeasured("too dark"), (), "hash"),
    ]
    with store.work() as work:
        client = work.add_client(NAME, birth_year=1980, note="line\nbreak", skin_type="II")
        session = work.add_session(client.id, DAY, photos=shots)
        work.add_treatment(client.id, DAY, "micro-needling", needle_depth_mm=1.25)
        work.save_measurements(session.id, found)
        save_region(work, client.id, view=View.FRONTAL, name="mark", polygon_xy=square)
        put_job(work, client.id, kind="measure")


def told(store: Store) -> list[object]:
    """Everything that a reader gets."""
    with store.reading() as record:
        (client,) = record.clients()
        (session,) = record.sessions(client.id)
        return [
            client,
            session,
            record.treatments(client.id),
            record.measurements(session.id),
            [record.photo_bytes(photo.sha256) for photo in session.photos],
        ]


def restore(backup: Path, home: Path, url: str | None = None, key: Path | None = None) -> Integrity:
    return restore_backup(backup, home, url=url, key_file=key, step=silent)


def test_a_backup_becomes_the_same_record_in_either_database(
    store: Store, home: Path, tmp_path: Path, postgres_server
):
    from progress.lab.postgres import fresh_database

    fill(store)
    report = store.back_up(tmp_path / "backup")
    assert (report.n_photos, report.left_out, report.with_key) == (3, (), False)
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600
    with fresh_database(postgres_server) as elsewhere:
        for number, url in enumerate([None, elsewhere]):
            there = tmp_path / f"restored {number}"
            assert restore(tmp_path / "backup", there, url, home / "key").tidy
            with Store.open(there, url) as again:
                assert told(again) == told(store)
                with again.work() as work:
                    # Rows are numbered on from where the backup ended.
                    (client,) = work.clients()
                    (session,) = work.sessions(client.id)
                    more = Measurement("lines", 2, "chin", "1", Estimate(1, 1, 1), (), "hash")
                    work.save_measurements(session.id, [more])
                    assert len(work.measurements(session.id)) == 3
                assert again.verify().tidy
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "backup",
        "clinic",
        "restored 0",
        "restored 1",
    ]


def test_a_backup_tells_a_stranger_nothing_and_holds_the_key_only_when_asked(
    store: Store, home: Path, tmp_path: Path
):
    fill(store)
    store.back_up(tmp_path / "backup")
    data, key = (tmp_path / "backup").read_bytes(), (home / "key").read_bytes().strip()
    digest = hashlib.sha256(b"photo 0" * 9).hexdigest()
    for secret in (NAME.encode(), b"O'Hara", b"micro-needling", b"photo 0", digest.encode(), key):
        assert secret not in data
    store.back_up(tmp_path / "with key", with_key=True)
    assert key in (tmp_path / "with key").read_bytes()
    with pytest.raises(StoreError, match=r"expected the key .*, got none; .* with --key"):
        restore(tmp_path / "backup", tmp_path / "new")
    (tmp_path / "wrong").write_text(RecordKey.new().to_text())
    with pytest.raises(StoreError, match="got another one"):
        restore(tmp_path / "backup", tmp_path / "new", key=tmp_path / "wrong")
    with pytest.raises(StoreError, match=r"--key .*: expected a file"):
        restore(tmp_path / "backup", tmp_path / "new", key=tmp_path / "nowhere")
    assert not (tmp_path / "new").exists()
    assert restore(tmp_path / "with key", tmp_path / "new").tidy


def test_the_key_of_the_environment_is_not_put_into_the_home(
    store: Store, home: Path, tmp_path: Path, monkeypatch
):
    fill(store)
    store.back_up(tmp_path / "backup")
    monkeypatch.setenv("PROGRESS_KEY", (home / "key").read_text())
    assert restore(tmp_path / "backup", tmp_path / "new").ok
    assert not (tmp_path / "new" / "key").exists()


def test_only_an_empty_home_and_database_are_filled(store: Store, home: Path, url, tmp_path: Path):
    fill(store)
    store.back_up(tmp_path / "backup", with_key=True)
    with pytest.raises(StoreError, match=r"expected an empty folder .*, got one in use"):
        restore(tmp_path / "backup", home)
    if url is not None:
        with pytest.raises(StoreError, match="expected an empty database, got one with rows in"):
            restore(tmp_path / "backup", tmp_path / "new", url)
    with pytest.raises(StoreError, match="expected a new file, got one that is there"):
        store.back_up(tmp_path / "backup")
    with pytest.raises(StoreError, match="expected a file in an existing folder"):
        store.back_up(tmp_path / "no" / "backup")
    assert told(store)
    (tmp_path / "empty").mkdir()
    assert restore(tmp_path / "backup", tmp_path / "empty").ok


def test_a_backup_that_was_cut_short_or_altered_leaves_nothing_behind(store: Store, tmp_path: Path):
    fill(store)
    store.back_up(tmp_path / "backup", with_key=True)
    whole = (tmp_path / "backup").read_bytes()
    altered = bytearray(whole)
    altered[whole.rindex(b"PGS1") + 30] ^= 1
    other = bytearray(whole)
    other[whole.index(b"PGS1") + 30] ^= 1
    cases = {
        "cut": whole[: len(whole) // 2],
        "no sums": whole[: whole.rindex(b"checksums.json")],
        "altered": bytes(altered),
        "altered row": bytes(other),
        "text": b"no backup at all" * 99,
        "empty": b"",
    }
    for name, data in cases.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(StoreError, match="expected a whole backup of a record"):
            restore(tmp_path / name, tmp_path / "new")
    newer = whole.replace(b"progress.backup/1", b"progress.backup/9")
    (tmp_path / "newer").write_bytes(newer)
    with pytest.raises(StoreError, match=r"got progress.backup/9; it was written by a newer"):
        restore(tmp_path / "newer", tmp_path / "new")
    with pytest.raises(StoreError, match="No such file"):
        restore(tmp_path / "nowhere", tmp_path / "new")
    left = {path.name for path in tmp_path.iterdir()} - {*cases, "newer", "backup", "clinic"}
    assert left == set()


def test_a_database_that_a_restore_failed_into_is_empty_again(
    store: Store, tmp_path: Path, postgres_server
):
    from progress.lab.postgres import fresh_database

    fill(store)
    store.back_up(tmp_path / "backup", with_key=True)
    whole = (tmp_path / "backup").read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    with fresh_database(postgres_server) as elsewhere:
        with pytest.raises(StoreError, match="expected a whole backup"):
            restore(tmp_path / "cut", tmp_path / "new", elsewhere)
        assert restore(tmp_path / "backup", tmp_path / "new", elsewhere).tidy


def test_a_damaged_photo_is_left_out_and_said_so(store: Store, home: Path, tmp_path: Path):
    fill(store)
    lost, changed = (hashlib.sha256(f"photo {i}".encode() * 9).hexdigest() for i in range(2))
    store._files.path(lost).unlink()
    store._files.path(changed).write_bytes(b"x")
    report = store.back_up(tmp_path / "backup", with_key=True)
    assert set(report.left_out) == {lost, changed}
    assert report.to_dict()["photos"] == 1
    assert set(restore(tmp_path / "backup", tmp_path / "new").missing) == {lost, changed}


def test_others_may_write_while_a_backup_is_made(store: Store, home, url, tmp_path: Path):
    fill(store)

    def write_meanwhile(label: str, _done: float) -> None:
        if label == "rows":
            with Store.open(home, url) as other, other.work() as work:
                work.add_client("came later")

    store.back_up(tmp_path / "backup", with_key=True, step=write_meanwhile)
    restore(tmp_path / "backup", tmp_path / "new")
    with Store.open(tmp_path / "new") as again, again.reading() as record:
        assert [client.pseudonym for client in record.clients()] == [NAME]


def test_a_stick_that_knows_no_links_and_a_home_that_is_a_disk_of_its_own_will_do(
    store: Store, tmp_path: Path, monkeypatch
):
    def refuse(*_args: object) -> None:
        raise OSError(1, "Operation not permitted")

    fill(store)
    monkeypatch.setattr("os.link", refuse)
    store.back_up(tmp_path / "backup", with_key=True)
    (tmp_path / "backup.copy").write_bytes((tmp_path / "backup").read_bytes())
    with pytest.raises(FileExistsError):
        place_new(tmp_path / "backup.copy", tmp_path / "backup")
    (tmp_path / "disk").mkdir()
    monkeypatch.setattr(Path, "replace", refuse)
    assert restore(tmp_path / "backup", tmp_path / "disk").tidy
    monkeypatch.undo()
    with Store.open(tmp_path / "disk") as again:
        assert told(again) == told(store)
    assert {path.name for path in tmp_path.iterdir()} == {"backup", "backup.copy", "clinic", "disk"}
