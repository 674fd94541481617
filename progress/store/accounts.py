"""Accounts and failed sign-ins, as rows."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from progress.model.people import Role, User
from progress.store import schema
from progress.store.reading import Reading, unknown
from progress.store.work import Work


def users(record: Reading) -> tuple[User, ...]:
    """Every account by login."""
    rows = record._connection.execute(select(schema.users).order_by(schema.users.c.login))
    return tuple(_user(row) for row in rows)


def has_users(record: Reading) -> bool:
    """Whether there is any account."""
    return record._connection.scalar(select(schema.users.c.id).limit(1)) is not None


def user(record: Reading, login: str) -> User | None:
    """The account of this login, or None."""
    found = record._connection.execute(
        select(schema.users).where(schema.users.c.login == login)
    ).one_or_none()
    return None if found is None else _user(found)


def password_hash(record: Reading, login: str) -> str:
    """The stored hash; empty for an unknown login or one that signs in elsewhere."""
    table = schema.users
    return (
        record._connection.scalar(select(table.c.password_hash).where(table.c.login == login)) or ""
    )


def active_admins(record: Reading) -> int:
    """How many accounts can still manage others."""
    table = schema.users
    counted = select(func.count()).where(table.c.role == Role.ADMIN.value, table.c.active)
    return record._connection.scalar(counted) or 0


def add_user(
    work: Work,
    login: str,
    *,
    role: Role,
    hashed: str,
    client_id: str | None,
    must_change_password: bool,
    at: datetime,
) -> User:
    """Add an account and return it; raises `StoreError` for a login that is taken."""
    new = User(
        id=uuid.uuid4().hex,
        login=login,
        role=role,
        client_id=client_id,
        active=True,
        must_change_password=must_change_password,
        created_at=at,
    )
    work._connection.execute(
        insert(schema.users).values(
            id=new.id,
            login=login,
            password_hash=hashed,
            role=role.value,
            client_id=client_id,
            active=True,
            must_change_password=must_change_password,
            created_at=at,
        )
    )
    return new


def change_user(work: Work, login: str, **changes: Any) -> User:
    """Set columns of an account, count its version up and return it.

    Raises
    ------
    StoreError
        If there is no such account.
    """
    table = schema.users
    done = work._connection.execute(
        update(table).where(table.c.login == login).values(version=table.c.version + 1, **changes)
    )
    changed = user(work, login)
    if done.rowcount != 1 or changed is None:
        raise unknown("login", login)
    return changed


def rehash(work: Work, login: str, hashed: str) -> None:
    """Put the same password under another hash; nobody is signed out by that."""
    table = schema.users
    work._connection.execute(
        update(table).where(table.c.login == login).values(password_hash=hashed)
    )


def failures(record: Reading, login: str) -> tuple[datetime, ...]:
    """When this login was refused since it last got in, oldest first."""
    table = schema.login_attempts
    return tuple(
        record._connection.scalars(
            select(table.c.at).where(table.c.login == login).order_by(table.c.at)
        )
    )


def add_failure(work: Work, login: str, *, at: datetime) -> None:
    """Count a failed sign-in."""
    work._connection.execute(insert(schema.login_attempts).values(login=login, at=at))


def forget_failures(work: Work, login: str) -> None:
    """Take away the failures of a login that got in."""
    table = schema.login_attempts
    work._connection.execute(delete(table).where(table.c.login == login))


def forget_failures_before(work: Work, moment: datetime) -> None:
    """Take away failures of any login that are older than they can matter."""
    table = schema.login_attempts
    work._connection.execute(delete(table).where(table.c.at < moment))


def holds_samples_only(record: Reading) -> bool:
    """Whether nobody has an account and every client, of whom there are some, is a mannequin."""
    if has_users(record):
        return False
    client = schema.clients.c
    real = record._connection.scalar(select(client.id).where(~client.simulated).limit(1))
    return real is None and record._connection.scalar(select(client.id).limit(1)) is not None


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id,
        login=row.login,
        role=Role(row.role),
        client_id=row.client_id,
        active=row.active,
        must_change_password=row.must_change_password,
        created_at=row.created_at,
        version=row.version,
    )
