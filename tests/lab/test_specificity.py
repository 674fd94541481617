"""One thing changed at a time: nothing else is, and the matrix says what metrics show of it."""

import cv2
import numpy as np
import pytest

from progress.lab.changed_heads import PHOTO_ROWS, SKIN_ROWS, changed_head
from progress.lab.specificity import HeadAnswers, Response, Survival
from progress.lab.specificity_figures import (
    cells,
    own_responses,
    specificity_figures,
    specificity_table,
)
from progress.metrics import all_metrics

ROWS = {row.name: row for row in (*SKIN_ROWS, *PHOTO_ROWS)}
BLOOD, PORES, EXPOSURE, JPEG = "blood +50 %", "pore area x 1.3", "exposure +0.5 EV", "JPEG 75"


@pytest.fixture(scope="module")
def head():
    return changed_head(1, seed=301, px_per_mm=3.0)


def codes(data):
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)[..., ::-1].astype(int)


def answers(*told, survivals=(), self_change=0.0, swaps=(0.01,)):
    responses = tuple(
        Response("head", row, metric, None if move is None else move / 10, move)
        for row, metric, move in told
    )
    return HeadAnswers(responses, survivals, self_change, swaps)


def figure(name, *heads):
    found = [one for one in specificity_figures(heads) if name in one.name]
    assert len(found) == 1, [one.name for one in found]
    return found[0]


def test_every_metric_of_a_face_has_a_change_of_skin_of_its_own():
    own = {metric for row in SKIN_ROWS for metric in row.own}
    # Marks need an outline and depth several lamps: each has a truth of its own.
    asked = {
        one.id for one in all_metrics() if not one.id.startswith("mark_") and one.id != "scar_depth"
    }
    assert own == asked


def test_more_blood_changes_the_face_and_not_one_code_far_from_it(head):
    moved = np.abs(codes(head.photo(ROWS[BLOOD])) - codes(head.photo())).sum(axis=2)
    face = np.zeros(moved.shape, np.uint8)
    cv2.fillPoly(face, [np.rint(head.subject.outline).astype(np.int32)], (1,))
    # Five sigmas of the soft edge, 9 px each, and a block of JPEG of 16 px.
    far = cv2.dilate(face, np.ones((125, 125), np.uint8)) == 0
    assert far.mean() > 0.1
    assert moved[far].max() == 0
    assert moved[face > 0].mean() > 5


def test_a_change_of_the_photo_leaves_the_scene_alone(head):
    assert np.array_equal(head.scene(ROWS[EXPOSURE]), head.scene())
    first, brighter = codes(head.photo()), codes(head.photo(ROWS[EXPOSURE]))
    assert np.median(brighter[first < 200] - first[first < 200]) > 10


def test_second_shots_of_doses_are_moved_alike(head):
    still, moved = codes(head.photo()), codes(head.moved_photo())
    redder = codes(head.moved_photo(ROWS[BLOOD]))
    assert np.abs(moved - still).mean() > 3
    # What is no skin is the same in both second shots but for JPEG.
    border = np.ones(moved.shape[:2], bool)
    border[30:, 12:-12] = False
    assert np.abs(redder - moved)[border].mean() < 0.5
    assert np.abs(redder - moved).mean() > 0.5


def test_a_leak_is_told_of_the_metrics_own_answer():
    told = answers((BLOOD, "redness", 6.0), (BLOOD, "pore_area", -0.9), (PORES, "pore_area", 3.0))
    leak = figure(f"{BLOOD}: largest answer of another metric", told)
    assert leak.value == pytest.approx(0.3)
    assert leak.met is False
    assert "pore_area, -0.90 SDC; 1 of 1 metrics above 0.2" in leak.note
    assert figure("redness: answer to its own dose", told).value == 6.0
    assert own_responses(told.responses) == {"redness": 6.0, "pore_area": 3.0}


def test_a_metric_that_does_not_show_its_own_dose_lends_no_measure_to_a_leak():
    told = answers((BLOOD, "pore_area", 0.3), (BLOOD, "redness", 6.0), (PORES, "pore_area", 0.4))
    assert "no share" in figure("pore_area: answer to its own dose", told).note
    assert not [one for one in specificity_figures([told]) if "another metric" in one.name]


def test_a_photo_that_moves_a_metric_beyond_its_error_is_not_met():
    told = answers((EXPOSURE, "redness", 0.4), (EXPOSURE, "pigment", -1.7), (JPEG, "redness", 0.2))
    moved = figure(f"{EXPOSURE}: largest move", told)
    assert moved.value == pytest.approx(1.7)
    assert moved.met is False
    assert moved.note.startswith("pigment; of single answers 1 of 2 beyond")
    assert figure(f"{JPEG}: largest move", told).met


def test_a_refused_pair_is_as_good_as_a_quiet_one():
    refused = figure(f"{JPEG}: largest move", answers((JPEG, "redness", None)))
    assert refused.value is None
    assert refused.met is True
    assert "1 of 1 not comparable" in refused.note


def test_heads_are_told_by_their_median_and_silence_is_told_as_such():
    heads = [answers((BLOOD, "redness", move)) for move in (4.0, 5.0, 9.0, None)]
    responses = [one for told in heads for one in told.responses]
    assert cells(responses) == {(BLOOD, "redness"): 5.0}
    table = specificity_table([*responses, *answers((JPEG, "redness", None)).responses])
    assert "[+5.00]" in table
    assert "n/c" in table


def test_what_is_lost_on_the_way_is_told():
    told = answers(
        (BLOOD, "redness", 5.0),
        survivals=(Survival("head", "redness", 0.17, 0.9), Survival("other", "redness", 0.2, 0.91)),
        self_change=0.001,
        swaps=(0.0, 0.3, 0.4),
    )
    left = figure("redness: effect after registration", told)
    assert left.value == pytest.approx(0.905)
    assert left.met is False
    assert figure("photo against itself", told).met is False
    assert figure("read backwards", told).value == pytest.approx(0.3)
