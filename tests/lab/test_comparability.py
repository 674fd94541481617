"""The comparability lab: rows of known truth, figures beside their targets, a table."""

import math
from dataclasses import replace

import numpy as np
import pytest

from progress.imaging import DecodedPhoto
from progress.lab import bias_truth, comparability, fair_heads, nuisances, photo_checks, sharpness
from progress.lab.bias_truth import BiasRow
from progress.lab.chart_colour import ChartResidual
from progress.lab.comparability import ComparabilityRows
from progress.lab.comparability_report import (
    comparability_figures,
    comparability_json,
    comparability_table,
    tone_lines,
)
from progress.lab.disguises import DisguiseRow
from progress.lab.fair_heads import HeadRow
from progress.lab.nuisances import NuisanceRow
from progress.lab.photo_checks import Face, GateRow, PairRow
from progress.lab.sharpness import SharpnessRow
from progress.landmarks import find_face
from progress.phantom.camera import jpeg_bytes
from progress.phantom.head import Head, Shot, render
from progress.phantom.skin import SKIN_TONES


def head_row(kind, turn, failed=(), error=4.0):
    return HeadRow("light", 45.0, kind, error, 5.0, turn, 0.4, frozenset(failed))


ROWS = ComparabilityRows(
    heads=(
        head_row("again", 1.0),
        head_row("turned 3", 2.5),
        head_row("turned 25", 22.0, ["light_direction"], error=8.0),
        head_row("smiling", 1.5, ["expression"]),
    ),
    sharpness=(SharpnessRow("light", 1.0, 1.1, 1.12, 0.5, 0.1, 0.6),),
    charts=(ChartResidual("light", 45.0, "phone", 0.7, 6.0, 24),),
    nuisances=(
        NuisanceRow("light", "red +10 %", "redness", "whole_face", 0.1),
        NuisanceRow("light", "JPEG 75", "texture", "whole_face", -1.4),
        NuisanceRow("light", "JPEG 75", "lines", "whole_face", None),
    ),
    biases=(BiasRow("light", "blur", "focus", "texture", -2.0, -1.7),),
    disguises=(
        DisguiseRow("a.jpg", "none", "occlusion", 0.95, False),
        DisguiseRow("a.jpg", "mask", "occlusion", 0.1, True),
    ),
    smiles=(PairRow("a.jpg", "b.jpg", "limited", (("expression", 2.0),)),),
    again=(PairRow("a.jpg", "a.jpg again", "comparable", ()),),
    folders=(("zoom", GateRow("15cm.jpg", (("pose", 17.0, "deg"),))),),
    folder_pairs=(("zoom", PairRow("60cm.jpg", "15cm.jpg", "refused", (), "another distance")),),
)


def figure(rows, part):
    (found,) = [f for f in comparability_figures(rows) if part in f.name]
    return found


def test_every_figure_follows_its_rows():
    assert figure(ROWS, "light direction, rendered heads").met
    assert figure(ROWS, "turned 25").value == 1.0
    assert figure(ROWS, "turned 3").value == 0.0
    assert figure(ROWS, "off the true point spread").value == pytest.approx(0.1)
    assert figure(ROWS, "smoother skin alone").value == pytest.approx(0.02 / 1.1)
    assert figure(ROWS, "redness moves").value == pytest.approx(0.1)
    loud = figure(ROWS, "JPEG 75")
    assert loud.value == 1.0
    assert not loud.met
    assert "light texture/whole_face -1.4" in loud.note
    assert figure(ROWS, "flagged, mask").met
    assert figure(ROWS, "smiling against neutral").met
    assert figure(ROWS, "focus: told bias").value == pytest.approx(0.3)


def test_a_missed_lamp_and_a_missed_smile_miss_their_targets():
    heads = tuple(replace(row, failed=frozenset()) for row in ROWS.heads)
    smiles = (replace(ROWS.smiles[0], failed=()),)
    rows = replace(ROWS, heads=heads, smiles=smiles)
    assert figure(rows, "turned 25").met is False
    assert "a.jpg" in figure(rows, "smiling against neutral").note


def test_the_table_shows_tones_and_folders():
    (line,) = tone_lines(ROWS)
    assert line.light_error_deg == 4.0
    assert line.still == pytest.approx(2 / 3)
    table = comparability_table(ROWS)
    assert "another distance" in table
    assert "pose 17 deg" in table
    assert comparability_json(ROWS)["format"] == "progress.comparability-validation/1"


@pytest.mark.slow
def test_a_head_is_shot_five_times_and_its_lamp_read():
    rows = list(fair_heads._rows_of(1, np.random.default_rng(4)))
    assert [row.kind for row in rows] == ["again", "turned 3", "turned 25", "smiling"]
    turned = {row.kind: row.turn_deg for row in rows}
    assert turned["turned 25"] > turned["turned 3"]
    assert "light_direction" in rows[2].failed
    assert "expression" in rows[3].failed
    assert all(row.pose_error_deg < 3.0 for row in rows)


def test_a_turned_lamp_stands_where_it_was_turned_to():
    lamp = np.array([0.0, 0.6, 0.8])
    turned = fair_heads._turned(lamp, 25.0, np.random.default_rng(0))
    assert math.degrees(math.acos(turned @ lamp)) == pytest.approx(25.0)
    assert turned[2] > 0.4


@pytest.mark.slow
def test_known_point_spreads_are_read(monkeypatch):
    monkeypatch.setattr(sharpness, "SKIN_TONES", SKIN_TONES[:1])
    monkeypatch.setattr(sharpness, "POINT_SPREADS_PX", (0.5, 1.4))
    first, second = sharpness.sharpness_rows(seed=5)
    assert first.true_softer_px2 == 0.0
    assert second.read_px == pytest.approx(second.true_px, rel=0.25)
    assert second.softer_px2 == pytest.approx(second.true_softer_px2, rel=0.35)


@pytest.fixture(scope="module")
def head_photo(tmp_path_factory):
    """A rendered head as a file of the folder form of the lab's data."""
    codes = render(Head(seed=6), Shot(px_per_mm=4.0, size_px=(640, 900), label="")).codes
    folder = tmp_path_factory.mktemp("photos")
    (folder / "zoom").mkdir()
    paths = [folder / "zoom" / name for name in ("near.jpg", "far.jpg")]
    for path in paths:
        path.write_bytes(jpeg_bytes(codes, 93))
    return paths


@pytest.mark.slow
def test_photographs_are_stored_otherwise_and_followed(head_photo):
    rows = nuisances.photo_nuisances(head_photo[:1], seed=2)
    names = {row.nuisance for row in rows}
    assert {
        nuisances.FALL_OFF,
        "+0.5 EV",
        "-0.5 EV",
        "JPEG 75",
        "size x 0.7",
        *nuisances.WHITE_BALANCE,
    } == names
    assert any(row.in_sdc is not None for row in rows)
    assert NuisanceRow("a", "b", "c", "d", None).quiet
    assert not NuisanceRow("a", "b", "c", "d", 1.5).quiet


@pytest.mark.slow
def test_folders_and_second_shots_are_judged(head_photo):
    gates, pairs = comparability._folders(head_photo[0].parent.parent)
    assert [name for name, _ in gates] == ["zoom", "zoom"]
    ((_, pair),) = pairs
    assert pair.verdict == "comparable"
    (again,) = photo_checks.second_shots(head_photo[:1], n=1, seed=3)
    assert again.refusal == ""
    assert "view" not in again.names
    (smile,) = photo_checks.smile_pairs([(head_photo[0], head_photo[1])])
    assert "expression" not in smile.names


def test_a_photo_without_a_face_is_passed_over(tmp_path):
    path = tmp_path / "grey.jpg"
    path.write_bytes(jpeg_bytes(np.full((61, 83, 3), 128, np.uint8), 90))
    assert list(photo_checks.faces_of([path])) == []


@pytest.mark.slow
def test_another_person_is_refused_with_the_reason():
    def face(seed):
        shot = Shot(px_per_mm=4.0, size_px=(640, 900), label="")
        photo = DecodedPhoto.from_codes(render(Head(seed=seed), shot).codes, file=f"{seed}.jpg")
        return Face(photo, find_face(photo))

    row = photo_checks.pair_row(face(6), face(9))
    assert row.verdict == "refused"
    assert row.refusal


@pytest.mark.slow
def test_the_simulation_is_held_against_a_rendered_second_photo(monkeypatch):
    softer = {"blur": bias_truth._CAMERAS["blur"]}
    monkeypatch.setattr(bias_truth, "_CAMERAS", softer)
    monkeypatch.setattr(bias_truth, "_SHOTS", {})
    rows = bias_truth.bias_rows(tones=1, seed=61)
    assert {row.check for row in rows} == {"focus"}
    redness = next(row for row in rows if row.metric == "redness")
    assert abs(redness.told_sdc - redness.true_sdc) < 1.0
    assert "tone" not in {row.metric for row in rows}
