"""Tables that come with an import: which photo is whose, clients, treatments."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from progress.model import SKIN_TYPES, BadTable, View
from progress.pipeline.import_names import FIRST_YEAR, one_form

PHOTO_COLUMNS = ("client", "date", "photo", "view", "event", "session_note", "original_name")
CLIENT_COLUMNS = ("pseudonym", "birth_year", "skin_type", "note", "simulated")
TREATMENT_COLUMNS = (
    "client", "date", "kind", "needle_depth_mm", "area", "device", "serum", "practitioner", "note",
)  # fmt: skip
MAX_TABLE_BYTES = 100_000_000
"""A row is some hundred bytes, so this is a million rows."""
_MAX_CELL = 100_000  # a note of fifty pages; more is another kind of file
LONGEST_NAME = 200
"""What the record holds of a pseudonym."""
_DEEPEST_MM = 5.0  # the longest needles of any licensed device are 3 to 4 mm

# A leading sign would be a formula to a spreadsheet; `guarded` puts an apostrophe before it.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """One photo, or one event when `photo` is empty, as a table names it."""

    where: str
    client: str
    day: date | None
    photo: str
    view: View | None
    event: str = ""
    session_note: str = ""
    original_name: str = ""


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One client of a table."""

    where: str
    pseudonym: str
    birth_year: int | None
    skin_type: str
    note: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class TreatmentRow:
    """One treatment of a table."""

    where: str
    client: str
    day: date
    kind: str
    needle_depth_mm: float | None
    area: str
    device: str
    serum: str
    practitioner: str
    note: str


Cells = dict[str, str]
Complain = Callable[[str, str], None]
"""Told where and what, for a row that is left."""


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula; `unguarded` undoes it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """What stood there before `guarded`."""
    return text[1:] if _GUARDED.match(text) else text


def read_rows(name: str, data: bytes, *, required: tuple[str, ...]) -> list[tuple[int, Cells]]:
    """Rows of a CSV with their line numbers, cells without blanks around them.

    Parameters
    ----------
    name : str
        For messages.
    data : bytes
        UTF-8, with commas or semicolons between cells.
    required : tuple of str
        Columns that must be there.

    Raises
    ------
    BadTable
        If it is no such table.
    """
    if len(data) > MAX_TABLE_BYTES:
        raise BadTable(f"{name}: expected at most 100 MB, got more", advice="split the table")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadTable(
            f"{name}: expected a CSV table in UTF-8, got something else",
            advice="save it as CSV UTF-8",
        ) from None
    first = text.split("\n", 1)[0]
    between = ";" if first.count(";") > first.count(",") else ","
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=False)
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        missing = [column for column in required if column not in header]
        if missing:
            raise BadTable(
                f"{name}: expected the columns {','.join(required)}, got "
                f"{','.join(header)[:80] or 'none'}",
                advice=f"add the column {missing[0]}",
            )
        rows = []
        for cells in reader:
            # PostgreSQL takes no NUL, and no text has one.
            plain = (unguarded(c.replace("\x00", "").strip()) for c in cells)
            named = dict(zip(header, plain, strict=False))
            if any(named.values()):
                rows.append((reader.line_num, named))
    except csv.Error as error:
        raise BadTable(
            f"{name}: expected a CSV table, got a line that is none ({error})",
            advice="save it as CSV UTF-8",
        ) from None
    return rows


def photo_names(name: str, data: bytes) -> list[str]:
    """The photos that a table names, as it names them.

    Raises
    ------
    BadTable
        If it is no such table.
    """
    rows = read_rows(name, data, required=())
    return [cells["photo"] for _, cells in rows if cells.get("photo")]


def photo_rows(
    name: str, data: bytes, *, client: str | None, today: date, complain: Complain
) -> list[PhotoRow]:
    """Rows of ``client,date,photo,view,event``; the column client may be absent with `client`.

    Raises
    ------
    BadTable
        If it is no such table.
    """
    required = ("date",) if client else ("client", "date")
    found = []
    for number, cells in read_rows(name, data, required=required):
        where = f"{name} line {number}"
        whose = one_form(cells.get("client", "")) or (client or "")
        if client and whose != client:
            complain(where, f"is of {whose}, and only {client} was asked for")
            continue
        day = _day(cells.get("date", ""), today=today)
        photo, event = cells.get("photo", ""), cells.get("event", "")
        if not whose:
            complain(where, "expected a client, got none")
        elif len(whose) > LONGEST_NAME:
            complain(where, f"expected a client's name of at most {LONGEST_NAME} letters")
        elif cells.get("date") and day is None:
            complain(where, _no_day(cells["date"]))
        elif not photo and not event:
            complain(where, "expected a photo or an event, got neither")
        elif event and day is None:
            complain(where, "expected the day of the event, got none")
        else:
            view = _view(cells.get("view", ""))
            if cells.get("view") and view is None:
                names = ", ".join(v.value for v in View)
                complain(where, f"expected a view ({names}), got {cells['view'][:40]!r}")
                continue
            found.append(
                PhotoRow(
                    where, whose, day, photo, view, event,
                    cells.get("session_note", ""), cells.get("original_name", ""),
                )
            )  # fmt: skip
    return found


def client_rows(name: str, data: bytes, *, today: date, complain: Complain) -> list[ClientRow]:
    """Rows of ``pseudonym,birth_year,skin_type,note``.

    Raises
    ------
    BadTable
        If it is no such table.
    """
    found = []
    for number, cells in read_rows(name, data, required=("pseudonym",)):
        where = f"{name} line {number}"
        pseudonym, year = one_form(cells["pseudonym"]), cells.get("birth_year", "")
        skin_type = cells.get("skin_type", "").upper().removeprefix("TYPE").strip()
        skin_type = {str(n): roman for n, roman in enumerate(SKIN_TYPES) if n}.get(
            skin_type, skin_type
        )
        if not pseudonym:
            complain(where, "expected a pseudonym, got none")
        elif len(pseudonym) > LONGEST_NAME:
            complain(where, f"expected a pseudonym of at most {LONGEST_NAME} letters")
        elif year and not (year.isdecimal() and 1900 <= int(year) <= today.year):
            complain(where, f"expected a birth year from 1900 to {today.year}, got {year[:40]!r}")
        elif skin_type not in SKIN_TYPES:
            complain(where, f"expected a skin type from I to VI, got {skin_type[:40]!r}")
        else:
            found.append(
                ClientRow(
                    where, pseudonym, int(year) if year else None, skin_type,
                    cells.get("note", ""), cells.get("simulated", "").lower() in ("1", "true"),
                )
            )  # fmt: skip
    return found


def treatment_rows(
    name: str, data: bytes, *, client: str | None, today: date, complain: Complain
) -> list[TreatmentRow]:
    """Rows of `TREATMENT_COLUMNS`; the column client may be absent with `client`.

    Raises
    ------
    BadTable
        If it is no such table.
    """
    required = ("date", "kind") if client else ("client", "date", "kind")
    found = []
    for number, cells in read_rows(name, data, required=required):
        where = f"{name} line {number}"
        whose = one_form(cells.get("client", "")) or (client or "")
        day = _day(cells["date"], today=today) if cells.get("date") else None
        depth, deep = cells.get("needle_depth_mm", ""), None
        try:
            deep = float(depth.replace(",", ".")) if depth else None
        except ValueError:
            complain(where, f"expected a needle depth in mm, got {depth[:40]!r}")
            continue
        if not whose:
            complain(where, "expected a client, got none")
        elif client and whose != client:
            complain(where, f"is of {whose}, and only {client} was asked for")
        elif day is None:
            complain(where, _no_day(cells.get("date", "")))
        elif not cells.get("kind") or len(cells["kind"]) > 100:
            complain(where, "expected what was done in at most 100 letters")
        elif deep is not None and not 0.0 <= deep <= _DEEPEST_MM:
            complain(where, f"expected a needle depth up to {_DEEPEST_MM:g} mm, got {depth[:40]!r}")
        elif any(len(cells.get(c, "")) > 200 for c in ("area", "device", "serum", "practitioner")):
            complain(where, "expected at most 200 letters in a cell")
        else:
            texts = [cells.get(c, "") for c in ("area", "device", "serum", "practitioner", "note")]
            found.append(TreatmentRow(where, whose, day, cells["kind"], deep, *texts))
    return found


def _day(text: str, *, today: date) -> date | None:
    """A day as ``2026-01-05``, a time may follow; None when it cannot be read or cannot be."""
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError:
        return None
    return day if day.year >= FIRST_YEAR and day <= today else None


def _no_day(text: str) -> str:
    """What is wrong with a cell that holds no day."""
    return f"expected a past day like 2026-01-05, got {text[:40]!r}"


def _view(text: str) -> View | None:
    """A view by its name; None for none."""
    try:
        return View(text.lower().replace(" ", "_"))
    except ValueError:
        return None
