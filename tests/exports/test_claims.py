"""The words below a comparison say what the verdicts say, and all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from progress.exports.claims import claims, still_healing
from progress.metrics import affected_by
from progress.model import (
    Change,
    Comparability,
    Comparison,
    ControlUse,
    Direction,
    Family,
    NotAligned,
    Treatment,
    Verdict,
)

DAYS = (date(2026, 1, 5), date(2026, 6, 22))


def change(metric: str, verdict: Verdict, *, delta: float = -0.09, **more) -> Change:
    asked = {
        "metric": metric,
        "metric_version": 1,
        "region": "whole_face",
        "unit": "OD",
        "better": Direction.LOWER,
        "baseline": 0.5,
        "followup": None if delta is None else 0.5 + delta,
        "delta": delta,
        "standard_error": 0.015,
        "smallest_detectable_change": 0.03,
        "verdict": verdict,
        "reason": None,
    } | more
    return Change(**asked)


def refused(metric: str, **more) -> Change:
    nothing = dict.fromkeys(
        ("baseline", "followup", "delta", "standard_error", "smallest_detectable_change")
    )
    return change(metric, Verdict.NOT_COMPARABLE, reason="dark", **(nothing | more))


def pair(*changes: Change) -> Comparison:
    return Comparison((), (), Comparability(()), NotAligned("no"), changes, affected_by)


def treated(*days: date) -> list[Treatment]:
    return [
        Treatment(str(n), "c", day, "micro-needling", needle_depth_mm=1.5)
        for n, day in enumerate(days)
    ]


def said(*changes: Change, **more) -> tuple[str, ...]:
    return claims(pair(*changes), **({"days": DAYS} | more)).lines


def test_a_change_is_told_in_percent_with_its_error_and_when():
    times = treated(date(2026, 1, 5), date(2026, 2, 9), date(2026, 3, 30))
    told = claims(pair(change("redness", Verdict.IMPROVED)), days=DAYS, treatments=times)
    assert told.lines == (
        "12 weeks after the last of 3 treatments (micro-needling 1.5 mm)",
        "Redness, whole face: lower by 18.0 % ± 6.0 %",
    )
    assert told.shows_improvement


def test_a_pair_that_was_picked_among_visits_is_seen_to_be_one():
    visits = (date(2025, 11, 3), DAYS[0], date(2026, 3, 2), DAYS[1], date(2026, 8, 1))
    (first,) = said(visits=visits)
    assert first.startswith("Visits 2 and 4 of 5; 24 weeks after the baseline")


def test_of_more_than_two_visits_the_words_say_which_the_figures_are_of():
    between = date(2026, 3, 2)
    (first,) = said(visits=(DAYS[0], between, DAYS[1]), shown=(DAYS[0], between, DAYS[1]))
    assert first.startswith("Visits 1, 2 and 3 of 3; figures of visit 3 against 1; 24 weeks")


def test_kinds_are_told_once_with_their_depths():
    times = [
        replace(one, needle_depth_mm=depth)
        for one, depth in zip(treated(DAYS[0], date(2026, 2, 9)), (1.5, 1.0), strict=True)
    ]
    peel = Treatment("p", "c", date(2026, 3, 1), "light peel")
    (first,) = said(treatments=[*times, peel])
    assert first.endswith("3 treatments (light peel, micro-needling 1 and 1.5 mm)")


def test_what_became_worse_is_told_as_well_and_cannot_be_left_out():
    lines = said(change("redness", Verdict.IMPROVED), change("texture", Verdict.WORSE, delta=0.09))
    assert "Texture, whole face: higher by 18.0 % ± 6.0 % (worse)" in lines


def test_what_did_not_change_is_named_after_what_did():
    lines = said(
        change("redness", Verdict.IMPROVED),
        change("redness", Verdict.WITHIN_NOISE, delta=-0.01, region="chin"),
        change("texture", Verdict.WITHIN_NOISE, delta=-0.01),
        change("texture", Verdict.WITHIN_NOISE, delta=-0.01, region="chin"),
        regions=("whole_face", "chin"),
    )
    assert lines[-1] == "No change beyond measurement noise: redness (chin), texture"


def test_a_pair_without_a_change_says_so():
    told = claims(pair(change("redness", Verdict.WITHIN_NOISE, delta=-0.01)), days=DAYS)
    assert told.lines[1] == "Nothing changed beyond measurement noise: redness"
    assert not told.shows_improvement


def test_what_could_not_be_compared_is_named():
    assert said(change("redness", Verdict.IMPROVED), refused("texture"))[-1] == (
        "Could not be compared: texture"
    )


@pytest.mark.parametrize(
    "more",
    [
        {"unit": "deg"},
        {"baseline": 0.05},
        {"control": ControlUse(beta=1.0, delta_control=0.0)},
    ],
    ids=["no zero", "near zero", "against a control"],
)
def test_percent_are_told_only_where_they_mean_something(more):
    (_, line) = said(change("redness", Verdict.IMPROVED, **more))
    assert " %" not in line
    assert "0.090 ± 0.030" in line


def test_a_change_of_tone_is_described_and_not_judged():
    told = claims(
        pair(change("tone", Verdict.DESCRIBED, delta=2.1, unit="deg", better=Direction.NONE)),
        days=DAYS,
    )
    assert told.lines[1].endswith("(described, not judged)")
    assert not told.shows_improvement


def test_only_the_skin_that_is_shown_is_told():
    chin = change("redness", Verdict.WORSE, delta=0.09, region="chin")
    assert not any("chin" in line for line in said(change("redness", Verdict.IMPROVED), chin))
    assert any("chin" in line for line in said(chin, regions=("chin",)))


@pytest.mark.parametrize(
    ("treatment", "shown"), [(date(2026, 6, 15), DAYS[1]), (date(2026, 1, 1), DAYS[0])]
)
def test_skin_that_was_still_healing_is_not_shown_in_either_picture(treatment, shown):
    told = still_healing(DAYS, treated(treatment))
    assert told.startswith(f"the photos of {shown} were taken within 14 days")


def test_a_treatment_on_the_day_of_the_baseline_came_after_the_photo():
    assert not still_healing(DAYS, treated(DAYS[0]))


def test_an_early_result_is_called_early():
    (first,) = said(treatments=treated(date(2026, 6, 2)))
    assert (
        first == "20 days after 1 treatment (micro-needling 1.5 mm); too early for a final result"
    )


def test_without_a_treatment_the_words_claim_none():
    (first,) = said()
    assert first == "24 weeks after the baseline; no treatment was recorded between"


def test_one_that_counts_alone_only_is_told_as_such():
    alone = replace(
        change("redness", Verdict.IMPROVED),
        family=Family.HEADLINE,
        family_p_value=0.3,
        family_size=9,
    )
    assert not alone.stands_in_family
    lines = said(alone)
    assert lines[1] == "Redness, whole face: lower by 18.0 % ± 6.0 %; counted alone"
    assert lines[2].startswith("Among 1 answers, about 1 read so by chance")
