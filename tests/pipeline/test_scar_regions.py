"""Scars of the first photo are regions of the course, told one by one on the same skin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from progress.lab.scar_scenes import FIRST_TRUTH_SEED, PX_PER_MM, Lamp, flat_scene
from progress.lab.scar_shots import STILL, same_light, shoot
from progress.model import Region, RegionKind, Verdict
from progress.phantom.camera import jpeg_bytes
from progress.pipeline import ComparedPair, Options, compare_sessions, session_files
from progress.pipeline.scar_regions import N_NAMED

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
