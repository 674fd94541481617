"""Scars of the first photo are regions of the course, told one by one on the same skin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from progress.lab.scar_scenes import FIRST_TRUTH_SEED, PX_PER_MM, Lamp, flat_scene
from progress.lab.scar_shots import STILL, same_light, shoot
from progress.model import Estimate, NotMeasured, Region, RegionKind, Verdict
from progress.phantom.camera import jpeg_bytes
from progress.pipeline import ComparedPair, Options, compare_sessions, session_files
from progress.pipeline.relief_lamp import (
    LEAST_TURN_DEG,
    LINES,
    LINES_PER_DEG,
    LINES_PER_DEG_OF_A_PART,
    RELIEF,
    RELIEF_PER_DEG,
    gap_from_lamp,
    prior_with_gap,
    with_gap,
)
from progress.pipeline.scar_regions import N_NAMED
from progress.stats import NoisePrior, SimulatedNoise

SEED = FIRST_TRUTH_SEED + 61
LAMP = Lamp(slant_deg=42.0, azimuth_deg=115.0)
CORNER = Region("bare", np.array([(2, 2), (118, 2), (118, 64), (2, 64)]), kind=RegionKind.DRAWN)


def saved(folder: Path, name: str, depth: float, seed: int | None) -> Path:
    scene = flat_scene(SEED, kind="scars", tone=1, lamp=LAMP, depth=depth)
    rng = np.random.default_rng(seed or 0)
    shot, _ = shoot(scene, STILL if seed is None else same_light(rng), rng)
    path = folder / name
    path.write_bytes(jpeg_bytes(shot.codes, 94))
    return path


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ComparedPair]:
    folder = tmp_path_factory.mktemp("scars")
    options = Options(area="body", px_per_mm=PX_PER_MM, reshoots=6, user_regions=(CORNER,))
    first = session_files(saved(folder, "first.jpg", 1.0, None))
    return {
        "same": compare_sessions(first, session_files(saved(folder, "same.jpg", 1.0, 3)), options),
        "less": compare_sessions(first, session_files(saved(folder, "less.jpg", 0.5, 4)), options),
    }


def changes_of(pair: ComparedPair) -> Iterator:
    return (c for c in pair.comparison.changes if c.metric == "scar_relief")


def test_scars_are_numbered_by_falling_contrast_and_asked_for_nothing_but_relief(pairs):
    single = [c for c in pairs["same"].comparison.changes if c.region.startswith("scar_")]
    assert [c.region for c in single] == [f"scar_{n + 1}" for n in range(len(single))]
    assert 4 <= len(single) <= N_NAMED
    assert {c.metric for c in single} == {"scar_relief"}
    contrast = [c.baseline for c in single]
    assert contrast == sorted(contrast, reverse=True)


def test_faint_scars_are_no_regions_of_the_answer(pairs):
    names = {change.region for change in pairs["same"].comparison.changes}
    assert not any(name.startswith("faint") for name in names)


def test_the_same_scars_shot_again_are_within_noise(pairs):
    verdicts = [change.verdict for change in changes_of(pairs["same"]) if change.delta is not None]
    assert len(verdicts) >= 5
    # One of a dozen may stray at 5 % each.
    assert sum(verdict is not Verdict.WITHIN_NOISE for verdict in verdicts) <= 1


def test_scars_half_as_deep_are_called_improved_one_by_one_and_over_the_area(pairs):
    known = {c.region: c for c in changes_of(pairs["less"]) if c.delta is not None}
    assert known["area"].verdict is Verdict.IMPROVED
    assert known["area"].delta / known["area"].baseline == pytest.approx(-0.42, abs=0.12)
    single = [change for name, change in known.items() if name.startswith("scar_")]
    assert sum(c.verdict is Verdict.IMPROVED for c in single) >= 0.8 * len(single)
    assert not any(c.verdict is Verdict.WORSE for c in single)


def test_skin_without_scars_says_so_instead_of_zero(pairs):
    bare = next(c for c in changes_of(pairs["same"]) if c.region == "bare")
    assert bare.baseline is None
    assert "no scar was found here" in bare.reason


def test_a_lamp_that_may_have_turned_is_in_the_error_of_relief(pairs):
    for change in changes_of(pairs["same"]):
        if change.delta is not None:
            least = 1.96 * RELIEF_PER_DEG * LEAST_TURN_DEG * change.baseline
            assert change.smallest_detectable_change > 0.9 * least


def test_a_gap_widens_what_visits_share_and_leaves_shots_alone():
    noise = SimulatedNoise(joint=(0.3, -0.1), session=(0.2, 0.2), shot=(0.5,))
    wide = with_gap(noise, 0.4)
    # One visit bears half of the variance between two.
    assert np.mean(np.square(wide.joint)) == pytest.approx(0.05 + 0.08)
    assert np.mean(np.square(wide.session)) == pytest.approx(0.04 + 0.08)
    assert wide.shot == noise.shot
    assert with_gap(noise, 0.0) is noise
    assert np.square(with_gap(SimulatedNoise(joint=(0.0, 0.0)), 0.2).joint) == pytest.approx(0.02)


def test_only_what_shades_gets_a_gap_from_the_lamp():
    level = [Estimate(20.0, 0.1, 50), NotMeasured("no skin")]
    assert gap_from_lamp(("redness", "chin"), level, 6.0) == 0.0
    assert gap_from_lamp((RELIEF, "chin"), level, 6.0) == pytest.approx(20 * 6 * RELIEF_PER_DEG)
    assert gap_from_lamp((RELIEF, "chin"), level, 0.5) == pytest.approx(20 * 3 * RELIEF_PER_DEG)
    assert gap_from_lamp((RELIEF, "chin"), level[1:], 6.0) == 0.0
    assert gap_from_lamp(("texture", "chin"), level, 6.0) == 0.0


def test_a_region_without_lines_may_have_some_under_another_lamp():
    none, face = [Estimate(0.0, 0.1, 50)], [Estimate(30.0, 0.1, 900)]
    assert gap_from_lamp((LINES, "whole_face"), face, 5.0) == pytest.approx(30 * 5 * LINES_PER_DEG)
    part = gap_from_lamp((LINES, "chin"), none, 5.0, whole=face)
    assert part == pytest.approx(15 * 5 * LINES_PER_DEG_OF_A_PART)
    more = gap_from_lamp((LINES, "forehead"), face, 5.0, whole=face)
    assert more == pytest.approx(2 * part)


def test_a_prior_is_widened_by_one_visits_share():
    prior = NoisePrior("scar_relief", 0.3, 4.0)
    assert prior_with_gap(prior, 0.4).standard_deviation == pytest.approx((0.09 + 0.08) ** 0.5)
    assert prior_with_gap(None, 0.4) is None
