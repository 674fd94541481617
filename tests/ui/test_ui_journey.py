"""A real browser on a real server: drag, keys, touch, upload; and nothing asked of the outside."""

from __future__ import annotations

import io

import numpy as np
import pytest
from browsing import BROWSER, PATIENCE_MS, STAND_IN, TABLET, browser_tab, served
from PIL import Image
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: install chromium to run the journeys"),
]


@pytest.fixture
def tab(tmp_path):
    """A browser tab with a touch screen, and the list of what it asked of other machines."""
    with browser_tab(tmp_path, TABLET) as opened:
        yield opened.page, opened.outside


def seen(page) -> float:
    """How much of the baseline the slider shows, in percent."""
    style = page.locator(".ba").evaluate("e => e.style.getPropertyValue('--seen')")
    return float(style.rstrip("%"))


def test_a_pair_is_looked_at_with_mouse_touch_and_keys(tab, tmp_path):
    page, outside = tab
    with served(STAND_IN, tmp_path) as address:
        # Straight to a page, as a bookmark does, while the server has drawn none yet.
        page.goto(f"{address}/pair")
        page.get_by_text("SAMPLE DATA").wait_for()
        picture = page.locator(".ba .frame")
        picture.wait_for()
        page.wait_for_function("e => e.clientHeight > 200", arg=picture.element_handle())
        page.wait_for_timeout(500)  # pictures have their place
        picture.scroll_into_view_if_needed()
        box = picture.bounding_box()
        middle = box["y"] + box["height"] / 2
        assert box["height"] < TABLET["height"]  # the whole face is seen at once
        page.mouse.move(box["x"] + box["width"] * 0.5, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.75, middle, steps=8)
        page.mouse.up()
        assert seen(page) == pytest.approx(75, abs=3)
        page.touchscreen.tap(box["x"] + box["width"] * 0.25, middle)
        page.wait_for_timeout(300)
        assert seen(page) == pytest.approx(25, abs=3)
        before = seen(page)
        handle = page.get_by_role("slider", name="How much of the earlier picture")
        handle.focus()
        for _ in range(6):
            page.keyboard.press("ArrowRight")
        assert seen(page) == pytest.approx(before + 3, abs=0.6)
        assert "28 % earlier picture" in (handle.get_attribute("aria-valuetext") or "")
        page.get_by_role("button", name="Zoom in").click()
        zoomed = page.locator(".ba .layer img").evaluate_all(
            "all => all.map(e => getComputedStyle(e).transform)"
        )
        assert zoomed[0] == zoomed[1] != "none"  # both pictures alike
        page.get_by_text("client", exact=True).first.click()  # the page runs again
        page.wait_for_timeout(1500)
        assert seen(page) == pytest.approx(before + 3, abs=0.6)
        assert page.get_by_text("140 %").count() == 1

        page.get_by_text("Blink", exact=True).click()
        page.get_by_role("button", name="Pause").click()
        page.get_by_role("button", name="Play").wait_for()

        page.get_by_role("link", name="Client").click()
        page.get_by_text("Every metric and region").wait_for()
        page.locator("canvas, svg.marks").first.wait_for()
        page.get_by_role("link", name="Limits").click()
        page.get_by_text("It cannot measure").wait_for()
    assert not outside


def test_photos_are_uploaded_judged_saved_and_an_unfair_pair_is_refused(tab, tmp_path):
    page, outside = tab
    with served(None, tmp_path) as address:
        page.goto(address)
        page.get_by_role("textbox", name="Login").fill("head")
        page.get_by_role("textbox", name="Password", exact=True).fill("four words in a row")
        page.get_by_role("textbox", name="The same password again").fill("four words in a row")
        page.get_by_role("button", name="Make the first account").click()
        page.get_by_text("Nobody is in this record yet").wait_for()
        page.get_by_role("link", name="New session").click()
        page.get_by_role("textbox", name="Pseudonym").fill("C-014")
        page.keyboard.press("Tab")
        for day, level in (("2026/01/05", 120), ("2026/03/02", 130)):
            page.get_by_text("Photos of a session").wait_for()
            page.locator("input[type=file]").set_input_files(
                {"name": f"{level}.jpg", "mimeType": "image/jpeg", "buffer": plain_picture(level)}
            )
            page.get_by_text("No single face was found").first.wait_for()
            type_day(page, day)
            page.get_by_role("radio", name="Keep", exact=True).click()
            save = page.get_by_role("button", name="Save session")
            expect(save).to_be_enabled(timeout=PATIENCE_MS)
            save.click()
            page.get_by_text("Saved 1 photo").first.wait_for()
            expect(save).to_be_disabled(timeout=PATIENCE_MS)  # the next round begins empty
        page.get_by_role("link", name="Compare").click()
        page.get_by_text("cannot be judged").first.wait_for()
        assert page.locator(".ba").count() == 0
        assert page.get_by_text("Traceback").count() == 0
    assert not outside
    assert not list(tmp_path.rglob("*.part"))


def type_day(page, day: str) -> None:
    """Fill the day: year, month and day are three fields, and typing runs on through them."""
    field = page.get_by_test_id("stDateInput").first
    field.get_by_role("spinbutton", name="year").click()
    page.keyboard.type(day.replace("/", ""), delay=30)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")


def plain_picture(level: int) -> bytes:
    """A picture without any face in it."""
    rng = np.random.default_rng(level)
    noise = rng.integers(0, 20, (480, 640, 3), np.uint8)
    held = io.BytesIO()
    Image.fromarray(noise + np.uint8(level)).save(held, "JPEG", quality=90)
    return held.getvalue()
