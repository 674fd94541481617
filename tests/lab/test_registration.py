"""The lab's rows on alignment say what happened, and the same seed says it again."""

from __future__ import annotations

import functools

import cv2
import numpy as np
import pytest

from progress.bundle import canonical_mesh
from progress.imaging import DecodedPhoto
from progress.lab import known_pairs, registration, smiles
from progress.lab.known_pairs import KnownPair, area_pairs, face_pairs
from progress.lab.marks import Marks
from progress.lab.registration import (
    face_attempts,
    other_area_attempts,
    registration_rows,
    stranger_attempts,
)
from progress.lab.smiles import smile_rows
from progress.lab.survival import survival_rows
from progress.model import Landmarks, NoSingleFace, Pose, Scale, ScaleSource
from progress.phantom.reshoot import Reshoot
from progress.phantom.reshoot_kinds import mild

PX_PER_MM = 2.5
SIZE_PX = (433, 491)


@functools.cache
def made_photo(seed: int) -> DecodedPhoto:
    """Random skin all over the picture."""
    rng = np.random.default_rng(seed)
    codes = np.zeros((SIZE_PX[1], SIZE_PX[0]), np.float32)
    for sigma, weight in ((0.8, 6.0), (2.5, 5.0), (40.0, 15.0)):
        grain = cv2.GaussianBlur(rng.standard_normal(codes.shape).astype(np.float32), (0, 0), sigma)
        codes += weight * grain / grain.std()
    rgb = np.stack([170 + codes, 130 + codes, 110 + codes], axis=-1)
    return DecodedPhoto.from_codes(np.clip(rgb, 0, 255).astype(np.uint8), file=f"{seed}.png")


def mesh_face(_photo: DecodedPhoto) -> Landmarks:
    """Stands in for the finder: made skin has no features, so the mesh lies where it was put.

    In a re-shoot that is wrong by as much as the head moved, at most 2 mm for the gentle re-shoots
    used here; the refinement must make up for it.
    """
    vertices = canonical_mesh().vertices_mm * PX_PER_MM
    vertices = np.vstack([vertices, vertices[[33] * 5 + [263] * 5]])
    return Landmarks(
        points_xy=np.stack([vertices[:, 0], -vertices[:, 1]], axis=1) + np.array(SIZE_PX) / 2,
        depth_px=-vertices[:, 2],
        visibility=np.ones(478),
        pose=Pose(0.0, 0.0, 0.0),
        expression={},
        scale=Scale(PX_PER_MM, 0.04, ScaleSource.IRIS),
        scheme="mediapipe-478",
        finder="made for tests",
    )


def gentle(rng: np.random.Generator) -> Reshoot:
    return Reshoot.draw(rng, strength=0.3)


@pytest.fixture(autouse=True)
def mesh_finder(monkeypatch) -> None:
    for module in (known_pairs, registration, smiles):
        monkeypatch.setattr(module, "find_face", mesh_face)


def pairs(*seeds: int, n: int = 1, seed: int = 3, changed: bool = False) -> list[KnownPair]:
    photos = [made_photo(s) for s in seeds]
    return list(face_pairs(photos, gentle, n=n, seed=seed, changed=changed))


def test_every_photo_and_shot_has_a_row_with_true_and_estimated_error() -> None:
    rows = registration_rows(pairs(1, 2, n=2))
    assert [row.name for row in rows] == ["1.png 0", "1.png 1", "2.png 0", "2.png 1"]
    for row in rows:
        assert row.reason is None
        assert row.true_median_mm is not None
        assert row.true_p95_mm is not None
        assert 0 < row.true_median_mm <= 0.10
        assert row.true_median_mm < row.true_p95_mm
        # made skin has no features that help the estimate
        assert 0.4 < (row.honesty or 0.0) < 2.5
        assert row.hidden is not None
        assert row.hidden < 0.05
        assert row.folds == 0
        assert row.unsound is not None
        assert row.unsound < 0.02
        assert row.seconds > 0


def test_the_same_seed_gives_the_same_rows_and_another_one_others() -> None:
    def errors(seed: int) -> list[float | None]:
        return [row.true_p95_mm for row in registration_rows(pairs(1, seed=seed))]

    assert errors(5) == errors(5)
    assert errors(5) != errors(6)


def test_a_changed_skin_names_its_places_and_their_effects_survive() -> None:
    (pair,) = pairs(1, changed=True)
    assert {place.what for place in pair.planted} == {"scar", "flush", "mole", "stubble", "pores"}
    assert not np.array_equal(pair.baseline.codes, made_photo(1).codes)
    (row,) = registration_rows([pair])
    assert row.true_median_mm is not None
    assert row.true_median_mm < 0.1
    rows = survival_rows(pair)
    assert rows
    big = [row for row in rows if abs(row.effect) > 0.03]
    # the outline is a fraction of a pixel off: a tenth of a small place's contrast
    assert all(0.85 < row.survived < 1.15 for row in big)


def test_strangers_are_tried_both_ways_and_refused() -> None:
    rows = stranger_attempts([made_photo(1), made_photo(2)])
    assert [(r.baseline, r.followup) for r in rows] == [("1.png", "2.png"), ("2.png", "1.png")]
    assert not any(row.aligned for row in rows)
    assert all(row.reason for row in rows)


def test_a_pair_that_is_aligned_by_mistake_would_be_counted() -> None:
    same = (made_photo(1), mesh_face(made_photo(1)))
    assert [row.aligned for row in face_attempts([same, same])] == [True, True]


def test_a_face_that_is_not_found_again_is_a_refusal(monkeypatch) -> None:
    calls = []

    def once(photo: DecodedPhoto) -> Landmarks:
        calls.append(photo)
        if len(calls) > 1:
            raise NoSingleFace("expected one face, got none", advice="try again")
        return mesh_face(photo)

    monkeypatch.setattr(known_pairs, "find_face", once)
    (row,) = registration_rows(face_pairs([made_photo(1)], gentle, n=1, seed=1))
    assert row.true_median_mm is None
    assert row.honesty is None
    assert row.reason is not None
    assert "no face" in row.reason


def test_areas_have_rows_too_and_refusals_say_why() -> None:
    blank = DecodedPhoto.from_codes(np.full((241, 303, 3), 150, np.uint8), file="blank.png")
    made = area_pairs([made_photo(4), blank], mild, n=1, seed=2, px_per_mm=PX_PER_MM)
    rows = registration_rows(made)
    assert rows[0].true_p95_mm is not None
    assert rows[0].true_p95_mm <= 0.30
    assert rows[1].true_p95_mm is None
    assert rows[1].reason is not None
    assert "texture" in rows[1].reason


def test_other_places_are_tried_both_ways_and_refused() -> None:
    rows = other_area_attempts([made_photo(4), made_photo(5)], px_per_mm=PX_PER_MM)
    assert [row.aligned for row in rows] == [False, False]


def test_a_smile_is_judged_by_marks_on_valid_skin_only(monkeypatch) -> None:
    photo = made_photo(1)
    again = pairs(1)[0].followup
    forehead = np.array([[216.0, 130.0], [2.0, 2.0]])

    def marked(_a, _m, _b, _n, region) -> Marks:
        return Marks(region.name, forehead, forehead)

    monkeypatch.setattr(smiles, "find_marks", marked)
    (row,) = smile_rows([(photo, again)], ["forehead"])
    assert row.region == "forehead"
    # the corner of the picture is no skin, so one of two marks counts; the head moved by some mm
    assert len(row.missed_mm) == 1
    assert 0 < row.missed_mm[0] < 5
    assert row.valid_share > 0.9
    (refused,) = smile_rows([(photo, made_photo(2))], ["forehead"])
    assert refused.missed_mm == ()
    assert refused.reason
