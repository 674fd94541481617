"""Does a record survive its writer being killed: ``python -m progress.lab.record_kill``.

A process of its own imports photos, or stores visits, and says after each client or visit that it
is kept; it is killed (SIGKILL) at a random moment. Then the record is opened as anybody would open
it, and everything is looked through: is anything half-written, is anything lost that was
acknowledged; does the same import, run again, complete what was cut short and add nothing twice.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

import cv2
import numpy as np

from progress.lab.figures import LabFigure, at_most, figures_table
from progress.lab.postgres import fresh_database, temporary_postgres
from progress.model import OPERATOR
from progress.pipeline.clinic import DATABASE_VARIABLE, Clinic
from progress.pipeline.importing import import_source
from progress.pipeline.keeping import verify_record
from progress.store import Store

_CLIENTS, _DAYS, _SHOTS = 6, tuple(date(2026, month, 5) for month in (1, 2, 3)), 2


@dataclass(slots=True)
class KillTally:
    """What the kills did.

    Parameters
    ----------
    kills : int
        Writers that were killed while they wrote.
    units : int
        Clients or visits that were acknowledged before.
    half_written : list of str
        What was found in part after the record was opened again.
    lost : list of str
        What was acknowledged and is not there.
    not_completed : list of str
        What a second run of an import did not complete, or added twice.
    """

    kills: int = 0
    units: int = 0
    half_written: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    not_completed: list[str] = field(default_factory=list)

    def figures(self) -> list[LabFigure]:
        """Each count beside its target."""
        note = f"{self.kills} kills, {self.units} clients and visits acknowledged before them"
        counts = [
            ("half-written after a kill", self.half_written),
            ("acknowledged and lost", self.lost),
            ("not completed by a second import", self.not_completed),
        ]
        return [
            at_most(name, float(len(found)), "", 0.0, note="; ".join(found[:3]) or note)
            for name, found in counts
        ]


def run_record_kill(home: Path, *, kills: int, seed: int, tell: bool = False) -> KillTally:
    """Kill writers of the record in `home` until `kills` of them died while they wrote.

    Parameters
    ----------
    home : Path
        Made when missing.
    kills : int
    seed : int
        Of the moments.
    tell : bool
        Count on standard error.

    Returns
    -------
    KillTally
    """
    rng, tally = random.Random(seed), KillTally()  # noqa: S311 - moments, not secrets
    context = multiprocessing.get_context("forkserver")
    # What takes long to import, once for all children.
    context.set_forkserver_preload(["progress.pipeline.importing", "progress.lab.postgres"])
    with tempfile.TemporaryDirectory() as folder:
        for number in itertools.count():
            if tally.kills >= kills:
                return tally
            source = Path(folder) / f"round{number}"
            make_source(source, number)
            task = _import_all if number % 2 == 0 else _store_all
            hear, say = context.Pipe(duplex=False)
            child = context.Process(target=task, args=(home, source, say), daemon=True)
            child.start()
            say.close()
            hear.recv()  # the record is open and the first write begins
            # So that a slow machine, too, has kept something by then.
            told = [str(hear.recv()) for _ in range(rng.randrange(_CLIENTS))]
            time.sleep(rng.uniform(0.0, 0.2))
            child.kill()
            child.join()
            late, finished = _drain(hear)
            told += late
            tally.kills += not finished
            tally.units += len(told)
            _look(home, source, told, tally, by_visit=task is _store_all)
            if task is _import_all:
                _complete(home, source, tally)
            if tell:
                sys.stderr.write(f"\r{tally.kills} of {kills} kills ")
    raise AssertionError("unreachable")


def make_source(source: Path, number: int) -> None:
    """A folder of small photos, no two alike: CLIENT/DATE/SHOT.jpg."""
    rng = np.random.default_rng(number)
    for client, day, shot in itertools.product(range(_CLIENTS), _DAYS, range(_SHOTS)):
        path = source / f"r{number}c{client}" / day.isoformat() / f"{shot}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = rng.integers(0, 256, size=(60, 80, 3), dtype=np.uint8)
        done, data = cv2.imencode(".jpg", cv2.resize(noise, (320, 240)))
        assert done  # noqa: S101 - an array of bytes always encodes
        path.write_bytes(data.tobytes())


def _import_all(home: Path, source: Path, say: Connection) -> None:
    """Import client by client; each is acknowledged once its import has returned."""
    with Clinic.open(home, caller=OPERATOR) as clinic:
        say.send("open")
        for folder in sorted(source.iterdir()):
            import_source(clinic, folder, client=folder.name)
            say.send(folder.name)
    say.send("end")
    time.sleep(60.0)  # a kill after the end counts for nothing


def _store_all(home: Path, source: Path, say: Connection) -> None:
    """Store visit by visit through the app's own door."""
    with Clinic.open(home, caller=OPERATOR) as clinic:
        say.send("open")
        for folder in sorted(source.iterdir()):
            client = clinic.add_client(folder.name)
            for day in sorted(folder.iterdir()):
                photos = [(path.name, path.read_bytes()) for path in sorted(day.iterdir())]
                clinic.add_session(client.id, taken_on=date.fromisoformat(day.name), photos=photos)
                say.send(f"{folder.name}/{day.name}")
    say.send("end")
    time.sleep(60.0)


def _drain(hear: Connection) -> tuple[list[str], bool]:
    """What was said until the writer died, and whether it had come to its end."""
    told = []
    try:
        while True:
            told.append(str(hear.recv()))
    except (EOFError, OSError):
        hear.close()
    return [what for what in told if what != "end"], "end" in told


def _look(
    home: Path, source: Path, told: Sequence[str], tally: KillTally, *, by_visit: bool
) -> None:
    """Open the record again and look at all of it."""
    wrong: list[str] = []
    with Clinic.open(home, caller=OPERATOR) as clinic:
        found = verify_record(clinic)
    if not found.ok:
        wrong.append(f"{source.name}: {found.to_dict()}")
    kept = _visits(home)
    for visit, digests in kept.items():
        if visit.startswith(f"{source.name.replace('round', 'r')}c") and len(digests) != _SHOTS:
            wrong.append(f"{visit}: {len(digests)} of {_SHOTS} photos")
    tally.half_written += wrong
    for unit in told:
        days = [unit] if by_visit else [f"{unit}/{day.isoformat()}" for day in _DAYS]
        tally.lost += [day for day in days if kept.get(day) != _wanted(source / day)]


def _complete(home: Path, source: Path, tally: KillTally) -> None:
    """The same import once more, and a third time: all is there, once."""
    with Clinic.open(home, caller=OPERATOR) as clinic:
        import_source(clinic, source)
        again = import_source(clinic, source)
    kept = _visits(home)
    for folder in sorted(source.iterdir()):
        for day in sorted(folder.iterdir()):
            name = f"{folder.name}/{day.name}"
            if kept.get(name) != _wanted(day):
                tally.not_completed.append(name)
    tally.not_completed += [f"{source.name} twice"] if again.sessions else []


def _visits(home: Path) -> dict[str, list[str]]:
    """Digests of the photos of every visit, read from the record and its files."""
    found = {}
    with Store.open(home, os.environ.get(DATABASE_VARIABLE)) as store, store.reading() as record:
        for client in record.clients():
            for session in record.sessions(client.id):
                found[f"{client.pseudonym}/{session.taken_on.isoformat()}"] = sorted(
                    hashlib.sha256(record.photo_bytes(photo.sha256)).hexdigest()
                    for photo in session.photos
                )
    return found


def _wanted(day: Path) -> list[str]:
    return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in day.iterdir())


def main() -> None:
    """Print the figures of both databases, or of SQLite alone."""
    parser = argparse.ArgumentParser(prog="python -m progress.lab.record_kill")
    parser.add_argument("-n", type=int, default=100, help="kills per database")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL instead of SQLite")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        os.environ.pop(DATABASE_VARIABLE, None)
        if asked.postgres:
            server = stack.enter_context(temporary_postgres())
            os.environ[DATABASE_VARIABLE] = stack.enter_context(fresh_database(server))
        found = run_record_kill(Path(folder) / "home", kills=asked.n, seed=asked.seed, tell=True)
    figures = found.figures()
    sys.stdout.write(figures_table(figures) + "\n")
    sys.exit(0 if all(figure.met for figure in figures) else 1)


if __name__ == "__main__":
    main()
