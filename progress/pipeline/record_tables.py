"""One client's rows as tables for people, and what each column means."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from progress.metrics import all_metrics
from progress.model.exports import BY_DOWNLOAD
from progress.pipeline.import_tables import CLIENT_COLUMNS, TREATMENT_COLUMNS, guarded
from progress.store.whole_client import Rows

PHOTO_COLUMNS = (
    "client", "date", "photo", "view", "original_name", "session_note", "width_px", "height_px",
    "camera", "taken_at", "gates", "sha256",
)  # fmt: skip
SESSION_COLUMNS = ("date", "photos", "note")
MEASUREMENT_COLUMNS = (
    "date", "metric", "metric_version", "region", "value", "standard_error", "unit", "reason",
    "n_px", "photos_sha256", "inputs_hash",
)  # fmt: skip
REGION_COLUMNS = ("view", "name", "polygon_xy")
CONSENT_COLUMNS = (
    "purpose", "channel", "region", "with_face", "with_originals", "jurisdiction", "granted_on",
    "expires_on", "withdrawn_at", "withdrawn_by", "text_version", "document", "document_sha256",
    "recorded_by", "recorded_at", "photos_sha256",
)  # fmt: skip
WITHDRAWN_COLUMNS = ("withdrawn_at", "purpose", "channel", "photos_sha256", "withdrawn_by")
EXPORT_COLUMNS = (
    "made_at", "kind", "purpose", "channel", "jurisdiction", "made_by", "file", "handed_over",
    "file_sha256", "photos_sha256", "taken_down_at",
)  # fmt: skip
ACCOUNT_COLUMNS = ("login", "role", "active", "created_at")
AUDIT_COLUMNS = ("number", "at", "login", "role", "action", "detail")

_WORDS = {
    "date": "day of the visit or treatment, year-month-day",
    "value": "what was measured, in the unit beside it; empty where there is a reason instead",
    "standard_error": "how far the value may be off by chance: two thirds of repeats lie within it",
    "reason": "why there is no value",
    "region": "part of the face or body, from your own left and right",
    "metric": "what was measured; the lines below say what each one is",
    "metric_version": "of the formula; values of different versions are never compared",
    "inputs_hash": "names the photos and settings that the value was computed from",
    "n_px": "picture elements that the value rests on",
    "view": "from where you are seen",
    "sha256": "fingerprint of the original file",
    "photos_sha256": "fingerprints of the photos, separated by blanks",
    "gates": "checks of the photo's quality when it was taken, as JSON",
    "polygon_xy": "corners of a drawn region, x and y in pixels of the first photo of that view",
    "skin_type": "as you told it, I to VI",
    "needle_depth_mm": "millimetres",
    "purpose": "what you allowed the pictures to be used for",
    "channel": "where you allowed them to be shown",
    "withdrawn_at": "when you took it back; empty while you have not (UTC)",
    "document": "where in this archive lies what was signed; empty where only its fingerprint is",
    "made_at": "when the file left (UTC)",
    "kind": "what it was",
    "handed_over": "by the browser, or as a file in a folder of the clinic",
    "file_sha256": "fingerprint of the file that left",
    "taken_down_at": "when the clinic noted that it is down again (UTC)",
    "recorded_at": "when it was entered (UTC)",
    "at": "when it was done (UTC)",
    "login": "account that did it",
    "action": "what was done with your record",
}


def table_text(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> str:
    """CSV with a header; empty for None, and no cell that a spreadsheet takes for a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])
    return stream.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded(value) if isinstance(value, str) else repr(value)


def tables_of(
    rows: dict[str, Rows], names: dict[str, str], documents: dict[str, str]
) -> dict[str, str]:
    """CSV text by file name.

    Parameters
    ----------
    rows : dict of str to list of dict
        From `rows_of_client`.
    names : dict of str to str
        By photo id, where in the archive its file lies.
    documents : dict of str to str
        By consent id, where in the archive lies what was signed.
    """
    client = rows["clients"][0]
    days = {row["id"]: row["taken_on"] for row in rows["sessions"]}
    notes = {row["id"]: row["note"] for row in rows["sessions"]}
    # By day, as the files are numbered.
    photos = sorted(rows["photos"], key=lambda p: (days[p["session_id"]], p["position"]))
    counts = {i: sum(p["session_id"] == i for p in photos) for i in days}
    withdrawn = {row["consent_id"]: row for row in rows["consent_withdrawals"]}
    return {
        "clients.csv": table_text(CLIENT_COLUMNS, [client]),
        "sessions.csv": table_text(
            SESSION_COLUMNS,
            [
                {"date": row["taken_on"], "photos": counts[row["id"]], "note": row["note"]}
                for row in rows["sessions"]
            ],
        ),
        "photos.csv": table_text(
            PHOTO_COLUMNS,
            [
                {
                    **photo,
                    "client": client["pseudonym"],
                    "date": days[photo["session_id"]],
                    "photo": names[photo["id"]],
                    "original_name": photo["file"],
                    "session_note": notes[photo["session_id"]],
                }
                for photo in photos
            ],
        ),
        "treatments.csv": table_text(
            TREATMENT_COLUMNS,
            [{**row, "client": client["pseudonym"]} for row in rows["treatments"]],
        ),
        "measurements.csv": table_text(MEASUREMENT_COLUMNS, _measured(rows, days)),
        "drawn_regions.csv": table_text(REGION_COLUMNS, rows["drawn_regions"]),
        "consents.csv": table_text(
            CONSENT_COLUMNS,
            [
                {
                    **row,
                    "withdrawn_at": withdrawn.get(row["id"], {}).get("withdrawn_at"),
                    "withdrawn_by": withdrawn.get(row["id"], {}).get("by"),
                    "document": documents.get(row["id"]),
                    "photos_sha256": " ".join(
                        p["sha256"] for p in rows["consent_photos"] if p["consent_id"] == row["id"]
                    ),
                }
                for row in rows["consents"]
            ],
        ),
        "withdrawn_photos.csv": table_text(WITHDRAWN_COLUMNS, _taken_back(rows)),
        "exports.csv": table_text(EXPORT_COLUMNS, _left(rows)),
        "account.csv": table_text(ACCOUNT_COLUMNS, rows["users"]),
        "audit.csv": table_text(AUDIT_COLUMNS, rows["audit"]),
        "data_dictionary.csv": _dictionary(),
    }


def _measured(rows: dict[str, Rows], days: dict[str, str]) -> list[dict[str, Any]]:
    """Values by day, metric and region."""
    shots: dict[int, list[str]] = {}
    for row in rows["measurement_photos"]:
        shots.setdefault(row["measurement_id"], []).append(row["sha256"])
    told = [
        {
            **row,
            "date": days[row["session_id"]],
            "photos_sha256": " ".join(shots.get(row["id"], [])),
        }
        for row in rows["measurements"]
    ]
    return sorted(
        told,
        key=lambda r: (
            r["date"], r["metric"], r["metric_version"], r["region"], r["inputs_hash"],
        ),
    )  # fmt: skip


def _taken_back(rows: dict[str, Rows]) -> list[dict[str, Any]]:
    """Single pictures that were taken back while the rest of a consent stood."""
    consents = {row["id"]: row for row in rows["consents"]}
    told = [
        {
            **consents[row["consent_id"]],
            "withdrawn_at": row["withdrawn_at"],
            "withdrawn_by": row["by"],
            "photos_sha256": row["sha256"],
        }
        for row in rows["consent_photo_withdrawals"]
    ]
    return sorted(told, key=lambda r: (r["withdrawn_at"], r["id"], r["photos_sha256"]))


def _left(rows: dict[str, Rows]) -> list[dict[str, Any]]:
    """Files that left, in order of time."""
    exports = {row["id"]: row for row in rows["exports"]}
    told = [
        {
            **exports[row["export_id"]],
            "file": row["name"],
            "handed_over": "by the browser" if row["place"] == BY_DOWNLOAD else "as a file",
            "file_sha256": row["sha256"],
            "photos_sha256": " ".join(
                shown["sha256"]
                for shown in rows["export_photos"]
                if shown["export_id"] == row["export_id"]
            ),
            "position": row["position"],
        }
        for row in rows["export_files"]
    ]
    return sorted(told, key=lambda r: (r["made_at"], r["id"], r["position"]))


def _dictionary() -> str:
    """What columns and metrics mean."""
    columns = ("kind", "name", "version", "meaning", "unit", "better", "source")
    rows: list[dict[str, Any]] = [
        {"kind": "column", "name": name, "meaning": words} for name, words in sorted(_WORDS.items())
    ]
    rows += [
        {
            "kind": "metric",
            "name": metric.id,
            "version": metric.version,
            "meaning": f"{metric.label}: {metric.summary}",
            "unit": metric.unit,
            "better": metric.better.value,
            "source": metric.source,
        }
        for metric in sorted(all_metrics(), key=lambda metric: metric.id)
    ]
    return table_text(columns, rows)
