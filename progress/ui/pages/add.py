"""New photos and treatments: gates answer straight away, then the session is saved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

from progress.model import Client, ProgressError, View
from progress.pipeline.sources import PHOTO_SUFFIXES
from progress.ui import desk
from progress.ui.layout import gate_table, plain, remember_client, show_guidance
from progress.views.labels import counted

st.title("Add")
# A day of grace: in the Far East tomorrow has already begun.
today = (datetime.now(UTC) + timedelta(hours=14)).date()
clients = desk.clients()
by_id = {client.id: client for client in clients}
new = "new"
chosen = st.selectbox(
    "Client",
    [new, *by_id],
    index=1 if by_id else 0,
    format_func=lambda key: "A new client" if key == new else by_id[key].pseudonym,
)
pseudonym = ""
if chosen == new:
    pseudonym = st.text_input("Pseudonym", max_chars=60, help="A made-up name or number.").strip()


def the_client() -> Client:
    """The chosen client, or the new one, made at the moment of saving."""
    client = desk.add_client(pseudonym) if chosen == new else by_id[chosen]
    remember_client(client)
    return client


photos_tab, treatment_tab = st.tabs(["Photos of a session", "A treatment"])
with photos_tab:
    left, right = st.columns(2)
    day = left.date_input("Day of the photos", value=None, max_value=today)
    view = View(
        right.selectbox(
            "View", [v.value for v in View], format_func=lambda name: name.replace("_", " ")
        )
    )
    uploads = st.file_uploader(
        "Photos",
        type=sorted(suffix.lstrip(".") for suffix in PHOTO_SUFFIXES),
        accept_multiple_files=True,
        help="Two or three shots, stepping away in between, halve the noise. Original files.",
        key=f"uploads-{st.session_state.get('saved', 0)}",
    )
    readable: list[tuple[str, bytes]] = []
    for upload in uploads:
        data = upload.getvalue()
        try:
            guided = desk.guide(by_id.get(chosen), upload.name, data, view)
        except ProgressError as mistake:
            st.error(f"{plain(upload.name)}: {plain(str(mistake))}")
            continue
        readable.append((upload.name, data))
        with st.container(border=True):
            picture, answer = st.columns(2)
            if guided.ghost is None:
                picture.image(guided.picture, alt=f"Preview of {upload.name}")
            else:
                picture.image(guided.ghost, alt=f"The first photo laid over {upload.name}")
            with answer:
                show_guidance(guided)
                with st.expander("All gates"):
                    gate_table(guided.judged)
    missing = [
        words
        for words, is_missing in (
            ("a pseudonym", chosen == new and not pseudonym),
            ("the day of the photos", day is None),
            ("at least one photo", not readable),
        )
        if is_missing
    ]
    if missing:
        st.caption(f"To save, give {', '.join(missing)}.")
    if st.button("Save session", type="primary", disabled=bool(missing)) and day is not None:
        desk.add_session(the_client(), day, readable, view)
        st.session_state["saved"] = st.session_state.get("saved", 0) + 1
        st.session_state["told"] = f"Saved {counted(len(readable), 'photo')}."
        st.rerun()

with treatment_tab:
    left, right = st.columns(2)
    done_on = left.date_input("Day of the treatment", value=None, max_value=today)
    kind = right.text_input("Kind", value="Micro-needling", max_chars=80).strip()
    depth = left.number_input("Needle depth in mm", 0.0, 5.0, value=None, step=0.25)
    area = right.text_input("Area", max_chars=80).strip()
    ready = done_on is not None and bool(kind) and (chosen != new or bool(pseudonym))
    if st.button("Save treatment", disabled=not ready) and done_on is not None:
        desk.add_treatment(the_client(), done_on, kind, needle_depth_mm=depth, area=area)
        st.session_state["told"] = "Saved the treatment."
        st.rerun()

if told := st.session_state.pop("told", ""):
    st.toast(told)
    st.success(told)
