"""What is hidden is hidden with a margin, and the check knows a face when it sees one."""

from __future__ import annotations

import numpy as np
import pytest
from mannequin_pairs import taken

from progress.exports.deidentify import (
    BARS,
    Hiding,
    corners_of,
    eyes_bar,
    finds_face,
    grown,
    hidden_face,
)
from progress.exports.exact_pixels import within
from progress.exports.hidden_faces import WAYS, table, tries_needed
from progress.exports.recipe_parts import Blur, Cover
from progress.regions.face import BROWS, EYES


def test_the_bar_holds_eyes_and_brows_however_the_head_is_tilted(place_head):
    for roll_deg in (0.0, 25.0, -70.0):
        face = place_head(roll_deg=roll_deg)
        points = face.points_xy[[i for part in (*EYES, *BROWS) for i in part]]
        for measure in BARS:
            bar = eyes_bar(face, measure)
            assert within(bar.tolist(), (700, 620))[
                np.rint(points[:, 1]).astype(int), np.rint(points[:, 0]).astype(int)
            ].all()


def test_every_try_hides_more_than_the_one_before(place_head):
    face = place_head()
    covered = np.zeros((700, 620), bool)
    for measure in BARS:
        mask = np.zeros_like(covered)
        for part in hidden_face(Hiding.EYES_COVERED, face, measure, lambda points: points):
            assert isinstance(part, Cover)
            inside = within(part.polygon_xy, mask.shape)
            mask |= ~inside if part.outside else inside
        assert (mask | ~covered).all()
        assert mask.sum() > covered.sum()
        covered = mask


def test_what_is_grown_keeps_its_margin_on_every_side(place_head):
    eye = place_head().points_xy[list(EYES[0])]
    outline = grown(eye, 12.0)
    inside = within(outline.tolist(), (700, 620))
    ways = np.linspace(0.0, 2 * np.pi, 40)
    around = eye[:, None] + 11.0 * np.stack([np.cos(ways), np.sin(ways)], axis=-1)
    x, y = np.rint(around.reshape(-1, 2)).astype(int).T
    assert inside[y, x].all()


def test_nothing_is_hidden_where_nothing_is_asked_for(place_head):
    assert hidden_face(Hiding.NOTHING, place_head(), BARS[0], lambda points: points) == ()
    assert hidden_face(Hiding.REGION, None, BARS[0], lambda points: points) == ()
    blur = hidden_face(Hiding.EYES_BLURRED, place_head(), BARS[0], lambda points: points)
    assert [type(part) for part in blur] == [Blur]


@pytest.mark.parametrize("shrink", [1, 2, 3])
def test_a_face_is_found_large_small_and_mirrored(shrink):
    codes = taken("baseline").rendered.codes
    codes = codes[: codes.shape[0] // shrink * shrink, : codes.shape[1] // shrink * shrink]
    small = codes.reshape(
        codes.shape[0] // shrink, shrink, codes.shape[1] // shrink, shrink, 3
    ).mean(axis=(1, 3))
    assert finds_face(small.astype(np.uint8))
    assert finds_face(np.ascontiguousarray(small[:, ::-1].astype(np.uint8)))


def test_a_face_that_fills_the_picture_is_found_by_the_frame_around_it():
    taken_here = taken("baseline")
    points = taken_here.rendered.landmarks_xy
    left, top = np.floor(points.min(axis=0)).astype(int) + 12
    right, bottom = np.ceil(points.max(axis=0)).astype(int) - 12
    assert finds_face(taken_here.rendered.codes[top:bottom, left:right])


def test_paper_and_skin_without_a_face_are_none():
    assert not finds_face(np.full((190, 230, 3), 255, np.uint8))
    rng = np.random.default_rng(1)
    skin = np.clip(rng.normal((200, 150, 130), 8, (200, 260, 3)), 0, 255).astype(np.uint8)
    assert not finds_face(skin)


def test_corners_are_kept_to_a_hundredth_of_a_pixel():
    assert corners_of(np.array([(1.23456, -0.001), (2.0, 3.999), (0.1 + 0.2, 1e-9)])) == (
        (1.23, 0.0),
        (2.0, 4.0),
        (0.3, 0.0),
    )


def test_the_table_of_hidden_faces_says_what_a_bar_is_worth():
    photo, face = taken("baseline").opened.photo, taken("baseline").opened.landmarks
    assert face is not None
    found = {
        name: [tries_needed(photo, face, *WAYS[name])]
        for name in ("bar over the eyes", "nose alone")
    }
    assert found == {"bar over the eyes": [None], "nose alone": [1]}
    said = table(found, without=3).splitlines()
    assert said[0].startswith("1 faces, 3 photos without one")
    assert said[2].split() == ["bar", "over", "the", "eyes", "0", "0", "1"]
    assert said[3].split() == ["nose", "alone", "1", "0", "0"]


def test_a_bystanders_small_face_is_found_in_parts_of_the_picture():
    codes = taken("baseline").rendered.codes[:888, :616]
    small = codes.reshape(111, 8, 77, 8, 3).mean(axis=(1, 3)).astype(np.uint8)
    rng = np.random.default_rng(1)
    arm = np.clip(rng.normal((200, 150, 130), 6, (1000, 800, 3)), 0, 255).astype(np.uint8)
    assert not finds_face(arm, in_parts=True)
    arm[500:611, 300:377] = small
    assert not finds_face(arm)
    assert finds_face(arm, in_parts=True)
