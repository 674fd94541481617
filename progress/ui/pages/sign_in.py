"""The door: login and password."""

from __future__ import annotations

import streamlit as st

from progress.model import ProgressError
from progress.ui import doors, open_record, services
from progress.ui.layout import plain
from progress.ui.refusals import refusal_line
from progress.views.catalogue import doors as words


def _show_service() -> None:
    """The way in through another service, in two steps: its word, then the account here."""
    login = services.vouched_login()
    if login is None:
        if st.button(words.SERVICE):
            services.ask()
        return
    if st.button(words.GO_ON.format(plain(login))):
        try:
            doors.come_in_vouched(open_record.record(), login)
        except ProgressError as refusal:
            st.error(refusal_line(refusal))
        else:
            st.rerun()
    if st.button(words.NOT_ME):
        services.leave()


_, middle, _ = st.columns([1, 2, 1])
with middle:
    st.title(words.SIGN_IN)
    if said := doors.told():
        st.info(said)
    with st.form("sign-in"):
        login = st.text_input(words.LOGIN, max_chars=100, autocomplete="username")
        password = st.text_input(
            words.PASSWORD, type="password", max_chars=200, autocomplete="current-password"
        )
        pressed = st.form_submit_button(words.SIGN_IN, type="primary")
    if pressed:
        try:
            doors.sign_in(open_record.record(), login, password)
        except ProgressError as refusal:
            st.error(refusal_line(refusal))
        else:
            st.rerun()
    if services.is_offered():
        _show_service()
    st.caption(words.FORGOTTEN)
