"""Uploaded photos judged in place: what to do about each, and whether to keep or retake it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from progress.model import Client, ProgressError, View
from progress.ui import guided_upload
from progress.ui.layout import gate_table, plain, show_guidance
from progress.views.catalogue import practitioner as words


@dataclass(frozen=True, slots=True)
class Judged:
    """A readable upload with what guidance says, and the day that its file names."""

    name: str
    data: bytes = field(repr=False)
    guided: guided_upload.GuidedUpload
    day: date | None


def judged_uploads(
    client: Client | None, uploads: Sequence[UploadedFile], view: View
) -> list[Judged]:
    """Return the uploads that are photos; of the others one line says why not.

    Parameters
    ----------
    client : Client or None
        None for a new one.
    uploads : sequence of UploadedFile
    view : View
    """
    readable = []
    for upload in uploads:
        data = upload.getvalue()
        try:
            guided = guided_upload.guide(client, upload.name, data, view)
        except ProgressError as mistake:
            st.error(f"{plain(upload.name)}: {plain(str(mistake))}")
            continue
        taken_at = guided.judged.provenance.taken_at
        day = taken_at.date() if taken_at is not None else None
        readable.append(Judged(upload.name, data, guided, day))
    return readable


def kept_of(judged: Sequence[Judged], round_of: int) -> list[tuple[str, bytes]]:
    """Show each photo with its advice and return name and bytes of those to keep.

    A photo that is not ready is to be taken again unless somebody says to keep it.

    Parameters
    ----------
    judged : sequence of Judged
    round_of : int
        Counts what was saved, so that the next photos are asked anew.
    """
    kept = []
    for number, one in enumerate(judged):
        with st.container(border=True):
            picture, answer = st.columns([2, 3])
            if one.guided.ghost is None:
                picture.image(one.guided.picture, alt=words.PREVIEW.format(one.name))
            else:
                picture.image(
                    one.guided.ghost,
                    caption=words.GHOST_CAPTION,
                    alt=words.GHOST.format(one.name),
                )
            with answer:
                show_guidance(one.guided)
                choice = st.segmented_control(
                    words.KEEP_OR_RETAKE.format(plain(one.name)),
                    [words.KEEP, words.RETAKE],
                    default=words.KEEP if one.guided.ready else words.RETAKE,
                    key=f"keep-{round_of}-{number}-{one.guided.judged.provenance.sha256[:12]}",
                )
                with st.expander(words.ALL_GATES):
                    gate_table(one.guided.judged)
        if choice == words.KEEP:
            kept.append((one.name, one.data))
    return kept
