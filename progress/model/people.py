"""Who asks, and what each kind of person may do."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class Role(enum.Enum):
    """What an account is for."""

    ADMIN = "admin"
    PRACTITIONER = "practitioner"
    CLIENT = "client"
    MARKETING = "marketing"


@dataclass(frozen=True, slots=True)
class User:
    """An account. One of the role client is bound to one client's record."""

    id: str
    login: str
    role: Role
    client_id: str | None
    active: bool
    must_change_password: bool
    created_at: datetime
    version: int = 1

    def __post_init__(self) -> None:
        if (self.role is Role.CLIENT) != (self.client_id is not None):
            raise ValueError(
                f"User: expected a client for the role client and none else, got {self.role.value} "
                f"with client {self.client_id}"
            )


@dataclass(frozen=True, slots=True)
class Caller:
    """In whose name something is asked; without a role, nobody's.

    Parameters
    ----------
    login : str
        For the audit.
    role : Role or None
    client_id : str or None
        Of the role client: the one record that may be seen.
    """

    login: str
    role: Role | None
    client_id: str | None = None


NOBODY = Caller("", None)
"""Who has not signed in; may ask for nothing but to sign in."""

OPERATOR = Caller("command line", Role.ADMIN)
"""Whoever runs commands on the machine of the record, and so could read its files anyway."""
