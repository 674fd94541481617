"""The clinical report and the client's page as files."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from made_up_reports import CHANGES, DAY, FILE, WHOLE, course, pair, refused_pair
from pypdf import PdfReader
from pypdf.generic import StreamObject

from progress.exports import printable as signs
from progress.exports.client_sheet import course_sheet, pair_sheet
from progress.exports.clinical_report import course_pdf, pair_pdf
from progress.exports.printable import MISSING, MISSING_NOTE, printable
from progress.exports.report_document import (
    Document,
    Facts,
    Picture,
    Table,
    Words,
    cells,
    page_pictures,
    typeset,
)
from progress.model import Family, Verdict
from progress.views.next_step import Due, NextStep


def read(made: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(made))


def text_of(made: bytes) -> str:
    pages = [page.extract_text() for page in read(made).pages]
    return re.sub(r"\s+", " ", " ".join(pages))


def alternatives(made: bytes) -> list[str]:
    """Every alternative text of the structure tree."""
    found, waiting = [], [read(made).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            if "/Alt" in node:
                found.append(str(node["/Alt"]))
            waiting += [node["/K"]] if "/K" in node else []
    return found


@pytest.fixture(scope="module")
def of_pair() -> bytes:
    return pair_pdf(pair(), case="8F3A", made_on=DAY)


@pytest.fixture(scope="module")
def of_course() -> bytes:
    return course_pdf(course(last_pair=pair()), made_on=DAY)


def test_a_report_is_tagged_has_a_language_bookmarks_and_numbered_pages(of_pair: bytes) -> None:
    found = read(of_pair)
    root = found.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    titles = [entry.title for entry in found.outline if not isinstance(entry, list)]
    assert titles[:3] == ["In short", "What changed", "Fair-pair certificate"]
    assert titles[3:] == ["Method", "Limits", "Appendix: single regions"]
    pages = [page.extract_text() for page in found.pages]
    assert all(f"{n} of {len(pages)}" in text for n, text in enumerate(pages, start=1))
    assert b"<pdfaid:part>2</pdfaid:part>" in of_pair
    assert b"<pdfuaid:part>1</pdfuaid:part>" in of_pair


def test_a_report_tells_no_author_no_hour_no_file_and_no_banner(of_pair: bytes) -> None:
    told = dict(read(of_pair).metadata)
    assert "/Author" not in told
    assert told["/Creator"].strip() == "progress"
    assert told["/CreationDate"] == told["/ModDate"] == "D:20260701000000Z"
    text = text_of(of_pair)
    assert FILE not in text
    assert "anna" not in text.lower()
    for hidden in (b"Typst 0", b"anna_smith", b"/tmp", b"report-"):
        assert hidden not in of_pair
    found = read(of_pair)
    inside = b"".join(
        one.get_data()
        for number in range(1, found.trailer["/Size"])
        if isinstance(one := found.get_object(number), StreamObject)
    )
    for hidden in (b"Typst", b"anna", b"/tmp", b"Exif", b"picture-", b"data.json"):
        assert hidden not in inside
    assert "8F3A" in text
    assert "fern" in text_of(pair_pdf(pair(), name="fern", made_on=DAY))


def test_the_same_answer_gives_the_same_bytes(of_pair: bytes) -> None:
    assert pair_pdf(pair(), case="8F3A", made_on=DAY) == of_pair


def test_every_page_of_a_rendered_mannequin_says_so_and_no_page_of_a_person() -> None:
    says = "SIMULATED"
    assert all(says in page.extract_text() for page in read(pair_pdf(pair(), made_on=DAY)).pages)
    of_person = pair_pdf(pair(simulated=False), made_on=DAY)
    assert says not in text_of(of_person)


def test_every_figure_stands_with_its_error_its_limit_and_its_verdict(of_pair: bytes) -> None:
    text = text_of(of_pair)
    assert "0.310 0.220 −0.090 ± 0.012 0.034 OD improved" in text
    assert "+4.1 ± 1.1 3.0 degrees described" in text
    assert "−0.020 ± 0.011 0.030 OD within noise" in text
    assert "not medical advice" in text


def test_what_has_no_figure_has_its_reason(of_pair: bytes) -> None:
    assert "Direction of the light: turn the lamp back." in text_of(of_pair)


def test_a_change_that_stands_only_counted_alone_is_marked() -> None:
    alone = replace(WHOLE[0], family_p_value=0.6, family_size=9)
    text = text_of(pair_pdf(pair((alone, *CHANGES)), made_on=DAY))
    assert "improved*" in text
    assert "* Counted alone" in text


def test_pictures_charts_and_formulas_have_alternative_texts(of_pair: bytes) -> None:
    told = alternatives(of_pair)
    assert any(text.startswith("Photograph: Baseline, 5 January 2026") for text in told)
    assert any(text.startswith("Overview.") for text in told)
    assert any("S D C equals" in text for text in told)
    with pytest.raises(ValueError, match="expected words"):
        Picture(b"", ".png", "")


def test_a_refused_pair_has_reasons_and_no_figure_at_all() -> None:
    made = pair_pdf(refused_pair(), made_on=DAY)
    text = text_of(made)
    assert "no figure is given" in text
    assert "Why there is no figure" in text
    assert "not the same scale" in text
    assert "± 0" not in text
    assert "Detectable" not in text.replace("detectable", "")
    assert FILE not in text


def test_the_certificate_says_what_failed_and_whom_it_flatters(of_pair: bytes) -> None:
    text = text_of(of_pair)
    assert "12.1° 5.0° failed" in text
    assert "Would flatter the follow-up" in text
    assert "Put the lamp where it was." in text
    assert "3.5 px/mm 10 px/mm" in text


def test_a_course_shows_treatments_charts_and_its_last_pair(of_course: bytes) -> None:
    text = text_of(of_course)
    assert "Micro-needling 1.0 mm, 7 January 2026" in text
    assert "Redness, left cheek: improved beyond noise" in text
    assert "Fair-pair certificate" in text
    assert any("over the course" in told for told in alternatives(of_course))


def test_a_course_without_a_fair_pair_has_a_report_too() -> None:
    text = text_of(course_pdf(course(), made_on=DAY))
    assert "A course of visits" in text
    assert "Fair-pair certificate" not in text


def test_no_word_of_a_record_becomes_a_command() -> None:
    sly = '#panic("x") *bold* $1/0$ \\ <label> @ref ] } 山田 \U0001f600'
    text = text_of(pair_pdf(pair((replace(WHOLE[0], region=sly),)), made_on=DAY))
    assert f'#panic("x") *bold* $1/0$ \\ <label> @ref ] }} {MISSING}' in text
    assert MISSING_NOTE in text


def test_every_sign_that_passes_for_printable_has_a_shape() -> None:
    held = "".join(chr(code) for low, high in signs._HELD for code in range(low, high + 1))
    every = " ".join([held, *signs._HELD_SIGNS]).replace("\u00ad", "")
    assert printable(every) == every
    # PDF/A refuses a sign without a shape, so it is enough that this passes.
    assert typeset(Document("Signs", [Words(every)], DAY)).startswith(b"%PDF")


def test_a_table_whose_rows_are_ragged_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 2 cells"):
        Table("", ("a", "b"), (cells("1"),), (1.0, 1.0))


def test_a_long_table_repeats_its_headings_on_every_page() -> None:
    rows = tuple(cells(f"row {n}", "x") for n in range(120))
    document = Document("Long", [Table("All", ("Name", "What"), rows, (1.0, 1.0))], DAY)
    pages = [page.extract_text() for page in read(typeset(document)).pages]
    assert len(pages) == len(page_pictures(document, ppi=10))
    assert len(pages) > 2
    assert all("Name" in text for text in pages)


def test_facts_keep_their_order_in_two_columns() -> None:
    rows = tuple((f"fact {n}", f"value {n}") for n in range(6))
    text = text_of(typeset(Document("Facts", [Facts(rows)], DAY)))
    assert re.findall(r"value (\d)", text) == list("012345")


def test_the_clients_page_has_plain_sentences_and_no_figure() -> None:
    step = NextStep(Due.NOTHING)
    made = pair_sheet(pair(), step=step, made_on=DAY)
    text = text_of(made)
    assert len(read(made).pages) == 1
    assert "The whole face is less red" in text
    assert "Nothing is due." in text
    assert "cannot tell why skin changed" in text
    body = text.partition("What has changed")[2]
    for score in ("±", "OD", "percentile", " SD", "p =", "0."):
        assert score not in body.replace("skin-progress 0.1.0.", "")


def test_the_clients_page_is_one_page_whatever_comes_in() -> None:
    many = tuple(
        replace(WHOLE[0], metric=f"mark_{n}", region="a name that goes on and on " * 12)
        for n in range(60)
    )
    alone = tuple(
        replace(one, family=Family.HEADLINE, family_p_value=0.9, family_size=60) for one in many
    )
    made = pair_sheet(pair(alone), made_on=DAY)
    assert len(read(made).pages) == 1
    text = text_of(made)
    assert "Your practitioner can show you what else was measured" in text
    # How much of it chance brings is never what is left out.
    assert "read so by chance alone" in text
    assert "What is next" in text


def test_the_clients_page_says_when_nothing_can_be_told() -> None:
    text = text_of(pair_sheet(refused_pair(), made_on=DAY))
    assert "cannot be compared fairly" in text
    assert FILE not in text
    within = tuple(replace(one, verdict=Verdict.WITHIN_NOISE) for one in WHOLE[:1])
    assert "Nothing stands out beyond" in text_of(pair_sheet(pair(within), made_on=DAY))


def test_a_course_has_a_page_for_its_client_with_and_without_a_pair() -> None:
    for last in (pair(), None):
        made = course_sheet(course(last_pair=last), made_on=DAY)
        assert len(read(made).pages) == 1
        assert "What is next" in text_of(made)


def test_what_became_worse_is_never_what_the_clients_page_has_no_room_for() -> None:
    better = tuple(replace(WHOLE[0], metric=f"mark_{n}") for n in range(20))
    worse = replace(WHOLE[3], metric="pore_density")
    text = text_of(pair_sheet(pair((*better, worse)), made_on=DAY))
    assert "Pore density on the whole face is higher" in text
