"""A client's page: what was done, what changed, how surely, and what comes next."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from progress.ui import desk, measuring
from progress.ui.consents import show_consents, show_exports
from progress.ui.course_chart import show_series
from progress.ui.details import show_details
from progress.ui.ending import end_page
from progress.ui.frame import page_head
from progress.ui.layout import (
    choose_client,
    next_words,
    open_page,
    plain,
    show_listing,
    show_refusal,
    verdict_cards,
)
from progress.ui.reports import show_reports
from progress.ui.waiting import show_waiting
from progress.views.catalogue import practitioner as words
from progress.views.catalogue.consent import FOR_PRACTITIONER
from progress.views.course_words import (
    family_sentences,
    first_seen_words,
    judged_changes,
    share_words,
    visit_sentences,
)
from progress.views.grade_words import grades_listing
from progress.views.labels import VERDICT_LABELS, day_label, reason_words, region_label
from progress.views.next_step import next_step
from progress.views.refusal_words import course_refusal
from progress.views.report import trend_words
from progress.views.visit_list import visit_rows
from progress.views.words import course_headline

page_head(words.COURSE)
chooser, add, compare = st.columns([4, 1.4, 1.2], vertical_alignment="bottom")
client = choose_client(chooser)
if client is None:
    end_page()
if add.button(words.NEW_SESSION, type="primary", width="stretch", icon=":material/add_a_photo:"):
    open_page("add", client)
if compare.button(words.COMPARE, width="stretch", icon=":material/compare:"):
    open_page("pair", client)

sessions = desk.sessions(client)
treatments = desk.treatments(client)
step = next_step(
    max((s.taken_on for s in sessions), default=None),
    max((t.date for t in treatments), default=None),
    today=datetime.now(UTC).date(),
)
st.markdown(
    f"{words.SESSIONS} **{len(sessions)}** · {words.TREATMENTS} **{len(treatments)}** · "
    f"{words.NEXT}: **{next_words(step)}**"
)
if client.note:
    st.caption(f"{words.CLIENT_NOTE}: {plain(client.note)}")
with st.expander(words.VISITS):
    st.table(
        [
            {words.DAY: day_label(day), words.WHAT: plain(what), words.NOTE: plain(note)}
            for day, what, note in visit_rows(sessions, treatments)
        ],
        hide_index=True,
    )
if st.toggle(words.DETAILS):
    show_details(client)
if st.toggle(words.CONSENTS):
    show_consents(client, [one for one in sessions if one.photos], FOR_PRACTITIONER)
    show_exports(client)
if len(sessions) < 2:
    st.info(words.TOO_FEW, icon=":material/add_a_photo:")
    end_page()

task = measuring.course(client)
timeline = task.answer
if timeline is None:
    show_waiting(task)
    end_page()

st.subheader(course_headline(timeline.series))
refusal = course_refusal(timeline)
if refusal is not None:
    show_refusal(refusal)
else:
    verdict_cards(series.verdict for series in timeline.series)
show_series(timeline, sessions, client)
for line in family_sentences(judged_changes(timeline.series)):
    st.write(plain(line))
for line in visit_sentences(timeline):
    st.caption(plain(line))
show_reports(client)

if timeline.grades:
    show_listing(grades_listing([(day_label(d), g) for d, g in sorted(timeline.grades.items())]))

with st.expander(words.EVERY_SERIES):
    st.table(
        [
            {
                words.METRIC: series.label,
                words.REGION: region_label(series.region),
                words.VERDICT: VERDICT_LABELS[series.verdict],
                words.TREND_HEADING: trend_words(series),
                words.SHARE: share_words(series),
                words.FIRST_SEEN: first_seen_words(series),
                words.REASON: plain(reason_words(series.reason)) if series.reason else "",
            }
            for series in timeline.series
        ],
        hide_index=True,
    )
