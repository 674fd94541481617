"""Who sits at this screen: signing in and out, and being let out when nobody is there any more.

What is kept with the screen is a `Caller` that only `sign_in` makes; the pipeline looks it up again
at every question. Reloading the page begins anew, so it asks to sign in again.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import streamlit as st

from progress.model import NotAllowed
from progress.model.people import NOBODY, Caller, User
from progress.pipeline.clinic import Clinic
from progress.ui import screens, services
from progress.views.catalogue import doors as words

IDLE_VARIABLE = "PROGRESS_IDLE_MINUTES"
IDLE_MINUTES = 30
"""A consultation with photos takes less; a tablet left on a desk is closed by then."""

_LONGEST_IDLE_MINUTES = 8 * 60
_LOOK_EVERY_S = 20
_SIGNED_IN, _TOLD = "signed_in", "told_at_the_door"


@dataclass(slots=True)
class _SignedIn:
    """Who came in at this screen, as which version of the account, and when last moved."""

    caller: Caller
    version: int
    moved_at: float


def idle_minutes() -> float:
    """Return after how many minutes without a click somebody is signed out.

    ``$PROGRESS_IDLE_MINUTES``, up to a working day; anything else counts as not set.
    """
    try:
        wanted = float(os.environ.get(IDLE_VARIABLE, IDLE_MINUTES))
    except ValueError:
        return IDLE_MINUTES
    return wanted if 0 < wanted <= _LONGEST_IDLE_MINUTES else IDLE_MINUTES


def caller(record: Clinic) -> Caller:
    """Return who has signed in at this screen, a visitor of a sample record, or nobody."""
    signed_in = _signed_in()
    if signed_in is not None:
        return NOBODY if _is_idle(signed_in) else signed_in.caller
    return record.visitor() or NOBODY


def account(record: Clinic) -> User | None:
    """Return the account of whoever has signed in here; None for visitors and nobody."""
    return None if _signed_in() is None else record.for_caller(caller(record)).own_account()


def arrive(record: Clinic) -> None:
    """Count this run of a page as a sign of life, or sign out whoever may not stay.

    Out are those who were idle for too long, and whose account was closed or changed elsewhere
    since they came in: rights, or a password that was set anew.
    """
    signed_in = _signed_in()
    if signed_in is None:
        # Pictures of a sample record are everybody's; nobody else's are anybody's.
        if record.visitor() is not None:
            _open_screen()
        return
    if _is_idle(signed_in):
        sign_out(told=words.OUT_IDLE.format(round(idle_minutes())))
        # Else whoever comes by could go on with one click.
        services.leave()
        return
    try:
        version = record.for_caller(signed_in.caller).own_account().version
    except NotAllowed:
        version = None
    if version != signed_in.version:
        sign_out(told=words.OUT_CHANGED)
        return
    signed_in.moved_at = time.monotonic()
    _open_screen()


def sign_in(record: Clinic, login: str, password: str) -> None:
    """Let somebody in at this screen.

    Raises
    ------
    NotAllowed
        If login and password do not belong together, or have to wait.
    """
    _come_in(record, record.sign_in(login, password))


def come_in_vouched(record: Clinic, login: str) -> None:
    """Let somebody in whom another service vouches for; raises `NotAllowed` without an account."""
    _come_in(record, record.vouched_for(login))


def change_password(record: Clinic, old: str, new: str) -> None:
    """Give whoever has signed in another password; other screens of this account are left out.

    Raises
    ------
    NotAllowed
        If the old one is wrong.
    BadInput
        If the new one will not do.
    """
    who = caller(record)
    record.for_caller(who).change_own_password(old, new)
    _come_in(record, who)


def sign_out(*, told: str = "") -> None:
    """Forget who sat here and all that the pages remember of it; `told` is shown at the door."""
    st.session_state.clear()
    screens.close(st.context.cookies.get(screens.COOKIE))
    if told:
        st.session_state[_TOLD] = told


def told() -> str:
    """Return what is to be said at the door, once."""
    said = st.session_state.pop(_TOLD, "")
    return said if isinstance(said, str) else ""


@st.fragment(run_every=_LOOK_EVERY_S)
def watch() -> None:
    """Look by itself whether somebody is still there; clears the screen when not."""
    signed_in = _signed_in()
    if signed_in is not None and _is_idle(signed_in):
        st.rerun()


def _come_in(record: Clinic, who: Caller) -> None:
    version = record.for_caller(who).own_account().version
    st.session_state[_SIGNED_IN] = _SignedIn(who, version, time.monotonic())
    st.session_state.pop(_TOLD, None)


def _open_screen() -> None:
    """Let this browser fetch the pictures that the pages show."""
    screens.keep_open(st.context.cookies.get(screens.COOKIE), minutes=idle_minutes())


def _signed_in() -> _SignedIn | None:
    held = st.session_state.get(_SIGNED_IN)
    return held if isinstance(held, _SignedIn) else None


def _is_idle(signed_in: _SignedIn) -> bool:
    return time.monotonic() - signed_in.moved_at > idle_minutes() * 60
