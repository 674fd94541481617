"""One client's whole record as a ZIP that the client can read (GDPR article 15 and 20)."""

from __future__ import annotations

import json
import os
import re
import secrets
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from progress.model import BadInput
from progress.model.exports import BY_DOWNLOAD
from progress.pipeline.access import Action
from progress.pipeline.clinic import Clinic
from progress.pipeline.options import Step, silent
from progress.pipeline.record_tables import tables_of
from progress.store import Reading
from progress.store.consents import consent_document
from progress.store.whole_client import Rows, rows_of_client

RECORD_FORMAT = "progress.client-record/1"
_COURSE = "timeline-"
"""Begins the key of a computed course; other keys hold parts that only the computation needs."""
_LONGEST_NAME = 60  # with day, number and view well under what any file system takes
_SUFFIXES = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "text/html": "html",
    "text/plain": "txt",
}
_FIRST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the same record gives the same bytes

_README = """Your record

This archive holds everything that the clinic's record holds about you.

photos/              your original photos, by day, exactly as they were taken
photos.csv           which photo is from which day and view
sessions.csv         your visits
treatments.csv       what was done, and when
measurements.csv     what was measured on your photos; each value has its error or a reason
drawn_regions.csv    marks that were outlined on your photos
courses/             your courses as they were computed, as JSON
consents.csv         what you allowed, until when, and what you took back
consents/            what you signed or agreed to, as it was kept
withdrawn_photos.csv single pictures that you took back
exports.csv          files with your pictures or data that left the clinic's record
account.csv          the account with which you sign in, if there is one
audit.csv            who looked at, changed or exported your record, and when
clients.csv          what is noted about yourself
data_dictionary.csv  what the columns and the measurements mean
record.json          all of it once more, for programs

The tables open in any spreadsheet (UTF-8, comma between cells). A cell that would look like a
formula begins with an apostrophe.

The measurements describe skin in photographs. They are no diagnosis.

You may ask the clinic to correct what is wrong, to erase your record, and to say who else got
your data. You may withdraw a consent at any time.
"""


@dataclass(frozen=True, slots=True)
class ExportedRecord:
    """What an archive holds: its path, and rows by table with the number of files."""

    path: Path
    counts: dict[str, int]
    files: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON; without the folders above the archive."""
        return {
            "format": "progress.client-export/1",
            "archive": self.path.name,
            "rows": self.counts,
            "files": self.files,
        }


def export_client(
    clinic: Clinic, client_id: str, out: Path, *, step: Step = silent
) -> ExportedRecord:
    """Write all that the record holds of a client to a ZIP that is there whole or not at all.

    `import_source` takes it in again: client, sessions, photos and treatments come back equal.

    Parameters
    ----------
    clinic : Clinic
        Asked for `Action.EXPORT_RECORD`, which the audit notes.
    client_id : str
    out : Path
        Readable by its owner only.
    step : Step

    Raises
    ------
    BadInput
        If the folder of `out` is not there.
    StoreError
        If there is no such client, or a photo is missing or damaged.
    """
    if not out.parent.is_dir() or out.is_dir():
        raise BadInput(
            f"{out}: expected a file name in an existing folder, got none",
            advice="make the folder first and name the ZIP",
        )
    store = clinic.asking(Action.EXPORT_RECORD, client_id)
    part = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with (
            store.reading() as record,
            os.fdopen(descriptor, "wb") as stream,
            zipfile.ZipFile(stream, "w") as archive,
        ):
            rows = rows_of_client(record, client_id)
            names = _names(rows)
            signed = _signed(record, rows)
            kept = {consent_id: name for consent_id, (name, _) in signed.items()}
            texts = {"README.txt": _README, **tables_of(rows, names, kept), **_courses(rows)}
            texts["record.json"] = _json({"format": RECORD_FORMAT, **_readable(rows)})
            for name in sorted(texts):
                _put(archive, name, texts[name].encode())
            for name, data in sorted(signed.values()):
                _put(archive, name, data)
            shots = sorted(rows["photos"], key=lambda photo: names[photo["id"]])
            for index, photo in enumerate(shots):
                step(f"photo {index + 1} of {len(shots)}", index / len(shots))
                _put(archive, names[photo["id"]], record.photo_bytes(photo["sha256"]))
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    step("done", 1.0)
    counts = {table: len(found) for table, found in rows.items()}
    return ExportedRecord(out, counts, len(texts) + len(signed) + len(shots))


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Add a file that says nothing of when and by whom it was packed."""
    info = zipfile.ZipInfo(name, _FIRST_ZIP_TIME)
    info.create_system = 3
    info.external_attr = 0o600 << 16
    # Photos are packed already.
    text = not name.startswith("photos/")
    info.compress_type = zipfile.ZIP_DEFLATED if text else zipfile.ZIP_STORED
    archive.writestr(info, data)


def _names(rows: dict[str, Rows]) -> dict[str, str]:
    """By photo id, a path that says day, order and view, and leads nowhere else."""
    days = {row["id"]: row["taken_on"] for row in rows["sessions"]}
    return {
        photo["id"]: f"photos/{days[photo['session_id']]}/{photo['position'] + 1:03d}_"
        f"{photo['view']}_{_safe(photo['file'])}"
        for photo in rows["photos"]
    }


def _safe(name: str) -> str:
    """A file name of letters that every system takes, with its suffix."""
    path = PurePosixPath(name)
    stem = re.sub(r"[^\w-]+", "_", path.stem, flags=re.ASCII).strip("_")
    suffix = re.sub(r"[^a-z0-9]", "", path.suffix.lower())
    return f"{stem[:_LONGEST_NAME] or 'photo'}.{suffix or 'jpg'}"


def _signed(record: Reading, rows: dict[str, Rows]) -> dict[str, tuple[str, bytes]]:
    """By consent id, what was signed: where it lies in the archive, and its bytes, opened."""
    found = {}
    for number, row in enumerate(rows["consents"], start=1):
        document = consent_document(record, row["id"])
        if document is not None:
            suffix = _SUFFIXES.get(document.media_type.split(";")[0].strip(), "bin")
            name = f"{number:02d}_{row['granted_on']}_{row['purpose']}_{row['channel']}.{suffix}"
            found[row["id"]] = (f"consents/{name}", document.data)
    return found


def _courses(rows: dict[str, Rows]) -> dict[str, str]:
    """Computed courses by file name."""
    found = [row["result"] for row in rows["comparisons"] if row["key"].startswith(_COURSE)]
    return {
        f"courses/{number:02d}.json": _json(json.loads(text))
        for number, text in enumerate(found, start=1)
    }


def _readable(rows: dict[str, Rows]) -> dict[str, Any]:
    """Rows without what only the computation needs, and courses where the files say them.

    Which folder of the clinic a file lay in is nothing about the client.
    """
    left = [
        {**row, "place": row["place"] if row["place"] == BY_DOWNLOAD else row["name"]}
        for row in rows["export_files"]
    ]
    told = {table: found for table, found in rows.items() if table not in ("comparisons", "jobs")}
    return told | {"export_files": left}


def _json(answer: Any) -> str:
    return json.dumps(answer, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
