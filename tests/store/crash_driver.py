"""Kills writers: run as ``python crash_driver.py HOME URL steps|moments``, or ``... add NAME``.

URL is empty for SQLite.

Prints one JSON object. Every unit of work adds a client with one session, two photos, a treatment
and a measurement, and is told to the parent only after it was kept.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from progress.model import Estimate, Measurement, View
from progress.store import NewPhoto, Store

DAY = date(2026, 1, 5)
URL = sys.argv[2] or None


def add_one(store: Store, name: str) -> None:
    photos = [
        NewPhoto(f"{name} {i} ".encode() * 4000, f"{i}.jpg", View.FRONTAL, (61, 83))
        for i in range(2)
    ]
    with store.work() as work:
        client = work.add_client(name)
        session = work.add_session(client.id, DAY, photos=photos)
        work.add_treatment(client.id, DAY, "micro-needling")
        work.save_measurements(
            session.id,
            [Measurement("lines", 1, "chin", "1", Estimate(1.0, 0.1, 9), (), "hash")],
        )


def state(home: Path) -> tuple[int, list[str]]:
    """How many units of work are kept, and everything that is wrong."""
    wrong: list[str] = []
    with Store.open(home, URL) as store:
        if not store._files.is_clean():
            wrong.append("opening left something in incoming")
        found = store.verify()
        wrong += [f"{found}"] if not found.tidy or found.swept else []
        with store.reading() as reading:
            clients = reading.clients()
            for client in clients:
                sessions = reading.sessions(client.id)
                shape = [len(s.photos) for s in sessions]
                if shape != [2] or len(reading.treatments(client.id)) != 1:
                    wrong.append(f"{client.pseudonym}: half a unit of work")
                elif len(reading.measurements(sessions[0].id)) != 1:
                    wrong.append(f"{client.pseudonym}: no measurement")
    return len(clients), wrong


def in_child(task: Callable[[int], None]) -> tuple[int, int]:
    """Fork; the child runs `task` with a pipe to write one byte to for each unit kept."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read_end)
        try:
            task(write_end)
        finally:
            os._exit(0)
    os.close(write_end)
    return pid, read_end


def drain(read_end: int) -> int:
    told = 0
    while chunk := os.read(read_end, 4096):
        told += len(chunk)
    os.close(read_end)
    return told


def die_at_step(home: Path, nth: int) -> tuple[bool, int]:
    """A child that is killed just before its nth call to the disk; whether it came so far."""

    def task(write_end: int) -> None:
        with Store.open(home, URL) as store:
            left = itertools.count(nth, -1)

            def deadly(real: Callable[..., object]) -> Callable[..., object]:
                def call(*args: object, **kwargs: object) -> object:
                    if next(left) == 0:
                        os.kill(os.getpid(), signal.SIGKILL)
                    return real(*args, **kwargs)

                return call

            for owner, name in [
                (os, "fsync"),
                (os, "open"),
                (Path, "replace"),
                (Path, "unlink"),
                (Path, "mkdir"),
            ]:
                setattr(owner, name, deadly(getattr(owner, name)))
            add_one(store, f"step {nth}")
            os.write(write_end, b".")

    pid, read_end = in_child(task)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status), drain(read_end)


def die_at_moment(home: Path, round_number: int, wait_s: float) -> tuple[bool, int]:
    """A child that writes without end and is killed some time after its first unit."""

    def task(write_end: int) -> None:
        with Store.open(home, URL) as store:
            for n in itertools.count():
                add_one(store, f"round {round_number} unit {n}")
                os.write(write_end, b".")

    pid, read_end = in_child(task)
    first = len(os.read(read_end, 1))
    time.sleep(wait_s)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status), first + drain(read_end)


def run(home: Path, mode: str) -> dict[str, object]:
    rng, kept, wrong, kills, between = random.Random(5), 0, list[str](), 0, 0
    tries: list[Callable[[], tuple[bool, int]]] = []
    if mode == "steps":
        tries = [lambda n=n: die_at_step(home, n) for n in range(60)]
    else:
        tries = [lambda n=n: die_at_moment(home, n, rng.uniform(0.0, 0.04)) for n in range(16)]
    for attempt in tries:
        killed, told = attempt()
        kills += killed
        now, problems = state(home)
        wrong += problems
        # What was told is kept; the unit under way at the kill may be kept too.
        if not kept + told <= now <= kept + told + 1:
            wrong.append(f"{kept} kept, {told} told, {now} found")
        between += now - kept - told
        kept = now
        if not killed:
            break
    return {"kills": kills, "kept": kept, "kept_but_untold": between, "wrong": wrong}


if __name__ == "__main__":
    if sys.argv[3] == "add":
        with Store.open(Path(sys.argv[1]), URL) as shared:
            for unit in range(12):
                add_one(shared, f"{sys.argv[4]} {unit}")
    else:
        sys.stdout.write(json.dumps(run(Path(sys.argv[1]), sys.argv[3])))
