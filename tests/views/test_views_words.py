"""What is said, and what is never said."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from made_up_results import CHANGES, CHECKS, change, comparison, refused, series, shifted

from progress.model import (
    Comparability,
    Direction,
    Flatters,
    Need,
    NotAligned,
    PairCheck,
    Verdict,
)
from progress.views import labels, words
from progress.views.words import Audience, change_sentence


def test_a_change_is_said_with_its_noise():
    assert change_sentence(change()) == (
        "Redness on the left cheek is lower by 0.090 OD (measurement noise up to 0.034 OD): "
        "a change for the better beyond noise."
    )


def test_a_change_within_noise_is_said_to_be_none():
    said = change_sentence(change(delta=-0.02, verdict=Verdict.WITHIN_NOISE))
    assert "no change beyond measurement noise" in said
    assert "lower" not in said


def test_a_change_that_is_held_to_be_noise_for_another_reason_is_not_praised():
    said = change_sentence(change(delta=-0.09, verdict=Verdict.WITHIN_NOISE))
    assert said.endswith("held to be noise.")


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("delta", [-6.0, -1.0, 1.0, 6.0])
@pytest.mark.parametrize("metric", ["tone", "radiance"])
def test_what_is_described_is_never_better_or_worse(audience, delta, metric):
    described = change(
        metric,
        delta=delta,
        noise=3.0,
        unit="deg",
        better=Direction.NONE,
        verdict=Verdict.DESCRIBED,
    )
    said = change_sentence(described, audience=audience).lower()
    assert not {"better", "worse", "improved", "good", "bad"} & set(said.replace(".", "").split())
    assert ("not judge" in said) == (abs(delta) > 3) or "no change" in said


def test_nobody_is_told_a_diagnosis_or_a_promise():
    every = [
        change_sentence(one, audience=audience)
        for one, audience in itertools.product(
            (*CHANGES, change(delta=0.2, verdict=Verdict.WORSE)), Audience
        )
    ]
    banned = ("disease", "cure", "guarantee", "will ", "diagnos", "younger", "beaut", "skin age")
    assert not [said for said in every if any(word in said.lower() for word in banned)]
    assert all(said.endswith(".") and said.count("..") == 0 for said in every)


def test_the_client_reads_no_figures():
    for one in CHANGES:
        said = change_sentence(one, audience=Audience.CLIENT)
        assert not any(letter.isdigit() for letter in said)


def test_the_client_reads_familiar_words():
    assert change_sentence(change(), audience=Audience.CLIENT).startswith(
        "The left cheek is less red"
    )
    worse = change("pore_density", "nose", delta=3.0, noise=1.0, verdict=Verdict.WORSE)
    assert "Pore density on the nose is higher" in change_sentence(worse, audience=Audience.CLIENT)
    lighter = CHANGES[2]
    assert "a little lighter" in change_sentence(lighter, audience=Audience.CLIENT)


def test_a_refusal_is_said_with_its_reason_in_words():
    assert change_sentence(refused()) == (
        "Scar relief contrast on the left cheek: not comparable. "
        "Direction of the light: turn the lamp back."
    )
    plain = change_sentence(refused(), audience=Audience.CLIENT)
    assert "could not be compared fairly" in plain


def test_no_verdict_is_left_out_of_the_count():
    assert words.verdict_counts(one.verdict for one in CHANGES) == (
        "1 improved, 1 worse, 1 within noise, 1 described, 1 not comparable"
    )


def test_headlines_count_both_ways():
    assert words.headline(CHANGES) == (
        "Beyond measurement noise: 1 improved and 1 worse, of 4 answers that could be given."
    )
    assert "No change for better or worse" in words.headline([CHANGES[1]])
    assert "cannot be judged" in words.headline([refused()])
    assert words.headline([]) == "Nothing was measured."
    assert words.course_headline([series()]).startswith("Beyond measurement noise: 1 improved")
    assert "cannot be judged" in words.course_headline([])


def test_a_pair_is_called_fair_limited_or_not_fair():
    assert words.pair_sentence(Comparability(CHECKS)) == (
        "A limited pair: 1 of 3 checks failed (1 could not be put in a number); "
        "the metrics they touch get no figure."
    )
    assert words.pair_sentence(Comparability(CHECKS[:1])).startswith("A fair pair")
    other = PairCheck(
        "view", None, "", None, False, Flatters.NEITHER, "Take it again.", frozenset({Need.ANY})
    )
    assert words.pair_sentence(Comparability((other,))).startswith("Not a fair pair")


def test_alignment_is_said_in_millimetres_or_refused_with_its_reason():
    said = words.registration_sentence(shifted((83, 61), lambda xy: xy))
    assert "within 0.05 mm" in said
    assert "97 % of the baseline" in said
    assert "two people" in words.registration_sentence(NotAligned("these are two people"))


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        (-0.0904, 0.012, "−0.090"),
        (12.345, 1.3, "12.3"),
        (1234.6, 52.0, "1235"),
        (0.31, None, "0.31"),
        (14.1234, None, "14.1"),
        (12345.6, None, "12346"),
        (1.0, None, "1"),
        (-0.0004, 0.02, "0.000"),
        (-0.0, None, "0"),
        (2.0, float("inf"), "2"),
    ],
)
def test_numbers_have_the_digits_that_their_error_allows(value, error, said):
    assert labels.number(value, error=error) == said


def test_units_and_days_are_written_as_people_write_them():
    assert labels.quantity(12.34, "deg", error=0.5) == "12.34°"
    assert labels.quantity(22.0, "per cm2", error=3.0) == "22.0 per cm²"
    assert labels.quantity(0.5, "", error=0.1) == "0.50"
    assert labels.day_label(date(2026, 1, 5)) == "5 January 2026"
    assert labels.signed_change(change(delta=0.05)) == "+0.050 ± 0.012 OD"
    assert labels.signed_change(refused()) == "—"


def test_regions_and_metrics_have_names_also_when_unknown():
    assert labels.region_phrase("left_periorbital") == "the skin around the left eye"
    assert labels.region_phrase("old_scar") == "the marked area “old scar”"
    assert labels.region_phrase("left_jaw") == "the left jaw"
    assert labels.metric_label("pore_density") == "Pore density"
    assert labels.question_label("light_direction") == "Direction of the light"
    assert labels.question_label("something_new") == "Something new"
    assert labels.better_phrase(Direction.NONE) == "described, neither is better"
    assert labels.flatters_phrase(Flatters.FOLLOWUP) == "would flatter the follow-up"


def test_reasons_name_their_check_in_words():
    assert labels.reason_words("light_direction: turn it.") == "Direction of the light: turn it"
    assert labels.reason_words("mask is empty") == "Mask is empty"
    assert labels.reason_words(None) == "No reason was given"
    assert comparison().changes[-1].reason.startswith("light_direction")


def test_percentages_differ_by_percentage_points():
    less = change("pore_area", delta=-0.8, noise=0.5, unit="%")
    assert "lower by 0.80 percentage points" in change_sentence(less)
    assert labels.signed_change(less).endswith("percentage points")
    assert labels.quantity(4.0, "%", error=0.5) == "4.00 %"


def test_answers_alike_are_said_together_and_none_is_left_out():
    still = [
        change(region=region, delta=0.01, verdict=Verdict.WITHIN_NOISE)
        for region in ("nose", "chin")
    ]
    refusals = [refused(), refused()]
    said = words.change_sentences([*refusals, *still, change()])
    assert said[0].startswith("Redness on the left cheek is lower")
    assert said[1] == "Redness: no change beyond measurement noise (nose, chin)."
    assert said[2] == (
        "Scar relief contrast could not be compared fairly (left cheek, left cheek). "
        "Direction of the light: turn the lamp back."
    )
    plain = words.change_sentences(refusals, audience=Audience.CLIENT)
    assert plain == ["Scar relief contrast could not be compared fairly (left cheek, left cheek)."]
    assert len(words.change_sentences(CHANGES)) == len(CHANGES)
