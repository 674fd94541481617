"""A record of one mannequin with four visits, whose pairs are computed once for all tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from PIL import Image
from PIL.ExifTags import IFD, Base

from progress.exports.marketing_wish import MarketingWish
from progress.model import View
from progress.model.consent import Channel, Purpose
from progress.pipeline import clinic_answers
from progress.pipeline.clinic import Clinic
from progress.store import NewPhoto

SAMPLES = Path(__file__).parents[2] / "samples" / "clients" / "fern"
FIRST, HEALING, LAST = date(2026, 1, 5), date(2026, 1, 15), date(2026, 6, 22)
BETWEEN = date(2026, 5, 4)
TREATED = (date(2026, 1, 12), date(2026, 2, 16), date(2026, 3, 30))
NAME = "Fernanda Quisling"
"""As no test would find by chance."""
ARTIST = "Ottilie Zwickmaier"
"""The photographer, in the metadata of every photo."""
FILE = "fernanda_before_IMG_4711.jpg"

_COMPUTED: dict[tuple[bytes, ...], object] = {}


@dataclass
class MarketingHouse:
    """The record, whose it is, and a folder to export to."""

    clinic: Clinic
    client_id: str
    out: Path

    def wish(self, **changes) -> MarketingWish:
        """First and last day on the website, in Britain."""
        asked = MarketingWish(self.client_id, (FIRST, LAST), Channel.WEBSITE, "GB")
        return replace(asked, **changes)

    def give(self, **changes):
        """A consent that allows `wish`."""
        photos = [p.id for s in self.clinic.sessions(self.client_id) for p in s.photos]
        asked = {
            "purpose": Purpose.MARKETING,
            "channel": Channel.WEBSITE,
            "document": b"signed",
            "text_version": "1",
            "photo_ids": photos,
        }
        return self.clinic.give_consent(self.client_id, **(asked | changes))


def telling(path: Path) -> bytes:
    """The sample photo as a careless camera would have written it: who, where, with what.

    The pixels stay as they are: only the segment of the metadata is another one.
    """
    with Image.open(path) as sample:
        exif = sample.getexif()
        exif[Base.Artist], exif[Base.Copyright] = ARTIST, ARTIST
        exif.get_ifd(IFD.GPSInfo).update(
            {1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)}
        )
        written = b"Exif\x00\x00" + exif.tobytes().removeprefix(b"Exif\x00\x00")
    xmp = (
        b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta><dc:creator>"
        + ARTIST.encode()
        + b"</dc:creator>"
    )
    data = path.read_bytes()
    at = data.index(b"\xff\xe1")
    old = 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    segments = [b"\xff\xe1" + (len(one) + 2).to_bytes(2, "big") + one for one in (written, xmp)]
    return data[:at] + b"".join(segments) + data[at + old :]


def fill(clinic: Clinic) -> str:
    """Put the mannequin into a record; its id."""
    client = clinic.add_client(NAME, simulated=True)
    with clinic._store.work() as work:
        for day in (FIRST, HEALING, BETWEEN, LAST):
            data = telling(SAMPLES / day.isoformat() / "frontal.jpg")
            photo = NewPhoto(data, FILE, View.FRONTAL, (61, 83))
            work.add_session(client.id, day, photos=[photo])
    for day in TREATED:
        clinic.add_treatment(client.id, day=day, kind="micro-needling", needle_depth_mm=1.5)
    return client.id


def computed_once(monkeypatch, really=clinic_answers.compare_sessions) -> None:
    """Compare the same photos once in this process: it takes seconds, and every test asks."""

    def remembered(baseline, followup, *more):
        key = tuple(p.read_bytes() for visit in (baseline, followup) for p in visit.photos)
        if key not in _COMPUTED:
            _COMPUTED[key] = really(baseline, followup, *more)
        return _COMPUTED[key]

    monkeypatch.setattr(clinic_answers, "compare_sessions", remembered)
