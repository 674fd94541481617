"""What a user names becomes sessions, or one clear line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from progress.model import BadInput, BadTable, View
from progress.pipeline.sources import read_course, session_files


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"not decoded here")
    return path


def test_a_folder_is_a_session_of_its_photos_in_order_of_name(tmp_path: Path) -> None:
    second, first = touch(tmp_path / "b.JPG"), touch(tmp_path / "a.heic")
    touch(tmp_path / "notes.txt")
    assert session_files(tmp_path).photos == (first, second)


def test_a_list_of_files_is_one_session(tmp_path: Path) -> None:
    photos = [touch(tmp_path / "x.png"), touch(tmp_path / "y.png")]
    assert session_files(photos).photos == tuple(photos)


def test_an_empty_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="expected a folder with photos, got none"):
        session_files(tmp_path)


def test_a_missing_photo_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="expected a photo or a folder"):
        session_files(tmp_path / "nowhere.jpg")


def test_an_empty_list_is_one_clear_line() -> None:
    with pytest.raises(BadInput, match="at least one photo"):
        session_files([])


def test_dated_folders_are_sessions_and_events_csv_the_treatments(tmp_path: Path) -> None:
    late = touch(tmp_path / "2026-03-02" / "b.jpg")
    early = touch(tmp_path / "2026-01-05" / "a.jpg")
    (tmp_path / "events.csv").write_text("date,event\n2026-01-12,micro-needling 1.0 mm\n")
    course = read_course(tmp_path)
    assert [s.taken_on for s in course.sessions] == [date(2026, 1, 5), date(2026, 3, 2)]
    assert [s.photos for s in course.sessions] == [(early,), (late,)]
    assert [(e.date, e.label) for e in course.events] == [
        (date(2026, 1, 12), "micro-needling 1.0 mm")
    ]


def test_a_table_holds_shots_views_and_treatments(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg", "side.jpg"):
        touch(tmp_path / name)
    table = tmp_path / "series.csv"
    table.write_text(
        "date,photo,view,event\n"
        "2026-02-01,c.jpg,frontal,\n"
        "2026-01-05,a.jpg,,\n"
        "2026-01-05,b.jpg,frontal,\n"
        "2026-01-05,side.jpg,left_profile,\n"
        "\n"
        "2026-01-12,,,needling\n"
    )
    course = read_course(table)
    assert course == read_course(tmp_path)
    assert course.view is View.FRONTAL
    assert [[p.name for p in s.photos] for s in course.sessions] == [["a.jpg", "b.jpg"], ["c.jpg"]]
    assert [e.label for e in course.events] == ["needling"]
    assert course.left_out == (
        "side.jpg: a left_profile view; this course follows the frontal view",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,photo\n05.01.2026,a.jpg\n", "line 2: expected a date like 2026-01-05, got '05.01"),
        ("date,photo\n2026-02-30,a.jpg\n", "expected a date"),
        ("day,photo\n2026-01-05,a.jpg\n", "expected the columns date, got day,photo"),
        ("date,photo\n2026-01-05,b.jpg\n", "expected the photo b.jpg, got no such file"),
        ("date,photo,view\n2026-01-05,a.jpg,above\n", "expected a view"),
        ("date,photo,event\n2026-01-05,,\n", "expected a photo or an event, got neither"),
        ("date,photo,event\n2026-01-05,,peel\n", "at least one dated session"),
        ("", "expected the columns date, got none"),
    ],
)
def test_a_wrong_table_is_one_line_that_names_the_place(
    tmp_path: Path, text: str, message: str
) -> None:
    touch(tmp_path / "a.jpg")
    table = tmp_path / "course.csv"
    table.write_text(text)
    with pytest.raises(BadTable, match=message) as caught:
        read_course(table)
    assert "\n" not in str(caught.value)


def test_a_photo_given_as_a_table_is_refused(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)))
    with pytest.raises(BadTable, match="expected a CSV table in UTF-8"):
        read_course(photo)


def test_a_folder_whose_name_is_no_date_is_one_line(tmp_path: Path) -> None:
    touch(tmp_path / "before" / "a.jpg")
    with pytest.raises(BadTable, match="before: expected a date"):
        read_course(tmp_path)
    with pytest.raises(BadInput, match="expected a folder of dated folders"):
        read_course(tmp_path / "missing")
