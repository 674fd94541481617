"""Passwords: what is good enough, and how one is kept so that nobody can read it back."""

from __future__ import annotations

import functools
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from progress.model import BadInput

MIN_LENGTH = 10
"""Length is what counts against guessing; signs and digits are not asked for (NIST SP 800-63B)."""

MAX_LENGTH = 200
"""A sentence fits; a megabyte would keep the hash busy for whoever sends it."""

_AT_ONCE = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB: whoever sends many guesses at once waits, and the machine does not."""

# Argon2id of RFC 9106, section 4, second recommended choice: 64 MiB, 3 passes, 4 lanes.
_HASHER = PasswordHasher()


def hashed(password: str) -> str:
    """The Argon2id hash of a password, with its parameters and a salt of its own."""
    with _AT_ONCE:
        return _HASHER.hash(_plain(password))


def fits(stored: str, password: str) -> bool:
    """Whether `password` is the one behind the hash.

    It takes as long where there is no hash, so that time does not tell which logins exist.
    """
    against = stored or _of_nobody()
    try:
        with _AT_ONCE:
            _HASHER.verify(against, _plain(password)[:MAX_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than are used now."""
    return _HASHER.check_needs_rehash(stored)


def check_password(login: str, password: str) -> None:
    """Return if a password is good enough for `login`.

    Raises
    ------
    BadInput
        If it is too short, too long or the login itself.
    """
    plain = _plain(password)
    if not MIN_LENGTH <= len(plain) <= MAX_LENGTH:
        raise BadInput(
            f"password: expected {MIN_LENGTH} to {MAX_LENGTH} characters, got {len(plain)}",
            advice="a few words in a row are easy to keep in mind",
        )
    if plain.strip().casefold() == login.casefold():
        raise BadInput(
            "password: expected another word than the login, got the login",
            advice="choose something that others do not know",
        )


@functools.cache
def _of_nobody() -> str:
    """A hash to look at where there is none, so that an unknown login takes as long."""
    return _HASHER.hash("the password of no account")


def _plain(password: str) -> str:
    """One spelling of the same characters, whichever keyboard they were typed on."""
    return unicodedata.normalize("NFKC", password)
