"""What the names and the tables of a source say, before any photo is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from progress.model import BadInput, BadTable
from progress.pipeline.import_layout import Placed, place_by_folders, place_by_table
from progress.pipeline.import_names import one_form
from progress.pipeline.import_report import ImportReport, NotTaken, Why
from progress.pipeline.import_source import Entry, ImportSource
from progress.pipeline.import_tables import (
    ClientRow,
    PhotoRow,
    TreatmentRow,
    client_rows,
    photo_rows,
    treatment_rows,
)
from progress.pipeline.sample_clinic import needle_depth
from progress.pipeline.sources import TABLE_NAME

PHOTO_TABLES = ("import.csv", "photos.csv", TABLE_NAME)
"""Names under which a table of photos is found in a source; an exported record has the second."""
CLIENTS_TABLE, TREATMENTS_TABLE = "clients.csv", "treatments.csv"


class SourceReader:
    """Names and tables of an open source, read against what the record knows.

    Parameters
    ----------
    files : ImportSource
    entries : sequence of Entry
        All of it.
    client : str or None
        Whose everything is, if that was said.
    today : date
    report : ImportReport
        Gets what is left, with the reason.
    """

    def __init__(
        self,
        files: ImportSource,
        entries: Sequence[Entry],
        client: str | None,
        today: date,
        report: ImportReport,
    ) -> None:
        self._files = files
        self._entries = {entry.name: entry for entry in entries}
        self._client = client
        self._today = today
        self._report = report

    def _complain(self, where: str, what: str) -> None:
        self._report.left.append(NotTaken(where, Why.BAD_ROW, what))

    def _table(self, given: Path | None, inside: str) -> tuple[str, bytes] | None:
        """Name and bytes of a table: the one that was named, or the one in the source."""
        if given is not None:
            try:
                return given.name, given.read_bytes()
            except OSError as error:
                raise BadInput(
                    f"{given}: expected a CSV table, got: {error.strerror}", advice="check the path"
                ) from None
        entry = self._entries.get(inside)
        if entry is None or entry.problem:
            return None
        return inside, self._files.read(entry)

    def clients(self, given: Path | None) -> list[ClientRow]:
        """Clients of a table; none without one."""
        with self._unless_found_broken(given, CLIENTS_TABLE):
            table = self._table(given, CLIENTS_TABLE)
            if table is not None:
                rows = client_rows(*table, today=self._today, complain=self._complain)
                return [row for row in rows if self._client in (None, row.pseudonym)]
        return []

    def treatments(self, given: Path | None) -> list[TreatmentRow]:
        """Treatments of a table; none without one."""
        with self._unless_found_broken(given, TREATMENTS_TABLE):
            table = self._table(given, TREATMENTS_TABLE)
            if table is not None:
                return treatment_rows(
                    *table, client=self._client, today=self._today, complain=self._complain
                )
        return []

    @contextmanager
    def _unless_found_broken(self, given: Path | None, name: str) -> Iterator[None]:
        """A table that was named must be right; one that was only found stops nothing."""
        try:
            yield
        except BadInput as error:
            if given is not None:
                raise
            self._report.left.append(NotTaken(name, Why.UNREADABLE, str(error)))

    def place(self, source: Path, known: Sequence[str]) -> tuple[list[Placed], list[TreatmentRow]]:
        """Files with their places, and treatments that tables of photos name."""
        main = source.name if source.suffix.lower() == ".csv" and source.is_file() else None
        if main is None:
            main = next((name for name in PHOTO_TABLES if name in self._entries), None)
        if main is not None:
            return self._by_table(main, self._client, list(self._entries.values()))
        placed: list[Placed] = []
        events: list[TreatmentRow] = []
        rest = dict(self._entries)
        for name in sorted(self._entries):
            folder, _, file = name.rpartition("/")
            if file == TABLE_NAME and folder and "/" not in folder:
                below = [e for e in self._entries.values() if e.name.startswith(f"{folder}/")]
                try:
                    found = self._by_table(name, self._client or one_form(folder), below)
                except BadTable as error:
                    # Without its table, the folder still says whose the photos are.
                    self._complain(name, str(error))
                    continue
                placed += found[0]
                events += found[1]
                for entry in below:
                    rest.pop(entry.name, None)
        found_by_folder, left, notes = place_by_folders(
            rest.values(), client=self._client, known=known, today=self._today
        )
        self._report.left += left
        self._report.notes += notes
        return placed + found_by_folder, events

    def _by_table(
        self, name: str, client: str | None, entries: Sequence[Entry]
    ) -> tuple[list[Placed], list[TreatmentRow]]:
        """Files and events that one table of photos names."""
        rows = photo_rows(
            name,
            self._files.read(self._entries[name]),
            client=client,
            today=self._today,
            complain=self._complain,
        )
        placed, left = place_by_table(rows, entries, beside=name.rpartition("/")[0])
        self._report.left += left
        return placed, [_treatment_of(row) for row in rows if row.event]


def _treatment_of(row: PhotoRow) -> TreatmentRow:
    """The event of a row as a treatment."""
    kind, depth = needle_depth(row.event)
    day = row.day
    if day is None:
        raise ValueError("event: expected a day")
    return TreatmentRow(row.where, row.client, day, kind[:100], depth, "", "", "", "", "")
