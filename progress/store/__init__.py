"""The record: rows in a database, photos as files, one unit of work over both."""

from progress.store.reading import Reading
from progress.store.record import Integrity, Store
from progress.store.work import NewPhoto, Work

__all__ = ["Integrity", "NewPhoto", "Reading", "Store", "Work"]
