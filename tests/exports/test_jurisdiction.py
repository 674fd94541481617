"""Rules per country: block wins, an unknown country blocks, and no other yields to an override."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from progress.exports.jurisdiction import (
    UNKNOWN_RULE,
    Effect,
    ExportFacts,
    Override,
    Rule,
    packs,
    ruling,
)
from progress.model import NotAllowed
from progress.model.consent import Channel

NEEDLED = ExportFacts(
    Channel.WEBSITE,
    instrument_enters_skin=True,
    shows_improvement=True,
    pair_limited=False,
    with_face=False,
)
SIGNED = Override("checked with our adviser on 3 May", signed_by="admin")


@pytest.mark.parametrize("country", sorted(packs()))
def test_every_rule_has_a_source_a_day_and_a_reason(country):
    pack = packs()[country]
    assert pack.stated_on <= datetime.now(UTC).date()
    assert pack.rules
    for rule in pack.rules:
        assert len(rule.source) > 10
        assert date(1990, 1, 1) < rule.source_date <= pack.stated_on
        assert rule.why.endswith(".")


def test_rules_are_named_once_over_all_countries_but_for_those_a_country_inherits():
    own = [rule.id for country, pack in packs().items() if country != "DE" for rule in pack.rules]
    assert len(own) == len(set(own))


@pytest.mark.parametrize("channel", list(Channel))
def test_germany_blocks_needling_on_every_channel(channel):
    asked = ruling("DE", replace(NEEDLED, channel=channel))
    with pytest.raises(NotAllowed, match=r"rule de-before-after of DE blocks .* I ZR 170/24"):
        asked.check()
    # The base of the union is asked as well.
    assert "eu-consent-per-purpose" in {rule.id for rule in asked.rules}


def test_no_override_opens_a_country_whose_rule_blocks():
    with pytest.raises(NotAllowed, match="de-before-after"):
        ruling("DE", NEEDLED, SIGNED).check()


def test_a_limited_pair_is_not_shown_in_australia():
    ruling("AU", NEEDLED).check()
    with pytest.raises(NotAllowed, match="au-matched"):
        ruling("AU", replace(NEEDLED, pair_limited=True)).check()


@pytest.mark.parametrize("country", ["FR", "", "gb or so", "../GB"])
def test_an_unknown_country_blocks_and_says_who_may_sign(country):
    asked = ruling(country, NEEDLED)
    assert [rule.id for rule in asked.rules] == [UNKNOWN_RULE]
    with pytest.raises(NotAllowed, match="an administrator may sign"):
        asked.check()


def test_an_administrator_s_signature_opens_an_unknown_country_and_is_kept():
    asked = ruling("FR", NEEDLED, SIGNED)
    asked.check()
    told = asked.to_dict()
    assert told["override"] == SIGNED.reason
    # Who signed stays in the record.
    assert "admin" not in str(told)


def test_an_override_needs_a_reason():
    with pytest.raises(ValueError, match="expected a reason"):
        Override("  ok ", signed_by="admin")


def test_lower_case_names_the_same_country():
    assert ruling("gb", NEEDLED).pack is packs()["GB"]


def test_captions_and_warnings_follow_the_facts():
    calm = replace(NEEDLED, shows_improvement=False)
    assert "gb-evidence" in {rule.id for rule in ruling("GB", NEEDLED).warnings}
    assert "gb-evidence" not in {rule.id for rule in ruling("GB", calm).warnings}
    assert ruling("GB", calm).captions == ("Individual results vary.",)
    inside = replace(calm, channel=Channel.CLINIC)
    assert "gb-not-to-minors" not in {rule.id for rule in ruling("GB", inside).warnings}


@pytest.mark.parametrize(
    ("more", "says"),
    [({"when": ("full_moon",)}, "expected facts of"), ({"caption": "x"}, "expected a caption")],
)
def test_a_rule_that_asks_what_nobody_knows_is_refused(more, says):
    with pytest.raises(ValueError, match=says):
        Rule("x", Effect.BLOCK, "why.", "source", date(2025, 1, 1), **more)
