"""The migrations make the tables of the model, whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import exc, inspect, text

from progress.model import Client, StoreError
from progress.store import Store, migrate
from progress.store.engine import begin_read, begin_write, make_engine, parse_url
from progress.store.schema import METADATA


def test_the_migrations_make_exactly_the_tables_of_the_model(store: Store):
    with begin_read(store._engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_the_migrations_are_sound_for_postgresql_as_well():
    statements = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": statements}
    )
    with Operations.context(context):
        for revision in reversed(list(migrate._scripts().walk_revisions())):
            revision.module.upgrade()
    # Compiling refuses names of more than 63 characters, which SQLite lets pass.
    assert statements.getvalue().count("CREATE TABLE") == len(METADATA.tables)


def test_a_measurement_has_a_value_or_a_reason_and_never_both(store: Store):
    insert = text(
        "INSERT INTO measurements (session_id, metric, metric_version, region, unit, value,"
        " standard_error, n_px, reason, inputs_hash)"
        " VALUES ('s', 'lines', 1, 'chin', '1', :v, :se, :n, :why, 'h')"
    )
    for row in (
        {"v": 1.0, "se": 0.1, "n": 9, "why": "dark"},
        {"v": None, "se": None, "n": None, "why": None},
        {"v": 1.0, "se": None, "n": 9, "why": None},
    ):
        with (
            pytest.raises(exc.IntegrityError, match="value_or_reason"),
            begin_write(store._engine) as connection,
        ):
            connection.execute(insert, row)


def test_the_known_head_is_the_head_of_the_scripts():
    assert migrate._scripts().get_heads() == [migrate.HEAD]


def test_a_record_of_a_newer_version_is_refused_and_left_alone(store: Store, home, url, run_sql):
    run_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match=r"got version 9999; it was written by a newer progress"):
        Store.open(home, url)
    assert run_sql("SELECT version_num FROM alembic_version") == ["9999"]


def test_the_database_of_another_program_is_refused_and_left_alone(home: Path, url, run_sql):
    home.mkdir(parents=True)
    run_sql("CREATE TABLE bookings (id INTEGER)")
    with pytest.raises(StoreError, match="got the tables of another program"):
        Store.open(home, url)
    assert tables_of(home, url) == ["bookings"]


def test_a_migration_that_fails_leaves_no_table_behind(home: Path, url, monkeypatch):
    def fail_at_the_end(connection, scripts, to):
        real(connection, scripts, to)
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    real = migrate._run
    monkeypatch.setattr(migrate, "_run", fail_at_the_end)
    with pytest.raises(StoreError, match=r'no such table: nowhere|"nowhere" does not exist'):
        Store.open(home, url)
    assert tables_of(home, url) == []
    monkeypatch.undo()
    Store.open(home, url).close()


def tables_of(home: Path, url: str | None) -> list[str]:
    engine = make_engine(parse_url(url, home))
    with begin_read(engine) as connection:
        names = inspect(connection).get_table_names()
    engine.dispose()
    return names


@pytest.mark.parametrize("url", [None], ids=["sqlite"])
def test_sqlite_keeps_its_promises(store: Store):
    with begin_read(store._engine) as connection:
        settings = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("foreign_keys", "journal_mode", "synchronous", "busy_timeout")
        }
    # 2 is FULL.
    assert settings == {
        "foreign_keys": 1,
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": 30_000,
    }


@pytest.mark.parametrize("url", [None], ids=["sqlite"])
def test_a_writer_that_waits_too_long_is_told_who_is_in_the_way(store: Store, home, monkeypatch):
    monkeypatch.setattr("progress.store.engine.BUSY_TIMEOUT_S", 0.05)
    with (
        Store.open(home) as other,
        store.work(),
        pytest.raises(StoreError, match="database is locked; another program is writing"),
        other.work(),
    ):
        pytest.fail("two writers at once")


def test_a_record_of_the_first_version_is_brought_up_and_keeps_its_rows(home: Path, url):
    home.mkdir(parents=True)
    engine = make_engine(parse_url(url, home))
    migrate.upgrade(engine, where="record", to="0001")
    with begin_write(engine) as connection:
        connection.execute(text("INSERT INTO clients VALUES ('1', 'fern', false, 'old note')"))
    engine.dispose()
    with Store.open(home, url) as store, store.reading() as record:
        (client,) = record.clients()
    assert client == Client(id="1", pseudonym="fern", note="old note", birth_year=None, version=1)
