"""The way out: nothing of what was on the screen stays."""

from __future__ import annotations

import streamlit as st

from progress.ui import doors, open_record, services
from progress.ui.ending import end_page
from progress.views.catalogue import doors as words

if doors.account(open_record.record()) is None:
    st.info(words.OUT)
    end_page()
doors.sign_out(told=words.OUT)
services.leave()
st.rerun()
