"""From what a user names (a photo, a folder, a table) to sessions of photo files."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from progress.model import BadInput, BadTable, Region, TimelineEvent, View
from progress.pipeline.options import parse_region

PHOTO_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".avif", ".heic", ".heif"}
)
TABLE_NAME = "series.csv"
EVENTS_NAME = "events.csv"
REGIONS_NAME = "regions.txt"
_COLUMNS = ("date", "photo", "view", "event")


@dataclass(frozen=True, slots=True)
class SessionFiles:
    """One visit: its day (None when only two photos are compared) and its repeated shots."""

    photos: tuple[Path, ...]
    taken_on: date | None = None


@dataclass(frozen=True, slots=True)
class CourseFiles:
    """A whole course: visits in order of time and treatments.

    `view` is the one view that is followed; `left_out` names photos that were not taken, each with
    its reason.
    """

    sessions: tuple[SessionFiles, ...]
    events: tuple[TimelineEvent, ...]
    view: View = View.FRONTAL
    left_out: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()


def session_files(source: Path | str | Sequence[Path | str]) -> SessionFiles:
    """Photos of one session: a file, a folder of repeated shots, or a list of files.

    Raises
    ------
    BadInput
        If something named is missing or a folder holds no photo.
    """
    if isinstance(source, (str, Path)):
        return SessionFiles(photos=_photos_at(Path(source)))
    photos = tuple(photo for item in source for photo in _photos_at(Path(item)))
    if not photos:
        raise BadInput("session: expected at least one photo, got none", advice="name a photo")
    return SessionFiles(photos=photos)


def _photos_at(path: Path) -> tuple[Path, ...]:
    """The file itself, or the photos directly inside a folder in order of name."""
    if path.is_dir():
        photos = tuple(
            sorted(p for p in path.iterdir() if p.is_file() and p.suffix.lower() in PHOTO_SUFFIXES)
        )
        if not photos:
            raise BadInput(
                f"{path.name}: expected a folder with photos, got none in it",
                advice="put JPEG, PNG, WebP, TIFF, AVIF or HEIC files there",
            )
        return photos
    if not path.is_file():
        raise BadInput(
            f"{path}: expected a photo or a folder, got nothing there", advice="check it"
        )
    return (path,)


def read_course(source: Path | str) -> CourseFiles:
    """A course from a folder of dated folders or from a CSV table.

    Parameters
    ----------
    source : path
        ``2026-01-05/*.jpg`` folders, optionally with ``events.csv`` (``date,event``) for the
        treatments; or a CSV with the columns ``date,photo,view,event``, its photos named relative
        to it, in which a row with only ``date,event`` is a treatment. A folder that holds
        ``series.csv`` is read through it. Lines of ``regions.txt`` beside it are polygons as for
        ``--region``.

    Raises
    ------
    BadTable
        If a date cannot be read, a photo is missing, or no session is found.
    """
    path = Path(source)
    if path.is_dir():
        table = path / TABLE_NAME
        return _from_table(table) if table.is_file() else _from_folders(path)
    if path.is_file():
        return _from_table(path)
    raise BadInput(
        f"{path}: expected a folder of dated folders or a CSV, got nothing there", advice="check it"
    )


def _day(text: str, *, where: str) -> date:
    """An ISO date, or one clear line."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadTable(
            f"{where}: expected a date like 2026-01-05, got {text.strip()[:40]!r}",
            advice="write the day as YYYY-MM-DD",
        ) from None


def _rows(table: Path, *, required: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Rows with their line numbers; every cell stripped, missing columns empty."""
    try:
        text = table.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise BadTable(
            f"{table.name}: expected a CSV table in UTF-8, got something else",
            advice=f"save it as UTF-8 CSV with the header {','.join(_COLUMNS)}",
        ) from None
    reader = csv.DictReader(text.splitlines())
    header = [name.strip().lower() for name in reader.fieldnames or ()]
    missing = [name for name in required if name not in header]
    if missing:
        raise BadTable(
            f"{table.name}: expected the columns {','.join(required)}, got "
            f"{','.join(header)[:80] or 'none'}",
            advice=f"add the column {missing[0]}",
        )
    rows: list[tuple[int, dict[str, str]]] = []
    for number, row in enumerate(reader, start=2):
        cells = {
            (key or "").strip().lower(): (value or "").strip()
            for key, value in row.items()
            if not isinstance(value, list)
        }
        if any(cells.values()):
            rows.append((number, cells))
    return rows


def _view(text: str, *, where: str) -> View:
    """A view by name; empty is frontal."""
    if not text:
        return View.FRONTAL
    try:
        return View(text.lower())
    except ValueError:
        names = ", ".join(view.value for view in View)
        raise BadTable(
            f"{where}: expected a view ({names}), got {text[:40]!r}", advice="correct the view"
        ) from None


def _from_table(table: Path) -> CourseFiles:
    photos: dict[View, dict[date, list[Path]]] = {}
    events: list[TimelineEvent] = []
    for number, row in _rows(table, required=("date",)):
        where = f"{table.name} line {number}"
        day = _day(row["date"], where=where)
        name, event = row.get("photo", ""), row.get("event", "")
        if event:
            events.append(TimelineEvent(date=day, label=event))
        if not name:
            if not event:
                raise BadTable(
                    f"{where}: expected a photo or an event, got neither", advice="fill one of them"
                )
            continue
        photo = table.parent / name
        if not photo.is_file():
            raise BadTable(
                f"{where}: expected the photo {name}, got no such file", advice="correct its name"
            )
        view = _view(row.get("view", ""), where=where)
        photos.setdefault(view, {}).setdefault(day, []).append(photo)
    return _course(photos, events, name=table.name, folder=table.parent)


def _from_folders(folder: Path) -> CourseFiles:
    days: dict[date, list[Path]] = {}
    for child in sorted(folder.iterdir()):
        if child.is_dir() and not child.name.startswith("."):
            day = _day(child.name, where=f"{folder.name}/{child.name}")
            days.setdefault(day, []).extend(_photos_at(child))
    events: list[TimelineEvent] = []
    table = folder / EVENTS_NAME
    if table.is_file():
        for number, row in _rows(table, required=("date", "event")):
            day = _day(row["date"], where=f"{table.name} line {number}")
            events.append(TimelineEvent(date=day, label=row["event"]))
    return _course({View.FRONTAL: days}, events, name=folder.name, folder=folder)


def _course(
    photos: dict[View, dict[date, list[Path]]],
    events: Iterable[TimelineEvent],
    *,
    name: str,
    folder: Path,
) -> CourseFiles:
    """The view seen on most days, frontal when equal; the others are left out and named."""
    if not any(photos.values()):
        raise BadTable(
            f"{name}: expected at least one dated session with a photo, got none",
            advice="use folders named like 2026-01-05, or a CSV with date,photo,view,event",
        )
    view = max(photos, key=lambda v: (len(photos[v]), v is View.FRONTAL))
    left_out = tuple(
        f"{path.name}: a {other.value} view; this course follows the {view.value} view"
        for other, days in photos.items()
        if other is not view
        for paths in days.values()
        for path in paths
    )
    sessions = tuple(
        SessionFiles(photos=tuple(paths), taken_on=day)
        for day, paths in sorted(photos[view].items())
    )
    return CourseFiles(
        sessions=sessions,
        events=tuple(sorted(events, key=lambda event: event.date)),
        view=view,
        left_out=left_out,
        regions=read_regions(folder / REGIONS_NAME),
    )


def read_regions(path: Path) -> tuple[Region, ...]:
    """Polygons from a text file, one ``NAME=x1,y1,...`` a line; none if there is no file."""
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(parse_region(line) for line in lines if line.strip())
