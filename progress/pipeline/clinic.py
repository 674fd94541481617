"""Use cases on a clinic's record: the app's only door to what is stored."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from progress.model.people import NOBODY, Caller
from progress.pipeline.accounts import ClinicAccounts
from progress.pipeline.clinic_cleared import ClinicCleared
from progress.pipeline.clinic_consents import ClinicConsents
from progress.pipeline.clinic_exports import ClinicExports
from progress.pipeline.use_case import VISITOR
from progress.store import Store, accounts

HOME_VARIABLE, DATABASE_VARIABLE = "PROGRESS_HOME", "PROGRESS_DATABASE_URL"


def default_home() -> Path:
    """The clinic's folder: ``$PROGRESS_HOME``, else ``~/.progress``."""
    named = os.environ.get(HOME_VARIABLE)
    return Path(named) if named else Path.home() / ".progress"


class Clinic(ClinicCleared, ClinicConsents, ClinicExports, ClinicAccounts):
    """A clinic's record, asked in one person's name.

    Open it with `Clinic.open`, close it or use it in a ``with``. One record may be shared by
    several threads and processes; `for_caller` gives each person a door of their own to it. Every
    public method asks `progress.pipeline.access` first, and what was seen, changed or refused
    stands in the audit.
    """

    @classmethod
    def open(
        cls, home: Path | None = None, url: str | None = None, *, caller: Caller = NOBODY
    ) -> Clinic:
        """The record in `home` (default: `default_home`), or at a database URL beside it.

        Parameters
        ----------
        home : Path, optional
        url : str, optional
        caller : Caller
            In whose name it is asked; nobody may do no more than sign in.

        Raises
        ------
        StoreError
            If it cannot be opened; nothing is overwritten.
        """
        address = url or os.environ.get(DATABASE_VARIABLE) or None
        return cls(Store.open(home or default_home(), address), caller)

    def for_caller(self, caller: Caller) -> Clinic:
        """The same open record, asked in another person's name; closed with the first one.

        A `caller` comes from `sign_in`: an account that is gone, or has other rights by now, is
        refused at the next question.
        """
        return Clinic(self._store, caller, self._looks)

    def visitor(self) -> Caller | None:
        """Who may look around without an account: somebody, where there are only mannequins.

        Returns
        -------
        Caller or None
            None as soon as there is an account or a real client; its rights end then too.
        """
        with self._store.reading() as record:
            return VISITOR if accounts.holds_samples_only(record) else None

    def close(self) -> None:
        """Give everything back."""
        self._store.close()

    def __enter__(self) -> Clinic:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
