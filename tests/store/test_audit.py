"""The audit sees a line that was taken out, altered or moved, whichever it is."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Executable, delete, update

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


class _Undone(Exception):  # noqa: N818 - no mistake: it drops a unit of work
    pass


def after(store: Store, *changes: Executable) -> tuple[str, ...]:
    """What is complained of after changes behind the record's back, which are dropped again."""
    found: tuple[str, ...] = ()
    with suppress(_Undone), store.work() as work:
        for change in changes:
            work._connection.execute(change)
        found = check_audit(work).complaints
        raise _Undone
    return found


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


def test_every_altered_column_of_every_line_is_named(written: Store) -> None:
    table = schema.audit
    for column, value in OTHER.items():
        for number in (1, 3, LINES):
            change = update(table).where(table.c.number == number).values({column: value})
            assert f"line {number} was altered or moved" in after(written, change), column
    assert complaints(written) == ()


def test_removed_lines_are_named(written: Store) -> None:
    number = schema.audit.c.number
    for one in (1, 3, LINES):
        assert after(written, delete(schema.audit).where(number == one)) == (
            f"line {one} was removed",
        )
    assert after(written, delete(schema.audit).where(number > 2)) == ("lines 3 to 5 were removed",)
    assert after(written, delete(schema.audit)) == ("lines 1 to 5 were removed",)


def test_two_lines_that_changed_places_are_named(written: Store) -> None:
    table = schema.audit
    moves = [
        update(table).where(table.c.number == before).values(number=then)
        for before, then in ((2, 99), (4, 2), (99, 4))
    ]
    found = after(written, *moves)
    assert "line 2 was altered or moved" in found
    assert "line 4 was altered or moved" in found


def test_lines_that_close_their_ranks_after_a_removal_are_seen(written: Store) -> None:
    table = schema.audit
    found = after(
        written,
        delete(table).where(table.c.number == 3),
        *(update(table).where(table.c.number == n).values(number=n - 1) for n in (4, 5)),
    )
    assert "line 3 was altered or moved" in found


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
