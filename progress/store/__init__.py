"""The record: rows in a database, photos as sealed files, one unit of work over both."""

from progress.store.backup import BackupReport
from progress.store.backup_restore import restore_backup
from progress.store.integrity import Integrity
from progress.store.reading import Reading
from progress.store.record import Store
from progress.store.work import NewPhoto, Work

__all__ = [
    "BackupReport",
    "Integrity",
    "NewPhoto",
    "Reading",
    "Store",
    "Work",
    "restore_backup",
]
