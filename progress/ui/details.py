"""What the record says of a client beside photos: year of birth and skin type."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from progress.model import SKIN_TYPES, Client, ProgressError
from progress.ui import open_record
from progress.ui.layout import plain
from progress.views.catalogue import practitioner as words

_OLDEST_YEARS = 120


def show_details(client: Client) -> None:
    """Show them in a form; what is saved is there at the next draw.

    Parameters
    ----------
    client : Client
    """
    if st.session_state.pop("told_details", False):
        st.success(words.DETAILS_SAVED)
    this_year = datetime.now(UTC).year
    with st.form("details", border=False):
        year = st.number_input(
            words.BIRTH_YEAR,
            value=client.birth_year,
            min_value=this_year - _OLDEST_YEARS,
            max_value=this_year,
            step=1,
            format="%d",
            help=words.BIRTH_YEAR_HELP,
        )
        kind = st.selectbox(
            words.SKIN_TYPE,
            SKIN_TYPES,
            index=SKIN_TYPES.index(client.skin_type),
            format_func=lambda one: one or words.NOT_TOLD,
            help=words.SKIN_TYPE_HELP,
        )
        if not st.form_submit_button(words.SAVE_DETAILS):
            return
    try:
        open_record.asked().change_client(
            client.id,
            version=client.version,
            pseudonym=client.pseudonym,
            note=client.note,
            birth_year=None if year is None else int(year),
            skin_type=kind,
        )
    except ProgressError as refused:
        st.error(plain(str(refused)))
        return
    st.session_state["details-saved"] = True
    st.session_state["told_details"] = True
    st.rerun()
