"""Marketing: only what clients have cleared exists here."""

from __future__ import annotations

import streamlit as st

from progress.ui import publishing
from progress.ui.ending import end_page
from progress.ui.frame import page_head
from progress.ui.layout import day_words, open_page
from progress.views.catalogue import marketing as words
from progress.views.labels import counted

_A_ROW = 3

page_head(words.CLEARED, corner=False)
cleared, sessions = publishing.cleared_pictures(), publishing.cleared()
if sessions and st.button(words.MAKE_ONE, type="primary", icon=":material/compare:"):
    open_page("publish")
if not cleared and sessions:
    st.info(words.ONLY_PARTS, icon=":material/crop:")
    end_page()
if not cleared:
    with st.container(border=True):
        st.subheader(words.NONE_CLEARED)
        st.write(words.HOW)
    end_page()

st.caption(words.COUNT.format(counted(len(cleared), "picture")))
st.warning(words.CAUTION, icon=":material/gavel:")
for start in range(0, len(cleared), _A_ROW):
    for column, one in zip(st.columns(_A_ROW), cleared[start : start + _A_ROW], strict=False):
        channel = words.CHANNELS[one.channel.value]
        ends = words.ENDS.format(day_words(one.expires_on)) if one.expires_on else words.NO_END
        column.image(
            publishing.cleared_picture(one),
            caption=f"{words.USE.format(channel)}. {ends}.",
            alt=words.PICTURE.format(channel),
        )
