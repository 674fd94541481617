"""A client signs with a finger, reads the receipt and keeps it; in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import BROWSER, PHONE, STAND_IN, TABLET, browser_tab, served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: install chromium to run the journeys"),
]


@pytest.mark.parametrize("size", [PHONE, TABLET], ids=["phone", "tablet"])
def test_a_client_signs_on_the_screen_and_takes_it_back_with_a_receipt(tmp_path: Path, size):
    with (
        served(STAND_IN, tmp_path / "home", STAND_IN_ROLE="client") as address,
        browser_tab(tmp_path, size) as tab,
    ):
        page = tab.page
        page.goto(address)
        page.get_by_text("What has changed").wait_for()
        page.wait_for_timeout(2500)
        # In the first minute the upper part of the page is still being measured: it stays open.
        page.locator("summary").filter(has_text="Allow a use of your pictures").click()
        page.locator("[data-testid=stRadio]").get_by_text("publication by the clinic").click()
        page.wait_for_timeout(1500)
        # By keyboard: the list of choices moves while the page scrolls.
        page.get_by_label("Which pictures?").focus()
        page.keyboard.type("5 January")
        page.get_by_role("option").first.wait_for()
        page.keyboard.press("Enter")
        page.get_by_text("1 of my pictures of 5 January 2026").wait_for()
        page.get_by_text("I have read this and agree").click()
        page.get_by_text("Sign here on the screen").click()
        canvas = page.locator("canvas.upper-canvas").first
        canvas.wait_for()
        canvas.scroll_into_view_if_needed()
        give = page.get_by_role("button", name="Allow this")
        assert give.is_disabled()
        page.wait_for_timeout(1500)
        box = canvas.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= size["width"]
        page.mouse.move(box["x"] + 40, box["y"] + 90)
        page.mouse.down()
        for step in range(1, 12):
            page.mouse.move(box["x"] + 40 + 20 * step, box["y"] + 90 + 30 * (-1) ** step)
        page.mouse.up()
        page.wait_for_timeout(1500)
        tab.shoot(f"consent-signed-{size['width']}")
        assert tab.faults() == []
        give.click()
        page.get_by_text("Thank you. It is noted").wait_for()
        page.get_by_role("button", name="Take this back", exact=True).first.click()
        page.get_by_text("You have taken it back").wait_for()
        page.get_by_text("Your record of care stays").wait_for()
        tab.shoot(f"consent-receipt-{size['width']}")
        assert tab.faults() == []
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Save the receipt").click()
        kept = Path(waiting.value.path()).read_text(encoding="utf-8")
        assert "Receipt for a consent that was taken back" in kept
        assert waiting.value.suggested_filename == "receipt-2026-07-02.html"
    assert not tab.outside
