"""Use cases about accounts: who may come in, as what, and how a password is changed."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from progress.model import BadInput, NotAllowed
from progress.model.people import NOBODY, Caller, Role, User
from progress.pipeline import passwords
from progress.pipeline.access import Action
from progress.pipeline.use_case import Asking, now, use_case
from progress.store import Work, accounts
from progress.store.audit import AuditCheck, AuditLine, audit_lines, check_audit

FREE_FAILURES = 5
"""Somebody who mistypes is not kept out; a machine needs more than five guesses."""

FIRST_WAIT = timedelta(minutes=15)
"""After the fifth failure; it doubles with every further one."""

LONGEST_WAIT = timedelta(hours=24)
"""So that a stranger who keeps guessing cannot keep the owner out for ever."""

_LOGIN_LENGTH = 100


def spelled(login: str) -> str:
    """A login as the record keeps it: one spelling, small letters, no blanks around it."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def waiting_until(failures: tuple[datetime, ...]) -> datetime | None:
    """Until when a login is refused unseen; None if it may be tried.

    Parameters
    ----------
    failures : tuple of datetime
        Since the login last got in, oldest first.
    """
    if len(failures) < FREE_FAILURES:
        return None
    # Beyond ten doublings the longest wait counts anyway.
    doublings = min(len(failures) - FREE_FAILURES, 10)
    wait: timedelta = FIRST_WAIT * 2**doublings
    return failures[-1] + min(wait, LONGEST_WAIT)


class ClinicAccounts(Asking):
    """Signing in, accounts and the audit."""

    def is_empty_of_users(self) -> bool:
        """Whether nobody has an account yet, so that the first one is to be made."""
        with self._store.reading() as record:
            return not accounts.has_users(record)

    def make_first_admin(self, login: str, password: str) -> User:
        """The first account of a record, an administrator's; only while there is none.

        Raises
        ------
        NotAllowed
            If there is an account already.
        BadInput
            If login or password will not do.
        """
        login = _checked_login(login)
        passwords.check_password(login, password)
        hashed = passwords.hashed(password)
        with self._store.work() as work:
            if accounts.has_users(work):
                raise NotAllowed(
                    "first account: expected a record without accounts, got one that has some",
                    advice="sign in, or ask an administrator of the clinic",
                )
            return self._add(work, login, Role.ADMIN, hashed, must_change=False)

    def sign_in(self, login: str, password: str) -> Caller:
        """Whoever this login and password belong to.

        Failures are counted; after some the login must wait, longer each time.

        Raises
        ------
        NotAllowed
            In the same words for an unknown login, a wrong password and an account that is not
            active.
        """
        login = spelled(login)[:_LOGIN_LENGTH]
        moment = now()
        with self._store.work() as work:
            accounts.forget_failures_before(work, moment - LONGEST_WAIT)
            until = waiting_until(accounts.failures(work, login))
            if until is None or until <= moment:
                # Counted before the password is looked at: of many tries at once none is free.
                accounts.add_failure(work, login, at=moment)
            known = accounts.user(work, login)
            stored = accounts.password_hash(work, login)
        if until is not None and until > moment:
            minutes = int((until - moment).total_seconds() // 60) + 1
            raise NotAllowed(
                f"sign in: too many failures with this login; wait {minutes} min",
                advice="then try again, or ask an administrator for a new password",
            )
        fits = passwords.fits(stored, password)
        if not fits or known is None or not known.active:
            # An unknown login is not written down: people type their password there.
            meant = NOBODY if known is None else _caller(known)
            with self._store.work() as work:
                self._as(meant)._note(work, f"refused: {Action.SIGN_IN.value}", None)
            raise NotAllowed(
                "sign in: login and password do not belong together",
                advice="try again, or ask an administrator for a new password",
            )
        caller = _caller(known)
        rehashed = passwords.hashed(password) if passwords.is_outdated(stored) else None
        with self._store.work() as work:
            accounts.forget_failures(work, login)
            if rehashed is not None:
                accounts.rehash(work, login, rehashed)
            self._as(caller)._note(work, Action.SIGN_IN.value, known.client_id)
        return caller

    @use_case(Action.SEE_OWN_ACCOUNT)
    def own_account(self) -> User:
        """The caller's account as it is now; its version counts changes of password and rights.

        Raises
        ------
        NotAllowed
            If the caller has none, as whoever runs commands.
        """
        with self._store.reading() as record:
            known = accounts.user(record, self._caller.login)
        if known is None:
            raise NotAllowed("own account: expected an account, got none", advice="sign in")
        return known

    @use_case(Action.CHANGE_OWN_PASSWORD)
    def change_own_password(self, old: str, new: str) -> User:
        """The caller's account with another password.

        Raises
        ------
        NotAllowed
            If `old` is wrong, which counts as a failed sign-in.
        BadInput
            If `new` will not do.
        """
        login = self.own_account().login
        self._as(NOBODY).sign_in(login, old)
        passwords.check_password(login, new)
        if old == new:
            raise BadInput(
                "password: expected a new one, got the one before", advice="choose another"
            )
        hashed = passwords.hashed(new)
        with self.changing(Action.CHANGE_OWN_PASSWORD) as work:
            return accounts.change_user(
                work, login, password_hash=hashed, must_change_password=False
            )

    @use_case(Action.LIST_ACCOUNTS)
    def users(self) -> tuple[User, ...]:
        """Every account by login."""
        with self._store.reading() as record:
            return accounts.users(record)

    @use_case(Action.MANAGE_ACCOUNTS)
    def add_user(self, login: str, role: Role, password: str, client_id: str | None = None) -> User:
        """A new account, whose password must be changed at the first sign-in.

        Parameters
        ----------
        login : str
        role : Role
        password : str
            The first one, told to its owner. Empty for an account that signs in through another
            service only.
        client_id : str, optional
            Of the role client, and only of that: whose record it may see.

        Raises
        ------
        BadInput
            If login or password will not do, or a client is missing or too many.
        StoreError
            If the login is taken or there is no such client.
        """
        login = _checked_login(login)
        if (role is Role.CLIENT) != (client_id is not None):
            raise BadInput(
                f"account: expected a client for the role client and none else, got {role.value}",
                advice="choose whose record it is, or another role",
            )
        hashed = ""
        if password:
            passwords.check_password(login, password)
            hashed = passwords.hashed(password)
        with self._store.work() as work:
            if client_id is not None:
                work.client(client_id)
            if accounts.user(work, login) is not None:
                raise BadInput(f"account: the login {login} is taken", advice="choose another one")
            return self._add(work, login, role, hashed, client_id, must_change=bool(password))

    @use_case(Action.MANAGE_ACCOUNTS)
    def reset_password(self, login: str, password: str) -> User:
        """An account with a password set for its owner, who must change it at the next sign-in.

        Failed sign-ins are forgotten with it.

        Raises
        ------
        BadInput
            If the password will not do.
        StoreError
            If there is no such account.
        """
        login = spelled(login)
        passwords.check_password(login, password)
        hashed = passwords.hashed(password)
        with self.changing(Action.MANAGE_ACCOUNTS, detail=f"reset password of {login}") as work:
            accounts.forget_failures(work, login)
            return accounts.change_user(
                work, login, password_hash=hashed, must_change_password=True
            )

    @use_case(Action.MANAGE_ACCOUNTS)
    def change_role(self, login: str, role: Role, client_id: str | None = None) -> User:
        """An account with another role; whoever is signed in with it must sign in again.

        Raises
        ------
        BadInput
            If it is the last active administrator's, or a client is missing or too many.
        StoreError
            If there is no such account or client.
        """
        login = spelled(login)
        if (role is Role.CLIENT) != (client_id is not None):
            raise BadInput(
                f"account: expected a client for the role client and none else, got {role.value}",
                advice="choose whose record it is, or another role",
            )
        detail = f"{login} becomes {role.value}"
        with self.changing(Action.MANAGE_ACCOUNTS, client_id, detail=detail) as work:
            if client_id is not None:
                work.client(client_id)
            changed = accounts.change_user(work, login, role=role.value, client_id=client_id)
            _some_admin_left(work)
        return changed

    @use_case(Action.MANAGE_ACCOUNTS)
    def deactivate(self, login: str) -> User:
        """An account that nobody can use any more; whoever is signed in with it is out at once.

        Raises
        ------
        BadInput
            If it is the last active administrator's.
        StoreError
            If there is no such account.
        """
        login = spelled(login)
        with self.changing(Action.MANAGE_ACCOUNTS, detail=f"deactivate {login}") as work:
            changed = accounts.change_user(work, login, active=False)
            _some_admin_left(work)
        return changed

    @use_case(Action.MANAGE_ACCOUNTS)
    def activate(self, login: str) -> User:
        """An account that may be used again; raises `StoreError` if there is none."""
        login = spelled(login)
        with self.changing(Action.MANAGE_ACCOUNTS, detail=f"activate {login}") as work:
            return accounts.change_user(work, login, active=True)

    @use_case(Action.SEE_AUDIT)
    def audit(
        self,
        *,
        client_id: str | None = None,
        login: str | None = None,
        action: str | None = None,
        limit: int = 500,
    ) -> tuple[AuditLine, ...]:
        """What was done, newest first, of one client, person or kind where named."""
        with self._store.reading() as record:
            return audit_lines(record, client_id=client_id, login=login, action=action, limit=limit)

    @use_case(Action.SEE_AUDIT)
    def verify_audit(self) -> AuditCheck:
        """Whether every line of the audit is there as it was written; names each that is not."""
        with self._store.reading() as record:
            return check_audit(record)

    def _add(
        self,
        work: Work,
        login: str,
        role: Role,
        hashed: str,
        client_id: str | None = None,
        *,
        must_change: bool,
    ) -> User:
        """An account and its line in one unit of work."""
        added = accounts.add_user(
            work,
            login,
            role=role,
            hashed=hashed,
            client_id=client_id,
            must_change_password=must_change,
            at=now(),
        )
        # The first administrator is nobody yet; whoever makes an account is named by it.
        by = self if self._caller.role is not None else self._as(_caller(added))
        by._note(work, Action.MANAGE_ACCOUNTS.value, client_id, f"add {login} as {role.value}")
        return added

    def _as(self, caller: Caller) -> ClinicAccounts:
        return ClinicAccounts(self._store, caller, self._looks)


def _caller(user: User) -> Caller:
    return Caller(user.login, user.role, user.client_id)


def _checked_login(login: str) -> str:
    """The login as it is kept; names with blanks are the program's own."""
    plain = spelled(login)
    if not plain or len(plain) > _LOGIN_LENGTH or not plain.isprintable() or " " in plain:
        raise BadInput(
            f"login: expected 1 to {_LOGIN_LENGTH} letters, digits or signs without blanks, "
            f"got {len(plain)} characters",
            advice="use a short name or an e-mail address",
        )
    return plain


def _some_admin_left(work: Work) -> None:
    if accounts.active_admins(work) == 0:
        raise BadInput(
            "account: expected an administrator to remain, got the last one",
            advice="make another administrator first",
        )
