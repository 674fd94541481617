"""Nobody reads a photo without the key, and a wrong or missing key changes nothing."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.model import StoreError, View
from progress.store import NewPhoto, Store
from progress.store.crypt import NotSealed, RecordKey
from progress.store.erasing import erase_client, erase_photo, erase_session

DAY = date(2026, 1, 5)
SECRET = b"a face that nobody else may see " * 40


def keep(store: Store, pseudonym: str, *contents: bytes) -> str:
    """A client with a session of these photos; the client's id."""
    shots = [NewPhoto(c, f"{i}.jpg", View.FRONTAL, (61, 83)) for i, c in enumerate(contents)]
    with store.work() as work:
        client = work.add_client(pseudonym)
        work.add_session(client.id, DAY, photos=shots)
    return client.id


def files_of(home: Path) -> dict[str, bytes]:
    """Everything in the home but the database's own files."""
    found = (p for p in sorted(home.rglob("*")) if p.is_file() and "progress.db" not in p.name)
    return {str(p.relative_to(home)): p.read_bytes() for p in found}


def make_plain(home: Path, run_sql: Callable[..., list[Any]], *contents: bytes) -> None:
    """Turn a record into what the first version left: plain files named by their digest."""
    for path in (home / "photos").rglob("*.sealed"):
        path.unlink()
    for content in contents:
        digest = hashlib.sha256(content).hexdigest()
        plain = home / "photos" / digest[:2] / digest
        plain.parent.mkdir(exist_ok=True)
        plain.write_bytes(content)
    (home / "key").unlink()
    run_sql("DELETE FROM settings WHERE key LIKE 'photos/%'")


@given(st.binary(max_size=300), st.binary(max_size=20))
def test_what_is_sealed_comes_back_exactly_and_looks_different_every_time(data, what):
    key = RecordKey.new()
    once, twice = key.seal(data, what=what), key.seal(data, what=what)
    assert key.open(once, what=what) == key.open(twice, what=what) == data
    assert once != twice


def test_what_is_changed_renamed_or_of_another_key_does_not_open():
    key = RecordKey.new()
    sealed = key.seal(SECRET, what=b"a")
    altered = bytearray(sealed)
    altered[-40] ^= 1
    for bad, what, by in [
        (bytes(altered), b"a", key),
        (sealed, b"b", key),
        (sealed, b"a", RecordKey.new()),
        (sealed[:20], b"a", key),
        (b"", b"a", key),
        (SECRET, b"a", key),
    ]:
        with pytest.raises(NotSealed, match="expected"):
            by.open(bad, what=what)


def test_keys_tell_nothing_when_they_are_shown_and_refuse_what_is_none():
    key = RecordKey.new()
    assert RecordKey.from_text(key.to_text() + "\n", where="x") == key
    assert key.to_text() not in repr(key)
    assert str(key.secret) not in repr(key)
    digest = hashlib.sha256(SECRET).hexdigest()
    assert key.name(digest) != RecordKey.new().name(digest)
    with pytest.raises(StoreError, match="x: expected the base64 of a 32-byte key") as caught:
        RecordKey.from_text("c2VjcmV0", where="x")
    assert "c2VjcmV0" not in str(caught.value)
    with pytest.raises(ValueError, match="expected 32 bytes, got 5"):
        RecordKey(b"short")


def test_no_file_of_the_record_shows_a_photo_its_digest_or_its_name(store: Store, home: Path):
    keep(store, "fern", SECRET)
    store.derived(hashlib.sha256(SECRET).hexdigest(), "small", lambda data: data[:64])
    digest = hashlib.sha256(SECRET).hexdigest()
    found = files_of(home)
    assert len(found) == 3
    for name, data in found.items():
        assert digest not in name
        assert b"face" not in data
        assert bytes.fromhex(digest) not in data


def test_the_key_is_made_once_for_its_owner_only_and_said_so(home: Path, caplog, url):
    with Store.open(home, url) as store:
        keep(store, "fern", SECRET)
    Store.open(home, url).close()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Keep a copy elsewhere" in caplog.text
    assert (home / "key").read_text().strip() not in caplog.text
    assert stat.S_IMODE((home / "key").stat().st_mode) == 0o600
    assert len(base64.b64decode((home / "key").read_text())) == 32


@pytest.mark.parametrize("variable", ["PROGRESS_KEY", "PROGRESS_KEY_FILE"])
def test_the_key_may_come_from_the_environment(
    home: Path, tmp_path: Path, monkeypatch, variable, url
):
    key = RecordKey.new()
    (tmp_path / "elsewhere").write_text(key.to_text())
    named = key.to_text() if variable == "PROGRESS_KEY" else str(tmp_path / "elsewhere")
    monkeypatch.setenv(variable, named)
    with Store.open(home, url) as store:
        keep(store, "fern", SECRET)
    assert not (home / "key").exists()
    before = files_of(home)
    monkeypatch.delenv(variable)
    with pytest.raises(StoreError, match=r"the key of its photos in .*key, got no file"):
        Store.open(home, url)
    monkeypatch.setenv("PROGRESS_KEY", RecordKey.new().to_text())
    with pytest.raises(StoreError, match="the key that sealed its photos, got another one"):
        Store.open(home, url)
    monkeypatch.setenv("PROGRESS_KEY", "no key")
    with pytest.raises(StoreError, match=r"\$PROGRESS_KEY: expected the base64"):
        Store.open(home, url)
    monkeypatch.setenv("PROGRESS_KEY_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(StoreError, match=r"\$PROGRESS_KEY_FILE: expected a file"):
        Store.open(home, url)
    assert files_of(home) == before
    monkeypatch.setenv("PROGRESS_KEY_FILE", str(tmp_path / "elsewhere"))
    with Store.open(home, url) as store, store.reading() as record:
        assert record.photo_bytes(hashlib.sha256(SECRET).hexdigest()) == SECRET


def test_a_home_whose_database_is_another_one_is_refused(home: Path, tmp_path: Path, url):
    with Store.open(home, url) as store:
        keep(store, "fern", SECRET)
    before = files_of(home)
    with pytest.raises(StoreError, match=r"the database of the photos .* check the database"):
        Store.open(home, f"sqlite:///{tmp_path / 'other.db'}")
    assert files_of(home) == before


def test_plain_photos_of_the_first_version_are_sealed_when_the_record_is_opened(
    home: Path, url, run_sql
):
    with Store.open(home, url) as store:
        keep(store, "fern", SECRET, b"second")
    make_plain(home, run_sql, SECRET, b"second", b"no row names this")
    damaged = home / "photos" / "00" / ("0" * 64)
    damaged.parent.mkdir(exist_ok=True)
    damaged.write_bytes(b"face, but not what its name says")
    watched: list[str] = []
    with Store.open(home, url, step=lambda label, _done: watched.append(label)) as store:
        assert watched == ["sealing photo 1 of 4"]
        assert not any(b"face" in data for data in files_of(home).values())
        with store.reading() as record:
            assert record.photo_bytes(hashlib.sha256(SECRET).hexdigest()) == SECRET
        found = store.verify()
        assert found.ok
        assert len(found.orphans) == 2
        assert found.plain == ()
        assert store.seal_plain() == 0


def test_while_another_writes_plain_photos_stay_readable_and_wait(home: Path, url, run_sql):
    with Store.open(home, url) as store:
        keep(store, "fern", SECRET)
    with Store.open(home, url) as writer:
        make_plain(home, run_sql, SECRET)
        Store.open(home, url).close()
        make_plain_again(home, run_sql)
        with writer.work(), Store.open(home, url) as store:
            with store.reading() as record:
                assert record.photo_bytes(hashlib.sha256(SECRET).hexdigest()) == SECRET
            assert store.verify().plain == (hashlib.sha256(SECRET).hexdigest(),)
    with Store.open(home, url) as store:
        assert store.verify().tidy


def make_plain_again(home: Path, run_sql: Callable[..., list[Any]]) -> None:
    """Back to plain with the key that the record is tied to by now."""
    key = (home / "key").read_bytes()
    (bound,) = run_sql("SELECT value FROM settings WHERE key = 'photos/key'")
    make_plain(home, run_sql, SECRET)
    (home / "key").write_bytes(key)
    run_sql("INSERT INTO settings VALUES ('photos/key', :bound)", bound=bound)


_KILLED = """
import itertools, os, signal, sys
from pathlib import Path
from progress.store import Store
left = itertools.count(int(sys.argv[2]), -1)
url = sys.argv[3] or None
def deadly(real):
    def call(*args, **kwargs):
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    return call
for owner, name in [(os, "fsync"), (os, "link"), (Path, "replace"), (Path, "unlink")]:
    setattr(owner, name, deadly(getattr(owner, name)))
Store.open(Path(sys.argv[1]), url).close()
"""


@pytest.mark.parametrize("url", [None], ids=["sqlite"])
@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_a_kill_at_any_step_of_sealing_loses_nothing_and_the_next_open_goes_on(
    home: Path, url, run_sql
):
    with Store.open(home, url) as store:
        keep(store, "fern", SECRET, b"second")
    make_plain(home, run_sql, SECRET, b"second")
    for step in range(40):
        done = subprocess.run(
            [sys.executable, "-c", _KILLED, str(home), str(step % 7), url or ""], check=False
        )
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
    else:
        pytest.fail("sealing never came to its end")
    assert step > 2
    with Store.open(home, url) as store:
        assert store.verify().tidy
        with store.reading() as record:
            for content in (SECRET, b"second"):
                assert record.photo_bytes(hashlib.sha256(content).hexdigest()) == content


def test_what_is_erased_leaves_no_row_and_no_file_unless_another_row_names_it(
    store: Store, home: Path
):
    fern = keep(store, "fern", SECRET, b"only hers")
    moss = keep(store, "moss", SECRET)
    only_hers = hashlib.sha256(b"only hers").hexdigest()
    shared = hashlib.sha256(SECRET).hexdigest()
    for sha256 in (only_hers, shared):
        store.derived(sha256, "small", lambda data: data[:4])
    with store.work() as work:
        work.save_setting(f"regions/{fern}", "{}")
        assert set(erase_client(work, fern)) == {only_hers, shared}
    assert not store._files.path(only_hers).exists()
    assert store._derived.kept(only_hers, "small") is None
    assert store._derived.kept(shared, "small") == SECRET[:4]
    with store.reading() as record:
        assert [c.pseudonym for c in record.clients()] == ["moss"]
        assert record.photo_bytes(shared) == SECRET
        assert record.setting(f"regions/{fern}") is None
        (session,) = record.sessions(moss)
    with store.work() as work:
        erase_photo(work, session.id, shared)
        assert work.session(session.id).photos == ()
    with store.work() as work:
        erase_session(work, session.id)
        assert work.sessions(moss) == ()
    assert store.verify().tidy
    assert [name for name in files_of(home) if name != "key"] == []


@pytest.mark.parametrize("url", [None], ids=["sqlite"])
def test_an_erased_client_cannot_be_read_out_of_the_database_file(store: Store, home: Path):
    fern = keep(store, "unmistakable pseudonym", SECRET)
    with store.work() as work:
        work.change_client(replace(work.client(fern), note="unmistakable note " * 600))
    with store.work() as work:
        erase_client(work, fern)
    for path in home.glob("progress.db*"):
        assert b"unmistakable" not in path.read_bytes()


def test_an_erasure_that_fails_keeps_rows_and_files(store: Store):
    fern = keep(store, "fern", SECRET)

    def fail_half_way() -> None:
        with store.work() as work:
            erase_client(work, fern)
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail_half_way()
    with store.reading() as record:
        assert record.photo_bytes(hashlib.sha256(SECRET).hexdigest()) == SECRET
    assert store.verify().tidy


def test_a_derived_picture_is_made_once_and_again_when_it_is_lost(store: Store, home: Path):
    keep(store, "fern", SECRET)
    digest, made = hashlib.sha256(SECRET).hexdigest(), list[bytes]()

    def make(data: bytes) -> bytes:
        made.append(data)
        return b"small"

    for _ in range(2):
        assert store.derived(digest, "64 px", make) == b"small"
    assert made == [SECRET]
    (kept,) = [p for p in (home / "cache").rglob("*") if p.is_file()]
    kept.write_bytes(b"damaged")
    assert store.derived(digest, "64 px", make) == b"small"
    assert store.derived(digest, "32 px", make) == b"small"
    assert len(made) == 3
    with pytest.raises(StoreError, match="expected a photo of the record"):
        store.derived("0" * 64, "64 px", make)
