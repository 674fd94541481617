"""Signing in through another service (OIDC), where this installation names one.

The service says who somebody is; what they may do stays with the accounts here. Streamlit talks to
the service: its secrets file holds a section ``auth``, and the package ``authlib`` is installed.
"""

from __future__ import annotations

import importlib.util

import streamlit as st

CLAIM = "email"
"""What a login here must equal."""


def is_offered() -> bool:
    """Return whether this installation names a service and can talk to it."""
    if importlib.util.find_spec("authlib") is None:
        return False
    # Asking for a section of a file that is not there would be an error on the page.
    return bool(st.secrets.load_if_toml_exists()) and "auth" in st.secrets


def vouched_login() -> str | None:
    """Return the login under which the service has let in whoever sits here; None for nobody.

    An address that the service has not verified counts for nothing: anybody could have typed it.
    """
    if not is_offered() or not st.user.is_logged_in:
        return None
    told = st.user.to_dict()
    if told.get("email_verified") is not True:
        return None
    login = told.get(CLAIM)
    return login if isinstance(login, str) and login else None


def ask() -> None:
    """Send this browser to the service."""
    st.login()


def leave() -> None:
    """Forget what the service said of whoever sits here, if it did."""
    if is_offered() and st.user.is_logged_in:
        st.logout()
