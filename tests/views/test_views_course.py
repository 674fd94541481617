"""The curve of a course as it is drawn and said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from made_up_results import CHANGES, EVENTS, FIRST_DAY, change, series, timeline
from test_views_charts import rows_with

from progress.model import (
    BaselineShare,
    ControlUse,
    CourseAnswers,
    CourseFit,
    CurvePoint,
    Family,
    FirstSeen,
    NotMeasured,
    TimelineSeries,
    Verdict,
    VisitEffect,
)
from progress.views import course_words
from progress.views.chart_files import chart_svg
from progress.views.charts import timeline_chart
from progress.views.course_chart import drawn_value
from progress.views.report import course_report
from progress.views.words import Audience, change_sentence, change_sentences

LAST = FIRST_DAY + timedelta(days=168)
FIT = CourseFit(
    FIRST_DAY,
    LAST,
    -0.09,
    -0.11,
    -0.07,
    4,
    (),
    tuple(
        CurvePoint(FIRST_DAY + timedelta(days=days), value, value - 0.02, value + 0.02)
        for days, value in ((0, 0.31), (84, 0.25), (168, 0.22))
    ),
)
SEEN = FirstSeen(
    FIRST_DAY + timedelta(days=126), FIRST_DAY + timedelta(days=42), Verdict.IMPROVED, True
)


def followed(**answers) -> TimelineSeries:
    known = {"fit": FIT, "share": BaselineShare(71.0, 64.0, 78.0), "first_seen": SEEN} | answers
    return replace(series(), course=CourseAnswers(**known), judged_on=LAST)


def counted(one, *, p, family=Family.HEADLINE, size=9):
    return replace(one, p_value=p / size, family=family, family_p_value=p, family_size=size)


def test_a_curve_is_drawn_with_its_band_and_the_first_session_beyond_noise():
    chart = timeline_chart(followed(), EVENTS)
    rows = rows_with(chart, "fitted")
    assert (rows[0]["fitted_low"], rows[0]["fitted_high"]) == (0.29, 0.33)
    (ring,) = rows_with(chart, "ring")
    assert (ring["day"], ring["ring"], ring["label"]) == ("2026-05-11", 0.24, "first beyond noise")
    assert "curve of healed sessions" in " ".join(chart.to_dict()["title"]["subtitle"])
    assert chart_svg(chart).startswith("<svg")


def test_without_a_curve_points_are_not_joined():
    chart = timeline_chart(series(), EVENTS)
    assert not rows_with(chart, "fitted")
    assert not rows_with(chart, "ring")
    joined = [
        layer
        for layer in chart.to_dict()["layer"]
        if layer["mark"]["type"] == "line" and layer["encoding"]["y"]["field"] == "value"
    ]
    assert joined == []


def test_a_session_left_out_of_the_curve_says_so():
    aside = replace(FIT, set_aside=(FIRST_DAY + timedelta(days=42),))
    (row,) = rows_with(timeline_chart(followed(fit=aside)), "aside")
    assert (row["aside"], row["what"]) == (0.29, "not in the curve")
    said = " ".join(course_words.course_sentences(followed(fit=aside)))
    assert "The session of 16 February 2026 lies so far off the others" in said


def test_against_a_control_marks_stand_where_the_change_is():
    one = series()
    moved = replace(change(delta=-0.05), followup=0.22, control=ControlUse(0.8, -0.05))
    points = (*one.points[:-1], replace(one.points[-1], change=moved))
    assert drawn_value(replace(one, points=points), points[-1]) == pytest.approx(0.26)
    chart = timeline_chart(replace(one, points=points))
    assert "Less the change of the control." in " ".join(chart.to_dict()["title"]["subtitle"])
    assert "against the control)" in change_sentence(moved)


def test_a_course_is_said_with_every_interval():
    said = course_words.course_sentences(followed())
    assert said == [
        "From 5 January 2026 to 22 June 2026 the curve through 4 healed sessions moves by "
        "−0.090 OD (95 %: −0.110 to −0.070).",
        "It stands at 71.0 % of the baseline (64.0 to 78.0).",
        "A change beyond noise was first seen on 11 May 2026 (not yet on 16 February 2026), and "
        "later sessions agree.",
    ]


def test_what_is_missing_gives_its_reason():
    bare = followed(
        fit=NotMeasured("3 healed sessions; a curve needs at least 4"),
        share=NotMeasured("percent of the baseline mean nothing: the scale has no zero"),
        first_seen=NotMeasured("no change"),
    )
    assert course_words.course_sentences(bare) == [
        "No curve: 3 healed sessions; a curve needs at least 4."
    ]
    assert course_words.share_words(bare).startswith("— (Percent of the baseline mean nothing")
    assert course_words.first_seen_words(bare) == "—"
    once = followed(first_seen=replace(SEEN, confirmed=False))
    assert course_words.first_seen_words(once) == "11 May 2026 (once)"
    assert "another one should confirm it" in course_words.course_sentences(once)[-1]


def test_a_curve_and_a_verdict_that_differ_are_both_explained():
    level = followed(fit=replace(FIT, low=-0.2, high=0.02))
    assert course_words.course_sentences(level)[0].endswith("which holds no change as well.")
    alone = replace(followed(), verdict=Verdict.WITHIN_NOISE)
    assert "the last one alone does not" in course_words.course_sentences(alone)[0]


def test_the_number_of_answers_is_reckoned_in():
    changes = [
        counted(change("redness", "whole_face"), p=0.01, size=3),
        counted(change("texture", "whole_face"), p=0.2, size=3),
        counted(change("tone", "whole_face", verdict=Verdict.WITHIN_NOISE), p=1.0, size=3),
        counted(change(), p=0.3, family=Family.REGIONS, size=1),
    ]
    assert course_words.family_sentences(changes) == [
        "Of 3 answers on the whole and where you outlined, 2 lie beyond noise counted alone, where "
        "chance brings about 0.2; 1 stands once all of them are reckoned in: redness (whole face).",
        "Of 1 answer on single regions, 1 lies beyond noise counted alone, where chance brings "
        "about 0.1; none stands once all of them are reckoned in.",
    ]
    assert course_words.family_sentences(CHANGES) == []
    quiet = counted(change(delta=-0.01, verdict=Verdict.WITHIN_NOISE), p=1.0)
    assert "none lies beyond noise" in course_words.family_sentences([quiet])[0]


def test_what_does_not_stand_among_many_is_not_called_clear():
    weak, strong = counted(change(), p=0.3), counted(change(), p=0.01)
    assert change_sentence(weak).endswith("beyond noise, counted alone.")
    assert change_sentence(strong).endswith("beyond noise.")
    assert "clearly" in change_sentence(strong, audience=Audience.CLIENT)
    said = change_sentences([weak, strong], audience=Audience.CLIENT)
    assert "clearly" not in said[0]
    assert said[-1] == "Among 2 answers, about 1 read so by chance alone."


def test_a_session_that_read_otherwise_everywhere_is_told():
    effects = tuple(
        VisitEffect("redness", "OD", LAST, offset, 0.001, 11, aside)
        for offset, aside in ((0.001, False), (-0.02, False), (0.5, True))
    )
    told = replace(timeline(), series=(followed(),), visit_effects=effects)
    said = course_words.visit_sentences(told)
    assert len(said) == 2
    assert said[0].startswith("On 22 June 2026 redness read lower than its curves by 0.0200 OD")
    assert said[1].endswith("The curves were drawn without it.")
    assert "Sessions that read otherwise everywhere" in course_report(told)


def test_the_report_tells_share_and_first_sight_of_every_series():
    page = course_report(replace(timeline(), series=(followed(),)))
    assert "71.0 % of the baseline (64.0 to 78.0)" in page
    assert "11 May 2026" in page
    assert "Every series in words" in page


def test_words_of_a_course_never_judge_a_tone():
    described = replace(
        followed(), metric="tone", verdict=Verdict.DESCRIBED, unit="deg", label="Skin tone"
    )
    said = " ".join(course_words.course_sentences(described)).lower()
    assert not {"better", "worse", "improve"} & set(said.replace(".", " ").split())
