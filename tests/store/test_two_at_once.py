"""Two people may work on the same client at once: nothing is lost, and no lock reaches them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from progress.model import StoreError, View
from progress.store import NewPhoto, Store
from progress.store.drawn import drawn_regions, save_region

_WRITERS, _EACH = 4, 12


def all_at_once(task: Callable[[int], None]) -> list[BaseException]:
    """Run a task in several threads that begin together; what any of them raised."""
    raised: list[BaseException] = []
    begin = threading.Barrier(_WRITERS)

    def run(writer: int) -> None:
        try:
            begin.wait(timeout=30)
            task(writer)
        except BaseException as error:  # noqa: BLE001 - handed to the test
            raised.append(error)

    threads = [threading.Thread(target=run, args=(writer,)) for writer in range(_WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return raised


def test_of_many_changes_of_one_row_each_is_kept_or_refused_in_words(home, url, store: Store):
    with store.work() as work:
        client = work.add_client("fern")
    refusals = set[str]()

    def change(writer: int) -> None:
        # A door of their own each, as two processes have.
        with Store.open(home, url) as own:
            for turn in range(_EACH):
                while True:
                    with own.reading() as record:
                        read = record.client(client.id)
                    try:
                        with own.work() as work:
                            work.change_client(replace(read, note=f"{read.note} {writer}.{turn}"))
                        break
                    except StoreError as error:
                        refusals.add(str(error))

    assert all_at_once(change) == []
    with store.reading() as record:
        last = record.client(client.id)
    wanted = {f"{writer}.{turn}" for writer in range(_WRITERS) for turn in range(_EACH)}
    assert sorted(last.note.split()) == sorted(wanted)
    assert last.version == 1 + _WRITERS * _EACH
    assert all("somebody else changed it meanwhile" in words for words in refusals)


def test_visits_photos_and_treatments_of_one_client_may_be_added_at_once(home, url, store: Store):
    with store.work() as work:
        client = work.add_client("fern")
    first = date(2026, 1, 5)

    def add(writer: int) -> None:
        with Store.open(home, url) as own:
            for turn in range(_EACH):
                shots = [
                    NewPhoto(data.encode() * 50, "a.jpg", View.FRONTAL, (61, 83))
                    for data in (f"shared {turn}", f"{writer} {turn}")
                ]
                with own.work() as work:
                    work.add_session(client.id, first + timedelta(days=turn), photos=shots)
                    work.add_treatment(client.id, first + timedelta(days=turn), "peeling")
                with own.reading() as record:
                    record.sessions(client.id)

    assert all_at_once(add) == []
    with store.reading() as record:
        sessions = record.sessions(client.id)
        assert len(sessions) == len(record.treatments(client.id)) == _EACH
    for session in sessions:
        assert len(session.photos) == len({p.sha256 for p in session.photos}) == _WRITERS + 1
    assert store.verify().tidy


def test_one_name_drawn_by_all_at_once_is_drawn_once(home, url, store: Store):
    with store.work() as work:
        client = work.add_client("fern")
    kept, refusals = list[int](), list[str]()

    def draw(writer: int) -> None:
        corners = [(writer, 0.0), (9.0, 0.0), (9.0, 9.0)]
        try:
            with store.work() as work:
                save_region(work, client.id, view=View.BODY, name="mark", polygon_xy=corners)
            kept.append(writer)
        except StoreError as error:
            refusals.append(str(error))

    assert all_at_once(draw) == []
    with store.reading() as record:
        (region,) = drawn_regions(record, client.id)
    assert kept == [int(region.polygon_xy[0][0])]
    assert ["a name that is not drawn yet" in words for words in refusals] == [True] * 3
