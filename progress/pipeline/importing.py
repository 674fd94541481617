"""Existing photos and tables into the record: all that can be taken, and a reason for the rest.

Three passes. The first reads names and tables and says whose each file is; the second reads every
file once for its digest and, where no name says it, its day; the third decodes and stores visit
by visit. A second run finds the digests and adds nothing; a run that was killed is completed by
the next one in the same way.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from progress.imaging import read_photo
from progress.imaging.when_taken import when_taken
from progress.model import BadInput, UnreadablePhoto
from progress.pipeline.clinic import Clinic
from progress.pipeline.import_entering import Entering
from progress.pipeline.import_layout import Placed
from progress.pipeline.import_names import day_of_name, one_form, sensible_day, spelled
from progress.pipeline.import_reading import SourceReader
from progress.pipeline.import_report import DatedBy, ImportReport, NotTaken, Why
from progress.pipeline.import_source import Entry, ImportSource, open_source
from progress.pipeline.import_tables import (
    TreatmentRow,
)
from progress.pipeline.options import Step, silent
from progress.store import NewPhoto

_READ_SHARE = 0.2
"""Of the time: reading and hashing beside decoding and storing."""
_FILE_NAME_LETTERS = 255

# A day that somebody wrote goes before one that a machine wrote, and that before a guess.
_TRUST = (DatedBy.TABLE, DatedBy.FOLDER, DatedBy.EXIF, DatedBy.NAME, DatedBy.FILE)


@dataclass(frozen=True, slots=True)
class _Dated:
    """A placed file whose day is known, with the digest of its bytes."""

    placed: Placed
    day: date
    dated_by: DatedBy
    digest: str


def import_source(
    clinic: Clinic,
    source: Path,
    *,
    client: str | None = None,
    clients_table: Path | None = None,
    treatments_table: Path | None = None,
    dry_run: bool = False,
    step: Step = silent,
    today: date | None = None,
) -> ImportReport:
    """Take photos, clients and treatments of a folder, a ZIP or a CSV into the record.

    Parameters
    ----------
    clinic : Clinic
        Asked for `Action.IMPORT`.
    source : Path
        Photos under ``CLIENT/DATE/``, ``CLIENT/`` or, with `client`, ``DATE/``; or a CSV with the
        columns ``client,date,photo,view,event``, which may also lie in the source under one of
        `import_reading.PHOTO_TABLES`, or as ``series.csv`` in a client's folder.
    client : str, optional
        Pseudonym; all photos are this client's, and folders that speak of another are left.
    clients_table, treatments_table : Path, optional
        Default: ``clients.csv`` and ``treatments.csv`` in the source, if they are there.
    dry_run : bool
        Write nothing; the report says what would have been done.
    step : Step
    today : date, optional
        Nothing was taken later; default: the clock's.

    Returns
    -------
    ImportReport
        A file or row that cannot be taken stands in it and stops nothing.

    Raises
    ------
    BadInput
        If the source or a named table is not there, or is nothing that can be read.
    StoreError
        If the record cannot be written; visits stored before it stay.
    """
    clock = today or date.today()  # noqa: DTZ011 - local, as cameras write
    report = ImportReport(source=spelled(source.name or str(source)), dry_run=dry_run)
    entering = Entering(clinic, report, dry_run=dry_run)
    whose = one_form(client) if client is not None else None
    if whose == "":
        raise BadInput("client: expected a pseudonym, got none", advice="name the client")
    with open_source(source) as files:
        entries = files.entries()
        reader = SourceReader(files, entries, whose, clock, report)
        for row in reader.clients(clients_table):
            entering.client(row)
        treatments = reader.treatments(treatments_table)
        placed, events = reader.place(source, entering.names)
        dated = _dated(files, placed, clock, report, step)
        fresh = _fresh(dated, entering, report)
        _store(files, fresh, entering, report, step)
    by_client: dict[str, list[TreatmentRow]] = defaultdict(list)
    for treatment in (*treatments, *events):
        by_client[treatment.client].append(treatment)
    for name in sorted(by_client):
        entering.treatments(name, by_client[name])
    report.notes += _twins(entering.names)
    step("done", 1.0)
    return report


def _dated(
    files: ImportSource,
    placed: Sequence[Placed],
    today: date,
    report: ImportReport,
    step: Step,
) -> list[_Dated]:
    """Every placed file with its digest and day; those without a day or bytes are left."""
    found = []
    for index, one in enumerate(placed):
        step(f"reading {spelled(one.entry.file)[:24]}", _READ_SHARE * index / max(len(placed), 1))
        try:
            data = files.read(one.entry)
            digest = hashlib.sha256(data).hexdigest()
            day, dated_by = one.day, one.dated_by
            if day is None:
                day, dated_by = _day_of(one.entry, data, today)
        except UnreadablePhoto as error:
            report.left.append(_unreadable(one.entry, error))
        except BadInput as error:
            report.left.append(NotTaken(one.entry.name, Why.UNREADABLE, str(error)))
        else:
            if day is None:
                detail = "neither camera, name nor file say when it was taken"
                report.left.append(NotTaken(one.entry.name, Why.NO_DATE, detail))
            else:
                found.append(_Dated(one, day, dated_by, digest))
    return found


def _day_of(entry: Entry, data: bytes, today: date) -> tuple[date | None, DatedBy]:
    """The day that the camera wrote, else the file's name says, else the file system."""
    moment = when_taken(Path(entry.file), data=data)
    if moment is not None and sensible_day(moment.date(), today=today):
        return moment.date(), DatedBy.EXIF
    named = day_of_name(PurePosixPath(entry.file).stem, today=today)
    if named is not None:
        return named, DatedBy.NAME
    modified = entry.modified_at
    if modified is not None and sensible_day(modified.date(), today=today):
        return modified.date(), DatedBy.FILE
    return None, DatedBy.FILE


def _unreadable(entry: Entry, error: UnreadablePhoto) -> NotTaken:
    """The line of a file that is no photo; its name stands there already."""
    told = str(error).removeprefix(f"{entry.file}: ")
    large = "expected at most" in error.message
    return NotTaken(entry.name, Why.TOO_LARGE if large else Why.UNREADABLE, told)


def _fresh(dated: Sequence[_Dated], entering: Entering, report: ImportReport) -> list[_Dated]:
    """Those that the record does not hold, each content once, none that two clients claim."""
    people: dict[str, set[str]] = defaultdict(set)
    for one in dated:
        people[one.digest].add(one.placed.client)
    there = entering.holds(list(people))
    kept: dict[str, _Dated] = {}
    known = set[str]()
    for one in sorted(dated, key=_order):
        name, whose = one.placed.entry.name, people[one.digest]
        strangers = whose | {client for client, _ in there.get(one.digest, [])}
        if len(whose) > 1:
            detail = f"the same bytes lie with {' and '.join(sorted(whose))}"
            report.left.append(NotTaken(name, Why.SEVERAL_CLIENTS, detail))
        elif len(strangers) > 1:
            other = min(strangers - {one.placed.client})
            detail = f"the record holds the same bytes as a photo of {other}"
            report.left.append(NotTaken(name, Why.SEVERAL_CLIENTS, detail))
        elif one.digest in kept or one.digest in known:
            detail = "the same bytes come more than once; they are taken once"
            report.left.append(NotTaken(name, Why.DUPLICATE, detail))
        elif one.digest in there:
            known.add(one.digest)
            report.already_there += 1
        else:
            kept[one.digest] = one
    return list(kept.values())


def _order(one: _Dated) -> tuple[str, int, date, str]:
    """Of equal bytes the first is taken: that with the most trusted day."""
    return one.placed.client, _TRUST.index(one.dated_by), one.day, one.placed.entry.name


def _store(
    files: ImportSource,
    fresh: Sequence[_Dated],
    entering: Entering,
    report: ImportReport,
    step: Step,
) -> None:
    """Decode and store visit by visit."""
    visits: dict[tuple[str, date], list[_Dated]] = defaultdict(list)
    for one in fresh:
        visits[one.placed.client, one.day].append(one)
    done = 0
    otherwise: Counter[str] = Counter()
    for (name, day), shots in sorted(visits.items()):
        shots.sort(key=lambda shot: shot.placed.entry.name)
        photos, dated_by = [], []
        for shot in shots:
            share = _READ_SHARE + (1.0 - _READ_SHARE) * done / len(fresh)
            step(f"{name[:20]} {day.isoformat()}", share)
            done += 1
            try:
                photo = _new_photo(files, shot)
            except UnreadablePhoto as error:
                report.left.append(_unreadable(shot.placed.entry, error))
            except BadInput as error:
                report.left.append(NotTaken(shot.placed.entry.name, Why.UNREADABLE, str(error)))
            else:
                photos.append((shot.digest, photo))
                dated_by.append(shot.dated_by)
                if photo.taken_at is not None and abs((photo.taken_at.date() - day).days) > 1:
                    otherwise[f"{name} {day.isoformat()}: the camera says another day"] += 1
        if photos:
            # Notes of one visit are equal in a table that this program wrote.
            note = next((s.placed.session_note for s in shots if s.placed.session_note), "")
            entering.session(name, day, photos=photos, dated_by=dated_by, note=note)
    report.notes += [f"{text} for {n} of its photos" for text, n in otherwise.items()]


def _new_photo(files: ImportSource, shot: _Dated) -> NewPhoto:
    """The photo, decoded once so that nothing damaged is stored."""
    entry = shot.placed.entry
    data = files.read(entry)
    seen = read_photo(Path(entry.file), data=data).provenance
    if seen.sha256 != shot.digest:
        raise UnreadablePhoto(
            f"{entry.file}: expected the same bytes twice, got others the second time",
            advice="import it again when nobody writes to the source",
        )
    name = spelled(shot.placed.original_name or entry.file)
    return NewPhoto(
        data=data,
        file=name[-_FILE_NAME_LETTERS:],
        view=shot.placed.view,
        size_px=seen.size_px,
        camera=seen.camera,
        taken_at=seen.taken_at,
    )


def _twins(names: Sequence[str]) -> list[str]:
    """Clients whose names differ in capitals only: perhaps one person, perhaps not."""
    alike: dict[str, set[str]] = defaultdict(set)
    for name in names:
        alike[name.casefold()].add(name)
    return [
        f"{' and '.join(sorted(group))} are two clients of the record; is it one person?"
        for group in alike.values()
        if len(group) > 1
    ]
