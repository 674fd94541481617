"""The ghost lies where the baseline's face belongs, and arrows point the way the client must go."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_up_shots import SIZE, known, shot, towards

from progress.metrics import affected_by
from progress.model import Need, NotMeasured, PairCheck
from progress.pipeline.advice import Advice
from progress.pipeline.guidance import Guidance
from progress.pipeline.known_photo import KnownPhoto, known_from
from progress.pipeline.moves import Moves, moves_between
from progress.quality import Light
from progress.views.files import write_ghost
from progress.views.ghost import ghost, similarity
from progress.views.ghost_arrows import draw_arrows
from progress.views.guidance_words import cost_line, guidance_lines, ready_line


def guided(
    seen: KnownPhoto,
    baseline: KnownPhoto | None,
    *subjects: str,
    moves: Moves | None = None,
    costs: tuple[str, ...] = (),
    left_out: int = 0,
) -> Guidance:
    advice = tuple(Advice(subject, f"Mend the {subject}.", costs) for subject in subjects)
    if moves is None and baseline is not None and seen.facts and baseline.facts:
        moves = moves_between(seen.facts, baseline.facts, NotMeasured("made up"))
    return Guidance(
        seen=seen,
        baseline=baseline,
        checks=(),
        moves=moves,
        advice=advice,
        left_out=left_out,
        metrics_lost=costs,
        ready=not subjects,
    )


def test_a_similarity_finds_turn_size_and_shift():
    rng = np.random.default_rng(5)
    source = rng.uniform(0, 100, (11, 2))
    turn = 1.3 * np.array([[np.cos(0.2), -np.sin(0.2)], [np.sin(0.2), np.cos(0.2)]])
    target = source @ turn.T + (7.0, -3.0)
    found = similarity(source, target)
    np.testing.assert_allclose(found[:, :2], turn, atol=1e-9)
    np.testing.assert_allclose(found[:, 2], (7.0, -3.0), atol=1e-9)
    with pytest.raises(ValueError, match="two different points"):
        similarity(np.zeros((3, 2)), np.zeros((3, 2)))


def outline_xy(picture: np.ndarray) -> np.ndarray:
    """Pixels of the light blue line."""
    line = np.abs(picture.astype(int) - (120, 235, 255)).max(axis=2) < 40
    return np.argwhere(line)[:, ::-1].astype(float)


def test_the_outline_of_the_same_face_elsewhere_lies_on_the_new_face(place_head):
    baseline = known(place_head(centre_xy=(290.0, 320.0), px_per_mm=2.6))
    seen = known(place_head(centre_xy=(320.0, 340.0), px_per_mm=3.0, roll_deg=8.0))
    picture = ghost(guided(seen, baseline))
    band = picture.shape[0] - seen.picture.shape[0]
    found = outline_xy(picture) - (0.0, band)
    oval = seen.picture_points_xy[[10, 152, 234, 454]]
    for point in oval:
        # The same head from the same distance: only whole pixels and the line's width are between.
        assert np.hypot(*(found - point).T).min() < 4.0


def test_the_ghost_is_a_picture_with_a_caption(place_head):
    picture = ghost(guided(known(place_head()), known(place_head())))
    assert picture.dtype == np.uint8
    assert picture.shape[1] == SIZE[0]
    assert SIZE[1] < picture.shape[0] < SIZE[1] + 60


def test_without_two_faces_there_is_no_ghost(place_head, tmp_path):
    face = known(place_head())
    assert ghost(guided(face, None)) is None
    assert ghost(guided(face, known(None))) is None
    assert ghost(guided(known(None), face)) is None
    assert write_ghost(guided(face, None), tmp_path) is None
    assert write_ghost(guided(face, face), tmp_path) == tmp_path / "ghost.jpg"


def test_a_mannequin_gets_its_badge(place_head):
    seen = known(place_head())
    provenance = replace(seen.judged.provenance, camera="progress phantom")
    rendered = replace(seen, judged=replace(seen.judged, provenance=provenance))
    plain = ghost(guided(seen, seen))
    badged = ghost(guided(rendered, seen))
    differs = np.argwhere((plain != badged).any(axis=2))
    assert differs[:, 1].min() > SIZE[0] / 2
    assert differs[:, 0].max() < 120


def yellow_xy(canvas: np.ndarray) -> np.ndarray:
    return np.argwhere(np.abs(canvas.astype(int) - (255, 205, 60)).max(axis=2) < 30)[:, ::-1]


def drawn(seen: KnownPhoto, moves: Moves, *asked: str) -> np.ndarray:
    canvas = np.array(seen.picture)
    draw_arrows(canvas, seen, moves, set(asked))
    return canvas


def test_a_turn_to_the_clients_left_points_to_the_pictures_right(place_head):
    seen = known(place_head())
    nose = seen.picture_points_xy[4]
    left = yellow_xy(drawn(seen, Moves(turn_left_deg=12.0), "pose"))
    right = yellow_xy(drawn(seen, Moves(turn_left_deg=-12.0), "pose"))
    assert left[:, 0].mean() > nose[0] + 5
    assert right[:, 0].mean() < nose[0] - 5


def test_a_chin_to_be_raised_gets_an_arrow_upwards(place_head):
    seen = known(place_head())
    up = yellow_xy(drawn(seen, Moves(raise_chin_deg=10.0), "pose"))
    down = yellow_xy(drawn(seen, Moves(raise_chin_deg=-10.0), "pose"))
    assert up[:, 1].mean() < down[:, 1].mean() - 20


def test_a_tilt_is_an_arc_above_the_forehead(place_head):
    seen = known(place_head())
    forehead = seen.picture_points_xy[10]
    arc = yellow_xy(drawn(seen, Moves(tilt_clockwise_deg=10.0), "pose"))
    assert arc[:, 1].max() < forehead[1] + 5
    assert np.ptp(arc[:, 0]) > 30


def test_only_what_was_asked_for_is_drawn_and_small_moves_are_not(place_head):
    seen = known(place_head())
    large = Moves(12.0, 12.0, 12.0, 1.0, 30.0, 10.0, 1.5)
    assert not yellow_xy(drawn(seen, large, "focus")).size
    assert not yellow_xy(drawn(seen, Moves(1.0, 1.0, 1.0), "pose")).size
    assert (drawn(seen, large, "focus") == seen.picture).all()


def test_a_lamp_is_shown_on_a_ball_in_the_corner(place_head):
    one = shot(place_head())
    light = replace_light(one.facts.light, towards(30.0))
    seen = known_from(replace(one, facts=replace(one.facts, light=light)))
    canvas = drawn(seen, Moves(lamp_left_deg=-60.0, lamp_up_deg=5.0), "light_direction")
    marks = yellow_xy(canvas)
    assert marks[:, 0].max() < SIZE[0] / 2
    assert marks[:, 1].max() < SIZE[1] / 2
    unread = Moves(lamp_left_deg=None, lamp_up_deg=None)
    assert (drawn(seen, unread, "light_direction") == seen.picture).all()
    dark = replace(one, facts=replace(one.facts, light=NotMeasured("too dark")))
    blind = known_from(dark)
    assert (drawn(blind, Moves(lamp_left_deg=9.0), "light_direction") == blind.picture).all()


def replace_light(light: Light, direction: np.ndarray) -> Light:
    return replace(light, direction=direction)


@pytest.mark.parametrize(
    ("moves", "subject"),
    [
        (Moves(step_closer=1.0), "distance"),
        (Moves(step_closer=-1.0), "distance"),
        (Moves(brighter_ev=1.0), "exposure"),
        (Moves(brighter_ev=-1.0), "exposure"),
    ],
)
def test_distance_and_exposure_are_words_at_the_foot(place_head, moves, subject):
    seen = known(place_head())
    rows = np.argwhere((drawn(seen, moves, subject) != seen.picture).any(axis=2))[:, 0]
    assert rows.size
    assert rows.min() > 0.85 * SIZE[1]


def test_a_face_at_the_edge_keeps_its_arrows_in_the_picture(place_head):
    for x in (120.0, 500.0):
        seen = known(place_head(centre_xy=(x, 330.0)))
        marks = yellow_xy(drawn(seen, Moves(raise_chin_deg=8.0), "pose"))
        assert marks[:, 0].min() > 5
        assert marks[:, 0].max() < SIZE[0] - 5


def test_what_to_do_is_said_in_numbered_lines(place_head):
    seen = known(place_head())
    guidance = guided(seen, seen, "pose", "focus", costs=("redness", "texture"), left_out=1)
    assert guidance_lines(guidance) == [
        "Not ready: take it again before the client leaves.",
        "1. Mend the pose.",
        "2. Mend the focus.",
        "1 more point after these.",
        "As it is, no figure for redness, texture.",
    ]
    assert guidance_lines(guided(seen, None)) == ["Ready: the photo is good by itself."]
    assert cost_line(guided(seen, None)) == ""
    everything = tuple(affected_by({Need.ANY}))
    assert cost_line(guided(seen, None, costs=everything)) == "As it is, no metric gets a figure."


def test_what_cannot_be_judged_is_said_first(place_head):
    seen = known(place_head())
    faceless = replace(seen, problem="no face")
    assert ready_line(guided(faceless, None)) == "This photo cannot be judged: take it again."
    view = PairCheck(
        "view", 1.0, "views apart", 0.0, passed=False, advice="again", touches=frozenset({Need.ANY})
    )
    other = replace(guided(seen, seen), checks=(view,))
    assert ready_line(other).startswith("This photo cannot be compared with the baseline")
    good = replace(other, checks=(replace(view, difference=0.0, passed=True),))
    assert ready_line(good) == "Ready: the photo is good and like the baseline."
