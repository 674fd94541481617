"""What a client allows: told, given and taken back by the client, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import streamlit as st

from progress.model import Client, Session
from progress.model.consent import Channel, Consent, Purpose
from progress.ui import desk
from progress.ui.layout import day_words
from progress.views.catalogue import client as words

# Care needs no yes here: it is what the client comes for.
_ASKED = (Purpose.TEACHING, Purpose.MARKETING)


def show_consents(client: Client, sessions: Sequence[Session]) -> None:
    """Show what the client allows, with the way to take it back, and to allow more.

    Parameters
    ----------
    client : Client
    sessions : sequence of Session
        With photos, in order of time.
    """
    given = desk.consents(client)
    today = datetime.now(UTC).date()
    now = [consent for consent in given if consent.holds_on(today)]
    before = [consent for consent in given if consent not in now]
    if not now:
        st.write(words.NOTHING_ALLOWED)
    for consent in now:
        with st.container(border=True):
            st.markdown(_says(consent))
            if st.button(words.WITHDRAW, key=f"withdraw-{consent.id}"):
                desk.withdraw_consent(client, consent)
                st.session_state["told"] = words.WITHDRAWN
                st.rerun()
    if told := st.session_state.pop("told", ""):
        st.success(told)
    if sessions:
        with st.expander(words.ALLOW):
            _ask(client, sessions, today)
    if before:
        with st.expander(words.BEFORE):
            for consent in before:
                st.markdown(f"* {_says(consent)}")


def _ask(client: Client, sessions: Sequence[Session], today: date) -> None:
    """The question, with everything that is agreed to in full, and a yes by hand."""
    purpose = st.radio(words.FOR_WHAT, _ASKED, format_func=lambda one: words.PURPOSES[one.value])
    channel = st.radio(
        words.WHERE,
        [one for one in Channel if one is not Channel.CLINIC],
        format_func=lambda one: words.CHANNELS[one.value],
    )
    chosen = st.multiselect(
        words.WHICH_PICTURES,
        list(sessions),
        format_func=lambda session: words.PICTURES_OF.format(day_words(session.taken_on)),
    )
    ends = st.date_input(words.UNTIL, value=today + timedelta(days=365), min_value=today)
    text = words.AGREEMENT.format(
        purpose=words.PURPOSES[purpose.value],
        channel=words.CHANNELS[channel.value],
        days=", ".join(day_words(session.taken_on) for session in chosen) or "…",
        ends=day_words(ends) if ends else "…",
    )
    st.info(text)
    agreed = st.checkbox(words.I_AGREE)
    ready = agreed and bool(chosen) and ends is not None
    if st.button(words.GIVE, disabled=not ready, type="primary"):
        desk.give_consent(
            client,
            purpose=purpose,
            channel=channel,
            photo_ids=[photo.id for session in chosen for photo in session.photos],
            expires_on=ends,
            document=text.encode("utf-8"),
            text_version=words.AGREEMENT_VERSION,
        )
        st.session_state["told"] = words.GIVEN
        st.rerun()


def _says(consent: Consent) -> str:
    """One consent in a sentence."""
    said = words.ALLOWED.format(
        purpose=words.PURPOSES[consent.purpose.value],
        channel=words.CHANNELS[consent.channel.value],
        number=len(consent.photos),
        since=day_words(consent.granted_on),
    )
    if consent.withdrawn_at is not None:
        return f"{said} {words.TAKEN_BACK_ON.format(day_words(consent.withdrawn_at.date()))}"
    if consent.expires_on is not None:
        return f"{said} {words.ENDS_ON.format(day_words(consent.expires_on))}"
    return said
