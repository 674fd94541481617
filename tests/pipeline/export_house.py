"""A record of two clients with pictures, and a folder that files leave to."""

from __future__ import annotations

import functools
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from progress.model import View
from progress.model.consent import Channel, Grant, Purpose, Use
from progress.model.exports import Outgoing
from progress.model.people import OPERATOR
from progress.pipeline.clinic import Clinic
from progress.store import NewPhoto

DAY = date(2026, 1, 5)
DOCUMENT = b"signed on paper"


@dataclass
class House:
    """A record of two clients with two sessions each, and a folder to export to."""

    clinic: Clinic
    fern: str
    ivy: str
    photos: dict[str, tuple[str, ...]]
    ids: dict[str, tuple[str, ...]]
    out: Path

    def use(self, who: str = "", **changes) -> Use:
        """All pictures of a client on the website, eyes covered."""
        photos = self.photos[who or self.fern]
        return replace(Use(Purpose.MARKETING, Channel.WEBSITE, photos), **changes)

    def give(self, who: str = "", **changes):
        """A consent that allows `use`."""
        who = who or self.fern
        asked = {
            "purpose": Purpose.MARKETING,
            "channel": Channel.WEBSITE,
            "document": DOCUMENT,
            "text_version": "1",
            "photo_ids": self.ids[who],
        }
        return self.clinic.give_consent(who, **(asked | changes))

    def born(self, year: int | None) -> None:
        """Write another year of birth into fern's record."""
        client = self.clinic.client(self.fern)
        self.clinic.change_client(
            self.fern, version=client.version, pseudonym=client.pseudonym, birth_year=year
        )

    def export(self, grant: Grant, name: str = "pair.jpg") -> Path:
        """Let a file out with a grant; its place."""
        target = self.out / name
        self.clinic.release(
            grant.client_id, [Outgoing(name, b"pixels", target)], grant=grant, kind="comparison"
        )
        return target


def made(folder: Path, url: str | None = None) -> House:
    """The house in a folder; its record in SQLite, or in the database of the URL."""
    if url is not None:
        return _built(folder, url)
    _, model = _model()
    shutil.copytree(model.out.parent / "home", folder / "home")
    out = folder / "out"
    out.mkdir()
    return replace(model, clinic=Clinic.open(folder / "home", caller=OPERATOR), out=out)


@functools.cache
def _model() -> tuple[tempfile.TemporaryDirectory[str], House]:
    """One that is built once and copied: a hundred tests want one each."""
    folder = tempfile.TemporaryDirectory()
    house = _built(Path(folder.name), None)
    house.clinic.close()
    return folder, house


def _built(folder: Path, url: str | None) -> House:
    clinic = Clinic.open(folder / "home", url, caller=OPERATOR)
    ids, photos, numbers = [], {}, {}
    for name in ("fern", "ivy"):
        client = clinic.add_client(name, birth_year=1980)
        ids.append(client.id)
        with clinic._store.work() as work:
            shots = [
                work.add_session(
                    client.id,
                    DAY + timedelta(days=84 * visit),
                    photos=[NewPhoto(f"{name} {visit}".encode(), "a.jpg", View.FRONTAL, (61, 83))],
                ).photos[0]
                for visit in range(2)
            ]
        photos[client.id] = tuple(shot.sha256 for shot in shots)
        numbers[client.id] = tuple(shot.id for shot in shots)
    out = folder / "out"
    out.mkdir()
    return House(clinic, ids[0], ids[1], photos, numbers, out)
