"""Pieces that several pages show alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from progress.model import Change, Client, JudgedPhoto, PairCheck, Session, Verdict
from progress.ui import desk, guided_upload
from progress.views.catalogue import practitioner as words
from progress.views.catalogue.formats import formats_of
from progress.views.check_words import check_label, flattery
from progress.views.labels import (
    VERDICT_LABELS,
    change_unit,
    counted,
    day_label,
    metric_label,
    quantity,
    question_label,
    reason_words,
    region_label,
    signed_change,
)
from progress.views.listing import Listing
from progress.views.next_step import Due, NextStep
from progress.views.refusal_words import Refusal

_CHOSEN = "chosen_client"
_PAGES = Path(__file__).parent / "pages"
_NEXT = {
    Due.FIRST_PHOTOS: words.NEXT_FIRST_PHOTOS,
    Due.HEALING: words.NEXT_HEALING,
    Due.WAITING: words.NEXT_WAITING,
    Due.FOLLOW_UP: words.NEXT_FOLLOW_UP,
    Due.NOTHING: words.NEXT_NOTHING,
}
_ICONS = {
    Verdict.IMPROVED: ":material/check_circle:",
    Verdict.WORSE: ":material/error:",
    Verdict.WITHIN_NOISE: ":material/drag_handle:",
    Verdict.DESCRIBED: ":material/info:",
    Verdict.NOT_COMPARABLE: ":material/block:",
}


def choose_client(place: DeltaGenerator | None = None) -> Client | None:
    """Show the chooser and return the client, the same one on every page; None without any.

    It stands in `place`, or where the page has come to.
    """
    clients = desk.clients()
    if not clients:
        st.info(words.NO_CLIENT, icon=":material/person_add:")
        return None
    by_id = {client.id: client for client in clients}
    ids = list(by_id)
    before = st.session_state.get(_CHOSEN)
    where = st.container() if place is None else place
    chosen = where.selectbox(
        words.CLIENT,
        ids,
        index=ids.index(before) if before in ids else 0,
        format_func=lambda key: by_id[key].pseudonym,
    )
    st.session_state[_CHOSEN] = chosen
    client = by_id[chosen]
    if client.simulated:
        # Below the row and not in it, where it would push the chooser off its neighbours' line.
        st.badge(words.SIMULATED, icon=":material/smart_toy:", color="orange")
    return client


def chosen_id() -> str | None:
    """Return the id of the client chosen on any page, or None."""
    chosen = st.session_state.get(_CHOSEN)
    return chosen if isinstance(chosen, str) else None


def remember_client(client: Client) -> None:
    """Make this client the chosen one on every page."""
    st.session_state[_CHOSEN] = client.id


def open_page(name: str, client: Client | None = None) -> None:
    """Go to the page of this file name, on this client where one is given."""
    if client is not None:
        remember_client(client)
    st.switch_page(_PAGES / f"{name}.py")


def day_words(day: date) -> str:
    """Return a day as the reader's own browser writes it."""
    return formats_of(st.context.locale).day(day)


def next_words(step: NextStep, by_due: dict[Due, str] | None = None) -> str:
    """Return what comes next in words, the practitioner's unless others are given."""
    return (by_due or _NEXT)[step.due].format(day_words(step.day) if step.day else "")


def session_label(session: Session) -> str:
    """Return the day of a session and how many photos it holds."""
    return f"{day_label(session.taken_on)} ({counted(len(session.photos), 'photo')})"


def verdict_cards(verdicts: Iterable[Verdict]) -> None:
    """Show how often each verdict was given, none left out."""
    given = list(verdicts)
    columns = st.columns(len(VERDICT_LABELS))
    for column, (verdict, label) in zip(columns, VERDICT_LABELS.items(), strict=True):
        column.metric(f"{_ICONS[verdict]} {label}", given.count(verdict))


def show_refusal(refusal: Refusal) -> None:
    """Show why there is no figure at all, and what to do about it."""
    st.warning(
        "\n".join(f"* {plain(reason)}" for reason in refusal.reasons), icon=":material/block:"
    )
    if refusal.advice:
        st.markdown(f"**{words.WHAT_TO_DO}**")
        st.markdown("\n".join(f"* {plain(line)}" for line in refusal.advice))


def show_listing(listing: Listing) -> None:
    """Show a small table with what it is and what could not be told."""
    st.subheader(listing.title)
    st.caption(plain(listing.caption))
    if listing.rows:
        st.table(
            [dict(zip(listing.headings, map(plain, row), strict=True)) for row in listing.rows],
            hide_index=True,
        )
    for note in listing.notes:
        st.caption(plain(note))


def change_table(changes: Sequence[Change]) -> None:
    """Show every change with its error, what could be detected, verdict and reason."""
    st.table(
        [
            {
                words.METRIC: metric_label(change.metric),
                words.REGION: region_label(change.region),
                words.CHANGE: signed_change(change),
                words.DETECTABLE: _detectable(change),
                words.VERDICT: VERDICT_LABELS[change.verdict],
                words.SOURCE: plain(
                    reason_words(change.reason) if change.reason else change.noise_source
                ),
            }
            for change in changes
        ],
        hide_index=True,
    )


def check_table(checks: Sequence[PairCheck]) -> None:
    """Show the certificate of a pair: each check with its limit and whom it flatters."""
    st.table(
        [
            {
                words.CHECK: check_label(check.check),
                words.ANSWER: _answer(passed=check.passed),
                words.DIFFERENCE: _figure(check.difference, check.unit),
                words.LIMIT: _figure(check.limit, check.unit),
                words.FLATTERS: plain("; ".join(flattery(check))) or words.NEITHER,
                words.WHAT_TO_DO: plain(check.advice),
            }
            for check in checks
        ],
        hide_index=True,
    )


def gate_table(photo: JudgedPhoto) -> None:
    """Show the gates of one photo, failures first, with advice."""
    gates = sorted(photo.quality.gates, key=lambda gate: gate.passed)
    st.table(
        [
            {
                words.GATE: question_label(gate.gate),
                words.ANSWER: _answer(passed=gate.passed),
                words.VALUE: _figure(gate.value, gate.unit),
                words.LIMIT: _figure(gate.limit, gate.unit),
                words.WHAT_TO_DO: plain(gate.advice),
            }
            for gate in gates
        ],
        hide_index=True,
    )


def show_guidance(guided: guided_upload.GuidedUpload) -> None:
    """Show whether a photo can be kept, and what to do if not; the photo is never refused."""
    text = "\n\n".join(plain(line) for line in guided.lines)
    if guided.ready:
        st.success(text, icon=":material/check_circle:")
    else:
        st.warning(text, icon=":material/photo_camera:")


def plain(text: str) -> str:
    """Return text with Markdown's signs made harmless: names of files and clients are not ours."""
    for sign in "\\`*_{}[]<>#|$~:":
        text = text.replace(sign, f"\\{sign}")
    return text


def _answer(*, passed: bool) -> str:
    if passed:
        return f":material/check: {words.PASSED}"
    return f":material/close: **{words.FAILED}**"


def _figure(value: float | None, unit: str) -> str:
    return "—" if value is None else quantity(value, unit)


def _detectable(change: Change) -> str:
    noise = change.smallest_detectable_change
    if noise is None:
        return "—"
    return quantity(noise, change_unit(change.unit), error=change.standard_error)
