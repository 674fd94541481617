"""Every rival recovers what it can, says why it cannot, and is judged on the same points."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from progress.bundle import canonical_mesh
from progress.imaging import DecodedPhoto
from progress.lab import rival_methods, rivals
from progress.lab.known_pairs import KnownPair
from progress.lab.rival_crops import cut_crops
from progress.lab.rival_methods import RIVALS, Rival
from progress.lab.rival_table import RivalRow, rival_table, summarise, to_dict
from progress.model import Landmarks, Pose, Scale, ScaleSource

PX_PER_MM = 1.7
SIZE_PX = (301, 337)

Move = Callable[[Any], Any]


def similarity(xy: Any) -> Any:
    """Turned by 3 degrees, 4 % larger, moved."""
    moved = (np.asarray(xy, float) @ [1, 1j] - (150 + 160j)) * 1.04 * np.exp(1j * np.radians(3))
    return np.stack([moved.real + 153.0, moved.imag + 158.0], axis=-1)


def affine(xy: Any) -> Any:
    centred = np.asarray(xy, float) - [150, 160]
    return centred @ np.array([[1.02, 0.015], [-0.02, 0.98]]).T + [152, 159]


def waves(xy: Any) -> Any:
    """Up to 1 px either way, over waves of 90 px."""
    xy = np.asarray(xy, float)
    return xy + np.sin(xy[..., ::-1] * 2 * np.pi / 90)


@functools.cache
def made_codes() -> Any:
    """Random skin all over the picture."""
    rng = np.random.default_rng(4)
    codes = np.zeros((SIZE_PX[1], SIZE_PX[0]), np.float32)
    for sigma, weight in ((1.0, 8.0), (2.5, 6.0), (40.0, 15.0)):
        grain = cv2.GaussianBlur(rng.standard_normal(codes.shape).astype(np.float32), (0, 0), sigma)
        codes += weight * grain / grain.std()
    return np.stack([170 + codes, 130 + codes, 110 + codes], axis=-1)


def photo_of(codes: Any, name: str) -> DecodedPhoto:
    return DecodedPhoto.from_codes(np.clip(np.rint(codes), 0, 255).astype(np.uint8), file=name)


def moved_codes(move: Move) -> Any:
    """The made skin where `move` puts it."""
    y, x = np.mgrid[: SIZE_PX[1], : SIZE_PX[0]]
    wanted = np.stack([x, y], axis=-1).astype(float)
    source = wanted.copy()
    for _ in range(30):  # moves are near the identity, so this closes in on the inverse
        source += wanted - move(source)
    return cv2.remap(
        made_codes(), source.astype(np.float32), None, cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT_101,
    )  # fmt: skip


def mesh_points() -> Any:
    """The canonical head in the middle of the picture."""
    vertices = canonical_mesh().vertices_mm * PX_PER_MM
    irises = [vertices[[a, b]].mean(axis=0) for a, b in ((33, 133), (362, 263)) for _ in range(5)]
    vertices = np.vstack([vertices, irises])
    return np.stack([vertices[:, 0], -vertices[:, 1]], axis=1) + np.array(SIZE_PX) / 2


def marks_at(points_xy: Any) -> Landmarks:
    return Landmarks(
        points_xy=points_xy,
        depth_px=np.zeros(478),
        visibility=np.ones(478),
        pose=Pose(0.0, 0.0, 0.0),
        expression={},
        scale=Scale(PX_PER_MM, 0.04, ScaleSource.IRIS),
        scheme="mediapipe-478",
        finder="made for tests",
    )


def made_pair(move: Move, *, marks_move: Move | None = None, codes: Any = None) -> KnownPair:
    """Skin moved by `move`, its landmarks by `marks_move` where the finder errs."""
    points = mesh_points()
    return KnownPair(
        name="made 0",
        baseline=photo_of(made_codes(), "a.png"),
        followup=photo_of(moved_codes(move) if codes is None else codes, "b.png"),
        baseline_marks=marks_at(points),
        followup_marks=marks_at((marks_move or move)(points)),
        px_per_mm=PX_PER_MM,
        truth=lambda xy: (move(xy), np.ones(len(xy), dtype=bool)),
    )


@functools.cache
def waves_pair() -> KnownPair:
    """The landmarks do not see the waves."""
    return made_pair(waves, marks_move=lambda xy: xy)


def errors_px(fit: Any, pair: KnownPair) -> Any:
    """True errors at points all over the face."""
    place = fit(pair)
    assert not isinstance(place, str), place
    x, y = np.meshgrid(np.arange(85, 216, 10), np.arange(80, 257, 11))
    xy = np.stack([x.ravel(), y.ravel()], axis=1)
    return np.linalg.norm(place(xy) - pair.truth(xy)[0], axis=1)


def test_two_eyes_give_a_similarity_exactly() -> None:
    assert errors_px(rival_methods.fit_eyes, made_pair(similarity)).max() < 1e-9


def test_a_thin_plate_follows_its_landmarks() -> None:
    def bulge(xy: Any) -> Any:
        centred = np.asarray(xy, float) - [150, 160]
        return xy + 0.1 * centred * np.exp(-((centred / 60) ** 2).sum(axis=-1, keepdims=True))

    pair = made_pair(bulge, codes=made_codes())
    assert np.abs(errors_px(rival_methods.fit_eyes, pair)).max() > 1.5
    # The mesh is up to 25 px wide on the cheeks and the spline slightly smoothed.
    assert errors_px(rival_methods.fit_thin_plate, pair).max() < 0.2


def test_orb_finds_a_similarity_without_help_from_the_landmarks() -> None:
    pair = made_pair(similarity, marks_move=lambda xy: similarity(xy) + np.array([2.0, -1.0]))
    # Corners are found on whole pixels of each pyramid level; hundreds of them average out.
    assert np.median(errors_px(rival_methods.fit_orb, pair)) < 0.3


def test_ecc_finds_an_affine_that_the_landmarks_miss() -> None:
    pair = made_pair(affine, marks_move=lambda xy: affine(xy) * 1.01 + [1.0, -1.5])
    assert errors_px(rival_methods.fit_ecc, pair).max() < 0.1


@pytest.mark.parametrize("fit", [rival_methods.fit_tvl1, rival_methods.fit_ilk])
def test_optical_flow_follows_waves_of_one_pixel(fit: Any) -> None:
    missed = errors_px(fit, waves_pair())
    # Both level the flow over windows of a few millimetres: an eighth of the wave is lost at most.
    assert np.median(missed) < 0.12
    assert np.percentile(missed, 95) < 0.3


def test_a_b_spline_follows_waves_of_one_pixel() -> None:
    pytest.importorskip("SimpleITK", reason="the extra `rivals` is not installed")

    def slow(xy: Any) -> Any:
        xy = np.asarray(xy, float)
        return xy + 2 * np.sin(xy[..., ::-1] * 2 * np.pi / 200)

    pair = made_pair(slow, marks_move=lambda xy: xy)
    # Knots stand 15 mm, about 25 px apart.
    assert np.median(errors_px(rival_methods.fit_bspline, pair)) < 0.2


def test_a_library_that_is_missing_is_said_to_be(monkeypatch) -> None:
    monkeypatch.setattr(rival_methods, "_sitk", None)
    assert rival_methods.fit_bspline(waves_pair()) == "not installed"
    with rival_methods.bspline_on_one_thread():
        pass


def test_a_face_that_was_not_found_is_a_reason_for_every_method() -> None:
    pytest.importorskip("SimpleITK", reason="the extra `rivals` is not installed")
    lost = replace(waves_pair(), followup_marks=None)
    assert {rival.fit(lost) for rival in RIVALS} == {"no face found in the follow-up"}
    body = replace(waves_pair(), baseline_marks=None)
    assert {rival.fit(body) for rival in RIVALS} == {"no face in the baseline"}
    rows = rivals.side_by_side([lost], step=lambda *_: None)
    assert [row.method for row in rows] == [rival.name for rival in RIVALS]
    assert {row.reason for row in rows} == {"no face found in the follow-up"}
    assert {row.n_skin for row in rows} == {0}


def test_blank_and_foreign_pictures_are_reasons() -> None:
    blank = made_pair(affine, codes=np.full((SIZE_PX[1], SIZE_PX[0], 3), 128.0))
    for fit, reason in (
        (rival_methods.fit_orb, "ORB features, got 0"),
        (rival_methods.fit_ecc, "ECC did not converge"),
        (rival_methods.fit_ours, "too little fine structure"),
    ):
        refused = fit(blank)
        assert isinstance(refused, str)
        assert reason in refused
    foreign = made_pair(affine, codes=made_codes()[:, ::-1])  # ORB knows skin upside down
    refused = rival_methods.fit_orb(foreign)
    assert isinstance(refused, str)
    assert "ORB matches" in refused


def test_the_affine_lays_the_follow_up_on_the_baseline_at_its_brightness() -> None:
    crops = cut_crops(made_pair(affine))
    assert not isinstance(crops, str)
    face = crops.baseline_oval > 0
    missed = (crops.laid() - crops.baseline.log_luminance)[face]
    assert abs(missed.mean()) < 1e-3
    assert missed.std() < 0.25 * crops.baseline.log_luminance[face].std()


def test_all_methods_see_the_same_points_and_one_thread() -> None:
    seen: list[Any] = []
    threads = cv2.getNumThreads()
    cv2.setNumThreads(2)

    def spy(offset: float) -> Any:
        def fit(_: KnownPair) -> Any:
            assert cv2.getNumThreads() == 1

            def place(xy: Any) -> Any:
                seen.append(xy)
                return waves(xy) + np.array([offset * PX_PER_MM, 0.0])

            return place

        return fit

    told: list[tuple[str, float]] = []
    spies = [Rival("near", "", spy(0.5)), Rival("far", "", spy(2.0))]
    try:
        near, far = rivals.side_by_side(
            [waves_pair()], step=lambda *what: told.append(what), rivals=spies
        )
        assert cv2.getNumThreads() == 2
        with pytest.raises(ZeroDivisionError, match="division"):
            rivals.side_by_side(
                [waves_pair()], step=lambda *_: None, rivals=[Rival("", "", lambda _: 1 / 0)]
            )
        assert cv2.getNumThreads() == 2
    finally:
        cv2.setNumThreads(threads)
    assert np.array_equal(*seen)
    assert told == [("made 0: near", 0.0), ("made 0: far", 0.0)]
    assert (near.n_valid, near.n_skin) == (far.n_valid, far.n_skin)
    assert 0 < near.n_valid <= near.n_skin == len(seen[0])
    for row, error in ((near, 0.5), (far, 2.0)):
        for got in (row.median_mm, row.p95_mm, row.skin_median_mm, row.skin_p95_mm):
            assert got == pytest.approx(error)
        assert row.seconds is not None
        assert row.reason is None


def test_skin_that_the_follow_up_does_not_show_counts_for_nobody() -> None:
    right = 150
    hidden = replace(waves_pair(), truth=lambda xy: (waves(xy), np.asarray(xy)[:, 0] < right))
    seen: list[Any] = []
    spy = Rival("spy", "", lambda _: lambda xy: seen.append(xy) or waves(xy))
    rivals.side_by_side([hidden], step=lambda *_: None, rivals=[spy])
    assert seen[0][:, 0].max() < right


def test_where_ours_refuses_the_rivals_still_have_figures_over_all_skin() -> None:
    pair = waves_pair()
    assert pair.followup_marks is not None
    pair = replace(pair, followup_marks=replace(pair.followup_marks, pose=Pose(20.0, 0.0, 0.0)))
    nowhere = Rival("nan", "", lambda _: lambda xy: np.full(xy.shape, np.nan))
    rows = rivals.side_by_side(
        [pair], step=lambda *_: None, rivals=[RIVALS[0], RIVALS[-1], nowhere]
    )
    eyes, ours, lost = rows
    assert eyes.median_mm is None
    assert eyes.skin_median_mm is not None
    assert eyes.n_valid == 0
    assert ours.skin_median_mm is None
    assert "different views" in (ours.reason or "")
    assert lost.reason == "positions that are no numbers"


def row(method: str, p95: float | None, reason: str | None = None) -> RivalRow:
    half = None if p95 is None else p95 / 2
    took = None if p95 is None else 0.25
    return RivalRow("a", method, half, p95, half, p95, 9, 9, took, reason)


def test_the_table_sums_up_over_pairs_and_counts_failures() -> None:
    rows = (
        row("x", 0.2), row("x", 0.4), row("x", 1.0), row("x", None, "lost"),
        row("y", None, "not installed"),
    )  # fmt: skip
    x, y = summarise(rows)
    assert (x.median_mm, x.p95_mm, x.worst_p95_mm) == (0.2, 0.4, 1.0)
    assert (x.seconds, x.failed, x.pairs, x.reason) == (0.25, 1, 4, "lost")
    assert (y.median_mm, y.seconds, y.failed, y.reason) == (None, None, 1, "not installed")
    text = rival_table(rows)
    assert "1.000" in text
    assert "1 of 4" in text
    assert "not installed" in text
    answer = json.loads(json.dumps(to_dict(rows)))
    assert answer["format"] == "progress.rivals/1"
    assert [line["method"] for line in answer["summary"]] == ["x", "y"]
    assert len(answer["rows"]) == 5


def test_the_command_prints_a_table_and_keeps_all_rows(monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(rivals, "head_pairs", lambda **_: iter([waves_pair()]))
    rivals.main(["--json", str(tmp_path / "rows.json")])
    printed = capsys.readouterr()
    assert "rendered heads, 1 pairs" in printed.out
    assert all(rival.name in printed.out for rival in RIVALS)
    assert "made 0: ours" in printed.err
    kept = json.loads((tmp_path / "rows.json").read_text())["rendered heads"]["rows"]
    ours = kept[-1]
    assert ours["method"] == "ours"
    assert ours["reason"] is None
    assert ours["p95_mm"] < 0.5
    # What the eyes alone leave is the wave itself: ours must do better.
    assert ours["median_mm"] < 0.5 * kept[0]["median_mm"]


def test_photos_make_one_table_of_mild_and_one_of_hard_shots(monkeypatch, capsys) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(rivals, "faces_in", lambda folder: [folder / "a.png", folder / "b.png"])
    monkeypatch.setattr(rivals, "read_photo", lambda path: path.name)

    def no_pairs(photos: Any, draw: Any, **how: Any) -> Any:
        asked.append((photos, draw.__name__, how))
        return iter(())

    monkeypatch.setattr(rivals, "face_pairs", no_pairs)
    rivals.main(["--photos", str(Path("here")), "--faces", "1", "--n", "3", "--seed", "5"])
    assert asked == [
        (["a.png"], "mild", {"n": 3, "seed": 5}),
        (["a.png"], "hard", {"n": 3, "seed": 5, "changed": True}),
    ]
    printed = capsys.readouterr().out
    assert "mild second shots, 0 pairs" in printed
    assert "hard second shots, skin changed, 0 pairs" in printed
