"""Use cases of whoever stands at the door: the first account, signing in, the own password."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

from progress.model import BadInput, NotAllowed
from progress.model.people import NOBODY, Caller, Role, User
from progress.pipeline import passwords
from progress.pipeline.access import Action
from progress.pipeline.use_case import Asking, now, use_case
from progress.store import Work, accounts

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


class SigningIn(Asking):
    """The first account, signing in, and one's own account."""

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
        login = checked_login(login)
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

    def vouched_for(self, login: str) -> Caller:
        """Whoever another service has let in under this login, if they have an account here.

        For an app that has had the service's word checked; what the account may do is decided here.

        Raises
        ------
        NotAllowed
            If there is no such account or it is not active.
        """
        with self._store.reading() as record:
            known = accounts.user(record, spelled(login)[:_LOGIN_LENGTH])
        if known is None or not known.active:
            with self._store.work() as work:
                told = NOBODY if known is None else _caller(known)
                self._as(told)._note(work, f"refused: {Action.SIGN_IN.value}", None)
            raise NotAllowed(
                "sign in: expected somebody with an account here, got somebody without",
                advice="ask an administrator to make one under the name that the service knows",
            )
        caller = _caller(known)
        with self._store.work() as work:
            self._as(caller)._note(
                work, Action.SIGN_IN.value, known.client_id, "vouched for by another service"
            )
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

    def _as(self, caller: Caller) -> SigningIn:
        return SigningIn(self._store, caller, self._looks)


def _caller(user: User) -> Caller:
    return Caller(user.login, user.role, user.client_id)


def checked_login(login: str) -> str:
    """The login as it is kept; raises `BadInput` for what will not do.

    Names with blanks are the program's own.
    """
    plain = spelled(login)
    if not plain or len(plain) > _LOGIN_LENGTH or not plain.isprintable() or " " in plain:
        raise BadInput(
            f"login: expected 1 to {_LOGIN_LENGTH} letters, digits or signs without blanks, "
            f"got {len(plain)} characters",
            advice="use a short name or an e-mail address",
        )
    return plain
