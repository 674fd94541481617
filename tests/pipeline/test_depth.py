"""Depth in millimetres: one set, two sets, and every way in which there is none."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import progress
from progress.cli import main
from progress.model import BadInput, NotAligned, Region, Verdict
from progress.phantom.features import Scar, ScarKind
from progress.phantom.multilight import Rig, Stance, photograph, scarred_skin
from progress.phantom.multilight_props import Ball, Sticker
from progress.phantom.skin import SKIN_TONES
from progress.pipeline.depth import measure_depth
from progress.pipeline.depth_change import ComparedDepth, compare_depth
from progress.pipeline.options import Options
from progress.views.depth_pictures import outlines_of
from progress.views.depth_report import depths_listing, write_depth_report

SIZE_MM = (34.0, 23.0)
SCARS = (
    Scar(ScarKind.BOXCAR, 7.0, 7.0, 3.0, 0.35),
    Scar(ScarKind.ROLLING, 20.0, 13.0, 5.0, 0.4),
    Scar(ScarKind.ICE_PICK, 29.0, 5.0, 1.4, 0.7),
)
HEALED = 0.7
BODY = Options(area="body", px_per_mm=10.0)


def session(seed: int, *, remaining: float = 1.0, stance: Stance | None = None, **more: object):  # type: ignore[no-untyped-def]
    scars = [replace(scar, depth_mm=scar.depth_mm * remaining) for scar in SCARS]
    skin = scarred_skin(3, scars, size_mm=SIZE_MM, tone=SKIN_TONES[2])
    rig = more.pop("rig", None) or Rig.ring(8, start_deg=11.0 + 13 * seed)
    return photograph(skin, scars, rig, np.random.default_rng(seed), stance=stance, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Baseline, the same skin again, and with scars a third shallower."""
    folder = tmp_path_factory.mktemp("sets")
    moved = Stance((5.0, -3.0), roll_deg=1.5, zoom=1.02, motion_px=0.3)
    return (
        session(0).write(folder / "2026-01-05"),
        session(1, stance=moved).write(folder / "2026-01-06"),
        session(2, stance=moved, remaining=HEALED).write(folder / "2026-06-22"),
    )


@pytest.fixture(scope="module")
def healed(sets: tuple[Path, Path, Path]) -> ComparedDepth:
    """The baseline against the set with shallower scars."""
    return compare_depth(sets[0], sets[2], BODY)


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["progress", *map(str, arguments)])
    with pytest.raises(SystemExit) as left:
        main()
    assert isinstance(left.value.code, int)
    return left.value.code


def test_the_command_writes_the_contract_json_the_relief_and_pictures(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sets: tuple[Path, Path, Path],
    tmp_path: Path,
) -> None:
    out = tmp_path / "out"
    code = run(
        monkeypatch, "depth", sets[0], "--px-per-mm", 10, "--area", "body", "--json", "-",
        "--out", out, "--quiet",
    )  # fmt: skip
    answer = json.loads(capsys.readouterr().out)
    assert code == 0
    assert answer["format"] == "progress.depth/1"
    assert answer["simulated"] is True
    assert answer["px_per_mm"] == 10.0
    ice, rolling, boxcar = answer["scars"]
    assert [scar["type"] for scar in (ice, rolling, boxcar)] == ["ice_pick", "rolling", "boxcar"]
    assert rolling["depth_mm"] == pytest.approx(0.4, abs=0.04)
    assert boxcar["depth_mm"] == pytest.approx(0.35, abs=0.03)
    assert boxcar["centre_xy"] == pytest.approx([69.5, 69.5], abs=2)
    assert boxcar["area_mm2"] == pytest.approx(np.pi / 4 * 9, rel=0.15)
    assert 0.002 < boxcar["standard_error_mm"] < 0.03
    assert boxcar["reason"] is None
    assert "a lower bound" in ice["reason"]
    assert ice["depth_mm"] < 0.7
    with Image.open(out / "relief_mm.tiff") as tiff:
        relief = np.asarray(tiff)
    assert relief.dtype == np.float32
    assert relief.shape == (230, 340)
    assert relief[130, 200] == pytest.approx(-0.4, abs=0.05)
    assert abs(float(np.nanmedian(relief))) < 0.02
    assert {"relief.png", "scars.jpg", "shaded.png"} <= {path.name for path in out.iterdir()}


def test_the_help_shows_an_example(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "depth", "--help") == 0
    assert "Example: progress depth" in capsys.readouterr().out


def test_the_words_name_the_lower_bound_and_what_shine_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sets: tuple[Path, ...]
) -> None:
    assert run(monkeypatch, "depth", sets[0], "--px-per-mm", 10, "--area", "body") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "scar 1: a lower bound" in shown
    assert "without crossed polarisers" in shown


def test_the_same_skin_again_is_within_noise(sets: tuple[Path, Path, Path]) -> None:
    changes = compare_depth(sets[0], sets[1], BODY).comparison.changes
    assert {change.region for change in changes} == {"area", "scar_1", "scar_2", "scar_3"}
    credible = [change for change in changes if "lower bound" not in change.noise_source]
    assert len(credible) == 3
    for change in credible:
        assert change.verdict.value == "within_noise", change
        assert change.smallest_detectable_change is not None
        assert change.smallest_detectable_change < 0.05


def test_shallower_scars_are_improved_and_by_how_much(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sets: tuple[Path, Path, Path],
    tmp_path: Path,
) -> None:
    code = run(
        monkeypatch, "compare", sets[0], sets[2], "--px-per-mm", 10, "--area", "body",
        "--region", "mine=30,30,110,30,110,110,30,110", "--region", "bare=2,150,60,150,60,220",
        "--json", "-", "--field", tmp_path / "field.npz", "--out", tmp_path / "out",
    )  # fmt: skip
    answer = json.loads(capsys.readouterr().out)
    assert code == 0
    assert answer["format"] == "progress.comparison/1"
    changes = {change["region"]: change for change in answer["changes"]}
    area = changes["area"]
    assert (area["metric"], area["unit"], area["better"]) == ("scar_depth", "mm", "lower")
    assert area["verdict"] == "improved"
    true = -(1 - HEALED) * np.mean([scar.depth_mm for scar in SCARS[:2]])
    assert area["change"] == pytest.approx(true, abs=2.5 * area["standard_error"])
    assert changes["mine"]["change"] == pytest.approx(-0.105, abs=0.03)
    assert changes["bare"]["change"] is None
    assert "no scar" in changes["bare"]["reason"]
    assert answer["followup"]["photos"][0]["px_per_mm"] == pytest.approx(10.2, rel=0.01)
    assert (tmp_path / "field.npz").is_file()
    assert (tmp_path / "out" / "followup" / "relief_mm.tiff").is_file()
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Scars one by one" in page
    for part in (
        "boxcar",
        "rolling",
        "ice-pick",
        "8 and 8 lamps against each other",
        "lower bound",
    ):
        assert part in page
    assert "simulated re-shoots" not in page
    assert "<tbody></tbody>" not in page
    assert {"relief_pair.png", "scars_pair.png", "scars_near_by.png"} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }


def test_two_sets_of_other_skin_get_a_page_of_reasons_and_no_table(
    healed: ComparedDepth, tmp_path: Path
) -> None:
    pair = healed
    lost = NotAligned("these are two places")
    absent = tuple(
        replace(
            change,
            baseline=None,
            followup=None,
            delta=None,
            standard_error=None,
            smallest_detectable_change=None,
            verdict=Verdict.NOT_COMPARABLE,
            reason=lost.reason,
        )
        for change in pair.comparison.changes
    )
    told = replace(pair.comparison, registration=lost, changes=absent)
    page = write_depth_report(replace(pair, comparison=told), tmp_path).read_text(encoding="utf-8")
    assert "These are two places." in page
    assert "Why there is no figure" in page
    assert "Scars one by one" not in page
    assert "<table" not in page


def test_the_same_scars_carry_the_same_numbers_in_both_reliefs(healed: ComparedDepth) -> None:
    pair = healed
    first, then = pair.baseline, pair.followup
    assert first is not None
    assert then is not None
    own, other = outlines_of(first), outlines_of(then)
    for name, outline in own.items():
        there = pair.comparison.registration.map_points(outline).mean(axis=0)
        # Half a millimetre at 10 px/mm: outlines of one scar differ by its footprint.
        assert min(np.hypot(*(xy.mean(axis=0) - there)) for xy in other.values()) < 5, name
    rows = depths_listing(first, pair.comparison.changes).rows
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert {row[-1] for row in rows} == {"improved"}


def test_python_compares_two_sets_by_their_tables(
    monkeypatch: pytest.MonkeyPatch, sets: tuple[Path, Path, Path]
) -> None:
    asked: list[tuple[Path, Path]] = []
    monkeypatch.setattr(
        "progress.pipeline.depth_change.compare_depth",
        lambda first, then: asked.append((first, then)) or compare_stub,
    )

    class compare_stub:  # noqa: N801 - stands in for an answer
        comparison = "compared"

    assert progress.compare(str(sets[0]), sets[1]) == "compared"
    assert asked == [(sets[0], sets[1])]


def test_without_a_scale_there_is_no_millimetre(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sets: tuple[Path, ...]
) -> None:
    assert run(monkeypatch, "depth", sets[0], "--area", "body", "--json", "-") == 3
    answer = json.loads(capsys.readouterr().out)
    assert answer["scars"] == []
    assert answer["px_per_mm"] is None
    assert "expected --px-per-mm, a printed sticker or a face" in answer["reason"]


def test_a_sticker_gives_the_scale_and_a_ball_the_lamps(tmp_path: Path) -> None:
    scars = SCARS[:1]
    skin = scarred_skin(3, scars, size_mm=SIZE_MM, tone=SKIN_TONES[2])
    made = photograph(
        skin,
        scars,
        Rig.ring(6),
        np.random.default_rng(0),
        ball=Ball(9.0, 17.0, 3.5),
        sticker=Sticker(19.0, 6.0, side_mm=10.0),
    )
    folder = made.write(tmp_path / "set", table=False)
    measured = measure_depth(folder, Options(area="body"))
    # The reader takes every sticker for one of 20 mm; this one is half of it.
    assert measured.answer.light_source == "mirror_ball"
    assert measured.answer.scale is not None
    assert measured.answer.scale.px_per_mm == pytest.approx(5.0, rel=0.02)
    (scar,) = measured.answer.scars
    assert scar.depth_mm == pytest.approx(2 * 0.35, rel=0.12)
    assert scar.standard_error_mm is not None
    assert scar.standard_error_mm > 0.02


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        (("lamp_1", "lamp_3", "lamp_5", "lamp_off"), "at least 4 lamps, got 3"),
        (("lamp_1", "lamp_2", "lamp_3", "lamp_4"), "directions all round"),
    ],
)
def test_too_few_lamps_or_all_on_one_side_are_refused(
    sets: tuple[Path, ...], tmp_path: Path, kept: tuple[str, ...], words: str
) -> None:
    folder = tmp_path / "set"
    shutil.copytree(sets[0], folder)
    rows = (folder / "lights.csv").read_text(encoding="utf-8").splitlines()
    chosen = [row for row in rows[1:] if row.split(".")[0] in kept]
    if "lamp_off" not in kept:
        chosen = [f"{name}.png,0.1,{0.02 * k},1" for k, name in enumerate(kept)]
    (folder / "lights.csv").write_text("\n".join([rows[0], *chosen]), encoding="utf-8")
    measured = measure_depth(folder, BODY)
    assert measured.solved is None
    assert words in (measured.answer.reason or "")


def test_no_table_no_ball_and_no_face_is_refused_with_advice(
    sets: tuple[Path, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "set"
    shutil.copytree(sets[0], folder)
    (folder / "lights.csv").unlink()
    reason = measure_depth(folder, BODY).answer.reason or ""
    assert "expected lights.csv, a mirror ball or a whole face" in reason


def test_without_a_lamp_off_picture_every_depth_is_a_lower_bound(
    sets: tuple[Path, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "set"
    shutil.copytree(sets[0], folder)
    table = folder / "lights.csv"
    rows = table.read_text(encoding="utf-8").splitlines()
    table.write_text("\n".join(rows[:-1]), encoding="utf-8")
    scars = measure_depth(folder, BODY).answer.scars
    assert all("a lower bound" in (scar.reason or "") for scar in scars)


def test_a_lamp_off_picture_that_is_as_bright_as_the_rest_is_refused(
    sets: tuple[Path, ...], tmp_path: Path
) -> None:
    folder = tmp_path / "set"
    shutil.copytree(sets[0], folder)
    shutil.copy(folder / "lamp_1.png", folder / "lamp_off.png")
    assert "at most 50%" in (measure_depth(folder, BODY).answer.reason or "")


def test_shine_on_dark_skin_is_seen_and_no_depth_is_told(tmp_path: Path) -> None:
    scars = SCARS[:2]
    skin = scarred_skin(3, scars, size_mm=SIZE_MM, tone=SKIN_TONES[5], gloss=0.3)
    rng = np.random.default_rng(0)
    for polarised in (True, False):
        made = photograph(skin, scars, Rig.ring(8, polarised=polarised), rng)
        answer = measure_depth(made.write(tmp_path / str(polarised)), BODY).answer
        assert answer.refused is not polarised
        assert all((scar.depth_mm is None) is not polarised for scar in answer.scars)
    assert "cross polarisers" in (answer.reason or "")


@pytest.mark.parametrize("mistake", ["y points down", "x and y are exchanged"])
def test_a_table_with_its_axes_turned_is_refused(
    sets: tuple[Path, ...], tmp_path: Path, mistake: str
) -> None:
    folder = tmp_path / "set"
    shutil.copytree(sets[0], folder)
    head, *rows = (folder / "lights.csv").read_text(encoding="utf-8").splitlines()
    turned = []
    for row in rows:
        name, x, y, z = row.split(",")
        if y:
            x, y = (y, x) if "exchanged" in mistake else (x, str(-float(y)))
        turned.append(",".join([name, x, y, z]))
    (folder / "lights.csv").write_text("\n".join([head, *turned]), encoding="utf-8")
    assert mistake in (measure_depth(folder, BODY).answer.reason or "")


def test_a_pit_whose_floor_no_two_lamps_reach_is_a_lower_bound_and_not_lost(
    tmp_path: Path,
) -> None:
    pit = Scar(ScarKind.ICE_PICK, 8.0, 7.0, 1.0, 1.2)
    skin = scarred_skin(3, [pit], size_mm=(16.0, 13.0), tone=SKIN_TONES[2])
    made = photograph(skin, [pit], Rig.ring(4, slant_deg=45.0), np.random.default_rng(0))
    (found,) = measure_depth(made.write(tmp_path / "set"), BODY).answer.scars
    assert found.kind == "ice_pick"
    assert found.depth_mm is not None
    assert 0.6 * 1.2 < found.depth_mm < 1.2
    assert "a lower bound" in (found.reason or "")


def test_regions_keep_only_the_scars_in_them(sets: tuple[Path, ...]) -> None:
    corner = Region("mine", np.array([(40.0, 40), (100, 40), (100, 100), (40, 100)]))
    scars = measure_depth(sets[0], replace(BODY, user_regions=(corner,))).answer.scars
    assert [scar.kind for scar in scars] == ["boxcar"]


def test_mistakes_of_the_caller_are_code_2(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    sets: tuple[Path, ...],
    tmp_path: Path,
) -> None:
    assert run(monkeypatch, "depth", tmp_path / "none") == 2
    assert "expected a folder" in capsys.readouterr().err
    shots = tmp_path / "shots"
    shots.mkdir()
    shutil.copy(sets[0] / "lamp_1.png", shots)
    assert run(monkeypatch, "compare", sets[0], shots, "--quiet") == 2
    assert "expected a multi-light set like the other" in capsys.readouterr().err
    with pytest.raises(BadInput, match="multi-light set"):
        progress.compare(shots, sets[0])
