"""Journeys of practitioner, client, marketing and administrator in a real browser."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from browsing import BROWSER, PHONE, STAND_IN, TABLET, browser_tab, served
from PIL import Image

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="NO BROWSER: install chromium to run the journeys"),
]


def picture(form: str) -> bytes:
    """The stand-in calls PNG ready, and JPEG not ready."""
    held = io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:07:01 10:02:00"
    Image.fromarray(np.full((61, 83, 3), 120, np.uint8)).save(held, form, exif=exif.tobytes())
    return held.getvalue()


def upload(name: str, form: str) -> dict:
    return {"name": name, "mimeType": f"image/{form.lower()}", "buffer": picture(form)}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_the_practitioner_can_be_read_by_everybody(theme, tmp_path):
    with (
        served(STAND_IN, tmp_path / "home") as address,
        browser_tab(tmp_path, TABLET, color_scheme=theme) as tab,
    ):
        faults = {}
        for name, sign in (
            ("today", "Find a client"),
            ("course", "Every metric and region"),
            ("pair", "What changed"),
            ("add", "Photos of a session"),
            ("about", "It cannot measure"),
        ):
            tab.page.goto(f"{address}/{name}" if name != "today" else address)
            tab.page.get_by_text(sign).first.wait_for()
            tab.page.wait_for_timeout(1500)
            tab.shoot(f"practitioner-{name}-{theme}")
            faults[name] = tab.faults()
        assert faults == {name: [] for name in faults}
    assert not tab.outside


def test_a_session_is_saved_in_four_clicks_after_a_photo_was_taken_again(tmp_path):
    with served(STAND_IN, tmp_path / "home") as address, browser_tab(tmp_path, TABLET) as tab:
        page = tab.page
        page.goto(address)
        page.get_by_role("button", name="Photos").click()  # one
        page.get_by_role("heading", name="New session").wait_for()
        chooser = page.locator("input[type=file]")
        chooser.set_input_files([upload("blurred.jpg", "JPEG")])  # two: the system's own dialog
        page.get_by_text("Not ready").wait_for()
        page.get_by_text("Turn the face 8° to the client's left").wait_for()
        tab.shoot("session-retake")
        assert page.get_by_role("button", name="Save session").is_disabled()
        chooser.set_input_files([upload("sharp.png", "PNG")])  # three
        page.get_by_text("the photo is good by itself").wait_for()
        page.get_by_text("1 of 2 photos will not be saved").wait_for()
        tab.shoot("session-ready")
        assert tab.faults() == []
        page.get_by_role("button", name="Save session").click()  # four
        page.get_by_text("Measuring goes on by itself").first.wait_for()
        tab.shoot("session-saved")
    assert not tab.outside


def test_a_mark_is_drawn_on_the_first_photo_and_kept_there(tmp_path):
    with served(STAND_IN, tmp_path / "home") as address, browser_tab(tmp_path, TABLET) as tab:
        page = tab.page
        page.goto(f"{address}/pair")
        page.get_by_text("Draw or adjust a scar or mark").click()
        name = page.get_by_role("textbox", name="Name of the outline")
        name.fill("Scar left cheek")
        name.press("Enter")
        canvas = page.locator("canvas.upper-canvas").first
        canvas.wait_for()
        canvas.scroll_into_view_if_needed()
        page.wait_for_timeout(1500)
        box = canvas.bounding_box()
        corners = [(0.3, 0.3), (0.6, 0.35), (0.5, 0.6), (0.3, 0.3)]
        for x, y in corners:
            page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
            page.wait_for_timeout(400)
        keep = page.get_by_role("button", name="Keep the outline")
        page.wait_for_timeout(1500)
        tab.shoot("mark-drawn")
        keep.click()
        page.get_by_text("Kept the outline “scar left cheek”").wait_for()
        tab.shoot("mark-kept")
        # Corners of the photo's own pixels, whose first one has its centre at zero.
        said = (tmp_path / "home" / "server.log").read_text().split("kept scar_left_cheek ")[1]
        kept = np.array(json.loads(said.splitlines()[0]))
        drawn = np.array(corners[:3]) * (box["width"], box["height"]) - 0.5
        assert np.abs(kept - drawn).max() < 2.0  # a click is a pixel, the outline is two wide
        assert tab.faults() == []
    assert not tab.outside


@pytest.mark.parametrize(("device", "size"), [("phone", PHONE), ("tablet", TABLET)])
def test_a_client_reads_the_own_progress_on_a_phone_and_a_tablet(device, size, tmp_path):
    with (
        served(STAND_IN, tmp_path / "home", STAND_IN_ROLE="client") as address,
        browser_tab(tmp_path, size) as tab,
    ):
        page = tab.page
        page.goto(address)
        page.get_by_text("What has changed").wait_for()
        page.get_by_text("The left cheek is less red").first.wait_for()
        wide = page.evaluate(
            "document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth"
        )
        assert wide <= 0  # nothing runs off the side
        page.get_by_text("Lay one over the other").click()
        page.locator(".ba .frame").wait_for()
        page.wait_for_timeout(1500)
        tab.shoot(f"client-{device}")
        assert tab.faults() == []
    assert not tab.outside


def test_marketing_is_refused_everything_but_cleared_pictures(tmp_path):
    with (
        served(STAND_IN, tmp_path / "home", STAND_IN_ROLE="marketing") as address,
        browser_tab(tmp_path, TABLET) as tab,
    ):
        page = tab.page
        for name in ("pair", "course", "add", "today", "mine"):
            page.goto(f"{address}/{name}")
            page.get_by_text("No picture is cleared").wait_for()
            assert page.get_by_text("Mannequin <b>A</b>").count() == 0
        page.goto(address)
        page.get_by_text("No picture is cleared").wait_for()
        # A page that ends early still says it: Streamlit's own stop swallowed the line.
        tab.page.get_by_text("not medical advice").wait_for()
        tab.shoot("marketing-empty")
        assert tab.faults() == []
    assert not tab.outside


def test_the_first_run_makes_an_administrator_who_sees_the_audit(tmp_path):
    with served(None, tmp_path / "home") as address, browser_tab(tmp_path, TABLET) as tab:
        page = tab.page
        page.goto(address)
        page.get_by_text("Set up this record").wait_for()
        tab.shoot("first-run")
        faults = tab.faults()
        page.get_by_role("textbox", name="Login").fill("head")
        page.get_by_role("textbox", name="Password", exact=True).fill("four words in a row")
        page.get_by_role("textbox", name="The same password again").fill("four words in a row")
        page.get_by_role("button", name="Make the first account").click()
        page.get_by_text("Nobody is in this record yet").wait_for()
        tab.shoot("first-run-empty")
        faults += tab.faults()
        page.get_by_role("link", name="Administration").click()
        page.get_by_role("tab", name="Who did what").click()
        page.get_by_test_id("stDataFrame").first.wait_for()
        page.wait_for_timeout(1500)
        tab.shoot("admin-audit")
        faults += tab.faults()
        assert faults == []
    assert not tab.outside


def small_mannequins() -> bytes:
    """Two rendered faces of the samples, shrunk, and a file that is no photo."""
    samples = Path(__file__).parents[2] / "samples" / "clients" / "fern"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for day in ("2026-01-05", "2026-03-23"):
            held = io.BytesIO()
            with Image.open(samples / day / "frontal.jpg") as rendered:
                rendered.resize((300, 428)).save(held, "JPEG")
            archive.writestr(f"fern/{day}/frontal.jpg", held.getvalue())
        archive.writestr("fern/2026-03-23/torn.jpg", b"no photo")
    return packed.getvalue()


def test_old_photos_come_in_by_one_click_and_a_second_run_adds_nothing(tmp_path):
    old = {"name": "old.zip", "mimeType": "application/zip", "buffer": small_mannequins()}
    with served(None, tmp_path / "home") as address, browser_tab(tmp_path, TABLET) as tab:
        page = tab.page
        page.goto(address)
        page.get_by_role("textbox", name="Login").fill("head")
        page.get_by_role("textbox", name="Password", exact=True).fill("four words in a row")
        page.get_by_role("textbox", name="The same password again").fill("four words in a row")
        page.get_by_role("button", name="Make the first account").click()
        page.get_by_role("link", name="Import").click()
        page.get_by_role("heading", name="Import", exact=True).wait_for()
        page.get_by_text("Photos, as one ZIP").wait_for()
        page.wait_for_timeout(1000)
        tab.shoot("import-empty")
        faults = tab.faults()
        chooser = page.locator("input[type=file]").first
        chooser.set_input_files([old])
        page.get_by_text("Would be added: 2 photos, 2 sessions, 1 client").wait_for()
        page.get_by_text("23 March 2026").first.wait_for()
        page.get_by_text("The whole report").wait_for()
        page.wait_for_timeout(1000)
        tab.shoot("import-plan")
        faults += tab.faults()
        page.get_by_role("button", name="Import 2 photos").click()
        page.get_by_text("Added: 2 photos, 2 sessions, 1 client.", exact=True).wait_for()
        page.get_by_text("23 March 2026").first.wait_for()
        page.wait_for_timeout(1000)
        tab.shoot("import-done")
        faults += tab.faults()
        page.locator("input[type=file]").first.set_input_files([old])
        page.get_by_text("Nothing was added: the record holds all that can be taken").wait_for()
        page.wait_for_timeout(1000)
        tab.shoot("import-again")
        faults += tab.faults()
        assert page.get_by_role("button", name="Import 2 photos").count() == 0
        page.get_by_role("link", name="Today").click()
        page.get_by_text("fern").first.wait_for()
        assert faults == []
    assert not tab.outside
