"""What can go wrong and be mended by the person in front of the screen.

::

    Exception
    ├── ValueError, TypeError      the caller's bug
    └── ProgressError              a user can mend it: one line, plus advice
        ├── BadInput               exit code 2: unreadable, wrong kind, wrong option
        │   ├── UnreadablePhoto    not a photo, damaged, too large
        │   └── BadTable           a CSV or folder that does not follow the contract
        ├── Refused                exit code 3: the photo cannot be judged at all
        │   └── NoSingleFace       no face, or more than one without a rule to choose
        ├── NotAllowed             exit code 4: consent, role or rule missing
        └── StoreError             the record cannot be opened or written

What the science refuses is not an exception but a value: ``NotMeasured``, ``NotAligned``.
"""

from __future__ import annotations


class ProgressError(Exception):
    """A mistake that a user can mend.

    Parameters
    ----------
    message : str
        One line: what was expected and what came.
    advice : str
        One sentence: what to do about it.
    """

    exit_code = 2

    def __init__(self, message: str, *, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message}; {self.advice}"


class BadInput(ProgressError):  # noqa: N818 - named for what came, as users read it
    """A file, folder or option that cannot be used."""


class UnreadablePhoto(BadInput):
    """Bytes that are not a photo this software reads."""


class BadTable(BadInput):
    """A CSV file or a folder of sessions that does not follow the contract."""


class Refused(ProgressError):  # noqa: N818
    """A readable photo that cannot be judged at all."""

    exit_code = 3


class NoSingleFace(Refused):
    """No face, or more than one and no rule to choose."""


class NotAllowed(ProgressError):  # noqa: N818
    """Consent, role or rule is missing; nothing was written."""

    exit_code = 4


class StoreError(ProgressError):
    """The record cannot be opened, read or written; what was stored stays whole."""
