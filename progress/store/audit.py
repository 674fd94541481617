"""Who saw, changed and exported what, and when: lines that are added and never changed.

Each line holds the SHA-256 of itself and the hash before it; how many there are and the last hash
stand in the settings too, so that a line cannot be altered, moved or taken out unseen, the last one
included. Whoever can write to the database *and* computes every hash anew goes unseen: keep a copy
of `AuditCheck.head` elsewhere to see that as well.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from progress.store import schema
from progress.store.reading import Reading
from progress.store.work import Work

_HEAD = "audit/head"
_BEGINNING = "0" * schema.SHA256_LENGTH
"""What the first line holds as the hash before it."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """What was done. `at` is UTC without zone; `client_id` is empty where no client is meant."""

    number: int
    at: datetime
    login: str
    role: str
    action: str
    client_id: str
    detail: str


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """What a look through all lines found.

    Parameters
    ----------
    lines : int
        How many there are.
    head : str
        Hash of the last one.
    complaints : tuple of str
        Lines that were removed, altered or moved, each in one sentence.
    """

    lines: int
    head: str
    complaints: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every line is there, as it was written."""
        return not self.complaints


def add_line(
    work: Work,
    *,
    at: datetime,
    login: str,
    role: str,
    action: str,
    client_id: str = "",
    detail: str = "",
) -> AuditLine:
    """Add a line within a unit of work, so that it is kept exactly when the work is.

    Parameters
    ----------
    work : Work
    at : datetime
        UTC without zone.
    login, role, action : str
    client_id : str
        Empty where no client is meant.
    detail : str
        No names and nothing of the client's: the line outlives the record.

    Returns
    -------
    AuditLine
    """
    if at.tzinfo is not None:
        raise ValueError("at: expected a time in UTC without zone")
    number, before = _head(work)
    line = AuditLine(number + 1, at, login, role, action, client_id, detail)
    after = _hash(line, before)
    work._connection.execute(insert(schema.audit).values(**_columns(line), hash=after))
    work.save_setting(_HEAD, json.dumps({"number": line.number, "hash": after}))
    return line


def audit_lines(
    record: Reading,
    *,
    client_id: str | None = None,
    login: str | None = None,
    action: str | None = None,
    limit: int = 500,
) -> tuple[AuditLine, ...]:
    """The newest lines first, at most `limit`, of one client, person or action where named."""
    table = schema.audit
    query = select(table).order_by(table.c.number.desc()).limit(limit)
    for column, wanted in (
        (table.c.client_id, client_id),
        (table.c.login, login),
        (table.c.action, action),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    return tuple(_line(row) for row in record._connection.execute(query))


def check_audit(record: Reading) -> AuditCheck:
    """Every line held against its hash, its number and the head.

    Returns
    -------
    AuditCheck
        Its complaints name each line that was removed, altered or moved.
    """
    complaints: list[str] = []
    expected, before = 1, _BEGINNING
    table = schema.audit
    for row in record._connection.execute(select(table).order_by(table.c.number)):
        if row.number != expected:
            complaints.append(_removed(expected, row.number - 1))
            # What stood before this line is gone, so its own hash cannot be made anew.
        elif row.hash != _hash(_line(row), before):
            complaints.append(f"line {row.number} was altered or moved")
        expected, before = row.number + 1, row.hash
    number, head = _head(record)
    if number >= expected:
        complaints.append(_removed(expected, number))
    elif number < expected - 1:
        complaints.append(f"lines after {number} were not written by this program")
    elif head != before and not complaints:
        complaints.append(f"line {number} is not the one that was written last")
    return AuditCheck(expected - 1, before, tuple(complaints))


def _removed(first: int, last: int) -> str:
    return f"line {first} was removed" if first == last else f"lines {first} to {last} were removed"


def _head(record: Reading) -> tuple[int, str]:
    """Number and hash of the last line as the settings know it."""
    stored = record.setting(_HEAD)
    if stored is None:
        return 0, _BEGINNING
    head = json.loads(stored)
    return int(head["number"]), str(head["hash"])


def _columns(line: AuditLine) -> dict[str, Any]:
    return {name: getattr(line, name) for name in AuditLine.__slots__}


def _line(row: Row[Any]) -> AuditLine:
    return AuditLine(**{name: row._mapping[name] for name in AuditLine.__slots__})


def _hash(line: AuditLine, before: str) -> str:
    """SHA-256 over the canonical JSON of the line and the hash before it."""
    told = _columns(line) | {"at": line.at.isoformat(timespec="microseconds"), "before": before}
    canonical = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()
