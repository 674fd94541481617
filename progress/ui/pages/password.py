"""A new password of one's own."""

from __future__ import annotations

import streamlit as st

from progress.model import ProgressError
from progress.pipeline.passwords import MIN_LENGTH
from progress.ui import doors, open_record
from progress.ui.ending import end_page
from progress.ui.refusals import refusal_line
from progress.views.catalogue import doors as words

record = open_record.record()
account = doors.account(record)
if account is None:
    end_page()
_, middle, _ = st.columns([1, 2, 1])
with middle:
    st.title(words.PASSWORD_TITLE)
    if account.must_change_password:
        st.info(words.MUST_CHANGE)
    with st.form("password", clear_on_submit=True):
        old = st.text_input(
            words.OLD_PASSWORD, type="password", max_chars=200, autocomplete="current-password"
        )
        new = st.text_input(
            words.NEW_PASSWORD,
            type="password",
            max_chars=200,
            autocomplete="new-password",
        )
        st.caption(words.RULES.format(MIN_LENGTH))
        again = st.text_input(
            words.REPEAT, type="password", max_chars=200, autocomplete="new-password"
        )
        pressed = st.form_submit_button(words.CHANGE_PASSWORD, type="primary")
    if pressed and new != again:
        st.error(words.NOT_THE_SAME)
    elif pressed:
        try:
            doors.change_password(record, old, new)
        except ProgressError as refusal:
            st.error(refusal_line(refusal))
        else:
            st.session_state["told_of_password"] = True
            st.rerun()
    if st.session_state.pop("told_of_password", False):
        st.success(words.CHANGED)
