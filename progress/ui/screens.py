"""Browsers in which somebody may look at pictures just now.

Streamlit serves pictures and downloads under addresses made of their content, to whoever knows one.
They cannot be guessed or listed, but they can be copied. So the server gives every browser a
cookie that no script can read, and `progress.ui.guard` hands out pictures only to browsers whose
cookie stands here: one where somebody is signed in, or a visitor of a sample record.
"""

from __future__ import annotations

import secrets
import threading
import time

COOKIE = "progress_screen"
_BYTES = 32
_MOST = 10_000
"""More than sit in any clinic; the longest unused one goes."""

_lock = threading.Lock()
_open_until: dict[str, float] = {}


def new_token() -> str:
    """Return a name for a browser that nobody can guess."""
    return secrets.token_urlsafe(_BYTES)


def keep_open(token: str | None, *, minutes: float) -> None:
    """Let a browser look at pictures for so long from now; None and empty names are nobody's."""
    if not token:
        return
    with _lock:
        _open_until[token] = time.monotonic() + minutes * 60
        while len(_open_until) > _MOST:
            del _open_until[min(_open_until, key=_open_until.__getitem__)]


def close(token: str | None) -> None:
    """Let a browser look at nothing any more."""
    if token:
        with _lock:
            _open_until.pop(token, None)


def is_open(token: str | None) -> bool:
    """Return whether somebody may look at pictures in this browser."""
    if not token:
        return False
    with _lock:
        until = _open_until.get(token)
        if until is not None and until < time.monotonic():
            del _open_until[token]
            return False
    return until is not None
