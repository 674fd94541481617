"""What every use case stands on: a record, who asks, and the line that is noted."""

from __future__ import annotations

import functools
import inspect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from progress.model import NotAllowed
from progress.model.people import NOBODY, OPERATOR, Caller, Role
from progress.pipeline import access
from progress.pipeline.access import Action, Kind
from progress.store import Store, Work, accounts
from progress.store.audit import add_line
from progress.store.schema import ID_LENGTH

VISITOR = Caller("sample visitor", Role.PRACTITIONER)
"""Whoever opens a record of nothing but mannequins that has no accounts; good for nothing else."""

SEEN_AGAIN_AFTER_S = 15 * 60.0
"""A page asks for the same record at every click: who looked is noted once in this time."""

_REMEMBERED = 10_000
"""Looks kept in memory; beyond it all are forgotten, and so noted once more."""

_WITH_OLD_PASSWORD = frozenset({Action.SEE_OWN_ACCOUNT, Action.CHANGE_OWN_PASSWORD})
_NOT_FOR_VISITORS = frozenset(
    {Action.ADD_CLIENT, Action.IMPORT, Action.ERASE_CLIENT, *_WITH_OLD_PASSWORD}
)

Method = TypeVar("Method", bound=Callable[..., Any])


def now() -> datetime:
    """The time in UTC, without zone, as the record keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(slots=True)
class Looks:
    """When who was last noted to have seen what; shared by all who ask the same open record."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    noted: dict[tuple[str, str, str], float] = field(default_factory=dict)

    def is_new(self, login: str, action: str, client_id: str) -> bool:
        """Whether this look is still to be noted; says so once in `SEEN_AGAIN_AFTER_S`."""
        key, moment = (login, action, client_id), time.monotonic()
        with self.lock:
            before = self.noted.get(key)
            if before is not None and moment - before < SEEN_AGAIN_AFTER_S:
                return False
            if len(self.noted) >= _REMEMBERED:
                self.noted.clear()
            self.noted[key] = moment
            return True

    def forget(self, login: str, action: str, client_id: str) -> None:
        """Take back what could not be noted."""
        with self.lock:
            self.noted.pop((login, action, client_id), None)


def use_case(action: Action) -> Callable[[Method], Method]:
    """Make a method of `Asking` check `action` before anything else.

    An argument named ``client_id`` is whose record it is about. Looks and exports are noted here;
    changes note themselves with `Asking.changing`, in their own unit of work.

    Parameters
    ----------
    action : Action

    Returns
    -------
    callable
        The decorator; what it makes carries `action` as an attribute.
    """

    def ruled(method: Method) -> Method:
        shape = inspect.signature(method)
        about_client = "client_id" in shape.parameters

        @functools.wraps(method)
        def checked(self: Asking, *given: Any, **named: Any) -> Any:
            client_id = None
            if about_client:
                client_id = shape.bind(self, *given, **named).arguments.get("client_id")
            self.asking(action, client_id)
            return method(self, *given, **named)

        checked.action = action  # type: ignore[attr-defined]
        return cast("Method", checked)

    return ruled


class Asking:
    """A record and in whose name it is asked; every part of `Clinic` stands on this.

    Parameters
    ----------
    store : Store
    caller : Caller
    looks : Looks, optional
        Of the record that is open already.
    """

    def __init__(self, store: Store, caller: Caller = NOBODY, looks: Looks | None = None) -> None:
        self._store = store
        self._caller = caller
        self._looks = looks or Looks()

    @property
    def caller(self) -> Caller:
        """In whose name this asks."""
        return self._caller

    def asking(self, action: Action, client_id: str | None = None) -> Store:
        """Check that the caller may do this, note it, and hand out the record for it.

        For use cases that live in modules of their own; a change is made with `changing`.

        Parameters
        ----------
        action : Action
        client_id : str, optional
            None where it is about no single client.

        Returns
        -------
        Store

        Raises
        ------
        NotAllowed
            If the caller may not, which is noted too.
        """
        try:
            self._check_account(action)
            access.check(self._caller, action, client_id)
        except NotAllowed:
            self._note_once(f"refused: {action.value}", client_id)
            raise
        if action.kind is Kind.SEE:
            self._note_once(action.value, client_id)
        elif action.kind is Kind.EXPORT:
            with self._store.work() as work:
                self._note(work, action.value, client_id)
        return self._store

    @contextmanager
    def changing(
        self, action: Action, client_id: str | None = None, *, detail: str = ""
    ) -> Iterator[Work]:
        """A unit of work with its line in the audit: both are kept, or neither.

        Parameters
        ----------
        action : Action
        client_id : str, optional
        detail : str
            No names and nothing of the client's: the line outlives the record.

        Raises
        ------
        NotAllowed
            As `asking`.
        """
        with self.asking(action, client_id).work() as work:
            yield work
            self._note(work, action.value, client_id, detail)

    def _note(self, work: Work, action: str, client_id: str | None, detail: str = "") -> None:
        add_line(
            work,
            at=now(),
            login=self._caller.login,
            role=self._caller.role.value if self._caller.role else "",
            action=action,
            # A refused wish may name anything.
            client_id=(client_id or "")[:ID_LENGTH],
            detail=detail,
        )

    def _note_once(self, action: str, client_id: str | None) -> None:
        key = (self._caller.login, action, (client_id or "")[:ID_LENGTH])
        if not self._looks.is_new(*key):
            return
        try:
            with self._store.work() as work:
                self._note(work, action, client_id)
        except BaseException:
            self._looks.forget(*key)
            raise

    def _check_account(self, action: Action) -> None:
        """Whoever signed in must still be who they were then, however long ago that was."""
        caller = self._caller
        if caller.role is None or caller == OPERATOR:
            return
        with self._store.reading() as record:
            if caller == VISITOR:
                if accounts.holds_samples_only(record) and action not in _NOT_FOR_VISITORS:
                    return
                raise NotAllowed(
                    f"{action.value}: expected somebody with an account, got a sample visitor",
                    advice="make an account and sign in",
                )
            known = accounts.user(record, caller.login)
        if known is None or not known.active:
            raise NotAllowed(
                f"{action.value}: expected an active account, got one that is not",
                advice="ask an administrator of the clinic",
            )
        if (known.role, known.client_id) != (caller.role, caller.client_id):
            raise NotAllowed(
                f"{action.value}: the rights of this account have changed",
                advice="sign in again",
            )
        if known.must_change_password and action not in _WITH_OLD_PASSWORD:
            raise NotAllowed(
                f"{action.value}: expected a password of your own, got one that was set for you",
                advice="choose a new password first",
            )
