"""Two sessions: is the pair fair, where is the same skin, what changed and how surely."""

from __future__ import annotations

import streamlit as st

from progress.ui import desk
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
from progress.ui.looks import show_looks
from progress.views.change_chart import changes_chart
from progress.views.chart_style import styled
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

st.title("Pair")
first_column, left, right = st.columns(3)
client = choose_client(first_column)
if client is None:
    st.stop()
sessions = desk.sessions(client)
if len(sessions) < 2:
    st.info("A pair needs two sessions of photos. Open the page “Add”.")
    st.stop()

by_id = {session.id: session for session in sessions}
first_id = left.selectbox(
    "Baseline", list(by_id)[:-1], format_func=lambda key: session_label(by_id[key])
)
later = list(by_id)[list(by_id).index(first_id) + 1 :]
second_id = right.selectbox(
    "Follow-up",
    later,
    index=len(later) - 1,
    format_func=lambda key: session_label(by_id[key]),
)
pair = desk.compare(client, by_id[first_id], by_id[second_id])
comparison, names = pair.comparison, pair.captions

st.subheader(headline(comparison.changes))
refusal = pair_refusal(comparison)
if refusal is not None:
    show_refusal(refusal)
else:
    for line in family_sentences(comparison.changes):
        st.write(plain(line))
    st.write(pair_sentence(comparison.comparability))
    st.write(plain(registration_sentence(comparison.registration)))
    verdict_cards(change.verdict for change in comparison.changes)

if pair.pictures is None:
    st.warning("The two photos could not be brought onto each other, so they are not overlaid.")
else:
    show_looks(pair.pictures, names, key=f"{first_id}-{second_id}")

if refusal is None and comparison.changes:
    st.subheader("What changed")
    told = [change for change in in_order(comparison.changes) if change.delta is not None]
    st.altair_chart(
        styled(changes_chart(told, frame_px=60), background="white"),
        width="stretch",
        theme=None,
        alt=headline(comparison.changes),
    )
    audience = st.segmented_control(
        "In words for the",
        list(Audience),
        default=Audience.PRACTITIONER,
        format_func=lambda a: a.value,
    )
    sentences = change_sentences(comparison.changes, audience=audience or Audience.PRACTITIONER)
    st.markdown("\n".join(f"* {plain(sentence)}" for sentence in sentences))
    with st.expander("All figures"):
        change_table(comparison.changes)
    scars = scars_listing(comparison)
    if scars is not None:
        show_listing(scars)
    if pair.marks is not None:
        show_listing(pair.marks)
    show_listing(grades_listing(list(zip(names, comparison.grades, strict=True))))

if comparison.comparability.checks:
    st.subheader("Is the pair fair?")
    check_table(comparison.comparability.checks)
st.download_button(
    "Fair-pair certificate (one page)",
    pair.certificate,
    file_name=f"certificate {by_id[first_id].taken_on} {by_id[second_id].taken_on}.html",
    mime="text/html",
    on_click="ignore",
)
files = {
    photo.sha256: f"{session_label(session)}, {photo.file}"
    for session in (by_id[first_id], by_id[second_id])
    for photo in session.photos
}
for photo in (*comparison.baseline, *comparison.followup):
    name = files.get(photo.provenance.sha256, photo.provenance.file)
    with st.expander(f"Gates: {plain(name)}"):
        gate_table(photo)
