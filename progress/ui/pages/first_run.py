"""The first account of a record: an administrator's, with a password of their own."""

from __future__ import annotations

import streamlit as st

from progress.model import ProgressError
from progress.pipeline.passwords import MIN_LENGTH
from progress.ui import doors, open_record
from progress.ui.refusals import refusal_line
from progress.views.catalogue import doors as words

record = open_record.record()
_, middle, _ = st.columns([1, 2, 1])
with middle:
    st.title(words.FIRST_TITLE)
    st.write(words.FIRST_WHY)
    if record.visitor() is not None:
        st.info(words.FIRST_SAMPLE)
    with st.form("first-run"):
        login = st.text_input(words.LOGIN, max_chars=100, autocomplete="username")
        password = st.text_input(
            words.PASSWORD,
            type="password",
            max_chars=200,
            autocomplete="new-password",
        )
        st.caption(words.RULES.format(MIN_LENGTH))
        again = st.text_input(
            words.REPEAT, type="password", max_chars=200, autocomplete="new-password"
        )
        pressed = st.form_submit_button(words.FIRST_MAKE, type="primary")
    st.caption(words.FIRST_KEEP)
    if pressed and password != again:
        st.error(words.NOT_THE_SAME)
    elif pressed:
        try:
            record.make_first_admin(login, password)
            doors.sign_in(record, login, password)
        except ProgressError as refusal:
            st.error(refusal_line(refusal))
        else:
            st.rerun()
