"""The README's pictures of the app, from the sample clinic: rendered mannequins, nobody real.

    python -m progress demo --no-serve --home DEMO
    python samples/make_screenshots.py DEMO

It needs chromium and the development extra, and writes docs/app-*.webp.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

from progress.model.consent import Channel, Purpose
from progress.model.people import OPERATOR, Role
from progress.pipeline.clinic import Clinic

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "ui"))  # the browser of the journeys
WIDE = {"width": 1180, "height": 860}
TALL = {"width": 1180, "height": 1240}
MOST_BYTES = 150_000
PATIENCE_MS = 300_000
SCROLL = "shown => shown.scrollIntoView({block: 'center'})"
FIRST, OWN = "shown once to nobody", "a client's own few words"


def labelled(taken: Image.Image) -> Image.Image:
    """The picture above a strip that says what it shows, however it is cropped or scrolled."""
    strip = 30
    made = Image.new("RGB", (taken.width, taken.height + strip), "#1b2229")
    made.paste(taken)
    says = "SAMPLE DATA: rendered mannequins, nobody real"
    ImageDraw.Draw(made).text((12, taken.height + 6), says, fill="white", font_size=15)
    return made


def keep(page, name: str) -> None:
    """Write what the browser shows as WebP, smaller until it fits."""
    taken = labelled(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    for quality in (86, 78, 70, 60, 50):
        held = io.BytesIO()
        taken.save(held, "WEBP", quality=quality, method=6)
        if held.tell() <= MOST_BYTES:
            break
    path = ROOT / "docs" / f"app-{name}.webp"
    path.write_bytes(held.getvalue())
    print(f"{path}: {held.tell() / 1000:.0f} kB")


def of_the_practitioner(address: str, client: str, folder: Path) -> None:
    """Start, client, comparison and new session."""
    from browsing import browser_tab

    with browser_tab(folder, WIDE) as tab:
        page = tab.page
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        page.get_by_text("Find a client").wait_for()
        page.wait_for_timeout(2500)
        keep(page, "today")
        search = page.get_by_role("searchbox", name="Find a client")
        search.fill(client)
        page.get_by_text("1 of ").wait_for()
        page.wait_for_timeout(2000)
        page.get_by_role("button", name="Open").first.click()
        page.get_by_text("Every metric and region").wait_for()
        page.get_by_text("Redness", exact=True).first.click()
        chart = page.locator("[data-testid=stVegaLiteChart] canvas, svg.marks").first
        chart.wait_for()
        page.wait_for_timeout(4000)
        page.set_viewport_size(TALL)
        page.wait_for_timeout(1500)
        keep(page, "client")
        page.get_by_role("link", name="Compare").click()
        picture = page.locator(".ba .frame")
        picture.wait_for()
        page.wait_for_timeout(3000)
        page.wait_for_timeout(1500)
        keep(page, "compare")
        page.set_viewport_size(WIDE)
        page.get_by_role("link", name="New session").click()
        page.get_by_text("Photos of a session").wait_for()
        photos = sorted((ROOT / "samples" / "clients" / client).glob("2026-05-04/*.jpg"))
        turned = Image.open(photos[0])
        darker = Image.eval(turned, lambda code: code // 3)
        held = io.BytesIO()
        darker.save(held, "JPEG", quality=92)
        dark = {"name": "too_dark.jpg", "mimeType": "image/jpeg", "buffer": held.getvalue()}
        page.locator("input[type=file]").set_input_files([dark])
        page.get_by_text("All checks of this photo").wait_for()
        page.wait_for_timeout(3000)
        keep(page, "session")


def of_marketing(address: str, folder: Path) -> None:
    """A comparison made and not yet let out, with what it says and the rules of the country."""
    from browsing import browser_tab

    with browser_tab(folder, WIDE) as tab:
        page = tab.page
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        page.get_by_role("textbox", name="Login").fill("max")
        page.get_by_role("textbox", name="Password", exact=True).fill(OWN)
        page.get_by_role("button", name="Sign in").click()
        country = page.get_by_role("combobox", name="In which country?")
        country.fill("United K")
        country.press("Enter")
        page.get_by_role("button", name="Make", exact=True).click()
        page.get_by_role("button", name="Let it out").wait_for()
        page.set_viewport_size({"width": WIDE["width"], "height": 1500})
        page.wait_for_timeout(2500)
        page.get_by_text("As it will look").evaluate("shown => shown.scrollIntoView()")
        page.wait_for_timeout(1500)
        keep(page, "publish")


def of_the_client(address: str, folder: Path) -> None:
    """A client's first sign-in and page, on a phone."""
    from browsing import PHONE, browser_tab

    with browser_tab(folder, WIDE) as tab:
        page = tab.page
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        page.get_by_role("textbox", name="Login").fill("anna")
        page.get_by_role("textbox", name="Password", exact=True).fill(FIRST)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("textbox", name="Password until now").fill(FIRST)
        page.get_by_role("textbox", name="New password").fill(OWN)
        page.get_by_role("textbox", name="The same password again").fill(OWN)
        page.get_by_role("button", name="Change password").click()
        page.get_by_role("link", name="Your progress").click()
        page.set_viewport_size(PHONE)
        page.get_by_text("Two photos of the same skin").wait_for()
        page.wait_for_timeout(2500)
        page.get_by_text("Lay one over the other").evaluate(SCROLL)
        page.wait_for_timeout(1000)
        keep(page, "own-progress")


def main() -> None:
    """Take all of them from a copy of the sample clinic."""
    from browsing import served

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("demo", type=Path, help="home of the sample clinic")
    parser.add_argument("--client", default="ivy", help="whose page is shown")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "home"
        shutil.copytree(asked.demo, home)
        with served(None, home) as address:
            of_the_practitioner(address, asked.client, Path(name))
        with Clinic.open(home, caller=OPERATOR) as clinic:
            client = next(one for one in clinic.clients() if one.pseudonym == asked.client)
            clinic.make_first_admin("head", "nobody signs in with it")
            clinic.add_user("anna", Role.CLIENT, FIRST, client_id=client.id)
            clinic.add_user("max", Role.MARKETING, FIRST)
            clinic.for_caller(clinic.sign_in("max", FIRST)).change_own_password(FIRST, OWN)
            photos = [photo for session in clinic.sessions(client.id) for photo in session.photos]
            clinic.give_consent(
                client.id,
                purpose=Purpose.MARKETING,
                channel=Channel.WEBSITE,
                document=b"signed by a mannequin",
                text_version="sample",
                photo_ids=[photo.id for photo in photos],
            )
        with served(None, home) as address:
            of_the_client(address, Path(name))
            of_marketing(address, Path(name))


if __name__ == "__main__":
    main()
