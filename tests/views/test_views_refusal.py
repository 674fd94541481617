"""A refusal is said in a few lines, and no table stands empty beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_up_results import CHECKS, comparison, judged_photo, refused, timeline

from progress.model import (
    Comparability,
    Estimate,
    Gate,
    Measurement,
    Need,
    NotAligned,
    NotMeasured,
    PairCheck,
    QualityReport,
    SessionMeasured,
)
from progress.views.refusal_words import course_refusal, pair_refusal, photo_refusal
from progress.views.report import course_report, pair_report
from progress.views.tables import comparison_table, course_table, measurement_table

PEOPLE = "the faces differ; these are two people"
FRAME = "┏━┃┡└"


def two_people():
    said = PairCheck("same_skin", None, "", None, False, advice=PEOPLE, touches={Need.ANY})
    whole = f"the same skin was not found again: {PEOPLE}"
    told = comparison(
        changes=(refused("redness", whole), refused("texture", whole)),
        registration=NotAligned(PEOPLE),
    )
    return replace(told, comparability=Comparability((*CHECKS, said)))


def faceless(words: str) -> SessionMeasured:
    gate = Gate("faces", 0.0, "", 1.0, False, "take it from the front", frozenset({Need.ANY}))
    photo = replace(judged_photo("room.jpg"), quality=QualityReport((gate,)))
    absent = tuple(
        Measurement(metric, 1, "whole_face", "OD", NotMeasured(words), (), "")
        for metric in ("redness", "texture")
    )
    return SessionMeasured((photo,), absent, lambda _: [])


def test_a_refused_pair_is_told_in_the_terminal_without_a_table():
    said = comparison_table(two_people())
    assert not any(sign in said for sign in FRAME)
    assert said.count("two people") == 1
    assert "Why\n  - The faces differ" in said
    assert "What to do\n  - Look whether both photos show the same client" in said


def test_small_mismatches_do_not_bury_what_stopped_the_pair():
    refusal = pair_refusal(two_people())
    assert refusal is not None
    assert refusal.reasons == ("The faces differ; these are two people.",)


def test_without_one_thing_that_stops_all_every_mismatch_is_told_with_its_limit():
    blocked = (refused("scar_relief", "light_direction: Put the lamp where it was."),)
    refusal = pair_refusal(comparison(changes=blocked))
    assert refusal is not None
    assert refusal.reasons == ("Direction of the light differs: 12.1°, at most 5.0°.",)
    assert refusal.advice == ("Put the lamp where it was.",)


def test_reasons_of_single_metrics_name_them():
    told = comparison(changes=(refused("lines", "too dark"), refused("texture", "too soft")))
    refusal = pair_refusal(replace(told, comparability=Comparability(())))
    assert refusal is not None
    assert refusal.reasons == (
        "Too dark (no Line severity).",
        "Too soft (no Texture).",
    )


def test_a_pair_with_one_figure_is_not_refused():
    assert pair_refusal(comparison()) is None
    assert "detectable" in comparison_table(comparison())


def test_a_photo_that_cannot_be_measured_says_why_once_and_what_to_do():
    said = measurement_table(
        faceless("room.jpg: expected one face, got none; take it from the front")
    )
    assert not any(sign in said for sign in FRAME)
    assert "  - room.jpg: expected one face, got none.\n" in said
    assert said.count("ake it from the front") == 1


def test_a_photo_with_one_value_has_its_table():
    told = faceless("too dark")
    known = replace(told.measurements[0], outcome=Estimate(0.3, 0.01, 90))
    assert photo_refusal(replace(told, measurements=(known, *told.measurements[1:]))) is None


def test_a_course_without_a_change_is_told_without_a_table():
    course = timeline()
    nothing = replace(course, series=course.series[1:])
    refusal = course_refusal(nothing)
    assert refusal is not None
    assert refusal.reasons == ("Resolution: come closer.",)
    assert not any(sign in course_table(nothing) for sign in FRAME)
    assert course_refusal(course) is None


@pytest.mark.parametrize(
    "page",
    [
        pair_report(replace(two_people(), comparability=Comparability(())), ("First", "Second")),
        course_report(replace(timeline(), series=timeline().series[1:])),
    ],
)
def test_the_page_of_a_refusal_gives_reasons_and_no_table_of_figures(page):
    assert "Why there is no figure" in page
    assert "Verdict</th>" not in page
    assert "<tbody></tbody>" not in page
