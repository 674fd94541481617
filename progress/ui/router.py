"""Which pages there are; and one place where a user's mistake becomes one clear line."""

from __future__ import annotations

import base64
import functools
import io
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image
from streamlit.navigation.page import Page

from progress.model import ProgressError
from progress.model.people import Caller, Role
from progress.pipeline.use_case import VISITOR
from progress.ui import desk, doors, open_record
from progress.ui.ending import PageEnds
from progress.ui.frame import page_style
from progress.views.catalogue import doors as words
from progress.views.words import NOT_MEDICAL_ADVICE, SIMULATED_NOTICE

_TIGHT = """<style>
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem; padding-bottom: 2rem; }
</style>"""
_LOG = logging.getLogger(__name__)
_PAGES = Path(__file__).parent / "pages"

_DOORS = ("first_run", "sign_in", "password")
"""Whose page of beginning this is stands at the door and may not ask for anything yet."""

_CLINIC_S = ("today", "course", "pair", "add", "publish")
_OF_ROLE = {
    Role.ADMIN: (*_CLINIC_S, "bring", "admin"),
    Role.PRACTITIONER: (*_CLINIC_S, "bring"),
    Role.CLIENT: ("mine",),
    Role.MARKETING: ("publish", "cleared"),
}


@functools.cache
def _icon() -> str:
    """A disc, dark on the left and light on the right: before and after.

    Written out in the page: Streamlit would hand it out like a photo, to nobody at the door.
    """
    y, x = np.mgrid[0:32, 0:32] - 15.5
    colours = np.where((x < 0)[..., None], (176, 112, 88), (232, 190, 168))
    disc = (np.hypot(x, y) < 15) & (np.abs(x) > 1)
    held = io.BytesIO()
    Image.fromarray(np.dstack([colours, np.where(disc, 255, 0)]).astype(np.uint8)).save(held, "PNG")
    return f"data:image/png;base64,{base64.b64encode(held.getvalue()).decode('ascii')}"


def _pages(role: Role | None) -> list[st.Page]:
    """What somebody can use; hiding the rest protects nothing, the pipeline asks again."""
    if role is Role.CLIENT:
        names = [("mine", "Your progress")]
    elif role is Role.MARKETING:
        names = [("cleared", "Cleared pictures")]
    else:
        names = [
            ("today", "Today"),
            ("course", "Client"),
            ("pair", "Compare"),
            ("add", "New session"),
            ("about", "Limits"),
        ]
    return [
        st.Page(_PAGES / f"{name}.py", title=title, default=number == 0)
        for number, (name, title) in enumerate(names)
    ]


def pages_of(caller: Caller, *, first_run: bool, must_change: bool) -> tuple[str, ...]:
    """Return the pages of a person by file name, the one to begin with first.

    This hides what somebody cannot use; the pipeline refuses it anyway.

    Parameters
    ----------
    caller : Caller
    first_run : bool
        Whether nobody has an account yet.
    must_change : bool
        Whether the password was set by somebody else.
    """
    if caller.role is None:
        return ("first_run",) if first_run else ("sign_in",)
    if must_change:
        return ("password", "sign_out")
    if caller == VISITOR:  # nothing real may come into a record that is open to everybody
        return (*_CLINIC_S, "about", "first_run")
    return (*_OF_ROLE[caller.role], "about", "password", "sign_out")


def run() -> None:
    """Draw the chosen page of whoever sits here."""
    # A picture of our own: a page icon named by emoji or symbol is fetched from a foreign server.
    st.set_page_config(page_title="progress", page_icon=_icon(), layout="wide")
    st.html(_TIGHT)
    st.html(page_style())
    try:
        # While a record cannot be opened nobody can be asked; the one page there is says why.
        names: tuple[str, ...] = ("about",)
        try:
            names = _arrived()
        finally:
            page = _navigation(names)
        if names[0] not in _DOORS and desk.holds_simulated():
            st.badge(f"SAMPLE DATA. {SIMULATED_NOTICE}", color="orange")
        page.run()
    except PageEnds:
        pass
    except ProgressError as mistake:
        st.error(f"{mistake.message}. {mistake.advice[:1].upper()}{mistake.advice[1:]}")
    except Exception:  # noqa: BLE001 - the last door: Streamlit's own box offers to search the web
        _LOG.exception("a page failed")
        st.error(
            "This page failed, and it is not your mistake. What was saved stays whole. "
            "The reason stands in the log of the server."
        )
    finally:  # also when a page stops early
        st.caption(NOT_MEDICAL_ADVICE)


def _arrived() -> tuple[str, ...]:
    """The pages of whoever sits here; idle people are let out."""
    record = open_record.record()
    doors.arrive(record)
    caller = doors.caller(record)
    account = doors.account(record)
    if account is not None:
        doors.watch()
    return pages_of(
        caller,
        first_run=caller.role is None and record.is_empty_of_users(),
        must_change=account is not None and account.must_change_password,
    )


def _navigation(names: Sequence[str]) -> Page:
    """The chosen one of these pages, of those that are there."""
    there = [name for name in names if (_PAGES / f"{name}.py").is_file()]
    pages = [
        st.Page(_PAGES / f"{name}.py", title=words.PAGE_NAMES[name], default=name == there[0])
        for name in there
    ]
    return st.navigation(pages, position="top" if len(pages) > 1 else "hidden")
