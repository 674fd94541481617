"""Letters that a client keeps say all of it, in plain words, and nothing that is the clinic's."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from progress.model import View
from progress.model.consent import Channel, Consent, Purpose
from progress.model.exports import BY_DOWNLOAD, ExportedFile, ExportRecord, Receipt
from progress.model.records import Photo, Session
from progress.views.consent_tables import consent_state, export_lines, receipt_lines
from progress.views.consent_words import Agreement, agreement_text, covered
from progress.views.letters import receipt_page, receipt_text, signed_page

DAY = date(2026, 1, 5)
MOMENT = datetime(2026, 6, 22, 9, 30)  # noqa: DTZ001 - without zone, as the record keeps it
GIVEN = Consent(
    id="k1",
    client_id="c1",
    purpose=Purpose.MARKETING,
    channel=Channel.WEBSITE,
    photos=("a" * 64, "b" * 64),
    with_face=False,
    granted_on=DAY,
    expires_on=date(2027, 1, 5),
    withdrawn_at=None,
    region="",
    jurisdiction="GB",
    document_sha256="d" * 64,
    text_version="1",
    recorded_by="desk",
    recorded_at=MOMENT,
)
OUT = ExportRecord(
    "x" * 32,
    "c1",
    "comparison",
    "marketing",
    "website",
    "GB",
    MOMENT,
    "max <b>",
    (ExportedFile("pair.jpg", "/srv/out/pair.jpg", "e" * 64),),
    GIVEN.photos,
    ("k1",),
    {},
)
REPORT = replace(
    OUT,
    id="y" * 32,
    kind="clinical report",
    files=(ExportedFile("r.pdf", BY_DOWNLOAD, "f" * 64),),
    taken_down_at=MOMENT,
)
RECEIPT = Receipt("c1", MOMENT, "desk", ("k1",), ("a" * 64,), (OUT,), (REPORT,))


def test_a_receipt_says_what_when_and_what_must_come_down_and_no_folder():
    told = receipt_text(RECEIPT, [GIVEN])
    for part in (
        "Taken back on 22 June 2026 at 09:30 (UTC). This receipt was written by desk.",
        f"Number of this receipt: {RECEIPT.to_dict()['receipt']}",
        "- publication by the clinic, on the clinic's website, allowed since 5 January 2026: "
        "1 picture",
        "comparison, on the clinic's website, made on 22 June 2026 by max <b>; file pair.jpg, "
        f"SHA-256 {'e' * 64}",
        "may not come back",
        "What shows these pictures and stays",
        f"handed over by the browser, SHA-256 {'f' * 64}; noted as taken down on 22 June 2026",
        "Your record of care stays",
    ):
        assert part in told
    assert "/srv" not in told


def test_a_receipt_without_anything_out_says_so():
    told = receipt_text(replace(RECEIPT, take_down=(), stays=()), [GIVEN])
    assert "Nothing was given out under it" in told
    assert "may not come back" not in told
    assert "What shows these pictures" not in told


def test_a_page_escapes_what_people_typed_and_reaches_for_nothing_outside():
    page = receipt_page(RECEIPT, [GIVEN])
    assert "max &lt;b&gt;" in page
    assert "<b>" not in page
    assert "default-src 'none'" in page
    assert not re.search(r"(src|href)=.?http", page)


def test_an_altered_receipt_has_another_number():
    number = RECEIPT.to_dict()["receipt"]
    for altered in (
        replace(RECEIPT, take_down=()),
        replace(RECEIPT, withdrawn_at=MOMENT + timedelta(seconds=1)),
        replace(RECEIPT, take_down=(replace(OUT, made_by="another"),)),
    ):
        assert altered.to_dict()["receipt"] != number


def test_a_signed_page_holds_text_version_and_signature():
    text = "I allow <this>.\nUntil I take it back."
    page = signed_page(text, version="v 2", signed_on=DAY, signature_png=b"\x89PNG").decode()
    for part in ("I allow &lt;this&gt;.", "Until I take it back.", "v 2", "5 January 2026"):
        assert part in page
    assert "data:image/png;base64,iVBORw==" in page
    without = signed_page(text, version="v 2", signed_on=DAY, signature_png=None).decode()
    assert "<img" not in without


def session(day: date, *shots: str) -> Session:
    photos = tuple(Photo(one, "s", one * 64, "a.jpg", View.FRONTAL, (61, 83)) for one in shots)
    return Session(f"s{day}", "c1", day, photos)


def test_an_agreement_says_every_choice_in_words():
    least = Agreement(Purpose.RESEARCH, Channel.CLINIC, (session(DAY, "1", "2"),), DAY, None)
    text = agreement_text(least)
    for part in (
        "I allow research, inside the clinic, with 2 of my pictures of 5 January 2026, from "
        "5 January 2026 until I take it back.",
        "What may be shown: all of the picture.",
        "Where: in every country.",
        "what makes my face known is covered or cut away",
        "The original files stay in the clinic.",
    ):
        assert part in text
    most = replace(
        least,
        with_face=True,
        with_originals=True,
        region="chin",
        jurisdiction="FR",
        ends=date(2027, 1, 5),
    )
    for part in ("recognised", "handed on as proof", "the chin", "only in FR", "5 January 2027"):
        assert part in agreement_text(most)
        assert part not in text
    assert "{" not in agreement_text(most)


def test_only_sessions_with_pictures_are_covered():
    full, empty, later = (
        session(DAY, "1"),
        session(DAY + timedelta(1)),
        session(date(2026, 3, 1), "2"),
    )
    assert covered([later, empty, full], ()) == (full, later)
    assert covered([later, empty, full], [DAY]) == (full,)


@pytest.mark.parametrize(
    ("changes", "today", "says"),
    [
        ({}, DAY, "holds today"),
        ({}, date(2027, 1, 5), "holds today"),
        ({}, date(2027, 1, 6), "ended on 2027-01-05"),
        ({}, date(2026, 1, 4), "begins on 2026-01-05"),
        ({"withdrawn_at": MOMENT}, date(2027, 1, 6), "withdrawn on 2026-06-22"),
    ],
)
def test_a_state_is_told_with_its_day(changes, today, says):
    one = replace(GIVEN, **changes)
    assert consent_state(one, today) == says
    assert one.holds_on(today) is (says == "holds today")


def test_a_take_down_list_says_when_where_by_whom_and_which_file():
    head, out, down = export_lines([OUT, REPORT])
    assert head.split()[:2] == ["when", "(UTC)"]
    for part in (
        "2026-06-22 09:30",
        "website",
        "max <b>",
        "e" * 64,
        "/srv/out/pair.jpg",
        "xxxxxxxx",
    ):
        assert part in out
    assert "down since 2026-06-22" in down
    assert down.endswith("r.pdf")
    assert "take down: nothing left under it" in receipt_lines(replace(RECEIPT, take_down=()))
