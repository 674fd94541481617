"""What stands where a course will be, while it is measured or when it could not be."""

from __future__ import annotations

import streamlit as st

from progress.ui.layout import plain
from progress.ui.measuring import Task
from progress.views.catalogue import practitioner


def show_waiting(
    task: Task, *, says: str = practitioner.MEASURING, note: str = practitioner.MEASURING_NOTE
) -> None:
    """Show how far a course is, and draw the page anew by itself when it is there."""
    if task.failed:
        task.told = True
        failed = practitioner.NOT_MEASURED.format(plain(task.name), plain(task.failed))
        st.error(f"{failed}. {practitioner.NOT_MEASURED_ADVICE}")
        return
    _look_again(task, says.format(plain(task.name)), note)


@st.fragment(run_every=1)
def _look_again(task: Task, says: str, note: str) -> None:
    """The bar, once a second."""
    if not task.running:
        st.rerun()
    with st.container(border=True):
        st.progress(task.done, text=f"{says} {plain(task.says)}".strip())
        st.caption(note)
