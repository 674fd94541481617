"""Whose photo a file is, of which day and view: read off its folders or off a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath

from progress.model import View
from progress.pipeline.import_names import (
    day_of_name,
    is_day_folder,
    is_view_folder,
    is_visit_folder,
    one_form,
    view_of_name,
)
from progress.pipeline.import_report import DatedBy, NotTaken, Why
from progress.pipeline.import_source import Entry, inside
from progress.pipeline.import_tables import LONGEST_NAME, PhotoRow
from progress.pipeline.sources import PHOTO_SUFFIXES

_BESIDE_PHOTOS = {".csv", ".json", ".txt", ".md", ".npz", ".xmp", ".aae", ".pdf"}
"""What lies beside photos and is no photo that somebody could miss."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A file with what its place says. `day` is None where only the photo can tell."""

    entry: Entry
    client: str
    day: date | None
    dated_by: DatedBy
    view: View
    session_note: str = ""
    original_name: str = ""

    def on(self, day: date, dated_by: DatedBy) -> Placed:
        """The same file with a day."""
        return replace(self, day=day, dated_by=dated_by)


def place_by_folders(
    entries: Iterable[Entry], *, client: str | None, known: Iterable[str], today: date
) -> tuple[list[Placed], list[NotTaken], list[str]]:
    """Files under ``CLIENT/DATE/``, ``CLIENT/``, or with `client` under ``DATE/`` or nothing.

    Folders named for a view or a visit may stand below. One folder around ``CLIENT/DATE/`` is seen
    through. Whatever might be two people's is left: a photo in another person's record is worse
    than one that is missing.

    Parameters
    ----------
    entries : iterable of Entry
    client : str or None
        Whose photos they all are; the folders then say days and views only.
    known : iterable of str
        Clients of the record: a folder with the name of another one is not taken for `client`.
    today : date

    Returns
    -------
    placed : list of Placed
    left : list of NotTaken
    notes : list of str
    """
    photos, left = _photos_of(entries)
    notes: list[str] = []
    around = 0
    if client is None and photos and _is_wrapped(photos, today):
        around = 1
        notes.append(f"the folder {photos[0].folders[0]!r} around all clients was seen through")
    others = {name for name in known if name != client}
    if client is not None:
        others |= _several(photos, today)
        others.discard(client)
    placed = []
    for entry in photos:
        found = _place(entry, entry.folders[around:], client, others, today)
        if isinstance(found, Placed):
            placed.append(found)
        else:
            left.append(found)
    return placed, left, notes


def _photos_of(entries: Iterable[Entry]) -> tuple[list[Entry], list[NotTaken]]:
    """Files that may be photos, and those that somebody may have taken for some."""
    photos, left = [], []
    for entry in entries:
        if entry.problem and (entry.suffix in PHOTO_SUFFIXES or entry.name.endswith("/")):
            left.append(refused(entry))
        elif entry.suffix in PHOTO_SUFFIXES:
            photos.append(entry)
        elif entry.suffix not in _BESIDE_PHOTOS:
            kind = entry.suffix or "without a suffix"
            left.append(NotTaken(entry.name, Why.OTHER_KIND, f"{kind} is not read as a photo"))
    return photos, left


def refused(entry: Entry) -> NotTaken:
    """The line of a file that must not be read."""
    why = Why.TOO_LARGE if "large" in entry.problem or "times" in entry.problem else Why.UNREADABLE
    return NotTaken(entry.name, why, entry.problem)


def _is_wrapped(photos: list[Entry], today: date) -> bool:
    """Whether one folder lies around the folders of all clients, as archives often have it."""
    outer = {entry.folders[0] if entry.folders else "" for entry in photos}
    inner = [entry.folders[1] if len(entry.folders) > 1 else "" for entry in photos]
    return (
        len(outer) == 1
        and "" not in outer
        and not is_day_folder(next(iter(outer)), today=today)
        and all(name and not _is_of_nobody(name, today) for name in inner)
        # Without days below, the inner folders could be anything of one client.
        and all(any(is_day_folder(f, today=today) for f in e.folders[2:]) for e in photos)
    )


def _several(photos: list[Entry], today: date) -> set[str]:
    """Folders side by side that may each be a person's; none when there is only one."""
    people = {
        one_form(next((f for f in entry.folders if not _is_of_nobody(f, today)), ""))
        for entry in photos
    } - {""}
    return people if len(people) > 1 else set()


def _is_of_nobody(name: str, today: date) -> bool:
    """Whether a folder is named for a day, a view or a visit, and so for no person."""
    return is_day_folder(name, today=today) or is_view_folder(name) or is_visit_folder(name)


def _place(
    entry: Entry, folders: tuple[str, ...], client: str | None, others: set[str], today: date
) -> Placed | NotTaken:
    """One file by its folders."""
    days = {
        day
        for name in folders
        if is_day_folder(name, today=today) and (day := day_of_name(name, today=today)) is not None
    }
    people = [one_form(name) for name in folders if not _is_of_nobody(name, today)]
    if len(days) > 1:
        return NotTaken(entry.name, Why.NO_DATE, "its folders say different days")
    if client is not None:
        strangers = others.intersection(people)
        if strangers:
            whose = min(strangers)
            detail = f"lies in the folder of {whose}, and {client} was asked for"
            return NotTaken(entry.name, Why.SEVERAL_CLIENTS, detail)
        whose = client
    elif not people:
        detail = "no folder says whose it is; name the client or put it into CLIENT/DATE/"
        return NotTaken(entry.name, Why.NO_CLIENT, detail)
    elif len(people) > 1:
        detail = f"{' and '.join(map(repr, people))} may both be the client; expected CLIENT/DATE/"
        return NotTaken(entry.name, Why.SEVERAL_CLIENTS, detail)
    else:
        whose = people[0]
    if len(whose) > LONGEST_NAME:
        detail = f"expected a client's name of at most {LONGEST_NAME} letters, got a longer one"
        return NotTaken(entry.name, Why.NO_CLIENT, detail)
    return Placed(
        entry,
        whose,
        next(iter(days), None),
        DatedBy.FOLDER,
        guess_view(entry),
    )


def guess_view(entry: Entry) -> View:
    """The view that the file's name speaks of, else its nearest folder's, else frontal."""
    stem = PurePosixPath(entry.file).stem
    found = view_of_name(stem)
    for folder in reversed(entry.folders):
        if found is None and is_view_folder(folder):
            found = view_of_name(folder)
    return found or View.FRONTAL


def place_by_table(
    rows: Iterable[PhotoRow], entries: Iterable[Entry], *, beside: str = ""
) -> tuple[list[Placed], list[NotTaken]]:
    """Files that the rows of a table name, relative to the folder `beside` of the source.

    Returns
    -------
    placed : list of Placed
    left : list of NotTaken
        Rows whose photo is not there, and photos that no row names.
    """
    there = {entry.name: entry for entry in entries}
    placed: list[Placed] = []
    left: list[NotTaken] = []
    named: dict[str, str] = {}
    for row in rows:
        if not row.photo:
            continue
        entry = there.get(inside(beside, row.photo))
        if entry is None:
            left.append(NotTaken(row.where, Why.BAD_ROW, f"names {row.photo!r}, not in the source"))
        elif named.setdefault(entry.name, row.client) != row.client:
            detail = f"{entry.name} is given to {named[entry.name]} and to {row.client}"
            left.append(NotTaken(row.where, Why.SEVERAL_CLIENTS, detail))
        elif entry.problem:
            left.append(refused(entry))
        else:
            placed.append(
                Placed(
                    entry,
                    row.client,
                    row.day,
                    DatedBy.TABLE,
                    row.view or guess_view(entry),
                    row.session_note,
                    row.original_name,
                )
            )
    unnamed = [e for e in there.values() if e.suffix in PHOTO_SUFFIXES and e.name not in named]
    left += [NotTaken(e.name, Why.NO_CLIENT, "the table has no row for it") for e in unnamed]
    return placed, left
