"""Marketing: only what clients have cleared exists here."""

from __future__ import annotations

import streamlit as st

from progress.pipeline.access import Action
from progress.ui import desk
from progress.ui.frame import page_head
from progress.views.catalogue import marketing as words

page_head(words.CLEARED, corner=False)
desk.asked().asking(Action.SEE_CLEARED)
with st.container(border=True):
    st.subheader(words.NONE_CLEARED)
    st.write(words.HOW)
