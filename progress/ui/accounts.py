"""Accounts on the page of administrators: a list, a new one, and changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from progress.model import ProgressError
from progress.model.people import Role, User
from progress.pipeline.clinic import Clinic
from progress.pipeline.passwords import MIN_LENGTH
from progress.ui.layout import plain
from progress.ui.refusals import refusal_line
from progress.views.catalogue import admin as words

_TOLD = "told_of_accounts"


def show_accounts(clinic: Clinic, users: Sequence[User], names: dict[str, str]) -> None:
    """Show every account, a form for a new one, and what can be changed.

    Parameters
    ----------
    clinic : Clinic
        Asked in the administrator's name.
    users : sequence of User
    names : dict of str to str
        Pseudonyms by id of the client.
    """
    if told := st.session_state.pop(_TOLD, ""):
        st.success(plain(told))
    st.table(
        [
            {
                words.LOGIN: plain(user.login),
                words.ROLE: words.ROLES[user.role.value],
                words.WHOSE: plain(names.get(user.client_id or "", "")),
                words.STATE: _state(user),
            }
            for user in users
        ],
        hide_index=True,
    )
    left, right = st.columns(2)
    with left:
        _show_new(clinic, names)
    if users:
        with right:
            _show_changes(clinic, users, names)


def _show_new(clinic: Clinic, names: dict[str, str]) -> None:
    st.subheader(words.ADD_TITLE)
    # Outside of a form, so that the choice of a client appears with the role.
    login = st.text_input(words.LOGIN, max_chars=100, autocomplete="off", key="new-login")
    role = Role(
        st.selectbox(
            words.ROLE,
            [role.value for role in Role],
            index=1,
            format_func=lambda key: words.ROLES[key],
            help=words.ROLE_HELP,
            key="new-role",
        )
    )
    client_id = _whose(role, names, key="new-whose")
    password = st.text_input(
        words.FIRST_PASSWORD,
        type="password",
        max_chars=200,
        autocomplete="new-password",
        help=words.FIRST_HELP.format(MIN_LENGTH),
        key="new-password",
    )
    if st.button(words.ADD, type="primary", disabled=not (login and password)):
        _done(
            lambda: clinic.add_user(login, role, password, client_id),
            words.ADDED.format(login.strip()),
            forget=("new-login", "new-password"),
        )


def _show_changes(clinic: Clinic, users: Sequence[User], names: dict[str, str]) -> None:
    st.subheader(words.CHANGE_TITLE)
    by_login = {user.login: user for user in users}
    login = st.selectbox(words.ACCOUNT, list(by_login), key="changed-login")
    user = by_login[login]
    password = st.text_input(
        words.NEW_PASSWORD,
        type="password",
        max_chars=200,
        autocomplete="new-password",
        help=words.FIRST_HELP.format(MIN_LENGTH),
        key="changed-password",
    )
    if st.button(words.RESET, disabled=not password):
        _done(
            lambda: clinic.reset_password(login, password),
            words.RESET_DONE.format(login),
            forget=("changed-password",),
        )
    role = Role(
        st.selectbox(
            words.NEW_ROLE,
            [role.value for role in Role],
            index=list(Role).index(user.role),
            format_func=lambda key: words.ROLES[key],
            key=f"role-{login}",
        )
    )
    client_id = _whose(role, names, key="changed-whose")
    is_other = (role, client_id) != (user.role, user.client_id)
    if st.button(words.SET_ROLE, disabled=not is_other):
        _done(
            lambda: clinic.change_role(login, role, client_id),
            words.ROLE_SET.format(login, words.ROLES[role.value]),
        )
    if user.active and st.button(words.CLOSE):
        _done(lambda: clinic.deactivate(login), words.CLOSED.format(login))
    if not user.active and st.button(words.OPEN_AGAIN):
        _done(lambda: clinic.activate(login), words.OPENED.format(login))


def _whose(role: Role, names: dict[str, str], *, key: str) -> str | None:
    """Whose record an account of the role client may see."""
    if role is not Role.CLIENT:
        return None
    if not names:
        st.caption(words.NO_CLIENT_YET)
        return None
    return st.selectbox(words.WHOSE, list(names), format_func=lambda key: names[key], key=key)


def _done(work: Callable[[], User], told: str, *, forget: Sequence[str] = ()) -> None:
    """Do it, say so and draw the page anew, or say why not."""
    try:
        work()
    except ProgressError as refusal:
        st.error(refusal_line(refusal))
        return
    for key in forget:
        st.session_state.pop(key, None)
    st.session_state[_TOLD] = told
    st.rerun()


def _state(user: User) -> str:
    if not user.active:
        return words.INACTIVE
    return words.MUST_CHANGE if user.must_change_password else words.ACTIVE
