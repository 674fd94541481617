"""What a client reads of a course."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from made_up_results import comparison

from progress.model import (
    Change,
    Direction,
    Family,
    NotMeasured,
    Timeline,
    TimelinePoint,
    TimelineSeries,
    Verdict,
)
from progress.views.client_words import client_summary, pair_summary

LAST = date(2026, 6, 22)


def series(metric: str, verdict: Verdict, region: str = "whole_face") -> TimelineSeries:
    delta = {Verdict.IMPROVED: -0.2, Verdict.WORSE: 0.2}.get(verdict, -0.01)
    if verdict is Verdict.NOT_COMPARABLE:
        return TimelineSeries(
            metric, 1, region, "OD", metric, (), NotMeasured("made up"), verdict, reason="dark"
        )
    judged = Change(
        metric, 1, region, "OD", Direction.LOWER, 0.5, 0.5 + delta, delta, 0.02, 0.06, verdict
    )
    judged = replace(judged, family=Family.HEADLINE, family_p_value=0.5)
    point = TimelinePoint(LAST, NotMeasured("made up"), judged)
    return TimelineSeries(
        metric,
        1,
        region,
        "OD",
        metric,
        (point,),
        NotMeasured("made up"),
        verdict,
        judged_on=LAST,
    )


def course(*given: TimelineSeries) -> Timeline:
    return Timeline({}, (), given, lambda _needs: [])


def test_what_stands_out_is_told_both_ways_and_single_regions_are_left_to_the_practitioner():
    told = client_summary(
        course(
            series("redness", Verdict.IMPROVED),
            series("pigment", Verdict.WORSE),
            series("texture", Verdict.IMPROVED, "chin"),
        )
    )
    assert any("less red" in line for line in told.stands_out)
    assert any("more pigmented" in line for line in told.stands_out)
    assert not any("chin" in line for line in told.stands_out)


def test_chance_is_counted_over_all_that_was_asked_and_not_over_what_stands_out():
    within = [series("pore_density", Verdict.WITHIN_NOISE) for _ in range(39)]
    told = client_summary(course(series("redness", Verdict.IMPROVED), *within))
    assert "Among 40 answers, about 2 read so by chance alone." in told.stands_out


def test_a_concern_is_named_once_and_where_it_says_most():
    told = client_summary(
        course(
            series("redness", Verdict.IMPROVED),
            series("pore_density", Verdict.WITHIN_NOISE),
            series("pore_area", Verdict.NOT_COMPARABLE),
            series("scar_count", Verdict.NOT_COMPARABLE),
        )
    )
    assert told.no_difference == ("pores",)
    assert told.not_fair == ("scars",)


def test_a_pair_is_told_by_the_same_rules_and_chance_stands_last():
    changes = tuple(
        one.judged
        for one in (
            series("redness", Verdict.IMPROVED),
            series("texture", Verdict.IMPROVED, "chin"),
            series("pigment", Verdict.WITHIN_NOISE),
        )
    )
    told = pair_summary(comparison(changes=changes))
    assert told.stands_out[0].startswith("The whole face is less red")
    assert told.stands_out[-1] == told.by_chance
    assert told.by_chance.startswith("Among 2 answers")
    assert told.no_difference == ("pigment",)
    assert not any("chin" in line for line in told.stands_out)
