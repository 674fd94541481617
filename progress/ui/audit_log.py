"""Who did what, and whether the record is whole, on the page of administrators."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from progress.model.people import OPERATOR, User
from progress.pipeline.access import Action
from progress.pipeline.clinic import Clinic
from progress.pipeline.keeping import verify_record
from progress.pipeline.use_case import VISITOR
from progress.ui.layout import plain
from progress.views.catalogue import admin as words

_LINES = 200
"""More than a screen; whoever looks for one line narrows the list down."""

_COMPLAINTS = 5


def show_audit(clinic: Clinic, users: Sequence[User], names: dict[str, str]) -> None:
    """Show the newest lines that fit, and check all of them when asked to.

    Parameters
    ----------
    clinic : Clinic
        Asked in the administrator's name.
    users : sequence of User
    names : dict of str to str
        Pseudonyms by id of the client.
    """
    by, about, what = st.columns(3)
    logins = [*(user.login for user in users), OPERATOR.login, VISITOR.login]
    login = by.selectbox(
        words.BY, ["", *logins], format_func=lambda key: key or words.ANYBODY, key="audit-by"
    )
    client_id = about.selectbox(
        words.ABOUT,
        ["", *names],
        format_func=lambda key: names.get(key, words.ANY_CLIENT),
        key="audit-about",
    )
    done = [action.value for action in Action]
    action = what.selectbox(
        words.WHAT,
        ["", *done, *(f"refused: {name}" for name in done)],
        format_func=lambda key: key or words.ANYTHING,
        key="audit-what",
    )
    lines = clinic.audit(
        login=login or None, client_id=client_id or None, action=action or None, limit=_LINES
    )
    if not lines:
        st.info(words.NO_LINES)
    else:
        st.dataframe(
            [
                {
                    words.NUMBER: line.number,
                    words.TIME: line.at.isoformat(" ", "seconds"),
                    words.BY: line.login,
                    words.WHAT: line.action,
                    words.ABOUT: names.get(line.client_id, words.ERASED) if line.client_id else "",
                    words.DETAIL: line.detail,
                }
                for line in lines
            ],
            hide_index=True,
            width="stretch",
        )
        st.caption(words.LINES_SHOWN.format(len(lines)))
    if st.button(words.VERIFY):
        seen = clinic.verify_audit()
        if seen.ok:
            st.success(words.WHOLE.format(seen.lines))
        else:
            _wrong(words.NOT_WHOLE, list(seen.complaints))
        st.caption(words.HEAD.format(seen.head))


def show_record(clinic: Clinic, *, n_clients: int, n_accounts: int) -> None:
    """Show how much there is, and check every row, photo and line when asked to."""
    st.write(words.COUNTS.format(n_clients, n_accounts))
    st.caption(words.CHECK_NOTE)
    if st.button(words.CHECK_RECORD):
        bar = st.progress(0.0)
        found = verify_record(clinic, lambda label, done: _tell(bar, label, done))
        bar.empty()
        if found.ok:
            st.success(words.RECORD_WHOLE.format(found.integrity.n_photos, found.audit.lines))
        else:
            told = {
                words.MISSING: found.integrity.missing,
                words.DAMAGED: found.integrity.damaged,
                words.ORPHANS: found.integrity.orphans,
                words.PLAIN: found.integrity.plain,
                words.DATABASE: found.integrity.database,
                words.LOG: found.audit.complaints,
            }
            _wrong(
                words.RECORD_NOT_WHOLE,
                [
                    f"{len(lines)} {label}: {', '.join(lines[:_COMPLAINTS])}"
                    for label, lines in told.items()
                    if lines
                ],
            )
    st.caption(words.BACKUP_NOTE)


def _wrong(title: str, lines: list[str]) -> None:
    st.error("\n".join([f"{title}:", "", *(f"* {plain(line)}" for line in lines)]))


def _tell(bar: DeltaGenerator, label: str, done: float) -> None:
    bar.progress(min(1.0, max(0.0, done)), text=label)
