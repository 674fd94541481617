"""Marketing in a real browser on a real record: made, let out, saved, verified; then withdrawn."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from browsing import BROWSER, PATIENCE_MS, TABLET, browser_tab, served
from playwright.sync_api import expect

from progress.exports.credentials import VALID, read_credentials
from progress.exports.evidence_check import check_pack
from progress.model import View
from progress.model.consent import Channel, Purpose
from progress.model.people import OPERATOR, Role
from progress.pipeline.clinic import Clinic
from progress.store import NewPhoto

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: install chromium to run the journeys"),
]

SAMPLES = Path(__file__).parents[2] / "samples" / "clients" / "fern"
FIRST, LAST = date(2026, 1, 5), date(2026, 6, 22)
NAME, GIVEN, OWN = "Fernanda Quisling", "a long enough one", "another good one"


def filled(clinic: Clinic) -> tuple[str, str]:
    """One mannequin with two visits and a consent, and somebody of marketing; client, consent."""
    client = clinic.add_client(NAME, simulated=True)
    with clinic._store.work() as work:
        for day in (FIRST, LAST):
            data = (SAMPLES / day.isoformat() / "frontal.jpg").read_bytes()
            photo = NewPhoto(data, "fernanda.jpg", View.FRONTAL, (61, 83))
            work.add_session(client.id, day, photos=[photo])
    clinic.add_treatment(client.id, day=date(2026, 3, 30), kind="Peel")
    consent = clinic.give_consent(
        client.id,
        purpose=Purpose.MARKETING,
        channel=Channel.WEBSITE,
        document=b"signed",
        text_version="1",
        photo_ids=[p.id for s in clinic.sessions(client.id) for p in s.photos],
        with_originals=True,
    )
    clinic.make_first_admin("root", OWN)
    clinic.add_user("max", Role.MARKETING, GIVEN)
    clinic.for_caller(clinic.sign_in("max", GIVEN)).change_own_password(GIVEN, OWN)
    return client.id, consent.id


def test_marketing_publishes_in_a_few_clicks_and_a_withdrawal_ends_it(tmp_path: Path):
    home = tmp_path / "home"
    with Clinic.open(home, caller=OPERATOR) as clinic:
        client_id, consent_id = filled(clinic)
        with served(None, home) as address, browser_tab(tmp_path, TABLET) as tab:
            page = tab.page
            page.goto(address)
            page.get_by_role("textbox", name="Login").fill("max")
            page.get_by_role("textbox", name="Password", exact=True).fill(OWN)
            page.get_by_role("button", name="Sign in").click()
            country = page.get_by_role("combobox", name="In which country?")
            country.fill("United K")
            country.press("Enter")
            assert page.get_by_text(NAME).count() == 0
            make = page.get_by_role("button", name="Make", exact=True)
            expect(make).to_be_enabled(timeout=PATIENCE_MS)
            make.press("Enter")
            let_out = page.get_by_role("button", name="Let it out")
            let_out.wait_for(timeout=2 * PATIENCE_MS)  # it is really measured
            page.get_by_text("Rules: United Kingdom").wait_for()
            assert page.get_by_role("button", name="Save the").count() == 0
            assert clinic.exports(client_id) == ()
            page.wait_for_timeout(1000)
            tab.shoot("publish-made")
            assert tab.faults() == []
            let_out.click()
            page.get_by_text("It is noted").wait_for()
            saved = {}
            for name in ("Save the comparison", "Save the evidence pack"):
                with page.expect_download() as waiting:
                    page.get_by_role("button", name=name).click()
                saved[name] = tmp_path / waiting.value.suggested_filename
                waiting.value.save_as(saved[name])
            tab.shoot("publish-out")
            assert tab.faults() == []
            (export,) = clinic.exports(client_id)
            assert [path.name for path in saved.values()] == [one.name for one in export.files]
            assert export.consents == (consent_id,)
            assert read_credentials(saved["Save the comparison"].read_bytes()).state == VALID
            assert check_pack(saved["Save the evidence pack"]).ok
            receipt = clinic.withdraw_consent(client_id, consent_id)
            assert [one.id for one in receipt.take_down] == [export.id]
            # The page looks by itself, so nothing is clicked.
            page.get_by_text("the client's consent was withdrawn").wait_for()
            assert page.get_by_role("button", name="Save the").count() == 0
            assert page.get_by_text("What it says").count() == 0
            tab.shoot("publish-withdrawn")
            assert tab.faults() == []
        assert not tab.outside
