"""Reports from the pages: written at a click, noted, and then handed over."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from stand_in_clinic import StandInClinic
from streamlit.testing.v1 import AppTest

from progress.exports.clinic_reports import MadeReport
from progress.model import BadInput, NotAllowed
from progress.model.people import Caller, Role
from progress.ui import reports
from progress.views.words import Audience

PDF = b"%PDF-1.7 made up"


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What reports were written of."""
    written: list[dict] = []

    def make_up(clinic, client, *, days, audience, step):
        step("made up", 0.5)
        written.append({"client": client.id, "days": days, "audience": audience})
        return MadeReport(PDF, ("p1", "p2"), refused=False)

    monkeypatch.setattr(reports, "make_report", make_up)
    return written


def press(bench: AppTest, label: str) -> AppTest:
    return next(one for one in bench.button if one.label == label).click().run()


def files(bench: AppTest) -> list[str]:
    assert not bench.exception
    return [one.label for one in bench.get("download_button")]


@pytest.mark.parametrize(
    "where", [("course", None), ("pair", (date(2026, 1, 5), date(2026, 6, 22)))]
)
@pytest.mark.parametrize(
    "button",
    [
        ("Report (PDF)", "Save the report", Audience.PRACTITIONER),
        (
            "One page for the client (PDF)",
            "Save the client's page",
            Audience.CLIENT,
        ),
    ],
)
def test_a_report_is_written_at_a_click_noted_and_handed_over(
    clinic: StandInClinic, page, asked, where, button
):
    page_name, days = where
    label, save, audience = button
    bench = page(page_name)
    assert save not in files(bench)
    assert clinic.left == []
    press(bench, label)
    assert save in files(bench)
    assert asked == [{"client": "c1", "days": days, "audience": audience}]
    (export,) = clinic.left
    assert (export.purpose, export.photos) == ("care", ("p1", "p2"))
    assert [one.sha256 for one in export.files] == [hashlib.sha256(PDF).hexdigest()]
    assert export.files[0].name.endswith(".pdf")
    bench.run()
    assert save in files(bench)
    assert len(asked) == len(clinic.left) == 1


def test_a_report_of_an_older_record_is_not_handed_over(clinic: StandInClinic, page, asked):
    bench = press(page("course"), "Report (PDF)")
    assert "Save the report" in files(bench)
    clinic.add_treatment("c1", day=date(2026, 7, 1), kind="Peel")
    assert "Save the report" not in files(bench.run())


def test_a_client_takes_the_own_page_along(clinic: StandInClinic, page, asked):
    clinic.sits_here = Caller("anna", Role.CLIENT, "c1")
    bench = page("mine")
    assert "Report (PDF)" not in [one.label for one in bench.button]
    press(bench, "My page (PDF)")
    assert files(bench) == ["Save my page"]
    assert asked == [{"client": "c1", "days": None, "audience": Audience.CLIENT}]


def test_a_report_that_cannot_be_written_is_one_line(clinic: StandInClinic, page, monkeypatch):
    def refuse(*_, **__):
        raise BadInput("report: expected a session, got none", advice="add a session first")

    monkeypatch.setattr(reports, "make_report", refuse)
    bench = press(page("course"), "Report (PDF)")
    assert [one.value for one in bench.error] == [
        "Report\\: expected a session, got none. Add a session first."
    ]
    assert files(bench) == []
    assert clinic.left == []


def test_a_report_that_may_not_leave_is_not_handed_over(clinic: StandInClinic, page, monkeypatch):
    def refuse(*_, **__):
        raise NotAllowed("report: the role may not do this here", advice="ask an administrator")

    monkeypatch.setattr(clinic, "release_record", refuse)
    bench = press(page("course"), "Report (PDF)")
    assert "may not do this here" in bench.error[0].value
    assert files(bench) == []
