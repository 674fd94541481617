"""A comparison for others: chosen from what clients have cleared, made, looked at, let out."""

from __future__ import annotations

import streamlit as st

from progress.model import ProgressError
from progress.ui import publishing
from progress.ui.due import show_due
from progress.ui.ending import end_page
from progress.ui.frame import page_head
from progress.ui.publish_form import ask_wish
from progress.ui.publish_result import show_made
from progress.ui.refusals import refusal_line
from progress.views.catalogue import marketing as words

page_head(words.PUBLISH, corner=False)
show_due()
try:
    # First of all: what was made under a consent that has ended is neither shown nor handed over.
    publishing.still_allowed()
    cleared = publishing.cleared()
    if not cleared:
        with st.container(border=True):
            st.subheader(words.NONE_CLEARED)
            st.write(words.HOW)
        end_page()
    comparable = {one: days for one, days in cleared.items() if publishing.channels(days)}
    if not comparable:
        st.info(words.ONE_DAY_CLEARED, icon=":material/event_busy:")
        end_page()
    st.caption(words.PUBLISH_NOTE)
    wish = ask_wish(comparable)
    pressed = st.button(
        words.MAKE, type="primary", disabled=wish is None, icon=":material/compare:"
    )
    if wish is None:
        publishing.forget()
        end_page()
    if pressed:
        publishing.make(wish)
    held = publishing.made(wish)
    if held is not None:
        place = st.empty()
        try:
            with place.container():
                show_made(held)
        except ProgressError:
            place.empty()  # a consent that ended in this very moment leaves no picture behind
            raise
except ProgressError as refusal:
    st.error(refusal_line(refusal), icon=":material/block:")
