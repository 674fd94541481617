"""The page that opens offline."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest
from made_up_results import comparison, refused, series, timeline

from progress.model import NotAligned, NotMeasured, TimelineSeries, Verdict
from progress.views import words
from progress.views.report import (
    CANNOT_MEASURE,
    Figure,
    caption,
    course_report,
    pair_report,
    trend_words,
)

CAPTIONS = ("Baseline, 5 January 2026", "Follow-up, 2 March 2026")
PICTURE = np.full((61, 83, 3), (180, 140, 120), np.uint8)
VOID = {"meta", "img", "input", "br", "link", "hr"}


class Reader(HTMLParser):
    """Text, attributes and balance of tags."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert not reader.open
    return reader


def both_pages() -> list[str]:
    figures = [Figure(PICTURE, "Both photos", "Side by side")]
    return [
        pair_report(
            comparison(),
            CAPTIONS,
            slider=(PICTURE, PICTURE),
            figures=figures,
            made_with={"progress": "0.1.0"},
        ),
        course_report(timeline(), figures=figures, made_with={"progress": "0.1.0"}),
    ]


@pytest.mark.parametrize("page", both_pages())
def test_nothing_is_fetched_from_anywhere(page):
    reader = read(page)
    addresses = [
        value
        for _, attributes in reader.tags
        for name, value in attributes.items()
        if name in {"src", "href", "data", "action", "srcset"}
    ]
    assert addresses
    assert all(address.startswith("data:image/") for address in addresses)
    policy = next(a for t, a in reader.tags if t == "meta" and "http-equiv" in a)
    assert "default-src 'none'" in policy["content"]
    assert not re.search(r"url\(|@import", page)


@pytest.mark.parametrize("page", both_pages())
def test_the_page_is_accessible(page):
    reader = read(page)
    assert dict(reader.tags)["html"]["lang"] == "en-GB"
    assert all(attributes.get("alt") for tag, attributes in reader.tags if tag == "img")
    assert all(attributes.get("scope") for tag, attributes in reader.tags if tag == "th")
    assert all(attributes.get("aria-label") for tag, attributes in reader.tags if tag == "input")
    tables = [tag for tag, _ in reader.tags].count("table")
    assert tables == [tag for tag, _ in reader.tags].count("caption")


@pytest.mark.parametrize("page", both_pages())
def test_limits_and_the_advice_line_are_always_there(page):
    text = " ".join(read(page).text)
    assert words.NOT_MEDICAL_ADVICE in text
    assert words.SIMULATED_NOTICE in text
    assert all(line in text for line in CANNOT_MEASURE)
    assert "version 1" in text
    assert "0.1.0" in text


def test_a_pair_shows_values_noise_checks_gates_and_verdicts():
    text = " ".join(read(both_pages()[0]).text)
    for part in (
        "−0.090 ± 0.012 OD",
        "0.034 OD",
        "improved",
        "12.1°",
        "Put the lamp where it was.",
        "would flatter the follow-up",
        "scar relief",
        "Come closer.",
        "within 0.05 mm",
        "5 simulated re-shoots",
        "14.1 pixels per mm",
    ):
        assert part in text


def test_a_course_shows_trends_treatments_and_reasons():
    page = both_pages()[1]
    text = " ".join(read(page).text)
    for part in (
        "Micro-needling 1.0 mm",
        "7 January 2026",
        "Fewer than 4 sessions",
        "Resolution: come closer",
        "−0.0160 OD (−0.0200 to −0.0120)",
    ):
        assert part in text
    assert page.count("data:image/svg+xml") == 1  # the series without any figure has no chart


def test_real_pictures_carry_no_simulated_banner():
    page = pair_report(comparison(simulated=False), CAPTIONS)
    assert words.SIMULATED_NOTICE not in page


def test_every_text_is_escaped():
    evil = "<script>alert(1)</script>\"'>"
    changes = (refused(reason=evil),)
    page = pair_report(
        comparison(changes=changes, registration=NotAligned(evil), file=evil),
        (evil, evil),
        title=evil,
        figures=[Figure(PICTURE, evil, evil)],
        made_with={evil: evil},
    )
    assert "alert(1)" in page
    assert "<script>alert" not in page.lower()
    assert len(re.findall("<script", page)) == 2


def test_a_refused_pair_gives_a_page_that_says_so():
    page = pair_report(
        comparison(changes=(refused(),), registration=NotAligned("these are two people")), CAPTIONS
    )
    text = " ".join(read(page).text)
    assert "cannot be judged" in text
    assert "these are two people".capitalize() in text
    empty = " ".join(read(pair_report(comparison(changes=()), CAPTIONS)).text)
    assert "Nothing was measured." in empty


def test_a_trend_is_never_said_without_its_interval():
    assert trend_words(series()) == "−0.0160 OD (−0.0200 to −0.0120)"
    none = TimelineSeries(
        "lines", 1, "nose", "", "Lines", (), NotMeasured("too few"), Verdict.NOT_COMPARABLE
    )
    assert trend_words(none) == "— (Too few)"


def test_captions_name_the_day_when_there_is_one():
    assert caption("Baseline", None) == "Baseline"
    assert caption("Baseline", timeline().events[0].date) == "Baseline, 7 January 2026"


def test_paper_is_white_also_for_readers_of_dark_screens():
    page = pair_report(comparison(), CAPTIONS)
    assert "@media screen and (prefers-color-scheme:dark)" in page
    assert "@media (prefers-color-scheme:dark)" not in page
