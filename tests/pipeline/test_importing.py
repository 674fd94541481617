"""Existing photos come into the record once, to whom they belong, and the rest is accounted for."""

from __future__ import annotations

import os
import random
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from progress.model import NOBODY, OPERATOR, BadInput, BadTable, NotAllowed, View
from progress.model.raster import PHANTOM_CAMERA
from progress.pipeline import import_source as import_source_module
from progress.pipeline.clinic import Clinic
from progress.pipeline.import_names import day_of_name, is_day_folder, view_of_name
from progress.pipeline.import_report import DatedBy, ImportReport, Why
from progress.pipeline.import_tables import guarded, unguarded
from progress.pipeline.importing import import_source

TODAY = date(2026, 11, 21)
NOON = datetime(2025, 3, 4, 12, 0)  # noqa: DTZ001 - local, as cameras write
TinyPhoto = Callable[..., bytes]


@pytest.fixture
def clinic(tmp_path: Path, database_url: str | None) -> Iterator[Clinic]:
    with Clinic.open(tmp_path / "home", database_url, caller=OPERATOR) as clinic:
        yield clinic


def place(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def touch(path: Path, year: int) -> None:
    """A file last written on 6 May of a year."""
    moment = datetime(year, 5, 6, 12).timestamp()  # noqa: DTZ001 - local, as file systems show
    os.utime(path, (moment, moment))


def whys(report: ImportReport) -> dict[str, Why]:
    return {one.name: one.why for one in report.left}


def days(clinic: Clinic) -> dict[str, list[str]]:
    return {
        client.pseudonym: [s.taken_on.isoformat() for s in clinic.sessions(client.id)]
        for client in clinic.clients()
    }


def test_folders_say_whose_photos_they_are_and_a_second_run_adds_nothing(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    source = place(
        tmp_path / "old",
        {
            "anna/2026-01-05/frontal.jpg": tiny_photo(1),
            "anna/2026-01-05/left.jpg": tiny_photo(2),
            "anna/2026-02-09 after two/right profile/IMG_1.jpg": tiny_photo(3),
            "berta/IMG_20250304.jpg": tiny_photo(4),
            "berta/camera.jpg": tiny_photo(5, taken_at=NOON),
            "berta/notes.txt": b"nothing",
            "Thumbs.db": b"litter",
        },
    )
    report = import_source(clinic, source, today=TODAY)
    assert not report.left
    assert days(clinic) == {"anna": ["2026-01-05", "2026-02-09"], "berta": ["2025-03-04"]}
    anna, berta = clinic.clients()
    shots = [photo for session in clinic.sessions(anna.id) for photo in session.photos]
    assert [p.view for p in shots] == [View.FRONTAL, View.LEFT_OBLIQUE, View.RIGHT_PROFILE]
    by = {(s.client, s.taken_on): s.dated_by for s in report.sessions}
    assert by[("anna", date(2026, 1, 5))] == (DatedBy.FOLDER,)
    assert by[("berta", date(2025, 3, 4))] == (DatedBy.EXIF, DatedBy.NAME)
    assert report.photos_added == 5
    assert report.clients_added == 2
    again = import_source(clinic, source, today=TODAY)
    assert again.added_nothing
    assert again.already_there == 5
    assert len(clinic.sessions(berta.id)[0].photos) == 2


def test_a_client_whose_photos_all_say_so_is_a_mannequin(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    rendered = tiny_photo(1, camera=PHANTOM_CAMERA)
    files = {
        "fern/2026-01-05/a.jpg": rendered,
        "anna/2026-01-05/a.jpg": tiny_photo(2, camera=PHANTOM_CAMERA),
        "anna/2026-01-05/b.jpg": tiny_photo(3),
    }
    import_source(clinic, place(tmp_path / "old", files), today=TODAY)
    assert {one.pseudonym: one.simulated for one in clinic.clients()} == {
        "anna": False,
        "fern": True,
    }


def test_a_file_date_is_the_last_resort_and_is_said(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    source = place(tmp_path / "old", {"anna/a.jpg": tiny_photo(1), "anna/b.jpg": tiny_photo(2)})
    touch(source / "anna/a.jpg", 2024)
    os.utime(source / "anna/b.jpg", (0, 0))
    report = import_source(clinic, source, today=TODAY)
    assert [(s.taken_on, s.dated_by) for s in report.sessions] == [
        (date(2024, 5, 6), (DatedBy.FILE,))
    ]
    assert whys(report) == {"anna/b.jpg": Why.NO_DATE}
    # Copied anew, a file has another date, and is still the same photo.
    touch(source / "anna/a.jpg", 2025)
    assert import_source(clinic, source, today=TODAY).added_nothing


def test_one_bad_file_never_stops_the_rest(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = tiny_photo(1)
    monkeypatch.setattr(import_source_module, "MAX_BYTES", 20_000)
    source = place(
        tmp_path / "old",
        {
            "anna/2026-01-05/cut.jpg": good[:200],
            "anna/2026-01-05/empty.jpg": b"",
            "anna/2026-01-05/good.jpg": good,
            "anna/2026-01-05/good copy.jpg": good,
            "anna/2026-01-05/huge.jpg": b"x" * 20_001,
            "anna/2026-01-05/movie.mp4": b"moving",
            "anna/2026-01-05/other.jpg": tiny_photo(2),
            "anna/words.jpg": b"no photo",
            "2026-01-05/nobody.jpg": tiny_photo(3),
            "loose 2026-01-05.jpg": tiny_photo(4),
            "anna/berta/2026-01-05/both.jpg": tiny_photo(5),
            "carla/2026-01-05/shared.jpg": tiny_photo(6),
            "dora/2026-01-05/shared.jpg": tiny_photo(6),
        },
    )
    (source / "anna/2026-01-05/gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    (tmp_path / "secret.jpg").write_bytes(tiny_photo(7))
    (source / "anna/2026-01-05/out.jpg").symlink_to(tmp_path / "secret.jpg")
    report = import_source(clinic, source, today=TODAY)
    assert report.photos_added == 2
    assert days(clinic) == {"anna": ["2026-01-05"]}
    assert whys(report) == {
        "anna/2026-01-05/cut.jpg": Why.UNREADABLE,
        "anna/2026-01-05/empty.jpg": Why.UNREADABLE,
        "anna/2026-01-05/gone.jpg": Why.UNREADABLE,
        "anna/2026-01-05/good.jpg": Why.DUPLICATE,
        "anna/2026-01-05/huge.jpg": Why.TOO_LARGE,
        "anna/2026-01-05/movie.mp4": Why.OTHER_KIND,
        "anna/2026-01-05/out.jpg": Why.UNREADABLE,
        "anna/words.jpg": Why.UNREADABLE,
        "2026-01-05/nobody.jpg": Why.NO_CLIENT,
        "loose 2026-01-05.jpg": Why.NO_CLIENT,
        "anna/berta/2026-01-05/both.jpg": Why.SEVERAL_CLIENTS,
        "carla/2026-01-05/shared.jpg": Why.SEVERAL_CLIENTS,
        "dora/2026-01-05/shared.jpg": Why.SEVERAL_CLIENTS,
    }


def test_a_photo_is_never_filed_with_a_second_person(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    first = place(tmp_path / "first", {"anna/2026-01-05/a.jpg": tiny_photo(1)})
    import_source(clinic, first, today=TODAY)
    second = place(
        tmp_path / "second",
        {"berta/2026-01-05/a.jpg": tiny_photo(1), "2026-01-06/b.jpg": tiny_photo(2)},
    )
    report = import_source(clinic, second, client="carla", today=TODAY)
    # One folder that is no day may be anything of carla's, unless the record knows the name.
    assert whys(report) == {"berta/2026-01-05/a.jpg": Why.SEVERAL_CLIENTS}
    assert days(clinic) == {"anna": ["2026-01-05"], "carla": ["2026-01-06"]}
    mixed = place(
        tmp_path / "mixed",
        {"dora/2026-01-05/a.jpg": tiny_photo(3), "emma/2026-01-05/a.jpg": tiny_photo(4)},
    )
    report = import_source(clinic, mixed, client="dora", today=TODAY)
    assert whys(report) == {"emma/2026-01-05/a.jpg": Why.SEVERAL_CLIENTS}
    assert days(clinic)["dora"] == ["2026-01-05"]


def test_folders_around_clients_and_visits_are_told_from_people(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    wrapped = place(
        tmp_path / "wrapped",
        {
            "export/anna/2026-01-05/a.jpg": tiny_photo(1),
            "export/berta/2026-01-05/left/a.jpg": tiny_photo(2),
        },
    )
    report = import_source(clinic, wrapped, today=TODAY)
    assert days(clinic) == {"anna": ["2026-01-05"], "berta": ["2026-01-05"]}
    assert "'export' around all clients was seen through" in report.notes[0]
    visits = place(
        tmp_path / "visits",
        {
            "carla/before/IMG_20260105.jpg": tiny_photo(3),
            "carla/after/IMG_20260622.jpg": tiny_photo(4),
        },
    )
    import_source(clinic, visits, today=TODAY)
    assert days(clinic)["carla"] == ["2026-01-05", "2026-06-22"]


def test_a_table_says_client_day_view_and_treatment(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    source = place(
        tmp_path / "old",
        {
            "p/a.jpg": tiny_photo(1),
            "p/b.jpg": tiny_photo(2, taken_at=NOON),
            "p/unnamed.jpg": tiny_photo(3),
            "photos.csv": (
                "client;date;photo;view;event\n"
                "anna;2026-01-05;p/a.jpg;left_profile;\n"
                "anna;;p/b.jpg;;\n"
                "anna;2026-01-12;;;micro-needling 1.5 mm\n"
                "anna;2026-01-05;p/gone.jpg;;\n"
                "anna;2026-01-05;../../secret.jpg;;\n"
                "anna;05/01/2026;p/a.jpg;;\n"
                "berta;2026-01-05;p/a.jpg;;\n"
                ";2026-01-05;p/a.jpg;;\n"
                "anna;2026-01-05;p/a.jpg;sideways;\n"
            ).encode("utf-8-sig"),
        },
    )
    (tmp_path / "secret.jpg").write_bytes(tiny_photo(9))
    report = import_source(clinic, source / "photos.csv", today=TODAY)
    assert days(clinic) == {"anna": ["2025-03-04", "2026-01-05"]}
    (anna,) = clinic.clients()
    assert clinic.sessions(anna.id)[1].photos[0].view is View.LEFT_PROFILE
    (treatment,) = clinic.treatments(anna.id)
    assert (treatment.kind, treatment.needle_depth_mm) == ("micro-needling", 1.5)
    assert whys(report) == {
        "photos.csv line 5": Why.BAD_ROW,
        "photos.csv line 6": Why.BAD_ROW,
        "photos.csv line 7": Why.BAD_ROW,
        "photos.csv line 8": Why.SEVERAL_CLIENTS,
        "photos.csv line 9": Why.BAD_ROW,
        "photos.csv line 10": Why.BAD_ROW,
        "p/unnamed.jpg": Why.NO_CLIENT,
    }
    with pytest.raises(BadTable, match="expected the columns client,date"):
        import_source(clinic, place(tmp_path, {"bad.csv": b"who,when\n"}) / "bad.csv", today=TODAY)


CLIENTS = b"""pseudonym,birth_year,skin_type,note
anna,1980,iii,asked for mornings
berta,1780,,
carla,,VII,
,1990,,
"""
TREATMENTS = b"""client,date,kind,needle_depth_mm,area,device,serum,practitioner,note
anna,2026-01-12,micro-needling,1.5,face,pen,hyaluronic,Dr. X,first
anna,2026-01-12,micro-needling,1.5,face,pen,hyaluronic,Dr. X,first
anna,2026-02-12,micro-needling,deep,,,,,
anna,2026-02-12,micro-needling,25,,,,,
anna,2027-02-12,micro-needling,,,,,,
nobody,2026-02-12,micro-needling,,,,,,
"""


def test_tables_of_clients_and_treatments_fill_in_and_never_overwrite(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    source = place(
        tmp_path / "old",
        {
            "anna/2026-01-05/a.jpg": tiny_photo(1),
            "clients.csv": CLIENTS,
            "treatments.csv": TREATMENTS,
        },
    )
    clinic.add_client("anna")
    report = import_source(clinic, source, today=TODAY)
    (anna,) = clinic.clients()
    assert (anna.birth_year, anna.skin_type, anna.note) == (1980, "III", "asked for mornings")
    assert (report.clients_completed, report.clients_added) == (1, 0)
    (treatment,) = clinic.treatments(anna.id)
    assert (treatment.serum, treatment.practitioner) == ("hyaluronic", "Dr. X")
    assert whys(report) == {
        "clients.csv line 3": Why.BAD_ROW,
        "clients.csv line 4": Why.BAD_ROW,
        "clients.csv line 5": Why.BAD_ROW,
        "treatments.csv line 4": Why.BAD_ROW,
        "treatments.csv line 5": Why.BAD_ROW,
        "treatments.csv line 6": Why.BAD_ROW,
        "treatments.csv line 7": Why.NO_CLIENT,
    }
    again = import_source(clinic, source, today=TODAY)
    assert again.added_nothing
    assert again.rows_already_there == 3
    other = tmp_path / "other.csv"
    other.write_text("pseudonym,birth_year\nanna,1981\n")
    changed = tmp_path / "changed.csv"
    changed.write_text(
        "client,date,kind,needle_depth_mm,area,note\n"
        "anna,2026-01-12,Micro-Needling,1.5,face,second\n"
    )
    report = import_source(
        clinic, source, clients_table=other, treatments_table=changed, today=TODAY
    )
    assert report.added_nothing
    assert whys(report) == {"other.csv line 2": Why.CONFLICT, "changed.csv line 2": Why.CONFLICT}
    assert clinic.clients() == (anna,)


def test_a_zip_is_read_without_unpacking_and_its_traps_are_left(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    path = tmp_path / "old.zip"
    link = zipfile.ZipInfo("anna/2026-01-05/link.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("anna/2026-01-05/a.jpg", tiny_photo(1))
        archive.writestr("anna/2026-01-05/bomb.tif", b"\0" * 11_000_000)
        archive.writestr(link, "/etc/passwd")
        archive.writestr("../anna/2026-01-05/slip.jpg", tiny_photo(2))
        archive.writestr("/anna/2026-01-05/root.jpg", tiny_photo(3))
        archive.writestr("__MACOSX/anna/2026-01-05/._a.jpg", b"litter")
        archive.writestr("anna/x.jpg", tiny_photo(4))
    report = import_source(clinic, path, today=TODAY)
    assert report.photos_added == 2
    assert whys(report) == {
        "../anna/2026-01-05/slip.jpg": Why.UNREADABLE,
        "/anna/2026-01-05/root.jpg": Why.UNREADABLE,
        "anna/2026-01-05/bomb.tif": Why.TOO_LARGE,
        "anna/2026-01-05/link.jpg": Why.UNREADABLE,
    }
    assert not (tmp_path / "anna").exists()
    data = bytearray(path.read_bytes())
    data[60] ^= 0xFF
    broken = tmp_path / "broken.zip"
    broken.write_bytes(data)
    assert whys(import_source(clinic, broken, today=TODAY))["anna/2026-01-05/a.jpg"] is (
        Why.UNREADABLE
    )
    broken.write_bytes(b"PK no archive")
    with pytest.raises(BadInput, match="damaged ZIP"):
        import_source(clinic, broken, today=TODAY)
    with pytest.raises(BadInput, match="got nothing there"):
        import_source(clinic, tmp_path / "nowhere", today=TODAY)


def test_a_dry_run_says_the_same_and_writes_nothing(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    source = place(
        tmp_path / "old",
        {
            "anna/2026-01-05/a.jpg": tiny_photo(1),
            "anna/2026-01-05/bad.jpg": b"bad",
            "clients.csv": b"pseudonym,birth_year\nanna,1980\nberta,1981\n",
            "treatments.csv": b"client,date,kind\nanna,2026-01-06,peel\n",
        },
    )
    dry = import_source(clinic, source, dry_run=True, today=TODAY)
    assert clinic.clients() == ()
    wet = import_source(clinic, source, today=TODAY)
    assert dry.to_dict() == wet.to_dict() | {"dry_run": True}


def test_only_whoever_may_import_does(clinic: Clinic, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="signed in"):
        import_source(clinic.for_caller(NOBODY), tmp_path, today=TODAY)


def test_names_that_say_no_day_say_none() -> None:
    said = {
        "2026-01-05": date(2026, 1, 5),
        "20260105": date(2026, 1, 5),
        "IMG_20260105_101112": date(2026, 1, 5),
        "5.1.2026": date(2026, 1, 5),
        "05-01-2026": None,
        "2026-13-05": None,
        "2027-01-05": None,
        "1970-01-01": None,
        "IMG_2026010512": None,
    }
    assert {name: day_of_name(name, today=TODAY) for name in said} == said
    assert is_day_folder("2026-01-05 second visit", today=TODAY)
    assert not is_day_folder("client 2026-01-05", today=TODAY)
    assert view_of_name("face_right_45") is View.RIGHT_OBLIQUE
    assert view_of_name("LeftSide") is View.LEFT_PROFILE
    assert view_of_name("linker Bauch") is View.BODY
    assert view_of_name("IMG_0001") is None


@pytest.mark.parametrize("text", ["=1+1", "'=1", "''-x", "plain", "'quoted'", "", "@you", "-5 kg"])
def test_a_cell_is_never_a_formula_and_comes_back_as_it_was(text: str) -> None:
    assert guarded(text)[:1] not in tuple("=+-@")
    assert unguarded(guarded(text)) == text


def test_the_source_may_shrink_while_it_is_read(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    source = place(
        tmp_path / "old",
        {"anna/2026-01-05/a.jpg": tiny_photo(1), "anna/2026-01-06/b.jpg": tiny_photo(2)},
    )

    def watch(label: str, _fraction: float) -> None:
        if label == "anna 2026-01-05":
            shutil.rmtree(source / "anna/2026-01-06")

    report = import_source(clinic, source, step=watch, today=TODAY)
    assert whys(report) == {"anna/2026-01-06/b.jpg": Why.UNREADABLE}
    assert days(clinic) == {"anna": ["2026-01-05"]}


def test_names_in_no_known_encoding_and_closed_folders_stop_nothing(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    source = place(tmp_path / "old", {"anna/2026-01-05/a.jpg": tiny_photo(1)})
    try:
        (source / "anna/2026-01-05" / os.fsdecode(b"K\xe4the.jpg")).write_bytes(tiny_photo(2))
        (source / os.fsdecode(b"K\xe4the")).mkdir()
        (source / os.fsdecode(b"K\xe4the") / "words.jpg").write_bytes(b"words")
    except OSError:
        pytest.skip("this file system takes UTF-8 only")
    (tmp_path / "elsewhere").mkdir()
    (source / "linked").symlink_to(tmp_path / "elsewhere")
    long = source / ("n" * 201)
    long.mkdir()
    (long / "a.jpg").write_bytes(tiny_photo(3))
    report = import_source(clinic, source, today=TODAY)
    assert report.photos_added == 2
    assert whys(report) == {
        "K\ufffdthe/words.jpg": Why.UNREADABLE,
        "linked/": Why.UNREADABLE,
        f"{long.name}/a.jpg": Why.NO_CLIENT,
    }
    (anna,) = clinic.clients()
    names = {photo.file for photo in clinic.sessions(anna.id)[0].photos}
    assert names == {"a.jpg", "K\ufffdthe.jpg"}


def test_a_table_reads_only_what_it_names_and_what_lies_beside(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    source = place(
        tmp_path / "documents",
        {
            "photos.csv": b"client,date,photo\nanna,2026-01-05,p/a.jpg\nanna,2026-01-05,../b.jpg\n",
            "p/a.jpg": tiny_photo(1),
            "p/beside.jpg": tiny_photo(2),
            "private/deep/other.jpg": tiny_photo(3),
        },
    )
    (tmp_path / "b.jpg").write_bytes(tiny_photo(4))
    report = import_source(clinic, source / "photos.csv", today=TODAY)
    assert report.photos_added == 1
    assert whys(report) == {"photos.csv line 3": Why.BAD_ROW, "p/beside.jpg": Why.NO_CLIENT}


def test_a_broken_table_that_was_only_found_stops_nothing_and_one_that_was_named_does(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    source = place(
        tmp_path / "old",
        {
            "anna/2026-01-05/a.jpg": tiny_photo(1),
            "clients.csv": b"who\nanna\n",
            "treatments.csv": b"\xff\xfe",
        },
    )
    with pytest.raises(BadTable, match="expected the columns pseudonym"):
        import_source(clinic, source, clients_table=source / "clients.csv", today=TODAY)
    report = import_source(clinic, source, today=TODAY)
    assert report.photos_added == 1
    assert whys(report) == {"clients.csv": Why.UNREADABLE, "treatments.csv": Why.UNREADABLE}


def test_a_damaged_zip_ends_in_a_report_or_in_one_line(
    clinic: Clinic, tmp_path: Path, tiny_photo: TinyPhoto
) -> None:
    path, rng = tmp_path / "old.zip", random.Random(7)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"anna/2026-01-0{number + 1}/a.jpg", tiny_photo(number))
        archive.writestr("clients.csv", CLIENTS)
        archive.writestr("treatments.csv", TREATMENTS)
    whole, refused = path.read_bytes(), list[str]()
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(rng.choice([1, 2, 20])):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(data)
        try:
            report = import_source(clinic, path, dry_run=True, today=TODAY)
        except BadInput as error:
            refused.append(str(error))
        else:
            assert report.photos_added + len(report.left) >= 3
    assert 0 < len(refused) < 60
    assert not any("\n" in line for line in refused)
