"""Words live in the catalogue, mind their tongue, and days follow the reader's locale."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest

import progress.ui
from progress.views.catalogue import client, consent, looks, marketing, practitioner
from progress.views.catalogue.formats import formats_of

UI = Path(progress.ui.__file__).parent
SENTENCE = re.compile(r"[A-Za-z’']{2,} [A-Za-z’']{2,}")
NOT_FOR_EYES = ("<style>", "<div", "{", "position:")


def strings_of(path: Path) -> list[str]:
    """Every string that is neither a docstring nor an error meant for a log."""
    tree = ast.parse(path.read_text())
    quiet: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            quiet.add(id(body[0].value))
        if isinstance(node, ast.Raise | ast.Assert):
            quiet |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("_LOG"):
            quiet |= {id(inner) for inner in ast.walk(node)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in quiet
    ]


def all_words() -> list[str]:
    said = [
        value
        for module in (practitioner, client, consent, marketing)
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str)
    ]
    voices = (consent.FOR_CLIENT, consent.FOR_PRACTITIONER)
    return [
        *said,
        *consent.AGREEMENT,
        *(getattr(voice, name) for voice in voices for name in consent.ConsentVoice.__slots__),
        *(getattr(looks.LOOK_WORDS, name) for name in looks.LookWords.__slots__),
    ]


@pytest.mark.parametrize("page", sorted(path.name for path in (UI / "pages").glob("[a-z]*.py")))
def test_no_page_holds_sentences_of_its_own(page):
    own = [
        text
        for text in strings_of(UI / "pages" / page)
        if SENTENCE.search(text) and not any(mark in text for mark in NOT_FOR_EYES)
    ]
    assert own == []


@pytest.mark.parametrize("page", sorted(path.name for path in (UI / "pages").glob("*.py")))
def test_no_page_is_longer_than_can_be_read_at_once(page):
    assert len((UI / "pages" / page).read_text().splitlines()) <= 120


@pytest.mark.parametrize("text", all_words())
def test_words_neither_diagnose_nor_promise_nor_praise(text):
    banned = r"\b(diagnos\w+|cure[sd]?|guarantee\w*|perfect|beaut\w+|younger|flawless|disease)\b"
    assert not re.search(banned, text, re.IGNORECASE)
    assert not re.search(r"\b(color|gray|center)\b", text, re.IGNORECASE)


def test_days_are_written_as_the_reader_writes_them():
    day = date(2026, 1, 5)
    assert formats_of("en-GB").day(day) == "5 January 2026"
    assert formats_of("en-US").day(day) == "January 5, 2026"
    assert formats_of("de-DE").day(day) == formats_of(None).day(day) == "5 January 2026"


def test_numbers_have_their_thousands_apart_and_a_true_minus():
    assert formats_of(None).number(-1234.5, digits=1) == "−1,234.5"
