"""The open record that the pages ask, and a shelf of finished answers.

Answers are kept by what went in (photo digests, treatments, version), never by pixels. The shelf is
shared by everybody who uses this app, so a right is checked before anything on it is looked at. One
piece of work is done at a time: the face finder is not made for two threads, and two comparisons at
once would only make both late.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any, TypeVar, cast

import streamlit as st

from progress.pipeline.clinic import Clinic
from progress.ui import doors

HOME_VARIABLE = "PROGRESS_HOME"
DATABASE_VARIABLE = "PROGRESS_DATABASE_URL"

_KEPT = 24

Answer = TypeVar("Answer")
Step = Callable[[str, float], None]


@dataclass(slots=True)
class _Shelf:
    """The last answers, oldest dropped first."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    answers: OrderedDict[tuple[Any, ...], Any] = field(default_factory=OrderedDict)


def open_clinic() -> Clinic:
    """Open the record that the environment names, or the default home."""
    home = os.environ.get(HOME_VARIABLE)
    url = os.environ.get(DATABASE_VARIABLE)
    return Clinic.open(Path(home) if home else None, url or None)


@st.cache_resource(show_spinner=False)
def _clinic(home: str | None, url: str | None) -> Clinic:
    """One open record per home and database."""
    return open_clinic()


@st.cache_resource(show_spinner=False)
def _shelf(home: str | None, url: str | None) -> _Shelf:
    """One shelf per home and database."""
    return _Shelf()


def where() -> tuple[str | None, str | None]:
    """Return the home and database that the environment names."""
    return os.environ.get(HOME_VARIABLE), os.environ.get(DATABASE_VARIABLE)


def record() -> Clinic:
    """Return the open record, asked in nobody's name."""
    return _clinic(*where())


def asked() -> Clinic:
    """Return the record, asked in the name of whoever sits at this screen."""
    opened = record()
    return opened.for_caller(doors.caller(opened))


def worked(work: Callable[[Step], Answer], *, says: str) -> Answer:
    """Return what work done now under a progress bar answers; nothing is kept here."""
    bar = st.progress(0.0, text=says)
    try:
        with _shelf(*where()).lock:
            return work(lambda label, done: _tell(bar, label, done))
    finally:
        bar.empty()


def kept(key: tuple[Any, ...], work: Callable[[Step], Answer], *, says: str) -> Answer:
    """The answer under `key`, or the work done now under a progress bar."""
    shelf = _shelf(*where())
    key = (*key, version())

    def once(step: Step) -> Answer:
        if key not in shelf.answers:  # else somebody had asked for the same and was first
            shelf.answers[key] = work(step)
            while len(shelf.answers) > _KEPT:
                shelf.answers.popitem(last=False)
        return cast("Answer", shelf.answers[key])

    if key in shelf.answers:
        return cast("Answer", shelf.answers[key])
    return worked(once, says=says)


def _tell(bar: Any, label: str, done: float) -> None:
    bar.progress(min(1.0, max(0.0, done)), text=label)


def version() -> str:
    """Return the version of this installation."""
    return installed_version("skin-progress")
