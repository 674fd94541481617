"""Consents, what was signed, and what left come back from a backup, in either database."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from progress.model import View
from progress.model.consent import Channel, Consent, Purpose
from progress.model.exports import BY_DOWNLOAD, ExportedFile, ExportRecord
from progress.store import NewPhoto, Store, restore_backup
from progress.store.consents import (
    SignedDocument,
    add_consent,
    consent_document,
    consents,
    withdraw_consent,
)
from progress.store.exports import add_export, exports, note_taken_down

DAY = date(2026, 1, 5)
MOMENT = datetime(2026, 1, 5, 10, 30)  # noqa: DTZ001 - without zone, as the record keeps it
SIGNED = SignedDocument(b"%PDF-1.7 signed", "application/pdf")


def fill(store: Store) -> None:
    """Two consents, one in part and one wholly taken back, and two exports, one of them down."""
    shots = [NewPhoto(f"photo {i}".encode(), f"{i}.jpg", View.FRONTAL, (61, 83)) for i in range(2)]
    with store.work() as work:
        client = work.add_client("fern", birth_year=1980)
        session = work.add_session(client.id, DAY, photos=shots)
        photos = tuple(sorted(photo.sha256 for photo in session.photos))
        for number, channel in enumerate((Channel.WEBSITE, Channel.PRINT)):
            given = Consent(
                id=f"{number:032d}",
                client_id=client.id,
                purpose=Purpose.MARKETING,
                channel=channel,
                photos=photos,
                with_face=True,
                granted_on=DAY,
                expires_on=None,
                withdrawn_at=None,
                region="left_cheek",
                jurisdiction="GB",
                document_sha256="d" * 64,
                text_version="1",
                recorded_by="desk",
                recorded_at=MOMENT,
                with_originals=bool(number),
            )
            add_consent(work, given, SIGNED)
        withdraw_consent(work, client.id, f"{0:032d}", by="desk", at=MOMENT, photos=photos[:1])
        withdraw_consent(work, client.id, f"{1:032d}", by="desk", at=MOMENT)
        for number, place in enumerate(("/srv/out/pair.jpg", BY_DOWNLOAD)):
            left = ExportRecord(
                id=f"{number:032x}",
                client_id=client.id,
                kind="comparison",
                purpose="marketing",
                channel="website",
                jurisdiction="GB",
                made_at=MOMENT,
                made_by="max",
                files=(ExportedFile("pair.jpg", place, "e" * 64),),
                photos=photos,
                consents=(f"{0:032d}",),
                detail={"rules": ["GB caption"]},
            )
            add_export(work, left)
        note_taken_down(work, client.id, f"{1:032x}", MOMENT)


def told(store: Store) -> list[object]:
    with store.reading() as record:
        (client,) = record.clients()
        given = consents(record, client_id=client.id)
        documents = [consent_document(record, one.id) for one in given]
        return [given, documents, exports(record, client.id)]


def test_consents_documents_and_exports_are_restored_in_either_database(
    store: Store, home: Path, tmp_path: Path, postgres_server
):
    from progress.lab.postgres import fresh_database

    fill(store)
    before = told(store)
    assert before[1] == [SIGNED, SIGNED]
    store.back_up(tmp_path / "backup")
    data = (tmp_path / "backup").read_bytes()
    assert b"signed" not in data
    assert b"pair.jpg" not in data
    with fresh_database(postgres_server) as elsewhere:
        for number, url in enumerate([None, elsewhere]):
            there = tmp_path / f"restored {number}"
            restore_backup(
                tmp_path / "backup",
                there,
                url=url,
                key_file=home / "key",
                step=lambda _label, _done: None,
            )
            with Store.open(there, url) as again:
                assert told(again) == before
                assert again.verify().tidy
