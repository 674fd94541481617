"""A course in motion."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from made_up_reports import FIRST_DAY, SIZE, photo
from made_up_results import shifted, timeline
from PIL import Image

from progress.exports.course_frames import CourseFilm
from progress.exports.timelapse import timelapse_bytes, write_timelapse
from progress.model import BadInput, NotAligned
from progress.pipeline import followed_course
from progress.pipeline.followed_course import VisitLooked

FILMS = (".webm", ".mp4")
FORMS = (".webp", *FILMS)


def frames(height: int = 61, width: int = 83, number: int = 3) -> list[np.ndarray]:
    """Soft patches whose brightness tells which picture it is."""
    y, x = np.mgrid[:height, :width]
    soft = 30 * np.sin(x / 9.0) * np.cos(y / 11.0)
    shades = [90 + 35 * n for n in range(number)]
    return [
        np.dstack([shade + soft + 15, shade + soft, shade + soft - 15])
        .clip(0, 255)
        .astype(np.uint8)
        for shade in shades
    ]


def decoded(content: bytes, suffix: str, folder: Path) -> list[np.ndarray]:
    """Every picture as it is seen, repeats included."""
    if suffix == ".webp":
        with Image.open(io.BytesIO(content)) as film:
            found = []
            for index in range(film.n_frames):
                film.seek(index)
                found.append(np.array(film.convert("RGB")))
            return found
    path = folder / f"film{suffix}"
    path.write_bytes(content)
    film, seen = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG), []
    while True:
        there, frame = film.read()
        if not there:
            film.release()
            return seen
        seen.append(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB))


@pytest.mark.parametrize("suffix", FORMS)
@pytest.mark.parametrize("size", [(61, 83), (62, 84), (62, 83), (61, 84)])
def test_every_picture_comes_back_within_the_loss_of_its_codec(
    suffix: str, size: tuple[int, int], tmp_path: Path
) -> None:
    given = frames(*size)
    seen = decoded(timelapse_bytes(given, suffix, hold_s=0.5), suffix, tmp_path)
    repeats = 1 if suffix == ".webp" else 2
    assert len(seen) == len(given) * repeats
    for index, frame in enumerate(given):
        # The last of its repeats, when a film has had time to refine it.
        shown = seen[(index + 1) * repeats - 1][: size[0], : size[1]]
        # Chroma is stored at half the resolution, and patches are 35 codes apart.
        assert np.abs(shown.astype(int) - frame).mean() < 4.0


def test_a_lossless_webp_gives_every_code_back(tmp_path: Path) -> None:
    given = frames()
    made = timelapse_bytes(given, ".webp", lossless=True)
    for shown, frame in zip(decoded(made, ".webp", tmp_path), given, strict=True):
        np.testing.assert_array_equal(shown, frame)


def test_pictures_that_are_alike_all_come(tmp_path: Path) -> None:
    one, other = frames(number=2)
    same = [one, one, one, other]
    assert len(decoded(timelapse_bytes(same, ".webm", hold_s=1.0), ".webm", tmp_path)) == 16
    with Image.open(io.BytesIO(timelapse_bytes(same, ".webp", hold_s=1.0))) as film:
        # Equal pictures may be stored once; they stand as long as all of them.
        total = 0
        for index in range(film.n_frames):
            film.seek(index)
            film.load()
            total += film.info["duration"]
    assert total == 4000


@pytest.mark.parametrize("suffix", FORMS)
def test_no_file_names_its_encoder_or_carries_metadata(suffix: str) -> None:
    made = timelapse_bytes(frames(), suffix)
    for banner in (b"Lavf", b"Lavc", b"x264", b"EXIF", b"XMP ", b"ICCP", b"http"):
        assert banner not in made


def test_the_same_pictures_give_the_same_webp() -> None:
    assert timelapse_bytes(frames(), ".webp") == timelapse_bytes(frames(), ".webp")


def test_what_cannot_be_written_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BadInput, match=r"ending in \.webm, \.webp, \.mp4, got \.gif"):
        write_timelapse(frames(), tmp_path / "a.gif")
    with pytest.raises(BadInput, match=r"expected 0\.4 to 20 s"):
        write_timelapse(frames(), tmp_path / "a.webp", hold_s=0.1)
    with pytest.raises(BadInput, match="expected pictures, got none"):
        write_timelapse([], tmp_path / "a.webp")
    with pytest.raises(ValueError, match="expected one size"):
        write_timelapse([*frames(), *frames(10, 12)], tmp_path / "a.webp")
    with pytest.raises(ValueError, match="expected uint8"):
        write_timelapse([frames()[0].astype(float)], tmp_path / "a.webp")
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(BadInput, match=r"needs the extra “video”.*skin-progress\[video\]"):
        write_timelapse(frames(), tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


def test_a_written_film_is_the_bytes(tmp_path: Path) -> None:
    path = write_timelapse(frames(), tmp_path / "a.webp")
    assert path.read_bytes() == timelapse_bytes(frames(), ".webp")


def visit(days: int, level: int, found: object) -> VisitLooked:
    return VisitLooked(FIRST_DAY + timedelta(days=days), photo(level), found, 3.0, simulated=True)


def test_a_course_is_filmed_in_one_frame_and_what_was_not_found_is_named() -> None:
    film = CourseFilm()
    film.look(visit(0, 140, None))
    film.look(visit(9, 170, shifted(SIZE, lambda xy: xy)))
    film.look(visit(42, 150, NotAligned("another face")))
    film.look(visit(84, 120, shifted(SIZE, lambda xy: xy + 6.0)))
    filmed = film.filmed(timeline())
    assert [(day - FIRST_DAY).days for day in filmed.days] == [0, 9, 84]
    assert [(day - FIRST_DAY).days for day, _ in filmed.left_out] == [42]
    assert filmed.left_out[0][1] == "another face"
    assert len({frame.shape for frame in filmed.frames}) == 1
    # The same skin: the last photo is as much darker as it was made, place for place.
    first, _, last = (frame[120:200, 100:200].astype(int) for frame in filmed.frames)
    expected = -20.0 + 6.0 * (40 / SIZE[0] + 40 / SIZE[1])
    assert np.abs((last - first).mean() - expected) < 1.0


def test_a_course_whose_skin_was_found_once_is_no_film() -> None:
    film = CourseFilm()
    film.look(visit(0, 140, None))
    film.look(visit(9, 140, NotAligned("another face")))
    with pytest.raises(BadInput, match="at least two visits"):
        film.filmed(timeline())


def test_every_visit_of_a_course_is_looked_at_in_order_and_the_baseline_has_no_way_to_itself():
    found = NotAligned("another face")
    sittings = [
        SimpleNamespace(
            taken_on=FIRST_DAY + timedelta(days=days),
            shots=[SimpleNamespace(photo=photo(), scale=None)],
            registrations=(way,),
        )
        for days, way in ((0, None), (9, found))
    ]
    seen: list[VisitLooked] = []
    followed_course._show(SimpleNamespace(sittings=sittings, simulated=True), seen.append)
    assert [visit.registration for visit in seen] == [None, found]
    assert [(visit.day - FIRST_DAY).days for visit in seen] == [0, 9]
