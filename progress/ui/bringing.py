"""Existing photos out of an uploaded ZIP into the record, and the report in words and tables.

An upload is a file for as long as the import reads it, in a private folder that is gone afterwards;
nothing of it is kept with the answers that screens share.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from progress.pipeline.clinic import Clinic
from progress.pipeline.import_report import ImportReport, NotTaken, Why
from progress.pipeline.importing import import_source
from progress.store.plain_copies import private_folder
from progress.ui.layout import day_words, plain, show_listing
from progress.views.catalogue import practitioner as words
from progress.views.labels import counted
from progress.views.listing import Listing

_SESSIONS_SHOWN = 40
"""More than anybody reads on a screen; the report that can be saved names all."""
_ALIKE_SHOWN = 10
"""Lines for each reason, so that no reason hides another."""


def bring(
    clinic: Clinic,
    photos: UploadedFile,
    tables: tuple[UploadedFile | None, UploadedFile | None],
    *,
    dry_run: bool,
    bar: Any,
) -> ImportReport:
    """Return what of an upload was taken, or with `dry_run` would be.

    Parameters
    ----------
    clinic : Clinic
        Asked for `Action.IMPORT`.
    photos : UploadedFile
        A ZIP, as `import_source` reads it.
    tables : tuple of UploadedFile or None
        Clients and treatments.
    dry_run : bool
        Write nothing.
    bar : streamlit progress bar
        Moved while it goes on.

    Raises
    ------
    BadInput
        If the ZIP or a table is nothing that can be read.
    """
    says = words.BRING_READING if dry_run else words.BRING_STORING
    uploads = [("photos.zip", photos), ("clients.csv", tables[0]), ("treatments.csv", tables[1])]
    need_bytes = sum(upload.size for _, upload in uploads if upload is not None)
    with private_folder(need_bytes) as folder:
        files = {}
        for name, upload in uploads:
            if upload is not None:
                files[name] = folder / name
                files[name].write_bytes(upload.getbuffer())
        return import_source(
            clinic,
            files["photos.zip"],
            clients_table=files.get("clients.csv"),
            treatments_table=files.get("treatments.csv"),
            dry_run=dry_run,
            # Names in a ZIP are not ours: as Markdown they could fetch a picture from anywhere.
            step=lambda label, done: bar.progress(min(1.0, done), text=f"{says}: {plain(label)}"),
        )


def taken_words(report: ImportReport) -> str:
    """Return how much is added in a few words; empty when nothing is."""
    return _counts(
        (report.photos_added, "photo"),
        (len(report.sessions), "session"),
        (report.clients_added, "client"),
        (report.treatments_added, "treatment"),
    )


def show_report(report: ImportReport) -> None:
    """Show how much came in, and which sessions; what did not, and why."""
    if report.read_nothing:
        st.warning(words.BRING_NOTHING, icon=":material/block:")
    elif report.added_nothing:
        st.info(words.BRING_NOTHING_NEW, icon=":material/inventory_2:")
    else:
        would = report.dry_run
        added = words.BRING_WOULD if would else words.BRING_ADDED
        filled = words.BRING_WOULD_FILL if would else words.BRING_FILLED
        told = _told(
            (added, taken_words(report)), (filled, _counts((report.clients_completed, "client")))
        )
        if would:
            st.info(told, icon=":material/upload:")
        else:
            st.success(told, icon=":material/check_circle:")
    there = _counts((report.already_there, "photo"), (report.rows_already_there, "row"))
    reasons = Counter(one.why.value for one in report.left)
    left = ", ".join(f"{n} × {why}" for why, n in reasons.most_common())
    if told := _told((words.BRING_THERE, there), (words.BRING_LEFT, left)):
        st.write(told)


def show_details(report: ImportReport) -> None:
    """Show the tables of a report that have rows, what to look at, and the way to all of it."""
    if report.sessions:
        show_listing(_sessions(report))
    if report.left:
        show_listing(_left(report))
    if report.notes:
        st.subheader(words.BRING_LOOK)
        shown = report.notes[:_SESSIONS_SHOWN]
        st.markdown("\n".join(f"* {plain(note)}" for note in shown))
    if report.sessions or report.left or report.notes:
        st.download_button(
            words.BRING_REPORT,
            json.dumps(report.to_dict(), indent=2, ensure_ascii=False),
            file_name="import.json",
            mime="application/json",
            on_click="ignore",
        )


def _sessions(report: ImportReport) -> Listing:
    """The visits that photos are added to."""
    rows = tuple(
        (
            one.client,
            day_words(one.taken_on),
            str(one.photos),
            ", ".join(dict.fromkeys(by.value for by in one.dated_by)),
        )
        for one in report.sessions[:_SESSIONS_SHOWN]
    )
    more = len(report.sessions) - len(rows)
    return Listing(
        title=words.BRING_TAKEN,
        caption=words.BRING_TAKEN_CAPTION,
        headings=(words.CLIENT, words.DAY, words.BRING_PHOTOS, words.BRING_DAY_FROM),
        rows=rows,
        notes=(words.BRING_MORE.format(more),) if more else (),
    )


def _left(report: ImportReport) -> Listing:
    """What was left, the most frequent reason first."""
    by_reason = defaultdict[Why, list[NotTaken]](list)
    for one in report.left:
        by_reason[one.why].append(one)
    ordered = sorted(by_reason.values(), key=len, reverse=True)
    rows = tuple(
        (one.name, one.why.value, one.detail) for alike in ordered for one in alike[:_ALIKE_SHOWN]
    )
    more = len(report.left) - len(rows)
    return Listing(
        title=words.BRING_LEFT_TITLE,
        caption=words.BRING_LEFT_CAPTION,
        headings=(words.BRING_FILE, words.REASON, words.BRING_DETAIL),
        rows=rows,
        notes=(words.BRING_MORE.format(more),) if more else (),
    )


def _told(*lines: tuple[str, str]) -> str:
    """Sentences whose figures are there."""
    return " ".join(line.format(figures) for line, figures in lines if figures)


def _counts(*counts: tuple[int, str]) -> str:
    """Those that are not none."""
    return ", ".join(counted(n, what) for n, what in counts if n)
