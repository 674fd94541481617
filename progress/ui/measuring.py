"""Courses measured while people work on: one at a time, in the background, with progress.

The answer is stored in the record by the pipeline; what is kept here is only how far it is. Who may
see a course is asked before anything is begun or told.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from progress.model import Client, ProgressError, Timeline
from progress.ui import desk, open_record

PATIENCE_S = 1.0
"""A course that is stored already is there by then, so that no page flickers."""

_REMEMBERED = 20
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Task:
    """One course that is being measured, or was.

    Parameters
    ----------
    client_id, name : str
        Of the client.
    login : str
        Who asked; nobody else is told of it.
    """

    client_id: str
    name: str
    login: str
    says: str = ""
    done: float = 0.0
    answer: Timeline | None = field(default=None, repr=False)
    failed: str = ""
    told: bool = False
    ended: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def running(self) -> bool:
        """Whether it still goes on."""
        return self.answer is None and not self.failed

    def step(self, label: str, done: float) -> None:
        """Note how far it is."""
        self.says, self.done = label, min(1.0, max(0.0, done))


Work = Callable[[Callable[[str, float], None]], Timeline]


class _Bench:
    """The one worker and its last tasks, by what goes into them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.tasks: dict[tuple[Any, ...], Task] = {}
        self.waiting: queue.SimpleQueue[tuple[Task, Work]] = queue.SimpleQueue()
        # A daemon: a server that is told to stop does not wait for a course. Nothing is lost by
        # it, the record takes an answer whole or not at all, and it is asked for again.
        threading.Thread(target=self._work, name="measuring", daemon=True).start()

    def _work(self) -> None:
        while True:
            _run(*self.waiting.get())


@st.cache_resource(show_spinner=False)
def _bench(home: str | None, url: str | None) -> _Bench:
    """One worker per record."""
    return _Bench()


def begin(client: Client) -> Task:
    """Return the client's course as a task, begun now if nobody has asked yet; wait for nothing.

    Raises
    ------
    NotAllowed
        If whoever sits here may not see it.
    """
    key, work = desk.course_work(client)
    login = open_record.asked().caller.login
    bench = _bench(*open_record.where())
    with bench.lock:
        task = bench.tasks.get((login, *key))
        if task is None or (task.failed and task.told):
            task = Task(client.id, client.pseudonym, login)
            bench.tasks[login, *key] = task
            while len(bench.tasks) > _REMEMBERED:
                bench.tasks.pop(next(iter(bench.tasks)))
            bench.waiting.put((task, work))
    return task


def course(client: Client) -> Task:
    """Return the same after the time that an answer needs which is stored already."""
    task = begin(client)
    task.ended.wait(timeout=PATIENCE_S)
    if task.answer is not None:
        task.told = True  # the page itself shows it
    return task


def _run(task: Task, work: Work) -> None:
    """Measure, and turn whatever goes wrong into one line."""
    try:
        task.answer = work(task.step)
    except ProgressError as mistake:
        task.failed = str(mistake)
    except Exception as reason:  # noqa: BLE001 - a worker that dies silently would be waited for
        _LOG.exception("a course could not be measured")
        task.failed = type(reason).__name__
    finally:
        task.ended.set()


def own_tasks() -> list[Task]:
    """Return the tasks of whoever sits here that go on, or ended and were not told of."""
    login = open_record.asked().caller.login
    return [
        task
        for task in list(_bench(*open_record.where()).tasks.values())
        if task.login == login and (task.running or not task.told)
    ]
