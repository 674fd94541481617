"""The question what a client allows, with everything that is agreed to in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from progress.model import Client, Session
from progress.model.consent import Channel, Purpose
from progress.ui import desk
from progress.ui.layout import day_words, plain
from progress.ui.signature import ask_signature
from progress.views.catalogue import consent as words
from progress.views.consent_words import SHOWN_PARTS, Agreement, agreement_text
from progress.views.labels import region_phrase

# Care needs no yes here: it is what the client comes for.
_ASKED = (Purpose.TEACHING, Purpose.RESEARCH, Purpose.MARKETING)
_CHANNELS = (Channel.CLINIC, Channel.WEBSITE, Channel.SOCIAL_MEDIA, Channel.PRINT)
_YEAR = timedelta(days=365)


def ask_consent(
    client: Client, sessions: Sequence[Session], voice: words.ConsentVoice, today: date
) -> bool:
    """Ask for a yes, keep it, and return whether one was just given.

    Parameters
    ----------
    client : Client
    sessions : sequence of Session
        With photos.
    voice : ConsentVoice
    today : date
    """
    # Widgets of the next consent begin empty: nobody agrees to a second one by the first click.
    key = f"{client.id}-{st.session_state.get('consents_given', 0)}"
    asked = _agreement(sessions, voice, today, key)
    text = agreement_text(asked, day=day_words)
    st.info("\n\n".join(plain(line) for line in text.splitlines()))
    agreed = st.checkbox(voice.agree, key=f"agree-{key}")
    signed = ask_signature(text, asked.purpose, today, key=key)
    ready = agreed and signed is not None and bool(asked.sessions) and asked.ends is not None
    if not st.button(voice.give, disabled=not ready, type="primary", key=f"give-{key}"):
        return False
    assert signed is not None  # noqa: S101 - the button is disabled without
    desk.give_consent(
        client,
        asked,
        document=signed.document,
        media_type=signed.media_type,
        text_version=signed.text_version,
    )
    st.session_state["consents_given"] = st.session_state.get("consents_given", 0) + 1
    return True


def _agreement(
    sessions: Sequence[Session], voice: words.ConsentVoice, today: date, key: str
) -> Agreement:
    """What is asked for, question by question; the least is chosen before."""
    purpose = st.radio(
        words.FOR_WHAT,
        _ASKED,
        format_func=lambda one: words.PURPOSES[one.value],
        key=f"purpose-{key}",
    )
    channel = st.radio(
        words.WHERE,
        _CHANNELS,
        format_func=lambda one: words.CHANNELS[one.value],
        key=f"channel-{key}",
    )
    chosen = st.multiselect(
        words.WHICH_PICTURES,
        list(sessions),
        format_func=lambda session: words.PICTURES_OF.format(day_words(session.taken_on)),
        key=f"visits-{key}",
    )
    region = st.selectbox(
        words.WHICH_PART,
        ["", *SHOWN_PARTS],
        format_func=lambda name: region_phrase(name) if name else words.WHOLE_PICTURE,
        key=f"part-{key}",
    )
    with_face = st.checkbox(voice.known, help=voice.known_help, key=f"face-{key}")
    originals = st.checkbox(voice.originals, key=f"originals-{key}")
    country = st.selectbox(
        words.WHICH_COUNTRY,
        ["", *words.COUNTRIES],
        format_func=lambda code: words.COUNTRIES.get(code, words.ANY_COUNTRY),
        key=f"country-{key}",
    )
    ends = st.date_input(words.UNTIL, value=today + _YEAR, min_value=today, key=f"until-{key}")
    return Agreement(
        purpose,
        channel,
        tuple(sorted(chosen, key=lambda session: session.taken_on)),
        today,
        ends,
        region=region,
        with_face=with_face,
        with_originals=originals,
        jurisdiction=country,
    )
