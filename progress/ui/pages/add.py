"""New photos and treatments: gates answer straight away, the rest is measured meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import streamlit as st

from progress.model import Client, View
from progress.pipeline.sources import PHOTO_SUFFIXES
from progress.ui import desk, measuring
from progress.ui.frame import page_head
from progress.ui.layout import chosen_id, remember_client
from progress.ui.uploads import judged_uploads, kept_of
from progress.views.catalogue import practitioner as words
from progress.views.labels import counted

_MAX_NOTE = 500
# Earlier days are those of cameras whose clock was never set.
_FIRST_DAY = date(2000, 1, 1)

page_head(words.ADD)
# A day of grace: in the Far East tomorrow has already begun.
today = (datetime.now(UTC) + timedelta(hours=14)).date()
round_of = st.session_state.get("saved", 0)
by_id = {client.id: client for client in desk.clients()}
new = "new"
before = new if st.session_state.pop("new_client", False) else chosen_id()
choices = [new, *by_id]
chosen = st.selectbox(
    words.CLIENT,
    choices,
    index=choices.index(before) if before in choices else min(1, len(by_id)),
    format_func=lambda key: words.NEW_CLIENT if key == new else by_id[key].pseudonym,
    key=f"add-client-{round_of}",  # after a new client's first session it is that client's turn
)
pseudonym = ""
if chosen == new:
    pseudonym = st.text_input(words.PSEUDONYM, max_chars=60, help=words.PSEUDONYM_HELP).strip()


def the_client() -> Client:
    """The chosen client, or the new one, made at the moment of saving."""
    client = desk.add_client(pseudonym) if chosen == new else by_id[chosen]
    remember_client(client)
    return client


photos_tab, treatment_tab = st.tabs([words.PHOTOS_TAB, words.TREATMENT_TAB])
with photos_tab:
    uploads = st.file_uploader(
        words.PHOTOS,
        type=sorted(suffix.lstrip(".") for suffix in PHOTO_SUFFIXES),
        accept_multiple_files=True,
        help=words.PHOTOS_HELP,
        key=f"uploads-{round_of}",
    )
    left, right = st.columns(2)
    view = View(
        right.selectbox(
            words.VIEW, [v.value for v in View], format_func=lambda name: name.replace("_", " ")
        )
    )
    place = left.container()
    judged = judged_uploads(by_id.get(chosen), uploads, view)
    # A new widget for a new day of the files: what was typed by hand stays until then.
    named = {one.day for one in judged if one.day and _FIRST_DAY <= one.day <= today}
    taken = min(named, default=None)
    if len(named) > 1:
        st.warning(words.DAYS_DIFFER, icon=":material/event:")
    day = place.date_input(
        words.DAY_OF_PHOTOS,
        value=taken,
        min_value=_FIRST_DAY,
        max_value=today,
        help=words.DAY_FROM_FILE if taken else None,
        key=f"day-{round_of}-{taken}",
    )
    kept = kept_of(judged, round_of)
    note = st.text_input(words.VISIT_NOTE, max_chars=_MAX_NOTE, key=f"note-{round_of}").strip()
    missing = [
        says
        for says, is_missing in (
            (words.MISSING_NAME, chosen == new and not pseudonym),
            (words.MISSING_DAY, day is None),
            (words.MISSING_PHOTO, not kept),
        )
        if is_missing
    ]
    if missing:
        st.caption(words.MISSING.format(", ".join(missing)))
    elif len(kept) < len(judged):
        st.caption(words.RETAKEN.format(len(judged) - len(kept), counted(len(judged), "photo")))
    if st.button(words.SAVE, type="primary", disabled=bool(missing)) and day is not None:
        client = the_client()
        desk.add_session(client, day, kept, view, note=note)
        st.session_state["saved"] = round_of + 1
        told = words.SAVED
        if len(desk.sessions(client)) > 1:
            measuring.begin(client)
            told = words.SAVED_MEASURED
        st.session_state["told"] = told.format(counted(len(kept), "photo"))
        st.rerun()

with treatment_tab:
    left, right = st.columns(2)
    done_on = left.date_input(words.DAY_OF_TREATMENT, value=None, max_value=today)
    kind = right.text_input(words.KIND, value=words.NEEDLING, max_chars=80).strip()
    depth = left.number_input(words.DEPTH, 0.0, 5.0, value=None, step=0.25)
    area = right.text_input(words.AREA, max_chars=80).strip()
    ready = done_on is not None and bool(kind) and (chosen != new or bool(pseudonym))
    if st.button(words.SAVE_TREATMENT, disabled=not ready) and done_on is not None:
        desk.add_treatment(the_client(), done_on, kind, needle_depth_mm=depth, area=area)
        st.session_state["saved"] = round_of + 1
        st.session_state["told"] = words.SAVED_TREATMENT
        st.rerun()

if told := st.session_state.pop("told", ""):
    st.toast(told)
    st.success(told)
