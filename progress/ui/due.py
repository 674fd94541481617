"""What is out without a consent that holds, said where people begin to work."""

from __future__ import annotations

import streamlit as st

from progress.pipeline.access import Action, may
from progress.ui import desk, open_record
from progress.ui.layout import day_words, plain
from progress.views.catalogue import consent as words
from progress.views.labels import counted


def show_due() -> None:
    """Show a warning with every file that must come down; nothing where there is none."""
    clinic = open_record.asked()
    if not may(clinic.caller, Action.SEE_DUE):
        return
    due = clinic.take_down_due()
    if not due:
        return
    names = {}
    if may(clinic.caller, Action.LIST_CLIENTS):
        names = {client.id: client.pseudonym for client in desk.clients()}
    with st.container(border=True):
        st.warning(words.DUE.format(counted(len(due), "export")), icon=":material/visibility_off:")
        for one in due:
            whose = names.get(one.client_id, one.client_id[:8].upper())
            files = ", ".join(file.name for file in one.files)
            line = words.DUE_LINE.format(
                client=whose, day=day_words(one.made_at.date()), channel=one.channel, files=files
            )
            st.markdown(f"* {plain(line)}")
        st.caption(words.DUE_NEXT)
