"""The command line and the Python calls keep the contract."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import progress
from progress.cli import main
from progress.model import BadInput
from progress.model.people import OPERATOR
from progress.pipeline.clinic import Clinic

SAMPLES = Path(progress.__file__).resolve().parent.parent / "samples" / "clients"


@pytest.fixture(scope="session")
def small_pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two sessions of one mannequin at 5 px/mm: colour can be measured, pores cannot."""
    folder = tmp_path_factory.mktemp("pair")
    found = []
    for day in ("2026-01-05", "2026-06-22"):
        with Image.open(SAMPLES / "fern" / day / "frontal.jpg") as photo:
            small = photo.resize((photo.width * 5 // 12, photo.height * 5 // 12))
            path = folder / f"{day}.jpg"
            small.save(path, quality=92, exif=photo.info["exif"])
        found.append(path)
    return found[0], found[1]


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["progress", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    code = left.value.code
    assert isinstance(code, int)
    return code


def test_help_is_shown_with_an_example(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (
        (),
        ("--help",),
        *((c, "--help") for c in ("compare", "guide", "measure", "series")),
    ):
        assert run(monkeypatch, *arguments) == 0
        assert "Example: progress" in capsys.readouterr().out


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = (
        "import sys, progress, progress.cli; "
        "print([m for m in ('streamlit', 'mediapipe', 'cv2', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_compare_writes_the_contract_json_the_field_and_the_pictures(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    small_pair: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    out, field = tmp_path / "out", tmp_path / "field.npz"
    code = run(
        monkeypatch, "compare", *small_pair, "--json", "-", "--field", field, "--out", out,
        "--region", "spot=300,500,340,500,340,540", "--quiet",
    )  # fmt: skip
    answer = json.loads(capsys.readouterr().out)
    assert code == 0
    assert answer["format"] == "progress.comparison/1"
    assert answer["simulated"] is True
    assert answer["registration"]["status"] == "aligned"
    photo = answer["baseline"]["photos"][0]
    assert photo["scale_source"] == "iris"
    assert photo["px_per_mm"] == pytest.approx(5.0, rel=0.05)
    assert photo["taken_at"].startswith("2026-01-05")
    changes = {(c["metric"], c["region"]): c for c in answer["changes"]}
    assert changes["redness", "whole_face"]["verdict"] == "improved"
    assert "simulated re-shoots" in changes["redness", "whole_face"]["noise_source"]
    pores = changes["pore_density", "whole_face"]
    assert pores["verdict"] == "not_comparable"
    assert pores["change"] is None
    assert "needs 10" in pores["reason"]
    assert ("redness", "spot") in changes
    with np.load(field) as stored:
        step = int(stored["step"])
        grid = stored["followup_from_baseline_xy"]
        assert grid.dtype == np.float32
        assert grid.shape[:2] == stored["valid"].shape == stored["error_mm"].shape
        assert grid.shape[0] == -(-photo["size_px"][1] // step)
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "Simulated" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert {"side_by_side.jpg", "blend.jpg", "blink.webp", "map_redness.jpg"} <= {
        path.name for path in out.iterdir()
    }


def test_compare_writes_a_certificate_and_links_it_from_the_report(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    small_pair: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    run(monkeypatch, "compare", *small_pair, "--json", "-", "--out", out, "--quiet")
    answer = json.loads(capsys.readouterr().out)
    certificate = json.loads((out / "certificate.json").read_text(encoding="utf-8"))
    assert certificate["format"] == "progress.certificate/1"
    assert certificate["simulated"] is True
    assert certificate["comparability"] == answer["comparability"]
    assert certificate["baseline"]["photos"] == answer["baseline"]["photos"]
    page = (out / "certificate.html").read_text(encoding="utf-8")
    assert "SIMULATED" in page
    assert page.count("data:image/jpeg") > 5
    assert "<script" not in page
    assert 'href="certificate.html"' in (out / "report.html").read_text(encoding="utf-8")


def test_guide_says_what_to_do_about_a_photo_just_taken(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    small_pair: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    baseline, photo = small_pair
    with Image.open(photo) as taken:
        dark = taken.point(lambda code: code * 0.6)
        dark.save(tmp_path / "dark.jpg", quality=92, exif=taken.info["exif"])
    out = tmp_path / "out"
    arguments = ("guide", tmp_path / "dark.jpg", "--baseline", baseline, "--out", out)
    assert run(monkeypatch, *arguments) == 0
    shown = capsys.readouterr().out
    assert "Not ready" in shown
    assert "stops brighter." in shown
    assert "ghost:" in shown
    assert (out / "ghost.jpg").is_file()
    assert run(monkeypatch, "guide", baseline, "--json", "-") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["format"] == "progress.guidance/1"
    assert answer["ready"] is True
    assert answer["baseline"] is None


def test_guide_refuses_what_shows_no_face_and_still_writes_the_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path, target = tmp_path / "grey.png", tmp_path / "answer.json"
    Image.fromarray(np.full((301, 403, 3), 128, np.uint8)).save(path)
    code = run(monkeypatch, "guide", path, "--json", target, "--out", tmp_path / "out")
    assert code == 3
    assert "No single face was found" in capsys.readouterr().out
    assert json.loads(target.read_text(encoding="utf-8"))["ready"] is False
    assert not (tmp_path / "out").exists()
    assert run(monkeypatch, "guide", tmp_path / "none.jpg") == 2
    assert "got" in capsys.readouterr().err


def test_a_photo_against_itself_has_changed_by_exactly_nothing(
    small_pair: tuple[Path, Path],
) -> None:
    same = progress.compare(small_pair[0], small_pair[0])
    deltas = [change.delta for change in same.changes if change.delta is not None]
    assert len(deltas) > 20
    assert set(deltas) == {0.0}
    assert same.comparability.verdict.value == "comparable"


def test_another_person_is_refused_and_the_json_says_why(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    small_pair: tuple[Path, Path],
) -> None:
    stranger = SAMPLES / "ivy" / "2026-01-05" / "frontal.jpg"
    code = run(monkeypatch, "compare", small_pair[0], stranger, "--json", "-", "--quiet")
    answer = json.loads(capsys.readouterr().out)
    assert code == 3
    assert answer["registration"]["status"] == "refused"
    assert answer["comparability"]["verdict"] == "not_comparable"
    assert all(change["change"] is None and change["reason"] for change in answer["changes"])


def test_measure_answers_with_errors_and_reasons(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    small_pair: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    target = tmp_path / "answer.json"
    code = run(monkeypatch, "measure", small_pair[0], "--json", target, "--out", tmp_path / "out")
    assert code == 0
    assert "redness" in capsys.readouterr().out
    answer = json.loads(target.read_text(encoding="utf-8"))
    assert answer["format"] == "progress.measurement/1"
    for measurement in answer["measurements"]:
        assert (measurement["value"] is None) == (measurement["reason"] is not None)
        assert (measurement["value"] is None) == (measurement["standard_error"] is None)
    assert (tmp_path / "out" / "heat_redness.jpg").is_file()


def test_repeated_shots_of_a_session_are_pooled_and_named(small_pair: tuple[Path, Path]) -> None:
    baseline, followup = small_pair
    pooled = progress.compare([baseline, baseline], [followup])
    redness = next(c for c in pooled.changes if (c.metric, c.region) == ("redness", "whole_face"))
    assert "2 and 1 repeated shots" in redness.noise_source


def test_a_course_is_followed_with_its_healing_window(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    small_pair: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    table = tmp_path / "series.csv"
    table.write_text(
        "date,photo,view,event\n"
        f"2026-01-05,{small_pair[0]},,\n"
        "2026-01-12,,,micro-needling 1 mm\n"
        f"2026-01-15,{small_pair[1]},,\n"
        f"2026-06-22,{small_pair[1]},,\n"
    )
    out = tmp_path / "out"
    assert run(monkeypatch, "series", table, "--out", out) == 0
    assert "report:" in capsys.readouterr().out
    timeline = json.loads((out / "timeline.json").read_text(encoding="utf-8"))
    assert timeline["format"] == "progress.timeline/1"
    assert timeline["events"] == [{"date": "2026-01-12", "event": "micro-needling 1 mm"}]
    series = {(s["metric"], s["region"]): s for s in timeline["series"]}
    healing = series["redness", "whole_face"]["points"][1]
    assert healing["healing"] is True
    assert healing["value"] is not None
    assert healing["change"]["verdict"] == "not_comparable"
    assert series["redness", "whole_face"]["verdict"] == "improved"
    assert series["redness", "whole_face"]["trend"] is None
    assert (out / "report.html").is_file()
    assert (out / "timeline_redness_whole_face.png").is_file()


def test_the_demo_makes_a_sample_clinic_and_a_second_run_adds_nothing(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    small_pair: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    folder = tmp_path / "clients" / "fern"
    folder.mkdir(parents=True)
    (folder / "series.csv").write_text(
        "date,photo,view,event\n"
        f"2026-01-05,{small_pair[0]},frontal,\n"
        "2026-01-12,,,micro-needling 1 mm\n"
        f"2026-06-22,{small_pair[1]},frontal,\n"
    )
    monkeypatch.setattr("progress.pipeline.sample_clinic.SAMPLES", folder.parent)
    home = tmp_path / "home"
    for _ in range(2):
        assert run(monkeypatch, "demo", "--no-serve", "--home", home) == 0
        shown = capsys.readouterr().out
        assert "fern (simulated mannequin, no real person)" in shown
        assert f"sample clinic: {home}" in shown
    assert (home / "reports" / "fern" / "report.html").is_file()
    with Clinic.open(home, caller=OPERATOR) as clinic:
        (client,) = clinic.clients()
        assert client.simulated
        assert len(clinic.sessions(client.id)) == 2
        (treatment,) = clinic.treatments(client.id)
        assert treatment.needle_depth_mm == 1.0


def test_a_demo_without_samples_says_how_to_make_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("progress.pipeline.sample_clinic.SAMPLES", tmp_path / "none")
    assert run(monkeypatch, "demo", "--no-serve", "--home", tmp_path / "home") == 2
    assert "make_samples.py" in capsys.readouterr().err


def bad_files(folder: Path) -> dict[str, Path]:
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    contents = {
        "empty.jpg": b"",
        "text.jpg": b"not a photo",
        "noise.jpg": np.random.default_rng(0).bytes(4000),
        "huge.png": b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(header))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk)),
        "truncated.jpg": (SAMPLES / "fern" / "2026-01-05" / "frontal.jpg").read_bytes()[:9000],
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in [*contents, "missing.jpg"]}


def test_a_file_that_is_no_photo_ends_in_one_line_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name, path in bad_files(tmp_path).items():
        assert run(monkeypatch, "measure", path, "--json", tmp_path / "a.json", "--quiet") == 2, (
            name
        )
        error = capsys.readouterr().err
        assert error.count("\n") == 1, name
        assert "expected" in error, name
        assert "got" in error, name
    assert not (tmp_path / "a.json").exists()


@pytest.mark.parametrize("kind", ["black", "noise", "one pixel", "two faces"])
def test_a_photo_that_cannot_be_judged_is_code_3_and_says_why(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    small_pair: tuple[Path, Path],
    tmp_path: Path,
    kind: str,
) -> None:
    rng = np.random.default_rng(1)
    pictures = {
        "black": np.zeros((301, 403, 3), np.uint8),
        "noise": rng.integers(0, 256, (301, 403, 3), dtype=np.uint8),
        "one pixel": np.full((1, 1, 3), 128, np.uint8),
    }
    if kind == "two faces":
        with Image.open(small_pair[0]) as face:
            pictures[kind] = np.hstack([np.asarray(face), np.asarray(face)])
    path = tmp_path / "odd.png"
    Image.fromarray(pictures[kind]).save(path)
    assert run(monkeypatch, "compare", small_pair[0], path, "--json", "-", "--quiet") == 3
    answer = json.loads(capsys.readouterr().out)
    assert answer["registration"]["status"] == "refused"
    assert {change["verdict"] for change in answer["changes"]} == {"not_comparable"}
    gates = answer["followup"]["photos"][0]["quality"]
    assert [gate["gate"] for gate in gates if not gate["passed"]] == ["faces"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bogus",), "No such command"),
        (("compare", "a.jpg"), "followup"),
        (("compare", "a.jpg", "b.jpg", "--px-per-mm", "wide"), "--px-per-mm"),
        (("measure", "a.jpg", "--px-per-mm", "0"), "between 0.5 and 500"),
        (("measure", "a.jpg", "--region", "spot"), "NAME=numbers"),
        (("measure", "a.jpg", "--region", "spot=1,2,x"), "expected numbers"),
        (("measure", "a.jpg", "--region", "spot=1,2,3,4"), "at least 3 pairs"),
        (("series", "nowhere", "--out", "o"), "expected a folder of dated folders"),
        (("validate", "--photos", "nowhere"), "expected a photo or a folder"),
    ],
)
def test_a_mistake_of_the_caller_is_one_line_and_code_2(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(monkeypatch, *arguments) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_the_json_folder_must_exist(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    small_pair: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    target = tmp_path / "no" / "a.json"
    assert run(monkeypatch, "measure", small_pair[0], "--json", target, "--quiet") == 2
    assert "expected an existing folder" in capsys.readouterr().err


def test_python_calls_refuse_what_is_missing() -> None:
    with pytest.raises(BadInput, match="expected a photo or a folder"):
        progress.measure("nowhere.jpg")
    with pytest.raises(BadInput, match="expected a folder of dated folders"):
        progress.series("nowhere")
