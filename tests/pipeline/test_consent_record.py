"""What was signed and what left are in a client's archive, and gone after an erasure."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from progress.model import OPERATOR, Client
from progress.model.consent import Channel, Purpose, Use
from progress.model.exports import Outgoing
from progress.pipeline.access import Action
from progress.pipeline.clinic import Clinic
from progress.pipeline.erasure import erase_client
from progress.pipeline.importing import import_source
from progress.pipeline.record_export import export_client
from progress.store.erased import remainders

SIGNED = b"%PDF-1.7 signed by Zwetschge 4711 " * 50
TinyPhoto = Callable[..., bytes]


@pytest.fixture
def clinic(tmp_path: Path, database_url: str | None) -> Iterator[Clinic]:
    with Clinic.open(tmp_path / "home", database_url, caller=OPERATOR) as clinic:
        yield clinic


@pytest.fixture
def fern(clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto) -> Client:
    """Two pictures cleared for the website, one of them taken back, two files and a report out."""
    client = clinic.add_client("fern", birth_year=1980)
    session = clinic.add_session(
        client.id,
        taken_on=date(2026, 1, 5),
        photos=[("1.jpg", tiny_photo(1)), ("2.jpg", tiny_photo(2))],
    )
    photos = [photo.sha256 for photo in session.photos]
    given = clinic.give_consent(
        client.id,
        purpose=Purpose.MARKETING,
        channel=Channel.WEBSITE,
        document=SIGNED,
        media_type="application/pdf",
        text_version="form 3",
        photo_ids=[photo.id for photo in session.photos],
        with_face=True,
        granted_on=date(2026, 1, 5),
    )
    clinic.give_consent(
        client.id,
        purpose=Purpose.TEACHING,
        channel=Channel.CLINIC,
        document=tiny_photo(9),  # a photo of the form must not come back as a photo of the client
        media_type="image/jpeg",
        text_version="form 3",
        photo_ids=[session.photos[0].id],
        granted_on=date(2026, 1, 5),
    )
    out = tmp_path / "published by fern"
    out.mkdir()
    for name, shown in (("both.jpg", photos), ("second.jpg", photos[1:])):
        use = Use(Purpose.MARKETING, Channel.WEBSITE, tuple(shown))
        files = [Outgoing(name, name.encode(), out / name)]
        grant = clinic.ask_grant(client.id, use)
        clinic.release(client.id, files, grant=grant, kind="comparison")
    clinic.release_record(client.id, [Outgoing("r.pdf", b"r")], kind="clinical report")
    clinic.withdraw_consent(client.id, given.id, photos=photos[:1])
    return client


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))


def test_an_archive_holds_what_was_signed_and_what_left_and_no_folder_of_the_clinic(
    clinic: Clinic, fern: Client, tmp_path: Path, tiny_photo: TinyPhoto
):
    out = tmp_path / "fern.zip"
    done = export_client(clinic, fern.id, out)
    photos = [photo.sha256 for photo in clinic.sessions(fern.id)[0].photos]
    with zipfile.ZipFile(out) as archive:
        assert done.files == len(archive.namelist())
        teaching, marketing = sorted(table(archive, "consents.csv"), key=lambda r: r["channel"])
        assert archive.read(marketing["document"]) == SIGNED
        assert marketing["document"].endswith("_2026-01-05_marketing_website.pdf")
        assert archive.read(teaching["document"]) == tiny_photo(9)
        (back,) = table(archive, "withdrawn_photos.csv")
        assert (back["channel"], back["photos_sha256"]) == ("website", photos[0])
        left = table(archive, "exports.csv")
        assert [row["file"] for row in left] == ["both.jpg", "second.jpg", "r.pdf"]
        assert [row["handed_over"] for row in left] == ["as a file", "as a file", "by the browser"]
        assert left[1]["photos_sha256"] == photos[1]
        assert left[0]["file_sha256"] == Outgoing("", b"both.jpg").sha256
        for name in archive.namelist():
            assert b"published by fern" not in archive.read(name)
        whole = json.loads(archive.read("record.json"))
        assert [row["place"] for row in whole["export_files"]].count("download") == 1
        assert "sealed" not in whole["consent_documents"][0]


def test_what_was_signed_does_not_come_back_as_a_picture_of_the_client(
    clinic: Clinic, fern: Client, tmp_path: Path
):
    export_client(clinic, fern.id, tmp_path / "fern.zip")
    with Clinic.open(tmp_path / "empty", caller=OPERATOR) as empty:
        report = import_source(empty, tmp_path / "fern.zip", today=date(2026, 11, 21))
        # A photo of a form is told as not taken; the table names no such photo.
        assert [one.name for one in report.left] == ["consents/02_2026-01-05_teaching_clinic.jpg"]
        (client,) = empty.clients()
        (session,) = empty.sessions(client.id)
        assert len(session.photos) == 2
        # A consent is asked for, not copied: the new record may not publish by it.
        assert empty.consents(client.id) == ()


def test_an_erasure_tells_what_left_and_keeps_no_more_of_it_than_is_needed_to_know_it_again(
    clinic: Clinic, fern: Client
):
    both, second, _ = clinic.exports(fern.id)
    clinic.note_taken_down(fern.id, second.id)
    report = erase_client(clinic, fern.id, confirm="fern")
    told = report.to_dict()["exports"]
    assert [one["kind"] for one in told] == ["comparison", "clinical report"]
    assert told[0]["files"][0]["where"].endswith("published by fern/both.jpg")
    assert told[0]["by"] == "command line"
    assert (report.erased["notes of what left"], report.erased["signed documents"]) == (3, 2)
    assert any(one.count == 1 and "made for others" in one.what for one in report.kept)
    with clinic.asking(Action.KEEP_RECORD).reading() as record:
        (rest,) = remainders(record).values()
    (kept,) = rest["published"]
    assert kept == {
        "export": both.id,
        "channel": "website",
        "jurisdiction": "",
        "when": both.made_at.isoformat(timespec="seconds"),
        "by": "command line",
        "sha256": [both.files[0].sha256],
    }


def test_nothing_of_what_was_signed_stays_on_the_disk_after_an_erasure(
    clinic: Clinic, fern: Client, tmp_path: Path, database_url: str | None
):
    def holding(words: bytes) -> list[str]:
        home = tmp_path / "home"
        return [f.name for f in home.rglob("*") if f.is_file() and words in f.read_bytes()]

    with clinic.asking(Action.KEEP_RECORD).reading() as record:
        rows = record._connection.exec_driver_sql("SELECT sealed FROM consent_documents").scalars()
        sealed = [row[:60].encode() for row in rows]
    assert holding(b"Zwetschge 4711") == []  # sealed from the first moment
    assert all(bool(holding(one)) is (database_url is None) for one in sealed)
    assert erase_client(clinic, fern.id, confirm="fern").scrubbed
    for words in (*sealed, b"published by fern", b"both.jpg"):
        assert holding(words) == []
    with clinic.asking(Action.KEEP_RECORD).reading() as record:
        for name in (
            "consents",
            "consent_documents",
            "consent_photos",
            "consent_photo_withdrawals",
            "exports",
            "export_files",
            "export_photos",
            "export_consents",
        ):
            count = f"SELECT count(*) FROM {name}"  # noqa: S608 - names of ours
            assert record._connection.exec_driver_sql(count).scalar() == 0, name
