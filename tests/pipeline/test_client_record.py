"""A client's record goes out whole, comes back equal, and is erased but for what must stay."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from progress.model import NOBODY, OPERATOR, BadInput, Client, NotAllowed, StoreError, View
from progress.model.consent import Channel, Consent, Purpose
from progress.pipeline.access import Action
from progress.pipeline.clinic import Clinic
from progress.pipeline.erasure import client_named, erase_client
from progress.pipeline.importing import import_source
from progress.pipeline.record_export import export_client
from progress.store.audit import check_audit
from progress.store.consents import add_consent, withdraw_consent
from progress.store.erased import remainders

TODAY = date(2026, 11, 21)
DAY, LATER = date(2026, 1, 5), date(2026, 6, 22)
MOMENT = datetime(2026, 1, 5, 10, 30)  # noqa: DTZ001 - without zone, as the record keeps it
TinyPhoto = Callable[..., bytes]
WORDS = "Zwetschgenknödel 4711"


@pytest.fixture
def clinic(tmp_path: Path, database_url: str | None) -> Iterator[Clinic]:
    with Clinic.open(tmp_path / "home", database_url, caller=OPERATOR) as clinic:
        yield clinic


def consent(client: Client, number: int, purpose: Purpose, photos: tuple[str, ...]) -> Consent:
    return Consent(
        id=f"{number:032d}",
        client_id=client.id,
        purpose=purpose,
        channel=Channel.WEBSITE,
        photos=photos,
        with_face=True,
        granted_on=DAY,
        expires_on=None,
        withdrawn_at=None,
        region="",
        jurisdiction="GB",
        document_sha256="d" * 64,
        text_version="1",
        recorded_by="desk",
        recorded_at=MOMENT,
    )


@pytest.fixture
def anna(clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto) -> Client:
    """A client with a little of everything, beside another one who shares a photo's bytes."""
    client = clinic.add_client(f"anna {WORDS}")
    with clinic.changing(Action.CHANGE_CLIENT, client.id) as work:
        client = work.change_client(
            replace(client, birth_year=1980, skin_type="III", note=f'=1+1 "{WORDS}"\nline two, ;')
        )
    for day, seeds in ((DAY, (1, 2)), (LATER, (3,))):
        clinic.add_session(
            client.id,
            taken_on=day,
            photos=[(f"../IMG {seed}.JPG", tiny_photo(seed, taken_at=MOMENT)) for seed in seeds],
            note=f"note {WORDS}",
            view=View.LEFT_OBLIQUE,
        )
    clinic.add_treatment(
        client.id, day=DAY, kind="micro-needling", needle_depth_mm=1.25, note=f"-{WORDS}"
    )
    clinic.draw_region(
        client.id, view=View.LEFT_OBLIQUE, name=WORDS, polygon_xy=[(1, 2), (9, 2), (5, 8.5)]
    )
    photos = tuple(p.sha256 for p in clinic.sessions(client.id)[0].photos)
    with clinic.changing(Action.GIVE_CONSENT, client.id) as work:
        add_consent(work, consent(client, 1, Purpose.MARKETING, photos))
        add_consent(work, consent(client, 2, Purpose.TEACHING, photos))
        withdraw_consent(work, client.id, f"{2:032d}", by="desk", at=MOMENT)
        work.save_comparison("timeline-1", json.dumps({"about": WORDS}), client_id=client.id)
        work.save_comparison("rehearsal-1", json.dumps({"about": WORDS}), client_id=client.id)
    other = clinic.add_client("berta")
    clinic.add_session(other.id, taken_on=DAY, photos=[("b.jpg", tiny_photo(3, taken_at=MOMENT))])
    return client


def table(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode(), newline="")))


def without_ids(clinic: Clinic, name: str) -> list[Any]:
    client = client_named(clinic, name)
    sessions = clinic.sessions(client.id)
    return [
        replace(client, id="", version=0),
        [(s.taken_on, s.note) for s in sessions],
        [[replace(p, id="", session_id="") for p in s.photos] for s in sessions],
        [replace(t, id="", client_id="", version=0) for t in clinic.treatments(client.id)],
    ]


def test_a_record_reads_back_from_its_archive(
    clinic: Clinic, anna: Client, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    out = tmp_path / "anna.zip"
    done = export_client(clinic, anna.id, out)
    assert done.counts["photos"] == 3
    assert oct(out.stat().st_mode & 0o777) == "0o600"
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert done.files == len(names)
        assert all(not n.startswith("/") and ".." not in n and "\\" not in n for n in names)
        assert not any(str(tmp_path) in archive.read(n).decode("latin-1") for n in names)
        photos = table(archive, "photos.csv")
        assert [row["date"] for row in photos] == ["2026-01-05", "2026-01-05", "2026-06-22"]
        for row, seed in zip(photos, (1, 2, 3), strict=True):
            assert archive.read(row["photo"]) == tiny_photo(seed, taken_at=MOMENT)
            assert row["original_name"] == f"IMG {seed}.JPG"
        (told,) = table(archive, "clients.csv")
        assert told["note"] == f"'{anna.note}"  # no spreadsheet computes it
        consents = table(archive, "consents.csv")
        assert [(row["purpose"], row["withdrawn_by"]) for row in consents] == [
            ("marketing", ""),
            ("teaching", "desk"),
        ]
        assert [row["action"] for row in table(archive, "audit.csv")][-1] == "export record"
        assert {row["name"] for row in table(archive, "data_dictionary.csv")} >= {
            "redness", "standard_error",
        }  # fmt: skip
        assert json.loads(archive.read("courses/01.json")) == {"about": WORDS}
        assert "courses/02.json" not in names
        whole = json.loads(archive.read("record.json"))
        assert whole["drawn_regions"][0]["name"] == WORDS
        assert "audit.csv" in archive.read("README.txt").decode()
        # Nothing of anybody else.
        assert not any(b"berta" in archive.read(n) for n in names)
    before = out.read_bytes()
    export_client(clinic, anna.id, out)
    with zipfile.ZipFile(io.BytesIO(before)) as first, zipfile.ZipFile(out) as second:
        assert first.namelist() == second.namelist()
        same = [n for n in first.namelist() if first.read(n) == second.read(n)]
    # Only the audit has grown: the first export is a line of it.
    assert set(first.namelist()) - set(same) == {"audit.csv", "record.json"}


def test_an_exported_record_is_imported_equal(clinic: Clinic, anna: Client, tmp_path: Path) -> None:
    out = tmp_path / "anna.zip"
    export_client(clinic, anna.id, out)
    with Clinic.open(tmp_path / "empty", caller=OPERATOR) as empty:
        report = import_source(empty, out, today=TODAY)
        assert not report.left
        assert without_ids(empty, anna.pseudonym) == without_ids(clinic, anna.pseudonym)
        assert import_source(empty, out, today=TODAY).added_nothing


def test_an_export_is_whole_or_not_there(clinic: Clinic, anna: Client, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    with pytest.raises(BadInput, match="existing folder"):
        export_client(clinic, anna.id, folder / "anna.zip")
    folder.mkdir()
    sealed = [f for f in (tmp_path / "home" / "photos").rglob("*") if f.suffix == ".sealed"]
    for file in sealed:
        file.write_bytes(b"damaged")
    with pytest.raises(StoreError, match="expected"):
        export_client(clinic, anna.id, folder / "anna.zip")
    assert list(folder.iterdir()) == []
    with pytest.raises(NotAllowed, match="signed in"):
        export_client(clinic.for_caller(NOBODY), anna.id, folder / "anna.zip")


def test_erasing_takes_exactly_the_confirmed_client(
    clinic: Clinic, anna: Client, tmp_path: Path
) -> None:
    for wrong in ("", anna.pseudonym.upper(), "berta", anna.id):
        with pytest.raises(BadInput, match="as confirmation"):
            erase_client(clinic, anna.id, confirm=wrong)
    with pytest.raises(NotAllowed, match="signed in"):
        erase_client(clinic.for_caller(NOBODY), anna.id, confirm=anna.pseudonym)
    assert len(clinic.sessions(anna.id)) == 2
    berta = client_named(clinic, "berta")
    digests = [p.sha256 for s in clinic.sessions(anna.id) for p in s.photos]
    report = erase_client(clinic, anna.id, confirm=anna.pseudonym)
    assert [client.pseudonym for client in clinic.clients()] == ["berta"]
    assert report.erased["photos"] == 3
    # The third is berta's too, and stays for her.
    assert (report.files_erased, report.files_left) == (2, (digests[2],))
    assert clinic.sessions(berta.id)[0].photos[0].sha256 == digests[2]
    (take_down,) = report.take_down
    assert (take_down["purpose"], take_down["channel"]) == ("marketing", "website")
    for beyond in ("backups", "imported from", "left the house"):
        assert any(beyond in line for line in report.not_covered)
    assert [kept.count for kept in report.kept][1] == 2
    store = clinic.asking(Action.KEEP_RECORD)
    found = store.verify()
    assert found.ok
    assert not found.orphans
    assert found.n_photos == 1
    with store.reading() as record:
        assert check_audit(record).ok
        (rest,) = remainders(record).values()
    assert [c["purpose"] for c in rest["consents"]] == ["marketing", "teaching"]
    assert [c["withdrawn_at"] is None for c in rest["consents"]] == [True, False]
    assert "photos" not in rest["consents"][0]
    with pytest.raises(BadInput, match="expected a pseudonym or id"):
        client_named(clinic, anna.pseudonym)


def test_no_word_and_no_picture_of_an_erased_client_stays_on_the_disk(
    clinic: Clinic, anna: Client, tmp_path: Path, database_url: str | None
) -> None:
    def files_with(words: bytes) -> list[str]:
        home = tmp_path / "home"
        return [f.name for f in home.rglob("*") if f.is_file() and words in f.read_bytes()]

    secret = WORDS.encode()
    assert bool(files_with(secret)) is (database_url is None)
    assert erase_client(clinic, anna.id, confirm=anna.pseudonym).scrubbed
    assert files_with(secret) == []
    in_database = ["progress.db"] if database_url is None else []
    assert files_with(anna.id.encode()) == in_database
    assert len(list((tmp_path / "home" / "photos").rglob("*.sealed"))) == 1
