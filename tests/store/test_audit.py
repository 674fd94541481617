"""The audit sees a line that was taken out, altered or moved, whichever it is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, update

from progress.store import Store, Work, schema
from progress.store.audit import add_line, audit_lines, check_audit

BEGIN = datetime(2026, 1, 5, 10, 2, 3, 456789)  # noqa: DTZ001 - the record keeps UTC so
LINES = 5
OTHER = {
    "at": BEGIN + timedelta(microseconds=1),
    "login": "eve",
    "role": "marketing",
    "action": "see nothing",
    "client_id": "c9",
    "detail": "told differently",
    "hash": "f" * 64,
}


def write(work: Work, n: int) -> None:
    add_line(
        work,
        at=BEGIN + timedelta(minutes=n),
        login="anna" if n % 2 else "bert",
        role="practitioner",
        action="see record",
        client_id=f"c{n}",
        detail="Ångström — “quoted”",
    )


@pytest.fixture
def empty(store: Store) -> Store:
    """The record as `conftest` makes it, on whichever database."""
    return store


@pytest.fixture
def written(empty: Store) -> Store:
    """A record with a few lines."""
    for n in range(LINES):
        with empty.work() as work:
            write(work, n)
    return empty


def complaints(store: Store) -> tuple[str, ...]:
    with store.reading() as record:
        return check_audit(record).complaints


def test_a_chain_that_nobody_touched_is_whole(written: Store) -> None:
    with written.reading() as record:
        seen = check_audit(record)
        newest = audit_lines(record, limit=1)[0]
        assert [line.number for line in audit_lines(record, login="bert")] == [5, 3, 1]
        assert [line.number for line in audit_lines(record, client_id="c1")] == [2]
        assert audit_lines(record, action="erase client") == ()
    assert seen.ok
    assert seen.lines == LINES
    assert len(seen.head) == 64
    assert newest.at == BEGIN + timedelta(minutes=LINES - 1)
    assert newest.detail == "Ångström — “quoted”"


def test_a_record_without_lines_is_whole(empty: Store) -> None:
    assert complaints(empty) == ()


@pytest.mark.parametrize("column", sorted(OTHER))
@pytest.mark.parametrize("number", [1, 3, LINES])
def test_an_altered_line_is_named(written: Store, column: str, number: int) -> None:
    with written.work() as work:
        table = schema.audit
        work._connection.execute(
            update(table).where(table.c.number == number).values({column: OTHER[column]})
        )
    assert f"line {number} was altered or moved" in complaints(written)


@pytest.mark.parametrize("number", [1, 3, LINES])
def test_a_removed_line_is_named(written: Store, number: int) -> None:
    with written.work() as work:
        work._connection.execute(delete(schema.audit).where(schema.audit.c.number == number))
    assert complaints(written) == (f"line {number} was removed",)


def test_removed_lines_in_a_row_are_named_together(written: Store) -> None:
    with written.work() as work:
        work._connection.execute(delete(schema.audit).where(schema.audit.c.number > 2))
    assert complaints(written) == ("lines 3 to 5 were removed",)
    with written.work() as work:
        work._connection.execute(delete(schema.audit))
    assert complaints(written) == ("lines 1 to 5 were removed",)


def test_two_lines_that_changed_places_are_named(written: Store) -> None:
    table = schema.audit
    with written.work() as work:
        for before, after in ((2, 99), (4, 2), (99, 4)):
            work._connection.execute(
                update(table).where(table.c.number == before).values(number=after)
            )
    found = complaints(written)
    assert "line 2 was altered or moved" in found
    assert "line 4 was altered or moved" in found


def test_a_line_that_closes_its_ranks_after_a_removal_is_seen(written: Store) -> None:
    table = schema.audit
    with written.work() as work:
        work._connection.execute(delete(table).where(table.c.number == 3))
        for number in (4, 5):
            work._connection.execute(
                update(table).where(table.c.number == number).values(number=number - 1)
            )
    assert "line 3 was altered or moved" in complaints(written)


def test_a_line_that_another_program_added_is_seen(written: Store) -> None:
    with written.work() as work:
        head = work.setting("audit/head")
        write(work, LINES)
        assert head is not None
        work.save_setting("audit/head", head)
    assert complaints(written) == ("lines after 5 were not written by this program",)


def test_a_line_is_kept_exactly_when_its_work_is(written: Store) -> None:
    def fails() -> None:
        with written.work() as work:
            write(work, LINES)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    with written.reading() as record:
        assert check_audit(record).lines == LINES
    assert complaints(written) == ()


def test_times_carry_no_zone(written: Store) -> None:
    with written.work() as work, pytest.raises(ValueError, match="UTC without zone"):
        add_line(work, at=BEGIN.astimezone(), login="", role="", action="see record")
