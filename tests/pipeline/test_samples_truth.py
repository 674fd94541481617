"""The sample clients' answers against the exact truth that lies beside their pictures."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from progress.model import Registration, Verdict
from progress.pipeline import ComparedPair, Options, compare_sessions, read_course, session_files
from progress.pipeline.sample_clinic import SAMPLES

FIRST, LAST = "2026-01-05", "2026-06-22"
CLIENTS = ("fern", "ivy", "cedar")


@cache
def compared(client: str) -> ComparedPair:
    folder = SAMPLES / client
    return compare_sessions(session_files(folder / FIRST), session_files(folder / LAST), Options())


def truth(client: str) -> dict:
    return json.loads((SAMPLES / client / "truth.json").read_text(encoding="utf-8"))


def session(client: str, day: str) -> dict:
    return next(s for s in truth(client)["sessions"] if s["date"] == day)


@pytest.mark.parametrize("client", CLIENTS)
def test_the_pair_is_fair_and_says_that_it_is_simulated(client: str) -> None:
    pair = compared(client)
    assert pair.comparison.comparability.verdict.value == "comparable"
    assert pair.simulated


@pytest.mark.parametrize("client", CLIENTS)
def test_the_iris_gives_the_true_scale_within_its_stated_error(client: str) -> None:
    true_px_per_mm = session(client, FIRST)["shot"]["px_per_mm"]
    assert compared(client).px_per_mm == pytest.approx(true_px_per_mm, rel=0.04)


@pytest.mark.parametrize("client", CLIENTS)
def test_the_same_skin_is_found_within_a_tenth_of_a_millimetre(client: str) -> None:
    pair = compared(client)
    field = pair.registration
    assert isinstance(field, Registration)
    with np.load(SAMPLES / client / "truth_fields.npz") as stored:
        step = int(stored["step"])
        true_xy = stored[f"followup_from_baseline_xy_{LAST}"]
        seen = stored[f"visible_{LAST}"]
    rows, columns = np.nonzero(seen)
    baseline_xy = np.stack([columns, rows], axis=1) * step
    grid = np.round(baseline_xy / field.step).astype(int)
    vouched = field.valid[grid[:, 1], grid[:, 0]]
    error_px = np.linalg.norm(
        field.map_points(baseline_xy[vouched]) - true_xy[rows[vouched], columns[vouched]], axis=1
    )
    assert vouched.sum() > 500
    error_mm = error_px / session(client, FIRST)["shot"]["px_per_mm"]
    # The goal of the first issue is 0.10 and 0.30 mm.
    assert np.median(error_mm) < 0.10
    assert np.percentile(error_mm, 95) < 0.30


@pytest.mark.parametrize("client", CLIENTS)
def test_no_verdict_goes_against_the_truth(client: str) -> None:
    """Redness, pores and texture truly improve everywhere; pigment does not change."""
    truly_better = {"redness", "pore_density", "pore_area", "texture"}
    for change in compared(client).comparison.changes:
        if change.region in ("whole_face", "left_cheek", "right_cheek"):
            if change.metric in truly_better:
                assert change.verdict is not Verdict.WORSE, (change.metric, change.region)
            if change.metric == "pigment":
                assert change.verdict in (Verdict.WITHIN_NOISE, Verdict.NOT_COMPARABLE)


def test_the_light_client_s_redness_and_pores_are_seen_to_improve() -> None:
    changes = {(c.metric, c.region): c for c in compared("fern").comparison.changes}
    redness, pores = changes["redness", "whole_face"], changes["pore_area", "whole_face"]
    assert redness.verdict is Verdict.IMPROVED
    assert pores.verdict is Verdict.IMPROVED
    assert pores.baseline is not None
    assert pores.delta is not None
    assert pores.smallest_detectable_change is not None
    true_share = session("fern", LAST)["change"]["pore_area"]
    assert true_share == pytest.approx(-0.25)
    # The count has a floor of small pores, so the share seen may differ by what it can detect.
    detectable_share = pores.smallest_detectable_change / pores.baseline
    assert abs(pores.delta / pores.baseline - true_share) <= detectable_share


def test_every_picture_is_small_and_the_whole_set_fits_a_repository() -> None:
    sizes = [path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()]
    assert sum(sizes) < 15e6
    assert max(sizes) < 1.05e6


def test_the_body_course_carries_outlined_marks() -> None:
    course = read_course(SAMPLES / "moss")
    assert course.view.value == "body"
    assert len(course.sessions) == 6
    assert len(course.events) == 3
    assert any(region.name.startswith("mark") for region in course.regions)
