"""Buttons that write a report of a client's record, note that it left, and hand it over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from progress.exports.clinic_reports import MadeReport, hand_over_report, make_report
from progress.model import Client, ProgressError
from progress.ui import desk, open_record
from progress.ui.refusals import refusal_line
from progress.views.catalogue import reports as words
from progress.views.words import Audience

_MADE = "made_reports"
_KEPT = 4
"""Of a screen: the two of a pair and the two of its course."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """For whom, and what stands on the buttons."""

    audience: Audience
    make: str
    explains: str
    save: str


_REPORT = _Kind(Audience.PRACTITIONER, words.REPORT, words.REPORT_HELP, words.SAVE_REPORT)
_ONE_PAGE = _Kind(Audience.CLIENT, words.ONE_PAGE, words.ONE_PAGE_HELP, words.SAVE_ONE_PAGE)
_MY_PAGE = _Kind(Audience.CLIENT, words.MY_PAGE, words.MY_PAGE_HELP, words.SAVE_MY_PAGE)


@dataclass(frozen=True, slots=True)
class _Report:
    """A report that was noted and may be saved from this screen."""

    name: str
    data: bytes = field(repr=False)


def show_reports(client: Client, days: tuple[date, date] | None = None) -> None:
    """Show the buttons of the clinical report and of the client's page.

    Parameters
    ----------
    client : Client
    days : tuple of date, optional
        Of baseline and follow-up; the whole course without.
    """
    _show(client, days, (_REPORT, _ONE_PAGE))


def show_own_report(client: Client) -> None:
    """Show a client the button of the own page."""
    _show(client, None, (_MY_PAGE,))


def _show(client: Client, days: tuple[date, date] | None, kinds: Sequence[_Kind]) -> None:
    """Each button in a column; what goes wrong and how far it is stand below them."""
    inputs = desk.inputs(client, desk.sessions(client))
    for place, kind in zip(st.columns(2), kinds, strict=False):
        key = (open_record.asked().caller.login, client.id, kind.audience, days, inputs)
        made = st.session_state.setdefault(_MADE, {})
        slot = place.empty()
        if key not in made and _asks(slot, kind, client):
            try:
                made[key] = _written(client, days, kind.audience)
            except ProgressError as refusal:
                st.error(refusal_line(refusal), icon=":material/block:")
            while len(made) > _KEPT:
                made.pop(next(iter(made)))
        if key in made:
            _hand_over(slot, kind, made[key])


def _asks(slot: DeltaGenerator, kind: _Kind, client: Client) -> bool:
    return slot.button(
        kind.make,
        help=kind.explains,
        icon=":material/picture_as_pdf:",
        width="stretch",
        key=f"report-{client.id}-{kind.audience.name}",
    )


def _hand_over(slot: DeltaGenerator, kind: _Kind, report: _Report) -> None:
    slot.download_button(
        kind.save,
        report.data,
        report.name,
        "application/pdf",
        on_click="ignore",
        type="primary",
        icon=":material/download:",
        width="stretch",
    )


def _written(client: Client, days: tuple[date, date] | None, audience: Audience) -> _Report:
    """Written now under a progress bar, and noted."""
    clinic = open_record.asked()

    def work(step: open_record.Step) -> MadeReport:
        return make_report(clinic, client, days=days, audience=audience, step=step)

    made = open_record.worked(work, says=words.MAKING)
    export = hand_over_report(clinic, client, made, audience=audience)
    return _Report(export.files[0].name, made.content)
