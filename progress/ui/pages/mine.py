"""A client's own pictures and progress, in plain words and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from progress.ui import desk, measuring, pair_view
from progress.ui.before_after import before_after
from progress.ui.consents import show_consents
from progress.ui.frame import page_head
from progress.ui.layout import day_words, next_words, plain
from progress.ui.reports import show_own_report
from progress.ui.waiting import show_waiting
from progress.views.catalogue import client as words
from progress.views.client_words import client_summary
from progress.views.next_step import Due, next_step

_NEXT = {
    Due.FIRST_PHOTOS: words.NEXT_FIRST_PHOTOS,
    Due.HEALING: words.NEXT_HEALING,
    Due.WAITING: words.NEXT_WAITING,
    Due.FOLLOW_UP: words.NEXT_FOLLOW_UP,
    Due.NOTHING: words.NEXT_NOTHING,
}

page_head(words.MINE, corner=False)
client = desk.own_client()
sessions = [session for session in desk.sessions(client) if session.photos]
treatments = desk.treatments(client)
st.caption(words.GREETING)
step = next_step(
    max((s.taken_on for s in sessions), default=None),
    max((t.date for t in treatments), default=None),
    today=datetime.now(UTC).date(),
)

if not sessions:
    st.info(words.NO_VISIT, icon=":material/photo_camera:")
else:
    shown = {words.FIRST_PICTURE: sessions[0]}
    if len(sessions) > 1:
        shown[words.LAST_PICTURE] = sessions[-1]
    for column, (says, session) in zip(st.columns(len(shown)), shown.items(), strict=True):
        caption = says.format(day_words(session.taken_on))
        small = desk.small_picture(client, session.photos[0], max_px=720)
        column.image(small.data, caption=caption, alt=caption)

if len(sessions) == 1:
    st.info(words.ONE_VISIT)
elif sessions:
    if st.toggle(words.OVERLAY, help=words.OVERLAY_HELP):
        pair = pair_view.compare(client, sessions[0], sessions[-1])
        if pair.pictures is None:
            st.info(words.NO_OVERLAY)
        else:
            names = (
                words.FIRST_PICTURE.format(day_words(sessions[0].taken_on)),
                words.LAST_PICTURE.format(day_words(sessions[-1].taken_on)),
            )
            before_after(*pair.pictures.overlay, names, key=f"mine-{sessions[-1].id}")
    st.header(words.CHANGED)
    task = measuring.course(client)
    if task.answer is None:
        show_waiting(task, says=words.WAIT, note=words.HOW_SURE)
    else:
        told = client_summary(task.answer)
        if told.stands_out:
            st.markdown("\n".join(f"* {plain(line)}" for line in told.stands_out))
        elif told.no_difference:
            st.write(words.NOTHING_YET)
        else:
            st.write(words.CANNOT_TELL)
        if told.no_difference:
            st.markdown(f"**{words.NO_DIFFERENCE}:** {', '.join(told.no_difference)}.")
        if told.not_fair:
            st.markdown(f"**{words.NOT_FAIR}:** {', '.join(told.not_fair)}.")
        st.caption(words.HOW_SURE)
        show_own_report(client)

st.header(words.HEALING)
if step.due is Due.HEALING and step.day is not None:
    last = max(treatment.date for treatment in treatments)
    st.write(words.HEALING_NOW.format(day_words(last), day_words(step.day)))
else:
    st.write(words.HEALING_GENERAL)
st.write(words.CONTACT)

st.header(words.NEXT)
st.write(next_words(step, _NEXT))
st.header(words.CONSENTS)
show_consents(client, sessions)
if len(sessions) > 2:
    with st.expander(words.EARLIER):
        for session in reversed(sessions[1:-1]):
            caption = words.YOUR_PICTURE.format(day_words(session.taken_on))
            small = desk.small_picture(client, session.photos[0])
            st.image(small.data, caption=caption, alt=caption)
