"""The record serves the app: clients, visits, courses computed once, pairs, refusals."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from progress.model import BadInput, Region, RegionKind, StoreError, UnreadablePhoto, View
from progress.model.people import OPERATOR
from progress.pipeline import Options
from progress.pipeline.clinic import DATABASE_VARIABLE, Clinic, default_home
from progress.pipeline.sample_clinic import SAMPLES, needle_depth

QUICK = Options(reshoots=4)


@pytest.fixture(autouse=True)
def _on_either_database(database_url: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE_VARIABLE, database_url or "")


def small_photo(day: str, folder: Path) -> bytes:
    path = folder / f"{day}.jpg"
    with Image.open(SAMPLES / "fern" / day / "frontal.jpg") as photo:
        small = photo.resize((photo.width * 4 // 12, photo.height * 4 // 12))
        small.save(path, quality=92, exif=photo.info["exif"])
    return path.read_bytes()


def test_a_client_s_course_is_computed_once_and_read_back_equal(tmp_path: Path) -> None:
    photos = {day: small_photo(day, tmp_path) for day in ("2026-01-05", "2026-06-22")}
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as clinic:
        client = clinic.add_client("  fern ", simulated=True)
        assert clinic.clients() == (client,)
        assert client.pseudonym == "fern"
        with pytest.raises(BadInput, match="expected a session, got none"):
            clinic.timeline(client.id)
        for day, data in photos.items():
            clinic.add_session(
                client.id, taken_on=date.fromisoformat(day), photos=[(f"in/{day}.jpg", data)]
            )
        treatment = clinic.add_treatment(
            client.id, day=date(2026, 1, 12), kind="micro-needling", needle_depth_mm=1.0
        )
        assert clinic.treatments(client.id) == (treatment,)
        watched: list[float] = []
        computed = clinic.timeline(
            client.id, lambda _label, done: watched.append(done), options=QUICK
        )
        assert watched
        again: list[float] = []
        stored = clinic.timeline(client.id, lambda _label, done: again.append(done), options=QUICK)
        assert not again
        assert stored.to_dict() == computed.to_dict() | {"simulated": True}
        assert [event.label for event in stored.events] == ["micro-needling 1 mm"]
        first, last = clinic.sessions(client.id)
        pair = clinic.pair(client.id, first.id, last.id, options=QUICK)
        assert pair.baseline_day == date(2026, 1, 5)
        assert pair.comparison.changes
        with pytest.raises(BadInput, match="two sessions of this client"):
            clinic.pair(client.id, first.id, "elsewhere")


def test_a_damaged_upload_stores_nothing(tmp_path: Path) -> None:
    good = small_photo("2026-01-05", tmp_path)
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as clinic:
        client = clinic.add_client("ivy")
        with pytest.raises(UnreadablePhoto, match="expected"):
            clinic.add_session(
                client.id,
                taken_on=date(2026, 1, 5),
                photos=[("a.jpg", good), ("b.jpg", b"no photo")],
            )
        assert clinic.sessions(client.id) == ()
        with pytest.raises(BadInput, match="at least one photo"):
            clinic.add_session(client.id, taken_on=date(2026, 1, 5), photos=[])
        with pytest.raises(BadInput, match="expected a pseudonym"):
            clinic.add_client("  ")
        with pytest.raises(BadInput, match="expected what was done"):
            clinic.add_treatment(client.id, day=date(2026, 1, 5), kind=" ")
        with pytest.raises(StoreError):
            clinic.add_client("ivy")


def test_an_upload_is_judged_before_it_is_stored(tmp_path: Path) -> None:
    good = small_photo("2026-01-05", tmp_path)
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as clinic:
        judged = clinic.guide_upload("face.jpg", good).seen.judged
        assert judged.scale is not None
        assert {gate.gate for gate in judged.quality.gates} >= {"faces", "resolution", "pose"}
        with pytest.raises(UnreadablePhoto, match="expected"):
            clinic.guide_upload("face.jpg", good[:500])


def test_an_upload_is_held_against_the_clients_first_photo_of_its_view(tmp_path: Path) -> None:
    first, later = small_photo("2026-01-05", tmp_path), small_photo("2026-06-22", tmp_path)
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as clinic:
        client = clinic.add_client("ivy")
        for day, photo in ((date(2026, 6, 22), later), (date(2026, 1, 5), first)):
            clinic.add_session(client.id, taken_on=day, photos=[("face.jpg", photo)])
        stored = clinic.first_photo(client.id, View.FRONTAL)
        assert stored is not None
        assert clinic.first_photo(client.id, View.LEFT_OBLIQUE) is None
        known = clinic.known_photo(stored)
        assert known.judged.provenance.sha256 == stored.sha256
        guidance = clinic.guide_upload("face.jpg", first, baseline=known)
        assert guidance.ready
        differences = {c.difference for c in guidance.checks if c.check in ("pose", "exposure")}
        assert max(differences) < 1e-6


def test_outlines_are_kept_with_the_client(tmp_path: Path) -> None:
    drawn = Region("mark", [(1.0, 2.0), (30.0, 2.0), (30.0, 40.0)], kind=RegionKind.DRAWN)
    with Clinic.open(tmp_path / "home", caller=OPERATOR) as clinic:
        client = clinic.add_client("moss")
        assert clinic.regions(client.id) == ()
        clinic.keep_regions(client.id, [drawn])
        (kept,) = clinic.regions(client.id)
    assert kept.name == "mark"
    assert kept.polygon_xy.tolist() == drawn.polygon_xy.tolist()


def test_the_home_folder_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROGRESS_HOME", "/somewhere")
    assert default_home() == Path("/somewhere")
    monkeypatch.delenv("PROGRESS_HOME")
    assert default_home().name == ".progress"


def test_a_treatment_s_label_gives_its_needle_depth() -> None:
    assert needle_depth("micro-needling 1.5 mm") == ("micro-needling", 1.5)
    assert needle_depth("light peel") == ("light peel", None)
    assert needle_depth("peel of two mm") == ("peel of two mm", None)
