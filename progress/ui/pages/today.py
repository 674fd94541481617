"""The practitioner's start: who was seen last, what comes next, and finding anybody at once."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from progress.ui import desk
from progress.ui.due import show_due
from progress.ui.ending import end_page
from progress.ui.frame import page_head
from progress.ui.layout import day_words, next_words, open_page, plain
from progress.views.catalogue import practitioner as words
from progress.views.labels import counted
from progress.views.next_step import next_step

# A tablet's screen holds about half of them; the rest is a click away, or a few letters.
_AT_ONCE = 12


page_head(words.TODAY)
show_due()
today = datetime.now(UTC).date()
search, button = st.columns([3, 1], vertical_alignment="bottom")
asked = search.text_input(words.SEARCH, type="search", live=True, placeholder=words.SEARCH_HINT)
if button.button(words.NEW_CLIENT, width="stretch", icon=":material/person_add:"):
    st.session_state["new_client"] = True
    open_page("add")

everybody = desk.client_lines()
if not everybody:
    with st.container(border=True):
        st.subheader(words.WELCOME)
        st.write(words.WELCOME_NEXT)
        if st.button(words.NEW_SESSION, type="primary", icon=":material/add_a_photo:"):
            open_page("add")
    end_page()

found = desk.client_lines(asked or "") if asked else everybody
if not found:
    st.info(words.NOBODY_FOUND.format(plain(asked or "")), icon=":material/search_off:")
    end_page()
st.caption(words.CLIENTS_FOUND.format(len(found), counted(len(everybody), "client")))

many = st.session_state.get("clients_shown", _AT_ONCE)
for line in found[:many]:
    step = next_step(line.last_session, line.last_treatment, today=today)
    with st.container(border=True):
        name, last, buttons = st.columns([3, 4, 3], vertical_alignment="center")
        mannequin = f"  \n{words.SIMULATED}" if line.client.simulated else ""
        name.markdown(f"**{plain(line.client.pseudonym)}**{mannequin}")
        seen = words.NO_VISIT
        if line.last_session is not None:
            seen = words.LAST_VISIT.format(day_words(line.last_session))
        last.markdown(f"{seen}  \n{next_words(step)}")
        left, right = buttons.columns(2)
        if left.button(words.OPEN, key=f"open-{line.client.id}", width="stretch"):
            open_page("course", line.client)
        if right.button(
            words.PHOTOS,
            key=f"add-{line.client.id}",
            width="stretch",
            help=words.NEW_SESSION,
        ):
            open_page("add", line.client)
if len(found) > many and st.button(words.MORE):
    st.session_state["clients_shown"] = many + 4 * _AT_ONCE
    st.rerun()
