"""Keeping the record safe: is it whole, a copy of it in one file, a record out of such a copy."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from progress.pipeline.access import Action
from progress.pipeline.clinic import DATABASE_VARIABLE, Clinic
from progress.pipeline.options import Step, silent
from progress.store import BackupReport, Integrity, Store, restore_backup
from progress.store.audit import AuditCheck, check_audit


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """What a look through a whole record found.

    Parameters
    ----------
    integrity : Integrity
        Of rows and files.
    audit : AuditCheck
        Of the lines that say who did what.
    """

    integrity: Integrity
    audit: AuditCheck

    @property
    def ok(self) -> bool:
        """Whether all is there as it was stored, every file has its row and none lies open."""
        return self.integrity.tidy and self.audit.ok

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``progress record verify``."""
        return self.integrity.to_dict() | {
            "ok": self.ok,
            "audit": {
                "ok": self.audit.ok,
                "lines": self.audit.lines,
                "head": self.audit.head,
                "complaints": list(self.audit.complaints),
            },
        }


def verify_record(clinic: Clinic, step: Step = silent) -> RecordCheck:
    """Every row held against its file, every file against its row, every audit line's chain.

    Raises
    ------
    NotAllowed
        For anybody but an administrator.
    """
    store = clinic.asking(Action.KEEP_RECORD)
    integrity = store.verify(step)
    with store.reading() as record:
        return RecordCheck(integrity, check_audit(record))


def back_up_record(
    clinic: Clinic, out: Path, *, with_key: bool = False, step: Step = silent
) -> BackupReport:
    """Write the whole record into one new file; the audit notes it first.

    Parameters
    ----------
    clinic : Clinic
    out : Path
    with_key : bool
        Whether the key goes in: whoever has the file can read all of it then.
    step : Step

    Raises
    ------
    NotAllowed
        For anybody but an administrator.
    StoreError
        If the file is there already or cannot be written.
    """
    store = clinic.asking(Action.KEEP_RECORD)
    with clinic.changing(Action.KEEP_RECORD, detail="backup"):
        pass
    return store.back_up(out, with_key=with_key, step=step)


def restore_record(
    backup: Path, home: Path, *, key_file: Path | None = None, step: Step = silent
) -> Integrity:
    """Make a record in an empty home out of a backup, in the database that is named if any.

    There is no record yet to ask for rights: whoever has the backup, its key and an empty folder
    can do it.

    Raises
    ------
    StoreError
        If the home or database is in use, the key is missing, or the backup is not whole.
    """
    url = os.environ.get(DATABASE_VARIABLE) or None
    return restore_backup(backup, home, url=url, key_file=key_file, step=step)


def seal_record(home: Path, step: Step = silent) -> int:
    """Seal the photos that an earlier version kept plain; return how many are left plain.

    Raises
    ------
    StoreError
        If the record cannot be opened or its key is missing.
    """
    url = os.environ.get(DATABASE_VARIABLE) or None
    with Store.open(home, url, step=step) as store:
        store.seal_plain(step)
        return store.n_plain()
