"""Is the record whole: every row its file, every file its row, every byte as it was stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from progress.store.derived import DerivedFiles
from progress.store.engine import begin_read, try_begin_write
from progress.store.photo_files import SEALED, PhotoFiles
from progress.store.sweeping import all_named, sweep_marked

Step = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Integrity:
    """What a check of the record found.

    Parameters
    ----------
    n_photos : int
        Different photos that rows name.
    missing : tuple of str
        Digests of photos with a row and no file.
    damaged : tuple of str
        Digests of photos whose bytes are not what was stored.
    swept : tuple of str
        Digests of photos whose row was never kept or was taken away, now removed.
    orphans : tuple of str
        Names of files that no row names and that stay; not told while somebody else writes.
    plain : tuple of str
        Names of files that are not sealed yet.
    database : tuple of str
        Complaints of the database about itself.
    """

    n_photos: int = 0
    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    swept: tuple[str, ...] = ()
    orphans: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    database: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing of what was stored is lost; files without a row are no loss."""
        return not (self.missing or self.damaged or self.database)

    @property
    def tidy(self) -> bool:
        """Whether, besides, every file has its row and none lies there unsealed."""
        return self.ok and not (self.orphans or self.plain)

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``progress record verify``."""
        return {
            "format": "progress.record-integrity/1",
            "ok": self.ok,
            "tidy": self.tidy,
            "photos": self.n_photos,
            "missing": list(self.missing),
            "damaged": list(self.damaged),
            "swept": list(self.swept),
            "orphans": list(self.orphans),
            "plain": list(self.plain),
            "database": list(self.database),
        }


def check_record(engine: Engine, files: PhotoFiles, derived: DerivedFiles, step: Step) -> Integrity:
    """Read every photo, ask the database about itself, and sweep what a crash left.

    Takes as long as reading all photos from the disk. A file that no row names and no marker speaks
    of is reported and stays: it may be a photo whose database somebody mislaid.

    Parameters
    ----------
    engine : Engine
    files : PhotoFiles
    derived : DerivedFiles
    step : callable
        Told what is being done and the fraction that is done.
    """
    swept: tuple[str, ...] = ()
    with try_begin_write(engine) as alone:
        if alone is not None:
            swept = sweep_marked(alone, files, derived)
            derived.forget_strays(all_named(alone))
    step("the database", 0.0)
    with begin_read(engine) as connection:
        digests = all_named(connection)
        complaints = _complaints(connection)
    states = dict[str, str]()
    for number, sha256 in enumerate(digests):
        step(f"photo {number + 1} of {len(digests)}", number / len(digests))
        states[sha256] = files.state(sha256)
    # In this order: a file has a marker before it is there, and its row before the marker goes.
    there = set(files.names())
    under_way = not files.is_clean()
    with begin_read(engine) as connection:
        now = set(all_named(connection))
    strays = set() if under_way else there - files.names_of(now) - now
    return Integrity(
        n_photos=len(digests),
        # Rows that went meanwhile, as when a client is erased, are not missed.
        missing=tuple(s for s in digests if states[s] == "missing" and s in now),
        damaged=tuple(s for s in digests if states[s] == "damaged"),
        swept=swept,
        orphans=tuple(sorted(name for name in strays if files.path_of_name(name).is_file())),
        plain=tuple(sorted(name for name in there if not name.endswith(SEALED))),
        database=complaints,
    )


def _complaints(connection: Connection) -> tuple[str, ...]:
    """What SQLite finds wrong in its file; PostgreSQL holds its own constraints."""
    if connection.dialect.name != "sqlite":
        return ()
    integrity = connection.scalars(text("PRAGMA integrity_check")).all()
    strays = connection.execute(text("PRAGMA foreign_key_check")).all()
    found = [line for line in integrity if line != "ok"]
    found += [f"{row[0]}: a row refers to no row of {row[2]}" for row in strays]
    return tuple(found)
