"""What a client allows: told, given and taken back, by the client or by whoever is asked to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

import streamlit as st

from progress.model import Client, Session
from progress.model.consent import Consent
from progress.model.exports import ExportRecord, Receipt
from progress.ui import desk
from progress.ui.consent_form import ask_consent
from progress.ui.layout import day_words, plain
from progress.views.catalogue import consent as words
from progress.views.letters import receipt_page, receipt_sections

_SUFFIXES = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "text/html": "html"}


def show_consents(
    client: Client, sessions: Sequence[Session], voice: words.ConsentVoice = words.FOR_CLIENT
) -> None:
    """Show what the client allows, with the way to take it back, and to allow more.

    Parameters
    ----------
    client : Client
    sessions : sequence of Session
        With photos, in order of time.
    voice : ConsentVoice
        The client's, or that of whoever records it.
    """
    given = desk.consents(client)
    today = datetime.now(UTC).date()
    standing = [one for one in given if one.withdrawn_at is None and not _is_over(one, today)]
    before = [consent for consent in given if consent not in standing]
    if not standing:
        st.write(voice.nothing_allowed)
    for consent in standing:
        with st.container(border=True):
            st.markdown(_says(consent, voice, today))
            _take_back(client, consent, sessions, voice)
    if told := st.session_state.pop("told_consent", ""):
        st.success(told)
    receipt = st.session_state.get("receipt")
    if receipt is not None and receipt.client_id == client.id:
        _show_receipt(receipt, given)
    if sessions:
        # Tracked, or a page whose upper part grows while it measures would close it under the hand;
        # closed again when something was given.
        turn = st.session_state.get("consents_given", 0)
        with st.expander(voice.allow, key=f"allow-{client.id}-{turn}", on_change="rerun"):
            if ask_consent(client, sessions, voice, today):
                st.session_state.pop("receipt", None)
                st.session_state["told_consent"] = voice.given
                st.rerun()
    if before:
        with st.expander(voice.before, key=f"before-{client.id}", on_change="rerun"):
            for consent in before:
                st.markdown(f"* {_says(consent, voice, today)}")


def show_exports(client: Client) -> None:
    """Show what left of a client, with the way to note that it is down again."""
    st.subheader(words.EXPORTS)
    left = desk.exports(client)
    given = {consent.id: consent for consent in desk.consents(client)}
    if not left:
        st.write(words.NO_EXPORTS)
    for export in left:
        with st.container(border=True):
            st.write(plain(_left(export)))
            st.caption(plain(_under(export, given)))
            for file in export.files:
                st.code(f"{file.place}\n{file.sha256}", language=None, wrap_lines=True)
            if export.taken_down_at is not None:
                st.caption(words.DOWN_ALREADY.format(day_words(export.taken_down_at.date())))
            elif st.button(words.NOTE_DOWN, key=f"down-{export.id}"):
                desk.note_taken_down(client, export)
                st.session_state["told_consent"] = words.NOTED_DOWN
                st.rerun()


def _take_back(
    client: Client, consent: Consent, sessions: Sequence[Session], voice: words.ConsentVoice
) -> None:
    """The ways back: all of it by one click, or single visits; and what was signed."""
    all_of_it, some, signed = st.columns(3)
    if all_of_it.button(voice.withdraw, key=f"withdraw-{consent.id}", width="stretch"):
        _taken_back(desk.withdraw_consent(client, consent), voice)
    covered = [one for one in sessions if any(consent.covers(p.sha256) for p in one.photos)]
    if len(covered) > 1:
        with some.popover(words.BACK_SOME, width="stretch"):
            chosen = st.multiselect(
                words.BACK_WHICH,
                covered,
                format_func=lambda one: words.PICTURES_OF.format(day_words(one.taken_on)),
                key=f"some-{consent.id}",
            )
            ready = bool(chosen)
            if st.button(voice.withdraw, key=f"back-{consent.id}", disabled=not ready):
                photos = {photo.sha256 for session in chosen for photo in session.photos}
                _taken_back(desk.withdraw_consent(client, consent, photos=photos), voice)
    with signed.popover(words.SHOW_DOCUMENT, width="stretch"):
        # Opened only when somebody asks: it is sealed, and may be large.
        if st.toggle(words.SHOW_DOCUMENT, key=f"document-{consent.id}"):
            document = desk.consent_document(client, consent)
            if document is None:
                st.write(words.NO_DOCUMENT)
            else:
                st.download_button(
                    words.SAVE_DOCUMENT,
                    document.data,
                    f"consent.{_SUFFIXES.get(document.media_type, 'txt')}",
                    document.media_type,
                    key=f"save-{consent.id}",
                )


def _taken_back(receipt: Receipt, voice: words.ConsentVoice) -> None:
    st.session_state["receipt"] = receipt
    st.session_state["told_consent"] = voice.withdrawn
    st.rerun()


def _show_receipt(receipt: Receipt, given: Sequence[Consent]) -> None:
    """The receipt in plain words, to read and to keep."""
    with st.container(border=True):
        st.subheader(words.RECEIPT)
        for section in receipt_sections(receipt, given, day=day_words):
            if section.heading:
                st.markdown(f"**{section.heading}**")
            for line in section.lines:
                st.write(plain(line))
            st.markdown("\n".join(f"* {plain(row)}" for row in section.rows))
        st.download_button(
            words.SAVE_RECEIPT,
            receipt_page(receipt, given, day=day_words).encode(),
            f"receipt-{receipt.withdrawn_at:%Y-%m-%d}.html",
            "text/html",
        )


def _left(export: ExportRecord) -> str:
    return words.DOWN_LINE.format(
        kind=export.kind,
        channel=words.CHANNELS.get(export.channel, export.channel),
        day=day_words(export.made_at.date()),
        by=export.made_by,
    )


def _under(export: ExportRecord, given: Mapping[str, Consent]) -> str:
    """Which consents it rested on, by the day they were given and whether they still hold."""
    if not export.consents:
        return words.UNDER_CARE
    days = [
        day_words(one.granted_on) + (words.SINCE_WITHDRAWN if _is_taken_back(one, export) else "")
        for one in (given[key] for key in export.consents if key in given)
    ]
    return words.UNDER_CONSENT.format(", ".join(days))


def _is_taken_back(consent: Consent, export: ExportRecord) -> bool:
    """Whether the client took back the consent, or pictures that this export shows."""
    return consent.withdrawn_at is not None or bool(
        set(export.photos) & set(consent.withdrawn_photos)
    )


def _is_over(consent: Consent, today: date) -> bool:
    """Whether it has run out; one that is still to begin is not, and can be taken back."""
    return consent.expires_on is not None and today > consent.expires_on


def _says(consent: Consent, voice: words.ConsentVoice, today: date) -> str:
    """One consent in a few sentences."""
    said = [
        voice.allowed.format(
            purpose=words.PURPOSES[consent.purpose.value],
            channel=words.CHANNELS[consent.channel.value],
            number=len(consent.photos),
            since=day_words(consent.granted_on),
        )
    ]
    if consent.withdrawn_photos:
        said.append(voice.some_taken_back.format(len(consent.withdrawn_photos)))
    if consent.withdrawn_at is not None:
        said.append(voice.taken_back_on.format(day_words(consent.withdrawn_at.date())))
    elif today < consent.granted_on:
        said.append(voice.begins_on.format(day_words(consent.granted_on)))
    if consent.withdrawn_at is None and consent.expires_on is not None:
        said.append(voice.ends_on.format(day_words(consent.expires_on)))
    return " ".join(said)
