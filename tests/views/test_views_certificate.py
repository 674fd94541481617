"""The fair-pair certificate: what it says, that it says no more, and that it is one sheet."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_up_results import CHANGES, comparison, judged_photo, refused
from made_up_shots import shot
from test_views_report import read

from progress.metrics import affected_by
from progress.model import (
    Bias,
    Comparability,
    Comparison,
    Flatters,
    Gate,
    Need,
    NotAligned,
    PairCheck,
    PairVerdict,
    QualityReport,
)
from progress.views import check_words, words
from progress.views.certificate import (
    certificate_dict,
    certificate_page,
    metrics_out,
    pair_verdict,
    verdict_sentence,
)

CAPTIONS = ("Baseline, 5 January 2026", "Follow-up, 2 March 2026")
PHOTOS = (np.full((61, 83, 3), 150, np.uint8), np.full((61, 83, 3), 140, np.uint8))
BIASES = (
    Bias("scar_relief", "left_cheek", 1.2, 1.8, Flatters.BASELINE),
    Bias("scar_relief", "right_cheek", 0.4, 0.6, Flatters.BASELINE),
    Bias("redness", "nose", -0.02, -0.6, Flatters.FOLLOWUP),
    Bias("texture", "chin", 0.1, 0.3, Flatters.BASELINE),
    Bias("tone", "chin", 0.01, 0.01, Flatters.NEITHER),
)
LIGHT = PairCheck(
    "light_direction", 12.1, "deg", 5.0, False, Flatters.BASELINE, "put the lamp where it was",
    frozenset({Need.RELIEF_LIGHT}), BIASES,
)  # fmt: skip
POSE = PairCheck("pose", 1.2, "deg", 6.0, passed=True)
CHROMIUM = next(
    (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None
)


def pair(
    *checks: PairCheck, gates: tuple[Gate, ...] = (), simulated: bool = True, file: str = "a.jpg"
) -> Comparison:
    photo = replace(judged_photo(file), quality=QualityReport(gates))
    made = comparison(simulated=simulated)
    return Comparison(
        (photo,), (photo,), Comparability(checks), made.registration, CHANGES, affected_by,
        simulated,
    )  # fmt: skip


def page(made: Comparison, **more) -> str:
    return certificate_page(made, CAPTIONS, photos=PHOTOS, aligned=True, **more)


def test_a_fair_pair_is_called_comparable():
    made = pair(POSE)
    assert pair_verdict(made) is PairVerdict.COMPARABLE
    text = " ".join(read(page(made)).text)
    assert "Comparable" in text
    assert "Nothing that was checked speaks against" in text
    assert "Every gate was passed" in text
    assert "Without a figure for other reasons, see the report: Scar relief contrast." in text


def test_a_limited_pair_names_the_metrics_that_are_out():
    made = pair(POSE, LIGHT)
    assert pair_verdict(made) is PairVerdict.LIMITED
    assert metrics_out(made) == affected_by({Need.RELIEF_LIGHT})
    assert verdict_sentence(made).startswith("Out, because a check failed: Texture, scar relief")


def test_a_failed_gate_of_a_photo_limits_a_pair_whose_checks_passed():
    gate = Gate("glare", 0.4, "share of skin", 0.25, False, "pat dry", frozenset({Need.COLOUR}))
    made = pair(POSE, gates=(gate,))
    assert pair_verdict(made) is PairVerdict.LIMITED
    text = " ".join(read(page(made)).text)
    assert "40 % of skin" in text
    assert "Gates that a photograph failed by itself" in text
    nothing = Gate("resolution", 1.0, "px/mm", 2.0, False, "come closer", frozenset({Need.ANY}))
    assert pair_verdict(pair(POSE, gates=(nothing,))) is PairVerdict.NOT_COMPARABLE


def test_checks_that_together_take_every_metric_leave_nothing_to_compare():
    every = frozenset(Need) - {Need.ANY}
    made = pair(replace(LIGHT, touches=every))
    assert made.comparability.verdict is PairVerdict.LIMITED
    assert pair_verdict(made) is PairVerdict.NOT_COMPARABLE
    assert "no figure is given" in verdict_sentence(made)


def test_each_check_says_what_was_found_the_limit_whom_it_flatters_and_what_to_do():
    text = " ".join(read(page(pair(POSE, LIGHT))).text)
    for part in (
        "12.1°",
        "5.0°",
        "failed",
        "1.2°",
        "passed",
        "Takes away texture, ",
        "Scar relief contrast, left cheek: reads 1.80 detectable changes higher, which flatters "
        "the baseline.",
        "Redness, nose: reads 0.60 detectable changes lower, which flatters the follow-up.",
        "Put the lamp where it was.",
    ):
        assert part in text
    assert "right cheek" not in text  # the weaker one of the same metric
    assert "chin" not in text  # beyond the strongest two


def test_the_strongest_biases_come_first_one_for_each_metric():
    strongest = check_words.strongest(BIASES)
    assert [bias.metric for bias in strongest] == ["scar_relief", "redness"]
    assert check_words.strongest(BIASES[-1:]) == []
    described = check_words.bias_words(replace(BIASES[2], flatters=Flatters.NEITHER))
    assert described.endswith("changes lower")


def test_without_a_simulation_only_whom_it_flatters_is_said():
    told = check_words.flattery(replace(LIGHT, biases=()))
    assert told == ["Would flatter the baseline; by how much was not simulated"]
    assert check_words.flattery(POSE) == []


@pytest.mark.parametrize(
    ("value", "unit", "says"),
    [
        (None, "deg", "not known"),
        (0.0, "views apart", "the same view"),
        (1.0, "views apart", "another view"),
        (0.25, "ln gain", "28 % between channels"),
        (0.71, "EV", "0.7 stops"),
        (0.025, "share of skin", "2.5 % of skin"),
        (0.2587, "mm", "0.26 mm"),
        (1.0, "mm at the mouth corners", "1.00 mm at the mouth corners"),
        (74.0, "JPEG quality", "JPEG quality 74"),
        (0.5, "blendshape above rest", "0.50 of 1 above rest"),
        (3.51, "px/mm", "3.51 px/mm"),
    ],
)
def test_numbers_stand_with_units_that_people_use(value, unit, says):
    assert check_words.found(value, unit) == says


def test_a_refused_alignment_is_a_check_in_plain_words():
    refusal = PairCheck(
        "same_skin", None, "", None, False, Flatters.NEITHER, "these are two people",
        frozenset({Need.ANY}),
    )  # fmt: skip
    made = Comparison(
        (judged_photo(),), (judged_photo(),), Comparability((refusal,)), NotAligned("two people"),
        (refused(),), affected_by,
    )  # fmt: skip
    text = " ".join(read(certificate_page(made, CAPTIONS)).text)
    assert "Not comparable" in text
    assert "not found again" in text
    assert "Takes away every metric." in text
    assert "These are two people." in text


def test_the_json_holds_hashes_verdict_checks_gates_and_versions():
    answer = json.loads(
        json.dumps(certificate_dict(pair(POSE, LIGHT), CAPTIONS, made_with={"progress": "0.1.0"}))
    )
    assert answer["format"] == "progress.certificate/1"
    assert answer["simulated"] is True
    assert answer["verdict"] == "limited"
    assert answer["metrics_out"] == affected_by({Need.RELIEF_LIGHT})
    assert answer["without_figure"] == []
    assert answer["baseline"]["photos"][0]["sha256"] == "a" * 64
    assert answer["baseline"]["caption"] == CAPTIONS[0]
    assert "quality" in answer["followup"]["photos"][0]
    light = answer["comparability"]["checks"][1]
    assert light["biases"][0] == {
        "metric": "scar_relief",
        "region": "left_cheek",
        "change": 1.2,
        "in_sdc": 1.8,
        "flatters": "baseline",
    }
    assert answer["versions"]["progress"] == "0.1.0"
    assert answer["versions"]["metric redness"] == "version 1"
    assert answer["registration"]["status"] == "aligned"


def test_what_has_no_figure_for_its_own_reason_is_told_apart():
    answer = certificate_dict(pair(POSE), CAPTIONS)
    assert answer["metrics_out"] == []
    reason = next(c.reason for c in CHANGES if c.metric == "scar_relief")
    assert answer["without_figure"] == [{"metric": "scar_relief", "reason": reason}]


def test_a_mannequin_is_called_simulated_and_a_person_is_not():
    assert "SIMULATED: a rendered mannequin" in " ".join(read(page(pair(POSE))).text)
    real = page(pair(POSE, simulated=False))
    assert "simulated:" not in real.lower()
    assert certificate_dict(pair(POSE, simulated=False), CAPTIONS)["simulated"] is False


def test_it_never_diagnoses_promises_or_speaks_of_the_treatment():
    text = " ".join(read(page(pair(POSE, LIGHT))).text)
    assert "It judges the two photographs alone." in text
    assert words.NOT_MEDICAL_ADVICE in text
    said = text.replace(words.NOT_MEDICAL_ADVICE, "").lower()
    assert not re.search(r"\b(diagnos|cure|heal|guarantee|improv|success|promis)", said)


def test_the_page_holds_everything_runs_nothing_and_is_accessible(place_head):
    shots = (shot(place_head()), shot(place_head(yaw_deg=8.0)))
    reader = read(page(pair(POSE, LIGHT), shots=shots))
    tags = [tag for tag, _ in reader.tags]
    assert "script" not in tags
    images = [attributes for tag, attributes in reader.tags if tag == "img"]
    assert len(images) == 4  # two photos, a pose, a light
    assert all(image["src"].startswith("data:image/") for image in images)
    assert all(image["alt"] for image in images)
    policy = next(a for t, a in reader.tags if t == "meta" and "http-equiv" in a)
    assert "default-src 'none'" in policy["content"]
    assert "script-src" not in policy["content"]
    assert dict(reader.tags)["html"]["lang"] == "en-GB"
    assert all(a.get("scope") for t, a in reader.tags if t == "th")
    assert tags.count("table") == tags.count("caption")


def test_every_text_is_escaped():
    evil = "<script>alert(1)</script>"
    made = pair(replace(LIGHT, advice=evil), file=evil)
    shown = certificate_page(made, (evil, evil), photos=PHOTOS, title=evil, made_with={evil: evil})
    assert "alert(1)" in shown
    assert "<script" not in shown.lower()


def test_long_names_are_cut_on_paper_and_whole_in_the_json():
    name = "x" * 150 + ".jpg"
    made = pair(POSE, file=name)
    assert name not in page(made)
    assert certificate_dict(made, CAPTIONS)["baseline"]["photos"][0]["file"] == name
    assert check_words.shortened("abcdefghij", 10) == "abcdefghij"
    assert len(check_words.shortened("abcdefghijk", 10)) == 10


def worst_pair() -> Comparison:
    """Everything that can fail has failed, in long words."""
    names = (
        "view", "pose", "distance", "light_direction", "light_hardness", "exposure", "colour_cast",
        "focus", "expression", "make_up", "retouching", "healing_window", "same_skin",
    )  # fmt: skip
    touches = frozenset({Need.COLOUR, Need.DETAIL, Need.SURFACE, Need.EXPRESSION})
    checks = [
        PairCheck(
            name, 0.312, "mm at the mouth corners", 0.2, False, Flatters.FOLLOWUP,
            "put the lamp where it stood for the baseline and take it again " * 3, touches,
            (Bias("evenness", "right_periorbital", 1.0, 2.2, Flatters.FOLLOWUP),) * 2,
        )
        for name in names
    ]  # fmt: skip
    gates = tuple(
        Gate(name, 0.3, "share of skin", 0.1, False, "pat the skin dry and wait " * 5, touches)
        for name in ("faces", "resolution", "sharpness", "exposure", "glare", "pose", "occlusion")
    )
    return pair(*checks, gates=gates, file="y" * 200)


def test_more_failed_gates_than_fit_are_counted():
    text = " ".join(read(page(worst_pair())).text)
    assert "10 more in certificate.json." in text


def with_pictures(made: Comparison, place_head) -> str:
    photos = tuple(np.full((560, 500, 3), level, np.uint8) for level in (150, 130))
    captions = ("Baseline, 22 September 2026", "Follow-up, 30 September 2026 " * 3)
    shots = (shot(place_head()), shot(place_head(yaw_deg=8.0)))
    return certificate_page(
        made, captions, photos=photos, aligned=True, shots=shots, title="Certificate " * 12,
        made_with={"skin-progress": "0.1.0"},
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="NO BROWSER: install chromium to print the sheet")
@pytest.mark.parametrize("kind", ["fair", "limited", "worst"])
def test_it_prints_on_exactly_one_sheet_of_a4(tmp_path: Path, place_head, kind):
    made = {"fair": pair(POSE), "limited": pair(POSE, LIGHT), "worst": worst_pair()}[kind]
    source, sheet = tmp_path / "certificate.html", tmp_path / "certificate.pdf"
    source.write_text(with_pictures(made, place_head), encoding="utf-8")
    subprocess.run(
        [
            CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
            f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={sheet}", str(source),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    printed = sheet.read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    width, height = map(float, re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)", printed).groups())
    assert (width, height) == (pytest.approx(595, abs=1.5), pytest.approx(842, abs=1.5))
