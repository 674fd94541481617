"""Two sessions: the same skin under a slider, what changed and how surely, and is it fair."""

from __future__ import annotations

import streamlit as st

from progress.ui import desk, pair_view
from progress.ui.drawing import show_drawing
from progress.ui.ending import end_page
from progress.ui.frame import page_head
from progress.ui.layout import (
    change_table,
    check_table,
    choose_client,
    gate_table,
    plain,
    session_label,
    show_listing,
    show_refusal,
    verdict_cards,
)
from progress.ui.looks import show_changes_chart, show_looks
from progress.ui.reports import show_reports
from progress.views.catalogue import practitioner as words
from progress.views.course_words import family_sentences
from progress.views.grade_words import grades_listing
from progress.views.refusal_words import pair_refusal
from progress.views.scar_words import scars_listing
from progress.views.words import (
    Audience,
    change_sentences,
    headline,
    in_order,
    pair_sentence,
    registration_sentence,
)

page_head(words.PAIR)
first_column, left, right, last = st.columns([3, 3, 3, 2], vertical_alignment="bottom")
client = choose_client(first_column)
if client is None:
    end_page()
sessions = desk.sessions(client)
if len(sessions) < 2:
    st.info(words.TOO_FEW_FOR_PAIR, icon=":material/add_a_photo:")
    end_page()

by_id = {session.id: session for session in sessions}
first_id = left.selectbox(
    words.BASELINE, list(by_id)[:-1], format_func=lambda key: session_label(by_id[key])
)
later = list(by_id)[list(by_id).index(first_id) + 1 :]
second_id = right.selectbox(
    words.FOLLOW_UP,
    later,
    index=len(later) - 1,
    format_func=lambda key: session_label(by_id[key]),
)
baseline, followup = by_id[first_id], by_id[second_id]
pair = pair_view.compare(client, baseline, followup)
comparison, names = pair.comparison, pair.captions
last.download_button(
    words.CERTIFICATE,
    pair.certificate,
    file_name=f"certificate {baseline.taken_on} {followup.taken_on}.html",
    mime="text/html",
    on_click="ignore",
    width="stretch",
    help=words.CERTIFICATE_HELP,
)

if pair.pictures is None:
    st.warning(words.NOT_OVERLAID, icon=":material/layers_clear:")
else:
    show_looks(pair.pictures, names, key=f"{first_id}-{second_id}")

st.subheader(headline(comparison.changes))
refusal = pair_refusal(comparison)
if refusal is not None:
    show_refusal(refusal)
else:
    verdict_cards(change.verdict for change in comparison.changes)
    for line in family_sentences(comparison.changes):
        st.write(plain(line))
    st.write(pair_sentence(comparison.comparability))
    st.write(plain(registration_sentence(comparison.registration)))

if told := st.session_state.pop("told", ""):
    st.toast(told, icon=":material/check_circle:")  # the canvas runs the page once more
if st.toggle(words.DRAW):
    show_drawing(client, sessions)

show_reports(client, (baseline.taken_on, followup.taken_on))
if refusal is None and comparison.changes:
    st.subheader(words.WHAT_CHANGED)
    show_changes_chart(comparison.changes)
    who = list(Audience)
    whom = st.segmented_control(words.WORDS_FOR, who, default=who[0], format_func=lambda a: a.value)
    sentences = change_sentences(comparison.changes, audience=whom or who[0])
    st.markdown("\n".join(f"* {plain(sentence)}" for sentence in sentences))
    with st.expander(words.FIGURES):
        change_table(in_order(comparison.changes))
    for listing in (scars_listing(comparison), pair.marks):
        if listing is not None:
            show_listing(listing)
    show_listing(grades_listing(list(zip(names, comparison.grades, strict=True))))

if comparison.comparability.checks:
    st.subheader(words.FAIR)
    check_table(comparison.comparability.checks)
shots = {
    photo.sha256: f"{session_label(session)}, {photo.file}"
    for session in (baseline, followup)
    for photo in session.photos
}
for judged in (*comparison.baseline, *comparison.followup):
    name = shots.get(judged.provenance.sha256, judged.provenance.file)
    with st.expander(words.GATES_OF.format(plain(name))):
        gate_table(judged)
