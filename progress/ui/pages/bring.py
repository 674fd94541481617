"""Existing photos out of a ZIP: first what would be taken and what not, then one click."""

from __future__ import annotations

import streamlit as st

from progress.pipeline.access import Action
from progress.ui import open_record
from progress.ui.bringing import bring, show_details, show_report, taken_words
from progress.ui.frame import page_head
from progress.views.catalogue import practitioner as words

_LOOKED_AT, _BROUGHT, _ROUND = "bring_looked_at", "brought", "bring_round"

page_head(words.BRING)
clinic = open_record.asked()
clinic.asking(Action.IMPORT)
st.caption(words.BRING_NOTE)
round_of = st.session_state.get(_ROUND, 0)
photos = st.file_uploader(
    words.BRING_ZIP, type="zip", help=words.BRING_ZIP_HELP, key=f"bring-zip-{round_of}"
)
left, right = st.columns(2)
tables = (
    left.file_uploader(
        words.BRING_CLIENTS,
        type="csv",
        help=words.BRING_CLIENTS_HELP,
        key=f"bring-clients-{round_of}",
    ),
    right.file_uploader(
        words.BRING_TREATMENTS,
        type="csv",
        help=words.BRING_TREATMENTS_HELP,
        key=f"bring-treatments-{round_of}",
    ),
)

if photos is None:
    # What the last click brought stays to be read until the next ZIP comes.
    if brought := st.session_state.get(_BROUGHT):
        show_report(brought)
        show_details(brought)
else:
    st.session_state.pop(_BROUGHT, None)
    chosen = tuple(upload.file_id for upload in (photos, *tables) if upload is not None)
    looked_at = st.session_state.get(_LOOKED_AT)
    place = st.empty()
    if looked_at is None or looked_at[0] != chosen:
        bar = place.progress(0.0, text=words.BRING_READING)
        looked_at = chosen, bring(clinic, photos, tables, dry_run=True, bar=bar)
        st.session_state[_LOOKED_AT] = looked_at
    plan = looked_at[1]
    with place.container():
        show_report(plan)
    go = st.empty()
    # The bar takes the button's place, so that nobody clicks twice.
    if not plan.added_nothing and go.button(
        words.BRING_GO.format(taken_words(plan)).strip(), type="primary"
    ):
        st.caption(words.BRING_STAY)
        bar = go.progress(0.0, text=words.BRING_STORING)
        del st.session_state[_LOOKED_AT]  # also when it is cut short, the plan holds no more
        st.session_state[_BROUGHT] = bring(clinic, photos, tables, dry_run=False, bar=bar)
        st.session_state[_ROUND] = round_of + 1  # empties the fields, and the upload leaves memory
        st.rerun()
    show_details(plan)
